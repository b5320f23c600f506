"""Who may do a task is said once in Python, with its reason, and once in SQL, for lists. Over any district, people and tasks the two agree."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from app.acts.candidates import candidates, held
from app.acts.transaction import act
from app.catalogue import snapshot
from app.domain.districts import District, RoleInfo
from app.domain.permissions import Actor, Membership, ProjectFacts, TaskFacts, may_do
from app.services import unattended
from app.store import rows, tasks
from app.store.tables import (
    DefinitionRow,
    DeploymentRow,
    MembershipRow,
    OrganisationRow,
    ProcessInstanceRow,
    ResourceRow,
    TaskCandidateRow,
    UserRow,
    UserTaskRow,
    db,
)
from app.store.types import Instant, Json
from tests.integration.services.conftest import NOW

OFFICES = {1: "甲局", 2: "乙局", 3: "丙局"}
ROLES = ("applicant", "finance", "bureau", "system_admin")
NAMES = ("ann", "bob", "cy")
RELATIONS = (None, "applicant", "supervisor")
ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class World:
    roles: dict[str, RoleInfo]
    people: dict[str, tuple[bool, tuple[tuple[str, int], ...]]]  # active, memberships
    offices: dict[str, tuple[int, ...]] | None  # of the project
    groups: tuple[str, ...]
    users: tuple[str, ...]
    assignee: str | None
    office: int | None = None  # whose people alone do it
    signed: tuple[str, ...] = ()  # who has done another instance, where nobody may do two


def roles() -> st.SearchStrategy[dict[str, RoleInfo]]:
    info = st.tuples(st.lists(st.sampled_from(sorted(OFFICES.values())), max_size=2, unique=True), st.sampled_from(RELATIONS))
    made = st.fixed_dictionaries({}, optional=dict.fromkeys(ROLES, info))
    return made.map(lambda found: {key: RoleInfo(key, key, tuple(offices), relation) for key, (offices, relation) in found.items()})


def people() -> st.SearchStrategy[dict[str, tuple[bool, tuple[tuple[str, int], ...]]]]:
    posts = st.lists(st.tuples(st.sampled_from(ROLES), st.sampled_from(sorted(OFFICES))), max_size=3, unique=True).map(tuple)
    return st.fixed_dictionaries(dict.fromkeys(NAMES, st.tuples(st.booleans(), posts)))


WORLDS = st.builds(
    World,
    roles=roles(),
    people=people(),
    offices=st.none()
    | st.dictionaries(st.sampled_from(RELATIONS[1:]), st.lists(st.sampled_from(sorted(OFFICES)), max_size=2, unique=True).map(tuple)),
    groups=st.lists(st.sampled_from((*ROLES, "unknown")), max_size=2, unique=True).map(tuple),
    users=st.lists(st.sampled_from((*NAMES, "ghost")), max_size=2, unique=True).map(tuple),
    assignee=st.none() | st.sampled_from((*NAMES, "ghost")),
    office=st.none() | st.sampled_from((0, *OFFICES, 9)),
    signed=st.lists(st.sampled_from(NAMES), max_size=3, unique=True).map(tuple),
)


def actor(username: str, posts: tuple[tuple[str, int], ...]) -> Actor:
    return Actor(NAMES.index(username) + 1, username, username, "hill", tuple(Membership(role, key, OFFICES[key]) for role, key in posts))


def filled(table: Any, **known: object) -> dict[str, object]:
    """A row with these values, and blank ones where a value is needed."""
    columns = table.__table__.columns
    return {
        **{column.name: _blank(column.type) for column in columns if not column.nullable and column.name not in known},
        **known,
    }


def task_row(world: World) -> dict[str, object]:
    return filled(
        UserTaskRow, key=1, root_key=1, instance_key=1, definition_key=1, tenant="hill", candidate_groups=list(world.groups),
        candidate_users=list(world.users), assignee=world.assignee, state="open", round=1, office_key=world.office,
        office=None if world.office is None else OFFICES.get(world.office, ""), **(_seat(1) if world.signed else {}),
    )  # fmt: skip


def _seat(number: int) -> dict[str, object]:
    return {"signing": "1.0.sign.1", "seat": f"place:{number}", "visit": 1}


def signed_row(name: str) -> dict[str, object]:
    """Another instance of the same round, done."""
    number = NAMES.index(name) + 1
    return filled(
        UserTaskRow, key=10 + number, root_key=1, element=10 + number, instance_key=1, definition_key=1, tenant="hill", candidate_groups=[],
        candidate_users=[], state="completed", round=1, closed_at=NOW, completed_by=number, **_seat(10 + number),
    )  # fmt: skip


def stand() -> None:
    """The instance that the task belongs to, and what that stands on."""
    rows.insert(DeploymentRow, [filled(DeploymentRow, key=1, number=1, source="cli")])
    rows.insert(ResourceRow, [filled(ResourceRow, key=1, deployment_key=1, content=b"")])
    rows.insert(DefinitionRow, [filled(DefinitionRow, key=1, kind="process", version=1, deployment_key=1, resource_key=1)])
    rows.insert(
        ProcessInstanceRow,
        [filled(ProcessInstanceRow, key=1, root_key=1, local=1, tenant="hill", definition_key=1, state="active")],
    )


def _blank(kind: Any) -> object:
    if isinstance(kind, Instant):
        return NOW
    return {} if isinstance(kind, Json) else kind.python_type()


def write(world: World, district: District) -> None:
    """The world's people and its one task as rows."""
    if db.session.get(ProcessInstanceRow, 1) is None:
        stand()
    for table in (TaskCandidateRow, UserTaskRow, MembershipRow, UserRow, OrganisationRow):
        db.session.execute(delete(table))
    rows.insert(
        OrganisationRow,
        [
            {"key": key, "tenant": "hill", "name": name, "created_at": NOW, "filed_at": None, "closed_at": None}
            for key, name in OFFICES.items()
        ],
    )
    rows.insert(
        UserRow,
        [
            {
                "id": number, "username": name, "email": None, "name": name, "tenant": "hill", "password": None, "active": world.people[name][0],
                "fs_uniquifier": name, "demonstration": False, "created_at": NOW, "password_given_at": None,
            }
            for number, name in enumerate(NAMES, start=1)
        ],
    )  # fmt: skip
    posts = [(number, role, key) for number, name in enumerate(NAMES, start=1) for role, key in world.people[name][1]]
    rows.insert(
        MembershipRow,
        [
            {"key": number, "user_key": user, "role": role, "organisation_key": key, "created_at": NOW}
            for number, (user, role, key) in enumerate(posts, start=1)
        ],
    )
    row = task_row(world)
    rows.insert(UserTaskRow, [row])
    for name in world.signed:
        rows.insert(UserTaskRow, [signed_row(name)])
    offices = None if world.offices is None else {name: [[key, OFFICES[key]] for key in keys] for name, keys in world.offices.items()}
    rows.insert(TaskCandidateRow, candidates(row, offices))


