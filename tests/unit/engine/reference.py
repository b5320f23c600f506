"""A second interpreter, written against the meaning of blocks and not against BPMN's tokens, to compare the engine with.

A model is a tree of blocks. ``draw`` makes its diagram; ``World`` runs the tree itself: every block that is under way is a ``Node``, a node that is done tells the
node above, a node that is killed takes everything below with it. Nothing here is shared with the engine.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from . import diagrams as d

DATA = ("x", "y", "z")
CODES = ("A", "B")


@dataclass
class Event:
    """A boundary event or the trigger of an event sub-process with its handler. ``kind``: message, timer, cycle, signal, error, escalation."""

    id: str
    kind: str
    interrupting: bool
    handler: "Block"
    code: str | None = None


@dataclass
class Block:
    """``kind``: task, job, throw, seq, xor, and, or, loop, sub, call, multi, bound, gate."""

    kind: str
    id: str
    children: list["Block"] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)

    def walk(self) -> Iterator["Block"]:
        yield self
        for child in self.children:
            yield from child.walk()
        for event in self.events:
            yield from event.handler.walk()


# ---------------------------------------------------------------------- models


class Generator:
    """Random blocks; every throw stands behind a task of its own, so that one act throws once."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.count = 0

    def block(self, kind: str, *children: Block, **options: Any) -> Block:
        self.count += 1
        return Block(kind, f"{kind}{self.count}", list(children), options=options)

    def make(self, depth: int) -> Block:
        choice = self.random
        if depth <= 0:
            return self.leaf()
        kind = choice.choices(
            ("leaf", "seq", "xor", "and", "or", "loop", "sub", "call", "multi", "bound", "gate"),
            (1, 5, 2, 3, 2, 2, 3, 2, 2.5, 4.5, 1.5),
        )[0]
        if kind == "leaf":
            return self.leaf()
        if kind in ("seq", "xor", "and", "or"):
            return self.block(kind, *(self.make(depth - 1) for _ in range(choice.randint(2, 3))))
        if kind == "loop":
            return self.block("loop", self.block("seq", self.block("task"), self.make(depth - 1)))
        if kind == "sub":
            return self.sub(depth)
        if kind == "call":
            return self.call(depth - 1)
        if kind == "multi":
            inner = choice.choice((self.block("task"), self.block("job"), self.sub(depth - 1), self.call(depth - 2)))
            total = choice.randint(0, 3)
            until = choice.choice((None, None, 1, 2))
            return self.block("multi", inner, total=total, until=until, sequential=choice.random() < 0.4)
        if kind == "gate":
            gate = self.block("gate")
            for _ in range(choice.randint(1, 3)):
                gate.events.append(self.event(depth, ("message", "timer", "signal"), True))
            return gate
        host = choice.choice((self.block("task"), self.block("job"), self.sub(depth), self.call(depth - 1)))
        bound = self.block("bound", host)
        for _ in range(choice.choice((1, 1, 2))):
            kind = choice.choice(("message", "timer", "cycle", "signal", "error", "error", "escalation"))
            interrupting = kind == "error" or (kind != "cycle" and choice.random() < 0.5)
            event = self.event(depth, (kind,), interrupting)
            if kind not in ("error", "escalation") or (kind, event.code) not in {(other.kind, other.code) for other in bound.events}:
                bound.events.append(event)  # a second one of the same code would be refused
        return bound

    def event(self, depth: int, kinds: tuple[str, ...], interrupting: bool) -> Event:
        self.count += 1
        kind = self.random.choice(kinds)
        code = self.random.choice((None, *CODES)) if kind in ("error", "escalation") else None
        event = Event(f"{kind}{self.count}", kind, interrupting, self.make(depth - 2 if depth > 1 else 0), code)
        if kind == "escalation" and self.random.random() < 0.4:
            # It hands on what it has handled.
            event.handler = self.block(
                "seq", event.handler, self.block("throw", what=kind, code=code or self.random.choice(CODES), chance=0.8)
            )
        if not interrupting and any(block.kind in ("and", "or") for block in event.handler.walk()):
            # It may run several times at once; in one level BPMN's joins would take tokens of one run for those of another.
            event.handler = self.block("sub", event.handler)
        return event

    def sub(self, depth: int) -> Block:
        block = self.block("sub", self.make(depth - 1))
        if self.random.random() < 0.5:
            block.options["inputs"] = self.random.sample(DATA, self.random.randint(1, 2))
        self.outputs(block, 0.2, DATA)
        if self.random.random() < 0.35:
            kind = self.random.choice(("message", "timer", "cycle", "signal", "error", "escalation"))
            event = self.event(depth, (kind,), kind == "error" or (kind != "cycle" and self.random.random() < 0.5))
            block.events.append(event)
            if kind == "escalation":
                first = self.block("throw", what=kind, code=event.code or self.random.choice(CODES), chance=0.8)
                block.children = [self.block("seq", first, *block.children)]
        return block

    def call(self, depth: int) -> Block:
        block = self.block("call", self.make(depth))
        self.outputs(block, 0.3, DATA)
        return block

    def leaf(self) -> Block:
        kind = self.random.choices(("task", "job", "throw", "multi"), (6, 2, 2, 1))[0]
        if kind == "throw":
            what = self.random.choice(("error", "error", "escalation", "escalation", "signal", "signal", "terminate"))
            return self.block("throw", what=what, code=self.random.choice(CODES), chance=0.3 if what in ("escalation", "signal") else 0.15)
        if kind == "multi":
            return self.block(
                "multi", self.block("task"), total=self.random.randint(1, 3), until=None, sequential=self.random.random() < 0.5
            )
        block = self.block(kind)
        if self.random.random() < 0.2:
            block.options["inputs"] = [self.random.choice(DATA)]
        self.outputs(block, 0.3, ("result", *DATA))
        return block

    def outputs(self, block: Block, chance: float, sources: tuple[str, ...]) -> None:
        """Output mappings, (source, target) in order: often one from the target of another."""
        if self.random.random() < chance:
            block.options["outputs"] = [(self.random.choice(sources), self.random.choice(DATA)) for _ in range(self.random.randint(1, 3))]


