"""What cases and tests say that they show: requirement ids in a case's name, in a test's name or on its mark. Tests are read, never imported."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.rehearsal import case_names
from app.rehearsal.case_names import ALLOWED, BOTH, REFUSED
from app.rehearsal.scenarios import CaseResult

_MARK = "requirement"
_MARKED = {ALLOWED: frozenset({ALLOWED}), REFUSED: frozenset({REFUSED}), "both": BOTH}
_IN_NAME = re.compile(r"(?<![a-z0-9])([a-z]{2})_(\d+)_(\d+)(?![0-9])")
_NOT_IN_MAKE_TEST = frozenset({"soak", "releases"})  # folders, and marks, that ``make test`` leaves out
_LEFT_OUT = _NOT_IN_MAKE_TEST | {"skip", "xfail"}


@dataclass(frozen=True, slots=True)
class Claim:
    """``where``: the file and the case, or the test. ``trail``: what the case went through; None of a test, which is no run of a rehearsal."""

    requirement: str
    sides: frozenset[str]
    where: str
    trail: frozenset[str] | None = None
    district: str | None = None  # whose files the case is about; None: anybody's


def of_case(result: CaseResult, file: str) -> Iterator[Claim]:
    """Those of a case that holds; one that fails shows nothing."""
    if result.ok:
        yield from (
            Claim(key, sides, f"{file} {result.case}", result.trail, result.district)
            for key, sides in case_names.requirements(result.case).items()
        )


def of_tests(folder: Path) -> list[Claim]:
    """Those of the tests that ``make test`` runs, in the order of the files."""
    return [claim for file in sorted(folder.rglob("test_*.py")) for claim in _of_file(file, folder.parent)]


def _of_file(file: Path, root: Path) -> Iterator[Claim]:
    place = file.relative_to(root)
    source = file.read_text(encoding="utf-8")
    if _NOT_IN_MAKE_TEST & set(place.parts) or not (f"mark.{_MARK}" in source or _IN_NAME.search(source)):
        return
    tree = ast.parse(source)
    whole = _marks(_pytestmark(tree.body))
    yield from _of_tests(tree.body, whole, place.as_posix())


def _of_tests(body: Iterable[ast.stmt], above: dict[str, list[ast.Call | None]], where: str) -> Iterator[Claim]:
    for node in body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            marks = _joined(above, _marks(node.decorator_list), _marks(_pytestmark(node.body)))
            yield from _of_tests(node.body, marks, f"{where}::{node.name}")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            marks = _joined(above, _marks(node.decorator_list))
            if _LEFT_OUT & set(marks):
                continue
            found: dict[str, frozenset[str]] = {
                f"{a.upper()}-{b}-{c}": BOTH for a, b, c in _IN_NAME.findall(node.name.removeprefix("test_"))
            }
            for call in marks.get(_MARK, []):
                found |= _said(call)
            yield from (Claim(key, sides, f"{where}::{node.name}") for key, sides in found.items())


def _said(call: ast.Call | None) -> dict[str, frozenset[str]]:
    """``pytest.mark.requirement("SC-5-3", "FX-5-1", side="refused")``; without a side a test shows both."""
    if call is None:
        return {}
    side = next((word.value.value for word in call.keywords if word.arg == "side" and isinstance(word.value, ast.Constant)), "both")
    ids = [part.value for part in call.args if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return dict.fromkeys(ids, _MARKED.get(str(side), frozenset()))


def _joined(*several: dict[str, list[ast.Call | None]]) -> dict[str, list[ast.Call | None]]:
    names = dict.fromkeys(name for marks in several for name in marks)
    return {name: [call for marks in several for call in marks.get(name, [])] for name in names}


def _marks(decorators: Iterable[ast.expr]) -> dict[str, list[ast.Call | None]]:
    """The marks among decorators, by name: each as it is called, None where it is not."""
    found: dict[str, list[ast.Call | None]] = {}
    for decorator in decorators:
        call = decorator if isinstance(decorator, ast.Call) else None
        named = call.func if call is not None else decorator
        if isinstance(named, ast.Attribute) and isinstance(named.value, ast.Attribute) and named.value.attr == "mark":
            found.setdefault(named.attr, []).append(call)
    return found


def _pytestmark(body: Iterable[ast.stmt]) -> list[ast.expr]:
    for node in body:
        if isinstance(node, ast.Assign) and any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets):
            return list(node.value.elts) if isinstance(node.value, ast.List | ast.Tuple) else [node.value]
    return []
