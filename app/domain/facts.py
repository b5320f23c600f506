"""The ledger's schema: which facts a project has, and who may set each.

``forms/records/project.json`` declares the fields that every district has; a district's file of the same place, with ``x-extends``, what it adds or says otherwise.
A fact has owners who type it, or sources that it comes from; nothing else ever sets it. How a file is written: docs/analyst/facts.md.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Any

from app.decision.near import near
from app.domain import fact_values
from app.domain.codes import FormCode
from app.domain.fact_sources import IMPORT, ClosedFrom, FactSource, Refusal, read_later, read_owners, read_sources
from app.domain.fact_values import ValueRefused, is_blank
from app.domain.forms import FieldProblem, Form, FormError

LEDGER = "records.project"  # the id of the schema's file, shared and a district's own
EXTENDS = "x-extends"
PLATFORM = MappingProxyType(
    {
        "projectKey": {"type": "string"},
        "phase": {"type": "string"},
        "applicantOffice": {"type": "object", "x-format": "office"},
    }
)  # what the platform itself keeps
RESERVED = frozenset({"project", "parameters"})
MAY_DIFFER = ("title", "description", "x-owner", "x-from", "x-source")  # of a shared field, in a district's file
_OF_FILE = ("$schema", "$defs", "type", "title", "description", "additionalProperties", "properties", EXTENDS)
_OF_FIELD = ("x-owner", "x-from", "x-source", "x-while-open", "x-role", "readOnly")
_OF_SCHEMA = (
    "type", "title", "description", "enum", "format", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "multipleOf", "items", "minItems", "maxItems", "uniqueItems", "properties", "required", "additionalProperties",
    "x-format", "x-held", "x-labels", "x-unordered",
)  # fmt: skip
_TYPES = ("string", "number", "integer", "boolean", "array", "object")
_FORMATS = {
    "money": "number",
    "office": "object",
    "person": "object",
    "document": "object",
}  # of x-format, with the type that it belongs to


class FactsError(Exception):
    """The ledger's schema cannot be used. ``place``: field and keyword, like ``approvedBudget/x-source``; the text is Chinese."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(message)
        self.place = place


class RightKind(StrEnum):
    """By what right a field is written: a task's form, a start form, a declared ``set``, an import, the migration of an instance. There is no other.

    ``CONNECTOR``: a service task of a diagram of the first release, and ``PHASE``: a declared phase, are asked elsewhere. ``CONFIRMED`` writes nothing: an owner
    has said that what came by import or migration is right. ``ENDED``: what holds while a process is open is let go with it.
    """

    FORM = "form"
    START = "start"
    SET = "set"
    IMPORT = "import"
    CONNECTOR = "connector"
    PHASE = "phase"
    MIGRATED = "migrated"
    CONFIRMED = "confirmed"
    ENDED = "ended"


UNVOUCHED = frozenset({RightKind.IMPORT, RightKind.MIGRATED})  # what comes by these nobody who owns it has said yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """``source``: of a ``set``, what its value comes from. ``creates``: of an import, whether it makes the project that it writes into."""

    kind: RightKind
    source: FactSource | None = None
    creates: bool = False


@dataclass(frozen=True, kw_only=True)
class LedgerField:
    """``schema``: of its value, references written out; every field may be null. ``relation``: the office or person named gets it to the project.
    ``while_open``: true only while the process that has written it is open; however that ends, it is false then.

    ``own``: declared by the district itself, not by the shared file.
    """

    name: str
    title: str
    schema: Mapping[str, Any]
    owners: tuple[str, ...] = ()
    later: ClosedFrom | None = None
    sources: tuple[FactSource, ...] = ()
    while_open: bool = False
    relation: str | None = None
    read_only: bool = False
    unordered: bool = False
    own: bool = False

    @cached_property
    def form(self) -> Form:
        """The field alone, as a form."""
        return Form(self.name, self.title, {"type": "object", "properties": {self.name: {"title": self.title, **self.schema}}})


