"""What can be known about a decision file before it is deployed, in sentences for analysts.

`check` gives every finding: errors refuse the deployment, warnings are shown with it. It reads names, literals and plain cells only; nothing is
evaluated.

One file because its one reader goes through it check by check, and each check is a few lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from app.decision import separators
from app.decision.codes import DmnCode
from app.decision.dmn.boxed import Boxed, LiteralExpression
from app.decision.dmn.cells import Cell, is_any, literal_of, recognise
from app.decision.dmn.formulas import Formula
from app.decision.dmn.functions import FunctionDefinition
from app.decision.dmn.graph import NO_IMPORTS, Imported, Model
from app.decision.dmn.imported import clashes, dangling, members, provided
from app.decision.dmn.invocations import misfit_of, misfits
from app.decision.dmn.model import Decision, InputData, KnowledgeModel
from app.decision.dmn.overlap import Column, Findings, analyse
from app.decision.dmn.problems import DmnError, DmnProblem, Place, Severity, report, shorten
from app.decision.dmn.tables import LISTS, DecisionTable, InputClause, OutputClause, Row
from app.decision.dmn.types import WORDS, AllowedValues, label
from app.decision.feel.types import ANY, Type
from app.decision.near import near

SINGLE: Final = frozenset({"UNIQUE", "ANY", "FIRST", "PRIORITY"})
IMPLICIT: Final = frozenset({"item", "partial", "?"})
SHOWN: Final = 12
VARIABLE: Final = re.compile(r"[a-z]\w*(?:[A-Z]\w*)?", re.ASCII)
"""How process variables are named (camelCase); anything else alone in a cell is a text without its quotes."""


def check(model: Model, *, imports: Imported = NO_IMPORTS) -> list[DmnProblem]:
    """All findings about a model, in the order of the file: first those of reading it. Never raises.

    With `imports` (as for `Model.evaluate`) a model that imports others is judged together with them; without, names of imported models are
    taken on trust.
    """
    if model.imports and imports:
        try:
            model = model.link(imports)
        except DmnError as error:
            return [*model.problems, *error.problems]
    found = [*model.problems, *dangling(model)] if model.is_linked() else [*model.parts.problems]
    found += clashes(model)
    owners: tuple[Decision | KnowledgeModel, ...] = (*model.parts.decisions.values(), *model.parts.knowledge.values())
    for owner in owners:
        found.extend(_Checker(model, owner).findings())
    return found


class _Checker:
    """The findings about one decision or knowledge model."""

    def __init__(self, model: Model, owner: Decision | KnowledgeModel) -> None:
        self.model = model
        self.owner = owner
        self.found: list[DmnProblem] = []
        self._told: set[str] = set()

    def findings(self) -> list[DmnProblem]:
        """All of them."""
        logic = self.owner.logic
        if logic is None:
            if isinstance(self.owner, Decision):
                self._say(DmnCode.NO_LOGIC, "决策没有写规则，求值时只能由外面给出它的值", self.owner.place, severity="warning")
            return self.found
        if isinstance(logic, LiteralExpression) and logic.formula is None:
            self._say(DmnCode.NO_LOGIC, "决策的表达式是空的，结果总是空值，请写上表达式或改成决策表", logic.place)
        self._walk(logic, frozenset())
        if isinstance(self.owner, Decision) and isinstance(logic, DecisionTable):
            self._check_result_type(self.owner, logic)
        return self.found

    def _say(self, code: DmnCode, message: str, place: Place, text: str | None = None, severity: Severity = "error") -> None:
        self.found.append(report(code, message, place, text=text, severity=severity))

    def _walk(self, node: Boxed, bound: frozenset[str]) -> None:
        """Check a node and those below; `bound` are the names that boxes above bind."""
        if isinstance(node, FunctionDefinition):
            bound |= {name for name, _ in node.parameters}
        if isinstance(node, DecisionTable):
            self._check_table(node)
        functions, own = self.model.functions, self._known() | bound
        self.found.extend(misfit_of(node, functions, own))
        for formula in _own(node):
            if problem := separators.told(formula.text):
                self._say(DmnCode.SEPARATOR, problem, formula.place, text=formula.text)
            self._check_calls(formula)
            self.found.extend(misfits(formula, functions, own))
            self.found.extend(members(self.model, self.owner, formula))
            if not isinstance(node, DecisionTable):
                self._check_names(formula, frozenset())
        for part in node.parts():
            self._walk(part, bound)

    # -- names

    def _known(self) -> frozenset[str]:
        """Names that the owner's texts may read: requirements, names that its boxes bind, import prefixes."""
        model = self.model
        names = set(IMPLICIT) | model.owner_names(self.owner.id)
        if isinstance(self.owner, KnowledgeModel):
            names.add(self.owner.variable.name)  # it may call itself
        for found in model.imports:
            names |= {found.name} if found.name else provided(model, self.owner, found.namespace)
        references = self.owner.knowledge + (self.owner.information if isinstance(self.owner, Decision) else ())
        for reference in references:
            if reference.namespace is None:
                element = model.find(reference.id)
                if element is not None:
                    names |= {element.variable.name}
        return frozenset(names)

    def _open(self) -> bool:
        """Whether names may come from an import without prefix that is not known here."""
        return any(not found.name and self.model.imported(found.namespace) is None for found in self.model.imports)

    def _check_names(self, formula: Formula, columns: frozenset[str], cell: frozenset[str] | None = None) -> None:
        """Names that nothing provides. `cell`: the texts that the column knows, for a table's cell; there a word may lack its quotes."""
        unknown = formula.certain_names - formula.calls - self._known() - columns
        for name in sorted(unknown):
            if self._open():
                continue
            if self._check_connection(name, formula) or self._inside_import(name):
                continue
            if isinstance(self.owner, KnowledgeModel):
                message = f"“{name}”不是这个业务知识模型的参数，也不是它引用的函数"
                self._say(DmnCode.UNKNOWN_NAME, message, formula.place, formula.text)
            elif cell is not None:
                self._say_unknown_in_cell(name, formula, cell)
            elif self.owner.information:
                message = f"没有连线到名为“{name}”的输入数据或决策；若它是流程变量，建议画成输入数据"
                self._say(DmnCode.UNKNOWN_NAME, message, formula.place, formula.text, "warning")

    def _say_unknown_in_cell(self, name: str, formula: Formula, texts: frozenset[str]) -> None:
        """A name in a cell: surely a text without quotes, or perhaps a process variable."""
        alone = name in {" ".join(piece.split()) for piece in formula.text.replace("not(", "").rstrip(") ").split(",")}
        if name in texts or (alone and not VARIABLE.fullmatch(name)):
            message = f'“{name}”不是变量名；文字要加英文双引号："{name}"'
            self._say(DmnCode.UNKNOWN_NAME, message, formula.place, formula.text)
            return
        if name in self._told:
            return
        self._told.add(name)
        message = f'“{name}”不是输入列、输入数据或决策的名称；若是文字请加英文双引号："{name}"，若是流程变量，建议画成输入数据并连线'
        self._say(DmnCode.UNKNOWN_NAME, message, formula.place, formula.text, "warning")

    def _check_connection(self, name: str, formula: Formula) -> bool:
        """Whether the name belongs to an element of the file that is not connected; says so."""
        for element in self.model.elements():
            if element.variable.name != name or element is self.owner:
                continue
            severity: Severity = "warning" if isinstance(element, InputData) else "error"
            self._say(DmnCode.NOT_CONNECTED, f"用到了“{name}”，但没有从它连线到“{self.owner.name}”", formula.place, formula.text, severity)
            return True
        return False

    def _inside_import(self, name: str) -> bool:
        return any(found.name and name.startswith(found.name + ".") for found in self.model.imports)

    def _check_calls(self, formula: Formula) -> None:
        known = self._known() | frozenset(self.model.functions)
        for name in sorted(formula.calls):
            if name in known or any(found.name and name.split(".")[0] == found.name for found in self.model.imports):
                continue
            if self._open() or self._check_connection(name, formula):
                continue
            found = near(name, known)
            hint = f"，是不是 {found}？" if found else "，可用函数见 FEEL 函数表"
            severity: Severity = "error" if name in formula.certain_names else "warning"  # in a filter it may be an entry of the item
            self._say(DmnCode.UNKNOWN_FUNCTION, f"没有名为“{name}”的函数{hint}", formula.place, formula.text, severity)

    # -- tables

    def _check_table(self, table: DecisionTable) -> None:
        columns = frozenset().union(*(clause.formula.names for clause in table.inputs)) if table.inputs else frozenset()
        for clause in table.inputs:
            self._check_names(clause.formula, frozenset())
            self._check_input_type(clause)
        known = [_texts(clause.allowed, [row.cell(column) for row in table.rows]) for column, clause in enumerate(table.inputs)]
        given = [_texts(clause.allowed, [row.outputs[at] for row in table.rows]) for at, clause in enumerate(table.outputs)]
        for row in table.rows:
            for column, _, _, formula in row.tests:
                self._check_names(formula, columns, known[column])
                self._check_input_cell(formula, table.inputs[column])
            for output, cell, texts in zip(table.outputs, row.outputs, given, strict=True):
                if cell is not None:
                    self._check_names(cell, columns, texts)
                    self._check_output_cell(cell, output, table)
        for output, texts in zip(table.outputs, given, strict=True):
            if output.default is not None:
                self._check_names(output.default, columns, texts)
                self._check_output_cell(output.default, output, table)
        self._check_policy(table)
        if not table.rows:
            self._say(DmnCode.NO_RULES, "表里没有规则行", table.place, severity="warning")
        else:
            self._check_coverage(table)

    def _check_input_type(self, clause: InputClause) -> None:
        """A column that is a plain name must have the type of that input data."""
        name = clause.formula.text.strip()
        if clause.type is ANY or not isinstance(self.owner, Decision):
            return
        for reference in self.owner.information:
            element = self.model.find(reference.id) if reference.namespace is None else None
            if element is None or element.variable.name != name:
                continue
            given = self.model.type_of(element.variable)
            if given is not ANY and given.name != clause.type.name and {given.name, clause.type.name} != {"date", "date and time"}:
                message = f"列的类型是{label(clause.type)}，而“{name}”声明为{label(given)}，请改成一致"
                self._say(DmnCode.TYPE, message, clause.place, name)

    def _check_input_cell(self, formula: Formula, clause: InputClause) -> None:
        cell = recognise(formula.text)
        if cell is None or not cell.kind:
            return
        if not _suits(cell.kind, clause.type):
            message = f"这一列是{label(clause.type)}，格子里却是{WORDS[cell.kind]} {shorten(formula.text)}，永远不会命中"
            self._say(DmnCode.CELL_TYPE, message, formula.place, formula.text)
            return
        if clause.allowed is not None and cell.kind in ("string", "boolean"):
            allowed = recognise(clause.allowed.formula.text)
            if allowed is None or allowed.negated or allowed.check is None:
                return
            for span in cell.spans:
                if span.low is not None and span.low == span.high and allowed.check(span.low) is False:
                    message = f"“{span.low}”不在这一列的允许值 {clause.allowed.formula.text.strip()} 之内"
                    self._say(DmnCode.NOT_ALLOWED, message, formula.place, formula.text)

    def _check_output_cell(self, formula: Formula, clause: OutputClause, table: DecisionTable) -> None:
        literal = literal_of(formula.text)
        if literal is None:
            if formula.text.strip()[:1] in "<>" and formula.text.strip():
                self._say(DmnCode.OUTPUT_TYPE, "输出格要写一个值，不能写比较", formula.place, formula.text)
            return
        kind, value = literal
        if value is None:
            return
        wanted = clause.type
        element = wanted.item if table.policy in LISTS and wanted.name == "list" and wanted.item is not None else wanted
        if not _suits(kind, wanted) and not _suits(kind, element):
            message = f"输出列是{label(wanted)}，这里却是{WORDS[kind]} {shorten(formula.text)}"
            self._say(DmnCode.OUTPUT_TYPE, message, formula.place, formula.text)
            return
        allowed = None if clause.allowed is None else recognise(clause.allowed.formula.text)
        if clause.allowed is not None and allowed is not None and allowed.check is not None and allowed.check(value) is False:
            message = f"{shorten(formula.text)} 不在输出列的允许值 {clause.allowed.formula.text.strip()} 之内"
            self._say(DmnCode.NOT_ALLOWED, message, formula.place, formula.text)

    def _check_policy(self, table: DecisionTable) -> None:
        if table.policy in ("PRIORITY", "OUTPUT ORDER") and all(clause.order is None for clause in table.outputs):
            self._say(DmnCode.PRIORITY, f"{table.policy} 表必须在输出列按优先顺序写允许值", table.place)
        if not table.aggregation:
            return
        if len(table.outputs) > 1:
            self._say(DmnCode.AGGREGATION, f"带汇总（{table.aggregation}）的 COLLECT 表只能有一个输出列", table.place)
        elif table.aggregation == "SUM" and table.outputs and table.outputs[0].type.name not in ("Any", "number", "days and time duration"):
            self._say(DmnCode.AGGREGATION, f"求和的输出列必须是数字，现在是{label(table.outputs[0].type)}", table.outputs[0].place)

    def _check_result_type(self, decision: Decision, table: DecisionTable) -> None:
        """The decision's declared type against what its table gives."""
        kind = self.model.type_of(decision.variable)
        if kind is ANY:
            return
        gives_list = table.policy in LISTS and not table.aggregation
        if gives_list and kind.name in ("string", "number", "boolean", "date"):
            message = f"{table.policy} 表的结果是列表，而决策声明为{label(kind)}；命中多行时结果会变成空值，请去掉决策的类型或改为列表类型"
            self._say(DmnCode.RESULT_TYPE, message, decision.place, severity="warning")
        if len(table.outputs) == 1 and not gives_list and not table.aggregation:
            own = table.outputs[0].type
            if own is not ANY and own.name != kind.name and kind.name in WORDS and own.name in WORDS and kind.name != "list":
                message = f"输出列是{label(own)}，而决策声明为{label(kind)}，请改成一致"
                self._say(DmnCode.RESULT_TYPE, message, decision.place)
        if len(table.outputs) > 1 and kind.name in ("string", "number", "boolean", "date"):
            message = f"表有 {len(table.outputs)} 个输出列，结果是上下文，而决策声明为{label(kind)}，请去掉决策的类型"
            self._say(DmnCode.RESULT_TYPE, message, decision.place)

    # -- overlaps and gaps

    def _check_coverage(self, table: DecisionTable) -> None:
        if table.policy not in SINGLE or not table.inputs:
            return
        columns = [self._column(table, index) for index in range(len(table.inputs))]
        has_default = any(clause.default is not None for clause in table.outputs)
        findings = analyse(columns, gaps=not has_default)
        numbers = [row.number for row in table.rows]
        if table.policy in ("UNIQUE", "ANY"):
            self._say_overlaps(table, findings, numbers)
        elif table.policy == "FIRST":
            self._say_unreachable(table, columns)
        for gap in findings.gaps:
            message = f"没有一行覆盖：{gap}；请补一行，或给输出列写缺省值"
            self._say(DmnCode.GAP, message, table.place, severity="warning")
        self._say_limits(table, findings, numbers)

    def _column(self, table: DecisionTable, index: int) -> Column:
        clause = table.inputs[index]
        cells = [row.cell(index) for row in table.rows]
        texts = tuple("-" if formula is None else formula.text for formula in cells)
        return Column(clause.label, clause.formula.text, clause.type.name, self._allowed_text(clause), texts)

    def _allowed_text(self, clause: InputClause) -> str:
        """Allowed values of a column: its own, those of its type, or those of the input data that it reads."""
        if clause.allowed is not None:
            return clause.allowed.formula.text
        types = self.model.types
        own = types.allowed_text(types.definition(clause.type_name))
        if own or not isinstance(self.owner, Decision):
            return own
        for reference in self.owner.information:
            element = self.model.find(reference.id) if reference.namespace is None else None
            if element is not None and element.variable.name == clause.formula.text.strip():
                return types.allowed_text(types.definition(element.variable.type))
        return ""

    def _say_overlaps(self, table: DecisionTable, findings: Findings, numbers: Sequence[int]) -> None:
        certain = all(_is_path(clause.formula.text) for clause in table.inputs)
        shown = 0
        for earlier, later, example, only_null in findings.overlaps:
            first, second = table.rows[earlier], table.rows[later]
            if table.policy == "ANY":
                if not _disagree(first, second):
                    continue
                message = f"第 {numbers[earlier]} 行与第 {numbers[later]} 行会同时命中但输出不同，例如 {example}；ANY 表要求输出一致"
            else:
                message = f"第 {numbers[earlier]} 行与第 {numbers[later]} 行重叠，例如 {example}；UNIQUE 表同一输入只能命中一行"
            severity: Severity = "error" if certain and not only_null else "warning"
            self._say(DmnCode.OVERLAP, message, table.place, severity=severity)
            shown += 1
            if shown >= SHOWN:
                return

    def _say_unreachable(self, table: DecisionTable, columns: Sequence[Column]) -> None:
        """Rows of a FIRST table that an earlier row with wider plain cells always takes."""
        for later, row in enumerate(table.rows[:200]):
            for earlier in range(later):
                if all(_covers(column.cells[earlier], column.cells[later]) for column in columns):
                    message = f"第 {row.number} 行永远轮不到：第 {table.rows[earlier].number} 行总是先命中"
                    self._say(DmnCode.UNREACHABLE, message, table.place, severity="warning")
                    break

    def _say_limits(self, table: DecisionTable, findings: Findings, numbers: Sequence[int]) -> None:
        if findings.limited:
            self._say(DmnCode.NOT_ANALYSED, f"未分析重叠与遗漏：{findings.limited}", table.place, severity="warning")
        elif findings.unknown:
            cells = [f"第 {numbers[row]} 行“{table.inputs[column].label}”" for row, column in sorted(findings.unknown)[:5]]
            more = f"等 {len(findings.unknown)} 格" if len(findings.unknown) > len(cells) else ""
            message = f"未分析：{'、'.join(cells)}{more}是表达式，这些行是否重叠、整张表有没有遗漏，须用样例检验"
            self._say(DmnCode.NOT_ANALYSED, message, table.place, severity="warning")


