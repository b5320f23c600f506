"""What stands on the server: nobody is asked again, whoever said it goes on to answer for it, and it is shown as standing."""

from datetime import date, timedelta

from sqlalchemy import select

from app.domain.permissions import SYSTEM
from app.seen.happenings import Happening
from app.services import accounts, inbox, offices, projects, returns, tasks, trail
from app.store.tables import ApprovalRow, RecordRow, UserTaskRow, db
from tests.integration.services import declaring as t
from tests.integration.services import test_offices_of_tasks as o
from tests.integration.services.conftest import NOW, Cast
from tests.unit.engine import diagrams as d

OK = 'verdict = "同意"'
LATER = NOW + timedelta(days=1)
PAY = t.form("pay", {"budget": {**t.MONEY, "x-ledger": True}})


def deploy(**more: str) -> None:
    body = (
        d.start(),
        t.task("pay", form="pay"),
        t.task("ask", "data_bureau", form="ask"),
        t.task(
            "sign",
            "applicant",
            form="opinion",
            loop=o.LOOP,
            office="=asked",
            record="opinion",
            approves="budget",
            approvesWhen=OK,
            stands=OK,
            **more,
        ),
        t.task("last", "data_bureau_leader", returnTo="pay ask", extensions=d.io({"ok": '=approved("permit.sign")'})),
        d.end("end"),
        d.chain("start", "pay", "ask", "sign", "last", "end"),
    )
    t.deploy(PAY, o.ASK, o.OPINION, o.REGISTER, t.diagram(*body))


def signed(cast: Cast) -> int:
    project = t.begin(cast.alice)
    t.complete(cast.fred, "pay", budget=5)
    t.complete(cast.dora, "ask", offices=[o.office("教育局"), o.office("水利局")])
    t.complete(cast.alice, "sign", verdict="同意")
    t.complete(cast.bob, "sign", verdict="同意")
    return project


def give_back(cast: Cast, to: str) -> None:
    wish = returns.ReturnWish(to, straight=False, reason="补充", due_on=date(2026, 3, 20))
    returns.give_back(cast.lea, t.open_task(cast.lea, "last"), wish, NOW)


def again(cast: Cast, *names: str) -> None:
    key = t.open_task(cast.dora, "ask")
    tasks.complete(cast.dora, key, {"offices": [o.office(name) for name in names]}, LATER)


def test_whoever_said_it_answers_for_it_and_is_not_asked_again(cast: Cast) -> None:
    deploy()
    project = signed(cast)
    give_back(cast, "ask")
    again(cast, "教育局", "水利局")
    assert (o.signs(cast.alice), o.signs(cast.bob)) == ([], [])
    assert t.shown(cast.lea, "last")["ok"] is True
    stood = db.session.execute(select(UserTaskRow).where(UserTaskRow.stands_for.is_not(None)).order_by(UserTaskRow.key)).scalars().all()
    assert [(row.completed_name, row.completed_office, row.completed_role, row.state, row.answer, row.closed_at) for row in stood] == [
        ("艾丽", "教育局", "applicant", "completed", {"verdict": "同意"}, LATER),
        ("鲍勃", "水利局", "applicant", "completed", {"verdict": "同意"}, LATER),
    ]
    approvals = db.session.execute(select(ApprovalRow).order_by(ApprovalRow.key)).scalars().all()
    assert [(row.user_name, row.office, row.holds, row.item) for row in approvals] == 2 * [
        ("艾丽", "教育局", True, 1),
        ("鲍勃", "水利局", True, 2),
    ]
    rows = db.session.execute(select(RecordRow).order_by(RecordRow.key)).scalars().all()
    assert [(row.office, row.superseded_at) for row in rows] == [("教育局", None), ("水利局", None)]
    assert trail.verify(SYSTEM).problems == []
    told = [
        (entry.action, entry.person, entry.office)
        for entry in projects.view(cast.alice, project, LATER).timeline
        if entry.element == "sign" and entry.person
    ]
    assert told[-2:] == [(Happening.STANDING, "艾丽", "教育局"), (Happening.STANDING, "鲍勃", "水利局")]
    done = [line for line in inbox.done(cast.bob, LATER).items if line.element_id == "sign"]
    assert [(line.standing, line.completed_by) for line in done] == [(True, "鲍勃"), (False, "鲍勃")]


def test_it_stands_on_and_on(cast: Cast) -> None:
    deploy()
    signed(cast)
    for _ in range(3):
        give_back(cast, "ask")
        again(cast, "水利局", "教育局")
        assert t.shown(cast.lea, "last")["ok"] is True
    rows = db.session.execute(select(UserTaskRow).where(UserTaskRow.element_id == "sign").order_by(UserTaskRow.key)).scalars().all()
    first = {row.completed_name: row.key for row in rows if row.stands_for is None}
    assert {(row.completed_name, row.stands_for) for row in rows if row.stands_for is not None} == set(first.items())
    assert len(rows) == 8


def test_a_changed_amount_is_asked_of_everybody_again(cast: Cast) -> None:
    deploy()
    signed(cast)
    give_back(cast, "pay")
    tasks.complete(cast.fred, t.open_task(cast.fred, "pay"), {"budget": 6}, NOW)
    again(cast, "教育局", "水利局")
    assert (o.signs(cast.alice), o.signs(cast.bob)) == (["教育局"], ["水利局"])


def test_a_lapsed_one_is_asked_again_though_the_amount_is_back(cast: Cast) -> None:
    deploy()
    signed(cast)
    for budget in (6, 5):
        give_back(cast, "pay")
        tasks.complete(cast.fred, t.open_task(cast.fred, "pay"), {"budget": budget}, NOW)
        again(cast, "教育局")
        assert o.signs(cast.alice) == ["教育局"]
        t.complete(cast.alice, "sign", verdict="同意")
    give_back(cast, "ask")
    again(cast, "教育局", "水利局")
    assert (o.signs(cast.alice), o.signs(cast.bob)) == ([], ["水利局"])


def test_a_standing_sign_off_is_its_person_s_one_in_the_round(cast: Cast) -> None:
    """The person of the standing one cannot give the new office's."""
    deploy(distinct="person")
    offices.create(SYSTEM, "hill", "档案局", NOW)
    signed(cast)
    give_back(cast, "ask")
    again(cast, "教育局", "水利局", "档案局")
    ivy = o.hire("ivy", "艾维", "applicant", "档案局")
    accounts.substitute(SYSTEM, "ivy", "bob", date(2026, 3, 1), date(2026, 3, 31), NOW)
    assert (o.signs(accounts.actor(cast.bob.user, NOW)), o.signs(ivy)) == ([], ["档案局"])
    t.complete(ivy, "sign", verdict="同意")
    assert t.shown(cast.lea, "last")["ok"] is True


def test_its_page_says_so(cast: Cast) -> None:
    deploy()
    signed(cast)
    give_back(cast, "ask")
    again(cast, "教育局", "水利局")
    key = db.session.execute(select(UserTaskRow.key).where(UserTaskRow.stands_for.is_not(None))).scalars().first()
    line = tasks.view(cast.alice, key or 0, LATER).line
    assert (line.standing, line.completed_by, line.completed_at, line.office) == (True, "艾丽", LATER, "教育局")
