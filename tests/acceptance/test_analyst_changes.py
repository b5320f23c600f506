"""A new analyst's five changes, as docs/analyst/changes.md tells them: edited in bpmn-js and dmn-js, published by the command without ``--force``, lived through."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page

from app import create_app
from app.catalogue import districts
from app.services import startup
from tests.acceptance.analysts import BUILDING, DECLARED, MONDAY, TUESDAY, Analyst, HowTo, place
from tests.acceptance.modelers import Modelers
from tests.integration.conftest import Stage, Templates, copied, no_more_keys
from tests.integration.districts.play import at

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("modelers")]
# 3.6 millions moved about in a contract of nearly seven: more than a tenth, within four millions, and the sum stays.
MOVED = {"changeItems": [{"item": "减少视频点位", "amount": -1800000}, {"item": "增加水质点位", "amount": 1800000}], "reasonCode": "二"}
PROOF = [{"name": "进度报告", "files": [{"document": "进度报告.pdf"}]}]
NO_CASE = {"changeItems": [{"item": "更换设备型号", "amount": 0}], "reasonCode": "无"}


def no_server() -> str:
    raise AssertionError("on SQLite")


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return Templates(tmp_path_factory.mktemp)


@pytest.fixture(scope="module")
def modelers(desk: Page) -> Modelers:
    return Modelers(desk)


@pytest.fixture
def stage() -> Stage:
    """How far the district's projects have come."""
    return BUILDING


@pytest.fixture
def analyst(tmp_path: Path, templates: Templates, modelers: Modelers, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Analyst]:
    """An installation with its own copy of the shipped files and of the database with projects under way."""
    template, projects = templates.of("sqlite", stage, no_server)
    root, data = tmp_path / "models", tmp_path / "data"
    place(tmp_path)
    data.mkdir()
    config = replace(stage.settings(copied("sqlite", template, data, "", no_server), tmp_path), models=str(root))
    monkeypatch.setenv("QUANCHENG_MODELS", str(root))
    monkeypatch.setenv("QUANCHENG_CLOCK", "virtual")
    monkeypatch.setattr(districts, "LOOKED_AFTER", 0)
    with create_app(config).app_context():
        yield Analyst(root, config, modelers, projects)
        startup.dispose()
    no_more_keys()


# ---------------------------------------------------------------------- a threshold


def test_a_threshold_of_monday_decides_what_begins_on_tuesday(analyst: Analyst) -> None:
    page = HowTo("一、改一个门槛")
    district, river, parking = analyst.district, analyst.projects.river, analyst.projects.parking
    assert district.now == MONDAY
    analyst.starts("change", river)
    table = analyst.table("change_route", ["replace", "4000000", "3500000"])
    assert analyst.deploy(table) == page.said()

    district.advance(TUESDAY)
    analyst.starts("change", parking)
    for project in (river, parking):
        district.do(district.task(project, "submit_change"), **MOVED)
    assert analyst.open(river, "change") == []  # begun by four millions, it ends by them: filed
    assert [line.name for line in analyst.open(parking, "redeclaration")] == ["重新申报"]
    old, new = (analyst.taken(project, "change_assessment") for project in (river, parking))
    assert (old.output["route"], new.output["route"]) == ("FILE", "REDECLARE")
    assert new.version == old.version + 1

    # What was told is told no more once the scenarios say the new amount.
    assert analyst.deploy(*analyst.follow(page)) == []


# ---------------------------------------------------------------------- a column


def test_a_new_column_asks_what_a_new_field_answers(analyst: Analyst) -> None:
    page = HowTo("二、表里加一列")
    table = analyst.table("payment_gate", ["draw", "invoiceVerified"], ["ask", "发票已核验", "invoiceVerified", "boolean"], page.rule())
    form, scenarios = analyst.follow(page)
    assert analyst.refused(table, form) == page.said()
    assert analyst.deploy(table, form, scenarios) == []

    district, river, parking = analyst.district, analyst.projects.river, analyst.projects.parking
    for project, verified in ((river, False), (parking, True)):
        analyst.starts("payment", project)
        district.do(
            district.task(project, "apply_payment"), payKind="进度款", payAmount=1000, invoiceVerified=verified, progressProof=PROOF
        )
    (blocked,), (payable,) = analyst.open(river, "payment"), analyst.open(parking, "payment")
    assert (blocked.name, payable.name) == ("处理不符条件的申请", "审核支付")
    assert analyst.task_page(blocked).data["blockedReasons"] == ["发票没有核验"]


# ---------------------------------------------------------------------- a name


def test_a_renamed_task_is_called_so_from_the_next_instance_on(analyst: Analyst) -> None:
    district, river, parking = analyst.district, analyst.projects.river, analyst.projects.parking
    analyst.starts("cancellation", river)
    district.do(district.task(river, "apply_cancellation"))
    assert analyst.deploy(analyst.diagram("cancellation", ["rename", "review_cancellation", "审核取消项目申请"])) == []

    analyst.starts("cancellation", parking)
    district.do(district.task(parking, "apply_cancellation"))
    for project, name in ((river, "审核取消申请"), (parking, "审核取消项目申请")):
        (line,) = analyst.open(project, "cancellation")
        assert line.name == name
        district.do(line)
        assert name in [entry.name for entry in analyst.page(project).timeline]


