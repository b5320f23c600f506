"""What ``returnTo`` may name: user tasks of the same process. Anything else is refused by name; whether a target makes sense is asked in lint."""

from collections.abc import Iterable, Mapping

from app.decision.near import near
from app.engine import returning
from app.engine.codes import DiagramCode
from app.engine.elements.base import Element
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.tasks import UserTask
from app.engine.reading.document import Document


def check(document: Document, elements: Iterable[Element]) -> None:
    """Problems for the elements of one process, a multi-instance activity by its body."""
    activities = {element.bpmn_id: element.activity if isinstance(element, MultiInstanceBody) else element for element in elements}
    nodes = {node.get("id", ""): node for level in document.all_levels() for node in level.nodes}
    tasks = {name: activity for name, activity in activities.items() if isinstance(activity, UserTask)}
    for name, activity in activities.items():
        if returning.PROPERTY not in activity.properties:
            continue
        for message in _faults(activity, tasks, activities):
            document.refuse(nodes[name], DiagramCode.RETURN_TARGET, message)


def _faults(activity: Element, tasks: Mapping[str, Element], activities: Mapping[str, Element]) -> Iterable[str]:
    if not isinstance(activity, UserTask):
        yield "只有用户任务可以声明退回目标(returnTo)"
        return
    names = returning.names_of(activity.properties)
    if not names:
        yield "退回目标(returnTo)是空的:应为本流程中用户任务的标识,或 *(任一已办环节)"
    for name in names:
        if name == returning.ANY or name in tasks:
            continue
        if name in activities:
            yield f"退回目标(returnTo){name} 不是用户任务,只能退回到用户任务"
            continue
        meant = near(name, frozenset(tasks))
        yield f"退回目标(returnTo){name} 在本流程中不存在" + (f";是不是 {meant}?" if meant else "")
