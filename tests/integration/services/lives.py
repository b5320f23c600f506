"""Lives of trees and projects in hill, for what their acts write and what pages show of them afterwards."""

from datetime import date, timedelta
from decimal import Decimal

from app.domain.permissions import SYSTEM, Actor
from app.services import (
    accounts,
    inbox,
    instances,
    jobs,
    messages,
    migration,
    models,
    offices,
    people,
    projects,
    pump,
    repair,
    returns,
    tasks,
    trail,
)
from app.services.repair import Activate
from app.services.returns import ReturnWish
from app.store import tables as t
from tests.integration.services import declaring
from tests.integration.services.conftest import DATA, NOW, Cast
from tests.integration.services.test_permit import APPLICATION
from tests.unit.engine import diagrams as d
from tests.unit.engine.test_ledger_names import decision
from tests.unit.engine.test_returning import back

DAY = timedelta(days=1)
LATE = NOW + 20 * DAY
OF_TREES = (
    t.ProcessInstanceRow,
    t.ElementInstanceRow,
    t.VariableRow,
    t.UserTaskRow,
    t.TaskCandidateRow,
    t.JobRow,
    t.WaitRow,
    t.IncidentRow,
    t.DecisionEvaluationRow,
)
OF_LEDGER = (t.ProjectRow, t.ProjectOfficeRow, t.RecordRow, t.FactChangeRow, t.ApprovalRow, t.NumberRow, t.NotificationRow)
OF_TRAIL = (t.MessageRow, t.MessageDeliveryRow, t.AuditEntryRow, t.AuditSealRow, t.IdempotencyKeyRow)
EVERY = (*OF_TREES, *OF_LEDGER, *OF_TRAIL)


def permits(cast: Cast) -> tuple[int, int]:
    """One that is approved and inspected, after its limit; one that is refused."""
    first, apply = projects.start(cast.alice, "permit", "教育平台", NOW)
    second, other = projects.start(cast.alice, "permit", "水利平台", NOW)
    tasks.save_draft(cast.alice, apply, {"reason": "还没写完"}, NOW)
    tasks.complete(cast.alice, apply, APPLICATION, NOW + DAY, idempotency_key="once")
    tasks.complete(cast.alice, other, {**APPLICATION, "amount": Decimal("9.90")}, NOW + DAY)
    review, refuse = (line.key for line in inbox.todo(cast.fred, NOW + DAY).items)
    tasks.claim(cast.fred, review, NOW + DAY)
    tasks.release(cast.fred, review, NOW + DAY)
    tasks.claim(cast.fred, review, NOW + DAY)
    pump.run_due(LATE)
    tasks.complete(cast.fred, review, {"verdict": "同意", "amount": Decimal("4999.99")}, LATE)
    tasks.complete(cast.fred, refuse, {"verdict": "不同意"}, LATE)
    tasks.complete(cast.dora, inbox.todo(cast.dora, LATE).items[0].key, {"result": "合格"}, LATE)
    trail.seal(LATE)
    return first, second


FINANCE = '<zeebe:assignmentDefinition candidateGroups="finance"/>'
BUREAU = '<zeebe:assignmentDefinition candidateGroups="data_bureau" candidateUsers="lea"/>'
FORM = '<zeebe:formDefinition formId="filing"/>'
FILING = (DATA.parent / "returns" / "forms" / "filing.json").read_bytes()


