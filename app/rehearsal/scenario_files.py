"""Scenario files: the cases of a file, and how the values in them are compared (design §9)."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.districts import ZONE
from app.rehearsal.case_names import plain
from app.rehearsal.scenario_shapes import OF_CASE, TOP, check_expectation, check_step, ledger, only, text, texts
from app.rehearsal.scenario_shapes import items as listed
from app.rehearsal.scenario_yaml import LARGEST, ScenarioError, load

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: ?(?:[Zz]|[+-]\d\d(?::?\d\d)?))?(?:[@\[].+)?")
EARLIEST, LATEST = 1, 9999  # years that are no more an instant in every zone


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
        data = load(source)
        if not isinstance(data, dict):
            raise ScenarioError("应是“键: 值”的对象")
        only(data, TOP, "场景文件")
        cases = data.get("cases")
        if cases is None:
            cases = [{}]
        elif not isinstance(cases, list) or not cases:
            raise ScenarioError("cases 应是不为空的列表")
        made = [_case(path, data, case, number, len(cases)) for number, case in enumerate(cases, start=1)]
        return ScenarioSet(path, text(data, "name", "场景文件") or path.stem, text(data, "district", "场景文件"), tuple(_distinct(made)))
    except ScenarioError as error:
        raise ScenarioError(f"场景文件 {path.name}:{error.message}") from error.__cause__


def _distinct(cases: Iterable[Scenario]) -> Iterator[Scenario]:
    """Each case under a key of its own, by which later versions of the file mean the same case: its name without the requirements that it says it shows, a
    second one of that name counted."""
    seen: Counter[str] = Counter()
    for case in cases:
        name = plain(case.name)
        seen[name] += 1
        yield replace(case, key=name if seen[name] == 1 else f"{name} ({seen[name]})")


def _case(path: Path, data: Mapping[str, Any], case: Any, number: int, total: int) -> Scenario:
    if not isinstance(case, dict):
        raise ScenarioError(f"cases 的第 {number} 项应是对象")
    place = f"cases 的第 {number} 项" if total > 1 or case else "场景文件"
    only(case, OF_CASE, place)
    merged = {**data, **case}
    for key in ("variables", "expect"):
        for part in (data, case):
            if part.get(key) is not None and not isinstance(part[key], dict):
                raise ScenarioError(f"{place}的 {key} 应是对象")
        merged[key] = {**(data.get(key) or {}), **(case.get(key) or {})}
    check_expectation(merged["expect"], f"{place}的 expect")
    title = text(data, "name", "场景文件") or ""
    name = text(case, "name", place) or (title if total == 1 else f"{title} {number}".strip())
    text(merged, "description", place)
    if merged.get("now") is not None:
        try:
            instant(merged["now"], ZONE)
        except Failed as error:
            raise ScenarioError(f"{place}的 now:{error}") from error
    steps = listed(merged, "steps", place)
    for position, step in enumerate(steps, start=1):
        check_step(step, f"{place}的第 {position} 步" if total > 1 else f"第 {position} 步")
    models = texts(merged, "models", place) if merged.get("models") is not None else None
    return Scenario(
        file=path,
        name=name,
        models=models,
        process=text(merged, "process", place),
        district=text(merged, "district", place),
        now=merged.get("now"),
        variables=merged["variables"],
        hold=texts(merged, "hold", place),
        steps=tuple(steps),
        expect=merged["expect"],
        ledger=ledger(merged.get("ledger"), f"{place}的 ledger"),
    )


# ---------------------------------------------------------------------- values


def instant(value: Any, zone: ZoneInfo) -> datetime:
    """An instant of a scenario, quoted or not; without an offset it is read in the district's zone, a date is its midnight. Raises Failed."""
    written = value.isoformat() if isinstance(value, date | datetime) else value
    found = None
    if isinstance(written, str):
        try:
            plain = written.strip().partition("@")[0].partition("[")[0]
            found = datetime.fromisoformat(plain.replace(" +", "+").replace(" -", "-").replace("t", "T"))
        except ValueError:
            found = None
    if found is None:
        raise Failed(f"{shown(value)} 不是时刻,应如 2026-03-10T09:00:00+08:00")
    if not EARLIEST < found.year < LATEST:
        raise Failed(f"{shown(value)} 的年份应在 {EARLIEST + 1} 至 {LATEST - 1} 之间")
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
