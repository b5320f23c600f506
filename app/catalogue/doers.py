"""Who does the tasks that own facts: a bundle that lets others do one gives them the facts, so that somebody has to answer for it.

An ``x-owner`` that names a task, an ``approval:`` source, and the tasks that a source's ``from`` names say nothing of roles: those stand in the diagram.
"""

from collections.abc import Iterator, Mapping, Sequence

from app.catalogue import naming
from app.catalogue.bundles import ModelFile
from app.domain.districts import District
from app.domain.fact_sources import is_element
from app.domain.facts import LedgerField
from app.engine import ProcessDefinition
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.tasks import UserTask
from app.engine.expressions import source_of
from app.engine.reading.reader import walk
from app.rehearsal.codes import FindingCode
from app.rehearsal.declarations import schemas
from app.rehearsal.findings import Finding

_TOLD = 3  # fields that a sentence names


def changed(files: Sequence[ModelFile]) -> Iterator[Finding]:
    """Tasks that own facts, or whose approval or form decides one, and that others do than did before. Needs an app context; reads only."""
    if not any(file.processes for file in files):
        return
    beneath, after = naming.stocks(files)
    for file in files:
        for process in file.processes:
            told: dict[str, Finding] = {}
            for around in after.each(file.tenant, process.process_id):
                older = naming.used_so_far(process.process_id, file.tenant, beneath)
                fields = {name: field for schema in schemas(around) for name, field in schema.fields.items()}
                district = after.districts.get(around.tenants[0])
                for finding in _of_process(file.name, process, older, fields, district) if older is not None else ():
                    told.setdefault(finding.element or "", finding)
            yield from told.values()


def _of_process(
    file: str, process: ProcessDefinition, older: ProcessDefinition, fields: Mapping[str, LedgerField], district: District | None
) -> Iterator[Finding]:
    had = _tasks(older)
    for element, task in _tasks(process).items():
        before, now = had.get(element), _who(task)
        if before is None or _who(before) == now:
            continue
        place = f"{process.process_id}.{element}"
        owned = [field for field in fields.values() if place in _deciding(field)]
        if owned:
            named = "、".join(f"“{field.title}”({field.name})" for field in owned[:_TOLD]) + ("等" if len(owned) > _TOLD else "")
            text = (
                f"“{task.bpmn_name or element}”({element})由谁办理变了:原来是 {_said(_who(before), district)},现在是 {_said(now, district)};"
                f"这个任务决定台账的{named},谁办理就由谁决定"
            )
            yield Finding(file, element, None, FindingCode.OWNER_DOER, text)


def _deciding(field: LedgerField) -> set[str]:
    """The tasks (``process.task``) that decide a fact."""
    owners = {owner for owner in field.owners if is_element(owner)}
    return (
        owners
        | {source.of for source in field.sources if source.kind == "approval"}
        | {one for source in field.sources for one in source.inputs}
    )


def _tasks(process: ProcessDefinition) -> dict[str, UserTask]:
    inside = (
        element.activity if isinstance(element, MultiInstanceBody) else element for element, _ in walk(process.spec, process.process_id)
    )
    return {task.bpmn_id: task for task in inside if isinstance(task, UserTask)}


def _who(task: UserTask) -> tuple[str, ...]:
    """Roles in their order of writing, or the expressions that give them; people named besides."""
    given = task.assignment
    groups = [part.strip() for part in source_of(given.candidate_groups).split(",")] if given.candidate_groups is not None else []
    if groups and groups[0].startswith("="):
        groups = [source_of(given.candidate_groups)] if given.candidate_groups is not None else []
    people = [source_of(term) for term in (given.assignee, given.candidate_users) if term is not None]
    return (*sorted(part for part in groups if part), *people)


def _said(who: Sequence[str], district: District | None) -> str:
    roles = district.roles if district is not None else {}
    return "、".join(f"{roles[one].title}({one})" if one in roles else one for one in who) or "(没有写)"
