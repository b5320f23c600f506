"""Whether a linked file finds in the files that it imports what it requires and reads there (DMN 1.5 §6.3.3)."""

from __future__ import annotations

from collections.abc import Iterator

from app.decision.codes import DmnCode
from app.decision.dmn.formulas import Formula
from app.decision.dmn.graph import Model
from app.decision.dmn.model import Decision, DecisionService, InputData, KnowledgeModel, Reference
from app.decision.dmn.problems import DmnProblem, Place, Severity, report
from app.decision.near import near


def dangling(model: Model) -> Iterator[DmnProblem]:
    """Requirements of a linked model that lead to what the imported files do not have (any more)."""
    parts = model.parts
    data, functions = (InputData, Decision), (KnowledgeModel, DecisionService)
    users: list[tuple[Place, tuple[Reference, ...], tuple[type, ...]]] = [
        *((one.place, one.information, data) for one in parts.decisions.values()),
        *((one.place, one.knowledge, functions) for one in parts.decisions.values()),
        *((one.place, one.knowledge, functions) for one in parts.knowledge.values()),
        *((one.place, one.outputs + one.encapsulated + one.input_decisions + one.input_data, data) for one in parts.services.values()),
    ]
    for place, references, kinds in users:
        for reference in references:
            imported = None if reference.namespace is None else model.imported(reference.namespace)
            if imported is not None and not isinstance(imported.find(reference.id), kinds):
                wanted = "输入数据或决策" if kinds is data else "业务知识模型或决策服务"
                message = f"导入的文件 {imported.file or imported.namespace} 里没有{wanted}“{reference.id}”，请改正连线，或恢复被导入的文件"
                yield report(DmnCode.REFERENCE, message, place)


def clashes(model: Model) -> Iterator[DmnProblem]:
    """Prefixes of imports that something of the file itself is called: the names of both are one namespace, in which each must stand for one thing."""
    own: dict[str, str] = {}
    for element in model.elements():
        kind = {Decision: "决策", KnowledgeModel: "业务知识模型", DecisionService: "决策服务", InputData: "输入数据"}[type(element)]
        own |= {element.name: kind, element.variable.name: kind}
    own |= dict.fromkeys(model.parts.items, "数据类型")
    for found in model.imports:
        if found.name and found.name in own:
            message = (
                f"导入的前缀“{found.name}”和本文件的{own[found.name]}“{found.name}”同名，写“{found.name}.…”时分不清是哪一个，请改掉一个"
            )
            yield report(DmnCode.DUPLICATE, message, Place(file=model.file, line=found.line))


def members(model: Model, owner: Decision | KnowledgeModel, formula: Formula) -> Iterator[DmnProblem]:
    """What a text reads under an import's prefix and what is not there, or is not connected."""
    bound = model.owner_names(owner.id)
    for prefix, name in sorted(formula.members):
        found = next((one for one in model.imports if one.name == prefix and prefix not in bound), None)
        imported = None if found is None else model.imported(found.namespace)
        if found is None or imported is None or name in provided(model, owner, found.namespace):
            continue
        element = next((one for one in imported.elements() if name in (one.variable.name, one.name)), None)
        if element is None:
            meant = near(name, (one.variable.name for one in imported.elements()))
            hint = f"，是不是 {prefix}.{meant}？" if meant else "，请改正名称，或恢复被导入的文件"
            message = f"导入的文件 {imported.file or imported.namespace} 里没有“{name}”{hint}"
            yield report(DmnCode.UNKNOWN_NAME, message, formula.place, text=formula.text)
        else:
            severity: Severity = "warning" if isinstance(element, InputData) else "error"
            message = f"用到了“{prefix}.{name}”，但没有从它连线到“{owner.name}”"
            yield report(DmnCode.NOT_CONNECTED, message, formula.place, text=formula.text, severity=severity)


def provided(model: Model, owner: Decision | KnowledgeModel, namespace: str) -> set[str]:
    """Names of the elements of an imported file that a decision or knowledge model requires."""
    imported = model.imported(namespace)
    if imported is None:
        return set()
    references = owner.knowledge + (owner.information if isinstance(owner, Decision) else ())
    found = (imported.find(one.id) for one in references if one.namespace == namespace)
    return {element.variable.name for element in found if element is not None}
