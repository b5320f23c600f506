"""Forms: one JSON file with a JSON Schema 2020-12 and a UI schema, checked here with the same file that the page draws.

Numbers are read as Decimal, duplicates and NaN are refused, undeclared fields are refused. No ``$ref`` leaves the file.
Source: requirements FX-10-2 (a missing field is named, the rest is kept) and G9 (money in yuan, two decimals).
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

import jsonschema_rs
import simplejson

from app.codes import Code
from app.domain import documents, form_checks, form_values
from app.domain.codes import FormCode
from app.domain.form_checks import FormCheck
from app.domain.form_messages import MESSAGES, of_schema

MAX_BYTES = 2_000_000
MAX_DEPTH = 32
MAX_DIGITS = 30
MOST_PARTS = 5_000  # of a schema, references written out: doubling ones would keep a check busy for hours
_MONEY = Decimal("0.01")
_HALF = re.compile("[\ud800-\udfff]")
_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")


class FormError(Exception):
    """A form file, or data sent for one, cannot be read. ``code`` is stable; ``place`` names the key; the text is Chinese."""

    def __init__(self, code: FormCode, message: str, place: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.place = place


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing wrong with the data: ``path`` like ``budgetItems/0/amount`` (empty: the whole), the field's Chinese title, a stable code, a Chinese sentence.

    ``check``: the id of the form's check that says so, if one does; ``confirm``: it may be overridden with a reason."""

    path: str
    title: str
    code: Code
    message: str
    check: str = ""
    confirm: bool = False


