"""Registers and reports as lists: who sees which rows and columns, filters and sums, and the workbook that they become."""

import io
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.domain.permissions import SYSTEM
from app.errors import Forbidden, NotFound
from app.services import registers, trail
from app.services.registers import Filters
from app.store.tables import AuditEntryRow, db
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.declaring import MONEY, begin, complete, deploy, diagram, form, task
from tests.unit.engine import diagrams as d

EVERY = Filters()
FIELDS = {
    "asked": {**MONEY, "title": "申请金额", "x-owner": ["applicant"]},
    "spent": {**MONEY, "title": "已用金额", "x-owner": ["applicant"]},
}
APPLY = form(
    "permit.apply",
    {"scheme": {"type": "string", "x-ledger": True}, "asked": {**MONEY, "x-ledger": True}, "spent": {**MONEY, "x-ledger": True}},
)
PAID = form(
    "records.paid",
    {
        "asked": {**MONEY, "title": "金额（元）"},
        "scheme": {"type": "string", "title": "用途"},
        "secret": {"type": "string", "x-hidden": True},
    },
)


def report(where: str = "=asked != null", **columns: Any) -> tuple[str, bytes]:
    body = {
        "type": "object",
        "additionalProperties": False,
        "description": "花了多少。",
        "x-report": {"of": "project", "where": where},
        "properties": columns
        or {
            "asked": {"type": "number", "title": "申请金额（元）", "x-format": "money", "x-total": True},
            "share": {"type": "number", "title": "比例", "x-format": "percent", "x-value": "=spent / asked"},
        },
    }
    return "forms/hill/report.spending.json", json.dumps({"id": "report.spending", "title": "花费", "schema": body}).encode()


def install(*more: tuple[str, bytes], register: tuple[str, bytes] = PAID) -> None:
    process = diagram(
        d.start(),
        task("apply", role="applicant", form="permit.apply", record="paid"),
        d.end(),
        d.chain("start", "apply", "end"),
    )
    deploy(APPLY, register, process, *(more or (report(),)), fields=FIELDS)


def applied(cast: Cast, **values: Any) -> int:
    key = begin(cast.alice, name=values.pop("name", "教育平台"))
    complete(cast.alice, "apply", **{"scheme": "甲", "asked": Decimal("1000.10"), "spent": Decimal("250.03"), **values})
    return key


def test_a_report_lists_the_projects_that_fit_with_what_is_counted_of_them_and_their_sum(cast: Cast) -> None:
    install()
    first = applied(cast)
    second = applied(cast, name="水利平台", asked=Decimal("0.02"), spent=Decimal("0.01"))
    begin(cast.alice, name="还没有申请")
    page = registers.page(cast.dora, "report.spending", EVERY, NOW)
    assert [(row.project_key, row.project_name, dict(row.shown)) for row in page.rows] == [
        (second, "水利平台", {"asked": "0.02", "share": "50.00%"}),
        (first, "教育平台", {"asked": "1,000.10", "share": "25.00%"}),
    ]
    assert (page.total, page.totals["asked"]) == (2, Decimal("1000.12"))
    assert [row.project_name for row in registers.page(cast.dora, "report.spending", Filters(text="水利"), NOW).rows] == ["水利平台"]
    assert registers.page(cast.dora, "report.spending", Filters(phase="closed"), NOW).rows == []
    assert registers.page(cast.dora, "report.spending", EVERY, NOW, limit=1, offset=1).rows[0].project_key == first


def test_a_register_lists_what_was_entered_by_day_and_hides_what_is_for_programs(cast: Cast) -> None:
    install()
    applied(cast)
    page = registers.page(cast.dora, "paid", EVERY, NOW)
    (row,) = page.rows
    assert (dict(row.shown), row.office, row.at) == ({"asked": "1,000.10", "scheme": "甲"}, "教育局", NOW)
    assert page.totals == {"asked": Decimal("1000.10")}
    today = date(2026, 3, 10)
    for filters, there in (
        (Filters(since=today, until=today), 1),
        (Filters(since=today + timedelta(days=1)), 0),
        (Filters(until=today - timedelta(days=1)), 0),
        (Filters(text="教育局"), 1),
        (Filters(text="100%"), 0),
    ):
        assert registers.page(cast.dora, "paid", filters, NOW).total == there, filters


def test_a_register_whose_form_is_called_by_its_bare_name_is_listed_and_opens(cast: Cast) -> None:
    install(register=form("paid", {"asked": {**MONEY, "title": "金额（元）"}}))
    applied(cast)
    for line in registers.listing(cast.dora):
        assert registers.page(cast.dora, line.kind, EVERY, NOW).total == 1, line.title


