"""Item definitions as FEEL types: names that modelers write, constraints, which value fits and what becomes of one that does not.

The conversions themselves (a list of one ↔ its element, date → date and time) are FEEL's `types.coerce` (DMN 1.5 §10.3.2.9.4); here are the
types of a decision file (§7.3.3) and the remark that a value did not fit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from app.decision import feel
from app.decision.codes import DmnCode
from app.decision.dmn.cells import recognise
from app.decision.dmn.problems import DmnProblem, Place, report
from app.decision.feel.types import ANY, Type, coerce, conforms

if TYPE_CHECKING:
    from app.decision.dmn.formulas import Formula
    from app.decision.dmn.model import ItemDefinition

ALIASES: Final[dict[str, str]] = {
    "any": "Any",
    "number": "number",
    "integer": "number",
    "int": "number",
    "long": "number",
    "short": "number",
    "double": "number",
    "float": "number",
    "decimal": "number",
    "string": "string",
    "boolean": "boolean",
    "bool": "boolean",
    "date": "date",
    "time": "time",
    "datetime": "date and time",
    "date and time": "date and time",
    "date_and_time": "date and time",
    "dateandtime": "date and time",
    "daytimeduration": "days and time duration",
    "days and time duration": "days and time duration",
    "days_and_time_duration": "days and time duration",
    "yearmonthduration": "years and months duration",
    "years and months duration": "years and months duration",
    "years_and_months_duration": "years and months duration",
    "context": "context",
    "list": "list",
    "function": "function",
    "range": "range",
}
"""Names of built-in types that modelers write (FEEL's, the XML names of DMN 1.1, Camunda's), in lower case, to FEEL's names."""

WORDS: Final[dict[str, str]] = {
    "number": "数字",
    "string": "文字",
    "boolean": "是/否",
    "date": "日期",
    "time": "时间",
    "date and time": "日期时间",
    "days and time duration": "天时时长",
    "years and months duration": "年月时长",
    "list": "列表",
    "context": "上下文",
    "function": "函数",
    "range": "区间",
    "Any": "任意",
    "Null": "空值",
    "null": "空值",
}
"""Types in an analyst's words."""

CURRENT: Final[ContextVar[feel.Environment | None]] = ContextVar("dmn_environment", default=None)
"""The environment of the running evaluation: constraints of types are FEEL too, and FEEL asks them without passing one."""

_BUILT_IN: Final[dict[str, Type]] = {kind: ANY if kind == "Any" else Type(kind) for kind in ALIASES.values()}


def built_in(name: str) -> Type | None:
    """The built-in type that a typeRef names, by any of its spellings."""
    kind = ALIASES.get(name.lower())
    return _BUILT_IN[kind] if kind else None


def label(kind: Type) -> str:
    """A type in an analyst's words."""
    if kind.name == "list" and kind.item is not None and kind.item is not ANY:
        return f"{label(kind.item)}的列表"
    if kind.name == "function" and kind.parameters is not None:
        return f"函数（{'、'.join(label(parameter) for parameter in kind.parameters)}）→ {label(kind.result or ANY)}"
    return WORDS.get(kind.name, kind.name)


def fit(value: object, kind: Type) -> tuple[object, bool]:
    """The value as the type wants it and whether it fits; (None, False) when it does not."""
    if value is None or kind is ANY:
        return value, True
    fitted = coerce(value, kind)
    return fitted, fitted is not None


def base_of(kind: Type) -> Type:
    """The type without its constraints: what literals can be compared with."""
    return kind if kind.includes is None else replace(kind, includes=None)


class AllowedValues:
    """Unary tests that constrain values: of an item definition, an input or an output column."""

    __slots__ = ("_check", "formula")

    def __init__(self, formula: Formula) -> None:
        self.formula = formula
        cell = recognise(formula.text)
        self._check = None if cell is None else cell.check

    def admit(self, value: object, environment: feel.Environment | None = None) -> bool:
        """Whether a value is allowed. Raises DmnEvaluationError when the tests cannot be evaluated."""
        if self._check is not None:
            answer = self._check(value)
            if answer is not None:
                return answer
        environment = environment or CURRENT.get()
        if environment is None:
            return True
        return self.formula.matches(value, {}, environment) is True


