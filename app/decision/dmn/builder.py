"""From XML to a model: definitions, types, requirement graph and boxed expressions (DMN 1.1 to 1.5, any prefix).

The builder collects every problem it meets with its place and goes on, so that an analyst sees all of them at once. Compiling texts that
depend on imported files is left to the model (`linked`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from app.decision import feel
from app.decision.dmn import boxed
from app.decision.dmn.formulas import EXPRESSION, UNARY, Formula
from app.decision.dmn.model import (
    AGGREGATIONS,
    POLICIES,
    Decision,
    DecisionService,
    Import,
    Input,
    InputData,
    ItemDefinition,
    KnowledgeModel,
    Output,
    Parts,
    Reference,
    Rule,
    Variable,
)
from app.decision.dmn.problems import Place, report
from app.decision.dmn.reader import TEXT_CHARACTERS, VERSIONS, Element, child, children, line_of, local, name_of, text_of
from app.decision.dmn.tables import DecisionTable, InputClause, OutputClause, make_row
from app.decision.dmn.types import AllowedValues, TypeTable, label
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


@dataclass(slots=True)
class Owner:
    """The decision or knowledge model that is being read: its formulas and the names that its own boxes bind."""

    name: str
    formulas: list[Formula] = field(default_factory=list)
    bound: set[str] = field(default_factory=set)


class Builder:
    """Reads one `definitions` element into Parts. Raises nothing: problems are collected in `parts.problems`."""

    def __init__(
        self,
        root: Element,
        version: str,
        file: str,
        *,
        limits: feel.Limits,
        functions: feel.Registry,
        imported: Mapping[str, TypeTable],
    ) -> None:
        self.root = root
        self.limits = limits
        self.functions = functions
        self.owner = Owner("")
        self.parts = Parts(
            id=root.get("id") or "", name=root.get("name") or "", namespace=root.get("namespace") or "", file=file, version=version
        )
        self.owners: dict[str, Owner] = {}
        self.parts.imports = [_read_import(element) for element in children(root, "import")]
        tables = {found.name: imported[found.namespace] for found in self.parts.imports if found.namespace in imported}
        self.types = TypeTable(self.parts.items, tables, self._prefixes())
        self.lenient_types = any(found.kind == "dmn" and found.namespace not in imported for found in self.parts.imports)

    def build(self) -> Parts:
        """Everything in the file."""
        place = Place(file=self.parts.file)
        self._language(self.root, place)
        for found in self.parts.imports:
            if found.kind != "dmn":
                message = f"只能导入 DMN 文件，“{found.name or found.namespace}”是 {found.kind or '没有写类型的导入'}，请删去这个导入"
                self._problem("dmn.import_type", message, place, found.kind)
        elements = children(self.root)
        for element in elements:
            if local(element) == "itemDefinition":
                item = self._item(element, "")
                if item.name in self.parts.items:
                    self._problem("dmn.duplicate", f"类型“{item.name}”定义了两次，请删去一个", item.place)
                self.parts.items[item.name] = item
        self._check_bases()
        readers: dict[str, Callable[[Element], None]] = {
            "inputData": self._input_data,
            "decision": self._decision,
            "businessKnowledgeModel": self._knowledge,
            "decisionService": self._service,
        }
        for element in elements:
            reader = readers.get(local(element))
            if reader is not None:
                reader(element)
        if not (self.parts.decisions or self.parts.knowledge or self.parts.items or self.parts.services or self.parts.inputs):
            self._problem("dmn.no_decision", "文件里没有决策，请画好决策后再上传", Place(file=self.parts.file))
        self._check_references()
        self.parts.problems.extend(self.types.problems)
        return self.parts

    def _problem(self, code: str, message: str, place: Place, text: str | None = None, *, warning: bool = False) -> None:
        self.parts.problems.append(report(code, message, place, text=text, severity="warning" if warning else "error"))

    def _place(self, element: Element, *, rule: int | None = None, column: str | None = None) -> Place:
        return Place(self.parts.file, self.owner.name or None, rule, column, line_of(element))

    def _prefixes(self) -> dict[str, str]:
        """XML prefixes (DMN 1.1 writes types as QNames) to what they mean."""
        by_namespace = {found.namespace: found.name for found in self.parts.imports}
        meaning: dict[str, str] = {}
        for prefix, uri in self.root.nsmap.items():
            if prefix is None:
                continue
            if "FEEL" in uri:
                meaning[prefix] = "feel"
            elif uri == self.parts.namespace:
                meaning[prefix] = ""
            elif uri in by_namespace:
                meaning[prefix] = by_namespace[uri]
        return meaning

    # -- the file's elements

    def _identify(self, element: Element, kind: str) -> tuple[str, str, Place]:
        """Id and name of a graph element; ids must be unique in the file."""
        name = name_of(element)
        id_ = element.get("id") or ""
        self.owner = Owner(name or id_)
        place = self._place(element)
        if not id_:
            self._problem("dmn.no_id", f"{kind}“{name}”没有 id，请在属性面板填写", place)
            id_ = name or f"_{line_of(element)}"
        if not name:
            self._problem("dmn.no_name", f"{kind}“{id_}”没有名称，请填写", place)
            name = id_
        parts = self.parts
        if any(id_ in known for known in (parts.inputs, parts.decisions, parts.knowledge, parts.services)):
            self._problem("dmn.duplicate", f"id“{id_}”用了两次，请改掉一个", place)
        self.owners[id_] = self.owner
        return id_, name, place

    def _variable(self, element: Element, name: str) -> Variable:
        variable = child(element, "variable")
        if variable is None:
            return Variable(name, None)
        return Variable(name_of(variable) or name, variable.get("typeRef"))

    def _input_data(self, element: Element) -> None:
        id_, name, place = self._identify(element, "输入数据")
        variable = self._variable(element, name)
        self._type(variable.type, place)
        self.parts.inputs[id_] = InputData(id_, name, variable, place)

    def _decision(self, element: Element) -> None:
        id_, name, place = self._identify(element, "决策")
        variable = self._variable(element, name)
        self._type(variable.type, place)
        information = [
            self._reference(found) for need in children(element, "informationRequirement") for found in children(need, "requiredDecision", "requiredInput")
        ]
        logic_element = next((found for found in children(element) if local(found) in LOGIC), None)
        decision = Decision(id_, name, "" if logic_element is None else local(logic_element), place, variable)
        decision.information = tuple(information)
        decision.knowledge = self._knowledge_requirements(element)
        decision.required = tuple(reference.id for reference in (*information, *decision.knowledge))
        decision.description = text_of(child(element, "description")).strip()
        if logic_element is not None:
            decision.logic = self._expression(logic_element, "")
            if isinstance(decision.logic, DecisionTable):
                self._show_table(decision, logic_element)
        decision.formulas = self.owner.formulas
        self.parts.decisions[id_] = decision

    def _knowledge(self, element: Element) -> None:
        id_, name, place = self._identify(element, "业务知识模型")
        variable = self._variable(element, name)
        logic = child(element, "encapsulatedLogic")
        body = None if logic is None else self._expression(logic, "")
        if isinstance(body, boxed.FunctionDefinition):
            body.name = variable.name
        model = KnowledgeModel(id_, name, variable, place, body, self._knowledge_requirements(element))
        model.formulas = self.owner.formulas
        self.parts.knowledge[id_] = model

    def _service(self, element: Element) -> None:
        id_, name, place = self._identify(element, "决策服务")
        groups = {kind: tuple(self._reference(found) for found in children(element, kind)) for kind in SERVICE_PARTS}
        if not groups["outputDecision"]:
            self._problem("dmn.no_output", f"决策服务“{name}”没有输出决策", place)
        self.parts.services[id_] = DecisionService(
            id_,
            name,
            self._variable(element, name),
            place,
            groups["outputDecision"],
            groups["encapsulatedDecision"],
            groups["inputDecision"],
            groups["inputData"],
        )

    def _knowledge_requirements(self, element: Element) -> tuple[Reference, ...]:
        return tuple(
            self._reference(found) for need in children(element, "knowledgeRequirement") for found in children(need, "requiredKnowledge")
        )

    def _reference(self, element: Element) -> Reference:
        uri, _, id_ = (element.get("href") or "").rpartition("#")
        return Reference(None if not uri or uri == self.parts.namespace else uri, id_)

    def _check_references(self) -> None:
        parts = self.parts
        known = {**parts.inputs, **parts.decisions, **parts.knowledge, **parts.services}
        spaces = {found.namespace for found in parts.imports}
        users: list[tuple[Place, tuple[Reference, ...]]] = [
            *((found.place, found.information + found.knowledge) for found in parts.decisions.values()),
            *((found.place, found.knowledge) for found in parts.knowledge.values()),
            *((one.place, one.outputs + one.encapsulated + one.input_decisions + one.input_data) for one in parts.services.values()),
        ]
        for place, references in users:
            for reference in references:
                if reference.namespace is None and reference.id not in known:
                    self._problem("dmn.reference", f"连线指向不存在的元素“{reference.id}”，请删去重画", place)
                elif reference.namespace is not None and reference.namespace not in spaces:
                    self._problem("dmn.reference", f"引用了没有导入的文件“{reference.namespace}”", place)
        self._check_cycles()

    def _check_cycles(self) -> None:
        """Requirements must not lead back to where they began (§6.2.1)."""
        graph = {
            id_: [reference.id for reference in found.information if reference.namespace is None and reference.id in self.parts.decisions]
            for id_, found in self.parts.decisions.items()
        }
        done: set[str] = set()
        for start in graph:
            path: list[str] = []
            stack: list[tuple[str, int]] = [(start, 0)]
            while stack:
                id_, step = stack.pop()
                if step == 0:
                    if id_ in done:
                        continue
                    path.append(id_)
                following = graph[id_]
                if step < len(following):
                    stack.append((id_, step + 1))
                    target = following[step]
                    if target in path:
                        names = " → ".join(self.parts.decisions[one].name for one in [*path[path.index(target) :], target])
                        self._problem("dmn.cycle", f"决策互相依赖成环：{names}", self.parts.decisions[target].place)
                        return
                    stack.append((target, 0))
                else:
                    done.add(id_)
                    path.pop()

    # -- types

    def _item(self, element: Element, within: str) -> ItemDefinition:
        name = name_of(element)
        place = Place(self.parts.file, None, None, f"{within}.{name}" if within else name, line_of(element))
        if not name:
            self._problem("dmn.no_name", "有一个数据类型没有名称", place)
        item = ItemDefinition(name, text_of(child(element, "typeRef")).strip() or None, element.get("isCollection") in ("true", "1"), place)
        item.components = [self._item(found, place.column or "") for found in children(element, "itemComponent")]
        function = child(element, "functionItem")
        if function is not None:
            item.is_function = True
            item.result = function.get("outputTypeRef")
            item.parameters = tuple(Variable(name_of(found), found.get("typeRef")) for found in children(function, "parameters"))
        allowed, constraint = child(element, "allowedValues"), child(element, "typeConstraint")
        if allowed is not None and text_of(allowed).strip():
            item.allowed = self._formula(allowed, UNARY, place)
        if constraint is not None and text_of(constraint).strip():
            item.constraint = self._formula(constraint, UNARY, place)
        return item

    def _check_bases(self) -> None:
        """A chain of base types must end."""
        items = self.parts.items
        for name, item in items.items():
            seen = {name}
            base = item.base
            while base is not None and base in items:
                if base in seen:
                    self._problem("dmn.cycle", f"类型“{name}”的基础类型绕回自己，请改正", item.place)
                    item.base = None
                    break
                seen.add(base)
                base = items[base].base if not items[base].components else None
        for name in items:
            self.types.find(name)

    def _type(self, name: str | None, place: Place) -> Type:
        """A declared type; an unknown one is a problem and counts as Any."""
        if not name:
            return ANY
        found = self.types.find(name.strip())
        if found is not None:
            return found
        if not self.lenient_types:
            message = f"没有名为“{name}”的类型；可用 string、number、boolean、date、time、dateTime，或在“数据类型”中先定义它"
            self._problem("dmn.unknown_type", message, place, name)
        return ANY

    # -- texts

    def _formula(self, element: Element, kind: str, place: Place) -> Formula:
        self._language(element, place)
        text = text_of(element)
        if len(text) > TEXT_CHARACTERS:
            self._problem("dmn.too_large", f"这段文字有 {len(text)} 个字符，超过上限 {TEXT_CHARACTERS}", place, text)
            text = ""
        formula = Formula(text, kind, place, limits=self.limits, functions=self.functions)
        self.owner.formulas.append(formula)
        self.parts.formulas.append(formula)
        return formula

    def _language(self, element: Element, place: Place) -> None:
        language = element.get("expressionLanguage")
        if language and "feel" not in language.lower():
            self._problem("dmn.language", f"表达式语言“{language}”不支持，只能用 FEEL，请在属性面板改为 FEEL", place, language)
        if child(element, "importedValues") is not None:
            self._problem("dmn.imported_values", "不支持从外部文件读取值（importedValues）", place)

    # -- boxed expressions

    def _expression(self, element: Element, column: str) -> boxed.Boxed:
        name = local(element)
        place = self._place(element, column=column or None)
        kind = self._type(element.get("typeRef"), place)
        reader = BOXES.get(name)
        if reader is None:
            self._problem("dmn.expression", f"不认识的表达式“{name}”", place)
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
            if isinstance(logic, boxed.FunctionDefinition) and name is not None:
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
            cells = [self._expression(cell, columns[at][0] if at < len(columns) else "") for at, cell in enumerate(children(found)) if local(cell) in LOGIC]
            if len(cells) != len(columns):
                self._problem("dmn.row_cells", f"关系表第 {number} 行有 {len(cells)} 格，应为 {len(columns)} 格", self._place(found))
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
        return boxed.Invocation(function, bindings, place, kind)

    def _function(self, element: Element, place: Place, kind: Type, column: str) -> boxed.Boxed:
        parameters = [(name_of(found), self._type(found.get("typeRef"), place)) for found in children(element, "formalParameter")]
        self.owner.bound.update(name for name, _ in parameters)
        kind = kind if kind.name == "function" else ANY  # some modelers write the result's type here
        external = (element.get("kind") or "FEEL").strip()
        if external.upper() != "FEEL":
            message = f"不支持 {external} 函数：规则只能用 FEEL 写，不会执行外部程序；请改写成 FEEL 或决策表"
            self._problem("dmn.external_function", message, place, external)
            return boxed.FunctionDefinition(parameters, None, external, place, kind)
        found = next((part for part in children(element) if local(part) in LOGIC), None)
        body = None if found is None else self._expression(found, column)
        return boxed.FunctionDefinition(parameters, body, "", place, kind)

    def _conditional(self, element: Element, place: Place, kind: Type, column: str) -> boxed.Boxed:
        condition, yes, no = (self._inside(child(element, name), column, place) for name in ("if", "then", "else"))
        return boxed.Conditional(condition, yes, no, place, kind)

    def _filter(self, element: Element, place: Place, kind: Type, column: str) -> boxed.Boxed:
        source, match = (self._inside(child(element, name), column, place) for name in ("in", "match"))
        return boxed.Filter(source, match, place, kind)

    def _iterator(self, element: Element, place: Place, kind: Type, column: str) -> boxed.Boxed:
        name = local(element)
        variable = name_of(element, "iteratorVariable")
        if not variable:
            self._problem("dmn.no_name", "循环没有写变量名（iteratorVariable）", place)
        self.owner.bound.add(variable)
        source = self._inside(child(element, "in"), column, place)
        body = self._inside(child(element, "return" if name == "for" else "satisfies"), column, place)
        return boxed.Loop(name, variable, source, body, place, kind)

    # -- tables

    def _table(self, element: Element, place: Place, kind: Type, column: str) -> boxed.Boxed:
        inputs, outputs, rules = children(element, "input"), children(element, "output"), children(element, "rule")
        policy, aggregation = self._policy(element, place)
        width = len(inputs) + len(outputs)
        if len(rules) > RULES or width > COLUMNS or len(rules) * width > CELLS:
            self._problem("dmn.too_large", f"表有 {len(rules)} 行 {width} 列，超过上限（{RULES} 行、{COLUMNS} 列、{CELLS} 格），请拆表", place)
            rules = []
        if not outputs:
            self._problem("dmn.no_output", "表没有输出列", place)
        input_clauses = [self._input_clause(found, number) for number, found in enumerate(inputs, start=1)]
        output_clauses = [self._output_clause(found, number, len(outputs), element) for number, found in enumerate(outputs, start=1)]
        names = [clause.name for clause in output_clauses]
        for name in {name for name in names if names.count(name) > 1}:
            self._problem("dmn.duplicate", f"有两个输出列都叫“{name}”，请改名", place)
        headings = [name_of(found) or f"annotation{number}" for number, found in enumerate(children(element, "annotation"), start=1)]
        rows = []
        for number, found in enumerate(rules, start=1):
            tests, results = children(found, "inputEntry"), children(found, "outputEntry")
            if len(tests) != len(inputs) or len(results) != len(outputs):
                message = f"这一行有 {len(tests)} 个输入格、{len(results)} 个输出格，应为 {len(inputs)} 个和 {len(outputs)} 个，请在建模器里补齐"
                self._problem("dmn.row_cells", message, self._place(found, rule=number))
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
        return DecisionTable(input_clauses, output_clauses, rows, policy, aggregation, place, kind, nested=column)

    def _policy(self, element: Element, place: Place) -> tuple[str, str]:
        policy = (element.get("hitPolicy") or "UNIQUE").strip().upper().replace("_", " ")
        if policy not in POLICIES:
            self._problem("dmn.hit_policy", f"不认识的命中策略“{policy}”；可用 {'、'.join(POLICIES)}", place, policy)
            policy = "UNIQUE"
        aggregation = (element.get("aggregation") or "").strip().upper()
        if aggregation and aggregation not in AGGREGATIONS:
            self._problem("dmn.aggregation", f"不认识的汇总方式“{aggregation}”；可用 SUM、MIN、MAX、COUNT", place, aggregation)
            aggregation = ""
        if aggregation and policy != "COLLECT":
            self._problem("dmn.aggregation", f"汇总方式只能用于 COLLECT 表，这张表是 {policy}", place, aggregation)
            aggregation = ""
        return policy, aggregation

    def _input_clause(self, element: Element, number: int) -> InputClause:
        expression = child(element, "inputExpression")
        text = "" if expression is None else text_of(expression).strip()
        name = (element.get("label") or "").strip() or text or f"输入 {number}"
        place = self._place(element, column=name)
        if expression is None or not text:
            self._problem("dmn.no_expression", f"第 {number} 个输入列没有写表达式，请填变量名", place)
        formula = self._formula(element if expression is None else expression, EXPRESSION, place)
        declared = ANY if expression is None else self._type(expression.get("typeRef"), place)
        return InputClause(name, formula, declared, self._allowed(child(element, "inputValues"), place), place)

    def _output_clause(self, element: Element, number: int, count: int, table: Element) -> OutputClause:
        name = name_of(element)
        heading = (element.get("label") or "").strip() or name
        place = self._place(element, column=heading or f"输出 {number}")
        if not name and count > 1:
            self._problem("dmn.no_name", f"第 {number} 个输出列没有名称，多个输出列必须各有名称", place)
            name = heading or f"output{number}"
        declared = self._type(element.get("typeRef"), place)
        values = child(element, "outputValues")
        default = child(element, "defaultOutputEntry")
        default_formula = None
        if default is not None and text_of(default).strip():
            default_formula = self._formula(default, EXPRESSION, Place(place.file, place.decision, None, f"{place.column}（缺省）", line_of(default)))
        return OutputClause(
            name,
            heading or f"输出 {number}",
            declared,
            self._allowed(values, place),
            self._order(values, self._item_of(element, name, count, table), place),
            default_formula,
            place,
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

    def _show_table(self, decision: Decision, element: Element) -> None:
        """The public view of a decision's own table."""
        table = decision.logic
        if not isinstance(table, DecisionTable):
            return
        decision.hit_policy = table.policy
        decision.aggregation = table.aggregation
        decision.inputs = tuple(
            Input(clause.label, clause.formula.text.strip(), clause.type.name, clause.allowed.formula.text.strip() if clause.allowed else "")
            for clause in table.inputs
        )
        decision.outputs = tuple(
            Output(
                clause.name,
                clause.type.name,
                clause.allowed.formula.text.strip() if clause.allowed else "",
                clause.label,
                clause.default.text.strip() if clause.default else "",
            )
            for clause in table.outputs
        )
        by_number = {row.number: row for row in table.rows}
        rules = []
        for number, found in enumerate(children(element, "rule"), start=1):
            row = by_number.get(number)
            if row is None:
                continue
            cells = tuple(text_of(cell).strip() for cell in children(found, "inputEntry"))
            results = tuple(text_of(cell).strip() for cell in children(found, "outputEntry"))
            rules.append(Rule(row.id, number, cells, results, row.annotations))
        decision.rules = tuple(rules)


