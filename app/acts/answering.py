"""What every act on an open user task begins with: that it is still open, and that this person may do it, in which role and for which office."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app import logs
from app.acts import readings
from app.acts.held_tree import HeldTask, HeldTree
from app.domain import permissions
from app.domain.codes import VerdictCode
from app.domain.permissions import Actor, TaskFacts, Verdict
from app.domain.states import TaskState
from app.errors import Forbidden, NotFound, TaskAlreadyClosed
from app.store import tasks


class ApprovedChanged(Exception):
    """A correction that was to lead straight back has changed what others approved. Source: modelling.md §7."""


def straight_or_onward(complete: Callable[..., HeldTree]) -> HeldTree:
    """Complete a task, straight back to whoever returned it if it was to go there, but ``onward`` where that would leave what others approved as it is no more."""
    with logs.act():  # one act, whichever way it goes
        try:
            return complete()
        except ApprovedChanged:
            logs.tried_again()
            return complete(onward=True)


def acting_office(tree: HeldTree) -> tuple[str, str] | None:
    """Key and name of the office in which the person acts; None of the system."""
    key, name = tree.ledger.acting[1]
    return (str(key), name) if key and name else None


def still_open(tree: HeldTree) -> HeldTask:
    """The task that the tree is held for. Raises NotFound, TaskAlreadyClosed."""
    if tree.task is None:
        raise NotFound("没有此事项,可能已被删除")
    if tree.task.state != TaskState.OPEN:
        raise TaskAlreadyClosed
    return tree.task


def authorised(actor: Actor, tree: HeldTree, task: HeldTask, acting: str | None = None) -> tuple[str, str]:
    """The role and office in which the actor does the task: ``acting`` if it is said, else the first in the task's order. Raises Forbidden."""
    verdict(actor, tree, task).require()
    possible = permissions.capacities(actor, _facts(tree, task), tree.project_facts, tree.district)
    chosen = possible[:1] if acting is None else tuple(one for one in possible if one.role == acting)
    if not chosen:
        raise Forbidden("您不能以所选的身份办理此事项,请刷新后重新选择", code=VerdictCode.ROLE_MISSING)
    return chosen[0].role, chosen[0].office


def verdict(actor: Actor, tree: HeldTree, task: HeldTask) -> Verdict:
    """Whether somebody may do the task, with the reason."""
    signed = signed_by(tree.root_key, task.signing, task.seat, task.visit)
    return permissions.may_do(actor, replace(_facts(tree, task), signed_by=signed), tree.project_facts, tree.district)


def _facts(tree: HeldTree, task: HeldTask) -> TaskFacts:
    person = readings.person_named(tree.library, tree.the_state, task.element, tree.ledger)
    return TaskFacts(
        tree.tenant,
        task.candidate_groups,
        task.candidate_users,
        task.assignee,
        task.name,
        office=task.office_key,
        office_name=task.office,
        person=person[0] if person is not None else None,
        person_name=person[1] if person is not None else "",
    )


def signed_by(root_key: int, signing: str | None, seat: str | None, visit: int | None) -> frozenset[int]:
    """Who has done another instance of a task in its round, where nobody may do two; asked of no other task."""
    return frozenset() if signing is None or seat is None or visit is None else tasks.signed_by(root_key, signing, seat=seat, visit=visit)


def answer_of(tree: HeldTree) -> dict[str, Any]:
    """What is kept of an act on a task, for the answer to a repeated request."""
    return {
        "root": tree.root_key,
        "project": tree.project["key"] if tree.project else None,
        "state": tree.the_state.root_state,
        "incidents": tree.journal.incidents_opened,
    }
