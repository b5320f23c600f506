"""Queries over the ledger: projects, records, numbers, offices."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, select, update

from app.store import rows
from app.store.database import run
from app.store.tables import Number, Organisation, Project, ProjectOffice, Record, TaskCandidate, UserTask, db

_projects: Any = Project.__table__
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
                "version",
                "updated_at",
            )
        }
    )
)


def save_project(key: int, seen: int, values: Mapping[str, Any]) -> bool:
    """Write a project; False if it is not the version that was read any more."""
    return bool(run(_update_project, {"project": key, "seen": seen, "version": seen + 1, **values}).rowcount)


def set_office(project_key: int, role: str, organisation_key: int) -> None:
    """Make an organisation the project's one office in a relation."""
    query = delete(ProjectOffice).where(ProjectOffice.project_key == project_key, ProjectOffice.role == role)
    db.session.execute(query.execution_options(synchronize_session=False))
    rows.insert(ProjectOffice, [{"project_key": project_key, "role": role, "organisation_key": organisation_key}])


def open_tasks_of(project_key: int) -> list[dict[str, Any]]:
    """Open tasks of a project, with what says who may do them."""
    query = select(UserTask.key, UserTask.tenant, UserTask.candidate_groups, UserTask.candidate_users, UserTask.assignee)
    found = db.session.execute(query.where(UserTask.project_key == project_key, UserTask.state == "open"))
    return [dict(row) for row in found.mappings()]


def replace_candidates(task_keys: Sequence[int], candidates: Sequence[Mapping[str, Any]]) -> None:
    db.session.execute(delete(TaskCandidate).where(TaskCandidate.task_key.in_(task_keys)).execution_options(synchronize_session=False))
    rows.insert(TaskCandidate, candidates)


def next_number(tenant: str, kind: str, year: int) -> int:
    """The next running number; whoever asks at the same time waits for this act to end, so that none is skipped or given twice."""
    rows.insert_new(Number, [{"tenant": tenant, "kind": kind, "year": year, "last": 0}], ["tenant", "kind", "year"])
    query = (
        update(Number)
        .where(Number.tenant == tenant, Number.kind == kind, Number.year == year)
        .values(last=Number.last + 1)
        .returning(Number.last)
    )
    number: int = db.session.execute(query.execution_options(synchronize_session=False)).scalar_one()
    return number


def organisation(tenant: str, name: str) -> int | None:
    """The key of an organisation by its name."""
    return db.session.execute(select(Organisation.key).where(Organisation.tenant == tenant, Organisation.name == name)).scalar_one_or_none()


def records(tenant: str, kind: str, project_key: int | None) -> Iterator[Row[Any]]:
    """Records of a kind, of a project or (None) of the whole district, oldest first."""
    query = select(Record.key, Record.kind, Record.data, Record.amount, Record.created_at, Record.project_key).where(Record.kind == kind)
    query = query.where(Record.tenant == tenant) if project_key is None else query.where(Record.project_key == project_key)
    yield from db.session.execute(query.order_by(Record.key))


def projects(tenant: str, phases: Sequence[str], year: int | None) -> Iterator[Row[Any]]:
    """Projects of a district, oldest first."""
    query = select(Project.key, Project.name, Project.phase, Project.applicant_office, Project.facts).where(Project.tenant == tenant)
    if phases:
        query = query.where(Project.phase.in_(phases))
    if year is not None:
        query = query.where(Project.plan_year == year)
    yield from db.session.execute(query.order_by(Project.key))


def count_projects() -> int:
    return db.session.execute(select(func.count()).select_from(Project)).scalar_one()
