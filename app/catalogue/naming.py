"""What diagrams name, as of the catalogue with a bundle over it: of the bundle's own diagrams, and of deployed ones that name what the bundle changes.

As with scenarios, what newly is wrong refuses; what was so before is told.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from app.catalogue import changes, districts, snapshot
from app.catalogue.bundles import ModelFile
from app.connectors.calls import REGISTERS
from app.decision import dmn
from app.decision.dmn.reading import read_by
from app.domain.districts import SHARED
from app.domain.facts import LEDGER
from app.domain.forms import Form, FormError
from app.domain.templates import TemplateRefused
from app.engine import DiagramError, ProcessDefinition
from app.engine.decisions import DEADLINES
from app.engine.ledger import PARAMETERS
from app.rehearsal import facts, flow, form_checks, form_keywords, names, tables, variables
from app.rehearsal.codes import FindingCode
from app.rehearsal.findings import Finding, softened
from app.rehearsal.names import DEADLINE_FUNCTIONS
from app.rehearsal.surroundings import Load, Place, Stock, once
from app.rehearsal.way_of_values import caught_in
from app.store import resources
from app.store.resources import ResourceRef

_MODELS = ("process", "decision", "form", "template")
_OF_REGISTERS = frozenset({"put_record", "query_records"})


def check(files: Sequence[ModelFile]) -> list[Finding]:
    """What will stop at run time (errors) and what may (warnings); the order of the files does not matter. Of deployed diagrams only what the bundle breaks."""
    above = dict(_of_bundle(files))
    if not above:
        return []
    beneath = _deployed()
    before, after = _stock(beneath), _stock({**beneath, **above})
    found: list[Finding] = []
    for file in files:
        for process in file.processes:
            here = names.check_each(file.name, process, after.each(file.tenant, process.process_id)) + flow.check(file.name, process)
            found += softened(here, _before(process.process_id, file.tenant, beneath, before))
    changed = {(kind, name) for _, kind, name in above}
    deployed = [
        (place[0], process) for place, load in beneath.items() if place[1] == "process" and place not in above and (process := load())
    ]
    touched = _touched(deployed, [process for file in files for process in file.processes], changed)
    for tenant, process in deployed:
        if id(process) in touched:
            found += _broken(process, tenant, before, after)
    found += _asked(files, {**beneath, **above}, beneath, after)
    found += _of_checks(files, beneath, changed, before=before, after=after)
    found += _of_tables(files, beneath, changed, before=before, after=after)
    if facts.touches(after, changed):
        found += _of_ledger(files, before, after)
    return found


def _asked(files: Sequence[ModelFile], models: Mapping[Place, Load], beneath: Mapping[Place, Load], after: Stock) -> Iterator[Finding]:
    """What a changed table asks for, did not ask for before, and none of the processes that call it writes: a column came without the form's field."""
    for file in files:
        told: set[str] = set()
        for item in file.own:
            load = beneath.get((file.tenant, "decision", item.id))
            old = load() if load is not None else None
            if item.kind != "decision" or file.model is None or old is None:
                continue
            asked = read_by(file.model, item.id) - read_by(old, item.id) - told
            callers = _callers(item.id, file.tenant, models) if asked else []
            for process in callers:
                views = after.each(file.tenant, process.process_id)
                asked = {name for around in views for name in asked & variables.unwritten(process, around, item.id, asked)}
            if callers and asked:
                told |= asked
                where = "、".join(dict.fromkeys(process.name or process.process_id for process in callers))
                for name in sorted(asked):
                    cure = "它的值总是空值(null);请在前面环节的表单或映射里给出它,或检查名称"
                    text = f"表里新问到“{name}”,而用这张表的流程({where})里没有任何环节写入它,{cure}"
                    yield Finding(file.name, file.model.decisions[item.id].name, None, FindingCode.VARIABLE, text, severity="warning")


def _callers(decision: str, tenant: str, models: Mapping[Place, Load]) -> list[ProcessDefinition]:
    """The processes that call a decision of a tenant: its own and the shared ones; of a shared decision everybody's."""
    found = []
    for (owner, kind, name), load in models.items():
        if kind != "process" or (tenant != SHARED and owner not in (tenant, SHARED)):
            continue
        if owner == SHARED and (tenant, "process", name) in models and tenant != SHARED:
            continue  # the tenant has its own
        process = load()
        if process is not None and decision in process.called_decisions:
            found.append(process)
    return found