@dataclass(frozen=True)
class Form:
    """A form as its file describes it."""

    id: str
    title: str
    schema: Mapping[str, Any]
    ui: Mapping[str, Any] = field(default_factory=dict)
    checks: tuple[FormCheck, ...] = ()

    @classmethod
    def parse(cls, source: bytes) -> "Form":
        """Read a form file. Raises FormError (FORM_JSON, FORM_SHAPE, FORM_SCHEMA, FORM_CHECK)."""
        data = loads(source)
        if not isinstance(data, dict):
            raise FormError(FormCode.FORM_SHAPE, "表单文件应是一个 JSON 对象,含 id、title、schema、ui")
        for key, kind in (("id", str), ("title", str), ("schema", dict)):
            if not isinstance(data.get(key), kind) or not data[key]:
                raise FormError(FormCode.FORM_SHAPE, f"表单文件缺少“{key}”,或其类型不对", key)
        ui = data.get("ui", {})
        if not isinstance(ui, dict):
            raise FormError(FormCode.FORM_SHAPE, "表单文件的“ui”应是一个对象", "ui")
        unknown = sorted(set(data) - {"id", "title", "schema", "ui", "description"})
        if unknown:
            raise FormError(FormCode.FORM_SHAPE, f"表单文件含有不认识的键:{'、'.join(unknown)}", unknown[0])
        schema = data["schema"]
        if schema.get("type") != "object" or not isinstance(schema.get("properties"), dict):
            raise FormError(FormCode.FORM_SCHEMA, "表单的 schema 应是 type 为 object 且含 properties 的结构", "schema")
        if schema.get("additionalProperties") is not False:
            raise FormError(FormCode.FORM_SCHEMA, "表单的 schema 必须写明 additionalProperties 为 false:没有声明的字段一律不收", "schema")
        for name in schema["properties"]:
            if not name.isidentifier() or not name.isascii() or name.startswith("_"):
                raise FormError(FormCode.FORM_SCHEMA, f"字段名 {name!r} 只能用英文字母、数字,以字母开头", f"schema/properties/{name}")
            if not isinstance(schema["properties"][name], dict):
                raise FormError(FormCode.FORM_SCHEMA, f"字段 {name} 的说明应是一个对象", f"schema/properties/{name}")
        for path, reference in _references(schema, "schema"):
            if not reference.startswith("#"):
                raise FormError(FormCode.FORM_SCHEMA, f"{path} 引用了文件之外的 {reference!r},只允许 # 开头的引用", path)
        if _weigh(schema, schema, ()) > MOST_PARTS:
            raise FormError(FormCode.FORM_SCHEMA, f"表单的 schema 展开引用后超过 {MOST_PARTS} 个部分,请简化", "schema")
        form = cls(data["id"], data["title"], schema, ui, _checks(schema))
        try:
            form._validator  # noqa: B018 - compiled now, so that a bad schema is refused at deployment
        except (ValueError, jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError) as error:
            place, cause = of_schema(error)
            raise FormError(FormCode.FORM_SCHEMA, cause, place) from error
        return form

    @property
    def fields(self) -> Mapping[str, Mapping[str, Any]]:
        """The declared top-level fields by name."""
        properties: Mapping[str, Mapping[str, Any]] = self.schema["properties"]
        return properties

    @cached_property
    def ledger_fields(self) -> tuple[str, ...]:
        """The fields that the task's completion makes facts of the project."""
        return tuple(name for name, part in self.fields.items() if part.get(form_values.LEDGER_FIELD) is True)

    @cached_property
    def shown_fields(self) -> tuple[str, ...]:
        """The fields that only show what others have said."""
        return tuple(
            name for name, part in self.fields.items() if form_values.is_shown(name, form_checks.resolved(part, self.schema), self.ui)
        )

    @cached_property
    def slots(self) -> tuple[str, ...]:
        """Where documents stand among its fields, brought here or only shown."""
        return tuple(documents.slots(self.schema))

    @cached_property
    def uploads(self) -> tuple[str, ...]:
        """Those where they are brought."""
        return tuple(slot for slot in self.slots if slot.split("/")[0] not in self.shown_fields)

    @cached_property
    def _validator(self) -> Any:
        return jsonschema_rs.Draft202012Validator(
            dict(self.schema),
            validate_formats=True,
            ignore_unknown_formats=True,
            offline=True,
            pattern_options=jsonschema_rs.RegexOptions(),
        )

    def validate(self, data: Mapping[str, Any], *, partial: bool = False) -> list[FieldProblem]:
        """What is wrong with ``data``, in the order of the form; empty if nothing. ``partial`` (a draft) overlooks what is missing.

        A text in which nothing stands is no answer. ``checks`` need a process around them: see ``app.engine.form_checks``.
        """
        data = form_values.without_blanks(self.schema, data)
        problems = [problem for error in self._validator.iter_errors(data) for problem in self._explain(error)]
        special = _format_problems(self.schema, data, "")
        misread = {problem.path for problem in special if problem.code in _NAMED or problem.code == FormCode.DOCUMENT}
        problems = [problem for problem in problems if problem.path not in misread] + special
        if partial:
            problems = [problem for problem in problems if problem.code != FormCode.REQUIRED]
        unique = {(problem.path, problem.code): problem for problem in problems}
        return self.in_order(unique.values())

    def in_order(self, problems: Iterable[FieldProblem]) -> list[FieldProblem]:
        """Problems in the order of the form's fields, those of the whole form first."""
        order = {name: number for number, name in enumerate(self.fields)}
        return sorted(problems, key=lambda problem: (order.get(problem.path.split("/")[0], -1), problem.path))

    def answered(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """What was answered, as it is stored: null where a text is blank."""
        return form_values.answered(self.schema, data)

    def opening(self, known: Mapping[str, Any], last: Mapping[str, Any] | None = None, *, fresh: Collection[str] = ()) -> dict[str, Any]:
        """What the form opens with on a visit, an empty list wherever a required one may be empty included.

        ``known``: what can be seen from the task, ledger fields by their names included. ``last``: what was submitted last at this task in this instance, where the
        task was returned, or a later one carries its form; else None. ``fresh``: names that start empty even then, besides those marked so (those in
        ``approvesWhen``).
        """
        opened = form_values.opening(self.schema, self.ui, known=known, last=last, fresh=fresh)
        return self.with_empty_lists(opened)

    def with_slots(self, data: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
        """``data`` with a row for each material that is to be handed in: ``x-slots``."""
        return form_values.with_slots(self.schema, data, known)

    def emptied(self, data: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
        """``data`` with null for what the form has kept from what is ``known`` and whoever submits it has emptied."""
        return {**data, **dict.fromkeys(form_values.emptied(self.schema, self.ui, data, known))}

    def shows(self, name: str) -> bool:
        """Whether a field only shows what others have said, or what the ledger holds."""
        part = form_checks.resolved(self.fields[name], self.schema)
        return form_values.is_shown(name, part, self.ui) or part.get(form_values.LEDGER_FIELD) is True

    def with_empty_lists(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """``data`` of the form's own fields, with an empty list wherever a required one may be empty: to leave a table empty is an answer."""
        return form_values.with_empty_lists(self.schema, {name: value for name, value in data.items() if name in self.fields})

    def title_of(self, path: Sequence[Any]) -> str:
        """The Chinese title of the field at ``path``, table rows counted from one."""
        node: Any = self.schema
        words: list[str] = []
        for step in path:
            if isinstance(step, int):
                node = node.get("items", {}) if isinstance(node, Mapping) else {}
                words.append(f"第{step + 1}行")
            else:
                node = node.get("properties", {}).get(step, {}) if isinstance(node, Mapping) else {}
                words.append(str(node.get("title", step)) if isinstance(node, Mapping) else str(step))
        return "·".join(words)

    def _explain(self, error: Any) -> Iterator[FieldProblem]:
        path = list(error.instance_path)
        kind = error.kind.as_dict()
        name = error.kind.name
        if name == "required":
            path = [*path, kind["property"]]
            yield self._problem(path, FormCode.REQUIRED, "必填")
        elif name in ("additionalProperties", "unevaluatedProperties"):
            for extra in kind.get("unexpected", []):
                yield FieldProblem("/".join(map(str, [*path, extra])), str(extra), FormCode.UNDECLARED, f"表单没有“{extra}”这一项,不能提交")
        elif name in MESSAGES:
            code, text = MESSAGES[name]
            yield self._problem(path, code, text(kind))
        else:
            yield self._problem(path, FormCode.INVALID, "填写的内容不符合要求")

    def _problem(self, path: list[Any], code: FormCode, text: str) -> FieldProblem:
        title = self.title_of(path) or "表单"
        return FieldProblem("/".join(map(str, path)), title, code, f"“{title}”{text}")


_NAMED = {FormCode.OFFICE: "单位", FormCode.PERSON: "人员"}  # what is chosen from the register, as {key, name}: text is never taken for one
_BY_KEY = {code.lower(): code for code in _NAMED}  # of x-format


def _format_problems(schema: Mapping[str, Any], data: Any, path: str, title: str = "") -> list[FieldProblem]:
    """What ``x-format`` asks, wherever it stands: amounts (``money``) to the fen; an ``office`` and a ``person`` by key and name; a ``document`` as a reference."""
    wanted = schema.get("x-format")
    if wanted in _BY_KEY:
        code = _BY_KEY[wanted]
        if _is_named(data) or data is None:
            return []
        return [FieldProblem(path, title, code, f"“{title}”应从登记的{_NAMED[code]}中选择,不能填写文字")]
    if wanted == documents.FORMAT:
        if data is None or documents.is_reference(data):
            return []
        return [FieldProblem(path, title, FormCode.DOCUMENT, f"“{title}”应是上传的文件,不能填写文字")]
    if wanted == "money" and isinstance(data, int | Decimal) and not isinstance(data, bool):
        exact = data if isinstance(data, int) else data.quantize(_MONEY) if abs(data) < Decimal(10) ** 18 else None
        if exact is None or exact != data:
            return [FieldProblem(path, title, FormCode.MONEY, f"“{title}”应为精确到分的金额(元),至多两位小数")]
        return []
    problems: list[FieldProblem] = []
    if isinstance(data, Mapping):
        for name, part in schema.get("properties", {}).items():
            if name in data and isinstance(part, Mapping):
                problems += _format_problems(
                    part, data[name], f"{path}/{name}".lstrip("/"), f"{title}·{part.get('title', name)}".lstrip("·")
                )
    elif isinstance(data, list) and isinstance(schema.get("items"), Mapping):
        for number, item in enumerate(data):
            problems += _format_problems(schema["items"], item, f"{path}/{number}", f"{title}·第{number + 1}行")
    return problems


def _is_named(data: Any) -> bool:
    return (
        isinstance(data, Mapping)
        and data.keys() == {"key", "name"}
        and all(isinstance(part, str) and bool(part.strip()) for part in data.values())
    )


def _checks(schema: Mapping[str, Any]) -> tuple[FormCheck, ...]:
    try:
        form_values.check_keywords(schema)
        return form_checks.read(schema)
    except (form_checks.CheckRefused, form_values.KeywordRefused) as error:
        raise FormError(FormCode.FORM_CHECK, str(error), error.place) from error


def _references(node: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key in ("$ref", "$dynamicRef", "$schema") and isinstance(value, str):
                if key != "$schema":
                    yield path, value
            else:
                yield from _references(value, f"{path}/{key}")
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _references(value, f"{path}/{number}")


def _weigh(node: Any, schema: Mapping[str, Any], followed: tuple[str, ...]) -> int:
    """How many parts a schema has with every reference written out, roughly and no further than the limit: what checking a value may cost.

    Raises FormError (FORM_SCHEMA) for a reference that leads nowhere or back to itself.
    """
    if not isinstance(node, Mapping | list):
        return 1
    weight = 1
    for key, part in node.items() if isinstance(node, Mapping) else enumerate(node):
        if key in ("$ref", "$dynamicRef", "$recursiveRef") and isinstance(part, str):
            if part in followed or len(followed) >= MAX_DEPTH:
                raise FormError(FormCode.FORM_SCHEMA, f"引用 {part!r} 绕回自身,或引用了 {MAX_DEPTH} 层以上", "schema")
            weight += _weigh(_target(schema, part), schema, (*followed, part))
        else:
            weight += _weigh(part, schema, followed)
        if weight > MOST_PARTS:
            break
    return weight


def _target(schema: Mapping[str, Any], reference: str) -> Any:
    node: Any = schema
    for step in reference.removeprefix("#").split("/")[1:]:
        node = node.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(node, Mapping) else None
    if node is None or not (reference == "#" or reference.startswith("#/")):
        raise FormError(FormCode.FORM_SCHEMA, f"引用 {reference!r} 在表单里找不到,应如 #/$defs/名称", "schema")
    return node


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise FormError(FormCode.JSON_DUPLICATE, f"内容里“{twice}”出现了两次,请只保留一处", twice)
    return result


def _constant(text: str) -> Any:
    raise FormError(FormCode.JSON_NUMBER, f"内容里有不是数字的“{text}”")


def _whole(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise FormError(FormCode.JSON_NUMBER, f"内容里的数字超过 {MAX_DIGITS} 位")
    return int(text)


def _decimal(text: str) -> Decimal:
    value = Decimal(text)
    if len(text) > 2 * MAX_DIGITS or not value.is_finite() or value.adjusted() > MAX_DIGITS or value.adjusted() < -MAX_DIGITS:
        raise FormError(FormCode.JSON_NUMBER, f"内容里的数字“{text[:40]}”超出可用范围")
    return value


def loads(text: str | bytes) -> Any:
    """Read JSON as forms take it: Decimal numbers, no duplicate keys, no NaN, no half characters, bounded size and depth. Raises FormError."""
    if len(text) > MAX_BYTES:
        raise FormError(FormCode.JSON_SIZE, f"内容超过 {MAX_BYTES // 1_000_000} MB,请缩减后再提交")
    try:
        raw = text.decode("utf-8-sig") if isinstance(text, bytes) else text
    except UnicodeDecodeError as error:
        raise FormError(FormCode.JSON_ENCODING, f"内容不是 UTF-8 编码(第 {error.start} 字节)") from error
    if _depth(raw) > MAX_DEPTH:
        raise FormError(FormCode.JSON_DEPTH, f"内容嵌套超过 {MAX_DEPTH} 层")
    try:
        data = simplejson.loads(raw, object_pairs_hook=_object, parse_float=_decimal, parse_int=_whole, parse_constant=_constant)
    except simplejson.JSONDecodeError as error:
        raise FormError(FormCode.FORM_JSON, f"内容不是正确的 JSON:第 {error.lineno} 行第 {error.colno} 列") from error
    if (_ESCAPED_HALF.search(raw) or _HALF.search(raw)) and (broken := _broken_text(data)) is not None:
        raise FormError(FormCode.JSON_TEXT, f"{broken or '顶层'} 有文字含有不完整的字符(孤立的代理项,如 \\ud800),请改写", broken)
    return data


def _broken_text(data: Any, path: str = "") -> str | None:
    """Where a text or key holds half a surrogate pair, which no file or database can hold; None if nowhere. JSON lets it be written as an escape."""
    if isinstance(data, str):
        return path if _HALF.search(data) else None
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inner:
        if isinstance(key, str) and _broken_text(key) is not None:
            return path
        if (found := _broken_text(value, f"{path}/{key}".lstrip("/"))) is not None:
            return found
    return None


def _depth(text: str) -> int:
    """The deepest nesting of brackets outside strings."""
    depth = deepest = 0
    inside = escaped = False
    for character in text:
        if inside:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                inside = False
        elif character == '"':
            inside = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
            if deepest > MAX_DEPTH:
                return deepest
        elif character in "]}":
            depth -= 1
    return deepest