def returned(cast: Cast) -> int:
    """A filing that its judge has returned, and that is corrected. Gives the tree."""
    body = (
        d.start(), d.user("fill", BUREAU + FORM), d.user("check", BUREAU), d.user("judge", FINANCE + back("*")), d.end(),
        d.chain("start", "fill", "check", "judge", "end"),
    )  # fmt: skip
    models.deploy(
        SYSTEM,
        [("forms/hill/filing.json", FILING), ("bpmn/hill/returned.bpmn", d.file(d.process(*body, id="returned", name="退回")))],
        NOW,
        source="cli",
    )
    key = instances.create(cast.root, "returned", {}, NOW).key

    def task(actor: str) -> int:
        return inbox.todo(getattr(cast, actor), NOW).items[0].key

    answer = {"amount": 5000, "note": "附件三份", "sworn": True}
    tasks.complete(cast.dora, task("dora"), answer, NOW)
    tasks.complete(cast.lea, task("lea"), {}, NOW)
    wish = ReturnWish(to="fill", straight=True, reason=" 金额与附件不符 ", due_on=date(2026, 3, 13))
    returns.give_back(cast.fred, task("fred"), wish, NOW + DAY)
    tasks.complete(cast.dora, task("dora"), {**answer, "amount": 4000}, NOW + 2 * DAY)
    returns.give_back(
        cast.fred,
        task("fred"),
        ReturnWish(to="check", straight=False, reason="再核", due_on=date(2026, 3, 16)),
        NOW + 2 * DAY,
        idempotency_key="r",
    )
    return key


def busy(cast: Cast) -> int:
    """A tree with everything in it that can wait: called processes, loops, jobs that fail, messages, signals, timers; repaired. Gives its key."""
    inner = d.process(d.start(), d.user("pay", FINANCE), d.end(), d.chain("start", "pay", "end"), id="inner", name="缴费")
    body = (
        d.start(), d.parallel("fork"), d.call("called", "inner"), d.user("each", BUREAU, loop=d.loop("=[1, 2]", element="one")), d.service("work", "outside"),
        d.service("failing", "outside2", retries="1"), d.catch("paid", d.on_message("m")), d.catch("stop", d.on_signal("s")),
        d.catch("later", d.timer("Duration", "P1D")), d.throw("shout", d.on_signal("s2")), d.rule("bad", "nothing", "x"),
        d.chain("start", "fork"), *(d.flow("fork", name) for name in ("called", "each", "work", "failing", "paid", "stop", "later", "shout", "bad")),
        d.end("over"), d.flow("later", "over"),
    )  # fmt: skip
    parts = (d.message("m", "paid", '="k1"'), d.signal("s", "halt"), d.signal("s2", "shouted"))
    hearer = d.process(d.start("heard", d.on_signal("s3")), d.user("listen", BUREAU), d.chain("heard", "listen"), id="hearer", name="听")
    nothing = decision("nothing", "1/0")
    files = [
        ("bpmn/hill/inner.bpmn", d.file(inner)), ("bpmn/hill/busy.bpmn", d.file(*parts, d.process(*body, id="busy", name="忙"))),
        ("bpmn/hill/hearer.bpmn", d.file(d.signal("s3", "shouted"), hearer)), ("dmn/hill/nothing.dmn", nothing),
    ]  # fmt: skip
    models.deploy(SYSTEM, files, NOW, source="cli", reason="试", force=True, new_ids=True)
    key = instances.create(cast.root, "busy", {"a": Decimal("1.50"), "b": ["x"]}, NOW).key
    hill = accounts.system("hill")
    (work,) = jobs.take(hill, "outside", NOW, most=5, lease=timedelta(minutes=7))
    jobs.complete(hill, work.key, {"done": True}, NOW)
    (failing,) = jobs.take(hill, "outside2", NOW)
    jobs.fail(hill, failing.key, 0, "连不上", NOW)
    messages.publish(cast.root, "paid", "k1", {"sum": 3}, NOW, tenant="hill")
    messages.publish(cast.root, "nobody", "k2", {"sum": 4}, NOW, tenant="hill")
    messages.broadcast(cast.root, "halt", {"why": "x"}, NOW, tenant="hill")
    repair.set_variables(cast.root, key, {"c": 5, "a": 2}, "补录", NOW)
    repair.modify(cast.root, key, "补办", NOW, activate=[Activate("work", variables={"again": 1})], variables={"d": 6})
    repair.suspend(cast.root, key, "等一等", NOW)
    repair.resume(cast.root, key, "继续", NOW + DAY)
    pump.run_due(NOW + 2 * DAY)
    return key


MARK = {"x-ledger": True}


