"""What came of each element of an instance: who, for whom, with what result, by which row."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from app.domain import districts
from app.seen.happenings import Happening
from app.seen.shapes import DecisionView, RuleView, TimelineEntry
from app.seen.visits import visit_views
from tests import brook

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def library() -> Any:
    found = SimpleNamespace(id="route", tenant="brook", version=3)
    return SimpleNamespace(by_key=lambda _kind, key: found if key == 7 else None)


@pytest.fixture(scope="module")
def district() -> districts.District:
    return districts.load(brook.DISTRICTS / "brook.toml")


def _entry(element: str, instance: int = 1, **others: Any) -> TimelineEntry:
    given = {"process": "p", "name": "", "account": "", "person": "", "office": "", "role": "", "outcome": "", "clauses": ()}
    return TimelineEntry(at=NOON, element=element, action=Happening.COMPLETED, instance_key=instance, **{**given, **others})


def _decided(said: str, annotations: dict[str, str]) -> DecisionView:
    return DecisionView(
        key=1,
        decision_id="route",
        name="办理方式",
        version=3,
        definition_key=7,
        at=NOON,
        inputs=(),
        output=None,
        said=said,
        rules=(RuleView(4, "r", {}, annotations),),
    )


def _only(entry: TimelineEntry, library: Any, district: districts.District) -> Any:
    (visit,) = visit_views([entry], 1, library, district)[entry.element]
    return visit


def test_a_task_tells_who_did_it_for_which_office_and_its_outcome(library: Any, district: districts.District) -> None:
    visit = _only(_entry("t", person="王明", office="财政局", role_title="财政", outcome="同意"), library, district)

    assert (visit.person, visit.office, visit.role_title, visit.result) == ("王明", "财政局", "财政", "同意")
    assert (visit.rows, visit.table) == ((), None)


def test_a_decision_names_its_table_and_the_row_with_its_article_and_remark(library: Any, district: districts.District) -> None:
    visit = _only(_entry("d", decision=_decided("年度：2026", {"条款": "BK-13-1", "描述": "逾期催办"})), library, district)

    assert visit.result == "年度：2026"
    assert visit.rows == (f"第 4 行：{district.clauses['BK-13-1'].article}，逾期催办",)
    assert (visit.table.text, visit.table.model.version) == ("办理方式（第 3 版）", 3)


def test_visits_are_told_in_order_and_of_one_instance_only(library: Any, district: districts.District) -> None:
    past = [_entry("t", outcome="退回"), _entry("t", 2, outcome="别的实例"), _entry("t", outcome="同意")]

    assert [visit.result for visit in visit_views(past, 1, library, district)["t"]] == ["退回", "同意"]
