"""The forty lives of the release before, played on by people through the services, on a clock that only the test moves."""

import lzma
import sqlite3
import tomllib
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from app.catalogue import districts, snapshot
from app.domain.permissions import SYSTEM, Actor
from app.domain.states import InstanceState, TaskState
from app.playing import demonstration
from app.playing import life as playing
from app.playing.life import Life
from app.seen.shapes import MigrationPreview, TaskLine
from app.services import accounts, migration, people, pump
from app.store.tables import ElementInstanceRow, IncidentRow, ProcessInstanceRow, ProjectRow, UserTaskRow, db

RELEASE = Path(__file__).resolve().parents[2] / "data" / "releases" / "before_redraw"
PLAN: dict[str, Any] = tomllib.loads((RELEASE / "lives.toml").read_text(encoding="utf-8"), parse_float=Decimal)
NOW: datetime = PLAN["now"]
MIGRATIONS: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load((RELEASE / "plans.yaml").read_text(encoding="utf-8"))
PATIENCE = timedelta(hours=2)
YEARS = 5  # more than the longest of the lives takes
RETIRED = "retired"
# What people know in every life: the finance bureau sets one quota a year for all projects.
ANSWERS = {"set_quota": {"quotaAmount": Decimal("90000000.00")}}


@cache
def dump() -> str:
    return lzma.decompress((RELEASE / "sqlite.sql.xz").read_bytes()).decode()


def restore(folder: Path) -> None:
    """The database as the release before left it."""
    with sqlite3.connect(folder / "quancheng.sqlite") as connection:
        connection.executescript(dump())
    connection.close()


def register_people() -> None:
    """What the start has told the security administrators to do: people of the offices that the districts' files name now, in the place of those they named."""
    demonstration.organise(NOW)
    for district in districts.every().values():
        for role in district.roles.values():
            for name in role.offices if role.relation is None else ():
                if not any(
                    held.office_name == name
                    for person in accounts.holders(SYSTEM, district.key, role.key, NOW)
                    for held in person.memberships
                ):
                    former = _person(f"{district.key}.{role.key}")
                    people.change_roles(SYSTEM, former.username, "单位改由区文件所列", NOW, add=[(role.key, name)])


def _person(username: str) -> Actor:
    found = accounts.named(SYSTEM, username, NOW)
    assert found is not None, username
    return found


def lives(names: Collection[str] = ()) -> list[Life]:
    """The lives, or those of the projects called so, where the release before left them."""
    known = {one["name"]: one for one in PLAN["life"]}
    found = []
    for row in db.session.execute(select(ProjectRow.key, ProjectRow.name, ProjectRow.tenant).order_by(ProjectRow.key)).all():
        if names and row.name not in names:
            continue
        district = districts.get(row.tenant)
        life = Life(
            district=district,
            name=row.name,
            facts=districts.translate(district, {**known[row.name]["facts"], "projectName": row.name}),
            answers={name: [given] for name, given in {**ANSWERS, **known[row.name].get("answers", {})}.items()},
            key=row.key,
        )
        begun = select(ProcessInstanceRow.process_id).where(ProcessInstanceRow.project_key == row.key)
        life.started |= set(db.session.execute(begun).scalars())
        found.append(life)
    db.session.rollback()
    return found


def running(project_keys: Collection[int] | None = None) -> list[Any]:
    """The running instances, callers first: of these projects, or all."""
    query = select(ProcessInstanceRow).where(ProcessInstanceRow.state == InstanceState.ACTIVE)
    if project_keys is not None:
        query = query.where(ProcessInstanceRow.project_key.in_(project_keys))
    columns = ("key", "root_key", "tenant", "process_id", "definition_key", "definition_version", "project_key")
    found = db.session.execute(
        query.with_only_columns(*(getattr(ProcessInstanceRow, name) for name in columns)).order_by(ProcessInstanceRow.key)
    ).all()
    db.session.rollback()
    return list(found)


def at(instance_key: int) -> set[str]:
    """The elements at which an instance is."""
    query = select(ElementInstanceRow.element_id).where(
        ElementInstanceRow.instance_key == instance_key, ElementInstanceRow.state == "active"
    )
    found = set(db.session.execute(query).scalars())
    db.session.rollback()
    return found


def incidents() -> list[Any]:
    found = db.session.execute(
        select(IncidentRow.process_id, IncidentRow.element_id, IncidentRow.message).where(IncidentRow.closed_at.is_(None))
    ).all()
    db.session.rollback()
    return [tuple(row) for row in found]


