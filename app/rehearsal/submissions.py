"""A task completed in a rehearsal: looked at as the server looks at it, by the form's schema and its checks, before the step."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.domain import form_facts
from app.domain.codes import FormCode
from app.domain.fact_changes import UNCONFIRMED
from app.domain.facts import FactsError, LedgerSchema
from app.domain.forms import FieldProblem, Form
from app.domain.project_values import project_context
from app.engine import ProcessDefinition, effects
from app.engine.form_checks import CheckReport, CheckSetting, CheckSite, examine
from app.rehearsal.run import Rehearsal
from app.rehearsal.scenario_files import Failed, Scenario
from app.rehearsal.trees import RehearsedTree
from app.rehearsal.wording import mark


def submitted(
    run: Rehearsal, root: RehearsedTree, task: effects.TaskOpened, data: Mapping[str, Any], confirmed: Mapping[str, Any]
) -> tuple[Mapping[str, Any], CheckReport]:
    """What is stepped with, and what was found; a task without a form takes anything, but nothing can be confirmed there. Raises Failed."""
    form = run.models.form(task.form_id) if task.form_id else None
    if form is None:
        if confirmed:
            raise Failed(f"“{mark(task.element_id)}”没有表单,没有可以说明理由的检查(confirmed)")
        return data, CheckReport([])
    answered = form.answered(data)
    report = examine(form, answered, confirmed, _setting(run, root, task, form))
    if not report.problems:  # the server's order
        report = replace(report, problems=_rewritten(run, root, task, form, answered))
    return form.emptied(answered, root.state.of_task(task.element)), report


def _rewritten(
    run: Rehearsal, root: RehearsedTree, task: effects.TaskOpened, form: Form, data: Mapping[str, Any]
) -> Sequence[FieldProblem]:
    """What is only shown and comes back as something else: facts of the ledger, and what earlier tasks have said."""
    sent_back = any(name in data for name in form.shown_fields)
    if not sent_back or not root.state.tree.instances[task.instance].definition.declares:
        return ()
    schema = _schema(run)
    marked, shown = form_facts.marked(form, schema), form_facts.shown(form, schema)
    project = run.ledger.projects[root.project] if root.project is not None else None
    row = project_context(project, schema) if project is not None else None
    wrong = {
        name: "取自台账,只供查看,不能改"
        for name, field in shown.items()
        if row is not None and name in data and not form_facts.is_same(field, row[name], data[name])
    }
    others = form_facts.of_others(form, {*marked, *shown})
    wrong |= dict.fromkeys(form_facts.altered(form, others, data, run.seen_from(root, task.element)), "是前面的环节填写的,只供查看,不能改")
    return [
        FieldProblem(name, form.title_of([name]), FormCode.NOT_ALLOWED, f"“{form.title_of([name])}”{text}") for name, text in wrong.items()
    ]


def begun(run: Rehearsal, definition: ProcessDefinition, case: Scenario) -> Mapping[str, Any]:
    """The variables that a case begins with: where the none start event has a form, its fields and nothing else. Raises Failed.

    Without a ledger of its own a case says the project's facts among them: those are let through.
    """
    event = definition.start_form
    form = run.models.form(event.form) if event is not None and event.form is not None else None
    if event is None:
        return case.variables
    if form is None:
        raise Failed(f"没有部署发起表单“{event.form}”")
    own = case.variables if case.ledger is not None else {name: case.variables[name] for name in case.variables if name in form.fields}
    answered = form.answered(own)
    schema = _schema(run)
    project = run.ledger.projects[run.ledger.own] if run.ledger.own is not None else None
    setting = CheckSetting(
        library=run.models,
        site=CheckSite(0, 1, event.element_id),
        now=run.now,
        project=project_context(project, schema),
        unconfirmed=project[UNCONFIRMED] if project is not None else (),
        titles={name: field.title for name, field in schema.fields.items()} if schema is not None else {},
        offices=run.ledger.holders,
        records=lambda kind, own: ((row.project_key, row.data) for row in run.ledger.records if row.kind == kind),
        called=lambda key: str(run.ledger.projects[key]["name"]),
        limits=run.limits,
    )
    judge(event.element_id, examine(form, answered, {}, setting).problems, None)
    return {**case.variables, **answered}


def _setting(run: Rehearsal, root: RehearsedTree, task: effects.TaskOpened, form: Form) -> CheckSetting:
    site = CheckSite(task.element, task.instance, task.element_id, root.state.entered_at(task.element))
    if not form.checks:
        return CheckSetting(library=run.models, site=site, now=run.now, limits=run.limits)
    schema = _schema(run)
    project = run.ledger.projects[root.project] if root.project is not None else None
    return CheckSetting(
        library=run.models,
        site=site,
        now=run.now,
        project=project_context(project, schema),
        unconfirmed=project[UNCONFIRMED] if project is not None else (),
        variables=run.seen_from(root, task.element),
        titles={name: field.title for name, field in schema.fields.items()} if schema is not None else {},
        offices=run.ledger.holders,
        records=lambda kind, own: ((row.project_key, row.data) for row in run.ledger.records if row.kind == kind),
        called=lambda key: str(run.ledger.projects[key]["name"]),
        limits=run.limits,
    )


def _schema(run: Rehearsal) -> LedgerSchema | None:
    try:
        return run.models.ledger
    except FactsError:
        return None


def judge(element_id: str, problems: Sequence[FieldProblem], refused: Sequence[str] | None) -> None:
    """Whether it was refused as the step says: None, not at all; else each problem is named by its field, its check or a part of its message, and nothing else is.

    Raises Failed.
    """
    told = ";".join(problem.message for problem in problems[:5])
    if refused is None:
        if problems:
            raise Failed(f"“{mark(element_id)}”的表单不收:{told}")
        return
    if not problems:
        raise Failed(f"“{mark(element_id)}”应被拒绝({'、'.join(refused)}),却收下了")
    missing = [said for said in refused if not any(_is_named(problem, said) for problem in problems)]
    if missing:
        raise Failed(f"“{mark(element_id)}”被拒绝,但没有提到“{missing[0]}”:{told}")
    others = [problem.message for problem in problems if not any(_is_named(problem, said) for said in refused)]
    if others:
        raise Failed(f"“{mark(element_id)}”被拒绝还有 refused 没有写到的原因:{';'.join(others[:5])}")


def touched(given: Mapping[str, Any], problems: Sequence[FieldProblem], form: Form | None) -> set[str]:
    """The fields that were filled in, those that something was wrong with, and those that are only shown to whoever does the task."""
    found = {name for name, value in given.items() if value not in (None, "", [])} | {
        problem.path.partition("/")[0] for problem in problems
    }
    return found | {name for name, schema in (form.fields.items() if form is not None else ()) if schema.get("readOnly")}


def _is_named(problem: FieldProblem, said: str) -> bool:
    return said in (problem.path, problem.check) or said in problem.message
