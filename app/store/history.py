"""Queries over what happened: elements, decisions, incidents, instances, for timelines and instance pages."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, select

from app.store.tables import (
    DecisionEvaluationRow,
    ElementInstanceRow,
    IncidentRow,
    JobRow,
    ProcessInstanceRow,
    ProjectOfficeRow,
    ProjectRow,
    RecordRow,
    UserRow,
    UserTaskRow,
    VariableRow,
    WaitRow,
    db,
)
from app.store.tasks import named

_open_incidents = (
    select(func.count())
    .where(IncidentRow.instance_key == ProcessInstanceRow.key, IncidentRow.closed_at.is_(None))
    .correlate(ProcessInstanceRow)
    .scalar_subquery()
)
_LINE = select(
    *(column for column in ProcessInstanceRow.__table__.columns if column.name not in ("blob", "keys")),
    ProjectRow.name.label("project_name"),
    ProjectRow.alias.label("project_alias"),
    ProjectRow.applicant_key.label("project_applicant"),
    _open_incidents.label("incidents"),
).outerjoin(ProjectRow, ProjectRow.key == ProcessInstanceRow.project_key)


def elements(*, project_key: int | None = None, root_key: int | None = None, types: Sequence[str] | None = None) -> Sequence[Row[Any]]:
    """Visits of elements in all trees of a project, or in one tree, in the order they were entered, with who completed a user task."""
    query = (
        select(
            ElementInstanceRow.__table__,
            ProcessInstanceRow.process_id,
            ProcessInstanceRow.process_name,
            ProcessInstanceRow.definition_key,
            ProcessInstanceRow.parent_key,
            ProcessInstanceRow.overrides.label("begun_with"),
            UserTaskRow.key.label("task_key"),
            UserTaskRow.completed_name,
            UserTaskRow.completed_role,
            UserTaskRow.completed_office,
            UserTaskRow.outcome,
            UserTaskRow.overrides,
            UserTaskRow.returned_to,
            UserTaskRow.returned_from,
            UserTaskRow.returned_straight,
            UserTaskRow.stands_for,
            UserTaskRow.candidate_groups,
            UserRow.username,
        )
        .join(ProcessInstanceRow, ProcessInstanceRow.key == ElementInstanceRow.instance_key)
        .outerjoin(
            UserTaskRow, and_(UserTaskRow.root_key == ElementInstanceRow.root_key, UserTaskRow.element == ElementInstanceRow.element)
        )
        .outerjoin(UserRow, UserRow.id == UserTaskRow.completed_by)
    )
    query = (
        query.where(ElementInstanceRow.root_key == root_key)
        if project_key is None
        else query.where(ProcessInstanceRow.project_key == project_key)
    )
    if types is not None:
        query = query.where(ElementInstanceRow.type.in_(types))
    return db.session.execute(query.order_by(ElementInstanceRow.key)).all()


def instance_elements(instance_key: int) -> Sequence[Row[Any]]:
    query = select(ElementInstanceRow.__table__).where(ElementInstanceRow.instance_key == instance_key)
    return db.session.execute(query.order_by(ElementInstanceRow.key)).all()


def visits(instance_key: int) -> Sequence[Row[Any]]:
    """Per element and state of an instance: ``number`` of visits, of these ``inner`` ones of a multi-instance (their body is a visit too), ``first`` and
    ``last`` by their local integers."""
    query = select(
        ElementInstanceRow.element_id,
        ElementInstanceRow.state,
        func.count().label("number"),
        func.count(ElementInstanceRow.loop_counter).label("inner"),
        func.min(ElementInstanceRow.element).label("first"),
        func.max(ElementInstanceRow.element).label("last"),
    )
    of_instance = query.where(ElementInstanceRow.instance_key == instance_key)
    return db.session.execute(of_instance.group_by(ElementInstanceRow.element_id, ElementInstanceRow.state)).all()


def decisions(
    *, project_key: int | None = None, instance_key: int | None = None, root_key: int | None = None, element: int | None = None
) -> Sequence[Row[Any]]:
    """Decisions taken, in order."""
    query = select(DecisionEvaluationRow.__table__)
    for column, value in (
        (DecisionEvaluationRow.project_key, project_key),
        (DecisionEvaluationRow.instance_key, instance_key),
        (DecisionEvaluationRow.root_key, root_key),
        (DecisionEvaluationRow.element, element),
    ):
        if value is not None:
            query = query.where(column == value)
    return db.session.execute(query.order_by(DecisionEvaluationRow.key)).all()


def incidents(*, instance_key: int | None = None, project_key: int | None = None, open_only: bool = False) -> Sequence[Row[Any]]:
    query = select(IncidentRow.__table__)
    if instance_key is not None:
        query = query.where(IncidentRow.instance_key == instance_key)
    if project_key is not None:
        query = query.where(IncidentRow.project_key == project_key)
    if open_only:
        query = query.where(IncidentRow.closed_at.is_(None))
    return db.session.execute(query.order_by(IncidentRow.key)).all()


def incident(key: int) -> Row[Any] | None:
    return db.session.execute(select(IncidentRow.__table__).where(IncidentRow.key == key)).one_or_none()


def variables(instance_key: int) -> Sequence[Row[Any]]:
    return db.session.execute(
        select(VariableRow.__table__).where(VariableRow.instance_key == instance_key).order_by(VariableRow.scope, VariableRow.name)
    ).all()


def waits(instance_key: int) -> Sequence[Row[Any]]:
    return db.session.execute(
        select(WaitRow.__table__).where(WaitRow.instance_key == instance_key).order_by(WaitRow.due_at, WaitRow.key)
    ).all()


def jobs(instance_key: int) -> Sequence[Row[Any]]:
    return db.session.execute(select(JobRow.__table__).where(JobRow.instance_key == instance_key).order_by(JobRow.key)).all()


def records(project_key: int) -> Sequence[Row[Any]]:
    return db.session.execute(
        select(RecordRow.__table__).where(RecordRow.project_key == project_key, RecordRow.superseded_at.is_(None)).order_by(RecordRow.key)
    ).all()


def records_of_tree(root_key: int, project_key: int | None, kind: str) -> Sequence[Row[Any]]:
    """What a tree put into a register. ``project_key``: the tree's project, if it has one."""
    query = select(RecordRow.__table__).where(RecordRow.project_key == project_key, RecordRow.kind == kind, RecordRow.root_key == root_key)
    return db.session.execute(query.order_by(RecordRow.key)).all()


