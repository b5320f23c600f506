"""The engine: ``step`` carries out one command on one instance tree; ``read`` turns a diagram into process definitions."""

from app.engine.assignments import describe_tasks
from app.engine.definitions import Diagram, ElementInfo, ProcessDefinition, StartEvent
from app.engine.errors import DiagramError, EngineError, LimitExceeded, NotOpen, Problem, Refused, StateError, Suspended
from app.engine.library import DecisionRef, Library, LibraryRef, StaticLibrary
from app.engine.limits import Limits
from app.engine.migration import Preview
from app.engine.migration import preview as preview_migration
from app.engine.reading import read
from app.engine.recalculation import Recalculated, recalculate
from app.engine.state import State
from app.engine.steps import step

__all__ = [
    "DecisionRef",
    "Diagram",
    "DiagramError",
    "ElementInfo",
    "EngineError",
    "Library",
    "LibraryRef",
    "LimitExceeded",
    "Limits",
    "NotOpen",
    "Preview",
    "Problem",
    "ProcessDefinition",
    "Recalculated",
    "Refused",
    "StartEvent",
    "State",
    "StateError",
    "StaticLibrary",
    "Suspended",
    "describe_tasks",
    "preview_migration",
    "read",
    "recalculate",
    "step",
]