# ---------------------------------------------------------------------- diagrams


class Drawing:
    """The diagram of a model: ``files`` are one for the process and one for each called process."""

    def __init__(self, model: Block) -> None:
        self.roots = [d.message("msg", "msg", '="1"'), d.signal("sig", "sig")]
        self.roots += [d.error(f"error_{code}", code) for code in CODES] + [d.escalation(f"escalation_{code}", code) for code in CODES]
        self.called: list[str] = []
        self.main = self.process("p", model)
        self.files = [d.file(*self.roots, self.main), *(d.file(*self.roots, text) for text in self.called)]

    def process(self, id: str, block: Block) -> str:
        return d.process(self.level(id, block), id=id)

    def level(self, id: str, block: Block, first: str | None = None) -> str:
        body, entry, leave = self.draw(block)
        return (first or d.start(f"{id}_start")) + body + d.end(f"{id}_end") + d.flow(f"{id}_start", entry) + d.flow(leave, f"{id}_end")

    def mapping(self, block: Block) -> str:
        inputs = dict.fromkeys(block.options.get("inputs", ()), f'="{block.id}"')
        outputs = [(f"={source}", target) for source, target in block.options.get("outputs", ())]
        return d.io(inputs, outputs) if inputs or outputs else ""

    def trigger(self, event: Event) -> str:
        if event.kind == "message":
            return d.on_message("msg")
        if event.kind == "signal":
            return d.on_signal("sig")
        if event.kind == "timer":
            return d.timer("Duration", "PT1H")
        if event.kind == "cycle":
            return d.timer("Cycle", "R2/PT1H")
        reference = f"{event.kind}_{event.code}" if event.code else None
        return d.on_error(reference) if event.kind == "error" else d.on_escalation(reference)

    def draw(self, block: Block, loop: str = "") -> tuple[str, str, str]:
        """The text of a block, the node where it begins and the node where it is left."""
        return getattr(self, f"draw_{block.kind}")(block, loop)  # type: ignore[no-any-return]

    def draw_task(self, block: Block, loop: str) -> tuple[str, str, str]:
        return d.user(block.id, self.mapping(block), loop), block.id, block.id

    def draw_job(self, block: Block, loop: str) -> tuple[str, str, str]:
        return d.service(block.id, "work", self.mapping(block), loop), block.id, block.id

    def draw_throw(self, block: Block, loop: str) -> tuple[str, str, str]:
        i, code, what = block.id, block.options["code"], block.options["what"]
        text = (
            d.user(i)
            + d.exclusive(f"{i}_g", f"{i}_d")
            + d.exclusive(f"{i}_o")
            + d.flow(i, f"{i}_g")
            + d.flow(f"{i}_g", f"{i}_o", id=f"{i}_d")
        )
        text += d.flow(f"{i}_g", f"{i}_t", f"={i}_v")
        if what == "escalation":
            return text + d.throw(f"{i}_t", d.on_escalation(f"escalation_{code}")) + d.flow(f"{i}_t", f"{i}_o"), i, f"{i}_o"
        if what == "signal":
            return text + d.throw(f"{i}_t", d.on_signal("sig")) + d.flow(f"{i}_t", f"{i}_o"), i, f"{i}_o"
        return text + d.end(f"{i}_t", d.on_error(f"error_{code}") if what == "error" else d.TERMINATE), i, f"{i}_o"

    def draw_seq(self, block: Block, loop: str) -> tuple[str, str, str]:
        parts = [self.draw(child) for child in block.children]
        text = "".join(part[0] for part in parts)
        for before, after in pairwise(parts):
            text += d.flow(before[2], after[1])
        return text, parts[0][1], parts[-1][2]

    def split(self, block: Block, gateway: Any, conditions: list[str | None]) -> tuple[str, str, str]:
        i = block.id
        text = (gateway(f"{i}_s", f"{i}_d") if conditions[0] else gateway(f"{i}_s")) + gateway(f"{i}_j")
        for child, condition in zip(block.children, conditions, strict=True):
            body, entry, leave = self.draw(child)
            text += (
                body + d.flow(f"{i}_s", entry, condition, None if condition or not conditions[0] else f"{i}_d") + d.flow(leave, f"{i}_j")
            )
        return text, f"{i}_s", f"{i}_j"

    def draw_xor(self, block: Block, loop: str) -> tuple[str, str, str]:
        return self.split(block, d.exclusive, [f"={block.id}_v = {number}" for number in range(len(block.children) - 1)] + [None])

    def draw_or(self, block: Block, loop: str) -> tuple[str, str, str]:
        return self.split(block, d.inclusive, [f"={block.id}_v{number}" for number in range(len(block.children) - 1)] + [None])

    def draw_and(self, block: Block, loop: str) -> tuple[str, str, str]:
        return self.split(block, d.parallel, [None] * len(block.children))

    def draw_loop(self, block: Block, loop: str) -> tuple[str, str, str]:
        i = block.id
        body, entry, leave = self.draw(block.children[0])
        text = d.exclusive(f"{i}_m") + body + d.exclusive(f"{i}_x", f"{i}_d") + d.exclusive(f"{i}_o")
        text += (
            d.flow(f"{i}_m", entry)
            + d.flow(leave, f"{i}_x")
            + d.flow(f"{i}_x", f"{i}_m", f"={i}_v")
            + d.flow(f"{i}_x", f"{i}_o", id=f"{i}_d")
        )
        return text, f"{i}_m", f"{i}_o"

    def draw_sub(self, block: Block, loop: str) -> tuple[str, str, str]:
        inside = [self.level(block.id, block.children[0])]
        for event in block.events:
            interrupting = "true" if event.interrupting else "false"
            first = d.start(f"{event.id}_start", self.trigger(event), isInterrupting=interrupting)
            inside.append(d.event_subprocess(event.id, self.level(event.id, event.handler, first)))
        return d.subprocess(block.id, *inside, extensions=self.mapping(block), loop=loop), block.id, block.id

    def draw_call(self, block: Block, loop: str) -> tuple[str, str, str]:
        self.called.append(self.process(f"c_{block.id}", block.children[0]))
        return d.call(block.id, f"c_{block.id}", self.mapping(block), loop), block.id, block.id

    def draw_multi(self, block: Block, loop: str) -> tuple[str, str, str]:
        until = f"=numberOfCompletedInstances >= {block.options['until']}" if block.options["until"] else None
        items = "[" + ", ".join(str(number + 1) for number in range(block.options["total"])) + "]"
        around = d.loop(f"={items}", "i", f"out_{block.id}", "=i", sequential=block.options["sequential"], condition=until)
        return self.draw(block.children[0], around)

    def draw_bound(self, block: Block, loop: str) -> tuple[str, str, str]:
        i = block.id
        text, entry, leave = self.draw(block.children[0])
        text += d.exclusive(f"{i}_j") + d.flow(leave, f"{i}_j")
        for event in block.events:
            body, first, last = self.draw(event.handler)
            text += d.boundary(event.id, entry, self.trigger(event), event.interrupting) + body + d.flow(event.id, first)
            text += d.flow(last, f"{i}_j") if event.interrupting else d.end(f"{event.id}_end") + d.flow(last, f"{event.id}_end")
        return text, entry, f"{i}_j"

    def draw_gate(self, block: Block, loop: str) -> tuple[str, str, str]:
        i = block.id
        text = d.event_gateway(i) + d.exclusive(f"{i}_j")
        for event in block.events:
            body, first, last = self.draw(event.handler)
            text += d.catch(event.id, self.trigger(event)) + body + d.flow(i, event.id) + d.flow(event.id, first) + d.flow(last, f"{i}_j")
        return text, i, f"{i}_j"