@pytest.mark.parametrize("config", ["sqlite"], indirect=True)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=WORLDS)
def test_python_and_sql_agree_on_who_may_do_a_task(app: Flask, monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    district = District("hill", "山丘区", ZONE, world.roles, {})
    monkeypatch.setattr(snapshot, "district", lambda tenant: district)
    with act():
        write(world, district)
    signed = frozenset(NAMES.index(name) + 1 for name in world.signed)
    facts = TaskFacts("hill", world.groups, world.users, world.assignee, office=world.office, signed_by=signed)
    project = None
    if world.offices is not None:
        project = ProjectFacts("hill", 1, "draft", {name: frozenset(keys) for name, keys in world.offices.items()})
    able = set()
    everything: set[tuple[str, int]] = set()
    for name in NAMES:
        active, posts = world.people[name]
        person = actor(name, posts)
        verdict = may_do(person, facts, project, district)
        if not person.is_administrator:  # they are shown no list at all
            listed = (
                db.session.execute(select(UserTaskRow.key).where(tasks.mine(held(person, district), name, person.user))).scalars().all()
            )
            assert bool(listed) is verdict.allowed, (name, verdict)
            assert [row.key for row in tasks.opened_of(None, 1, held(person, district), name, person.user)] == list(listed)
        if active and verdict:
            able.add(name)
        if active and not person.is_administrator:
            everything |= set(held(person, district))
    signed_off = unattended._all_signed(district, NOW)
    nobodys = db.session.execute(select(UserTaskRow.key).where(tasks.nobodys("hill", sorted(everything), signed_off))).scalars().all()
    assert bool(nobodys) is not bool(able)
