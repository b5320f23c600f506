"""Random graphs of tasks and gateways, without any block structure, against a token game that knows joins only by their definition.

FUZZ_MODELS sets how many (default 1,000, of graphs twice as many), FUZZ_SEED where to begin.
"""

import os
import random

import pytest

from .diagrams import exclusive, file, flow, inclusive, parallel, process, start, user
from .runs import Run, library

GRAPHS = int(os.environ.get("FUZZ_MODELS", "1000")) * 2
FIRST = int(os.environ.get("FUZZ_SEED", "0"))
PACK = 50


class Graph:
    """``kinds``: node → task, xor, and, or; ``flows``: (id, source, target). The start leads to the first node; a node without outgoing flows ends its token."""

    def __init__(self, chance: random.Random) -> None:
        size = chance.randint(5, 10)
        self.kinds = {f"n{number}": chance.choice(("task", "task", "xor", "and", "or")) for number in range(size)}
        self.kinds["n0"] = "and"
        self.flows: list[tuple[str, str, str]] = [("f0", "start", "n0")]
        for number in range(size):
            for _ in range(1 if self.kinds[f"n{number}"] == "task" else chance.randint(1 + (number == 0), 2 + (number == 0))):
                # Mostly forwards, sometimes back; no node onto itself.
                target = chance.randint(number + 1, size) if chance.random() < 0.85 else chance.randint(0, size)
                if target < size and target != number:
                    self.flows.append((f"f{len(self.flows)}", f"n{number}", f"n{target}"))

    def out(self, node: str) -> list[tuple[str, str, str]]:
        return [edge for edge in self.flows if edge[1] == node]

    def into(self, node: str) -> list[tuple[str, str, str]]:
        return [edge for edge in self.flows if edge[2] == node]

    def draw(self) -> bytes:
        parts = [start()]
        for name, kind in self.kinds.items():
            defaults = self.out(name)[-1][0] if len(self.out(name)) > 1 else None
            parts.append(
                {"task": user(name), "xor": exclusive(name, defaults), "or": inclusive(name, defaults), "and": parallel(name)}[kind]
            )
        for flow_id, source, target in self.flows:
            decides = self.kinds.get(source) in ("xor", "or") and len(self.out(source)) > 1 and self.out(source)[-1][0] != flow_id
            parts.append(flow(source, target, f"={flow_id}_v" if decides else None, flow_id))
        return file(process(*parts))


class Ambiguous(Exception):
    """What happens depends on an order that BPMN leaves open, or never ends."""


class Game:
    """Tokens at tasks, and tokens that wait at joins by the flow that brought them."""

    def __init__(self, graph: Graph, choices: dict[str, bool]) -> None:
        self.graph, self.choices = graph, choices
        self.tasks: list[str] = []
        self.waiting: list[tuple[str, str]] = []
        self.budget = 200
        self.arrive(graph.flows[0])
        self.settle()

    def arrive(self, edge: tuple[str, str, str]) -> None:
        node = edge[2]
        kind = self.graph.kinds[node]
        if kind == "task":
            self.tasks.append(node)
        elif kind in ("and", "or") and len(self.graph.into(node)) > 1:
            self.waiting.append((node, edge[0]))
        else:
            self.leave(node)

    def leave(self, node: str) -> None:
        self.budget -= 1
        if self.budget < 0:
            raise Ambiguous
        out = self.graph.out(node)
        kind = self.graph.kinds[node]
        if kind in ("xor", "or") and len(out) > 1:
            true = [edge for edge in out[:-1] if self.choices[f"{edge[0]}_v"]]
            out = (true or out[-1:])[: 1 if kind == "xor" else None]
        for edge in out:
            self.arrive(edge)

    def settle(self) -> None:
        """Parallel joins go as soon as they can; inclusive ones only when everything else stands."""
        while True:
            ready = [node for node in dict.fromkeys(node for node, _ in self.waiting) if self.may_go(node)]
            parallel_ones = [node for node in ready if self.graph.kinds[node] == "and"]
            if not ready:
                return
            if not parallel_ones and len(ready) > 1:
                raise Ambiguous
            node = (parallel_ones or ready)[0]
            for flow_id in {flow_id for at, flow_id in self.waiting if at == node}:
                self.waiting.remove((node, flow_id))
            self.leave(node)

    def may_go(self, node: str) -> bool:
        arrived = {flow_id for at, flow_id in self.waiting if at == node}
        empty = {edge[0] for edge in self.graph.into(node)} - arrived
        if self.graph.kinds[node] == "and":
            return not empty
        for other in self.tasks + [at for at, _ in self.waiting if at != node]:
            reachable = self.reach(other, node)
            if reachable & empty and not reachable & arrived:
                return False
        return True

    def reach(self, begin: str, gateway: str) -> set[str]:
        """The gateway's incoming flows that a token at ``begin`` could come by, without passing the gateway."""
        found: set[str] = set()
        seen: set[str] = set()
        pending = [begin]
        while pending:
            at = pending.pop()
            if at in seen:
                continue
            seen.add(at)
            for flow_id, _, target in self.graph.out(at):
                if target == gateway:
                    found.add(flow_id)
                else:
                    pending.append(target)
        return found

    def complete(self, task: str) -> None:
        self.tasks.remove(task)
        self.leave(task)
        self.settle()


def play(seed: int) -> int:
    chance = random.Random(seed)
    graph = Graph(chance)

    def choices() -> dict[str, bool]:
        return {f"{edge[0]}_v": chance.random() < 0.5 for edge in graph.flows}

    given = choices()
    try:
        game = Game(graph, given)
    except Ambiguous:
        return 0
    run = Run(library(graph.draw()), variables=given, reload=seed % 2 == 0)
    for step in range(25):
        told = f"seed {seed} step {step}"
        assert run.open == sorted(game.tasks), told
        assert sorted(view.element_id for view in run.current.tokens() if view.state == "waiting") == sorted(
            node for node, _ in game.waiting
        ), told
        assert run.done == (not game.tasks and not game.waiting), told
        if not game.tasks:
            return step
        task = chance.choice(game.tasks)
        game.choices = given = choices()
        try:
            game.complete(task)
        except Ambiguous:
            return step
        run.complete(task, given)
    return 25


@pytest.mark.parametrize("first", range(FIRST, FIRST + GRAPHS, PACK))
def test_random_graphs_behave_as_the_token_game_says(first):
    assert sum(play(seed) for seed in range(first, first + PACK)) > 0
