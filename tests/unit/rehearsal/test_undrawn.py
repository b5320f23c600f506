"""The list of diagrams still to be redrawn only shrinks, and the command tells measures to people and machines."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app import cli
from app.rehearsal.planes.undrawn import Undrawn
from tests.unit.engine import diagrams as d
from tests.unit.rehearsal.drawn import EVENT, edge, flow, plane, shape

GOOD = d.file(
    d.process(d.start("begin"), d.end("done"), flow("begin", "done"), id="good"),
    plane("good", shape("begin", 0, 0, EVENT), shape("done", 200, 0, EVENT), edge("begin_done", (36, 18), (200, 18))),
)
BAD = GOOD.replace(b'"good"', b'"bad"').replace(b'x="200" y="18"', b'x="150" y="18"')
Lint = Callable[..., Result]


@pytest.fixture
def lint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lint:
    """The command in an installation of two diagrams, one of which breaks a limit, with this list of undrawn ones."""
    (tmp_path / "bpmn").mkdir()
    (tmp_path / "bpmn" / "good.bpmn").write_bytes(GOOD)
    (tmp_path / "bpmn" / "bad.bpmn").write_bytes(BAD)
    monkeypatch.setenv("QUANCHENG_MODELS", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, undrawn: str = "") -> Result:
        (tmp_path / "bpmn" / ".undrawn").write_text(undrawn, encoding="utf-8")
        return CliRunner().invoke(cli.main, ["lint", *arguments])

    return run


def found(result: Result) -> list[tuple[str, str, str]]:
    return [(finding["file"], finding["code"], finding["severity"]) for finding in json.loads(result.stdout)["findings"]]


def test_a_limit_is_an_error_where_no_list_says_otherwise(lint: Lint) -> None:
    result = lint("--house", "--json", "bpmn")
    assert found(result) == [("bpmn/bad.bpmn", "EDGE_END", "error")]
    assert result.exit_code == 1


def test_what_a_listed_file_breaks_is_one_line_and_no_error(lint: Lint, tmp_path: Path) -> None:
    for place in ("bpmn", str(tmp_path / "bpmn")):
        result = lint("--house", "--json", place, undrawn="# later\nbpmn/bad.bpmn  # too\n\n")
        assert [(code, severity) for _, code, severity in found(result)] == [("UNDRAWN", "warning")]
        assert result.exit_code == 0
    assert "1 处不合图的规矩(EDGE_END)" in lint("--house", "bpmn", undrawn="bpmn/bad.bpmn").stderr


def test_a_file_is_known_by_its_path_from_the_installation_and_from_elsewhere(tmp_path: Path) -> None:
    listed = Undrawn(tmp_path, {"bpmn/x.bpmn": 1})
    assert listed.lists("bpmn/x.bpmn") == listed.lists(str(tmp_path / "bpmn" / "x.bpmn")) == "bpmn/x.bpmn"
    assert listed.lists("other/bpmn/x.bpmn") is None


def test_a_file_that_keeps_the_limits_must_leave_the_list(lint: Lint) -> None:
    result = lint("--house", "--json", "bpmn", undrawn="bpmn/bad.bpmn\nbpmn/good.bpmn")
    assert ("bpmn/.undrawn", "UNDRAWN_DONE", "error") in found(result)
    assert "文件第 2 行:bpmn/good.bpmn 已经合乎图的规矩" in lint("--house", "bpmn", undrawn="bpmn/bad.bpmn\nbpmn/good.bpmn").stderr
    gone = lint("--house", "bpmn", undrawn="bpmn/bad.bpmn\nbpmn/gone.bpmn")
    assert "没有文件 bpmn/gone.bpmn" in gone.stderr
    assert gone.exit_code == 1


def test_what_holds_for_all_together_waits_until_the_list_is_empty(lint: Lint, tmp_path: Path) -> None:
    judged = d.file(
        d.process(d.start("begin"), d.rule("judge", "x", "r"), flow("begin", "judge"), id="good"),
        plane("good", shape("begin", 0, 0, EVENT), shape("judge", 200, -22), edge("begin_judge", (36, 18), (200, 18))),
    )
    (tmp_path / "bpmn" / "good.bpmn").write_bytes(judged)
    assert "TOTAL_DECISIONS" not in lint("--house", "bpmn", undrawn="bpmn/bad.bpmn").stderr
    assert "TOTAL_DECISIONS" in lint("--house", "bpmn").stderr
    assert "TOTAL_DECISIONS" not in lint("--house", "bpmn/good.bpmn").stderr, "a part says nothing of the proportions"


def test_the_measures_are_told_to_machines(lint: Lint) -> None:
    told: dict[str, Any] = json.loads(lint("--house", "--json", "bpmn").stdout)
    assert [file["file"] for file in told["files"]] == ["bpmn/bad.bpmn", "bpmn/good.bpmn"]
    (drawn,) = told["files"][1]["planes"]
    assert (drawn["plane"], drawn["nodes"], drawn["width"], drawn["height"], drawn["crossings"]) == ("good", 2, 236, 36, 0)
    assert (told["files"][1]["shares"]["nodes"], told["files"][1]["shares"]["user_tasks_percent"]) == (2, 0.0)
    assert (told["total"]["planes"], told["total"]["nodes"]) == (2, 4)


def test_the_measures_are_told_to_people(lint: Lint) -> None:
    text = lint("--house", "bpmn").stdout
    assert "good(good)  节点 2  宽×高 236×36  交叉 0" in text
    assert "合计  2 张图  节点 4" in text


def test_for_others_files_nothing_is_measured(lint: Lint) -> None:
    result = lint("--json", "bpmn")
    assert (json.loads(result.stdout), result.exit_code) == ([], 0)


def test_a_file_that_cannot_run_is_refused_and_not_measured(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "bpmn" / "bad.bpmn").write_bytes(b"<x/>")
    told = json.loads(lint("--house", "--json", "bpmn").stdout)
    assert [file["file"] for file in told["files"]] == ["bpmn/good.bpmn"]
    assert told["findings"][0]["code"] == "NOT_BPMN"
