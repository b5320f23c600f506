"""Reading a bundle of model files before anything is deployed: what each file defines, and every reason why it cannot run."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from app import current, engine, printing
from app.catalogue import districts, snapshot
from app.codes import RequestCode
from app.decision import dmn, feel
from app.decision.codes import DmnCode
from app.decision.dmn.expressions import CLAUSES
from app.domain import templates
from app.domain.codes import VerdictCode
from app.domain.districts import SHARED, UnknownDistrict, named, short_name
from app.domain.forms import Form, FormError
from app.domain.states import DefinitionKind
from app.domain.templates import Template, TemplateRefused
from app.engine import ProcessDefinition, timers
from app.engine.codes import DiagramCode
from app.engine.limits import LONGEST_NAME, LONGEST_TITLE, flaw_of
from app.errors import InvalidRequest
from app.rehearsal import reserved, scenario_files
from app.rehearsal.codes import FindingCode
from app.rehearsal.findings import Finding
from app.rehearsal.scenario_files import ScenarioSet
from app.rehearsal.scenario_yaml import ScenarioError

SCENARIOS = "scenarios"
_SHOWN = 30  # characters of a name that is too long
KINDS = {
    ".bpmn": DefinitionKind.PROCESS,
    ".dmn": DefinitionKind.DECISION,
    ".json": DefinitionKind.FORM,
    **dict.fromkeys(templates.ENDINGS, DefinitionKind.TEMPLATE),
    ".yaml": DefinitionKind.SCENARIO,
    ".yml": DefinitionKind.SCENARIO,
}
HOMES = {
    DefinitionKind.PROCESS: "bpmn",
    DefinitionKind.DECISION: "dmn",
    DefinitionKind.FORM: "forms",
    DefinitionKind.TEMPLATE: "documents",
    DefinitionKind.SCENARIO: SCENARIOS,
}


@dataclass(frozen=True, slots=True)
class Defined:
    """One resource that a file defines. ``imports``: of a library, the namespaces that it imports."""

    kind: DefinitionKind
    id: str
    name: str
    version_tag: str = ""
    drg_id: str = ""
    drg_name: str = ""
    imports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file that can run. ``name``: its path from bpmn/, dmn/, forms/ or scenarios/ on; ``model``: what a decision file says, its imports not yet in place.

    ``overlaps``: rows of its tables that hit at once, though only one may.
    """

    name: str
    tenant: str
    content: bytes
    digest: str
    defined: tuple[Defined, ...]
    processes: tuple[ProcessDefinition, ...] = ()
    model: dmn.Model | None = None
    overlaps: tuple[Finding, ...] = ()
    scenarios: ScenarioSet | None = None
    template: Template | None = None

    @property
    def own(self) -> tuple[Defined, ...]:
        """What the file is known by. Every decision file can be imported, but only one without decisions is there for nothing else."""
        return tuple(item for item in self.defined if item.kind != DefinitionKind.LIBRARY) or self.defined


@dataclass(frozen=True, slots=True)
class Bundle:
    files: tuple[ModelFile, ...]
    problems: tuple[Finding, ...]
    warnings: tuple[Finding, ...]


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read(files: Sequence[tuple[str, bytes]], tenant: str | None) -> Bundle:
    """Read all files; problems of all of them are found at once. ``tenant`` None: each file's folder says whose it is. Raises InvalidRequest (DISTRICT)."""
    good: list[ModelFile] = []
    paths: list[str] = []
    problems: list[Finding] = []
    warnings: list[Finding] = []
    if tenant is not None:
        _check_district(tenant)
    if not files:
        problems.append(Finding("", None, None, FindingCode.NO_FILE, "没有可部署的文件"))
    for path, content in files:
        try:
            owner = districts.owner(path, tenant)
        except UnknownDistrict as error:
            problems.append(Finding(short_name(path), None, None, FindingCode.UNKNOWN_DISTRICT, str(error)))
            continue
        found, wrong, odd = _read_file(path, content, owner)
        problems += wrong
        warnings += odd
        if found is not None and not wrong:
            good.append(found)
            paths.append(path)
    problems += _twice(good, paths)
    return Bundle(tuple(good), tuple(problems), tuple(warnings))


