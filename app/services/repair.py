"""Repairs of running instances, by system administrators: each is one act, one transaction, and one audit entry that says why.

An administrator decides by what the page showed. What is gone in the meantime is refused as a conflict; a repair that names the ``version`` it looked at is
refused whenever the tree has moved on at all.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app import engine
from app.acts import audit
from app.acts.held_tree import HeldTree
from app.acts.transaction import act, open_instance, retried
from app.codes import RequestCode
from app.domain.codes import Action
from app.domain.permissions import Actor
from app.domain.reasons import checked_reason
from app.domain.states import InstanceState
from app.engine import commands
from app.engine.codes import CommandCode
from app.errors import Conflict, InvalidRequest, NotFound
from app.services import instances, messages
from app.store import history, repair, waits


@dataclass(frozen=True, slots=True)
class Activate:
    """Activate ``element_id``; missing enclosing scopes are created, or the element instance ``ancestor`` is used. ``instance_key`` None: the repaired one."""

    element_id: str
    instance_key: int | None = None
    ancestor: int | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)


@retried
def set_variables(
    actor: Actor,
    key: int,
    variables: Mapping[str, Any],
    reason: str,
    now: datetime,
    *,
    element: int = 0,
    local: bool = False,
    seen: int | None = None,
) -> None:
    """Set variables of an instance, or from an element instance outwards (``local``: in its own scope). Also while the tree is suspended.

    Raises NotFound, Forbidden, InvalidRequest (REASON, NOTHING and the engine's limits), Conflict.
    """
    _check_something(variables)
    with repaired(actor, key, reason, now, seen=seen) as mended:
        known = _known(mended.tree.the_state, element, mended.local)
        before = {name: known[name] for name in variables if name in known}
        mended.tree.step(commands.SetVariables(dict(variables), element, mended.local, local))
        mended.save(Action.INSTANCE_SET_VARIABLES, {"variables": dict(variables), "element": element, "local": local, "before": before})


@retried
def modify(
    actor: Actor,
    key: int,
    reason: str,
    now: datetime,
    *,
    terminate: Sequence[int] = (),
    activate: Sequence[Activate] = (),
    variables: Mapping[str, Any] | None = None,
    seen: int | None = None,
) -> None:
    """Terminate tokens (element instances of the tree), activate elements and set variables of the root, in this order, in one act.

    Raises NotFound, Forbidden, InvalidRequest (REASON, NOTHING), Conflict with every reason.
    """
    _check_something(terminate or activate or variables)

    details: dict[str, Any] = {
        "activate": [
            {
                "element": item.element_id,
                "instance": str(item.instance_key or key),
                "ancestor": item.ancestor,
                "variables": dict(item.variables),
            }
            for item in activate
        ],
        "variables": dict(variables or {}),
    }
    with repaired(actor, key, reason, now, seen=seen) as mended:
        tree = mended.tree
        places = {token.element: token.element_id for token in tree.the_state.tokens()}
        details["terminate"] = [{"number": number, "element": places.get(number, "")} for number in terminate]
        wanted = [
            commands.Activation(
                item.element_id,
                mended.local if item.instance_key is None else local_of(tree, item.instance_key),
                item.ancestor,
                dict(item.variables),
            )
            for item in activate
        ]
        tree.step(commands.Modify(tuple(terminate), wanted, dict(variables or {})))
        mended.save(Action.INSTANCE_MODIFY, details)


@retried
def suspend(actor: Actor, key: int, reason: str, now: datetime) -> None:
    """Let nothing of the tree be completed or fired until it is resumed; due instants stay. Raises NotFound, Forbidden, InvalidRequest (REASON), Conflict."""
    with repaired(actor, key, reason, now) as mended:
        mended.tree.step(commands.Suspend())
        mended.save(Action.INSTANCE_SUSPEND)
        repair.set_suspended(mended.tree.root_key, now)


def resume(actor: Actor, key: int, reason: str, now: datetime) -> None:
    """Go on after a suspension: what has become due fires with the next waking of the clock. Raises as ``suspend``."""
    _resume(actor, key, reason, now)
    messages.settle(now)  # what could not be delivered meanwhile


@retried
def _resume(actor: Actor, key: int, reason: str, now: datetime) -> None:
    with repaired(actor, key, reason, now) as mended:
        mended.tree.step(commands.Resume())
        mended.save(Action.INSTANCE_RESUME)
        repair.set_suspended(mended.tree.root_key, None)
        repair.wake_waits(mended.tree.root_key)


@retried
def cancel(actor: Actor, key: int, reason: str, now: datetime) -> None:
    """End a whole tree as cancelled. Raises NotFound, Forbidden, Conflict, InvalidRequest (REASON)."""
    with repaired(actor, key, reason, now) as mended:
        mended.tree.step(commands.Cancel())
        mended.save(Action.INSTANCE_CANCEL)


def resolve(actor: Actor, incident_key: int, now: datetime, *, reason: str = "") -> None:
    """Retry exactly what an incident stopped; a timer or message that could not be taken is tried with the next waking. Raises NotFound, Forbidden, Conflict."""
    found = history.incident(incident_key)
    if found is None or found.root_key is None:
        raise NotFound("没有此事故")
    instances.administered(actor, found.root_key)
    if found.closed_at is not None:
        raise Conflict("此事故已经解决", code=RequestCode.RESOLVED)
    details = {"incident": str(incident_key), "element": found.element_id}
    if found.incident is None:
        _try_again(actor, found, details | {"reason": reason.strip()}, now)
        return
    _retry(actor, found, details, reason or "重试", now)


@retried
def _retry(actor: Actor, incident: Any, details: Mapping[str, Any], reason: str, now: datetime) -> None:
    with repaired(actor, incident.root_key, reason, now) as mended:
        mended.tree.step(commands.Resolve(incident.incident))
        mended.save(Action.INCIDENT_RESOLVE, details)


def _try_again(actor: Actor, incident: Any, details: Mapping[str, Any], now: datetime) -> None:
    with act():
        if not waits.put_off(incident.wait_key, now, failed=False):
            raise Conflict("此事故已经解决", code=RequestCode.RESOLVED)
        audit.record(
            actor,
            Action.INCIDENT_RESOLVE,
            f"{incident.process_id}.{incident.element_id}",
            details,
            now,
            chain=actor.user,
            tenant=incident.tenant,
        )


# ---------------------------------------------------------------------- parts


def local_of(tree: HeldTree, key: int) -> int:
    """The number of a running instance in its tree. Raises Conflict."""
    found = next((local for local, known in tree.keys.items() if known == key), None)
    if found is None:
        raise Conflict("此流程实例已经结束,或不属于这棵流程树", code=CommandCode.NOT_OPEN)
    return found


@dataclass(frozen=True, slots=True)
class Repair:
    """A tree that is held for one repair of its instance number ``local``."""

    tree: HeldTree
    local: int
    key: int
    process_id: str
    reason: str

    def save(self, action: Action, details: Mapping[str, Any] | None = None) -> None:
        """Write the tree, with the entry that says why. Further rows of the repair follow."""
        self.tree.record(action, self.process_id, {"instance": str(self.key), "reason": self.reason, **(details or {})})
        self.tree.save()
        if self.tree.the_state.suspended:
            # New timers too wait for the end of the suspension.
            repair.pause_timers(self.tree.root_key)


@contextmanager
def repaired(actor: Actor, key: int, reason: str, now: datetime, *, seen: int | None = None) -> Iterator[Repair]:
    """One repair: one act on the tree of an instance, which says itself when it is saved. Raises NotFound, Forbidden, InvalidRequest, Conflict."""
    said = checked_reason(reason)
    row = instances.administered(actor, key)
    with open_instance(row.root_key, now, actor) as tree:
        if tree is None:
            raise NotFound("没有此流程实例")
        if seen is not None and tree.version != seen:
            raise Conflict("此流程实例在您查看之后已有变化,请刷新后重试", code=RequestCode.MOVED_ON)
        if row.state != InstanceState.ACTIVE:
            raise Conflict("此流程实例已经结束", code=CommandCode.NOT_OPEN)
        try:
            yield Repair(tree, local_of(tree, key), key, row.process_id, said)
        except engine.NotOpen as error:
            raise Conflict(str(error), code=error.code) from error
        except engine.ModificationRefused as error:
            raise Conflict("未作任何改动:" + ";".join(error.reasons), code=error.code) from error
        except engine.LimitExceeded as error:
            raise InvalidRequest(str(error), code=error.code) from error
    if tree.unsettled:
        messages.settle(now)


def _known(state: engine.State, element: int, local_key: int) -> Mapping[str, Any]:
    """What is visible where variables are to be set; nothing if that is gone, which the engine will say."""
    try:
        return state.visible(element) if element else state.variables(0, local_key)
    except KeyError:
        return {}


def _check_something(given: object) -> None:
    if not given:
        raise InvalidRequest("没有给出要做的改动", code=RequestCode.NOTHING)
