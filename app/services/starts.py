"""Timers of start events: each firing starts an instance and sets the next repetition."""

from datetime import datetime

from app.acts.retries import Gone
from app.acts.rows import Row, TreePlace, wait
from app.acts.transaction import new_instance
from app.catalogue import snapshot
from app.domain.codes import Action
from app.domain.states import WaitKind
from app.engine import timers
from app.engine.commands import Start
from app.services import accounts, messages, obligations
from app.store import rows, waits
from app.store.tables import WaitRow
from app.store.waits import DueWait


def fire(due: DueWait, now: datetime) -> bool:
    """Start an instance by its timer, and set the next repetition; of what begins for many, write down for whom."""
    definition = snapshot.process_definition(due.definition_key)
    if definition.obligation is not None:
        return obligations.fire(due, definition, _next(due, due.due_at), now)
    with new_instance(due.definition_key, due.tenant, now, accounts.system(due.tenant)) as tree:
        tree.step(Start(due.definition_key, {}, due.element_id))
        tree.record(Action.PROCESS_START, due.process_id, {"event": due.element_id, "due": due.due_at.isoformat()})
        if not waits.take(due.key, now):  # another node was first
            raise Gone
        tree.save()
        rows.insert(WaitRow, [_next(due, now)])
    if tree.unsettled:
        messages.settle(now)
    return True


def _next(due: DueWait, now: datetime) -> Row:
    """The row of the next repetition after ``now``: of what begins for many no instant is left out, however late it is served.

    After the last one it stays as spent, never to wake: else the next deployment of anything would set it anew.
    """
    upcoming = timers.following(due.memo or {}, now, snapshot.district(due.tenant).zone)
    row = wait(
        TreePlace(due.tenant),
        process_id=due.process_id,
        definition_key=due.definition_key,
        element_id=due.element_id,
        kind=WaitKind.TIMER,
        due_at=due.due_at if upcoming is None else upcoming.due_at,
        memo=due.memo if upcoming is None else upcoming.memo,
        now=now,
    )
    return row if upcoming is not None else row | {"wake_at": None}
