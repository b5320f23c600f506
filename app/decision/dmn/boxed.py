"""Boxed expressions (DMN 1.5 §7.3, §10.2): what a decision, a function or a cell of a context is made of, and how it is evaluated.

Each node has `evaluate(scope, run)`. `scope` maps names to values and belongs to the caller: a node that binds names works on its own copy.
A typed node fits its value to its type; what does not fit becomes null and leaves a remark.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from app.decision import feel
from app.decision.codes import DmnCode
from app.decision.dmn.formulas import Formula, Scope
from app.decision.dmn.problems import Place, fail
from app.decision.dmn.types import WORDS, fit, label
from app.decision.feel.types import ANY, Type
from app.decision.feel.values import Range

if TYPE_CHECKING:
    from app.decision.dmn.evaluation import EvaluationRun

ITEMS: Final = 100_000


class Boxed:
    """A boxed expression with its place and its declared type (Any when none is declared)."""

    __slots__ = ("place", "type")

    kind: str = ""

    def __init__(self, place: Place, kind: Type = ANY) -> None:
        self.place = place
        self.type = kind

    def evaluate(self, scope: Scope, run: EvaluationRun) -> object:
        """The value, fitted to the declared type. Raises DmnEvaluationError."""
        value = self.compute(scope, run)
        return value if self.type is ANY else fitted(value, self.type, run, self.place)

    def compute(self, scope: Scope, run: EvaluationRun) -> object:
        """The value before it is fitted."""
        raise NotImplementedError

    def parts(self) -> Iterator[Boxed]:
        """Boxed expressions directly below."""
        return iter(())


def fitted(value: object, kind: Type, run: EvaluationRun, place: Place) -> object:
    """The value as the type wants it, or null with a remark."""
    result, fits = fit(value, kind)
    if not fits:
        actual = WORDS.get(feel.type_name(value), feel.type_name(value))
        why = "值不在类型的允许范围内" if actual == label(kind) else f"值是{actual}，不符合声明的类型“{label(kind)}”"
        run.warn(DmnCode.TYPE, f"{why}，按空值处理", place, _short(value))
    return result


def _short(value: object) -> str:
    """A value as it is quoted in a remark; long ones are not written out."""
    if isinstance(value, str):
        return value[:200]
    return str(value) if isinstance(value, Decimal | bool) else feel.type_name(value)


class LiteralExpression(Boxed):
    """A text in FEEL; an empty one is null."""

    __slots__ = ("formula",)
    kind = "literalExpression"

    def __init__(self, formula: Formula | None, place: Place, kind: Type = ANY) -> None:
        super().__init__(place, kind)
        self.formula = formula

    def compute(self, scope: Scope, run: EvaluationRun) -> object:
        if self.formula is None:
            return None
        run.place = self.place
        return self.formula.evaluate(scope, run.environment)


@dataclass(frozen=True, slots=True)
class Entry:
    """A context entry; without a name it is the result."""

    name: str | None
    type: Type
    value: Boxed | None
    place: Place


class ContextExpression(Boxed):
    """A context: each entry sees those above it; an entry without a name is the value of the whole (§7.3.5)."""

    __slots__ = ("entries",)
    kind = "context"

    def __init__(self, entries: Sequence[Entry], place: Place, kind: Type = ANY) -> None:
        super().__init__(place, kind)
        self.entries = tuple(entries)

    def compute(self, scope: Scope, run: EvaluationRun) -> object:
        inner = dict(scope)
        result: Scope = {}
        for entry in self.entries:
            value = None if entry.value is None else entry.value.evaluate(inner, run)
            if entry.type is not ANY:
                value = fitted(value, entry.type, run, entry.place)
            if entry.name is None:
                return value
            inner[entry.name] = value
            result[entry.name] = value
        return result

    def parts(self) -> Iterator[Boxed]:
        return (entry.value for entry in self.entries if entry.value is not None)


class ListExpression(Boxed):
    """A list of boxed expressions."""

    __slots__ = ("items",)
    kind = "list"

    def __init__(self, items: Sequence[Boxed], place: Place, kind: Type = ANY) -> None:
        super().__init__(place, kind)
        self.items = tuple(items)

    def compute(self, scope: Scope, run: EvaluationRun) -> object:
        return [item.evaluate(scope, run) for item in self.items]

    def parts(self) -> Iterator[Boxed]:
        return iter(self.items)


class Relation(Boxed):
    """A list of similar contexts, one a row (§7.3.7)."""

    __slots__ = ("columns", "rows")
    kind = "relation"

    def __init__(self, columns: Sequence[tuple[str, Type]], rows: Sequence[Sequence[Boxed]], place: Place, kind: Type = ANY) -> None:
        super().__init__(place, kind)
        self.columns = tuple(columns)
        self.rows = tuple(tuple(row) for row in rows)

    def compute(self, scope: Scope, run: EvaluationRun) -> object:
        table: list[object] = []
        for row in self.rows:
            values: Scope = {}
            for (name, kind), cell in zip(self.columns, row, strict=False):
                value = cell.evaluate(scope, run)
                values[name] = value if kind is ANY else fitted(value, kind, run, cell.place)
            for name, _ in self.columns[len(row) :]:
                values[name] = None
            table.append(values)
        return table

    def parts(self) -> Iterator[Boxed]:
        return (cell for row in self.rows for cell in row)


class BoxedConditional(Boxed):
    """if, then, else; a condition that is neither true nor false makes the whole null (§7.3.8)."""

    __slots__ = ("condition", "no", "yes")
    kind = "conditional"

    def __init__(self, condition: Boxed, yes: Boxed, no: Boxed, place: Place, kind: Type = ANY) -> None:
        super().__init__(place, kind)
        self.condition = condition
        self.yes = yes
        self.no = no

    def compute(self, scope: Scope, run: EvaluationRun) -> object:
        answer = self.condition.evaluate(scope, run)
        if not isinstance(answer, bool):
            run.warn(DmnCode.CONDITION, "条件的值不是“是/否”，结果为空值", self.place)
            return None
        return (self.yes if answer else self.no).evaluate(scope, run)

    def parts(self) -> Iterator[Boxed]:
        yield from (self.condition, self.yes, self.no)


class BoxedFilter(Boxed):
    """The items for which the condition is true; a condition that is neither true, false nor null makes the whole null (§7.3.9)."""

    __slots__ = ("match", "source")
    kind = "filter"

    def __init__(self, source: Boxed, match: Boxed, place: Place, kind: Type = ANY) -> None:
        super().__init__(place, kind)
        self.source = source
        self.match = match

    def compute(self, scope: Scope, run: EvaluationRun) -> object:
        items = iterated(self.source.evaluate(scope, run), run, self.place)
        if items is None:
            return None
        kept: list[object] = []
        for item in items:
            run.check_time(self.place)
            inner = dict(scope)
            if isinstance(item, dict):
                inner.update(item)
            inner["item"] = item
            answer = self.match.evaluate(inner, run)
            if answer is True:
                kept.append(item)
            elif answer is not None and answer is not False:
                run.warn(DmnCode.CONDITION, "筛选条件的值不是“是/否”，结果为空值", self.place)
                return None
        return kept

    def parts(self) -> Iterator[Boxed]:
        yield from (self.source, self.match)


class BoxedLoop(Boxed):
    """for, every, some over one list (§7.3.10). An outcome of every and some that is neither true, false nor null makes the whole null."""

    __slots__ = ("body", "source", "variable", "word")
    kind = "iterator"

    def __init__(self, word: str, variable: str, source: Boxed, body: Boxed, place: Place, declared: Type = ANY) -> None:
        super().__init__(place, declared)
        self.word = word
        self.variable = variable
        self.source = source
        self.body = body

    def compute(self, scope: Scope, run: EvaluationRun) -> object:
        items = iterated(self.source.evaluate(scope, run), run, self.place)
        if items is None:
            return None
        return self._collect(items, scope, run) if self.word == "for" else self._quantify(items, scope, run)

    def _collect(self, items: Sequence[object], scope: Scope, run: EvaluationRun) -> object:
        results: list[object] = []
        reads_partial = "partial" in read_names(self.body)
        for item in items:
            run.check_time(self.place)
            inner = {**scope, self.variable: item}  # each round its own: a function made in it keeps its item
            if reads_partial:
                inner["partial"] = list(results)
            results.append(self.body.evaluate(inner, run))
        return results

    def _quantify(self, items: Sequence[object], scope: Scope, run: EvaluationRun) -> object:
        decisive = self.word == "some"
        decided = unknown = False
        for item in items:
            run.check_time(self.place)
            answer = self.body.evaluate({**scope, self.variable: item}, run)
            if answer is not None and not isinstance(answer, bool):
                run.warn(DmnCode.CONDITION, "条件的值不全是“是/否”，结果为空值", self.place)
                return None
            decided = decided or answer is decisive
            unknown = unknown or answer is None
        if decided:
            return decisive
        return None if unknown else not decisive

    def parts(self) -> Iterator[Boxed]:
        yield from (self.source, self.body)


def iterated(value: object, run: EvaluationRun, place: Place) -> Sequence[object] | None:
    """The items of a list, the whole numbers of a range, or the value itself as the only item; null has none and gives null."""
    if value is None:
        run.warn(DmnCode.NO_LIST, "要逐项处理的列表是空值，结果为空值", place)
        return None
    if isinstance(value, list):
        return value
    if isinstance(value, Range):
        return _range_items(value, run, place)
    return [value]


def _range_items(value: Range, run: EvaluationRun, place: Place) -> Sequence[object] | None:
    start, end = value.start, value.end
    if not (
        isinstance(start, Decimal) and isinstance(end, Decimal) and start == start.to_integral_value() and end == end.to_integral_value()
    ):
        run.warn(DmnCode.NO_LIST, "只能逐项处理两端为整数的区间，结果为空值", place)
        return None
    first, last = int(start), int(end)
    step = 1 if last >= first else -1
    if abs(last - first) >= ITEMS:
        raise fail(DmnCode.LIST_SIZE, f"要逐项处理的区间超过 {ITEMS} 项", place)
    return [Decimal(number) for number in range(first, last + step, step)]


def read_names(node: Boxed) -> frozenset[str]:
    """Free names of all texts below a node."""
    names: set[str] = set()
    for formula in formulas_of(node):
        names |= formula.names
    return frozenset(names)


def formulas_of(node: Boxed) -> Iterator[Formula]:
    """Every FEEL text of a boxed expression and of those below it."""
    if isinstance(node, LiteralExpression):
        if node.formula is not None:
            yield node.formula
        return
    own = getattr(node, "own_formulas", None)
    if own is not None:
        yield from own()
    for part in node.parts():
        yield from formulas_of(part)
