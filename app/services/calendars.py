"""The statutory calendar of the installation: which years are announced, importing one, and which open deadlines move with it (requirements G4, G8).

An import is one act: the days, the version of the calendar that every later act reads with its tree, and one row for each tree that has a date. The pump then
counts those trees anew, each in its own act; what has fired stays fired.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from app import engine
from app.acts import audit, recounts
from app.acts.transaction import act, open_instance, retried
from app.catalogue import snapshot
from app.domain import announced
from app.domain.announced import Announced
from app.domain.calendars import Calendar
from app.domain.codes import Action, CalendarCode
from app.domain.districts import SHARED, ZONE
from app.domain.keys import next_key
from app.domain.permissions import Actor, may_administer
from app.domain.reasons import checked_reason
from app.domain.states import DeploymentSource
from app.errors import Conflict, InvalidArguments, Outdated
from app.seen.calendar import CalendarPreview, CalendarYear, DayChange, DeadlineMove
from app.services import accounts
from app.services.recounts import due_of, evaluated
from app.store import calendars, resources, rows, settings, tasks, waits
from app.store.tables import DeploymentRow

MOST_MOVES = 500  # told one by one; the rest is counted
LOOK_AGAIN = timedelta(minutes=20)  # after an import; longer than any act, and than two wakings of the clock


def years(now: datetime) -> list[CalendarYear]:
    """The last year, this one, the next, and every other that was imported or is still to come, in order."""
    present = now.astimezone(ZONE).year
    known = snapshot.calendar()
    brought = calendars.imported()
    found = []
    for year in sorted({*brought, *(year for year in known.years if year >= present), present - 1, present, present + 1}):
        own = {day: working for day, working in known.days.items() if day.year == year}
        deployment = brought.get(year)
        found.append(
            CalendarYear(
                year=year,
                announced=year in known.years,
                imported=year in brought,
                free=sum(not working for working in own.values()),
                worked=sum(own.values()),
                by=deployment.user_name if deployment is not None else "",
                at=deployment.created_at if deployment is not None else None,
                reason=deployment.reason if deployment is not None else "",
            )
        )
    return found


def missing_year(now: datetime) -> int | None:
    """The year that is not announced though it has begun or begins within the next month; None while none is missing."""
    today = now.astimezone(ZONE).date()
    known = snapshot.calendar().years
    return next((year for year in (today.year, today.year + today.month // 12) if year not in known), None)


def preview(actor: Actor, content: bytes, now: datetime) -> CalendarPreview:
    """What a file would change, faulty rows included. Nothing is written. Raises Forbidden, Busy."""
    may_administer(actor).require()
    before = snapshot.calendar()
    read = announced.read(content, before, now.astimezone(ZONE).date())
    if read.faults:
        return CalendarPreview(faults=read.faults, faults_left_off=read.faults_left_off)
    after = _after(before, read)
    changed = announced.differences(before, after, read.years)
    names = {one.day: one.name for one in read.days}
    moves, unseen, failed = _moves(actor, now, after)
    return CalendarPreview(
        years=read.years,
        unannounced=tuple(year for year in read.years if year not in before.years),
        days=tuple(DayChange(day, after.is_working_day(day), names.get(day, "")) for year in read.years for day in changed[year]),
        text=announced.written(read.days),
        digest=read.digest,
        before=before.version,
        moves=tuple(moves[:MOST_MOVES]),
        moved=len(moves),
        unseen=unseen,
        failed=tuple(failed),
    )


def take(actor: Actor, content: bytes, reason: str, now: datetime, *, source: DeploymentSource, seen: str | None = None) -> CalendarPreview:
    """Import the years of a file: all of it or nothing. ``seen``: the version of the calendar that the preview was made against.

    Gives what has been taken, without the deadlines, which the pump moves. Raises Forbidden, InvalidArguments (each faulty row), InvalidRequest (REASON),
    Conflict (CALENDAR_CHANGED), Busy.
    """
    may_administer(actor).require()
    said = checked_reason(reason)
    return _take(actor, content, said, now, source=source, seen=seen)


@retried
def _take(actor: Actor, content: bytes, said: str, now: datetime, *, source: DeploymentSource, seen: str | None) -> CalendarPreview:
    number = resources.last_number()
    before = snapshot.calendar()
    read = announced.read(content, before, now.astimezone(ZONE).date())
    if read.faults:
        raise InvalidArguments(read.faults)
    if seen is not None and seen != before.version:
        raise Conflict("预览之后有人改过放假安排，请重新预览后再导入", code=CalendarCode.CALENDAR_CHANGED)
    after = _after(before, read)
    changed = announced.differences(before, after, read.years)
    with act():
        if resources.lock_catalogue() != number:
            raise Outdated("刚有另一批模型或放假安排发布，请重试")
        calendars.replace(read.years, read.days, now)
        title = "、".join(f"{year} 年" for year in read.years)
        key = next_key()
        deployment = {
            "key": key, "number": number + 1, "tenant": SHARED, "source": source, "reason": said, "user_key": actor.user or None,
            "user_name": actor.name, "created_at": now, "findings": None,
        }  # fmt: skip
        rows.insert(DeploymentRow, [deployment])
        trees = calendars.dated_trees()
        recounts.ask_of_calendar(trees, by=actor.name, now=now)
        settings.put(settings.CALENDAR, after.version)
        details = {
            "years": list(read.years),
            "changed": {str(year): [day.isoformat() for day in days] for year, days in changed.items()},
            "digest": read.digest,
            "before": before.version,
            "after": after.version,
            "reason": said,
            "trees": len(trees),
        }
        audit.record(actor, Action.CALENDAR_IMPORT, title, details, now, chain=key, tenant=actor.tenant or SHARED)
    names = {one.day: one.name for one in read.days}
    days = tuple(DayChange(day, after.is_working_day(day), names.get(day, "")) for year in read.years for day in changed[year])
    return CalendarPreview(years=read.years, days=days, digest=read.digest, before=before.version, moved=len(trees))


def boot(now: datetime) -> bool:
    """At a start: where the calendar is another than the one that open deadlines were counted by – a release knows a year more – they are counted anew.

    Whether that is so.
    """
    version = snapshot.calendar().version
    before = settings.get(settings.CALENDAR)
    if before == version:
        return False
    with act():
        if before is not None:
            recounts.ask_of_calendar(calendars.dated_trees(), by="", now=now)
        settings.put(settings.CALENDAR, version)
    return before is not None


def look_again(now: datetime) -> int:
    """Count once more after an import: an act that was under way then may have counted by the calendar before and was committed after. How many trees are asked."""
    if not calendars.imported_since(now - LOOK_AGAIN):
        return 0
    with act():
        trees = calendars.dated_trees()
        recounts.ask_of_calendar(trees, by="", now=now)
    return len(trees)


# ---------------------------------------------------------------------- parts


def _after(before: Calendar, read: Announced) -> Calendar:
    """The calendar as it would be; called by what the whole of the imported days would then say."""
    kept = [(day, working) for day, working in calendars.days() if day.year not in read.years]
    return snapshot.with_days([*kept, *((one.day, one.working) for one in read.days)])


def _moves(actor: Actor, now: datetime, after: Calendar) -> tuple[list[DeadlineMove], int, list[str]]:
    """The open tasks and timers of the actor's district (the system: of all) that would be due at another instant, the earliest first; how many trees nobody
    could look into because somebody is at work there; and what could not be counted."""
    found: list[DeadlineMove] = []
    failed: list[str] = []
    unseen = 0
    for tree in calendars.dated_trees():
        if not actor.is_system and tree.tenant != actor.tenant:
            continue
        moves = _moves_of(tree, now, after, failed)
        if moves is None:
            unseen += 1
        else:
            found += moves
    return sorted(found, key=lambda move: (move.after or move.before or now, move.element_name)), unseen, failed


@retried
def _moves_of(tree: Any, now: datetime, after: Calendar, failed: list[str]) -> list[DeadlineMove] | None:
    """None where somebody is at work at the tree."""
    with open_instance(tree.key, now, accounts.system(tree.tenant), wait=False) as held:
        if held is None:
            return None
        if held.the_state.root_state != "active":
            return []
        held.library = replace(held.library, calendar=after)  # of this act alone, which writes nothing
        found = evaluated(held, {engine.CALENDAR})
        project = held.project["name"] if held.project is not None else ""
        moves = []
        for number, new in found.tasks.items():
            row = tasks.open_at(tree.key, number)
            if row is not None and (due_at := due_of(row, new)) != row.due_at:
                moves.append(
                    DeadlineMove(row.name or row.element_id, row.process_name, project, tree.tenant, before=row.due_at, after=due_at)
                )
        for row in waits.timers_of(tree.key, list(found.waits)):
            due_at = found.waits[row.wait]
            if row.due_at != due_at:
                process = held.library.definition(row.definition_key)
                element = process.elements.get(row.element_id)
                name = element.name if element is not None and element.name else "定时"
                moves.append(DeadlineMove(name, process.name, project, tree.tenant, before=row.due_at, after=due_at))
        failed += found.failed
        return moves
