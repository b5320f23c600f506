"""What begins by itself: at each instant of its timer a process is due once for every subject for which it declares ``when``.

The timer's act only writes down who is due; each is begun in an act of its own, and one that fails is one incident. Who comes to satisfy ``when`` later in a period
gets that period's row then; so does whoever was there before the process was deployed. Source: modelling.md §4 (``each``, ``when``).
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError

from app.acts import start_events
from app.acts.retries import Gone
from app.acts.rows import Row, TreePlace, wait
from app.acts.transaction import act, new_instance
from app.catalogue import snapshot
from app.catalogue.snapshot import Snapshot
from app.decision import feel
from app.domain.codes import Action
from app.domain.keys import next_key
from app.domain.project_values import as_gates_read, project_context
from app.domain.states import WaitKind
from app.domain.subjects import PERIOD, SUBJECT, Subject
from app.engine import ProcessDefinition, functions, parameters
from app.engine.commands import Start
from app.engine.ledger import PARAMETERS, PROJECT
from app.errors import Conflict
from app.services import accounts, messages
from app.store import ledger, obligations, rows, waits
from app.store.tables import ObligationRow, WaitRow
from app.store.waits import DueWait

_log = logging.getLogger(__name__)
SEEN, SYSTEM_REGISTER = "seen", "system"
_DAY = len("2026-01-01")  # of a period its date
_AGAIN = timedelta(days=1)  # after which all are looked at again: what holds may depend on the date, on parameters, on registers


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody or something for which a process may be due. ``project``: its row; ``shown``: the value of the variable ``subject``, None of a project."""

    kind: Subject
    key: str
    name: str
    project: Mapping[str, Any] | None = None
    shown: Mapping[str, Any] | None = None

    @property
    def project_key(self) -> int | None:
        return self.project["key"] if self.project is not None else None


@dataclass(slots=True)
class _When:
    """Whether a process is due for a candidate, by the newest rules of the tenant."""

    library: Snapshot
    definition: ProcessDefinition
    now: datetime
    period: str  # the date on which it begins
    known: dict[str, Any] = field(default_factory=dict)

    def holds(self, one: Candidate) -> bool:
        """Raises Conflict where it is neither true nor false, or cannot be evaluated."""
        declared = self.definition.obligation
        if declared is None or declared.when is None:
            return declared is not None
        environment = feel.Environment(
            now=self.now, zone=self.library.zone, functions=functions.of(self.library.calendar, self.library.zone)
        )
        if PARAMETERS in declared.when.reserved and PARAMETERS not in self.known:
            self.known[PARAMETERS] = parameters.of(self.library)
        context = project_context(one.project, self.library.ledger)
        project = as_gates_read(context, frozenset(one.project["unconfirmed"] or ()) if one.project is not None else ())
        why = "没有得到真或假"
        try:
            said = declared.when.expression.evaluate({**self.known, PROJECT: project, SUBJECT: one.shown, PERIOD: self.period}, environment)
        except feel.FeelError as error:
            said, why = None, f"不能计算:{error.message}"
        if not isinstance(said, bool):
            raise Conflict(
                f"流程“{self.definition.name}”的属性 when“{declared.when.text}”对“{one.name}”{why}。请改正流程图或补齐它所用的内容"
            )
        return said


# ---------------------------------------------------------------------- a timer is due


def fire(due: DueWait, definition: ProcessDefinition, following: Row, now: datetime) -> bool:
    """A period begins: write down who is due, and let the timer wait for the next. ``following``: its row."""
    period = start_events.period_of(due.due_at, due.tenant)
    with act():
        if not waits.take(due.key, now):  # another node was first
            raise Gone
        _due(due.tenant, definition, due.element_id, period, now)
        memo = {**(following["memo"] or {}), PERIOD: period, SEEN: now.isoformat()}
        rows.insert(WaitRow, [following | {"memo": memo}])
        if due.attempts:
            waits.close_incidents(due.key, now)
    return True


def catch_up(now: datetime) -> int:
    """Write down who has come to be due within the present periods. Returns how many."""
    newest: dict[str, datetime | None] = {}  # tenant → when a project was changed last
    found = 0
    for row in obligations.watched():
        if row.tenant not in newest:
            newest[row.tenant] = obligations.newest_change(row.tenant)
        try:
            found += _catch_up(row, snapshot.process_definition(row.definition_key), newest[row.tenant], now)
        except Exception:  # a table of one district must not stop the clock of all; it is tried again with the next tick
            _log.exception("who is due for %s in %s cannot be found out", row.element_id, row.tenant)
    return found


def _catch_up(row: Any, definition: ProcessDefinition, newest: datetime | None, now: datetime) -> int:
    seen = datetime.fromisoformat(row.memo[SEEN])
    whole = now - seen >= _AGAIN
    declared = definition.obligation
    of_projects = declared is not None and declared.each is Subject.PROJECT
    if not whole and (not of_projects or newest is None or newest < seen):
        return 0
    try:
        with act():
            found = _due(row.tenant, definition, row.element_id, row.memo[PERIOD], now, since=None if whole else seen)
            if whole or now > seen:
                obligations.note(row.key, {**row.memo, SEEN: now.isoformat()})
    except IntegrityError:  # another node has written the same down
        return 0
    return found


