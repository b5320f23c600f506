"""The part of the parser that reads types (specification 10.3.1.2, rules 51 to 57)."""

from __future__ import annotations

from ..codes import FeelCode
from .errors import FeelSyntaxError
from .lexer import NAME
from .reader import RESERVED, Reader
from .types import ALIASES, ANY, BUILT_IN_NAMES, Type
from .values import LABELS


class TypeReader(Reader):
    """Reads the type after ``instance of`` or behind a parameter."""

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
        raise FeelSyntaxError(FeelCode.SYNTAX_TYPE, f"没有“{token.value}”这个类型；内置类型有 {known}", token.start, self.text)

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
