"""Several tasks as one list with one answer: all are completed in one act, or none, and who asks is told why, project by project."""

import pytest
from sqlalchemy import func, select

from app.domain.codes import Action
from app.domain.permissions import SYSTEM
from app.errors import Forbidden, InvalidForm, InvalidRequest, NotFound
from app.services import inbox, joint, repair, tasks
from app.store.tables import ApprovalRow, AuditEntryRow, UserTaskRow, db
from tests.integration.services import declaring as t
from tests.integration.services.conftest import NOW, Cast
from tests.unit.engine import diagrams as d

WRITE = t.form("write", {"scheme": {"type": "string", "x-ledger": True}})
BAD = {"id": "bad", "when": 'project.scheme = "差"', "message": "方案不行", "field": "verdict"}
GRANT = t.form(
    "grant",
    {"scheme": {"type": "string", "readOnly": True}, "verdict": {"type": "string"}, "budget": {**t.MONEY, "x-ledger": True}},
    ("verdict",),
    **{"x-checks": [BAD]},
)
ALL = {"verdict": "同意", "budget": 5}


def deploy(key: str = '=if project.scheme = "自办" then null else "一批"') -> None:
    granted = t.task("grant", form="grant", together=key, approves="budget scheme", approvesWhen='verdict = "同意"')
    body = (d.start(), t.task("write", "applicant", form="write"), granted, t.task("last", "data_bureau"), d.end("end"))
    t.deploy(WRITE, GRANT, t.diagram(*body, d.chain("start", "write", "grant", "last", "end")))


def begun(cast: Cast, *schemes: str) -> list[int]:
    """Projects whose scheme is written; gives the tasks that wait for finance."""
    for number, scheme in enumerate(schemes):
        t.begin(cast.alice, name=f"平台{number}")
        t.complete(cast.alice, "write", scheme=scheme)
    return sorted(line.key for line in inbox.todo(cast.fred, NOW).items)


def open_keys(cast: Cast) -> list[int]:
    return sorted(line.key for line in inbox.todo(cast.fred, NOW).items)


def test_what_is_chosen_is_completed_in_one_act_at_one_instant_and_each_keeps_its_own_approval(cast: Cast) -> None:
    deploy()
    first, second, third = begun(cast, "好", "好", "好")
    assert [line.key for line in joint.members(cast.fred, second, NOW)] == [first, second, third]
    shown = joint.page(cast.fred, first, [first, third], NOW)
    assert [line.key for line in shown.chosen] == [first, third]
    assert shown.form is not None
    assert set(shown.form.fields) == {"verdict", "budget"}
    assert joint.submit(cast.fred, [third, first, third], ALL, NOW) == 2
    assert open_keys(cast) == [second]
    of = {line.project_name for line in inbox.todo(cast.dora, NOW).items}
    assert of == {"平台0", "平台2"}
    assert {t.row(line.project_key or 0)["facts"]["budget"] for line in inbox.todo(cast.dora, NOW).items} == {5}
    assert db.session.execute(select(func.count()).select_from(ApprovalRow).where(ApprovalRow.holds)).scalar() == 2
    done = select(AuditEntryRow.details).where(AuditEntryRow.action == Action.TASK_COMPLETE, AuditEntryRow.user_name == cast.fred.name)
    assert [row["together"] for row in db.session.execute(done).scalars()] == [f"{first} {third}"] * 2
    closed = select(UserTaskRow.closed_at).where(UserTaskRow.key.in_([first, third]))
    assert set(db.session.execute(closed).scalars()) == {NOW}


def test_one_that_is_refused_lets_none_be_completed_and_is_told_by_its_project(cast: Cast) -> None:
    deploy()
    keys = begun(cast, "好", "差", "好")
    with pytest.raises(InvalidForm) as refused:
        joint.submit(cast.fred, keys, ALL, NOW)
    assert [problem.message for problem in refused.value.problems] == ["平台1：方案不行"]
    assert refused.value.message == "一件也没有办结：平台1：方案不行。其余 2 件可以办理"
    assert open_keys(cast) == keys
    assert inbox.todo(cast.dora, NOW).total == 0
    with pytest.raises(InvalidForm, match=r"平台0：.*必填"):
        joint.submit(cast.fred, [keys[0], keys[2]], {"budget": 5}, NOW)
    assert joint.submit(cast.fred, [keys[0], keys[2]], ALL, NOW) == 2


@pytest.mark.one_database
def test_what_was_done_meanwhile_or_is_suspended_stops_the_list(cast: Cast) -> None:
    deploy()
    first, second, third = begun(cast, "好", "好", "好")
    tasks.complete(cast.fred, first, ALL, NOW)
    with pytest.raises(InvalidForm, match="平台0：此事项已经办结"):
        joint.submit(cast.fred, [first, second, third], ALL, NOW)
    repair.suspend(SYSTEM, tasks.line(cast.fred, second, NOW).root_key, "核查", NOW)
    with pytest.raises(InvalidForm, match="平台1：此流程实例已被管理员挂起"):
        joint.submit(cast.fred, [second, third], ALL, NOW)
    assert open_keys(cast) == [second, third]


@pytest.mark.one_database
def test_nobody_does_for_several_what_they_may_not_do_for_one(cast: Cast) -> None:
    deploy()
    keys = begun(cast, "好", "好")
    with pytest.raises(Forbidden) as refused:
        joint.submit(cast.dora, keys, ALL, NOW)
    assert "平台" not in refused.value.message
    assert open_keys(cast) == keys


@pytest.mark.one_database
def test_whoever_tries_keys_learns_no_project_s_name_be_its_task_open_or_done(cast: Cast) -> None:
    deploy()
    first, second = begun(cast, "好", "好")
    tasks.complete(cast.fred, first, ALL, NOW)
    for stranger in (cast.bob, cast.val, cast.root):
        with pytest.raises((Forbidden, NotFound)) as refused:
            joint.submit(stranger, [first, second], ALL, NOW)
        assert "平台" not in refused.value.message, stranger.username


@pytest.mark.one_database
def test_a_key_that_is_null_or_another_makes_no_list(cast: Cast) -> None:
    deploy('=if project.scheme = "自办" then null else project.scheme')
    one, alone, other = begun(cast, "甲", "自办", "乙")
    assert [joint.members(cast.fred, key, NOW) for key in (alone,)] == [()]
    assert [line.key for line in joint.members(cast.fred, one, NOW)] == [one]
    for keys in ([one, alone], [one, other]):
        with pytest.raises(InvalidRequest, match="不是可以一并办理的同一批"):
            joint.submit(cast.fred, keys, ALL, NOW)
    assert open_keys(cast) == [one, alone, other]


@pytest.mark.one_database
def test_two_at_least_all_there_and_each_of_its_own_project(cast: Cast) -> None:
    deploy()
    first, second = begun(cast, "好", "好")
    with pytest.raises(InvalidRequest, match="两件以上"):
        joint.submit(cast.fred, [first, first], ALL, NOW)
    with pytest.raises(NotFound, match="没有此事项"):
        joint.submit(cast.fred, [first, 12345], ALL, NOW)
    assert open_keys(cast) == [first, second]


@pytest.mark.one_database
def test_sent_twice_with_one_key_it_is_done_once(cast: Cast) -> None:
    deploy()
    keys = begun(cast, "好", "好")
    assert joint.submit(cast.fred, keys, ALL, NOW, idempotency_key="k1") == 2
    assert joint.submit(cast.fred, keys, ALL, NOW, idempotency_key="k1") == 2
    assert inbox.todo(cast.dora, NOW).total == 2
