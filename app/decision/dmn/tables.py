"""Decision tables: cells compiled once, rows matched, hit policies applied (DMN 1.5 §8).

One output clause gives the bare value, several a context by output name. UNIQUE, ANY, FIRST and PRIORITY give one result or null, RULE ORDER,
OUTPUT ORDER and COLLECT a list, COLLECT with an operator a number. A second match of UNIQUE and a disagreeing match of ANY are errors.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce
from typing import Any, Final

from app.decision import feel
from app.decision.codes import DmnCode
from app.decision.dmn.boxed import Boxed, fitted
from app.decision.dmn.cells import Check, is_any, literal_of, recognise
from app.decision.dmn.evaluation import EvaluationRun, Matched
from app.decision.dmn.formulas import Formula, Scope
from app.decision.dmn.problems import Place, fail
from app.decision.dmn.types import AllowedValues, fit, label
from app.decision.feel.numbers import CONTEXT
from app.decision.feel.types import ANY, Type

LISTS: Final = frozenset({"RULE ORDER", "OUTPUT ORDER", "COLLECT"})


@dataclass(slots=True)
class InputClause:
    """An input column. `label` is what an analyst calls it: the label, else the expression; `type_name` the type as written."""

    label: str
    formula: Formula
    type: Type
    allowed: AllowedValues | None
    place: Place
    type_name: str | None = None


@dataclass(slots=True)
class OutputClause:
    """An output column. `order` lists the allowed values from the highest priority down, as FEEL texts compiled to one list."""

    name: str
    label: str
    type: Type
    allowed: AllowedValues | None
    order: Formula | None
    default: Formula | None
    place: Place


@dataclass(slots=True)
class Row:
    """A rule. `tests` of the cells that are not "any": column, check of a plain cell or None, whether that cell accepts null, formula.

    `outputs`: a formula a column, None if empty; `fixed`: whether that is a literal, and its value.
    """

    number: int
    id: str
    tests: tuple[tuple[int, Check | None, bool, Formula], ...]
    outputs: tuple[Formula | None, ...]
    annotations: dict[str, str]
    fixed: tuple[tuple[bool, object], ...] = field(default=())

    def cell(self, column: int) -> Formula | None:
        """The cell of an input column, None when it is "any"."""
        return next((formula for at, _, _, formula in self.tests if at == column), None)


def make_row(number: int, id_: str, inputs: Sequence[Formula], outputs: Sequence[Formula | None], annotations: dict[str, str]) -> Row:
    """A row with its plain cells recognised and its literal outputs read."""
    tests: list[tuple[int, Check | None, bool, Formula]] = []
    for column, formula in enumerate(inputs):
        if is_any(formula.text):
            continue
        cell = recognise(formula.text)
        tests.append((column, None, False, formula) if cell is None else (column, cell.check, cell.null, formula))
    fixed: list[tuple[bool, object]] = []
    for output in outputs:
        literal = None if output is None else literal_of(output.text)
        fixed.append((literal is not None, None if literal is None else literal[1]))
    return Row(number=number, id=id_, tests=tuple(tests), outputs=tuple(outputs), annotations=annotations, fixed=tuple(fixed))


class DecisionTable(Boxed):
    """A decision table. `name` is the decision's or knowledge model's name, `nested` the context entry that it fills, if any."""

    __slots__ = ("aggregation", "inputs", "name", "nested", "outputs", "policy", "rows")
    kind = "decisionTable"

    def __init__(
        self,
        inputs: Sequence[InputClause],
        outputs: Sequence[OutputClause],
        rows: Sequence[Row],
        policy: str,
        aggregation: str,
        place: Place,
        kind: Type = ANY,
        nested: str = "",
    ) -> None:
        super().__init__(place, kind)
        self.inputs = tuple(inputs)
        self.outputs = tuple(outputs)
        self.rows = tuple(rows)
        self.policy = policy
        self.aggregation = aggregation
        self.nested = nested

    def own_formulas(self) -> Iterator[Formula]:
        """Every FEEL text of the table."""
        for clause in self.inputs:
            yield clause.formula
        for output in self.outputs:
            if output.default is not None:
                yield output.default
        for row in self.rows:
            for _, _, _, formula in row.tests:
                yield formula
            for cell in row.outputs:
                if cell is not None:
                    yield cell

    def compute(self, scope: Scope, run: EvaluationRun) -> object:
        values = self._read_inputs(scope, run)
        rows = self._match(values, scope, run)
        if not rows:
            return self._default(scope, run)
        if self.policy == "UNIQUE" and len(rows) > 1:
            numbers = "、".join(str(row.number) for row in rows[:10])
            raise fail(DmnCode.UNIQUE, f"第 {numbers} 行同时命中，而 UNIQUE 表最多命中一行；输入：{self._describe(values)}", self.place)
        matched = [self._produce(row, scope, run) for row in rows]
        if self.policy in ("PRIORITY", "OUTPUT ORDER"):
            matched = self._by_priority(matched, scope, run)
        elif self.policy == "ANY":
            self._require_agreement(matched)
        if self.policy == "PRIORITY":
            del matched[1:]
        run.trace.rules.extend(matched)
        results = [self._result(match) for match in matched]
        if self.policy not in LISTS:
            return results[0]
        return self._aggregate(results) if self.aggregation else results

    def _read_inputs(self, scope: Scope, run: EvaluationRun) -> list[object]:
        """Value of each column, its expression evaluated once and fitted to the column's type."""
        values: list[object] = []
        shown = run.trace.inputs
        for clause in self.inputs:
            run.place = clause.place
            value = normalise(clause.formula.evaluate(scope, run.environment))
            if value is not None:
                if clause.type is not ANY:
                    given = value
                    value, fits = fit(given, clause.type)
                    if not fits:
                        _warn_type(clause, given, run)
                if clause.allowed is not None and value is not None:
                    self._require_allowed(clause.allowed, value, clause.label, clause.place, run)
            values.append(value)
            shown.append({"name": clause.label, "label": clause.label, "expression": clause.formula.text, "value": value})
        return values

    def _require_allowed(self, allowed: AllowedValues, value: object, name: str, place: Place, run: EvaluationRun) -> None:
        if isinstance(value, list) and all(allowed.admit(element, run.environment) for element in value):
            return
        if not allowed.admit(value, run.environment):
            raise fail(
                DmnCode.NOT_ALLOWED, f"“{name}”的值 {show(value)} 不在允许值 {allowed.formula.text.strip()} 之内", place, text=show(value)
            )

    def _match(self, values: Sequence[object], scope: Scope, run: EvaluationRun) -> list[Row]:
        """Rows whose cells all say true; FIRST stops at one."""
        first = self.policy == "FIRST"
        found: list[Row] = []
        for row in self.rows:
            for column, check, null, formula in row.tests:
                value = values[column]
                if check is None:
                    answer = None
                else:
                    answer = null if value is None else check(value)
                if answer is None:
                    run.check_time(formula.place)
                    run.place = formula.place
                    answer = formula.matches(value, scope, run.environment)
                if answer is not True:
                    break
            else:
                found.append(row)
                if first:
                    break
        return found

    def _produce(self, row: Row, scope: Scope, run: EvaluationRun) -> Matched:
        outputs: dict[str, object] = {}
        for clause, formula, (is_fixed, literal) in zip(self.outputs, row.outputs, row.fixed, strict=True):
            if is_fixed:
                value: object = literal
            elif formula is None:
                value = None
            else:
                run.place = formula.place
                value = formula.evaluate(scope, run.environment)
            outputs[clause.name] = self._checked(value, clause, clause.place if formula is None else formula.place, run)
        return Matched(row.number, row.id, outputs, dict(row.annotations), self.nested)

    def _checked(self, value: object, clause: OutputClause, place: Place, run: EvaluationRun) -> object:
        if value is None:
            return None
        if clause.type is not ANY:
            value = self._fitted_output(value, clause, place, run)
        if clause.allowed is not None and value is not None:
            self._require_allowed(clause.allowed, value, clause.label, place, run)
        return value

    def _fitted_output(self, value: object, clause: OutputClause, place: Place, run: EvaluationRun) -> object:
        """One row's value; a column whose type is a list in a table that collects may give the elements."""
        result, fits = fit(value, clause.type)
        if fits:
            return result
        if self.policy in LISTS and clause.type.name == "list" and clause.type.item is not None:
            result, fits = fit(value, clause.type.item)
            if fits:
                return result
        return fitted(value, clause.type, run, place)

    def _default(self, scope: Scope, run: EvaluationRun) -> object:
        """The result when no row matches: the default outputs, else [] for lists, null otherwise."""
        if not any(clause.default is not None for clause in self.outputs):
            if self.policy in LISTS and not self.aggregation:
                return []
            return Decimal(0) if self.aggregation == "COUNT" else None
        outputs: dict[str, object] = {}
        for clause in self.outputs:
            value = None
            if clause.default is not None:
                run.place = clause.default.place
                value = clause.default.evaluate(scope, run.environment)
            outputs[clause.name] = self._checked(value, clause, clause.place, run)
        result = self._result(Matched(0, "", outputs, {}))
        return [result] if self.policy in LISTS and not self.aggregation else result

    def _result(self, match: Matched) -> object:
        if len(self.outputs) == 1:
            return next(iter(match.outputs.values()))
        return dict(match.outputs)

    def _by_priority(self, matched: list[Matched], scope: Scope, run: EvaluationRun) -> list[Matched]:
        """Matches from the highest output priority down, the first column deciding before the second; equals keep the rows' order."""
        orders: list[list[object] | None] = []
        for clause in self.outputs:
            if clause.order is None:
                orders.append(None)
                continue
            listed = clause.order.evaluate({}, run.environment)
            orders.append(listed if isinstance(listed, list) else [listed])
        if all(order is None for order in orders) and len(matched) > 1:
            message = f"{self.policy} 表没有写输出列的允许值，无法比较先后；请在输出列按优先顺序填写允许值"
            raise fail(DmnCode.PRIORITY, message, self.place)

        def rank(match: Matched) -> tuple[int, ...]:
            return tuple(
                0 if order is None else order.index(value) if value in order else len(order)
                for order, value in zip(orders, match.outputs.values(), strict=True)
            )

        return sorted(matched, key=rank)

    def _require_agreement(self, matched: Sequence[Matched]) -> None:
        first = matched[0]
        for other in matched[1:]:
            if other.outputs != first.outputs:
                message = f"第 {first.number} 行和第 {other.number} 行同时命中但输出不同，而 ANY 表要求输出一致"
                raise fail(DmnCode.ANY, message, self.place)

    def _aggregate(self, results: Sequence[Any]) -> object:
        if self.aggregation == "COUNT":
            return Decimal(len(results))
        if len(self.outputs) > 1:
            raise fail(DmnCode.AGGREGATION, "带运算符的 COLLECT 表只能有一个输出列", self.place)
        kinds = {feel.type_name(result) for result in results}
        allowed = {"number"} if self.aggregation == "SUM" else COMPARABLE
        if self.aggregation == "SUM" and kinds == {"days and time duration"}:
            return sum(results[1:], start=results[0])
        if len(kinds) != 1 or not kinds <= allowed:
            raise fail(
                DmnCode.AGGREGATION,
                f"COLLECT 的{AGGREGATION_WORDS[self.aggregation]}要求各行输出都是同类的数字（或可比较的值）",
                self.place,
            )
        if self.aggregation == "SUM":
            return reduce(CONTEXT.add, results)
        try:
            return min(results) if self.aggregation == "MIN" else max(results)
        except TypeError as error:
            raise fail(DmnCode.AGGREGATION, "各行输出不能互相比较", self.place) from error

    def _describe(self, values: Sequence[object]) -> str:
        shown = [f"{clause.label}={show(value)}" for clause, value in zip(self.inputs, values, strict=True)]
        return "，".join(shown[:8])


