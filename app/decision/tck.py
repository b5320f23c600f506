"""The DMN Technology Compatibility Kit: run its test files and count result nodes.

A test file `*-test-*.xml` names a model in its own directory; other models there serve as imports. A node passes when the value equals the
expected one (numbers to 8 decimals, as the kit's own runner does it); an expected null also passes when the evaluation is refused with an
error. `errors` counts nodes that could not be tried: no readable model, or an exception that is none of ours.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from app.decision import feel
from app.decision.dmn import DmnError, DmnEvaluationError, Model, read_model
from app.decision.dmn.reader import Element, read_xml

TOLERANCE: Final = Decimal("0.00000001")
XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
NOW: Final = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class KitFailure:
    """A result node that did not pass: where it is, what was expected, what came, why."""

    directory: str
    file: str
    case: str
    node: str
    kind: str
    expected: str
    actual: str
    reason: str


@dataclass(slots=True)
class Count:
    """Result nodes by outcome."""

    passed: int = 0
    failed: int = 0
    errors: int = 0
    total: int = 0

    def add(self, outcome: str) -> None:
        """Count one node: "passed", "failed" or "errors"."""
        setattr(self, outcome, getattr(self, outcome) + 1)
        self.total += 1


@dataclass(slots=True)
class Report:
    """Outcome of a run: totals, by directory (relative to the one given), and what did not pass."""

    count: Count = field(default_factory=Count)
    by_directory: dict[str, Count] = field(default_factory=dict)
    failures: list[KitFailure] = field(default_factory=list)

    def data(self) -> dict[str, object]:
        """The report as JSON data."""
        return {
            **asdict(self.count),
            "by_directory": {name: asdict(count) for name, count in self.by_directory.items()},
            "failures": [asdict(failure) for failure in self.failures],
        }

    def text(self) -> str:
        """The report for people."""
        lines = []
        for name, count in self.by_directory.items():
            mark = "  " if count.passed == count.total else "✗ "
            lines.append(f"{mark}{name}: {count.passed}/{count.total}")
        lines += [f"  {one.directory} {one.case} {one.node}: {one.reason}" for one in self.failures]
        share = 100 * self.count.passed / self.count.total if self.count.total else 0.0
        lines.append(
            f"通过 {self.count.passed}/{self.count.total}（{share:.2f} %），结果不符 {self.count.failed}，无法执行 {self.count.errors}"
        )
        return "\n".join(lines)


def main(directory: str | Path, as_json: bool = False) -> tuple[int, str]:
    """What `quancheng tck DIR [--json]` prints, and its exit code: 0 all passed, 1 some did not, 2 nothing to run."""
    root = Path(directory)
    if not root.is_dir():
        message = f"找不到目录 {root}（用 TCK_DIR 指定 DMN TCK 的位置）"
        return 2, json.dumps({"error": message}, ensure_ascii=False) if as_json else message
    report = run(root)
    if not report.count.total:
        message = f"{root} 下没有 *-test-*.xml 测试文件"
        return 2, json.dumps({**report.data(), "error": message}, ensure_ascii=False) if as_json else message
    code = 0 if report.count.passed == report.count.total else 1
    return code, json.dumps(report.data(), ensure_ascii=False, indent=1) if as_json else report.text()


def run(directory: str | Path, *, now: dt.datetime = NOW, zone: str = "UTC") -> Report:
    """Run every test file below a directory, in the order of their paths."""
    root = Path(directory)
    report = Report()
    environment = feel.Environment(now=now, zone=ZoneInfo(zone))
    models: dict[Path, dict[Path, Model | DmnError]] = {}
    for path in sorted(root.rglob("*-test-*.xml")):
        name = path.parent.relative_to(root).as_posix()
        count = report.by_directory.setdefault(name, Count())
        if path.parent not in models:
            models.clear()
            models[path.parent] = _read_models(path.parent)
        for outcome, failure in _run_file(path, name, models[path.parent], environment):
            count.add(outcome)
            report.count.add(outcome)
            if failure is not None:
                report.failures.append(failure)
    return report


def _read_models(directory: Path) -> dict[Path, Model | DmnError]:
    found: dict[Path, Model | DmnError] = {}
    for path in sorted(directory.glob("*.dmn")):
        try:
            found[path] = read_model(path.read_bytes(), name=path.name)
        except DmnError as error:
            found[path] = error
    return found


def _run_file(
    path: Path, directory: str, models: Mapping[Path, Model | DmnError], environment: feel.Environment
) -> Iterator[tuple[str, KitFailure | None]]:
    """One outcome for each result node of a test file."""
    root = read_xml(path.read_bytes(), name=path.name)
    name = _text(_first(root, "modelName")).strip()
    model = models.get(path.parent / name)
    if model is None:
        model = next((found for at, found in models.items() if path.name.startswith(f"{at.stem}-test-")), None)
    imports = {found.namespace: found for found in models.values() if isinstance(found, Model)}
    for case in _all(root, "testCase"):
        for node in _all(case, "resultNode"):
            expected = _value(_first(node, "expected"), environment)
            outcome, actual, reason = _try(model, case, node, expected=expected, imports=imports, environment=environment)
            failure = None
            if outcome != "passed":
                failure = KitFailure(
                    directory=directory,
                    file=path.name,
                    case=case.get("id") or "",
                    node=node.get("name") or "",
                    kind=outcome,
                    expected=_show(expected),
                    actual=actual,
                    reason=reason,
                )
            yield outcome, failure


def _try(
    model: Model | DmnError | None,
    case: Element,
    node: Element,
    expected: object,
    imports: Mapping[str, Model],
    environment: feel.Environment,
) -> tuple[str, str, str]:
    """Outcome, the value that came, and why it is not the expected one."""
    if model is None:
        return "errors", "", "没有这个测试的模型文件"
    if isinstance(model, DmnError):
        return "errors", "", str(model)
    try:
        actual = _evaluate(model, case, node, imports, environment)
    except (DmnEvaluationError, DmnError, feel.FeelError) as error:
        if expected is None:
            return "passed", "", ""
        return "failed", "", f"{type(error).__name__} {error}"
    except Exception as error:  # a crash of ours is what the kit is to find: it is counted and shown
        return "errors", "", f"{type(error).__name__}: {error}"
    if equal(expected, actual):
        return "passed", _show(actual), ""
    return "failed", _show(actual), f"应为 {_show(expected)}，得到 {_show(actual)}"


def _evaluate(model: Model, case: Element, node: Element, imports: Mapping[str, Model], environment: feel.Environment) -> object:
    context = _context(model, case, environment)
    name = " ".join((node.get("name") or "").split())
    model = imports.get(node.get("namespace") or "", model)
    kind = case.get("type") or "decision"
    if kind == "decisionService":
        service = case.get("invocableName") or ""
        output = model.evaluate_service(service, context, environment, imports=imports).output
        found = model.find_service(service)
        several = found is not None and len(found.outputs) > 1
        return output.get(name) if several and isinstance(output, dict) else output
    if kind == "bkm":
        return model.evaluate_knowledge(case.get("invocableName") or name, context, environment, imports=imports).output
    if model.find_decision(name) is None and model.find_service(name) is not None:
        return model.evaluate_service(name, context, environment, imports=imports).output
    return model.evaluate(name, context, environment, imports=imports).output


def _context(model: Model, case: Element, environment: feel.Environment) -> dict[str, object]:
    """Input nodes by name; those of an imported model also under its import's name."""
    prefixes = {found.namespace: found.name for found in model.imports}
    context: dict[str, object] = {}
    nested: dict[str, dict[str, object]] = {}
    for node in _all(case, "inputNode"):
        name = " ".join((node.get("name") or "").split())
        value = _value(node, environment)
        prefix = prefixes.get(node.get("namespace") or "")
        if prefix:
            nested.setdefault(prefix, {})[name] = value
        context[name] = value
    for prefix, values in nested.items():
        context.setdefault(prefix, values)
    return context


