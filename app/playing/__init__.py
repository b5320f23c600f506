"""People acting through the services: the demonstration, the walk, case files."""
