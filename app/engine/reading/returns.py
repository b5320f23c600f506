"""What ``returnTo`` may name: user tasks of the same process. Anything else is refused by name; whether a target makes sense is asked in lint."""

from collections.abc import Iterable, Mapping

from app.decision import separators
from app.decision.near import near
from app.engine import returning
from app.engine.codes import DiagramCode
from app.engine.elements.base import Element
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.tasks import UserTask
from app.engine.reading.document import Document

_TOLD = 20  # of the tasks that may be meant


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
        yield f"{_called(activity)}不是用户任务,只有用户任务可以声明退回目标(returnTo)"
        return
    names = returning.names_of(activity.properties)
    if not names:
        yield f"{_called(activity)}的退回目标(returnTo)是空的:应为本流程中用户任务的标识,或 *(任一已办环节)"
    for name in names:
        if name == returning.ANY or name in tasks:
            continue
        if name in activities:
            yield f"{_called(activity)}的退回目标(returnTo)“{name}”不是用户任务,只能退回到用户任务{_known(tasks)}"
            continue
        meant = near(name, frozenset(tasks))
        cure = separators.full_width(name) or (f"是不是 {meant}?" if meant else f"请改正标识{_known(tasks)}")
        yield f"{_called(activity)}的退回目标(returnTo)“{name}”在本流程中不存在,{cure}"


def _called(activity: Element) -> str:
    return f"“{activity.bpmn_name}”({activity.bpmn_id})" if activity.bpmn_name else f"元素“{activity.bpmn_id}”"


def _known(tasks: Mapping[str, Element]) -> str:
    return f",可用:{'、'.join(list(tasks)[:_TOLD])}" if tasks else ""
