"""Two real projects live their whole lives under each district's regulation, played by ``quancheng walk`` as an operator runs it; and fail where they must."""

import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
import xml.etree.ElementTree as ElementTree
from calendar import monthrange
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from app import cli, logs
from app.command import preparing
from app.domain import districts
from app.playing import demonstration

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "data" / "cases"
COMMAND = Path(sys.executable).with_name("quancheng")
SONGJIANG, XIAMEN = "songjiang_service_platform", "xiamen_city_brain"
LIVES = [(case, district) for case in (SONGJIANG, XIAMEN) for district in ("fengxian", "sucheng")]

pytestmark = pytest.mark.xdist_group("walk")


@dataclass(frozen=True)
class Told:
    """What one call of the command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def story(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.out)
        return told

    @property
    def steps(self) -> list[str]:
        return [event["element"] for event in self.story["events"]]

    def event(self, element: str) -> dict[str, Any]:
        (found,) = [event for event in self.story["events"] if event["element"] == element]
        return found

    def instant(self, element: str) -> datetime:
        return datetime.fromisoformat(self.event(element)["at"])

    def assumed(self, element: str, field: str) -> Any:
        return next(entry["value"] for entry in self.story["assumed"] if (entry["element"], entry["field"]) == (element, field))


def walk(case: str | Path, district: str, *options: str) -> Told:
    """The command within this process, on a copy of a folder in which the models have been read already."""
    path = CASES / f"{case}.json" if isinstance(case, str) else case
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        shutil.copytree(_prepared().name, folder, dirs_exist_ok=True)
        patch.setattr(cli.tempfile, "TemporaryDirectory", lambda **_: nullcontext(folder))
        return asked_here(path, district, *options)


@cache
def _prepared() -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory(prefix="quancheng-walk-")
    begin = datetime.fromisoformat(cli.WALK_BEGINS)
    with preparing(folder.name, at=begin, clock="virtual", durable=False), logs.played():
        demonstration.organise(begin)
    return folder


@cache
def life(case: str, district: str) -> Told:
    """A whole life, walked once for all tests of this file; one of each district as an operator runs it, from an empty folder."""
    if (case, district) not in {(SONGJIANG, "sucheng"), (XIAMEN, "fengxian")}:
        return walk(case, district)
    command = [COMMAND, "walk", CASES / f"{case}.json", "--district", district, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    return Told(done.returncode, done.stdout, done.stderr)


def months_later(day: date, count: int) -> date:
    """The day of the same number so many months on, the month's last if it has none: what the regulation counts to."""
    year, month = divmod(day.month - 1 + count, 12)
    return date(day.year + year, month + 1, min(day.day, monthrange(day.year + year, month + 1)[1]))


def written(folder: Path, **changes: Any) -> Path:
    """The Songjiang platform with other facts, as a case file; the amount as text, so that every digit is kept."""
    project = json.loads((CASES / f"{SONGJIANG}.json").read_text("utf-8"))["project"]
    if "totalAmount" in changes:
        del project["fundSource"], project["ceilingPrice"]
    amount = changes.pop("totalAmount", None)
    text = json.dumps({"project": {**project, **changes}}, ensure_ascii=False)
    if amount is not None:
        text = text.replace('"totalAmount": 6947911.0', f'"totalAmount": {amount}')
    path = folder / "case.json"
    path.write_text(text, "utf-8")
    return path


def answers(folder: Path, **given: Any) -> tuple[str, str]:
    path = folder / "answers.json"
    path.write_text(json.dumps(given, ensure_ascii=False), "utf-8")
    return "--answers", str(path)