def _check_district(tenant: str) -> None:
    try:
        districts.owner("", tenant)
    except UnknownDistrict as error:
        raise InvalidRequest(str(error), code=RequestCode.DISTRICT) from error


def _read_file(path: str, content: bytes, tenant: str) -> tuple[ModelFile | None, list[Finding], list[Finding]]:
    name = short_name(path)
    limit = current.settings().upload_bytes
    if len(content) > limit:
        return None, [Finding(name, None, None, FindingCode.FILE_SIZE, f"文件超过 {limit // 1_000_000} MB,请拆分或精简")], []
    kind = KINDS.get(PurePath(name).suffix.lower())
    if kind is None:
        return (
            None,
            [
                Finding(
                    name,
                    None,
                    None,
                    FindingCode.FILE_KIND,
                    "只能部署 .bpmn 流程图、.dmn 决策表、.json 表单、.docx 和 .xlsx 打印模板、.yaml 场景",
                )
            ],
            [],
        )
    if kind == DefinitionKind.SCENARIO:
        found, wrong, odd = _read_scenarios(place(path, tenant), content, tenant)
        return found, wrong + _unkeepable(found), odd
    read_one = {
        DefinitionKind.PROCESS: _read_diagram,
        DefinitionKind.DECISION: _read_decisions,
        DefinitionKind.FORM: _read_form,
        DefinitionKind.TEMPLATE: _read_template,
    }[kind]
    found, wrong, odd = read_one(name, content, tenant)
    wrong = wrong + _unkeepable(found)
    if name.startswith(f"{SCENARIOS}/") and found is not None:
        # A model that only scenarios use: kept and versioned like them, never started by itself.
        used = Defined(DefinitionKind.SCENARIO, PurePath(name).name, found.own[0].name)
        found = ModelFile(name=place(path, tenant), tenant=tenant, content=content, digest=found.digest, defined=(used,))
    return found, wrong, odd


def _unkeepable(file: ModelFile | None) -> list[Finding]:
    """Names and titles that one database or the other does not hold, or not in an index."""
    found: list[Finding] = []
    if file is None:
        return found
    for text, what, most in dict.fromkeys(_words(file)):
        flaw = flaw_of(text, most)
        if flaw is not None:
            shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
            found.append(Finding(_plain(file.name), None, None, FindingCode.UNKEEPABLE, f"{what}“{_plain(shown)}”{flaw},不能保存,请改正"))
    return found


def _plain(text: str) -> str:
    """What is shown of a text that cannot be kept."""
    return text.replace("\0", "�").encode("utf-8", "replace").decode()


def _words(file: ModelFile) -> Iterator[tuple[str, str, int]]:
    """(text, what it is, its most characters) of all that a file is known by."""
    yield file.name, "文件名", LONGEST_TITLE
    for item in file.defined:
        if item.kind == DefinitionKind.LIBRARY:
            yield item.id, "命名空间", LONGEST_TITLE
        else:
            yield item.id, "标识", LONGEST_TITLE if item.kind == DefinitionKind.SCENARIO else LONGEST_NAME
        yield item.name, "名称", LONGEST_TITLE
        yield item.version_tag, "版本标记", LONGEST_NAME
        yield item.drg_id, "文件的标识", LONGEST_NAME
        yield item.drg_name, "文件的名称", LONGEST_TITLE
        yield from ((name, "导入的命名空间", LONGEST_TITLE) for name in item.imports)
    for process in file.processes:
        for event in process.start_events:
            if event.name is not None and not event.name.startswith("="):
                yield event.name, f"开始事件“{event.element_id}”所等的消息或信号的名称", LONGEST_NAME
    for case in file.scenarios.cases if file.scenarios is not None else ():
        yield case.name, "场景的名称", LONGEST_TITLE


