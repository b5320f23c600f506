"""Overlaps and gaps of cells that compare with constants of any spelling: values are compared, not texts; what reads more than the column stays a warning."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.decision import dmn, feel
from app.decision.dmn.overlap import Column, analyse


def codes(source: bytes) -> list[tuple[str, str]]:
    return [(problem.code, problem.severity) for problem in dmn.check(dmn.parse(source, name="表.dmn")) if problem.code != "dmn.gap"]


OVERLAPPING = [
    ("number", ["> 5E5", "<= 6E5"]),
    ("number", [">= 5e5", "<= 500000"]),
    ("number", ["> 500*1000", "<= 600000"]),
    ("number", ["> (5)", "<= 6"]),
    ("number", ["> 2 ** 3", "8.5"]),
    ("number", ["> max(1, 5)", "<= 6"]),
    ("number", ["? in (1, 2)", "2"]),
    ("number", ["? in [1..5]", "(4..9)"]),
    ("number", ["? in (> 5, 1)", "7"]),
    ("number", ["? between 1 and 5", "5"]),
    ("number", ["? > 5 and ? < 9", "7"]),
    ("number", ["5 < ?", "6"]),
    ("number", ["? = 5 or ? = 6", "6"]),
    ("number", ["not(? between 1 and 5)", "6"]),
    ("number", ["[1, 2]", "2"]),
    ("number", ["- 5 + 10", "5"]),
    ("date", [">= date(2026, 1, 1)", '<= date("2026-06-01")']),
    ("date", ['> @"2026-01-31" + @"P1M"', '@"2026-03-01"']),
    ("date", ['? = date("2026-01-01")', "date(2026,1,1)"]),
    ("dateTime", ['>= @"2026-01-01T00:00:00Z"', '<= @"2026-01-01T08:00:00+08:00"']),
    ("dateTime", ['>= @"2026-01-01T24:00:00"', '<= @"2026-01-02T00:00:00"']),
    ("dateTime", ['date and time("2026-01-01T10:00:00@Asia/Shanghai")', '@"2026-01-01T02:00:00Z"']),
    ("dayTimeDuration", ['>= @"P1D"', '<= @"PT24H"']),
    ("yearMonthDuration", ['>= duration("P1Y")', '<= duration("P12M")']),
    ("time", ['>= @"10:00:00Z"', '<= @"18:00:00+08:00"']),
    ("time", ['time("24:00:00")', '@"00:00:00"']),
    ("string", ['"a"', '"a" + ""']),
    ("string", ['upper case("a")', '? in ("A", "B")']),
]
APART = [
    ("number", ["> 5E5", "<= 500000"]),
    ("number", ["> 500*1000", "<= 5e5"]),
    ("number", ["? in (1, 2)", "3"]),
    ("number", ["? between 1 and 5", "> 5"]),
    ("number", ["? > 5 and ? < 9", "9"]),
    ("number", ["? = null", "< 5"]),
    ("number", ["? = null", "? != null"]),
    ("number", ["? > 5 and ? < 3", "4"]),
    ("number", ["not(? in (1, 2))", "1, 2"]),
    ("date", ["< date(2026, 1, 1)", '>= @"2026-01-01"']),
    ("dateTime", ['> @"2026-01-01T00:00:00Z"', '<= @"2026-01-01T08:00:00+08:00"']),
    ("dateTime", ['>= @"2026-01-01T00:00:00Z"', '<= @"2026-01-02T00:00:00"']),  # one with a zone is never compared with one without
    ("dayTimeDuration", ['> @"P1D"', '<= @"PT24H"']),
    ("yearMonthDuration", ['> duration("P1Y")', '<= duration("P12M")']),
    ("time", ['> @"10:00:00Z"', '<= @"18:00:00+08:00"']),
]
UNKNOWN = [
    "> y",
    "> 2 * y",
    "? > today()",
    "> now()",
    'contains(?, "a")',
    "? + 1 > 5",
    "? > 5 and y",
    "? instance of number",
    "> 1 / 0",
    "> nosuch(1)",
]


@pytest.mark.parametrize(("kind", "cells"), OVERLAPPING)
def test_cells_that_meet_are_an_overlap_however_they_are_written(table, kind, cells):
    found = codes(table([f"x:{kind}"], ["o default 0"], [[cell, "1"] for cell in cells]))
    assert found == [("dmn.overlap", "error")]


@pytest.mark.parametrize(("kind", "cells"), APART)
def test_cells_that_do_not_meet_are_analysed_and_nothing_is_said(table, kind, cells):
    assert codes(table([f"x:{kind}"], ["o default 0"], [[cell, "1"] for cell in cells])) == []


@pytest.mark.parametrize("cell", UNKNOWN)
def test_what_cannot_be_told_stays_a_warning(table, cell):
    assert ("dmn.not_analysed", "warning") in codes(table(["x"], ["o default 0"], [[cell, "1"], ["5", "1"]]))
    assert ("dmn.overlap", "error") not in codes(table(["x"], ["o default 0"], [[cell, "1"], ["5", "1"]]))


def test_only_empty_inputs_that_meet_are_a_warning_as_with_plain_cells(table):
    assert codes(table(["x:number"], ["o default 0"], [["null", "1"], ["not(1 + 0)", "2"]])) == [("dmn.overlap", "warning")]


def test_an_example_is_written_as_feel_writes_it(table):
    (problem,) = dmn.check(
        dmn.parse(table(["x:dateTime"], ["o default 0"], [['@"2026-01-01T24:00:00"', "1"], ['>= @"2026-01-02T00:00:00"', "2"]]))
    )
    assert 'x = @"2026-01-02T00:00:00"' in problem.message


def test_gaps_between_moments_are_found(table):
    found = dmn.check(
        dmn.parse(table(["x:dateTime"], ["o"], [['< @"2026-01-01T00:00:00Z"', "1"], ['> @"2026-01-01T08:00:00+08:00"', "2"]]))
    )
    assert [(problem.code, '= @"2026-01-01T' in problem.message) for problem in found] == [("dmn.gap", True)]


# against FEEL itself

ZONE = ZoneInfo("Asia/Shanghai")
ENVIRONMENT = feel.Environment(now=dt.datetime(2026, 1, 1, tzinfo=dt.UTC), zone=ZONE)
CONSTANTS = {
    "number": ["1", "2E0", "(3)", "1 + 1", "10 / 4", "-1"],
    "moment": ['@"2026-01-01T00:00:00Z"', '@"2026-01-01T08:00:00+08:00"', '@"2026-01-01T24:00:00"', '@"2026-01-02T00:00:00"', '@"2026-01-01T09:00:00+08:00"'],
    "length": ['@"P1D"', '@"PT24H"', '@"PT36H"', '@"P1Y"', '@"P12M"', '@"P14M"'],
    "day": ["date(2026, 1, 1)", '@"2026-01-02"', '@"2026-01-01" + @"P1M"'],
}  # fmt: skip
VALUES = [
    None, *map(Decimal, ("-2", "-1", "0", "1", "1.5", "2", "2.25", "2.5", "2.75", "3", "4")), dt.date(2025, 1, 1), dt.date(2026, 1, 1), dt.date(2026, 1, 2), dt.date(2026, 1, 15),
    dt.date(2026, 2, 1), dt.date(2027, 1, 1),
    *(feel.compile(f'@"{text}"').evaluate({}, ENVIRONMENT) for text in (
        "2025-12-31T23:00:00Z", "2026-01-01T00:00:00Z", "2026-01-01T00:30:00Z", "2026-01-01T01:00:00Z", "2027-01-01T00:00:00Z", "2026-01-01T23:00:00", "2026-01-02T00:00:00",
        "2026-01-03T00:00:00", "PT1H", "P1D", "PT30H", "PT36H", "P9D", "P1M", "P1Y", "P13M", "P14M", "P9Y",
    )),
]  # fmt: skip
SHAPES = [
    "? = {}", "{}", "> {}", "<= {}", "? between {} and {}", "? in ({}, {})", "? in [{}..{})", "{} < ?", "? >= {} and ? < {}", "? = {} or ? > {}", "? = null",
    "? != {}", "not({})", "not(? > {})", "[{}, {}]", "not({}, {})", "? != null and ? <= {}",
]  # fmt: skip


@st.composite
def cells(draw: st.DrawFn, kind: str) -> str:
    shape = draw(st.sampled_from(SHAPES))
    return shape.format(*(draw(st.sampled_from(CONSTANTS[kind])) for _ in range(shape.count("{}"))))


@settings(max_examples=300, deadline=None)
@given(data=st.data(), kind=st.sampled_from(sorted(CONSTANTS)))
def test_overlaps_agree_with_trying_every_value(data: st.DataObject, kind: str) -> None:
    written = data.draw(st.lists(cells(kind), min_size=2, max_size=4))
    findings = analyse([Column("x", "x", "", "", tuple(written))], gaps=False)
    unknown = {row for row, _ in findings.unknown}  # an interval from a duration in days to one in months
    tests = [feel.compile_unary(cell) for cell in written]
    hits = [[test.matches(value, {}, ENVIRONMENT) is True for value in VALUES] for test in tests]
    said = {(earlier, later) for earlier, later, _, _ in findings.overlaps}
    for earlier, later in itertools.combinations(range(len(written)), 2):
        meet = [value for value, one, two in zip(VALUES, hits[earlier], hits[later], strict=True) if one and two]
        if not {earlier, later} & unknown:
            assert bool(meet) is ((earlier, later) in said), (written[earlier], written[later], meet)
