"""The tables of design §5, by what they are about. Importing this package makes all of them known to the metadata."""

from app.store.tables.accounts import DelegationRow, MembershipRow, OrganisationRow, Role, UserRow
from app.store.tables.base import db
from app.store.tables.documents import DocumentRow
from app.store.tables.instances import (
    DecisionEvaluationRow,
    ElementInstanceRow,
    IncidentRow,
    JobRow,
    MessageDeliveryRow,
    MessageRow,
    ProcessInstanceRow,
    TaskCandidateRow,
    UserTaskRow,
    VariableRow,
    WaitRow,
)
from app.store.tables.ledger import (
    ApprovalRow,
    CalendarDayRow,
    FactChangeRow,
    NotificationReadRow,
    NotificationRow,
    NumberRow,
    ProjectOfficeRow,
    ProjectRow,
    RecordRow,
)
from app.store.tables.obligations import ObligationRow
from app.store.tables.resources import CatalogueRow, DefinitionRow, DeploymentRow, ResourceRow, ScenarioVerdictRow
from app.store.tables.trail import AuditEntryRow, AuditSealRow, IdempotencyKeyRow, StoredSettingRow

__all__ = [
    "ApprovalRow",
    "AuditEntryRow",
    "AuditSealRow",
    "CalendarDayRow",
    "CatalogueRow",
    "DecisionEvaluationRow",
    "DefinitionRow",
    "DelegationRow",
    "DeploymentRow",
    "DocumentRow",
    "ElementInstanceRow",
    "FactChangeRow",
    "IdempotencyKeyRow",
    "IncidentRow",
    "JobRow",
    "MembershipRow",
    "MessageDeliveryRow",
    "MessageRow",
    "NotificationReadRow",
    "NotificationRow",
    "NumberRow",
    "ObligationRow",
    "OrganisationRow",
    "ProcessInstanceRow",
    "ProjectOfficeRow",
    "ProjectRow",
    "RecordRow",
    "ResourceRow",
    "Role",
    "ScenarioVerdictRow",
    "StoredSettingRow",
    "TaskCandidateRow",
    "UserRow",
    "UserTaskRow",
    "VariableRow",
    "WaitRow",
    "db",
]
