"""An imported year takes the place of the built-in one, and of no other, and open deadlines move with it (G4, G8)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.acts.transaction import act
from app.catalogue import snapshot
from app.codes import RequestCode
from app.domain import announced
from app.domain.calendars import statutory
from app.domain.codes import CalendarCode
from app.domain.permissions import SYSTEM, Actor
from app.domain.states import DeploymentSource
from app.errors import Conflict, Forbidden, InvalidArguments, InvalidRequest
from app.seen.calendar import CalendarPreview
from app.services import calendars, inbox, projects, pump, tasks, timers, trail
from app.store import rows, settings
from app.store.tables import AuditEntryRow, CalendarDayRow, UserTaskRow, db
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.test_permit import APPLICATION

NATIONAL_DAY = 1  # of October: free in every year


def test_an_imported_year_stands_for_the_built_in_one_and_leaves_the_others(app: Flask) -> None:
    built_in = statutory()
    imported, kept = sorted(built_in.years)[-1], sorted(built_in.years)[-2]
    worked = [day for day, working in built_in.days.items() if day.year == imported and working]
    free = [day for day, working in built_in.days.items() if day.year == kept and not working]
    assert worked
    assert free
    decreed = next(day for day in (date(imported, 7, number) for number in range(1, 8)) if day.weekday() == 2)
    with act():
        rows.insert(CalendarDayRow, [{"day": decreed, "working": False, "name": "放假", "imported_at": NOW}])
    found = snapshot.calendar()
    assert not found.is_working_day(decreed)
    assert not found.is_working_day(worked[0])  # what only the built-in calendar says of that year is gone
    assert not found.is_working_day(free[0])  # another year is as it was
    assert not found.is_provisional(decreed)
    assert statutory().is_working_day(decreed)


# --------------------------------------------------------------- an import


HEADER = "日期,安排,说明\n"
DUE = datetime.fromisoformat("2026-03-25T00:00:00+08:00")
KNOWN = {day: working for day, working in statutory().days.items() if day.year == 2026}
DECREED = announced.written(
    announced.AnnouncedDay(day, working, "")
    for day, working in sorted({**KNOWN, date(2026, 3, 18): False, date(2026, 3, 19): False, date(2026, 3, 21): True}.items())
)
SPRING = HEADER + "2027-02-05,休,春节\n2027-02-08,休,春节\n2027-02-14,班,春节\n"
REASON = "按国务院办公厅的通知"


def take(actor: Actor, text: str, now: datetime = NOW, **more: Any) -> CalendarPreview:
    return calendars.take(actor, text.encode(), REASON, now, source=DeploymentSource.CLI, **more)


def reviewed(cast: Cast) -> int:
    """A project whose review is open, due on 24 March after ten working days."""
    project, task = projects.start(cast.alice, "permit", "平台", NOW)
    tasks.complete(cast.alice, task, APPLICATION, NOW)
    return project


def the_review(cast: Cast) -> Any:
    (line,) = inbox.todo(cast.fred, NOW).items
    return tasks.view(cast.fred, line.key, NOW)


def test_a_preview_tells_which_deadlines_would_move_and_writes_nothing(cast: Cast) -> None:
    reviewed(cast)
    before = snapshot.calendar().version
    found = calendars.preview(cast.root, DECREED.encode(), NOW)
    assert (found.years, found.unannounced, found.faults) == ((2026,), (), ())
    assert [(one.day, one.working) for one in found.days] == [
        (date(2026, 3, 18), False),
        (date(2026, 3, 19), False),
        (date(2026, 3, 21), True),
    ]
    moved = {(move.element_name, move.before, move.after) for move in found.moves}
    assert ("审查申请", DUE, datetime.fromisoformat("2026-03-26T00:00:00+08:00")) in moved
    assert {move.project_name for move in found.moves} == {"平台"}
    assert (snapshot.calendar().version, calendars.years(NOW)[0].imported) == (before, False)
    assert pump.pump(NOW).timers == 0
    assert the_review(cast).deadline.due_at == DUE


def test_an_import_moves_open_deadlines_and_their_timers_and_the_page_says_who_and_why(cast: Cast) -> None:
    reviewed(cast)
    take(cast.root, DECREED)
    assert the_review(cast).deadline.due_at == DUE, "the act of the import touches no tree"
    assert pump.pump(NOW).timers == 1
    view = the_review(cast)
    assert view.deadline.last_day == date(2026, 3, 25)
    assert view.deadline.calendar_version == snapshot.calendar().version
    assert list(view.moved) == ["办理期限由2026-03-24改为2026-03-25:系管改动了放假安排,2026-03-10 09:00 重新计算"]
    assert timers.fire_due(DUE) == 0
    assert timers.fire_due(datetime.fromisoformat("2026-03-26T00:00:00+08:00")) == 1
    year = next(one for one in calendars.years(NOW) if one.year == 2026)
    assert (year.imported, year.by, year.reason, year.worked) == (True, "系管", REASON, sum(KNOWN.values()) + 1)
    (details,) = db.session.execute(select(AuditEntryRow.details).where(AuditEntryRow.action == "calendar.import")).scalars()
    assert (details["years"], details["reason"], details["trees"]) == ([2026], REASON, 1)
    assert details["changed"] == {"2026": ["2026-03-18", "2026-03-19", "2026-03-21"]}
    assert trail.verify(SYSTEM).problems == []


def test_what_an_act_under_way_counted_by_the_calendar_before_is_counted_again(cast: Cast) -> None:
    """Its tree was not to be seen when the import looked for trees, and it was committed after."""
    reviewed(cast)
    take(cast.root, DECREED)
    pump.pump(NOW)
    task = inbox.todo(cast.fred, NOW).items[0].key
    with act():
        db.session.execute(update(UserTaskRow).where(UserTaskRow.key == task).values(due_at=DUE))
    assert the_review(cast).deadline.due_at == DUE
    pump.look_again(NOW + timedelta(minutes=9))
    pump.pump(NOW + timedelta(minutes=9))
    assert the_review(cast).deadline.last_day == date(2026, 3, 25)
    assert calendars.look_again(NOW + timedelta(minutes=21)) == 0, "an import of long ago is not looked after"


def test_what_was_overdue_by_a_guess_alone_is_not_overdue_any_more(cast: Cast) -> None:
    """2027 is not announced: the deadline of 5 February counts the days of the Spring Festival as worked."""
    begun = datetime(2027, 1, 27, 1, tzinfo=UTC)
    _, task = projects.start(cast.alice, "permit", "平台", begun)
    tasks.complete(cast.alice, task, {**APPLICATION, "receivedAt": begun.isoformat()}, begun)
    (line,) = inbox.todo(cast.fred, begun).items
    counted = tasks.view(cast.fred, line.key, begun).deadline
    assert counted is not None
    assert counted.provisional
    assert any("尚未公布" in part for part in counted.explanation)
    late = counted.due_at
    assert timers.fire_due(late) >= 1
    assert inbox.todo(cast.fred, late).items[0].overdue
    take(cast.root, SPRING, late)
    pump.pump(late)
    (line,) = inbox.todo(cast.fred, late).items
    again = tasks.view(cast.fred, line.key, late).deadline
    assert again is not None
    assert (line.overdue, again.provisional, again.due_at > late) == (False, False, True)


def test_a_deadline_that_stays_is_no_guess_any_more(cast: Cast) -> None:
    begun = datetime(2027, 5, 11, 1, tzinfo=UTC)
    _, task = projects.start(cast.alice, "permit", "平台", begun)
    tasks.complete(cast.alice, task, {**APPLICATION, "receivedAt": begun.isoformat()}, begun)
    (line,) = inbox.todo(cast.fred, begun).items
    before = tasks.view(cast.fred, line.key, begun)
    take(cast.root, SPRING, begun)
    pump.pump(begun)
    after = tasks.view(cast.fred, line.key, begun)
    assert before.deadline is not None
    assert after.deadline is not None
    assert (before.deadline.provisional, after.deadline.provisional) == (True, False)
    assert (after.deadline.due_at, list(after.moved)) == (before.deadline.due_at, [])


def test_a_faulty_file_is_refused_row_by_row_and_nothing_of_it_is_taken(cast: Cast) -> None:
    text = HEADER + "2027-02-05,休,春节\n2027-02-30,休,\n2027-02-08,放假,\n2027-02-05,班,\n1999-01-01,休,\n2026-03-09,休,昨天\n"
    with pytest.raises(InvalidArguments) as refused:
        take(cast.root, text)
    assert [(one.path, one.code) for one in refused.value.problems] == [
        ("第 3 行", CalendarCode.CALENDAR_DAY),
        ("第 4 行", CalendarCode.CALENDAR_WORD),
        ("第 5 行", CalendarCode.CALENDAR_TWICE),
        ("第 6 行", CalendarCode.CALENDAR_DAY),
        ("第 7 行", CalendarCode.CALENDAR_PAST),
    ]
    assert [fault.row for fault in calendars.preview(cast.root, text.encode(), NOW).faults] == [3, 4, 5, 6, 7]
    assert snapshot.calendar().version == statutory().version
    assert pump.pump(NOW).timers == 0


def test_a_file_that_leaves_out_what_is_over_would_change_it_and_is_refused(cast: Cast) -> None:
    with pytest.raises(InvalidArguments) as refused:
        take(cast.root, f"{HEADER}2026-10-01,休,国庆节\n")
    (problem,) = refused.value.problems
    assert (problem.path, problem.code) == ("文件", CalendarCode.CALENDAR_PAST)
    assert "2026-01-01" in problem.message


def test_only_who_administers_imports_with_a_reason_and_after_a_preview_that_still_holds(cast: Cast) -> None:
    for actor in (cast.fred, cast.lea, cast.ann, cast.alice):
        with pytest.raises(Forbidden):
            take(actor, SPRING)
        with pytest.raises(Forbidden):
            calendars.preview(actor, SPRING.encode(), NOW)
    with pytest.raises(InvalidRequest) as refused:
        calendars.take(cast.root, SPRING.encode(), " ", NOW, source=DeploymentSource.UPLOAD)
    assert refused.value.code == RequestCode.REASON
    seen = calendars.preview(cast.root, SPRING.encode(), NOW).before
    take(cast.root, DECREED)
    with pytest.raises(Conflict) as changed:
        take(cast.root, SPRING, seen=seen)
    assert changed.value.code == CalendarCode.CALENDAR_CHANGED


def test_a_release_that_knows_another_calendar_counts_open_deadlines_anew_at_its_start(cast: Cast) -> None:
    reviewed(cast)
    assert calendars.boot(NOW) is False
    with act():
        settings.put("calendar", "an older one")
    assert calendars.boot(NOW) is True
    assert calendars.boot(NOW) is False
    assert pump.pump(NOW).timers == 1
    assert the_review(cast).deadline.due_at == DUE


def test_the_year_that_is_missing_is_told_from_december_on(cast: Cast) -> None:
    last = max(statutory().years)
    assert calendars.missing_year(datetime(last, 11, 30, tzinfo=UTC)) is None
    assert calendars.missing_year(datetime(last, 12, 1, tzinfo=UTC)) == last + 1
    take(cast.root, f"{HEADER}{last + 1}-10-01,休,国庆节\n{last + 1}-10-04,休,国庆节\n")
    assert calendars.missing_year(datetime(last, 12, 1, tzinfo=UTC)) is None
