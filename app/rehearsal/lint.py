"""What is wrong, or against the house's rules, in model files: place, stable code, a Chinese sentence.

Deployment checks (can it run, does what it calls exist) are errors everywhere. House rules — a number outside a table, a missing
clause, an untidy drawing, reserved ids, full-width punctuation in FEEL — are errors for shipped files, warnings elsewhere. Limits of planes and shares
are looked at for shipped files only.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePath
from typing import Any

from app.codes import RequestCode
from app.decision import dmn
from app.decision.codes import DmnCode
from app.domain import districts, forms
from app.domain.districts import SHARED, ZONE, UnknownDistrict
from app.domain.forms import Form
from app.domain.templates import ENDINGS
from app.engine import LibraryRef, ProcessDefinition, returning, soundness, timers
from app.engine.codes import DiagramCode
from app.engine.errors import DiagramError
from app.engine.expressions import vocabulary
from app.engine.library import no_imports
from app.engine.reading import read_with_tree, schema, xml
from app.rehearsal import (
    district_files,
    due_dates,
    facts,
    flow,
    form_checks,
    form_house,
    form_keywords,
    form_kinds,
    names,
    numbers_once,
    printed,
    reserved,
    scenario_files,
    tables,
    written,
)
from app.rehearsal.codes import FindingCode, PlaneCode
from app.rehearsal.findings import Finding, softened
from app.rehearsal.imports import Namespaces
from app.rehearsal.library import Shelf
from app.rehearsal.planes import drawing, lanes, measures, shares, undrawn
from app.rehearsal.planes.lanes import Lane
from app.rehearsal.planes.measures import FileMeasures
from app.rehearsal.scenario_yaml import ScenarioError
from app.rehearsal.surroundings import Load, Place, Stock, judged, of_installation, once

RESERVED = frozenset({"start", "end", "root", "none", "true", "false", "null", "item", "partial", "event"}) - {"start", "end"}
HOUSE_RULES = frozenset(
    {DiagramCode.NO_PERFORMER, DiagramCode.CONDITION_IGNORED}
)  # of what reading a diagram warns of: errors in shipped files


@dataclass(slots=True)
class _Bundle:
    """``defined``: (tenant, kind, id) → the file that defines it. ``decisions``: file, tenant and model of every decision file.

    ``tenants``: file → whose it is. ``measured``: where the house's rules are kept, the measures of every diagram; ``offices``: names that no mapping may hold.
    """

    house: bool = False
    offices: frozenset[str] = frozenset()
    measured: list[FileMeasures] = field(default_factory=list)
    lanes: dict[str, list[Lane]] = field(default_factory=dict)

    tenants: dict[str, str] = field(default_factory=dict)
    processes: list[tuple[str, str, ProcessDefinition]] = field(default_factory=list)
    decisions: list[tuple[str, str, dmn.Model]] = field(default_factory=list)
    forms: list[tuple[str, str, Form]] = field(default_factory=list)
    models: dict[Place, Any] = field(default_factory=dict)
    defined: dict[tuple[str, str, str], str] = field(default_factory=dict)
    carried: Mapping[str, frozenset[str]] = field(default_factory=dict)  # district → what its register of clauses names

    def define(self, tenant: str, kind: str, name: str, file: str) -> Iterator[Finding]:
        first = self.defined.setdefault((tenant, kind, name), file)
        if first != file:
            yield Finding(file, name, 0, FindingCode.DUPLICATE_ID, f"“{name}”在 {first} 里已有定义,一次部署中不能重复")


@dataclass(frozen=True, slots=True)
class Inspection:
    """``measured``: the diagrams that can be read, by file; only where the house's rules are asked for."""

    findings: list[Finding]
    measured: list[FileMeasures]


def check(files: Sequence[tuple[str, bytes]], *, house: bool = False, installation: Shelf | None = None) -> list[Finding]:
    """The findings of ``inspect``."""
    return inspect(files, house=house, installation=installation).findings


