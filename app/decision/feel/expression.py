"""A compiled expression, and a compiled cell of a decision table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, Overflow
from functools import lru_cache

from ..codes import FeelCode
from . import operators
from .compiler import Code, compile_node
from .errors import FeelError, FeelLimitError
from .lexer import is_simple
from .limits import DEFAULT_LIMITS, Limits
from .parser import parse_expression, parse_tests
from .reader import TypeTable
from .registry import Registry
from .run import Environment, Respelling, RootScope, Run, Scope, normalise
from .syntax import (
    Between,
    Bound,
    Comparison,
    In,
    Input,
    InstanceOf,
    Interval,
    ListLiteral,
    Literal,
    Logical,
    Name,
    Node,
    Path,
    Quantified,
    SyntaxTree,
    Tests,
    walk,
)
from .values import Range

_LONGEST_CACHED = 2_000  # longer texts are rare and would make the cache's size unforeseeable


class _Compiled:
    """What expressions and cells share: the text, the tree, and reading names anew when the variables have odd ones."""

    __slots__ = ("added", "functions", "limits", "spelled", "text", "told", "tree", "types")

    def __init__(
        self, text: str, tree: SyntaxTree, limits: Limits, functions: Registry, types: TypeTable | None, told: frozenset[str]
    ) -> None:
        self.text = text
        self.tree = tree
        self.limits = limits
        self.functions = functions
        self.types = types
        self.told = told
        self.spelled = " ".join(text.split())
        self.added = None if functions is _registry(None) else functions

    @property
    def names(self) -> frozenset[str]:
        """Variables read from outside, as resolved without knowing them; functions that are no built-ins are among them."""
        return frozenset(name for name in self.tree.names if name not in self.functions)

    @property
    def uncertain(self) -> frozenset[str]:
        """Those of ``names`` that are read only inside a filter, where they may be entries of the filtered item."""
        return self.tree.uncertain & self.names

    @property
    def calls(self) -> Mapping[str, int]:
        """Names that are invoked, with their places."""
        return self.tree.calls

    @property
    def members(self) -> frozenset[tuple[str, str]]:
        """(name, entry) of every ``name.entry`` that is read of a variable from outside."""
        paths = (node for node in walk(self.tree.root) if isinstance(node, Path))
        return frozenset((path.base.name, path.name) for path in paths if isinstance(path.base, Name) and not path.base.local)

    @property
    def positions(self) -> Mapping[str, int]:
        """Where each of ``names`` is first read."""
        return self.tree.positions

    def odd_names(self, context: Mapping[str, object]) -> frozenset[str]:
        """Names of the variables, and of entries in them, that only a parser told of them reads right and that the text may hold."""
        found: set[str] = set()
        stack: list[tuple[Mapping[str, object], int]] = [(context, 1)]
        looked = 0
        while stack and looked < 500:
            current, depth = stack.pop()
            for name, value in current.items():
                looked += 1
                if type(name) is str and not name.isidentifier() and not is_simple(name) and " ".join(name.split()) in self.spelled:
                    found.add(name)
                if depth < 4:
                    if type(value) is dict:
                        stack.append((value, depth + 1))
                    elif type(value) is list and value and type(value[0]) is dict:
                        stack.append((value[0], depth + 1))
        return frozenset(found) - self.told


class Expression(_Compiled):
    """An expression, ready to be evaluated any number of times, in any thread."""

    __slots__ = ("_code",)

    def __init__(
        self, text: str, tree: SyntaxTree, limits: Limits, functions: Registry, types: TypeTable | None, told: frozenset[str]
    ) -> None:
        super().__init__(text, tree, limits, functions=functions, types=types, told=told)
        self._code: Code = _build(tree.root, limits, text)

    def evaluate(self, context: Mapping[str, object], environment: Environment) -> object:
        """The value for the given variables. Raises FeelError's subclasses only: a limit passed, or a variable FEEL cannot hold."""
        run = Run(environment, self, context)
        if self.added is not None and environment.functions is _registry(None):
            run.functions = self.added
        try:
            result = self._code(RootScope(context, run))
            kind = type(result)
            if kind is list or kind is dict:
                run.measure(result)
        except FeelError as error:
            raise error.at(run.place, self.text) from None
        except RecursionError:
            raise _too_deep(run, self.text) from None
        except Overflow:
            raise _too_large(run, self.text) from None
        except Respelling as odd:
            told = self.told | odd.args[0]
            anew = compile(self.text, limits=self.limits, functions=self.functions, names=told, types=self.types)
            return anew.evaluate(context, environment)
        return result

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


class UnaryTests(_Compiled):
    """A cell of a decision table. ``anything``: the cell is ``-`` or empty."""

    __slots__ = ("_negated", "_tests", "anything")

    def __init__(
        self, text: str, tree: SyntaxTree, limits: Limits, functions: Registry, types: TypeTable | None, told: frozenset[str]
    ) -> None:
        super().__init__(text, tree, limits, functions=functions, types=types, told=told)
        root = tree.root
        if not isinstance(root, Tests):
            raise TypeError("the tree of a cell has Tests at its root")
        self._tests = [_Test(test, limits, text) for test in root.tests]
        self._negated = root.negated
        self.anything = root.anything

    def matches(self, value: object, context: Mapping[str, object], environment: Environment) -> bool | None:
        """Whether the value meets the cell; ``?`` in it is the value. None when that is unknown (null among what is compared)."""
        if self.anything:
            return True
        run = Run(environment, self, context)
        if self.added is not None and environment.functions is _registry(None):
            run.functions = self.added
        root = RootScope(context, run)
        try:
            root.values["?"] = value = normalise(value, run.limits, 0)
            verdict: bool | None = False
            for test in self._tests:
                met = test.met(value, root, run)
                if met is True:
                    verdict = True
                    break
                if met is None:
                    verdict = None
        except FeelError as error:
            raise error.at(run.place, self.text) from None
        except RecursionError:
            raise _too_deep(run, self.text) from None
        except Overflow:
            raise _too_large(run, self.text) from None
        except Respelling as odd:
            told = self.told | odd.args[0]
            anew = compile_unary(self.text, limits=self.limits, functions=self.functions, names=told, types=self.types)
            return anew.matches(value, context, environment)
        return verdict if not self._negated or verdict is None else not verdict

    def __repr__(self) -> str:
        return f"UnaryTests({self.text!r})"


