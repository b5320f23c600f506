"""Every row that the acts of a life write, value by value."""

from app.services import inbox, tasks
from tests.integration.services import lives, written
from tests.integration.services.conftest import NOW, Cast


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
    bound = [tasks.form(cast.dora, line.key) for line in inbox.done(cast.dora, NOW).items]
    assert [form.version for form in bound if form is not None] == [1, 1], "the form that came with the process, not the newest"
