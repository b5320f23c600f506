"""A permit from application to approval, through the services alone: who may, what is refused, what one act writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, func, select, update

from app.acts.transaction import act
from app.domain.permissions import SYSTEM
from app.errors import Forbidden, InvalidForm, InvalidRequest, KeyReused, NotFound, TaskAlreadyClosed
from app.services import accounts, inbox, projects, pump, tasks, trail
from app.store.tables import AuditEntryRow, ElementInstanceRow, NotificationRow, UserTaskRow, db
from tests.integration.services.conftest import NOW, Cast

APPLICATION = {"amount": Decimal("5000.00"), "receivedAt": "2026-03-10T09:00:00+08:00", "reason": "设备老化"}


def start(cast: Cast) -> tuple[int, int]:
    return projects.start(cast.alice, "permit", "教育平台", NOW)


def reviewed(cast: Cast) -> int:
    """The key of the review of a permit that was applied for."""
    tasks.complete(cast.alice, start(cast)[1], APPLICATION, NOW)
    return inbox.todo(cast.fred, NOW).items[0].key


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is sent to the database, and its commits."""
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    def commit(connection: object) -> None:
        seen.append("COMMIT")

    event.listen(db.engine, "before_cursor_execute", note)
    event.listen(db.engine, "commit", commit)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
        event.remove(db.engine, "commit", commit)


def test_a_permit_runs_from_application_to_approval(cast: Cast) -> None:
    project, task = start(cast)
    assert [line.key for line in inbox.todo(cast.alice, NOW).items] == [task]
    done = tasks.complete(cast.alice, task, APPLICATION, NOW)
    assert done.incidents == ()
    assert inbox.todo(cast.alice, NOW).items == []
    assert [line.element_id for line in inbox.done(cast.alice, NOW).items] == ["apply"]
    (review,) = inbox.todo(cast.fred, NOW).items
    assert review.element_id == "review"
    assert review.due_at is not None
    assert (
        review.due_at.isoformat() == "2026-03-24T16:00:00+00:00"
    )  # ten working days after 10 March: the 24th; exclusive midnight in Shanghai
    assert review.days_left == 14
    later = NOW + timedelta(days=1)
    after = tasks.complete(cast.fred, review.key, {"verdict": "同意", "amount": Decimal("4999.99")}, later)
    assert after.state == "completed"
    page = projects.view(cast.alice, project, later)
    assert page.project.phase == "approved"
    assert [step.key for step in page.phases if step.since is not None] == ["draft", "declared", "approved"]
    assert page.project.total_amount == Decimal("5000.00")
    (notice,) = inbox.notifications(cast.alice, later).items
    assert (notice.title, notice.text) == ("申请已批复", "批复金额4999.99")
    assert inbox.notifications(cast.bob, later).items == []
    assert [line.element_id for line in inbox.todo(cast.dora, later).items] == ["inspect"]
    assert trail.verify(SYSTEM).problems == []


def test_the_task_page_says_why_until_when_and_under_which_clause(cast: Cast) -> None:
    view = tasks.view(cast.fred, reviewed(cast), NOW)
    assert view.data == {}, "a field without x-keep starts empty, whatever variable there is of its name"
    assert view.variables["amount"] == Decimal("5000.00")
    assert [clause.id for clause in view.clauses] == ["HL-2-1"]
    assert "填报申请" in view.why
    assert "山丘办法第二条" in view.why
    assert view.deadline is not None
    assert view.deadline.key == "permit.review"
    assert view.deadline.last_day.isoformat() == "2026-03-24"
    assert any("10 个工作日" in line for line in view.deadline.explanation)
    assert [clause.id for clause in view.deadline.clauses] == ["HL-2-1"]
    assert view.diagram.current == ("review",) or set(view.diagram.current) == {"review"}
    assert {"apply", "decide_gate"} <= set(view.diagram.completed)
    decided = next(entry for entry in view.timeline if entry.element == "decide_gate")
    assert decided.decision is not None
    assert (decided.decision.version, decided.decision.rules[0].id) == (1, "small")
    assert [clause.id for clause in decided.clauses] == ["HL-2-1"]
    applied = next(entry for entry in view.timeline if entry.element == "apply")
    assert (applied.account, applied.person, applied.office, applied.role) == ("alice", "艾丽", "教育局", "applicant")


@pytest.mark.parametrize("name", ["__builtins__", "typename", "len", "approved"])
def test_an_undeclared_field_is_refused_and_the_rest_is_kept_as_draft(cast: Cast, name: str) -> None:
    _, task = start(cast)
    with pytest.raises(InvalidForm) as refused:
        tasks.complete(cast.alice, task, {**APPLICATION, name: "x"}, NOW)
    assert [(problem.path, problem.code) for problem in refused.value.problems] == [(name, "UNDECLARED")]
    view = tasks.view(cast.alice, task, NOW)
    assert view.line.state == "open"
    assert view.data["reason"] == "设备老化"
    assert view.draft_saved_at == NOW
    tasks.complete(cast.alice, task, APPLICATION, NOW)


