"""What another act was first to do between the reading of a task and its lock is told as such, and leaves nothing behind."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app import engine
from app.acts.held_tree import HeldTree
from app.domain.permissions import SYSTEM
from app.errors import InvalidRequest, TaskAlreadyClosed
from app.services import people, returns, tasks
from app.store import instances as stored
from app.store.tables import AuditEntryRow, UserTaskRow, db
from tests.integration.services import declaring as t
from tests.integration.services.conftest import NOW, Cast
from tests.unit.engine import diagrams as d

WISH = returns.ReturnWish("ask", straight=False, reason="补充", due_on=(NOW + timedelta(days=3)).date())


@pytest.fixture
def open_word(cast: Cast) -> int:
    body = (d.start(), t.task("ask", "applicant"), t.task("word", returnTo="ask"), d.end(), d.chain("start", "ask", "word", "end"))
    t.deploy(t.diagram(*body))
    t.begin(cast.alice)
    t.complete(cast.alice, "ask")
    return t.open_task(cast.fred, "word")


def entries() -> int:
    return db.session.execute(select(func.count()).select_from(AuditEntryRow)).scalar_one()


def raises(error: Exception) -> Callable[..., Any]:
    def step(*_: Any) -> None:
        raise error

    return step


@pytest.mark.parametrize("act", [tasks.claim, tasks.release])
def test_a_claim_that_came_second_is_none(cast: Cast, open_word: int, monkeypatch: pytest.MonkeyPatch, act: Callable[..., Any]) -> None:
    before = entries()
    monkeypatch.setattr(stored, "assign_task", lambda *_: False)
    with pytest.raises(TaskAlreadyClosed):
        act(cast.fred, open_word, NOW)
    assert entries() == before


def test_a_task_that_the_tree_has_no_more_is_told_as_closed(cast: Cast, open_word: int, monkeypatch: pytest.MonkeyPatch) -> None:
    before = entries()
    monkeypatch.setattr(HeldTree, "step", raises(engine.NotOpen("已经办结")))
    with pytest.raises(TaskAlreadyClosed):
        tasks.complete(cast.fred, open_word, {}, NOW)
    with pytest.raises(TaskAlreadyClosed):
        returns.give_back(cast.fred, open_word, WISH, NOW)
    assert entries() == before


@pytest.mark.parametrize(
    "act", [lambda actor, key: tasks.complete(actor, key, {}, NOW), lambda actor, key: returns.give_back(actor, key, WISH, NOW)]
)
def test_what_is_more_than_a_step_may_bring_is_refused_with_its_code(
    cast: Cast, open_word: int, monkeypatch: pytest.MonkeyPatch, act: Callable[..., Any]
) -> None:
    monkeypatch.setattr(HeldTree, "step", raises(engine.LimitExceeded("变量过大")))
    with pytest.raises(InvalidRequest, match="变量过大") as refused:
        act(cast.fred, open_word)
    assert refused.value.code == engine.LimitExceeded.code


def test_a_claim_that_was_done_meanwhile_is_not_counted_as_given_back(cast: Cast, open_word: int, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks.claim(cast.fred, open_word, NOW)
    before = entries()
    monkeypatch.setattr(stored, "assign_task", lambda *_: False)
    handed = people.disable(SYSTEM, "fred", "调离", NOW)
    assert (handed.returned, handed.passed) == (0, 0)
    assert entries() == before + 1  # that the account is disabled
    assert db.session.execute(select(UserTaskRow.assignee).where(UserTaskRow.key == open_word)).scalar_one() == "fred"
