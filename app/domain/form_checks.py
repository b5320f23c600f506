"""``x-checks`` of a form: what must not be so when it is submitted, in FEEL or by a decision. Read here; evaluated by ``app.engine.form_checks``.

How a check is written: docs/analyst/forms.md. Source: modelling.md §8.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.decision import feel
from app.decision.near import near
from app.domain import literals
from app.domain.deadlines import vocabulary

KEYWORD = "x-checks"
RESERVED = ("project", "parameters")  # what a check may name besides fields and variables
LONGEST_REASON = 2_000  # characters of why a check is overridden
MOST = 100  # checks of one form
MATERIALS = "x-materials"  # of a list: each of what it lists has its paper; a stage, and what is due at it is there
REQUIRED = "required_materials"  # the decision that says what is due at a stage
TERM, TERMS = "x-term", "term_limits"  # of a date or a number of days: which row of the decision bounds it
AFTER, OPENED = "x-after", "opened"  # of a date: the ledger's dates that it may not be before, and the day on which the task opened
UNIQUE = "x-unique"  # of a number: the register in which no other row may have it
SCOPES = ("others", "project")  # rows of other projects of the district, or the project's own
_KEYWORDS = ("id", "description", "when", "decision", "message", "field", "confirm")


class CheckRefused(Exception):
    """A check that cannot be used. ``place``: like ``schema/x-checks/0/when``; the text is Chinese."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(message)
        self.place = place


@dataclass(frozen=True, slots=True)
class Unique:
    """``field`` of the rows of the register ``kind`` holds a number once: among the rows of other projects, or of the project's own (``of``), that are ``where``."""

    kind: str
    field: str
    of: str
    where: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormCheck:
    """``id``: as written, else its position, counted from 1. ``when`` (true: wrong), ``decision`` (an id), ``materials`` (with a stage: and the
    decision), ``unique``, ``term`` (with the decision) or ``after``.

    ``field``: a path like ``items/0/amount``, empty for the whole form. ``confirm``: may be overridden with a reason.
    """

    id: str
    place: str
    message: str
    field: str = ""
    confirm: bool = False
    when: feel.Expression | None = None
    decision: str | None = None
    materials: bool = False
    stage: str = ""
    unique: Unique | None = None
    term: str = ""
    after: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """What ``when`` reads from outside: fields, ``project``, ``parameters``, variables."""
        return self.when.names if self.when is not None else frozenset()

    @property
    def numbers(self) -> Sequence[str]:
        """Numbers in ``when`` that belong into a table."""
        return literals.numbers(self.when.text) if self.when is not None else ()

    @property
    def bare(self) -> str:
        """``when`` without what its texts say."""
        return literals.bare(self.when.text) if self.when is not None else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overridden:
    """A check that somebody set aside with a reason: ``message`` is what it said then, ``path`` the field it spoke of."""

    check: str
    path: str
    message: str
    reason: str

    def document(self) -> dict[str, str]:
        """As JSON, for the task's row and the audit."""
        return {"check": self.check, "path": self.path, "message": self.message, "reason": self.reason}


def read(schema: Mapping[str, Any]) -> tuple[FormCheck, ...]:
    """The checks of a form's schema, in order. Raises CheckRefused."""
    given = schema.get(KEYWORD, [])
    if not isinstance(given, list):
        raise CheckRefused(f"schema/{KEYWORD}", f"{KEYWORD} 应是一个列表,每项是一条检查")
    if len(given) > MOST:
        raise CheckRefused(f"schema/{KEYWORD}", f"{KEYWORD} 超过 {MOST} 条,请把判断放进决策表")
    found = [
        *(_read(item, number, schema) for number, item in enumerate(given)),
        *_of_materials(schema),
        *_of_numbers(schema),
        *_of_bounds(schema),
    ]
    seen: set[str] = set()
    for check in found:
        if check.id in seen:
            raise CheckRefused(f"{check.place}/id", f"检查的标识“{check.id}”出现了两次(没有写 id 的,标识是它的序号),请改成不同的")
        seen.add(check.id)
    return tuple(found)


