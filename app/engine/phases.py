"""The phase of the project as elements declare it: entering one, going back with a return, and the end of the project.

Source: modelling.md §4 (``phase``), §7.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from app.domain.fact_changes import PHASE
from app.engine.codes import IncidentType
from app.engine.effects import PhaseEntered
from app.engine.errors import ElementFailure

if TYPE_CHECKING:
    from app.engine.course import Course
    from app.engine.elements.base import Element, EventElement
    from app.engine.spiff import Level, Token, Wait

PROJECT_ENDED = "project_ended"  # the message of an event sub-process that ends a tree with its project


def enter(course: "Course", token: "Token") -> None:
    """The phase that is declared, on entering. What goes on in a project that has ended ends it no second time: the end that came first stands.

    Raises ElementFailure (PHASE_ERROR).
    """
    phase = token.task_spec.declarations.phase
    project = the_project(course, token, f"进入阶段“{phase}”", IncidentType.PHASE_ERROR)
    now, following = project[PHASE], course.ledger.following
    if now == phase:
        return
    process_id = course.tree.instances[token.instance].definition.process_id
    if phase in course.ledger.lasting and process_id in course.ledger.lasting.get(now, ()):
        return
    wakes = process_id in course.ledger.woken_by.get(now, ()) and phase in course.entered
    if following is not None and phase not in following.get(now, ()) and not wakes:
        may = "、".join(following.get(now, ())) or "(无)"
        raise ElementFailure(
            IncidentType.PHASE_ERROR,
            f"{course.place(token)}要让项目进入阶段“{phase}”,但项目现在是“{now}”,之后只能是:{may}。请核对项目的进展或流程图后重试",
            {PHASE: phase, "now": now},
        )
    _set(course, token, phase)


def the_project(course: "Course", token: "Token", what: str, kind: IncidentType) -> dict[str, Any]:
    """The project's row. Raises ElementFailure of this kind where the tree belongs to none."""
    if course.project is None:
        raise ElementFailure(
            kind, f"{course.place(token)}要{what},但该流程实例不属于任何项目。请从项目页发起,或由带项目的流程发出消息启动", {}
        )
    return course.project


def _set(course: "Course", token: "Token", phase: str) -> None:
    if course.project is not None:
        course.project[PHASE] = phase
        course.entered.append(phase)
        process_id = course.tree.instances[token.instance].definition.process_id
        course.emit(PhaseEntered(token.number, process_id, token.element_id, phase))


# ---------------------------------------------------------------------- a return


def fall_back(course: "Course", token: "Token", level: "Level", path: Iterable["Element"]) -> str | None:
    """A return sets the phase of the stage that it goes back to, where that is an earlier main one in which the project has been.

    ``path``: the elements from ``level`` down to the target. Gives the phase that it was before, None if it stays.
    """
    if course.project is None:
        return None
    line, now = list(course.ledger.main_line), course.project[PHASE]
    wanted = next((element.declarations.phase for element in _around(course, level, path) if element.declarations.phase), None)
    if wanted is None or wanted not in course.entered or {wanted, now} - set(line) or line.index(wanted) >= line.index(now):
        return None
    _set(course, token, wanted)
    return str(now)


def restore(course: "Course", token: "Token") -> None:
    """Straight back: with the task that has waited its stage's phase comes again, if nothing else has moved the project meanwhile."""
    kept = token.memo.pop("phases", None)
    if kept is not None and course.project is not None and course.project[PHASE] == kept[1]:
        _set(course, token, kept[0])


def _around(course: "Course", level: "Level", path: Iterable["Element"]) -> Iterator["Element"]:
    """The target and what encloses it, innermost first: sub-processes, the start of the process, the processes that have called it."""
    yield from reversed(list(path))
    at: Level | None = level
    while at is not None:
        host = at.host
        if host is None:
            yield from at.spec.start.starts
            instance = at.tree.instances[at.instance]
            host = at.tree.tokens.get(instance.call) if instance.call else None
        if host is not None:
            yield host.task_spec
        at = host.workflow if host is not None else None


# ---------------------------------------------------------------------- the end


def end(course: "Course", phase: str) -> None:
    """The project has ended in ``phase``: the tree ends by the event sub-process that its process draws for it, else it is cancelled."""
    drawn = next((wait for wait in _waits(course)), None)
    if drawn is None:
        course.tree.task_tree.cancel()
        course.queue.clear()
        course.tree.stalled = []
        return
    course.inside = True
    event: EventElement = drawn.event
    event.fire(course, drawn, {PHASE: phase})


def _waits(course: "Course") -> Iterator["Wait"]:
    """Of the outermost process, interrupting: what only goes on beside would not end it."""
    for wait in course.tree.task_tree.waits.values():
        if wait.memo.get("name") == PROJECT_ENDED and wait.event.trigger.kind == "message" and wait.event.interrupting:
            yield wait
