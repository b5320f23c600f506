"""Templates of printed documents: what stands between ``{{`` and ``}}`` in one, and how a value is written on paper.

A placeholder names a value and nothing else: there is no call, no condition and no loop to be written, so that a template can carry nothing out. Told to analysts
in docs/analyst/documents.md.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

ENDINGS = (".docx", ".xlsx")
OWN = "document"  # the first name of what is the printed document's own
RECORD = "record"  # of the register row that the printing element itself has made
RUNNING = "序号"  # of a row among the rows of its list
_PLACEHOLDER = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_INNER = re.compile(r"\s*([A-Za-z_]\w*(?:\s*\.\s*\w+)*)\s*(?:[:：]\s*(\w+)\s*)?", re.DOTALL)
_LEFT_OVER = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}|\$\{")
_SHOWN = 40  # characters of what is wrong
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}|@\w+(/\w+)*)")
_FEN, _WAN = Decimal("0.01"), Decimal(10_000)


class Own(StrEnum):
    """What is the printed document's own."""

    NUMBER = "number"
    VERSION = "version"
    DATE = "date"
    NAME = "name"


class Writing(StrEnum):
    """How a value is to be written, after a colon."""

    MONEY = "金额"
    WAN = "万元"
    DATE = "日期"


@dataclass(frozen=True, slots=True)
class Placeholder:
    """``text``: as it stands there; ``in_row``: in a row of a table, which is repeated for each row of a list."""

    path: tuple[str, ...]
    writing: Writing | None
    text: str
    in_row: bool = False

    @property
    def head(self) -> str:
        return self.path[0]


@dataclass(frozen=True)
class Template:
    """``title``: what the printed document is called; ``ending``: .docx or .xlsx; ``rows``: the placeholders of each table row that has any."""

    id: str
    title: str
    ending: str
    placeholders: tuple[Placeholder, ...]
    rows: tuple[tuple[Placeholder, ...], ...]
    source: bytes

    @cached_property
    def used(self) -> Mapping[str, frozenset[str]]:
        """First name → what is taken of it; empty where it is printed itself. What is the document's own is left out."""
        found: dict[str, set[str]] = {}
        for one in self.placeholders:
            if one.head != OWN:
                found.setdefault(one.head, set()).update(one.path[1:2])
        return {head: frozenset(parts - {RUNNING}) for head, parts in found.items()}


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is a printed document's own."""

    name: str
    number: str
    version: int
    on: date

    def value(self, part: str) -> Any:
        return {Own.NUMBER: self.number, Own.VERSION: self.version, Own.DATE: self.on, Own.NAME: self.name}.get(Own(part))


