"""Gateways. Joins count tokens per incoming flow; the inclusive join follows the full BPMN rule (section 13.4.3 of BPMN 2.0.2)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.engine.elements.base import Element, EventElement, Flow, holds, no_flow
from app.engine.spiff import COMPLETED, Level, Token, Wait
from app.engine.waits import close_wait, close_waits

if TYPE_CHECKING:
    from app.engine.course import Course


class ExclusiveGateway(Element):
    """The first flow whose condition holds, in the diagram's order; else the default flow."""

    element_type = "exclusiveGateway"

    def choose_flows(self, course: "Course", token: Token) -> Sequence[Flow]:
        if not self.outgoing:
            return ()
        if len(self.outgoing) == 1 and self.outgoing[0].condition is None:
            return self.outgoing
        for flow in self.outgoing:
            if flow is not self.default and holds(course, token, flow):
                return (flow,)
        if self.default is None:
            raise no_flow(course, token)
        return (self.default,)


class Join(Element):
    """A gateway where tokens wait for each other when it has several incoming flows."""

    def arrive(self, token: Token) -> bool:
        if len(self.incoming) < 2 or token.flow is None:
            return True
        arrived = token.workflow.joins.setdefault(self.name, {})
        arrived.setdefault(token.flow, []).append(token)
        return self.may_go(token, arrived)

    def may_go(self, token: Token, arrived: dict[str, list[Token]]) -> bool:
        raise NotImplementedError

    def supply(self, level: Level, flow_id: str) -> None:
        """After a return what came on ``flow_id`` stands here again, unless something does already."""
        if flow_id not in level.joins.get(self.name, {}):
            token = level.task_tree.add(self)
            token.flow = flow_id
            self.arrive(token)

    def consume(self, level: Level, keep: Token, arrived: dict[str, list[Token]]) -> None:
        """Take one token of every flow that has one; ``keep`` goes on for all of them."""
        for flow_id in list(arrived):
            tokens = arrived[flow_id]
            taken = keep if flow_id == keep.flow else tokens[0]
            tokens.remove(taken)
            if not tokens:
                del arrived[flow_id]
            if taken is not keep:
                taken._set_state(COMPLETED)
                level.remove(taken)
        if not arrived:
            del level.joins[self.name]

    def withdrawn(self, token: Token) -> None:
        arrived = token.workflow.joins.get(self.name, {})
        if token.flow is not None and token in arrived.get(token.flow, ()):
            arrived[token.flow].remove(token)
            if not arrived[token.flow]:
                del arrived[token.flow]
            if not arrived:
                del token.workflow.joins[self.name]


class ParallelGateway(Join):
    element_type = "parallelGateway"

    def may_go(self, token: Token, arrived: dict[str, list[Token]]) -> bool:
        if len(arrived) < len(self.incoming):
            return False
        self.consume(token.workflow, token, arrived)
        return True

    def choose_flows(self, course: "Course", token: Token) -> Sequence[Flow]:
        return self.outgoing


class InclusiveGateway(Join):
    """A split takes every flow whose condition holds. A join waits while a token elsewhere in its level could still reach an incoming flow that has none,
    unless that token could as well reach one that has some."""

    element_type = "inclusiveGateway"

    def may_go(self, token: Token, arrived: dict[str, list[Token]]) -> bool:
        # Whether others can still come is known only when everything else stands still.
        token.workflow.tree.inclusive[id(token.workflow)] = token.workflow
        return False

    def fire_if_complete(self, level: Level) -> bool:
        arrived = level.joins.get(self.name)
        if not arrived:
            return False
        forbidden = self.forbidden(frozenset(arrived))
        if forbidden:
            for token in level.live():
                if id(token.task_spec) in forbidden and "aside" not in token.memo:  # a correction aside of the flow goes nowhere
                    return False
        keep = next(iter(arrived.values()))[0]
        self.consume(level, keep, arrived)
        keep.ready()
        return True

    def forbidden(self, arrived: frozenset[str]) -> frozenset[int]:
        """The elements (by identity) where a token makes the join wait."""
        known = self.forbidden_cache.get(arrived)
        if known is None:
            empty = [flow.source for flow in self.incoming if flow.id not in arrived]
            full = [flow.source for flow in self.incoming if flow.id in arrived]
            known = self.forbidden_cache[arrived] = self.sources(empty) - self.sources(full)
        return known

    def sources(self, start: list[Element]) -> frozenset[int]:
        """Everything from which one of ``start`` can be reached without passing this gateway."""
        seen: dict[int, Element] = {}
        pending = list(start)
        while pending:
            element = pending.pop()
            if id(element) in seen or element is self:
                continue
            seen[id(element)] = element
            pending.extend(flow.source for flow in element.incoming)
            host = getattr(element, "host", None)
            if host is not None:
                pending.append(host)
        return frozenset(seen)

    def choose_flows(self, course: "Course", token: Token) -> Sequence[Flow]:
        if len(self.outgoing) == 1 and self.outgoing[0].condition is None:
            return self.outgoing
        taken = [flow for flow in self.outgoing if flow is not self.default and holds(course, token, flow)]
        if not taken and self.default is not None:
            taken = [self.default]
        if not taken and self.outgoing:
            raise no_flow(course, token)
        return taken


class EventBasedGateway(Element):
    """Waits for the first of the events that follow; the others are given up."""

    element_type = "eventBasedGateway"

    def waits_to_open(self) -> Sequence[EventElement]:
        return [flow.target for flow in self.outgoing if isinstance(flow.target, EventElement)]

    def activate(self, course: "Course", token: Token) -> bool:
        return False

    def met(self, course: "Course", wait: Wait, payload: dict[str, Any]) -> None:
        token = wait.owner
        close_waits(course, token)
        token.memo["chosen"] = wait.event.bpmn_id
        token.memo["result"] = payload
        token.queue("effecting")

    def choose_flows(self, course: "Course", token: Token) -> Sequence[Flow]:
        chosen = token.memo["chosen"]
        return [next(flow for flow in self.outgoing if flow.target.bpmn_id == chosen)]

    def leave(self, token: Token) -> None:
        payload = token.memo.pop("result", {})
        super().leave(token)
        for number in token._children:
            child = token.workflow.tasks[number]
            child.memo["fired"] = True
            child.memo["result"] = payload


def caught(course: "Course", wait: Wait, payload: dict[str, Any]) -> None:
    """What a catch event or receive task waited for has come: to itself, or to the event-based gateway that waits in its place."""
    token = wait.owner
    if isinstance(token.task_spec, EventBasedGateway):
        token.task_spec.met(course, wait, payload)
        return
    close_wait(course, wait)
    token.memo["result"] = payload
    token.queue("completing")
