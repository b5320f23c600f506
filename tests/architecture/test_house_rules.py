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
MODELS = [path for folder in ("bpmn", "dmn", "forms") for path in sorted((ROOT / folder).rglob("*")) if path.is_file() and path.suffix]


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


READS_THE_CLOCK = {
    "app/cli.py": "a command that is told no moment takes the present one",
    "app/services/instants.py": "it is where the product asks what time it is",
    "app/catalogue/districts.py": "how long the districts' files are taken for unchanged",
    "app/domain/keys.py": "a key orders rows by when they were written",
    "app/decision/feel/effort.py": "how long an expression or an act may work",
    "app/logs.py": "how long an act took",
}


def looks_at_the_clock(node: ast.AST) -> bool:
    """Any import of ``time``, and ``now``, ``today`` and ``utcnow`` of ``datetime`` and ``date`` under whatever name the module has."""
    if isinstance(node, ast.Import):
        return any(alias.name == "time" for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return node.module == "time" and node.level == 0
    if not isinstance(node, ast.Attribute) or node.attr not in ("now", "utcnow", "today"):
        return False
    owner = node.value
    return (owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else "") in ("datetime", "date")


def test_the_machines_clock_is_read_in_named_places_only() -> None:
    found = {path.relative_to(ROOT).as_posix() for path, tree in modules() if any(map(looks_at_the_clock, ast.walk(tree)))}
    assert found == set(READS_THE_CLOCK)


@pytest.mark.parametrize(
    "line",
    ["import time", "import time as clock", "from time import monotonic", "datetime.now(UTC)", "dt.datetime.utcnow()", "x = date.today"],
)
def test_every_way_of_reading_the_clock_is_seen(line: str) -> None:
    assert any(map(looks_at_the_clock, ast.walk(ast.parse(line))))


def test_no_test_looks_at_a_clock() -> None:
    """How fast the machine is decides nothing: limits are told by counts (``tests/effort.py``), time limits by a clock that the test moves."""
    guilty = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if path.parent.name not in ("mutants", "rows", "soak", "years")  # tools, which say how far they are
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Import) and any(alias.name in ("time", "timeit") for alias in node.names))
        or (isinstance(node, ast.ImportFrom) and node.module in ("time", "timeit"))
    ]
    assert guilty == []


def test_no_module_is_called_utils() -> None:
    names = {path.stem for path in APP.rglob("*.py")}
    assert names.isdisjoint({"utils", "helpers", "misc", "common", "manager"})


LONG = 400  # lines
REASON = re.compile(r"One file because \w+(\W+\w+){4}")  # a sentence, not a word


def test_long_modules_say_why() -> None:
    """In their docstring, in a sentence that begins with “One file because”."""
    unexplained = []
    for path, tree in modules():
        lines = path.read_text(encoding="utf-8").count("\n")
        if lines > LONG and not REASON.search(ast.get_docstring(tree) or ""):
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
