"""The gate before a deployment: what newly fails is refused, scenarios travel with the models, and whoever publishes all the same answers for it."""

from pathlib import Path
from textwrap import dedent

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.catalogue import districts, gate, trial
from app.config import Config
from app.domain.permissions import SYSTEM
from app.errors import Forbidden, InvalidRequest, Refused
from app.rehearsal.library import ModelRefused, Models
from app.rehearsal.scenario_files import Scenario, ScenarioSet
from app.services import models
from app.store.tables import AuditEntryRow, DeploymentRow, ScenarioVerdictRow, db
from tests.integration.services.conftest import DATA, NOW, Cast

pytestmark = pytest.mark.one_database

GATE = (DATA / "dmn" / "permit_gate.dmn").read_bytes()
STRICT = GATE.replace(b"10000", b"1000")  # changed numbers: five thousand is large now
STRICTER = GATE.replace(b"10000", b"100")
HALF = GATE.replace(b"&lt;= 10000", b"&lt;= 20000")  # one of two rows that complement each other
TURNED = GATE.replace(b'"finance"', b'"data_bureau"')  # a changed rule
PERMIT = (DATA / "bpmn" / "permit.bpmn").read_bytes()
NAMED = PERMIT.replace("审查申请".encode(), "审查此申请".encode())
SCENARIO = """
    name: 审批
    process: permit
    district: hill
    now: 2026-03-10T09:00:00+08:00
    cases:
      - name: 五千元由财政审查
        steps:
          - complete: apply
            as: applicant
            with: {amount: 5000.00, receivedAt: "2026-03-10T09:00:00+08:00", reason: 试用}
          - complete: review
            as: finance
            with: {verdict: 同意}
        expect: {state: completed, decision: {permit_gate: [small]}}
    """
FILE = "scenarios/hill/permit.yaml"


def text(scenario: str = SCENARIO) -> bytes:
    return dedent(scenario).encode()


def deploy(*files: tuple[str, bytes], **wish: object) -> models.DeploymentView:
    return models.deploy(SYSTEM, list(files), NOW, **wish)  # type: ignore[arg-type]


@pytest.fixture
def own(hill: Flask) -> None:
    """The set as hill's analyst has deployed it."""
    deploy((FILE, text()), source="cli")


@pytest.fixture
def shipped(hill: Flask, config: Config) -> None:
    """The set as it came with the product."""
    path = Path(config.models) / FILE
    path.parent.mkdir(parents=True)
    path.write_bytes(text())
    assert [item.id for item in models.boot(Path(config.models), NOW).deployed] == ["permit"]


def version(name: str = "permit_gate", kind: str = "decision", tenant: str = "<default>") -> int:
    return models.versions(SYSTEM, kind, name, tenant)[0].version


def last() -> AuditEntryRow:
    return db.session.execute(select(AuditEntryRow).order_by(AuditEntryRow.key.desc()).limit(1)).scalar_one()


def codes(done: models.DeploymentView) -> list[str]:
    return [item.code for item in done.warnings]


def refused(*files: tuple[str, bytes], **wish: object) -> Refused:
    before = db.session.execute(select(func.count()).select_from(DeploymentRow)).scalar_one()
    with pytest.raises(Refused) as failure:
        deploy(*files, **wish)
    assert db.session.execute(select(func.count()).select_from(DeploymentRow)).scalar_one() == before
    return failure.value


# ---------------------------------------------------------------------- what newly fails


def test_a_table_that_breaks_a_scenario_is_refused_with_title_case_step_and_difference_in_chinese(own: None) -> None:
    (problem,) = refused(("dmn/permit_gate.dmn", STRICT), reason="收紧").problems
    assert (problem.file, problem.element, problem.code) == (FILE, "审批 / 五千元由财政审查", "SCENARIO")
    assert problem.message.startswith("第 2 步 办理“审查申请”:“审查申请”不由角色“财政局”办理,应由")
    assert "review" not in problem.message
    assert version() == 1
    assert last().action == "models.refuse"


