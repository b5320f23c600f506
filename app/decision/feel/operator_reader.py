"""The part of the parser that reads operators and what binds tighter: paths, filters, calls, ranges and tests.

Operands themselves (``primary``) are read by ``Parser``.
"""

from __future__ import annotations

from abc import abstractmethod
from decimal import Decimal

from ..codes import FeelCode
from .errors import FeelSyntaxError
from .lexer import END, NAME, NUMBER, OPERATOR, OTHER
from .numbers import CONTEXT
from .reader import RESERVED
from .syntax import (
    Arithmetic,
    Between,
    Bound,
    Call,
    Comparison,
    Filter,
    In,
    InstanceOf,
    Interval,
    Literal,
    Logical,
    Name,
    Negation,
    Node,
    Path,
)
from .type_reader import TypeReader

COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
_OR, _AND, COMPARE, _ADD, _MULTIPLY, _POWER = 1, 2, 3, 4, 5, 6
_LEVELS = {
    "or": _OR, "and": _AND, "between": COMPARE, "in": COMPARE, "=": COMPARE, "!=": COMPARE, "<": COMPARE, "<=": COMPARE,
    ">": COMPARE, ">=": COMPARE, "+": _ADD, "-": _ADD, "*": _MULTIPLY, "/": _MULTIPLY, "**": _POWER,
}  # fmt: skip
_ENDS_RANGE = frozenset({")", "]", "}", ",", ":", ".", "=", "!=", "<", "<=", ">", ">="})
_PROPERTY_NAMES = ("time offset", "start included", "end included")


