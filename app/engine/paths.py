"""The ways through one level of a diagram: what lies downstream of an element, what can be reached without passing another.

Sequence flows, links and boundary events are ways. Everything is worked out once a level, by element ids, and kept with it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.engine.elements.base import Element, StartElement
from app.engine.elements.gateways import Join, ParallelGateway

if TYPE_CHECKING:
    from app.engine.spiff import LevelSpec


MOST_KEPT = 256  # elements of a level of which it is kept what precedes them


@dataclass(frozen=True, slots=True)
class Downstream:
    """``elements`` and sequence ``flows`` behind an element. ``supplied``: flows of parallel joins on the way that come from elsewhere, as (join, flow)."""

    elements: frozenset[str]
    flows: frozenset[str]
    supplied: tuple[tuple[str, str], ...] = ()


class Paths:
    """The ways through ``level``."""

    def __init__(self, level: "LevelSpec") -> None:
        self.elements = {element.bpmn_id: element for name, element in level.elements.items() if " " not in name}
        self.starts = [name for name, element in self.elements.items() if isinstance(element, StartElement)]
        self._preceding: dict[str, frozenset[str]] = {}
        self._forward: dict[str, list[str]] | None = None
        self._downstream: dict[tuple[str, str], Downstream | None] = {}

    def after(self, name: str) -> list[str]:
        """Where a token may go next."""
        element = self.elements[name]
        return [*(flow.target.bpmn_id for flow in element.outgoing), *(event.bpmn_id for event in element.boundaries)]

    def moves_to(self, name: str) -> list[str]:
        """Where the very token may go next: not what an event begins beside it."""
        element = self.elements[name]
        return [*(flow.target.bpmn_id for flow in element.outgoing), *(event.bpmn_id for event in element.boundaries if event.interrupting)]

    def moved(self, name: str) -> set[str]:
        """Everywhere the token may get to that stands at ``name`` now."""
        seen: set[str] = set()
        pending = self.moves_to(name)
        while pending:
            at = pending.pop()
            if at not in seen:
                seen.add(at)
                pending.extend(self.moves_to(at))
        return seen

    def reach(self, first: Iterable[str], without: str = "") -> set[str]:
        """Everything from ``first`` on, these included, on ways that do not touch ``without``."""
        seen: set[str] = set()
        pending = [name for name in first if name != without]
        while pending:
            name = pending.pop()
            if name not in seen:
                seen.add(name)
                pending.extend(after for after in self.after(name) if after != without)
        return seen

    def before(self, here: str) -> set[str]:
        """What can have been passed before ``here`` for the first time: a parallel join only if all that leads to it can."""
        flows: set[str] = set()
        seen: set[str] = set()
        pending = [name for name in self.starts if name != here]
        while pending:
            name = pending.pop()
            if name in seen:
                continue
            seen.add(name)
            element = self.elements[name]
            found = [event.bpmn_id for event in element.boundaries]
            for flow in element.outgoing:
                flows.add(flow.id)
                if not isinstance(flow.target, ParallelGateway) or all(other.id in flows for other in flow.target.incoming):
                    found.append(flow.target.bpmn_id)
            pending.extend(after for after in found if after != here)
        return seen

    def precedes(self, target: str, here: str) -> bool:
        """Whether ``target`` lies on a way from the start to ``here`` that has not passed ``here`` before."""
        return target in self.preceding(here)

    def preceding(self, here: str) -> frozenset[str]:
        """Everything that precedes ``here``."""
        known = self._preceding.get(here)
        if known is None:
            if len(self._preceding) >= MOST_KEPT:
                self._preceding = {}
            known = self._preceding[here] = frozenset(self.before(here) & self._leading_to(here))
        return known

    def _leading_to(self, here: str) -> set[str]:
        """Everything from which ``here`` can be reached."""
        sources: dict[str, list[str]] = {}
        for name in self.elements:
            for after in self.after(name):
                sources.setdefault(after, []).append(name)
        seen: set[str] = set()
        pending = list(sources.get(here, ()))
        while pending:
            name = pending.pop()
            if name not in seen:
                seen.add(name)
                pending.extend(sources.get(name, ()))
        return seen - {here}

    def downstream(self, target: str, here: str) -> Downstream | None:
        """What a return to ``target`` undoes from ``here`` (an element, or a flow on which a token waits at a join); None if that is not among it.

        A join is passed only if all its flows lie downstream. Where ``here`` stands behind a join that has been passed with what came from other branches,
        their part stays done: their flows are ``supplied`` again.
        """
        key = (target, here)
        if key not in self._downstream:
            self._downstream[key] = self._undone(target, here)
        return self._downstream[key]

    def entering(self, target: str) -> tuple[tuple[str, str], ...]:
        """Flows of parallel joins, as (join, flow), that stand where the level is entered anew at ``target``: on them came what was done beside it before."""
        found = self._undone(target, None)
        return found.supplied if found is not None else ()

    def _undone(self, target: str, here: str | None) -> Downstream | None:
        """``here`` None: to the end of the level."""
        at = here if here is None or here in self.elements else self._source(here)
        passed: set[str] = set()
        supplied: dict[tuple[str, str], None] = {}
        while True:
            elements, flows, halted = self._behind(target, passed)
            joins = halted if at is None else [name for name in halted if at in self._ahead(name) or (name == at != here)]
            if here in elements or here in flows or (here is None and not joins):
                return Downstream(frozenset(elements), frozenset(flows), tuple(supplied))
            if not joins:
                return None
            # The nearest first: what lies behind it decides what the next one still lacks.
            name = next((name for name in joins if not any(name in self._ahead(other) for other in joins if other != name)), joins[0])
            passed.add(name)
            join = self.elements[name]
            if isinstance(join, ParallelGateway):
                supplied.update(((name, flow.id), None) for flow in join.incoming if flow.id not in flows)

    def _source(self, flow_id: str) -> str:
        return next(name for name, element in self.elements.items() if any(flow.id == flow_id for flow in element.outgoing))

    def _behind(self, target: str, passed: set[str]) -> tuple[set[str], set[str], list[str]]:
        """Elements and flows behind ``target``, and the joins that only some of them lead to."""
        elements: set[str] = set()
        flows: set[str] = set()
        halted: dict[str, None] = {}
        pending = [self.elements[target]]
        while pending:
            element = pending.pop()
            found: list[Element] = list(element.boundaries)
            for flow in element.outgoing:
                flows.add(flow.id)
                join = flow.target
                if is_join(join) and join.bpmn_id not in passed and any(other.id not in flows for other in join.incoming):
                    halted[join.bpmn_id] = None
                else:
                    halted.pop(join.bpmn_id, None)
                    found.append(join)
            for following in found:
                if following.bpmn_id not in elements:
                    elements.add(following.bpmn_id)
                    pending.append(following)
        return elements, flows, list(halted)

    def _ahead(self, name: str) -> set[str]:
        """Everything behind an element without going round a loop."""
        if self._forward is None:
            self._forward = self._without_loops()
        seen: set[str] = set()
        pending = list(self._forward[name])
        while pending:
            at = pending.pop()
            if at not in seen:
                seen.add(at)
                pending.extend(self._forward[at])
        return seen

    def _without_loops(self) -> dict[str, list[str]]:
        """The ways without those that lead back to what is always passed before (dominators of the flow graph)."""
        forward: dict[str, list[str]] = {}
        dominated = {name: self._dominated(name) for name in self.elements}
        for name in self.elements:
            forward[name] = [after for after in self.after(name) if name != after and name not in dominated[after]]
        return forward

    def _dominated(self, name: str) -> set[str]:
        """What can be reached only by passing ``name``."""
        return self.reach(self.starts) - self.reach(self.starts, name) - {name}


def is_join(element: Element) -> bool:
    """Whether tokens wait here for each other."""
    return isinstance(element, Join) and len(element.incoming) > 1


def paths_of(level: "LevelSpec") -> Paths:
    """The ways through a level, worked out once. (Two threads may both work them out; they come to the same.)"""
    if level.paths is None:
        level.paths = Paths(level)
    return level.paths
