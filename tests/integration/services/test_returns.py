"""退回 through the services: who may, what is asked, what the returned task shows, what history and notices keep, what one act costs."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.permissions import SYSTEM, Actor
from app.errors import Conflict, Forbidden, InvalidRequest, KeyReused, Suspended, TaskAlreadyClosed
from app.seen.happenings import Happening
from app.services import inbox, instances, models, repair, returns, tasks, trail
from app.services.returns import ReturnWish
from app.store.tables import NotificationRow, UserTaskRow, db
from tests.integration.services.conftest import DATA, NOW, Cast
from tests.integration.services.test_permit import statements
from tests.integration.services.test_repair import begin, deploy, entries, open_tasks
from tests.unit.engine.diagrams import chain, end, loop, parallel, start, user
from tests.unit.engine.test_returning import back

FINANCE = '<zeebe:assignmentDefinition candidateGroups="finance"/>'
BUREAU = '<zeebe:assignmentDefinition candidateGroups="data_bureau"/>'
FORM = '<zeebe:formDefinition formId="filing"/>'
FRIDAY = date(2026, 3, 13)  # NOW is a Tuesday
FILING = (DATA.parent / "returns" / "forms" / "filing.json").read_bytes()
LINE = (
    start(),
    user("fill", BUREAU + FORM),
    user("check", BUREAU),
    user("judge", FINANCE + back("*")),
    end(),
    chain("start", "fill", "check", "judge", "end"),
)


def wish(to: str = "fill", **more: Any) -> ReturnWish:
    return ReturnWish(**{"to": to, "straight": False, "reason": "金额与附件不符", "due_on": FRIDAY} | more)


def task(key: int, element_id: str) -> int:
    query = select(UserTaskRow.key).where(UserTaskRow.root_key == key, UserTaskRow.element_id == element_id, UserTaskRow.state == "open")
    return db.session.execute(query.order_by(UserTaskRow.key)).scalars().all()[0]


def filled(cast: Cast, *body: str, answer: dict[str, Any] | None = None) -> int:
    """A tree of LINE whose filing is at its judge."""
    models.deploy(SYSTEM, [("forms/hill/filing.json", FILING)], NOW, source="cli")
    deploy(*(body or LINE))
    key = begin(cast).key
    tasks.complete(cast.dora, task(key, "fill"), answer or {"amount": 5000, "note": "附件三份", "sworn": True}, NOW)
    tasks.complete(cast.dora, task(key, "check"), {}, NOW)
    return key


def give_back(
    cast: Cast, key: int, asked: ReturnWish | None = None, *, actor: Actor | None = None, now: datetime = NOW, **more: Any
) -> Any:
    return returns.give_back(actor or cast.fred, task(key, "judge"), asked or wish(), now, **more)


def test_the_returned_task_says_by_whom_why_and_until_when(cast: Cast) -> None:
    key = filled(cast)
    choices = returns.targets(cast.fred, task(key, "judge"), NOW)
    assert [(choice.element_id, choice.name, choice.person, choice.at == NOW) for choice in choices] == [
        ("check", "check", "杜数", True),
        ("fill", "fill", "杜数", True),
    ]
    done = give_back(cast, key)
    assert (done.state, done.next_tasks, open_tasks(key)) == ("active", [], ["fill"])
    (line,) = inbox.todo(cast.dora, NOW).items
    assert line.returned is not None
    assert (line.returned.person, line.returned.office, line.returned.task) == ("冯财", "山丘区财政局", "judge")
    assert (line.returned.reason, line.returned.straight, line.returned.at) == ("金额与附件不符", False, NOW)
    assert line.due_at == line.returned.due_at == datetime.fromisoformat("2026-03-14T00:00:00+08:00")
    page = tasks.view(cast.dora, line.key, NOW)
    assert page.deadline is not None
    assert (page.deadline.last_day, page.deadline.explanation) == (FRIDAY, ("退回时要求的期限",))
    assert "“judge”由山丘区财政局冯财退回后转到此处" in page.why


def test_its_form_opens_with_what_was_last_submitted_but_for_what_is_given_anew(cast: Cast) -> None:
    key = filled(cast)
    give_back(cast, key)
    page = tasks.view(cast.dora, task(key, "fill"), NOW)
    assert page.data == {"amount": 5000, "note": "附件三份"}  # the oath is taken again
    tasks.save_draft(cast.dora, task(key, "fill"), {"note": "附件四份"}, NOW)
    assert tasks.view(cast.dora, task(key, "fill"), NOW).data["note"] == "附件四份"


def test_the_due_is_the_earlier_of_its_own_and_the_returner_s(cast: Cast) -> None:
    own = '<zeebe:taskSchedule dueDate="2026-03-12T00:00:00+08:00"/>'
    body = (*LINE[:1], user("fill", BUREAU + FORM + own), *LINE[2:])
    key = filled(cast, *body)
    give_back(cast, key)
    (line,) = inbox.todo(cast.dora, NOW).items
    assert line.due_at == datetime.fromisoformat("2026-03-12T00:00:00+08:00")
    tasks.complete(cast.dora, line.key, {"amount": 1, "note": "改", "sworn": True}, NOW)
    tasks.complete(cast.dora, task(key, "check"), {}, NOW)
    give_back(cast, key, wish(due_on=NOW.date()))
    (line,) = inbox.todo(cast.dora, NOW).items
    assert line.due_at == datetime.fromisoformat("2026-03-11T00:00:00+08:00")


def test_history_notice_and_trail_keep_each_return(cast: Cast) -> None:
    key = filled(cast)
    returned = task(key, "judge")
    give_back(cast, key, wish(straight=True))
    told = db.session.execute(select(NotificationRow.role, NotificationRow.title, NotificationRow.text)).all()
    assert [tuple(row) for row in told] == [
        ("data_bureau", "退回:fill", "山丘区财政局冯财在“judge”环节退回:金额与附件不符。请于 2026-03-13 前办结。")
    ]
    (line,) = [line for line in inbox.done(cast.fred, NOW).items if line.key == returned]
    assert (line.returned_to, line.completed_at, line.completed_by) == ("fill", NOW, "冯财")
    (entry,) = [entry for entry in tasks.view(cast.dora, task(key, "fill"), NOW).timeline if entry.action == Happening.RETURNED]
    assert (entry.element, entry.person, entry.office) == ("judge", "冯财", "山丘区财政局")
    assert entry.outcome == "退回至“fill”(办结后直接退回本环节,限 2026-03-13 前办结):金额与附件不符"
    (record,) = entries("task.return")
    assert record.details == {
        "task": str(returned), "role": "finance", "to": "fill", "straight": True, "instances": [], "reason": "金额与附件不符", "due": "2026-03-13",
    }  # fmt: skip
    assert trail.verify(SYSTEM).problems == []


def test_straight_back_the_returning_task_opens_again_and_the_check_is_not_repeated(cast: Cast) -> None:
    key = filled(cast)
    give_back(cast, key, wish(straight=True))
    tasks.complete(cast.dora, task(key, "fill"), {"amount": 6000, "note": "改", "sworn": True}, NOW)
    assert open_tasks(key) == ["judge"]
    assert tasks.line(cast.fred, task(key, "judge"), NOW).returned is None
    tasks.complete(cast.fred, task(key, "judge"), {}, NOW)
    assert instances.line(cast.root, key).state == "completed"


def test_rounds_are_kept_by_a_return(cast: Cast) -> None:
    key = filled(cast)
    give_back(cast, key)
    tasks.complete(cast.dora, task(key, "fill"), {"amount": 1, "note": "改", "sworn": True}, NOW)
    found = db.session.execute(select(UserTaskRow.element_id, UserTaskRow.round).order_by(UserTaskRow.element)).all()
    assert [tuple(row) for row in found] == [("fill", 1), ("check", 1), ("judge", 1), ("fill", 1), ("check", 1)]


@pytest.mark.parametrize("reason", ["", "   ", "　　", "\u200a\n", "长" * 1001])
def test_a_reason_is_obligatory(cast: Cast, reason: str) -> None:
    key = filled(cast)
    with pytest.raises(InvalidRequest) as refused:
        give_back(cast, key, wish(reason=reason))
    assert refused.value.code == "REASON"
    assert open_tasks(key) == ["judge"]


def test_the_longest_reason_and_the_same_day_will_do(cast: Cast) -> None:
    key = filled(cast)
    late = datetime.fromisoformat("2026-03-10T23:59:00+08:00")
    give_back(cast, key, wish(reason="长" * 1000, due_on=date(2026, 3, 10)), now=late)
    assert open_tasks(key) == ["fill"]


@pytest.mark.parametrize("due", [date(2026, 3, 9), date(1, 1, 1), date(9999, 12, 31)])
def test_the_deadline_lies_not_in_the_past(cast: Cast, due: date) -> None:
    key = filled(cast)
    with pytest.raises(InvalidRequest) as refused:
        give_back(cast, key, wish(due_on=due))
    assert refused.value.code == "RETURN_DUE"


def test_the_deadline_is_judged_in_the_district_s_zone(cast: Cast) -> None:
    """At 17:00 UTC the tenth is over in hill."""
    key = filled(cast)
    with pytest.raises(InvalidRequest):
        give_back(cast, key, wish(due_on=date(2026, 3, 10)), now=NOW.replace(hour=17))


@pytest.mark.parametrize(("to", "instances"), [("judge", ()), ("end", ()), ("nowhere", ()), ("", ()), ("fill", (1,))])
def test_what_the_diagram_does_not_allow_is_a_conflict_in_words(cast: Cast, to: str, instances: tuple[int, ...]) -> None:
    key = filled(cast)
    with pytest.raises(Conflict) as refused:
        give_back(cast, key, wish(to, instances=instances))
    assert refused.value.code == "RETURN"
    assert open_tasks(key) == ["judge"]
    assert entries("task.return") == []


def test_only_who_may_do_the_task_may_return_it(cast: Cast) -> None:
    key = filled(cast)
    for actor in (cast.dora, cast.alice, cast.val, cast.root):
        with pytest.raises(Forbidden):
            give_back(cast, key, actor=actor)
    with pytest.raises(Forbidden):
        returns.targets(cast.dora, task(key, "judge"), NOW)
    tasks.claim(cast.fred, task(key, "judge"), NOW)
    give_back(cast, key)
    assert open_tasks(key) == ["fill"]


def test_a_closed_task_and_a_suspended_tree_are_refused(cast: Cast) -> None:
    key = filled(cast)
    judge = task(key, "judge")
    repair.suspend(cast.root, key, "核查", NOW)
    with pytest.raises(Suspended):
        give_back(cast, key)
    repair.resume(cast.root, key, "完毕", NOW)
    give_back(cast, key)
    with pytest.raises(TaskAlreadyClosed):
        returns.give_back(cast.fred, judge, wish(), NOW)
    with pytest.raises(TaskAlreadyClosed):
        tasks.complete(cast.fred, judge, {}, NOW)


def test_a_repeated_request_is_answered_again_and_does_nothing(cast: Cast) -> None:
    key = filled(cast)
    judge = task(key, "judge")
    first = returns.give_back(cast.fred, judge, wish(), NOW, idempotency_key="k1")
    again = returns.give_back(cast.fred, judge, wish(), NOW, idempotency_key="k1")
    assert (first.replayed, again.replayed, len(entries("task.return"))) == (False, True, 1)
    with pytest.raises(KeyReused):
        returns.give_back(cast.fred, judge, wish(reason="另一个原因"), NOW, idempotency_key="k1")


def test_a_parallel_branch_is_returned_before_the_fork_and_the_join_is_met_once(cast: Cast) -> None:
    body = (
        start(), user("fill", BUREAU + FORM), parallel("f"), user("check", BUREAU), user("judge", FINANCE + back("fill")), parallel("j"), user("z", FINANCE + back("check")), end(),
        chain("start", "fill", "f", "check", "j", "z", "end"), chain("f", "judge", "j"),
    )  # fmt: skip
    key = filled(cast, *body)
    give_back(cast, key)
    assert open_tasks(key) == ["fill"]
    tasks.complete(cast.dora, task(key, "fill"), {"amount": 1, "note": "改", "sworn": True}, NOW)
    tasks.complete(cast.dora, task(key, "check"), {}, NOW)
    tasks.complete(cast.fred, task(key, "judge"), {}, NOW)
    assert open_tasks(key) == ["z"]
    returns.give_back(cast.fred, task(key, "z"), wish("check"), NOW)
    tasks.complete(cast.dora, task(key, "check"), {}, NOW)
    assert open_tasks(key) == ["z"]


def test_of_a_joint_review_the_chosen_ones_are_asked_again(cast: Cast) -> None:
    offices = loop('=["甲", "乙"]', "office", "opinions", "=office")
    body = (start(), user("review", BUREAU, offices), user("judge", FINANCE + back("*")), end(), chain("start", "review", "judge", "end"))
    deploy(*body)
    key = begin(cast).key
    for _ in range(2):
        tasks.complete(cast.dora, task(key, "review"), {}, NOW)
    (choice,) = returns.targets(cast.fred, task(key, "judge"), NOW)
    assert [(item.place, item.person) for item in choice.items] == [(1, "杜数"), (2, "杜数")]
    give_back(cast, key, wish("review", instances=(2,)))
    assert open_tasks(key) == ["review"]
    assert "第 2 项" in inbox.done(cast.fred, NOW).items[0].outcome
    tasks.complete(cast.dora, task(key, "review"), {}, NOW)
    assert open_tasks(key) == ["judge"]


def test_the_last_submission_of_the_same_instance_is_shown(cast: Cast) -> None:
    offices = loop('=["甲", "乙"]', "office")
    body = (
        start(),
        user("fill", BUREAU + FORM, offices),
        user("judge", FINANCE + back("*")),
        end(),
        chain("start", "fill", "judge", "end"),
    )
    models.deploy(SYSTEM, [("forms/hill/filing.json", FILING)], NOW, source="cli")
    deploy(*body)
    key = begin(cast).key
    for note in ("甲的意见", "乙的意见"):
        tasks.complete(cast.dora, task(key, "fill"), {"amount": 1, "note": note, "sworn": True}, NOW)
    give_back(cast, key, wish(instances=(2,)))
    assert tasks.view(cast.dora, task(key, "fill"), NOW).data["note"] == "乙的意见"


def test_a_return_is_one_commit_and_few_statements(cast: Cast) -> None:
    key = filled(cast)
    judge = task(key, "judge")
    with statements() as seen:
        give_back(cast, key)
    assert seen.count("COMMIT") == 1
    assert len(seen) <= 20, "\n".join(seen)
    assert judge


def test_completing_keeps_what_was_submitted_without_another_statement(cast: Cast) -> None:
    key = filled(cast)
    with statements() as seen:
        tasks.complete(cast.fred, task(key, "judge"), {"remark": "同意"}, NOW + timedelta(minutes=1))
    assert sum("UPDATE user_tasks" in statement for statement in seen) == 1
    kept = db.session.execute(select(UserTaskRow.answer).where(UserTaskRow.element_id == "judge")).scalar_one()
    assert kept == {"remark": "同意"}