class OperatorReader(TypeReader):
    """Precedence climbing."""

    @abstractmethod
    def primary(self) -> Node:
        """A literal, a name, a bracket, or a form that begins with a keyword."""

    def expression(self, floor: int, *, endpoint: bool = False, start: Node | None = None) -> Node:
        """An expression of operators that bind tighter than ``floor``. ``endpoint``: it ends a range, so that ``[`` may close it;
        ``start``: its first operand, when that has been read already."""
        self.enter()
        left = self.operand(endpoint) if start is None else start
        chain: Node | None = None
        while True:
            token = self.token
            level = _LEVELS.get(token.value, 0) if token.kind in (OPERATOR, NAME) else 0
            if level <= floor:
                break
            operator = token.value
            if level == COMPARE:
                left = self.node(self.comparison(left, operator, token.start))
                chain = None
                continue
            self.advance()
            right = self.expression(level, endpoint=endpoint)
            if level <= _AND:
                if isinstance(chain, Logical) and chain is left and chain.operator == operator:
                    chain.operands.append(right)
                else:
                    left = chain = Logical(token.start, operator, [left, right])
            elif isinstance(chain, Arithmetic) and chain is left and _LEVELS[chain.rest[0][0]] == level:
                chain.rest.append((operator, right, token.start))
            else:
                left = chain = Arithmetic(token.start, left, [(operator, right, token.start)])
            if right.depth >= left.depth:
                left.depth = right.depth
                self.node(left)
        self.level -= 1
        if chain is left and chain is not None:
            self.node(left)
        return left

    def comparison(self, left: Node, operator: str, position: int) -> Node:
        self.advance()
        if operator == "between":
            low = self.expression(COMPARE)
            self.expect("and", "between 的上下限之间")
            return Between(position, left, low, self.expression(COMPARE))
        if operator == "in":
            return In(position, left, self.in_tests())
        if operator == "=" and self.at("=") and not self.token.spaced:
            raise FeelSyntaxError(FeelCode.SYNTAX, "判断相等只写一个等号 =", position, self.text)
        return Comparison(position, operator, left, self.expression(COMPARE))

    def in_tests(self) -> list[Node]:
        if not self.at("("):
            return [self.endpoint_test()]
        position = self.advance().start
        tests = [self.test()]
        if self.take(".."):
            return [self.interval_rest(position, tests[0], False)]
        while self.take(","):
            tests.append(self.test())
        self.expect(")", "in ( 的结尾")
        if len(tests) == 1 and (self.at(".") or self.at("[") or self.at("(") or _LEVELS.get(self.token.value, 0) > COMPARE):
            # "(" was the start of an ordinary expression: x in (a + b) * 2, x in (list)[1]
            return [self.expression(COMPARE, start=self.postfix(tests[0], False))]
        return tests

    def endpoint_test(self) -> Node:
        if self.token.kind == OPERATOR and self.token.value in COMPARISONS:
            return self.bound()
        return self.expression(COMPARE)

    def test(self) -> Node:
        """One positive unary test: ``< 5``, a range, or any expression."""
        if self.token.kind == OPERATOR and self.token.value in COMPARISONS:
            return self.bound()
        return self.expression(0)

    def bound(self) -> Node:
        operator = self.advance()
        if operator.value == "=" and self.at("="):
            raise FeelSyntaxError(FeelCode.SYNTAX, "判断相等只写一个等号 =", operator.start, self.text)
        return self.node(Bound(operator.start, operator.value, self.expression(COMPARE)))

    def operand(self, endpoint: bool) -> Node:
        """Minus signs, a primary with what follows it, and ``instance of``."""
        minuses: list[int] = []
        while self.at("-"):
            minuses.append(self.advance().start)
        node = self.postfix(self.primary(), endpoint)
        if len(minuses) > self.limits.nesting:
            raise self.too_deep(minuses[0])
        for position in reversed(minuses):
            if isinstance(node, Literal) and isinstance(node.value, Decimal):
                node = Literal(position, CONTEXT.minus(node.value))
            else:
                node = self.node(Negation(position, node))
        while self.token.value == "instance" and self.token.kind == NAME:
            position = self.advance().start
            self.expect("of", "instance 之后")
            node = self.node(InstanceOf(position, node, self.type()))
        return node

    def postfix(self, node: Node, endpoint: bool) -> Node:
        while self.token.kind == OPERATOR:
            value = self.token.value
            position = self.token.start
            if value == ".":
                self.advance()
                node = Path(position, node, self.property())
            elif value == "[":
                following = self.peek()
                if endpoint and (
                    following.kind == END
                    or (following.kind == OPERATOR and following.value in _ENDS_RANGE)
                    or (following.kind == NAME and following.value in RESERVED and following.value not in ("true", "false", "null"))
                ):
                    break  # [1..10[ ends here
                self.advance()
                self.filters += 1
                self.scopes.append({"item"})
                condition = self.expression(0)
                self.scopes.pop()
                self.filters -= 1
                self.expect("]", "过滤条件的结尾")
                node = Filter(position, node, condition)
            elif value == "(":
                node = self.call(node, position)
            else:
                break
            self.node(node)
        return node

    def property(self) -> str:
        found = self.known()
        if found is None:
            for name in _PROPERTY_NAMES:
                first, second = name.split()
                if self.token.value == first and self.peek().value == second:
                    self.advance(2)
                    return name
        else:
            self.advance(found[1] - self.index)
            return found[0]
        if self.token.kind != NAME:
            raise self.unexpected("点号之后需要一个属性名")
        words = [self.advance().value]
        while self.is_word(self.token):
            words.append(self.advance().value)
        return " ".join(words)

    def call(self, function: Node, position: int) -> Node:
        if isinstance(function, Name) and not function.local:
            self.calls.setdefault(function.name, function.position)
        self.advance()
        arguments: list[Node] = []
        names: list[str] = []
        if not self.at(")"):
            while True:
                name = self.argument_name()
                if name is not None:
                    names.append(name)
                if bool(names) != (name is not None) or (names and len(names) != len(arguments) + 1):
                    raise FeelSyntaxError(FeelCode.SYNTAX, "参数要么全部写名称，要么全部不写", self.token.start, self.text)
                arguments.append(self.argument())
                if not self.take(","):
                    break
        if self.token.kind == OTHER:
            raise self.unexpected("参数之间需要“,”，结尾需要“)”")
        self.expect(")", "参数之后")
        return Call(position, function, arguments, names or None)

    def argument(self) -> Node:
        if self.token.kind == OPERATOR and self.token.value in COMPARISONS:
            return self.bound()
        return self.expression(0)

    def argument_name(self) -> str | None:
        """``start position :`` before an argument, or None."""
        if self.token.kind != NAME:
            return None
        offset = 1
        while self.peek(offset).kind in (NAME, NUMBER) or (self.peek(offset).kind == OPERATOR and self.peek(offset).value in "-'"):
            offset += 1
        if self.peek(offset).value != ":" or self.peek(offset).kind != OPERATOR:
            return None
        name = self.spelled(self.index, self.index + offset)
        self.advance(offset + 1)
        return name

    def interval_rest(self, position: int, start: Node, start_included: bool) -> Node:
        end = self.expression(COMPARE, endpoint=True)
        if self.take("]"):
            included = True
        elif self.take(")") or self.take("["):
            included = False
        else:
            raise self.unexpected("区间的结尾需要“]”或“)”")
        return self.node(Interval(position, start, end, start_included, included))