def _own(node: Boxed) -> Iterator[Formula]:
    """FEEL texts of the node itself, not of those below."""
    formula = getattr(node, "formula", None)
    if isinstance(formula, Formula):
        yield formula
    if isinstance(node, DecisionTable):
        yield from node.own_formulas()


def _texts(allowed: AllowedValues | None, cells: Sequence[Formula | None]) -> frozenset[str]:
    """The texts that a column's allowed values and its other cells write in quotes."""
    sources = [formula.text for formula in cells if formula is not None]
    if allowed is not None:
        sources.append(allowed.formula.text)
    found: set[str] = set()
    for text in sources[:2_000]:
        cell = recognise(text)
        if cell is not None and cell.kind == "string":
            found |= {span.low for span in cell.spans if isinstance(span.low, str)}
    return frozenset(found)


def _suits(kind: str, wanted: Type) -> bool:
    """Whether a literal of a type can meet a value of the column's type."""
    if kind == "null" or wanted is ANY or wanted.name not in WORDS or wanted.name == "Any":
        return True
    return kind == wanted.name or wanted.name in ("list", "context") or (kind == "date" and wanted.name == "date and time")


def _is_path(text: str) -> bool:
    """Whether an expression is a name or a path of names: two such columns are independent of each other."""
    return all(part.isidentifier() for part in text.strip().split("."))


def _disagree(first: Row, second: Row) -> bool:
    """Whether two rows surely give different outputs: both literals, not equal."""
    for one, other in zip(first.outputs, second.outputs, strict=True):
        left = None if one is None else literal_of(one.text)
        right = None if other is None else literal_of(other.text)
        if left is not None and right is not None and left != right:
            return True
    return False


def _covers(wide: str, narrow: str) -> bool:
    """Whether a cell accepts whatever another accepts, as far as their texts tell."""
    if is_any(wide) or " ".join(wide.split()) == " ".join(narrow.split()):
        return True
    first, second = recognise(wide), recognise(narrow)
    if first is None or second is None or first.check is None or second.negated or second.kind != first.kind:
        return False
    return bool(second.spans) and all(_single(second, at) and first.check(span.low) is True for at, span in enumerate(second.spans))


def _single(cell: Cell, at: int) -> bool:
    span = cell.spans[at]
    return span.low is not None and span.low == span.high and span.low_closed and span.high_closed