def declared(cast: Cast) -> int:
    """A project whose process declares what it does: facts by form and by decision, approvals, a register, phases, notices. Gives its key."""
    deal = declaring.form(
        "records.deal",
        {"dealNo": {"type": "string", "x-number": {"series": "deal", "prefix": "成"}}, "amount": declaring.MONEY},
        ("dealNo", "amount"),
    )
    body = (
        d.start("start", extensions=declaring.says(phase="declared")),
        d.rule("decide", "route", "route", declaring.says(set="route = route.kind")),
        declaring.task("pay", form="pay"),
        declaring.task("check", "data_bureau_leader", form="check", approves="budget", approvesWhen='verdict = "同意"'),
        declaring.task("deal", record="deal"),
        declaring.task("other", form="pay"),
        d.end("end", extensions=declaring.says(phase="approved", set="listed = true", notify="finance applicant")),
        d.chain("start", "decide", "pay", "check", "deal", "other", "end"),
    )
    fields = {
        "route": {"type": "string", "title": "路径", "x-source": ["decision:route"]},
        "listed": {"type": "boolean", "title": "已列入", "x-source": ["path:permit.end"]},
    }
    route = ("dmn/hill/route.dmn", decision("route", '{kind: "A"}'.replace('"', "&quot;")))
    pay, check = (
        declaring.form("pay", {"budget": {**declaring.MONEY, **MARK}}),
        declaring.form("check", {"verdict": {"type": "string", "enum": ["同意", "不"]}}),
    )
    declaring.deploy(route, deal, pay, check, declaring.diagram(*body), fields=fields)
    project = declaring.begin(cast.alice)
    declaring.complete(cast.fred, "pay", budget=Decimal("5.50"))
    declaring.complete(cast.lea, "check", verdict="同意")
    declaring.complete(cast.fred, "deal", amount=Decimal("12.30"))
    declaring.complete(cast.fred, "other", budget=6)
    return project


def managed(cast: Cast) -> Actor:
    """People and offices that come, change and go. Gives the security administrator who did it."""
    key = accounts.create_user(SYSTEM, "sec", " 安管 ", "long-enough-1", "hill", [("security_admin", "山丘区数据局")], NOW)
    security = accounts.actor(key, NOW)
    offices.found(NOW + DAY)
    offices.create(security, "hill", " 新单位 ", NOW + DAY, reason=" 机构改革 ")
    offices.close(security, "hill", "新单位", " 又撤销 ", NOW + 2 * DAY)
    offices.create(security, "hill", "新单位", NOW + 3 * DAY)
    offices.close(security, "hill", "示例公司", "已注销", NOW + 3 * DAY)
    finance, bureau = ("finance", "山丘区财政局"), ("data_bureau", "山丘区数据局")
    accounts.create_user(
        security, "fiona", "冯二", "long-enough-2", "hill", [finance, finance, bureau], NOW, one_time=True, reason=" 新来 "
    )
    people.change_roles(security, "fiona", " 轮岗 ", NOW + DAY, add=[("data_bureau_leader", "山丘区数据局")], remove=[bureau])
    people.set_password(security, "fiona", "given-to-you", "忘记口令", NOW + DAY, one_time=True)
    people.set_password(security, "dora", "given-to-you", "重设", NOW + DAY, one_time=False)
    people.change_own_password(accounts.actor(cast.dora.user, NOW), "given-to-you", "my-own-words", NOW + DAY)
    accounts.substitute(security, "fred", "dora", date(2026, 3, 11), date(2026, 3, 20), NOW)
    _, apply = projects.start(cast.alice, "permit", "平台", NOW)
    tasks.complete(cast.alice, apply, APPLICATION, NOW)
    (review,) = inbox.todo(cast.fred, NOW).items
    tasks.claim(cast.fred, review.key, NOW)
    people.disable(security, "fred", " 调离 ", NOW + DAY, successor="fiona")
    people.disable(security, "bob", "退休", NOW + DAY)
    people.enable(security, "bob", " 返聘 ", NOW + 2 * DAY)
    return security


