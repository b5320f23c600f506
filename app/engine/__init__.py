"""The engine: ``step`` carries out one command on one instance tree; ``read`` turns a diagram into process definitions."""

from app.engine.assignments import describe_tasks
from app.engine.definitions import Diagram, ElementInfo, ProcessDefinition, StartEvent
from app.engine.errors import (
    DiagramError,
    DiagramProblem,
    EngineError,
    LimitExceeded,
    ModificationRefused,
    NameReserved,
    NotOpen,
    StateError,
    TreeSuspended,
)
from app.engine.expressions import CALENDAR
from app.engine.ledger import (
    ApprovalsAsked,
    KnownApproval,
    KnownLedger,
    NamedAsked,
    NumberAsked,
    OfficesAsked,
    PrintAsked,
    ProjectsAsked,
    Question,
    RowsAsked,
    Unanswered,
    answering,
)
from app.engine.library import DecisionRef, Library, LibraryRef, StaticLibrary
from app.engine.limits import StepLimits
from app.engine.migration import Preview
from app.engine.migration import preview as preview_migration
from app.engine.reading import read
from app.engine.readings import joint_key, person_named, readings
from app.engine.recalculation import Recounted, concerns, counts_by_ledger, recount
from app.engine.returning import ReturnTarget
from app.engine.returning import targets as return_targets
from app.engine.state import State
from app.engine.steps import step

__all__ = [
    "CALENDAR",
    "ApprovalsAsked",
    "DecisionRef",
    "Diagram",
    "DiagramError",
    "DiagramProblem",
    "ElementInfo",
    "EngineError",
    "KnownApproval",
    "KnownLedger",
    "Library",
    "LibraryRef",
    "LimitExceeded",
    "ModificationRefused",
    "NameReserved",
    "NamedAsked",
    "NotOpen",
    "NumberAsked",
    "OfficesAsked",
    "Preview",
    "PrintAsked",
    "ProcessDefinition",
    "ProjectsAsked",
    "Question",
    "Recounted",
    "ReturnTarget",
    "RowsAsked",
    "StartEvent",
    "State",
    "StateError",
    "StaticLibrary",
    "StepLimits",
    "TreeSuspended",
    "Unanswered",
    "answering",
    "concerns",
    "counts_by_ledger",
    "describe_tasks",
    "joint_key",
    "person_named",
    "preview_migration",
    "read",
    "readings",
    "recount",
    "return_targets",
    "step",
]
