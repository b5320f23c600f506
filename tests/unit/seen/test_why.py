"""Why a task came: what was done before it, by whom, and what the system did in between."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain.districts import District
from app.seen.happenings import Happening
from app.seen.shapes import ClauseView, TimelineEntry
from app.seen.timeline import why

NOW = datetime(2026, 3, 10, 1, tzinfo=UTC)
HILL = District("hill", "山丘区", ZoneInfo("Asia/Shanghai"), {}, {}, {"short_title": "山丘办法"})
CLAUSE = ClauseView("YH-2-1", "第二条", "申请应当审查")


@dataclass(frozen=True)
class Row:
    process_name: str = "许可"
    opened_at: datetime = NOW


def entry(name: str, action: Happening, minutes: int, person: str = "") -> TimelineEntry:
    office = "教育局" if person else ""
    return TimelineEntry(NOW + timedelta(minutes=minutes), "permit", name, name, "", person, office, "", action, "", ())


BY_HAND = entry("填报申请", Happening.COMPLETED, -10, "艾丽")
JUDGED = entry("核对材料", Happening.DECIDED, -5)


@pytest.mark.parametrize(
    ("past", "said"),
    [
        ([], "“许可”开始办理。"),
        ([JUDGED], "“核对材料”之后转到此处。"),
        ([BY_HAND], "“填报申请”由教育局艾丽办结后转到此处。"),
        ([BY_HAND, JUDGED], "“填报申请”由教育局艾丽办结,经“核对材料”转到此处。"),
        ([BY_HAND, entry("之后的事", Happening.COMPLETED, 1, "鲍勃")], "“填报申请”由教育局艾丽办结后转到此处。"),
        ([entry("已声明", Happening.PHASE, -1)], "“许可”开始办理。"),
    ],
)
def test_it_says_what_came_before(past: list[TimelineEntry], said: str) -> None:
    assert why(Row(), [], past, HILL) == said


def test_it_cites_the_districts_clause() -> None:
    assert why(Row(), [CLAUSE], [BY_HAND], HILL).endswith("。依据山丘办法第二条:申请应当审查。")
