"""What an open task reads of the registers, asked of the database: for the checks of its form and for its page."""

from typing import Any

from app import engine
from app.acts.ledger import StoredLedger
from app.catalogue.snapshot import Snapshot
from app.engine import State


def of(library: Snapshot, state: State, element: int, ledger: StoredLedger) -> dict[str, Any]:
    """Name → rows, sum or number; see ``engine.readings``. Nothing is asked where the element reads nothing."""
    if not state.reads(element):
        return {}
    return engine.answering(
        lambda known: engine.readings(library, state, element, ledger.now, ledger=known), ledger.known(), ledger.look_up
    )
