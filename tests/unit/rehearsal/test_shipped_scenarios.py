"""The scenarios that ship: all hold, every process and every gate of both districts is covered, and they are quick."""

import re
from pathlib import Path
from textwrap import dedent

import pytest

from app import cli
from app.domain import districts
from app.rehearsal.cases import attempt
from app.rehearsal.library import Models
from app.rehearsal.scenario_files import Scenario, read
from app.rehearsal.scenarios import Suite
from tests.effort import effort
from tests.unit.rehearsal import shipped
from tests.unit.rehearsal.shipped import FILES, ROOT

pytestmark = pytest.mark.xdist_group(shipped.GROUP)
DISTRICTS = ("fengxian", "sucheng")
GATES = {
    "fengxian": {"preliminary_review", "plan_review"},
    "sucheng": {"warranty", "supervision", "opinion_aggregation"},
}
EVERYWHERE = {
    "declaration_compliance", "data_sharing_gate", "submission_window", "application_block", "scope", "procurement_gate",
    "acceptance_gate", "payment_gate",
}  # fmt: skip


@pytest.fixture(scope="module")
def suite() -> Suite:
    return shipped.suite()


def cases(district: str) -> list[Scenario]:
    return [case for path in FILES for case in read(path).cases if case.district == district]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_shipped_scenario_holds(path: Path) -> None:
    assert [(result.case, result.step, result.difference) for result in shipped.results(path) if not result.ok] == []


@pytest.mark.parametrize("district", DISTRICTS)
def test_every_process_has_a_scenario(suite: Suite, district: str) -> None:
    models = suite.shelf.models(district)
    told: set[str | None] = set()
    for case in cases(district):
        told.add(case.process)
        names = {step["message"]["name"] for step in case.steps if isinstance(step.get("message"), dict)}
        told |= {process.process_id for process in models.all_processes() if any(event.name in names for event in process.start_events)}
    thrown = {name for process in models.all_processes() if process.process_id in told for name in process.throws}
    told |= {process.process_id for process in models.all_processes() if any(event.name in thrown for event in process.start_events)}
    enabled = {key for key, process in districts.load(ROOT / "districts" / f"{district}.toml").processes.items() if process.enabled}
    reached = {called for process in models.all_processes() if process.process_id in told for called in process.called_processes}
    assert enabled & {process.process_id for process in models.all_processes()} <= told | reached


@pytest.mark.parametrize("district", DISTRICTS)
def test_every_gate_is_tried_with_nothing_filled_in(district: str) -> None:
    empty = [case for case in cases(district) if set(case.variables) == {"decision"}]
    assert {case.variables["decision"] for case in empty} >= EVERYWHERE | GATES[district]
    for case in empty:
        if case.variables["decision"].endswith("_gate") or case.variables["decision"] == "declaration_compliance":
            assert case.expect["decision"][case.variables["decision"]], f"{case.name} blocks nothing"


def test_the_models_are_read_once_for_all_cases(suite: Suite) -> None:
    """What a case costs once its models are known: a thousand of them are a matter of a minute."""
    path = ROOT / "scenarios" / "sucheng" / "acceptance.yaml"
    count = len(suite.run(path))
    assert effort(lambda: suite.run(path)) / count < 85_000


def test_the_examples_of_the_guide_hold(tmp_path: Path, suite: Suite) -> None:
    text = (ROOT / "docs" / "analyst" / "scenarios.md").read_text("utf-8")
    examples = [dedent(block) for block in re.findall(r"^ *```yaml\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)]
    assert len(examples) == 3
    (tmp_path / "decide.bpmn").write_bytes((ROOT / "scenarios" / "decide.bpmn").read_bytes())
    for example in examples:
        scenario = tmp_path / "example.yaml"
        scenario.write_text(example, "utf-8")
        assert [(result.ok, result.difference) for result in suite.run(scenario)] == [(True, "")]


def test_the_page_of_commands_is_the_commands() -> None:
    assert (ROOT / "docs" / "reference" / "commands.md").read_text("utf-8") == cli.commands_page(), "run quancheng reference docs/reference"


@pytest.mark.parametrize(
    ("diagram", "was", "slip", "element", "cause"),
    [
        ("acceptance.bpmn", 'name="phase" value="accepted"', 'name="phase" value="nonsense"', "", "应为 accepted,实为 nonsense"),
        ("acceptance.bpmn", 'name="phase" value="accepted"', 'name="phase" value="trial"', "", "应为 accepted,实为 trial"),
        ("acceptance.bpmn", 'name="phase" value="accepted"', 'name="phaze" value="accepted"', "", "应为 accepted,实为 accepting"),
        ("payment.bpmn", 'name="record" value="payment"', 'name="record" value="paymnt"', "end", "forms/records/paymnt.json"),
        (
            "sucheng/retirement.bpmn",
            'name="notify" value="applicant finance data_bureau"',
            'name="notify" value="applicant fnance"',
            "",
            "通知“finance”应有 1 个",
        ),
        (
            "sucheng/procurement.bpmn",
            'name="record" value="contract"',
            'name="record" value="contrat"',
            "contract_registered",
            "contrat.json",
        ),
    ],
)
def test_a_slip_in_a_shipped_diagram_fails_its_scenarios(suite: Suite, diagram: str, was: str, slip: str, element: str, cause: str) -> None:
    text = (ROOT / "bpmn" / diagram).read_text("utf-8")
    assert was in text
    models = Models(suite.shelf.district("sucheng"), suite.shelf.models("sucheng"))
    models.add_diagram(diagram, text.replace(was, slip).encode())
    mine = [case for case in cases("sucheng") if case.file.stem == Path(diagram).stem]
    phases = suite.shelf.phases()
    failed = (result.difference for case in mine if not (result := attempt(case, models, phases)).ok)
    assert any(element in difference and cause in difference for difference in failed)
