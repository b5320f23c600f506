"""What came of an element, in words: titles of the table's columns, years as years, no codes."""

from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from app.decision import dmn
from app.domain import districts
from app.seen import values
from app.seen.happenings import Happening
from app.seen.shapes import DecisionView, RuleView, TimelineEntry
from app.seen.visits import visit_views
from tests import brook

TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d"><decision id="route" name="办理方式">
<decisionTable hitPolicy="FIRST"><input id="i"><inputExpression id="e"><text>1</text></inputExpression></input>
<output id="a" name="way" label="方式" /><output id="b" name="year" label="年度" /><output id="c" name="amount" label="金额" />
<output id="f" name="needed" label="须评审" /><output id="g" name="hidden" />
<rule id="r"><inputEntry id="x"><text>-</text></inputEntry><outputEntry id="y1"><text>null</text></outputEntry>
<outputEntry id="y2"><text>null</text></outputEntry><outputEntry id="y3"><text>null</text></outputEntry>
<outputEntry id="y4"><text>null</text></outputEntry><outputEntry id="y5"><text>null</text></outputEntry></rule></decisionTable></decision></definitions>"""
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def library() -> Any:
    model = dmn.parse(TABLE.encode())
    found = SimpleNamespace(id="route", tenant="brook", version=3)
    return SimpleNamespace(
        decision=lambda name: SimpleNamespace(model=model) if name == "route" else None,
        by_key=lambda _kind, key: found if key == 7 else None,
    )


@pytest.fixture(scope="module")
def district() -> districts.District:
    return districts.load(brook.DISTRICTS / "brook.toml")


def _entry(element: str, instance: int = 1, **others: Any) -> TimelineEntry:
    given = {"process": "p", "name": "", "account": "", "person": "", "office": "", "role": "", "outcome": "", "clauses": ()}
    return TimelineEntry(at=NOON, element=element, action=Happening.COMPLETED, instance_key=instance, **{**given, **others})


def _decided(output: Any, annotations: dict[str, str] | None = None) -> DecisionView:
    return DecisionView(
        key=1,
        decision_id="route",
        name="办理方式",
        version=3,
        definition_key=7,
        at=NOON,
        inputs=(),
        output=output,
        rules=(RuleView(4, "r", {}, annotations or {}),),
    )


def _only(entry: TimelineEntry, library: Any, district: districts.District) -> Any:
    (visit,) = visit_views([entry], 1, library, district)[entry.element]
    return visit


def test_a_task_tells_who_did_it_for_which_office_and_its_outcome(library: Any, district: districts.District) -> None:
    visit = _only(_entry("t", person="王明", office="财政局", role_title="财政", outcome="同意"), library, district)

    assert (visit.person, visit.office, visit.role_title, visit.result) == ("王明", "财政局", "财政", "同意")
    assert (visit.rows, visit.table) == ((), None)


def test_a_decision_tells_its_columns_by_their_titles_and_leaves_codes_out(library: Any, district: districts.District) -> None:
    output = {"way": "公开招标", "year": 2026, "amount": Decimal("1200000.5"), "needed": False, "hidden": "不说"}

    assert (
        _only(_entry("d", decision=_decided(output)), library, district).result
        == "方式：公开招标；年度：2026；金额：1,200,000.5；须评审：否"
    )
    assert _only(_entry("d", decision=_decided({"way": "OPEN_TENDER", "year": None})), library, district).result == ""


def test_a_decision_names_its_table_and_the_row_with_its_article_and_remark(library: Any, district: districts.District) -> None:
    visit = _only(_entry("d", decision=_decided(True, {"条款": "BK-13-1", "描述": "逾期催办"})), library, district)

    assert visit.result == "是"
    assert visit.rows == (f"第 4 行：{district.clauses['BK-13-1'].article}，逾期催办",)
    assert (visit.table.text, visit.table.model.version) == ("办理方式（第 3 版）", 3)


def test_visits_are_told_in_order_and_of_one_instance_only(library: Any, district: districts.District) -> None:
    past = [_entry("t", outcome="退回"), _entry("t", 2, outcome="别的实例"), _entry("t", outcome="同意")]

    assert [visit.result for visit in visit_views(past, 1, library, district)["t"]] == ["退回", "同意"]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (2026, "2026"),
        (Decimal(2026), "2026"),
        (9999, "9999"),
        (10000, "10,000"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1234.50"), "1,234.50"),
        (-12345, "-12,345"),
        (0, "0"),
    ],
)
def test_years_and_days_are_said_plainly_and_amounts_in_groups(number: Decimal | int, said: str) -> None:
    assert values.number(number) == said