def place(path: str, tenant: str) -> str:
    """Where a file of a tenant lies, from its folder on: also one that was uploaded by its bare name. Scenarios find the models that they name by it."""
    name = short_name(path)
    if "/" in name and named(path) == tenant:
        return name
    folder = SCENARIOS if name.startswith(f"{SCENARIOS}/") else HOMES[KINDS[PurePath(name).suffix.lower()]]
    return "/".join((folder, *(() if tenant == SHARED else (tenant,)), PurePath(name).name))


def _read_scenarios(name: str, content: bytes, tenant: str) -> tuple[ModelFile | None, list[Finding], list[Finding]]:
    try:
        found = scenario_files.parse(name, content)
    except ScenarioError as error:
        return (
            None,
            [Finding(name, None, None, FindingCode.SCENARIO_FILE, f"{error.message}。请改正后重新上传;改好前可用 quancheng test 试运行")],
            [],
        )
    wrong = []
    if found.district is not None:
        try:
            districts.owner(name, found.district)
        except UnknownDistrict as error:
            wrong.append(Finding(name, "district", None, FindingCode.UNKNOWN_DISTRICT, str(error)))
        if tenant not in (SHARED, found.district):
            text = f"这组场景属于区“{tenant}”,里面的 district 却是“{found.district}”。请改成一致,或放到 {SCENARIOS}/{found.district}/ 下"
            wrong.append(Finding(name, "district", None, VerdictCode.OTHER_DISTRICT, text))
    defined = (Defined(DefinitionKind.SCENARIO, PurePath(name).stem, found.title),)
    return ModelFile(name, tenant, content, digest(content), defined, scenarios=found), wrong, []


def _read_diagram(name: str, content: bytes, tenant: str) -> tuple[ModelFile | None, list[Finding], list[Finding]]:
    try:
        diagram = snapshot.read_diagram(content, name)
    except engine.DiagramError as error:
        return None, [_of_engine(problem) for problem in error.problems], []
    if not diagram.processes:
        return None, [Finding(name, None, None, DiagramCode.NO_PROCESS, "流程图里没有可执行的流程(isExecutable)")], []
    wrong = [problem for definition in diagram.processes for problem in _check_starts(name, definition, tenant)]
    defined = tuple(
        Defined(DefinitionKind.PROCESS, item.process_id, item.name or item.process_id, item.version_tag or "") for item in diagram.processes
    )
    return (
        ModelFile(name=name, tenant=tenant, content=content, digest=digest(content), defined=defined, processes=diagram.processes),
        wrong,
        [_of_engine(problem) for problem in diagram.lint],
    )


def _of_engine(problem: engine.DiagramProblem) -> Finding:
    return Finding(problem.file, problem.element or None, problem.line or None, problem.code, problem.message)


def _check_starts(name: str, definition: ProcessDefinition, tenant: str) -> list[Finding]:
    """Timers of literal start events must make an instant."""
    found = []
    for event in definition.start_events:
        if event.timer is not None:
            try:
                timers.check(event.timer, snapshot.district(tenant).zone)
            except (timers.TimerError, feel.FeelError) as error:
                found.append(Finding(name, event.element_id, None, FindingCode.TIMER, f"开始事件的定时器无法识别:{error}"))
    return found


def _read_decisions(name: str, content: bytes, tenant: str) -> tuple[ModelFile | None, list[Finding], list[Finding]]:
    try:
        model = snapshot.read_model(content, name)
    except dmn.DmnError as error:
        return None, [of_dmn(name, problem) for problem in error.problems], []
    findings = (
        [] if model.imports else [of_dmn(name, problem) for problem in dmn.check(model)]
    )  # one that imports is judged together with what it imports
    wrong = [finding for finding in findings if finding.severity == "error"]
    wrong += [Finding(name, decision, None, code, message) for decision, code, message in reserved.decisions(model)]
    wrong += _groundless(name, model)
    overlaps = tuple(finding for finding in findings if finding.severity != "error" and finding.code == DmnCode.OVERLAP)
    odd = [finding for finding in findings if finding.severity != "error" and finding.code != DmnCode.OVERLAP]
    if not model.decisions and not model.namespace:
        wrong.append(
            Finding(name, None, None, FindingCode.NAMESPACE, "文件里没有决策,又没有命名空间(namespace),别的文件无法导入。请写上命名空间")
        )
    defined = [
        Defined(
            kind=DefinitionKind.DECISION, id=key, name=item.name or key, version_tag="", drg_id=model.id or "", drg_name=model.name or ""
        )
        for key, item in model.decisions.items()
    ]
    defined.append(
        Defined(
            DefinitionKind.LIBRARY, model.namespace, model.name or model.namespace, imports=tuple(one.namespace for one in model.imports)
        )
    )
    return ModelFile(name, tenant, content, digest(content), tuple(defined), model=model, overlaps=overlaps), wrong, odd


