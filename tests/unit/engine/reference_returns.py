"""Returns (退回) in the reference interpreter: what may be returned to, by the drawing's ways; what becomes of it, by the blocks that are under way.

The ways are those of one level, drawn anew from the blocks as a graph of places: ``id`` for what is one element, ``id<`` and ``id>`` for where a block begins
and is left, ``id!`` for a boundary event. What ends is not told by tokens: the innermost block under way on the path to the target goes on from the target.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from .reference import NODES, And, Block, Bound, Event, Gate, Leaf, Multi, Node, Scope, Seq, Watch, World, pick

ELEMENTS = ("task", "job", "throw", "sub", "call", "multi")


def name(block: Block) -> str:
    """A multi-instance is drawn as what it repeats."""
    return block.children[0].id if block.kind == "multi" else block.id


@dataclass
class Chart:
    """The ways of one level. ``beside``: those of events that do not interrupt. ``joins``: place → whether it needs all that leads to it for the first time."""

    ways: dict[str, set[str]] = field(default_factory=dict)
    beside: dict[str, set[str]] = field(default_factory=dict)
    joins: dict[str, bool] = field(default_factory=dict)

    @classmethod
    def of(cls, body: Block) -> "Chart":
        chart = cls()
        entry, leave = chart.draw(body)
        chart.lead("(", entry)
        chart.lead(leave, ")")
        return chart

    def lead(self, source: str, target: str) -> None:
        self.ways.setdefault(source, set()).add(target)

    def draw(self, block: Block) -> tuple[str, str]:
        if block.kind in ELEMENTS:
            self.lead(name(block), f"{name(block)}>")
            return name(block), f"{name(block)}>"
        entry, leave = f"{block.id}<", f"{block.id}>"
        drawn = [self.draw(child) for child in block.children]
        if block.kind == "seq":
            for (_, before), (after, _) in pairwise(drawn):
                self.lead(before, after)
            self.lead(entry, drawn[0][0])
            self.lead(drawn[-1][1], leave)
            return entry, leave
        for first, last in drawn:
            self.lead(entry, first)
            self.lead(last, leave)
        if block.kind in ("and", "or"):
            self.joins[leave] = block.kind == "and"
        if block.kind == "loop":
            self.lead(leave, entry)
            self.lead(leave, f"{leave}>")
            leave = f"{leave}>"
        for event in block.events:
            first, last = self.draw(event.handler)
            self.lead(f"{event.id}!", first)
            if event.interrupting:
                self.lead(entry if block.kind == "gate" else name(block.children[0]), f"{event.id}!")
                self.lead(last, leave)
            else:
                self.beside.setdefault(name(block.children[0]), set()).add(f"{event.id}!")
        return entry, leave

    def after(self, place: str) -> set[str]:
        return self.ways.get(place, set()) | self.beside.get(place, set())

    def onward(self, places: set[str]) -> set[str]:
        return set().union(*(self.after(place) for place in places))

    def leading_to(self, place: str) -> set[str]:
        return {source for source in {*self.ways, *self.beside} if place in self.after(source)}

    def behind(self, target: str) -> set[str]:
        """Everything behind ``target``, whatever it takes."""
        found = self.after(target)
        while more := self.onward(found) - found:
            found |= more
        return found

    def before(self, here: str) -> set[str]:
        """What can have happened before ``here`` for the first time."""
        found = {"("}
        while more := {
            place
            for place in self.onward(found) - found
            if place != here and not (self.joins.get(place, False) and self.leading_to(place) - found)
        }:
            found |= more
        return found

    def downstream(self, target: str, passed: set[str]) -> set[str]:
        """What lies behind ``target``: a join only if all that leads to it does, or if it has been passed."""
        found: set[str] = set()
        while more := {
            place
            for place in self.onward(found | {target}) - found
            if place not in self.joins or place in passed or self.leading_to(place) <= found | {target}
        }:
            found |= more
        return found


def chain_to(body: Block, id: str) -> list[Block]:
    """From a level's body down to one of its elements; empty if it is not there."""
    if body.kind in ELEMENTS:
        return [body] if name(body) == id else []
    for inner in [*body.children, *(event.handler for event in body.events)]:
        found = chain_to(inner, id)
        if found:
            return [body, *found]
    return []


def besides(chain: list[Block]) -> int:
    """Where a chain goes on with what an event begins beside the flow, which hangs on the scope itself; 0 if it does not."""
    beside = [number for number, (around, block) in enumerate(pairwise(chain), 1) if block in sides(around)]
    return max(beside, default=0)


def sides(block: Block) -> list[Block]:
    return [event.handler for event in block.events if not event.interrupting and block.kind == "bound"]


