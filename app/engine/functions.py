"""FEEL's functions as the engine has them: those of the standard, the statutory deadlines of a calendar, and what a tree and its ledger know.

All are pure: what they need is in the library, the state or the ledger that a step is given (modelling.md §2).
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from app.decision import feel
from app.domain import deadlines
from app.domain.calendars import Calendar
from app.engine import decisions

if TYPE_CHECKING:
    from app.engine.course import Course

OFFICES_OF = "officesOf"
COMPLETED_AT = "completedAt"
APPROVED, APPROVED_VALUE = "approved", "approvedValue"
OF_TREE = frozenset({COMPLETED_AT, APPROVED, APPROVED_VALUE})  # what only a tree can say: refused in a decision
_REGISTRIES_KEPT = 16
_registries: dict[tuple[int, str], tuple[Calendar, feel.Registry]] = {}
_lock = threading.Lock()


def of(calendar: Calendar, zone: ZoneInfo) -> feel.Registry:
    """FEEL's functions for a calendar and zone; the same object for the same pair."""
    key = (id(calendar), str(zone))
    kept = _registries.get(key)
    if kept is None or kept[0] is not calendar:  # a calendar that is gone may have left its id to another
        kept = (calendar, extended(deadlines.registry(decisions.find_rule, calendar, zone, decisions.entered)))
        with _lock:
            if len(_registries) >= _REGISTRIES_KEPT:
                _registries.clear()
            _registries[key] = kept
    return kept[1]


def extended(registry: feel.Registry) -> feel.Registry:
    """A registry with the functions of trees and their ledger; without a tree they give null."""
    spec = feel.FunctionSpec
    return registry.extended(
        spec(
            APPROVED,
            (("task",),),
            _approved,
            needs_environment=True,
            extension=True,
            doc="任务“流程.任务”最近一轮是否批准，并且所批准的内容没有再变",
        ),
        spec(
            APPROVED_VALUE,
            (("task", "name"),),
            _approved_value,
            needs_environment=True,
            extension=True,
            doc="任务“流程.任务”所批准的一项内容，没有批准或已失效为空",
        ),
        spec(
            OFFICES_OF,
            (("role",),),
            _offices_of,
            needs_environment=True,
            extension=True,
            doc="现在承担某一角色的单位，列表，每项是 {key, name}",
        ),
        spec(
            COMPLETED_AT,
            (("element",),),
            _completed_at,
            needs_environment=True,
            extension=True,
            doc="本次办理中某个元素最近一次完成的时刻，没有完成过为空",
        ),
    )


class OfficesAlone:
    """What the functions of a tree ask where there is none but the offices of roles are known: everything else stays null."""

    def __init__(self, offices_of: Callable[[str], Sequence[Mapping[str, str]]]) -> None:
        self.offices_of = offices_of
        self.ledger = self.site = self.library = self.tree = self
        self.entered_at: datetime | None = None
        self.completions: Mapping[str, str] = {}

    def decision(self, decision_id: str) -> None:
        """No table of deadlines."""

    def is_approved(self, task: str) -> None:
        """No approval."""

    def approved_value(self, task: str, name: str) -> None:
        """No approval."""


def _offices_of(environment: Any, role: object) -> object:
    course: Course | OfficesAlone | None = environment.extra
    if course is None or not isinstance(role, str):
        return None
    found = course.ledger.offices_of(role)
    return None if found is None else [dict(office) for office in found]


def _approved(environment: Any, task: object) -> object:
    course: Course | None = environment.extra
    return None if course is None or not isinstance(task, str) else course.is_approved(task)


def _approved_value(environment: Any, task: object, name: object) -> object:
    course: Course | None = environment.extra
    return None if course is None or not isinstance(task, str) or not isinstance(name, str) else course.approved_value(task, name)


def _completed_at(environment: Any, element: object) -> object:
    course: Course | None = environment.extra
    found = course.tree.completions.get(element) if course is not None and isinstance(element, str) else None
    return None if found is None else datetime.fromisoformat(found)