# ---------------------------------------------------------------------- the interpreter


class World:
    """A model under way. ``choices`` are the values that gateways read; ``order`` numbers leaves and waits in the order they come up."""

    def __init__(self, model: Block, choices: dict[str, Any]) -> None:
        self.choices = choices
        self.order = 0
        self.finished = False
        self.unclear = False
        self.done: dict[
            Node, dict[str, set[int]]
        ] = {}  # scope → the tasks that have been completed in it; of a multi-instance one also which items
        self.root = Scope(Block("process", "p", [model]), None, self)
        self.root.variables = {}
        self.root.enter()

    def next(self) -> int:
        self.order += 1
        return self.order

    def nodes(self) -> list["Node"]:
        found: list[Node] = []
        pending: list[Node] = [] if self.finished else [self.root]
        while pending:
            node = pending.pop()
            found.append(node)
            pending.extend(node.below)
        return found

    def did(self, scope: "Node", id: str, *items: int) -> None:
        self.done.setdefault(scope, {}).setdefault(id, set()).update(items)

    def leaves(self, kind: str) -> list["Leaf"]:
        return sorted(
            (node for node in self.nodes() if isinstance(node, Leaf) and node.shown == kind and not node.stuck and not node.held),
            key=lambda leaf: leaf.number,
        )

    def stuck(self) -> int:
        return sum(1 for node in self.nodes() if isinstance(node, Leaf) and node.stuck)

    def waits(self) -> list["Watch"]:
        return sorted((watch for node in self.nodes() for watch in node.watches), key=lambda watch: watch.number)

    def signal(self, thrower: "Node") -> None:
        """Everybody who waits for a signal at this moment hears it once, unless what another did has ended the waiting."""
        heard = [(watch, brought(thrower, watch.node)) for watch in self.waits() if watch.event.kind == "signal"]
        for watch, payload in heard:
            if watch in watch.node.watches and watch.node in self.nodes():
                watch.node.assign(payload)
                watch.node.happen(watch)


