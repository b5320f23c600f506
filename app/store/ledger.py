"""Queries over the ledger: projects, records, numbers, offices."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, select, update

from app.domain.states import InstanceState, TaskState
from app.store import rows
from app.store.database import run
from app.store.tables import (
    ApprovalRow,
    FactChangeRow,
    NumberRow,
    OrganisationRow,
    ProcessInstanceRow,
    ProjectOfficeRow,
    ProjectRow,
    RecordRow,
    TaskCandidateRow,
    UserRow,
    UserTaskRow,
    db,
)

_TURNS = "x-unique:"  # before the register's name: rows of ``numbers`` that number nothing

_projects: Any = ProjectRow.__table__
_update_project = (
    update(_projects)
    .where(_projects.c.key == bindparam("project"), _projects.c.version == bindparam("seen"))
    .values(
        {
            name: bindparam(name, type_=_projects.c[name].type)
            for name in (
                "number",
                "name",
                "phase",
                "applicant_key",
                "applicant_office",
                "plan_year",
                "total_amount",
                "contract_amount",
                "facts",
                "offices",
                "phases",
                "approved",
                "alias",
                "unconfirmed",
                "version",
                "updated_at",
            )
        }
    )
)


def save_project(key: int, seen: int, values: Mapping[str, Any]) -> bool:
    """Write a project; False if it is not the version that was read any more."""
    return bool(run(_update_project, {"project": key, "seen": seen, "version": seen + 1, **values}).rowcount)


def set_offices(project_key: int, role: str, organisations: Sequence[int]) -> None:
    """Make these the project's offices in a relation, and no others."""
    query = delete(ProjectOfficeRow).where(ProjectOfficeRow.project_key == project_key, ProjectOfficeRow.role == role)
    db.session.execute(query.execution_options(synchronize_session=False))
    rows.insert(ProjectOfficeRow, [{"project_key": project_key, "role": role, "organisation_key": key} for key in organisations])


def supersede(root_key: int, element_id: str, now: datetime, *, place: Mapping[str, Any]) -> None:
    """The row of this place counts no more: another takes it."""
    query = update(RecordRow).where(RecordRow.root_key == root_key, RecordRow.element_id == element_id, RecordRow.superseded_at.is_(None))
    here = [getattr(RecordRow, name) == value for name, value in place.items()]
    db.session.execute(query.where(*here).values(superseded_at=now).execution_options(synchronize_session=False))


def take_place(tenant: str, kind: str, subject: str, now: datetime) -> None:
    """The row of a register with a key that was there of this subject counts no more."""
    query = update(RecordRow).where(RecordRow.tenant == tenant, RecordRow.kind == kind, RecordRow.subject == subject)
    db.session.execute(
        query.where(RecordRow.superseded_at.is_(None)).values(superseded_at=now).execution_options(synchronize_session=False)
    )


def open_roots_of(project_key: int) -> Sequence[Row[Any]]:
    """The trees of a project that have not ended: key, process_id, definition_key."""
    query = select(ProcessInstanceRow.key, ProcessInstanceRow.process_id, ProcessInstanceRow.definition_key)
    return db.session.execute(
        query.where(
            ProcessInstanceRow.project_key == project_key,
            ProcessInstanceRow.key == ProcessInstanceRow.root_key,
            ProcessInstanceRow.state == InstanceState.ACTIVE,
        ).order_by(ProcessInstanceRow.key)
    ).all()


def change_record(key: int, data: Mapping[str, Any]) -> None:
    """Add to a row of a register of the platform's own."""
    db.session.execute(update(RecordRow).where(RecordRow.key == key).values(data=dict(data)).execution_options(synchronize_session=False))