def inspect(files: Sequence[tuple[str, bytes]], *, house: bool = False, installation: Shelf | None = None) -> Inspection:
    """Findings of all files, by file, and how their diagrams are drawn. ``house``: the house's rules are errors, and planes have limits.

    ``installation``: its districts, what diagrams may name besides the files, and its list of diagrams still to be redrawn; without it folders, roles and phases
    are not judged."""
    known = None if installation is None else installation.districts()
    findings: list[Finding] = []
    offices = frozenset(office for district in (known or {}).values() for role in district.roles.values() for office in role.offices)
    bundle = _Bundle(house=house, offices=offices, carried={key: frozenset(district.carried) for key, district in (known or {}).items()})
    severity = "error" if house else "warning"
    foreign = written.foreign((known or {}).values()) if house else {}
    for name, source in files:
        reader = _READERS.get(suffix := PurePath(name).suffix.lower())
        if installation is not None and suffix in district_files.SUFFIXES:
            findings += district_files.check(name, installation)
            continue
        if reader is None:
            findings.append(Finding(name, "", 0, FindingCode.KIND, "不认识的文件类型,应为 .bpmn、.dmn、.json、.docx、.xlsx 或 .yaml"))
            continue
        try:
            bundle.tenants[name] = districts.named(name) if known is None else districts.owner(name, known)
            findings += reader(name, source, bundle, severity)
            if house and bundle.tenants[name] == SHARED:
                findings += (Finding(name, "", line, PlaneCode.DISTRICT_WORD, text) for line, text in written.words(source, foreign))
        except UnknownDistrict as error:
            findings.append(Finding(name, "", 0, FindingCode.UNKNOWN_DISTRICT, str(error)))
        except Exception as error:  # one file must not hide what is wrong with the others
            findings.append(_internal(name, error))
    findings += _imports(bundle, installation)
    if bundle.models:
        stock = _stock(bundle, severity, installation)
        findings += _names(bundle, stock)
        findings += _ledger(bundle, stock)
        findings += written.opened(stock)
    findings += _due_dates(bundle, installation)
    findings += numbers_once.check(bundle.decisions, severity)
    if house:
        findings += (*_drawn(bundle, installation), *_lanes(bundle, _stock(bundle, severity, installation)))
    return Inspection(findings, bundle.measured)


def _diagram(name: str, source: bytes, bundle: _Bundle, severity: str) -> Iterator[Finding]:
    try:
        diagram, root = read_with_tree(source, name)
    except DiagramError as error:
        yield from (Finding(problem.file, problem.element, problem.line, problem.code, problem.message) for problem in error.problems)
        return
    for problem in diagram.lint:
        if bundle.house and problem.code == DiagramCode.PROPERTY_IGNORED:
            continue  # told with the planes, as an error
        own = severity if problem.code in HOUSE_RULES else "warning"
        yield Finding(
            file=problem.file, element=problem.element, line=problem.line, code=problem.code, message=problem.message, severity=own
        )
    tenant = bundle.tenants[name]
    for process in diagram.processes:
        bundle.processes.append((name, tenant, process))
        bundle.models[tenant, "process", process.process_id] = process
        yield from bundle.define(tenant, "process", process.process_id, name)
        yield from _starts(name, process)
        yield from (
            Finding(file=name, element=problem.element, line=problem.line, code=problem.code, message=problem.message, severity="warning")
            for problem in soundness.check(process)
        )
        yield from (
            Finding(problem.file, problem.element, problem.line, problem.code, problem.message) for problem in returning.check(process)
        )
    drawn = drawing.read(root)
    for fault in measures.faults(drawn):
        yield Finding(file=name, element=fault.element, line=fault.line, code=FindingCode.LAYOUT, message=fault.message, severity=severity)
    if bundle.house:
        bundle.measured.append(measures.measure(name, root, drawn, bundle.offices))
        bundle.lanes[name] = lanes.read(root)
    yield from (Finding(name, *place, severity) for place in written.expressions(root))
    carried = bundle.carried.get(tenant, frozenset()) if tenant != SHARED else frozenset().union(*bundle.carried.values())
    yield from (Finding(name, *place, severity) for place in _clauses(root, carried))


def _starts(name: str, process: ProcessDefinition) -> Iterator[Finding]:
    for event in process.start_events:
        if event.timer is not None:
            try:
                timers.check(event.timer, ZONE)
            except timers.TimerError as error:
                yield Finding(name, event.element_id, 0, FindingCode.TIMER, f"开始事件的定时器无法识别:{error}")


def _clauses(root: Any, carried: frozenset[str]) -> Iterator[tuple[str, int, FindingCode, str]]:
    """``carried``: what the districts' registers of clauses name. Diagrams of the first release write the clauses themselves."""
    for node in root.iter(xml.BPMN + "userTask"):
        process = next((above.get("id", "") for above in node.iterancestors(xml.BPMN + "process")), "")
        properties = {item.get("name"): item.get("value") for item in node.iter(xml.ZEEBE + "property")}
        place = f"{process}.{node.get('id', '')}"
        if place not in carried and not (properties.get("clauses") or "").split():
            text = f"用户任务没有写明依据的条款:请在 districts/<区>.clauses.csv 所依据的一条的 carriers 里写上 {place}"
            yield node.get("id", ""), node.sourceline or 0, FindingCode.CLAUSE, text
        if not node.get("name"):
            yield node.get("id", ""), node.sourceline or 0, FindingCode.NAME, "用户任务没有名称"
    for node in root.iter(*(xml.BPMN + kind for kind in schema.NODES)):
        identifier = node.get("id", "")
        if identifier.lower() in RESERVED or not re.fullmatch(r"[a-z][a-z0-9_]*", identifier):
            yield identifier, node.sourceline or 0, FindingCode.ID, "元素标识应为小写英文下划线,且不用保留字"