class _Test:
    """One of the tests in a cell (specification 7.3.3 and 10.3.2.8).

    An expression that speaks of ``?``, or is a condition by its form, decides by being true; anything else is compared with the value.
    """

    __slots__ = ("_code", "_function", "_number", "_operator", "_verdict")

    def __init__(self, node: Node, limits: Limits, text: str) -> None:
        self._operator = node.operator if isinstance(node, Bound) else None
        operand = node.operand if isinstance(node, Bound) else node
        self._code = _build(operand, limits, text)
        self._number = operand.value if isinstance(operand, Literal) and type(operand.value) is Decimal else None
        conditional = isinstance(node, (Comparison, Logical, In, Between, InstanceOf, Quantified))
        self._verdict = self._operator is None and (conditional or any(isinstance(below, Input) for below in walk(node)))
        self._function = not isinstance(node, (Literal, Interval, ListLiteral))

    def met(self, value: object, root: Scope, run: Run) -> bool | None:
        operator = self._operator
        wanted = self._code(root)
        if operator is not None:
            if value is None and operator not in ("=", "!="):
                return None
            return operators.compare(operator, value, wanted, run)
        kind = type(wanted)
        if kind is bool:
            if self._verdict or (self._function and type(value) is not bool and type(value) is not list and value is not None):
                return wanted  # type: ignore[return-value]
        elif self._verdict and wanted is None:
            return None
        if kind is Range or kind is list:
            return operators.satisfies(value, wanted, run)
        return operators.equal(value, wanted, run)


def _build(node: Node, limits: Limits, text: str) -> Code:
    try:
        return compile_node(node, limits)
    except RecursionError:
        raise FeelLimitError(FeelCode.LIMIT_NESTING, "嵌套太深，请把内层拆成单独的变量或决策", 0, text) from None


def _too_deep(run: Run, text: str) -> FeelLimitError:
    return FeelLimitError(FeelCode.LIMIT_NESTING, "嵌套或递归太深，已停止", run.place, text)


def _too_large(run: Run, text: str) -> FeelLimitError:
    return FeelLimitError(FeelCode.LIMIT_EXPONENT, f"计算结果太大：数量级超过 10 的 {run.limits.exponent} 次方", run.place, text)


def compile(  # noqa: A001 (the interface's word; feel.compile reads well)
    text: str,
    *,
    limits: Limits = DEFAULT_LIMITS,
    functions: Registry | None = None,
    names: Iterable[str] = (),
    types: TypeTable | None = None,
) -> Expression:
    """Compile an expression; the newest thousands of short ones are kept.

    ``names``: variables and entries whose names have spaces or operators in them. ``types``: the model's own types by name, each a
    judge of values, for ``instance of``. Raises FeelSyntaxError, FeelLimitError.
    """
    registry = _registry(functions)
    told = _odd(names)
    if types is None and len(text) <= _LONGEST_CACHED:
        return _cached_expression(text, limits, registry, told)
    return _make_expression(text, limits, registry, told, types)


def compile_unary(
    text: str,
    *,
    limits: Limits = DEFAULT_LIMITS,
    functions: Registry | None = None,
    names: Iterable[str] = (),
    types: TypeTable | None = None,
) -> UnaryTests:
    """Compile the text of an input entry; see ``compile``. An empty text is ``-``."""
    registry = _registry(functions)
    told = _odd(names)
    if types is None and len(text) <= _LONGEST_CACHED:
        return _cached_tests(text, limits, registry, told)
    return _make_tests(text, limits, registry, told, types)


def _registry(functions: Registry | None) -> Registry:
    if functions is not None:
        return functions
    from .builtins import BUILTINS

    return BUILTINS


def _odd(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name for name in names if not is_simple(name))


def _make_expression(text: str, limits: Limits, functions: Registry, told: frozenset[str], types: TypeTable | None) -> Expression:
    return Expression(
        text, parse_expression(text, limits, functions.vocabulary, told, types), limits, functions=functions, types=types, told=told
    )


def _make_tests(text: str, limits: Limits, functions: Registry, told: frozenset[str], types: TypeTable | None) -> UnaryTests:
    return UnaryTests(
        text, parse_tests(text, limits, functions.vocabulary, told, types), limits, functions=functions, types=types, told=told
    )


@lru_cache(maxsize=4096)
def _cached_expression(text: str, limits: Limits, functions: Registry, told: frozenset[str]) -> Expression:
    return _make_expression(text, limits, functions, told, None)


@lru_cache(maxsize=4096)
def _cached_tests(text: str, limits: Limits, functions: Registry, told: frozenset[str]) -> UnaryTests:
    return _make_tests(text, limits, functions, told, None)


__all__ = ["Environment", "Expression", "UnaryTests", "compile", "compile_unary"]
