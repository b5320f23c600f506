"""What a finished task keeps: nothing of a draft, and its end, whatever comes after."""

from sqlalchemy import select

from app.domain.states import TaskState
from app.services import projects, tasks
from app.store import instances
from app.store.tables import UserTaskRow, db
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.test_permit import APPLICATION


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