def open_tasks_of(project_key: int) -> list[dict[str, Any]]:
    """Open tasks of a project, with what says who may do them."""
    query = select(
        UserTaskRow.key,
        UserTaskRow.tenant,
        UserTaskRow.candidate_groups,
        UserTaskRow.candidate_users,
        UserTaskRow.assignee,
        UserTaskRow.office_key,
    )
    found = db.session.execute(query.where(UserTaskRow.project_key == project_key, UserTaskRow.state == TaskState.OPEN))
    return [dict(row) for row in found.mappings()]


def replace_candidates(task_keys: Sequence[int], candidates: Sequence[Mapping[str, Any]]) -> None:
    db.session.execute(
        delete(TaskCandidateRow).where(TaskCandidateRow.task_key.in_(task_keys)).execution_options(synchronize_session=False)
    )
    rows.insert(TaskCandidateRow, candidates)


def next_number(tenant: str, kind: str, year: int) -> int:
    """The next running number; whoever asks at the same time waits for this act to end, so that none is skipped or given twice."""
    rows.insert_new(NumberRow, [{"tenant": tenant, "kind": kind, "year": year, "last": 0}], ["tenant", "kind", "year"])
    query = (
        update(NumberRow)
        .where(NumberRow.tenant == tenant, NumberRow.kind == kind, NumberRow.year == year)
        .values(last=NumberRow.last + 1)
        .returning(NumberRow.last)
    )
    number: int = db.session.execute(query.execution_options(synchronize_session=False)).scalar_one()
    return number


def await_turn(tenant: str, kind: str) -> None:
    """Until this act ends nobody else looks whether a number is free in this register: whoever asks meanwhile waits, and then sees what was entered."""
    turn = {"tenant": tenant, "kind": f"{_TURNS}{kind}", "year": 0}
    rows.insert_new(NumberRow, [{**turn, "last": 0}], ["tenant", "kind", "year"])
    query = update(NumberRow).where(*(getattr(NumberRow, name) == value for name, value in turn.items())).values(last=NumberRow.last)
    db.session.execute(query.execution_options(synchronize_session=False))


def organisation(tenant: str, name: str) -> int | None:
    """The key of an organisation by its name."""
    return db.session.execute(
        select(OrganisationRow.key).where(OrganisationRow.tenant == tenant, OrganisationRow.name == name)
    ).scalar_one_or_none()


def organisations(tenant: str, keys: Sequence[int]) -> list[tuple[int, str]]:
    """(key, name) of those of these keys that are organisations of the district."""
    query = select(OrganisationRow.key, OrganisationRow.name).where(OrganisationRow.tenant == tenant, OrganisationRow.key.in_(keys))
    return [(row.key, row.name) for row in db.session.execute(query)]


def approvals(project_key: int | None, root_key: int) -> Sequence[Row[Any]]:
    """Approvals of a project, or (None) of a tree without one, oldest first."""
    query = select(ApprovalRow.__table__)
    mine = ApprovalRow.project_key == project_key if project_key is not None else ApprovalRow.root_key == root_key
    return db.session.execute(query.where(mine).order_by(ApprovalRow.key)).all()


def lapse(key: int, names: Sequence[str], now: datetime) -> None:
    """An approval counts no more, for these names have other values now."""
    query = update(ApprovalRow).where(ApprovalRow.key == key, ApprovalRow.lapsed_at.is_(None))
    db.session.execute(query.values(lapsed_at=now, lapsed_names=list(names)).execution_options(synchronize_session=False))


def changes_since(project_key: int, version: int, fields: Sequence[str]) -> Sequence[Row[Any]]:
    """What has been written to these fields since the project had this version, oldest first: field, before, user_name."""
    query = select(FactChangeRow.field, FactChangeRow.before, FactChangeRow.user_name).where(
        FactChangeRow.project_key == project_key, FactChangeRow.project_version > version, FactChangeRow.field.in_(fields)
    )
    return db.session.execute(query.order_by(FactChangeRow.key)).all()


