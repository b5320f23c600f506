"""Repairs of running instances: what an administrator changes is written like every act, once, with the reason, and refused when the tree has moved on."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.domain.permissions import SYSTEM
from app.errors import Conflict, Forbidden, InvalidRequest, NotFound, Suspended, TaskAlreadyClosed
from app.seen.shapes import InstanceLine, InstancePage
from app.services import inbox, instances, jobs, messages, migration, models, pump, repair, tasks, trail
from app.services.repair import Activate
from app.store.tables import AuditEntryRow, JobRow, ProcessInstanceRow, TaskCandidateRow, UserTaskRow, WaitRow, db
from tests.integration.services.conftest import NOW, Cast
from tests.unit.engine.diagrams import (
    boundary,
    call,
    catch,
    chain,
    end,
    error,
    file,
    loop,
    message,
    on_error,
    on_message,
    parallel,
    process,
    service,
    start,
    subprocess,
    timer,
    user,
)

HOUR = timedelta(hours=1)
FINANCE = '<zeebe:assignmentDefinition candidateGroups="finance"/>'
BUREAU = '<zeebe:assignmentDefinition candidateGroups="data_bureau"/>'


def task(element: str, extensions: str = FINANCE, **more: Any) -> str:
    return user(element, extensions, **more)


FORKED = (
    start(),
    parallel("f"),
    task("a"),
    task("b"),
    task("a2"),
    parallel("j"),
    task("z"),
    end(),
    chain("start", "f", "a", "a2", "j", "z", "end"),
    chain("f", "b", "j"),
)
EACH = (
    start(),
    task("first"),
    subprocess(
        "sp",
        start("s2"),
        task("u"),
        task("v"),
        end("e2"),
        chain("s2", "u", "v", "e2"),
        loop="{}",
    ),
    task("z"),
    end(),
    chain("start", "first", "sp", "z", "end"),
)


def each(*, sequential: bool) -> tuple[str, ...]:
    body = loop("=[1, 2, 3]", "i", "out", "=i * 10", sequential=sequential)
    return tuple(part.replace("{}", body) for part in EACH)


TIMED = (
    start(),
    task("a"),
    boundary("late", "a", timer("Duration", "PT1H"), False),
    task("hurry"),
    end(),
    chain("start", "a", "end"),
    chain("late", "hurry", "end"),
)


def deploy(*body: str, roots: str = "", id: str = "p") -> int:
    """The key of the process's new version."""
    deployment = models.deploy(SYSTEM, [(f"bpmn/hill/{id}.bpmn", file(roots, process(*body, id=id)))], NOW, source="cli")
    return next(item.key for item in deployment.definitions if item.kind == "process")


def begin(cast: Cast, variables: Mapping[str, Any] | None = None, id: str = "p") -> InstanceLine:
    return instances.create(cast.root, id, variables or {}, NOW)


def seen(cast: Cast, key: int) -> InstancePage:
    return instances.view(cast.root, key, NOW)


def at(cast: Cast, key: int) -> list[str]:
    """Element ids of the tokens, in order."""
    return [token.element_id for token in seen(cast, key).tokens]


def number(cast: Cast, key: int, element_id: str, index: int = 0) -> int:
    return [token.element for token in seen(cast, key).tokens if token.element_id == element_id][index]


def open_tasks(key: int) -> list[str]:
    query = select(UserTaskRow.element_id).where(UserTaskRow.instance_key == key, UserTaskRow.state == "open").order_by(UserTaskRow.key)
    return list(db.session.execute(query).scalars())


def complete(cast: Cast, element_id: str, key: int, index: int = 0) -> None:
    """By who may: fred of finance, or dora of the bureau."""
    query = select(UserTaskRow.key).where(
        UserTaskRow.instance_key == key, UserTaskRow.element_id == element_id, UserTaskRow.state == "open"
    )
    found = list(db.session.execute(query.order_by(UserTaskRow.key)).scalars())[index]
    roles = set(db.session.execute(select(TaskCandidateRow.role).where(TaskCandidateRow.task_key == found)).scalars())
    tasks.complete(cast.dora if "data_bureau" in roles else cast.fred, found, {}, NOW)