def _due(tenant: str, definition: ProcessDefinition, element_id: str, period: str, now: datetime, since: datetime | None = None) -> int:
    """Insert the rows of those who are due and have none yet. Needs an act."""
    declared = definition.obligation
    assert declared is not None
    when = _When(snapshot.library(tenant), definition, now, period[:_DAY])
    there = obligations.there(tenant, definition.process_id, period)
    new = [one for one in _candidates(tenant, declared.each, since) if (one.kind, one.key) not in there and _may_be(when, one)]
    due = [_row(tenant, definition, one, period, now) for one in new]
    if due:
        rows.insert(ObligationRow, due)
        rows.insert(WaitRow, [_wait(row, definition, element_id, now) for row in due])
    return len(due)


def _may_be(when: _When, one: Candidate) -> bool:
    """What cannot be said now is asked again at its turn, where it is an incident of this one alone."""
    try:
        return when.holds(one)
    except Conflict:
        return True


def _candidates(tenant: str, each: Subject, since: datetime | None, only: str | None = None) -> Iterator[Candidate]:
    if each is Subject.PROJECT:
        for row in obligations.projects(tenant, since, int(only) if only is not None else None):
            yield Candidate(kind=each, key=str(row.key), name=row.name, project=dict(row._mapping))
    elif each is Subject.OFFICE:
        for row in obligations.offices(tenant):
            shown = {"kind": each.value, "key": str(row.key), "name": row.name}
            yield Candidate(kind=each, key=str(row.key), name=row.name, shown=shown)
    elif each is Subject.DISTRICT:
        yield Candidate(kind=each, key=tenant, name=snapshot.district(tenant).title)
    else:
        yield from _systems(tenant)


def _systems(tenant: str) -> Iterator[Candidate]:
    for row in ledger.records(tenant, SYSTEM_REGISTER, None):
        number, name = str(row.data.get("systemNo") or ""), str(row.data.get("name") or "")
        if number:
            shown = {"kind": Subject.SYSTEM.value, "key": number, "name": name, "row": row.data}
            project = next(iter(obligations.projects(tenant, None, row.project_key)), None) if row.project_key else None
            yield Candidate(
                kind=Subject.SYSTEM, key=number, name=name or number, project=dict(project._mapping) if project else None, shown=shown
            )


def _row(tenant: str, definition: ProcessDefinition, one: Candidate, period: str, now: datetime) -> Row:
    return {
        "key": next_key(), "tenant": tenant, "process_id": definition.process_id, "subject_kind": one.kind, "subject_key": one.key,
        "subject_name": one.name, "period": period, "project_key": one.project_key, "root_key": None, "created_at": now, "passed_at": None,
    }  # fmt: skip


def _wait(due: Row, definition: ProcessDefinition, element_id: str, now: datetime) -> Row:
    return wait(
        TreePlace(due["tenant"]),
        process_id=definition.process_id,
        definition_key=definition.key,
        element_id=element_id,
        kind=WaitKind.OBLIGATION,
        due_at=now,
        memo={"obligation": str(due["key"])},
        now=now,
    )


# ---------------------------------------------------------------------- one is begun


def begin(due: DueWait, now: datetime) -> bool:
    """Begin a process for one subject, by the newest diagram. Raises Gone."""
    noted = obligations.one(int((due.memo or {})["obligation"]))
    library = snapshot.library(due.tenant)
    reference = library.reference("process", due.process_id)
    started = noted is not None and noted.root_key is not None
    enabled = reference is not None and reference.key in start_events.obliging(due.tenant, library)
    definition = library.definition(reference.key) if reference is not None and enabled else None
    one = _subject(noted, due.tenant) if noted is not None and definition is not None else None
    if noted is None or definition is None or one is None or started or not _When(library, definition, now, noted.period[:_DAY]).holds(one):
        with act():
            if not waits.take(due.key, now):
                raise Gone
            if noted is not None and not started:
                obligations.settle(noted.key, passed_at=now)
        return False
    event = next(event.element_id for event in definition.start_events if event.timer is not None)
    given: dict[str, Any] = {PERIOD: noted.period[:_DAY], **({SUBJECT: dict(one.shown)} if one.shown is not None else {})}
    with new_instance(definition.key, due.tenant, now, accounts.system(due.tenant), project_key=noted.project_key) as tree:
        tree.step(Start(definition.key, given, event))
        details = {"event": event, PERIOD: noted.period, SUBJECT: f"{noted.subject_kind}:{noted.subject_key}"}
        tree.record(Action.PROCESS_START, due.process_id, details)
        if not waits.take(due.key, now):  # another node was first
            raise Gone
        tree.save()
        obligations.settle(noted.key, root_key=tree.root_key)
        if due.attempts:
            waits.close_incidents(due.key, now)
    if tree.unsettled:
        messages.settle(now)
    return True


def _subject(noted: Any, tenant: str) -> Candidate | None:
    """The subject as it is now; None if it is no more."""
    kind = Subject(noted.subject_kind)
    only = noted.subject_key if kind is Subject.PROJECT else None
    return next((one for one in _candidates(tenant, kind, None, only) if one.key == noted.subject_key), None)