def changes_of(project_key: int, *, without: Sequence[str], limit: int) -> Sequence[Row[Any]]:
    """The changes of a project's facts, newest first, but for those of these fields."""
    query = select(FactChangeRow.__table__).where(FactChangeRow.project_key == project_key, FactChangeRow.field.not_in(without))
    return db.session.execute(query.order_by(FactChangeRow.key.desc()).limit(limit)).all()


def written_last(project_key: int, fields: Sequence[str], rights: Sequence[str]) -> dict[str, Row[Any]]:
    """Field → its newest change by one of these rights: right_kind, user_name, at."""
    query = select(FactChangeRow.field, FactChangeRow.right_kind, FactChangeRow.user_name, FactChangeRow.at).where(
        FactChangeRow.project_key == project_key, FactChangeRow.field.in_(fields), FactChangeRow.right_kind.in_(rights)
    )
    return {row.field: row for row in db.session.execute(query.order_by(FactChangeRow.key))}


def last_writers(project_key: int, fields: Sequence[str]) -> dict[str, int]:
    """Field → the root of the tree that has written it last."""
    query = select(FactChangeRow.field, FactChangeRow.root_key).where(
        FactChangeRow.project_key == project_key, FactChangeRow.field.in_(fields)
    )
    return {row.field: row.root_key for row in db.session.execute(query.order_by(FactChangeRow.key))}


def records(tenant: str, kind: str, project_key: int | None) -> Iterator[Row[Any]]:
    """Current records of a kind, of a project or (None) of the whole district, oldest first."""
    query = select(RecordRow.__table__).where(RecordRow.kind == kind, RecordRow.superseded_at.is_(None))
    query = query.where(RecordRow.tenant == tenant) if project_key is None else query.where(RecordRow.project_key == project_key)
    yield from db.session.execute(query.order_by(RecordRow.key))


@dataclass(frozen=True, slots=True)
class Issued:
    """Who made a record of a district, where and when."""

    office: str | None
    person: str | None
    at: datetime


def issued(tenant: str, kind: str) -> list[Issued]:
    """Of the current records of a kind of a whole district, in the order of ``records``."""
    query = (
        select(RecordRow.office, UserRow.name, RecordRow.created_at)
        .outerjoin(
            UserTaskRow,
            (UserTaskRow.root_key == RecordRow.root_key)
            & (UserTaskRow.element_id == RecordRow.element_id)
            & (UserTaskRow.state == TaskState.COMPLETED),
        )
        .outerjoin(UserRow, UserRow.id == UserTaskRow.completed_by)
        .where(RecordRow.kind == kind, RecordRow.superseded_at.is_(None), RecordRow.tenant == tenant)
        .order_by(RecordRow.key)
    )
    return [Issued(*row) for row in db.session.execute(query)]


def records_of_office(tenant: str, kind: str, applicant: int) -> Iterator[Row[Any]]:
    """Current records of a kind, of all projects of a district that this office has applied for, oldest first."""
    query = select(RecordRow.__table__).join(ProjectRow.__table__, ProjectRow.key == RecordRow.project_key)
    query = query.where(RecordRow.kind == kind, RecordRow.superseded_at.is_(None), RecordRow.tenant == tenant)
    yield from db.session.execute(query.where(ProjectRow.applicant_key == applicant).order_by(RecordRow.key))


def projects(tenant: str, phases: Sequence[str], year: int | None) -> Iterator[Row[Any]]:
    """Projects of a district, oldest first."""
    query = select(
        ProjectRow.key,
        ProjectRow.name,
        ProjectRow.phase,
        ProjectRow.applicant_key,
        ProjectRow.applicant_office,
        ProjectRow.facts,
        ProjectRow.offices,
    ).where(ProjectRow.tenant == tenant)
    if phases:
        query = query.where(ProjectRow.phase.in_(phases))
    if year is not None:
        query = query.where(ProjectRow.plan_year == year)
    yield from db.session.execute(query.order_by(ProjectRow.key))


def count_projects() -> int:
    return db.session.execute(select(func.count()).select_from(ProjectRow)).scalar_one()
