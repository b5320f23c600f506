"""One life, lived twice step by step: by people through the services on a database, and in the rehearsal on a ledger in memory.

After every act both have the same facts, phases, registers, numbers and notices, and wait for the same tasks, timers, messages and signals.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from app import current
from app.catalogue import snapshot
from app.domain.permissions import SYSTEM
from app.rehearsal.ledger import LedgerInMemory
from app.rehearsal.library import Shelf
from app.rehearsal.run import Rehearsal
from app.seen.shapes import CompletedView, TaskLine
from app.services import projects, tasks
from app.store.tables import NotificationRow, OrganisationRow, ProjectRow, RecordRow, UserTaskRow, WaitRow, db
from tests.integration.districts.play import District, at

MOST_TASKS = 30  # of one process begun by hand


class Twins(District):
    """A district whose people's every act is rehearsed too. ``acts``: how many there were; ``through``: the processes that had a task done."""

    def __init__(self, key: str, now: datetime) -> None:
        super().__init__(key, now)
        shelf = Shelf(current.settings().root)
        self.models = shelf.models(key)
        self.memory = LedgerInMemory(self.models, shelf.phases())
        registered = db.session.execute(select(OrganisationRow.name, OrganisationRow.key).where(OrganisationRow.tenant == key))
        self.memory._offices = {row.name: row.key for row in registered}  # offices are picked by key: both know them by the same one
        self.rehearsal = Rehearsal(self.models, now, ledger=self.memory)
        self.acts = 0
        self.through: Counter[str] = Counter()

    # -------------------------------------------------------------- acting twice

    def announce(self, **answers: Any) -> None:
        projects.start_district_process(self.person("data_bureau"), "annual_plan", self.now)
        self._start("annual_plan", {})
        self.do(self.task(None, "issue_notice"), **answers)

    def declare(self, name: str, office: str = "") -> int:
        project = super().declare(name, office)
        applicant = projects.facts(SYSTEM, project)["applicantOffice"]
        known = {"projectKey": str(project), "projectName": name, "applicantOffice": applicant}
        self.memory.own = self.memory.add_project(known | {"phase": "draft"}, self.now)
        self.memory.projects[project]["facts"] = dict(known)
        self._start("declaration", known)
        return project

    def begin(self, process: str, project: int) -> None:
        """Somebody who may starts a further process of a project."""
        known = dict(projects.facts(SYSTEM, project)) | {"projectKey": str(project)}
        role = self.models.district.processes[process].start_role if self.models.district else None
        projects.start_process(self.person(role or "", project=project), project, process, self.now)
        self._start(process, known)

    def do(self, line: TaskLine, **answers: Any) -> CompletedView:
        values = self.filled(line, answers)
        same = [other for other in self.open() if (other.process_id, other.element_id) == (line.process_id, line.element_id)]
        place = sorted(other.key for other in same).index(line.key)
        done = tasks.complete(self.performer(line), line.key, values, self.now)
        assert done.incidents == ()
        rehearsed = [
            (root, task)
            for root, task in self.rehearsal.open_tasks()
            if (root.processes[task.instance], task.element_id) == (line.process_id, line.element_id)
        ]
        root, task = rehearsed[place]
        form = self.models.form(task.form_id) if task.form_id else None
        self.rehearsal.complete(root, task, values if form is None else form.answered(values), form=form)
        self.through[line.process_id] += 1
        self._compare(f"{line.process_id}.{line.element_id}")
        return done

    def advance(self, to: datetime) -> None:
        super().advance(to)
        self.rehearsal.advance(to)
        self._compare(f"→ {to}")

    def finish(self, project: int, process: str) -> None:
        """Everybody does what there is to do in one process, until nothing of it is left."""
        for _ in range(MOST_TASKS):
            lines = [line for line in self.open(project) if line.process_id == process]
            if not lines:
                return
            self.do(lines[0])
        raise AssertionError(f"{process} has no end")

    def _start(self, process: str, variables: Mapping[str, Any]) -> None:
        definition = self.models.process(process)
        assert definition is not None
        self.rehearsal.start(definition, variables)
        self._compare(f"{process} begins")

    # -------------------------------------------------------------- looking twice

    def _compare(self, act: str) -> None:
        self.acts += 1
        assert self.rehearsal.incidents() == [], act
        served, rehearsed = self._served(), self._rehearsed()
        for what in served:
            assert served[what] == rehearsed[what], f"{what} after {act}"

    def _served(self) -> dict[str, Any]:
        session = db.session
        offices = {row.key: row.name for row in session.execute(select(OrganisationRow.key, OrganisationRow.name))}
        held = session.execute(select(ProjectRow).where(ProjectRow.tenant == self.key)).scalars()
        counting = select(RecordRow).where(RecordRow.tenant == self.key, RecordRow.superseded_at.is_(None))
        records = session.execute(counting.order_by(RecordRow.key)).scalars()
        notices = session.execute(select(NotificationRow).where(NotificationRow.tenant == self.key)).scalars()
        waiting = session.execute(select(WaitRow).where(WaitRow.tenant == self.key, WaitRow.root_key.is_not(None))).scalars()
        todo = session.execute(select(UserTaskRow).where(UserTaskRow.tenant == self.key, UserTaskRow.state == "open")).scalars()
        found = {
            "projects": {
                row.key: (
                    row.name,
                    row.number,
                    row.phase,
                    [phase for phase, _ in row.phases],
                    row.total_amount,
                    row.contract_amount,
                    row.plan_year,
                )
                for row in held
            },
            "facts": {row.key: row.facts for row in session.execute(select(ProjectRow).where(ProjectRow.tenant == self.key)).scalars()},
            "records": [(row.kind, row.project_key, row.data, row.amount) for row in records],
            "notices": Counter((row.role, offices.get(row.office_key, ""), row.title) for row in notices),
            "tasks": Counter((row.process_id, row.element_id, row.due_at) for row in todo),
            # those of the diagrams: what the platform serves itself has its own rows
            "waits": Counter(
                (row.kind, row.process_id, row.element_id, row.due_at, row.name, row.correlation_key)
                for row in waiting
                if row.kind in ("timer", "message", "signal")
            ),
        }
        session.rollback()
        return found

    def _rehearsed(self) -> dict[str, Any]:
        memory, roots = self.memory, self.rehearsal.roots
        return {
            "projects": {
                key: (
                    row["name"], row["number"], row["phase"], [phase for phase, _ in row["phases"]], row.get("total_amount"), row.get("contract_amount"),
                    row.get("plan_year"),
                )
                for key, row in memory.projects.items()
            },
            "facts": {key: row["facts"] for key, row in memory.projects.items()},
            "records": [(record.kind, record.project_key, record.data, record.amount) for record in memory.records],
            "notices": Counter((notice.role, notice.office, notice.title) for notice in memory.notices),
            "tasks": Counter((root.processes[task.instance], task.element_id, task.due_at) for root, task in self.rehearsal.open_tasks()),
            "waits": Counter(
                (wait.kind, root.processes[wait.instance], wait.element_id, wait.due_at, wait.name, wait.correlation_key)
                for root in roots
                for wait in root.waits.values()
            ),
        }  # fmt: skip


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_a_life_is_the_same_on_the_database_and_in_the_rehearsal(app: Flask, district: str) -> None:
    # What begins by itself for many is the turn of one in a rehearsal, see test_obligations.
    for_many = snapshot.library(district).obliging
    db.session.execute(delete(WaitRow).where(WaitRow.root_key.is_(None), WaitRow.definition_key.in_(for_many)))
    db.session.commit()
    twins = Twins(district, at("2026-09-01"))
    twins.announce()
    twins.advance(at("2026-09-10"))
    project = twins.declare("综合管理服务平台")
    twins.until(project, "start_trial")
    for process in ("change", "payment"):
        twins.begin(process, project)
        twins.finish(project, process)
    twins.until(project, "hold_acceptance")
    for process in ("acceptance_organisation", "acceptance"):
        twins.finish(project, process)
    assert projects.phase(SYSTEM, project) == twins.memory.phase == "accepted"
    assert {"annual_plan", "declaration", "review", "procurement", "change", "payment", "acceptance"} <= set(twins.through)
    assert tasks.search(SYSTEM, tasks.TaskFilter(state="open", tenant=district), twins.now).total == len(twins.rehearsal.open_tasks())
