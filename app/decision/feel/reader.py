"""The part of the parser that moves through tokens, reads names and says what is wrong where."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..codes import FeelCode
from .errors import FeelLimitError, FeelSyntaxError
from .lexer import AT, END, HALF_WIDTH, NAME, NUMBER, OPERATOR, OTHER, STRING, Lexeme, tokenize
from .limits import Limits
from .syntax import Name, Node
from .vocabulary import Vocabulary

RESERVED = frozenset(
    {
        *("for", "in", "return", "if", "then", "else", "some", "every", "satisfies", "and", "or", "between", "instance", "function"),
        *("true", "false", "null"),
    }
)
TypeTable = Mapping[str, Callable[[object], bool]]


class Reader:
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

    def advance(self, count: int = 1) -> Lexeme:
        token = self.token
        self.index += count
        self.token = self.tokens[self.index]
        return token

    def peek(self, offset: int = 1) -> Lexeme:
        index = self.index + offset
        return self.tokens[index] if index < len(self.tokens) else self.tokens[-1]

    def at(self, value: str) -> bool:
        return self.token.value == value and self.token.kind in (OPERATOR, NAME)

    def take(self, value: str) -> bool:
        if self.at(value):
            self.advance()
            return True
        return False

    def expect(self, value: str, meaning: str) -> Lexeme:
        if not self.at(value):
            raise self.unexpected(f"{meaning}需要“{value}”")
        return self.advance()

    def unexpected(self, wanted: str) -> FeelSyntaxError:
        token = self.token
        for candidate in (token, self.peek(-1) if self.index else token):
            half = HALF_WIDTH.get(candidate.value[:1]) if candidate.kind == OTHER else None
            if half is not None:
                return FeelSyntaxError(
                    FeelCode.SYNTAX_FULLWIDTH, f"“{candidate.value}”是全角或特殊符号，请改成半角的 {half}", candidate.start, self.text
                )
        if token.kind == END:
            return FeelSyntaxError(FeelCode.SYNTAX, f"{wanted}，但表达式到这里就结束了", token.start, self.text)
        shown = self.text[token.start : token.end]
        shown = shown if len(shown) <= 20 else shown[:20] + "…"
        return FeelSyntaxError(FeelCode.SYNTAX, f"{wanted}，这里却是“{shown}”", token.start, self.text)

    def enter(self) -> None:
        self.level += 1
        if self.level > self.limits.nesting:
            raise self.too_deep(self.token.start)

    def too_deep(self, position: int) -> FeelLimitError:
        return FeelLimitError(
            FeelCode.LIMIT_NESTING, f"嵌套超过 {self.limits.nesting} 层，请把内层拆成单独的变量或决策", position, self.text
        )

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

    # -- names --------------------------------------------------------------------------------------------------------------------

    def is_word(self, token: Lexeme) -> bool:
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
