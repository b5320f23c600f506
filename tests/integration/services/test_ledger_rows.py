"""Every row that declared effects write, value by value: facts, approvals, registers, notices."""

from tests.integration.services import lives, written
from tests.integration.services.conftest import Cast


def test_declared_effects_write(cast: Cast) -> None:
    lives.declared(cast)
    written.check("declared", written.rows(*lives.EVERY))
