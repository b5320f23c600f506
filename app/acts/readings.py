"""What can be seen from an open task, and what it reads of the registers, asked of the database: for the checks of its form and for its page."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app import engine
from app.acts.ledger import StoredLedger
from app.catalogue import snapshot
from app.catalogue.snapshot import Snapshot
from app.domain.states import TaskState
from app.engine import State
from app.store import history


def of(library: Snapshot, state: State, element: int, ledger: StoredLedger) -> dict[str, Any]:
    """Name → rows, sum or number; see ``engine.readings``. Nothing is asked where the element reads nothing."""
    if not state.reads(element):
        return {}
    return engine.answering(
        lambda known: engine.readings(library, state, element, ledger.now, ledger=known), ledger.known(), ledger.look_up
    )


def person_named(library: Snapshot, state: State, element: int, ledger: StoredLedger) -> tuple[int, str] | None:
    """Key (0: nobody that there is) and name of the person who alone does an open task; None: whoever holds its role."""
    if not state.names_person(element):
        return None
    found = engine.answering(
        lambda known: engine.person_named(library, state, element, ledger.now, ledger=known), ledger.known(), ledger.look_up
    )
    return None if found is None else (int(found[0]) if found[0].isascii() and found[0].isdigit() else 0, found[1])


def person_of(row: Any, project: dict[str, Any] | None, now: datetime) -> tuple[int, str] | None:
    """The same of a task's row; None of a closed one."""
    return None if row.state != TaskState.OPEN else person_named(*_place(row, project, now))


def joint_key(library: Snapshot, state: State, element: int, ledger: StoredLedger) -> str | None:
    """The key of the list that an open task may be done in; None: by itself."""
    return engine.answering(
        lambda known: engine.joint_key(library, state, element, ledger.now, ledger=known), ledger.known(), ledger.look_up
    )


def joint_key_of(row: Any, project: dict[str, Any] | None, now: datetime) -> str | None:
    """The same of a task's row; None of a closed one."""
    return None if row.state != TaskState.OPEN else joint_key(*_place(row, project, now))


def _place(row: Any, project: dict[str, Any] | None, now: datetime) -> tuple[Snapshot, State, int, StoredLedger]:
    """The rules, the state and the element of an open task's row, and the ledger that it reads."""
    root = history.root_state(row.root_key)
    library = snapshot.library(root.tenant, root.catalogue_version)
    return library, State.load(root.blob, library), row.element, _ledger(library, project, row.root_key, now, keys=root.keys)


def visible(row: Any, project: dict[str, Any] | None, now: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    """Variables that can be seen from an open task, and those of its own instance where it is one of several; of a closed one nothing is kept.

    What the task reads of the registers is among both, as it is now.
    """
    if row.state != TaskState.OPEN:
        return {}, {}
    root = history.root_state(row.root_key)
    library = snapshot.library(root.tenant, root.catalogue_version)
    state = State.load(root.blob, library)
    try:
        seen, inside = state.visible(row.element), state.inside_loop(row.element)
    except KeyError:  # closed between the two reads
        return {}, {}
    read = of(library, state, row.element, _ledger(library, project, row.root_key, now, keys=root.keys))
    return seen | read, (seen if inside is None else inside) | read


def _ledger(library: Snapshot, project: dict[str, Any] | None, root_key: int, now: datetime, *, keys: Mapping[str, int]) -> StoredLedger:
    """The ledger that knows which approvals are of this tree's own instances."""
    ledger = StoredLedger(library, project, root_key, now)
    ledger.instance_keys = {int(local): key for local, key in keys.items()}
    return ledger
