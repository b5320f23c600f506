"""What docs/analyst/additions.md tells: a process, a parameter and a phase are added as it says, checked, rehearsed and begun; its case file is walked."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.catalogue import districts
from app.config import load
from app.playing import demonstration
from app.services import projects, startup, tasks
from tests.integration.conftest import make_app
from tests.integration.districts.play import District, at

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "analyst" / "additions.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"```(?:xml|json|toml|yaml)\n(?:<!-- |// |# )(\S+)(?: -->)?\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped models with the page's examples put where their first lines say."""
    folder = tmp_path_factory.mktemp("additions")
    for name in ("bpmn", "dmn", "forms", "documents", "districts", "scenarios"):
        shutil.copytree(ROOT / name, folder / name)
    examples = EXAMPLE.findall(PAGE)
    assert len(examples) == PAGE.count("```") / 2
    for name, text in examples:
        file = folder / name
        if name.endswith(".dmn"):  # the new row, at the end of the table
            whole = file.read_text(encoding="utf-8")
            head, rest = whole.split("    </decisionTable>", 1)
            file.write_text(f"{head}{text.lstrip(chr(10))}    </decisionTable>{rest}", encoding="utf-8")
        elif name.endswith(".toml"):
            file.write_text(f"{file.read_text(encoding='utf-8')}\n{text}", encoding="utf-8")
        else:
            file.write_text(text, encoding="utf-8")
    phases = folder / "districts" / "phases.toml"
    told = phases.read_text(encoding="utf-8")
    key = told.index('key = "building"')
    at_next = told.index("next = [", key) + len("next = [")
    phases.write_text(f'{told[:at_next]}"paused", {told[at_next:]}', encoding="utf-8")
    return folder


def run(models: Path, *command: str) -> subprocess.CompletedProcess[str]:
    start = [sys.executable, "-c", "from app.cli import main; main()", *command]
    place = {**os.environ, "QUANCHENG_MODELS": str(models), "PYTHONPATH": str(ROOT)}
    return subprocess.run(start, env=place, capture_output=True, text=True, cwd=models)


def test_what_is_added_is_checked_and_its_scenario_holds(models: Path) -> None:
    checked = run(models, "lint", "bpmn", "dmn", "forms", "scenarios")
    assert checked.returncode == 0, checked.stdout[-2000:] + checked.stderr[-2000:]
    assert not [line for line in checked.stdout.splitlines() if "spot_check" in line and "LAYOUT" not in line and "错误" in line]
    rehearsed = run(models, "test", "scenarios/sucheng/spot_check.yaml")
    assert rehearsed.returncode == 0, rehearsed.stdout[-2000:] + rehearsed.stderr[-2000:]


def test_the_case_file_is_walked(models: Path) -> None:
    walked = run(models, "walk", "case.json", "--district", "sucheng", "--until", "declared", "--json")
    assert walked.returncode == 0, walked.stdout[-2000:] + walked.stderr[-2000:]
    assert "prepare_declaration" in {event["element"] for event in json.loads(walked.stdout)["events"]}


@pytest.fixture
def place(models: Path, tmp_path: Path) -> Iterator[District]:
    app = make_app(load({}, data=str(tmp_path), models=str(models), clock="virtual"))
    with app.app_context():
        now = at("2026-09-01")
        startup.prepare(now)
        demonstration.organise(now)
        yield District("sucheng", now)
        startup.dispose()


def test_the_process_is_begun_by_whom_the_districts_file_names_and_lived_through(place: District) -> None:
    assert next(phase for phase in districts.phases() if phase.key == "paused").title == "暂停建设"
    place.announce()
    project = place.declare("智慧河道")
    place.until(project, "start_trial")
    bureau = place.person("data_bureau")
    view = projects.view(bureau, project, place.now)
    (button,) = [one for one in view.startable if one.process_id == "spot_check"]
    assert (button.name, button.may.allowed, button.has_form) == ("现场抽查", True, True)
    projects.start_process(bureau, project, "spot_check", place.now, given={"spotCheckReason": "年度抽查"})
    line = place.task(project, "inspect")
    place.do(line, spotCheckResult="正常")
    filing = place.task(project, "number_spot_check")
    assert tasks.view(place.performer(filing), filing.key, place.now).data["result"] == "正常"
    place.do(filing)
    assert place.open(project, "number_spot_check") == []
