"""Timers and deadlines that pass while nobody is looking."""

import random
from datetime import datetime

from app import current
from app.acts.retries import Gone, attempt
from app.acts.transaction import open_instance
from app.domain.codes import Action
from app.domain.fact_changes import PHASE
from app.domain.states import InstanceState, WaitKind
from app.engine.commands import EndOfProject, FireTimer
from app.services import accounts, dues, messages, obligations, recounts, starts
from app.store import waits
from app.store.waits import DueWait


def fire_due(now: datetime, *, in_order: bool = False) -> int:
    """Fire every timer and serve every deadline due by ``now`` (one batch); any number of nodes may call this at once. Returns how many fired here."""
    due = waits.due(now, current.settings().pump_batch)
    if not in_order:
        # Shuffled, so that several nodes do not queue up for the same row.
        random.shuffle(due)
    fired: int = sum(attempt(wait, now, lambda wait=wait: _taken(wait, now)) for wait in due)  # type: ignore[misc]
    return fired + obligations.catch_up(now)


def next_due() -> datetime | None:
    """When the next timer or deadline is due, None if there is none."""
    return waits.next_due()


def _taken(wait: DueWait, now: datetime) -> bool:
    if wait.kind == WaitKind.DUE:
        return dues.serve(wait, now)
    if wait.kind == WaitKind.RECOUNT:
        return recounts.serve(wait, now)
    if wait.kind == WaitKind.OBLIGATION:
        return obligations.begin(wait, now)
    return _end(wait, now) if wait.kind == WaitKind.ENDING else _fire(wait, now)


def _fire(wait: DueWait, now: datetime) -> bool:
    if wait.root_key is None:
        return starts.fire(wait, now)
    with open_instance(wait.root_key, now, accounts.system(wait.tenant), wait=False) as tree:
        if tree is None:  # somebody is at work there: the next pump looks again
            return False
        tree.step(FireTimer(wait.wait))
        tree.record(Action.TIMER_FIRE, f"{wait.process_id}.{wait.element_id}", {"wait": str(wait.key), "due": wait.due_at.isoformat()})
        if not waits.take(wait.key, now):  # another node was first
            raise Gone
        tree.save()
        if wait.attempts:
            waits.close_incidents(wait.key, now)
    if tree.unsettled:
        messages.settle(now)
    return True


def _end(wait: DueWait, now: datetime) -> bool:
    """Tell a tree that its project has ended; one that has ended by itself meanwhile is told nothing."""
    with open_instance(wait.root_key or 0, now, accounts.system(wait.tenant), wait=False) as tree:
        if tree is None:
            return False
        going_on = tree.the_state.root_state == InstanceState.ACTIVE
        phase = tree.project[PHASE] if tree.project is not None else ""
        if going_on:
            tree.step(EndOfProject(phase))
            tree.record(Action.PROJECT_ENDED, wait.process_id, {PHASE: phase})
        if not waits.take(wait.key, now):  # another node was first
            raise Gone
        if going_on:
            tree.save()
        if wait.attempts:
            waits.close_incidents(wait.key, now)
    if tree.unsettled:
        messages.settle(now)
    return going_on
