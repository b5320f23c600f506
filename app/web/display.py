"""How values look to people: amounts, days, deadlines, states. Registered as template filters."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import simplejson
from flask import Flask

from app.domain.deadlines import passed
from app.domain.districts import ZONE
from app.domain.documents import is_reference
from app.domain.fact_values import OFFICE
from app.domain.states import SUSPENDED, DefinitionKind, DeploymentSource, ElementState, InstanceState, JobState, TaskState
from app.seen import values
from app.seen.happenings import Happening
from app.seen.shapes import ClauseView, LateView, TaskLine, TimelineEntry

SOON = 3  # days before a last day on which it is marked
NOTHING = "—"
_INSTANT = timedelta(microseconds=1)
_INSTANT_TEXT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?([+-]\d\d:\d\d|Z)$")
_SHORT = 80

STATES = {
    InstanceState.ACTIVE: "进行中",
    InstanceState.COMPLETED: "已完成",
    InstanceState.CANCELLED: "已取消",
    SUSPENDED: "已挂起",
    ElementState.TERMINATED: "已终止",
    TaskState.OPEN: "待处理",
    JobState.FAILED: "失败",
    JobState.ERROR: "出错",
    "created": "待处理",
}
KINDS = {
    DefinitionKind.PROCESS: "流程",
    DefinitionKind.DECISION: "决策表",
    DefinitionKind.LIBRARY: "决策库",
    DefinitionKind.FORM: "表单",
    DefinitionKind.TEMPLATE: "打印模板",
    DefinitionKind.SCENARIO: "场景",
}
SOURCES = {DeploymentSource.FILES: "随版本发布", DeploymentSource.UPLOAD: "网页上传", DeploymentSource.CLI: "命令行"}
TOLD = frozenset(
    {Happening.COMPLETED, Happening.STANDING, Happening.RETURNED, Happening.PHASE, Happening.OVERDUE}
)  # what a timeline tells at once; the rest is folded up


class Stretch(NamedTuple):
    """A part of a timeline: one entry that is told, or the steps that the system took between two of them."""

    told: TimelineEntry | None
    folded: list[TimelineEntry]


class Mark(NamedTuple):
    """A status: its word and its colour (a class of styles/lists.css)."""

    text: str
    look: str


def money(value: Decimal | int | None) -> str:
    """4,000,000.00; the unit stands in the heading."""
    return NOTHING if value is None else f"{value:,.2f}"


def day(value: datetime | date | None) -> str:
    """2026-10-15, in the district's zone."""
    if value is None:
        return NOTHING
    return (value.astimezone(ZONE) if isinstance(value, datetime) else value).strftime("%Y-%m-%d")


def instant(value: datetime | None) -> str:
    """2026-10-15 09:30, in the district's zone."""
    return NOTHING if value is None else value.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")


def last_day(due_at: datetime | None) -> str:
    """The last day of a deadline whose due instant is the midnight after it."""
    return NOTHING if due_at is None else day(due_at - _INSTANT)


def remaining(line: TaskLine) -> Mark:
    """How long there is still: 剩余 3 天, 今天到期, 逾期 2 天."""
    if line.due_at is None:
        return Mark("无期限", "")
    days = line.days_left or 0
    if line.overdue:
        return Mark(_late(days), "late")
    if days == 0:
        return Mark("今天到期", "soon")
    return Mark(f"剩余 {days} 天", "soon" if days <= SOON else "calm")


def _late(days_left: int) -> str:
    return f"逾期 {max(1, -days_left)} 天"


def stretches(entries: Sequence[TimelineEntry]) -> list[Stretch]:
    """A timeline with the system's own steps folded up between those of people."""
    parts: list[Stretch] = []
    for entry in entries:
        if entry.action in TOLD:
            parts.append(Stretch(entry, []))
        elif parts and parts[-1].told is None:
            parts[-1].folded.append(entry)
        else:
            parts.append(Stretch(None, [entry]))
    return parts


def articles(clauses: Sequence[ClauseView]) -> dict[str, str]:
    """Article → its clauses in full: one mark an article, however many of its clauses apply."""
    found: dict[str, list[str]] = {}
    for clause in clauses:
        found.setdefault(clause.article.split(" ")[0], []).append(f"{clause.article}：{clause.paraphrase}（{clause.id}）")
    return {article: "\n".join(texts) for article, texts in found.items()}


def state(word: str) -> str:
    return STATES.get(word, word)


def value(thing: Any) -> str:
    """Any value of the ledger or of a decision, as people read it."""
    match thing:
        case None | "":
            return NOTHING
        case bool():
            return "是" if thing else "否"
        case Decimal() | int():
            return values.number(thing)
        case str() if _INSTANT_TEXT.match(thing):
            return instant(datetime.fromisoformat(thing))
        case Mapping() if thing.keys() == OFFICE:
            return value(thing["name"])
        case Mapping() if is_reference(thing):
            return values.document(thing)
        case Mapping():
            return "；".join(f"{name}：{value(part)}" for name, part in thing.items()) or NOTHING
        case list() if any(isinstance(item, Mapping) for item in thing):  # a table: its rows
            return "；".join(" ".join(value(part) for part in row.values()) if isinstance(row, Mapping) else value(row) for row in thing)
        case list():
            return "、".join(map(value, thing)) or NOTHING
        case datetime():
            return instant(thing)
        case date():
            return day(thing)
        case _:
            return str(thing)


def as_json(thing: Any) -> str:
    """Any variable as indented JSON, for administrators."""
    line: str = simplejson.dumps(thing, use_decimal=True, ensure_ascii=False, default=str)
    indented: str = simplejson.dumps(thing, use_decimal=True, ensure_ascii=False, indent=2, default=str)
    return line if len(line) <= _SHORT else indented


def lateness(view: LateView) -> str:
    """How late an element is, or which deadline at its edge has lapsed."""
    return (view.deadline or "期限已过") if view.days_left is None else _late(view.days_left)


def attach(app: Flask) -> None:
    filters = {
        "money": money,
        "day": day,
        "instant": instant,
        "last_day": last_day,
        "remaining": remaining,
        "state": state,
        "value": value,
        "as_json": as_json,
        "stretches": stretches,
        "articles": articles,
    }
    app.jinja_env.filters.update(filters)
    app.jinja_env.tests["passed"] = passed
    app.jinja_env.globals.update(KINDS=KINDS, SOURCES=SOURCES)
    app.jinja_env.policies["json.dumps_kwargs"] = {}  # a form's fields stay in the order of its file
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
