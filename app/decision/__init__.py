"""Decisions: the expression language FEEL and the tables and diagrams of DMN. Imports nothing else of the product."""
