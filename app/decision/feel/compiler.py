"""A tree into closures: parse once, evaluate many times.

Each node becomes a function of a ``Scope``. Nothing is looked up by attribute and nothing is built per call that the result does not
need, so that ``totalAmount > 4000000`` costs about a microsecond.

One file because it is one method for each kind of node, and the pairs call each other.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from ..codes import FeelCode
from . import loops, operators
from .arithmetic import compare_with_number, decimal_context, operations
from .calls import call_code
from .limits import Limits
from .paths import filter_code, member
from .run import RootScope, Run, Scope
from .syntax import (
    Arithmetic,
    Between,
    Bound,
    Call,
    Comparison,
    Conditional,
    ContextLiteral,
    Filter,
    For,
    FunctionLiteral,
    In,
    Input,
    InstanceOf,
    Interval,
    ListLiteral,
    Literal,
    Logical,
    Name,
    Negation,
    Node,
    Path,
    Quantified,
    walk,
)
from .types import ANY, Type, coerce, conforms
from .values import MISSING, Function, type_label

Code = Callable[[Scope], object]


class Compiler:
    """Makes closures for one tree. ``inner``: how many scopes of the expression's own stand around the node at hand."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.context = decimal_context(limits.exponent)
        self.operations = operations(limits.exponent)
        self.inner = 0

    def code(self, node: Node) -> Code:
        """The closure of a node."""
        match node:
            case Literal():
                return self.literal(node)
            case Input():
                return self.input(node)
            case Name():
                return self.name(node)
            case ListLiteral():
                return self.listliteral(node)
            case ContextLiteral():
                return self.contextliteral(node)
            case Interval():
                return self.interval(node)
            case Bound():
                return self.bound(node)
            case FunctionLiteral():
                return self.functionliteral(node)
            case Path():
                return self.path(node)
            case Filter():
                return self.filter(node)
            case Call():
                return self.call(node)
            case InstanceOf():
                return self.instanceof(node)
            case Negation():
                return self.negation(node)
            case Arithmetic():
                return self.arithmetic(node)
            case Comparison():
                return self.comparison(node)
            case Logical():
                return self.logical(node)
            case Between():
                return self.between(node)
            case In():
                return self.in_(node)
            case Conditional():
                return self.conditional(node)
            case For():
                return self.for_(node)
            case Quantified():
                return self.quantified(node)
            case _:
                raise TypeError(f"{type(node).__name__} is no part of an expression")

    def inside(self, node: Node) -> Code:
        """The closure of a node that is evaluated in a scope of its own."""
        self.inner += 1
        code = self.code(node)
        self.inner -= 1
        return code

    # -- values -------------------------------------------------------------------------------------------------------------------

    def literal(self, node: Literal) -> Code:
        value = node.value
        return lambda scope: value

    def input(self, node: Input) -> Code:
        return self.variable("?", node.position)

    def name(self, node: Name) -> Code:
        return self.variable(node.name, node.position)

    def variable(self, name: str, position: int) -> Code:
        def absent(scope: Scope) -> object:
            run = scope.run
            spec = run.functions.get(name)
            if spec is not None:
                return spec.as_function()
            run.miss()
            if run.warns:
                run.warn(FeelCode.UNKNOWN_NAME, f"没有“{name}”这个变量，按空值处理", position)
            return None

        if self.inner == 0:

            def read_outer(scope: Scope) -> object:
                values = scope.values
                if name in values:
                    return values[name]
                value = scope.load(name)
                return absent(scope) if value is MISSING else value

            return read_outer

        def read(scope: Scope) -> object:
            value = scope.find(name)
            return absent(scope) if value is MISSING else value

        return read

    def listliteral(self, node: ListLiteral) -> Code:
        items = [self.code(item) for item in node.items]
        size = len(items)

        def make(scope: Scope) -> object:
            run = scope.run
            run.work += size
            if run.work > run.next_check:
                run.check()
            return [item(scope) for item in items]

        return make

    def contextliteral(self, node: ContextLiteral) -> Code:
        entries = [(name, self.inside(value)) for name, value in node.entries]

        def make(scope: Scope) -> object:
            values: dict[str, object] = {}
            run = scope.run
            inner = Scope(values, scope, run)
            run.work += len(entries)
            if run.work > run.next_check:
                run.check()
            for name, value in entries:
                values[name] = value(inner)
            return values

        return make

    def interval(self, node: Interval) -> Code:
        start = self.code(node.start) if node.start is not None else lambda scope: None
        end = self.code(node.end) if node.end is not None else lambda scope: None
        start_included, end_included, position = node.start_included, node.end_included, node.position
        if isinstance(node.start, Literal) and isinstance(node.end, Literal):
            fixed = operators.make_range(node.start.value, node.end.value, start_included, end_included)
            if fixed is not None:
                return lambda scope: fixed

        def make(scope: Scope) -> object:
            low, high = start(scope), end(scope)
            made = operators.make_range(low, high, start_included, end_included)
            if made is None and scope.run.warns:
                scope.run.warn(FeelCode.RANGE, f"{type_label(low)}与{type_label(high)}之间没有区间，结果为空", position)
            return made

        return make

    def bound(self, node: Bound) -> Code:
        operand = self.code(node.operand)
        operator, position = node.operator, node.position

        def make(scope: Scope) -> object:
            value = operand(scope)
            made = operators.make_bound(operator, value)
            if made is None and scope.run.warns:
                scope.run.warn(FeelCode.RANGE, f"“{operator}”之后的{type_label(value)}不能比较大小，结果为空", position)
            return made

        return make

    def functionliteral(self, node: FunctionLiteral) -> Code:
        parameters = tuple(node.parameters)
        types = tuple(node.types)
        typed = any(kind is not None for kind in types)
        declared = tuple(kind or ANY for kind in types)
        result = _result_type(node.body)
        body = self.inside(node.body)
        position = node.position
        if node.external:

            def refuse(run: Run, *arguments: object) -> object:
                run.warn(FeelCode.EXTERNAL, "不能调用外部程序（external），结果为空", position)
                return None

            return lambda scope: Function(parameters, refuse, types=declared, inner=True)

        def make(scope: Scope) -> object:
            def call(run: Run, *arguments: object) -> object:
                if typed:
                    fitted = []
                    for value, kind in zip(arguments, types, strict=True):
                        if kind is not None and value is not None:
                            converted = coerce(value, kind)
                            if converted is None:
                                run.warn(FeelCode.ARGUMENTS, f"参数应当是 {kind}，给的是{type_label(value)}，结果为空", position)
                                return None
                            value = converted
                        fitted.append(value)
                    return body(Scope(dict(zip(parameters, fitted, strict=True)), scope, run))
                return body(Scope(dict(zip(parameters, arguments, strict=True)), scope, run))

            return Function(parameters, call, types=declared, result=result, inner=True)

        return make

    # -- parts --------------------------------------------------------------------------------------------------------------------

    def path(self, node: Path) -> Code:
        name, position = node.name, node.position
        outer = self.outer_path(node)
        base = self.code(node.base)

        def step(scope: Scope) -> object:
            return member(base(scope), name, scope.run, position)

        if outer is None:
            return step
        root_name, keys = outer

        def follow(scope: Scope) -> object:
            if isinstance(scope, RootScope):
                value = scope.load_path(root_name, keys)
                if value is not MISSING:
                    return value
            return step(scope)

        return follow

    def outer_path(self, node: Path) -> tuple[str, tuple[str, ...]] | None:
        """``a.b.c`` on a variable from outside, read without converting the whole of it."""
        if self.inner:
            return None
        keys: list[str] = []
        current: Node = node
        while isinstance(current, Path):
            keys.append(current.name)
            current = current.base
        return (current.name, tuple(reversed(keys))) if isinstance(current, Name) else None

    def filter(self, node: Filter) -> Code:
        base = self.code(node.base)
        if isinstance(node.condition, Literal):
            return filter_code(base, self.code(node.condition), None, node.position)
        return filter_code(base, self.code(node.condition), self.inside(node.condition), node.position)

    def call(self, node: Call) -> Code:
        arguments = [self.code(argument) for argument in node.arguments]
        if isinstance(node.function, Name):
            return call_code(node.function.name, None, arguments, node.names, node.function.position)
        return call_code(None, self.code(node.function), arguments, node.names, node.position)

    def instanceof(self, node: InstanceOf) -> Code:
        value, expected = self.code(node.value), node.type

        return lambda scope: conforms(value(scope), expected)

    # -- arithmetic ---------------------------------------------------------------------------------------------------------------

    def negation(self, node: Negation) -> Code:
        operand, position, context = self.code(node.operand), node.position, self.context

        def negate(scope: Scope) -> object:
            value = operand(scope)
            result = operators.negate(value, context)
            if result is None and value is not None and scope.run.warns:
                scope.run.warn(FeelCode.ARITHMETIC, f"{type_label(value)}不能取负，结果为空", position)
            return result

        return negate

    def arithmetic(self, node: Arithmetic) -> Code:
        first = self.code(node.first)
        steps = [(self.operations[operator], self.code(operand), position) for operator, operand, position in node.rest]
        if len(steps) == 1:
            combine, second, place = steps[0]
            return lambda scope: combine(first(scope), second(scope), scope.run, place)

        def chain(scope: Scope) -> object:
            value = first(scope)
            run = scope.run
            for step, operand, position in steps:
                value = step(value, operand(scope), run, position)
            return value

        return chain

    # -- truth --------------------------------------------------------------------------------------------------------------------

    def comparison(self, node: Comparison) -> Code:
        operator, position = node.operator, node.position
        left, right = self.code(node.left), self.code(node.right)
        compare = operators.compare

        def rare(a: object, b: object, run: Run) -> object:
            run.place = position
            result = compare(operator, a, b, run)
            if result is None and run.warns and a is not None and b is not None:
                run.warn(FeelCode.COMPARISON, f"{type_label(a)}与{type_label(b)}不能用“{operator}”比较，结果为空", position)
            return result

        if isinstance(node.right, Literal) and type(node.right.value) is Decimal:
            return compare_with_number(operator, left, node.right.value, rare)
        if operator == "=":

            def equals(scope: Scope) -> object:
                a, b = left(scope), right(scope)
                kind = type(a)
                return a == b if kind is type(b) and (kind is Decimal or kind is str) else rare(a, b, scope.run)

            return equals
        return lambda scope: rare(left(scope), right(scope), scope.run)

    def logical(self, node: Logical) -> Code:
        operands = [self.code(operand) for operand in node.operands]
        decisive = node.operator == "or"
        word, position = node.operator, node.position

        def combine(scope: Scope) -> object:
            unknown = False
            for operand in operands:
                value = operand(scope)
                if value is decisive:
                    return decisive
                if value is True or value is False:
                    continue
                if value is not None and scope.run.warns:
                    scope.run.warn(FeelCode.NOT_BOOLEAN, f"“{word}”两边应当是判断，这里是{type_label(value)}，按未知处理", position)
                unknown = True
            return None if unknown else not decisive

        return combine

    def between(self, node: Between) -> Code:
        value, low, high = self.code(node.value), self.code(node.low), self.code(node.high)
        position = node.position

        def test(scope: Scope) -> object:
            run = scope.run
            found, least, most = value(scope), low(scope), high(scope)
            above = operators.at_most(least, found, run)
            below = operators.at_most(found, most, run)
            if above is None or below is None:
                if run.warns and found is not None:
                    run.warn(FeelCode.COMPARISON, f"{type_label(found)}不能与上下限比较，结果为空", position)
                return False if above is False or below is False else None
            return above and below

        return test

    def in_(self, node: In) -> Code:
        value = self.code(node.value)
        tests = [self.test(test) for test in node.tests]

        def contained(scope: Scope) -> object:
            found = value(scope)
            verdict: bool | None = False
            for test in tests:
                met = test(found, scope)
                if met is True:
                    return True
                if met is None:
                    verdict = None
            return verdict

        return contained

    def test(self, node: Node) -> Callable[[object, Scope], bool | None]:
        """A test on the right side of ``in``."""
        code, position = self.code(node), node.position
        if isinstance(node, Bound):
            operator = node.operator
            operand = self.code(node.operand)

            def compared(value: object, scope: Scope) -> bool | None:
                if value is None and operator not in ("=", "!="):
                    return None
                return operators.compare(operator, value, operand(scope), scope.run)

            return compared
        impossible_range = isinstance(node, Interval)

        def met(value: object, scope: Scope) -> bool | None:
            run = scope.run
            run.place = position
            wanted = code(scope)
            if wanted is None and impossible_range:
                return None
            return operators.satisfies(value, wanted, run)

        return met

    def conditional(self, node: Conditional) -> Code:
        branches = [(self.code(condition), self.code(value)) for condition, value in node.branches]
        otherwise = self.code(node.otherwise)
        position = node.position

        def choose(scope: Scope) -> object:
            for condition, value in branches:
                verdict = condition(scope)
                if verdict is True:
                    return value(scope)
                if verdict is not None and verdict is not False and scope.run.warns:
                    scope.run.warn(FeelCode.NOT_BOOLEAN, f"if 的条件应当是判断，这里是{type_label(verdict)}，按不成立处理", position)
            return otherwise(scope)

        return choose

    # -- loops --------------------------------------------------------------------------------------------------------------------

    def for_(self, node: For) -> Code:
        uses_partial = any(isinstance(below, Name) and below.name == "partial" for below in walk(node.body))
        self.inner += 1
        iterations = [self.iteration(iteration) for iteration in node.iterations]
        body = self.code(node.body)
        self.inner -= 1
        return loops.for_code(iterations, body, uses_partial, node.position)

    def quantified(self, node: Quantified) -> Code:
        self.inner += 1
        iterations = [self.iteration(iteration) for iteration in node.iterations]
        condition = self.code(node.condition)
        self.inner -= 1
        return loops.quantified_code(iterations, condition, node.every, node.position)

    def iteration(self, iteration: loops.Iteration) -> loops.Source:
        end = self.code(iteration.end) if iteration.end is not None else None
        return loops.Source(iteration.name, self.code(iteration.source), end)


def _result_type(body: Node) -> Type:
    """The type of a function's result as far as its text tells."""
    if isinstance(body, Literal) and body.value is not None:
        from .values import type_name

        return Type(type_name(body.value))
    if isinstance(body, (Comparison, Logical, In, Between, InstanceOf, Quantified)):
        return Type("boolean")
    return ANY


def compile_node(root: Node, limits: Limits) -> Code:
    """The closure of a whole tree."""
    return Compiler(limits).code(root)
