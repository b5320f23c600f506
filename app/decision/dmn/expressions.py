"""From XML to boxed expressions and decision tables (DMN 1.5 §7.3, §8)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from app.decision.codes import DmnCode
from app.decision.dmn import boxed
from app.decision.dmn.formulas import EXPRESSION, UNARY, Formula
from app.decision.dmn.functions import FunctionDefinition, Invocation
from app.decision.dmn.model import AGGREGATIONS, POLICIES, ItemDefinition
from app.decision.dmn.problems import Place
from app.decision.dmn.reader import Element, child, children, line_of, local, name_of, text_of
from app.decision.dmn.tables import DecisionTable, InputClause, OutputClause, make_row
from app.decision.dmn.texts import TextReader
from app.decision.dmn.types import AllowedValues
from app.decision.feel.types import ANY, Type

RULES: Final = 5_000
COLUMNS: Final = 100
CELLS: Final = 100_000
LOGIC: Final = frozenset(
    {
        "literalExpression",
        "decisionTable",
        "context",
        "invocation",
        "relation",
        "list",
        "functionDefinition",
        "conditional",
        "filter",
        "for",
        "every",
        "some",
    }
)
DESCRIPTION: Final = "描述"
CLAUSES: Final = "条款"
# What a row cites stands at the beginning of its description: editors of DMN show and keep that, and add no annotation columns to a row that they make.
_CITED = re.compile(r"[A-Z]+(?:-\d+)+(?=[\s:：]|$)[\s:：]*")


class BoxReader(TextReader):
    """Reads the expression below a decision, a knowledge model or a box."""

    def _expression(self, element: Element, column: str) -> boxed.Boxed:
        name = local(element)
        place = self._place(element, column=column or None)
        kind = self._type(element.get("typeRef"), place)
        reader = BOXES.get(name)
        if reader is None:
            self._problem(DmnCode.EXPRESSION, f"不认识的表达式“{name}”", place)
            return boxed.LiteralExpression(None, place)
        return reader(self, element, place, kind, column)

    def _inside(self, element: Element | None, column: str, place: Place) -> boxed.Boxed:
        """The expression that a wrapper element holds; null when it holds none."""
        found = None if element is None else next((part for part in children(element) if local(part) in LOGIC), None)
        return boxed.LiteralExpression(None, place) if found is None else self._expression(found, column)

    def _literal(self, element: Element, place: Place, kind: Type, column: str) -> boxed.Boxed:
        self._language(element, place)
        if not text_of(element).strip():
            return boxed.LiteralExpression(None, place, kind)
        return boxed.LiteralExpression(self._formula(element, EXPRESSION, place), place, kind)

    def _context(self, element: Element, place: Place, kind: Type, column: str) -> boxed.Boxed:
        entries: list[boxed.Entry] = []
        for found in children(element, "contextEntry"):
            variable = child(found, "variable")
            name = None if variable is None else name_of(variable) or None
            at = self._place(found, column=name or column or None)
            declared = ANY if variable is None else self._type(variable.get("typeRef"), at)
            if name is not None:
                self.owner.bound.add(name)
            value = next((part for part in children(found) if local(part) in LOGIC), None)
            logic = None if value is None else self._expression(value, name or column)
            if isinstance(logic, FunctionDefinition) and name is not None:
                logic.name = name
            entries.append(boxed.Entry(name, declared, logic, at))
        return boxed.ContextExpression(entries, place, kind)

    def _list(self, element: Element, place: Place, kind: Type, column: str) -> boxed.Boxed:
        items = [self._expression(found, column) for found in children(element) if local(found) in LOGIC]
        return boxed.ListExpression(items, place, kind)

    def _relation(self, element: Element, place: Place, kind: Type, column: str) -> boxed.Boxed:
        columns = [(name_of(found), self._type(found.get("typeRef"), place)) for found in children(element, "column")]
        rows: list[list[boxed.Boxed]] = []
        for number, found in enumerate(children(element, "row"), start=1):
            cells = [
                self._expression(cell, columns[at][0] if at < len(columns) else "")
                for at, cell in enumerate(children(found))
                if local(cell) in LOGIC
            ]
            if len(cells) != len(columns):
                self._problem(DmnCode.ROW_CELLS, f"关系表第 {number} 行有 {len(cells)} 格，应为 {len(columns)} 格", self._place(found))
            rows.append(cells)
        return boxed.Relation(columns, rows, place, kind)

    def _invocation(self, element: Element, place: Place, kind: Type, column: str) -> boxed.Boxed:
        function = self._inside(element, column, place)
        bindings: list[tuple[str, Type, boxed.Boxed | None]] = []
        for found in children(element, "binding"):
            parameter = child(found, "parameter")
            name = "" if parameter is None else name_of(parameter)
            at = self._place(found, column=name or None)
            declared = ANY if parameter is None else self._type(parameter.get("typeRef"), at)
            value = next((part for part in children(found) if local(part) in LOGIC), None)
            bindings.append((name, declared, None if value is None else self._expression(value, name)))
        return Invocation(function, bindings, place, kind)

    def _function(self, element: Element, place: Place, kind: Type, column: str) -> boxed.Boxed:
        parameters = [(name_of(found), self._type(found.get("typeRef"), place)) for found in children(element, "formalParameter")]
        self.owner.bound.update(name for name, _ in parameters)
        kind = kind if kind.name == "function" else ANY  # some modelers write the result's type here
        external = (element.get("kind") or "FEEL").strip()
        if external.upper() != "FEEL":
            message = f"不支持 {external} 函数：规则只能用 FEEL 写，不会执行外部程序；请改写成 FEEL 或决策表"
            self._problem(DmnCode.EXTERNAL_FUNCTION, message, place, external)
            return FunctionDefinition(parameters, None, external, place, kind)
        found = next((part for part in children(element) if local(part) in LOGIC), None)
        body = None if found is None else self._expression(found, column)
        return FunctionDefinition(parameters, body, "", place, kind)

    def _conditional(self, element: Element, place: Place, kind: Type, column: str) -> boxed.Boxed:
        condition, yes, no = (self._inside(child(element, name), column, place) for name in ("if", "then", "else"))
        return boxed.BoxedConditional(condition, yes, no, place, kind)

    def _filter(self, element: Element, place: Place, kind: Type, column: str) -> boxed.Boxed:
        source, match = (self._inside(child(element, name), column, place) for name in ("in", "match"))
        return boxed.BoxedFilter(source, match, place, kind)

    def _iterator(self, element: Element, place: Place, kind: Type, column: str) -> boxed.Boxed:
        name = local(element)
        variable = name_of(element, "iteratorVariable")
        if not variable:
            self._problem(DmnCode.NO_NAME, "循环没有写变量名（iteratorVariable）", place)
        self.owner.bound.add(variable)
        source = self._inside(child(element, "in"), column, place)
        body = self._inside(child(element, "return" if name == "for" else "satisfies"), column, place)
        return boxed.BoxedLoop(name, variable, source, body, place, declared=kind)

    def _table(self, element: Element, place: Place, kind: Type, column: str) -> boxed.Boxed:
        inputs, outputs, rules = children(element, "input"), children(element, "output"), children(element, "rule")
        policy, aggregation = self._policy(element, place)
        width = len(inputs) + len(outputs)
        if len(rules) > RULES or width > COLUMNS or len(rules) * width > CELLS:
            self._problem(
                DmnCode.TOO_LARGE, f"表有 {len(rules)} 行 {width} 列，超过上限（{RULES} 行、{COLUMNS} 列、{CELLS} 格），请拆表", place
            )
            rules = []
        if not outputs:
            self._problem(DmnCode.NO_OUTPUT, "表没有输出列", place)
        input_clauses = [self._input_clause(found, number) for number, found in enumerate(inputs, start=1)]
        output_clauses = [self._output_clause(found, number, len(outputs), element) for number, found in enumerate(outputs, start=1)]
        names = [clause.name for clause in output_clauses]
        for name in {name for name in names if names.count(name) > 1}:
            self._problem(DmnCode.DUPLICATE, f"有两个输出列都叫“{name}”，请改名", place)
        headings = [name_of(found) or f"annotation{number}" for number, found in enumerate(children(element, "annotation"), start=1)]
        rows = []
        for number, found in enumerate(rules, start=1):
            tests, results = children(found, "inputEntry"), children(found, "outputEntry")
            if len(tests) != len(inputs) or len(results) != len(outputs):
                message = (
                    f"这一行有 {len(tests)} 个输入格、{len(results)} 个输出格，应为 {len(inputs)} 个和 {len(outputs)} 个，请在建模器里补齐"
                )
                self._problem(DmnCode.ROW_CELLS, message, self._place(found, rule=number))
                continue
            cells = [
                self._formula(cell, UNARY, self._place(cell, rule=number, column=clause.label))
                for cell, clause in zip(tests, input_clauses, strict=True)
            ]
            given = [
                self._formula(cell, EXPRESSION, self._place(cell, rule=number, column=clause.label)) if text_of(cell).strip() else None
                for cell, clause in zip(results, output_clauses, strict=True)
            ]
            given = [None if formula is None or formula.text.strip() == "-" else formula for formula in given]
            rows.append(make_row(number, found.get("id") or "", cells, given, _annotations(found, headings)))
        return DecisionTable(
            input_clauses, output_clauses, rows, policy=policy, aggregation=aggregation, place=place, kind=kind, nested=column
        )

    def _policy(self, element: Element, place: Place) -> tuple[str, str]:
        policy = (element.get("hitPolicy") or "UNIQUE").strip().upper().replace("_", " ")
        if policy not in POLICIES:
            self._problem(DmnCode.HIT_POLICY, f"不认识的命中策略“{policy}”；可用 {'、'.join(POLICIES)}", place, policy)
            policy = "UNIQUE"
        aggregation = (element.get("aggregation") or "").strip().upper()
        if aggregation and aggregation not in AGGREGATIONS:
            self._problem(DmnCode.AGGREGATION, f"不认识的汇总方式“{aggregation}”；可用 SUM、MIN、MAX、COUNT", place, aggregation)
            aggregation = ""
        if aggregation and policy != "COLLECT":
            self._problem(DmnCode.AGGREGATION, f"汇总方式只能用于 COLLECT 表，这张表是 {policy}", place, aggregation)
            aggregation = ""
        return policy, aggregation

    def _input_clause(self, element: Element, number: int) -> InputClause:
        expression = child(element, "inputExpression")
        text = "" if expression is None else text_of(expression).strip()
        name = (element.get("label") or "").strip() or text or f"输入 {number}"
        place = self._place(element, column=name)
        if expression is None or not text:
            self._problem(DmnCode.NO_EXPRESSION, f"第 {number} 个输入列没有写表达式，请填变量名", place)
        formula = self._formula(element if expression is None else expression, EXPRESSION, place)
        declared = ANY if expression is None else self._type(expression.get("typeRef"), place)
        type_name = None if expression is None else expression.get("typeRef")
        return InputClause(
            label=name,
            formula=formula,
            type=declared,
            allowed=self._allowed(child(element, "inputValues"), place),
            place=place,
            type_name=type_name,
        )

    def _output_clause(self, element: Element, number: int, count: int, table: Element) -> OutputClause:
        name = name_of(element)
        heading = (element.get("label") or "").strip() or name
        place = self._place(element, column=heading or f"输出 {number}")
        if not name and count > 1:
            self._problem(DmnCode.NO_NAME, f"第 {number} 个输出列没有名称，多个输出列必须各有名称", place)
            name = heading or f"output{number}"
        declared = self._type(element.get("typeRef"), place)
        values = child(element, "outputValues")
        default = child(element, "defaultOutputEntry")
        default_formula = None
        if default is not None and text_of(default).strip():
            default_formula = self._formula(
                default, EXPRESSION, Place(place.file, place.decision, None, f"{place.column}（缺省）", line_of(default))
            )
        return OutputClause(
            name=name,
            label=heading or f"输出 {number}",
            type=declared,
            allowed=self._allowed(values, place),
            order=self._order(values, self._item_of(element, name, count, table), place),
            default=default_formula,
            place=place,
        )

    def _allowed(self, element: Element | None, place: Place) -> AllowedValues | None:
        if element is None or not text_of(element).strip():
            return None
        at = Place(place.file, place.decision, None, f"{place.column}（允许值）", line_of(element))
        return AllowedValues(self._formula(element, UNARY, at))

    def _item_of(self, output: Element, name: str, count: int, table: Element) -> ItemDefinition | None:
        """The item definition that types an output column: its own, the table's, or the table's component of that name."""
        own = output.get("typeRef")
        if own:
            return self.types.definition(own)
        whole = self.types.definition(table.get("typeRef"))
        if whole is None or count == 1:
            return whole
        return next((part for part in whole.components if part.name == name), None)

    def _order(self, values: Element | None, item: ItemDefinition | None, place: Place) -> Formula | None:
        """Output values as a list, from the highest priority; without them the allowed values of the column's type."""
        text = (text_of(values).strip() if values is not None else "") or self.types.allowed_text(item)
        if not text:
            return None
        formula = Formula(f"[{text}]", EXPRESSION, place, limits=self.limits, functions=self.functions)
        return formula if formula.problem is None else None


