"""Queries over the working days that administrators imported, and over what hangs on them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, delete, exists, extract, or_, select

from app.domain.announced import AnnouncedDay
from app.domain.states import InstanceState, TaskState, WaitKind
from app.store import rows
from app.store.database import run
from app.store.tables import CalendarDayRow, DeploymentRow, ProcessInstanceRow, ResourceRow, UserTaskRow, WaitRow, db

_brought_models = exists().where(ResourceRow.deployment_key == DeploymentRow.key)


def days() -> list[tuple[date, bool]]:
    return [(day, working) for day, working in db.session.execute(select(CalendarDayRow.day, CalendarDayRow.working))]


def named(year: int) -> list[CalendarDayRow]:
    """The imported days of a year, in order."""
    query = select(CalendarDayRow).where(CalendarDayRow.day.between(date(year, 1, 1), date(year, 12, 31))).order_by(CalendarDayRow.day)
    return list(db.session.execute(query).scalars())


def imported() -> dict[int, DeploymentRow | None]:
    """year → the deployment that brought the days that hold: one without models, for at the same instant others may have been published."""
    year = extract("year", CalendarDayRow.day)
    query = (
        select(year, DeploymentRow)
        .outerjoin(DeploymentRow, and_(DeploymentRow.created_at == CalendarDayRow.imported_at, ~_brought_models))
        .distinct()
        .order_by(year)
    )
    return {int(number): deployment for number, deployment in db.session.execute(query)}


def imported_since(since: datetime) -> bool:
    """Whether working days were imported at this instant or later."""
    return bool(db.session.execute(select(exists().where(CalendarDayRow.imported_at >= since))).scalar_one())


def replace(years: Sequence[int], new: Iterable[AnnouncedDay], now: datetime) -> None:
    """Let these days be the whole of what is known of these years. Needs an act."""
    for year in years:
        run(delete(CalendarDayRow).where(CalendarDayRow.day.between(date(year, 1, 1), date(year, 12, 31))), {})
    rows.insert(CalendarDayRow, [{"day": one.day, "working": one.working, "name": one.name, "imported_at": now} for one in new])


def dated_trees() -> Sequence[Any]:
    """The roots of the running trees in which something may be due at another instant under another calendar, with what is to be evaluated again there."""
    waits: Any = WaitRow.__table__
    recount: Any = waits.alias()
    tasks = select(UserTaskRow.root_key).where(
        UserTaskRow.state == TaskState.OPEN, or_(UserTaskRow.due_at.is_not(None), UserTaskRow.follow_up_at.is_not(None))
    )
    timers = select(waits.c.root_key).where(waits.c.kind == WaitKind.TIMER, waits.c.calendar_version.is_not(None))
    query = (
        select(
            ProcessInstanceRow.key,
            ProcessInstanceRow.root_key,
            ProcessInstanceRow.tenant,
            ProcessInstanceRow.process_id,
            ProcessInstanceRow.definition_key,
            ProcessInstanceRow.project_key,
            ProcessInstanceRow.suspended_at,
            recount.c.memo,
        )
        .outerjoin(recount, and_(recount.c.root_key == ProcessInstanceRow.key, recount.c.wait == 0))
        .where(ProcessInstanceRow.state == InstanceState.ACTIVE, ProcessInstanceRow.key.in_(tasks.union(timers)))
        .order_by(ProcessInstanceRow.key)
    )
    return db.session.execute(query).all()