def test_it_is_deployed_all_the_same_for_a_reason_and_the_audit_knows_it(own: None) -> None:
    for reason in ("", "  "):
        with pytest.raises(InvalidRequest) as failure:
            deploy(("dmn/permit_gate.dmn", STRICT), reason=reason, force=True)
        assert failure.value.code == "REASON"
    done = deploy(("dmn/permit_gate.dmn", STRICT), reason="上级文件已改", force=True)
    assert version() == 2
    assert [(item.code, item.element) for item in done.warnings] == [("SCENARIO", "审批 / 五千元由财政审查")]
    entry = last()
    assert (entry.action, entry.details["reason"]) == ("models.deploy", "上级文件已改")
    said = entry.details["scenarios"]
    assert (said["cases"], said["forced"], said["failed"]) == (1, True, [f"{FILE} 审批 / 五千元由财政审查"])


def test_what_failed_before_is_told_and_refuses_nothing(own: None) -> None:
    deploy(("dmn/permit_gate.dmn", STRICT), reason="上级文件已改", force=True)
    done = deploy(("bpmn/permit.bpmn", NAMED))  # the sequence of a label changed after a forced table
    assert codes(done) == ["SCENARIO_KNOWN"]
    assert last().details["scenarios"]["known"] == [f"{FILE} 审批 / 五千元由财政审查"]
    assert codes(deploy(("dmn/permit_gate.dmn", STRICTER))) == ["SCENARIO_KNOWN"]


def test_a_case_that_was_changed_has_to_hold_though_it_failed_before(own: None) -> None:
    """Who corrects a case says what is right; what he leaves as it was, is no matter of his."""
    deploy(("dmn/permit_gate.dmn", STRICT), reason="上级文件已改", force=True)
    half = SCENARIO.replace("5000.00", "4999.00")
    assert [item.code for item in refused((FILE, text(half))).problems] == ["SCENARIO"]
    renamed = SCENARIO.replace("name: 审批", "name: 许可的审批")  # the set's title, and no case of it
    assert codes(deploy((FILE, text(renamed)))) == ["SCENARIO_KNOWN"]
    right = SCENARIO.replace("as: finance", "as: data_bureau_leader").replace("[small]", "[large]")
    assert codes(deploy((FILE, text(right)))) == []


def test_a_scenario_that_came_with_the_product_does_not_hold_up_a_new_amount_nor_what_follows(shipped: None) -> None:
    done = deploy(("dmn/permit_gate.dmn", STRICT))
    assert (version(), codes(done)) == (2, ["SCENARIO_OUTDATED"])
    assert last().details["scenarios"]["forced"] is False
    assert codes(deploy(("bpmn/permit.bpmn", NAMED))) == ["SCENARIO_KNOWN"]  # a label: published
    assert codes(deploy(("dmn/permit_gate.dmn", GATE))) == []  # and back: it holds again
    assert [item.code for item in refused(("dmn/permit_gate.dmn", TURNED)).problems] == ["SCENARIO"]  # a rule that says something else


def test_a_table_that_cannot_be_read_is_refused_as_such_and_not_as_a_case_that_it_moved(shipped: None) -> None:
    (problem,) = refused(("dmn/permit_gate.dmn", GATE.replace(b"&lt;= 10000", b"&lt;= 10000 10"))).problems
    assert (problem.file, problem.code) == ("dmn/permit_gate.dmn", "feel_syntax")
    assert version() == 1


def test_models_of_a_case_that_cannot_be_read_refuse_though_only_a_number_changed(shipped: None, monkeypatch: pytest.MonkeyPatch) -> None:
    readable = trial.Trial.models

    def unreadable(self: trial.Trial, scenarios: ScenarioSet, case: Scenario) -> Models:
        if self.files:
            raise ModelRefused("dmn/rates.dmn", "", "dmn/rates.dmn:无法读取")
        return readable(self, scenarios, case)

    monkeypatch.setattr(trial.Trial, "models", unreadable)
    monkeypatch.setattr(trial.Trial, "touches", lambda *_: True)
    assert [item.code for item in refused(("dmn/permit_gate.dmn", STRICT)).problems] == ["SCENARIO"]


def test_a_set_of_the_installations_own_always_counts(hill: Flask, config: Config) -> None:
    path = Path(config.models) / "scenarios" / "permit.yaml"
    path.parent.mkdir()
    path.write_bytes(text())
    models.boot(Path(config.models), NOW)
    assert [item.code for item in refused(("dmn/permit_gate.dmn", STRICT)).problems] == ["SCENARIO"]


