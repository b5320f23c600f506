"""Cron as Spring's CronExpression documents it: its grammar, all fields at once, the nearest weekday; and what happens when the clocks are changed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.engine.cron import CronError, parse

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


def dues(line: str, begin: str, count: int, zone: ZoneInfo = SHANGHAI) -> list[str]:
    """The next due instants after ``begin``, as wall times of ``zone`` with the offset where it is not Shanghai's."""
    now, found = datetime.fromisoformat(begin).replace(tzinfo=zone), []
    for _ in range(count):
        following = parse(line).after(now, zone)
        assert following is not None
        assert following > now
        now = following
        found.append(now.strftime("%Y-%m-%d %H:%M:%S%z").removesuffix("+0800"))
    return found


def days(line: str, begin: str, count: int) -> list[str]:
    return [due.removesuffix(" 09:00:00") for due in dues(line, begin, count)]


# 2026-01-01 is a Thursday, 2026-02-01 a Sunday, 2026-08-01 a Saturday.
@pytest.mark.parametrize(("line", "begin", "wanted"), [
    ("0 0 9 1-7 * MON", "2026-01-01", ["2026-01-05", "2026-02-02", "2026-03-02"]),
    ("0 0 9 13 * FRI", "2026-01-01", ["2026-02-13", "2026-03-13", "2026-11-13"]),
    ("0 9 13 * FRI", "2026-01-01", ["2026-02-13", "2026-03-13", "2026-11-13"]),
    ("0 0 9 L * *", "2026-01-15", ["2026-01-31", "2026-02-28", "2026-03-31"]),
    ("0 0 9 L 2 *", "2026-01-15", ["2026-02-28", "2027-02-28", "2028-02-29"]),
    ("0 0 9 L-3 * *", "2026-01-01", ["2026-01-28", "2026-02-25", "2026-03-28", "2026-04-27"]),
    ("0 0 9 L-30 * *", "2026-01-01T10:00", ["2026-03-01", "2026-05-01"]),
    ("0 0 9 LW * *", "2026-01-01", ["2026-01-30", "2026-02-27", "2026-03-31"]),
    ("0 0 9 LW 5 *", "2026-01-01", ["2026-05-29"]),
    ("0 0 9 1W * *", "2026-01-15", ["2026-02-02", "2026-03-02", "2026-04-01"]),
    ("0 0 9 1W 8 *", "2026-01-15", ["2026-08-03"]),
    ("0 0 9 15W * *", "2026-01-01", ["2026-01-15", "2026-02-16", "2026-03-16"]),
    ("0 0 9 15W 8 *", "2026-01-01", ["2026-08-14"]),
    ("0 0 9 31W 5,6 *", "2026-01-01", ["2026-06-01", "2027-05-31"]),
    ("0 0 9 * * FRIL", "2026-01-01", ["2026-01-30", "2026-02-27", "2026-03-27"]),
    ("0 0 9 ? * 5L", "2026-01-01", ["2026-01-30", "2026-02-27"]),
    ("0 0 9 ? * 7L", "2026-01-01", ["2026-01-25", "2026-02-22"]),
    ("0 0 9 ? * MON#1", "2026-01-01", ["2026-01-05", "2026-02-02"]),
    ("0 0 9 ? * 5#2", "2026-01-01", ["2026-01-09", "2026-02-13"]),
    ("0 0 9 ? * THU#5", "2026-01-01", ["2026-01-29", "2026-04-30", "2026-07-30"]),
    ("0 0 9 * * 0", "2026-01-01", ["2026-01-04", "2026-01-11"]),
    ("0 0 9 * * 7", "2026-01-01", ["2026-01-04", "2026-01-11"]),
    ("0 0 9 * * SAT-SUN", "2026-01-01", ["2026-01-03", "2026-01-04", "2026-01-10"]),
    ("0 0 9 * * SUN-MON", "2026-01-01", ["2026-01-04", "2026-01-05", "2026-01-11"]),
    ("0 0 9 * * 7-2", "2026-01-01", ["2026-01-04", "2026-01-05", "2026-01-06", "2026-01-11"]),
    ("0 0 9 * * */2", "2026-01-01", ["2026-01-02", "2026-01-04", "2026-01-05", "2026-01-07"]),
    ("0 0 9 * * mon,Wed", "2026-01-01", ["2026-01-05", "2026-01-07"]),
    ("0 0 9 1,15W,L * ?", "2026-01-02", ["2026-01-15", "2026-01-31", "2026-02-01", "2026-02-16"]),
    ("0 0 9 1-7/3 FEB *", "2026-01-01", ["2026-02-01", "2026-02-04", "2026-02-07"]),
    ("0 0 9 1 JAN/3 *", "2026-01-01T10:00", ["2026-04-01", "2026-07-01"]),
    ("0 0 9 29 2 *", "2026-01-01", ["2028-02-29", "2032-02-29"]),
    ("0 0 9 31 * *", "2026-02-01", ["2026-03-31", "2026-05-31"]),
])  # fmt: skip
def test_days(line, begin, wanted):
    assert days(line, begin, len(wanted)) == wanted


