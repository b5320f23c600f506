"""Scopes: where a variable is seen from, and where one that is written belongs.

A multi-instance body keeps the collection that it fills for itself: it is seen under its name from everywhere inside, like a variable, but is none.
"""

from typing import Any

from app.engine.spiff import Token

LOOP_COUNTER = "loopCounter"


def own(token: Token) -> dict[str, Any]:
    """What the token's own scope shows. Not to be changed."""
    if token.reads:
        return {**token.variables, **token.reads}
    if "output" not in token.memo:
        return token.variables
    return {**token.variables, str(token.task_spec.kept): token.memo["output"]}


def visible(token: Token) -> dict[str, Any]:
    """Everything that can be seen from ``token``: nearer scopes hide farther ones. A fresh mapping."""
    scopes = []
    at: Token | None = token
    while at is not None:
        if at.variables or at.reads or "output" in at.memo:
            scopes.append(own(at))
        at = at.outer
    if not scopes:
        return {}
    merged = dict(scopes[-1])
    for variables in reversed(scopes[:-1]):
        merged.update(variables)
    return merged


def inside_loop(token: Token) -> dict[str, Any] | None:
    """What can be seen from ``token`` of its own instance of the nearest multi-instance around it alone; None outside of any."""
    found: dict[str, Any] = {}
    at: Token | None = token
    while at is not None:
        found = {**at.variables, **found}
        if "place" in at.memo:  # of an instance in its body
            return found
        at = at.outer
    return None


def straight(token: Token) -> Token | None:
    """What stands in the place of a task that waits for a correction, where ``token`` is that correction or stands in it; None for any other."""
    at: Token | None = token
    while at is not None and "back" not in at.memo:
        at = at.body or at.workflow.host
    return at


def is_in_loop(token: Token) -> bool:
    """Whether it is one instance of a multi-instance activity, or inside one, in its process instance."""
    at: Token | None = token
    while at is not None:
        if at.body is not None:
            return True
        at = at.outer if not at.is_process else None
    return False


def home(start: Token, name: str) -> Token:
    """Whose scope a variable is written to: the nearest that has it, from ``start`` outwards, else the process instance.

    Under the name of a multi-instance's collection an instance writes for itself.
    """
    at = start
    while name not in at.variables:
        outer = at.outer
        if outer is None or ("output" in outer.memo and outer.task_spec.kept == name):
            break
        at = outer
    return at
