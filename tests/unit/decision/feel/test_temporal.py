"""Dates, times and durations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone, tzinfo

import pytest

Text = Callable[..., str]


class _Foreign(tzinfo):
    """A zone class of another library."""

    def utcoffset(self, moment: datetime | None) -> timedelta:
        return timedelta(hours=8)

    def dst(self, moment: datetime | None) -> timedelta:
        return timedelta(0)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # months clamp
        ('@"2026-01-31" + @"P1M"', '@"2026-02-28"'),
        ('@"2024-02-29" + @"P1Y"', '@"2025-02-28"'),
        ('@"2026-03-31" - @"P1M"', '@"2026-02-28"'),
        ('@"P1M" + @"2026-01-31"', '@"2026-02-28"'),
        ('@"2026-01-31T23:00:00@Asia/Shanghai" + @"P1M"', '@"2026-02-28T23:00:00@Asia/Shanghai"'),
        # days and time
        ('@"2026-03-10" + @"P1D"', '@"2026-03-11"'),
        ('@"2026-03-10" + @"PT25H"', '@"2026-03-11"'),
        ('@"2026-03-10" - @"PT1H"', '@"2026-03-09"'),
        ('@"23:30:00" + @"PT1H"', '@"00:30:00"'),
        ('@"10:00:00+08:00" - @"PT11H"', '@"23:00:00+08:00"'),
        ('@"2026-03-28T12:00:00@Europe/Paris" + @"P1D"', '@"2026-03-29T13:00:00@Europe/Paris"'),
        ('@"2026-12-31T23:59:59.999999999" + @"PT0.000000001S"', '@"2027-01-01T00:00:00"'),
        ('@"999999999-12-31" + @"P1D"', "null"),
        ('@"999999999-12-31" + @"P1M"', "null"),
        ('@"9999-12-31" + @"P1D"', '@"10000-01-01"'),
        ('@"0001-01-01" - @"P1D"', '@"0000-12-31"'),
        # differences
        ('@"2026-03-10" - @"2026-03-01"', '@"P9D"'),
        ('@"2026-03-10T10:00:00Z" - @"2026-03-10T10:00:00+08:00"', '@"PT8H"'),
        ('@"2026-03-10T10:00:00Z" - @"2026-03-10"', '@"PT10H"'),
        ('@"2026-03-10T10:00:00" - @"2026-03-10T10:00:00Z"', "null"),
        ('@"10:00:00" - @"08:30:00"', '@"PT1H30M"'),
        ('@"2026-03-10" - @"10:00:00"', "null"),
        ('@"2026-03-10" + @"2026-03-10"', "null"),
        ('@"10:00:00" + @"P1M"', "null"),
        # durations
        ('@"P1Y2M" + @"P10M"', '@"P2Y"'),
        ('@"P1D" - @"PT1H"', '@"PT23H"'),
        ('@"P1D" + @"P1M"', "null"),
        ('@"P1M" * 2.5', '@"P2M"'),
        ('3 * @"PT1H"', '@"PT3H"'),
        ('@"P1D" / 2', '@"PT12H"'),
        ('@"P1D" / @"PT8H"', "3"),
        ('@"P1Y" / @"P1M"', "12"),
        ('@"P1D" / 0', "null"),
        ('@"P1D" / @"PT0S"', "null"),
        ('-@"P1D"', '@"-P1D"'),
        ('@"P1D" * @"P1D"', "null"),
        ('duration("PT1000M0.999999999S")', '@"PT16H40M0.999999999S"'),
        ('duration("P1Y2D")', "null"),
        ('duration("P1W")', "null"),
        ('duration("PT")', "null"),
        # comparison and equality
        ('@"2026-03-10" < @"2026-03-11"', "true"),
        ('@"2026-03-10T08:00:00+08:00" = @"2026-03-10T00:00:00Z"', "true"),
        ('@"2026-03-10T08:00:00@Asia/Shanghai" = @"2026-03-10T08:00:00+08:00"', "true"),
        ('@"2026-03-10T08:00:00" = @"2026-03-10T08:00:00Z"', "false"),
        ('@"2026-03-10T08:00:00" < @"2026-03-10T09:00:00Z"', "null"),
        ('@"2026-03-10" < @"2026-03-10T09:00:00Z"', "null"),
        ('@"10:00:00.2" = @"10:00:00.7"', "true"),
        ('@"10:00:00.2" < @"10:00:00.7"', "true"),
        ('@"PT24H" = @"P1D"', "true"),
        ('@"P1Y" = @"P365D"', "null"),
        ('@"P1Y" > @"P11M"', "true"),
        ('@"10:30:00@Europe/Paris" = @"10:30:00@Asia/Dhaka"', "false"),
        # properties
        ('@"2026-03-10".weekday', "2"),
        ('@"2026-03-10T10:00:00+08:00".time offset', '@"PT8H"'),
        ('@"2026-07-10T10:00:00@Europe/Paris".time offset', '@"PT2H"'),
        ('@"2026-03-10T10:00:00@Europe/Paris".timezone', '"Europe/Paris"'),
        ('@"2026-03-10T10:00:00".timezone', "null"),
        ('@"-P1Y2M".months', "-2"),
        ('@"P1DT2H3M4.5S".seconds', "4.5"),
        ('@"P1Y".days', "null"),
        ('@"2026-03-10".hour', "null"),
        ('[@"2026-03-10", @"2027-03-10"].year', "[2026, 2027]"),
        # reading
        ('date("2026-02-29")', "null"),
        ('date("+2026-01-01")', "null"),
        ('date("02026-01-01")', "null"),
        ('date("-0044-03-15")', '@"-0044-03-15"'),
        ("date(2026, 2, 30)", "null"),
        ("date(2026.5, 2, 3)", "null"),
        ('time("24:00:00")', '@"00:00:00"'),
        ('time("24:00:00.001")', "null"),
        ('time("24:00:01")', "null"),
        ('date and time("2026-01-01T24:00:00")', '@"2026-01-02T00:00:00"'),
        ('date and time("2026-12-31T24:00:00.000+08:00")', '@"2027-01-01T00:00:00+08:00"'),
        ('date and time("2024-02-28T24:00:00@Asia/Shanghai")', '@"2024-02-29T00:00:00@Asia/Shanghai"'),
        ('date and time("9999-12-31T24:00:00Z")', '@"10000-01-01T00:00:00Z"'),
        ('date and time("-0001-12-31T24:00:00")', '@"0000-01-01T00:00:00"'),
        ('date and time("999999999-12-31T24:00:00")', "null"),
        ('date and time("2026-01-01T24:00:00.5")', "null"),
        ('date and time("2026-01-01T24:01:00")', "null"),
        ('date and time("2026-01-01T25:00:00")', "null"),
        ("date and time(2026, 1, 1, 24, 0, 0)", "null"),
        ('@"2026-01-01T24:00:00" - @"2026-01-01T00:00:00"', '@"P1D"'),
        ('@"2026-01-01T24:00:00".day', "2"),
        ('time("10:30:00+19:00")', "null"),
        ('time("10:30:00@Nowhere/Land")', "null"),
        ('time("10:30:00@../../etc/passwd")', "null"),
        ("time(10, 30, 15.5)", '@"10:30:15.5"'),
        ('time("11:22:33-00:00")', '@"11:22:33Z"'),
        ('date and time("2026-03-10")', '@"2026-03-10T00:00:00"'),
        ('date and time("2026-03-10T10:30:00+08:00@Asia/Shanghai")', "null"),
        ('date and time(@"2026-03-10T00:00:00+08:00", @"10:00:00")', '@"2026-03-10T10:00:00"'),
        ('date and time(2026, 3, 10, 9, 0, 0, "Asia/Shanghai")', '@"2026-03-10T09:00:00@Asia/Shanghai"'),
        ('date and time(2026, 3, 10, 9, 0, 0, @"PT8H")', '@"2026-03-10T09:00:00+08:00"'),
        ('years and months duration(@"2026-01-31", @"2026-02-28")', '@"P0M"'),
        ('years and months duration(@"2026-03-10", @"2025-01-10")', '@"-P1Y2M"'),
        ('last day of month(@"2024-02-10")', '@"2024-02-29"'),
    ],
)
def test_temporal_values(text: Text, expression: str, expected: str) -> None:
    assert text(expression) == expected


def test_pythons_values_come_in(text: Text) -> None:
    moment = datetime(2026, 3, 10, 9, 0, tzinfo=timezone(timedelta(hours=8)))
    assert text("m", m=moment) == '@"2026-03-10T09:00:00+08:00"'
    assert text("m", m=moment.replace(tzinfo=_Foreign())) == '@"2026-03-10T09:00:00+08:00"'
    assert text("m", m=moment.timetz()) == '@"09:00:00+08:00"'
    assert text('m + @"P1D"', m=moment.replace(tzinfo=None)) == '@"2026-03-11T09:00:00"'
    assert text('m.a[1] - @"2026-03-01"', m={"a": (moment.date(),)}) == '@"P9D"'


def test_an_hour_that_is_skipped_or_doubled_in_spring_and_autumn(text: Text) -> None:
    assert text('@"2026-03-29T01:59:59@Europe/Paris" + @"PT1S"') == '@"2026-03-29T03:00:00@Europe/Paris"'
    assert text('@"2026-10-25T00:30:00@Europe/Paris" + @"PT3H"') == '@"2026-10-25T02:30:00@Europe/Paris"'
    assert text('(@"2026-10-25T00:30:00@Europe/Paris" + @"PT3H") - @"2026-10-25T00:30:00@Europe/Paris"') == '@"PT3H"'
