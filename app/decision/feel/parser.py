"""Tokens into a tree, by precedence climbing (specification 10.3.1.2).

FEEL's names may contain spaces and operators, so that reading depends on which names there are. The parser knows the built-in functions,
the names told by the caller and those that the expression binds itself, and takes the longest that fits. Words next to each other that
fit nothing are read as one name: ``合同 金额`` works without being told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from . import temporal
from .errors import FeelLimitError, FeelSyntaxError
from .lexer import AT, END, HALF_WIDTH, NAME, NUMBER, OPERATOR, OTHER, STRING, Token, name_parts, tokenize
from .limits import Limits
from .numbers import CONTEXT
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
    Iteration,
    ListLiteral,
    Literal,
    Logical,
    Name,
    Negation,
    Node,
    Path,
    Quantified,
    Tests,
    Tree,
)
from .types import ALIASES, ANY, BUILT_IN_NAMES, Type
from .values import LABELS

RESERVED = frozenset(
    [
        "for",
        "in",
        "return",
        "if",
        "then",
        "else",
        "some",
        "every",
        "satisfies",
        "and",
        "or",
        "between",
        "instance",
        "of",
        "function",
        "external",
        "true",
        "false",
        "null",
    ]
)
_COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
_OR, _AND, _COMPARE, _ADD, _MULTIPLY, _POWER = 1, 2, 3, 4, 5, 6
_LEVELS = {
    "or": _OR, "and": _AND, "between": _COMPARE, "in": _COMPARE, "=": _COMPARE, "!=": _COMPARE, "<": _COMPARE, "<=": _COMPARE,
    ">": _COMPARE, ">=": _COMPARE, "+": _ADD, "-": _ADD, "*": _MULTIPLY, "/": _MULTIPLY, "**": _POWER,
}  # fmt: skip
_ENDS_RANGE = frozenset({")", "]", "}", ",", ":", "=", "!=", "<", "<=", ">", ">="})
_PROPERTY_NAMES = ("time offset", "start included", "end included")
TypeTable = Mapping[str, Callable[[object], bool]]
Pieces = tuple[tuple[str, bool], ...]


class Vocabulary:
    """Names of more than one word, by their first word, the longest first."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._by_first: dict[str, list[tuple[Pieces, str]]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Learn a name; one of a single word needs no learning."""
        parts = name_parts(name)
        if parts is None or len(parts) < 2:
            return
        entries = self._by_first.setdefault(parts[0][0], [])
        entry = (parts, " ".join(name.split()))
        if entry not in entries:
            entries.append(entry)
            entries.sort(key=lambda item: -len(item[0]))

    def match(self, tokens: list[Token], index: int) -> tuple[str, int] | None:
        """The longest name that the tokens spell from an index on, and the index after it."""
        entries = self._by_first.get(tokens[index].value)
        if entries is None:
            return None
        for parts, name in entries:
            end = index + len(parts)
            if end < len(tokens) and all(
                token.value == value and token.kind != STRING and (offset == 0 or token.spaced == spaced)
                for offset, (token, (value, spaced)) in enumerate(zip(tokens[index:end], parts))
            ):
                return name, end
        return None