def test_a_missing_field_is_named_in_chinese(cast: Cast) -> None:
    _, task = start(cast)
    with pytest.raises(InvalidForm) as refused:
        tasks.complete(cast.alice, task, {"amount": Decimal("1.234"), "receivedAt": "2026-03-10T09:00:00+08:00"}, NOW)
    assert {(problem.path, problem.code) for problem in refused.value.problems} == {("amount", "MONEY"), ("reason", "REQUIRED")}
    assert "“理由”必填" in refused.value.message


def test_a_second_submit_changes_nothing(cast: Cast) -> None:
    review = reviewed(cast)
    tasks.complete(cast.fred, review, {"verdict": "同意"}, NOW)
    before = db.session.execute(select(func.count()).select_from(ElementInstanceRow)).scalar_one()
    with pytest.raises(TaskAlreadyClosed):
        tasks.complete(cast.fred, review, {"verdict": "不同意"}, NOW)
    with pytest.raises(TaskAlreadyClosed):
        tasks.save_draft(cast.fred, review, {"note": "x"}, NOW)
    assert db.session.execute(select(func.count()).select_from(ElementInstanceRow)).scalar_one() == before
    assert db.session.execute(select(UserTaskRow.outcome).where(UserTaskRow.key == review)).scalar_one() == "审查意见:同意"


def test_a_stranger_may_neither_read_nor_write(cast: Cast) -> None:
    project, task = start(cast)
    for stranger, code in ((cast.bob, "NOT_YOUR_PROJECT"), (cast.val, "OTHER_DISTRICT"), (cast.root, "ADMINISTRATOR")):
        for attempt in (
            lambda who=stranger: tasks.view(who, task, NOW),
            lambda who=stranger: tasks.complete(who, task, APPLICATION, NOW),
            lambda who=stranger: tasks.save_draft(who, task, {}, NOW),
            lambda who=stranger: tasks.claim(who, task, NOW),
            lambda who=stranger: tasks.form(who, task),
        ):
            with pytest.raises(Forbidden) as refused:
                attempt()
            assert refused.value.code == code
        with pytest.raises(Forbidden):
            projects.view(stranger, project, NOW)
        assert inbox.todo(stranger, NOW).items == []
        assert tasks.search(stranger, tasks.TaskFilter(), NOW).items == []
        assert projects.search(stranger, NOW).items == []


def test_the_bureau_reads_what_others_do_but_cannot_do_it(cast: Cast) -> None:
    project, task = start(cast)
    assert tasks.view(cast.dora, task, NOW).may.code == "ROLE_MISSING"
    assert [line.key for line in projects.search(cast.dora, NOW).items] == [project]
    with pytest.raises(Forbidden):
        tasks.complete(cast.dora, task, APPLICATION, NOW)


def test_an_unknown_task_is_not_found(cast: Cast) -> None:
    with pytest.raises(NotFound):
        tasks.complete(cast.alice, 1, {}, NOW)
    with pytest.raises(NotFound):
        tasks.view(cast.alice, 1, NOW)


def test_a_draft_is_kept_and_goes_with_the_completion(cast: Cast) -> None:
    _, task = start(cast)
    assert tasks.save_draft(cast.alice, task, {"reason": ""}, NOW) == NOW
    assert tasks.view(cast.alice, task, NOW).data["reason"] is None, "a blank text is no answer"
    with pytest.raises(InvalidForm):
        tasks.save_draft(cast.alice, task, {"approved": True}, NOW)
    tasks.complete(cast.alice, task, APPLICATION, NOW)
    assert db.session.execute(select(UserTaskRow.draft).where(UserTaskRow.key == task)).scalar_one() is None


def test_who_claims_a_task_has_it_alone_until_it_is_released(cast: Cast) -> None:
    review = reviewed(cast)
    key = accounts.create_user(accounts.system("hill"), "fiona", "冯二", "long-enough-1", "hill", [("finance", "山丘区财政局")], NOW)
    fiona = accounts.actor(key, NOW)
    assert tasks.claim(cast.fred, review, NOW).assignee == "fred"
    assert inbox.todo(fiona, NOW).items == []
    assert len(inbox.todo(cast.fred, NOW).items) == 1
    with pytest.raises(Forbidden) as refused:
        tasks.complete(fiona, review, {"verdict": "同意"}, NOW)
    assert refused.value.code == "ASSIGNED_TO_OTHER"
    tasks.release(cast.fred, review, NOW)
    tasks.complete(fiona, review, {"verdict": "同意"}, NOW)


def test_the_same_idempotency_key_acts_once(cast: Cast) -> None:
    review = reviewed(cast)
    first = tasks.complete(cast.fred, review, {"verdict": "同意"}, NOW, idempotency_key="k1")
    again = tasks.complete(cast.fred, review, {"verdict": "同意"}, NOW, idempotency_key="k1")
    assert (first.replayed, again.replayed) == (False, True)
    assert again.state == first.state == "completed"
    with pytest.raises(KeyReused):
        tasks.complete(cast.fred, review, {"verdict": "不同意"}, NOW, idempotency_key="k1")
    with pytest.raises(TaskAlreadyClosed):
        tasks.complete(cast.fred, review, {"verdict": "同意"}, NOW, idempotency_key="k2")


