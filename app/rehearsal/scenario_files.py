"""Scenario files: YAML read so that an amount stays the decimal that was written, and every refusal names line and key (design §9).

Of YAML 1.1's surprises none is kept: ``yes`` and ``on`` are texts, ``010`` is ten, ``1:30`` is a text, instants stay as they are written.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from app.errors import InvalidRequest
from app.rehearsal.codes import FindingCode

LARGEST = 1_000_000  # bytes of one file
MOST_VALUES = 200_000  # of one file, repeated ones (anchors) counted each time
DEEPEST = 40
MOST_DIGITS = 400
ACTIONS = frozenset({"expect", "advance", "complete", "message", "signal", "job", "set", "resolve"})
TOP = frozenset({"models", "process", "district", "now", "variables", "ledger", "hold", "steps", "expect", "cases", "name", "description"})
OF_CASE = frozenset({"name", "now", "variables", "ledger", "expect", "steps", "hold", "process", "description"})
EXPECTATIONS = frozenset({
    "tasks", "timers", "jobs", "incidents", "variables", "path", "state", "decision", "phase", "ledger", "records", "notices", "approved",
})  # fmt: skip
LEDGER = frozenset({"project", "records", "others", "approved"})
BESIDE = {"complete": {"as", "with"}, "message": {"with", "key"}, "signal": {"with"}}

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: ?(?:[Zz]|[+-]\d\d(?::?\d\d)?))?(?:[@\[].+)?")


class ScenarioError(InvalidRequest):
    """A scenario file that makes no sense: the text names line or key."""

    code = FindingCode.SCENARIO


class Failed(Exception):
    """A step or an expectation that did not hold."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One case of a file, what the file says merged in. ``models`` None: the installation's. ``ledger`` None: made of the variables.

    ``key`` tells it from the others of its file.
    """

    file: Path
    name: str
    models: tuple[str, ...] | None
    process: str | None
    district: str | None
    now: Any
    variables: Mapping[str, Any]
    hold: tuple[str, ...]
    steps: tuple[Mapping[str, Any], ...]
    expect: Mapping[str, Any]
    ledger: Mapping[str, Any] | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class ScenarioSet:
    """A scenario file: ``title`` for people, the district it is about (None: the shared models alone), its cases in order."""

    file: Path
    title: str
    district: str | None
    cases: tuple[Scenario, ...]


# ---------------------------------------------------------------------- YAML


class _Loader(yaml.SafeLoader):
    """The core schema of YAML 1.2 with decimals, instants as text, no repeated keys, bounded depth."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - the library's own shape
    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ScenarioError(f"第 {self.line + 1} 行:嵌套超过 {DEEPEST} 层")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _number(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Any:
    text = str(loader.construct_scalar(node)).replace("_", "")
    try:
        if len(text) > MOST_DIGITS:
            raise InvalidOperation
        number = int(text) if re.fullmatch(r"[-+]?\d+", text) else Decimal(text)
        if isinstance(number, Decimal) and not (number.is_finite() and abs(number.adjusted()) <= MOST_DIGITS):
            raise InvalidOperation
    except (InvalidOperation, ValueError):
        raise ScenarioError(f"第 {node.start_mark.line + 1} 行的数字 {text[:40]!r} 无法使用") from None
    return number


def _boolean(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> bool:
    return str(loader.construct_scalar(node)).lower() == "true"


def _as_written(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[str, Any]:
    seen: set[str] = set()
    for key, _ in node.value:
        name = str(key.value)
        if not isinstance(key, yaml.ScalarNode):
            raise ScenarioError(f"第 {key.start_mark.line + 1} 行的键应是文字")
        if name in seen and key.tag != "tag:yaml.org,2002:merge":
            raise ScenarioError(f"第 {key.start_mark.line + 1} 行的键“{name}”重复")
        seen.add(name)
    loader.flatten_mapping(node)
    return {str(key.value): loader.construct_object(value, deep=True) for key, value in node.value}


def _bare_tag(loader: yaml.SafeLoader, node: yaml.Node) -> Any:
    raise ScenarioError(f"第 {node.start_mark.line + 1} 行的标签 {node.tag} 不能使用")


for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?[0-9][0-9_]*", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", "-+.0123456789"),
    ("merge", r"<<", "<"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_first))
_Loader.add_constructor("tag:yaml.org,2002:int", _number)
_Loader.add_constructor("tag:yaml.org,2002:float", _number)
_Loader.add_constructor("tag:yaml.org,2002:bool", _boolean)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _as_written)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
for _tag in ("binary", "set", "omap", "pairs"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_tag}", _bare_tag)
_Loader.add_constructor(None, _bare_tag)


