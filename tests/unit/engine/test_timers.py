"""Timers keep the calendar: dates, durations, cycles, cron; in the district's zone whatever zone the clock is read in."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.calendars import Calendar
from app.engine import DiagramError, NotOpen, commands, read
from app.engine.timers import TimerError, schedule

from .diagrams import boundary, catch, chain, end, event_gateway, file, message, on_message, process, start, timer, user
from .runs import ZONE, library


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def cycling(cycle: str):
    return library(
        file(
            process(
                start(),
                user("a"),
                boundary("t", "a", timer("Cycle", cycle), False),
                end("e2"),
                end(),
                chain("start", "a", "end"),
                chain("t", "e2"),
            )
        )
    )


@pytest.mark.parametrize(
    ("duration", "begun", "due"),
    [
        ("P1M", "2026-01-31T09:00", "2026-02-28T09:00"),
        ("P1M", "2028-01-31T09:00", "2028-02-29T09:00"),
        ("P6M", "2026-08-31T00:00", "2027-02-28T00:00"),
        ("P1Y", "2028-02-29T12:00", "2029-02-28T12:00"),
        ("P1M1DT1H", "2026-01-31T09:00", "2026-03-01T10:00"),
        ("P2W", "2026-03-01T09:00", "2026-03-15T09:00"),
        ('=duration("-PT1H")', "2026-03-01T09:00", "2026-03-01T08:00"),
        ("PT0.5S", "2026-03-01T09:00", "2026-03-01T09:00:00.500000"),
    ],
)
def test_durations_are_counted_on_the_calendar(begin, duration, begun, due):
    lib = library(file(process(start(), catch("t", timer("Duration", duration)), end(), chain("start", "t", "end"))))
    for now in (at(begun), at(begun).astimezone(UTC)):
        assert begin(lib, now=now).waits[1].due_at == at(due)


@pytest.mark.parametrize(
    "value",
    [
        "P",
        "PT",
        "1h",
        "PT1",
        "P1.5D",
        "",
        "P1Y2",
        "２PT",
        "PT1H foo",
        "P1DT",
        "PT0.1234567S",
        "PT1H PT1H",
        "P1D/PT1H",
        "P-1D",
        "pt1h",
        "P1H",
    ],
)
def test_what_is_no_duration_is_refused_when_the_diagram_is_read(value):
    with pytest.raises(DiagramError) as refused:
        read(file(process(start(), catch("t", timer("Duration", value)), end(), chain("start", "t", "end"))), "x.bpmn")
    assert [(problem.element, problem.code) for problem in refused.value.problems] == [("t", "TIMER_INVALID")]


def test_a_monthly_cycle_keeps_its_day_and_clamps(begin):
    run = begin(cycling("R/P1M"), now=at("2026-01-31T09:00"))
    dues = []
    for _ in range(5):
        dues.append(run.waits[run.wait("t")].due_at)
        run.now = dues[-1]
        run.fire("t")
    assert dues == [at(f"2026-{month}T09:00") for month in ("02-28", "03-31", "04-30", "05-31", "06-30")]


def test_a_counted_cycle_fires_so_often_and_no_more(begin):
    run = begin(cycling("R3/PT10M"))
    fired = []
    for _ in range(5):
        fired += run.advance(timedelta(minutes=10))
    assert (fired, run.waiting) == (["t", "t", "t"], [])


def test_a_late_pump_does_not_move_a_cycle(begin):
    run = begin(cycling("R3/PT10M"))
    first = run.waits[run.wait("t")].due_at
    run.now = first + timedelta(minutes=3)
    run.fire("t")
    assert run.waits[run.wait("t")].due_at == first + timedelta(minutes=10)


def test_a_cycle_with_a_start_begins_there(begin):
    run = begin(cycling("R2/2026-03-20T08:00:00+08:00/P1D"))
    assert run.waits[run.wait("t")].due_at == at("2026-03-20T08:00")
    run.now = at("2026-03-20T08:00")
    run.fire("t")
    assert run.waits[run.wait("t")].due_at == at("2026-03-21T08:00")
    run.fire("t")
    assert run.waiting == []


@pytest.mark.parametrize(("cron", "first", "second"), [
    ("0 0 9 * * MON-FRI", "2026-03-13T09:00", "2026-03-16T09:00"),
    ("0 9 1 * *", "2026-04-01T09:00", "2026-05-01T09:00"),
    ("0 0 0 ? * 1", "2026-03-16T00:00", "2026-03-23T00:00"),
    ("@daily", "2026-03-13T00:00", "2026-03-14T00:00"),
])  # fmt: skip
def test_cron_cycles_run_in_the_districts_zone(begin, cron, first, second):
    run = begin(cycling(cron), now=at("2026-03-12T10:00").astimezone(UTC))
    assert run.waits[run.wait("t")].due_at == at(first)
    run.now = at(first)
    run.fire("t")
    assert run.waits[run.wait("t")].due_at == at(second)


@pytest.mark.parametrize("cycle", [
    "R/PT0S", "R3/PT0.1S", "R/P", "R/", "R3", "each day", "0 0 31 2 *", "R-5/PT1H", "R/-PT1H", "R3/PT1H/", "R/2026-01-01T00:00:00Z/P1D/2027-01-01", "R//P1D", "R0/PT1H",
    "R3/PT1H foo", "R3/P1D/2026-01-01", "R2/2026-01-01T00:00:00Z junk/P1D", "R 3/PT1H", "R2/2026-03-28T09:00:00@Europe/Nowhere/P1D", "0 0 9 * * * junk", "@daily 9",
])  # fmt: skip
def test_a_cycle_that_cannot_run_is_refused(cycle):
    # also when it comes out of an expression
    with pytest.raises(TimerError):
        schedule("cycle", cycle, at("2026-03-12T10:00"), ZONE)
    with pytest.raises(DiagramError) as refused:
        cycling(cycle)
    assert refused.value.problems[0].code == "TIMER_INVALID"


def test_dates_without_a_zone_are_read_in_the_districts(begin):
    for value in (
        "2026-05-01",
        "2026-05-01T00:00:00",
        '=date("2026-05-01")',
        '=date and time("2026-05-01T00:00:00")',
        "2026-04-30T16:00:00Z",
    ):
        run = begin(library(file(process(start(), catch("t", timer("Date", value)), end(), chain("start", "t", "end")))))
        assert run.waits[1].due_at == at("2026-05-01T00:00"), value


@pytest.mark.parametrize(
    ("value", "due"),
    [
        ("2026-07-10T09:00:00@Europe/Paris", "2026-07-10T15:00"),
        ("2026-01-10T09:00:00@Europe/Paris", "2026-01-10T16:00"),
        ("2026-07-10T09:00:00[Europe/Paris]", "2026-07-10T15:00"),
        ("2026-07-10T09:00:00+02:00[Europe/Paris]", "2026-07-10T15:00"),
        ("2026-07-10T09:00:00+0200", "2026-07-10T15:00"),
        ("2026-07-10T09:00:00-05", "2026-07-10T22:00"),
        ("2026-07-10T01:00Z", "2026-07-10T09:00"),
        ("2026-07-09T24:00:00", "2026-07-10T00:00"),
        ("2026-07-10T09:00:00.25", "2026-07-10T09:00:00.250000"),
        ('="2026-07-10T09:00:00@Europe/Paris"', "2026-07-10T15:00"),
        ('=date and time("2026-07-10T09:00:00@Europe/Paris")', "2026-07-10T15:00"),
    ],
)
def test_the_zone_that_is_written_counts(begin, value, due):
    run = begin(library(file(process(start(), catch("t", timer("Date", value)), end(), chain("start", "t", "end")))))
    assert run.waits[1].due_at == at(due)


JUNK = (
    "2026-01-01T00:00:00Z junk", "2026-01-01 junk", "2026-02-30", "2026-01-01T25:00:00Z", "2026-01-01T24:00:01", "2026-01-01T00:00:00.1234567Z", "2026-01-01@Europe/Paris",
    "2026-01-01T00:00:00@Europe/Nowhere", "2026-01-01T00:00:00@Europe", "2026-07-10T09:00:00+08:00[Europe/Paris]", "2026-01-01T00:00:00[Europe/Paris", "20260101", "2026-W01-1",
    "2026-01-01T00:00:00+25:00", "2026-01-01T00:00:00@../../etc/passwd", "2026-01-01T00:00:00 Z", "2026-01-01T", "26-01-01", "9999-12-31T24:00:00",
)  # fmt: skip


@pytest.mark.parametrize("value", JUNK)
def test_a_date_that_cannot_be_read_whole_is_refused(begin, value):
    with pytest.raises(DiagramError) as refused:
        read(file(process(start(), catch("t", timer("Date", value)), end(), chain("start", "t", "end"))), "x.bpmn")
    assert [(problem.element, problem.code) for problem in refused.value.problems] == [("t", "TIMER_INVALID")]
    assert value in refused.value.problems[0].message
    run = begin(library(file(process(start(), catch("t", timer("Date", f'="{value}"')), end(), chain("start", "t", "end")))))
    assert (run.troubles, run.waits) == ([("t", "EXTRACT_VALUE_ERROR")], {})


def test_a_value_finer_than_a_microsecond_is_an_incident_not_a_rounded_date(begin):
    value = '=date and time("2026-01-01T00:00:00.123456789Z")'
    run = begin(library(file(process(start(), catch("t", timer("Date", value)), end(), chain("start", "t", "end")))))
    assert run.troubles == [("t", "EXTRACT_VALUE_ERROR")]


def test_a_cycle_is_repeated_on_the_calendar_of_the_zone_it_names(begin):
    for text, second in (
        ("R2/2026-03-28T09:00:00@Europe/Paris/P1D", "2026-03-29T15:00"),
        ("R2/2026-03-28T09:00:00[Europe/Paris]/P1D", "2026-03-29T15:00"),
        ("R2/2026-03-28T09:00:00+01:00/P1D", "2026-03-29T16:00"),
    ):
        run = begin(cycling(text), now=at("2026-03-12T10:00"))
        assert run.waits[run.wait("t")].due_at == at("2026-03-28T16:00")
        run.now = at("2026-03-28T16:00")
        run.fire("t")
        assert run.waits[run.wait("t")].due_at == at(second), text


@pytest.mark.parametrize("value", ["=null", "=1", '="tomorrow"', '=duration("P99999Y")', "=x"])
def test_a_timer_whose_value_makes_no_instant_is_an_incident(begin, value):
    run = begin(library(file(process(start(), catch("t", timer("Duration", value)), end(), chain("start", "t", "end")))))
    assert run.troubles == [("t", "EXTRACT_VALUE_ERROR")]
    assert run.waits == {}


def test_the_year_9999_is_an_instant_and_what_follows_is_an_incident(begin):
    run = begin(library(file(process(start(), catch("t", timer("Date", "9999-12-31T23:59:59+08:00")), end(), chain("start", "t", "end")))))
    assert run.waits[1].due_at.year == 9999
    run = begin(library(file(process(start(), catch("t", timer("Duration", "P8000Y")), end(), chain("start", "t", "end")))))
    assert run.troubles == [("t", "EXTRACT_VALUE_ERROR")]


def test_two_timers_after_one_event_gateway_have_their_own_due(begin):
    body = process(
        start(),
        event_gateway("g"),
        catch("a", timer("Duration", "PT1H")),
        catch("b", timer("Duration", "P1D")),
        end(),
        chain("start", "g", "a", "end"),
        chain("g", "b", "end"),
    )
    run = begin(library(file(body)))
    assert {wait.element_id: wait.due_at - run.now for wait in run.waits.values()} == {"a": timedelta(hours=1), "b": timedelta(days=1)}


def test_only_what_counts_working_days_carries_the_calendars_version(begin):
    lib = library(
        file(
            process(
                start(),
                user("a"),
                boundary("x", "a", timer("Duration", "P1D")),
                boundary("y", "a", timer("Date", "=workingDaysAfter(today(), 3)")),
                end(),
                chain("start", "a", "end"),
                chain("x", "end"),
                chain("y", "end"),
            )
        ),
        calendar=Calendar(version="2026-1"),
    )
    run = begin(lib)
    waits = {wait.element_id: wait for wait in run.waits.values()}
    assert (waits["x"].calendar_version, waits["y"].calendar_version) == (None, "2026-1")
    assert waits["y"].expression == "=workingDaysAfter(today(), 3)"
    assert waits["y"].due_at == at("2026-03-13T00:00")


def test_firing_something_that_is_no_timer_is_refused(begin):
    run = begin(library(file(message("m", "go", '="k"'), process(start(), catch("c", on_message("m")), end(), chain("start", "c", "end")))))
    with pytest.raises(NotOpen):
        run.do(commands.FireTimer(run.wait("c")))
    with pytest.raises(NotOpen):
        run.do(commands.Deliver(99))


def test_a_cycle_that_began_long_ago_is_found_quickly():
    found = schedule("cycle", "R/1990-01-01T00:00:00Z/PT1M", at("2026-03-10T09:00:30"), ZONE)
    assert found.due_at == at("2026-03-10T09:01:00")


@pytest.mark.parametrize("text", ["P" + "9" * 400 + "D", "P999999Y", "PT999999999999S"])
def test_huge_durations_are_refused_at_once(text):
    with pytest.raises(TimerError):
        schedule("duration", text, at("2026-01-01T00:00"), ZONE)


def test_a_huge_count_is_refused_at_once():
    with pytest.raises(TimerError):
        schedule("cycle", "R" + "9" * 400 + "/PT1H", at("2026-01-01T00:00"), ZONE)
