"""Reading diagrams: bytes to process definitions, or a refusal that names file, element, line and reason."""

from app.engine.reading.reader import read, read_with_tree

__all__ = ["read", "read_with_tree"]
