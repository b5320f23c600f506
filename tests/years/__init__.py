"""Ten years in one run: projects of both districts live under random but lawful acts of everybody, with unlawful attempts mixed in, and the books are closed."""