@dataclass
class Watch:
    """An open wait of a node."""

    node: "Node"
    event: Event
    shown: str
    number: int
    left: int = 1


class Node:
    items: set[int]  # of a multi-instance, those that are done

    def __init__(self, block: Block, up: "Node | None", world: World) -> None:
        self.block, self.up, self.world = block, up, world
        self.below: list[Node] = []
        self.variables: dict[str, Any] = {}
        self.written: set[str] = set()
        self.watches: list[Watch] = []
        self.apart = False  # it is there for a correction only

    def start(self, block: Block, **variables: Any) -> "Node":
        node = NODES[block.kind](block, self, self.world)
        node.variables.update(variables)
        self.below.append(node)
        node.enter()
        return node

    def enter(self) -> None:
        raise NotImplementedError

    def done(self) -> None:
        """This node is finished; whoever is above goes on."""
        if self.up is None:
            self.world.finished = True
            return
        self.up.below.remove(self)
        self.up.ended(self)

    def ended(self, child: "Node") -> None:
        raise NotImplementedError

    def watch(self, event: Event, shown: str) -> None:
        if event.kind not in ("error", "escalation"):
            self.watches.append(Watch(self, event, shown, self.world.next(), 2 if event.kind == "cycle" else 1))

    def happen(self, watch: Watch) -> None:
        raise NotImplementedError

    def occur(self, event: Event) -> None:
        raise NotImplementedError

    def catches(self, child: "Node", kind: str, code: str) -> Event | None:
        """The boundary event for what ``child`` throws."""
        return None

    def again(self, watch: Watch) -> None:
        """A wait that does not interrupt has been met."""
        if watch.event.kind in ("timer", "cycle"):
            watch.left -= 1
        watch.number = self.world.next()
        if watch.left == 0:
            self.watches.remove(watch)

    # ------------------------------------------------------------------ scopes of variables

    def chain(self) -> Iterator["Node"]:
        node: Node | None = self
        while node is not None:
            yield node
            if isinstance(node, Scope) and node.own:
                return
            node = node.up

    def visible(self) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for node in self.chain():
            seen = {**node.variables, **seen}
        return seen

    def assign(self, variables: dict[str, Any]) -> None:
        """Each to the nearest node that has it, else to the process."""
        chain = list(self.chain())
        for name, value in variables.items():
            holder = next((node for node in chain if name in node.variables or node.collected == name), chain[-1])
            if name == "loopCounter" and holder.collected is not None and not isinstance(holder, Call):
                continue  # its place is not for it to say
            holder.variables[name] = value
            holder.written.add(name)

    @property
    def collected(self) -> str | None:
        """The name of the collection that this node adds to, as one instance of a multi-instance; what it writes under this name is its own."""
        return f"out_{self.up.block.id}" if isinstance(self.up, Multi) else None

    def deliver(self, result: dict[str, Any]) -> None:
        """What a block with a result leaves behind: by its mappings one after the other, else as it is."""
        outputs = self.block.options.get("outputs")
        if outputs is None:
            self.assign(result)
            return
        assert self.up is not None
        seen = {**self.up.visible(), **self.visible(), **result}
        targets = {}
        for source, target in outputs:
            seen[target] = targets[target] = seen.get(source)
        for target, value in targets.items():
            if self.apart and isinstance(self, Sub) and value is None:
                continue  # a correction takes away nothing that was given before
            own = isinstance(self.up, Multi) and (target in self.variables or not isinstance(self, Call))
            (self if own else self.up).assign({target: value})

    # ------------------------------------------------------------------ errors and escalations

    def throw(self, kind: str, code: str) -> str:
        """``caught`` and everything inside ended, ``beside`` (caught without interrupting), or ``nobody``."""
        node: Node | None = self
        while node is not None:
            up = node.up
            event = up.catches(node, kind, code) if up is not None else None
            if up is not None and event is not None:
                up.occur(event)
                return "caught" if event.interrupting else "beside"
            if isinstance(up, Scope) and not up.interrupted:
                event = pick(up.block.events, kind, code)
                if event is not None and node.block.id != event.id:  # what handles it may throw it on, but not to itself
                    up.occur(event)
                    return "caught" if event.interrupting else "beside"
            node = up
        return "nobody"

    def scope(self) -> "Scope":
        node = self.up
        while not isinstance(node, Scope):
            assert node is not None
            node = node.up
        return node


