"""Queries over user tasks: lists, one task, counts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, case, exists, false, func, or_, select, tuple_, update

from app.domain.permissions import ADMINISTRATORS
from app.domain.states import TaskState
from app.store.database import run
from app.store.tables import (
    ElementInstanceRow,
    MembershipRow,
    ProjectOfficeRow,
    ProjectRow,
    TaskCandidateRow,
    UserRow,
    UserTaskRow,
    VariableRow,
    db,
)

_LINE = (
    select(
        UserTaskRow.__table__,
        ProjectRow.name.label("project_name"),
        ProjectRow.alias.label("project_alias"),
        ProjectRow.applicant_key.label("project_applicant"),
        ProjectRow.applicant_office,
        ElementInstanceRow.key.label("element_key"),
    )
    .outerjoin(ProjectRow, ProjectRow.key == UserTaskRow.project_key)
    .outerjoin(
        ElementInstanceRow, and_(ElementInstanceRow.root_key == UserTaskRow.root_key, ElementInstanceRow.element == UserTaskRow.element)
    )
)

Condition = ColumnElement[bool]
Held = Sequence[tuple[str, int]]  # (role, office key) pairs, see ``acts.candidates.held``
_line_tasks: Any = UserTaskRow.__table__
_line_candidates: Any = TaskCandidateRow.__table__
_people: Any = UserRow.__table__


def _done_by_people(usernames: Any, pairs: Any) -> ColumnElement[bool]:
    """Open tasks that somebody of these may do: assigned to them, or unassigned and theirs by name or by a (role, office) that they hold.

    The one place in SQL that says so; ``permissions.may_do`` says it of one person and gives the reason.
    """
    candidate = exists().where(
        _line_candidates.c.task_key == _line_tasks.c.key,
        or_(
            and_(_line_candidates.c.role == "", _line_candidates.c.username.in_(usernames)),
            tuple_(_line_candidates.c.role, _line_candidates.c.office_key).in_(pairs),
        ),
    )
    return and_(
        _line_tasks.c.state == TaskState.OPEN,
        # Spelled out, for the whole is also negated: of nothing, IN is neither true nor false.
        or_(
            and_(_line_tasks.c.assignee.is_not(None), _line_tasks.c.assignee.in_(usernames)),
            and_(_line_tasks.c.assignee.is_(None), candidate),
        ),
    )


def _unsigned(user: Any) -> ColumnElement[bool]:
    """Tasks of which ``user`` has not done another instance in the same round, where nobody may do two. ``permissions.may_do`` says the same with the reason."""
    other = _line_tasks.alias("signed")
    done = exists().where(
        other.c.root_key == _line_tasks.c.root_key,
        other.c.signing == _line_tasks.c.signing,
        other.c.state == TaskState.COMPLETED,
        other.c.completed_by == user,
        or_(other.c.seat != _line_tasks.c.seat, other.c.visit == _line_tasks.c.visit),
    )
    return or_(_line_tasks.c.signing.is_(None), ~done)


def signed_by(root_key: int, signing: str, *, seat: str, visit: int) -> frozenset[int]:
    """Who has done another instance of a task in this round: another seat of it, or, of the same visit, any."""
    query = select(_line_tasks.c.completed_by).where(
        _line_tasks.c.root_key == root_key,
        _line_tasks.c.signing == signing,
        _line_tasks.c.state == TaskState.COMPLETED,
        _line_tasks.c.completed_by.is_not(None),
        or_(_line_tasks.c.seat != seat, _line_tasks.c.visit == visit),
    )
    return frozenset(db.session.execute(query).scalars())


def mine(held: Held, username: str, user: int) -> ColumnElement[bool]:
    """Open tasks that somebody who is called so and holds this may do. ``user``: their key, 0 of the system."""
    return and_(_done_by_people([username], list(held)), _unsigned(user))


def half_signed(tenant: str) -> list[tuple[int, list[tuple[str, int, str]], str | None, frozenset[int]]]:
    """Open tasks that nobody does twice in a round and of whose round something is done: key, its candidates (role, office key, username), assignee, and who has."""
    other = _line_tasks.alias("signed")
    query = (
        select(_line_tasks.c.key, _line_tasks.c.assignee, other.c.completed_by)
        .join(
            other,
            and_(
                other.c.root_key == _line_tasks.c.root_key,
                other.c.signing == _line_tasks.c.signing,
                other.c.state == TaskState.COMPLETED,
                other.c.completed_by.is_not(None),
                or_(other.c.seat != _line_tasks.c.seat, other.c.visit == _line_tasks.c.visit),
            ),
        )
        .where(_line_tasks.c.tenant == tenant, _line_tasks.c.state == TaskState.OPEN, _line_tasks.c.signing.is_not(None))
    )
    signers: dict[int, set[int]] = {}
    assignees: dict[int, str | None] = {}
    for key, assignee, user in db.session.execute(query):
        signers.setdefault(key, set()).add(user)
        assignees[key] = assignee
    rows = db.session.execute(select(_line_candidates).where(_line_candidates.c.task_key.in_(list(signers)))) if signers else ()
    candidates: dict[int, list[tuple[str, int, str]]] = {}
    for row in rows:
        candidates.setdefault(row.task_key, []).append((row.role, row.office_key, row.username))
    return [(key, candidates.get(key, []), assignees[key], frozenset(found)) for key, found in signers.items()]


def nobodys(tenant: str, held: Held, signed: Sequence[int] = ()) -> ColumnElement[bool]:
    """A district's open tasks that nobody can do, where ``held`` is all that its active people hold; administrators do none. ``signed``: those of which everybody
    who could has done another instance, where nobody may do two."""
    memberships = MembershipRow.__table__
    administers = exists().where(memberships.c.user_key == _people.c.id, memberships.c.role.in_(sorted(ADMINISTRATORS)))
    people = select(_people.c.username).where(_people.c.tenant == tenant, _people.c.active, ~administers)
    stranded = or_(~_done_by_people(people, list(held)), _line_tasks.c.key.in_(list(signed)))
    return and_(_line_tasks.c.tenant == tenant, _line_tasks.c.state == TaskState.OPEN, stranded)


def one(key: int) -> Row[Any] | None:
    return db.session.execute(_LINE.where(UserTaskRow.key == key)).one_or_none()


def offices_of_tree(root_key: int) -> frozenset[str]:
    """The names of the offices that have done something in a tree."""
    query = select(_line_tasks.c.completed_office).where(_line_tasks.c.root_key == root_key, _line_tasks.c.completed_office != "")
    return frozenset(run(query.distinct(), {}).scalars())


def open_at(root_key: int, element: int) -> Row[Any] | None:
    """The open user task of an element instance; None if it is not open."""
    query = select(_line_tasks).where(
        _line_tasks.c.root_key == root_key, _line_tasks.c.element == element, _line_tasks.c.state == TaskState.OPEN
    )
    return run(query, {}).one_or_none()


def move(key: int, values: dict[str, Any]) -> None:
    """Change what an open task says of its dates and people."""
    run(update(UserTaskRow).where(UserTaskRow.key == key, UserTaskRow.state == TaskState.OPEN).values(values), {})


def done_by(user: int) -> ColumnElement[bool]:
    """Those that somebody has completed, or returned to another task."""
    return and_(UserTaskRow.completed_by == user, or_(UserTaskRow.state == TaskState.COMPLETED, UserTaskRow.returned_to != ""))


def in_tenant(tenant: str) -> ColumnElement[bool]:
    return UserTaskRow.tenant == tenant


def of_offices(offices: Sequence[int]) -> ColumnElement[bool]:
    """Tasks of projects that belong to one of these offices in any relation."""
    own = select(ProjectOfficeRow.project_key).where(ProjectOfficeRow.organisation_key.in_(offices))
    return UserTaskRow.project_key.in_(own)


def of_project_keys(keys: Any) -> ColumnElement[bool]:
    """Tasks of these projects: a query of their keys."""
    return UserTaskRow.project_key.in_(keys)


def of_projects() -> ColumnElement[bool]:
    """Tasks that belong to some project."""
    return UserTaskRow.project_key.is_not(None)


def either(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return or_(false(), *conditions)


def both(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(*conditions)


def named(text: str, offices: Sequence[int]) -> ColumnElement[bool]:
    """Projects with a text in their name as people of these offices know it: a classified one of another's by its alias alone."""
    known = or_(ProjectRow.alias == "", ProjectRow.applicant_key.in_(offices))
    return or_(and_(known, ProjectRow.name.contains(text, autoescape=True)), ProjectRow.alias.contains(text, autoescape=True))