@dataclass(frozen=True, slots=True)
class LedgerSchema:
    """The fields of a district's ledger by name, shared ones first, in the order of the files."""

    fields: Mapping[str, LedgerField] = field(default_factory=dict)

    @classmethod
    def parse(cls, base: bytes, extension: bytes | None = None) -> "LedgerSchema":
        """``base``: the shared file; ``extension``: a district's. Raises FactsError."""
        return cls.of(_form(base), _form(extension) if extension is not None else None)

    @classmethod
    def of(cls, base: Form, extension: Form | None = None) -> "LedgerSchema":
        """The same of files that have been read. Raises FactsError."""
        shared = _declared(base, extends=False)
        fields = {name: _field(name, given) for name, given in shared.items()}
        for name in PLATFORM:
            if name not in fields:
                raise FactsError(name, f"台账缺少平台的字段 {name},请在 forms/records/project.json 中声明它,并写 readOnly 为 true")
        for name, given in (_declared(extension, extends=True) if extension is not None else {}).items():
            if name in shared:
                fields[name] = _field(name, _differing(name, shared[name], given))
            elif "type" not in given and (meant := near(name, shared)):
                raise FactsError(name, f"台账没有字段 {name},是不是 {meant}?新的字段须写 type 和 title")
            else:
                fields[name] = _field(name, given, own=True)
        _relate(fields)
        return cls(MappingProxyType(fields))

    @property
    def relations(self) -> Mapping[str, LedgerField]:
        """Relation of an office or person to the project → the field that names who has it."""
        return {field.relation: field for field in self.fields.values() if field.relation is not None}

    def digest(self, values: Mapping[str, Any]) -> str:
        """Of facts and process variables by name: see ``fact_values.digest``. Raises ValueRefused."""
        return fact_values.digest(values, {name: field.schema for name, field in self.fields.items()})


# ---------------------------------------------------------------------- values


def normal(field: LedgerField, value: Any) -> Any:
    """The form in which values of a field are compared: see ``fact_values``. Raises ValueRefused."""
    return fact_values.normal(field.schema, value)


def is_same(field: LedgerField, one: Any, other: Any) -> bool:
    """Whether writing ``other`` over ``one`` changes nothing. Raises ValueRefused."""
    return bool(normal(field, one) == normal(field, other))


def validate(field: LedgerField, value: Any) -> list[FieldProblem]:
    """What is wrong with a value (JSON), empty if nothing; blank is null, and null may always stand."""
    if is_blank(value):
        return []
    problems = field.form.validate({field.name: value})
    try:
        normal(field, value)
    except ValueRefused as error:
        return problems or [FieldProblem(field.name, field.title, FormCode.INVALID, f"“{field.title}”:{error}")]
    return problems


# ---------------------------------------------------------------------- who may


def may_set(
    field: LedgerField, right: Right, *, role: str | None, task: str | None, entered: Collection[str], main_line: Sequence[str]
) -> str | None:
    """Why a field may not be written so, in Chinese; None if it may.

    ``role``: in which the person acts; ``task``: ``process.element`` of the task or start event; ``entered``: every phase that the project has ever been in;
    ``main_line``: the main phases in order.
    """
    if field.read_only:
        return f"“{field.title}”({field.name})由平台登记,任何人都不能改"
    if right.kind in (RightKind.CONNECTOR, RightKind.PHASE, RightKind.CONFIRMED):
        return f"“{field.title}”({field.name})不能这样写入"
    if right.kind is RightKind.IMPORT:
        return None if right.creates else f"导入只能写入它自己新建的项目,不能改已有项目的“{field.title}”({field.name})"
    if right.kind is RightKind.MIGRATED:  # whoever migrates has answered for each value in the preview; its owner confirms it
        return None
    if right.kind is RightKind.ENDED:
        return None if field.while_open else f"“{field.title}”({field.name})没有写明只在流程在办时成立(x-while-open)"
    if right.kind is RightKind.SET:
        return _may_come(field, right.source)
    if not field.owners:
        return f"“{field.title}”({field.name})不由人填写,它来自 {'、'.join(map(str, field.sources))}"
    if not {role, task} & set(field.owners):
        return f"“{field.title}”({field.name})由 {'、'.join(field.owners)} 填写,{task or role or '当前办理人'} 无权填写"
    if field.later is not None and task not in field.later.by and field.later.has_come(entered, main_line):
        still = f"只有 {'、'.join(field.later.by)} 可以改" if field.later.by else "不能再填写"
        return f"项目进入过阶段“{field.later.phase}”或更后的阶段,“{field.title}”({field.name}){still}"
    return None


def _may_come(field: LedgerField, source: FactSource | None) -> str | None:
    if source is not None and source.kind != IMPORT and any(source.is_that(known) for known in field.sources):
        return None
    known = "、".join(str(known) for known in field.sources if known.kind != IMPORT)
    may = f"只能来自 {known}" if known else f"由 {'、'.join(field.owners)} 填写,没有登记可以写入它的来源(x-source)"
    wrong = f"不能由“{source}”写入" if source is not None else "不能由这个值写入:看不出它来自哪一个,请直接取来源给出的结果或它的一部分"
    return f"“{field.title}”({field.name}){may},{wrong}"


# ---------------------------------------------------------------------- reading the files


def _form(source: bytes) -> Form:
    try:
        return Form.parse(source)
    except FormError as error:
        raise FactsError(error.place, f"台账的字段表无法读取:{error}") from error


