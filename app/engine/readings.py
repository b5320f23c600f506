"""What an open task reads, as whoever looks at it or hands it in has to know it: the checks of its form, its page. Source: modelling.md §4, §8."""

from datetime import datetime
from typing import Any

from app.engine import reads
from app.engine.course import Course
from app.engine.errors import ElementFailure
from app.engine.ledger import NOTHING_KNOWN, KnownLedger
from app.engine.library import Library
from app.engine.limits import StepLimits
from app.engine.state import State, build

_DEFAULT_LIMITS = StepLimits()


def readings(
    library: Library, state: State, element: int, now: datetime, limits: StepLimits = _DEFAULT_LIMITS, ledger: KnownLedger = NOTHING_KNOWN
) -> dict[str, Any]:
    """Name → rows, sum or number, of the element (its local integer) now. The state is not changed. Raises Unanswered.

    Nothing where it reads nothing, or where it cannot be read: what asks for the name then finds none, and a check that cannot be decided refuses.
    """
    if not state.reads(element):
        return {}
    course = Course(library, build(state.document(), library), now, limits=limits, ledger=ledger)
    try:
        return reads.answered(course, course.tree.tokens[element])
    except ElementFailure:
        return {}
