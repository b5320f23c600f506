"""An analyst publishes changes of the shipped models on the page, an operator by the command: what newly fails is refused, and scenarios travel along."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient

from app import cli
from app.config import Config
from app.playing import demonstration

ROOT = Path(__file__).parents[3]
SUPERVISION = (ROOT / "dmn" / "sucheng" / "supervision.dmn").read_bytes()
PROCUREMENT = (ROOT / "bpmn" / "sucheng" / "procurement.bpmn").read_bytes()
PAYMENT = (ROOT / "bpmn" / "payment.bpmn").read_text("utf-8")
SCENARIOS = (ROOT / "scenarios" / "sucheng" / "payment.yaml").read_text("utf-8")
CHECKS = (ROOT / "scenarios" / "sucheng" / "form_checks.yaml").read_text("utf-8")

LIMITS = SUPERVISION.replace(b"&lt;= 500000", b"&lt;= 700000")  # one of two cells that complement each other: the other is forgotten
RAISED = SUPERVISION.replace(b"500000", b"600000")
RENAMED = PROCUREMENT.replace("补齐采购条件".encode(), "补齐条件".encode())


class Analyst:
    """Sucheng's analyst on the page."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()
        self._csrf = ""
        self._post("/sign-in", username="sucheng.analyst", password=demonstration.PASSWORD)

    def _post(self, address: str, **fields: Any) -> Any:
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.client.get(address).text)
        assert found
        return self.client.post(address, data={"csrf_token": found[1], **fields}, content_type="multipart/form-data")

    def upload(self, *files: tuple[str, bytes], **fields: Any) -> Any:
        """The answer's status and page; after a publication the page that it leads to."""
        answer = self._post("/models/upload", files=[(io.BytesIO(content), name) for name, content in files], **fields)
        return (302, self.client.get(answer.location).text) if answer.status_code == 302 else (answer.status_code, answer.text)


@pytest.fixture
def analyst(app: Flask) -> Analyst:
    return Analyst(app)


@pytest.fixture
def operator(app: Flask, config: Config) -> Any:
    """The command, on the same database."""

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(cli.main, ["deploy", *arguments, "--data", config.data])

    return run


def place(folder: Path, **files: str | bytes) -> list[str]:
    """Files on disk below ``folder``, by path with ``__`` for a slash and ``_dot_`` for the dot."""
    paths = []
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        paths.append(str(path))
    return paths


def boxes(page: str) -> list[tuple[str, int]]:
    """The groups of reminders on a deployment's page: title, how many."""
    return [(title, int(count)) for title, count in re.findall(r"<h2>([^<]+) <span class=\"count\">(\d+)</span>", page)]


# ---------------------------------------------------------------------- a table that crashes


def test_a_table_whose_rows_overlap_is_refused_on_the_page_although_only_a_number_changed(analyst: Analyst) -> None:
    status, page = analyst.upload(("supervision.dmn", LIMITS), reason="调整门槛")
    assert status == 422
    assert "第 1 行与第 2 行重叠" in page
    assert "第 1、2 行同时命中" in page
    assert "全部文件均未生效" in page
    assert 'value="调整门槛"' in page
    assert "第 1 版" in analyst.client.get("/models/decision/sucheng/supervision").text


def test_a_table_whose_rows_overlap_is_refused_by_the_command(operator: Any, tmp_path: Path) -> None:
    (table,) = place(tmp_path, dmn__sucheng__supervision_dot_dmn=LIMITS)
    done = operator(table)
    assert done.exit_code == 1
    assert "[OVERLAP]" in done.stderr
    assert "[SCENARIO]" in done.stderr
    assert operator(table, "--force").exit_code == 1  # no reason given
    done = operator(table, "--force", "--reason", "演练")
    assert done.exit_code == 0
    assert "强制发布" in done.stderr


# ---------------------------------------------------------------------- after one lawful change


