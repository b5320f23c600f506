"""Doing several open tasks as one act: an authority that submits the declarations of all its schools. All of them or none. Source: modelling.md §4, ADR 52."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.acts import answering, completing, idempotency, readings
from app.acts.candidates import held
from app.acts.held_tree import HeldTree
from app.acts.transaction import open_tasks, retried
from app.catalogue import snapshot
from app.domain.forms import FieldProblem, Form
from app.domain.permissions import Actor
from app.domain.reading import called
from app.domain.states import TaskState
from app.engine import ElementInfo
from app.errors import Busy, Failure, Forbidden, InvalidForm, InvalidRequest, Outdated
from app.seen import wording
from app.seen.lines import task_line
from app.seen.shapes import TaskLine
from app.services import messages
from app.services import tasks as one_task
from app.store import tasks

MOST = 100  # tasks in one act: it holds all their trees until it is written


@dataclass(frozen=True, slots=True, kw_only=True)
class JointPage:
    """``members``: what may be done together, the task that one has come from among them; ``chosen``: those that are going to be."""

    line: TaskLine
    form: Form | None
    members: tuple[TaskLine, ...]
    chosen: tuple[TaskLine, ...]


def declares(element: ElementInfo | None) -> bool:
    """Whether tasks of an element may be done together with others of their kind."""
    return element is not None and bool(element.properties.get("together"))


def members(actor: Actor, key: int, now: datetime) -> tuple[TaskLine, ...]:
    """Open tasks that the actor may do together with this one, itself among them; empty where it is done by itself. Raises NotFound, Forbidden."""
    line = one_task.line(actor, key, now)
    info = snapshot.process_definition(line.definition_key).elements.get(line.element_id)
    if not declares(info) or line.state != TaskState.OPEN:
        return ()
    form = one_task.form(actor, key)
    if form is not None and _shared(form.form).slots:
        return ()  # a file belongs to one task
    wanted = {"tenant": line.tenant, "process_id": line.process_id, "element_id": line.element_id, "state": TaskState.OPEN}
    mine = tasks.mine(held(actor, snapshot.district(actor.tenant)), actor.username, actor.user)
    found, _ = tasks.search([mine], wanted, descending=False, limit=MOST, offset=0)
    keys = {row.key: _key_of(actor, row.key, now) for row in found}
    if keys.get(key) is None:
        return ()
    return tuple(task_line(row, now, actor) for row in found if keys[row.key] == keys[key])


def page(actor: Actor, key: int, chosen: Sequence[int], now: datetime) -> JointPage:
    """What can be done together, and the form that answers for all: what it only shows of one of them is read on that one's own page.

    Raises NotFound, Forbidden.
    """
    found = members(actor, key, now)
    view = one_task.form(actor, key)
    return JointPage(
        line=one_task.line(actor, key, now),
        form=_shared(view.form) if view is not None else None,
        members=found,
        chosen=tuple(line for line in found if line.key in set(chosen)),
    )


def submit(
    actor: Actor,
    keys: Sequence[int],
    data: Mapping[str, Any],
    now: datetime,
    *,
    confirmed: Mapping[str, Any] | None = None,
    idempotency_key: str | None = None,
) -> int:
    """Complete all these tasks with one answer, in one act at one instant; each keeps its own project, approval and history. Returns how many.

    Raises InvalidForm with what is wrong, project by project (none is completed then), Forbidden, InvalidRequest, NotFound,
    KeyReused, Busy.
    """
    asked = sorted(set(keys))
    if not 1 < len(asked) <= MOST:
        raise InvalidRequest(f"一并办理的应有两件以上,一次最多 {MOST} 件")
    request = idempotency.request(
        actor, idempotency_key, {"tasks": [str(key) for key in asked], "data": data, "confirmed": confirmed or {}}
    )
    if request is not None and (answer := idempotency.answered(request, now)) is not None:
        return int(answer["done"])
    for key in asked:
        one_task.line(actor, key, now)  # of what somebody may not read nothing is told, neither that it is done nor whose project it is
    if _submit(actor, asked, data, now, confirmed=confirmed or {}, request=request):
        messages.settle(now)
    return len(asked)


@retried
def _submit(
    actor: Actor,
    keys: Sequence[int],
    data: Mapping[str, Any],
    now: datetime,
    *,
    confirmed: Mapping[str, Any],
    request: idempotency.KeyedRequest | None,
) -> bool:
    """Whether messages are to be delivered afterwards."""
    wrong: dict[int, list[FieldProblem]] = {}
    with open_tasks(keys, now, actor) as trees:
        lists = set()
        for tree in trees:
            try:
                task = answering.still_open(tree)
                lists.add((tree.tenant, task.process_id, task.element_id, _key_in(tree, task.element)))
                completing.carry_out(
                    actor, tree, data, now, confirmed=confirmed, summarised=wording.summarised, joint=" ".join(str(key) for key in keys)
                )
            except (Busy, Outdated):
                raise
            except Forbidden as refused:  # nothing is told to whoever may not do one of them, not even its project's name
                raise Forbidden("所选的事项里有不能由您办理的，请刷新后重新选择", code=refused.code) from refused
            except (Failure, answering.ApprovedChanged) as refused:
                wrong[tree.root_key] = _told(tree, refused)
        if not wrong and (len(lists) != 1 or any(key is None for *_, key in lists)):
            raise InvalidRequest("所选的事项不是可以一并办理的同一批,请刷新后重新选择")
        if wrong:
            every = [problem for problems in wrong.values() for problem in problems]
            said = "；".join(problem.message for problem in every)
            raise InvalidForm(every, f"一件也没有办结：{said}。其余 {len(trees) - len(wrong)} 件可以办理")
        if request is not None:
            idempotency.remember(request, {"done": len(keys)}, now)
        return any(tree.unsettled for tree in trees)


def _named(tree: HeldTree) -> str:
    """The task's project as the person knows it, a classified one of another office by its alias."""
    project = tree.project
    if project is None:
        return tree.task.name if tree.task is not None else ""
    return called(tree.actor, project["name"], project["alias"], project["applicant_key"])


def _told(tree: HeldTree, refused: Exception) -> list[FieldProblem]:
    """What is wrong with one of them, by the name of its project."""
    named = _named(tree)
    if isinstance(refused, InvalidForm):
        return [replace(one, message=f"{named}：{one.message}") for one in refused.problems if isinstance(one, FieldProblem)]
    said = refused.message if isinstance(refused, Failure) else "此事项是退回后直接送回的，请单独办理"
    return [FieldProblem("", "", refused.code if isinstance(refused, Failure) else InvalidForm.code, f"{named}：{said}")]


def _key_in(tree: HeldTree, element: int) -> str | None:
    return readings.joint_key(tree.library, tree.the_state, element, tree.ledger)


def _key_of(actor: Actor, key: int, now: datetime) -> str | None:
    row, project = one_task.kept(actor, key)
    return readings.joint_key_of(row, project, now)


def _shared(form: Form) -> Form:
    """The form without what it only shows of the one task."""
    only_shown = set(form.shown_fields)
    ui = {name: part for name, part in form.ui.items() if name not in only_shown}
    left = {name: part for name, part in form.fields.items() if name not in only_shown}
    return replace(form, schema={**form.schema, "properties": left}, ui=ui)