def entries(action: str) -> list[Any]:
    db.session.rollback()
    return list(db.session.execute(select(AuditEntryRow).where(AuditEntryRow.action == action).order_by(AuditEntryRow.number)).scalars())


def is_asleep(key: int) -> bool:
    """Whether no timer of the tree is looked at."""
    return not db.session.execute(select(func.count()).where(WaitRow.root_key == key, WaitRow.wake_at.is_not(None))).scalar_one()


def variables(cast: Cast, key: int) -> dict[str, Any]:
    return {item.name: item.value for item in seen(cast, key).variables if item.scope == ""}


# ---------------------------------------------------------------------- variables


def test_variables_are_set_with_what_they_were_before_in_the_trail(cast: Cast) -> None:
    deploy(*FORKED)
    key = begin(cast, {"amount": 1}).key
    repair.set_variables(cast.root, key, {"amount": 2, "note": "更正"}, "录入错误", NOW)
    assert variables(cast, key) == {"amount": 2, "note": "更正"}
    (entry,) = entries("instance.set_variables")
    assert (entry.user_name, entry.details["reason"], entry.details["before"]) == ("系管", "录入错误", {"amount": 1})
    assert trail.verify(SYSTEM).problems == []


def test_a_local_variable_stays_with_its_element(cast: Cast) -> None:
    deploy(*FORKED)
    key = begin(cast, {"x": 1}).key
    repair.set_variables(cast.root, key, {"x": 7}, "试", NOW, element=number(cast, key, "a"), local=True)
    assert {(item.scope, item.value) for item in seen(cast, key).variables if item.name == "x"} == {("", 1), ("a", 7)}


# ---------------------------------------------------------------------- modification


def test_a_task_in_a_parallel_branch_is_sent_back_and_still_joins(cast: Cast) -> None:
    deploy(*FORKED)
    key = begin(cast).key
    complete(cast, "a", key)
    complete(cast, "b", key)
    repair.modify(cast.root, key, "材料有误,退回重填", NOW, terminate=[number(cast, key, "a2")], activate=[Activate("a")])
    assert open_tasks(key) == ["a"]
    assert {line.element_id for line in inbox.todo(cast.fred, NOW).items} == {"a"}
    complete(cast, "a", key)
    complete(cast, "a2", key)
    assert open_tasks(key) == ["z"]
    complete(cast, "z", key)
    assert seen(cast, key).line.state == "completed"
    (entry,) = entries("instance.modify")
    assert [place["element"] for place in entry.details["terminate"]] == ["a2"]
    assert entry.details["activate"][0]["element"] == "a"


def test_a_fork_is_left_altogether_and_entered_from_outside(cast: Cast) -> None:
    deploy(*FORKED)
    key = begin(cast).key
    repair.modify(
        cast.root,
        key,
        "跳过",
        NOW,
        terminate=[number(cast, key, "a"), number(cast, key, "b")],
        activate=[Activate("z")],
        variables={"skipped": True},
    )
    assert (open_tasks(key), variables(cast, key)) == (["z"], {"skipped": True})
    repair.modify(cast.root, key, "回到两个分支", NOW, terminate=[number(cast, key, "z")], activate=[Activate("a2"), Activate("b")])
    complete(cast, "a2", key)
    complete(cast, "b", key)
    assert open_tasks(key) == ["z"]