class Correction(Node):
    """A task that has been returned to straight, aside of the flow, or what encloses it: events of its own may begin something beside it, none may end it."""

    def __init__(self, element: Block, up: Node, events: list[Event], waiting: Leaf | None) -> None:
        super().__init__(element, up, up.world)
        self.events, self.waiting = events, waiting

    def enter(self) -> None:
        for event in self.events:
            if not event.interrupting:
                self.watch(event, event.id)

    def ended(self, child: Node) -> None:
        self.watches.clear()
        self.done()
        if self.waiting is not None and self.waiting in self.world.nodes():
            resume(self.waiting)

    def happen(self, watch: Watch) -> None:
        self.again(watch)
        self.occur(watch.event)

    def occur(self, event: Event) -> None:
        self.scope().start(event.handler)

    def catches(self, child: Node, kind: str, code: str) -> Event | None:
        event = pick(self.events, kind, code)
        return event if event is not None and not event.interrupting else None


def watch_again(around: Node | None) -> None:
    if isinstance(around, Correction):
        around.enter()
    elif isinstance(around, Bound):
        for event in around.block.events:
            around.watch(event, event.id)


def hold(leaf: Leaf) -> None:
    """It waits for a correction; nothing happens to it meanwhile."""
    leaf.held = True
    if isinstance(leaf.up, Correction) or (isinstance(leaf.up, Bound) and leaf.up.host is leaf):
        leaf.up.watches.clear()


def resume(leaf: Leaf) -> None:
    leaf.held = False
    if isinstance(leaf.up, Correction) or (isinstance(leaf.up, Bound) and leaf.up.host is leaf):
        watch_again(leaf.up)
    leaf.enter()


class AgainMulti(Multi):
    """A multi-instance of which some items are done again, each from ``route`` on; the others stand."""

    route: tuple[Block, ...] = ()
    chosen: list[int]

    def launch(self, item: int) -> None:
        child = create(self, self.block.children[0], i=item, loopCounter=item)
        child.apart = self.apart
        enter(child, self.route)

    def begin(self) -> None:
        self.launch(self.chosen.pop(0))

    def redo(self, items: list[int], route: tuple[Block, ...]) -> None:
        assert self.up is not None
        total = self.block.options["total"]
        self.route, self.over, self.items = route, False, set()
        self.chosen = items or list(range(1, total + 1))
        self.finished_count = total - len(self.chosen)
        kept = self.up.visible().get(f"out_{self.block.id}")
        self.out = [*kept[:total], *[None] * (total - len(kept[:total]))] if items and isinstance(kept, list) else [None] * total
        if not self.chosen:
            self.close()
            return
        for _ in range(1 if self.block.options["sequential"] else len(self.chosen)):
            if not self.over:
                self.begin()


def create(up: Node, block: Block, **variables: Any) -> Node:
    node = AgainMulti(block, up, up.world) if block.kind == "multi" else NODES[block.kind](block, up, up.world)
    node.variables.update(variables)
    up.below.append(node)
    return node


def enter(node: Node, route: tuple[Block, ...], items: list[int] | None = None) -> None:
    """Enter an element: the target itself, or what encloses it, with the elements that are left on the way to it."""
    if isinstance(node, AgainMulti):
        node.redo(items or [], route)
    elif not route:
        node.enter()
    else:
        assert isinstance(node, Scope)
        node.body_done = node.interrupted = False
        for variable in node.block.options.get("inputs", ()):
            node.variables[variable] = node.block.id
        for event in node.block.events:
            node.watch(event, f"{event.id}_start")
        body = node.block.children[0]
        if node.apart:
            correct(node, body, route, items, None)
        else:
            chain = chain_to(body, name(route[0]))
            go(node, chain[besides(chain) :], route[1:], items)


def correct(scope: Node, body: Block, route: tuple[Block, ...], items: list[int] | None, waiting: Leaf | None) -> None:
    *above, element = chain_to(body, name(route[0]))
    events = above[-1].events if above and above[-1].kind == "bound" and above[-1].children[0] is element else []
    correction = Correction(element, scope, events, waiting)
    scope.below.append(correction)
    correction.enter()
    node = create(correction, element)
    node.apart = True
    enter(node, route[1:], items)


def go(node: Node, chain: list[Block], route: tuple[Block, ...], items: list[int] | None) -> None:
    """``node`` is under way, or has just been made for this: it goes on with the next block of the chain."""
    block, *below = chain
    if isinstance(node, Seq):
        node.at = node.block.children.index(block)
    elif isinstance(node, And) and not hasattr(node, "gone"):
        # What the other branches had to bring is there.
        node.left, node.gone = 0, [child for child in node.block.children if child is not block]
    if isinstance(node, And):
        node.left += 1
        node.gone = [child for child in node.gone if child is not block]
    if isinstance(node, Bound):
        node.watches.clear()
        if node.block.children[0] is block:
            watch_again(node)
    child = create(node, block)
    if isinstance(node, Bound):
        node.host = child if node.block.children[0] is block else None
    if below:
        go(child, below, route, items)
    else:
        enter(child, route, items)


# ---------------------------------------------------------------------- what is possible


@dataclass(frozen=True)
class Target:
    """``route``: from the element in the level of ``scope`` down to the task. ``items``: of a multi-instance one, those that were done."""

    scope: Scope
    route: tuple[Block, ...]
    items: tuple[int, ...]
    stepwise: bool


