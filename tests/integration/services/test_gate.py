"""The gate before a deployment: scenarios that a bundle touches have to pass, or somebody says why not, and the audit knows it."""

from pathlib import Path
from textwrap import dedent

import pytest
from flask import Flask
from sqlalchemy import select

from app.config import Config
from app.domain.permissions import SYSTEM
from app.errors import InvalidRequest, Refused
from app.services import models
from app.store.tables import AuditEntryRow, db
from tests.integration.services.conftest import DATA, NOW

GATE = (DATA / "dmn" / "permit_gate.dmn").read_bytes()
STRICT = GATE.replace(b"10000", b"1000")  # a changed number: five thousand is large now
TURNED = GATE.replace(b'"finance"', b'"data_bureau"')  # a changed rule
PERMIT = (DATA / "bpmn" / "permit.bpmn").read_bytes()
SCENARIO = """
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


@pytest.fixture
def scenario(config: Config) -> Path:
    """A scenario of the installation's own; ``hill/`` beside it holds those that came with the product."""
    path = Path(config.models) / "scenarios" / "permit.yaml"
    (path.parent / "hill").mkdir(parents=True)
    path.write_text(dedent(SCENARIO), "utf-8")
    return path


def version(name: str = "permit_gate", kind: str = "decision") -> int:
    return models.versions(SYSTEM, kind, name, "<default>")[0].version


def last() -> AuditEntryRow:
    return db.session.execute(select(AuditEntryRow).order_by(AuditEntryRow.key.desc()).limit(1)).scalar_one()


def test_a_table_that_breaks_a_scenario_is_refused_with_file_case_step_and_difference(scenario: Path, hill: Flask) -> None:
    with pytest.raises(Refused) as refused:
        models.deploy(SYSTEM, [("dmn/permit_gate.dmn", STRICT)], NOW, reason="收紧")
    (problem,) = refused.value.problems
    assert (problem.file, problem.element, problem.code) == ("scenarios/permit.yaml", "五千元由财政审查", "SCENARIO")
    assert problem.message.startswith("第 2 步:")
    assert "data_bureau_leader" in problem.message
    assert version() == 1
    assert last().action == "models.refuse"


def test_it_is_deployed_all_the_same_for_a_reason_and_the_audit_knows_it(scenario: Path, hill: Flask) -> None:
    for reason in ("", "  "):
        with pytest.raises(InvalidRequest) as failure:
            models.deploy(SYSTEM, [("dmn/permit_gate.dmn", STRICT)], NOW, reason=reason, force=True)
        assert failure.value.code == "REASON"
    done = models.deploy(SYSTEM, [("dmn/permit_gate.dmn", STRICT)], NOW, reason="上级文件已改", force=True)
    assert version() == 2
    assert [(item.code, item.element) for item in done.warnings] == [("SCENARIO", "五千元由财政审查")]
    entry = last()
    assert (entry.action, entry.details["reason"]) == ("models.deploy", "上级文件已改")
    assert entry.details["scenarios"] == {"cases": 1, "forced": True, "failed": ["scenarios/permit.yaml 五千元由财政审查"]}


def test_a_scenario_that_came_with_the_product_does_not_hold_up_a_new_amount(scenario: Path, hill: Flask) -> None:
    scenario.rename(scenario.parent / "hill" / "permit.yaml")
    done = models.deploy(SYSTEM, [("dmn/permit_gate.dmn", STRICT)], NOW)
    assert version() == 2
    assert [(item.file, item.code) for item in done.warnings] == [("scenarios/hill/permit.yaml", "SCENARIO_OUTDATED")]
    assert last().details["scenarios"]["forced"] is False
    with pytest.raises(Refused):  # but it does hold up a rule that says something else
        models.deploy(SYSTEM, [("dmn/permit_gate.dmn", TURNED)], NOW)


def test_a_diagram_is_tried_with_the_tables_that_are_deployed(scenario: Path, hill: Flask) -> None:
    renamed = PERMIT.replace(b'"review"', b'"look_at_it"')
    with pytest.raises(Refused) as refused:
        models.deploy(SYSTEM, [("bpmn/permit.bpmn", renamed)], NOW)
    assert "look_at_it" in refused.value.problems[0].message
    named = PERMIT.replace("审查申请".encode(), "审查此申请".encode())
    assert models.deploy(SYSTEM, [("bpmn/permit.bpmn", named)], NOW).warnings == []
    assert last().details["scenarios"]["cases"] == 1


def test_files_of_one_bundle_are_tried_together(scenario: Path, hill: Flask) -> None:
    scenario.write_text(dedent(SCENARIO).replace("as: finance", "as: data_bureau"), "utf-8")
    models.deploy(SYSTEM, [("dmn/permit_gate.dmn", TURNED)], NOW)
    assert version() == 2


def test_a_districts_own_table_touches_only_its_scenarios(scenario: Path, hill: Flask) -> None:
    assert models.deploy(SYSTEM, [("dmn/valley/permit_gate.dmn", STRICT)], NOW).key
    with pytest.raises(Refused):
        models.deploy(SYSTEM, [("dmn/hill/permit_gate.dmn", STRICT)], NOW)
    models.deploy(SYSTEM, [("dmn/hill/permit_gate.dmn", GATE)], NOW)
    # Hill has its own now: what becomes of the shared one is no matter of hill's scenario.
    assert models.deploy(SYSTEM, [("dmn/permit_gate.dmn", STRICT)], NOW).warnings == []


def test_what_no_scenario_touches_runs_none(scenario: Path, hill: Flask) -> None:
    form = (DATA / "forms" / "inspection.inspect.json").read_bytes()
    assert models.deploy(SYSTEM, [("forms/inspection.inspect.json", form + b"\n")], NOW).key
    assert "scenarios" not in last().details


def test_a_broken_scenario_file_is_told_and_stops_nothing(scenario: Path, hill: Flask) -> None:
    (scenario.parent / "broken.yaml").write_text("proces: x", "utf-8")
    done = models.deploy(SYSTEM, [("dmn/permit_gate.dmn", GATE + b"\n")], NOW)
    assert [(item.file, item.code) for item in done.warnings] == [("scenarios/broken.yaml", "SCENARIO_FILE")]


def test_a_start_is_not_held_up(scenario: Path, config: Config, hill: Flask) -> None:
    root = Path(config.models)
    (root / "dmn").mkdir()
    (root / "dmn" / "rules.dmn").write_bytes(STRICT.replace(b"permit_gate", b"other_gate"))
    scenario.write_text(dedent(SCENARIO).replace("permit_gate: [small]", "other_gate: [small]"), "utf-8")
    assert [item.id for item in models.boot(root, NOW).deployed] == ["other_gate"]