def brought(thrower: Node, catcher: Node) -> dict[str, Any]:
    """What the called processes that a signal leaves have set themselves."""
    around = set()
    node: Node | None = catcher
    while node is not None:
        around.add(node)
        node = node.up
    found: dict[str, Any] = {}
    node = thrower
    while node is not None and node not in around:
        if isinstance(node, Call):
            found = {**{name: node.variables[name] for name in node.written}, **found}
        node = node.up
    return found


def pick(events: list[Event], kind: str, code: str) -> Event | None:
    exact = [event for event in events if event.kind == kind and event.code == code]
    general = [event for event in events if event.kind == kind and event.code is None]
    return (exact + general + [None])[0]  # type: ignore[list-item]


class Leaf(Node):
    shown = "task"
    held = False  # it waits for a correction

    def enter(self) -> None:
        self.number = self.world.next()
        self.stuck = False
        for name in self.block.options.get("inputs", ()):
            self.variables[name] = self.block.id

    def complete(self, result: dict[str, Any]) -> None:
        self.deliver(result)
        self.noted()
        self.done()

    def noted(self) -> None:
        if not isinstance(self.up, Multi):
            self.world.did(self.scope(), self.block.id)


class Job(Leaf):
    shown = "job"

    def fail(self, code: str) -> None:
        if self.throw("error", code) == "nobody":
            self.stuck = True


