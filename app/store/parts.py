"""Who has had a part in a project, by its user tasks: for the questions who may read what of it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_, select, tuple_

from app.domain.states import TaskState
from app.store.tables import ElementInstanceRow, ProcessInstanceRow, TaskCandidateRow, UserTaskRow, db
from app.store.tasks import Held

_tasks: Any = UserTaskRow.__table__
_of_project = (
    select(
        ElementInstanceRow.root_key,
        ElementInstanceRow.element,
        ElementInstanceRow.element_id,
        ElementInstanceRow.instance_key,
        ElementInstanceRow.scope,
        ElementInstanceRow.loop_counter,
        ElementInstanceRow.state.label("visit_state"),
        ElementInstanceRow.entered_at,
        ProcessInstanceRow.process_id,
        ProcessInstanceRow.definition_key,
        *(
            _tasks.c[name]
            for name in (
                "key", "state", "tenant", "closed_at", "completed_by", "completed_office", "office_key", "candidate_groups", "candidate_users", "assignee",
            )
        ),
    )
    .join(ProcessInstanceRow, ProcessInstanceRow.key == ElementInstanceRow.instance_key)
    .outerjoin(_tasks, and_(_tasks.c.root_key == ElementInstanceRow.root_key, _tasks.c.element == ElementInstanceRow.element))
    .where(ElementInstanceRow.type.in_(("userTask", "multiInstanceBody")))
    .order_by(ElementInstanceRow.key)
)  # fmt: skip


def of_project(project_key: int) -> Sequence[Row[Any]]:
    """Every visit of a user task of a project with its task, and the bodies of multi-instance elements, of which there is none (``key`` null)."""
    return db.session.execute(_of_project.where(ProcessInstanceRow.project_key == project_key)).all()


def projects_of(tenant: str, offices: Sequence[str], pairs: Held, username: str, *, person: int = 0) -> Any:
    """The keys of the projects in which one of these offices (by name), or the person, has completed a task, or whoever holds this has one to do."""
    return select(_tasks.c.project_key).where(
        _tasks.c.tenant == tenant, _tasks.c.project_key.is_not(None), _theirs(offices, pairs, username, person)
    )


def roots_of(tenant: str, offices: Sequence[str], pairs: Held, username: str, *, person: int = 0) -> Any:
    """The same: the keys of the trees."""
    return select(_tasks.c.root_key).where(_tasks.c.tenant == tenant, _theirs(offices, pairs, username, person))


def done_by_offices(offices: Sequence[str]) -> ColumnElement[bool]:
    """Tasks of projects that somebody has completed for one of these offices."""
    return and_(UserTaskRow.completed_office != "", UserTaskRow.project_key.is_not(None), UserTaskRow.completed_office.in_(offices))


def _theirs(offices: Sequence[str], pairs: Held, username: str, person: int) -> ColumnElement[bool]:
    candidates: Any = TaskCandidateRow.__table__
    # Without a post there is no part, by whatever name a task is theirs.
    named = and_(candidates.c.role == "", candidates.c.username == (username if pairs else ""))
    open_to = select(candidates.c.task_key).where(or_(named, tuple_(candidates.c.role, candidates.c.office_key).in_(list(pairs))))
    return or_(
        and_(_tasks.c.completed_office != "", _tasks.c.project_key.is_not(None), _tasks.c.completed_office.in_(list(offices))),
        _tasks.c.completed_by == person,
        and_(_tasks.c.state == TaskState.OPEN, _tasks.c.key.in_(open_to)),
    )