def _load(source: bytes) -> Any:
    try:
        if len(source) > LARGEST:
            raise ScenarioError(f"文件超过 {LARGEST // 1000} kB")
        data = yaml.load(source.decode("utf-8-sig"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    except UnicodeDecodeError as error:
        raise ScenarioError("不是 UTF-8 编码的文本") from error
    except yaml.MarkedYAMLError as error:
        line = f"第 {error.problem_mark.line + 1} 行:" if error.problem_mark else ""
        raise ScenarioError(f"不是正确的 YAML。{line}{error.problem or error.context or ''}") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ScenarioError(f"不是正确的 YAML:{str(error).splitlines()[0] if str(error) else '嵌套过深'}") from error
    if sum(1 for _ in _parts(data)) > MOST_VALUES:
        raise ScenarioError(f"展开后超过 {MOST_VALUES} 个值")
    return data


def _parts(data: Any) -> Iterator[None]:
    """One None for each value, until there are too many."""
    pending, seen = [data], 0
    while pending and seen <= MOST_VALUES:
        item = pending.pop()
        seen += 1
        yield None
        if isinstance(item, dict):
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)


# ---------------------------------------------------------------------- shape


def read(path: Path) -> ScenarioSet:
    """Every case of a file on disk. Raises ScenarioError."""
    try:
        with path.open("rb") as stream:
            source = stream.read(LARGEST + 1)
    except OSError as error:
        raise ScenarioError(f"场景文件 {path.name}:无法读取:{error.strerror}") from error
    return parse(str(path), source)


def parse(file: str, source: bytes) -> ScenarioSet:
    """Every case of a file's content. ``file``: its path, whether it is on disk or not. Raises ScenarioError."""
    path = Path(file)
    try:
        data = _load(source)
        if not isinstance(data, dict):
            raise ScenarioError("应是“键: 值”的对象")
        _only(data, TOP, "场景文件")
        cases = data.get("cases")
        if cases is None:
            cases = [{}]
        elif not isinstance(cases, list) or not cases:
            raise ScenarioError("cases 应是不为空的列表")
        made = [_case(path, data, case, number, len(cases)) for number, case in enumerate(cases, start=1)]
        return ScenarioSet(path, str(data.get("name") or path.stem), _text(data, "district", "场景文件"), tuple(_distinct(made)))
    except ScenarioError as error:
        raise ScenarioError(f"场景文件 {path.name}:{error.message}") from error.__cause__


def _distinct(cases: Iterable[Scenario]) -> Iterator[Scenario]:
    """Each case under a key of its own, by which later versions of the file mean the same case: its name, a second one of that name counted."""
    seen: Counter[str] = Counter()
    for case in cases:
        seen[case.name] += 1
        yield replace(case, key=case.name if seen[case.name] == 1 else f"{case.name} ({seen[case.name]})")


def _case(path: Path, data: Mapping[str, Any], case: Any, number: int, total: int) -> Scenario:
    if not isinstance(case, dict):
        raise ScenarioError(f"cases 的第 {number} 项应是对象")
    place = f"cases 的第 {number} 项" if total > 1 or case else "场景文件"
    _only(case, OF_CASE, place)
    merged = {**data, **case}
    for key in ("variables", "expect"):
        for part in (data, case):
            if part.get(key) is not None and not isinstance(part[key], dict):
                raise ScenarioError(f"{place}的 {key} 应是对象")
        merged[key] = {**(data.get(key) or {}), **(case.get(key) or {})}
    check_expectation(merged["expect"], f"{place}的 expect")
    name = case.get("name", data.get("name", "") if total == 1 else f"{data.get('name', '')} {number}".strip())
    steps = _list(merged, "steps", place)
    for position, step in enumerate(steps, start=1):
        _check_step(step, f"{place}的第 {position} 步" if total > 1 else f"第 {position} 步")
    models = _texts(merged, "models", place) if merged.get("models") is not None else None
    return Scenario(
        file=path,
        name=str(name),
        models=models,
        process=_text(merged, "process", place),
        district=_text(merged, "district", place),
        now=merged.get("now"),
        variables=merged["variables"],
        hold=_texts(merged, "hold", place),
        steps=tuple(steps),
        expect=merged["expect"],
        ledger=_ledger(merged.get("ledger"), f"{place}的 ledger"),
    )


def _ledger(given: Any, place: str) -> Mapping[str, Any] | None:
    """The ledger before the first step: one project with its registers, and others' in the same shape."""
    if given is None:
        return None
    _of_project(given, place, LEDGER)
    for number, other in enumerate(_list(given, "others", place), start=1):
        _of_project(other, f"{place} 的 others 第 {number} 项", LEDGER - {"others", "approved"})
        if not other.get("project"):
            raise ScenarioError(f"{place} 的 others 第 {number} 项应写明 project")
    if not (isinstance(approved := given.get("approved") or {}, dict) and all(isinstance(values, dict) for values in approved.values())):
        raise ScenarioError(f"{place} 的 approved 应是“流程.任务: {{名称: 值}}”的对象")
    return dict(given)


def _of_project(given: Any, place: str, known: frozenset[str]) -> None:
    if not isinstance(given, dict):
        raise ScenarioError(f"{place}应是对象")
    _only(given, known, place)
    if given.get("project") is not None and not isinstance(given["project"], dict):
        raise ScenarioError(f"{place} 的 project 应是“字段: 值”的对象")
    check_registers(given.get("records"), f"{place} 的 records")


def check_registers(given: Any, place: str) -> None:
    """Raises ScenarioError for what is not kind → list of rows."""
    if given is None:
        return
    rows = [row for kind in given.values() for row in (kind if isinstance(kind, list) else [None])] if isinstance(given, dict) else [None]
    if not all(isinstance(row, dict) for row in rows):
        raise ScenarioError(f"{place} 应是“登记簿: [{{字段: 值}}]”的对象")


def _check_step(step: Any, place: str) -> None:
    if not isinstance(step, dict):
        raise ScenarioError(f"{place}应是对象")
    kinds = [key for key in step if key in ACTIONS]
    if len(kinds) != 1:
        raise ScenarioError(f"{place}应恰有一个动作({'、'.join(sorted(ACTIONS))}),这里是 {'、'.join(step) or '空'}")
    _only(step, {kinds[0]} | BESIDE.get(kinds[0], set()), place)
    if kinds[0] == "expect":
        if step["expect"] is not None and not isinstance(step["expect"], dict):
            raise ScenarioError(f"{place}的 expect 应是对象")
        check_expectation(step["expect"] or {}, f"{place}的 expect")


def check_expectation(expected: Mapping[str, Any], place: str) -> None:
    """Raises ScenarioError for what no expectation may name, and for values of another shape."""
    _only(expected, EXPECTATIONS, place)
    for key in ("tasks", "jobs", "notices"):
        if expected.get(key) is not None and not is_count(expected[key]):
            counts = expected[key]
            if not isinstance(counts, dict) or not all(is_count(count) for count in counts.values()):
                raise ScenarioError(f"{place} 的 {key} 应是“名称: 个数”的对象")
    for key in ("timers", "variables", "decision", "ledger", "approved"):
        if expected.get(key) is not None and not isinstance(expected[key], dict):
            raise ScenarioError(f"{place} 的 {key} 应是对象")
    if expected.get("path") is not None and not isinstance(expected["path"], list):
        raise ScenarioError(f"{place} 的 path 应是元素标识的列表")
    check_registers(expected.get("records"), f"{place} 的 records")
    if expected.get("phase") is not None and not isinstance(expected["phase"], str):
        raise ScenarioError(f"{place} 的 phase 应是一个阶段")
    if "state" in expected and expected["state"] not in ("active", "completed", "cancelled"):
        raise ScenarioError(f"{place} 的 state 应为 active、completed 或 cancelled")
    incidents = expected.get("incidents")
    if isinstance(incidents, bool) or (incidents is not None and not isinstance(incidents, int | list | str | dict)):
        raise ScenarioError(f"{place} 的 incidents 应是个数或元素标识的列表")


def is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _only(data: Mapping[str, Any], known: frozenset[str] | set[str], place: str) -> None:
    unknown = sorted(key for key in data if key not in known)
    if unknown:
        raise ScenarioError(f"{place}含有不认识的键“{unknown[0]}”,可用:{'、'.join(sorted(known))}")


def _text(data: Mapping[str, Any], key: str, place: str) -> str | None:
    value = data.get(key)
    if value is not None and not isinstance(value, str):
        raise ScenarioError(f"{place}的 {key} 应是文字")
    return value or None


def _list(data: Mapping[str, Any], key: str, place: str) -> list[Any]:
    value = data.get(key)
    if value is not None and not isinstance(value, list):
        raise ScenarioError(f"{place}的 {key} 应是列表")
    return value or []


def _texts(data: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
    value = data.get(key)
    texts = [value] if isinstance(value, str) else _list(data, key, place)
    if not all(isinstance(text, str) for text in texts):
        raise ScenarioError(f"{place}的 {key} 应是文字的列表")
    return tuple(texts)


# ---------------------------------------------------------------------- values


def instant(value: Any, zone: ZoneInfo) -> datetime:
    """An instant of a scenario, quoted or not; without an offset it is read in the district's zone, a date is its midnight. Raises Failed."""
    text = value.isoformat() if isinstance(value, date | datetime) else value
    found = None
    if isinstance(text, str):
        try:
            plain = text.strip().partition("@")[0].partition("[")[0]
            found = datetime.fromisoformat(plain.replace(" +", "+").replace(" -", "-").replace("t", "T"))
        except ValueError:
            found = None
    if found is None:
        raise Failed(f"{value!r} 不是时刻,应如 2026-03-10T09:00:00+08:00")
    return found if found.tzinfo else found.replace(tzinfo=zone)


def same(wanted: Any, got: Any, zone: ZoneInfo) -> bool:
    """Equality as analysts mean it: numbers by value, instants by moment, objects and lists part by part."""
    if isinstance(wanted, bool) or isinstance(got, bool) or wanted is None or got is None:
        return wanted is got
    if isinstance(wanted, int | Decimal) and isinstance(got, int | Decimal):
        return wanted == got
    if isinstance(wanted, dict) and isinstance(got, dict):
        return set(wanted) == set(got) and all(same(value, got[key], zone) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(got, list):
        return len(wanted) == len(got) and all(same(one, other, zone) for one, other in zip(wanted, got, strict=True))
    if isinstance(wanted, str) and isinstance(got, str) and wanted != got and _INSTANT.fullmatch(wanted) and _INSTANT.fullmatch(got):
        try:
            return instant(wanted, zone) == instant(got, zone)
        except Failed:
            return False
    return bool(wanted == got) if type(wanted) is type(got) else False


def shown(value: Any) -> str:
    """A value as it would be written in a scenario."""
    if isinstance(value, timedelta | date):
        return str(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {shown(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(shown, value)) + "]"
    return str(value)
