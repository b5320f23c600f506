"""Returning a task to an earlier one (退回): with a reason and a deadline, by whoever may do the task."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from app import engine
from app.acts import answering, idempotency
from app.acts.candidates import held
from app.acts.held_tree import HeldTree
from app.acts.rows import ReturnNote
from app.acts.transaction import open_task, retried
from app.catalogue import snapshot
from app.codes import RequestCode
from app.domain.codes import Action
from app.domain.districts import District
from app.domain.permissions import Actor
from app.domain.reasons import checked_reason
from app.engine.commands import Return
from app.errors import Conflict, InvalidRequest, TaskAlreadyClosed
from app.seen.lines import task_lines
from app.seen.shapes import CompletedView, ReturnChoice
from app.services import messages, tasks
from app.store import instances
from app.store import tasks as stored

LAST_YEAR = 9998  # of a date that still has a day after it


@dataclass(frozen=True, slots=True)
class ReturnWish:
    """To which task, by its element id, and how: ``straight``, after the correction only the returning task opens again, else everything behind the target is
    done again. ``due_on``: the last day for it, in the district's zone. ``instances``: of a multi-instance task those to be done again, none: all.
    ``acting``: the role in which the person returns it, None for the first in the task's order."""

    to: str
    straight: bool
    reason: str
    due_on: date
    instances: Sequence[int] = ()
    acting: str | None = None


def targets(actor: Actor, key: int, now: datetime) -> Sequence[ReturnChoice]:
    """What an open task may be returned to now, the last done first; nothing for who may not do it. Raises NotFound, Forbidden."""
    return tasks.view(actor, key, now).returns


def give_back(actor: Actor, key: int, wish: ReturnWish, now: datetime, *, idempotency_key: str | None = None) -> CompletedView:
    """Return a task: one act. Raises NotFound, Forbidden, InvalidRequest (REASON, RETURN_DUE), Conflict (RETURN: no such target now, in words),
    TaskAlreadyClosed, Suspended, KeyReused, Busy."""
    wish = replace(wish, reason=checked_reason(wish.reason))
    asked = {
        "return": str(key),
        "to": wish.to,
        "straight": wish.straight,
        "reason": wish.reason,
        "due": wish.due_on.isoformat(),
        "instances": sorted(wish.instances),
    } | ({"acting": wish.acting} if wish.acting else {})
    request = idempotency.request(actor, idempotency_key, asked)
    if request is not None and (answer := idempotency.answered(request, now)) is not None:
        return _led_to(actor, key, answer, now, replayed=True)
    try:
        tree = _give_back(actor, key, wish, now, request)
    except TaskAlreadyClosed:
        # Sent twice at once: the other one acted, and its answer is this one's too.
        if request is None or (answer := idempotency.answered(request, now)) is None:
            raise
        return _led_to(actor, key, answer, now, replayed=True)
    if tree.unsettled:
        messages.settle(now)
    return _led_to(actor, key, answering.answer_of(tree), now, replayed=False)


@retried
def _give_back(actor: Actor, key: int, wish: ReturnWish, now: datetime, request: "idempotency.KeyedRequest | None") -> HeldTree:
    with open_task(key, now, actor) as tree:
        task = answering.still_open(tree)
        role, office = answering.authorised(actor, tree, task, wish.acting)
        due_at = _due(wish.due_on, now, tree.district)
        note = ReturnNote(
            at=now,
            user=actor.user,
            person=actor.name,
            office=office,
            task=task.name,
            reason=wish.reason,
            due_at=due_at,
            straight=wish.straight,
        )
        target = snapshot.process_definition(task.definition_key).elements.get(wish.to)
        name = (target.name if target is not None else "") or _name_above(tree, wish.to)
        try:
            tree.step(Return(task.element, wish.to, wish.straight, tuple(wish.instances), note.remark()))
        except engine.NotOpen as error:
            raise TaskAlreadyClosed from error
        except engine.ModificationRefused as error:
            raise Conflict(str(error), code=error.code) from error
        except engine.LimitExceeded as error:
            raise InvalidRequest(str(error), code=error.code) from error
        tree.journal.answered(task.element, late=task.late)
        tree.record(
            Action.TASK_RETURN,
            f"{task.process_id}.{task.element_id}",
            {
                "task": str(key),
                "role": role,
                "to": wish.to,
                "straight": wish.straight,
                "instances": sorted(wish.instances),
                "reason": wish.reason,
                "due": wish.due_on.isoformat(),
            },
        )
        outcome = _outcome(name, wish)
        if not instances.return_task(
            key, task.assignee, now=now, user=actor.user, person=actor.name, role=role, office=office, outcome=outcome, to=name
        ):
            raise TaskAlreadyClosed
        tree.save()
        if request is not None:
            idempotency.remember(request, answering.answer_of(tree), now)
    return tree


def _due(due_on: date, now: datetime, district: District) -> datetime:
    """The instant at which the last day is over. Raises InvalidRequest (RETURN_DUE)."""
    if due_on < now.astimezone(district.zone).date() or due_on.year > LAST_YEAR:
        raise InvalidRequest("请写明办理期限:一个日期,不早于今天", code=RequestCode.RETURN_DUE)
    return datetime.combine(due_on + timedelta(days=1), time.min, district.zone)


def _outcome(name: str, wish: ReturnWish) -> str:
    way = "办结后直接退回本环节" if wish.straight else "逐级重办"
    picked = f",第 {'、'.join(map(str, sorted(wish.instances)))} 项" if wish.instances else ""
    return f"退回至“{name}”{picked}({way},限 {wish.due_on.isoformat()} 前办结):{wish.reason}"


def _name_above(tree: HeldTree, element_id: str) -> str:
    """The name of a task of a process that has called this one."""
    for view in tree.the_state.instances():
        info = snapshot.process_definition(view.definition).elements.get(element_id)
        if info is not None and info.name:
            return info.name
    return "未命名的环节"


def _led_to(actor: Actor, key: int, answer: dict[str, Any], now: datetime, *, replayed: bool) -> CompletedView:
    rows = stored.opened_of(answer["project"], answer["root"], held(actor, snapshot.district(actor.tenant)), actor.username, actor.user)
    return CompletedView(
        task_key=key,
        next_tasks=task_lines(rows, now, actor),
        project_key=answer["project"],
        instance_key=answer["root"],
        state=answer["state"],
        incidents=tuple(answer["incidents"]),
        replayed=replayed,
    )
