"""What an open task reads, and what it was told of approvals, as whoever looks at it or hands it in has to know it: the checks of its form, its page.

Both are as they are now, not as they were when the task opened: an approval may have lapsed since. Source: modelling.md §4, §6, §8.
"""

from datetime import datetime
from typing import Any

from app.engine import reads
from app.engine.course import Course
from app.engine.elements.mappings import approvals_now
from app.engine.errors import ElementFailure
from app.engine.expressions import evaluate
from app.engine.ledger import NOTHING_KNOWN, KnownLedger
from app.engine.library import Library
from app.engine.limits import StepLimits
from app.engine.state import State, build

_DEFAULT_LIMITS = StepLimits()


def readings(
    library: Library, state: State, element: int, now: datetime, limits: StepLimits = _DEFAULT_LIMITS, ledger: KnownLedger = NOTHING_KNOWN
) -> dict[str, Any]:
    """Name → rows, sum, number, or what an input mapping makes of an approval, of the element (its local integer) now. The state is not changed. Raises Unanswered.

    Nothing where it reads nothing, or where it cannot be read: what asks for the name then finds none, and a check that cannot be decided refuses.
    """
    if not state.reads(element):
        return {}
    course = Course(library, build(state.document(), library), now, limits=limits, ledger=ledger)
    try:
        token = course.tree.tokens[element]
        return approvals_now(course, token) | reads.answered(course, token)
    except ElementFailure:
        return {}


def person_named(
    library: Library, state: State, element: int, now: datetime, limits: StepLimits = _DEFAULT_LIMITS, ledger: KnownLedger = NOTHING_KNOWN
) -> tuple[str, str] | None:
    """Key and name of the person who alone does an open task, as its property ``person`` says now; None where it names nobody. Raises Unanswered.

    What is no person, or cannot be said, names nobody that there is: nobody does the task then (empty texts).
    """
    if not state.names_person(element):
        return None
    try:
        value = _declared(Course(library, build(state.document(), library), now, limits=limits, ledger=ledger), element, "person")
    except ElementFailure:
        return "", ""
    if value is None:
        return None
    if isinstance(value, dict) and all(isinstance(value.get(part), str) for part in ("key", "name")):
        return value["key"], value["name"]
    return "", ""


def joint_key(
    library: Library, state: State, element: int, now: datetime, limits: StepLimits = _DEFAULT_LIMITS, ledger: KnownLedger = NOTHING_KNOWN
) -> str | None:
    """The key of the list that an open task may be done in with others, as its property ``together`` says now; None: by itself. Raises Unanswered.

    What cannot be said is no list: the task is done by itself.
    """
    token = state.tree.tokens.get(element)
    if token is None or token.task_spec.declarations.together is None:
        return None
    try:
        value = _declared(Course(library, build(state.document(), library), now, limits=limits, ledger=ledger), element, "together")
    except ElementFailure:
        return None
    return None if value is None or value == "" else str(value)


def _declared(course: Course, element: int, name: str) -> Any:
    """What an open task's property gives now; null without it. Raises ElementFailure."""
    token = course.tree.tokens[element]
    term = getattr(token.task_spec.declarations, name)
    return evaluate(course, term, token, f"属性 {name}") if term is not None else None
