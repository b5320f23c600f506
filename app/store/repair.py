"""What administrators' repairs write besides the effects of a step: suspension, and rows that follow a migrated instance."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, case, delete, select, update

from app.domain.states import TIMED, ElementState, InstanceState, JobState, TaskState
from app.store.database import run
from app.store.tables import ElementInstanceRow, IncidentRow, JobRow, ProcessInstanceRow, ProjectRow, UserTaskRow, VariableRow, WaitRow

_instances: Any = ProcessInstanceRow.__table__
_elements: Any = ElementInstanceRow.__table__
_tasks: Any = UserTaskRow.__table__
_waits: Any = WaitRow.__table__
_jobs: Any = JobRow.__table__
_incidents: Any = IncidentRow.__table__
_variables: Any = VariableRow.__table__


def set_suspended(root_key: int, at: datetime | None) -> None:
    run(update(_instances).where(_instances.c.key == root_key).values(suspended_at=at))


def pause_timers(root_key: int) -> None:
    """Nobody looks at the tree's timers any more; their due instants stay."""
    run(update(_waits).where(_waits.c.root_key == root_key, _waits.c.kind.in_(TIMED)).values(wake_at=None))


def wake_waits(root_key: int) -> None:
    """Look at the tree's timers when they are due, and at its subscriptions at once."""
    run(update(_waits).where(_waits.c.root_key == root_key).values(wake_at=case((_waits.c.kind.in_(TIMED), _waits.c.due_at), else_=None)))


def open_waits(root_key: int) -> Sequence[Row[Any]]:
    return run(select(_waits).where(_waits.c.root_key == root_key)).all()


def open_tasks(root_key: int) -> Sequence[Row[Any]]:
    return run(select(_tasks).where(_tasks.c.root_key == root_key, _tasks.c.state == TaskState.OPEN).order_by(_tasks.c.key)).all()


def running(tenant: str) -> Sequence[Row[Any]]:
    """The running instances of a district in the order in which they began: key, process_id, definition_key, definition_version, and the project's name."""
    known = case((ProjectRow.alias != "", ProjectRow.alias), else_=ProjectRow.name).label(
        "name"
    )  # for administrators, who know no classified one
    columns = (_instances.c.key, _instances.c.process_id, _instances.c.definition_key, _instances.c.definition_version, known)
    query = select(*columns).outerjoin(ProjectRow, ProjectRow.key == _instances.c.project_key)
    return run(query.where(_instances.c.tenant == tenant, _instances.c.state == InstanceState.ACTIVE).order_by(_instances.c.key), {}).all()


def active_elements(instance_key: int) -> list[str]:
    """Ids of the elements at which an instance is, outer ones first."""
    query = select(_elements.c.element_id).where(_elements.c.instance_key == instance_key, _elements.c.state == ElementState.ACTIVE)
    return list(run(query.order_by(_elements.c.element), {}).scalars())


def set_rules(root_key: int, catalogue_version: int) -> None:
    """The instances of a tree go on by the rules of another catalogue version."""
    run(update(_instances).where(_instances.c.root_key == root_key).values(catalogue_version=catalogue_version))


def redefine(
    instance_key: int,
    root_key: int,
    values: Mapping[str, Any],
    elements: Mapping[int, tuple[str, str]],
    waits: Mapping[int, str],
    scopes: Mapping[int, int],
) -> None:
    """Let the rows of a migrated instance say what it is now.

    ``values``: the columns of its definition. ``elements``: element → (element id, name), of those whose id changed; ``waits``: wait → element id, of all;
    ``scopes``: element → the sub-process that it is in now, of those for which that changed.
    """
    run(update(_instances).where(_instances.c.key == instance_key).values(**values))
    place = {"definition_key": values["definition_key"], "process_id": values["process_id"]}
    run(update(_waits).where(_waits.c.instance_key == instance_key).values(**place))
    run(
        update(_incidents)
        .where(_incidents.c.instance_key == instance_key, _incidents.c.closed_at.is_(None))
        .values(process_id=values["process_id"])
    )
    for element, (element_id, name) in elements.items():
        run(
            update(_elements)
            .where(_elements.c.root_key == root_key, _elements.c.element == element)
            .values(element_id=element_id, name=name)
        )
        run(
            update(_jobs)
            .where(_jobs.c.root_key == root_key, _jobs.c.element == element, _jobs.c.state == JobState.OPEN)
            .values(element_id=element_id)
        )
        run(update(_waits).where(_waits.c.root_key == root_key, _waits.c.wait == -element).values(element_id=element_id))
    for element, scope in scopes.items():
        run(update(_elements).where(_elements.c.root_key == root_key, _elements.c.element == element).values(scope=scope))
    for wait, element_id in waits.items():
        run(update(_waits).where(_waits.c.root_key == root_key, _waits.c.wait == wait).values(element_id=element_id))


def ended_processes(project_key: int) -> set[str]:
    """The processes of which a project has an instance that has been completed."""
    ended = (_instances.c.project_key == project_key, _instances.c.state == InstanceState.COMPLETED)
    return set(run(select(_instances.c.process_id).where(*ended).distinct()).scalars())


def forget_variables(root_key: int, instance_key: int, names: Sequence[tuple[int, str]]) -> None:
    """Take the rows of variables, each (scope, name), away."""
    for scope, name in names:
        at = (_variables.c.root_key == root_key, _variables.c.instance_key == instance_key, _variables.c.scope == scope)
        run(delete(_variables).where(*at, _variables.c.name == name))


def rename_incident(root_key: int, incident: int, element_id: str) -> None:
    run(update(_incidents).where(_incidents.c.root_key == root_key, _incidents.c.incident == incident).values(element_id=element_id))


_task_columns = (
    "process_id", "process_name", "definition_key", "definition_version", "element_id", "name", "lane", "form_id", "form_key", "clauses", "assignee",
    "candidate_groups", "candidate_users", "office_key", "office", "signing", "seat", "visit",
)  # fmt: skip
_change_task = (
    update(_tasks)
    .where(_tasks.c.key == bindparam("task"))
    .values({name: bindparam(f"new_{name}", type_=_tasks.c[name].type) for name in _task_columns})
)


def change_task(key: int, values: Mapping[str, Any]) -> None:
    """Make an open task what its new definition says; ``values`` names every column that may change. Its due instant stays."""
    run(_change_task, {"task": key, **{f"new_{name}": values[name] for name in _task_columns}})