def _drawn(bundle: _Bundle, installation: Shelf | None) -> Iterator[Finding]:
    """Planes and shares against their limits; what all files together must keep once none is listed as still to be redrawn."""
    listed = undrawn.read(installation.root) if installation is not None else undrawn.Undrawn()
    yield from undrawn.judge(listed, bundle.measured)
    if not listed.lines:
        whole = installation is not None and _is_whole(installation, bundle.measured)
        yield from (Finding("", "", 0, code, message) for code, message in shares.judge(measures.total(bundle.measured), whole=whole))


def _lanes(bundle: _Bundle, stock: Stock) -> Iterator[Finding]:
    """Whose the lanes are, and what is done in them, in each district that uses the diagram."""
    for name, tenant, process in bundle.processes:
        views = stock.each(tenant, process.process_id)
        yield from judged(views, partial(lanes.check, name, bundle.lanes.get(name, ()), process))


def _due_dates(bundle: _Bundle, installation: Shelf | None) -> Iterator[Finding]:
    """Of a diagram that is still to be redrawn it is known that its tasks lack limits: nothing is said until it declares something."""
    listed = undrawn.read(installation.root) if installation is not None else undrawn.Undrawn()
    for name, _, process in bundle.processes:
        if process.declares or not listed.lists(name):
            yield from due_dates.check(name, process, house=bundle.house)


def _is_whole(installation: Shelf, measured: Sequence[FileMeasures]) -> bool:
    """Whether the files are all diagrams of the installation, so that proportions say something."""
    shipped = {path.absolute() for path in (installation.root / "bpmn").rglob("*.bpmn")}
    return shipped <= {place.absolute() for file in measured for place in _places(file.file, installation)}


def _table(name: str, source: bytes, bundle: _Bundle, severity: str) -> Iterator[Finding]:
    try:
        model = dmn.parse(source, name=name, functions=vocabulary())
    except dmn.DmnError as error:
        yield from (_of_table(problem) for problem in error.problems)
        return
    bundle.decisions.append((name, bundle.tenants[name], model))
    if not model.decisions and not model.namespace:
        yield Finding(name, "", 0, FindingCode.NAMESPACE, "文件里没有决策,又没有命名空间(namespace),别的文件无法导入。请写上命名空间")
    for decision_id in model.decisions:
        bundle.models[bundle.tenants[name], "decision", decision_id] = model
        yield from bundle.define(bundle.tenants[name], "decision", decision_id, name)
    yield from (Finding(name, decision, 0, code, message) for decision, code, message in reserved.decisions(model))
    if not model.imports:  # one that imports is judged together with what it imports
        yield from (_of_table(problem) for problem in dmn.check(model))
    for decision in model.decisions.values():
        for rule in decision.rules:
            if not any(text.strip() for text in rule.annotations.values()):
                yield Finding(
                    file=name,
                    element=f"{decision.id} 第 {rule.number} 行",
                    line=0,
                    code=FindingCode.CLAUSE,
                    message="规则行没有写明依据的条款",
                    severity=severity,
                )
    if model.decisions and PurePath(name).stem not in model.decisions:
        yield Finding(file=name, element="", line=0, code=FindingCode.NAME, message="文件名应与其中的决策标识相同", severity=severity)


def _of_table(problem: dmn.DmnProblem) -> Finding:
    place = " ".join(
        part for part in (problem.decision or "", f"第 {problem.rule} 行" if problem.rule else "", problem.column or "") if part
    )
    # Rows of a UNIQUE table that overlap are refused at deployment, however sure the analysis is.
    severity = "error" if problem.code == DmnCode.OVERLAP else problem.severity
    return Finding(file=problem.file, element=place, line=problem.line or 0, code=problem.code, message=problem.message, severity=severity)


def _form(name: str, source: bytes, bundle: _Bundle, severity: str) -> Iterator[Finding]:
    try:
        form = Form.parse(source)
    except forms.FormError as error:
        yield Finding(name, error.place, 0, error.code, str(error))
        return
    bundle.models[bundle.tenants[name], "form", form.id] = form
    bundle.forms.append((name, bundle.tenants[name], form))
    if PurePath(name).parent.name != "records":
        yield from bundle.define(bundle.tenants[name], "form", form.id, name)
        if form.id != PurePath(name).stem:
            yield Finding(name, "id", 0, FindingCode.NAME, f"表单标识 {form.id} 应与文件名相同", severity=severity)
    yield from form_keywords.check(name, form)
    yield from form_kinds.check(name, form, severity)
    yield from form_house.check(name, form, severity)