# ---------------------------------------------------------------------- playing on


class Years:
    """Both districts' people at work on some lives; the others rest where they are."""

    def __init__(self, played: Iterable[Life]) -> None:
        self.lives = list(played)
        self.clock = NOW
        self.septembers = [NOW.replace(year=NOW.year + ago, month=9, day=1) for ago in range(1, YEARS)]
        self.common = {
            key: Life(district=district, name="", facts={}, answers={name: [given] for name, given in ANSWERS.items()})
            for key, district in districts.every().items()
        }

    def play(self) -> None:
        """Until every life is retired, or nothing can happen any more."""
        until = NOW + timedelta(days=365 * YEARS)
        while self.clock < until and any(life.phase != RETIRED and not life.problems for life in self.lives):
            pump.run_due(self.clock)
            acted, later = self._turn()
            if not acted and not later:
                return
            self.clock = self.clock + PATIENCE if acted else min(later)
        pump.run_due(self.clock)  # the last end is told to the project's other trees

    def _turn(self) -> tuple[bool, list[datetime]]:
        """Everybody who can do something does one thing; and when something happens by itself."""
        acted = False
        if self.septembers and self.septembers[0] <= self.clock:
            self.septembers.pop(0)
            acted = not [refused for common in self.common.values() for refused in playing.announce(common.district, self.clock)]
        later = list(self.septembers)
        for key, common in self.common.items():
            lines = playing.open_tasks(common.district, self.clock)
            later += [instant for instant in playing.upcoming(lines, self.clock) if instant > self.clock]
            ready: dict[int | None, list[TaskLine]] = {}
            for line in lines:
                if line.follow_up_at is None or line.follow_up_at <= self.clock:
                    ready.setdefault(line.project_key, []).append(line)
            if own := ready.get(None):
                acted = playing.complete(common, own[0], self.clock) or acted
            for life in self.lives:
                if life.district.key == key and not life.problems and life.key in ready:
                    acted = playing.complete(life, ready[life.key][0], self.clock) or acted
        return acted or self._begin(), later

    def _begin(self) -> bool:
        """Where nobody has anything to do, people begin by hand what comes next."""
        going = [life for life in self.lives if not life.problems and life.phase != RETIRED]
        begun = [playing.start_next(life, self.clock) for life in going]
        return any(begun)


def left_over(life: Life) -> list[tuple[str, str]]:
    """What still runs of a project."""
    return [(row.process_id, str(row.definition_version)) for row in running([life.key])]


def done(life: Life) -> list[tuple[str, str, datetime]]:
    """What people have done for a project, in order: process, task, when."""
    query = select(UserTaskRow.process_id, UserTaskRow.element_id, UserTaskRow.closed_at)
    query = query.where(UserTaskRow.project_key == life.key, UserTaskRow.state == TaskState.COMPLETED).order_by(
        UserTaskRow.closed_at, UserTaskRow.key
    )
    found = [(row.process_id, row.element_id, row.closed_at) for row in db.session.execute(query)]
    db.session.rollback()
    return found


# ---------------------------------------------------------------------- migrating


def migrate(project_keys: Collection[int] | None = None) -> tuple[list[tuple[Any, MigrationPreview]], list[Any]]:
    """Every running instance of which there is a newer diagram is migrated to it by its district's administrator, after a preview.

    Gives those where the preview told why not, and those that the administrator leaves on their version.
    """
    refused, left = [], []
    for row in running(project_keys):
        newest = snapshot.library(row.tenant).reference("process", row.process_id)
        if newest is None or newest.key == row.definition_key or row.key not in {other.key for other in running()}:
            continue  # its caller has begun anew
        wanted = dict(MIGRATIONS.get(row.tenant, {}).get(row.process_id, {}))
        if set(wanted.pop("stays", ())) & at(row.key):
            left.append(row)
            continue
        administrator = _person(f"{row.tenant}.system_admin")
        (seen,) = migration.preview(administrator, [row.key], newest.key, NOW, **wanted, rules=True)
        if seen.reasons:
            refused.append((row, seen))
        else:
            assert seen.missing == (), (row.process_id, seen.missing)
            migration.migrate(administrator, row.key, newest.key, "换用新图", NOW, **wanted, rules=True)
    return refused, left