@pytest.mark.parametrize("sequential", [False, True])
def test_an_instance_of_a_multi_instance_body_is_ended_and_another_goes_on_elsewhere(cast: Cast, sequential: bool) -> None:
    deploy(*each(sequential=sequential))
    key = begin(cast).key
    complete(cast, "first", key)
    # Inside: the first item is sent from u to v of the same instance.
    host = [token.element for token in seen(cast, key).tokens if token.element_id == "sp"][1]
    repair.modify(cast.root, key, "直接复核", NOW, terminate=[number(cast, key, "u")], activate=[Activate("v", ancestor=host)])
    assert open_tasks(key) == (["v"] if sequential else ["u", "u", "v"])
    complete(cast, "v", key)
    while open_tasks(key) != ["z"]:
        complete(cast, open_tasks(key)[0], key)
    assert variables(cast, key)["out"] == [10, 20, 30]
    # Out of it: z is taken back, and everything inside begins anew.
    repair.modify(cast.root, key, "重新征求意见", NOW, terminate=[number(cast, key, "z")], activate=[Activate("sp")])
    assert open_tasks(key) == (["u"] if sequential else ["u", "u", "u"])
    repair.modify(cast.root, key, "不再征求", NOW, terminate=[number(cast, key, "sp")], activate=[Activate("z")])
    assert open_tasks(key) == ["z"]
    complete(cast, "z", key)
    assert seen(cast, key).line.state == "completed"
    assert db.session.execute(select(func.count()).select_from(WaitRow).where(WaitRow.root_key == key)).scalar_one() == 0


def test_one_more_opinion_is_asked_for_in_a_running_multi_instance(cast: Cast) -> None:
    deploy(*each(sequential=False))
    key = begin(cast).key
    complete(cast, "first", key)
    body = number(cast, key, "sp")
    repair.modify(cast.root, key, "加签", NOW, activate=[Activate("sp", ancestor=body, variables={"i": 4})])
    assert open_tasks(key) == ["u", "u", "u", "u"]


def test_a_repair_inside_a_called_process(cast: Cast) -> None:
    deploy(start(), task("u"), task("w"), end(), chain("start", "u", "w", "end"), id="c")
    deploy(start(), call("ca", "c"), task("z"), end(), chain("start", "ca", "z", "end"))
    key = begin(cast).key
    (child,) = seen(cast, key).children
    repair.modify(cast.root, child.key, "跳过", NOW, terminate=[number(cast, child.key, "u")], activate=[Activate("w")])
    assert open_tasks(child.key) == ["w"]
    repair.set_variables(cast.root, child.key, {"y": 1}, "补", NOW)
    assert variables(cast, child.key) == {"y": 1}
    complete(cast, "w", child.key)
    assert open_tasks(key) == ["z"]
    with pytest.raises(Conflict):
        repair.set_variables(cast.root, child.key, {"y": 2}, "迟了", NOW)


def test_what_has_moved_on_is_a_conflict_and_nothing_is_changed(cast: Cast) -> None:
    deploy(*FORKED)
    key = begin(cast).key
    before = seen(cast, key)
    gone = number(cast, key, "a")
    complete(cast, "a", key)
    with pytest.raises(Conflict) as refused:
        repair.modify(cast.root, key, "退回", NOW, terminate=[gone], activate=[Activate("nowhere")])
    assert refused.value.message.count(";") == 1
    with pytest.raises(Conflict) as moved:
        repair.set_variables(cast.root, key, {"x": 1}, "改", NOW, seen=before.version)
    assert moved.value.code == "MOVED_ON"
    assert (open_tasks(key), variables(cast, key)) == (["b", "a2"], {})
    repair.set_variables(cast.root, key, {"x": 1}, "改", NOW, seen=seen(cast, key).version)
    assert entries("instance.modify") == []


def test_only_system_administrators_of_the_district_repair_and_say_why(cast: Cast) -> None:
    deploy(*FORKED)
    key = begin(cast).key
    for who in (cast.fred, cast.dora, cast.ann, cast.val):
        for act in (
            lambda who=who: repair.set_variables(who, key, {"x": 1}, "改", NOW),
            lambda who=who: repair.modify(who, key, "改", NOW, activate=[Activate("z")]),
            lambda who=who: repair.suspend(who, key, "停", NOW),
            lambda who=who: repair.resume(who, key, "续", NOW),
            lambda who=who: repair.cancel(who, key, "撤", NOW),
            lambda who=who: migration.migrate(who, key, 1, "迁", NOW),
            lambda who=who: migration.preview(who, [key], 1, NOW),
            lambda who=who: jobs.take(who, "work", NOW),
        ):
            with pytest.raises(Forbidden):
                act()
    for reason in ("", "   ", "因" * 1001):
        with pytest.raises(InvalidRequest) as refused:
            repair.cancel(cast.root, key, reason, NOW)
        assert refused.value.code == "REASON"
    with pytest.raises(InvalidRequest):
        repair.modify(cast.root, key, "什么也不做", NOW)
    with pytest.raises(NotFound):
        repair.suspend(cast.root, 1, "停", NOW)
    assert seen(cast, key).version == 0


