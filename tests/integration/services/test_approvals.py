"""An approval on the server: it lapses with whoever writes one of its values, for good; its person is told, and nobody gives it in another way."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.permissions import SYSTEM
from app.errors import Failure, Refused
from app.services import accounts, instances, jobs, messages, projects, repair, returns, tasks, trail
from app.store.tables import ApprovalRow, AuditEntryRow, NotificationRow, UserTaskRow, db
from tests.integration.services import declaring as t
from tests.integration.services.conftest import NOW, Cast
from tests.unit.engine import diagrams as d

HILL = accounts.system("hill")
MARK = {"x-ledger": True}
PAY = t.form("pay", {"budget": {**t.MONEY, **MARK}})
ASK = t.form("ask", {"wanted": t.MONEY})
CHECK = t.form("check", {"verdict": {"type": "string"}})
OK = 'verdict = "同意"'
APPROVED: dict[str, Any] = {"agreed": {**t.MONEY, "title": "同意的金额", "x-source": ["approval:permit.check"]}}
SEEN = d.io({"ok": '=approved("permit.check")'})


def deploy(approves: str = "budget", *more: str, fields: dict[str, Any] | None = None, sets: str = "") -> None:
    """Money is filled in, the leader approves it; beside that stand tasks that may change it, and a gate."""
    body = (
        d.start(),
        t.task("ask", "applicant", form="ask"),
        t.task("pay", form="pay"),
        t.task("check", "data_bureau_leader", form="check", approves=approves, approvesWhen=OK),
        d.parallel("fork"),
        t.task("other", form="pay"),
        t.task("gate", "data_bureau", extensions=SEEN, **({"set": sets} if sets else {})),
        d.service("work", "outside"),
        d.end("end"),
        d.chain("start", "ask", "pay", "check", "fork"),
        *(d.flow("fork", name) + d.flow(name, "end") for name in ("other", "gate", "work")),
    )
    t.deploy(PAY, ASK, CHECK, t.diagram(*body), *more, fields=fields)


def approve(cast: Cast, verdict: str = "同意") -> int:
    project = t.begin(cast.alice)
    t.complete(cast.alice, "ask", wanted=3)
    t.complete(cast.fred, "pay", budget=5)
    t.complete(cast.lea, "check", verdict=verdict)
    return project


def rows() -> list[ApprovalRow]:
    return list(db.session.execute(select(ApprovalRow).order_by(ApprovalRow.key)).scalars())


def told() -> list[tuple[str, str]]:
    query = select(NotificationRow.role, NotificationRow.title).where(NotificationRow.title.contains("批准"))
    return [(row.role, row.title) for row in db.session.execute(query)]


def test_what_is_approved_is_kept_with_who_in_which_role_and_what(cast: Cast) -> None:
    deploy()
    project = approve(cast)
    (row,) = rows()
    assert (row.process_id, row.element_id, row.holds, row.approved_values, row.lapsed_at) == ("permit", "check", True, {"budget": 5}, None)
    assert (row.user_key, row.user_name, row.role, row.office, row.at) == (cast.lea.user, "李局", "data_bureau_leader", "山丘区数据局", NOW)
    assert (len(row.digest), t.row(project)["approved"]) == (64, ["budget"])
    (view,) = projects.view(cast.alice, project, NOW).approvals
    assert (view.person, view.values, view.lapsed) == ("李局", {"预算": 5}, ())


def test_a_later_owner_s_change_takes_it_away_for_good_and_its_person_is_told(cast: Cast) -> None:
    deploy()
    project = approve(cast)
    t.complete(cast.fred, "other", budget=6)
    (row,) = rows()
    assert (row.lapsed_at, row.lapsed_names, told()) == (NOW, ["budget"], [("data_bureau_leader", "您的批准已失效:预算有改动")])
    (entry,) = db.session.execute(select(AuditEntryRow).where(AuditEntryRow.action == "approval.lapse")).scalars()
    assert (entry.subject, entry.details["names"]) == ("permit.check", ["budget"])
    (view,) = projects.view(cast.alice, project, NOW).approvals
    assert (view.lapsed, view.lapsed_at) == (("预算",), NOW)
    assert trail.verify(SYSTEM).problems == []


def test_the_old_value_written_back_does_not_revive_it(cast: Cast) -> None:
    body = (d.start(), t.task("pay", form="pay"), t.task("check", "data_bureau_leader", form="check", approves="budget", approvesWhen=OK),
            t.task("up", form="pay"), t.task("back", form="pay"), t.task("gate", "data_bureau", extensions=SEEN), d.end("end"),
            d.chain("start", "pay", "check", "up", "back", "gate", "end"))  # fmt: skip
    t.deploy(PAY, CHECK, t.diagram(*body))
    t.begin(cast.alice)
    t.complete(cast.fred, "pay", budget=5)
    t.complete(cast.lea, "check", verdict="同意")
    t.complete(cast.fred, "up", budget=6)
    t.complete(cast.fred, "back", budget=5)
    assert t.shown(cast.dora, "gate")["ok"] is False
    assert len(told()) == 1


def test_a_change_that_is_none_takes_nothing_away(cast: Cast) -> None:
    deploy()
    approve(cast)
    t.complete(cast.fred, "other", budget=5)
    assert (rows()[0].lapsed_at, told()) == (None, [])


def _administrator(cast: Cast, project: int) -> None:
    (line,) = projects.view(cast.alice, project, NOW).instances
    repair.set_variables(cast.root, line.key, {"wanted": 9}, "改", NOW)


def _worker(cast: Cast, project: int) -> None:
    (job,) = jobs.take(cast.root, "outside", NOW)
    jobs.complete(cast.root, job.key, {"wanted": 9}, NOW)


@pytest.mark.parametrize("way", [_administrator, _worker])
def test_whoever_writes_a_variable_of_it_lapses_it(cast: Cast, way: Callable[[Cast, int], None]) -> None:
    deploy("wanted")
    project = approve(cast)
    assert rows()[0].approved_values == {"wanted": 3}
    way(cast, project)
    assert (rows()[0].lapsed_names, told()) == (["wanted"], [("data_bureau_leader", "您的批准已失效:wanted有改动")])


# ---------------------------------------------------------------------- ways around


def _not_approved(cast: Cast) -> None:
    approve(cast, "不同意")


def _another_person(cast: Cast) -> None:
    """Finance says the leader's word."""
    project = t.begin(cast.alice)
    t.complete(cast.alice, "ask", wanted=3)
    t.complete(cast.fred, "pay", budget=5)
    key = next(line.key for line in projects.view(cast.alice, project, NOW).tasks if line.element_id == "check")
    with pytest.raises(Failure):
        tasks.complete(cast.fred, key, {"verdict": "同意"}, NOW)
    t.complete(cast.lea, "check", verdict="不同意")


