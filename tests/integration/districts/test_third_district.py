"""A third district made of files alone while the server runs: its own threshold, reviewers, cut-off, clauses, phase and one process replaced; a project lives by them."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.catalogue import districts
from app.config import Config
from app.domain import district_copies
from app.domain.permissions import SYSTEM
from app.domain.states import DeploymentSource
from app.errors import InvalidRequest
from app.playing import demonstration
from app.rehearsal import lint
from app.rehearsal.library import Shelf
from app.rehearsal.tracing import table
from app.rehearsal.tracing.table import Coverage
from app.services import accounts, models, projects, startup, tasks
from tests.integration.districts.play import PLATFORM, District, at

ROOT = Path(__file__).parents[3]
FOLDERS = ("bpmn", "dmn", "forms", "documents", "districts", "scenarios")
KEY = "lushan"
REGISTER = """id,article,paraphrase,carriers,sides
LS-1-1,第一条,三百万元以上的项目须立项,project_approval.project_approval_01 project_approval.project_approval_04,
LS-2-1,第二条,十一月二十日前申报,deadlines.deadline_declaration_close declaration.prepare_declaration,
LS-3-1,第三条,初审请发改部门参加,review.give_pre_review_opinion reviewers.reviewers_06,
LS-4-1,第四条,签订合同以后先备案再开工,procurement.contract_registered,
LS-5-1,第五条,支付由财政会同审核,payment.pay,
"""
SCENARIO = """
name: 庐山：立项的限额
process: decide
models: [../decide.bpmn]
district: lushan
cases:
  - name: 恰为三百万元（LS-1-1 放行）
    variables: {decision: project_approval, project: {totalAmount: 3000000.00, usesBudgetFund: true, projectType: 建设类}}
    expect: {decision: {project_approval: [project_approval_01]}}
  - name: 三百万元零一分（LS-1-1 拦住）
    variables: {decision: project_approval, project: {totalAmount: 3000000.01, usesBudgetFund: true, projectType: 建设类}}
    expect: {decision: {project_approval: [project_approval_04]}}
"""
CONTRACTED = '[[phase]]\nkey = "contracted"\ntitle = "已签合同"\norder = 75\nnext = ["building", "withdrawn", "terminated"]\n\n'
LAST_DAY = at("2025-11-20T23:00:00")  # Sucheng's window has been closed for a month


def change(file: Path, *changes: tuple[str, str]) -> None:
    text = file.read_text("utf-8")
    for old, new in changes:
        assert old in text, f"{file}: {old}"
        text = text.replace(old, new)
    file.write_text(text, "utf-8")


def found(root: Path) -> None:
    """What docs/analyst/new-district.md says, done by hand in the files."""
    district_copies.make(root, KEY, "sucheng", title="庐山区", prefix="LS")
    own = {folder: root / folder / KEY for folder in FOLDERS}
    change(own["dmn"] / "project_approval.dmn", ("4000000", "3000000"))
    change(own["dmn"] / "deadlines.dmn", ('"10-15"', '"11-20"'))
    text = (own["dmn"] / "reviewers.dmn").read_text("utf-8")
    head, row = text.split('<rule id="reviewers_06">')
    row = row.replace('"finance"', '"development_reform"', 1).replace('"区财政局"', '"区发展和改革局"', 1)
    (own["dmn"] / "reviewers.dmn").write_text(f'{head}<rule id="reviewers_06">{row}', "utf-8")
    record = '<zeebe:property name="record" value="contract"/>'
    change(own["bpmn"] / "procurement.bpmn", (record, record + '<zeebe:property name="phase" value="contracted"/>'))
    shutil.copy(root / "bpmn" / "payment.bpmn", own["bpmn"] / "payment.bpmn")  # a shared process, replaced in this district
    change(own["bpmn"] / "payment.bpmn", ('id="pay" name="审核支付"', 'id="pay" name="会同审核支付"'))
    change(
        root / "districts" / "phases.toml",
        ('next = ["building", "withdrawn"', 'next = ["building", "contracted", "withdrawn"'),
        ('[[phase]]\nkey = "building"', f'{CONTRACTED}[[phase]]\nkey = "building"'),
    )  # fmt: skip
    for file in own["scenarios"].iterdir():
        file.unlink()
    (own["scenarios"] / "approval.yaml").write_text(SCENARIO, "utf-8")
    (root / "districts" / f"{KEY}.clauses.csv").write_text(REGISTER, "utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, tmp_path / "models" / folder)
    return tmp_path / "models"


@pytest.fixture
def app(root: Path, config: Config, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The server is running before there is a third district."""
    monkeypatch.setattr(districts, "LOOKED_AFTER", 0)
    made = create_app(replace(config, models=str(root)))
    with made.app_context():
        assert sorted(districts.every()) == ["fengxian", "sucheng"]
        yield made
        startup.dispose()