@cache
def groups_of(process: str, district: str) -> dict[str, str]:
    """Element id → who may do it, as the diagram of the district says."""
    own = ROOT / "bpmn" / district / f"{process}.bpmn"
    tree = ElementTree.parse(own if own.exists() else ROOT / "bpmn" / f"{process}.bpmn")
    found = {}
    for task in tree.iter("{http://www.omg.org/spec/BPMN/20100524/MODEL}userTask"):
        for assignment in task.iter("{http://camunda.org/schema/zeebe/1.0}assignmentDefinition"):
            found[task.attrib["id"]] = assignment.attrib["candidateGroups"]
    return found


# ------------------------------------------------------------------------------------------------------------------ whole lives


@pytest.mark.parametrize(("case", "district"), LIVES)
def test_a_real_project_lives_from_declaration_to_retirement(case: str, district: str) -> None:
    told = life(case, district)
    story = told.story
    assert told.code == 0, (told.err, story.get("problems"), story["incidents"])
    assert set(story) == {"district", "phase", "events", "open", "incidents", "assumed"}
    assert (story["district"], story["phase"], story["open"], story["incidents"]) == (district, "retired", [], [])
    processes = list(dict.fromkeys(event["process"] for event in story["events"]))
    in_order = [
        "annual_plan",
        "declaration",
        "review",
        "procurement",
        "change",
        "acceptance_organisation",
        "om_evaluation",
        "retirement",
    ]
    assert [process for process in processes if process in in_order] == in_order
    instants = [datetime.fromisoformat(event["at"]) for event in story["events"]]
    assert instants == sorted(instants)
    assert {instant.utcoffset() for instant in instants} == {timedelta(hours=8)}, "people read their own zone"
    assert all(event["outcome"] for event in story["events"])
    assert all(set(entry) == {"element", "field", "value"} for entry in story["assumed"])


@pytest.mark.parametrize(("case", "district"), LIVES)
def test_every_event_names_an_account_of_the_right_role_and_an_existing_clause(case: str, district: str) -> None:
    told = life(case, district)
    config = tomllib.loads((ROOT / "districts" / f"{district}.toml").read_text("utf-8"))
    clauses = districts.load(ROOT / "districts" / f"{district}.toml").clauses
    for event in told.story["events"]:
        place = (event["process"], event["element"])
        assert event["role"] in config["roles"], place
        owner, _, post = event["account"].partition(".")
        assert (owner, post.rstrip("0123456789")) == (district, event["role"]), place
        group = groups_of(event["process"], district)[event["element"]]
        assert group.startswith("=") or event["role"] in group.split(","), (place, group)
        assert event["clauses"], place
        assert set(event["clauses"]) <= set(clauses), place


def test_songjiang_in_sucheng_is_approved_supervised_and_accepted_when_the_later_of_two_periods_is_over() -> None:
    told = life(SONGJIANG, "sucheng")
    assert told.event("approve_project")["role"] == "development_reform"
    assert "register_supervisor" in told.steps
    assert told.steps.index("approve_project") < told.steps.index("submit_tender") < told.steps.index("register_supervisor")
    began = date.fromisoformat(told.assumed("start_trial", "trialStartOn"))
    contract, regulation = began + timedelta(days=90), months_later(began, 3)
    assert contract < regulation
    # 三个月后: from the day after the corresponding one (B48).
    assert told.instant("hold_acceptance").date() == regulation + timedelta(days=1)
    assert told.event("hold_acceptance")["role"] == "applicant"
    assert told.event("register_archive_verdict")["role"] == "archives"
    assert told.steps.index("register_archive_verdict") < told.steps.index("hold_acceptance")


def test_xiamen_in_sucheng_needs_neither_approval_nor_supervision_and_is_accepted_when_its_service_is_over() -> None:
    told = life(XIAMEN, "sucheng")
    assert not {"approve_project", "register_supervisor", "start_trial", "hold_acceptance", "prepare_materials"} & set(told.steps)
    ended = date.fromisoformat(told.assumed("register_contract", "serviceEndOn"))
    assert told.instant("hold_service_acceptance").date() == ended + timedelta(days=1)
    assert told.event("submit_tender")["outcome"] == "拟用采购方式:单一来源"