def _variable(cast: Cast) -> None:
    """A start variable, a message and an administrator call something ``approved``."""
    project = projects.start(cast.alice, "permit", "教育平台", NOW, variables={"approved": True, "verdict": "同意"})[0]
    t.complete(cast.alice, "ask", wanted=3)
    t.complete(cast.fred, "pay", budget=5)
    messages.publish(HILL, "approved", str(project), {"approved": True}, NOW, tenant="hill")
    (line,) = projects.view(cast.alice, project, NOW).instances
    repair.set_variables(cast.root, line.key, {"approved": True, "verdict": "同意"}, "改", NOW)
    t.complete(cast.lea, "check", verdict="不同意")


def _jumped(cast: Cast) -> None:
    """An administrator lets the token jump over the task."""
    project = t.begin(cast.alice)
    (line,) = projects.view(cast.alice, project, NOW).instances
    view = instances.view(cast.root, line.key, NOW)
    token = next(token.element for token in view.tokens if token.element_id == "ask")
    repair.modify(cast.root, line.key, "跳过", NOW, terminate=[token], activate=[repair.Activate("gate")])


@pytest.mark.parametrize("way", [_not_approved, _another_person, _variable, _jumped])
def test_nothing_else_is_an_approval(cast: Cast, way: Callable[[Cast], None]) -> None:
    deploy()
    way(cast)
    assert t.shown(cast.dora, "gate")["ok"] is False


