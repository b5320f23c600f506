"""What time it is: the system's clock, or a virtual one in the demonstration, the walk and tests."""

from datetime import datetime


def now() -> datetime:
    """The present instant, aware UTC, by the configured clock. Needs an app context."""
    raise NotImplementedError


def is_virtual() -> bool:
    """Whether pages must show the assumed instant."""
    raise NotImplementedError