@pytest.mark.parametrize("case", [SONGJIANG, XIAMEN])
def test_fengxian_has_neither_step_and_its_bureau_organises_acceptance_within_thirty_days(case: str) -> None:
    told = life(case, "fengxian")
    assert not {"approve_project", "register_supervisor", "register_archive_verdict"} & set(told.steps)
    held = "hold_acceptance" if case == SONGJIANG else "hold_service_acceptance"
    assert told.event(held)["role"] == "data_bureau"
    if case == SONGJIANG:
        received = told.instant("apply_acceptance")  # the application is received when the office's leader has confirmed it, the same night
        assert received <= told.instant("confirm_by_leader") < told.instant(held) < received + timedelta(days=30)
        assert received.date() == date.fromisoformat(told.assumed("start_trial", "trialStartOn")) + timedelta(days=91), (
            "the contract's 90 days are over"
        )
    else:
        ended = date.fromisoformat(told.assumed("register_contract", "serviceEndOn"))
        assert ended < told.instant(held).date() <= ended + timedelta(days=30)


# ---------------------------------------------------------------------------------------------------------- where it must differ


@pytest.mark.parametrize(("amount", "approved"), [("4000000.00", False), ("4000000.01", True)])
def test_one_fen_over_four_million_needs_project_approval(tmp_path: Path, amount: str, approved: bool) -> None:
    told = walk(written(tmp_path, totalAmount=amount), "sucheng", "--until", "procuring")
    assert told.code == 0, told.err
    assert told.story["phase"] == "procuring"
    assert ("approve_project" in told.steps) is approved


def test_a_trial_of_months_in_the_contract_is_counted_in_months(tmp_path: Path) -> None:
    longer = answers(tmp_path, register_contract={"trialAmount": 4, "trialUnit": "month"})
    told = walk(SONGJIANG, "sucheng", *longer, "--until", "accepted")
    assert told.code == 0, told.err
    began = date.fromisoformat(told.assumed("start_trial", "trialStartOn"))
    assert told.instant("hold_acceptance").date() == months_later(began, 4) + timedelta(days=1)


def test_a_trial_length_needs_a_known_unit(tmp_path: Path) -> None:
    told = walk(SONGJIANG, "sucheng", *answers(tmp_path, register_contract={"trialAmount": 12, "trialUnit": "week"}))
    assert told.code == 1
    assert told.story["phase"] == "procuring"
    (problem,) = told.story["problems"]
    assert "register_contract" in problem
    assert "trialUnit" in problem


def test_without_the_archives_approval_a_project_is_never_accepted(tmp_path: Path) -> None:
    told = walk(SONGJIANG, "sucheng", *answers(tmp_path, register_archive_verdict={"archiveAcceptance": "不合格"}))
    assert told.code == 1
    assert "register_archive_verdict" in told.steps
    assert not {"submit_report", "register_assets", "file_plan", "apply_retirement"} & set(told.steps)
    assert told.story["phase"] not in {"accepted", "operating", "retired"}


def test_an_act_by_a_wrong_role_is_refused(tmp_path: Path) -> None:
    told = walk(SONGJIANG, "sucheng", *answers(tmp_path, review_budget={"@as": "applicant"}))
    assert told.code == 1
    assert "review_budget" not in told.steps
    (problem,) = told.story["problems"]
    assert "sucheng.applicant" in problem
    assert "拒绝" in problem
    assert [entry["element"] for entry in told.story["open"] if entry["process"] == "review"] == ["review_budget"]