def crowded(world: World) -> bool:
    """Whether what an event begins is under way several times at once: then the blocks do not tell which of them a target belongs to."""
    for node in world.nodes():
        handlers = [child.block.id for child in node.below if isinstance(node, Scope) and not isinstance(child, Correction)]
        if len(handlers) != len(set(handlers)):
            return True
    return False


def targets(leaf: Leaf) -> dict[str, Target]:
    """What an open task may be returned to: any task that lies before it on some way and has been completed."""
    found: dict[str, Target] = {}
    node: Node = leaf
    while True:
        standing, scope = node, node.scope()
        while isinstance(standing.up, Multi):
            standing = standing.up
        here = name(standing.block)
        chart, done = Chart.of(scope.block.children[0]), node.world.done.get(scope, {})
        before = chart.before(here)
        for route in tasks(scope.block.children[0]):
            first, task = name(route[0]), name(route[-1])
            if task in found or task not in done or first == here or first not in before or here not in chart.behind(first):
                continue
            loops = [block for block in route if block.kind == "multi"]
            if len(loops) > 1 or any(name(other.block) == first for other in level(scope)):
                continue
            items = tuple(sorted(done.get(name(loops[0]), ()))) if loops else ()
            found[task] = Target(scope, tuple(route), items, undone(scope, first, here) is not None)
        if scope.up is None:
            return found
        node = scope


def tasks(block: Block) -> Iterator[list[Block]]:
    """The user tasks of a level and of the sub-processes in it, each with the elements on the way to it."""
    if block.kind in ("task", "throw") or (block.kind == "multi" and block.children[0].kind == "task"):
        yield [block]
    elif block.kind == "multi" and block.children[0].kind == "sub":
        yield from ([block, *inner] for inner in tasks(block.children[0].children[0]))
    elif block.kind == "sub":
        yield from ([block, *inner] for inner in tasks(block.children[0]))
    elif block.kind not in ELEMENTS:
        for child in [*block.children, *(event.handler for event in block.events)]:
            yield from tasks(child)


def level(at: Node) -> Iterator[Node]:
    """The elements of a level that are under way, and gateways that wait for events."""
    for node in at.below:
        if isinstance(node, Correction) or node.block.kind not in ELEMENTS:
            yield from level(node)
        if isinstance(node, Gate) or (node.block.kind in ELEMENTS and not isinstance(node, Correction)):
            yield node


def undone(scope: Scope, target: str, here: str) -> tuple[Node, list[Block], set[str]] | None:
    """The innermost block under way on the path to the target, the path from there, and what lies downstream. None if a return step by step is impossible."""
    chain = chain_to(scope.block.children[0], target)
    first = besides(chain)
    node = next((node for node in scope.below if node.block is chain[first] and not isinstance(node, Correction)), None)
    if node is None:
        return None
    rest = chain[first + 1 :]
    while (inner := next((inner for inner in node.below if inner.block is rest[0]), None)) is not None:
        node, rest = inner, rest[1:]
    passed = {f"{block.id}>" for block in rest if block.kind in ("and", "or")}
    if passed and not isinstance(node, And) and not (isinstance(node, Seq) and node.at > node.block.children.index(rest[0])):
        return None  # what they waited for has not been brought on this way
    found = Chart.of(scope.block.children[0]).downstream(target, passed)
    if here not in found:
        return None
    if isinstance(node, And):
        own = rest[0] in node.gone
    else:
        places = {f"{other.block.id}<" if isinstance(other, Gate) else name(other.block) for other in level(node)}
        own = bool(places & found)
    return (node, rest, found) if own else None


# ---------------------------------------------------------------------- what becomes of it


def give_back(leaf: Leaf, target: Target, items: list[int], *, straight: bool) -> None:
    scope, route = target.scope, target.route
    body = scope.block.children[0]
    if straight:
        hold(leaf)
        correct(scope, body, route, items, leaf)
        return
    standing: Node = leaf
    while standing.scope() is not scope:
        standing = standing.scope()
    while isinstance(standing.up, Multi):
        standing = standing.up
    found = undone(scope, name(route[0]), name(standing.block))
    assert found is not None
    node, rest, places = found
    freed = [other.waiting for other in scope.below if isinstance(other, Correction) and name(other.block) in places]
    scope.below[:] = [other for other in scope.below if not ends(scope, other, places)]
    if not isinstance(node, And):
        node.below.clear()
        node.watches.clear()
    go(node, rest, route[1:], items)
    for waiting in freed:
        if waiting is not None and waiting in leaf.world.nodes():
            resume(waiting)


def ends(scope: Scope, node: Node, places: set[str]) -> bool:
    """Whether something beside the body of a level is downstream."""
    if isinstance(node, Correction):
        return name(node.block) in places
    events = [event for block in scope.block.children[0].walk() for event in block.events if event.handler is node.block]
    return any(f"{event.id}!" in places for event in events)
