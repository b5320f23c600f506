"""Excel files: placeholders in cells; a row that names a list is repeated for each of its rows, what stands below moves down.

An amount or a number that stands alone in its cell stays a number. Formulas are refused, for a row that is put in would move what they count; values are
written as what they are, so that none becomes a formula.
"""

import copy
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any

from app.domain.templates import Contents, Placeholder, Template, TemplateRefused, Writing, placeholders, repeated
from app.printing import packages
from app.printing.packages import Package

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

_LOST = ("drawings/", "charts/", "media/", "pivottables/", "slicers/", "comments", "threadedcomments", "tables/", "chartsheets/")
_MOST_CELLS = 50_000
_MOST_TEXT = 32_000  # signs that a cell holds
_MONEY = "#,##0.00"


def read(template_id: str, package: Package, source: bytes) -> Template:
    """Raises TemplateRefused."""
    problems = [
        f"里面有图片、图表、批注或表格对象({name}),填写后会丢失,请去掉"
        for name in package.members
        if any(part in name.lower().removeprefix("xl/") for part in _LOST)
    ]
    if problems:
        raise TemplateRefused(problems)
    found: list[Placeholder] = []
    rows: list[tuple[Placeholder, ...]] = []
    for sheet in _opened(source):
        problems += [
            f"工作表“{sheet.title}”的{where}里有占位符,那里不会填写,请移到单元格里" for where, text in _around(sheet) if "{{" in text
        ]
        for row in _rows(sheet):
            inside: list[Placeholder] = []
            for cell in row:
                where = f"工作表“{sheet.title}”的 {cell.coordinate}"
                if cell.data_type == "f":
                    problems.append(f"{where} 是公式,填写时行会移动,公式会算错;合计请写成占位符,由系统给出")
                elif isinstance(cell.value, str):
                    try:
                        inside += [one for _, one in placeholders(cell.value, in_row=True)]
                    except TemplateRefused as error:
                        problems += [f"{where}:{problem}" for problem in error.problems]
            found += inside
            if inside:
                rows.append(tuple(inside))
    return packages.template(template_id, package, ending=".xlsx", source=source, rows=rows, found=found, problems=problems)


def filled(template: Template, contents: Contents) -> bytes:
    """Raises TemplateRefused."""
    sheets = _opened(template.source)
    for sheet in sheets:
        _fill(sheet, contents)
    out = BytesIO()
    sheets[0].parent.save(out)
    package = packages.opened(out.getvalue(), template.ending)
    core = package.trees.get(packages.CORE)
    members = dict(package.members)
    if core is not None:
        members[packages.CORE] = packages.properties(core, contents.stamp.name, contents.stamp.on)
    return packages.packed(members)


def _opened(source: bytes) -> list["Worksheet"]:
    import openpyxl  # here, for it takes a fifth of a second of every start of a command

    try:
        sheets = list(openpyxl.load_workbook(BytesIO(source), keep_links=False).worksheets)
    except Exception as error:  # it raises whatever it comes across
        raise TemplateRefused(["文件不能按 Excel 文件读取,请用 Excel 或 WPS 重新保存"]) from error
    if not sheets:
        raise TemplateRefused(["里面没有工作表"])
    if sum(sheet.max_row * sheet.max_column for sheet in sheets) > _MOST_CELLS:
        raise TemplateRefused([f"单元格超过 {_MOST_CELLS} 个,请删去空行空列"])
    return sheets


def _around(sheet: "Worksheet") -> Iterator[tuple[str, str]]:
    """What stands around the cells: (where, text)."""
    yield "名称", str(sheet.title)
    for where in ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"):
        part = getattr(sheet, where)
        for text in (part.left.text, part.center.text, part.right.text) if part is not None else ():
            yield "页眉页脚", str(text or "")


def _rows(sheet: "Worksheet") -> Iterator[tuple["Cell", ...]]:
    from openpyxl.cell.cell import Cell

    for row in sheet.iter_rows():
        yield tuple(cell for cell in row if isinstance(cell, Cell))  # a merged cell says nothing itself


def _fill(sheet: "Worksheet", contents: Contents) -> None:
    for row in reversed(list(_rows(sheet))):
        named = [one for cell in row if isinstance(cell.value, str) for _, one in placeholders(cell.value)]
        if not named:
            continue
        head = repeated(named, contents.values)
        if head is None:
            for cell in row:
                _put(cell, contents, None)
            continue
        number = row[0].row
        count = max(1, len(contents.values[head]))
        if count * sheet.max_column > _MOST_CELLS:
            raise TemplateRefused([f"“{head}”有 {count} 行,一张工作表放不下"])
        _make_room(sheet, number, count - 1)
        for offset in range(count - 1, -1, -1):
            for cell in row:
                target = sheet.cell(number + offset, cell.column)
                if offset:
                    target.value = cell.value
                _put(target, contents, (head, offset))


def _make_room(sheet: "Worksheet", number: int, more: int) -> None:
    """``more`` rows like row ``number`` below it: looks, heights and merged cells as there; what stood below stands below still."""
    if not more:
        return
    merged = [(area.min_row, area.max_row, area.min_col, area.max_col) for area in sheet.merged_cells.ranges]
    for first, last, left, right in merged:
        if first > number or first == last == number:
            sheet.unmerge_cells(start_row=first, end_row=last, start_column=left, end_column=right)
    heights = {row: sheet.row_dimensions[row].height for row in range(number, sheet.max_row + 1)}
    sheet.insert_rows(number + 1, more)
    for row, height in heights.items():
        sheet.row_dimensions[row + more if row > number else row].height = height
    for offset in range(1, more + 1):
        sheet.row_dimensions[number + offset].height = heights[number]
        for column in range(1, sheet.max_column + 1):
            like, cell = sheet.cell(number, column), sheet.cell(number + offset, column)
            cell._style = copy.copy(like._style)
    for first, last, left, right in merged:
        if first > number:
            sheet.merge_cells(start_row=first + more, end_row=last + more, start_column=left, end_column=right)
        elif first == last == number:
            for row in range(number, number + more + 1):
                sheet.merge_cells(start_row=row, end_row=row, start_column=left, end_column=right)


def _put(cell: "Cell", contents: Contents, row: tuple[str, int] | None) -> None:
    text = cell.value
    if not isinstance(text, str):
        return
    named = list(placeholders(text))
    if not named:
        return
    found, one = named[0]
    value, schema = contents.found(one, row)
    if len(named) == 1 and found[0] == text.strip() and _is_number(value) and one.writing is not Writing.WAN:
        cell.value = value
        if cell.number_format == "General" and (one.writing is Writing.MONEY or schema.get("x-format") == "money"):
            cell.number_format = _MONEY
        return
    parts, at = [], 0
    for found, one in named:
        parts += [text[at : found.start()], contents.text(one, row)]
        at = found.end()
    _say(cell, "".join((*parts, text[at:])))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool | date | datetime)


def _say(cell: "Cell", text: str) -> None:
    """A text, whatever it looks like: what begins with = is no formula."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)[:_MOST_TEXT] or None
    if cell.value is not None:
        cell.data_type = "s"
        cell.quotePrefix = text[:1] in "=+-@"
