"""Static soundness of a process, level by level: what the flows alone make certain, whatever the data say.

Each level is played with every choice open, token by token, until nothing new turns up or ``MOST_MARKINGS`` is reached (then only ends that cannot be reached
are reported, and nothing is claimed about joins). Data can only narrow what is possible, so "can never fire" and "cannot be reached" are certain; "may wait
for ever" is a warning.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from typing import TypeAlias

from app.engine.codes import DiagramCode
from app.engine.definitions import ProcessDefinition
from app.engine.elements.base import Element, EventElement, StartElement
from app.engine.elements.events import ThrowEvent
from app.engine.elements.gateways import EventBasedGateway, ExclusiveGateway, InclusiveGateway, Join, ParallelGateway
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.subprocesses import CallActivity, EventSubProcess, SubProcess
from app.engine.elements.tasks import JobTask, UserTask
from app.engine.errors import DiagramProblem
from app.engine.spiff import LevelSpec

MOST_MARKINGS = 3_000
MOST_ON_ONE_PLACE = 6
MOST_BRANCHES = 4

Place: TypeAlias = tuple[str, str | None]  # at an element, or (join, flow) waiting there
Marking: TypeAlias = tuple[tuple[Place, int], ...]


def check(definition: ProcessDefinition) -> list[DiagramProblem]:
    """Warnings: END_UNREACHABLE, JOIN_NEVER_FIRES, JOIN_MAY_WAIT, TOKENS_MULTIPLY. ``line`` is 0."""
    problems: list[DiagramProblem] = []
    pending: list[tuple[LevelSpec, str]] = [(definition.spec, definition.process_id)]
    while pending:
        level, owner = pending.pop(0)
        for element, code, message in _check_level(level):
            problems.append(DiagramProblem(definition.file, element or owner, 0, code, message))
        for element in _elements(level):
            activity = element.activity if isinstance(element, MultiInstanceBody) else element
            if isinstance(activity, SubProcess):
                pending.append((activity.inner_spec, element.bpmn_id))
    return problems


def _elements(level: LevelSpec) -> list[Element]:
    return [element for name, element in level.elements.items() if " " not in name]


def _check_level(level: LevelSpec) -> Iterator[tuple[str, DiagramCode, str]]:
    elements = _elements(level)
    starts: list[Element] = list(level.start.starts)
    reached = closure(starts, onward)
    ends = [element for element in elements if not element.outgoing and not isinstance(element, EventSubProcess)]
    finishing = closure(ends, _before)
    for element in elements:
        if element.bpmn_id in reached and element.bpmn_id not in finishing:
            yield element.bpmn_id, DiagramCode.END_UNREACHABLE, "从该元素出发的路径都走不到结束,流程将无法结束"
    exploration = _Exploration(level)
    exploration.run(starts)
    if exploration.too_many:
        yield exploration.too_many, DiagramCode.TOKENS_MULTIPLY, "经过该元素的分支会不断增多,无法穷尽检查:请确认并行分支之后有汇合"
        return
    if not exploration.complete:
        return
    for element in elements:
        if (
            isinstance(element, Join)
            and len(element.incoming) > 1
            and element.bpmn_id in reached
            and element.bpmn_id not in exploration.fired
        ):
            yield (
                element.bpmn_id,
                DiagramCode.JOIN_NEVER_FIRES,
                "该汇合网关永远等不齐各条流入的顺序流:它们不会在同一次运行中都到达(例如前面是互斥的选择)",
            )
        elif element.bpmn_id in exploration.stuck:
            yield element.bpmn_id, DiagramCode.JOIN_MAY_WAIT, "在某些选择下,该汇合网关会一直等待不会到达的分支,流程将停在这里"


def onward(element: Element) -> Iterable[Element]:
    """Where a token that is here may go next; links are flows."""
    yield from (flow.target for flow in element.outgoing)
    yield from element.boundaries


def _onward_at_once(element: Element) -> Iterable[Element]:
    """Where a token goes on to in the same step; nothing where it may wait."""
    return (flow.target for flow in element.outgoing if not _may_wait(flow.target))


def _may_wait(element: Element) -> bool:
    return bool(element.listeners) or isinstance(
        element, MultiInstanceBody | SubProcess | CallActivity | UserTask | JobTask | EventElement | EventBasedGateway
    )


def _before(element: Element) -> Iterable[Element]:
    yield from (flow.source for flow in element.incoming)
    host = getattr(element, "host", None)
    if host is not None:
        yield host


def closure(start: list[Element], step: Callable[[Element], Iterable[Element]]) -> set[str]:
    """The ids of everything that ``step`` leads to, the starts among them."""
    seen: dict[str, Element] = {}
    pending = list(start)
    while pending:
        element = pending.pop()
        if element.bpmn_id not in seen:
            seen[element.bpmn_id] = element
            pending.extend(step(element))
    return set(seen)


def together(level: LevelSpec, *, chosen: bool = True) -> set[frozenset[str]]:
    """Pairs of elements of a level that can be active at the same time. ``chosen``: also those that only a free choice of several branches brings together,
    whose conditions may exclude one another. Empty where there are too many ways to tell."""
    exploration = _Exploration(level, chosen=chosen)
    exploration.run(list(level.start.starts), sides=True)
    if not exploration.complete:
        return set()
    found = set(exploration.together)
    aside = [element for element in _elements(level) if isinstance(element, EventSubProcess) and _is_aside(element)]
    for event in (event for element in level.elements.values() for event in element.boundaries if not event.interrupting):
        immediate = closure([event], _onward_at_once)
        after = closure([target for target in onward(event.host) if target is not event], onward)
        for one in closure([event], onward):
            beside = {event.host.bpmn_id} if one in immediate else {event.host.bpmn_id, *after}
            found |= {frozenset((one, other)) for other in beside if one != other}
    found |= {frozenset((one.bpmn_id, other.bpmn_id)) for one in aside for other in _elements(level) if one is not other}
    return found


def _is_aside(element: EventSubProcess) -> bool:
    """Whether it may run without ending what it stands beside."""
    return not all(start.interrupting for start in element.inner_spec.elements.values() if isinstance(start, StartElement))


class _Exploration:
    """All markings that a level can come to. ``fired``: joins that have gone on; ``stuck``: joins where tokens are left when nothing else can move;
    ``together``: what has been active at once. ``chosen``: a free choice may take several ways."""

    def __init__(self, level: LevelSpec, *, chosen: bool = True) -> None:
        self.level = level
        self.chosen = chosen
        self.together: set[frozenset[str]] = set()
        self.fired: set[str] = set()
        self.stuck: set[str] = set()
        self.complete = False
        self.too_many = ""

    def run(self, starts: list[Element], *, sides: bool = False) -> None:
        """``sides``: also where what a non-interrupting event begins comes to a join, of which nothing is certain but what is active at once without it."""
        if not sides and self._side_paths_join():
            return
        pending: list[Marking] = []
        seen: set[Marking] = set()

        def add(marking: Counter[Place]) -> None:
            frozen: Marking = tuple(sorted(marking.items(), key=str))
            if frozen not in seen:
                seen.add(frozen)
                pending.append(frozen)

        for start in starts:
            add(Counter({(start.bpmn_id, None): 1}))
        while pending:
            if len(seen) > MOST_MARKINGS:
                return
            marking = Counter(dict(pending.pop()))
            active = [place[0] for place in marking if place[1] is None]
            self.together.update(frozenset(pair) for pair in combinations(active, 2))
            crowded = next((place[0] for place, count in marking.items() if count > MOST_ON_ONE_PLACE), "")
            if crowded:
                self.too_many = crowded
                return
            following = list(self._successors(marking))
            for after in following:
                add(after)
            if not following:
                self.stuck.update(place[0] for place in marking if place[1] is not None)
        self.complete = True

    def _side_paths_join(self) -> bool:
        """Whether what a non-interrupting event begins can come to a join: how often it happens is open, so nothing is certain there."""
        sides: list[Element] = [event for element in self.level.elements.values() for event in element.boundaries if not event.interrupting]
        reached = closure(sides, onward)
        return any(
            isinstance(element, Join) and len(element.incoming) > 1 and element.bpmn_id in reached
            for element in self.level.elements.values()
        )

    def _successors(self, marking: Counter[Place]) -> Iterator[Counter[Place]]:
        for place in list(marking):
            if place[1] is None:
                element = self.level.elements[place[0]]
                if _ends_level(element):
                    yield Counter()
                    continue
                for targets in _choices(element, self.chosen):
                    after = Counter(marking)
                    after[place] -= 1
                    after.update(targets)
                    yield +after
        for name in {place[0] for place in marking if place[1] is not None}:
            join = self.level.elements[name]
            arrived = frozenset(place[1] for place in marking if place[0] == name and place[1] is not None)
            if isinstance(join, ParallelGateway) and len(arrived) == len(join.incoming):
                yield self._fire(marking, join, arrived)
            elif isinstance(join, InclusiveGateway):
                forbidden = join.forbidden(arrived)
                if not any(id(self.level.elements[place[0]]) in forbidden for place in marking):
                    yield self._fire(marking, join, arrived)

    def _fire(self, marking: Counter[Place], join: Element, arrived: frozenset[str]) -> Counter[Place]:
        self.fired.add(join.bpmn_id)
        after = Counter(marking)
        for flow_id in arrived:
            after[(join.bpmn_id, flow_id)] -= 1
        after[(join.bpmn_id, None)] += 1
        return +after


def _ends_level(element: Element) -> bool:
    """A terminate or error end event takes every token of its level with it."""
    return isinstance(element, ThrowEvent) and element.trigger.kind in ("terminate", "error")


def _choices(element: Element, several: bool = True) -> Iterator[list[Place]]:
    """What a token here may become; ``several``: by several ways of a free choice too."""
    outgoing: list[Place] = []
    for flow in element.outgoing:
        waits = isinstance(flow.target, Join) and len(flow.target.incoming) > 1
        outgoing.append((flow.target.bpmn_id, flow.id if waits else None))
    if isinstance(element, ExclusiveGateway | EventBasedGateway):
        yield from ([place] for place in outgoing)
    elif len(outgoing) > 1 and (isinstance(element, InclusiveGateway) or any(flow.condition is not None for flow in element.outgoing)):
        most = len(outgoing) if several else 1
        sizes = range(1, most + 1) if most <= MOST_BRANCHES else (1, most)
        for size in sizes:
            for chosen in combinations(outgoing, size):
                yield list(chosen)
    else:
        yield outgoing
    for event in element.boundaries:
        if event.interrupting:
            yield [(event.bpmn_id, None)]