def test_a_broken_step_is_refused_after_a_forced_change_if_it_held_before(own: None) -> None:
    other = SCENARIO.replace("五千元", "五百元").replace("5000.00", "50.00").replace("name: 审批", "name: 小额")
    deploy(("scenarios/hill/small.yaml", text(other)))
    deploy(("dmn/permit_gate.dmn", STRICT), reason="上级文件已改", force=True)
    problems = refused(("dmn/permit_gate.dmn", GATE.replace(b"10000", b"1"))).problems
    assert [(item.file, item.code) for item in problems] == [("scenarios/hill/small.yaml", "SCENARIO")]


def test_the_verdict_before_is_kept_and_not_run_again(own: None, monkeypatch: pytest.MonkeyPatch) -> None:
    deploy(("dmn/permit_gate.dmn", STRICT), reason="上级文件已改", force=True)
    form = (DATA / "forms" / "inspection.inspect.json").read_bytes()
    deploy(("forms/inspection.inspect.json", form + b"\n"))  # touches no scenario: what held, holds as of the next version too
    monkeypatch.setattr(gate, "Trial", counted := Counted())
    assert codes(deploy(("dmn/permit_gate.dmn", STRICTER))) == ["SCENARIO_KNOWN"]
    assert counted.made == [1]  # one trial, with the bundle's file; none of what is deployed
    assert db.session.execute(select(ScenarioVerdictRow.ok, ScenarioVerdictRow.number)).all() == [(False, 5)]