@pytest.mark.parametrize(("line", "wanted"), [
    ("0 0 * * * *", ["2026-01-01 09:00:00", "2026-01-01 10:00:00"]),
    ("*/10 * * * * *", ["2026-01-01 08:17:40", "2026-01-01 08:17:50", "2026-01-01 08:18:00"]),
    ("0 0/30 8-10 * * *", ["2026-01-01 08:30:00", "2026-01-01 09:00:00", "2026-01-01 09:30:00"]),
    ("0 0 6,19 * * *", ["2026-01-01 19:00:00", "2026-01-02 06:00:00"]),
    ("5 10-12 9 * * *", ["2026-01-01 09:10:05", "2026-01-01 09:11:05", "2026-01-01 09:12:05", "2026-01-02 09:10:05"]),
    ("@hourly", ["2026-01-01 09:00:00"]),
    ("@Daily", ["2026-01-02 00:00:00"]),
    ("@midnight", ["2026-01-02 00:00:00"]),
    ("@weekly", ["2026-01-04 00:00:00"]),
    ("@monthly", ["2026-02-01 00:00:00"]),
    ("@yearly", ["2027-01-01 00:00:00"]),
    ("@annually", ["2027-01-01 00:00:00"]),
    ("  0   0  9   *  *  * ", ["2026-01-01 09:00:00"]),
])  # fmt: skip
def test_times(line, wanted):
    assert dues(line, "2026-01-01T08:17:31.5", len(wanted)) == wanted


@pytest.mark.parametrize(("line", "says"), [
    ("0 0 9 * *  * 2026", "七段"), ("0 9 * *", "4 段"), ("every day", "2 段"), ("@fortnightly", "@fortnightly"), ("60 0 9 * * *", "秒"), ("0 60 9 * * *", "分"),
    ("0 0 24 * * *", "时"), ("0 0 9 0 * *", "日"), ("0 0 9 32 * *", "日"), ("0 0 9 * 13 *", "月"), ("0 0 9 * * 8", "星期"), ("0 0 9 1,,2 * *", "空项"),
    ("0 0 9 5-1 * *", "倒着"), ("0 0 9 * * FRI-MON", "倒着"), ("*/0 * * * * *", "步长"), ("? 0 9 * * *", "秒"), ("0 0 9 L3 * *", "L-3"), ("0 0 9 L-31 * *", "L-30"),
    ("0 0 9 L-0 * *", "L-1"), ("0 0 9 W * *", "15W"), ("0 0 9 32W * *", "日"), ("0 0 9 1-5W * *", "15W"), ("0 0 9 * * L", "FRIL"), ("0 0 9 * * MON#6", "#5"),
    ("0 0 9 * * MON#0", "#1"), ("0 0 9 * * #1", "FRIL"), ("0 0 9 * * FREL", "读不懂"), ("0 0 9 1 JANUARY *", "JANUARY"), ("0 0 9 * * MONDAY", "MONDAY"), ("0 0 9 JAN * *", "日"),
    ("0 0 9 -1 * *", "日"), ("0 0 9 1.5 * *", "日"), ("0 0 9 ２ * *", "日"), ("0 0 9 */2-5 * *", "日"), ("0 0 9 31 2 *", "永远不会"), ("0 0 9 31 APR,JUN *", "永远不会"),
    ("0 0 9 8-31 * MON#1", "永远不会"), ("0 0 9 1 * FRIL", "永远不会"),
])  # fmt: skip
def test_what_is_no_cron_line_is_refused_with_the_part_that_is_wrong(line, says):
    with pytest.raises(CronError, match=says):
        parse(line)


def test_a_day_that_comes_once_in_forty_years_is_found():
    assert dues("0 0 0 29 2 MON", "2073-01-01", 1) == ["2112-02-29 00:00:00"]


def test_no_further_instant_before_the_calendar_ends():
    assert parse("@yearly").after(datetime(9999, 5, 1, tzinfo=UTC), SHANGHAI) is None


# Berlin: on 2026-03-29 02:00 becomes 03:00, on 2026-10-25 03:00 becomes 02:00.
@pytest.mark.parametrize(("line", "begin", "wanted"), [
    ("0 30 2 * * *", "2026-03-28T12:00", ["2026-03-29 03:30:00+0200", "2026-03-30 02:30:00+0200"]),
    ("0 0,30 2,3 * * *", "2026-03-28T12:00", ["2026-03-29 03:00:00+0200", "2026-03-29 03:30:00+0200", "2026-03-30 02:00:00+0200"]),
    ("0 */20 * * * *", "2026-03-29T01:30", ["2026-03-29 01:40:00+0100", "2026-03-29 03:00:00+0200", "2026-03-29 03:20:00+0200"]),
    ("0 30 2 * * *", "2026-10-24T12:00", ["2026-10-25 02:30:00+0200", "2026-10-26 02:30:00+0100"]),
    ("0 */20 2-3 * * *", "2026-10-25T02:15", ["2026-10-25 02:20:00+0200", "2026-10-25 02:40:00+0200", "2026-10-25 03:00:00+0100"]),
])  # fmt: skip
def test_a_skipped_wall_time_is_due_later_and_a_repeated_one_once(line, begin, wanted):
    assert dues(line, begin, len(wanted), BERLIN) == wanted


def test_a_skipped_wall_time_is_still_ahead_just_after_the_change():
    just_after = datetime.fromisoformat("2026-03-29T03:10:00+02:00")
    assert parse("0 30 2 * * *").after(just_after, BERLIN) == datetime.fromisoformat("2026-03-29T03:30:00+02:00")


def test_every_due_instant_is_one_whose_day_and_clock_match():
    line = parse("0 15,45 9-17 1-7,L-2,20W MAR-JUN MON-WED,FRIL")
    now = datetime(2026, 1, 1, tzinfo=SHANGHAI)
    for _ in range(300):
        found = line.after(now, SHANGHAI)
        assert found is not None
        assert line.is_due_on(found.date())
        assert (found.minute in (15, 45), found.second, 9 <= found.hour <= 17) == (True, 0, True)
        between = (now.date() + timedelta(days=number) for number in range(1, (found.date() - now.date()).days))
        assert not any(line.is_due_on(day) for day in between)
        now = found
