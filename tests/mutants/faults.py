"""Places where a line could be wrong, and how: every fault that one small slip of a programmer could make.

Left out is what no test should have to notice: docstrings, annotations, log lines, sentences for people, ``__repr__``.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

COMPARED = {
    "==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "in": "not in", "not in": "in", "is": "is not", "is not": "is",
}  # fmt: skip
OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
COMPUTED = {"+": "-", "-": "+", "*": "/", "/": "*", "//": "*", "%": "*", "&": "|", "|": "&"}
SYMBOLS: dict[type[ast.AST], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.In: "in", ast.NotIn: "not in", ast.Is: "is",
    ast.IsNot: "is not", ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.BitAnd: "&", ast.BitOr: "|",
}  # fmt: skip
NARROWS = {"where", "filter", "having", "order_by", "limit", "with_for_update", "distinct"}  # links of a query that can be left out
JOINED = {"where", "filter", "and_", "or_"}  # whose arguments are conditions, each of which can be left out
SHAPES = {
    "property",
    "setter",
    "staticmethod",
    "classmethod",
    "dataclass",
    "contextmanager",
    "overload",
    "wraps",
    "abstractmethod",
    "cache",
    "lru_cache",
}
LOGS = {"log", "_log", "logger", "_logger", "logging"}
TYPES = {"TypeVar", "NewType", "cast", "Literal"}
KEY = re.compile(r"[A-Za-z0-9_.:/%-]+")


@dataclass(frozen=True, slots=True)
class Fault:
    """``start``, ``end``: bytes of the file that ``new`` replaces. ``first``, ``last``: lines of the statement around. ``kind``: the slip."""

    file: str
    kind: str
    start: int
    end: int
    new: str
    line: int
    first: int
    last: int

    @property
    def name(self) -> str:
        return f"{self.file}:{self.start}-{self.end}:{self.new}"

    def put_into(self, source: bytes) -> bytes:
        return source[: self.start] + self.new.encode() + source[self.end :]


def find(file: str, source: bytes) -> list[Fault]:
    """Every fault of a module, in order."""
    return list(_Finder(file, source).all())


def is_python(source: bytes) -> bool:
    """Whether a fault has left a module that can be read at all: one that cannot says nothing about the tests."""
    try:
        compile(source, "fault", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


class _Finder:
    def __init__(self, file: str, source: bytes) -> None:
        self.file = file
        self.source = source
        self.lines = [0]
        for line in source.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))
        self.statement = (1, 1)

    def all(self) -> Iterator[Fault]:
        yield from self._block(ast.parse(self.source).body)

    # ------------------------------------------------------------------ text

    def _start(self, node: ast.AST) -> int:
        return self.lines[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined]

    def _end(self, node: ast.AST) -> int:
        return self.lines[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined]

    def _text(self, node: ast.AST) -> str:
        return self.source[self._start(node) : self._end(node)].decode()

    def _fault(self, kind: str, start: int, end: int, new: str) -> Fault:
        line = self.source.count(b"\n", 0, start) + 1
        return Fault(self.file, kind, start, end, new, line, *self.statement)

    def _instead(self, kind: str, node: ast.AST, new: str) -> Fault:
        return self._fault(kind, self._start(node), self._end(node), new)

    def _between(self, kind: str, left: ast.AST, right: ast.AST, old: str, new: str) -> Iterator[Fault]:
        """The operator between two operands, brackets around them left alone."""
        begin = self._end(left)
        gap = self.source[begin : self._start(right)].decode()
        word = r"\b" if old[0].isalpha() else ""
        found = re.search(word + r"\s+".join(map(re.escape, old.split())) + word, gap)
        if found:
            yield self._fault(kind, begin + len(gap[: found.start()].encode()), begin + len(gap[: found.end()].encode()), new)

    # ------------------------------------------------------------------ statements

    def _block(self, body: list[ast.stmt]) -> Iterator[Fault]:
        for node in body:
            inner = getattr(node, "body", None)
            last = (node.end_lineno or node.lineno) if not inner else max(node.lineno, inner[0].lineno - 1)
            self.statement = (node.lineno, last)
            yield from self._statement(node)

    def _statement(self, node: ast.stmt) -> Iterator[Fault]:
        if isinstance(node, ast.Import | ast.ImportFrom | ast.Pass | ast.Global | ast.Nonlocal):
            return
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from self._definition(node)
            return
        if isinstance(node, ast.If) and "TYPE_CHECKING" in self._text(node.test):
            return
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return
        if self._is_log(node) or (isinstance(node, ast.Assign) and self._text(node.targets[0]) in ("__all__", "__slots__")):
            return
        yield from self._whole(node)
        if isinstance(node, ast.If | ast.While):
            yield from self._condition(node.test)
        for name, value in ast.iter_fields(node):
            if name in ("body", "orelse", "finalbody"):
                yield from self._block(value)
            elif name == "handlers":
                for handler in value:
                    yield from self._block(handler.body)
            elif name == "cases":
                for case in value:
                    yield from self._block(case.body)
            elif name not in ("annotation", "targets", "target") or not isinstance(node, ast.AnnAssign | ast.Assign | ast.For):
                for part in value if isinstance(value, list) else [value]:
                    if isinstance(part, ast.AST):
                        yield from self._expression(part)

    def _whole(self, node: ast.stmt) -> Iterator[Fault]:
        """Statements that can be forgotten, or that go another way."""
        forgotten = (
            isinstance(node, ast.Raise | ast.AugAssign | ast.Delete)
            or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))
            or (isinstance(node, ast.Assign) and all(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets))
        )
        if forgotten or isinstance(node, ast.Break | ast.Continue):
            yield self._instead("statement forgotten", node, "pass")
        if isinstance(node, ast.Return) and node.value is not None and self._text(node.value) != "None":
            yield self._instead("returns nothing", node.value, "None")

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Iterator[Fault]:
        if node.name == "__repr__":
            return
        for decorator in node.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            if self._text(called).rpartition(".")[2] not in SHAPES:
                start = self.source.rindex(b"@", 0, self._start(decorator))
                yield self._fault("decorator forgotten", start, self._end(decorator), "")
        if not isinstance(node, ast.ClassDef):
            for default in (*node.args.defaults, *(one for one in node.args.kw_defaults if one)):
                yield from self._expression(default)
        yield from self._block(node.body)

    def _is_log(self, node: ast.AST) -> bool:
        call = node.value if isinstance(node, ast.Expr) else None
        return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and self._text(call.func.value) in LOGS

    # ------------------------------------------------------------------ expressions

    def _condition(self, test: ast.expr) -> Iterator[Fault]:
        if not (isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)):
            yield self._instead("condition turned round", test, f"(not ({self._text(test)}))")

    def _expression(self, node: ast.AST) -> Iterator[Fault]:
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Call) and self._text(node.func) in TYPES):
            return  # what is inside a formatted text has no place of its own before Python 3.12
        if isinstance(node, ast.Compare):
            operands = [node.left, *node.comparators]
            for left, kind, right in zip(operands, node.ops, node.comparators, strict=False):
                old = SYMBOLS[type(kind)]
                for new in {COMPARED[old], OPPOSITE.get(old, COMPARED[old])}:
                    yield from self._between("another comparison", left, right, old, new)
        elif isinstance(node, ast.BoolOp):
            old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
            for left, right in zip(node.values, node.values[1:], strict=False):
                yield from self._between("and, or", left, right, old, new)
            for index in range(len(node.values)):
                rest = f" {old} ".join(f"({self._text(value)})" for at, value in enumerate(node.values) if at != index)
                yield self._instead("condition forgotten", node, f"({rest})")
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield self._instead("not forgotten", node, f"({self._text(node.operand)})")
        elif isinstance(node, ast.BinOp) and type(node.op) in SYMBOLS:
            old = SYMBOLS[type(node.op)]
            yield from self._between("another operator", node.left, node.right, old, COMPUTED[old])
        elif isinstance(node, ast.IfExp):
            yield from self._condition(node.test)
        elif isinstance(node, ast.comprehension):
            for test in node.ifs:
                yield from self._condition(test)
        elif isinstance(node, ast.Constant):
            yield from self._constant(node)
        elif isinstance(node, ast.Call):
            yield from self._call(node)
        for child in ast.iter_child_nodes(node):
            yield from self._expression(child)

    def _constant(self, node: ast.Constant) -> Iterator[Fault]:
        value = node.value
        if isinstance(value, bool):
            yield self._instead("yes for no", node, str(not value))
        elif isinstance(value, int | float):
            yield self._instead("off by one", node, repr(value + 1))
            yield self._instead("off by one", node, f"({value - 1!r})")
        elif isinstance(value, str) and KEY.fullmatch(value):
            yield self._instead("another key", node, repr(value + "_"))

    def _call(self, node: ast.Call) -> Iterator[Fault]:
        name = self._text(node.func).rpartition(".")[2]
        if isinstance(node.func, ast.Attribute) and name in NARROWS:
            yield self._instead("link of a query forgotten", node, f"({self._text(node.func.value)})")
        parts = [self._text(part) for part in (*node.args, *node.keywords)]

        def written(with_parts: list[str]) -> str:
            return f"{self._text(node.func)}({', '.join(with_parts)})"

        if len(parts) > 1:
            for index, keyword in enumerate(node.keywords, len(node.args)):
                if keyword.arg:
                    yield self._instead("argument forgotten", node, written(parts[:index] + parts[index + 1 :]))
            if name in JOINED:
                for index in range(len(node.args)):
                    yield self._instead("condition forgotten", node, written(parts[:index] + parts[index + 1 :]))
            elif (
                len(node.args) > 1
                and name not in ("max", "min")
                and not any(isinstance(part, ast.Starred) for part in node.args[:2])
                and parts[0] != parts[1]
            ):
                yield self._instead("arguments swapped", node, written([parts[1], parts[0], *parts[2:]]))