def _declared(form: Form, *, extends: bool) -> dict[str, Mapping[str, Any]]:
    """The fields of a file as they are written, references written out."""
    schema = form.schema
    whose = "本区的" if extends else "各区共用的"
    if form.id != LEDGER:
        raise FactsError("id", f"{whose}台账字段表的 id 应为 {LEDGER},现在是 {form.id}")
    if extends and schema.get(EXTENDS) != LEDGER:
        raise FactsError(f"schema/{EXTENDS}", f'本区的台账字段表只写与共用的不同之处,请在 schema 中写 "{EXTENDS}": "{LEDGER}"')
    if not extends and EXTENDS in schema:
        raise FactsError(f"schema/{EXTENDS}", f"各区共用的台账字段表不能写 {EXTENDS};区的补充放在 forms/<区>/records/project.json")
    for keyword in schema:
        if keyword not in _OF_FILE:
            more = ":台账的字段都可以暂缺,必填写在任务的表单里" if keyword == "required" else _meant(keyword, _OF_FILE)
            raise FactsError(f"schema/{keyword}", f"台账字段表的 schema 不用“{keyword}”{more}")
    return {name: _written_out(given, schema) for name, given in form.fields.items()}


def _written_out(node: Any, schema: Mapping[str, Any]) -> Any:
    """Without references: those that lead nowhere or around have been refused before."""
    if isinstance(node, Mapping):
        reference = node.get("$ref")
        if isinstance(reference, str):
            target: Any = schema
            for step in reference.removeprefix("#").split("/")[1:]:
                target = target[step.replace("~1", "/").replace("~0", "~")]
            node = {**target, **{key: part for key, part in node.items() if key != "$ref"}}
        return {key: _written_out(part, schema) for key, part in node.items()}
    return [_written_out(part, schema) for part in node] if isinstance(node, list) else node


def _differing(name: str, shared: Mapping[str, Any], own: Mapping[str, Any]) -> Mapping[str, Any]:
    """A shared field as a district says it; null takes a keyword away."""
    for keyword in own:
        if keyword not in MAY_DIFFER:
            what = "改变字段的类型" if keyword in _OF_SCHEMA or keyword == "$ref" else f"写“{keyword}”"
            meant = _meant(keyword, MAY_DIFFER)
            raise FactsError(
                f"{name}/{keyword}", f"台账字段 {name} 已由各区共用的字段表声明,本区不能{what},只能写 {'、'.join(MAY_DIFFER)}{meant}"
            )
        if name in PLATFORM and keyword not in ("title", "description"):
            raise FactsError(f"{name}/{keyword}", f"台账字段 {name} 由平台登记,本区只能改它的名称(title)")
    return {keyword: part for keyword, part in {**shared, **own}.items() if part is not None}


def _field(name: str, given: Mapping[str, Any], *, own: bool = False) -> LedgerField:
    def refuse(keyword: str) -> Refusal:
        return lambda text: FactsError(f"{name}/{keyword}" if keyword else name, f"台账字段 {name} 的 {keyword or '声明'}:{text}")

    if name in RESERVED:
        raise FactsError(name, f"{name} 是表达式里的保留名称,台账字段不能用它,请改名")
    schema = {keyword: part for keyword, part in given.items() if keyword not in _OF_FIELD}
    _check_schema(schema, name, top=True)
    title = schema.pop("title")
    read = {keyword: given[keyword] for keyword in _OF_FIELD if given.get(keyword) is not None}
    found = LedgerField(
        name=name,
        title=str(title),
        schema=schema,
        owners=read_owners(read["x-owner"], refuse("x-owner")) if "x-owner" in read else (),
        later=read_later(read["x-from"], refuse("x-from")) if "x-from" in read else None,
        sources=read_sources(read["x-source"], refuse("x-source")) if "x-source" in read else (),
        while_open=_while_open(read, schema, refuse("x-while-open")),
        relation=_relation(read["x-role"], schema, refuse("x-role")) if "x-role" in read else None,
        read_only=read.get("readOnly") is True,
        unordered=schema.get("x-unordered") is True,
        own=own,
    )
    _check_sense(found, refuse)
    return found