def matching(text: str, process: str, offices: Sequence[int]) -> list[ColumnElement[bool]]:
    """The filters of an inbox: a text in the task's name or in the project's as people of these offices know it, a process id."""
    wanted: list[ColumnElement[bool]] = []
    if text:
        wanted.append(or_(UserTaskRow.name.contains(text, autoescape=True), named(text, offices)))
    if process:
        wanted.append(UserTaskRow.process_id == process)
    return wanted


def todo(
    conditions: Sequence[ColumnElement[bool]], now: datetime, *, overdue: bool, limit: int, offset: int
) -> tuple[Sequence[Row[Any]], int]:
    """Due first, then the oldest; those to be followed up later last."""
    wanted = [*conditions, *([UserTaskRow.due_at <= now] if overdue else [])]
    later = case((UserTaskRow.follow_up_at > now, 1), else_=0)
    order = (later, case((UserTaskRow.due_at.is_(None), 1), else_=0), UserTaskRow.due_at, UserTaskRow.key)
    return _page(_LINE.where(*wanted).order_by(*order), wanted, limit, offset)


def done(conditions: Sequence[ColumnElement[bool]], *, limit: int, offset: int) -> tuple[Sequence[Row[Any]], int]:
    """The last completed first."""
    return _page(_LINE.where(*conditions).order_by(UserTaskRow.closed_at.desc(), UserTaskRow.key.desc()), conditions, limit, offset)


