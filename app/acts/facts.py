"""A person's act makes the marked fields of its form facts: by the role in which the person acts, and only what the person has changed."""

from collections.abc import Mapping
from typing import Any

from app.acts import named
from app.acts.held_tree import HeldTask, HeldTree
from app.catalogue import snapshot
from app.domain import form_facts
from app.domain.codes import FormCode, VerdictCode
from app.domain.declared import declared
from app.domain.fact_changes import UNCONFIRMED, FactOrigin, FactRefused, refusal
from app.domain.facts import LedgerField, Right, RightKind
from app.domain.form_facts import Changed
from app.domain.forms import FieldProblem, Form
from app.domain.project_values import project_context
from app.engine import ProcessDefinition
from app.errors import Forbidden, InvalidForm
from app.store import ledger, tasks


def take(tree: HeldTree, task: HeldTask, form: Form | None, data: Mapping[str, Any], role: str, *, version: int | None) -> frozenset[str]:
    """Write what the person has changed, before the step that sees it. ``version``: of the ledger, with which the form was drawn; None: with which the task opened.

    Gives the names that are facts and no variables. Raises Forbidden (LEDGER_OWNER), InvalidForm (CHANGED_MEANWHILE, OFFICE, NOT_ALLOWED).
    """
    if form is None:
        return frozenset()
    # Forms of the first release call variables by names that the ledger has too, and copy facts into them.
    declares = snapshot.process_definition(task.definition_key).declares
    _seen_as_approved(tree, task, form, data, version=version)
    written = _of_ledger(tree, task, form, data, role=role, version=version, declares=declares)
    return written | _of_others(tree, task, form, data, written) if declares else written


def _seen_as_approved(tree: HeldTree, task: HeldTask, form: Form, data: Mapping[str, Any], *, version: int | None) -> None:
    """Nobody approves what they have not seen: a fact that the task approves has to be as it was when the form was drawn, a variable as it was when the task opened
    if it is not sent back as it is. Raises InvalidForm (CHANGED_MEANWHILE)."""
    info = snapshot.process_definition(task.definition_key).elements.get(task.element_id)
    schema, now = tree.ledger.schema, tree.ledger.known().project
    if info is None:
        return
    facts = schema.fields if schema is not None and now is not None else {}
    # What the form does not show nobody could send back: it would be refused for ever.
    unsaid = [name for name in declared(info.properties).approves if name in form.shown_fields and name not in facts and name not in data]
    if unsaid and (changed := tasks.changed_since(task.key, task.instance_key, tree.the_state.around(task.element), unsaid)):
        text = "在此事项打开以后改过。请重新打开此事项，核对后再提交；经接口提交的，请把核对过的值一并提交"
        raise InvalidForm([_problem(form, name, FormCode.CHANGED_MEANWHILE, text) for name in changed])
    if schema is None or now is None:
        return
    own = form_facts.marked(form, schema)
    fields = {name: schema.fields[name] for name in declared(info.properties).approves if name in schema.fields and name not in own}
    since = _since(tree, set(fields), task.ledger_version if version is None else version) if fields else {}
    if problems := list(form_facts.unseen(form, fields, now, since)):
        raise InvalidForm(problems)


def _of_others(tree: HeldTree, task: HeldTask, form: Form, data: Mapping[str, Any], facts: frozenset[str]) -> frozenset[str]:
    """What earlier tasks have said is sent back as it was shown, or left away: no later task says it anew. Raises InvalidForm (NOT_ALLOWED)."""
    names = form_facts.of_others(form, facts)
    wrong = form_facts.altered(form, names, data, tree.seen_from(task.element)) if names else []
    if wrong:
        raise InvalidForm([_problem(form, name, FormCode.NOT_ALLOWED, "是前面的环节填写的,只供查看,不能改") for name in wrong])
    return frozenset(names)


def _of_ledger(
    tree: HeldTree, task: HeldTask, form: Form, data: Mapping[str, Any], *, role: str, version: int | None, declares: bool
) -> frozenset[str]:
    schema = tree.ledger.schema
    if schema is None:
        return frozenset()
    fields = form_facts.marked(form, schema)
    shown = form_facts.shown(form, schema) if declares else {}
    if not fields and not shown:
        return frozenset()
    now = tree.ledger.known().project
    if now is None:
        _without_project(form, fields, data)
        return frozenset({*fields, *shown})
    since = _since(tree, {*fields, *shown}, task.ledger_version if version is None else version)
    before = form_facts.opened({**fields, **shown}, now, since)
    _refuse_shown(form, shown, data, before=before)
    wanted = form_facts.changed(fields, data, before)
    if problems := list(form_facts.conflicts(form, fields, wanted, now, since)):
        raise InvalidForm(problems)
    wanted = {name: value for name, value in wanted.items() if not form_facts.is_same(fields[name], now.get(name), value)}
    origin = _origin(tree, task, role)
    if wanted := {**_confirmed(tree, fields, data, now, origin=origin), **wanted}:
        if tree.the_state.is_in_loop(task.element):
            raise Forbidden("多实例的任务不能写台账,请联系业务分析员", code=VerdictCode.LEDGER_OWNER)
        _take_effect(tree, form, fields, wanted=wanted, origin=origin)
    return frozenset({*fields, *shown})


