"""What follows the deadline of a user task: the table ``overdue`` asked when the task opens. Serving it is the caller's, and no step (modelling.md §5).

A task is served by its diagram instead where it, or something that encloses it, has a timer at its edge that leads to the connector ``mark_overdue``: the two
would mark and tell twice.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.decision import feel
from app.decision.dmn import DmnError, DmnEvaluationError
from app.domain import overdue
from app.domain.overdue import FollowUp, OverdueError
from app.engine.codes import IncidentType
from app.engine.decisions import supplied
from app.engine.elements.base import BoundaryElement, Element, EventElement, ProcessRoot
from app.engine.errors import ElementFailure
from app.engine.expressions import LiteralTerm, Term, deadline_key

if TYPE_CHECKING:
    from app.engine.course import Course
    from app.engine.spiff import Token


def key_of(term: Term | None, task: str) -> str:
    """The deadline key of a task: the literal first argument of deadline() or remindAt() in its ``dueDate``, else the task's id."""
    return (deadline_key(term) if term is not None else None) or task


def follow_ups(course: "Course", token: "Token", roles: Sequence[str], key: str) -> tuple[FollowUp, ...]:
    """The rows of the table for a task of these roles and this key. Raises ElementFailure (CALLED_DECISION_ERROR)."""
    ref = course.library.decision(overdue.TABLE)
    if ref is None:
        return overdue.DEFAULT
    process_id = course.tree.instances[token.instance].definition.process_id
    asked = {"role": roles[0] if roles else None, "key": key, "process": process_id}
    course.site = token
    try:
        evaluation = ref.evaluate(supplied(course, token, ref, asked), course.environment)
        output = feel.to_json(evaluation.output)
        return overdue.read(key, output, [rule.id or str(rule.number) for rule in evaluation.rules])
    except (DmnError, DmnEvaluationError, feel.FeelError, OverdueError) as error:
        said = error.message if isinstance(error, DmnEvaluationError | feel.FeelError) else str(error)
        raise ElementFailure(
            IncidentType.CALLED_DECISION_ERROR,
            f"{course.place(token)}的期限“{key}”之后怎样办,决策“{overdue.TABLE}”得不出结果:{said}。请改正决策表后重试",
            {"decision": overdue.TABLE, "key": key},
        ) from error


def is_drawn(course: "Course", token: "Token") -> bool:
    """Whether a timer at the edge of the task, or of something around it or calling it, leads to ``mark_overdue``."""
    at: Token | None = token
    while at is not None:
        if at.task_spec.marks_overdue:
            return True
        at = at.outer if not at.is_process else course.tree.tokens.get(course.tree.instances[at.instance].call)
    return False


def marks(element: Element) -> bool:
    """Whether a timer at the edge of ``element``, or of an event sub-process right inside it, leads to ``mark_overdue``."""
    level = getattr(element, "inner_spec", None)
    root = element if isinstance(element, ProcessRoot) else level.start if level is not None else None
    events: list[EventElement] = [*element.boundaries, *(root.event_starts if root is not None else ())]
    pending: list[Element] = [event for event in events if event.trigger.kind == "timer"]
    seen: set[int] = set()
    while pending:
        found = pending.pop()
        if id(found) in seen:
            continue
        seen.add(id(found))
        job = getattr(found, "job", None)
        if job is not None and isinstance(job.type, LiteralTerm) and job.type.value.strip() == overdue.MARK_OVERDUE:
            return True
        pending += [flow.target for flow in found.outgoing]
        inner = getattr(found, "inner_spec", None)
        if inner is not None:
            pending += [one for one in inner.elements.values() if not isinstance(one, BoundaryElement)]
    return False
