"""What completing a user task does to its tree: the same for one task and for several that are done together."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app import engine
from app.acts import answering, checks, documents
from app.acts import facts as form_acts
from app.acts.held_tree import HeldTree
from app.domain.codes import Action
from app.domain.forms import Form
from app.domain.permissions import Actor
from app.engine.commands import CompleteTask
from app.errors import InvalidRequest, TaskAlreadyClosed
from app.store import instances


def carry_out(
    actor: Actor,
    tree: HeldTree,
    data: Mapping[str, Any],
    now: datetime,
    *,
    confirmed: Mapping[str, Any],
    ledger_version: int | None = None,
    acting: str | None = None,
    onward: bool = False,
    summarised: Callable[[Form | None, Mapping[str, Any]], str],
    joint: str = "",
) -> None:
    """Complete the task that the tree is held for, and save the tree. ``summarised``: what was said in a few words; ``joint``: what it was done
    together with, for the audit.

    Raises NotFound, Forbidden, InvalidForm, InvalidRequest, TaskAlreadyClosed, Suspended, answering.ApprovedChanged.
    """
    task = answering.still_open(tree)
    role, office = answering.authorised(actor, tree, task, acting)
    given = checks.submitted(tree, task, data, confirmed)
    tree.ledger.acting = role, (_office_key(actor, role, office), office)
    facts = form_acts.take(tree, task, given.form, given.data, role, version=ledger_version)
    try:
        straight = not onward and tree.the_state.goes_straight(task.element)
        moved, of_office = frozenset(change.field for change in tree.ledger.changes), answering.acting_office(tree)
        tree.step(CompleteTask(task.element, given.data, onward=onward, facts=facts, moved=moved, office=of_office))
    except engine.NotOpen as error:
        raise TaskAlreadyClosed from error
    except engine.LimitExceeded as error:
        raise InvalidRequest(str(error), code=error.code) from error
    if straight and tree.ledger.lapsing():
        raise answering.ApprovedChanged
    outcome = summarised(given.form, given.data)
    tree.journal.answered(task.element, late=task.late)
    tree.record(
        Action.TASK_COMPLETE,
        f"{task.process_id}.{task.element_id}",
        {"task": str(task.key), "role": role, "outcome": outcome, "data": dict(given.data)}
        | ({"overrides": given.documents()} if given.overridden else {})
        | ({"together": joint} if joint else {}),
    )
    # The row that was read with the lock may be older than the lock: only this says that nobody was first.
    if not instances.answer_task(
        task.key,
        task.assignee,
        now=now,
        user=actor.user,
        person=actor.name,
        role=role,
        office=office,
        outcome=outcome,
        given=given.data,
        overrides=given.documents(),
    ):
        raise TaskAlreadyClosed
    documents.hand_in(given.form, given.data, now)
    if task.signing is not None:
        instances.release_signed(tree.root_key, task.signing, actor.username)
    tree.save()


def _office_key(actor: Actor, role: str, office: str) -> int:
    """The key of the office in which somebody acts; 0 of the system."""
    return next((one.office for one in actor.memberships if one.role == role and one.office_name == office), 0)
