"""Pages with services that answer from memory: what a page shows and asks can be tested without a process behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask

from app import config, create_app
from app.catalogue import districts
from app.codes import RequestCode
from app.domain.codes import FormCode, VerdictCode
from app.domain.forms import FieldProblem, Form
from app.domain.permissions import Actor, Membership, Verdict
from app.domain.reasons import checked_reason
from app.domain.states import DefinitionKind
from app.errors import Conflict, Forbidden, InvalidForm, InvalidRequest, NotFound, TaskAlreadyClosed
from app.playing import demonstration as demo
from app.seen import shapes as v
from app.seen.happenings import Happening
from app.services import accounts, confirming, documents, inbox, instances, instants, joint, models, projects, returns, tasks, timers
from app.services.returns import ReturnWish

DATA = Path(__file__).parents[2] / "data" / "web"
NOW = datetime(2026, 10, 13, 1, 30, tzinfo=UTC)
PASSWORD = "Quancheng-2026"
TOO_MUCH = Decimal("99000000.00")  # of which a check of the form says that it is too much
ARTICLE = v.ClauseView("SC-10-6", "第十条第六项", "申报单位应当如实填写项目名称、建设内容、资金来源和总投资，并对其真实性负责。")
DEADLINE_CLAUSE = v.ClauseView("SC-9-1", "第九条第一款", "申报单位应当于每年10月15日前完成下一年度项目申报。")

PEOPLE = {
    "applicant": ("王建设", "applicant", "宿城区绿化和市容管理局信息化建设与运行维护保障中心"),
    "stranger": ("陈路人", "applicant", "宿城区水利局"),
    "admin": ("系统管理员", "system_admin", "宿城区数据局"),
    "analyst": ("周分析", "analyst", "宿城区数据局"),
    "idle": ("李清闲", "finance", "宿城区财政局"),
}
ROLE_TITLES = {"applicant": "申报单位经办人", "system_admin": "系统管理员", "analyst": "业务分析员", "finance": "财政局经办人"}


def actor_of(username: str) -> Actor:
    name, role, office = PEOPLE[username]
    number = list(PEOPLE).index(username) + 1
    return Actor(number, username, name, "sucheng", (Membership(role, 100 + number, office),))


def line(key: int, name: str, project: str, days: int | None, **more: Any) -> v.TaskLine:
    last = None if days is None else datetime(2026, 10, 13, 16, tzinfo=UTC) + timedelta(days=days)
    return v.TaskLine(
        key=key,
        element_id="fill_in",
        name=name,
        process_id="declaration",
        process_name="年度项目申报",
        project_key=77,
        project_name=project,
        applicant_office=PEOPLE["applicant"][2],
        tenant="sucheng",
        opened_at=NOW - timedelta(days=20),
        due_at=last,
        remind_at=None,
        follow_up_at=more.pop("follow_up_at", None),
        overdue=days is not None and days < 0,
        days_left=days,
        assignee=None,
        completed_at=None,
        completed_by="",
        outcome="",
        role_titles=("申报单位经办人",),
        **more,
    )


RETURNED = v.ReturnedView(
    task="区数据局初审",
    person="李明",
    office="宿城区数据局",
    reason="投资估算缺少依据，请补充三家询价\n<b>并</b>盖章",
    at=NOW - timedelta(days=1),
    due_at=datetime(2026, 10, 10, 16, tzinfo=UTC),
    straight=True,
)
CHOICES = [
    v.ReturnChoice("fill_in", "填写申报表", "王建设", "宿城区绿化和市容管理局", NOW - timedelta(days=20), True),
    v.ReturnChoice(
        "give_opinion",
        "出具联审意见",
        "李明",
        "宿城区数据局",
        NOW - timedelta(days=9),
        False,
        [
            v.ReturnItem(1, "李明", "宿城区数据局", NOW - timedelta(days=9)),
            v.ReturnItem(2, "冯财", "宿城区财政局", NOW - timedelta(days=8)),
        ],
    ),
]
LONG = "宿城区城市运行“一网统管”数字化应用平台（三期）暨跨部门数据协同共享与智能预警能力提升工程建设项目"
LINES = [
    line(1, "填写申报表", "智慧公园一期", 2),
    line(2, "补正申报材料", LONG, -3),
    line(3, "提交竣工验收资料", "松江综合服务平台", 0),
    line(4, "登记资产", "校园安防升级", 41, returned=RETURNED),
    line(5, "确认验收意见", "城市体检数据底座", None, follow_up_at=NOW + timedelta(days=9)),
]


DOCUMENT = v.DocumentView(
    key=9, name="建设方案（终稿）.pdf", version=2, media="application/pdf", size=2_500_000, size_said="2.5 MB", sha256="ab" * 32, slot="materials/files",
    task="填写申报表", process="年度项目申报", person="王建设", office=PEOPLE["applicant"][2], created_at=NOW, submitted_at=NOW, project_key=77,
)  # fmt: skip


@dataclass
class Memory:
    """What the faked services know, and what they were asked to do."""

    form: Form
    completed: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    drafts: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    confirmed: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    begun: list[Any] = field(default_factory=list)
    deployed: list[tuple[str, bytes]] = field(default_factory=list)
    moved: list[Any] = field(default_factory=list)
    returned: list[ReturnWish] = field(default_factory=list)
    acting: list[str | None] = field(default_factory=list)
    virtual: bool = False
    published: v.DeploymentView | None = None
    confirmed_facts: list[tuple[str, int, str, int]] = field(default_factory=list)
    unconfirmed: Mapping[str, str] = field(default_factory=dict)  # of the task's form
    together: list[list[int]] = field(default_factory=list)  # tasks that were done as one act


def project() -> v.ProjectView:
    facts = [
        v.FactView("planYear", "计划年度", "2027"),
        v.FactView("projectType", "项目类型", "建设类"),
        v.FactView("totalAmount", "总投资（元）", Decimal("4000000.01"), unconfirmed=True),
        v.FactView("softwareDevelopment", "含软件开发", True),
        v.FactView("fundItems", "资金来源", [{"source": "区级财政", "amount": Decimal("4000000.01")}]),
    ]
    return v.ProjectView(
        key=77,
        number="SC-2027-0012",
        name=LONG,
        tenant="sucheng",
        tenant_title="宿城区",
        phase="reviewing",
        phase_title="评审中",
        applicant_office=PEOPLE["applicant"][2],
        offices=[v.OfficeView("applicant", "申报单位", 101, PEOPLE["applicant"][2])],
        plan_year=2027,
        total_amount=Decimal("4000000.01"),
        contract_amount=None,
        facts={},
        shown=facts,
        created_at=NOW - timedelta(days=30),
        updated_at=NOW,
    )


def decision() -> v.DecisionView:
    return v.DecisionView(
        5,
        "supervision",
        "监理要求",
        2,
        51,
        NOW - timedelta(days=3),
        [],
        {"required": True, "reason": "必须监理"},
        [v.RuleView(2, "r2", {}, {"条款": "第二十一条"})],
        "理由：必须监理",
    )


def timeline() -> list[v.TimelineEntry]:
    def entry(days: int, element: str, name: str, action: Happening, outcome: str, **more: Any) -> v.TimelineEntry:
        person = more.pop("person", "王建设")
        return v.TimelineEntry(
            NOW - timedelta(days=days), "declaration", element, name, "applicant" if person else "", person, "宿城区绿化和市容管理局" if person else "",
            "applicant", action, outcome, more.pop("clauses", [ARTICLE]), process_name="年度项目申报", role_title="经办人" if person else "", **more,
        )  # fmt: skip

    return [
        entry(20, "fill_in", "填写申报表", Happening.COMPLETED, "提交"),
        entry(10, "check", "区数据局初审", Happening.COMPLETED, "退回补正：缺少投资估算依据"),
        entry(3, "supervision", "判定监理要求", Happening.DECIDED, "", person="", decision=decision()),
        entry(1, "late", "补正期限届满", Happening.OVERDUE, "已报告区数据局负责人", person="", clauses=[DEADLINE_CLAUSE]),
    ]


CHANGES = [
    v.FactChangeView("建设模式", None, "统建", "迁移", "", "系统", "", NOW - timedelta(days=2)),
    v.FactChangeView("计划年度", "2027", "2027", "核实无误", "", "王建设", "申报单位经办人", NOW, confirmed=True),
    v.FactChangeView("总投资（元）", Decimal(3), Decimal("4000000.01"), "填写", "填写申报表", "王建设", "申报单位经办人", NOW),
]


def waiting(actor: Actor) -> list[v.UnconfirmedView]:
    """Two facts that nobody has confirmed: one is the applicant's, the other the finance bureau's."""
    yes, no = Verdict(True, "ALLOWED", "是"), Verdict(False, "FACT_OWNER", "否")
    mine, theirs = (yes, no) if actor.username == "applicant" else (no, yes)
    return [
        v.UnconfirmedView("totalAmount", "总投资（元）", Decimal("4000000.01"), "迁移", "系统", NOW, ["申报单位经办人"], mine),
        v.UnconfirmedView("approvedBudget", "批复预算", Decimal(5), "导入", "李明", NOW, ["财政局经办人"], theirs),
        v.UnconfirmedView("platforms", "共用平台", None, "迁移或导入", "", None, [], no),
    ]


def confirm(memory: Memory, actor: Actor, key: int, name: str, version: int) -> v.FactView:
    found = next(one for one in waiting(actor) if one.name == name)
    if not found.may.allowed:
        raise Forbidden("这一项由其他角色核实", code=VerdictCode.FACT_OWNER)
    if version != 7:
        raise Conflict("本项目的台账在您打开页面之后有改动", code=RequestCode.OUTDATED)
    memory.confirmed_facts.append((actor.username, key, name, version))
    return v.FactView(found.name, found.title, found.value)


def task_view(memory: Memory, actor: Actor, key: int) -> v.TaskPage:
    found = next((one for one in LINES if one.key == key), None)
    if found is None:
        raise NotFound("没有这个事项，可能已随流程撤销")
    if actor.username == "stranger":
        raise Forbidden("此事项属于其他单位的项目，只有该项目的“申报单位经办人”可以办理", code="NOT_YOUR_PROJECT")
    if key in memory.completed:
        found = replace(found, state="completed", completed_at=NOW, completed_by=actor.name, outcome="提交")
    deadline = None
    if found.due_at:
        last = date(2026, 10, 13) + timedelta(days=found.days_left or 0)
        lines = ["起算日 2026-09-15 的次日起第 20 个工作日", f"{last} 是工作日，不顺延"]
        deadline = v.DeadlineView(found.due_at, last, None, "declaration.close", lines, "2026-1", key == 2, [DEADLINE_CLAUSE])
    return v.TaskPage(
        line=found,
        form=None if key == 5 else memory.form,
        data=memory.completed.get(key)
        or memory.drafts.get(key)
        or {"projectName": found.project_name, "fundItems": [{"source": "区级财政", "amount": Decimal("1234567.8")}]},
        draft_saved_at=NOW if key in memory.drafts else None,
        project=project(),
        clauses=[ARTICLE],
        why="上一步“区数据局初审”由宿城区数据局李明办结后转到此处。依据第十条第六项:如实填写。",
        deadline=deadline,
        diagram=v.DiagramView(
            definition_key=900, current={"fill_in": 1}, completed={"start": 2}, elements=ELEMENTS, visits={"start": VISITS["start"]}
        ),
        timeline=timeline(),
        may=Verdict(True, "ALLOWED", "您是本项目申报单位的人员"),
        documentation="请对照通知逐项填写。",
        returns=CHOICES if key == 4 else (),
        unconfirmed=memory.unconfirmed,
    )


def in_capacity(view: v.TaskPage, acting: str | None) -> v.TaskPage:
    """The second task and the one that may be returned can be done in two roles."""
    if view.line.key not in (2, 4):
        return view
    offered = (("applicant", "申报单位经办人", "宿城区水利局"), ("finance", "财政局经办人", "宿城区财政局"))
    return replace(view, capacities=[v.CapacityChoice(*one, chosen=one[0] == (acting or "applicant")) for one in offered])


def give_back(memory: Memory, actor: Actor, key: int, wish: ReturnWish) -> v.CompletedView:
    task_view(memory, actor, key)
    checked_reason(wish.reason)
    if wish.to not in {choice.element_id for choice in CHOICES}:
        raise Conflict("“初审”正在办理,请待其办结", code="RETURN")
    memory.returned.append(wish)
    return v.CompletedView(key, [], 77)


def complete(memory: Memory, actor: Actor, key: int, data: Mapping[str, Any], confirmed: Mapping[str, Any]) -> v.CompletedView:
    task_view(memory, actor, key)
    if key in memory.completed:
        raise TaskAlreadyClosed
    if problems := memory.form.validate(data):
        raise InvalidForm(problems)
    if data.get("totalAmount") == TOO_MUCH and "SC-9-1" not in confirmed:
        said = FieldProblem("totalAmount", "总投资", FormCode.CHECK, "“总投资”超过估算", check="SC-9-1", confirm=True)
        raise InvalidForm([said])
    memory.confirmed[key] = confirmed
    if data.get("projectName") == "已被占用":
        raise TaskAlreadyClosed
    memory.completed[key] = data
    return v.CompletedView(key, [LINES[2]] if key == 2 else [], 77)


def start_page(memory: Memory, process: str, key: int | None) -> v.StartPage:
    return v.StartPage(process, "项目检查", memory.form, "sucheng", key, LONG if key else "", {"projectType": "建设类"})


def begin(memory: Memory, process: str, key: int | None, given: Any = None, confirmed: Any = None) -> int:
    if given is not None and (problems := memory.form.validate(given)):
        raise InvalidForm(problems)
    memory.begun.append((process, key, given, confirmed))
    return 3 if key else 0


def accounts_offered() -> list[v.DemonstrationAccount]:
    return [
        v.DemonstrationAccount(username, name, role, ROLE_TITLES[role], office, "sucheng", "宿城区")
        for username, (name, role, office) in PEOPLE.items()
    ]


def definition(key: int, kind: str, name: str, title: str, version: int = 1, tenant: str = "sucheng") -> v.DefinitionView:
    return v.DefinitionView(key, kind, name, title, version, "", tenant, f"bpmn/{name}.bpmn", 1, "files", NOW, "系统")


SOURCES = {"process": "declaration.bpmn", "decision": "supervision.dmn", "library": "supervision.dmn", "form": "declaration.fill_in.json"}
LIBRARY = "https://quancheng.dev/dmn/rates"
DEFINITIONS = [
    definition(900, "process", "declaration", "年度项目申报", 2),
    definition(901, "process", "acceptance", "项目验收", 1, "<default>"),
    definition(902, "decision", "supervision", "监理要求", 3),
    definition(904, "library", LIBRARY, "税率", 2),
    definition(903, "form", "declaration.fill_in", "数字化项目申报表", 1, "<default>"),
]


# What the diagram declares of one of its tasks, and what came of it.
ELEMENTS = {
    "fill_in": v.ElementView(
        id="fill_in",
        kind="办理事项",
        drawn="用户任务",
        name="填写申报表",
        captions=("限 10 月 15 日 · 登记申报", "↩ 任一已办环节"),
        facts=[
            v.ElementFact("由谁办理", [v.FactLine("申报单位经办人（项目自己的单位）")]),
            v.ElementFact(
                "表单",
                [v.FactLine("数字化项目申报表（第 1 版）", model=v.ModelRef(DefinitionKind.FORM, "declaration.fill_in", "<default>", 1))],
            ),
            v.ElementFact("去向", [v.FactLine("同意 → 结束：申报意见是“同意”", 'opinion = "同意"')]),
        ],
    ),
    "gate": v.ElementView(id="gate", kind="分支：走其中一条", drawn="排他网关", name=""),
}
VISITS = {
    "start": [v.VisitView(at=NOW - timedelta(days=number), action=Happening.STARTED) for number in range(7, 0, -1)],
    "fill_in": [
        v.VisitView(
            at=NOW,
            action=Happening.COMPLETED,
            person="王建设",
            office="宿城区绿化和市容管理局",
            role_title="经办人",
            result="提交",
            rows=("第 2 行：第二十一条",),
            table=v.FactLine("监理要求（第 2 版）", model=v.ModelRef(DefinitionKind.DECISION, "supervision", "sucheng", 2)),
        )
    ],
}


def instance_view(key: int) -> v.InstancePage:
    if key != 500:
        raise NotFound("没有这个流程实例")
    top = instance_line(500, "active", 1)
    return v.InstancePage(
        line=top,
        tokens=[v.TokenLine(1, "fill_in", "填写申报表", "userTask", "active", 500, NOW)],
        variables=[
            v.VariableView("totalAmount", Decimal("4000000.01"), "", 500),
            v.VariableView("item", {"a": [1, 2]}, "each_office", 500),
        ],
        timers=[v.WaitLine(1, "timer", "late", NOW + timedelta(days=2), None, None, '=deadline("declaration.close", receivedAt)', 0)],
        subscriptions=[v.WaitLine(2, "message", "withdrawn", None, "withdrawn", "77", None, 0)],
        jobs=[v.JobLine(1, "notify", "tell", "failed", 0, "没有收件人", NOW)],
        incidents=[
            v.IncidentLine(9, "CONDITION_ERROR", "gate", "“验收关口”(gate)的条件“=acceptanceGate”的结果不是 true 或 false", NOW, None, 500)
        ],
        history=[v.HistoryEntry(1, "start", "收到通知", "startEvent", Happening.COMPLETED, NOW, NOW, 500)],
        decisions=[decision()],
        children=[instance_line(501, Happening.COMPLETED, 0)],
        diagram=v.DiagramView(
            definition_key=900,
            current={"fill_in": 1},
            completed={"start": 1, "late": 1, "record_lateness": 1},
            late=[v.LateView("fill_in", None, "申报期限已过")],
            incidents=["gate"],
            elements=ELEMENTS,
            visits=VISITS,
        ),
        catalogue_version=12,
    )


def instance_line(key: int, state: str, incidents: int) -> v.InstanceLine:
    return v.InstanceLine(
        key, 500, None if key == 500 else 500, "declaration", "年度项目申报", 900, 2, "", state, "sucheng", NOW, None, incidents, 77, LONG
    )


def attach(monkeypatch: pytest.MonkeyPatch, memory: Memory) -> None:
    """Put the faked services in the place of the real ones."""
    people = {actor_of(username).user: actor_of(username) for username in PEOPLE}

    def fake(module: Any, **functions: Any) -> None:
        for name, function in functions.items():
            monkeypatch.setattr(module, name, function)

    def todo(
        actor: Actor, now: datetime, *, text: str = "", process: str = "", overdue: bool = False, limit: int = 20, offset: int = 0
    ) -> Any:
        mine = LINES if actor.username == "applicant" else []
        found = [one for one in mine if text in one.name + one.project_name and (one.overdue or not overdue)]
        return v.Page(found, len(found), limit, offset)

    def move(actor: Actor, until: Any) -> datetime:
        memory.moved.append(until)
        return NOW + until if isinstance(until, timedelta) else until

    def start(actor: Actor, process_id: str, name: str, now: datetime, **more: Any) -> tuple[int, int]:
        if not name:
            raise InvalidRequest("请填写项目名称", code="NAME")
        return 77, 1

    def deploy(
        actor: Actor, files: Any, now: datetime, *, tenant: str | None = None, reason: str = "", source: str = "upload", **answers: bool
    ) -> v.DeploymentView:
        models.check(files, tenant=tenant)
        memory.deployed.extend(files)
        memory.published = v.DeploymentView(
            3, tenant or "", source, reason, now, [definition(904, "decision", "supervision", "监理要求", 4)]
        )
        return memory.published

    verdict = Verdict(True, "ALLOWED", "您是申报单位的人员")
    row = v.ProjectLine(
        77,
        "SC-2027-0012",
        LONG,
        "sucheng",
        "宿城区",
        "reviewing",
        "评审中",
        PEOPLE["applicant"][2],
        2027,
        Decimal("4000000.01"),
        None,
        1,
        True,
        NOW,
    )
    phases = [
        v.PhaseStep("draft", "草稿", NOW, False),
        v.PhaseStep("declared", "已申报", NOW, False),
        v.PhaseStep("reviewing", "评审中", NOW, True),
    ]
    phases += [
        v.PhaseStep(str(n), title, None, False)
        for n, title in enumerate(["已评审", "已列入计划", "已批复", "采购中", "建设中", "试运行", "验收中", "已验收", "运维中", "已退出"])
    ]
    page = v.ProjectPage(
        project(),
        phases,
        timeline(),
        LINES[:2],
        [v.StartableView("change", "项目变更", verdict), v.StartableView("inspection", "项目检查", verdict, has_form=True)],
        [decision()],
        [],
        [instance_line(500, "active", 0)],
        version=7,
    )
    notice = v.NotificationLine(1, "补正期限已过", "请尽快补正。", 77, LONG, NOW, None)
    empty: v.Page[Any] = v.Page([], 0)

    fake(instants, now=lambda: NOW, is_virtual=lambda: memory.virtual)
    fake(
        accounts,
        actor=lambda user, now: people[user],
        actor_of=lambda found, now: people[found[0][0].id],
        demonstration_accounts=accounts_offered,
    )
    fake(
        inbox,
        todo=todo,
        done=lambda actor, now, **more: empty,
        counts=lambda actor, now: v.InboxCounts(len(LINES), 1, 1, 1) if actor.username == "applicant" else v.InboxCounts(0, 0, 0, 0),
        processes=lambda actor: [("declaration", "年度项目申报")],
        notifications=lambda actor, now, **more: v.Page([notice], 1) if actor.username == "applicant" else empty,
        read_notification=lambda actor, key, now: None,
    )
    fake(
        tasks,
        view=lambda actor, key, now, acting=None: in_capacity(task_view(memory, actor, key), acting),
        complete=lambda actor, key, data, now, confirmed=None, idempotency_key=None, ledger_version=None, acting=None: (
            memory.acting.append(acting),
            complete(memory, actor, key, data, confirmed or {}),
        )[1],
        save_draft=lambda actor, key, data, now: (memory.drafts.update({key: data}), NOW)[1],
        search=lambda actor, wanted, now, **more: v.Page([LINES[1]], 1),
    )
    fake(
        joint,
        members=lambda actor, key, now: tuple(LINES[:2]) if key in (1, 2) else (),
        page=lambda actor, key, chosen, now: joint.JointPage(
            line=LINES[0], form=memory.form, members=tuple(LINES[:2]), chosen=tuple(one for one in LINES[:2] if one.key in chosen)
        ),
        submit=lambda actor, keys, data, now, confirmed=None, idempotency_key=None: (memory.together.append(list(keys)), len(keys))[1],
    )
    fake(returns, give_back=lambda actor, key, wish, now, idempotency_key=None: give_back(memory, actor, key, wish))
    fake(
        projects,
        may_declare=lambda actor, process_id="declaration": (
            verdict if actor.username == "applicant" else Verdict(False, "ROLE_MISSING", "只有申报单位可以申报")
        ),
        startable=lambda actor, now=None: [v.StartableView("annual_plan", "年度计划", verdict)] if actor.username == "idle" else [],
        search=lambda actor, now, **more: v.Page([row], 1) if actor.username == "applicant" else empty,
        view=lambda actor, key, now: replace(page, unconfirmed=waiting(actor), changes=CHANGES),
        start=start,
        start_form=lambda actor, process, key, now: start_page(memory, process, key),
        start_process=lambda actor, key, process, now, **given: begin(memory, process, key, **given),
        start_district_process=lambda actor, process, now, **given: begin(memory, process, None, **given),
    )
    fake(districts, phases=lambda: [replace_phase("reviewing", "评审中"), replace_phase("building", "建设中")])
    fake(
        models,
        definitions=lambda actor, tenant=None: DEFINITIONS,
        versions=lambda actor, kind, name, tenant: [
            replace(one, version=n) for one in DEFINITIONS if one.id == name for n in range(one.version, 0, -1)
        ],
        source=lambda actor, kind, key: (SOURCES[kind], (DATA / SOURCES[kind]).read_bytes()),
        drawn=lambda actor, key: v.DiagramView(definition_key=key, elements=ELEMENTS),
        imports=lambda actor, kind, key: [v.ImportView("lib", LIBRARY, "dmn/rates.dmn", 2)] if kind == "decision" else [],
        deploy=deploy,
        deployment=lambda actor, key: memory.published,
        check=lambda files, tenant=None: [],
    )
    fake(
        instances,
        search=lambda actor, wanted, now, **more: v.Page([instance_line(500, "active", 1), instance_line(501, Happening.COMPLETED, 0)], 2),
        view=lambda actor, key, now: instance_view(key),
    )
    fake(documents, of_project=lambda actor, key: [DOCUMENT], printed=lambda actor, key, now: [])
    fake(confirming, confirm=lambda actor, key, name, version, now: confirm(memory, actor, key, name, version))
    fake(timers, next_due=lambda: NOW + timedelta(days=2))
    fake(demo, advance=move)


def replace_phase(key: str, title: str) -> Any:
    from app.domain.districts import Phase

    return Phase(key, title, 1)


def build(folder: Path, **settings: Any) -> Flask:
    """An app on an empty database with the people of this file."""
    from app.store.tables import UserRow, db

    app = create_app(config.load({}, data=str(folder), **settings))
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with app.app_context():
        db.create_all()
        for username in PEOPLE:
            person = actor_of(username)
            db.session.add(
                UserRow(
                    id=person.user,
                    username=username,
                    name=person.name,
                    tenant="sucheng",
                    password=hasher.hash(PASSWORD),
                    active=True,
                    fs_uniquifier=f"u-{username}",
                    demonstration=True,
                    created_at=NOW,
                )
            )
        db.session.commit()
    return app


def remember(monkeypatch: pytest.MonkeyPatch) -> Memory:
    """A fresh memory behind the faked services."""
    memory = Memory(Form.parse((DATA / "declaration.fill_in.json").read_bytes()))
    attach(monkeypatch, memory)
    return memory
