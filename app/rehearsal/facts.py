"""The ledger's schema against what there is: an owner that nobody holds, a source that there is not, a phase that nobody comes to.

Judged as each district has it: the shared file with the district's own over it, beside the models that the district sees.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property

from app.connectors import CONNECTORS
from app.connectors.calls import OVERDUE, forms_of
from app.decision.near import near
from app.domain.districts import SHARED, District
from app.domain.fact_sources import FactSource, is_element
from app.domain.facts import LEDGER, FactsError, LedgerField, LedgerSchema
from app.domain.forms import Form
from app.engine.definitions import ElementInfo
from app.engine.elements.tasks import UserTask
from app.rehearsal.codes import FindingCode
from app.rehearsal.findings import Finding
from app.rehearsal.inventory import Part, job_type, texts
from app.rehearsal.surroundings import Stock, View
from app.rehearsal.way_of_values import sent_by
from app.rehearsal.writers import Writers

PUBLISH = "publish_message"
TASK = frozenset({"userTask"})
ASKING = frozenset({"userTask", "startEvent"})  # what has a form
PASSED = frozenset({"endEvent", "intermediateThrowEvent"})
GIVING = frozenset({*TASK, *PASSED, "sendTask", "serviceTask"})  # what sends a message, or has a form
_WORDS = {TASK: "用户任务", ASKING: "用户任务或开始事件", PASSED: "结束事件或里程碑", GIVING: "发出消息的元素或用户任务"}


def check(stock: Stock) -> list[Finding]:
    """What is wrong with the ledger of each district, and, without districts, with the shared file alone; nothing where no ledger is declared."""
    base = _form(stock, SHARED)
    found: list[Finding] = []
    for key, district in stock.districts.items():
        own = _form(stock, key)
        if base is None:
            if own is not None:
                found.append(
                    Finding(
                        file_of(key),
                        None,
                        None,
                        FindingCode.LEDGER_SCHEMA,
                        "没有各区共用的台账字段表 forms/records/project.json,请一起提交",
                    )
                )
            continue
        try:
            schema = LedgerSchema.of(base, own)
        except FactsError as error:
            found.append(_refused(error, key, base, own))
            continue
        found += _District(schema, district, stock.around(key, ""), own is not None).check()
    if base is not None and not stock.districts:
        found += shape(SHARED, base)
    return list({(finding.file, finding.element, finding.message): finding for finding in found}.values())


def shape(owner: str, form: Form) -> list[Finding]:
    """What is wrong with the shared file as it is written, whatever else there is; a district's own is judged over the shared one."""
    try:
        LedgerSchema.of(form)
    except FactsError as error:
        return [Finding(file_of(owner), error.place or None, None, FindingCode.LEDGER_SCHEMA, str(error))]
    return []


def touches(stock: Stock, changed: Collection[tuple[str, str]]) -> bool:
    """Whether what is said of the ledger may change with models of these kinds and ids: itself, or what it names."""
    if ("form", LEDGER) in changed:
        return True
    if all(_form(stock, owner) is None for owner in (SHARED, *stock.districts)):
        return False
    return any(kind in ("process", "decision") or name in _registers(stock) for kind, name in changed)


def file_of(owner: str) -> str:
    return "forms/records/project.json" if owner == SHARED else f"forms/{owner}/records/project.json"


def _registers(stock: Stock) -> Collection[str]:
    base = _form(stock, SHARED)
    try:
        fields = LedgerSchema.of(base).fields.values() if base is not None else ()
    except FactsError:
        return ()
    return {form for field in fields for source in field.sources if source.kind == "record" for form in forms_of(source.of)}


def _form(stock: Stock, owner: str) -> Form | None:
    load = stock.models.get((owner, "form", LEDGER))
    found: Form | None = load() if load is not None else None
    return found


def _refused(error: FactsError, key: str, base: Form, own: Form | None) -> Finding:
    """In the district's file if the shared one alone is right."""
    name = error.place.split("/", 1)[0]
    mine = own is not None and (name in own.fields or name not in base.fields) and not shape(SHARED, base)
    return Finding(file_of(key if mine else SHARED), error.place or None, None, FindingCode.LEDGER_SCHEMA, str(error))