SERVICE_PARTS: Final = ("outputDecision", "encapsulatedDecision", "inputDecision", "inputData")

BOXES: Final[dict[str, Callable[[Builder, Element, Place, Type, str], boxed.Boxed]]] = {
    "literalExpression": Builder._literal,
    "context": Builder._context,
    "list": Builder._list,
    "relation": Builder._relation,
    "invocation": Builder._invocation,
    "functionDefinition": Builder._function,
    "encapsulatedLogic": Builder._function,
    "conditional": Builder._conditional,
    "filter": Builder._filter,
    "for": Builder._iterator,
    "every": Builder._iterator,
    "some": Builder._iterator,
    "decisionTable": Builder._table,
}


def _read_import(element: Element) -> Import:
    kind = element.get("importType") or ""
    namespace = element.get("namespace") or ""
    name = name_of(element)
    is_dmn = kind in VERSIONS or "spec/DMN" in kind
    return Import(name, namespace, "dmn" if is_dmn else kind, element.get("locationURI") or "")


def _annotations(rule: Element, headings: list[str]) -> dict[str, str]:
    """Annotations by column name, and the row's own description; empty ones are left out."""
    found: dict[str, str] = {}
    for number, entry in enumerate(children(rule, "annotationEntry")):
        name = headings[number] if number < len(headings) else f"annotation{number + 1}"
        text = text_of(entry).strip()
        if text:
            found[name] = text
    description = text_of(child(rule, "description")).strip()
    if description:
        found.setdefault(DESCRIPTION, description)
    return found


__all__ = ["Builder", "label"]
