"""What the database says of the years, read with statements of our own: projects, their phases, their rows in the registers, trees and tasks."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.store.tables import FactChangeRow, ObligationRow, ProcessInstanceRow, ProjectRow, RecordRow, UserTaskRow, WaitRow, db

ENDED = ("retired", "rejected", "withdrawn", "terminated")


@dataclass(slots=True)
class Life:
    """A project. ``phases``: (since when, phase), in order; ``rows``: register → its rows as they stand, corrected ones as corrected."""

    key: int
    district: str
    name: str
    phase: str
    facts: Mapping[str, Any]
    phases: list[tuple[datetime, str]] = field(default_factory=list)
    changes: list[Any] = field(default_factory=list)
    rows: defaultdict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))

    def stays(self, phases: frozenset[str], begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The times within ``begin`` and ``end`` in which it is in one of the phases."""
        for number, (since, phase) in enumerate(self.phases):
            until = self.phases[number + 1][0] if number + 1 < len(self.phases) else end
            if phase in phases and since < end and until > begin:
                yield max(since, begin), min(until, end)

    def said(self, name: str, at: datetime) -> Any:
        """A fact as it stood at an instant."""
        known = [change for change in self.changes if change.field == name]
        number = bisect_right([change.at for change in known], at)
        return known[number - 1].after if number else None


@dataclass(slots=True)
class Tree:
    """A process that was begun. ``late``: the deadlines that the register of what is overdue has of it; ``open``: its open tasks."""

    key: int
    district: str
    process: str
    project: int | None
    state: str
    started: datetime
    ended: datetime | None
    rows: list[Any] = field(default_factory=list)
    late: list[Any] = field(default_factory=list)
    open: list[Any] = field(default_factory=list)
    waits: int = 0


@dataclass(slots=True)
class Lives:
    projects: dict[int, Life]
    trees: dict[int, Tree]
    obligations: Sequence[Any]
    records: Sequence[Any]
    tasks: Sequence[Any]
    others: dict[int, Tree] = field(default_factory=dict)  # called ones, by their own key


def read() -> Lives:
    session = db.session
    projects = {
        row.key: Life(row.key, row.tenant, row.name, row.phase, row.facts)
        for row in session.execute(select(ProjectRow.key, ProjectRow.tenant, ProjectRow.name, ProjectRow.phase, ProjectRow.facts))
    }
    changed = select(FactChangeRow.project_key, FactChangeRow.field, FactChangeRow.before, FactChangeRow.after, FactChangeRow.at)
    for row in session.execute(changed.order_by(FactChangeRow.key)):
        projects[row.project_key].changes.append(row)
        if row.field == "phase":
            projects[row.project_key].phases.append((row.at, str(row.after)))
    trees = {
        row.root_key: Tree(row.root_key, row.tenant, row.process_id, row.project_key, row.state, row.started_at, row.ended_at)
        for row in session.execute(select(ProcessInstanceRow.__table__).where(ProcessInstanceRow.parent_key.is_(None)))
    }
    records = list(session.execute(select(RecordRow.__table__).order_by(RecordRow.key)))
    for row in records:
        if row.project_key is not None and row.superseded_at is None:
            projects[row.project_key].rows[row.kind].append(row)
        if row.root_key in trees:
            (trees[row.root_key].late if row.kind == "overdue" else trees[row.root_key].rows).append(row)
    tasks = list(session.execute(select(UserTaskRow.__table__).where(UserTaskRow.state == "open").order_by(UserTaskRow.key)))
    for row in tasks:
        trees[row.root_key].open.append(row)
    for root in session.scalars(select(WaitRow.root_key).where(WaitRow.root_key.is_not(None))):
        if root in trees:
            trees[root].waits += 1
    obligations = list(session.execute(select(ObligationRow.__table__)))
    session.rollback()
    return Lives(projects, trees, obligations, records, tasks)
