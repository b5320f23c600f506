"""The amounts on which the two regulations turn (boundaries B01 to B26), in yuan, to the cent.

The tables here are the tests' own, written as a modeler writes them; the shipped ones are tested with their processes.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from app.decision import dmn

TEN_THOUSAND = Decimal(10_000)


def wan(text: str) -> Decimal:
    """An amount written in 万元, in yuan."""
    return Decimal(text) * TEN_THOUSAND


def evaluate(data: Path, environment, file: str, **values: object) -> dmn.Evaluation:
    model = dmn.parse((data / file).read_bytes(), name=file)
    return model.evaluate(next(iter(model.decisions)), values, environment)


@pytest.mark.parametrize(
    ("boundary", "total", "changes", "route"),
    [
        ("B01", "1000", ["100"], "SJJ_REVIEW"),
        ("B02", "1000", ["100.01"], "PROC_LAW"),
        ("B03", "1000", ["60", "40"], "SJJ_REVIEW"),
        ("B04", "1000", ["60", "41"], "PROC_LAW"),
        ("B05", "300", ["30.003"], "PROC_LAW"),
    ],
)
def test_fengxian_counts_changes_together_against_ten_percent(data, environment, boundary, total, changes, route):
    change = sum((wan(text) for text in changes), start=Decimal(0))
    found = evaluate(data, environment, "change_fengxian.dmn", cumulativeChange=change, baseAmount=wan(total))
    assert found.output == route, boundary
    assert found.rules[0].annotations["条款"] == "FX-22-1"


@pytest.mark.parametrize(
    ("boundary", "contract", "changes", "reason", "within", "mode", "route"),
    [
        ("B06", "3000", ["400"], "情形二", True, "A_OR_B", "FILE"),
        ("B07", "3000", ["400"], "情形二", True, "A_AND_B", "REDECLARE"),
        ("B08", "5000", ["500"], "情形一", True, "A_OR_B", "FILE"),
        ("B09", "5000", ["500.01"], "情形一", True, "A_OR_B", "REDECLARE"),
        ("B10", "4000", ["400"], "情形三", True, "A_OR_B", "FILE"),
        ("B11", "4000", ["400.01"], "情形三", True, "A_OR_B", "REDECLARE"),
        ("B12", "3000", ["400"], "无", True, "A_OR_B", "REDECLARE"),
        ("B13", "3000", ["100"], "情形一", False, "A_OR_B", "REDECLARE"),
        ("B14", "3000", ["300", "100"], "情形二", True, "A_OR_B", "FILE"),
        ("B15", "3000", ["300", "100.01"], "情形二", True, "A_OR_B", "REDECLARE"),
        ("B16", "300", ["200"], "情形二", True, "A_OR_B", "FILE"),
    ],
)
def test_sucheng_files_or_declares_anew(data, environment, boundary, contract, changes, reason, within, mode, route):
    found = evaluate(
        data,
        environment,
        "change_sucheng.dmn",
        totalWithinBudget=within,
        reasonCode=reason,
        mode=mode,
        cumulativeChange=sum((wan(text) for text in changes), start=Decimal(0)),
        contractAmount=wan(contract),
    )
    assert isinstance(found.output, dict)
    assert found.output["route"] == route, boundary
    assert found.output["warnProcurementLaw"] is (boundary in ("B06", "B14", "B16"))


def test_sucheng_never_files_what_nobody_answered(data, environment):
    found = evaluate(data, environment, "change_sucheng.dmn", cumulativeChange=Decimal(1), contractAmount=wan("300"), mode="A_OR_B")
    assert isinstance(found.output, dict)
    assert found.output["route"] == "REDECLARE"


@pytest.mark.parametrize(
    ("boundary", "kind", "budget_fund", "amount", "required"),
    [
        ("B17", "建设类", True, "400.00", False),
        ("B18", "建设类", True, "400.01", True),
        ("B19", "建设类", False, "1000", False),
        ("B20", "运维类", True, "500", False),
    ],
)
def test_sucheng_asks_for_establishment_above_four_million_of_budget_money(
    data, environment, boundary, kind, budget_fund, amount, required
):
    found = evaluate(data, environment, "establishment.dmn", projectType=kind, usesBudgetFund=budget_fund, totalAmount=wan(amount))
    assert isinstance(found.output, dict)
    assert found.output["required"] is required, boundary


@pytest.mark.parametrize(("boundary", "amount", "allowed"), [("B21", "800.00", True), ("B22", "800.01", False)])
def test_sucheng_lets_stages_merge_up_to_eight_million(data, environment, boundary, amount, allowed):
    found = evaluate(data, environment, "establishment.dmn", projectType="建设类", usesBudgetFund=True, totalAmount=wan(amount))
    assert isinstance(found.output, dict)
    assert found.output["mergeAllowed"] is allowed, boundary


@pytest.mark.parametrize(("boundary", "amount", "covered"), [("B23", "49.99", False), ("B24", "50.00", True)])
def test_sucheng_covers_hardware_from_half_a_million(data, environment, boundary, amount, covered):
    assert evaluate(data, environment, "hardware.dmn", hardwareOnly=True, hardwareAmount=wan(amount)).output is covered, boundary


@pytest.mark.parametrize(("boundary", "amount", "required"), [("B25", "50.00", False), ("B26", "50.01", True)])
def test_sucheng_wants_supervision_above_half_a_million(data, environment, boundary, amount, required):
    assert evaluate(data, environment, "supervision.dmn", projectType="建设类", budgetAmount=wan(amount)).output is required, boundary


@pytest.mark.parametrize("file", ["change_fengxian", "change_sucheng", "establishment", "hardware", "supervision"])
def test_the_tables_pass_the_check_before_deployment(data, file):
    problems = dmn.check(dmn.parse((data / f"{file}.dmn").read_bytes(), name=file))
    assert [str(problem) for problem in problems if problem.severity == "error"] == []
    assert {problem.code for problem in problems} <= {"dmn.not_analysed"}
