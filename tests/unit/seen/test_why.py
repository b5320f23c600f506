"""Why a task came, in words: the step that a person did on its own branch, and what the system did in between."""

from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain.districts import District
from app.seen import timeline
from app.seen.leading import Lead
from app.seen.shapes import ClauseView

NOW = datetime(2026, 3, 10, 1, tzinfo=UTC)
HILL = District("hill", "山丘区", ZoneInfo("Asia/Shanghai"), {}, {}, {"short_title": "山丘办法"})
CLAUSE = ClauseView("YH-2-1", "第二条", "申请应当审查")


@dataclass(frozen=True)
class Row:
    process_name: str = "许可"
    returned_at: datetime | None = None
    returned_from: str = ""
    returned_by_office: str = ""
    returned_by_name: str = ""


BY_HAND = SimpleNamespace(name="填报申请", completed_office="教育局", completed_name="艾丽")
JUDGED = SimpleNamespace(name="核对材料")


def said(monkeypatch: pytest.MonkeyPatch, row: Row, *clauses: ClauseView, hand: Any = None, via: Any = None) -> str:
    monkeypatch.setattr(timeline, "lead", lambda _: Lead(hand, via))
    nameless = SimpleNamespace(elements={})
    monkeypatch.setattr(timeline.snapshot, "process_definition", lambda _: nameless)
    for visit in (BY_HAND, JUDGED):
        visit.definition_key, visit.element_id = 1, "any"
    return timeline.why(row, clauses, HILL)


@pytest.mark.parametrize(
    ("hand", "via", "expected"),
    [
        (None, None, "“许可”开始办理。"),
        (None, JUDGED, "“核对材料”之后转到此处。"),
        (BY_HAND, None, "“填报申请”由教育局艾丽办结后转到此处。"),
        (BY_HAND, JUDGED, "“填报申请”由教育局艾丽办结,经“核对材料”转到此处。"),
    ],
)
def test_it_says_what_came_before(monkeypatch: pytest.MonkeyPatch, hand: Any, via: Any, expected: str) -> None:
    assert said(monkeypatch, Row(), hand=hand, via=via) == expected


def test_what_was_returned_says_by_whom(monkeypatch: pytest.MonkeyPatch) -> None:
    row = Row(returned_at=NOW, returned_from="审核", returned_by_office="财政局", returned_by_name="冯财")
    assert said(monkeypatch, row, hand=BY_HAND, via=JUDGED) == "“审核”由财政局冯财退回后转到此处。"


def test_it_cites_the_districts_clause(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(monkeypatch, Row(), CLAUSE, hand=BY_HAND).endswith("。依据山丘办法第二条:申请应当审查。")