def _of_checks(
    files: Sequence[ModelFile], beneath: Mapping[Place, Load], changed: set[tuple[str, str]], *, before: Stock, after: Stock
) -> Iterator[Finding]:
    """Words of the bundle's forms that nobody reads, what their checks name, and what those of deployed forms name that the bundle takes away."""
    brought = {(file.tenant, item.id) for file in files for item in file.defined if item.kind == "form"}
    carried = {form for file in files for process in file.processes for form in process.forms}
    for (tenant, kind, name), load in beneath.items():
        form = load() if kind == "form" and (tenant, name) not in brought else None
        if form is not None and form.checks and (name in carried or _asks(form, changed)):
            place = _place_of(tenant, name)
            has = form_checks.check(place, form, tenant, after)
            has = softened(has, form_checks.check(place, form, tenant, before)) if has else []
            yield from (finding for finding in has if finding.severity == "error")
    for file in files:
        for item in file.defined:
            form = after.models[file.tenant, "form", item.id]() if item.kind == "form" else None
            if form is None:
                continue
            older = beneath.get((file.tenant, "form", item.id))
            old = older() if older is not None else None
            yield from softened(form_keywords.check(file.name, form), form_keywords.check(file.name, old) if old is not None else ())
            known = form_checks.check(file.name, old, file.tenant, before) if old is not None else []
            yield from softened(form_checks.check(file.name, form, file.tenant, after), known)


def _asks(form: Form, changed: set[tuple[str, str]]) -> bool:
    """Whether what the checks of a form name is changed."""
    return bool(changed & {("form", LEDGER), ("decision", PARAMETERS), *(("decision", check.decision or "") for check in form.checks)})


def _place_of(tenant: str, form: str) -> str:
    return f"forms/{form}.json" if tenant == SHARED else f"forms/{tenant}/{form}.json"


def _of_tables(
    files: Sequence[ModelFile], beneath: Mapping[Place, Load], changed: set[tuple[str, str]], *, before: Stock, after: Stock
) -> Iterator[Finding]:
    """What the bundle's tables name of the ledger and the parameters, and what deployed ones name that the bundle takes away."""
    for file in files:
        if file.model is not None:
            loads = [beneath.get((file.tenant, "decision", item.id)) for item in file.defined if item.kind == "decision"]
            older = [model for load in loads if load is not None and (model := load()) is not None]
            known = [finding for model in older for finding in tables.check(file.name, model, file.tenant, before)]
            yield from softened(tables.check(file.name, file.model, file.tenant, after), known)
    if changed & {("form", LEDGER), ("decision", PARAMETERS)}:
        above = {(file.tenant, item.id) for file in files for item in file.defined if item.kind == "decision"}
        for (tenant, kind, name), load in beneath.items():
            model = load() if kind == "decision" and (tenant, name) not in above else None
            if model is not None:
                has = tables.facts_named(model.file, model, tenant, after)
                had = {finding.about for finding in tables.facts_named(model.file, model, tenant, before)} if has else set()
                yield from (replace(finding, severity="error") for finding in has if finding.about not in had)


def _of_ledger(files: Sequence[ModelFile], before: Stock, after: Stock) -> Iterator[Finding]:
    """What is wrong with the ledger's schema: all of it where the bundle brings it, else what the bundle breaks."""
    brought = {file.name for file in files}
    has = facts.check(after)
    for finding in softened(has, facts.check(before)) if has else ():
        if finding.severity == "error" or finding.file in brought:
            yield finding


def _broken(process: ProcessDefinition, tenant: str, before: Stock, after: Stock) -> Iterator[Finding]:
    """What is wrong now with a deployed diagram and was not before."""
    had = names.check_each(process.file, process, before.each(tenant, process.process_id))
    has = names.check_each(process.file, process, after.each(tenant, process.process_id))
    yield from (finding for finding in softened(has, had) if finding.severity == "error")