def search(
    conditions: Sequence[ColumnElement[bool]], wanted: dict[str, Any], *, descending: bool, limit: int, offset: int
) -> tuple[Sequence[Row[Any]], int]:
    """By key. ``wanted``: column → value; ``candidate_group`` and ``candidate_user`` look at the candidates of open tasks."""
    filters = list(conditions)
    for name, value in wanted.items():
        if name == "candidate_group":
            filters.append(exists().where(TaskCandidateRow.task_key == UserTaskRow.key, TaskCandidateRow.role == value))
        elif name == "candidate_user":
            filters.append(
                exists().where(
                    TaskCandidateRow.task_key == UserTaskRow.key, TaskCandidateRow.role == "", TaskCandidateRow.username == value
                )
            )
        else:
            filters.append(getattr(UserTaskRow, name) == value)
    order = UserTaskRow.key.desc() if descending else UserTaskRow.key
    return _page(_LINE.where(*filters).order_by(order), filters, limit, offset)


def _page(query: Select[Any], conditions: Sequence[ColumnElement[bool]], limit: int, offset: int) -> tuple[Sequence[Row[Any]], int]:
    total = db.session.execute(
        select(func.count()).select_from(UserTaskRow).outerjoin(ProjectRow, ProjectRow.key == UserTaskRow.project_key).where(*conditions)
    ).scalar_one()
    found = db.session.execute(query.limit(limit).offset(offset)).all() if total > offset else []
    return found, total


def counts(condition: ColumnElement[bool], now: datetime) -> tuple[int, int, int]:
    """How many are to be done now, of these overdue, and how many come later."""
    later = func.sum(case((UserTaskRow.follow_up_at > now, 1), else_=0))
    overdue = func.sum(case((UserTaskRow.due_at <= now, 1), else_=0))
    total, late, after = db.session.execute(select(func.count(), overdue, later).select_from(UserTaskRow).where(condition)).one()
    return total - (after or 0), late or 0, after or 0


def processes(condition: ColumnElement[bool]) -> list[tuple[str, str]]:
    """(process id, name) of those that the tasks belong to."""
    query = (
        select(UserTaskRow.process_id, func.max(UserTaskRow.process_name))
        .where(condition)
        .group_by(UserTaskRow.process_id)
        .order_by(UserTaskRow.process_id)
    )
    return [(process, name) for process, name in db.session.execute(query)]


# Asked for after every completion, so it is composed once: composing costs more than the database takes to answer.
_opened = (
    select(
        _line_tasks,
        ProjectRow.__table__.c.name.label("project_name"),
        ProjectRow.__table__.c.alias.label("project_alias"),
        ProjectRow.__table__.c.applicant_key.label("project_applicant"),
        ProjectRow.__table__.c.applicant_office,
        ElementInstanceRow.__table__.c.key.label("element_key"),
    )
    .outerjoin_from(_line_tasks, ProjectRow.__table__, ProjectRow.__table__.c.key == _line_tasks.c.project_key)
    .outerjoin(
        ElementInstanceRow.__table__,
        and_(
            ElementInstanceRow.__table__.c.root_key == _line_tasks.c.root_key,
            ElementInstanceRow.__table__.c.element == _line_tasks.c.element,
        ),
    )
    .where(
        _done_by_people(bindparam("usernames", expanding=True), bindparam("pairs", expanding=True)),
        _unsigned(bindparam("user")),
    )
    .order_by(case((_line_tasks.c.due_at.is_(None), 1), else_=0), _line_tasks.c.due_at, _line_tasks.c.key)
)
_opened_of_project = _opened.where(_line_tasks.c.project_key == bindparam("scope"))
_opened_of_tree = _opened.where(_line_tasks.c.root_key == bindparam("scope"))


def opened_of(project_key: int | None, root_key: int, held: Held, username: str, user: int) -> Sequence[Row[Any]]:
    """Open tasks of a project (or, without one, of a tree) that somebody may do (as ``mine``), due first."""
    values = {"usernames": [username], "pairs": list(held), "user": user}
    if project_key is None:
        return run(_opened_of_tree, values | {"scope": root_key}).all()
    return run(_opened_of_project, values | {"scope": project_key}).all()