def _confirmed(
    tree: HeldTree, fields: Mapping[str, LedgerField], data: Mapping[str, Any], now: Mapping[str, Any], *, origin: FactOrigin
) -> dict[str, Any]:
    """The unconfirmed facts that whoever may write them hands in as they are; what is unchanged asks nobody else for a right."""
    if tree.project is None:
        return {}
    found = form_facts.said_again(fields, data, now, tree.project[UNCONFIRMED])
    return {name: value for name, value in found.items() if refusal(fields[name], value, origin, tree.project) is None}


def begin_facts(
    tree: HeldTree, definition: ProcessDefinition, form: Form | None, data: Mapping[str, Any], *, role: str | None
) -> frozenset[str]:
    """The same of a start form, by the role that begins the process: nothing was shown before, so that everything filled in is a change.

    Raises Forbidden (LEDGER_OWNER), InvalidForm.
    """
    schema = tree.ledger.schema if form is not None else None
    if form is None or schema is None or not (fields := form_facts.marked(form, schema)):
        return frozenset()
    now = tree.ledger.known().project
    if now is None:
        _without_project(form, fields, data)
        return frozenset(fields)
    wanted = {name: value for name, value in form_facts.changed(fields, data, now).items() if value is not None}
    event = next(event.element_id for event in definition.start_events if event.kind == "none")
    right = Right(kind=RightKind.START)
    origin = FactOrigin(process_id=definition.process_id, element_id=event, right=right, role=role, main_line=tree.ledger.main_line)
    if wanted := {**_confirmed(tree, fields, data, now, origin=origin), **wanted}:
        _take_effect(tree, form, fields, wanted=wanted, origin=origin)
    return frozenset(fields)


def _origin(tree: HeldTree, task: HeldTask, role: str) -> FactOrigin:
    acting = role if role in task.candidate_groups else None
    return FactOrigin(
        process_id=task.process_id,
        element_id=task.element_id,
        right=Right(kind=RightKind.FORM),
        role=acting,
        main_line=tree.ledger.main_line,
    )


def _take_effect(tree: HeldTree, form: Form, fields: Mapping[str, LedgerField], *, wanted: Mapping[str, Any], origin: FactOrigin) -> None:
    for name, value in wanted.items():
        if tree.project is not None and (why := refusal(fields[name], value, origin, tree.project)) is not None:
            raise Forbidden(why, code=VerdictCode.LEDGER_OWNER)
    _check_register(tree, form, fields, wanted)
    try:
        tree.ledger.write_facts(wanted, origin)
    except FactRefused as error:
        raise Forbidden(str(error), code=VerdictCode.LEDGER_OWNER) from error


def _since(tree: HeldTree, names: set[str], version: int | None) -> dict[str, Changed]:
    """What has been written to these fields since the ledger had this version."""
    if version is None or tree.project is None or version >= tree.project["version"]:
        return {}
    found: dict[str, Changed] = {}
    for row in ledger.changes_since(tree.project["key"], version, sorted(names)):
        first = found.get(row.field)
        found[row.field] = Changed(first.before if first is not None else row.before, row.user_name)
    return found


def shown(form: Form, project: Mapping[str, Any], *, declares: bool) -> dict[str, Any]:
    """The ledger's values of a form's ledger fields, with which it opens."""
    schema = snapshot.library(project["tenant"]).ledger
    fields = {**form_facts.marked(form, schema), **(form_facts.shown(form, schema) if declares else {})}
    row = project_context(project, schema) if fields else None
    return {name: row[name] for name in fields if row is not None and row[name] is not None}


def still_drafted(form: Form | None, row: Any, project: Mapping[str, Any] | None) -> dict[str, Any]:
    """The draft of a task, but for facts that somebody has written since the task opened: shown again, it would take their value back unseen."""
    draft = dict(row.draft or {})
    schema = snapshot.library(project["tenant"]).ledger if form is not None and project is not None else None
    names = sorted(form_facts.marked(form, schema).keys() & draft.keys()) if form is not None else []
    if project is None or not names or row.ledger_version is None:
        return draft
    written = {change.field for change in ledger.changes_since(project["key"], row.ledger_version, names)}
    return {name: value for name, value in draft.items() if name not in written}


def _without_project(form: Form, fields: Mapping[str, LedgerField], data: Mapping[str, Any]) -> None:
    filled = [name for name, field in fields.items() if not form_facts.is_same(field, None, data.get(name))]
    if filled:
        raise InvalidForm([_problem(form, name, FormCode.NOT_ALLOWED, "是台账的内容,这项流程不属于任何项目,不能填写") for name in filled])


def _refuse_shown(form: Form, shown: Mapping[str, LedgerField], data: Mapping[str, Any], *, before: Mapping[str, Any]) -> None:
    """What is only information is sent back as it was shown, or left away."""
    wrong = [name for name, field in shown.items() if name in data and not form_facts.is_same(field, before.get(name), data[name])]
    if wrong:
        raise InvalidForm([_problem(form, name, FormCode.NOT_ALLOWED, "取自台账,只供查看,不能改") for name in wrong])


def _check_register(tree: HeldTree, form: Form, fields: Mapping[str, LedgerField], wanted: Mapping[str, Any]) -> None:
    """An office or a person is one of the district's register, under their own name."""
    schema = {"properties": {name: {**fields[name].schema, "title": form.title_of([name])} for name in wanted}}
    if problems := named.problems(tree.tenant, named.within(schema, wanted), tree.project_facts):
        raise InvalidForm(problems)


def _problem(form: Form, name: str, code: FormCode, text: str) -> FieldProblem:
    title = form.title_of([name])
    return FieldProblem(name, title, code, f"“{title}”{text}")