def test_a_cancelled_tree_leaves_nothing_open(cast: Cast) -> None:
    deploy(*TIMED)
    key = begin(cast).key
    repair.cancel(cast.root, key, "误发起", NOW)
    assert (seen(cast, key).line.state, open_tasks(key)) == ("cancelled", [])
    assert db.session.execute(select(func.count()).select_from(WaitRow).where(WaitRow.root_key == key)).scalar_one() == 0
    assert inbox.todo(cast.fred, NOW).items == []
    with pytest.raises(Conflict):
        repair.cancel(cast.root, key, "再撤一次", NOW)
    assert [entry.details["reason"] for entry in entries("instance.cancel")] == ["误发起"]


# ---------------------------------------------------------------------- suspension


def test_a_suspended_tree_refuses_completion_in_chinese_and_its_timers_wait(cast: Cast) -> None:
    deploy(*TIMED)
    key = begin(cast).key
    (line,) = inbox.todo(cast.fred, NOW).items
    repair.suspend(cast.root, key, "核查举报", NOW)
    assert seen(cast, key).line.suspended_at == NOW
    with pytest.raises(Suspended) as refused:
        tasks.complete(cast.fred, line.key, {}, NOW)
    assert "挂起" in refused.value.message
    assert is_asleep(key)  # nobody looks at it again and again meanwhile
    for later in (2 * HOUR, 50 * HOUR):
        assert pump.run_due(NOW + later) == 0
    (waiting,) = seen(cast, key).timers
    assert (waiting.due_at, waiting.attempts) == (NOW + HOUR, 0)
    assert open_tasks(key) == ["a"]
    with pytest.raises(Conflict):
        repair.suspend(cast.root, key, "再停", NOW)
    repair.resume(cast.root, key, "核查完毕", NOW + 51 * HOUR)
    assert seen(cast, key).line.suspended_at is None
    assert pump.run_due(NOW + 51 * HOUR) == 1
    assert open_tasks(key) == ["a", "hurry"]
    tasks.complete(cast.fred, line.key, {}, NOW)
    with pytest.raises(Conflict):
        repair.resume(cast.root, key, "再续", NOW)


def test_a_suspended_tree_is_repaired_and_goes_on_from_there(cast: Cast) -> None:
    deploy(*TIMED)
    key = begin(cast).key
    repair.suspend(cast.root, key, "停", NOW)
    repair.modify(cast.root, key, "重新计时", NOW + HOUR, terminate=[number(cast, key, "a")], activate=[Activate("a")], variables={"x": 1})
    assert is_asleep(key)
    repair.resume(cast.root, key, "续", NOW + 9 * HOUR)
    assert pump.run_due(NOW + 9 * HOUR) == 1
    assert open_tasks(key) == ["a", "hurry"]


def test_a_message_waits_for_the_end_of_a_suspension(cast: Cast) -> None:
    deploy(start(), catch("m", on_message("go")), task("z"), end(), chain("start", "m", "z", "end"), roots=message("go", "go", "=k"))
    key = begin(cast, {"k": "7"}).key
    repair.suspend(cast.root, key, "停", NOW)
    messages.publish(cast.root, "go", "7", {}, NOW, tenant="hill", lifetime=9 * HOUR)
    assert open_tasks(key) == []
    repair.resume(cast.root, key, "续", NOW + HOUR)
    assert open_tasks(key) == ["z"]


# ---------------------------------------------------------------------- migration


