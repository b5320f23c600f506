"""One act, one transaction, one commit: the only place that commits or rolls back."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError

from app.errors import Busy
from app.store.tables import db

_WAITED_TOO_LONG = frozenset({"LockNotAvailable", "QueryCanceled", "DeadlockDetected"})


@contextmanager
def act() -> Iterator[None]:
    """All that is written inside becomes true together, or not at all. Raises Busy if others hold what is needed for too long."""
    try:
        yield
        db.session.commit()
    except BaseException as error:
        db.session.rollback()
        if isinstance(error, OperationalError) and _is_wait(error):
            raise Busy from error
        raise


def _is_wait(error: OperationalError) -> bool:
    return type(error.orig).__name__ in _WAITED_TOO_LONG or "database is locked" in str(error.orig)
