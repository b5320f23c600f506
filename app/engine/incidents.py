"""Incidents: a token that cannot go on stands still, says why in Chinese, and is retried exactly there."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.decision import feel
from app.engine.effects import IncidentClosed, IncidentOpened
from app.engine.errors import ElementFailure

if TYPE_CHECKING:
    from app.engine.course import Course
    from app.engine.spiff import Token, Tree

_LONGEST = 2_000  # characters of a sentence


@dataclass(slots=True)
class Incident:
    """``token`` stands at the stage that failed."""

    number: int
    token: "Token"
    type: str
    message: str
    details: dict[str, Any]


def open_incident(course: "Course", token: "Token", failure: ElementFailure) -> None:
    tree = course.tree
    number = tree.next_number("incident")
    # A sentence may quote a value, whatever it is.
    message = failure.message.replace("\0", "�")
    message = message if len(message) <= _LONGEST else message[:_LONGEST] + "…"
    incident = Incident(number, token, failure.type, message, {name: _plain(value) for name, value in failure.details.items()})
    tree.incidents[number] = incident
    token.incident = number
    element = 0 if token.is_process else token.number
    course.emit(
        IncidentOpened(
            incident=number,
            element=element,
            instance=token.instance,
            element_id=token.element_id,
            type=incident.type,
            message=incident.message,
            details=incident.details,
        )
    )


def close_incident(tree: "Tree", token: "Token") -> Incident | None:
    """Take the token's incident away, if it has one."""
    incident = tree.incidents.pop(token.incident, None)
    token.incident = 0
    if incident is not None:
        tree.course.emit(IncidentClosed(incident.number))
    return incident


def _plain(value: Any) -> Any:
    """What can be stored of a value that an expression gave."""
    try:
        return feel.to_json(value)
    except feel.FeelError:
        return feel.type_name(value)


def settled(course: "Course", names: Iterable[str]) -> list[str]:
    """While a row waits to be registered, the variables of ``names`` that nobody may set, in sentences: what has a value and is not told to be wrong.

    A row is repaired by filling in what it lacks (modelling.md §4, ``record``); another value of what an office has given is that office's, who gets it by a return.
    """
    told = []
    for incident in course.tree.incidents.values():
        if not incident.token.task_spec.declarations.record:
            continue
        wrong = {path.split("/")[0] for path in incident.details.get("fields", ())}
        seen = course.visible(incident.token)
        told += [
            f"变量“{name}”是已经办理、正等待登记的内容,不能改动:{course.place(incident.token)}只能补齐异常所列的字段。请把流程移回填写它的环节重新办理"
            for name in names
            if name not in wrong and seen.get(name) is not None
        ]
    return told
