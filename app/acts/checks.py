"""What is submitted, looked at before the step: the form's schema and its checks, in the act and under its lock. A refused submission is no step.

The one place for tasks on the page and over ``/v2``. Decisions that checks take are written with the act, in its one insert of evaluations.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from app import current, engine
from app.acts import documents, named
from app.acts.held_tree import HeldTask, HeldTree
from app.catalogue import snapshot
from app.catalogue.snapshot import Snapshot
from app.codes import RequestCode
from app.domain.codes import FormCode
from app.domain.fact_changes import UNCONFIRMED
from app.domain.facts import FactsError, LedgerSchema
from app.domain.form_checks import Overridden
from app.domain.forms import FieldProblem, Form
from app.domain.project_values import project_context
from app.engine import ProcessDefinition
from app.engine.effects import Effect
from app.engine.form_checks import CheckReport, CheckSetting, CheckSite, examine
from app.errors import InvalidForm, InvalidRequest, TaskAlreadyClosed
from app.store import ledger, projects


@dataclass(frozen=True, slots=True)
class Submission:
    """What may be stepped with: ``data`` with null for what is blank; the checks that the person has set aside with a reason."""

    form: Form | None
    data: Mapping[str, Any]
    overridden: tuple[Overridden, ...] = ()
    effects: tuple[Effect, ...] = ()

    def documents(self) -> list[dict[str, str]]:
        """The overridden checks as JSON; empty if there are none."""
        return [one.document() for one in self.overridden]


def submitted(tree: HeldTree, task: HeldTask, data: Mapping[str, Any], confirmed: Mapping[str, Any]) -> Submission:
    """What a person submits at a task. A task without a form takes any variables (design §9). Raises InvalidForm with all problems at once, TaskAlreadyClosed."""
    form = snapshot.form(task.form_key) if task.form_key else None
    if form is None:
        if confirmed:
            raise InvalidRequest("此事项没有表单,没有可以说明理由的检查", code=FormCode.CHECK_UNKNOWN)
        return Submission(None, data)
    answered = form.answered(data)
    report = examine(form, answered, confirmed, _setting(tree, task, form))
    try:
        known = tree.the_state.of_task(task.element)
    except KeyError as error:
        raise TaskAlreadyClosed from error
    return _accepted(tree, form, form.emptied(answered, known), report)


def started(tree: HeldTree, definition: ProcessDefinition, variables: Mapping[str, Any], confirmed: Mapping[str, Any]) -> Submission:
    """What a person begins a process with: where its none start event has a form, its fields and nothing else. Raises InvalidForm, InvalidRequest.

    The decisions that its checks took are in ``effects``: there is no tree yet that they could belong to.
    """
    event = definition.start_form
    if event is None:
        if confirmed:
            raise InvalidRequest("这项流程没有发起表单,没有可以说明理由的检查", code=FormCode.CHECK_UNKNOWN)
        return Submission(None, variables)
    form = start_form(tree.library, definition)
    if form is None:
        raise InvalidRequest(f"流程“{definition.name}”的发起表单没有部署,请联系业务分析员", code=RequestCode.INVALID_REQUEST)
    answered = form.answered(variables)
    site = CheckSite(0, 1, event.element_id)
    report = examine(form, answered, confirmed, _looked_at(tree, site, {}) if form.checks else _unseen(tree, site))
    if wrong := [*report.problems, *_unfounded(tree, form, answered)]:
        raise InvalidForm(wrong)
    return Submission(form, answered, tuple(report.overridden), tuple(report.effects))


def start_form(library: Snapshot, definition: ProcessDefinition) -> Form | None:
    """The deployed form with which a process is begun by hand; None if it has none, or it is not there."""
    event = definition.start_form
    if event is None or event.form is None:
        return None
    bundled = definition.key if event.form_binding == "deployment" else None
    found = library.reference("form", event.form, event.form_tag, bundled)
    return snapshot.form(found.key) if found is not None else None


def _accepted(tree: HeldTree, form: Form, answered: Mapping[str, Any], report: CheckReport) -> Submission:
    if wrong := [*report.problems, *_unfounded(tree, form, answered)]:
        raise InvalidForm(wrong)
    if report.effects:
        tree.journal.take(report.effects, {view.instance: view.definition for view in tree.the_state.instances()})
    return Submission(form, answered, tuple(report.overridden))


def _unfounded(tree: HeldTree, form: Form, answered: Mapping[str, Any]) -> list[FieldProblem]:
    """Offices, people and documents that the answers name and that are not what they are named."""
    of_register = named.problems(tree.tenant, named.of_form(form, answered), tree.project_facts)
    return [*of_register, *documents.problems(tree, form, answered)]


def _setting(tree: HeldTree, task: HeldTask, form: Form) -> CheckSetting:
    if not form.checks:  # nobody looks: nothing is read
        return _unseen(tree, CheckSite(task.element, 0, task.element_id))
    view = next((view for view in tree.the_state.open_tasks() if view.element == task.element), None)
    if view is None:
        raise TaskAlreadyClosed
    state = tree.the_state
    site = CheckSite(task.element, view.instance, task.element_id, state.entered_at(task.element))
    return _looked_at(tree, site, tree.seen_from(task.element))


def _unseen(tree: HeldTree, site: CheckSite) -> CheckSetting:
    return CheckSetting(library=tree.library, site=site, now=tree.now)


def _looked_at(tree: HeldTree, site: CheckSite, variables: Mapping[str, Any]) -> CheckSetting:
    schema = _schema(tree)
    return CheckSetting(
        library=tree.library,
        site=site,
        now=tree.now,
        project=project_context(tree.project, schema),
        unconfirmed=tree.project[UNCONFIRMED] if tree.project is not None else (),
        variables=variables,
        titles={name: field.title for name, field in schema.fields.items()} if schema is not None else {},
        offices=tree.ledger.role_offices,
        records=partial(_records, tree),
        called=_called,
        limits=engine.StepLimits(steps=current.settings().step_limit),
    )


def _records(tree: HeldTree, kind: str, own: bool) -> Iterator[tuple[int | None, Mapping[str, Any]]]:
    if own and tree.project is None:
        return
    if not own:  # two projects have no row in common that one act could wait for while another holds it
        ledger.await_turn(tree.tenant, kind)
    for row in tree.ledger.kept_records(kind, tree.project["key"] if own and tree.project is not None else None):
        yield row.project_key, row.data


def _called(project: int) -> str:
    """What everybody may call a project: of a classified one the alias."""
    row = projects.one(project)
    return "" if row is None else str(row["alias"] or row["name"])


def _schema(tree: HeldTree) -> LedgerSchema | None:
    try:
        return tree.library.ledger
    except FactsError:
        return None  # what the row holds is shown as it is
