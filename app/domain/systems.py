"""Existing systems as a table's rows name them, before there is a register: which columns there are, and what is wrong with a row.

Source: requirements SC-2-4 (what is built and being built has its row too), N26 (the least that a row must say).
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

NUMBER, NAME, OWNER, LIFECYCLE, CATEGORY, BUILT_ON, NOTE = "系统编号", "系统名称", "使用单位", "状态", "类别", "建成日期", "备注"
COLUMNS = (NUMBER, NAME, OWNER, LIFECYCLE, CATEGORY, BUILT_ON, NOTE)
REQUIRED = (NUMBER, NAME, OWNER, LIFECYCLE)
BUILT, BUILDING = "已建", "在建"
LONGEST = {NUMBER: 60, NAME: 199, CATEGORY: 60, NOTE: 1000}
_NUMBER = re.compile(r"[0-9A-Za-z\u4e00-\u9fff][0-9A-Za-z\u4e00-\u9fff._〔〕（）()/-]*")
_OF_A_PROJECT = re.compile(r"P[0-9]+", re.IGNORECASE)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with a row of the table, as the sheet counts them; column empty: with the whole row or file."""

    row: int
    column: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemLine:
    """One existing system that may be entered. ``owner``: key and name of an office."""

    row: int
    number: str
    name: str
    owner: tuple[int, str]
    lifecycle: str
    category: str | None
    built_on: date | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRegister:
    """What a row is checked against. ``offices``: name → key of those that may own a system; ``closed``: offices that are there and may not;
    ``entered``: number → lifecycle of the rows that the register has."""

    offices: Mapping[str, int]
    closed: Collection[str]
    entered: Mapping[str, str]
    today: date


def header_faults(header: Sequence[Any]) -> Iterator[RowFault]:
    names = [_text(cell) for cell in header]
    for name in COLUMNS:
        if names.count(name) > 1:
            yield RowFault(1, name, f"有 {names.count(name)} 个“{name}”列,只能有一个")
        elif name not in names and name in REQUIRED:
            yield RowFault(1, name, f"缺少“{name}”列")
    for name in names:
        if name and name not in COLUMNS:
            yield RowFault(1, name, f"不认识“{name}”列,可以有:{'、'.join(COLUMNS)}")


def checked(rows: Sequence[tuple[int, Mapping[str, Any]]], known: KnownRegister) -> tuple[list[SystemLine], list[RowFault]]:
    """The lines that may be entered, and every fault of the others, in the order of the sheet."""
    lines: list[SystemLine] = []
    faults: list[RowFault] = []
    first: dict[str, int] = {}
    for row, cells in rows:
        found = list(_row_faults(row, cells, known))
        number = _text(cells.get(NUMBER))
        if number and number in first:
            found.append(RowFault(row, NUMBER, f"系统编号“{number}”与第 {first[number]} 行重复"))
        elif number:
            first[number] = row
        faults += found
        if not found:
            owner = _text(cells.get(OWNER))
            lines.append(
                SystemLine(
                    row=row,
                    number=number,
                    name=_text(cells.get(NAME)),
                    owner=(known.offices[owner], owner),
                    lifecycle=_text(cells.get(LIFECYCLE)),
                    category=_text(cells.get(CATEGORY)) or None,
                    built_on=_date(cells.get(BUILT_ON)),
                    note=_text(cells.get(NOTE)) or None,
                )
            )
    return lines, faults


def _row_faults(row: int, cells: Mapping[str, Any], known: KnownRegister) -> Iterator[RowFault]:
    for name in REQUIRED:
        if not _text(cells.get(name)):
            yield RowFault(row, name, f"“{name}”没有填写")
    for name, most in LONGEST.items():
        if len(_text(cells.get(name))) > most:
            yield RowFault(row, name, f"“{name}”超过 {most} 个字")
    yield from _number_faults(row, _text(cells.get(NUMBER)), known)
    owner = _text(cells.get(OWNER))
    if owner and owner not in known.offices:
        why = "已撤销或不能作为申报单位" if owner in known.closed else "不在登记的单位里"
        yield RowFault(row, OWNER, f"使用单位“{owner}”{why};请写登记的全称")
    lifecycle = _text(cells.get(LIFECYCLE))
    if lifecycle and lifecycle not in (BUILT, BUILDING):
        yield RowFault(row, LIFECYCLE, f"状态应为“{BUILT}”或“{BUILDING}”,不是“{lifecycle}”;计划建设的由申报登记")
    yield from _date_faults(row, cells.get(BUILT_ON), lifecycle, known.today)


def _number_faults(row: int, number: str, known: KnownRegister) -> Iterator[RowFault]:
    if not number:
        return
    if not _NUMBER.fullmatch(number):
        yield RowFault(row, NUMBER, f"系统编号“{number}”只能用文字、数字和 . _ - / 括号")
    elif _OF_A_PROJECT.fullmatch(number):
        yield RowFault(row, NUMBER, f"“{number}”这样的编号属于项目的系统,由流程登记,不能导入")
    before = known.entered.get(number)
    if before is not None and before != BUILDING:
        yield RowFault(row, NUMBER, f"系统编号“{number}”已经登记({before}),不能再次导入")


def _date_faults(row: int, given: Any, lifecycle: str, today: date) -> Iterator[RowFault]:
    if given is None or not _text(given):
        if lifecycle == BUILT:
            yield RowFault(row, BUILT_ON, "已建的系统须填写建成日期")
        return
    day = _date(given)
    if day is None:
        yield RowFault(row, BUILT_ON, f"建成日期“{_text(given)}”不是日期,应写作 2023-06-30")
    elif day > today:
        yield RowFault(row, BUILT_ON, f"建成日期 {day.isoformat()} 晚于今天")
    elif lifecycle == BUILDING:
        yield RowFault(row, BUILT_ON, "在建的系统没有建成日期")


def _text(cell: Any) -> str:
    """A cell as one reads it; a whole number that a spreadsheet keeps as a fraction is whole."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, datetime):
        cell = cell.date()
    return " ".join("".join(sign if sign.isprintable() else " " for sign in str(cell)).split())


def _date(cell: Any) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = _text(cell)
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