def test_whole_amounts_count_in_the_sums_as_others_do(cast: Cast) -> None:
    """A browser sends 1000 and not 1000.00."""
    install()
    applied(cast, asked=1000)
    applied(cast, name="水利平台", asked=Decimal("0.02"))
    for kind in ("paid", "report.spending"):
        assert registers.page(cast.dora, kind, EVERY, NOW).totals["asked"] == Decimal("1000.02"), kind


def test_an_office_sees_its_own_projects_and_no_other_s(cast: Cast) -> None:
    install()
    applied(cast)
    for kind in ("report.spending", "paid"):
        assert registers.page(cast.alice, kind, EVERY, NOW).total == 1
        assert registers.page(cast.bob, kind, EVERY, NOW).total == 0
    assert [line.rows for line in registers.listing(cast.bob)] == [None]
    assert [(line.title, line.rows) for line in registers.listing(cast.dora)] == [("花费", None), ("records.paid", 1)]
    for administrator in (cast.root,):
        with pytest.raises(Forbidden):
            registers.listing(administrator)
        with pytest.raises(Forbidden):
            registers.page(administrator, "paid", EVERY, NOW)
    with pytest.raises(NotFound):
        registers.page(cast.val, "report.spending", EVERY, NOW)
    for nothing in ("project", "records.project", "permit.apply", "report.other", "../paid"):
        with pytest.raises(NotFound):
            registers.page(cast.dora, nothing, EVERY, NOW)


def test_whatever_is_listed_can_be_opened_a_register_whose_form_has_its_bare_name_too(cast: Cast) -> None:
    _, content = form("paid", {"asked": {**MONEY, "title": "金额（元）"}})
    process = diagram(
        d.start(), task("apply", role="applicant", form="permit.apply", record="paid"), d.end(), d.chain("start", "apply", "end")
    )
    deploy(APPLY, ("forms/records/paid.json", content), process, report(), fields=FIELDS)
    with pytest.raises(NotFound):
        registers.page(cast.dora, "permit.apply", EVERY, NOW)
    applied(cast)
    for line in registers.listing(cast.dora):
        assert registers.page(cast.dora, line.kind, EVERY, NOW).total == (line.rows or 0) or line.rows is None
    assert [dict(row.shown) for row in registers.page(cast.dora, "paid", EVERY, NOW).rows] == [{"asked": "1,000.10"}]


def test_an_expression_that_fails_says_so_in_its_cell_and_takes_no_row_out_of_sight(cast: Cast) -> None:
    endless = "sum(for one in 1..100000000 return one)"
    failing = {"type": "number", "title": "比例", "x-format": "percent", "x-total": True, "x-value": f"={endless}"}
    install(report(where=f"={endless} > 1", share=failing, scheme={"type": "string", "title": "用途"}))
    applied(cast)
    page = registers.page(cast.dora, "report.spending", EVERY, NOW)
    (row,) = page.rows
    assert row.shown == {"share": "算不出", "scheme": "甲"}
    assert (page.unknown, page.totals["share"]) == (["比例"], 0)


def test_a_workbook_holds_numbers_as_numbers_and_no_formula_and_its_making_is_audited(cast: Cast) -> None:
    install()
    applied(cast, name="=HYPERLINK(1)", scheme="=1+1")
    name, content = registers.export(cast.dora, "paid", Filters(text="HYPER"), datetime(2026, 3, 10, 2, tzinfo=UTC))
    assert name == "records.paid.xlsx"
    sheet = load_workbook(io.BytesIO(content)).active
    cells = [list(row) for row in sheet.iter_rows()]
    assert [cell.value for cell in cells[2]] == ["项目", "申报单位", "金额（元）", "用途", "登记单位", "登记时间"]
    assert [cell.value for cell in cells[3]] == ["=HYPERLINK(1)", "教育局", 1000.1, "=1+1", "教育局", "2026-03-10"]
    assert {cell.data_type for row in cells for cell in row if cell.value is not None} == {"s", "n"}
    assert (cells[3][2].number_format, cells[4][2].value) == ("#,##0.00", 1000.1)
    (details,) = db.session.execute(select(AuditEntryRow.details).where(AuditEntryRow.action == "register.export")).scalars()
    assert details == {"kind": "paid", "rows": 1, "filters": {"text": "HYPER"}}
    assert trail.verify(SYSTEM).problems == []