def _check_sense(field: LedgerField, refuse: Any) -> None:
    """Keywords that cannot stand together."""
    ruled = field.owners or field.later or field.sources
    if field.name in PLATFORM:
        wanted = PLATFORM[field.name]
        if any(field.schema.get(keyword) != part for keyword, part in wanted.items()):
            raise refuse("type")(f"这是平台的字段,应为 {dict(wanted)}")
        if not field.read_only or ruled:
            raise refuse("readOnly")("这是平台的字段,应写 readOnly 为 true,不能有 x-owner、x-from、x-source")
        return
    if field.read_only:
        raise refuse("readOnly")(f"只有平台的字段({'、'.join(PLATFORM)})是只读的;由表或登记得出的字段请写 x-source")
    if not field.owners and not field.sources:
        raise refuse("")("没有写由谁填写(x-owner),也没有写从何而来(x-source),谁也不能写入它")
    if field.later is not None and not field.owners:
        raise refuse("x-from")("没有 x-owner 的字段本来就没有人填写,x-from 没有用处,请删去")
    if field.owners and field.later is None and any(source.kind != IMPORT for source in field.sources):
        raise refuse("x-source")(
            "既由人填写又由流程写入:须用 x-from 写明从哪个阶段起不再由人填写,否则已经定下的值会被重新填写;或者只留 x-owner、x-source 之一"
        )


def _while_open(read: Mapping[str, Any], schema: Mapping[str, Any], refuse: Refusal) -> bool:
    given = read.get("x-while-open", False)
    if not isinstance(given, bool):
        raise refuse("应是 true 或 false")
    if given and (schema.get("type") != "boolean" or "x-source" not in read or "x-owner" in read):
        raise refuse("只用于由流程写入(x-source)的是非字段:写入它的流程一结束,它就成为“否”")
    return given


def _relation(given: Any, schema: Mapping[str, Any], refuse: Refusal) -> str:
    if not isinstance(given, str) or not given.isidentifier() or not given.isascii():
        raise refuse("应是一种关系的标识,见区县文件中角色的 relation,如 implementer")
    named = schema.get("items", {}) if schema["type"] == "array" else schema
    if named.get("x-format") not in ("office", "person"):
        raise refuse("只有单位或人员(x-format 为 office 或 person)以及它们的列表才能与项目有关系")
    return given


def _relate(fields: Mapping[str, LedgerField]) -> None:
    seen: dict[str, str] = {}
    for name, known in fields.items():
        if known.relation is not None and seen.setdefault(known.relation, name) != name:
            raise FactsError(f"{name}/x-role", f"台账字段 {name} 与 {seen[known.relation]} 给出同一种关系 {known.relation},请只保留一处")


def _check_schema(schema: Any, place: str, *, top: bool = False) -> None:
    """Of a value and all its parts: keywords that are known and go together."""
    name = place.split("/", 1)[0]
    if not isinstance(schema, Mapping):
        raise FactsError(place, f"台账字段 {name} 的 {place} 应是一个对象")
    for keyword in schema:
        if keyword not in _OF_SCHEMA:
            known = (*_OF_SCHEMA, *_OF_FIELD) if top else _OF_SCHEMA
            at_field = ":它只能写在字段上,不能写在字段里面" if keyword in _OF_FIELD else _meant(keyword, known)
            raise FactsError(f"{place}/{keyword}", f"台账字段 {name}:不认识关键字“{keyword}”{at_field}")
    kind = schema.get("type")
    if kind not in _TYPES:
        raise FactsError(f"{place}/type", f"台账字段 {name} 的 {place} 应写明一种类型(type):{'、'.join(_TYPES)};字段都可以为空,不必写 null")
    if top and not (isinstance(schema.get("title"), str) and schema["title"].strip()):
        raise FactsError(f"{place}/title", f"台账字段 {name} 没有中文名称(title)")
    given = schema.get("x-format")
    if given is not None and _FORMATS.get(str(given)) != kind:
        meant = f"应与 type {_FORMATS[given]} 同用" if given in _FORMATS else f"不认识{_meant(str(given), tuple(_FORMATS))}"
        raise FactsError(f"{place}/x-format", f"台账字段 {name} 的 x-format“{given}”{meant}")
    if "x-unordered" in schema and kind != "array":
        raise FactsError(f"{place}/x-unordered", f"台账字段 {name} 的 x-unordered 只能写在列表(array)上")
    labels = schema.get("x-labels", {})
    if not isinstance(labels, Mapping) or not all(isinstance(word, str) and word.strip() for word in labels.values()):
        raise FactsError(f"{place}/x-labels", f"台账字段 {name} 的 x-labels 应是一个对象:代码 → 页面上的说法")
    if unknown := [code for code in labels if "enum" in schema and code not in schema["enum"]]:
        raise FactsError(f"{place}/x-labels", f"台账字段 {name} 的 x-labels 里的“{unknown[0]}”不在 enum 里")
    if kind == "array":
        _check_schema(schema.get("items"), f"{place}/items")
    for part in schema.get("properties", {}):
        _check_schema(schema["properties"][part], f"{place}/{part}")


def _meant(word: str, known: Sequence[str]) -> str:
    hint = near(word, known)
    return f",是不是 {hint}?" if hint else f",可用:{'、'.join(known)}"