def test_another_id_is_another_task_and_the_gate_names_all_that_knew_the_old_one(analyst: Analyst) -> None:
    (said,) = HowTo("三、给任务改名").said()
    diagram = analyst.diagram("cancellation", ["identify", "review_cancellation", "examine_cancellation"])
    (reason,) = analyst.refused(diagram)
    assert reason.endswith(said)
    analyst.diagram("cancellation", ["declare", "approve_cancellation", "returnTo", "apply_cancellation examine_cancellation"])
    assert [reason.split(" / ")[1].partition(":")[0] for reason in analyst.refused(diagram)] == [
        "批复以后、采购以前取消：负责人批准，财政收回，项目终止",
        "负责人不批准的照旧办",
        "没有安排预算的，批准即终止；进入验收的不能取消",
    ]
    scenarios = analyst.text("scenarios/sucheng/cancellation.yaml", ("review_cancellation", "examine_cancellation"))
    assert [reason.rpartition(":")[2] for reason in analyst.refused(diagram, scenarios)] == [
        "不再核对事项“review_cancellation” [SCENARIO_DROPPED]"
    ] * 3
    assert len(analyst.deploy(diagram, scenarios, "--drop-cases")) == 3

    # The register of clauses knows it by its id too.
    district, river = analyst.district, analyst.projects.river
    analyst.starts("cancellation", river)
    district.do(district.task(river, "apply_cancellation"))
    line = district.task(river, "examine_cancellation")
    assert [clause.id for clause in analyst.task_page(line).clauses] == []
    analyst.text("districts/sucheng.clauses.csv", ("cancellation.review_cancellation", "cancellation.examine_cancellation"))
    assert [clause.id for clause in analyst.task_page(line).clauses] == ["SC-17-1"]


# ---------------------------------------------------------------------- a task


def test_a_new_task_has_its_form_its_deadline_and_its_record(analyst: Analyst) -> None:
    page = HowTo("四、加一个任务")
    panel = page.row("标识")
    diagram = analyst.diagram("change", ["drop", "fileable_to_end", {"x": 1030, "y": 285}, panel])
    table = analyst.table("deadlines", ["allow", "期限键", '"change.file"'], page.rule())
    *forms, scenarios = analyst.follow(page)
    linted = analyst.run("lint", "--house", diagram, table, *forms)
    assert (linted.exit_code, linted.stdout.splitlines()[-1]) == (0, "0 处错误,0 处提示"), linted.stderr
    assert analyst.refused(diagram, table, *forms) == page.said()
    assert analyst.deploy(diagram, table, *forms, scenarios) == []

    district, river = analyst.district, analyst.projects.river
    district.advance(TUESDAY)
    analyst.starts("change", river)
    district.do(district.task(river, "submit_change"), **MOVED)
    line = district.task(river, "check_filing")
    assert (line.due_at, line.role_titles) == (at("2025-10-25T00:00:00"), ("区数据局经办",))  # when the third working day is over
    shown = analyst.task_page(line)
    assert shown.data["changeReason"] == "建设内容需要调整"
    assert shown.diagram.elements["check_filing"].captions == ("限 3 个工作日 · 登记备案核对",)
    assert shown.deadline is not None
    assert [clause.id for clause in (*shown.clauses, *shown.deadline.clauses)] == ["SC-17-4", "SC-17-4"]

    district.advance(at("2025-10-25T00:01:00"))
    assert district.task(river, "check_filing").overdue
    district.do(line)
    assert analyst.open(river, "change") == []
    (record,) = [record for record in analyst.page(river).records if record.kind == "filing_check"]
    assert (record.title, record.data) == ("备案核对", {"filingOpinion": "相符", "checkedOn": "2025-10-25"})


# ---------------------------------------------------------------------- an office


@pytest.mark.parametrize("stage", [DECLARED], ids=["declared"])
def test_a_new_office_gives_its_opinion_and_signs(analyst: Analyst) -> None:
    page = HowTo("五、给联审加一个单位")
    table = analyst.table("reviewers", page.rule())
    scenarios = analyst.follow(page)
    assert any("事项“出具联审意见”应有 4 个,实有 5 个" in reason for reason in analyst.refused(table))
    assert analyst.deploy(table, *scenarios) == []
    ((_, commands),) = page.blocks("sh")
    for command in commands.splitlines():
        done = analyst.run(*command.split()[1:], "--data", analyst.config.data, input="Quancheng-2026\n")
        assert done.exit_code == 0, done.stderr

    # The school's review has begun: the table gives it the four that it began with. The clinic's begins now.
    district, school, clinic = analyst.district, analyst.projects.school, analyst.projects.clinic
    district.until(school, "give_joint_opinion", clinic)
    assert [len(district.open(project, "give_joint_opinion")) for project in (school, clinic)] == [4, 5]
    assert analyst.todo("emergency") == [(clinic, "出具联审意见")]
    assert analyst.todo("development_reform") == []

    district.until(school, "sign_joint_review", clinic)
    assert analyst.todo("emergency") == []
    assert analyst.todo("joint_review_leader", "宿城区应急管理局") == [(school, "签署联合评审表"), (clinic, "签署联合评审表")]
    district.until(clinic, "submit_tender", school)
    acts = [(entry.element, entry.account) for entry in analyst.page(clinic).timeline if entry.account in ("yingji", "fenguan")]
    assert acts == [("give_joint_opinion", "yingji"), ("sign_joint_review", "fenguan")]
    cited = [rule.annotations["条款"] for rule in analyst.taken(clinic, "reviewers").rules]
    assert cited == ["SC-4-2 SC-13-1"] * 5