class Throw(Leaf):
    def complete(self, result: dict[str, Any]) -> None:
        self.assign(result)
        self.noted()
        what, code = self.block.options["what"], self.block.options["code"]
        if self.apart or not self.world.choices[f"{self.block.id}_v"]:
            self.done()
        elif what == "terminate":
            self.scope().finish()
        elif what == "error":
            if self.throw("error", code) == "nobody":
                # The token stands at an end event: what that means for an inclusive join around it is not told by the blocks.
                self.stuck = self.world.unclear = True
        elif what == "signal":
            self.world.signal(self)
            if self in self.world.nodes():
                self.done()
        elif self.throw("escalation", code) != "caught":
            self.done()


class Seq(Node):
    def enter(self) -> None:
        self.at = 0
        self.start(self.block.children[0])

    def ended(self, child: Node) -> None:
        self.at += 1
        if self.at < len(self.block.children):
            self.start(self.block.children[self.at])
        else:
            self.done()


class Xor(Node):
    def enter(self) -> None:
        chosen = self.world.choices[f"{self.block.id}_v"]
        self.start(self.block.children[min(chosen, len(self.block.children) - 1)])

    def ended(self, child: Node) -> None:
        self.done()


class And(Node):
    def chosen(self) -> list[Block]:
        return self.block.children

    def enter(self) -> None:
        self.left = len(self.chosen())
        self.gone: list[Block] = []
        for child in self.chosen():
            self.start(child)

    def ended(self, child: Node) -> None:
        self.left -= 1
        self.gone.append(child.block)
        if self.left == 0:
            self.done()


class Or(And):
    def chosen(self) -> list[Block]:
        *others, default = self.block.children
        return [child for number, child in enumerate(others) if self.world.choices[f"{self.block.id}_v{number}"]] or [default]


class Loop(Node):
    def enter(self) -> None:
        self.start(self.block.children[0])

    def ended(self, child: Node) -> None:
        if self.world.choices[f"{self.block.id}_v"]:
            self.start(self.block.children[0])
        else:
            self.done()


class Scope(Node):
    """A process, sub-process or handler of an event sub-process: done when its body and everything beside it is."""

    own = True

    def enter(self) -> None:
        self.body_done = False
        self.interrupted = False
        for name in self.block.options.get("inputs", ()):
            self.variables[name] = self.block.id
        for event in self.block.events:
            self.watch(event, f"{event.id}_start")
        self.start(self.block.children[0])

    def ended(self, child: Node) -> None:
        if not self.below:
            self.finish()

    def finish(self) -> None:
        self.below.clear()
        self.watches.clear()
        self.done()

    def happen(self, watch: Watch) -> None:
        if not watch.event.interrupting:
            self.again(watch)
        self.occur(watch.event)

    def occur(self, event: Event) -> None:
        if event.interrupting:
            self.interrupted = True
            self.below.clear()
            self.watches.clear()
        self.start(Block("handler", event.id, [event.handler]))


