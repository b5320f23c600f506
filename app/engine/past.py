"""What a scope remembers of its elements: in which round they are, and which user tasks have been completed.

Kept where the scope is kept (memo ``past`` of a process instance or sub-process: element id → what is remembered), so it is dumped and loaded with it, ends
with it, and grows with the diagram and not with time. Remembered are user tasks, multi-instance activities and elements that declare something.

``round`` (1 is not written): the first entry is 1, each entry adds one, unless a return has reopened the element (``reopened``). ``done``: it has been
completed here, or in a sub-process that has ended here; the number of the element instance that was completed last. ``places``: of a multi-instance
activity, the instances that have completed, counted from 1.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.engine.elements.base import Element
    from app.engine.spiff import Token

Past = dict[str, dict[str, Any]]  # an entry is replaced, never changed: states share it


def of(scope: "Token") -> Past:
    """What the scope of a process instance or sub-process remembers. Not to be changed."""
    found: Past = scope.memo.get("past", {})
    return found


def _kept(scope: "Token") -> Past:
    found: Past = scope.memo.setdefault("past", {})
    return found


def remembers(element: "Element") -> bool:
    return bool(element.properties) or element.element_type in ("userTask", "multiInstanceBody")


def entered(token: "Token") -> int:
    """A token enters an element: the round that begins, or goes on. An instance of a multi-instance activity is in the round of its body."""
    element = token.task_spec
    if not remembers(element):
        return 1
    if token.body is not None:
        return current(token)
    scope = _kept(token.workflow.owner)
    before = scope.get(element.bpmn_id)
    if before is None:
        scope[element.bpmn_id] = {}
        return 1
    after = {name: value for name, value in before.items() if name != "reopened"}
    if "reopened" not in before:
        after["round"] = before.get("round", 1) + 1
    scope[element.bpmn_id] = after
    return int(after.get("round", 1))


def current(token: "Token") -> int:
    """The round in which an element is."""
    return int(of(token.workflow.owner).get(token.element_id, {}).get("round", 1))


def completed(token: "Token") -> None:
    """A token has completed its element. What was done inside a sub-process is known outside from now on."""
    element, body = token.task_spec, token.body
    if body is not None:
        place = token.memo["place"]
        body.memo["places"] = [*(other for other in body.memo.get("places", ()) if other != place), place]
    elif remembers(element):
        scope = _kept(token.workflow.owner)
        entry = {**scope.get(element.bpmn_id, {}), "done": token.number}
        if "places" in token.memo:
            entry["places"] = sorted({*entry.get("places", ()), *token.memo.pop("places")})
        scope[element.bpmn_id] = entry
    if body is None:
        _keep_rows(token)
    inside = of(token)
    if inside:
        scope = _kept(token.workflow.owner)
        for name, entry in inside.items():
            if "done" in entry:
                known = scope.get(name, {})
                places = sorted({*known.get("places", ()), *entry.get("places", ())})
                scope[name] = {"done": entry["done"]} | ({"places": places} if places else {})


def _keep_rows(token: "Token") -> None:
    """Where the register rows stand that were made inside a sub-process, known outside once it has ended: memo ``made`` (element id → ``scope``, ``round``,
    ``rows``, ``done``)."""
    inside = {
        name: {"scope": visit.get("scope", token.number), "round": visit.get("at", visit["round"]), "rows": visit["rows"]}
        | {"done": of(token).get(name, {}).get("done", token.number)}
        for name, visit in token.memo.get("visits", {}).items()
        if visit.get("rows")
    }
    if inside or "made" in token.memo:
        outer = token.workflow.owner
        outer.memo["made"] = {**outer.memo.get("made", {}), **token.memo.get("made", {}), **inside}


def reopen_rows(scope: "Token", target: str, since: int, names: Iterable[str]) -> None:
    """A return reopens what has been registered inside sub-processes since its target was completed: what they register again takes the place of those rows."""
    made = scope.memo.get("made", {})
    found = {name for name in names if name in made and (name == target or made[name]["done"] > since)}
    if found:
        scope.memo["made"] = {name: {**entry, "reopened": True} if name in found else entry for name, entry in made.items()}


def taken_over(token: "Token") -> dict[str, Any] | None:
    """The rows that an element has made in a sub-process that has ended, where a return has reopened them; they are taken over by whoever asks."""
    owner = token.workflow.owner
    host = owner.workflow.owner if not owner.is_process else None
    while host is not None:
        entry = host.memo.get("made", {}).get(token.element_id)
        if entry is not None and entry.get("reopened"):
            host.memo["made"] = {name: kept for name, kept in host.memo["made"].items() if name != token.element_id}
            return dict(entry)
        host = host.workflow.owner if not host.is_process else None
    return None


def reopen(scope: "Token", target: str, downstream: Iterable[str]) -> tuple[str, ...]:
    """A return reopens ``target`` and what has completed behind it since: their next entry keeps its round. What has only been done in an earlier pass of a
    loop is not reopened."""
    known = of(scope)
    since = known[target]["done"]
    found = [target, *(name for name in downstream if name != target and known.get(name, {}).get("done", 0) > since)]
    for name in found:
        known[name] = {**known[name], "reopened": True}
    return tuple(found)
