"""``each`` and ``when``: properties of the process, by which its timer begins it for every subject that they name. Source: modelling.md §4."""

from app.decision.near import near
from app.domain.subjects import Subject
from app.engine.codes import DiagramCode
from app.engine.declarations import Obligation
from app.engine.expressions import FormulaTerm
from app.engine.reading import attributes
from app.engine.reading.document import Document
from app.engine.reading.xml import Node

_TOLD = "project(每个项目)、system(每个登记的系统)、office(每个单位)、district(全区)"


def read(document: Document, process: Node, when: FormulaTerm | None, *, timed: bool) -> Obligation | None:
    """What a process declares of itself; ``when`` has been read. ``timed``: a timer starts it."""
    given = {name.strip(): value.strip() for name, value in attributes.properties(document, process).items()}
    each = given.get("each", "")
    if given.get("when") and not each:
        document.refuse(process, DiagramCode.DECLARATION, f"属性 when 须与 each 同时写:each 写对谁发起,即 {_TOLD}")
    if not each:
        return None
    if each not in list(Subject):
        meant = near(each, list(Subject))
        cure = f",是不是 {meant}?" if meant else ""
        document.refuse(process, DiagramCode.DECLARATION, f"属性 each 不能是“{each}”{cure}只能写 {_TOLD}")
        return None
    if not timed:
        document.refuse(process, DiagramCode.DECLARATION, "属性 each 须有定时开始事件:到期时对每一个符合 when 的对象各发起一次")
    return Obligation(Subject(each), when)
