"""An installation of 0.1.0 is upgraded with its data, and its cases go on; data that breaks a rule stops the upgrade and stays as it was."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import inspect, select, text

from app.acts.transaction import act
from app.domain.permissions import SYSTEM
from app.domain.states import DefinitionKind
from app.errors import Conflict
from app.services import accounts, inbox, instances, jobs, messages, models, pump, repair, tasks, trail
from app.store import schema
from app.store.tables import (
    DecisionEvaluationRow,
    DefinitionRow,
    IncidentRow,
    ProcessInstanceRow,
    ProjectRow,
    TaskCandidateRow,
    UserTaskRow,
    WaitRow,
    db,
)
from app.store.types import loads

LATER = datetime(2026, 3, 11, 1, tzinfo=UTC)


def person(username: str) -> accounts.Actor:
    return accounts.actor(db.session.execute(text("SELECT id FROM users WHERE username = :name"), {"name": username}).scalar_one(), LATER)


def counts() -> dict[str, int]:
    names = sorted(set(inspect(db.engine).get_table_names()) - {"alembic_version"})
    return {name: db.session.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in names}


def test_an_upgrade_keeps_every_row(released: Flask) -> None:
    before = counts()
    merged = sum(before.pop(f"{kind}_definitions") for kind in ("process", "decision", "form"))
    db.session.rollback()
    schema.upgrade()
    after = counts()
    assert after.pop("definitions") == merged + 2 == 15  # and what others may import of its two decision files
    assert after.pop("scenario_verdicts") == after.pop("documents") == 0
    assert after.pop("fact_changes") == after.pop("approvals") == after.pop("obligations") == 0
    assert after == before
    kinds = Counter(db.session.execute(select(DefinitionRow.kind)).scalars())
    assert kinds == {DefinitionKind.PROCESS: 7, DefinitionKind.DECISION: 2, DefinitionKind.FORM: 4, DefinitionKind.LIBRARY: 2}
    for table in ("element_instances", "variables", "decision_evaluations"):
        assert db.session.execute(text(f"SELECT DISTINCT tenant FROM {table}")).scalars().all() == ["hill"]
    assert {tuple(names) for names in db.session.execute(select(ProjectRow.unconfirmed)).scalars()} == {()}, (
        "what people have entered is theirs"
    )
    assert trail.verify(SYSTEM).problems == []


def test_cases_that_were_open_go_on_after_the_upgrade(upgraded: Flask) -> None:
    fred, dora, root = person("fred"), person("dora"), person("root")
    (review,) = inbox.todo(fred, LATER).items
    page = tasks.view(fred, review.key, LATER)
    assert page.data["verdict"] == "同意"  # the draft of before
    done = tasks.complete(fred, review.key, {"verdict": "同意"}, LATER)
    assert (done.state, done.incidents) == ("completed", ())
    assert db.session.execute(select(TaskCandidateRow.role).where(TaskCandidateRow.task_key == review.key)).all() == []
    weighing = db.session.execute(
        select(ProcessInstanceRow.key).where(
            ProcessInstanceRow.process_id == "weighing", ProcessInstanceRow.local == 1, ProcessInstanceRow.state == "active"
        )
    ).scalar_one()
    (job,) = jobs.take(root, "weigh", LATER)
    jobs.complete(root, job.key, {"weight": 3}, LATER)
    while waiting := [line for line in inbox.todo(dora, LATER).items if line.root_key == weighing]:
        tasks.complete(dora, waiting[0].key, {}, LATER)
    assert instances.line(root, weighing).state == "completed"
    assert {child.state for child in instances.view(root, weighing, LATER).children} == {"completed"}
    assert pump.run_due(LATER + timedelta(days=1)) >= 1  # the notice that waits a day
    incident = db.session.execute(select(IncidentRow).where(IncidentRow.closed_at.is_(None))).scalars().first()
    assert incident is not None
    repair.cancel(root, incident.root_key, "模型有误", LATER)
    paused = db.session.execute(select(ProcessInstanceRow.key).where(ProcessInstanceRow.suspended_at.is_not(None))).scalar_one()
    repair.resume(root, paused, "核查完毕", LATER)
    messages.publish(root, "anything", "x", {}, LATER, tenant="hill")
    assert trail.verify(SYSTEM).problems == []


def test_what_was_deployed_is_found_by_its_versions(upgraded: Flask) -> None:
    ann = person("ann")
    (form,) = models.versions(ann, "form", "permit.apply", "<default>")
    assert models.source(ann, "form", form.key)[0].endswith("forms/permit.apply.json")
    assert {line.kind for line in models.definitions(ann)} == {"process", "form", "decision"}


ORPHANS = {
    "membership": (
        "INSERT INTO memberships (key, user_key, role, organisation_key, created_at) VALUES (5, 999999, 'finance', 888888, '2026-03-10 01:00:00')",
        ["memberships", "user_key", "organisation_key", "key=5"],
    ),
    "task of no instance": ("UPDATE user_tasks SET instance_key = 424242 WHERE element_id = 'review' AND state = 'open'", ["user_tasks"]),
    "task of no project": (
        "UPDATE user_tasks SET project_key = 424242 WHERE element_id = 'review' AND state = 'open'",
        ["user_tasks", "projects"],
    ),
    "visit of no tree": (
        "UPDATE element_instances SET root_key = 5, element = 5 WHERE element_id = 'wait_report'",
        ["element_instances", "root_key=5"],
    ),
    "wait of no process": ("UPDATE waits SET definition_key = 5 WHERE root_key IS NULL", ["waits", "definitions"]),
    "state": ("UPDATE user_tasks SET state = 'banana' WHERE element_id = 'inner'", ["user_tasks", "state IN"]),
    "candidate of no task": ("INSERT INTO task_candidates VALUES (5, 'finance', 0, '')", ["task_candidates", "task_key=5"]),
}


@pytest.mark.parametrize("fault", list(ORPHANS))
def test_data_that_breaks_a_rule_stops_the_upgrade_and_is_named(released: Flask, fault: str) -> None:
    statement, named = ORPHANS[fault]
    with act():
        db.session.execute(text(statement))
    before = counts()
    db.session.rollback()
    with pytest.raises(Conflict) as refusal:
        schema.upgrade()
    assert refusal.value.code == "UNSOUND_DATA"
    for word in named:
        assert word in refusal.value.message
    assert "重新启动" in refusal.value.message
    assert counts() == before  # the old tables too: nothing has been changed
    assert db.session.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "0002"


def test_many_wrong_rows_are_counted_and_the_first_are_named(released: Flask) -> None:
    with act():
        db.session.execute(text("UPDATE user_tasks SET project_key = 5"))
    with pytest.raises(Conflict, match=r"表 user_tasks:15 行.*…"):
        schema.upgrade()


def test_upgrading_twice_is_upgrading_once(upgraded: Flask) -> None:
    before = counts()
    db.session.rollback()
    schema.upgrade()
    assert counts() == before
    with db.engine.connect() as connection:
        assert schema.differences(connection) == []


def test_foreign_keys_hold_again_after_the_upgrade(upgraded: Flask) -> None:
    task = db.session.execute(select(UserTaskRow.key)).scalars().first()
    assert task is not None
    if db.engine.dialect.name == "sqlite":
        assert db.session.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    assert db.session.execute(select(WaitRow.key).where(WaitRow.root_key.is_(None))).first() is not None


def test_decisions_of_before_are_read_as_they_were_written(released: Flask) -> None:
    written = {
        row.key: [None if value is None else loads(value) for value in (row.inputs, row.output, row.rules, row.required, row.deadline)]
        for row in db.session.execute(text("SELECT key, inputs, output, rules, required, deadline FROM decision_evaluations"))
    }
    db.session.rollback()
    schema.upgrade()
    read = db.session.execute(select(DecisionEvaluationRow)).scalars()
    assert {row.key: [row.inputs, row.output, row.rules, row.required, row.deadline] for row in read} == written
    assert len(written) >= 2


def test_a_classified_project_of_before_has_its_other_name(released: Flask) -> None:
    key = db.session.execute(text("SELECT min(key) FROM projects")).scalar_one()
    with act():
        db.session.execute(text("""UPDATE projects SET number = 'H-7', facts = '{"classified": true}' WHERE key = :key"""), {"key": key})
    schema.upgrade()
    named = dict(db.session.execute(select(ProjectRow.key, ProjectRow.alias)).tuples().all())
    assert named.pop(key) == "涉密项目（H-7）"
    assert set(named.values()) == {""}
