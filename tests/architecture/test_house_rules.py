"""Rules of the house that no linter knows."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app"
MODELS = [path for folder in ("bpmn", "dmn", "forms") for path in sorted((ROOT / folder).rglob("*")) if path.is_file()]


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(APP.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def test_only_transaction_commits_and_rolls_back() -> None:
    guilty = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in modules()
        if path != APP / "acts" / "transaction.py" and "migrations" not in path.parts
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("commit", "rollback")
    ]
    assert guilty == []


def test_nobody_asks_which_district_it_is() -> None:
    keys = {path.stem for path in (ROOT / "districts").glob("*.toml")} - {"phases"}
    guilty = []
    for path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in keys:
                guilty.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.value}")
    for path in (ROOT / "bpmn").glob("*.bpmn"):
        guilty += [f"{path.name} {key}" for key in keys if re.search(rf'[="&;]{key}[&";]', path.read_text(encoding="utf-8"))]
    assert guilty == []


def test_the_machines_clock_is_read_in_named_places_only() -> None:
    allowed = {"app/cli.py", "app/services/instants.py", "app/domain/keys.py", "app/decision/feel/limits.py"}
    guilty = []
    for path, tree in modules():
        place = path.relative_to(ROOT).as_posix()
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and node.attr in ("now", "utcnow", "today")
                and isinstance(node.value, ast.Name)
                and node.value.id in ("datetime", "date")
            ):
                guilty.append(f"{place}:{node.lineno}")
    assert [entry for entry in guilty if entry.split(":")[0] not in allowed] == []


def test_no_module_is_called_utils() -> None:
    names = {path.stem for path in APP.rglob("*.py")}
    assert names.isdisjoint({"utils", "helpers", "misc", "common", "manager"})


def test_long_modules_say_why() -> None:
    unexplained = []
    for path, tree in modules():
        lines = path.read_text(encoding="utf-8").count("\n")
        doc = ast.get_docstring(tree) or ""
        if lines > 420 and not re.search(r"\b(one|long|together|whole|single)\b", doc, re.IGNORECASE):
            unexplained.append(f"{path.relative_to(ROOT)} {lines}")
    assert unexplained == []


def test_lock_files_carry_no_addresses() -> None:
    for name in ("constraints.txt", "frontend/package-lock.json"):
        assert not re.search(r"https?://[^\"]*(registry|pypi|npmjs|pythonhosted)", (ROOT / name).read_text(encoding="utf-8")), name


def test_every_shipped_file_is_free_of_the_polluted_words() -> None:
    """SC-1-1: the junk that was planted into article 1's text appears nowhere."""
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    junk = "365" + "体育"
    assert [name for name in files if name and (ROOT / name).is_file() and junk.encode() in (ROOT / name).read_bytes()] == []


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_names_are_one_word_everywhere(path: Path) -> None:
    """The file's name is the id inside it."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".bpmn":
        assert re.search(rf'<bpmn:process id="{path.stem}"', text)
    elif path.suffix == ".dmn":
        assert f'<decision id="{path.stem}"' in text
    elif path.parent.name != "records":
        assert json.loads(text)["id"] == path.stem


def test_importing_the_decision_package_brings_nothing_of_ours() -> None:
    code = "import sys, app.decision.dmn; print([m for m in sys.modules if m.startswith('app.') and not m.startswith('app.decision')])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip()
    assert out == "[]"
