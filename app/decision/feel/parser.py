"""Tokens into a tree, by precedence climbing (specification 10.3.1.2).

FEEL's names may contain spaces and operators, so that reading depends on which names there are. The parser knows the built-in functions,
the names told by the caller and those that the expression binds itself, and takes the longest that fits. Words next to each other that
fit nothing are read as one name: ``合同 金额`` works without being told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..codes import FeelCode
from . import temporal
from .errors import FeelLimitError, FeelSyntaxError
from .lexer import AT, END, NAME, NUMBER, OPERATOR, OTHER, STRING, Lexeme
from .limits import Limits
from .numbers import CONTEXT
from .operator_reader import COMPARE, COMPARISONS, OperatorReader
from .reader import RESERVED, TypeTable
from .syntax import (
    Conditional,
    ContextLiteral,
    For,
    FunctionLiteral,
    Input,
    Iteration,
    ListLiteral,
    Literal,
    Node,
    Quantified,
    SyntaxTree,
    Tests,
)
from .types import Type
from .vocabulary import Vocabulary


class Parser(OperatorReader):
    """One text on its way to a tree: whole texts and operands."""

    # -- whole texts --------------------------------------------------------------------------------------------------------------

    def expression_tree(self) -> SyntaxTree:
        if self.token.kind == END:
            raise FeelSyntaxError(FeelCode.SYNTAX, "表达式是空的", 0, self.text)
        root = self.expression(0)
        if self.at(","):
            raise FeelSyntaxError(FeelCode.SYNTAX, "逗号只能出现在列表、上下文和参数里；列表请写 [1, 2]", self.token.start, self.text)
        self.finish()
        return self.tree(root)

    def tests_tree(self) -> SyntaxTree:
        """The text of an input entry: ``-``, or tests separated by commas."""
        if self.token.kind == END or (self.at("-") and self.peek().kind == END):
            return self.tree(Tests(0, [], False, True))
        return self.tests(self.token.start, negated=False)

    def negated_tree(self) -> SyntaxTree:
        """The text of an input entry as ``not(…)`` around all of its tests."""
        position = self.token.start
        self.advance(2)
        return self.tests(position, negated=True)

    def tests(self, position: int, *, negated: bool) -> SyntaxTree:
        tests = [self.test()]
        while self.take(","):
            tests.append(self.test())
        if negated:
            self.expect(")", "not( 的结尾")
        self.finish()
        return self.tree(self.node(Tests(position, tests, negated, False)))

    def may_be_negated(self) -> bool:
        """Whether the text begins with ``not(`` and ends with a bracket: ``not(a) and not(b)`` does so too."""
        return self.at("not") and self.peek().value == "(" and self.tokens[-2].value == ")"

    def finish(self) -> None:
        if self.token.kind != END:
            if self.token.value in ("==", "=") and self.peek(-1).value == "=":
                raise FeelSyntaxError(FeelCode.SYNTAX, "判断相等只写一个等号 =", self.token.start, self.text)
            raise self.unexpected("表达式在这里应当结束，或接一个运算符")

    def tree(self, root: Node) -> SyntaxTree:
        names = frozenset(self.free)
        return SyntaxTree(text=self.text, root=root, names=names, uncertain=names - self.certain, calls=self.calls, positions=self.free)

    # -- operands --------------------------------------------------------------------------------------------------------------

    def primary(self) -> Node:
        token = self.token
        kind = token.kind
        if kind in (NAME, OTHER):
            found = self.known()
            if found is not None:
                self.advance(found[1] - self.index)
                return self.variable(found[0], token.start)
            if kind == NAME:
                return self.word(token)
        elif kind == NUMBER:
            self.advance()
            return self.number(token)
        elif kind == STRING:
            self.advance()
            return Literal(token.start, token.value)
        elif kind == AT:
            self.advance()
            value = temporal.parse_any(token.value)
            if value is None:
                raise FeelSyntaxError(
                    FeelCode.SYNTAX_TEMPORAL, f'@"{token.value[:40]}" 不是日期、时间、日期时间或时长', token.start, self.text
                )
            return Literal(token.start, value)
        elif kind == OPERATOR:
            value_text = token.value
            if value_text == "(":
                return self.bracket()
            if value_text == "[":
                return self.square()
            if value_text == "]":
                self.advance()
                start = self.expression(COMPARE, endpoint=True)
                self.expect("..", "区间的两端之间")
                return self.interval_rest(token.start, start, False)
            if value_text == "{":
                return self.context()
            if value_text == "?":
                self.advance()
                return Input(token.start)
        raise self.unexpected("这里需要一个值或表达式")

    def number(self, token: Lexeme) -> Node:
        value = CONTEXT.create_decimal(token.value) if len(token.value) < 40 and "e" not in token.value.lower() else None
        if value is None:
            mantissa, _, exponent = token.value.lower().partition("e")
            digits = len(mantissa.lstrip("0.").partition(".")[0])
            if len(exponent) > 8 or (int(exponent or 0) + digits - 1 > self.limits.exponent and mantissa.strip("0.")):
                raise FeelLimitError(
                    FeelCode.LIMIT_EXPONENT, f"数字太大：数量级超过 10 的 {self.limits.exponent} 次方", token.start, self.text
                )
            value = CONTEXT.create_decimal(token.value)
        return Literal(token.start, value)

    def word(self, token: Lexeme) -> Node:
        value = token.value
        if value in RESERVED:
            return self.keyword(token)
        self.advance()
        if not self.is_word(self.token):
            return self.variable(value, token.start)
        if value == "not":
            raise FeelSyntaxError(FeelCode.SYNTAX, "否定要带括号：not(…)", token.start, self.text)
        words = [value]
        while self.is_word(self.token):
            words.append(self.advance().value)
        return self.variable(" ".join(words), token.start)

    def keyword(self, token: Lexeme) -> Node:
        value = token.value
        if value == "true" or value == "false":
            self.advance()
            return Literal(token.start, value == "true")
        if value == "null":
            self.advance()
            return Literal(token.start, None)
        if value == "if":
            return self.conditional()
        if value == "for":
            return self.loop()
        if value == "some" or value == "every":
            return self.quantified()
        if value == "function":
            return self.function()
        raise self.unexpected("这里需要一个值或表达式")

    def bracket(self) -> Node:
        position = self.advance().start
        if self.token.kind == OPERATOR and self.token.value in COMPARISONS:
            node: Node = self.bound()
            self.expect(")", "括号的结尾")
            return node
        if self.at("..") or self.at(")"):
            raise self.unexpected("括号里需要一个表达式")
        node = self.expression(0)
        if self.take(".."):
            return self.interval_rest(position, node, False)
        if self.at(","):
            raise FeelSyntaxError(FeelCode.SYNTAX, "圆括号里只能有一个表达式；列表请写 [1, 2]", self.token.start, self.text)
        self.expect(")", "括号的结尾")
        # A node in brackets is finished: it must not become part of the chain around it.
        return node

    def square(self) -> Node:
        position = self.advance().start
        items: list[Node] = []
        if self.take("]"):
            return ListLiteral(position, items)
        first = self.argument()
        if self.take(".."):
            return self.interval_rest(position, first, True)
        items.append(first)
        while self.take(","):
            items.append(self.argument())
        self.expect("]", "列表的结尾")
        return self.node(ListLiteral(position, items))

    def context(self) -> Node:
        position = self.advance().start
        entries: list[tuple[str, Node]] = []
        scope: set[str] = set()
        self.scopes.append(scope)
        seen: set[str] = set()
        while not self.at("}"):
            place = self.token
            if place.kind == STRING:
                key = self.advance().value
                self.learn(key)
            else:
                key = self.binding((":",))
            if key in seen:
                raise FeelSyntaxError(FeelCode.SYNTAX_DUPLICATE, f"上下文里有两个“{key}”", place.start, self.text)
            seen.add(key)
            self.expect(":", "上下文的键之后")
            entries.append((key, self.expression(0)))
            scope.add(key)
            if not self.take(","):
                break
        self.scopes.pop()
        self.expect("}", "上下文的结尾")
        return self.node(ContextLiteral(position, entries))

    def conditional(self) -> Node:
        position = self.token.start
        branches: list[tuple[Node, Node]] = []
        while self.at("if"):
            self.advance()
            condition = self.expression(0)
            self.expect("then", "if 的条件之后")
            value = self.expression(0)
            self.expect("else", "then 的结果之后")
            branches.append((condition, value))
        return self.node(Conditional(position, branches, self.expression(0)))

    def iterations(self, end: str, *extra: str) -> list[Iteration]:
        found: list[Iteration] = []
        self.scopes.append(set(extra))
        while True:
            name = self.binding(("in",))
            self.expect("in", "循环变量之后")
            source = self.expression(0)
            stop = self.expression(0) if self.take("..") else None
            found.append(Iteration(name, source, stop))
            self.scopes[-1].add(name)
            if not self.take(","):
                break
        self.expect(end, "循环的范围之后")
        return found

    def loop(self) -> Node:
        position = self.advance().start
        iterations = self.iterations("return", "partial")
        body = self.expression(0)
        self.scopes.pop()
        return self.node(For(position, iterations, body))

    def quantified(self) -> Node:
        token = self.advance()
        iterations = self.iterations("satisfies")
        condition = self.expression(0)
        self.scopes.pop()
        return self.node(Quantified(token.start, token.value == "every", iterations, condition))

    def function(self) -> Node:
        position = self.advance().start
        self.expect("(", "function 之后")
        parameters: list[str] = []
        types: list[Type | None] = []
        if not self.at(")"):
            while True:
                name = self.binding((":", ",", ")"))
                if name in parameters:
                    raise FeelSyntaxError(FeelCode.SYNTAX_DUPLICATE, f"两个参数同名：“{name}”", self.token.start, self.text)
                parameters.append(name)
                types.append(self.type() if self.take(":") else None)
                if not self.take(","):
                    break
        self.expect(")", "参数之后")
        external = self.take("external")
        self.scopes.append(set(parameters))
        body = self.expression(0)
        self.scopes.pop()
        return self.node(FunctionLiteral(position, parameters, types, body, external))


def parse_expression(
    text: str, limits: Limits, functions: Vocabulary, names: Iterable[str] = (), types: TypeTable | None = None
) -> SyntaxTree:
    """The tree of an expression; raises FeelSyntaxError, FeelLimitError."""
    return _guarded(Parser(text, limits, functions, Vocabulary(names), types).expression_tree, limits, text)


def parse_tests(text: str, limits: Limits, functions: Vocabulary, names: Iterable[str] = (), types: TypeTable | None = None) -> SyntaxTree:
    """The tree of a decision table's input entry."""
    parser = Parser(text, limits, functions, Vocabulary(names), types)
    if not parser.may_be_negated():
        return _guarded(parser.tests_tree, limits, text)
    try:
        return _guarded(parser.negated_tree, limits, text)
    except FeelSyntaxError as error:
        # Counting brackets would not tell: the range [0..10) closes with a round one. So the other reading is tried.
        try:
            return _guarded(Parser(text, limits, functions, Vocabulary(names), types).tests_tree, limits, text)
        except FeelSyntaxError:
            raise error from None


def _guarded(parse: Callable[[], SyntaxTree], limits: Limits, text: str) -> SyntaxTree:
    try:
        return parse()
    except RecursionError:  # the caller's stack was nearly used up already
        message = f"嵌套太深（上限 {limits.nesting} 层），请把内层拆成单独的变量或决策"
        raise FeelLimitError(FeelCode.LIMIT_NESTING, message, 0, text) from None