def _imports(bundle: _Bundle, installation: Shelf | None) -> Iterator[Finding]:
    """Decision files with what they import, found among the files and beneath them in the installation: a district's own first, then the shared ones."""
    given = {place.resolve() for name, _, _ in bundle.decisions for place in _places(name, installation)}
    for tenant in dict.fromkeys(tenant for _, tenant, _ in bundle.decisions):
        beneath = (
            None if installation is None else once(partial(installation.libraries, tenant, given))
        )  # read when something is not among the files
        namespaces = Namespaces(tenant, no_imports if beneath is None else partial(_beneath, beneath))
        for _, owner, model in bundle.decisions:
            namespaces.add(LibraryRef(0, 0, model, owner))
        yield from (_of_table(problem) for problem in namespaces.doubles(tenant))
        for _, owner, model in bundle.decisions:
            if owner == tenant and model.imports:
                yield from (_of_table(problem) for problem in namespaces.check(model))


def _beneath(known: Load, namespace: str) -> LibraryRef | None:
    found: LibraryRef | None = known().find(namespace)
    return found


def _places(name: str, installation: Shelf | None) -> Iterator[Path]:
    """Where a file may lie that was named from here or from the installation's root."""
    yield Path(name)
    if installation is not None:
        yield installation.root / name


def _ledger(bundle: _Bundle, stock: Stock) -> Iterator[Finding]:
    """What the ledger's schema names, for every district, where the files bring the schema or what it may name."""
    try:
        if facts.touches(stock, {(kind, name) for _, kind, name in bundle.models}):
            yield from facts.check(stock)
    except Exception as error:
        yield _internal("forms/records/project.json", error)


def _names(bundle: _Bundle, stock: Stock) -> Iterator[Finding]:
    """What the diagrams name, among the files and, beneath them, in the installation."""
    for name, tenant, process in bundle.processes:
        try:
            found = names.check_each(name, process, stock.each(tenant, process.process_id))
            yield from softened(found, _of_shared(process.process_id, tenant, stock))
            yield from flow.check(name, process)
        except Exception as error:  # one file must not hide what is wrong with the others
            yield _internal(name, error)
    for name, tenant, model in bundle.decisions:
        yield from tables.check(name, model, tenant, stock)
    for name, tenant, form in bundle.forms:
        try:
            yield from form_checks.check(name, form, tenant, stock)
        except Exception as error:
            yield _internal(name, error)


def _stock(bundle: _Bundle, severity: str, installation: Shelf | None) -> Stock:
    given: dict[Place, Load] = {place: partial(bundle.models.get, place) for place in bundle.models}
    if installation is None:
        return Stock(given, complete=False, missing=severity, workers=severity, unasked=severity)
    known = installation.districts()
    return Stock(
        {**dict(of_installation(installation.root, known)), **given},
        known,
        installation.phases(),
        installation.main_line(),
        missing=severity,
        workers=severity,
        unasked=severity,
    )


def _of_shared(process_id: str, tenant: str, stock: Stock) -> list[Finding]:
    """What a district finds wrong with the shared diagram of which it has its own: it speaks of other districts' affairs too."""
    load = stock.models.get((SHARED, "process", process_id)) if tenant != SHARED else None
    process = load() if load is not None else None
    return [] if process is None else names.check_each("", process, stock.each(tenant, process_id))


def _internal(name: str, error: Exception) -> Finding:
    return Finding(name, "", 0, RequestCode.INTERNAL, f"检查此文件时出现内部错误 {type(error).__name__}:{error}")


def _scenario(name: str, source: bytes, bundle: _Bundle, severity: str) -> Iterator[Finding]:
    try:
        scenario_files.parse(name, source)
    except ScenarioError as error:
        yield Finding(name, "", 0, error.code, error.message)


def _template(name: str, source: bytes, bundle: _Bundle, severity: str) -> Iterator[Finding]:
    found, wrong = printed.of_file(name, source, severity)
    yield from wrong
    if found is not None:
        bundle.models[bundle.tenants[name], "template", found.id] = found
        yield from bundle.define(bundle.tenants[name], "template", found.id, name)


_READERS: Mapping[str, Callable[[str, bytes, _Bundle, str], Iterator[Finding]]] = {
    ".bpmn": _diagram,
    ".dmn": _table,
    ".json": _form,
    **dict.fromkeys(ENDINGS, _template),
    ".yaml": _scenario,
    ".yml": _scenario,
}