def test_a_migration_is_previewed_as_a_difference_and_keeps_what_is_due(cast: Cast) -> None:
    first = (start(), task("a"), boundary("t", "a", timer("Duration", "PT1H")), task("late"), end())
    deploy(*first, chain("start", "a", "end"), chain("t", "late", "end"))
    key = begin(cast, {"x": 1}).key
    target = deploy(
        start(),
        task("check", BUREAU + '<zeebe:formDefinition formId="permit.review"/>'),
        task("last"),
        boundary("t", "check", timer("Duration", "PT9H")),
        boundary("remind", "check", timer("Duration", "PT2H"), False),
        task("late"),
        end(),
        chain("start", "check", "last", "end"),
        chain("t", "late", "end"),
        chain("remind", "end"),
    )
    (refused,) = migration.preview(cast.root, [key], target, NOW)
    assert len(refused.reasons) == 1
    assert "(a)" in refused.reasons[0]
    with pytest.raises(Conflict) as conflict:
        migration.migrate(cast.root, key, target, "改版", NOW)
    assert conflict.value.code == "MIGRATION"
    later = NOW + timedelta(minutes=30)
    (difference,) = migration.preview(cast.root, [key], target, later, plan={"a": "check"})
    assert difference.reasons == ()
    assert (difference.version, difference.new_version) == (1, 2)
    assert [(item.before, item.after) for item in difference.positions] == [("a", "check")]
    assert {(item.element_id, item.fate, item.due_at) for item in difference.deadlines} == {
        ("t", "kept", NOW + HOUR),
        ("remind", "opened", later + 2 * HOUR),
    }
    (task_key,) = db.session.execute(select(UserTaskRow.key).where(UserTaskRow.root_key == key)).scalars()
    assert [(item.task_key, item.element_id, item.before, item.after) for item in difference.assignees] == [
        (task_key, "check", ("finance",), ("data_bureau",))
    ]
    (form,) = difference.forms
    assert (form.before, form.after, form.removed) == (None, "permit.review", ())
    assert form.added
    assert open_tasks(key) == ["a"]  # looking changes nothing

    migration.migrate(cast.root, key, target, "改版", later, plan={"a": "check"})
    view = seen(cast, key)
    assert (view.line.version, view.line.definition_key, at(cast, key)) == (2, target, ["check"])
    assert {(wait.element_id, wait.due_at) for wait in view.timers} == {("t", NOW + HOUR), ("remind", later + 2 * HOUR)}
    assert inbox.todo(cast.fred, NOW).items == []
    (line,) = inbox.todo(cast.dora, NOW).items
    assert (line.element_id, line.form_id, line.definition_version) == ("check", "permit.review", 2)
    assert tasks.view(cast.dora, line.key, NOW).form is not None
    assert variables(cast, key) == {"x": 1}
    tasks.complete(cast.dora, line.key, {"verdict": "同意"}, NOW)
    assert open_tasks(key) == ["last"]
    (entry,) = entries("instance.migrate")
    assert (entry.details["reason"], entry.details["to"]["version"], entry.details["plan"]) == ("改版", 2, {"a": "check"})
    assert trail.verify(SYSTEM).problems == []


def test_who_has_claimed_a_task_keeps_it_through_a_migration(cast: Cast) -> None:
    body = (end(), chain("start", "a", "end"))
    deploy(start(), task("a"), *body)
    key = begin(cast).key
    (line,) = inbox.todo(cast.fred, NOW).items
    tasks.claim(cast.fred, line.key, NOW)
    migration.migrate(cast.root, key, deploy(start(), task("a", BUREAU), *body), "改版", NOW)
    assert inbox.todo(cast.dora, NOW).items == []
    tasks.complete(cast.fred, line.key, {}, NOW)


def test_branches_joins_and_loops_migrate_where_they_stand(cast: Cast) -> None:
    inner = subprocess("sp", start("s2"), task("u", loop=loop("=[1, 2]", "i")), end("e2"), chain("s2", "u", "e2"))

    def body(last: str) -> tuple[str, ...]:
        return (
            start(),
            parallel("f"),
            task("a"),
            inner,
            parallel("j"),
            task(last),
            end(),
            chain("start", "f", "a", "j", last, "end"),
            chain("f", "sp", "j"),
        )

    deploy(*body("z"))
    key = begin(cast).key
    complete(cast, "a", key)
    complete(cast, "u", key)
    migration.migrate(cast.root, key, deploy(*body("z2")), "改版", NOW)
    complete(cast, "u", key)
    assert open_tasks(key) == ["z2"]