def test_after_a_lawful_change_later_changes_are_published(analyst: Analyst) -> None:
    status, page = analyst.upload(("supervision.dmn", RAISED), reason="新门槛")
    assert status == 302
    assert boxes(page) == [("只改了数，随产品发布的场景不再成立", 7)]  # one box, not one for each
    assert "第 6 步 核对" in page
    assert "登记监理" in page
    assert "register_supervisor" not in page
    status, page = analyst.upload(("procurement.bpmn", RENAMED))
    assert status == 302
    assert ("发布之前就没有通过的场景", 4) in boxes(page)
    for later in (RAISED.replace(b"600000", b"650000"), SUPERVISION):
        assert analyst.upload(("supervision.dmn", later))[0] == 302


def test_after_a_forced_change_a_label_is_published(analyst: Analyst, operator: Any, tmp_path: Path) -> None:
    broken = PAYMENT.replace('id="pay"', 'id="pay_out"').replace('"pay"', '"pay_out"').replace("flowNodeRef>pay<", "flowNodeRef>pay_out<")
    status, page = analyst.upload(("payment.bpmn", broken.encode()), reason="")
    assert status == 422
    assert "仍要发布" in page
    kept = dict(re.findall(r'name="(kept_name|kept_content)" value="([^"]*)"', page))
    status, page = analyst.upload(force="1", reason="", **kept)
    assert (status, "强制发布须写明理由" in page) == (422, True)  # the form again, not a bare page
    assert re.search(r'name="force" value="1" checked', page)
    status, page = analyst.upload(force="1", reason="先行试用", **kept)
    assert status == 302
    assert "先行试用" in page
    assert [title for title, _ in boxes(page)] == ["强制发布：因这次发布不再成立的场景"]
    form = (ROOT / "forms" / "payment.pay.json").read_text("utf-8")
    status, page = analyst.upload(("payment.pay.json", form.replace('"title": "', '"title": "一', 1).encode()))
    assert status == 302
    assert "发布之前就没有通过的场景" in page
    (table,) = place(tmp_path, bpmn__sucheng__payment_dot_bpmn=broken.replace("支付", "付款", 1))
    done = operator(table)
    assert (done.exit_code, "发布之前就没有通过的场景" in done.stderr) == (0, True)


# ---------------------------------------------------------------------- a new task with its form and its scenario


FORM = """{"id": "payment.second_look", "title": "支付复核", "schema": {"type": "object", "additionalProperties": false,
  "required": ["recheckOpinion"], "properties": {"recheckOpinion": {"type": "string", "title": "复核意见"}}}, "ui": {}}"""


def longer(diagram: str, process: str, task: str, follower: str, role: str) -> bytes:
    """A diagram with a second user task between a task and what follows it."""
    second = f"""<bpmn:userTask id="second_look" name="再看一遍"><bpmn:extensionElements><zeebe:userTask />
  <zeebe:formDefinition formId="{process}.second_look" /><zeebe:assignmentDefinition candidateGroups="{role}" /></bpmn:extensionElements>
  <bpmn:incoming>to_second_look</bpmn:incoming><bpmn:outgoing>{task}_to_{follower}</bpmn:outgoing></bpmn:userTask>
  <bpmn:sequenceFlow id="to_second_look" sourceRef="{task}" targetRef="second_look" />
  <bpmn:sequenceFlow id="{task}_to_{follower}\""""
    flow = f'<bpmn:sequenceFlow id="{task}_to_{follower}"'
    assert flow in diagram
    return (
        diagram.replace(f"<bpmn:outgoing>{task}_to_{follower}<", "<bpmn:outgoing>to_second_look<")
        .replace(f'sourceRef="{task}" targetRef="{follower}"', f'sourceRef="second_look" targetRef="{follower}"')
        .replace(flow, second)
        .encode()
    )


LONGER = longer(PAYMENT, "payment", "pay", "pay_result", "finance")
LONGER_PLAN = longer((ROOT / "bpmn" / "annual_plan.bpmn").read_text("utf-8"), "annual_plan", "issue_plan", "announce", "data_bureau")


def corrected(scenarios: str, task: str = "pay", role: str = "finance") -> bytes:
    """A set that does the second task wherever it did the first."""
    step = rf"      - complete: {task}\n        as: {role}\n        with: {{[^}}]*}}\n"
    step += "(?!        refused)"
    return re.sub(step, rf"\g<0>      - {{complete: second_look, as: {role}, with: {{recheckOpinion: 同意}}}}\n", scenarios).encode()