def _warn_type(clause: InputClause, value: object, run: EvaluationRun) -> None:
    """Remark that an input value did not fit its column, with the conversion that a date as text needs."""
    hint = ""
    if isinstance(value, str) and clause.type.name in ("date", "date and time", "time"):
        hint = f"；文字要先转换，例如 {clause.type.name}({clause.formula.text.strip()})"
    actual = label(Type(feel.type_name(value)))
    why = "输入值不在类型的允许范围内" if actual == label(clause.type) else f"输入值是{actual}，这一列要{label(clause.type)}"
    run.warn(DmnCode.TYPE, f"{why}，按空值处理{hint}", clause.place, value[:200] if isinstance(value, str) else None)


COMPARABLE: Final = frozenset({"number", "string", "date", "time", "date and time", "days and time duration"})
AGGREGATION_WORDS: Final = {"SUM": "求和", "MIN": "最小值", "MAX": "最大值", "COUNT": "计数"}


def normalise(value: object) -> object:
    """A number as the Decimal that FEEL would have; NaN and infinities are no numbers."""
    kind = type(value)
    if kind is int:
        return Decimal(value)  # type: ignore[arg-type]
    if kind is float:
        value, kind = Decimal(repr(value)), Decimal
    if kind is Decimal and not value.is_finite():  # type: ignore[attr-defined]
        return None
    return value


def show(value: object) -> str:
    """A value in a message: as FEEL writes it, shortened."""
    if value is None:
        return "空"
    if isinstance(value, Decimal | bool | str | dt.date):
        text = feel.literal(value)
        return text if len(text) <= 40 else text[:40] + "…"
    return feel.type_name(value)
