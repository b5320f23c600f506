"""Jobs, messages, inboxes, instances and returns at their limits, and what each refuses in which words."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app import current
from app.acts import idempotency, retries
from app.acts.transaction import act
from app.catalogue import snapshot
from app.domain.permissions import SYSTEM
from app.errors import Busy, Failure, KeyReused
from app.services import accounts, inbox, instances, jobs, messages, projects, repair, returns, timers
from app.services.instances import InstanceFilter
from app.services.returns import ReturnWish
from app.store import history, waits
from app.store.tables import IncidentRow, MessageRow, WaitRow
from tests.integration.services import lives
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.test_repair import begin, deploy
from tests.integration.store.life import all_of, row_of
from tests.unit.engine import diagrams as d

pytestmark = pytest.mark.one_database

HILL = accounts.system("hill")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def refused(act: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(Failure) as caught:
        act()
    return str(caught.value.code), caught.value.message


# ---------------------------------------------------------------------- jobs


def with_job(cast: Cast) -> int:
    deploy(d.start(), d.service("work", "outside"), d.end(), d.chain("start", "work", "end"))
    return begin(cast).key


def test_jobs_are_taken_within_limits(cast: Cast) -> None:
    key = with_job(cast)
    for given in ({"most": 0}, {"most": 1001}, {"lease": timedelta(0)}, {"lease": DAY + timedelta(microseconds=1)}):
        assert refused(lambda given=given: jobs.take(HILL, "outside", NOW, **given))[0] == "LEASE"  # type: ignore[misc]
    assert refused(lambda: jobs.take(cast.dora, "outside", NOW))[0] == "NOT_ADMINISTRATOR"
    assert jobs.take(HILL, "nothing", NOW) == []
    (taken,) = jobs.take(HILL, "outside", NOW, most=1000, lease=DAY)
    definition = history.instance(key)
    assert definition is not None
    assert (taken.type, taken.element_id, taken.instance_key, taken.process_id, taken.definition_key) == (
        "outside", "work", key, definition.process_id, definition.definition_key,
    )  # fmt: skip
    assert (taken.tenant, taken.listener, taken.retries, taken.headers, taken.variables, taken.leased_until) == (
        "hill",
        None,
        3,
        {},
        {},
        NOW + DAY,
    )
    assert jobs.take(HILL, "outside", NOW + DAY - timedelta(microseconds=1)) == []
    (again,) = jobs.take(HILL, "outside", NOW + DAY)
    assert (again.key, again.leased_until) == (taken.key, NOW + DAY + timedelta(minutes=5))


def test_a_job_is_failed_with_tries_left_or_without(cast: Cast) -> None:
    with_job(cast)
    (job,) = jobs.take(HILL, "outside", NOW)
    for tries in (-1, 2**31):
        assert refused(lambda tries=tries: jobs.fail(HILL, job.key, tries, "x", NOW)) == ("RETRIES", "剩余重试次数应是非负整数")  # type: ignore[misc]
    assert refused(lambda: jobs.fail(HILL, 5, 1, "x", NOW)) == ("NOT_FOUND", "没有此任务")
    assert refused(lambda: jobs.complete(cast.dora, job.key, {}, NOW))[0] == "NOT_ADMINISTRATOR"
    jobs.fail(HILL, job.key, 2, f"  {'长' * 10_001}", NOW, back_off=HOUR)
    (line,) = history.jobs(job.instance_key)
    assert (line.retries, line.message, line.retry_at, line.state) == (2, "长" * 10_000, NOW + HOUR, "open")
    jobs.fail(HILL, job.key, 1, "x", NOW)
    assert history.jobs(job.instance_key)[0].retry_at == NOW + timedelta(seconds=current.settings().retry_seconds)
    jobs.fail(HILL, job.key, 0, "x", NOW)
    closed = ("JOB_CLOSED", "此任务已经结束、已被撤销,或由其他工作程序完成")
    assert refused(lambda: jobs.complete(HILL, job.key, {}, NOW)) == closed
    assert refused(lambda: jobs.throw_error(HILL, job.key, "E", "x", {}, NOW)) == closed


def test_a_job_ends_by_an_error_with_what_the_worker_said(cast: Cast) -> None:
    with_job(cast)
    (job,) = jobs.take(HILL, "outside", NOW)
    jobs.throw_error(HILL, job.key, "E1", "坏" * 10_001, {"a": 1}, NOW)
    (line,) = history.jobs(job.instance_key)
    assert (line.state, line.message, line.closed_at) == ("error", "坏" * 10_000, NOW)
    (incident,) = history.incidents(instance_key=job.instance_key)
    assert incident.element_id == "work"


# ---------------------------------------------------------------------- messages


def test_a_message_has_a_name_a_key_and_a_lifetime(cast: Cast) -> None:
    for name, key in ((" ", "k"), ("x" * 1001, "k"), ("a\x00", "k"), ("a", "k\x00"), ("a", "k" * 5001)):
        assert refused(lambda name=name, key=key: messages.publish(HILL, name, key, {}, NOW, tenant="hill"))[0] == "NAME"  # type: ignore[misc]
    assert refused(lambda: messages.publish(cast.dora, "a", "k", {}, NOW, tenant="hill"))[0] == "NOT_ADMINISTRATOR"
    assert refused(lambda: messages.broadcast(cast.root, "a", {}, NOW, tenant="valley"))[0] == "OTHER_DISTRICT"
    kept = row_of(MessageRow, messages.publish(HILL, "a", "k", {"x": 1}, NOW, tenant="hill", lifetime=HOUR))
    assert (kept["expires_at"], kept["state"], kept["kind"], kept["variables"]) == (NOW + HOUR, "open", "message", {"x": 1})
    over = row_of(MessageRow, messages.publish(HILL, "a", "k", {}, NOW, tenant="hill", lifetime=timedelta(0)))
    assert over["state"] == "closed"
    assert row_of(MessageRow, messages.publish(HILL, "a", "k", {"project": 1}, NOW, tenant="hill"))["variables"] == {"project": 1}


# ---------------------------------------------------------------------- inboxes and lists


def test_an_inbox_is_filtered_and_paged(cast: Cast) -> None:
    first, second = (projects.start(cast.alice, "permit", name, NOW + hour * HOUR)[1] for hour, name in enumerate(("教育平台", "水利平台")))

    def todo(**given: Any) -> tuple[list[int], int, int, int]:
        page = inbox.todo(cast.alice, NOW, **given)
        return [line.key for line in page.items], page.total, page.limit, page.offset

    assert todo()[:2] == ([first, second], 2)
    assert todo(limit=1) == ([first], 2, 1, 0)
    assert todo(limit=1, offset=1) == ([second], 2, 1, 1)
    assert todo(text=" 水利 ")[0] == [second]
    assert todo(process="permit")[0] == [first, second]
    assert todo(process="fees")[0] == []
    assert todo(overdue=True)[0] == []
    assert inbox.processes(cast.alice) == [("permit", "许可")]
    assert inbox.processes(cast.root) == inbox.processes(cast.fred) == []
    counted = inbox.counts(cast.alice, NOW)
    assert counted == type(counted)(2, 0, 0, 0)
    assert inbox.counts(cast.root, NOW) == type(counted)(0, 0, 0, 0)


def test_notices_are_read_one_by_one(cast: Cast) -> None:
    lives.permits(cast)
    (notice,) = inbox.notifications(cast.alice, lives.LATE).items
    assert inbox.counts(cast.alice, lives.LATE).unread == 1
    assert refused(lambda: inbox.read_notification(cast.bob, notice.key, lives.LATE)) == ("NOT_FOUND", "没有此通知")
    inbox.read_notification(cast.alice, notice.key, lives.LATE)
    inbox.read_notification(cast.alice, notice.key, lives.LATE + DAY)
    (read,) = inbox.notifications(cast.alice, lives.LATE).items
    assert (read.read_at, inbox.counts(cast.alice, lives.LATE).unread) == (lives.LATE, 0)
    page = inbox.notifications(cast.alice, lives.LATE, limit=1, offset=1)
    assert (page.items, page.total, page.limit, page.offset) == ([], 1, 1, 1)


def test_what_is_done_is_filtered_and_paged(cast: Cast) -> None:
    lives.permits(cast)

    def done(**given: Any) -> tuple[list[str], int]:
        page = inbox.done(cast.fred, lives.LATE, **given)
        return [line.project_name for line in page.items], page.total

    assert done() == (["水利平台", "教育平台"], 2)
    assert done(limit=1) == (["水利平台"], 2)
    assert done(limit=1, offset=1) == (["教育平台"], 2)
    assert done(text=" 教育 ") == (["教育平台"], 1)
    assert done(process="inspection") == ([], 0)


def test_instances_are_searched_by_each_column(cast: Cast) -> None:
    lives.busy(cast)
    every = instances.search(cast.root, InstanceFilter(), NOW, limit=99).items
    busy = next(line for line in every if line.process_id == "busy")
    inner = next(line for line in every if line.process_id == "inner")

    def found(**wanted: Any) -> set[str]:
        return {line.process_id for line in instances.search(cast.root, InstanceFilter(**wanted), NOW, limit=99).items}

    assert found() == {"busy", "inner", "hearer"}
    assert found(key=busy.key) == {"busy"}
    assert found(root_key=busy.key) == {"busy", "inner"}
    assert found(parent_key=busy.key) == {"inner"}
    assert found(process_id="hearer") == {"hearer"}
    assert found(definition_key=inner.definition_key) == {"inner"}
    assert (found(version=1), found(version=2)) == ({"busy", "inner", "hearer"}, set())
    assert (found(state="active"), found(state="completed")) == ({"busy", "inner", "hearer"}, set())
    assert (found(tenant="hill"), found(tenant="valley")) == ({"busy", "inner", "hearer"}, set())
    assert found(project_key=5) == set()
    assert (found(has_incident=True), found(has_incident=False)) == ({"busy"}, {"inner", "hearer"})
    assert found(text=" 缴 ") == {"inner"}
    assert found(state="suspended") == set()
    repair.suspend(cast.root, busy.key, "等", NOW)
    assert found(state="suspended") == {"busy"}
    keys = [line.key for line in every]
    assert [line.key for line in instances.search(cast.root, InstanceFilter(descending=True), NOW).items] == keys[::-1]
    page = instances.search(cast.root, InstanceFilter(), NOW, limit=1, offset=1)
    assert ([line.key for line in page.items], page.total, page.limit, page.offset) == (keys[1:2], 3, 1, 1)
    assert instances.search(cast.dora, InstanceFilter(), NOW).total == 0
    assert instances.search(cast.ann, InstanceFilter(), NOW).total == 0
    assert instances.search(SYSTEM, InstanceFilter(), NOW).total == instances.search(HILL, InstanceFilter(), NOW).total == 3
    assert instances.search(accounts.system("valley"), InstanceFilter(), NOW).total == 0
    assert refused(lambda: instances.line(cast.dora, busy.key)) == ("NOT_ADMINISTRATOR", "只有系统管理员可以查看不属于项目的流程实例")
    assert refused(lambda: instances.line(cast.root, 5)) == ("NOT_FOUND", "没有此流程实例")


def test_an_instance_is_begun_in_ones_own_district_by_the_version_in_force(cast: Cast) -> None:
    def create(actor: Any, process: str, **given: Any) -> Any:
        return lambda: instances.create(actor, process, {}, NOW, **given)

    key, _ = projects.start(cast.alice, "permit", "平台", NOW)
    deploy(d.start(), d.user("a"), d.chain("start", "a"))
    free = begin(cast).process_id
    for wish, code, told in (
        (create(cast.dora, "year_notice", tenant="valley"), "OTHER_DISTRICT", "只能在本区发起流程"),
        (create(cast.dora, "nothing"), "NOT_FOUND", "没有部署流程“nothing”"),
        (create(cast.dora, "permit", version=7), "NOT_FOUND", "没有部署流程“permit”的第 7 版"),
        (create(cast.dora, "", definition_key=5), "NOT_FOUND", "没有部署流程“5”"),
        (create(cast.alice, "permit", project_key=5), "NOT_FOUND", "没有此项目"),
        (create(cast.bob, "permit", project_key=key), "NOT_YOUR_PROJECT", "此项目属于其他单位"),
        (create(cast.root, free, project_key=key), "NOT_STARTABLE", "区文件没有列出的流程不能从项目发起"),
        (create(cast.dora, free), "NOT_STARTABLE", "本区没有开放由人员发起这项流程"),
    ):
        found = refused(wish)
        assert (found[0], told in found[1]) == (code, True), found


# ---------------------------------------------------------------------- what a return and a completion say


def test_a_return_has_a_day_and_says_how(cast: Cast) -> None:
    hill = snapshot.district("hill")
    evening = datetime(2026, 3, 10, 15, 59, tzinfo=UTC)  # still the tenth in hill
    assert returns._due(date(2026, 3, 10), evening, hill).isoformat() == "2026-03-11T00:00:00+08:00"
    for day, now in ((date(2026, 3, 9), evening), (date(2026, 3, 10), evening + timedelta(minutes=1)), (date(9999, 1, 1), evening)):
        assert refused(lambda day=day, now=now: returns._due(day, now, hill)) == ("RETURN_DUE", "请写明办理期限:一个日期,不早于今天")  # type: ignore[misc]
    assert returns._due(date(9998, 12, 31), evening, hill).year == 9999

    def outcome(**given: Any) -> str:
        return returns._outcome(
            "填报", ReturnWish(**{"to": "fill", "straight": False, "reason": "不符", "due_on": date(2026, 3, 13), **given})
        )

    assert outcome() == "退回至“填报”(逐级重办,限 2026-03-13 前办结):不符"
    assert outcome(straight=True, instances=(3, 1)) == "退回至“填报”,第 1、3 项(办结后直接退回本环节,限 2026-03-13 前办结):不符"


# ---------------------------------------------------------------------- what is put off


class Blocked:
    """A wait of an instance that is tried."""

    def __init__(self, row: dict[str, Any], attempts: int = 0) -> None:
        self.key, self.root_key, self.instance_key, self.tenant = row["key"], row["root_key"], row["instance_key"], row["tenant"]
        self.process_id, self.element_id, self.attempts = row["process_id"], row["element_id"], attempts


def test_what_fails_is_tried_ever_more_rarely_and_told_once(cast: Cast) -> None:
    deploy(d.start(), d.catch("later", d.timer("Duration", "P1D")), d.end(), d.chain("start", "later", "end"))
    key = begin(cast).key
    (row,) = [row for row in all_of(WaitRow) if row["root_key"] == key]

    def fail(error: Exception, attempts: int = 0) -> timedelta:
        def fire() -> bool:
            raise error

        assert retries.attempt(Blocked(row, attempts), NOW, fire) is False
        return row_of(WaitRow, row["key"])["wake_at"] - NOW  # type: ignore[no-any-return]

    first = timedelta(seconds=current.settings().retry_seconds)
    assert retries.attempt(Blocked(row), NOW, lambda: True) is True
    assert fail(retries.Gone()) == row["wake_at"] - NOW, "somebody else was first"
    assert fail(Busy()) == first
    assert (row_of(WaitRow, row["key"])["attempts"], all_of(IncidentRow)) == (0, [])
    assert fail(Failure("没有办成")) == first
    assert fail(ValueError("secret"), 1) == 2 * first
    assert fail(ValueError("secret"), 3) == 8 * first
    assert fail(ValueError("secret"), 50) == min(first * 2**20, DAY)
    assert row_of(WaitRow, row["key"])["attempts"] == 4
    (incident,) = all_of(IncidentRow)
    assert {name: incident[name] for name in ("wait_key", "root_key", "instance_key", "process_id", "element_id", "type", "message", "opened_at")} == {
        "wait_key": row["key"], "root_key": key, "instance_key": key, "process_id": row["process_id"], "element_id": "later", "type": "EVENT_FAILED",
        "message": "事件“later”到期或收到消息后未能继续:没有办成。系统会继续重试,请检查流程", "opened_at": NOW,
    }  # fmt: skip
    with act():
        waits.close_incidents(row["key"], NOW)
    fail(ValueError("secret"))
    assert "ValueError" in all_of(IncidentRow)[1]["message"]
    assert "secret" not in all_of(IncidentRow)[1]["message"]
    random.seed(1)
    assert timers.next_due() is not None


# ---------------------------------------------------------------------- repeated requests


def test_a_repeated_request_is_known_for_some_hours(cast: Cast) -> None:
    hours = timedelta(hours=current.settings().idempotency_hours)
    one = idempotency.request(cast.fred, "k", {"a": 1})
    assert one is not None
    assert (one.user, one.key, len(one.digest)) == (cast.fred.user, "k", 64)
    assert idempotency.request(cast.fred, None, {"a": 1}) is None
    assert idempotency.answered(one, NOW) is None
    with act():
        idempotency.remember(one, {"n": 1}, NOW)
    assert idempotency.answered(one, NOW) == idempotency.answered(one, NOW + hours) == {"n": 1}
    assert idempotency.answered(one, NOW + hours + timedelta(microseconds=1)) is None
    other = idempotency.request(cast.fred, "k", {"a": 2})
    assert other is not None
    with pytest.raises(KeyReused, match="内容不同"):
        idempotency.answered(other, NOW)
    assert idempotency.request(cast.dora, "k", {"a": 1}) != one
    with act():
        idempotency.forget(NOW + hours)
    assert idempotency.answered(one, NOW) == {"n": 1}
    with act():
        idempotency.forget(NOW + hours + timedelta(microseconds=1))
    assert idempotency.answered(one, NOW) is None