def _groundless(name: str, model: dmn.Model) -> Iterator[Finding]:
    """Rows that say nothing of what they rest on, in a table whose others cite their clauses."""
    text = "这一行没有写明依据的条款:请写在批注的开头;条文没有定的,写明是本系统的约定"
    for decision in model.decisions.values():
        if any(CLAUSES in rule.annotations for rule in decision.rules):
            yield from (
                Finding(name, f"{decision.id} 第 {rule.number} 行", None, FindingCode.CLAUSE, text)
                for rule in decision.rules
                if not rule.annotations
            )


def of_dmn(name: str, problem: dmn.DmnProblem) -> Finding:
    place = " ".join(
        part
        for part in (
            problem.decision or "",
            f"第 {problem.rule} 行" if problem.rule is not None else "",
            f"“{problem.column}”列" if problem.column else "",
        )
        if part
    )
    text = f"{problem.message}(内容:{problem.text})" if problem.text and problem.text not in problem.message else problem.message
    # Whoever looks at a table counts its rows: beside them a line of the file misleads.
    line = problem.line if problem.decision is None else None
    return Finding(file=problem.file or name, element=place or None, line=line, code=problem.code, message=text, severity=problem.severity)


def _read_form(name: str, content: bytes, tenant: str) -> tuple[ModelFile | None, list[Finding], list[Finding]]:
    try:
        form = Form.parse(content)
    except FormError as error:
        return None, [Finding(name, error.place or None, None, error.code, str(error))], []
    odd = [
        Finding(
            file=name,
            element=f"{check.place}/when",
            line=None,
            code=FindingCode.NUMBER,
            message=f"检查“{check.id}”里有数字 {'、'.join(check.numbers)},应放进决策表",
            severity="warning",
        )
        for check in form.checks
        if check.numbers
    ]
    return ModelFile(name, tenant, content, digest(content), (Defined(DefinitionKind.FORM, form.id, form.title),)), [], odd


def _read_template(name: str, content: bytes, tenant: str) -> tuple[ModelFile | None, list[Finding], list[Finding]]:
    path = PurePath(name)
    if not path.stem.isidentifier():
        text = f"文件名“{path.stem}”就是模板的标识,只能用字母、数字和下划线,如 acceptance_report"
        return None, [Finding(name, None, None, FindingCode.TEMPLATE, text)], []
    try:
        found = printing.read(path.stem, path.suffix.lower(), content)
    except TemplateRefused as error:
        return None, [Finding(name, None, None, FindingCode.TEMPLATE, problem) for problem in error.problems], []
    defined = (Defined(DefinitionKind.TEMPLATE, found.id, found.title),)
    return ModelFile(name, tenant, content, digest(content), defined, template=found), [], []


def _twice(files: Sequence[ModelFile], paths: Sequence[str]) -> list[Finding]:
    """What two files of a bundle define, told by the paths that were given: both may come to lie under one name."""
    seen: dict[tuple[str, str, str], int] = {}
    problems = []
    for number, file in enumerate(files):
        for item in file.own:
            if item.kind == DefinitionKind.LIBRARY:
                continue  # told together with what imports it
            first = seen.setdefault((file.tenant, item.kind, item.id), number)
            if first != number:
                message = f"“{item.id}”在 {paths[first]} 里已有定义,一次部署中不能重复(又见于 {paths[number]})。请只留一个"
                problems.append(Finding(file.name, item.id, None, FindingCode.DUPLICATE_ID, message))
    return problems
