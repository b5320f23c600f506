"""Start events that wait: their messages, signals and timers are rows, one set for each tenant that would run the process."""

from datetime import datetime
from typing import Any

from app.acts.rows import Row, TreePlace, wait
from app.catalogue import districts, snapshot
from app.catalogue.snapshot import Snapshot
from app.decision import feel
from app.domain.districts import SHARED
from app.domain.states import WaitKind
from app.domain.subjects import PERIOD, Subject
from app.engine import ProcessDefinition, StartEvent, functions, parameters, timers
from app.engine.expressions import LiteralTerm, Term, parse
from app.engine.ledger import PARAMETERS
from app.store import resources, rows, waits
from app.store.tables import WaitRow


def refresh(now: datetime) -> None:
    """Make the rows what the newest definitions of every tenant ask for. Needs an act; call it with each deployment.

    A shared process runs in each district that has it enabled; in the shared tenant itself only messages and signals start it, and its timers only while there
    is no district at all.
    """
    known = set(districts.every())
    for tenant in sorted({SHARED, *known, *resources.tenants()}):
        _refresh(tenant, snapshot.fresh(tenant), now, timed=tenant != SHARED or not known)


def obliging(tenant: str, library: Snapshot) -> frozenset[int]:
    """The definitions that begin by themselves in a district."""
    return frozenset(key for key in library.obliging if _is_enabled(tenant, library.definition(key).process_id))


def period_of(instant: datetime, tenant: str) -> str:
    """An instant of the timer as the name of its period."""
    return instant.astimezone(snapshot.district(tenant).zone).isoformat()


def _is_enabled(tenant: str, process_id: str) -> bool:
    known = snapshot.district(tenant).processes
    return process_id not in known or known[process_id].enabled


def _refresh(tenant: str, library: Snapshot, now: datetime, *, timed: bool) -> None:
    before = [row for row in waits.starts(tenant) if row.kind != WaitKind.OBLIGATION]
    present = {(row.definition_key, row.element_id): row.key for row in before}
    begun = {row.process_id for row in before if row.kind == WaitKind.TIMER and (PERIOD in (row.memo or {}) or row.due_at <= now)}
    wanted: dict[tuple[int, str], tuple[ProcessDefinition, StartEvent]] = {}
    for reference in library.processes():
        if not _is_enabled(tenant, reference.id):
            continue
        definition = library.definition(reference.key)
        for event in definition.start_events:
            if event.kind != "none" and (timed or event.kind != WaitKind.TIMER):
                wanted[definition.key, event.element_id] = (definition, event)
    waits.delete_starts([key for place, key in present.items() if place not in wanted])
    new = [
        _row(tenant, library, definition, event, now, begun=definition.process_id in begun)
        for place, (definition, event) in wanted.items()
        if place not in present
    ]
    rows.insert(WaitRow, [row for row in new if row is not None])


def _row(tenant: str, library: Snapshot, definition: ProcessDefinition, event: StartEvent, now: datetime, *, begun: bool) -> Row | None:
    """``begun``: an earlier version has had a period. What a district owes as a whole it does not owe for a period from before it had the process."""
    declared = definition.obligation
    at_work = declared is not None and (begun or declared.each is not Subject.DISTRICT)
    schedule = _schedule(event, library, now, at_work=at_work) if event.timer is not None else None
    if event.kind == WaitKind.TIMER and schedule is None:
        return None  # lies in the past: it never fires again
    return wait(
        TreePlace(tenant),
        process_id=definition.process_id,
        definition_key=definition.key,
        element_id=event.element_id,
        kind=WaitKind(event.kind),
        due_at=schedule.due_at if schedule else None,
        name=_text(event.name, library, now),
        memo=schedule.memo if schedule else None,
        now=now,
    )


def _schedule(event: StartEvent, library: Snapshot, now: datetime, *, at_work: bool = False) -> timers.Schedule | None:
    """``at_work``: as of a timer that has been there all along, so that its present period is not left out."""
    if event.timer is None:
        return None
    schedule = (timers.running if at_work else timers.schedule)(event.timer.kind, _value(event.timer.term, library, now), now, library.zone)
    if at_work:
        return schedule
    # A date that has passed before the process was deployed is no start.
    return None if event.timer.kind == timers.DATE and schedule.due_at <= now else schedule


def _value(term: Term, library: Snapshot, now: datetime) -> Any:
    if isinstance(term, LiteralTerm):
        return term.value
    environment = feel.Environment(now=now, zone=library.zone, functions=functions.of(library.calendar, library.zone))
    known = {PARAMETERS: parameters.of(library)} if PARAMETERS in term.reserved else {}
    return term.expression.evaluate(known, environment)


def _text(source: str | None, library: Snapshot, now: datetime) -> str | None:
    if source is None:
        return None
    value = _value(parse(source), library, now)
    return value if isinstance(value, str) else None