def _value(element: Element | None, environment: feel.Environment) -> object:
    """A value of the kit's XML: value, components or list; nil and nothing are null."""
    if element is None or element.get(f"{XSI}nil") in ("true", "1"):
        return None
    components = _all(element, "component")
    if components:
        return {" ".join((part.get("name") or "").split()): _value(part, environment) for part in components}
    items = _first(element, "list")
    if items is not None:
        if items.get(f"{XSI}nil") in ("true", "1"):
            return None
        return [_value(item, environment) for item in _all(items, "item")]
    single = _first(element, "value")
    if single is None or single.get(f"{XSI}nil") in ("true", "1"):
        return None
    return _typed(_text(single), (single.get(f"{XSI}type") or "").rpartition(":")[2], environment)


def _typed(text: str, kind: str, environment: feel.Environment) -> object:
    """A text of an XML Schema type as a FEEL value."""
    if kind in NUMBERS:
        try:
            return Decimal(text.strip())
        except InvalidOperation:
            return text
    if kind == "boolean":
        return text.strip() in ("true", "1")
    function = CONSTRUCTORS.get(kind)
    if function is None:
        return text
    made = feel.compile(f"{function}(text)").evaluate({"text": text.strip()}, environment)
    return text if made is None else made


NUMBERS: Final = frozenset({"decimal", "double", "float", "integer", "int", "long", "short"})
CONSTRUCTORS: Final = {
    "date": "date",
    "time": "time",
    "dateTime": "date and time",
    "duration": "duration",
    "dayTimeDuration": "duration",
    "yearMonthDuration": "duration",
}


def equal(expected: object, actual: object) -> bool:
    """Whether a value is the expected one: numbers to 8 decimals, lists item by item, contexts entry by entry, temporals by value or text."""
    if expected is None or actual is None:
        return expected is actual
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    if isinstance(expected, Decimal | int) and isinstance(actual, Decimal | int):
        return abs(Decimal(expected) - Decimal(actual)) < TOLERANCE
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(equal(one, other) for one, other in zip(expected, actual, strict=True))
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(equal(value, actual[key]) for key, value in expected.items())
    if isinstance(expected, str) or isinstance(actual, str):
        return type(expected) is type(actual) and expected == actual
    if feel.type_name(expected) != feel.type_name(actual):
        return False
    return bool(expected == actual) or feel.to_text(expected) == feel.to_text(actual)


def _show(value: object) -> str:
    if value is None:
        return "null"
    try:
        text = feel.to_text(value) if not isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    except feel.FeelError:
        text = str(value)
    return str(text)[:SHOWN]


def _local(element: Element) -> str:
    tag: Any = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _all(element: Element, name: str) -> list[Element]:
    return [child for child in element if _local(child) == name]


def _first(element: Element, name: str) -> Element | None:
    return next((child for child in element if _local(child) == name), None)


def _text(element: Element | None) -> str:
    return "" if element is None else "".join(element.itertext())