def test_a_field_takes_what_was_approved_and_nothing_that_has_lapsed(cast: Cast) -> None:
    deploy("wanted budget", fields=APPROVED, sets='agreed = approvedValue("permit.check", "wanted")')
    project = approve(cast)
    t.complete(cast.dora, "gate")
    assert t.row(project)["facts"]["agreed"] == 3
    second = approve(cast)
    (line,) = projects.view(cast.alice, second, NOW).instances
    repair.set_variables(cast.root, line.key, {"wanted": 99}, "改", NOW)
    key = next(one.key for one in projects.view(cast.alice, second, NOW).tasks if one.element_id == "gate")
    tasks.complete(cast.dora, key, {}, NOW)
    assert t.row(second)["facts"].get("agreed") is None


def test_a_set_that_says_more_than_the_approved_value_is_refused(hill: object) -> None:
    for text in (
        'agreed = approvedValue("permit.check", "wanted") + 1',
        "agreed = wanted",
        'agreed = approvedValue("permit.pay", "wanted")',
    ):
        with pytest.raises(Refused):
            deploy("wanted", fields=APPROVED, sets=text)


def test_a_task_that_approves_nothing_cannot_be_asked(hill: object) -> None:
    body = (d.start(), t.task("a", extensions=d.io({"ok": '=approved("permit.a")'})), d.end("end"), d.chain("start", "a", "end"))
    with pytest.raises(Refused) as refused:
        t.deploy(t.diagram(*body))
    assert [problem.code for problem in refused.value.problems] == ["TREE_FUNCTION"]


@pytest.mark.parametrize(
    ("to", "who", "answer", "opened"),
    [
        ("pay", "fred", {"budget": 5}, "last"),
        ("pay", "fred", {"budget": 6}, "check"),
        ("ask", "alice", {"wanted": 3}, "last"),
        ("ask", "alice", {"wanted": 4}, "pay"),
    ],
)
def test_a_correction_goes_straight_back_only_where_what_was_approved_is_as_it_was(
    cast: Cast, caplog: pytest.LogCaptureFixture, to: str, who: str, answer: dict[str, Any], opened: str
) -> None:
    """A fact or a variable of the tree: whoever approved it sees it again before the one who has returned the task (modelling.md §7)."""
    body = (
        d.start(),
        t.task("ask", "applicant", form="ask"),
        t.task("pay", form="pay"),
        t.task("check", "data_bureau_leader", form="check", approves="budget wanted", approvesWhen=OK),
        t.task("last", "data_bureau", returnTo="pay ask"),
        d.end(),
        d.chain("start", "ask", "pay", "check", "last", "end"),
    )
    t.deploy(PAY, ASK, CHECK, t.diagram(*body))
    project = approve(cast)
    wish = returns.ReturnWish(to, straight=True, reason="请核对", due_on=(NOW + timedelta(days=3)).date())
    returns.give_back(cast.dora, t.open_task(cast.dora, "last"), wish, NOW)
    t.complete(getattr(cast, who), to, **answer)
    open_tasks = db.session.execute(select(UserTaskRow.element_id).where(UserTaskRow.project_key == project, UserTaskRow.state == "open"))
    assert list(open_tasks.scalars()) == [opened]
    assert [row.lapsed_names for row in rows()] == [None if opened == "last" else list(answer)]
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == [], "it is one act, whichever way it goes"