def _of_materials(schema: Mapping[str, Any]) -> Iterator[FormCheck]:
    """What ``x-materials`` asks for of its list, as a check ``files_of_<field>``."""
    for name, part in schema["properties"].items():
        if MATERIALS not in part:
            continue
        place, stage = f"schema/properties/{name}/{MATERIALS}", part[MATERIALS]
        rows = resolved(part.get("items"), schema)
        columns = rows.get("properties", {})
        if not (rows.get("x-format") == "document" or {"name", "files"} <= columns.keys()):
            raise CheckRefused(place, f"{MATERIALS} 只能写在文件的列表,或每行有 name 和 files 的列表上,字段 {name} 不是")
        if stage is not True and not (isinstance(stage, str) and stage.strip() and "name" in columns):
            raise CheckRefused(place, f"字段 {name} 的 {MATERIALS} 应是 true,或(每行有 name 的)阶段的名称")
        yield FormCheck(
            id=f"files_of_{name}",
            place=place,
            message=f"“{part.get('title', name)}”不齐",
            field=name,
            decision=REQUIRED if stage is not True else None,
            materials=True,
            stage=stage if stage is not True else "",
        )


def _of_numbers(schema: Mapping[str, Any]) -> Iterator[FormCheck]:
    """What ``x-unique`` asks for of its field, as a check ``unique_<field>``."""
    for name, part in schema["properties"].items():
        if UNIQUE not in part:
            continue
        place, said = f"schema/properties/{name}/{UNIQUE}", part[UNIQUE]
        where = said.get("where", {}) if isinstance(said, Mapping) else None
        if not (
            isinstance(said, Mapping)
            and said.keys() <= {"record", "field", "of", "where"}
            and all(isinstance(said.get(key), str) and said[key] for key in ("record", "field"))
            and said.get("of") in SCOPES
            and isinstance(where, Mapping)
        ):
            raise CheckRefused(place, f"字段 {name} 的 {UNIQUE} 应写 record(登记簿)、field(其中的字段)、of(others 或 project),可以写 where")
        yield FormCheck(
            id=f"unique_{name}",
            place=place,
            message=f"“{part.get('title', name)}”已经登记过",
            field=name,
            unique=Unique(said["record"], said["field"], said["of"], where),
        )


def _of_bounds(schema: Mapping[str, Any]) -> Iterator[FormCheck]:
    """What ``x-term`` and ``x-after`` ask for of their field, as checks ``term_<field>`` and ``after_<field>``."""
    for name, part in schema["properties"].items():
        title, place = part.get("title", name), f"schema/properties/{name}"
        is_date = part.get("format") == "date"
        if TERM in part:
            if not (isinstance(part[TERM], str) and part[TERM].strip()) or not (is_date or part.get("type") in ("integer", "number")):
                raise CheckRefused(f"{place}/{TERM}", f"{TERM} 写 {TERMS} 里的期限,只能写在日期或数字上,请改正字段 {name}")
            which = _compiled(part[TERM], f"{place}/{TERM}", 0) if part[TERM].startswith("=") else None  # it depends on another answer
            yield FormCheck(
                id=f"term_{name}", place=f"{place}/{TERM}", message=f"“{title}”", field=name, decision=TERMS, term=part[TERM], when=which
            )
        if AFTER in part:
            after = [part[AFTER]] if isinstance(part[AFTER], str) else part[AFTER]
            if not is_date or not (isinstance(after, list) and after and all(isinstance(one, str) and one for one in after)):
                raise CheckRefused(f"{place}/{AFTER}", f"{AFTER} 写台账的日期字段或 {OPENED},只能写在日期上,请改正字段 {name}")
            yield FormCheck(id=f"after_{name}", place=f"{place}/{AFTER}", message=f"“{title}”", field=name, after=tuple(after))