class Sub(Scope):
    own = False

    def done(self) -> None:
        self.deliver({})
        if self.up is not None:
            for id, items in self.world.done.get(self, {}).items():
                self.world.did(self.scope(), id, *items)
        super().done()


class Call(Scope):
    """Its variables are a copy of what the caller sees; what it has set itself goes back."""

    def enter(self) -> None:
        assert self.up is not None
        self.item = dict(self.variables)
        self.variables = {**self.up.visible(), **self.item}
        super().enter()

    def done(self) -> None:
        assert self.up is not None
        if "outputs" in self.block.options:
            self.deliver({})
        else:
            kept = {"i", "loopCounter", self.collected} if isinstance(self.up, Multi) else set()
            self.up.assign({name: self.variables[name] for name in self.written - kept})
        super().done()


class Multi(Node):
    def enter(self) -> None:
        self.number, self.finished_count, self.over = 0, 0, False
        self.items: set[int] = set()
        self.out: list[Any] = [None] * self.block.options["total"]
        if not self.out:
            self.close()
            return
        for _ in range(1 if self.block.options["sequential"] else len(self.out)):
            if self.over:  # the first ones ended at once, and were enough
                return
            self.begin()

    def begin(self) -> None:
        self.number += 1
        self.launch(self.number)

    def launch(self, item: int) -> None:
        self.start(self.block.children[0], i=item, loopCounter=item)

    def ended(self, child: Node) -> None:
        item = child.item["i"] if isinstance(child, Call) else child.variables["i"]
        self.out[item - 1] = item
        self.finished_count += 1
        self.items.add(item)
        until = self.block.options["until"]
        if self.finished_count == len(self.out) or (until and self.finished_count >= until):
            self.below.clear()
            self.over = True
            self.close()
        elif self.block.options["sequential"]:
            self.begin()

    def close(self) -> None:
        assert self.up is not None
        self.up.assign({f"out_{self.block.id}": self.out})
        self.world.did(self.scope(), self.block.children[0].id, *self.items)
        self.done()


class Bound(Node):
    host: Node | None = None

    def enter(self) -> None:
        block = self.block.children[0]
        node = NODES[block.kind](block, self, self.world)
        self.host = node
        self.below.append(node)
        for event in self.block.events:
            self.watch(event, event.id)
        node.enter()

    def ended(self, child: Node) -> None:
        self.host = None
        self.watches.clear()
        self.done()

    def happen(self, watch: Watch) -> None:
        if not watch.event.interrupting:
            self.again(watch)
        self.occur(watch.event)

    def catches(self, child: Node, kind: str, code: str) -> Event | None:
        return pick(self.block.events, kind, code) if child is self.host else None

    def occur(self, event: Event) -> None:
        if event.interrupting:
            self.host = None
            self.below.clear()
            self.watches.clear()
            self.start(event.handler)
        else:
            self.scope().start(event.handler)


class Gate(Node):
    def enter(self) -> None:
        for event in self.block.events:
            self.watch(event, event.id)

    def happen(self, watch: Watch) -> None:
        self.watches.clear()
        self.start(watch.event.handler)

    def ended(self, child: Node) -> None:
        self.done()


NODES: dict[str, type[Node]] = {
    "task": Leaf, "job": Job, "throw": Throw, "seq": Seq, "xor": Xor, "and": And, "or": Or, "loop": Loop, "sub": Sub, "handler": Sub, "call": Call,
    "multi": Multi, "bound": Bound, "gate": Gate,
}  # fmt: skip


def choices_of(model: Block, chance: random.Random) -> dict[str, Any]:
    """Fresh values for everything that gateways read."""
    values: dict[str, Any] = {}
    for block in model.walk():
        if block.kind == "xor":
            values[f"{block.id}_v"] = chance.randrange(len(block.children))
        elif block.kind == "or":
            values.update({f"{block.id}_v{number}": chance.random() < 0.5 for number in range(len(block.children) - 1)})
        elif block.kind in ("loop", "throw"):
            values[f"{block.id}_v"] = chance.random() < (0.4 if block.kind == "loop" else block.options.get("chance", 0.15))
    return values
