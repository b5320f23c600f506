"""Every user task says until when it is to be done, or why there is no limit: ``dueDate`` or the property ``noDeadline``, and not both (modelling.md §4, §5)."""

from collections.abc import Iterator

from app.decision.feel.syntax import Name, Path
from app.engine.definitions import ProcessDefinition
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.tasks import UserTask
from app.engine.expressions import Term, source_of
from app.engine.reading.reader import walk
from app.rehearsal.codes import FindingCode
from app.rehearsal.findings import Finding
from app.rehearsal.inventory import calls, tree

NO_DEADLINE = "noDeadline"


FUNCTIONS = frozenset({"deadline", "remindAt", "workingDaysAfter"})


def _wrong(due: Term) -> str:
    """A limit comes from the table of deadlines, or is what a decision, a form or the ledger says; nobody works it out, or writes it, in the diagram."""
    root = tree(due)
    if root is None:
        return f"的 dueDate“{source_of(due)}”写死了期限,请改用 deadline(期限键),天数放进期限表"
    plain = root
    while isinstance(plain, Path):
        plain = plain.base
    if isinstance(plain, Name) or any(isinstance(call.function, Name) and call.function.name in FUNCTIONS for call in calls(due)):
        return ""
    return f"的 dueDate“{source_of(due)}”没有用 deadline(期限键),期限在图里算;请改用 deadline,天数放进期限表"


def check(name: str, process: ProcessDefinition, *, house: bool) -> Iterator[Finding]:
    """Where effects are declared, the diagram is of the new kind: there it is an error of the house's rules, elsewhere a warning."""
    severity = "error" if house and process.declares else "warning"
    for element, _ in walk(process.spec, process.process_id):
        task = element.activity if isinstance(element, MultiInstanceBody) else element
        if not isinstance(task, UserTask):
            continue
        due, reason = task.assignment.due_date is not None, task.properties.get(NO_DEADLINE)
        if due and reason is not None:
            said = f"既有 dueDate,又写着不设期限({NO_DEADLINE}),请只保留一个"
        elif not due and reason is None:
            said = f"没有办理期限,请写 dueDate,或在属性 {NO_DEADLINE} 里写明为什么不设"
        elif not due and not (reason or "").strip():
            said = f"不设期限({NO_DEADLINE})没有写原因,请写明"
        elif task.assignment.due_date is not None and (wrong := _wrong(task.assignment.due_date)):
            said = wrong
        else:
            continue
        label = f"“{element.bpmn_name}”({element.bpmn_id})" if element.bpmn_name else element.bpmn_id
        yield Finding(
            file=name,
            element=element.bpmn_id,
            line=0,
            code=FindingCode.DEADLINE_MISSING,
            message=f"用户任务{label}{said}",
            severity=severity,
        )
