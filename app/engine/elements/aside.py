"""What elements know of a return that goes straight back: a token aside of the flow, and the one that is held until it is done (see ``engine.returning``)."""

from typing import TYPE_CHECKING

from app.engine import phases

if TYPE_CHECKING:
    from app.engine.elements.base import EventElement
    from app.engine.spiff import Token


def go_on(token: "Token") -> None:
    """What a token has been put in front of is done, or given up: the task that waits for it opens again (see ``engine.returning``)."""
    held = token.workflow.tree.tokens.get(token.memo["back"])
    if held is not None and held.memo.pop("held", False):
        phases.restore(token.course, held)
        held.queue("arrived")


def leads_away(event: "EventElement", token: "Token") -> bool:
    """Whether an event would take a token along that stands aside of the flow: there it may not happen."""
    return "aside" in token.memo and event.interrupting and event.element_type == "boundaryEvent"


def hand_on(token: "Token", child: "Token") -> None:
    """What a return brings to a task further inside goes on from scope to scope (see ``engine.returning``)."""
    if "entry" in token.memo:
        child.memo["entry"] = dict(token.memo["entry"])
    if "aside" in token.memo:
        child.memo["aside"] = True