def test_a_kept_verdict_holds_only_with_the_same_districts_files(own: None, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(districts, "LOOKED_AFTER", 0)
    deploy(("dmn/permit_gate.dmn", STRICT), reason="上级文件已改", force=True)
    with (Path(config.models) / "districts" / "hill.toml").open("a") as file:
        file.write("\n# changed\n")
    monkeypatch.setattr(gate, "Trial", counted := Counted())
    assert codes(deploy(("dmn/permit_gate.dmn", STRICTER))) == ["SCENARIO_KNOWN"]
    assert counted.made == [1, 0]  # on what is deployed too


def test_a_kept_verdict_does_not_outlive_a_deployment_that_ran_nothing(own: None) -> None:
    deploy(("dmn/permit_gate.dmn", STRICT), reason="上级文件已改", force=True)
    deploy(("dmn/permit_gate.dmn", GATE), source="files")  # as a start does: the case holds again, and nobody has run it
    assert [item.code for item in refused(("dmn/permit_gate.dmn", STRICTER)).problems] == ["SCENARIO"]


class Counted:
    """Trials made, by how many files each is about."""

    def __init__(self) -> None:
        self.made: list[int] = []

    def __call__(self, files: object) -> trial.Trial:
        self.made.append(len(files))  # type: ignore[arg-type]
        return trial.Trial(files)  # type: ignore[arg-type]


def test_the_first_deployment_runs_before_only_what_fails_after(shipped: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert db.session.execute(select(ScenarioVerdictRow)).all() == []  # a start runs none
    monkeypatch.setattr(gate, "Trial", counted := Counted())
    deploy(("bpmn/permit.bpmn", NAMED))
    assert counted.made == [1]
    deploy(("dmn/permit_gate.dmn", STRICT))
    assert counted.made == [1, 1]


def test_another_deployment_in_between_is_tried_with(own: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one makes mine fail: what is deployed has been tried as a whole."""
    check = gate.check

    def overtaken(files: object, now: object) -> gate.GateVerdict:
        verdict = check(files, now)  # type: ignore[arg-type]
        monkeypatch.setattr(gate, "check", check)
        deploy(("dmn/permit_gate.dmn", STRICT), reason="上级文件已改", force=True)
        return verdict

    monkeypatch.setattr(gate, "check", overtaken)
    assert codes(deploy(("bpmn/permit.bpmn", NAMED))) == ["SCENARIO_KNOWN"]


# ---------------------------------------------------------------------- incidents, overlaps


def test_an_overlap_in_a_unique_table_is_refused_whatever_was_changed(shipped: None) -> None:
    problems = refused(("dmn/permit_gate.dmn", HALF)).problems
    assert {item.code for item in problems} <= {"OVERLAP", "dmn.overlap", "SCENARIO"}
    assert any("第 1 行与第 2 行重叠" in item.message for item in problems)
    assert all(item.line is None for item in problems)  # rows of the table, no lines of the file


COMPUTED = GATE.replace(b"<text>amount</text>", b"<text>if amount = null then 0 else amount</text>")


def test_an_overlap_that_was_there_before_is_told(hill: Flask) -> None:
    both = COMPUTED.replace(b"&lt;= 10000", b"&lt;= 20000")
    assert [item.code for item in refused(("dmn/permit_gate.dmn", both)).problems] == ["OVERLAP"]
    assert codes(deploy(("dmn/permit_gate.dmn", both), reason="暂且如此", force=True)) == ["OVERLAP"]
    assert codes(deploy(("dmn/permit_gate.dmn", both.replace(b'"finance"', b'"data_bureau"')))) == ["OVERLAP_KNOWN"]


def test_an_incident_refuses_also_when_only_numbers_changed_and_it_came_with_the_product(shipped: None) -> None:
    deploy(("dmn/permit_gate.dmn", COMPUTED))
    both = COMPUTED.replace(b"&lt;= 10000", b"&lt;= 20000").replace(b"&gt; 10000", b"&gt; 1000")
    problems = refused(("dmn/permit_gate.dmn", both)).problems
    assert {item.code for item in problems} == {"OVERLAP", "SCENARIO"}
    (incident,) = [item for item in problems if item.code == "SCENARIO"]
    assert "CALLED_DECISION_ERROR" in incident.message
    assert "第 1、2 行同时命中" in incident.message


def test_an_incident_that_was_there_before_is_told_and_another_one_refuses(own: None) -> None:
    def failing(expression: bytes) -> bytes:  # a condition that gives no boolean
        return GATE.replace(b"<text>amount</text>", b"<text>" + expression + b"</text>")

    deploy(("dmn/permit_gate.dmn", failing(b"date(amount)")), reason="演练", force=True)
    assert "SCENARIO_KNOWN" in codes(deploy(("bpmn/permit.bpmn", NAMED)))
    both = COMPUTED.replace(b"&lt;= 10000", b"&lt;= 20000").replace(b"&gt; 10000", b"&gt; 1000")
    problems = refused(("dmn/permit_gate.dmn", both)).problems
    assert {item.code for item in problems} == {"OVERLAP", "SCENARIO"}


# ---------------------------------------------------------------------- scenarios travel with the models


def test_a_diagram_and_its_corrected_scenario_go_together(own: None) -> None:
    renamed = PERMIT.replace(b'"review"', b'"look_at_it"')
    assert "look_at_it" not in refused(("bpmn/permit.bpmn", renamed)).problems[0].message  # told by name
    done = deploy(
        ("bpmn/permit.bpmn", renamed), ("permit.yaml", text(SCENARIO.replace("complete: review", "complete: look_at_it"))), tenant="hill"
    )
    assert [(item.kind, item.id, item.version, item.file) for item in done.definitions] == [
        ("process", "permit", 1, "bpmn/permit.bpmn"), ("scenario", "permit", 2, FILE),
    ]  # fmt: skip
    # The older set has been taken the place of: it is not run any more, and nothing is kept of it.
    assert [row.case_key for row in db.session.execute(select(ScenarioVerdictRow)).scalars()] == ["五千元由财政审查"]
    assert codes(deploy(("bpmn/hill/permit.bpmn", renamed + b"\n"))) == []
    assert models.source(SYSTEM, "scenario", done.definitions[1].key)[0] == FILE


def test_a_new_case_that_fails_is_refused(hill: Flask) -> None:
    problems = refused((FILE, text(SCENARIO.replace("[small]", "[large]")))).problems
    assert [(item.code, item.message.split(":")[0]) for item in problems] == [("SCENARIO", "结束时")]


def test_a_set_is_its_districts_own(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        models.deploy(cast.ann, [("scenarios/valley/permit.yaml", text(SCENARIO.replace("hill", "valley")))], NOW)
    with pytest.raises(Refused) as failure:
        models.deploy(cast.ann, [("permit.yaml", text(SCENARIO.replace("hill", "valley")))], NOW, tenant="hill")
    assert [item.code for item in failure.value.problems] == ["OTHER_DISTRICT"]
    done = models.deploy(cast.ann, [("permit.yaml", text())], NOW, tenant="hill")
    assert [(item.kind, item.tenant, item.name) for item in done.definitions] == [("scenario", "hill", "审批")]
    assert [item.kind for item in models.definitions(cast.ann) if item.id == "permit"] == ["process", "scenario"]


def test_what_a_set_asks_no_longer_has_to_be_answered_for(own: None) -> None:
    fewer = SCENARIO.replace("            as: finance\n", "").replace(", decision: {permit_gate: [small]}", "")
    problems = refused((FILE, text(fewer))).problems
    assert {item.code for item in problems} == {"SCENARIO_DROPPED"}
    assert [item.message for item in problems] == ["不再核对决策命中的行“permit_gate”", "不再核对办理人的角色(少了 1 处)"]
    assert {item.code for item in refused((FILE, text(fewer)), force=True, reason="x").problems} == {"SCENARIO_DROPPED"}
    with pytest.raises(InvalidRequest):
        deploy((FILE, text(fewer)), drop_cases=True)
    deploy((FILE, text(fewer)), drop_cases=True, reason="改由专人核对")
    assert version("permit", "scenario", "hill") == 2
    assert len(last().details["scenarios"]["dropped"]) == 2
    gone = refused((FILE, text(SCENARIO.replace("五千元由财政审查", "五千元")))).problems
    assert [(item.element, item.message) for item in gone if item.code == "SCENARIO_DROPPED"] == [("五千元由财政审查", "不再有这个场景")]


def test_a_set_that_cannot_be_read_keeps_everything_out(hill: Flask) -> None:
    for bad, word in ((b"proces: x", "proces"), (b"a: [", "YAML"), (text(SCENARIO.replace("hill", "nosuch")), "没有区“nosuch”")):
        problems = refused((FILE if b"nosuch" not in bad else "scenarios/permit.yaml", bad), ("dmn/permit_gate.dmn", STRICT)).problems
        assert word in problems[0].message
    missing = refused((FILE, text(SCENARIO + "models: [../other.bpmn]\n"))).problems
    assert [(item.code, item.element) for item in missing] == [("SCENARIO_MODELS", "models")]


DECIDE = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="t" id="d">
  <process id="decide" isExecutable="true">
    <startEvent id="start"/><sequenceFlow id="f1" sourceRef="start" targetRef="ask"/>
    <businessRuleTask id="ask"><extensionElements><zeebe:calledDecision decisionId="permit_gate" resultVariable="r"/></extensionElements></businessRuleTask>
    <sequenceFlow id="f2" sourceRef="ask" targetRef="end"/><endEvent id="end"/>
  </process>
</definitions>"""
ASKED = """
    models: [../decide.bpmn]
    process: decide
    district: hill
    variables: {amount: 5000}
    expect: {decision: {permit_gate: [small]}}
    """


def test_a_model_that_only_scenarios_use_goes_with_them_and_starts_nothing(hill: Flask) -> None:
    done = deploy(("scenarios/decide.bpmn", DECIDE), ("scenarios/hill/ask.yaml", text(ASKED)))
    assert {(item.kind, item.id, item.tenant) for item in done.definitions} == {
        ("scenario", "decide.bpmn", "<default>"),
        ("scenario", "ask", "hill"),
    }
    assert not [item for item in models.definitions(SYSTEM, "<default>") if (item.kind, item.id) == ("process", "decide")]
    assert [item.file for item in refused(("dmn/permit_gate.dmn", STRICT)).problems] == ["scenarios/hill/ask.yaml"]
    broken = DECIDE.replace(b'decisionId="permit_gate"', b'decisionId="nowhere"')
    assert [item.file for item in refused(("scenarios/decide.bpmn", broken)).problems] == ["scenarios/hill/ask.yaml"]


def test_a_model_that_only_scenarios_use_changes_more_than_numbers(shipped: None, config: Config) -> None:
    """What it breaks of the shipped scenarios refuses: it is no table of which only an amount was changed."""
    root = Path(config.models)
    (root / "scenarios" / "decide.bpmn").write_bytes(DECIDE)
    (root / "scenarios" / "hill" / "ask.yaml").write_bytes(
        text(ASKED.replace("{decision:", "{variables: {r: {role: finance, large: false}}, decision:"))
    )
    deployed = {item.id for item in models.boot(root, NOW).deployed}
    assert {"decide.bpmn", "ask"} <= deployed
    renamed = DECIDE.replace(b'resultVariable="r"', b'resultVariable="s"')
    assert [(item.file, item.code) for item in refused(("scenarios/decide.bpmn", renamed)).problems] == [
        ("scenarios/hill/ask.yaml", "SCENARIO")
    ]


def test_a_start_deploys_the_sets_and_runs_none(shipped: None, config: Config) -> None:
    root = Path(config.models)
    assert "scenarios" not in last().details
    (root / "dmn").mkdir()
    (root / "dmn" / "rules.dmn").write_bytes(STRICT.replace(b"permit_gate", b"other_gate"))
    (root / FILE).write_bytes(text(SCENARIO.replace("permit_gate: [small]", "other_gate: [small]")))
    assert {item.id for item in models.boot(root, NOW).deployed} == {"other_gate", "permit"}
    assert last().details["scenarios"]["dropped"] == [f"{FILE} 五千元由财政审查:不再核对决策命中的行“permit_gate”"]
    deploy((FILE, text()), drop_cases=True, reason="改回")
    (root / FILE).write_bytes(text() + b"# new\n")
    assert [line.split(":")[0] for line in models.boot(root, NOW).drift] == [FILE]  # an analyst's set is not written over


# ---------------------------------------------------------------------- whose a file is, what it is called


def test_a_districts_own_table_touches_only_its_scenarios(own: None) -> None:
    assert deploy(("dmn/valley/permit_gate.dmn", STRICT)).key
    assert refused(("dmn/hill/permit_gate.dmn", STRICT))
    deploy(("dmn/hill/permit_gate.dmn", GATE))
    # Hill has its own now: what becomes of the shared one is no matter of hill's scenario.
    assert codes(deploy(("dmn/permit_gate.dmn", STRICT))) == []
    assert "scenarios" not in last().details


def test_what_no_scenario_touches_runs_none(own: None) -> None:
    form = (DATA / "forms" / "inspection.inspect.json").read_bytes()
    assert deploy(("forms/inspection.inspect.json", form + b"\n")).key
    assert "scenarios" not in last().details


def test_a_district_that_is_not_there_is_refused_everywhere(hill: Flask, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(districts, "LOOKED_AFTER", 0)
    for path in ("bpmn/nanjing/permit.bpmn", "/x/hill/dmn/nanjing/permit_gate.dmn", "scenarios/nanjing/permit.yaml"):
        content = {"bpmn": PERMIT + b"\n", "dmn": STRICT, "yaml": text()}[path.rsplit(".", 1)[1]]
        problems = refused((path, content), ("dmn/permit_gate.dmn", STRICT)).problems
        assert [item.code for item in problems] == ["UNKNOWN_DISTRICT"]
        assert "没有区“nanjing”,可用:hill、valley" in problems[0].message
    with pytest.raises(InvalidRequest) as failure:
        deploy(("permit_gate.dmn", STRICT), tenant="nanjing")
    assert failure.value.code == "DISTRICT"
    (Path(config.models) / "dmn" / "nanjing").mkdir(parents=True)
    (Path(config.models) / "dmn" / "nanjing" / "permit_gate.dmn").write_bytes(STRICT)
    with pytest.raises(Refused):
        models.boot(Path(config.models), NOW)
    # The file of the new district makes it one, without a restart; while it is being written, the others go on.
    new = Path(config.models) / "districts" / "nanjing.toml"
    new.write_text("title = ", "utf-8")
    assert set(districts.every()) == {"hill", "valley"}
    new.write_text((new.parent / "valley.toml").read_text("utf-8"), "utf-8")
    assert [(item.id, item.tenant) for item in models.boot(Path(config.models), NOW).deployed] == [("permit_gate", "nanjing")]


@pytest.mark.parametrize(
    ("name", "content", "new", "meant"),
    [
        ("dmn/permit_gate.dmn", GATE.replace(b"permit_gate", b"permitgate"), "permitgate", "permit_gate"),
        ("dmn/permit_gate.dmn", GATE.replace(b'decision id="permit_gate"', b'decision id="something"'), "something", "permit_gate"),
        ("bpmn/permit.bpmn", PERMIT.replace(b'process id="permit"', b'process id="premit"'), "premit", "permit"),
        ("forms/permit.apply.json", b'{"id": "permit.other", ', "permit.other", "permit.apply"),
    ],
)
def test_an_id_that_looks_like_a_slip_has_to_be_confirmed(hill: Flask, name: str, content: bytes, new: str, meant: str) -> None:
    if name.endswith(".json"):
        content = (DATA / name).read_bytes().replace(b'"permit.apply"', b'"permit.other"')
    (problem,) = refused((name, content)).problems
    assert (problem.code, problem.element) == ("NEW_ID", new)
    assert f"“{meant}”" in problem.message
    assert refused((name, content), force=True, reason="x").problems == (problem,)
    deploy((name, content), new_ids=True)
    assert last().details["scenarios"]["new"] == [f"{name} {new}"]
    assert deploy((name, content + b"\n")).key  # it is known now