@pytest.mark.parametrize(("goal", "last"), [("declared", "check_declaration"), ("planned", "issue_plan")])
def test_a_walk_stops_when_the_phase_is_reached(goal: str, last: str) -> None:
    told = walk(XIAMEN, "sucheng", "--until", goal, "--registers")
    assert told.code == 0, told.story
    assert told.steps[-1] == last
    kept = told.story["kept"]
    assert kept["facts"]["projectName"] == "城市大脑1.0服务采购"
    assert [(entry["planYear"], entry["noticeNo"]) for entry in kept["district"]["batch"]] == [(2026, "申报通知〔2026〕1号")]
    assert {"宿城区信息中心"} == {event["office"] for event in told.story["events"] if event["element"] == "prepare_declaration"}
    assert "建设方案.pdf" in {paper["name"] for paper in kept["documents"]}
    assert "declaration" in kept["records"]


# ------------------------------------------------------------------------------------------------------------------- bad input


def asked_here(case: Path, district: str, *options: str) -> Told:
    """The same command within this process: what is refused before anything is set up needs no process of its own."""
    result = CliRunner().invoke(cli.main, ["walk", str(case), "--district", district, "--json", *options])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return Told(result.exit_code, result.stdout, result.stderr)


def refused(told: Told, *words: str) -> None:
    """One sentence in Chinese that names what is wrong, and no traceback."""
    assert told.code in (1, 2), told.out
    assert told.out == ""
    assert "Traceback" not in told.err
    assert any("\u4e00" <= letter <= "\u9fff" for letter in told.err), told.err
    for word in words:
        assert word in told.err


def test_a_stranger_among_the_keys_is_refused(tmp_path: Path) -> None:
    refused(walk(written(tmp_path, colour="red"), "sucheng"), "project.colour")


@pytest.mark.parametrize(
    ("project", "key"),
    [
        ('{"name": "平台", "totalAmount": -1}', "project.totalAmount"),
        ('{"name": "平台", "totalAmount": 0}', "project.totalAmount"),
        ('{"name": "平台", "totalAmount": 4000000.001}', "project.totalAmount"),
        ('{"name": "平台", "totalAmount": "4000000"}', "project.totalAmount"),
        ('{"name": "平台", "totalAmount": true}', "project.totalAmount"),
        ('{"name": "平台", "totalAmount": 1e20}', "project.totalAmount"),
        ('{"name": "平台"}', "project.totalAmount"),
        ('{"name": "平台", "totalAmount": 100, "fundSource": {"财政资金": 99.99}}', "project.fundSource"),
        ('{"name": "平台", "totalAmount": 100, "fundSource": {"财政资金": -1, "自筹资金": 101}}', "project.fundSource.财政资金"),
        ('{"name": "平台", "totalAmount": 100, "ceilingPrice": 100.01}', "project.ceilingPrice"),
        ('{"name": "平台", "totalAmount": 100, "trialRunDays": -1}', "project.trialRunDays"),
        ('{"name": "平台", "totalAmount": 100, "contractDays": 1.5}', "project.contractDays"),
        ('{"totalAmount": 100}', "project.name"),
        ('{"name": "  ", "totalAmount": 100}', "project.name"),
        ('{"name": "平台", "totalAmount": 100, "kind": "hovercraft"}', "project.kind"),
    ],
)
def test_an_impossible_case_is_refused_by_its_key(tmp_path: Path, project: str, key: str) -> None:
    path = tmp_path / "case.json"
    path.write_text(f'{{"project": {project}}}', "utf-8")
    refused(asked_here(path, "sucheng"), key)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ('{"projects": {}}', "projects"),
        ('{"project": {"name": "平台", "totalAmount": NaN}}', "NaN"),
        ('{"project": {"name": "平台", "totalAmount": 1e400}}', "1e400"),
        ('{"project": {"name": "平台", "name": "另一个", "totalAmount": 1}}', "name"),
        ("[]", "JSON"),
        ("\x00", "JSON"),
    ],
)
def test_a_file_that_is_no_case_is_refused(tmp_path: Path, content: str, word: str) -> None:
    path = tmp_path / "case.json"
    path.write_text(content, "utf-8")
    refused(asked_here(path, "sucheng"), word)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"review_budget": "通过"}'])