def stocks(files: Sequence[ModelFile]) -> tuple[Mapping[Place, Load], Stock]:
    """What is deployed, and the same with a bundle over it. Needs an app context."""
    beneath = _deployed()
    return beneath, _stock({**beneath, **dict(_of_bundle(files))})


def used_so_far(process_id: str, tenant: str, beneath: Mapping[Place, Load]) -> ProcessDefinition | None:
    """The diagram that a tenant has used so far: its own or the shared one."""
    load = beneath.get((tenant, "process", process_id)) or beneath.get((SHARED, "process", process_id))
    found: ProcessDefinition | None = load() if load is not None else None
    return found


def _before(process_id: str, tenant: str, beneath: Mapping[Place, Load], before: Stock) -> list[Finding]:
    """What was wrong with the diagram that the tenant has used so far; as it sees it, a shared one may speak of other districts' affairs."""
    process = used_so_far(process_id, tenant, beneath)
    return [] if process is None else names.check_each("", process, before.each(tenant, process_id)) + flow.check("", process)


def _touched(
    deployed: Sequence[tuple[str, ProcessDefinition]], brought: Sequence[ProcessDefinition], changed: set[tuple[str, str]]
) -> set[int]:
    """The deployed diagrams (by ``id``) of which something else may be true now: those that name what is changed, and those that are sent a message by one of
    which that holds, for what it brings may become a fact there."""
    found = {id(process) for _, process in deployed if _names(process, changed)}
    sent = {name for process in brought for name in process.throws}
    fresh = [process for _, process in deployed if id(process) in found]
    while fresh:
        sent |= {name for process in fresh for name in process.throws}
        fresh = [process for _, process in deployed if id(process) not in found and sent & caught_in(process)]
        found |= {id(process) for process in fresh}
    return found


def _names(process: ProcessDefinition, changed: set[tuple[str, str]]) -> bool:
    """Whether a diagram names something that is changed."""
    if process.declares and any(kind == "form" and name.startswith(REGISTERS) for kind, name in changed):
        return True  # the ledger's fields are among them
    if process.declares and ("decision", PARAMETERS) in changed:
        return True
    named = {("form", name) for name in process.forms} | {("decision", name) for name in process.called_decisions}
    named |= {("process", name) for name in process.called_processes} | {("template", name) for name in process.templates}
    if named & changed or (
        process.job_types & _OF_REGISTERS and any(kind == "form" and name.startswith(REGISTERS) for kind, name in changed)
    ):
        return True
    return ("decision", DEADLINES) in changed and any(f"{name}(".encode() in process.source for name in DEADLINE_FUNCTIONS)


def _stock(models: Mapping[Place, Load]) -> Stock:
    return Stock(models, districts.every(), districts.phase_keys(), districts.main_line())


def _of_bundle(files: Sequence[ModelFile]) -> Iterator[tuple[Place, Load]]:
    for file in files:
        for process in file.processes:
            yield (file.tenant, "process", process.process_id), partial(_itself, process)
        for item in file.defined:
            if item.kind == "decision":
                yield (file.tenant, "decision", item.id), partial(_itself, file.model)
            elif item.kind == "form":
                yield (file.tenant, "form", item.id), once(partial(Form.parse, file.content))
            elif item.kind == "template":
                yield (file.tenant, "template", item.id), partial(_itself, file.template)


def _itself(model: Any) -> Any:
    return model


def _deployed() -> dict[Place, Load]:
    """The newest version of every model of every tenant, read when it is asked for."""
    newest = changes.newest(resources.tenants())
    return {place: once(partial(_load, item)) for place, item in newest.items() if item.kind in _MODELS}


def _load(item: ResourceRef) -> Any:
    """A deployed model; None if it cannot be read any more, which is no matter of this bundle."""
    try:
        if item.kind == "process":
            return snapshot.process_definition(item.key)
        if item.kind == "form":
            return snapshot.form(item.key)
        if item.kind == "template":
            return snapshot.template(item.key)
        file, content = resources.content(item.resource_key)
        return snapshot.read_model(content, file)
    except (DiagramError, dmn.DmnError, FormError, TemplateRefused, KeyError):
        return None
