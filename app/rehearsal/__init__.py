"""Models on a virtual clock without a database: library, run, lint, scenarios."""