def test_broken_answers_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "answers.json"
    path.write_text(content, "utf-8")
    refused(asked_here(CASES / f"{XIAMEN}.json", "sucheng", "--answers", str(path)), "答案")


def test_an_answer_that_nobody_asks_for_is_refused(tmp_path: Path) -> None:
    refused(walk(XIAMEN, "sucheng", *answers(tmp_path, no_such_task={"x": 1})), "no_such_task")


@pytest.mark.parametrize("begin", ["2025-09-01", "2025-09-01T09:00:00", "soon"])
def test_a_beginning_needs_its_zone(begin: str) -> None:
    refused(asked_here(CASES / f"{XIAMEN}.json", "sucheng", "--begin", begin), "--begin")


def test_a_phase_or_district_that_is_not_there_is_refused_with_those_that_are() -> None:
    refused(walk(XIAMEN, "sucheng", "--until", "finished"), "finished", "retired")
    refused(walk(XIAMEN, "atlantis"), "atlantis", "fengxian", "sucheng")


BEFORE = ROOT / "tests" / "data" / "walks"  # who did what on which day before the diagrams were drawn anew
FEES = {"apply_fee", "review_fee", "coordinate_fee", "arrange_fee"}
YEARLY = {
    "write_report",
    "give_opinion",
    "finalise_report",
    "file_report",
}  # begins by itself at the year's end, not when somebody thinks of it (SC-33-3)
MONTHLY = {"record_monitoring"}  # SC-32-4
KEPT_SINCE = {  # cloud resources are allotted (SC-6-2), data collected and updated (SC-7-1, SC-7-2), the archive received (SC-27-3)
    "request_cloud", "allocate_cloud", "register_dataset", "confirm_collection", "report_update", "file_archive", "receive_archive",
}  # fmt: skip
SUPERVISED = {  # reports of tests (SC-20-3, SC-21-2), the yearly clean-up (SC-32-3), the draw of reports (SC-33-8)
    "submit_report", "review_report", "propose_cleanup", "confirm_cleanup", "give_first_number", "give_second_number",
}  # fmt: skip
EVALUATED = {
    "conclude_evaluation",
    "apply_retirement",
    "acknowledge_by_bureau",
    "acknowledge_by_finance",
}  # on another day: the service is evaluated apart
SINCE: dict[tuple[str, str], tuple[set[str], set[str]]] = {  # what is done no more, and what is done since
    # The police grade (FX-5-15), finance sets the fund (FX-5-14); the project is evaluated once a year, its service by itself (FX-31-1, FX-32-1).
    (SONGJIANG, "fengxian"): (FEES | EVALUATED | {"give_opinion"}, EVALUATED | {"grade", "inspect_duties", "set_quota"}),
    (SONGJIANG, "sucheng"): (YEARLY, YEARLY | MONTHLY | KEPT_SINCE | SUPERVISED | {"arrange_fee"}),  # finance arranges the fee (SC-10-20)
    (XIAMEN, "sucheng"): (
        YEARLY,
        YEARLY | MONTHLY | KEPT_SINCE | SUPERVISED | {"arrange_fee", "give_method_opinion"},
    ),  # one source (SC-5-12)
    (XIAMEN, "fengxian"): (
        FEES | EVALUATED | {"give_opinion"},
        EVALUATED | {"inspect_duties", "set_quota"},
    ),  # its year ends with an inspection (FX-5-10)
}


@pytest.mark.parametrize(("case", "district"), LIVES)
def test_the_same_people_do_the_same_on_the_same_days_as_before_the_redraw(case: str, district: str) -> None:
    before = Counter(map(tuple, json.loads((BEFORE / f"{case}.{district}.json").read_text("utf-8"))))
    now = Counter((event["at"][:10], event["element"], event["role"]) for event in life(case, district).story["events"])
    gone, new = SINCE.get((case, district), (set(), set()))
    assert {element for _, element, _ in before - now} == gone
    assert {element for _, element, _ in now - before} == new