def test_a_form_that_the_instances_rules_do_not_have_is_a_reason(cast: Cast) -> None:
    body = (end(), chain("start", "a", "end"))
    deploy(start(), task("a"), *body)
    key = begin(cast).key
    form = b'{"id": "p.a", "title": "t", "schema": {"type": "object", "additionalProperties": false, "properties": {}}, "ui": {}}'
    later = process(start(), task("a", FINANCE + '<zeebe:formDefinition formId="p.a"/>'), *body, id="p")
    deployment = models.deploy(SYSTEM, [("bpmn/hill/p.bpmn", file("", later)), ("forms/hill/p.a.json", form)], NOW, source="cli")
    target = next(item.key for item in deployment.definitions if item.kind == "process")
    (difference,) = migration.preview(cast.root, [key], target, NOW)
    assert "p.a" in difference.reasons[0]
    assert difference.missing == ("表单“p.a”",)
    with pytest.raises(Conflict):
        migration.migrate(cast.root, key, target, "改版", NOW)
    assert open_tasks(key) == ["a"]


def test_a_called_process_migrates_alone(cast: Cast) -> None:
    deploy(start(), task("u"), end(), chain("start", "u", "end"), id="c")
    deploy(start(), call("ca", "c"), end(), chain("start", "ca", "end"))
    key = begin(cast).key
    (child,) = seen(cast, key).children
    target = deploy(start(), task("u"), task("w"), end(), chain("start", "u", "w", "end"), id="c")
    migration.migrate(cast.root, child.key, target, "改版", NOW)
    assert [item.version for item in seen(cast, key).children] == [2]
    complete(cast, "u", child.key)
    assert open_tasks(child.key) == ["w"]
    complete(cast, "w", child.key)
    assert seen(cast, key).line.state == "completed"


def test_a_called_process_that_has_ended_is_not_migrated(cast: Cast) -> None:
    deploy(start(), task("u"), end(), chain("start", "u", "end"), id="c")
    deploy(start(), call("ca", "c"), task("y"), task("z"), end(), chain("start", "ca", "y", "z", "end"))
    key = begin(cast).key
    (child,) = seen(cast, key).children
    complete(cast, "u", child.key)
    complete(cast, "y", key)
    target = deploy(start(), task("u"), task("w"), end(), chain("start", "u", "w", "end"), id="c")
    (over,) = migration.preview(cast.root, [child.key], target, NOW)
    assert over.reasons == ("此流程实例已经结束",)
    with pytest.raises(Conflict):
        migration.migrate(cast.root, child.key, target, "改版", NOW)
    assert open_tasks(key) == ["z"]


def test_what_waits_beside_a_called_process_is_called_as_its_own_diagram_calls_it(cast: Cast) -> None:
    """A deadline in the caller and one in the called process: each follows its own diagram."""
    first = (start(), task("u"), boundary("t", "u", timer("Duration", "PT1H"), False), end(), end("late"))
    deploy(*first, chain("start", "u", "end"), chain("t", "late"), id="c")
    deploy(
        start(),
        call("ca", "c"),
        boundary("t", "ca", timer("Duration", "PT5H"), False),
        end(),
        end("late"),
        chain("start", "ca", "end"),
        chain("t", "late"),
    )
    key = begin(cast).key
    (child,) = seen(cast, key).children
    second = (start(), task("u"), boundary("limit", "u", timer("Duration", "PT1H"), False), end(), end("late"))
    target = deploy(*second, chain("start", "u", "end"), chain("limit", "late"), id="c")
    migration.migrate(cast.root, child.key, target, "改版", NOW, plan={"t": "limit"})
    waits = db.session.execute(select(WaitRow.element_id, WaitRow.due_at).where(WaitRow.root_key == key).order_by(WaitRow.due_at)).all()
    assert [tuple(wait) for wait in waits] == [("limit", NOW + HOUR), ("t", NOW + 5 * HOUR)]


