"""Ways through a diagram that lead nowhere: elements that no flow reaches, loops in which nothing waits, and a process that always calls itself."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property

from app.connectors import CONNECTORS
from app.engine import ProcessDefinition
from app.engine.elements.base import Element
from app.engine.elements.events import LinkThrow
from app.engine.elements.gateways import EventBasedGateway, ExclusiveGateway, Join
from app.engine.elements.subprocesses import CallActivity, EventSubProcess, SubProcess
from app.engine.elements.tasks import PassTask
from app.engine.expressions import LiteralTerm
from app.engine.soundness import closure, onward
from app.rehearsal.codes import FindingCode
from app.rehearsal.findings import Finding
from app.rehearsal.inventory import Lines, Part, parts, waits


def check(file: str, process: ProcessDefinition) -> list[Finding]:
    """Errors NODE_UNREACHABLE (one for each place where such a way begins) and LOOP_ENDLESS, warnings LOOP_UNCHANGING and CALLS_ITSELF."""
    return list(_Flow(file, process).findings())


class _Flow:
    def __init__(self, file: str, process: ProcessDefinition) -> None:
        self.file = file
        self.process = process
        self.lines = Lines(process.source)
        self.parts = parts(process)[1:]

    def findings(self) -> Iterator[Finding]:
        levels = [(self.process.spec, self.process.process_id)]
        levels += [(part.activity.inner_spec, part.id) for part in self.parts if isinstance(part.activity, SubProcess)]
        for spec, owner in levels:
            here = {part.id: part for part in self.parts if part.parent == owner}
            reached = closure(list(spec.start.starts), onward)
            yield from self._unreached(here, reached)
            yield from self._loops({name: part for name, part in here.items() if name in reached})
        yield from self._calls_itself()

    def _say(self, part: Part, code: FindingCode, message: str, severity: str = "error") -> Finding:
        return Finding(
            file=self.file, element=part.id, line=self.lines.of(part.id), code=code, message=f"{part.place}{message}", severity=severity
        )

    # ------------------------------------------------------------------ what is not reached

    def _unreached(self, here: Mapping[str, Part], reached: set[str]) -> Iterator[Finding]:
        lost = {name: part for name, part in here.items() if name not in reached and not isinstance(part.activity, EventSubProcess)}
        entered = {element.bpmn_id for part in lost.values() for element in onward(part.element) if element is not part.element}
        told: set[str] = set()
        for name in [name for name in lost if name not in entered] + list(lost):  # then circles, which have no beginning
            if name in told:
                continue
            behind = closure([lost[name].element], onward) - reached
            more = len(behind - told) - 1
            told |= behind
            also = f"它和后面的 {more} 个元素" if more else "它"
            yield self._say(
                lost[name], FindingCode.NODE_UNREACHABLE, f"没有任何路径能到达,{also}永远不会运行;请从前面的环节连一条顺序流过来,或者删去"
            )

    # ------------------------------------------------------------------ itself

    def _calls_itself(self) -> Iterator[Finding]:
        """A call of the process by itself that no way from its none start avoids: each instance begins another, until the limit of calls."""
        calls = [part for part in self.parts if not part.is_loop and _called(part.activity) == self.process.process_id]
        begin = [start for start in self.process.spec.start.starts if start.trigger.kind == "none"]
        interrupted = any(isinstance(part.activity, EventSubProcess) and part.parent == self.process.process_id for part in self.parts)
        if not calls or not begin or interrupted:
            return
        known = {part.id: part for part in self.parts}
        sure: set[str] = set()
        pending = [part.id for part in calls]
        while pending:  # what surely leads to one of them, from the calls backwards
            part = known.get(pending.pop())
            if part is None or part.id in sure or not (part in calls or _surely_meets(part, sure)):
                continue
            sure.add(part.id)
            pending += [flow.source.bpmn_id for flow in part.element.incoming]
            host = getattr(part.element, "host", None)
            pending.append(part.parent if host is None else host.bpmn_id)
        if begin[0].bpmn_id in sure:
            message = "调用本流程自己,而且从开始事件出发怎样走都要经过它:每个实例都会再发起一个,直到超过调用层数的上限;请加上不再调用的出路"
            yield self._say(calls[0], FindingCode.CALLS_ITSELF, message, "warning")

    # ------------------------------------------------------------------ loops

    def _loops(self, here: Mapping[str, Part]) -> Iterator[Finding]:
        passing = _tangled({name: part for name, part in here.items() if not waits(part, self._inline)})
        endless = _circles(passing, _surely_after)
        for circle in endless:
            first = passing[circle[0]]
            yield self._say(
                first,
                FindingCode.LOOP_ENDLESS,
                f"又回到它自己({_way(circle)}),途中没有任何环节等待,也没有别的出路,会一直转下去;请改正顺序流",
            )
        told = {name for circle in endless for name in circle}
        idle = {name: part for name, part in passing.items() if _changes_nothing(part)}
        for circle in _circles(idle, _maybe_after):
            if not told & set(circle):
                message = f"又回到它自己({_way(circle)}),途中没有任何环节等待,也没有环节改变变量:一旦走回来就会一直转下去;请检查条件"
                yield self._say(passing[circle[0]], FindingCode.LOOP_UNCHANGING, message, "warning")

    @cached_property
    def _inline(self) -> frozenset[str]:
        return frozenset(CONNECTORS)


def _called(activity: Element) -> str | None:
    term = activity.called.id if isinstance(activity, CallActivity) else None
    return term.value if isinstance(term, LiteralTerm) else None


def _surely_meets(part: Part, sure: Collection[str]) -> bool:
    """Whether a token that comes here is sure to come to one of ``sure``: by what is inside, by a way that is always taken, or by every way there is."""
    element, activity = part.element, part.activity
    if isinstance(activity, SubProcess) and not part.is_loop and any(start.bpmn_id in sure for start in activity.inner_spec.start.starts):
        return not any(event.interrupting for event in element.boundaries)
    ways = [flow.target for flow in element.outgoing]
    if not ways:
        return False
    always = not isinstance(element, ExclusiveGateway | EventBasedGateway) and [
        flow.target for flow in element.outgoing if flow.condition is None and flow is not element.default
    ]
    met = any(way.bpmn_id in sure for way in always or ()) or all(way.bpmn_id in sure for way in ways)
    return met and all(event.bpmn_id in sure for event in element.boundaries if event.interrupting)


def _way(circle: list[str]) -> str:
    shown = circle if len(circle) <= 6 else [*circle[:3], "…", *circle[-2:]]
    return " → ".join([*shown, circle[0]])


def _surely_after(element: Element) -> Iterable[Element]:
    """Where a token goes from here whatever the data say."""
    flows = element.outgoing
    if isinstance(element, EventBasedGateway) or (isinstance(element, Join) and len(element.incoming) > 1):
        return ()
    if isinstance(element, ExclusiveGateway) and len(flows) > 1:
        return ()
    return [flow.target for flow in flows if flow.condition is None and flow is not element.default]


def _maybe_after(element: Element) -> Iterable[Element]:
    return [flow.target for flow in element.outgoing]


def _changes_nothing(part: Part) -> bool:
    """Whether an element only passes tokens on, so that conditions behind it find what they found before."""
    element = part.element
    plain = isinstance(element, PassTask | ExclusiveGateway | LinkThrow) or element.element_type == "intermediateCatchEvent"
    return plain and not element.input_mappings and not element.output_mappings


def _tangled(among: Mapping[str, Part]) -> dict[str, Part]:
    """Those that lead back to themselves by any way."""
    ahead = _graph(among, _maybe_after)
    inside = {name for knot in _knots(ahead) if len(knot) > 1 or knot[0] in ahead[knot[0]] for name in knot}
    return {name: part for name, part in among.items() if name in inside}


def _graph(among: Mapping[str, Part], step: Callable[[Element], Iterable[Element]]) -> dict[str, list[str]]:
    return {name: [target.bpmn_id for target in step(part.element) if target.bpmn_id in among] for name, part in among.items()}


def _circles(among: Mapping[str, Part], step: Callable[[Element], Iterable[Element]]) -> list[list[str]]:
    """A way round for every set of elements that lead back to one another, from the first of them in the diagram."""
    ahead = _graph(among, step)
    return [_way_back(knot, ahead) for knot in _knots(ahead) if len(knot) > 1 or knot[0] in ahead[knot[0]]]


def _knots(ahead: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """The strongly connected sets of a graph, each in the graph's order (two searches, the second backwards)."""
    behind: dict[str, list[str]] = {name: [] for name in ahead}
    for name, targets in ahead.items():
        for target in targets:
            behind[target].append(name)
    finished: list[str] = []
    seen: set[str] = set()
    for root in ahead:
        pending = [(root, iter(ahead[root]))] if root not in seen else []
        seen.add(root)
        while pending:
            name, targets_left = pending[-1]
            fresh_target = next((one for one in targets_left if one not in seen), None)
            if fresh_target is None:
                finished.append(name)
                pending.pop()
            else:
                seen.add(fresh_target)
                pending.append((fresh_target, iter(ahead[fresh_target])))
    order = {name: number for number, name in enumerate(ahead)}
    taken: set[str] = set()
    for root in reversed(finished):
        if root in taken:
            continue
        taken.add(root)
        knot = [root]
        for name in knot:
            fresh = [one for one in behind[name] if one not in taken]
            taken.update(fresh)
            knot += dict.fromkeys(fresh)
        yield sorted(knot, key=order.__getitem__)


def _way_back(knot: list[str], ahead: Mapping[str, list[str]]) -> list[str]:
    """The shortest way from the first element of a knot back to it."""
    start, inside = knot[0], set(knot)
    came: dict[str, str] = {}
    pending = [start]
    for name in pending:
        for target in ahead[name]:
            if target == start:
                way = [name]
                while way[-1] != start:
                    way.append(came[way[-1]])
                return way[::-1]
            if target in inside and target not in came:
                came[target] = name
                pending.append(target)
    raise ValueError(f"{start} leads not back to itself")