def publish(root: Path, now: object) -> None:
    files = [
        path
        for folder in ("bpmn", "dmn", "forms", "documents", "scenarios")
        for path in sorted((root / folder / KEY).rglob("*"))
        if path.is_file()
    ]
    bundle = [(path.relative_to(root).as_posix(), path.read_bytes()) for path in files]
    models.deploy(accounts.system(KEY), bundle, now, source=DeploymentSource.CLI)  # type: ignore[arg-type]


def test_a_project_of_a_district_made_of_files_lives_by_its_own_rules(app: Flask, root: Path) -> None:
    half = root / "districts" / f"{KEY}.toml"
    half.write_text('title = "庐山区"\nzone = ', "utf-8")  # somebody is still writing it
    assert sorted(districts.every()) == ["fengxian", "sucheng"]
    with pytest.raises(InvalidRequest):
        districts.get(KEY)
    half.unlink()

    found(root)
    assert sorted(districts.every()) == ["fengxian", KEY, "sucheng"]
    shelf = Shelf(root)
    files = [
        path for folder in ("bpmn", "dmn", "forms", "documents") for path in sorted((root / folder / KEY).rglob("*")) if path.is_file()
    ]
    given = [(str(path), path.read_bytes()) for path in [*files, half, root / "districts" / f"{KEY}.clauses.csv"]]
    assert [f"{one.file} {one.message}" for one in lint.check(given, installation=shelf) if one.severity == "error"] == []

    now = at("2025-09-02")
    publish(root, now)
    demonstration.organise(now)
    district = District(KEY, now, facts={**PLATFORM, "totalAmount": Decimal("3000000.01"), "planYear": 2026})
    district.announce()
    project = district.declare("牯岭云海平台")
    district.advance(LAST_DAY)
    district.do(district.task(project, "prepare_declaration"))  # the last day is November 20th here
    district.until(project, "give_pre_review_opinion")
    asked = {title for line in district.open(project, "give_pre_review_opinion") for title in line.role_titles}
    assert asked == {"区数据局经办", "区委网信办", "区发改局", "区大数据中心"}
    assert district.until(project, "approve_project").role_titles == ("区发改局",)  # over three millions
    district.until(project, "start_construction")
    assert projects.phase(SYSTEM, project) == "contracted"
    assert next(phase.title for phase in districts.phases() if phase.key == "contracted") == "已签合同"
    district.until(project, "start_trial")
    projects.start_process(district.person("applicant", project=project), project, "payment", district.now)
    district.do(district.task(project, "apply_payment"), payKind="预付款", payAmount=Decimal(1000))
    line = district.task(project, "pay")
    assert line.name == "会同审核支付"
    assert [clause.id for clause in tasks.view(district.performer(line), line.key, district.now).clauses] == ["LS-5-1"]


def test_its_register_is_traced_by_its_own_cases(root: Path) -> None:
    found(root)
    traced = {
        one.clause.id: one
        for one in table.trace(root, table.run(root, sorted((root / "scenarios" / KEY).glob("*.yaml"))), only=KEY).requirements
    }
    assert {key: one.state for key, one in traced.items()} == {
        "LS-1-1": Coverage.COVERED, "LS-2-1": Coverage.UNREACHED, "LS-3-1": Coverage.UNREACHED, "LS-4-1": Coverage.UNREACHED,
        "LS-5-1": Coverage.UNREACHED,
    }  # fmt: skip
