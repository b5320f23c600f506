"""Acts that meet: nothing is lost, nobody waits for ever, and what came too late is undone."""

import sqlite3
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from app.acts.transaction import act, new_instance, open_instance, retried
from app.catalogue import snapshot
from app.config import Config
from app.connectors.calls import SetFacts
from app.engine.commands import Start
from app.errors import Busy, Outdated
from app.services import accounts, projects, startup, tasks
from app.store import database
from app.store.tables import AuditEntryRow, ProcessInstanceRow, ProjectRow, UserTaskRow, db
from tests.integration.conftest import make_app
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.test_permit import APPLICATION

SYSTEM = accounts.system("hill")


def root_of(task: int) -> int:
    return db.session.execute(select(UserTaskRow.root_key).where(UserTaskRow.key == task)).scalar_one()


def test_acts_of_several_trees_of_one_project_lose_no_fact(cast: Cast, app: Flask) -> None:
    project, _ = projects.start(cast.alice, "permit", "平台", NOW)
    definition = snapshot.library("hill").reference("process", "year_notice").key
    failures: list[BaseException] = []

    def write(name: str) -> None:
        with app.app_context():
            try:
                for number in range(5):
                    with new_instance(definition, "hill", NOW, SYSTEM, project_key=project) as tree:
                        tree.ledger.apply([SetFacts({f"{name}{number}": number})], "x")
                        tree.step(Start(definition))
                        tree.record("process.start", "year_notice", {})
                        tree.save()
            except BaseException as error:
                failures.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    db.session.rollback()
    facts = projects.facts(SYSTEM, project)
    assert {name for name in facts if name[1:].isdigit()} == {f"{name}{number}" for name in "abcd" for number in range(5)}


def test_who_waits_too_long_is_told_that_it_is_busy(cast: Cast, config: Config) -> None:
    _, task = projects.start(cast.alice, "permit", "平台", NOW)
    hasty = make_app(replace(config, lock_seconds=0.2, busy_seconds=0.2))
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with hasty.app_context(), open_instance(root_of(task), NOW, SYSTEM) as tree:
            assert tree is not None
            held.set()
            done.wait(300)

    with hasty.app_context():
        thread = threading.Thread(target=hold)
        thread.start()
        assert held.wait(300)
        with pytest.raises(Busy):
            tasks.complete(cast.alice, task, APPLICATION, NOW)
        with open_instance(root_of(task), NOW, SYSTEM, wait=False) as tree:
            assert tree is None
        done.set()
        thread.join()
        tasks.complete(cast.alice, task, APPLICATION, NOW)
        startup.dispose()


def test_a_tree_that_another_process_changed_meanwhile_is_stepped_again(cast: Cast) -> None:
    _, task = projects.start(cast.alice, "permit", "平台", NOW)
    root = root_of(task)
    meddled = 0

    @retried
    def note() -> None:
        nonlocal meddled
        with open_instance(root, NOW, SYSTEM) as tree:
            assert tree is not None
            tree.record("test", "x", {"try": meddled})
            if meddled == 0:
                tree.version += 1  # as if another process had written since it was read
            meddled += 1
            tree.save()

    note()
    assert db.session.execute(select(AuditEntryRow.details).where(AuditEntryRow.action == "test")).scalars().all() == [{"try": 1}]


def test_an_outdated_act_leaves_nothing(cast: Cast) -> None:
    _, task = projects.start(cast.alice, "permit", "平台", NOW)
    with pytest.raises(Outdated), open_instance(root_of(task), NOW, SYSTEM) as tree:  # noqa: PT012 - the act is the block
        assert tree is not None
        tree.record("test", "x", {})
        tree.version += 1
        tree.save()
    assert db.session.execute(select(AuditEntryRow.key).where(AuditEntryRow.action == "test")).all() == []


def test_an_act_that_forgets_to_save_its_tree_is_undone_and_said(cast: Cast) -> None:
    _, task = projects.start(cast.alice, "permit", "平台", NOW)
    with pytest.raises(RuntimeError, match="not saved"), open_instance(root_of(task), NOW, SYSTEM) as tree:  # noqa: PT012 - the act is the block
        assert tree is not None
        tree.record("test", "x", {})
    assert db.session.execute(select(AuditEntryRow.key).where(AuditEntryRow.action == "test")).all() == []


def test_an_act_that_raises_leaves_nothing(cast: Cast) -> None:
    before = db.session.execute(select(ProjectRow.key)).all()
    definition = snapshot.library("hill").reference("process", "year_notice").key
    with pytest.raises(ZeroDivisionError), new_instance(definition, "hill", NOW, SYSTEM) as tree:  # noqa: PT012 - the act is the block
        tree.step(Start(definition))
        tree.record("process.start", "year_notice", {})
        tree.save()
        raise ZeroDivisionError
    assert db.session.execute(select(ProcessInstanceRow.key)).all() == []
    assert db.session.execute(select(ProjectRow.key)).all() == before


def test_sqlite_writers_wait_in_line_and_a_stuck_one_is_busy(cast: Cast, config: Config) -> None:
    if database.is_postgresql():
        pytest.skip("of SQLite's only write lock")
    _, task = projects.start(cast.alice, "permit", "平台", NOW)
    hasty = make_app(replace(config, busy_seconds=0.1))
    other = sqlite3.connect(Path(config.data) / "quancheng.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with hasty.app_context():
        with pytest.raises(Busy):
            tasks.complete(cast.alice, task, APPLICATION, NOW)
        other.execute("ROLLBACK")
        other.close()
        tasks.complete(cast.alice, task, APPLICATION, NOW)
        startup.dispose()


def test_reads_see_the_world_while_somebody_writes(cast: Cast, config: Config) -> None:
    project, _ = projects.start(cast.alice, "permit", "平台", NOW)
    reader = make_app(config)
    with act():
        db.session.execute(update(ProjectRow).where(ProjectRow.key == project).values(name="改名"))
        with reader.app_context():
            assert projects.view(cast.alice, project, NOW + timedelta(days=1)).project.name == "平台"
            startup.dispose()
    assert projects.view(cast.alice, project, NOW).project.name == "改名"


def test_commits_are_synchronous_on_sqlite(cast: Cast) -> None:
    if database.is_postgresql():
        assert db.session.execute(text("SHOW synchronous_commit")).scalar_one() == "on"
        assert db.session.execute(text("SHOW lock_timeout")).scalar_one() == "1min", "as these tests set it"
        assert db.session.execute(text("SHOW idle_in_transaction_session_timeout")).scalar_one() == "1min"
        return
    assert db.session.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
    assert db.session.execute(text("PRAGMA synchronous")).scalar_one() == 2