def test_a_new_task_its_form_and_the_corrected_scenario_are_published_together(analyst: Analyst) -> None:
    bundle = [("payment.bpmn", LONGER), ("payment.second_look.json", FORM.encode())]
    status, page = analyst.upload(*bundle)
    assert status == 422
    assert "状态应为 已办结,实为 进行中" in page
    status, page = analyst.upload(
        *bundle, ("payment.yaml", corrected(SCENARIOS)), ("form_checks.yaml", corrected(CHECKS)), reason="增设复核"
    )
    assert status == 302
    assert boxes(page) == []
    assert "/models/scenario/sucheng/payment" in analyst.client.get("/models?kind=scenario").text
    shown = analyst.client.get("/models/scenario/sucheng/payment").text
    assert "第 2 版" in shown
    assert "second_look" in shown
    address = re.search(r'href="(/models/scenario/\d+/download)"', shown)
    assert address
    assert analyst.client.get(address[1]).data == corrected(SCENARIOS)
    # The older set holds no longer: what the new one asks is asked from now on.
    assert analyst.upload(("payment.bpmn", PAYMENT.encode()))[0] == 422


def test_a_shared_diagram_goes_with_the_scenarios_of_every_district(operator: Any, tmp_path: Path) -> None:
    files = place(
        tmp_path,
        bpmn__annual_plan_dot_bpmn=LONGER_PLAN,
        forms__annual_plan_dot_second_look_dot_json=FORM.replace("payment.", "annual_plan."),
    )
    done = operator(*files)
    assert done.exit_code == 1
    for district in ("sucheng", "fengxian"):
        assert f"scenarios/{district}/annual_plan.yaml" in done.stderr
        scenarios = (ROOT / "scenarios" / district / "annual_plan.yaml").read_text("utf-8")
        place(tmp_path, **{f"scenarios__{district}__annual_plan_dot_yaml": corrected(scenarios, "issue_plan", "data_bureau")})
    done = operator(*files, str(tmp_path / "scenarios"))
    hints = [line for line in done.stderr.splitlines() if " INFO act models.deploy " not in line]
    assert (done.exit_code, hints) == (0, [])
    assert "sucheng  scenario  annual_plan  第 2 版" in done.stdout


def test_a_set_that_asks_less_needs_a_reason(analyst: Analyst, operator: Any, tmp_path: Path) -> None:
    fewer = SCENARIOS.replace("      - expect: {tasks: {pay: 1}, decision: {payment_gate: []}}\n", "", 1)
    status, page = analyst.upload(("payment.yaml", fewer.encode()))
    assert status == 422
    assert "不再核对决策命中的行“payment_gate”" in page
    (file,) = place(tmp_path, scenarios__sucheng__payment_dot_yaml=fewer)
    assert operator(file, "--drop-cases").exit_code == 1
    done = operator(file, "--drop-cases", "--reason", "另有场景核对")
    assert (done.exit_code, "场景不再查的内容" in done.stderr) == (0, True)
    status, page = analyst.upload(
        ("payment.yaml", SCENARIOS.replace("name: 主线：验收合格后支付", "name: 主线").encode()), drop_cases="1", reason="改名"
    )
    assert status == 302


def test_a_set_that_cannot_be_read_is_refused_with_the_diagram(analyst: Analyst) -> None:
    status, page = analyst.upload(("procurement.bpmn", RENAMED), ("procurement.yaml", b"process: procurement\ncases: 3"))
    assert status == 422
    assert "cases" in page
    assert "补齐条件" not in analyst.client.get("/models/process/sucheng/procurement").text


# ---------------------------------------------------------------------- a header that no task would take


def test_a_phase_that_is_none_is_refused_at_its_element(analyst: Analyst, operator: Any, tmp_path: Path) -> None:
    diagram = (ROOT / "bpmn" / "acceptance.bpmn").read_bytes()
    wrong = diagram.replace(b'name="phase" value="accepted"', b'name="phase" value="acepted"')
    assert wrong != diagram
    status, page = analyst.upload(("acceptance.bpmn", wrong))
    assert status == 422
    assert "delivery" in page
    assert "“acepted”,不在 districts/phases.toml 中,是不是 accepted?" in page
    done = operator(*place(tmp_path, bpmn__acceptance_dot_bpmn=wrong))
    assert done.exit_code == 1
    assert "是不是 accepted?" in done.stderr


