"""The tables of design §5, by what they are about. Importing this package makes all of them known to the metadata."""

from app.store.tables.accounts import Delegation, Membership, Organisation, Role, User
from app.store.tables.base import db
from app.store.tables.instances import (
    DecisionEvaluation,
    ElementInstance,
    Incident,
    Job,
    Message,
    MessageDelivery,
    ProcessInstance,
    TaskCandidate,
    UserTask,
    Variable,
    Wait,
)
from app.store.tables.ledger import CalendarDay, Notification, NotificationRead, Number, Project, ProjectOffice, Record
from app.store.tables.resources import Catalogue, DecisionDefinition, Deployment, FormDefinition, ProcessDefinition, Resource
from app.store.tables.trail import AuditEntry, AuditSeal, IdempotencyKey, StoredSetting

__all__ = [
    "AuditEntry",
    "AuditSeal",
    "CalendarDay",
    "Catalogue",
    "DecisionDefinition",
    "DecisionEvaluation",
    "Delegation",
    "Deployment",
    "ElementInstance",
    "FormDefinition",
    "IdempotencyKey",
    "Incident",
    "Job",
    "Membership",
    "Message",
    "MessageDelivery",
    "Notification",
    "NotificationRead",
    "Number",
    "Organisation",
    "ProcessDefinition",
    "ProcessInstance",
    "Project",
    "ProjectOffice",
    "Record",
    "Resource",
    "Role",
    "StoredSetting",
    "TaskCandidate",
    "User",
    "UserTask",
    "Variable",
    "Wait",
    "db",
]