def open_of_project(project_key: int, *conditions: ColumnElement[bool]) -> Sequence[Row[Any]]:
    return db.session.execute(
        _LINE.where(UserTaskRow.project_key == project_key, UserTaskRow.state == TaskState.OPEN, *conditions).order_by(UserTaskRow.key)
    ).all()


def due_in_instance(instance_key: int) -> Sequence[Row[Any]]:
    """Open tasks of an instance that have a due, the first due first."""
    query = select(UserTaskRow.element_id, UserTaskRow.tenant, UserTaskRow.due_at, UserTaskRow.deadline)
    due = query.where(UserTaskRow.instance_key == instance_key, UserTaskRow.state == TaskState.OPEN, UserTaskRow.due_at.is_not(None))
    return db.session.execute(due.order_by(UserTaskRow.due_at)).all()


def waiting_for(username: str) -> list[tuple[int, str | None, bool]]:
    """(task, assignee, whether it has other candidates) of every open task that is assigned to a person, or open to them by name."""
    candidates = TaskCandidateRow.__table__
    named = exists().where(candidates.c.task_key == UserTaskRow.key, candidates.c.role == "", candidates.c.username == username)
    others = exists().where(candidates.c.task_key == UserTaskRow.key, candidates.c.username != username)
    query = select(UserTaskRow.key, UserTaskRow.assignee, others.label("others")).where(
        UserTaskRow.state == TaskState.OPEN, or_(UserTaskRow.assignee == username, and_(UserTaskRow.assignee.is_(None), named))
    )
    return [(row.key, row.assignee, bool(row.others)) for row in db.session.execute(query.order_by(UserTaskRow.key))]


def release_of_roles(username: str, roles: Sequence[tuple[str, int]]) -> None:
    """Give back what somebody has claimed by a (role, office key) that they do not hold any more, of one office's tasks and of those that any of the role may do."""
    by_role = and_(_line_candidates.c.role.in_([role for role, _ in roles]), _line_candidates.c.office_key == 0)
    by_office = tuple_(_line_candidates.c.role, _line_candidates.c.office_key).in_(list(roles))
    candidates = exists().where(_line_candidates.c.task_key == _line_tasks.c.key, or_(by_role, by_office))
    query = update(_line_tasks).where(_line_tasks.c.assignee == username, _line_tasks.c.state == TaskState.OPEN, candidates)
    db.session.execute(query.values(assignee=None))


def completed_in(root_key: int, element_ids: Sequence[str]) -> Sequence[Row[Any]]:
    """The completed tasks of these elements in a tree, in the order of their completion: who, when, what was submitted, and which instance of a loop it was."""
    query = (
        select(
            UserTaskRow.instance_key,
            UserTaskRow.element_id,
            UserTaskRow.completed_name,
            UserTaskRow.completed_office,
            UserTaskRow.closed_at,
            UserTaskRow.answer,
            ElementInstanceRow.loop_counter,
        )
        .join(
            ElementInstanceRow, and_(ElementInstanceRow.root_key == UserTaskRow.root_key, ElementInstanceRow.element == UserTaskRow.element)
        )
        .where(UserTaskRow.root_key == root_key, UserTaskRow.element_id.in_(element_ids), UserTaskRow.state == TaskState.COMPLETED)
    )
    return db.session.execute(query.order_by(UserTaskRow.closed_at, UserTaskRow.element)).all()


SAID = ("completed_by", "completed_name", "completed_role", "completed_office", "outcome", "answer", "overrides")


def said(root_key: int, elements: Sequence[int]) -> Sequence[Row[Any]]:
    """What was said at completed tasks of a tree, by whom: ``SAID``, with element, key and what they themselves repeat."""
    columns = (_line_tasks.c[name] for name in ("element", "key", "stands_for", *SAID))
    query = select(*columns).where(_line_tasks.c.root_key == root_key, _line_tasks.c.element.in_(elements))
    return db.session.execute(query).all()


def changed_since(key: int, instance_key: int, scopes: Sequence[int], names: Sequence[str]) -> list[str]:
    """Those of the variables that have been set in one of these scopes of an instance after a task opened there."""
    opened = select(UserTaskRow.opened_at).where(UserTaskRow.key == key).scalar_subquery()
    query = select(VariableRow.name).where(
        VariableRow.instance_key == instance_key,
        VariableRow.scope.in_(scopes),
        VariableRow.name.in_(names),
        VariableRow.updated_at > opened,
    )
    return sorted(set(db.session.execute(query).scalars()))


def place_of(root_key: int, element: int) -> int | None:
    """Which instance of a loop a task is; None outside of loops."""
    query = select(ElementInstanceRow.loop_counter).where(ElementInstanceRow.root_key == root_key, ElementInstanceRow.element == element)
    return db.session.execute(query).scalar_one_or_none()
