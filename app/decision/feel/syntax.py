"""The tree of an expression. Plain nodes: who checks tables statically walks them (``children``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .types import Type


@dataclass(slots=True)
class Node:
    """``position``: code-point offset of the node's start or operator; ``depth``: levels below, this one counted."""

    position: int
    depth: int = field(default=1, init=False)

    def children(self) -> Iterator[Node]:
        """The nodes directly below."""
        return iter(())


@dataclass(slots=True)
class Literal(Node):
    """Null, a boolean, number, string, or a temporal value from ``@"…"``."""

    value: object


@dataclass(slots=True)
class Name(Node):
    """A variable. ``local``: bound inside the expression; ``known``: matched a name that was told beforehand."""

    name: str
    local: bool = False
    element: bool = False  # inside a filter: may be an entry of the filtered element

    def __hash__(self) -> int:
        return id(self)


@dataclass(slots=True)
class Input(Node):
    """``?``: the value under test."""


@dataclass(slots=True)
class Path(Node):
    base: Node
    name: str

    def children(self) -> Iterator[Node]:
        yield self.base


@dataclass(slots=True)
class Filter(Node):
    base: Node
    condition: Node

    def children(self) -> Iterator[Node]:
        yield self.base
        yield self.condition


@dataclass(slots=True)
class Call(Node):
    """An invocation; ``names`` is None for positional arguments, else the arguments' names."""

    function: Node
    arguments: list[Node]
    names: list[str] | None

    def children(self) -> Iterator[Node]:
        yield self.function
        yield from self.arguments


@dataclass(slots=True)
class Negation(Node):
    operand: Node

    def children(self) -> Iterator[Node]:
        yield self.operand


@dataclass(slots=True)
class Arithmetic(Node):
    """A chain of operators of one level, from the left: ``first op operand op operand …``."""

    first: Node
    rest: list[tuple[str, Node, int]]  # operator, operand, the operator's position

    def children(self) -> Iterator[Node]:
        yield self.first
        for _, operand, _ in self.rest:
            yield operand


@dataclass(slots=True)
class Comparison(Node):
    operator: str
    left: Node
    right: Node

    def children(self) -> Iterator[Node]:
        yield self.left
        yield self.right


@dataclass(slots=True)
class Logical(Node):
    """A chain of ``and`` or of ``or``."""

    operator: str
    operands: list[Node]

    def children(self) -> Iterator[Node]:
        return iter(self.operands)


@dataclass(slots=True)
class Between(Node):
    value: Node
    low: Node
    high: Node

    def children(self) -> Iterator[Node]:
        yield self.value
        yield self.low
        yield self.high


@dataclass(slots=True)
class In(Node):
    value: Node
    tests: list[Node]

    def children(self) -> Iterator[Node]:
        yield self.value
        yield from self.tests


@dataclass(slots=True)
class InstanceOf(Node):
    value: Node
    type: Type

    def children(self) -> Iterator[Node]:
        yield self.value


@dataclass(slots=True)
class Interval(Node):
    """``[1..10)`` and its kin; a missing end (only in the text of ``range()``) is None."""

    start: Node | None
    end: Node | None
    start_included: bool
    end_included: bool

    def children(self) -> Iterator[Node]:
        if self.start is not None:
            yield self.start
        if self.end is not None:
            yield self.end


@dataclass(slots=True)
class Bound(Node):
    """``< 10`` standing alone: a range open on one side, or ``= 10``, ``!= 10``."""

    operator: str
    operand: Node

    def children(self) -> Iterator[Node]:
        yield self.operand


@dataclass(slots=True)
class ListLiteral(Node):
    items: list[Node]

    def children(self) -> Iterator[Node]:
        return iter(self.items)


@dataclass(slots=True)
class ContextLiteral(Node):
    entries: list[tuple[str, Node]]

    def children(self) -> Iterator[Node]:
        for _, value in self.entries:
            yield value


@dataclass(slots=True)
class Conditional(Node):
    """``if … then … else if … then … else …``, flat."""

    branches: list[tuple[Node, Node]]
    otherwise: Node

    def children(self) -> Iterator[Node]:
        for condition, value in self.branches:
            yield condition
            yield value
        yield self.otherwise


@dataclass(slots=True)
class Iteration:
    """``x in source`` or ``x in source..end``."""

    name: str
    source: Node
    end: Node | None


@dataclass(slots=True)
class For(Node):
    iterations: list[Iteration]
    body: Node

    def children(self) -> Iterator[Node]:
        for iteration in self.iterations:
            yield iteration.source
            if iteration.end is not None:
                yield iteration.end
        yield self.body


@dataclass(slots=True)
class Quantified(Node):
    every: bool
    iterations: list[Iteration]
    condition: Node

    def children(self) -> Iterator[Node]:
        for iteration in self.iterations:
            yield iteration.source
            if iteration.end is not None:
                yield iteration.end
        yield self.condition


@dataclass(slots=True)
class FunctionLiteral(Node):
    """``function(a, b: number) body``; ``external``: it asks for code of another language, which is refused when called."""

    parameters: list[str]
    types: list[Type | None]
    body: Node
    external: bool

    def children(self) -> Iterator[Node]:
        yield self.body


@dataclass(slots=True)
class Tests(Node):
    """The cell of a decision table. ``anything``: the cell is ``-``; ``negated``: ``not(…)``."""

    tests: list[Node]
    negated: bool
    anything: bool

    def children(self) -> Iterator[Node]:
        return iter(self.tests)


@dataclass(slots=True)
class SyntaxTree:
    """A parsed text. ``names``: variables that it reads from outside; ``uncertain``: those of them read only inside filters, which
    may mean an entry of the filtered element; ``calls``: names that are invoked; ``uses_input``: ``?`` occurs."""

    text: str
    root: Node
    names: frozenset[str]
    uncertain: frozenset[str]
    calls: Mapping[str, int]
    positions: Mapping[str, int]


def names_read(root: Node) -> frozenset[str]:
    """Every variable that may be read as a value: those too that may be entries of a filtered item, and those that are called as a function is."""
    invoked = {id(node.function) for node in walk(root) if isinstance(node, Call)}
    return frozenset(node.name for node in walk(root) if isinstance(node, Name) and not node.local and id(node) not in invoked)


def walk(node: Node) -> Iterator[Node]:
    """A node and everything below, parents first."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(list(current.children())))
