"""What the database says before and after an act: the ledger, its registers and what was approved, read with statements of our own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select, text

from app.store.tables import ApprovalRow, FactChangeRow, IncidentRow, ProjectRow, RecordRow, UserTaskRow, db

_PROJECTS = text(
    "SELECT key, version, phase, number, name, applicant_key, plan_year, total_amount, contract_amount,"
    " CAST(facts AS TEXT), CAST(offices AS TEXT), CAST(phases AS TEXT) FROM projects"
)
_TASKS = text("SELECT key, assignee FROM user_tasks WHERE state = 'open'")
_TREES = text("SELECT key, version FROM process_instances WHERE state = 'active'")


@dataclass(frozen=True, slots=True)
class Project:
    """A row of the ledger, read."""

    key: int
    tenant: str
    phase: str
    facts: Mapping[str, Any]
    offices: Mapping[str, Any]

    def has(self, relation: str, office: int) -> bool:
        return any(key == office for key, _ in self.offices.get(relation, ()))


@dataclass(slots=True)
class Seen:
    """The ledger at one moment; ``raw``: every column as text, so that nothing changes unnoticed."""

    raw: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    projects: dict[int, Project] = field(default_factory=dict)
    tasks: frozenset[tuple[Any, ...]] = frozenset()
    trees: frozenset[tuple[Any, ...]] = frozenset()
    counts: tuple[int, ...] = ()
    last: tuple[int, int, int] = (0, 0, 0)


@dataclass(slots=True)
class Written:
    """The rows that came into being between two moments."""

    changes: list[Any]
    records: list[Any]
    approvals: list[Any]


def look(before: Seen | None = None) -> tuple[Seen, Written]:
    """The present moment, and what is new since ``before``."""
    before = before or Seen()
    session = db.session
    raw = {row[0]: tuple(row[1:]) for row in session.execute(_PROJECTS)}
    changed = [key for key, row in raw.items() if before.raw.get(key) != row]
    projects = {key: project for key, project in before.projects.items() if key in raw}
    columns = (ProjectRow.key, ProjectRow.tenant, ProjectRow.phase, ProjectRow.facts, ProjectRow.offices)
    for row in session.execute(select(*columns).where(ProjectRow.key.in_(changed))) if changed else ():
        projects[row.key] = Project(row.key, row.tenant, row.phase, row.facts, row.offices)
    of_changes, of_records, of_approvals = before.last
    written = Written(
        changes=list(session.execute(select(FactChangeRow.__table__).where(FactChangeRow.key > of_changes).order_by(FactChangeRow.key))),
        records=list(session.execute(select(RecordRow.__table__).where(RecordRow.key > of_records).order_by(RecordRow.key))),
        approvals=list(session.execute(select(ApprovalRow.__table__).where(ApprovalRow.key > of_approvals).order_by(ApprovalRow.key))),
    )
    counts = tuple(
        session.execute(select(func.count()).select_from(table)).scalar_one() for table in (FactChangeRow, RecordRow, ApprovalRow)
    )
    seen = Seen(
        raw=raw,
        projects=projects,
        tasks=frozenset(tuple(row) for row in session.execute(_TASKS)),
        trees=frozenset(tuple(row) for row in session.execute(_TREES)),
        counts=counts,
        last=(
            max([of_changes, *(row.key for row in written.changes)]),
            max([of_records, *(row.key for row in written.records)]),
            max([of_approvals, *(row.key for row in written.approvals)]),
        ),
    )
    session.rollback()  # nothing is held while the next one acts
    return seen, written


def incidents() -> list[Any]:
    """What stands still."""
    rows = db.session.execute(select(IncidentRow.__table__).where(IncidentRow.closed_at.is_(None))).all()
    db.session.rollback()
    return list(rows)


def completions() -> dict[str, int]:
    """process.task → how often somebody has completed it, as the database tells."""
    rows = db.session.execute(
        select(UserTaskRow.process_id, UserTaskRow.element_id, func.count())
        .where(UserTaskRow.state == "completed")
        .group_by(UserTaskRow.process_id, UserTaskRow.element_id)
    ).all()
    db.session.rollback()
    return {f"{process}.{element}": count for process, element, count in rows}