class _District:
    """The ledger as one district has it. ``overrides``: whether it says anything of its own."""

    def __init__(self, schema: LedgerSchema, district: District, view: View, overrides: bool) -> None:
        self.schema = schema
        self.district = district
        self.view = view
        self.own = _form(view.stock, district.key) if overrides else None

    def check(self) -> Iterator[Finding]:
        for field in self.schema.fields.values():
            for owner in field.owners:
                yield from self._say(field, "x-owner", self._element(owner, ASKING) if is_element(owner) else self._role(owner))
            if field.later is not None:
                yield from self._say(field, "x-from", self._phase(field.later.phase))
                for task in field.later.by:
                    yield from self._say(field, "x-from", self._element(task, TASK) or self._by(field, task))
            for source in field.sources:
                yield from self._say(field, "x-source", self._source(source))
            if field.relation is not None:
                yield from self._say(field, "x-role", self._relation(field.relation))

    def _say(self, field: LedgerField, keyword: str, problem: str | None) -> Iterator[Finding]:
        if problem is not None:
            mine = self.own is not None and keyword in self.own.fields.get(field.name, {})
            file = file_of(self.district.key if mine or field.own else SHARED)
            text = f"台账字段“{field.title}”({field.name})的 {keyword}:{problem}"
            yield Finding(file, f"{field.name}/{keyword}", None, FindingCode.LEDGER_NAME, f"{text}({self.district.title})")

    # ------------------------------------------------------------------ who

    def _role(self, role: str) -> str | None:
        known = self.district.roles
        if role not in known:
            return f"本区没有角色“{role}”,{_cure(role, known, '请改正,或由本区的字段表另写所有者')}"
        found = known[role]
        if found.administrative:
            return f"角色“{role}”是管理角色,不办业务,不能拥有台账的字段"
        if not found.offices and found.relation is None:
            return f"本区没有单位承担角色“{role}”,这个字段没有人能填写;请在区县文件中写上单位"
        return None

    def _relation(self, relation: str) -> str | None:
        known = sorted({role.relation for role in self.district.roles.values() if role.relation})
        return None if relation in known else f"本区没有角色的关系(relation)是“{relation}”,{_cure(relation, known)}"

    def _phase(self, phase: str) -> str | None:
        line = self.view.stock.main_line
        return None if line is None or phase in line else f"“{phase}”不是主线上的阶段(districts/phases.toml),{_cure(phase, line)}"

    def _by(self, field: LedgerField, task: str) -> str | None:
        """A task that may still set the field is done by somebody who owns it."""
        if task in field.owners:
            return None
        process, _, element = task.partition(".")
        for part in self._parts(process):
            if part.id == element and isinstance(part.activity, UserTask):
                groups = part.activity.assignment.candidate_groups
                roles = texts(groups) if groups is not None else []
                if roles and not {role.strip() for text in roles for role in text.split(",")} & set(field.owners):
                    return f"任务“{task}”由 {'、'.join(roles)} 办理,不是所有者 {'、'.join(field.owners)},写了也不能填"
        return None

    # ------------------------------------------------------------------ whence

    def _source(self, source: FactSource) -> str | None:
        for task in source.inputs:
            if (problem := self._element(task, GIVING if source.kind == "message" else TASK)) is not None:
                return problem
        match source.kind:
            case "decision":
                known = self.view.ids("decision")
                return None if source.of in known else f"没有决策“{source.of}”,{_cure(source.of, known)}"
            case "record":
                return self._register(source.of)
            case "approval":
                return self._element(source.of, TASK)
            case "path":
                return self._element(source.of, PASSED)
            case "message":
                return self._message(source)
            case "job":
                return None if source.of in self._jobs else f"没有作业类型“{source.of}”,{_cure(source.of, self._jobs)}"
        return None

    def _message(self, source: FactSource) -> str | None:
        """A message that is sent, by elements that are named: one that anybody's diagram may send would let anybody set the fact."""
        senders = self._messages.get(source.of)
        if senders is None:
            return f"没有流程发出消息“{source.of}”,{_cure(source.of, self._messages)}"
        if not senders & set(source.inputs):
            wanted = json.dumps({"message": source.of, "from": [*source.inputs, *sorted(senders)]}, ensure_ascii=False)
            return f"没有写明消息“{source.of}”由哪个元素发出,请写成 {wanted}"
        return None

    def _register(self, kind: str) -> str | None:
        forms = self.view.ids("form")
        if LEDGER not in forms_of(kind) and (kind == OVERDUE or any(form in forms for form in forms_of(kind))):
            return None
        known = [form.removeprefix("records.") for form in forms if form.startswith("records.") and form != LEDGER]
        return f"没有登记簿“{kind}”的表单 forms/records/{kind}.json,{_cure(kind, known)}"

    def _element(self, name: str, kinds: frozenset[str]) -> str | None:
        """``process.element`` of a kind, in a process that the district has on."""
        process, _, element = name.partition(".")
        found = self.view.processes(process)
        info = self.district.processes.get(process)
        if not found:
            return f"没有流程“{process}”,{_cure(process, self.view.ids('process'))}"
        if info is not None and not info.enabled:
            return f"流程“{process}”在本区没有开放(districts/{self.district.key}.toml)"
        elements: Mapping[str, ElementInfo] = {key: info for one in found for key, info in one.elements.items()}
        there = [key for key, info in elements.items() if info.type in kinds]
        if element not in elements:
            return f"流程“{process}”里没有“{element}”,{_cure(element, there)}"
        return None if element in there else f"流程“{process}”里的“{element}”不是{_WORDS[kinds]},{_cure(element, there)}"

    def _parts(self, process: str) -> Iterator[Part]:
        for one in self.view.processes(process):
            yield from self.view.kept(Writers).parts(one)

    @cached_property
    def _messages(self) -> Mapping[str, set[str]]:
        """Message → the elements (``process.element``) of the district's own diagrams that send it, as far as they are written plainly."""
        found: dict[str, set[str]] = {}
        for process in self.view.all_processes():
            for part in self.view.kept(Writers).parts(process):
                if job_type(part) == PUBLISH:
                    for name in sent_by(part.activity):
                        found.setdefault(name, set()).add(f"{process.process_id}.{part.id}")
        return found

    @cached_property
    def _jobs(self) -> Collection[str]:
        return {*CONNECTORS, *(kind for process in self.view.all_processes() for kind in process.job_types)}


def _cure(name: str, known: Collection[str], otherwise: str = "") -> str:
    hint = near(name, known)
    if hint:
        return f"是不是 {hint}?"
    return otherwise or (f"可用:{'、'.join(sorted(known)[:20])}" if known else "请改正,或一起提交")
