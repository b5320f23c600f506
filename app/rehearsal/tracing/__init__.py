"""From each requirement of a regulation to what carries it and to the cases and tests that are named by its id, and back."""
