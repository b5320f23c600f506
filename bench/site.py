"""A Sucheng installation at work: one life played up to its building, and as many projects like it as wanted, each with its acceptance open."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask

from app import create_app
from app.acts.transaction import act
from app.config import load
from app.domain.keys import next_key
from app.domain.permissions import SYSTEM
from app.playing import case_files, demonstration, player, walk
from app.playing.walk import Walk
from app.seen.shapes import TaskLine
from app.services import accounts, messages, startup, tasks
from app.store import projects

DISTRICT = "sucheng"
BEGIN = datetime.fromisoformat("2025-09-01T09:00:00+08:00")
CASE = case_files.Case(
    "智慧机关事务综合管理服务平台",
    {
        "projectName": "智慧机关事务综合管理服务平台",
        "totalAmount": Decimal("6947911.00"),
        "softwareDevelopment": True,
        "contractDays": 240,
        "trialAmount": 90,
        "trialUnit": "day",
    },
)


@contextmanager
def site(folder: Path) -> Iterator[Flask]:
    """An app on a SQLite file in ``folder``, as safe as in production, with the shipped models and an account for every role; in its context."""
    app = create_app(load({}, data=str(folder)))
    with app.app_context():
        startup.prepare(BEGIN)
        demonstration.organise(BEGIN)
        yield app
        startup.dispose()


def live(until: str) -> Walk:
    """One life up to a phase. Raises RuntimeError if it does not get there."""
    walked = walk.play(CASE, DISTRICT, {}, BEGIN, until)
    if not walked.succeeded:
        raise RuntimeError(f"the life ended in {walked.phase}: {walked.problems or walked.incidents}")
    return walked


def open_acceptances(count: int) -> list[TaskLine]:
    """``count`` projects like the one that is being built, each with its trial begun and its materials to be submitted."""
    system = accounts.system(DISTRICT)
    (built,) = tasks.search(system, tasks.TaskFilter(element_id="start_trial", state="open"), BEGIN).items
    now = built.follow_up_at or BEGIN
    model = projects.one(built.project_key or 0) or {}
    for number in range(count):
        key = next_key()
        name = f"{model['name']}{number}"
        with act():
            projects.insert(model | {"key": key, "name": name, "facts": model["facts"] | {"projectKey": str(key), "projectName": name}})
        messages.publish(system, "acceptance_requested", str(key), {}, now, tenant=DISTRICT)
    waiting = [line for line in every("start_trial") if line.key != built.key]
    for line in waiting:
        person = player.performer(line.key, now)
        if person is None:
            raise RuntimeError("nobody can begin the trial")
        tasks.complete(person, line.key, answers(line, now), now)
    return every("prepare_materials")


def every(element_id: str) -> list[TaskLine]:
    """All open tasks of an element, oldest first."""
    system, found = accounts.system(DISTRICT), list[TaskLine]()
    while True:
        page = tasks.search(system, tasks.TaskFilter(element_id=element_id, state="open"), BEGIN, limit=200, offset=len(found))
        found += page.items
        if not page.items or len(found) >= page.total:
            return found


def answers(line: TaskLine, now: datetime) -> dict[str, Any]:
    """What a person would submit: what is known, and the form's examples."""
    form, seen = tasks.inputs(SYSTEM, line.key, now)
    return dict(player.fill(form, seen, CASE.facts, {}, now, DISTRICT).values)