def instance(key: int) -> Row[Any] | None:
    return db.session.execute(_LINE.where(ProcessInstanceRow.key == key)).one_or_none()


def root_state(root_key: int) -> Row[Any]:
    """Blob, its version, catalogue version and the keys of running instances of a tree."""
    query = select(
        ProcessInstanceRow.blob,
        ProcessInstanceRow.version,
        ProcessInstanceRow.catalogue_version,
        ProcessInstanceRow.tenant,
        ProcessInstanceRow.keys,
    )
    return db.session.execute(query.where(ProcessInstanceRow.key == root_key)).one()


def catalogue_version(root_key: int) -> int:
    """The catalogue version that a tree began with."""
    found: int = db.session.execute(select(ProcessInstanceRow.catalogue_version).where(ProcessInstanceRow.key == root_key)).scalar_one()
    return found


def children(key: int) -> Sequence[Row[Any]]:
    return db.session.execute(_LINE.where(ProcessInstanceRow.parent_key == key).order_by(ProcessInstanceRow.key)).all()


def project_instances(project_key: int) -> Sequence[Row[Any]]:
    """The root instances of a project."""
    query = _LINE.where(ProcessInstanceRow.project_key == project_key, ProcessInstanceRow.local == 1)
    return db.session.execute(query.order_by(ProcessInstanceRow.key)).all()


def states(project_key: int, process_id: str) -> set[str]:
    """The states in which instances of a process are for a project."""
    query = select(ProcessInstanceRow.state).where(
        ProcessInstanceRow.project_key == project_key, ProcessInstanceRow.process_id == process_id
    )
    return set(db.session.execute(query.distinct()).scalars())


def started(tenant: str, process_id: str) -> Sequence[Row[Any]]:
    """(state, started_at) of the instances of a process in a district."""
    query = select(ProcessInstanceRow.state, ProcessInstanceRow.started_at).where(
        ProcessInstanceRow.tenant == tenant, ProcessInstanceRow.process_id == process_id
    )
    return db.session.execute(query.where(ProcessInstanceRow.local == 1)).all()


def in_tenant(tenant: str) -> ColumnElement[bool]:
    return ProcessInstanceRow.tenant == tenant


def of_projects() -> ColumnElement[bool]:
    """Instances that belong to some project."""
    return ProcessInstanceRow.project_key.is_not(None)


def of_trees(roots: Any) -> ColumnElement[bool]:
    """Instances of these trees: a query of their keys."""
    return ProcessInstanceRow.root_key.in_(roots)


def of_project_keys(keys: Any) -> ColumnElement[bool]:
    """Instances of these projects: a query of their keys."""
    return ProcessInstanceRow.project_key.in_(keys)


def of_offices(offices: Sequence[int]) -> ColumnElement[bool]:
    """Instances of projects in which one of these organisations has a part."""
    return exists().where(ProjectOfficeRow.project_key == ProcessInstanceRow.project_key, ProjectOfficeRow.organisation_key.in_(offices))


def suspended() -> ColumnElement[bool]:
    """Roots of trees of which nothing may be completed or fired."""
    return ProcessInstanceRow.suspended_at.is_not(None)


def having(column: str, value: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = getattr(ProcessInstanceRow, column) == value
    return found


def search(
    conditions: Sequence[Any],
    *,
    has_incident: bool | None,
    text: str,
    offices: Sequence[int] = (),
    descending: bool,
    limit: int,
    offset: int,
) -> tuple[Sequence[Row[Any]], int]:
    """Instances by key. ``text``: in the process's name, or in the project's as people of these ``offices`` know it."""
    wanted = list(conditions)
    if has_incident is not None:
        some = exists().where(IncidentRow.instance_key == ProcessInstanceRow.key, IncidentRow.closed_at.is_(None))
        wanted.append(some if has_incident else ~some)
    if text:
        wanted.append(named(text, offices) | ProcessInstanceRow.process_name.contains(text, autoescape=True))
    counted: Select[Any] = (
        select(func.count()).select_from(ProcessInstanceRow).outerjoin(ProjectRow, ProjectRow.key == ProcessInstanceRow.project_key)
    )
    total = db.session.execute(counted.where(*wanted)).scalar_one()
    order = ProcessInstanceRow.key.desc() if descending else ProcessInstanceRow.key
    return db.session.execute(_LINE.where(*wanted).order_by(order).limit(limit).offset(offset)).all(), total
