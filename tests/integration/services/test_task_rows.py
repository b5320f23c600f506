"""What a finished task keeps: nothing of a draft, and its end, whatever comes after."""

from sqlalchemy import select

from app import services
from app.domain.states import TaskState
from app.services import projects, tasks
from app.store import instances
from app.store.tables import ProcessInstanceRow, UserTaskRow, db
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.test_permit import APPLICATION
from tests.integration.services.test_repair import FINANCE, deploy
from tests.unit.engine.diagrams import call, chain, end, start, user


def row(key: int) -> UserTaskRow:
    return db.session.execute(select(UserTaskRow).where(UserTaskRow.key == key)).scalars().one()


def test_a_draft_is_kept_until_the_task_is_done_and_no_longer(cast: Cast) -> None:
    _, key = projects.start(cast.alice, "permit", "项目", NOW)
    tasks.save_draft(cast.alice, key, {}, NOW)
    assert (row(key).draft, row(key).draft_saved_at) == ({}, NOW)
    db.session.expire_all()
    tasks.complete(cast.alice, key, APPLICATION, NOW)
    assert (row(key).draft, row(key).draft_saved_at) == (None, None)


def test_what_is_done_is_not_cancelled_afterwards(cast: Cast) -> None:
    _, key = projects.start(cast.alice, "permit", "项目", NOW)
    tasks.complete(cast.alice, key, APPLICATION, NOW)
    done = row(key)
    instances.close_tasks(done.root_key, [done.element], TaskState.CANCELLED, NOW)
    db.session.commit()
    db.session.expire_all()
    assert row(key).state == TaskState.COMPLETED


def test_only_the_root_of_a_tree_is_held(cast: Cast) -> None:
    """A called process is asked for by its own key: there is no such tree."""
    deploy(start(), user("u", FINANCE), end(), chain("start", "u", "end"), id="inner")
    deploy(start(), call("ca", "inner"), end(), chain("start", "ca", "end"), id="outer")
    root = services.instances.create(cast.root, "outer", {}, NOW).key
    child = db.session.execute(select(ProcessInstanceRow.key).where(ProcessInstanceRow.parent_key == root)).scalar_one()
    assert instances.root(root, task=False, wait=True) is not None
    assert instances.root(child, task=False, wait=True) is None