# ---------------------------------------------------------------------- incidents


def test_a_failed_mapping_is_resolved_after_its_variable_was_set(cast: Cast) -> None:
    deploy(start(), task("a", '<zeebe:assignmentDefinition candidateGroups="=who"/>'), end(), chain("start", "a", "end"))
    key = begin(cast, {"who": 7}).key
    (incident,) = seen(cast, key).incidents
    repair.set_variables(cast.root, key, {"who": ["finance"]}, "更正角色", NOW)
    repair.resolve(cast.root, incident.key, NOW, reason="已更正")
    assert [line.element_id for line in inbox.todo(cast.fred, NOW).items] == ["a"]
    assert seen(cast, key).incidents[0].resolved_at == NOW
    with pytest.raises(Conflict) as again:
        repair.resolve(cast.root, incident.key, NOW)
    assert again.value.code == "RESOLVED"


# ---------------------------------------------------------------------- jobs


WORK = (
    start(),
    service("w"),
    boundary("wrong", "w", on_error("e")),
    task("z"),
    task("repair"),
    end(),
    chain("start", "w", "z", "end"),
    chain("wrong", "repair", "end"),
)


def work(cast: Cast) -> int:
    deploy(*WORK, roots=error("e", "BAD"))
    return begin(cast, {"n": 1}).key


@pytest.mark.parametrize(("retries", "allowed"), [(-1, False), (0, True), (2**31 - 1, True), (2**31, False)])
def test_the_retries_left_are_a_number_that_a_row_holds(cast: Cast, retries: int, allowed: bool) -> None:
    key = work(cast)
    (job,) = jobs.take(cast.root, "work", NOW)
    if not allowed:
        with pytest.raises(InvalidRequest) as refused:
            jobs.fail(cast.root, job.key, retries, "暂不可用", NOW)
        assert refused.value.code == "RETRIES"
        return
    jobs.fail(cast.root, job.key, retries, "暂不可用", NOW)
    assert len(seen(cast, key).incidents) == (0 if retries else 1)
    left = db.session.execute(select(JobRow.retries).where(JobRow.key == job.key)).scalar_one()
    assert left == (retries or left)


def test_a_job_is_leased_to_one_worker_and_completed_once(cast: Cast) -> None:
    key = work(cast)
    (taken,) = jobs.take(cast.root, "work", NOW)
    assert (taken.element_id, taken.process_id, taken.variables, taken.retries) == ("w", "p", {"n": 1}, 3)
    assert jobs.take(cast.root, "work", NOW, most=9) == []
    (again,) = jobs.take(cast.root, "work", NOW + HOUR)  # the first worker never came back
    jobs.complete(cast.root, again.key, {"n": 2}, NOW + HOUR)
    with pytest.raises(Conflict) as late:
        jobs.complete(cast.root, taken.key, {"n": 3}, NOW + HOUR)
    assert late.value.code == "JOB_CLOSED"
    assert (open_tasks(key), variables(cast, key)) == (["z"], {"n": 2})


def test_a_job_is_tried_again_later_and_without_retries_an_incident_stands(cast: Cast) -> None:
    key = work(cast)
    (taken,) = jobs.take(cast.root, "work", NOW)
    jobs.fail(cast.root, taken.key, 1, "接口超时", NOW, back_off=HOUR)
    assert jobs.take(cast.root, "work", NOW + HOUR - timedelta(seconds=1)) == []
    (second,) = jobs.take(cast.root, "work", NOW + HOUR)
    assert (second.key, second.retries) == (taken.key, 1)
    jobs.fail(cast.root, taken.key, 0, "接口仍超时", NOW + HOUR)
    view = seen(cast, key)
    assert [(job.state, job.retries, job.message) for job in view.jobs] == [("failed", 0, "接口仍超时")]
    (incident,) = view.incidents
    assert "接口仍超时" in incident.message
    assert jobs.take(cast.root, "work", NOW + 9 * HOUR) == []
    repair.resolve(cast.root, incident.key, NOW + 9 * HOUR)
    (third,) = jobs.take(cast.root, "work", NOW + 9 * HOUR)
    jobs.complete(cast.root, third.key, {}, NOW + 9 * HOUR)
    assert open_tasks(key) == ["z"]