class TemplateRefused(Exception):
    """A file that is no template. ``problems``: Chinese sentences, each of one thing that is wrong."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(";".join(problems))
        self.problems = tuple(problems)


# ---------------------------------------------------------------------- what is written in a template


def placeholders(text: str, *, in_row: bool = False) -> Iterator[tuple[re.Match[str], Placeholder]]:
    """The placeholders of a text, with their places. Raises TemplateRefused for what looks like one and is none."""
    for found in _PLACEHOLDER.finditer(text):
        inner = _INNER.fullmatch(found[1])
        if inner is None:
            raise TemplateRefused(
                [f"“{_short(found[0])}”不是占位符:双花括号里只能写一个名称,如 {{{{projectName}}}}、{{{{opinions.office}}}}"]
            )
        if inner[2] is not None and inner[2] not in tuple(Writing):
            raise TemplateRefused([f"“{_short(found[0])}”的写法“{inner[2]}”不认识,可用:{'、'.join(Writing)}"])
        path = tuple(part.strip() for part in inner[1].split("."))
        if path[0] == OWN and (len(path) != 2 or path[1] not in tuple(Own)):
            known = "、".join(f"{OWN}.{part}" for part in Own)
            raise TemplateRefused([f"“{_short(found[0])}”:打印件自己的名称只有 {known}"])
        yield found, Placeholder(path, Writing(inner[2]) if inner[2] else None, found[0], in_row)
    if left := _LEFT_OVER.search(_PLACEHOLDER.sub("", text)):
        rest = _PLACEHOLDER.sub("", text)[max(0, left.start() - 5) :]
        raise TemplateRefused([f"“{_short(rest)}”处的“{left[0]}”没有配对,或是别的模板语言;占位符写成 {{{{名称}}}}"])


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def repeated(row: Sequence[Placeholder], values: Mapping[str, Any]) -> str | None:
    """The list for each row of which a table row is printed; None where it is printed once."""
    return next((one.head for one in row if len(one.path) > 1 and isinstance(values.get(one.head), list)), None)


# ---------------------------------------------------------------------- what a printed document is called


def series_of(template_id: str) -> str:
    """The series of its numbers."""
    return f"document.{template_id}"


def number_of(year: int, running: int) -> str:
    return f"{year}-{running:04d}"


def file_name(title: str, number: str, version: int, ending: str) -> str:
    return f"{title} {number} 第{version}版{ending}"


# ---------------------------------------------------------------------- values on paper


@dataclass(frozen=True)
class Contents:
    """What a template is filled with: ``values`` by their first names, with the ``schemas`` of those that have any."""

    values: Mapping[str, Any]
    schemas: Mapping[str, Mapping[str, Any]]
    stamp: Stamp
    zone: ZoneInfo

    def found(self, one: Placeholder, row: tuple[str, int] | None = None) -> tuple[Any, Mapping[str, Any]]:
        """The value of a placeholder, and the schema of it. ``row``: of which list, and the how manieth, the table row is."""
        if one.head == OWN:
            return self.stamp.value(one.path[1]), {}
        value, schema = self.values.get(one.head), self.schemas.get(one.head, {})
        rest = one.path[1:]
        if row is not None and row[0] == one.head:
            if rest == (RUNNING,):
                return row[1] + 1, {}
            items = value if isinstance(value, list) else []
            value, schema = items[row[1]] if row[1] < len(items) else None, schema.get("items", {})
        for part in rest:
            if isinstance(value, list):
                value = [item.get(part) if isinstance(item, Mapping) else None for item in value]
                schema = {"items": _part(schema.get("items", {}), part)}
            else:
                value, schema = value.get(part) if isinstance(value, Mapping) else None, _part(schema, part)
        return value, schema

    def text(self, one: Placeholder, row: tuple[str, int] | None = None) -> str:
        value, schema = self.found(one, row)
        return written(value, schema, one.writing, self.zone)


def _part(schema: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = schema.get("properties", {}).get(name, {})
    return found if isinstance(found, Mapping) else {}


def written(value: Any, schema: Mapping[str, Any], writing: Writing | None, zone: ZoneInfo) -> str:
    """A value as it is written on paper; nothing where there is none."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case int() | Decimal():
            return _number(Decimal(value), schema, writing)
        case float():
            return _number(Decimal(str(value)), schema, writing)
        case datetime():
            return _day(value.astimezone(zone).date())
        case date():
            return _day(value)
        case str():
            return _said(value, schema, zone, dated=writing is Writing.DATE)
        case list():
            return "、".join(text for item in value if (text := written(item, schema.get("items", {}), writing, zone)))
        case Mapping():
            return str(value["name"]) if isinstance(value.get("name"), str) else ""
    return str(value)


def _number(value: Decimal, schema: Mapping[str, Any], writing: Writing | None) -> str:
    if writing is Writing.WAN:
        return f"{(value / _WAN).quantize(_FEN, ROUND_HALF_UP).normalize():,f}"
    if writing is Writing.MONEY or schema.get("x-format") == "money":
        return f"{value.quantize(_FEN, ROUND_HALF_UP):,f}"
    whole = value.to_integral_value()
    return f"{whole:f}" if whole == value else f"{value.normalize():f}"


def _said(value: str, schema: Mapping[str, Any], zone: ZoneInfo, *, dated: bool) -> str:
    labels = schema.get("x-labels")
    if isinstance(labels, Mapping) and isinstance(labels.get(value), str):
        return str(labels[value])
    kind = schema.get("format")
    if not (dated or kind in ("date", "date-time") or _DATE.fullmatch(value) or (kind is None and _INSTANT.fullmatch(value))):
        return value
    try:
        if _DATE.fullmatch(value):
            return _day(date.fromisoformat(value))
        moment, _, name = value.partition("@")  # as FEEL writes an instant in a zone that has a name
        at = datetime.fromisoformat(moment)
        at = at.replace(tzinfo=ZoneInfo(name) if name else zone) if at.tzinfo is None else at
        return _day(at.astimezone(zone).date())
    except (ValueError, OSError, KeyError, OverflowError):  # no such day, no such zone
        return value


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
