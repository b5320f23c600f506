"""Queries for what is handed to an auditor: everything that is kept of one project, oldest first."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from app.store.tables import (
    ApprovalRow,
    AuditEntryRow,
    DecisionEvaluationRow,
    DefinitionRow,
    FactChangeRow,
    ProcessInstanceRow,
    RecordRow,
    UserTaskRow,
    db,
)

_TABLES: dict[str, Any] = {
    "instances": ProcessInstanceRow,
    "tasks": UserTaskRow,
    "decisions": DecisionEvaluationRow,
    "records": RecordRow,
    "changes": FactChangeRow,
    "approvals": ApprovalRow,
    "audit": AuditEntryRow,
}


def of_project(project_key: int) -> dict[str, Sequence[Row[Any]]]:
    """What there is → its rows; of records also those that count no more."""
    return {
        name: db.session.execute(select(kept.__table__).where(kept.project_key == project_key).order_by(kept.key)).all()
        for name, kept in _TABLES.items()
    }


def versions(keys: Sequence[int]) -> dict[int, int]:
    """Definition → its version."""
    query = select(DefinitionRow.key, DefinitionRow.version).where(DefinitionRow.key.in_(sorted(set(keys))))
    return {row.key: row.version for row in db.session.execute(query)}