def test_completing_a_task_is_one_commit_and_few_statements(cast: Cast) -> None:
    warm, task = reviewed(cast), start(cast)[1]
    tasks.view(cast.fred, warm, NOW)
    with statements() as seen:
        actor = accounts.actor(cast.alice.user, NOW)
        tasks.complete(actor, task, APPLICATION, NOW)
    # Two connectors, two decisions, a new task with a deadline: everything that an act can write but messages.
    written = seen[: seen.index("COMMIT")]
    assert seen.count("COMMIT") == 1
    assert len(written) <= 15, written
    assert len(seen) - len(written) <= 2  # after the commit: the commit itself, and the actor's next tasks


def test_nothing_is_written_when_one_statement_fails(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    _, task = start(cast)
    tables = (UserTaskRow, ElementInstanceRow, AuditEntryRow, NotificationRow)

    def counts() -> list[int]:
        return [db.session.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]

    before = counts()
    total = 0
    with statements() as seen:
        tasks.view(cast.alice, task, NOW)
    for number in range(30):
        total = number
        sent = 0

        def fail(connection: object, cursor: object, statement: str, *rest: object, at: int = number) -> None:
            nonlocal sent
            sent += 1
            if sent == at + 1:
                raise RuntimeError("cut")

        event.listen(db.engine, "before_cursor_execute", fail)
        try:
            tasks.complete(cast.alice, task, APPLICATION, NOW)
        except RuntimeError:
            db.session.rollback()
            event.remove(db.engine, "before_cursor_execute", fail)
            if db.session.execute(select(UserTaskRow.state).where(UserTaskRow.key == task)).scalar_one() == "completed":
                break  # cut after the commit: the act stands
            assert counts() == before, number
            continue
        event.remove(db.engine, "before_cursor_execute", fail)
        break
    assert total >= 10
    assert seen
    assert db.session.execute(select(UserTaskRow.state).where(UserTaskRow.key == task)).scalar_one() == "completed"
    assert trail.verify(SYSTEM).problems == []


def test_a_name_must_be_a_name(cast: Cast) -> None:
    for name in ("", "   ", "x" * 201, "两\n行"):
        with pytest.raises(InvalidRequest):
            projects.start(cast.alice, "permit", name, NOW)
    with pytest.raises(Forbidden):
        projects.start(cast.fred, "permit", "平台", NOW)
    with pytest.raises(Forbidden):
        projects.start(cast.alice, "inspection", "平台", NOW)


def test_lists_are_filtered_and_paged(cast: Cast) -> None:
    keys = [projects.start(cast.alice, "permit", f"平台{number}", NOW)[1] for number in range(5)]
    tasks.complete(cast.alice, keys[0], APPLICATION, NOW)
    first = inbox.todo(cast.alice, NOW, limit=3)
    second = inbox.todo(cast.alice, NOW, limit=3, offset=3)
    assert (first.total, first.pages, first.has_more, len(second.items)) == (4, 2, True, 1)
    assert [line.project_name for line in inbox.todo(cast.alice, NOW, text="平台3").items] == ["平台3"]
    assert inbox.todo(cast.alice, NOW, text="%").items == []
    assert inbox.todo(cast.alice, NOW, process="nothing").items == []
    late = NOW + timedelta(days=40)
    assert [line.overdue for line in inbox.todo(cast.fred, late, overdue=True).items] == [True]
    assert inbox.todo(cast.alice, late, overdue=True).items == []
    counts = inbox.counts(cast.fred, late)
    assert (counts.todo, counts.overdue, counts.later) == (1, 1, 0)
    assert inbox.processes(cast.alice) == [("permit", "许可")]


def test_a_task_without_a_form_takes_any_variables(cast: Cast) -> None:
    first = datetime.fromisoformat("2027-01-01T00:00:00+08:00")
    pump.run_due(first)
    (look,) = inbox.todo(cast.dora, first).items
    assert tasks.form(cast.dora, look.key) is None
    done = tasks.complete(cast.dora, look.key, {"seen": True, "amount": Decimal("1.10")}, first)
    assert done.state == "completed"
    assert tasks.line(cast.dora, look.key, first).outcome == "已办理"


def test_what_is_to_be_followed_up_later_comes_last(cast: Cast) -> None:
    first = [projects.start(cast.alice, "permit", f"平台{number}", NOW)[1] for number in range(3)]
    with act():
        db.session.execute(update(UserTaskRow).where(UserTaskRow.key == first[0]).values(follow_up_at=NOW + timedelta(days=3)))
        db.session.execute(update(UserTaskRow).where(UserTaskRow.key == first[2]).values(due_at=NOW + timedelta(days=3)))
    assert [line.key for line in inbox.todo(cast.alice, NOW).items] == [first[2], first[1], first[0]]
    assert inbox.counts(cast.alice, NOW).later == 1
    assert [line.key for line in inbox.todo(cast.alice, NOW + timedelta(days=3)).items] == [first[2], first[0], first[1]]