class Parser:
    """One text on its way to a tree."""

    def __init__(self, text: str, limits: Limits, functions: Vocabulary, names: Vocabulary, types: TypeTable | None = None) -> None:
        self.text = text
        self.limits = limits
        self.tokens = tokenize(text, limits)
        self.index = 0
        self.token = self.tokens[0]
        self.functions = functions
        self.told = names
        self.own: Vocabulary | None = None
        self.types = types or {}
        self.level = 0
        self.scopes: list[set[str]] = []
        self.filters = 0
        self.free: dict[str, int] = {}
        self.certain: set[str] = set()
        self.calls: dict[str, int] = {}

    # -- moving -------------------------------------------------------------------------------------------------------------------

    def advance(self, count: int = 1) -> Token:
        token = self.token
        self.index += count
        self.token = self.tokens[self.index]
        return token

    def peek(self, offset: int = 1) -> Token:
        index = self.index + offset
        return self.tokens[index] if index < len(self.tokens) else self.tokens[-1]

    def at(self, value: str) -> bool:
        return self.token.value == value and self.token.kind in (OPERATOR, NAME)

    def take(self, value: str) -> bool:
        if self.at(value):
            self.advance()
            return True
        return False

    def expect(self, value: str, meaning: str) -> Token:
        if not self.at(value):
            raise self.unexpected(f"{meaning}需要“{value}”")
        return self.advance()

    def unexpected(self, wanted: str) -> FeelSyntaxError:
        token = self.token
        for candidate in (token, self.peek(-1) if self.index else token):
            half = HALF_WIDTH.get(candidate.value[:1]) if candidate.kind == OTHER else None
            if half is not None:
                return FeelSyntaxError(
                    "feel_syntax_fullwidth", f"“{candidate.value}”是全角或特殊符号，请改成半角的 {half}", candidate.start, self.text
                )
        if token.kind == END:
            return FeelSyntaxError("feel_syntax", f"{wanted}，但表达式到这里就结束了", token.start, self.text)
        shown = self.text[token.start : token.end]
        shown = shown if len(shown) <= 20 else shown[:20] + "…"
        return FeelSyntaxError("feel_syntax", f"{wanted}，这里却是“{shown}”", token.start, self.text)

    def enter(self) -> None:
        self.level += 1
        if self.level > self.limits.nesting:
            raise self.too_deep(self.token.start)

    def too_deep(self, position: int) -> FeelLimitError:
        return FeelLimitError("feel_limit_nesting", f"嵌套超过 {self.limits.nesting} 层，请把内层拆成单独的变量或决策", position, self.text)

    def node(self, node: Node) -> Node:
        """Give a finished node its depth; a tree that is too deep could not be evaluated."""
        depth = 0
        for child in node.children():
            if child.depth > depth:
                depth = child.depth
        node.depth = depth + 1
        if node.depth > self.limits.nesting:
            raise self.too_deep(node.position)
        return node

    # -- whole texts --------------------------------------------------------------------------------------------------------------

    def expression_tree(self) -> Tree:
        if self.token.kind == END:
            raise FeelSyntaxError("feel_syntax", "表达式是空的", 0, self.text)
        root = self.expression(0)
        if self.at(","):
            raise FeelSyntaxError("feel_syntax", "逗号只能出现在列表、上下文和参数里；列表请写 [1, 2]", self.token.start, self.text)
        self.finish()
        return self.tree(root)

    def tests_tree(self) -> Tree:
        """The text of an input entry: ``-``, tests separated by commas, or ``not(…)`` around them."""
        if self.token.kind == END or (self.at("-") and self.peek().kind == END):
            return self.tree(Tests(0, [], False, True))
        negated = self.at("not") and self.peek().value == "(" and self.closes_at_end(self.index + 1)
        position = self.token.start
        if negated:
            self.advance(2)
        tests = [self.test()]
        while self.take(","):
            tests.append(self.test())
        if negated:
            self.expect(")", "not( 的结尾")
        self.finish()
        return self.tree(self.node(Tests(position, tests, negated, False)))

    def closes_at_end(self, index: int) -> bool:
        """Whether the bracket at an index is closed by the last token."""
        open_brackets = 0
        for place in range(index, len(self.tokens) - 1):
            token = self.tokens[place]
            if token.kind == OPERATOR:
                if token.value == "(":
                    open_brackets += 1
                elif token.value == ")":
                    open_brackets -= 1
                    if open_brackets == 0:
                        return place == len(self.tokens) - 2
        return False

    def finish(self) -> None:
        if self.token.kind != END:
            if self.token.value in ("==", "=") and self.peek(-1).value == "=":
                raise FeelSyntaxError("feel_syntax", "判断相等只写一个等号 =", self.token.start, self.text)
            raise self.unexpected("表达式在这里应当结束，或接一个运算符")

    def tree(self, root: Node) -> Tree:
        names = frozenset(self.free)
        return Tree(self.text, root, names, names - self.certain, self.calls, self.free)

    # -- names --------------------------------------------------------------------------------------------------------------------

    def is_word(self, token: Token) -> bool:
        return token.kind == NAME and token.value not in RESERVED

    def known(self) -> tuple[str, int] | None:
        """The longest name of several words, known beforehand, that starts here: (name, index after it)."""
        best = self.own.match(self.tokens, self.index) if self.own is not None else None
        told = self.told.match(self.tokens, self.index)
        if told is not None and (best is None or told[1] > best[1]):
            best = told
        found = self.functions.match(self.tokens, self.index)
        if found is not None and (best is None or found[1] > best[1]) and self.tokens[found[1]].value == "(":
            return found
        return best

    def binding(self, stops: tuple[str, ...]) -> str:
        """A new name, up to one of the stop words; it may contain what operators look like."""
        start = self.index
        while self.token.kind != END and not (self.token.value in stops and self.token.kind in (OPERATOR, NAME)):
            if self.token.kind in (STRING, AT) or self.token.value in ("(", ")", "[", "]", "{", "}", ",", ":"):
                raise self.unexpected("这里需要一个名称")
            self.advance()
        if self.index == start or self.tokens[start].kind == NUMBER:
            self.index = start
            self.token = self.tokens[start]
            raise self.unexpected("这里需要一个名称")
        name = self.spelled(start, self.index)
        self.learn(name)
        return name

    def spelled(self, start: int, end: int) -> str:
        """The text of tokens with single spaces where there were some."""
        parts = [self.text[self.tokens[start].start : self.tokens[start].end]]
        for token in self.tokens[start + 1 : end]:
            parts.append((" " if token.spaced else "") + self.text[token.start : token.end])
        return "".join(parts)

    def learn(self, name: str) -> None:
        if self.own is None:
            self.own = Vocabulary()
        self.own.add(name)

    def is_bound(self, name: str) -> bool:
        return any(name in scope for scope in self.scopes)

    def variable(self, name: str, position: int) -> Node:
        local = self.is_bound(name)
        if not local:
            self.free.setdefault(name, position)
            if not self.filters:
                self.certain.add(name)
        return Name(position, name, local, self.filters > 0)

    # -- expressions --------------------------------------------------------------------------------------------------------------

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
            if level == _COMPARE:
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
            low = self.expression(_COMPARE)
            self.expect("and", "between 的上下限之间")
            return Between(position, left, low, self.expression(_COMPARE))
        if operator == "in":
            return In(position, left, self.in_tests())
        if operator == "=" and self.at("=") and not self.token.spaced:
            raise FeelSyntaxError("feel_syntax", "判断相等只写一个等号 =", position, self.text)
        return Comparison(position, operator, left, self.expression(_COMPARE))

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
        if len(tests) == 1 and (self.at(".") or self.at("[") or self.at("(") or _LEVELS.get(self.token.value, 0) > _COMPARE):
            # "(" was the start of an ordinary expression: x in (a + b) * 2, x in (list)[1]
            return [self.expression(_COMPARE, start=self.postfix(tests[0], False))]
        return tests

    def endpoint_test(self) -> Node:
        if self.token.kind == OPERATOR and self.token.value in _COMPARISONS:
            return self.bound()
        return self.expression(_COMPARE)

    def test(self) -> Node:
        """One positive unary test: ``< 5``, a range, or any expression."""
        if self.token.kind == OPERATOR and self.token.value in _COMPARISONS:
            return self.bound()
        return self.expression(0)

    def bound(self) -> Node:
        operator = self.advance()
        if operator.value == "=" and self.at("="):
            raise FeelSyntaxError("feel_syntax", "判断相等只写一个等号 =", operator.start, self.text)
        return self.node(Bound(operator.start, operator.value, self.expression(_COMPARE)))

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
        if isinstance(function, Name):
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
                    raise FeelSyntaxError("feel_syntax", "参数要么全部写名称，要么全部不写", self.token.start, self.text)
                arguments.append(self.argument())
                if not self.take(","):
                    break
        if self.token.kind == OTHER:
            raise self.unexpected("参数之间需要“,”，结尾需要“)”")
        self.expect(")", "参数之后")
        return Call(position, function, arguments, names or None)

    def argument(self) -> Node:
        if self.token.kind == OPERATOR and self.token.value in _COMPARISONS:
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

    # -- primaries ----------------------------------------------------------------------------------------------------------------

    def primary(self) -> Node:
        token = self.token
        kind = token.kind
        if kind == NAME or kind == OTHER:
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
                    "feel_syntax_temporal", f'@"{token.value[:40]}" 不是日期、时间、日期时间或时长', token.start, self.text
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
                start = self.expression(_COMPARE, endpoint=True)
                self.expect("..", "区间的两端之间")
                return self.interval_rest(token.start, start, False)
            if value_text == "{":
                return self.context()
            if value_text == "?":
                self.advance()
                return Input(token.start)
        raise self.unexpected("这里需要一个值或表达式")

    def number(self, token: Token) -> Node:
        value = CONTEXT.create_decimal(token.value) if len(token.value) < 40 and "e" not in token.value.lower() else None
        if value is None:
            mantissa, _, exponent = token.value.lower().partition("e")
            digits = len(mantissa.lstrip("0.").partition(".")[0])
            if len(exponent) > 8 or (int(exponent or 0) + digits - 1 > self.limits.exponent and mantissa.strip("0.")):
                raise FeelLimitError(
                    "feel_limit_exponent", f"数字太大：数量级超过 10 的 {self.limits.exponent} 次方", token.start, self.text
                )
            value = CONTEXT.create_decimal(token.value)
        return Literal(token.start, value)

    def word(self, token: Token) -> Node:
        value = token.value
        if value in RESERVED:
            return self.keyword(token)
        self.advance()
        if not self.is_word(self.token):
            return self.variable(value, token.start)
        if value == "not":
            raise FeelSyntaxError("feel_syntax", "否定要带括号：not(…)", token.start, self.text)
        words = [value]
        while self.is_word(self.token):
            words.append(self.advance().value)
        return self.variable(" ".join(words), token.start)

    def keyword(self, token: Token) -> Node:
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
        if self.token.kind == OPERATOR and self.token.value in _COMPARISONS:
            node: Node = self.bound()
            self.expect(")", "括号的结尾")
            return node
        if self.at("..") or self.at(")"):
            raise self.unexpected("括号里需要一个表达式")
        node = self.expression(0)
        if self.take(".."):
            return self.interval_rest(position, node, False)
        if self.at(","):
            raise FeelSyntaxError("feel_syntax", "圆括号里只能有一个表达式；列表请写 [1, 2]", self.token.start, self.text)
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

    def interval_rest(self, position: int, start: Node, start_included: bool) -> Node:
        end = self.expression(_COMPARE, endpoint=True)
        if self.take("]"):
            included = True
        elif self.take(")") or self.take("["):
            included = False
        else:
            raise self.unexpected("区间的结尾需要“]”或“)”")
        return self.node(Interval(position, start, end, start_included, included))

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
                raise FeelSyntaxError("feel_syntax_duplicate", f"上下文里有两个“{key}”", place.start, self.text)
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
                    raise FeelSyntaxError("feel_syntax_duplicate", f"两个参数同名：“{name}”", self.token.start, self.text)
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

    # -- types --------------------------------------------------------------------------------------------------------------------

    def type(self) -> Type:
        self.enter()
        found = self.type_inner()
        self.level -= 1
        return found

    def type_inner(self) -> Type:
        token = self.token
        if token.kind != NAME:
            raise self.unexpected("这里需要一个类型")
        name = token.value
        if self.peek().value == "<" and name in ("list", "range"):
            self.advance(2)
            item = self.type()
            self.expect(">", "类型的结尾")
            return Type(name, item=item)
        if self.peek().value == "<" and name == "context":
            self.advance(2)
            members: list[tuple[str, Type]] = []
            while not self.at(">"):
                member = self.binding((":",))
                self.expect(":", "类型的键之后")
                members.append((member, self.type()))
                if not self.take(","):
                    break
            self.expect(">", "类型的结尾")
            return Type(name, members=tuple(members))
        if self.peek().value == "<" and name == "function":
            self.advance(2)
            parameters: list[Type] = []
            while not self.at(">"):
                parameters.append(self.type())
                if not self.take(","):
                    break
            self.expect(">", "类型的结尾")
            return Type(name, parameters=tuple(parameters), result=self.type() if self.take("->") else ANY)
        return self.named_type()

    def named_type(self) -> Type:
        """A type of the model or a built-in one, the longest name that fits."""
        token = self.token
        length = 1
        while self.peek(length).kind == NAME and (self.peek(length).value not in RESERVED or self.peek(length).value == "and"):
            length += 1
        for count in range(length, 0, -1):
            name = self.spelled(self.index, self.index + count)
            includes = self.types.get(name)
            if includes is not None or name in BUILT_IN_NAMES:
                self.advance(count)
                return Type(name, includes=includes) if includes is not None else Type(ALIASES.get(name, name))
        qualified = self.dotted_type()
        if qualified is not None:
            return qualified
        known = "、".join(LABELS)
        raise FeelSyntaxError("feel_syntax_type", f"没有“{token.value}”这个类型；内置类型有 {known}", token.start, self.text)

    def dotted_type(self) -> Type | None:
        """A type of an imported model: ``model.tName``."""
        start = self.index
        end = start + 1
        while self.tokens[end].value == "." and self.tokens[end + 1].kind == NAME:
            end += 2
        name = self.spelled(start, end)
        includes = self.types.get(name)
        if includes is None:
            return None
        self.advance(end - start)
        return Type(name, includes=includes)


def parse_expression(text: str, limits: Limits, functions: Vocabulary, names: Iterable[str] = (), types: TypeTable | None = None) -> Tree:
    """The tree of an expression; raises FeelSyntaxError, FeelLimitError."""
    return _guarded(Parser(text, limits, functions, Vocabulary(names), types).expression_tree, limits, text)


def parse_tests(text: str, limits: Limits, functions: Vocabulary, names: Iterable[str] = (), types: TypeTable | None = None) -> Tree:
    """The tree of a decision table's input entry."""
    return _guarded(Parser(text, limits, functions, Vocabulary(names), types).tests_tree, limits, text)


def _guarded(parse: Callable[[], Tree], limits: Limits, text: str) -> Tree:
    try:
        return parse()
    except RecursionError:  # the caller's stack was nearly used up already
        message = f"嵌套太深（上限 {limits.nesting} 层），请把内层拆成单独的变量或决策"
        raise FeelLimitError("feel_limit_nesting", message, 0, text) from None
