"""Dates and people of open tasks and timers, evaluated again because facts that they name, or the working days, have changed: one act a tree (modelling.md §3).

What has fired stays fired; a date whose expression gives none any more stays, and the audit says so. Nothing is stepped.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app import engine
from app.acts import dues
from app.acts.candidates import candidates, office_columns
from app.acts.held_tree import HeldTree
from app.acts.retries import Gone
from app.acts.transaction import open_instance
from app.domain.codes import Action
from app.engine import Recounted
from app.engine.effects import TaskOpened
from app.errors import Suspended
from app.services import accounts
from app.store import ledger, tasks, waits
from app.store.waits import DueWait

Change = dict[str, Any]
_DOERS = ("candidate_groups", "candidate_users", "assignee", "office_key")  # columns that say who may do a task
DUE, FOLLOW_UP, DOERS, TIMER = "due", "followUp", "doers", "timer"  # what has moved


def serve(wait: DueWait, now: datetime) -> bool:
    """Evaluate a tree again. False if somebody else is at work there, or there is nothing to be done. Raises Gone, Suspended, Outdated."""
    if wait.root_key is None:
        return False
    with open_instance(wait.root_key, now, accounts.system(wait.tenant), wait=False) as tree:
        if tree is None:  # the next pump looks again
            return False
        if tree.the_state.suspended:
            raise Suspended("此流程实例已被管理员挂起,恢复之前不重新计算")
        kept = waits.kept_due(wait.key)
        if kept is None:
            return False
        if tree.the_state.root_state != "active":
            waits.take(wait.key, now)
            return False
        changes = kept["changes"]
        fields = {change["field"] for change in changes}
        found = evaluated(tree, fields)
        tree.journal.take(found.effects, {view.instance: view.definition for view in tree.the_state.instances()})
        timers = [(row, due) for row in waits.timers_of(wait.root_key, list(found.waits)) if row.due_at != (due := found.waits[row.wait])]
        opened = [row for element in found.tasks if (row := tasks.open_at(wait.root_key, element)) is not None]
        moves = [(row, move) for row in opened if (move := _moved(tree, row, found, people=fields != {engine.CALENDAR})) is not None]
        told: list[Change] = [
            {"element": row.element_id, "what": TIMER, "from": row.due_at.isoformat(), "to": due.isoformat()} for row, due in timers
        ]
        told += [{"element": row.element_id, "task": str(row.key), **part} for row, (_, parts) in moves for part in parts]
        if not waits.take(wait.key, now):  # another node was first
            raise Gone
        if told or found.failed:
            tree.record(Action.TREE_RECOUNT, tree.process_id, {"changes": changes, "moved": told, "failed": found.failed})
            tree.save()
        for row, due in timers:
            waits.move(row.key, due)
        for row, (values, parts) in moves:
            note = {"at": now.isoformat(), "changes": changes, "parts": parts}
            _move(tree, row, found.tasks[row.element], values=values, note=note if parts else None)
        if wait.attempts:
            waits.close_incidents(wait.key, now)
    return True


def evaluated(tree: HeldTree, fields: set[str]) -> Recounted:
    """What the dates and people of a tree that depend on these fields would be now, by the tree's library."""
    return engine.answering(
        lambda known: engine.recount(tree.library, tree.the_state, fields, tree.now, ledger=known), tree.ledger.known(), tree.ledger.look_up
    )


def due_of(row: Any, new: TaskOpened) -> datetime | None:
    """When a task, as it would open now, is due: whoever returned it may have given it less time."""
    return min((at for at in (new.due_at, row.return_due_at) if at is not None), default=None)


def _moved(tree: HeldTree, row: Any, found: Recounted, *, people: bool) -> tuple[dict[str, Any], list[Change]] | None:
    """The columns of a task that are others now, and what that means; None if nothing has moved. ``people``: who does it may have changed."""
    new = found.tasks[row.element]
    due_at = due_of(row, new)
    counted = tree.journal.deadline_of(new) if due_at == new.due_at else None
    values: dict[str, Any] = {}
    parts: list[Change] = []
    if due_at != row.due_at:
        values |= {"due_at": due_at, "deadline": counted, "remind_at": datetime.fromisoformat(counted["remindAt"]) if counted else None}
        parts.append({"what": DUE, "from": _text(row.due_at), "to": _text(due_at)})
    elif counted != row.deadline:  # the same day, counted otherwise: a guess has become certain
        values |= {"deadline": counted, "remind_at": datetime.fromisoformat(counted["remindAt"]) if counted else None}
    if new.follow_up_at != row.follow_up_at:
        values["follow_up_at"] = new.follow_up_at
        parts.append({"what": FOLLOW_UP, "from": _text(row.follow_up_at), "to": _text(new.follow_up_at)})
    if people:
        _doers(row, new, row.element in found.assigned, values, parts)
    return (values, parts) if values or not people else None


def _doers(row: Any, new: TaskOpened, reassigned: bool, values: dict[str, Any], parts: list[Change]) -> None:
    people: dict[str, Any] = {"candidate_groups": list(new.candidate_groups), "candidate_users": list(new.candidate_users)}
    office = office_columns(new.office)
    # What one office's people have claimed is not theirs any more when it is another office's.
    kept = not reassigned and office["office_key"] == row.office_key
    people |= {"assignee": row.assignee if kept else new.assignee, **office}
    before = {name: getattr(row, name) for name in people}
    if people != before:
        values |= people
        parts.append({"what": DOERS, "from": _people(before), "to": _people(people)})


def _move(tree: HeldTree, row: Any, opened: TaskOpened, *, values: Mapping[str, Any], note: Mapping[str, Any] | None) -> None:
    """``note``: what is said on the task's page; None where nothing that it shows has moved, and yet its reminders may have."""
    changed = {**values, "moved": [*(row.moved or ()), note]} if note is not None else dict(values)
    if changed:
        tasks.move(row.key, changed)
    if "candidate_groups" in values:
        now = {"key": row.key, "tenant": row.tenant, **{name: values[name] for name in _DOERS}}
        ledger.replace_candidates([row.key], candidates(now, tree.ledger.offices))
    due_at, remind_at = values.get("due_at", row.due_at), values.get("remind_at", row.remind_at)
    dues.again(tree.library, row, opened, tree.now, due_at=due_at, remind_at=remind_at)


def _people(values: Mapping[str, Any]) -> list[str]:
    named = [values[name] for name in ("office", "assignee") if values[name]]
    return [*named, *values["candidate_groups"], *values["candidate_users"]]


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
