"""Every row that the acts of a life write, value by value."""

from tests.integration.services import lives, written
from tests.integration.services.conftest import Cast


def test_permits_write(cast: Cast) -> None:
    lives.permits(cast)
    written.check("permits", written.rows(*lives.EVERY))


def test_a_return_writes(cast: Cast) -> None:
    lives.returned(cast)
    written.check("returned", written.rows(*lives.EVERY))


def test_what_waits_and_is_repaired_writes(cast: Cast) -> None:
    lives.busy(cast)
    written.check("busy", written.rows(*lives.EVERY))


def test_what_is_cancelled_or_left_writes(cast: Cast) -> None:
    lives.cancelled(cast)
    written.check("cancelled", written.rows(*lives.EVERY))
