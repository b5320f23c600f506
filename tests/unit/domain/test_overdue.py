"""When the rows of the table ``overdue`` are served, whom they tell, and which rows cannot be used."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.domain.calendars import Calendar
from app.domain.districts import District, DistrictError, RoleInfo, load
from app.domain.overdue import DEFAULT, WORKING, FollowUp, OverdueError, leader_of, read, roles_told, steps, words

ZONE = ZoneInfo("Asia/Shanghai")
# National Day: the 1st to the 7th of October are free, Saturday the 10th is worked.
CALENDAR = Calendar({date(2026, 10, day): False for day in range(1, 8)} | {date(2026, 10, 10): True}, frozenset({2026}), "t")
OPENED = datetime(2026, 9, 4, 9, tzinfo=ZONE)
DUE = datetime(2026, 10, 9, tzinfo=ZONE)  # the 4th of October, rolled to the 8th
REMIND = datetime(2026, 10, 5, tzinfo=ZONE)


def instants(*what: FollowUp, opened: datetime = OPENED, remind: datetime | None = REMIND) -> list[datetime]:
    return [step.at for step in steps(what, DUE, remind, opened_at=opened, calendar=CALENDAR, zone=ZONE)]


def test_reminders_count_from_the_day_that_is_not_rolled_and_lapses_from_the_one_that_is() -> None:
    assert instants(FollowUp(-1)) == [datetime(2026, 10, 4, tzinfo=ZONE)]
    assert instants(FollowUp(0)) == [DUE]
    assert instants(FollowUp(2)) == [datetime(2026, 10, 11, tzinfo=ZONE)]
    assert instants(FollowUp(-1), remind=None) == [datetime(2026, 10, 8, tzinfo=ZONE)]


def test_working_days_are_counted_on_the_calendar() -> None:
    assert instants(FollowUp(-1, WORKING)) == [datetime(2026, 10, 1, tzinfo=ZONE)]
    assert instants(FollowUp(2, WORKING)) == [datetime(2026, 10, 11, tzinfo=ZONE)], "Saturday, the 10th, is worked"


def test_a_reminder_that_had_passed_when_the_task_opened_is_left_out_and_a_lapse_is_not() -> None:
    late = datetime(2026, 10, 10, tzinfo=ZONE)
    assert instants(FollowUp(-3), FollowUp(0), FollowUp(5), opened=late) == [DUE, datetime(2026, 10, 14, tzinfo=ZONE)]


def test_a_deadline_with_a_time_of_day_keeps_it() -> None:
    due = datetime(2026, 9, 30, 17, tzinfo=ZONE)
    found = steps((FollowUp(1, WORKING), FollowUp(-1)), due, None, opened_at=OPENED, calendar=CALENDAR, zone=ZONE)
    assert [step.at for step in found] == [datetime(2026, 9, 29, 17, tzinfo=ZONE), datetime(2026, 10, 8, 17, tzinfo=ZONE)]


def test_rows_are_read_and_without_any_it_is_the_default() -> None:
    assert read("opinion", []) == read("opinion", None) == DEFAULT
    output = [
        {"offset": Decimal(-3), "unit": "working_day", "tell": "doer，finance"},
        {"offset": 0, "tell": ["overseer"], "register": True},
    ]
    assert read("opinion", output, ["a", "b"]) == (
        FollowUp(-3, WORKING, ("doer", "finance"), mark=False, register=False, row="a"),
        FollowUp(0, "natural_day", ("overseer",), mark=True, register=True, row="b"),
    )
    assert read("opinion", {"offset": 1})[0].tell == ()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"offset": "soon"}, "offset"),
        ({"offset": Decimal("1.5")}, "offset"),
        ({"offset": True}, "offset"),
        ({"offset": 36_601}, "offset"),
        ({"unit": "working_day"}, "offset"),
        ({"offset": 0, "unit": "fortnight"}, "unit"),
        ({"offset": 0, "tell": 3}, "tell"),
        ({"offset": 0, "tell": "财政局"}, "tell"),
        ({"offset": 0, "mark": "yes"}, "mark"),
        ({"offset": 0, "register": 1.5}, "register"),
        ("now", "offset、unit"),
    ],
)
def test_a_row_that_cannot_be_used_says_why(row: object, said: str) -> None:
    with pytest.raises(OverdueError, match=said) as refused:
        read("opinion", [row], ["r1"])
    assert (refused.value.code, "r1" in str(refused.value)) == ("OVERDUE_RULE", True)


def test_whom_a_row_means() -> None:
    roles = {
        key: RoleInfo(key, key, leader="joint_leader" if key == "cyberspace" else None)
        for key in ("finance", "finance_leader", "cyberspace", "joint_leader", "data_bureau_leader", "expert")
    }
    district = District("d", "区", ZONE, roles, {})
    assert [leader_of(role, district) for role in ("finance", "cyberspace", "expert", "nobody")] == [
        "finance_leader",
        "joint_leader",
        None,
        None,
    ]
    doers = ("finance", "cyberspace", "expert")
    assert roles_told(("doer", "leader", "overseer", "finance"), doers, district) == (
        "finance", "cyberspace", "expert", "finance_leader", "joint_leader", "data_bureau_leader",
    )  # fmt: skip
    assert roles_told(("leader", "overseer", "doer"), doers, None) == doers


def test_what_people_read() -> None:
    before = datetime(2026, 10, 1, tzinfo=ZONE)
    assert words("审核", "平台", DUE, before, ZONE) == ("将于 2026-10-08 到期:审核", "平台:“审核”应于 2026-10-08 前办结。")
    assert words("审核", "", DUE, DUE, ZONE) == ("已逾期:审核", "“审核”应于 2026-10-08 前办结。")


def test_a_districts_file_names_leaders_and_the_overseer_among_its_roles(tmp_path: Path) -> None:
    text = 'title = "区"\nzone = "Asia/Shanghai"\n{}[roles.expert]\ntitle = "专家"\n{}[roles.chair]\ntitle = "主任"\n'
    file = tmp_path / "d.toml"
    file.write_text(text.format('overseer = "chair"\n', 'leader = "chair"\n'), "utf-8")
    district = load(file)
    assert roles_told(("leader", "overseer"), ("expert",), district) == ("chair",)
    file.write_text(text.format("", ""), "utf-8")
    assert (load(file).overseer, roles_told(("leader", "overseer"), ("expert",), load(file))) == ("data_bureau_leader", ())
    for overseer, leader in (('overseer = "char"\n', ""), ("", 'leader = "char"\n')):
        file.write_text(text.format(overseer, leader), "utf-8")
        with pytest.raises(DistrictError, match="char"):
            load(file)


def test_a_row_may_list_its_days_each_counts_for_itself() -> None:
    found = read("k", [{"offset": [-7, Decimal(-1), 0], "tell": "doer"}], ["r"])
    assert [(one.offset, one.tell, one.row) for one in found] == [(-7, ("doer",), "r"), (-1, ("doer",), "r"), (0, ("doer",), "r")]
    assert read("k", [{"offset": []}], ["r"]) == ()
    for wrong in ([1.5], [None], [[1]], list(range(21))):
        with pytest.raises(OverdueError):
            read("k", [{"offset": wrong}])
