"""User tasks: look, fill in, complete."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import partial
from typing import Any

from app.acts import answering, completing, idempotency, readings
from app.acts import facts as form_acts
from app.acts.candidates import held, project_facts
from app.acts.held_tree import HeldTree
from app.acts.transaction import act, open_task, retried
from app.catalogue import snapshot
from app.codes import RequestCode
from app.domain import permissions
from app.domain.codes import Action, FormCode
from app.domain.districts import District
from app.domain.forms import Form
from app.domain.permissions import Actor, ProjectFacts, TaskFacts, Verdict
from app.domain.project_values import project_context
from app.domain.states import TaskState
from app.engine import materials
from app.engine.ledger import PROJECT
from app.engine.library import Library
from app.errors import Forbidden, InvalidForm, NotFound, TaskAlreadyClosed
from app.seen import capacities, moved, returned, timeline, wording
from app.seen.diagram import diagram_view
from app.seen.lines import bounds, task_line, task_lines
from app.seen.opening import filled_in, opened
from app.seen.shapes import CompletedView, Filling, FormView, Page, TaskLine, TaskPage
from app.services import confirming, messages, projects, reading
from app.services.reading import Before
from app.store import instances, tasks
from app.store import projects as ledger


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """What to look for; None is anything."""

    key: int | None = None
    state: str | None = None
    assignee: str | None = None
    element_id: str | None = None
    process_id: str | None = None
    definition_key: int | None = None
    instance_key: int | None = None
    root_key: int | None = None
    project_key: int | None = None
    candidate_group: str | None = None
    candidate_user: str | None = None
    tenant: str | None = None
    descending: bool = False


def view(actor: Actor, key: int, now: datetime, *, acting: str | None = None) -> TaskPage:
    """A task with all that its page shows; ``acting``: the role in which the person is going to do it, where they have several.

    Raises NotFound, Forbidden (with the verdict's reason).
    """
    row, project, district = _read(actor, key)
    before = Before(actor, project) if project else None
    form_view = _form(row)
    seen, mine = readings.visible(row, project, now)
    form = form_view.form if form_view else None
    definition = snapshot.process_definition(row.definition_key)
    info = definition.elements.get(row.element_id)
    clauses = timeline.clause_views(district, district.clauses_at(row.process_id, row.element_id, row.clauses.split()))
    past = before.timeline(timeline.of_project(before.project, district)) if before else timeline.of_tree(row.root_key, district)
    step = timeline.last_by_hand(past, row.opened_at)
    may = _may(actor, row, project, district, readings.person_of(row, project, now))
    marks: Mapping[str, str] = {}
    if form is not None and project is not None and row.state == TaskState.OPEN:
        of_ledger = form_acts.shown(form, project, declares=definition.declares)
        marks = confirming.marks(project, of_ledger)
        seen, mine = seen | of_ledger, mine | of_ledger
    if row.state != TaskState.OPEN:
        data = dict(row.answer or {})
        form = filled_in(form, data)
    else:  # a draft, and what was last submitted by whoever returned to it, are theirs
        own = (returned.last_answer(row), form_acts.still_drafted(form, row, project)) if may else (None, {})
        data = dict(_filled_in(form, seen, opened(form, seen, mine, info, own[0]) | own[1], snapshot.library(row.tenant), now))
    if before is not None:
        data = before.values(data, form, doing=bool(may), of=None if may else before.task(row))
    return TaskPage(
        line=task_line(row, now, actor),
        form=form,
        data=data,
        draft_saved_at=row.draft_saved_at if may else None,
        project=projects.shown(before) if before else None,
        clauses=clauses,
        why=timeline.why(row, clauses, district),
        deadline=timeline.deadline_view(row, district),
        moved=moved.lines(row, district),
        diagram=diagram_view(row, row.instance_key, past, now),
        timeline=past,
        may=may,
        documentation=info.documentation if info else "",
        form_version=form_view.version if form_view else 0,
        variables=seen,
        before=step if step is not None and step.overrides else None,
        told=before.told(past) if before else (),
        returns=returned.choices(row) if may else (),
        capacities=capacities.choices(actor, _facts(row), _project_facts(project), district, acting) if may else (),
        ledger_version=project["version"] if project is not None else None,
        unconfirmed=marks,
    )


def filling(actor: Actor, key: int, now: datetime) -> Filling:
    """What somebody needs to fill in an open task, without its page. Raises NotFound, Forbidden."""
    row, project, district = _read(actor, key)
    form, seen = inputs(actor, key, now)
    if form is not None and project is not None:
        seen = seen | form_acts.shown(form, project, declares=snapshot.process_definition(row.definition_key).declares)
    clauses = timeline.clause_views(district, district.clauses_at(row.process_id, row.element_id, row.clauses.split()))
    return Filling(form=form, seen=seen, clauses=clauses)


def inputs(actor: Actor, key: int, now: datetime) -> tuple[Form | None, dict[str, Any]]:
    """The form of an open task, and all that can be seen from it: variables, and where the process reads the ledger, ``project``. Raises NotFound, Forbidden."""
    row, project, _ = _read(actor, key)
    seen = readings.visible(row, project, now)[0]
    if project is not None and snapshot.process_definition(row.definition_key).declares:
        seen = {**seen, PROJECT: project_context(project, snapshot.library(row.tenant).ledger)}
    return snapshot.form(row.form_key) if row.form_key else None, seen


def facts(actor: Actor, key: int, now: datetime) -> tuple[TaskFacts, ProjectFacts | None]:
    """What decides who may do a task. Raises NotFound, Forbidden."""
    row, project, _ = _read(actor, key)
    return _facts(row, readings.person_of(row, project, now)), _project_facts(project)


def line(actor: Actor, key: int, now: datetime) -> TaskLine:
    """The task alone, as the API shows it. Raises NotFound, Forbidden."""
    return task_line(_read(actor, key)[0], now, actor)


def kept(actor: Actor, key: int) -> tuple[Any, dict[str, Any] | None]:
    """The row of a task, and of its project. Raises NotFound, Forbidden."""
    row, project, _ = _read(actor, key)
    return row, project


def form(actor: Actor, key: int) -> FormView | None:
    """The deployed form of the task's binding, None if it has none. Raises NotFound, Forbidden."""
    return _form(_read(actor, key)[0])


def search(actor: Actor, wanted: TaskFilter, now: datetime, *, limit: int = 100, offset: int = 0) -> Page[TaskLine]:
    """Tasks that the actor may see (may do, has done, or of projects that they may read), by key."""
    limit, offset = bounds(limit, offset)
    conditions = [reading.tasks_seen(actor)] if actor.tenant or not actor.is_system else []
    chosen = {item.name: getattr(wanted, item.name) for item in fields(wanted) if item.name != "descending"}
    chosen = {name: value for name, value in chosen.items() if value is not None}
    found, total = tasks.search(conditions, chosen, descending=wanted.descending, limit=limit, offset=offset)
    return Page(task_lines(found, now, actor), total, limit, offset)


def complete(
    actor: Actor,
    key: int,
    data: Mapping[str, Any],
    now: datetime,
    *,
    confirmed: Mapping[str, Any] | None = None,
    idempotency_key: str | None = None,
    ledger_version: int | None = None,
    acting: str | None = None,
) -> CompletedView:
    """Complete a task: one act. ``confirmed``: id of a check of the form → why it is set aside; ``ledger_version``: of the project, with which the form was drawn;
    ``acting``: the role in which the person does it, None for the first in the task's order.

    Raises NotFound, Forbidden, InvalidForm (the task stays open, the draft is kept), TaskAlreadyClosed, Suspended, KeyReused, Busy.
    """
    content = {"task": str(key), "data": data} | ({"confirmed": confirmed} if confirmed else {}) | ({"acting": acting} if acting else {})
    request = idempotency.request(actor, idempotency_key, content)
    if request is not None and (answer := idempotency.answered(request, now)) is not None:
        return _replayed(actor, key, answer, now)
    try:
        act_once = partial(
            _complete, actor, key, data, now, request=request, confirmed=confirmed or {}, ledger_version=ledger_version, acting=acting
        )
        tree = answering.straight_or_onward(act_once)
    except InvalidForm:
        _keep_draft(key, data, now)
        raise
    except TaskAlreadyClosed:
        # Sent twice at once: the other one acted, and its answer is this one's too.
        if request is None or (answer := idempotency.answered(request, now)) is None:
            raise
        return _replayed(actor, key, answer, now)
    if tree.unsettled:
        messages.settle(now)
    project_key = tree.project["key"] if tree.project else None
    return _completed(
        actor,
        key,
        tree.root_key,
        project_key=project_key,
        state=tree.the_state.root_state,
        incidents=tree.journal.incidents_opened,
        now=now,
        replayed=False,
    )


@retried
def _complete(
    actor: Actor,
    key: int,
    data: Mapping[str, Any],
    now: datetime,
    *,
    request: idempotency.KeyedRequest | None,
    confirmed: Mapping[str, Any],
    ledger_version: int | None,
    acting: str | None,
    onward: bool = False,
) -> HeldTree:
    with open_task(key, now, actor) as tree:
        completing.carry_out(
            actor,
            tree,
            data,
            now,
            confirmed=confirmed,
            ledger_version=ledger_version,
            acting=acting,
            onward=onward,
            summarised=wording.summarised,
        )
        if request is not None:
            idempotency.remember(request, answering.answer_of(tree), now)
    return tree


def save_draft(actor: Actor, key: int, data: Mapping[str, Any], now: datetime) -> datetime:
    """Keep what was filled in so far; what is missing is overlooked, wrong values too, undeclared fields are refused. Raises like complete. Returns when."""
    row, project, district = _read(actor, key)
    verdict = _may(actor, row, project, district)
    if not verdict:
        raise TaskAlreadyClosed if row.state != TaskState.OPEN else Forbidden(verdict.reason, code=verdict.code)
    form = snapshot.form(row.form_key) if row.form_key else None
    if form is not None:
        undeclared = [problem for problem in form.validate(data, partial=True) if problem.code == FormCode.UNDECLARED]
        if undeclared:
            raise InvalidForm(undeclared)
        data = form.answered(data)
    with act():
        if not instances.keep_draft(key, dict(data), now):
            raise TaskAlreadyClosed
    return now


def claim(actor: Actor, key: int, now: datetime) -> TaskLine:
    """领取: only this person may complete it then. Raises NotFound, Forbidden, TaskAlreadyClosed."""
    _assign(actor, key, now, actor.username, Action.TASK_CLAIM)
    return line(actor, key, now)


def release(actor: Actor, key: int, now: datetime) -> TaskLine:
    """放回: everybody who may do it sees it again. Raises NotFound, Forbidden, TaskAlreadyClosed."""
    _assign(actor, key, now, None, Action.TASK_RELEASE)
    return line(actor, key, now)


@retried
def _assign(actor: Actor, key: int, now: datetime, assignee: str | None, action: Action) -> None:
    with open_task(key, now, actor) as tree:
        task = answering.still_open(tree)
        answering.authorised(actor, tree, task)
        tree.record(action, f"{task.process_id}.{task.element_id}", {"task": str(key)})
        if not instances.assign_task(key, task.assignee, assignee):
            raise TaskAlreadyClosed
        tree.save()


# ---------------------------------------------------------------------- parts


def _filled_in(form: Form | None, seen: Mapping[str, Any], data: Mapping[str, Any], library: Library, now: datetime) -> Mapping[str, Any]:
    return data if form is None else materials.with_slots(form, form.with_slots(data, seen), library, seen, now)


def _keep_draft(key: int, data: Mapping[str, Any], now: datetime) -> None:
    """What was refused is kept as far as the form knows the fields, so that nobody types it twice."""
    row = tasks.one(key)
    if row is None or row.form_key is None:
        return
    form = snapshot.form(row.form_key)
    with act():
        instances.keep_draft(key, {name: value for name, value in form.answered(data).items() if name in form.fields}, now)


def _read(actor: Actor, key: int) -> tuple[Any, dict[str, Any] | None, District]:
    row = tasks.one(key)
    if row is None:
        raise NotFound("没有此事项")
    project = ledger.one(row.project_key) if row.project_key else None
    district = snapshot.district(row.tenant)
    if not (actor.user and row.completed_by == actor.user):
        verdict = permissions.may_do(actor, _facts(row), _project_facts(project), district)
        reading.may_open(actor, row, project, verdict).require()
    return row, project, district


def _facts(row: Any, person: tuple[int, str] | None = None) -> TaskFacts:
    return TaskFacts(
        row.tenant,
        tuple(row.candidate_groups),
        tuple(row.candidate_users),
        row.assignee,
        row.name,
        office=row.office_key,
        office_name=row.office or "",
        person=person[0] if person is not None else None,
        person_name=person[1] if person is not None else "",
        signed_by=answering.signed_by(row.root_key, row.signing, row.seat, row.visit),
    )


def _project_facts(project: dict[str, Any] | None) -> ProjectFacts | None:
    return project_facts(project) if project else None


def _may(actor: Actor, row: Any, project: dict[str, Any] | None, district: District, person: tuple[int, str] | None = None) -> Verdict:
    if row.state != TaskState.OPEN:
        return Verdict(False, RequestCode.TASK_CLOSED, "此事项已经办结" if row.state == TaskState.COMPLETED else "此事项已被撤销")
    return permissions.may_do(actor, _facts(row, person), _project_facts(project), district)


def _form(row: Any) -> FormView | None:
    if row.form_key is None:
        return None
    found = snapshot.reference("form", row.form_key)
    return FormView(row.form_key, found.version, snapshot.form(row.form_key), found.tenant)


def _replayed(actor: Actor, key: int, answer: Mapping[str, Any], now: datetime) -> CompletedView:
    return _completed(
        actor,
        key,
        answer["root"],
        project_key=answer["project"],
        state=answer["state"],
        incidents=answer["incidents"],
        now=now,
        replayed=True,
    )


def _completed(
    actor: Actor, key: int, root_key: int, project_key: int | None, state: str, incidents: list[str], now: datetime, *, replayed: bool
) -> CompletedView:
    row = tasks.opened_of(project_key, root_key, held(actor, snapshot.district(actor.tenant)), actor.username, actor.user)
    return CompletedView(
        task_key=key,
        next_tasks=task_lines(row, now, actor),
        project_key=project_key,
        instance_key=root_key,
        state=state,
        incidents=tuple(incidents),
        replayed=replayed,
    )
