"""From XML to a model: definitions, types and the requirement graph (DMN 1.1 to 1.5, any prefix).

The builder collects every problem it meets with its place and goes on, so that an analyst sees all of them at once. Compiling texts that
depend on imported files is left to the model (`link`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from app.decision.codes import DmnCode
from app.decision.dmn.expressions import LOGIC, BoxReader
from app.decision.dmn.formulas import UNARY
from app.decision.dmn.functions import FunctionDefinition
from app.decision.dmn.model import (
    Decision,
    DecisionService,
    InputColumn,
    InputData,
    ItemDefinition,
    KnowledgeModel,
    OutputColumn,
    Parts,
    Reference,
    Rule,
    Variable,
)
from app.decision.dmn.problems import Place
from app.decision.dmn.reader import Element, child, children, line_of, local, name_of, text_of
from app.decision.dmn.tables import DecisionTable
from app.decision.dmn.texts import Owner

SERVICE_PARTS: Final = ("outputDecision", "encapsulatedDecision", "inputDecision", "inputData")


class Builder(BoxReader):
    """Reads one `definitions` element into Parts."""

    def build(self) -> Parts:
        """Everything in the file."""
        self._language(self.root, Place(file=self.parts.file))
        self._check_imports()
        elements = children(self.root)
        for element in elements:
            if local(element) == "itemDefinition":
                item = self._item(element, "")
                if item.name in self.parts.items:
                    self._problem(DmnCode.DUPLICATE, f"类型“{item.name}”定义了两次，请删去一个", item.place)
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
            self._problem(DmnCode.NO_DECISION, "文件里没有决策、函数或类型，请画好后再上传", Place(file=self.parts.file))
        self._check_references()
        self.parts.problems.extend(self.types.problems)
        return self.parts

    def _check_imports(self) -> None:
        """Only DMN files may be imported, each under a prefix of its own (§6.3.3)."""
        names: set[str] = set()
        for found in self.parts.imports:
            place = Place(file=self.parts.file, line=found.line)
            if found.kind != "dmn":
                message = f"只能导入 DMN 文件，{found.label}是 {found.kind or '没有写类型的导入'}，请删去这个导入"
                self._problem(DmnCode.IMPORT_TYPE, message, place, found.kind)
            if found.name and found.name in names:
                self._problem(DmnCode.DUPLICATE, f"有两个导入都叫“{found.name}”，请改掉一个", place)
            names.add(found.name)

    def _identify(self, element: Element, kind: str) -> tuple[str, str, Place]:
        """Id and name of a graph element; ids must be unique in the file."""
        name = name_of(element)
        id_ = element.get("id") or ""
        self.owner = Owner(name or id_)
        place = self._place(element)
        if not id_:
            self._problem(DmnCode.NO_ID, f"{kind}“{name}”没有 id，请在属性面板填写", place)
            id_ = name or f"_{line_of(element)}"
        if not name:
            self._problem(DmnCode.NO_NAME, f"{kind}“{id_}”没有名称，请填写", place)
            name = id_
        parts = self.parts
        if any(id_ in known for known in (parts.inputs, parts.decisions, parts.knowledge, parts.services)):
            self._problem(DmnCode.DUPLICATE, f"id“{id_}”用了两次，请改掉一个", place)
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
            self._reference(found)
            for need in children(element, "informationRequirement")
            for found in children(need, "requiredDecision", "requiredInput")
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
        if isinstance(body, FunctionDefinition):
            body.name = variable.name
        model = KnowledgeModel(
            id=id_, name=name, variable=variable, place=place, logic=body, knowledge=self._knowledge_requirements(element)
        )
        model.formulas = self.owner.formulas
        self.parts.knowledge[id_] = model

    def _service(self, element: Element) -> None:
        id_, name, place = self._identify(element, "决策服务")
        groups = {kind: tuple(self._reference(found) for found in children(element, kind)) for kind in SERVICE_PARTS}
        if not groups["outputDecision"]:
            self._problem(DmnCode.NO_OUTPUT, f"决策服务“{name}”没有输出决策", place)
        self.parts.services[id_] = DecisionService(
            id=id_,
            name=name,
            variable=self._variable(element, name),
            place=place,
            outputs=groups["outputDecision"],
            encapsulated=groups["encapsulatedDecision"],
            input_decisions=groups["inputDecision"],
            input_data=groups["inputData"],
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
                    self._problem(DmnCode.REFERENCE, f"连线指向不存在的元素“{reference.id}”，请删去重画", place)
                elif reference.namespace is not None and reference.namespace not in spaces:
                    self._problem(DmnCode.REFERENCE, f"引用了没有导入的文件“{reference.namespace}”", place)
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
                        self._problem(DmnCode.CYCLE, f"决策互相依赖成环：{names}", self.parts.decisions[target].place)
                        return
                    stack.append((target, 0))
                else:
                    done.add(id_)
                    path.pop()

    def _item(self, element: Element, within: str) -> ItemDefinition:
        name = name_of(element)
        place = Place(self.parts.file, None, None, f"{within}.{name}" if within else name, line_of(element))
        if not name:
            self._problem(DmnCode.NO_NAME, "有一个数据类型没有名称", place)
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
                    self._problem(DmnCode.CYCLE, f"类型“{name}”的基础类型绕回自己，请改正", item.place)
                    item.base = None
                    break
                seen.add(base)
                base = items[base].base if not items[base].components else None
        for name in items:
            self.types.find(name)

    def _show_table(self, decision: Decision, element: Element) -> None:
        """The public view of a decision's own table."""
        table = decision.logic
        if not isinstance(table, DecisionTable):
            return
        decision.hit_policy = table.policy
        decision.aggregation = table.aggregation
        decision.inputs = tuple(
            InputColumn(
                clause.label, clause.formula.text.strip(), clause.type.name, clause.allowed.formula.text.strip() if clause.allowed else ""
            )
            for clause in table.inputs
        )
        decision.outputs = tuple(
            OutputColumn(
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