# ---------------------------------------------------------------------- districts


def test_a_folder_of_no_district_is_published_to_nobody(operator: Any, tmp_path: Path) -> None:
    table = place(tmp_path, dmn__yunhe__supervision_dot_dmn=SUPERVISION, bpmn__yunhe__procurement_dot_bpmn=PROCUREMENT)
    for arguments in ([str(tmp_path / "dmn" / "yunhe"), str(tmp_path / "bpmn" / "yunhe")], table):
        done = operator(*arguments)
        assert done.exit_code == 1
        assert "没有区“yunhe”,可用:fengxian、sucheng" in done.stderr
    done = operator(table[0], "--district", "nosuch")
    assert (done.exit_code, "没有区“nosuch”" in done.stderr) == (1, True)


def test_a_file_below_a_folder_that_only_happens_to_be_called_so_is_shared(operator: Any, tmp_path: Path) -> None:
    shared = (ROOT / "bpmn" / "rectification.bpmn").read_text("utf-8")
    (diagram,) = place(
        tmp_path / "sucheng", bpmn__rectification_dot_bpmn=shared.replace('isExecutable="true">', 'isExecutable="true">\n', 1)
    )
    done = operator(diagram)
    assert (done.exit_code, done.stdout.split()[:3]) == (0, ["<default>", "process", "rectification"])


def test_within_the_folder_the_whole_path_counts(operator: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place(tmp_path, dmn__sucheng__supervision_dot_dmn=RAISED)
    monkeypatch.setenv("QUANCHENG_MODELS", str(ROOT))
    monkeypatch.chdir(tmp_path / "dmn" / "sucheng")
    assert operator("supervision.dmn").stdout.split()[:3] == ["sucheng", "decision", "supervision"]


@pytest.mark.parametrize("arguments", [["lint", "--json"], ["play"]])
def test_lint_and_play_refuse_a_folder_of_no_district(tmp_path: Path, arguments: list[str]) -> None:
    (diagram,) = place(tmp_path, bpmn__nanjing__procurement_dot_bpmn=PROCUREMENT)
    done = CliRunner().invoke(cli.main, [*arguments, diagram])
    assert done.exit_code in (1, 2)
    assert "没有区“nanjing”" in done.stdout + done.stderr


def test_a_scenario_of_no_district_or_with_models_of_none_fails(tmp_path: Path) -> None:
    diagram, one, other = place(
        tmp_path,
        bpmn__nanjing__procurement_dot_bpmn=PROCUREMENT,
        x_dot_yaml="models: [bpmn/nanjing/procurement.bpmn]\nprocess: procurement",
        y_dot_yaml="models: [../y.bpmn]\nprocess: procurement\ndistrict: nanjing",
    )
    assert diagram
    for path in (one, other):
        done = CliRunner().invoke(cli.main, ["test", path])
        assert (done.exit_code, done.stdout.split()[:1]) == (1, ["0"])
    assert "没有区“nanjing”" in CliRunner().invoke(cli.main, ["test", one]).stderr


# ---------------------------------------------------------------------- the page offers what is allowed


def test_the_page_offers_the_own_district_and_says_why_not_the_shared_models(analyst: Analyst) -> None:
    page = analyst.client.get("/models/upload").text
    assert 'value="&lt;default&gt;"' not in page
    assert "各区共用的模型由运维人员用命令行发布" in page
    status, _ = analyst.upload(("supervision.dmn", RAISED), tenant="fengxian")
    assert status == 403


def test_an_id_that_looks_like_a_slip_is_confirmed_on_the_page(analyst: Analyst) -> None:
    slip = SUPERVISION.replace(b'"supervision"', b'"supervison"').replace(b'"#supervision"', b'"#supervison"')
    status, page = analyst.upload(("supervision.dmn", slip))
    assert status == 422
    assert "不会替换已有的“supervision”" in page
    kept = dict(re.findall(r'name="(kept_name|kept_content)" value="([^"]*)"', page))
    status, page = analyst.upload(new_ids="1", **kept)
    assert (status, "supervison" in page) == (302, True)
    assert boxes(page)[0] == ("与已有标识只差一点的新标识", 1)