def migrated(cast: Cast, *, done: bool = True) -> tuple[int, int]:
    """A tree that goes on by another version of its process: an element has another id and form, a limit is gone, another has come. Gives it and the version."""
    ask, more = (
        declaring.form("ask", {"wanted": {"type": "string"}, "old": {"type": "string"}}),
        declaring.form("more", {"wanted": {"type": "string"}, "new": {"type": "string"}}),
    )

    def version(name: str, first: str, who: str, form: str, limit: str, *others: str) -> tuple[str, bytes]:
        titled = f'name="{name}事项"'
        body = (
            d.start(), d.parallel("fork"), d.user(first, f'<zeebe:formDefinition formId="{form}"/><zeebe:assignmentDefinition {who}/>').replace(f'name="{first}"', titled),
            d.user("second", FINANCE), d.boundary(limit, first, d.timer("Duration", "P3D"), False), d.end("late"), d.flow(limit, "late"),
            d.boundary("kept", "second", d.timer("Duration", "P5D"), False), d.end("late2"), d.flow("kept", "late2"), d.service("work", "outside"),
            *others, d.chain("start", "fork", first), d.flow("fork", "second"), d.flow("fork", "work"),
        )  # fmt: skip
        return "bpmn/hill/moving.bpmn", d.file(d.process(*body, id="moving", name=name))

    models.deploy(
        SYSTEM,
        [ask, more, version("旧版", "first", 'candidateGroups="finance"', "ask", "soon")],
        NOW,
        source="cli",
        reason="试",
        new_ids=True,
    )
    key = instances.create(cast.root, "moving", {"a": 1}, NOW).key
    who = 'candidateGroups="data_bureau" candidateUsers="lea"'
    models.deploy(SYSTEM, [version("新版", "initial", who, "more", "later")], NOW + DAY, source="cli", reason="改", new_ids=True)
    target = declaring.definition("moving")
    if done:
        migration.migrate(cast.root, key, target, " 换版 ", NOW + 2 * DAY, plan={"first": "initial"})
    return key, target


def cancelled(cast: Cast) -> int:
    """A tree that waits in every way, in two acts, and is then cancelled; beside it one in which a task is left by its limit. Gives its key."""
    bound = '<zeebe:formDefinition formId="ask" bindingType="deployment"/>'
    inner = d.process(d.start(), d.user("pay", FINANCE), d.end(), d.chain("start", "pay", "end"), id="inner2", name="缴费")
    body = (
        d.start(), d.user("first", BUREAU + bound), d.parallel("fork"), d.call("called", "inner2"), d.user("second", FINANCE), d.service("work", "outside"),
        d.boundary("limit", "first", d.timer("Duration", "P2D"), False), d.end("late"), d.flow("limit", "late"), d.boundary("over", "second", d.timer("Duration", "P9D")),
        d.end("left"), d.flow("over", "left"), d.catch("paid", d.on_message("m")), d.service("failing", "outside2", retries="1"), d.chain("start", "first", "fork"),
        *(d.flow("fork", name) for name in ("called", "second", "work", "paid", "failing")),
    )  # fmt: skip
    ask = declaring.form("ask", {"wanted": {"type": "string"}})
    diagram = d.file(d.message("m", "paid", '="k1"'), d.process(*body, id="ending", name="终止"))
    models.deploy(
        SYSTEM,
        [ask, ("bpmn/hill/inner2.bpmn", d.file(inner)), ("bpmn/hill/ending.bpmn", diagram)],
        NOW,
        source="cli",
        reason="试",
        new_ids=True,
    )
    later = declaring.form("ask", {"wanted": {"type": "string"}, "more": {"type": "string"}})
    models.deploy(SYSTEM, [later], NOW, source="cli", reason="试", new_ids=True)
    keys = [instances.create(cast.root, "ending", {}, NOW).key for _ in range(2)]
    for line in inbox.todo(cast.dora, NOW).items:
        tasks.complete(cast.dora, line.key, {"wanted": "x"}, NOW + DAY)
    hill = accounts.system("hill")
    for job in jobs.take(hill, "outside2", NOW, most=9):
        jobs.fail(hill, job.key, 0, "连不上", NOW)
    repair.cancel(cast.root, keys[0], "误建", NOW + 2 * DAY)
    pump.run_due(NOW + 12 * DAY)
    return keys[0]
