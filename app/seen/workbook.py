"""A list as a workbook: numbers as numbers, days as days, and no text that a spreadsheet takes for a formula."""

import io
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from app.seen.register_shapes import RegisterPage, RegisterRow

MONEY, PERCENT, DAY = "#,##0.00", "0.00%", "yyyy-mm-dd"
_LONGEST = 32_000  # characters that a cell holds
_FORBIDDEN = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])
_WIDTHS = (10, 48)
_HEADS = 3  # rows before the first of the list


def written(page: RegisterPage, at: datetime) -> bytes:
    """The content of an xlsx file: a title, when it was made, the columns, the rows, the sums."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("".join(letter for letter in page.title if letter not in r"[]:*?/\'")[:31] or "台账")
    heads = [
        "项目",
        "申报单位",
        *(column.title for column in page.columns if not column.names_project),
        *([] if page.of_projects else ["登记单位", "登记时间"]),
    ]
    for number, title in enumerate(heads, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = (
            40 if number == 1 else min(_WIDTHS[1], max(_WIDTHS[0], 2 * len(title) + 4))
        )
    sheet.freeze_panes = f"A{_HEADS + 1}"
    sheet.append([_cell(sheet, page.title, bold=True)])
    sheet.append([_cell(sheet, f"{at:%Y-%m-%d %H:%M} 导出，共 {page.total} 条" + ("，只含最近的一部分" if page.cut_off else ""))])
    sheet.append([_cell(sheet, title, bold=True) for title in heads])
    for row in page.rows:
        sheet.append(_cells(sheet, page, row))
    if page.totals and page.rows:
        sums: Mapping[str, Any] = page.totals
        shown = [
            _number(sheet, sums[column.name], column.format) if column.name in sums else None
            for column in page.columns
            if not column.names_project
        ]
        sheet.append([_cell(sheet, "合计", bold=True), None, *shown])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cells(sheet: Any, page: RegisterPage, row: RegisterRow) -> list[Any]:
    cells = [_cell(sheet, row.project_name), _cell(sheet, row.applicant_office)]
    for column in page.columns:
        if column.names_project:
            continue
        value = row.values.get(column.name)
        if isinstance(value, Decimal | int) and not isinstance(value, bool):
            cells.append(_number(sheet, value, column.format))
        elif (day := _day(value, column.format)) is not None:
            cells.append(_formatted(sheet, day, DAY))
        else:
            cells.append(_cell(sheet, row.shown[column.name]))
    if not page.of_projects:
        cells += [_cell(sheet, row.office), _cell(sheet, "" if row.at is None else f"{row.at:%Y-%m-%d}")]
    return cells


def _day(value: Any, form: str) -> date | None:
    if not isinstance(value, str) or form != "date":
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _number(sheet: Any, value: Any, form: str) -> Any:
    return _formatted(sheet, value, {"money": MONEY, "percent": PERCENT}.get(form, "General"))


def _formatted(sheet: Any, value: Any, form: str) -> Any:
    cell = WriteOnlyCell(sheet, value=value)
    cell.number_format = form
    return cell


def _cell(sheet: Any, text: str, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value=text.translate(_FORBIDDEN)[:_LONGEST])
    cell.data_type = "s"  # a text that begins with "=" is a text
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if bold:
        cell.font = Font(bold=True)
    return cell