def test_a_workers_error_takes_the_way_that_the_diagram_has_for_it(cast: Cast) -> None:
    key = work(cast)
    (taken,) = jobs.take(cast.root, "work", NOW)
    jobs.throw_error(cast.root, taken.key, "BAD", "数据不符", {}, NOW)
    assert (open_tasks(key), [job.state for job in seen(cast, key).jobs]) == (["repair"], ["error"])


def test_jobs_of_a_suspended_tree_are_not_handed_out(cast: Cast) -> None:
    key = work(cast)
    (taken,) = jobs.take(cast.root, "work", NOW, lease=timedelta(seconds=1))
    repair.suspend(cast.root, key, "停", NOW)
    with pytest.raises(Suspended):
        jobs.complete(cast.root, taken.key, {}, NOW)
    assert jobs.take(cast.root, "work", NOW + HOUR) == []
    repair.resume(cast.root, key, "续", NOW + HOUR)
    assert len(jobs.take(cast.root, "work", NOW + HOUR)) == 1


def test_a_cancelled_job_cannot_be_completed(cast: Cast) -> None:
    key = work(cast)
    (taken,) = jobs.take(cast.root, "work", NOW)
    repair.cancel(cast.root, key, "撤", NOW)
    with pytest.raises(Conflict):
        jobs.complete(cast.root, taken.key, {}, NOW)
    assert list(db.session.execute(select(JobRow.state)).scalars()) == ["cancelled"]
    with pytest.raises(NotFound):
        jobs.fail(cast.root, 1, 0, "", NOW)


def test_repairs_are_one_commit_each(cast: Cast) -> None:
    from tests.integration.services.test_permit import statements

    deploy(*FORKED)
    key = begin(cast).key
    target = deploy(*FORKED, task("more"), chain("z", "more"))
    terminate = number(cast, key, "a")
    for act in (
        lambda: repair.set_variables(cast.root, key, {"x": 1}, "改", NOW),
        lambda: repair.modify(cast.root, key, "改", NOW, terminate=[terminate], activate=[Activate("a2")]),
        lambda: repair.suspend(cast.root, key, "停", NOW),
        lambda: migration.migrate(cast.root, key, target, "迁", NOW),
        lambda: repair.cancel(cast.root, key, "撤", NOW),
    ):
        before = db.session.execute(select(func.count()).select_from(AuditEntryRow)).scalar_one()
        with statements() as sent:
            act()
        assert sent.count("COMMIT") == 1
        db.session.rollback()
        assert db.session.execute(select(func.count()).select_from(AuditEntryRow)).scalar_one() == before + 1
    assert db.session.execute(select(ProcessInstanceRow.state).where(ProcessInstanceRow.key == key)).scalar_one() == "cancelled"
    with pytest.raises(TaskAlreadyClosed):
        tasks.complete(cast.fred, db.session.execute(select(UserTaskRow.key).where(UserTaskRow.element_id == "b")).scalar_one(), {}, NOW)


@pytest.mark.parametrize("cancelled", [False, True])
def test_an_ended_instance_keeps_its_variables_once(cast: Cast, cancelled: bool) -> None:
    """They stand in their rows, for people; the state, which nobody can ask any more, holds none of them."""
    deploy(start(), task("a"), end(), chain("start", "a", "end"))
    key = begin(cast, {"kept": "四百万"}).key
    if cancelled:
        repair.cancel(cast.root, key, "模型有误", NOW)
    else:
        complete(cast, "a", key)
    blob = db.session.execute(select(ProcessInstanceRow.blob).where(ProcessInstanceRow.key == key)).scalar_one()
    assert blob is not None
    assert "四百万" not in blob
    page = seen(cast, key)
    assert ("kept", "四百万") in [(line.name, line.value) for line in page.variables]
    with pytest.raises(Conflict):
        repair.cancel(cast.root, key, "再取消", NOW)
