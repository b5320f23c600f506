"""Who can do a task in several roles says in which: their word is that role's and that office's, on the task, in the trail and in a register."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.permissions import SYSTEM, Actor
from app.errors import Forbidden, KeyReused
from app.services import accounts, returns, tasks
from app.store.tables import AuditEntryRow, RecordRow, UserTaskRow, db
from tests.integration.services import declaring as t
from tests.integration.services.conftest import NOW, Cast
from tests.unit.engine import diagrams as d

HASH = "$argon2id$not-a-password"
NOTE = t.form("note", {"verdict": {"type": "string"}})
REGISTER = t.form("records.opinion", {"verdict": {"type": "string"}})


@pytest.fixture
def wes(cast: Cast) -> Actor:
    """Of finance, and of the bureau."""
    (key,) = accounts.create_users(
        SYSTEM, [("wes", "魏双", "hill", [("finance", "山丘区财政局"), ("data_bureau", "山丘区数据局")])], HASH, NOW
    )
    return accounts.actor(key, NOW)


def begin(cast: Cast) -> int:
    body = (
        d.start(),
        t.task("ask", "applicant"),
        t.task("word", "finance, data_bureau", form="note", record="opinion", returnTo="ask"),
        d.end(),
        d.chain("start", "ask", "word", "end"),
    )
    t.deploy(NOTE, REGISTER, t.diagram(*body))
    project = t.begin(cast.alice)
    t.complete(cast.alice, "ask")
    return project


def test_the_page_offers_the_roles_and_the_first_is_chosen(cast: Cast, wes: Actor) -> None:
    begin(cast)
    key = t.open_task(wes, "word")
    offered = tasks.view(wes, key, NOW).capacities
    assert [(one.role, one.office, one.chosen) for one in offered] == [
        ("finance", "山丘区财政局", True),
        ("data_bureau", "山丘区数据局", False),
    ]
    assert [one.chosen for one in tasks.view(wes, key, NOW, acting="data_bureau").capacities] == [False, True]
    assert [one.chosen for one in tasks.view(wes, key, NOW, acting="applicant").capacities] == [True, False]
    assert tasks.view(cast.fred, key, NOW).capacities == ()


@pytest.mark.parametrize(("acting", "role", "office"), [(None, "finance", "山丘区财政局"), ("data_bureau", "data_bureau", "山丘区数据局")])
def test_the_word_is_of_the_role_that_was_chosen(cast: Cast, wes: Actor, acting: str | None, role: str, office: str) -> None:
    begin(cast)
    key = t.open_task(wes, "word")
    tasks.complete(wes, key, {"verdict": "同意"}, NOW, acting=acting)
    row = db.session.execute(select(UserTaskRow).where(UserTaskRow.key == key)).scalar_one()
    assert (row.completed_role, row.completed_office) == (role, office)
    entry = db.session.execute(select(AuditEntryRow).where(AuditEntryRow.action == "task.complete")).scalars().all()[-1]
    assert entry.details["role"] == role
    assert db.session.execute(select(RecordRow.office).where(RecordRow.kind == "opinion")).scalar_one() == office


def test_a_role_that_is_not_theirs_is_refused_and_nothing_happens(cast: Cast, wes: Actor) -> None:
    begin(cast)
    key = t.open_task(wes, "word")
    for actor, acting in ((wes, "applicant"), (cast.fred, "data_bureau"), (wes, "unheard_of")):
        with pytest.raises(Forbidden) as refused:
            tasks.complete(actor, key, {"verdict": "同意"}, NOW, acting=acting)
        assert refused.value.code == "ROLE_MISSING"
        wish = returns.ReturnWish("ask", straight=False, reason="补充", due_on=(NOW + timedelta(days=3)).date(), acting=acting)
        with pytest.raises(Forbidden):
            returns.give_back(actor, key, wish, NOW)
    assert t.open_task(wes, "word") == key


def test_a_return_is_told_as_of_the_role_that_was_chosen(cast: Cast, wes: Actor) -> None:
    begin(cast)
    wish = returns.ReturnWish("ask", straight=False, reason="补充", due_on=(NOW + timedelta(days=3)).date(), acting="data_bureau")
    returns.give_back(wes, t.open_task(wes, "word"), wish, NOW)
    (line,) = tasks.search(SYSTEM, tasks.TaskFilter(element_id="ask", state="open"), NOW).items
    assert line.returned is not None
    assert (line.returned.person, line.returned.office) == ("魏双", "山丘区数据局")


def test_the_same_key_for_another_role_is_another_request(cast: Cast, wes: Actor) -> None:
    begin(cast)
    key = t.open_task(wes, "word")
    tasks.complete(wes, key, {"verdict": "同意"}, NOW, acting="data_bureau", idempotency_key="k")
    assert tasks.complete(wes, key, {"verdict": "同意"}, NOW, acting="data_bureau", idempotency_key="k").replayed
    with pytest.raises(KeyReused):
        tasks.complete(wes, key, {"verdict": "同意"}, NOW, idempotency_key="k")


def test_what_is_said_again_after_a_return_takes_the_place_of_what_was_said(cast: Cast, wes: Actor) -> None:
    """The row of before is kept and does not count; what somebody else has registered stays (modelling.md §4)."""
    body = (
        d.start(),
        t.task("word", "finance", form="note", record="opinion"),
        t.task("other", "finance", form="note", record="opinion"),
        t.task("last", "data_bureau", returnTo="word"),
        d.end(),
        d.chain("start", "word", "other", "last", "end"),
    )
    t.deploy(NOTE, REGISTER, t.diagram(*body))
    t.begin(cast.alice)
    t.complete(cast.fred, "word", verdict="甲")
    t.complete(cast.fred, "other", verdict="乙")
    wish = returns.ReturnWish("word", straight=True, reason="补充", due_on=(NOW + timedelta(days=3)).date())
    returns.give_back(cast.dora, t.open_task(cast.dora, "last"), wish, NOW)
    t.complete(cast.fred, "word", verdict="丙")
    rows = db.session.execute(select(RecordRow).order_by(RecordRow.key)).scalars()
    assert [(row.data["verdict"], row.superseded_at is None) for row in rows] == [("甲", False), ("乙", True), ("丙", True)]
