"""Queries over what happened: elements, decisions, incidents, instances, for timelines and instance pages."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, select

from app.store.tables import (
    DecisionEvaluation,
    ElementInstance,
    Incident,
    Job,
    ProcessInstance,
    Project,
    ProjectOffice,
    Record,
    User,
    UserTask,
    Variable,
    Wait,
    db,
)

_open_incidents = (
    select(func.count())
    .where(Incident.instance_key == ProcessInstance.key, Incident.closed_at.is_(None))
    .correlate(ProcessInstance)
    .scalar_subquery()
)
_LINE = select(
    *(column for column in ProcessInstance.__table__.columns if column.name not in ("blob", "keys")),
    Project.name.label("project_name"),
    _open_incidents.label("incidents"),
).outerjoin(Project, Project.key == ProcessInstance.project_key)


def elements(*, project_key: int | None = None, root_key: int | None = None, types: Sequence[str] | None = None) -> Sequence[Row[Any]]:
    """Visits of elements in all trees of a project, or in one tree, in the order they were entered, with who completed a user task."""
    query = (
        select(
            ElementInstance.__table__,
            ProcessInstance.process_id,
            ProcessInstance.process_name,
            ProcessInstance.definition_key,
            UserTask.key.label("task_key"),
            UserTask.completed_name,
            UserTask.completed_role,
            UserTask.completed_office,
            UserTask.outcome,
            UserTask.candidate_groups,
            User.username,
        )
        .join(ProcessInstance, ProcessInstance.key == ElementInstance.instance_key)
        .outerjoin(UserTask, and_(UserTask.root_key == ElementInstance.root_key, UserTask.element == ElementInstance.element))
        .outerjoin(User, User.id == UserTask.completed_by)
    )
    query = (
        query.where(ElementInstance.root_key == root_key)
        if project_key is None
        else query.where(ProcessInstance.project_key == project_key)
    )
    if types is not None:
        query = query.where(ElementInstance.type.in_(types))
    return db.session.execute(query.order_by(ElementInstance.key)).all()


def instance_elements(instance_key: int) -> Sequence[Row[Any]]:
    query = select(ElementInstance.__table__).where(ElementInstance.instance_key == instance_key)
    return db.session.execute(query.order_by(ElementInstance.key)).all()


def element_states(instance_key: int) -> Sequence[Row[Any]]:
    """(element id, state) pairs that occur in an instance."""
    query = select(ElementInstance.element_id, ElementInstance.state).where(ElementInstance.instance_key == instance_key).distinct()
    return db.session.execute(query).all()


def decisions(
    *, project_key: int | None = None, instance_key: int | None = None, root_key: int | None = None, element: int | None = None
) -> Sequence[Row[Any]]:
    """Decisions taken, in order."""
    query = select(DecisionEvaluation.__table__)
    for column, value in (
        (DecisionEvaluation.project_key, project_key),
        (DecisionEvaluation.instance_key, instance_key),
        (DecisionEvaluation.root_key, root_key),
        (DecisionEvaluation.element, element),
    ):
        if value is not None:
            query = query.where(column == value)
    return db.session.execute(query.order_by(DecisionEvaluation.key)).all()


def incidents(*, instance_key: int | None = None, project_key: int | None = None, open_only: bool = False) -> Sequence[Row[Any]]:
    query = select(Incident.__table__)
    if instance_key is not None:
        query = query.where(Incident.instance_key == instance_key)
    if project_key is not None:
        query = query.where(Incident.project_key == project_key)
    if open_only:
        query = query.where(Incident.closed_at.is_(None))
    return db.session.execute(query.order_by(Incident.key)).all()


def incident(key: int) -> Row[Any] | None:
    return db.session.execute(select(Incident.__table__).where(Incident.key == key)).one_or_none()


def variables(instance_key: int) -> Sequence[Row[Any]]:
    return db.session.execute(
        select(Variable.__table__).where(Variable.instance_key == instance_key).order_by(Variable.scope, Variable.name)
    ).all()


def waits(instance_key: int) -> Sequence[Row[Any]]:
    return db.session.execute(select(Wait.__table__).where(Wait.instance_key == instance_key).order_by(Wait.due_at, Wait.key)).all()


def jobs(instance_key: int) -> Sequence[Row[Any]]:
    return db.session.execute(select(Job.__table__).where(Job.instance_key == instance_key).order_by(Job.key)).all()


def records(project_key: int) -> Sequence[Row[Any]]:
    return db.session.execute(select(Record.__table__).where(Record.project_key == project_key).order_by(Record.key)).all()


def instance(key: int) -> Row[Any] | None:
    return db.session.execute(_LINE.where(ProcessInstance.key == key)).one_or_none()


def root_state(root_key: int) -> Row[Any]:
    """Blob, its version, catalogue version and the keys of running instances of a tree."""
    query = select(
        ProcessInstance.blob, ProcessInstance.version, ProcessInstance.catalogue_version, ProcessInstance.tenant, ProcessInstance.keys
    )
    return db.session.execute(query.where(ProcessInstance.key == root_key)).one()


def children(key: int) -> Sequence[Row[Any]]:
    return db.session.execute(_LINE.where(ProcessInstance.parent_key == key).order_by(ProcessInstance.key)).all()


def project_instances(project_key: int) -> Sequence[Row[Any]]:
    """The root instances of a project."""
    query = _LINE.where(ProcessInstance.project_key == project_key, ProcessInstance.local == 1)
    return db.session.execute(query.order_by(ProcessInstance.key)).all()


def states(project_key: int, process_id: str) -> set[str]:
    """The states in which instances of a process are for a project."""
    query = select(ProcessInstance.state).where(ProcessInstance.project_key == project_key, ProcessInstance.process_id == process_id)
    return set(db.session.execute(query.distinct()).scalars())


def started(tenant: str, process_id: str) -> Sequence[Row[Any]]:
    """(state, started_at) of the instances of a process in a district."""
    query = select(ProcessInstance.state, ProcessInstance.started_at).where(
        ProcessInstance.tenant == tenant, ProcessInstance.process_id == process_id
    )
    return db.session.execute(query.where(ProcessInstance.local == 1)).all()


def in_tenant(tenant: str) -> ColumnElement[bool]:
    return ProcessInstance.tenant == tenant


def of_projects() -> ColumnElement[bool]:
    """Instances that belong to some project."""
    return ProcessInstance.project_key.is_not(None)


def of_offices(offices: Sequence[int]) -> ColumnElement[bool]:
    """Instances of projects in which one of these organisations has a part."""
    return exists().where(ProjectOffice.project_key == ProcessInstance.project_key, ProjectOffice.organisation_key.in_(offices))


def having(column: str, value: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = getattr(ProcessInstance, column) == value
    return found


def search(
    conditions: Sequence[Any], *, has_incident: bool | None, text: str, descending: bool, limit: int, offset: int
) -> tuple[Sequence[Row[Any]], int]:
    """Instances by key."""
    wanted = list(conditions)
    if has_incident is not None:
        some = exists().where(Incident.instance_key == ProcessInstance.key, Incident.closed_at.is_(None))
        wanted.append(some if has_incident else ~some)
    if text:
        wanted.append(Project.name.contains(text, autoescape=True) | ProcessInstance.process_name.contains(text, autoescape=True))
    counted: Select[Any] = select(func.count()).select_from(ProcessInstance).outerjoin(Project, Project.key == ProcessInstance.project_key)
    total = db.session.execute(counted.where(*wanted)).scalar_one()
    order = ProcessInstance.key.desc() if descending else ProcessInstance.key
    return db.session.execute(_LINE.where(*wanted).order_by(order).limit(limit).offset(offset)).all(), total
