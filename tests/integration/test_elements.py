"""A diagram in words: what each element declares, by title as of the rules that the tree began with, and what came of it. Never an id."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from lxml import etree

from app.catalogue import snapshot
from app.config import Config
from app.domain.permissions import SYSTEM, Actor
from app.engine import read
from app.errors import Forbidden, NotFound
from app.seen.elements import element_views
from app.seen.shapes import DiagramView, ElementView, FactLine, ModelRef
from app.services import inbox, instances, messages, models, repair, startup, tasks
from app.services.repair import Activate
from tests import brook
from tests.brook import NOW
from tests.integration.conftest import make_app
from tests.unit.engine.diagrams import boundary, call, catch, chain, end, exclusive, file, flow, process, rule, start, timer, user

IDENTIFIER = re.compile(r"[A-Za-z]+(?:_[A-Za-z0-9]+)+|\b[a-z]+[A-Z]\w*|\b[a-z]{3,}\b|\d{4}-\d\d-\d\dT")
Texts = dict[str, list[str]]


@pytest.fixture
def config(config: Config) -> Config:
    shutil.copytree(brook.DISTRICTS, Path(config.models) / "districts")
    return config


@pytest.fixture
def people(config: Config) -> Iterator[dict[str, Actor]]:
    app: Flask = make_app(config)
    with app.app_context():
        yield brook.install()
        startup.dispose()


def drawn(actor: Actor, process_id: str) -> DiagramView:
    (found,) = [line for line in models.definitions(actor) if line.kind == "process" and line.id == process_id]
    return models.drawn(actor, found.key)


def facts(element: ElementView) -> Texts:
    return {fact.title: [line.text for line in fact.lines] for fact in element.facts}


def lines(element: ElementView, title: str) -> list[FactLine]:
    return [line for fact in element.facts if fact.title == title for line in fact.lines]


def of(actor: Actor, *body: str) -> dict[str, ElementView]:
    """The elements of a small process of the district."""
    models.deploy(SYSTEM, [("bpmn/brook/small.bpmn", file(process(*body, id="small")))], NOW, new_ids=True)
    return dict(drawn(actor, "small").elements)


def properties(**given: str) -> str:
    parts = [f'<zeebe:property name="{name}" value="{value}"/>' for name, value in given.items()]
    return f"<zeebe:properties>{''.join(parts)}</zeebe:properties>"


def begin(people: dict[str, Actor]) -> int:
    """An instance of the review."""
    messages.publish(people["root"], "review_requested", "1", {}, NOW, tenant="brook")
    (line,) = instances.search(people["root"], instances.InstanceFilter(), NOW).items
    return line.key


# ---------------------------------------------------------------------- under a task


def test_captions_name_limit_register_document_and_targets(people: dict[str, Actor]) -> None:
    review, declaration = drawn(people["ann"], "review").elements, drawn(people["ann"], "declaration").elements
    for element, captions in {
        "give_joint_opinion": ("限 5 个工作日", "↩ 提交审核申报"),
        "conclude_joint_review": ("登记意见", "↩ 提交审核申报、出具联审意见"),
        "review_budget": ("限 5 个工作日 · 登记预算", "↩ 申报下年度预算"),
        "sign_joint_review": ("一人一次 · 出表", "↩ 修订方案终稿"),
        "revise_declaration": ("本系统约定 5 个工作日",),
        "apply_budget": (),
        "approved": (),  # an event, whatever it registers
    }.items():
        assert review[element].captions == captions, element
    assert declaration["prepare_declaration"].captions == ("限 10 月 15 日",)
    assert declaration["confirm_declaration"].captions == ("↩ 填报申报表、汇总并排序",)


def test_a_return_to_anything_says_so(people: dict[str, Actor]) -> None:
    element = of(people["ann"], start(), user("a", properties(returnTo="*")), end(), chain("start", "a", "end"))["a"]
    assert element.captions == ("↩ 任一已办环节",)
    assert facts(element)["可以退回到"] == ["任一已办环节"]


def test_a_due_date_from_elsewhere_is_named_by_its_field_and_a_key_may_be_the_task_s_own(people: dict[str, Actor]) -> None:
    found = of(
        people["ann"],
        start(),
        user("named", '<zeebe:taskSchedule dueDate="=opinionOn"/>'),
        user("opinion", '<zeebe:taskSchedule dueDate="=now() + duration(&quot;P3D&quot;)"/>'),
        user("free", properties(noDeadline="由单位自定")),
        end(),
        chain("start", "named", "opinion", "free", "end"),
    )
    assert found["named"].captions == ("有期限",)  # no form asks for it: it has no title
    assert found["opinion"].captions == ("限 5 个工作日",)
    assert found["free"].captions == ()
    assert facts(found["free"])["办理期限"] == ["不设期限：由单位自定"]


def test_a_limit_that_is_counted_from_another_moment_says_from_which(people: dict[str, Actor]) -> None:
    """Three tasks that share one period of six months would read as three periods (SC-25-3)."""
    found = of(
        people["ann"],
        start(),
        user("opened", '<zeebe:taskSchedule dueDate="=deadline(&quot;opinion&quot;)"/>'),
        user("after", '<zeebe:taskSchedule dueDate="=deadline(&quot;opinion&quot;, completedAt(&quot;opened&quot;))"/>'),
        user("fact", '<zeebe:taskSchedule dueDate="=deadline(&quot;opinion&quot;, project.opinionOn)"/>'),
        user("unsaid", '<zeebe:taskSchedule dueDate="=deadline(&quot;opinion&quot;, now() + duration(&quot;P3D&quot;))"/>'),
        end(),
        chain("start", "opened", "after", "fact", "unsaid", "end"),
    )
    assert {name: found[name].captions for name in ("opened", "after", "fact", "unsaid")} == {
        "opened": ("限 5 个工作日",),
        "after": ("自opened办结起限 5 个工作日",),
        "fact": ("自意见日期起限 5 个工作日",),
        "unsaid": ("限 5 个工作日",),
    }
    assert facts(found["fact"])["办理期限"][0] == "自“意见日期”的次日起算"


# ---------------------------------------------------------------------- what a click tells


def test_a_task_tells_who_by_what_until_when_why_and_where_to(people: dict[str, Actor]) -> None:
    element = drawn(people["ann"], "review").elements["check_final"]
    assert (element.kind, element.name) == ("办理事项（各办各的）", "复核终稿")
    assert facts(element) == {
        "由谁办理": ["四方联审单位", "只由流程指定的那一家单位的人员办理"],
        "办理方式": ["按列出的名单逐个办理，同时进行"],
        "表单": ["终稿复核表（第 1 版）"],
        "办理期限": ["自进入本环节的次日起算", "5 个工作日，末日不是工作日的顺延", "逾期催办，不视为同意", "期限表第 3 行"],
        "依据": ["第十三条：四方联审单位自收到申报之日起五个工作日内出具意见（BK-13-1）"],
        "审批的内容": ["总投资 等 2 项", "视为同意的条件：总是"],
        "可以退回到": ["修订方案终稿"],
        "去向": ["→ 签署联合评审表"],
    }
    assert lines(element, "表单")[0].model == ModelRef("form", "review.check_final", "brook", 1)


def test_a_clause_is_cited_where_the_district_s_list_has_the_element_carry_it(people: dict[str, Actor]) -> None:
    found = drawn(people["ann"], "review").elements
    assert facts(found["hold_meeting"])["依据"] == ["第十五条：意见分歧较大的，组织线下评审（BK-15-1）"]
    assert "依据" not in facts(found["reclaim_budget"])


def test_roles_are_told_with_their_offices(people: dict[str, Actor]) -> None:
    found = drawn(people["ann"], "declaration").elements
    assert facts(found["prepare_declaration"])["由谁办理"][:2] == [
        "申报单位经办（项目自己的单位）",
        "下属单位经办（溪谷一小、溪谷二小、溪谷三小、溪谷四小 等 5 家）",
    ]
    assert facts(found["check_unplanned"])["由谁办理"] == ["区数据局经办（溪谷区数据局）"]
    assert facts(found["check_unplanned"])["告知"] == ["申报单位经办"]


def test_a_gateway_tells_each_answer_where_it_leads_and_its_condition_in_words_and_as_feel(people: dict[str, Actor]) -> None:
    found = of(
        people["ann"],
        start(),
        user("check", '<zeebe:formDefinition formId="review.check_final"/>'),
        exclusive("q", "other"),
        flow("q", "a", '=opinion = "同意"'),
        flow("q", "b", id="other"),
        user("a"),
        user("b"),
        end(),
        chain("start", "check", "q"),
        chain("a", "end"),
        chain("b", "end"),
    )
    ways = lines(found["q"], "去向")
    assert [(way.text, way.formula) for way in ways] == [("→ a：复核意见是“同意”", 'opinion = "同意"'), ("→ b：其余情况", "")]
    named = drawn(people["ann"], "review").elements["pre_review_result"]
    assert [way.text for way in lines(named, "去向")] == ["同意 → 预审通过", "不同意 → 预审不通过", "修改后同意 → 修改申报材料：其余情况"]
    assert lines(named, "去向")[0].formula == 'preReviewResult = "PASS"'


def test_a_decision_and_a_call_are_told_with_their_version(people: dict[str, Actor]) -> None:
    found = of(
        people["ann"],
        start(),
        rule("judge", "opinion_aggregation", "result"),
        call("sub", "declaration"),
        end(),
        chain("start", "judge", "sub", "end"),
    )
    assert lines(found["judge"], "决策表") == [
        FactLine("意见汇总（第 1 版）", model=ModelRef("decision", "opinion_aggregation", "brook", 1))
    ]
    assert lines(found["sub"], "调用的流程")[0].model == ModelRef("process", "declaration", "brook", 1)


def test_effects_are_told_by_title(people: dict[str, Actor]) -> None:
    said = properties(
        set="totalAmount = 1; budgetAmount = 2",
        approves="totalAmount scheme",
        approvesWhen="=true",
        phase="reviewing",
        reads="o = opinion of project",
    )
    (definition,) = read(file(process(start(), user("a", said), end(), chain("start", "a", "end"))), "small.bpmn").processes
    element = element_views(definition, snapshot.library("brook"), snapshot.district("brook"))[
        "a"
    ]  # told as it is written, whoever would deploy it
    found = facts(element)
    assert found["写入项目台账"] == ["总投资 = 1", "预算数 = 2"]
    assert found["审批的内容"] == ["总投资 等 2 项", "视为同意的条件：总是"]
    assert found["项目阶段"] == ["进入“评审中”"]
    assert found["查阅"] == ["意见登记"]
    assert [line.formula for line in lines(element, "写入项目台账")] == ["1", "2"]


def test_timers_are_told_in_words(people: dict[str, Actor]) -> None:
    found = of(
        people["ann"],
        start(),
        user("a"),
        boundary("edge", "a", timer("Duration", "P1M"), False),
        catch("wait", timer("Date", '=deadline("opinion", now())')),
        catch("count", timer("Duration", '=duration("P" + string(1) + "D")')),
        end(),
        chain("start", "a", "wait", "count", "end"),
        chain("edge", "end"),
    )
    assert (found["edge"].kind, facts(found["edge"])["时间"]) == ("到期时", ["1 个月"])
    assert facts(found["wait"])["时间"] == ["5 个工作日，末日不是工作日的顺延", "逾期催办，不视为同意"]
    assert lines(found["count"], "时间") == [FactLine("由流程计算", 'duration("P" + string(1) + "D")')]


def test_nothing_that_is_told_is_an_id_a_code_or_a_machine_s_instant(people: dict[str, Actor]) -> None:
    told = [
        text
        for process_id in ("review", "declaration")
        for element in drawn(people["ann"], process_id).elements.values()
        for text in (element.kind, *element.captions, *(text for texts in facts(element).values() for text in texts))
    ]
    assert len(told) > 100
    assert [text for text in told if IDENTIFIER.search(text)] == []


def test_every_element_of_a_diagram_is_there_with_its_kind(people: dict[str, Actor]) -> None:
    found = drawn(people["ann"], "review").elements
    drawn_nodes = etree.parse(brook.PLANES / "review.bpmn").xpath("//*[*[local-name()='incoming' or local-name()='outgoing']]/@id")
    assert found.keys() == set(drawn_nodes)
    assert {element.kind for element in found.values()} >= {
        "阶段",
        "开始",
        "例外",
        "分支：走符合条件的几条",
        "系统判定",
        "结束",
    }


# ---------------------------------------------------------------------- as of which rules, for whom


def test_an_instance_tells_the_rules_it_began_with_and_the_model_s_page_the_newest(people: dict[str, Actor]) -> None:
    key = begin(people)
    table = (brook.FOLDER / "dmn" / "deadlines.dmn").read_bytes()
    stricter = table.replace(b'<outputEntry id="c3"><text>5</text>', b'<outputEntry id="c3"><text>2</text>')
    models.deploy(SYSTEM, [("dmn/brook/deadlines.dmn", stricter)], NOW, source="cli")
    running = instances.view(people["root"], key, NOW).diagram.elements
    assert running["check_final"].captions[0] == "限 5 个工作日"
    assert drawn(people["ann"], "review").elements["check_final"].captions[0] == "限 2 个工作日"


def test_a_stranger_to_the_district_reads_nothing_of_its_diagrams(people: dict[str, Actor]) -> None:
    key = next(line.key for line in models.definitions(people["ann"]) if line.kind == "process")
    with pytest.raises(Forbidden):
        models.drawn(replace(people["ann"], tenant="elsewhere"), key)
    with pytest.raises(NotFound):
        models.drawn(people["ann"], 1)


# ---------------------------------------------------------------------- what came of it


def test_visits_tell_who_did_it_when_and_by_which_rows(people: dict[str, Actor]) -> None:
    key = begin(people)
    for name in ("dora", "fred"):
        assert inbox.todo(people[name], NOW).items, name
    (task,) = inbox.todo(people["fred"], NOW).items
    later = NOW + timedelta(hours=2)
    tasks.complete(people["fred"], task.key, {}, later)
    (other,) = inbox.todo(people["dora"], later).items
    tasks.complete(people["dora"], other.key, {}, later)
    view = instances.view(people["root"], key, later).diagram
    by = {(visit.office, visit.person): visit for visit in view.visits["give_pre_review_opinion"] if visit.person}
    assert set(by) == {("溪谷区财政局", "冯财"), ("溪谷区数据局", "杜数")}
    visit = by["溪谷区财政局", "冯财"]
    assert (visit.at, visit.role_title, visit.action.meaning) == (later, "区财政局经办", "办结")
    (judged,) = view.visits["judge_pre_review"]
    assert judged.table == FactLine("意见汇总（第 1 版）", model=ModelRef("decision", "opinion_aggregation", "brook", 1))
    assert judged.rows == ("第 2 行：第十三条，都同意的，通过",)
    assert judged.result == "", "PASS is a code: the row says what it means"
    (reviewers,) = view.visits["find_reviewers"]
    assert "溪谷区财政局" not in view.visits["start"]
    assert reviewers.table is not None


def test_a_diagram_tells_of_its_own_instance_alone(people: dict[str, Actor]) -> None:
    mine = user("a", '<zeebe:assignmentDefinition candidateGroups="finance"/>')
    called = file(process(start(), mine, end(), chain("start", "a", "end"), id="within"))
    calling = file(process(start(), mine, call("sub", "within"), end(), chain("start", "a", "sub", "end"), id="outer"))
    models.deploy(SYSTEM, [("bpmn/brook/within.bpmn", called), ("bpmn/brook/outer.bpmn", calling)], NOW, new_ids=True)
    outer = instances.create(people["root"], "outer", {}, NOW).key
    (task,) = inbox.todo(people["fred"], NOW).items
    tasks.complete(people["fred"], task.key, {}, NOW)
    (inner,) = instances.view(people["root"], outer, NOW).children
    for key, done in ((outer, 1), (inner.key, 0)):
        visits = instances.view(people["root"], key, NOW).diagram.visits.get("a", ())
        assert len([visit for visit in visits if visit.person]) == done


def test_a_task_shows_the_same_diagram_as_its_instance(people: dict[str, Actor]) -> None:
    key = begin(people)
    task = inbox.todo(people["fred"], NOW).items[0]
    repair.modify(people["root"], key, "再看一处", NOW, activate=[Activate("revise_final")])
    assert tasks.view(people["fred"], task.key, NOW).diagram == instances.view(people["root"], key, NOW).diagram
