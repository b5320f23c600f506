"""What is said of a report's file before it is published."""

from collections.abc import Mapping
from typing import Any

import pytest

from app.domain.forms import Form
from app.rehearsal import reports
from app.rehearsal.surroundings import Stock


def form(id: str, said: Any, columns: Mapping[str, Any], **schema: Any) -> Form:
    body = {"type": "object", "additionalProperties": False, "properties": dict(columns), **schema}
    return Form(id, id, body if said is None else {**body, "x-report": said})


LEDGER = form("records.project", None, {"paidAmount": {"type": "number", "title": "已付", "x-owner": ["applicant"]}})
PAYMENT = form("records.payment", None, {"amount": {"type": "number", "title": "金额"}})
STOCK = Stock({("<default>", "form", one.id): (lambda one=one: one) for one in (LEDGER, PAYMENT)})


def told(found: Form) -> list[str]:
    return [finding.message for finding in reports.check("r.json", found, STOCK.around("<default>", ""))]


def test_a_report_of_what_there_is_says_nothing() -> None:
    assert (
        told(form("report.a", {"of": "project", "where": "=paidAmount > 0"}, {"paidAmount": {}, "twice": {"x-value": "=paidAmount * 2"}}))
        == []
    )
    assert (
        told(
            form("report.b", {"of": "payment"}, {"amount": {}, "of": {"x-value": "=project.paidAmount"}, "on": {"x-value": "=string(at)"}})
        )
        == []
    )
    assert told(PAYMENT) == []


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (form("payments", {"of": "project"}, {}), "标识应以 report. 开头"),
        (form("report.a", None, {}), "应写 x-report"),
        (form("report.a", {"of": "paymnet"}, {}), "没有“paymnet”"),
        (form("report.a", {"of": "project", "where": "=paidAmount >"}, {}), "“where”的表达式不能用"),
        (form("report.a", {"of": "project", "where": "=paydAmount > 0"}, {}), "没有的字段 paydAmount"),
        (form("report.a", {"of": "project"}, {"payd": {}}), "列“payd”既没有写 x-value"),
        (form("report.a", {"of": "payment"}, {"x": {"x-value": "=paidAmount"}}), "没有的字段 paidAmount"),
    ],
)
def test_what_is_wrong_with_it_is_told(found: Form, says: str) -> None:
    (message,) = told(found)
    assert says in message
