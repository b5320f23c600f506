"""The register of systems (SC-2-4): existing ones come from a table, all or none; a project's own by its processes, one row of each whatever becomes of it."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app import create_app
from app.config import Config
from app.domain.permissions import SYSTEM
from app.errors import Forbidden, InvalidRequest
from app.services import instants, projects, systems, timers
from app.services.systems import ImportReport
from app.store.tables import AuditEntryRow, FactChangeRow, ProjectRow, RecordRow, db
from tests.integration.districts.evading import begun, elements
from tests.integration.districts.play import District, at
from tests.integration.districts.sheets import BUILDING, BUILT, table
from tests.integration.districts.test_obligations import due
from tests.integration.districts.test_statements import sign_in


def enter(content: bytes, *, dry_run: bool = False, day: str = "2026-11-02") -> ImportReport:
    return systems.enter(SYSTEM, "sucheng", content, at(day), dry_run=dry_run)


def current(number: str | None = None) -> list[dict[str, Any]]:
    """The rows that count, or those of one system."""
    found = [
        dict(data)
        for data in db.session.scalars(select(RecordRow.data).where(RecordRow.kind == "system", RecordRow.superseded_at.is_(None)))
    ]
    db.session.rollback()
    return [row for row in found if number in (None, row["systemNo"])]


def counts() -> list[int]:
    found = [
        db.session.scalar(select(func.count()).select_from(table)) or 0 for table in (ProjectRow, RecordRow, FactChangeRow, AuditEntryRow)
    ]
    db.session.rollback()
    return found


@pytest.mark.requirement("SC-2-4")
def test_an_imported_system_is_monitored_from_the_month_of_its_import(app: Flask) -> None:
    """SC-2-4, SC-32-4: built in 2023 under other rules, it is among what is monitored; what is being built is in the register and not yet."""
    place = District("sucheng", at("2024-08-01"))
    place.advance(at("2026-11-02"))
    report = enter(table(BUILT, BUILDING))
    assert (report.entered, report.built, report.building, report.faults) == (True, 1, 1, ())
    assert [(row["systemNo"], row["lifecycle"]) for row in current()] == [("XT-001", "已建"), ("XT-002", "在建")]
    (project,) = report.keys
    timers.fire_due(place.now + timedelta(hours=1))
    place.advance(place.now + timedelta(hours=2))
    assert due(project, "monitoring") == ["2026-11-01"]
    assert "record_monitoring" in elements(place, project)
    place.advance(at("2026-12-02"))
    assert due(project, "monitoring") == ["2026-11-01", "2026-12-01"]


@pytest.mark.requirement("SC-33-6")
def test_an_imported_system_reports_every_year_and_one_being_built_is_told_of(app: Flask) -> None:
    """SC-33-6: nobody has filed a plan for it, yet its office reports on the year before; of what is being built nobody asks anything, which the import says."""
    place = District("sucheng", at("2024-08-01"))
    place.advance(at("2026-11-02"))
    report = enter(table(BUILT, BUILDING))
    assert "在建的 1 个没有项目" in report.warning
    assert enter(table(BUILT), dry_run=True).warning == ""
    (project,) = report.keys
    place.advance(at("2027-01-02"))
    assert due(project, "om_yearly") == ["2027-01-01"], "what was due before it was entered nobody can still report in time"
    lines = place.open(project, "submit_report")
    assert [line.element_id for line in lines if line.process_id == "om_yearly"] == ["submit_report"]
    assert all(place.performer(line).offices for line in lines)
    assert str(next(line for line in lines if line.process_id == "om_yearly").due_at)[:10] <= "2027-02-02"


@pytest.mark.requirement("SC-2-4", side="refused")
def test_one_faulty_row_enters_nothing_and_every_fault_is_told_by_its_row(app: Flask) -> None:
    before = counts()
    content = table(
        BUILT,
        BUILT,
        ("P12", "河长平台", "宿城区水利局", "已建", "", "2023-01-01", ""),
        ("XT-003", "", "宿城区农业局", "拟建", "", "2099-01-01", ""),
        ("XT-004", "档案平台", "宿城区数据局", "已建", "", "", ""),
        ("XT-005", "人事平台", "宿城区教育局", "在建", "", "去年", ""),
    )
    for dry_run in (True, False):
        report = enter(content, dry_run=dry_run)
        told = [(fault.row, fault.column) for fault in report.faults]
        assert told == [
            (3, "系统编号"), (4, "系统编号"), (5, "系统名称"), (5, "使用单位"), (5, "状态"), (5, "建成日期"), (6, "使用单位"), (6, "建成日期"), (7, "建成日期"),
        ]  # fmt: skip
        assert not report.entered
        assert counts() == before


def test_a_dry_run_enters_nothing_of_a_table_that_is_right(app: Flask) -> None:
    before = counts()
    report = enter(table(BUILT), dry_run=True)
    assert (report.entered, report.built, report.faults, counts()) == (False, 1, (), before)


def test_a_number_is_taken_once_and_what_is_built_since_takes_the_place_of_its_row(app: Flask) -> None:
    enter(table(BUILT, BUILDING))
    again = enter(table(BUILT))
    assert [fault.row for fault in again.faults] == [2]
    done = enter(table((*BUILDING[:3], "已建", "业务系统", "2026-11-03", "")), day="2026-11-04")
    assert done.entered
    assert [row["lifecycle"] for row in current("XT-002")] == ["已建"]
    assert len(current()) == 2


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04", "系统编号,系统名称".encode()],
    ids=("empty", "broken", "csv"),
)
def test_what_is_no_such_table_is_told(app: Flask, content: bytes) -> None:
    before = counts()
    with pytest.raises(InvalidRequest, match="xlsx"):
        enter(content)
    assert counts() == before


def test_columns_that_are_missing_or_unknown_are_told(app: Flask) -> None:
    report = enter(table(header=("系统名称", "单位")))
    assert not report.entered
    assert {(fault.row, fault.column) for fault in report.faults} == {(1, "系统编号"), (1, "使用单位"), (1, "状态"), (1, "单位")}


def test_a_formula_is_told_and_not_read_as_nothing(app: Flask) -> None:
    report = enter(table((*BUILT[:6], "=1+1")), dry_run=True)
    (fault,) = report.faults
    assert (fault.row, "公式" in fault.message) == (2, True)


def test_nobody_but_the_bureau_enters_systems(app: Flask) -> None:
    place = District("sucheng", at("2026-11-02"))
    for role in ("applicant", "finance", "cyberspace", "auditor", "big_data_centre"):
        with pytest.raises(Forbidden):
            systems.enter(place.person(role), "sucheng", table(BUILT), place.now, dry_run=False)
    with pytest.raises(Forbidden):
        systems.enter(District("fengxian", place.now).person("data_bureau"), "sucheng", table(BUILT), place.now, dry_run=False)
    assert systems.enter(place.person("data_bureau"), "sucheng", table(BUILT), place.now, dry_run=False).entered


@pytest.mark.requirement("SC-2-4", "SC-5-3")
def test_a_project_s_own_system_has_one_row_from_the_plan_to_its_use(app: Flask) -> None:
    """SC-5-3: and whoever opens the accepted project sees when each phase came, the numbers of the decisions, and what became of its data."""
    place, project = begun("sucheng")
    seen: list[str] = []
    for phase in ("planned", "building", "accepted"):
        place.until_phase(project, phase)
        seen.append(*[row["lifecycle"] for row in current(f"P{project}")])
    assert seen == ["计划建设", "在建", "已建"]
    page = projects.view(place.person("data_bureau"), project, place.now)
    assert {step.key for step in page.phases if step.since is not None} >= {
        "declared",
        "reviewing",
        "planned",
        "approved",
        "building",
        "trial",
        "accepted",
    }
    shown = {fact.name: fact.value for fact in page.project.shown}
    assert shown["collectionState"] == "已归集"
    assert shown["contractNo"]
    assert all(row.data["number"] for row in page.records if row.kind == "opinion")


@pytest.mark.requirement("SC-2-4")
def test_the_bureau_enters_a_table_on_its_page_after_a_look(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    made = create_app(config)
    with made.app_context():
        place = District("sucheng", at("2026-11-02"))
        bureau, applicant = place.person("data_bureau").username, place.person("applicant").username
    monkeypatch.setattr(instants, "now", lambda: at("2026-11-02"))
    client, token = sign_in(made, bureau)

    def send(content: bytes, **more: str) -> TestResponse:
        return client.post("/systems/import", data={"csrf_token": token, "file": (BytesIO(content), "存量系统.xlsx"), **more})

    wrong = send(table(BUILT, ("XT-009", "", "宿城区水利局", "已建", "", "2023-01-01", "")), enter="1")
    assert wrong.status_code == 422
    assert "没有登记任何一行" in wrong.text
    assert "“系统名称”没有填写" in wrong.text
    looked = send(table(BUILT))
    assert (looked.status_code, "检查通过" in looked.text, "还没有登记系统" in looked.text) == (200, True, True)
    assert send(table(BUILT), enter="1").status_code == 302
    page = client.get("/systems?lifecycle=已建").text
    assert "河道视频监控平台" in page
    assert "XT-001" in page
    assert "河道视频监控平台" not in client.get("/systems?lifecycle=在建").text
    assert "xlsx" in send(b"nothing", enter="1").text
    other, token = sign_in(made, applicant)
    assert other.get("/systems").status_code == 403
    assert (
        other.post("/systems/import", data={"csrf_token": token, "file": (BytesIO(table(BUILDING)), "a.xlsx"), "enter": "1"}).status_code
        == 403
    )
