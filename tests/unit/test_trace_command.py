"""``quancheng trace`` as it is called: text for people, data for programs, an exit code for a pipeline."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app import cli
from tests.unit.rehearsal.test_tracing import DISTRICT, REGISTER, SCENARIO, TABLE

ROOT = Path(__file__).parents[2]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for folder in ("districts", "dmn/hill", "scenarios"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "districts" / "hill.toml").write_text(DISTRICT, "utf-8")
    (tmp_path / "districts" / "hill.clauses.csv").write_text(f"id,article,paraphrase,carriers\n{REGISTER}XX-2-1,第二条,乙,\n", "utf-8")
    (tmp_path / "dmn" / "hill" / "fees.dmn").write_text(TABLE, "utf-8")
    (tmp_path / "scenarios" / "decide.bpmn").write_bytes((ROOT / "scenarios" / "decide.bpmn").read_bytes())
    (tmp_path / "scenarios" / "fees.yaml").write_text(SCENARIO, "utf-8")
    monkeypatch.setenv("QUANCHENG_MODELS", str(tmp_path))
    return tmp_path


def trace(*arguments: str) -> Result:
    return CliRunner().invoke(cli.main, ["trace", *arguments])


def test_people_are_told_each_requirement_and_the_sum(root: Path) -> None:
    done = trace()
    assert (done.exit_code, done.stdout.splitlines()) == (0, [
        "XX-1-1  只经过  承载 1/2  放行 1  拦住 0  不超过十元",
        "XX-2-1  没有承载  承载 0/0  放行 0  拦住 0  乙",
        "hill：2 条，只经过 1，没有承载 1；没有场景经过的承载 0 处",
    ])  # fmt: skip
    assert trace("XX-1-1").stdout.splitlines()[1:4] == [
        "    计入  fees.fees_low", "    只有别的场景经过  fees.fees_high", "    放行  scenarios/fees.yaml 十元（XX-1-1 放行）",
    ]  # fmt: skip
    assert (trace("XX-9-9").exit_code, trace("--district", "lake").exit_code) == (2, 1)


def test_programs_are_given_what_the_design_says(root: Path) -> None:
    first, second = json.loads(trace("--json").stdout)
    assert {key: first[key] for key in ("id", "kind", "elements", "rows", "fields", "records", "tests")} == {
        "id": "XX-1-1", "kind": "carried", "elements": [], "rows": ["fees.fees_low", "fees.fees_high"], "fields": [], "records": [],
        "tests": ["scenarios/fees.yaml 十元（XX-1-1 放行）"],
    }  # fmt: skip
    assert (second["kind"], second["state"]) == ("missing", "missing")


@pytest.mark.parametrize(("level", "short"), [("carried", "XX-2-1"), ("reached", "XX-2-1"), ("covered", "XX-1-1 XX-2-1")])
def test_a_level_that_is_not_reached_fails(root: Path, level: str, short: str) -> None:
    """FX-3-1: what nothing carries is named, and only an article that is left out by the text itself may be a principle."""
    done = trace("--require", level)
    assert (done.exit_code, done.stderr.strip()) == (1, f"{len(short.split())} 条没有达到 {level}:{short}")


def test_a_fault_fails(root: Path) -> None:
    (root / "districts" / "hill.clauses.csv").write_text("id,article,paraphrase,carriers\nXX-1-1,第一条,甲,fees.fees_lwo\n", "utf-8")
    done = trace()
    assert done.exit_code == 1
    assert "是不是 fees_low? [CARRIER]" in done.stderr


def test_what_no_case_reaches_is_listed(root: Path) -> None:
    (root / "scenarios" / "fees.yaml").write_text(SCENARIO.partition("  - {name: 十元一分")[0], "utf-8")
    assert trace("--idle").stdout == "XX-1-1  fees.fees_high\n"


def test_a_district_is_made_by_the_command_and_nothing_written_over(root: Path) -> None:
    done = CliRunner().invoke(cli.main, ["district", "new", "lake", "--from", "hill", "--title", "湖区", "--json"])
    assert (done.exit_code, json.loads(done.stdout)["prefix"]) == (0, "LAKE")
    again = CliRunner().invoke(cli.main, ["district", "new", "lake", "--from", "hill"])
    assert (again.exit_code, "已有 districts/lake.toml" in again.stderr) == (1, True)