class TypeTable:
    """The types that one file knows: built-in ones, its own item definitions, those of imported files under their prefix."""

    def __init__(
        self,
        items: Mapping[str, ItemDefinition],
        imported: Mapping[str, TypeTable],
        prefixes: Mapping[str, str],
        *,
        constrained: bool = True,
    ) -> None:
        """`imported`: import name → its types; `prefixes`: XML prefix (DMN 1.1 QNames) → "feel", "" for this file, or an import's name.

        `constrained`: whether allowed values belong to the types; for FEEL's `instance of` they do not.
        """
        self._constrained = constrained
        self._items = items
        self._imported = imported
        self._prefixes = prefixes
        self._types: dict[str, Type] = {}
        self._found: dict[str, Type | None] = {}
        self._building: set[str] = set()
        self._lenient: TypeTable | None = None
        self.problems: list[DmnProblem] = []

    def find(self, name: str | None) -> Type | None:
        """The type of that name; None when there is none. No name is Any."""
        if not name:
            return ANY
        if name not in self._found:
            self._found[name] = self._find(name)
        return self._found[name]

    def _find(self, name: str) -> Type | None:
        if name in self._items:
            return self._named(name)
        own = built_in(name)
        if own is not None:
            return own
        prefix, colon, rest = name.partition(":")
        if colon:
            target = self._prefixes.get(prefix)
            if target == "feel":
                return built_in(rest)
            if target == "":
                return self.find(rest)
            if target is not None and target in self._imported:
                return self._imported[target].find(rest)
            return built_in(rest) or (self.find(rest) if rest in self._items else None)
        for prefix, table in self._imported.items():
            if prefix and name.startswith(prefix + "."):
                found = table.find(name[len(prefix) + 1 :])
                if found is not None:
                    return found
            elif not prefix and (found := table.find(name)) is not None:
                return found
        return self._generic(name)

    def definition(self, name: str | None) -> ItemDefinition | None:
        """The item definition of that name, here or in an imported file; None for built-in types."""
        if not name:
            return None
        if name in self._items:
            return self._items[name]
        prefix, colon, rest = name.partition(":")
        target = self._prefixes.get(prefix) if colon else None
        if target == "":
            return self._items.get(rest)
        for own, table in self._imported.items():
            if colon and own == target:
                return table.definition(rest)
            if not own or name.startswith(own + "."):
                found = table.definition(name[len(own) + 1 :] if own else name)
                if found is not None:
                    return found
        return None

    def allowed_text(self, item: ItemDefinition | None) -> str:
        """The allowed values of an item definition as written, its own or its base type's; "" when there are none."""
        for _ in range(len(self._items) + 1):
            if item is None:
                return ""
            if item.allowed is not None:
                return item.allowed.text.strip()
            item = self.definition(item.base)
        return ""

    def _generic(self, name: str) -> Type | None:
        """`list<T>` and `range<T>`, which some modelers write as a typeRef."""
        head, bracket, rest = name.partition("<")
        if not bracket or not rest.endswith(">"):
            return None
        kind = head.strip()
        item = self.find(rest[:-1].strip())
        return Type(kind, item=item) if kind in ("list", "range") and item is not None else None

    def judges(self) -> dict[str, Callable[[object], bool]]:
        """Predicates by type name for FEEL's `instance of`: this file's types, and those of the files that it imports under their prefix."""
        found = self._plain().own_judges()
        for name, table in self._imported.items():
            prefix = f"{name}." if name else ""
            found.update({prefix + kind: judge for kind, judge in table._plain().own_judges().items()})
        return found

    def own_judges(self) -> dict[str, Callable[[object], bool]]:
        """Predicates by name for the types that this file defines."""
        return {name: _judge(self._named(name)) for name in self._items}

    def _plain(self) -> TypeTable:
        """The same types without their constraints."""
        if self._lenient is None:
            imported = {name: table._plain() for name, table in self._imported.items()}
            self._lenient = TypeTable(self._items, imported, self._prefixes, constrained=False) if self._constrained else self
        return self._lenient

    def _named(self, name: str) -> Type:
        found = self._types.get(name)
        if found is not None:
            return found
        if name in self._building:
            return Type(name, includes=lambda value: conforms(value, self._types.get(name, ANY)))
        self._building.add(name)
        try:
            kind = self._build(self._items[name])
        finally:
            self._building.discard(name)
        self._types[name] = kind
        return kind

    def _build(self, item: ItemDefinition) -> Type:
        kind = self._element(item)
        if item.allowed is not None and self._constrained:
            kind = constrain(kind, AllowedValues(item.allowed), each=False)
        if item.collection:
            kind = Type("list", item=kind)
        if item.constraint is not None and self._constrained:
            kind = constrain(kind, AllowedValues(item.constraint), each=False)
        return kind

    def _element(self, item: ItemDefinition) -> Type:
        if item.is_function:
            parameters = tuple(self._referred(parameter.type, item.place) for parameter in item.parameters)
            return Type("function", parameters=parameters, result=self._referred(item.result, item.place))
        if item.components:
            return Type("context", members=tuple((part.name, self._build(part)) for part in item.components))
        return self._referred(item.base, item.place)

    def _referred(self, name: str | None, place: Place) -> Type:
        kind = self.find(name)
        if kind is None:
            message = f"没有名为“{name}”的类型；可用 string、number、boolean、date、time、dateTime，或在“数据类型”中先定义它"
            self.problems.append(report(DmnCode.UNKNOWN_TYPE, message, place, text=name))
            return ANY
        return kind


def _judge(kind: Type) -> Callable[[object], bool]:
    return lambda value: conforms(value, kind)


def constrain(kind: Type, allowed: AllowedValues, *, each: bool) -> Type:
    """A type with a test on its values (`each`: on the elements of a list). A list's constraint may speak of the whole list."""
    plain = base_of(kind)
    outer = kind.includes

    def includes(value: object) -> bool:
        if outer is not None:
            if not outer(value):
                return False
        elif not conforms(value, plain):
            return False
        if each and isinstance(value, list):
            return all(element is None or allowed.admit(element) for element in value)
        return allowed.admit(value)

    return replace(kind, includes=includes)