def _read(item: Any, number: int, schema: Mapping[str, Any]) -> FormCheck:
    place = f"schema/{KEYWORD}/{number}"
    if not isinstance(item, Mapping):
        raise CheckRefused(place, f"第 {number + 1} 条检查应是一个对象,如 {{when, message, field}}")
    for keyword in item:
        if keyword not in _KEYWORDS:
            hint = near(keyword, _KEYWORDS)
            meant = f",是不是 {hint}?" if hint else f",可用:{'、'.join(_KEYWORDS)}"
            raise CheckRefused(f"{place}/{keyword}", f"第 {number + 1} 条检查:不认识关键字“{keyword}”{meant}")
    for keyword in ("id", "description", "when", "decision", "message", "field"):
        if keyword in item and not (isinstance(item[keyword], str) and item[keyword].strip()):
            raise CheckRefused(f"{place}/{keyword}", f"第 {number + 1} 条检查的 {keyword} 应是文字,不能为空")
    if not isinstance(item.get("confirm", False), bool):
        raise CheckRefused(f"{place}/confirm", f"第 {number + 1} 条检查的 confirm 应是 true 或 false")
    if ("when" in item) == ("decision" in item):
        raise CheckRefused(place, f"第 {number + 1} 条检查应写 when(FEEL,为真即有误)或 decision(决策的标识)之一,不能都写或都不写")
    if "message" not in item:
        raise CheckRefused(f"{place}/message", f"第 {number + 1} 条检查没有写 message:有误时告诉办理人的话")
    field = item.get("field", "").strip()
    if field:
        _check_field(field, schema, f"{place}/field", number)
    return FormCheck(
        id=item["id"].strip() if "id" in item else str(number + 1),
        place=place,
        message=item["message"].strip(),
        field=field,
        confirm=item.get("confirm", False),
        when=_compiled(item["when"], f"{place}/when", number) if "when" in item else None,
        decision=item["decision"].strip() if "decision" in item else None,
    )


def _compiled(text: str, place: str, number: int) -> feel.Expression:
    source = text.strip().removeprefix("=").strip()
    try:
        expression = feel.compile(source, functions=vocabulary())
    except feel.FeelError as error:
        at = f"(第 {error.position + 1} 个字符)" if error.position is not None else ""
        raise CheckRefused(place, f"第 {number + 1} 条检查的 when 不是正确的 FEEL:{error.message}{at}") from error
    for name in expression.calls:
        if name in expression.names:  # neither a function of ours nor one that the expression itself makes
            hint = near(name, vocabulary())
            raise CheckRefused(
                place, f"第 {number + 1} 条检查的 when:没有名为“{name}”的函数,{f'是不是 {hint}?' if hint else '可用函数见 FEEL 函数表'}"
            )
    return expression


def _check_field(path: str, schema: Mapping[str, Any], place: str, number: int) -> None:
    problem = misses(schema, path)
    if problem is not None:
        raise CheckRefused(place, f"第 {number + 1} 条检查的 field:{problem}")


def misses(schema: Mapping[str, Any], path: str) -> str | None:
    """Why a form has no field at ``path``, as a Chinese clause with the nearest name; None if it has."""
    node: Any = schema
    for step in path.split("/"):
        node = resolved(node, schema)
        properties = node.get("properties")
        if isinstance(properties, Mapping) and step in properties:
            node = properties[step]
        elif step.isdecimal() and isinstance(node.get("items"), Mapping):
            node = node["items"]
        else:
            known = list(properties) if isinstance(properties, Mapping) else []
            hint = near(step, known)
            cure = f"是不是 {hint}?" if hint else f"可用:{'、'.join(known)}" if known else "列表的行写成数字,如 items/0/amount"
            return f"表单没有“{path}”这一项,{cure}"
    return None


def resolved(node: Any, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A part of a schema, references followed; an empty one for what is no object."""
    for _ in range(MOST):
        reference = node.get("$ref") if isinstance(node, Mapping) else None
        if not isinstance(reference, str):
            break
        target: Any = schema
        for step in _steps(reference):
            target = target.get(step) if isinstance(target, Mapping) else None
        node = target
    return node if isinstance(node, Mapping) else {}


def _steps(reference: str) -> Iterator[str]:
    for step in reference.removeprefix("#").split("/")[1:]:
        yield step.replace("~1", "/").replace("~0", "~")
