"""A deadline before it is counted: what the ``deadlines`` table says of its key, in words."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.catalogue.snapshot import Snapshot
from app.decision import dmn
from app.decision.dmn.model import Decision, Rule
from app.domain.deadlines import UNITS
from app.domain.districts import Clause, District
from app.engine.decisions import CLAUSE_COLUMN, DEADLINES

AGREED = "本系统约定"
NOTE_COLUMN = "描述"
_TEXT = re.compile(r'\s*"([^"]*)"\s*')
_NAME = re.compile(r"[A-Za-z_]\w*")
_DAY = re.compile(r"(?:(\d{4})-)?(\d\d)-(\d\d)")


@dataclass(frozen=True, slots=True)
class Limit:
    """``short`` stands under a task; ``lines`` explain; ``counted``: from a start on, which a fixed day is not; ``agreed``: no clause gives it."""

    short: str
    lines: tuple[str, ...]
    clauses: tuple[Clause, ...] = ()
    counted: bool = False
    agreed: bool = False
    rows: tuple[int, ...] = ()  # their numbers in the table

    def since(self, start: str | None) -> str:
        """``short``, with the moment from which it is counted where that is another than the task's own opening."""
        head, _, length = self.short.partition(" ")
        if start is None or not start.startswith("“") or not self.counted or not length:
            return self.short
        moment = start.replace("“", "").replace("”", "")
        return f"自{moment}起限 {length}" if head == "限" else f"{head}自{moment}起 {length}"


def limit(key: str, library: Snapshot, district: District, title: Callable[[str], str | None]) -> Limit | None:
    """What the table says of a key; None if it says nothing. ``title``: what people call a variable."""
    table = _table(library)
    if table is None:
        return None
    rows = [rule for rule in table.rules if rule.cells and key in _TEXT.findall(rule.cells[0])]
    if not rows:
        return None
    lengths = list(dict.fromkeys(_length(table, rule, title) for rule in rows))
    clauses = tuple(dict.fromkeys(clause for rule in rows for clause in _clauses(rule, district)))
    lines = [line for rule in rows for line in _explained(table, rule, title, alone=len(rows) == 1)]
    if not clauses:
        lines.append(f"{AGREED}，办法未规定")
    words = "或 ".join(lengths) if len(lengths) < 3 else f"{lengths[0]}等"
    counted = any(_outputs(table, rule).get("unit") != '"fixed_date"' for rule in rows)
    short = f"{'限' if clauses else AGREED} {words}".replace("限 按", "限期按").replace(f"{AGREED} 按", f"{AGREED}按")
    return Limit(short, tuple(lines), clauses, counted=counted, agreed=not clauses, rows=tuple(rule.number for rule in rows))


def _table(library: Snapshot) -> Decision | None:
    try:
        found = library.decision(DEADLINES)
    except dmn.DmnError:
        return None
    return found.model.decisions.get(DEADLINES) if found else None


def _outputs(table: Decision, rule: Rule) -> dict[str, str]:
    return {column.name: cell.strip() for column, cell in zip(table.outputs, rule.outputs, strict=False)}


def _length(table: Decision, rule: Rule, title: Callable[[str], str | None]) -> str:
    """``5 个工作日``, ``10 月 15 日``, or by whom it is given."""
    given = _outputs(table, rule)
    unit = _TEXT.fullmatch(given.get("unit", ""))
    amount = given.get("amount", "")
    if unit and unit[1] == "fixed_date":
        text = _TEXT.fullmatch(given.get("fixed", ""))
        day = _DAY.fullmatch(text[1]) if text else None
        if day:
            return (f"{int(day[1])} 年 " if day[1] else "") + f"{int(day[2])} 月 {int(day[3])} 日"
        amount = given.get("fixed", "")
    elif unit and amount.isdigit():
        return f"{amount} {UNITS.get(unit[1], '')}".strip()
    called = next((found for name in _NAME.findall(amount) if (found := title(name))), None)
    return f"按“{called}”" if called else "按期限表推算"


def _explained(table: Decision, rule: Rule, title: Callable[[str], str | None], *, alone: bool) -> Iterator[str]:
    when = [
        f"{column.label or column.expression}：{_said(cell)}"
        for column, cell in zip(table.inputs[1:], rule.cells[1:], strict=False)
        if cell.strip() not in ("", "-")
    ]
    head = _length(table, rule, title)
    if not alone and when:
        head += f"（{'，'.join(when)}）"
    if _outputs(table, rule).get("roll") == "true":
        head += "，末日不是工作日的顺延"
    yield head
    note = _noted(rule)
    if note:
        yield note


def _said(cell: str) -> str:
    return {"true": "是", "false": "否", "not(false)": "是或没有说明", "not(true)": "否或没有说明"}.get(cell.strip(), cell.strip())


def _noted(rule: Rule) -> str:
    """The row's remark without the clause ids that it begins with."""
    words = rule.annotations.get(NOTE_COLUMN, "").split(" ")
    while words and re.fullmatch(r"[A-Z]+(-\d+)+[:：]?", words[0]):
        words.pop(0)
    return " ".join(words).strip()


def _clauses(rule: Rule, district: District) -> tuple[Clause, ...]:
    return district.own_clauses(rule.annotations.get(CLAUSE_COLUMN, ""))