BOXES: Final[dict[str, Callable[[BoxReader, Element, Place, Type, str], boxed.Boxed]]] = {
    "literalExpression": BoxReader._literal,
    "context": BoxReader._context,
    "list": BoxReader._list,
    "relation": BoxReader._relation,
    "invocation": BoxReader._invocation,
    "functionDefinition": BoxReader._function,
    "encapsulatedLogic": BoxReader._function,
    "conditional": BoxReader._conditional,
    "filter": BoxReader._filter,
    "for": BoxReader._iterator,
    "every": BoxReader._iterator,
    "some": BoxReader._iterator,
    "decisionTable": BoxReader._table,
}


def _annotations(rule: Element, headings: list[str]) -> dict[str, str]:
    """Annotations by column name, and the row's own description with the clauses that it begins with; empty ones are left out."""
    found: dict[str, str] = {}
    for number, entry in enumerate(children(rule, "annotationEntry")):
        name = headings[number] if number < len(headings) else f"annotation{number + 1}"
        text = text_of(entry).strip()
        if text:
            found[name] = text
    description = text_of(child(rule, "description")).strip()
    if description:
        found.setdefault(DESCRIPTION, description)
        if cited := _cited(description):
            found[CLAUSES] = " ".join(cited)
    return found


def _cited(description: str) -> list[str]:
    """The ids of clauses that a description begins with."""
    cited, place = [], 0
    while found := _CITED.match(description, place):
        cited.append(found[0].rstrip(" \t\r\n:："))
        place = found.end()
    return cited
