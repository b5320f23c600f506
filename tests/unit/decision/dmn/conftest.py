"""Small decision files made in the test that reads them, and one way to evaluate them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

import pytest

from app.decision import dmn, feel

DATA = Path(__file__).parents[3] / "data" / "dmn"
NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def _column(tag: str, spec: str, number: int) -> str:
    """`name:type{allowed}=default` as an input or output clause; type, allowed and default may be missing."""
    spec, _, default = spec.partition(" default ")
    spec, _, allowed = spec.partition("{")
    name, _, kind = spec.partition(":")
    type_ref = f" typeRef={quoteattr(kind)}" if kind else ""
    allowed = allowed.rstrip("}")
    if tag == "input":
        values = f"<inputValues><text>{escape(allowed)}</text></inputValues>" if allowed else ""
        return (
            f'<input id="i{number}"><inputExpression id="e{number}"{type_ref}><text>{escape(name)}</text></inputExpression>{values}</input>'
        )
    values = f"<outputValues><text>{escape(allowed)}</text></outputValues>" if allowed else ""
    entry = f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>" if default else ""
    return f'<output id="o{number}" name={quoteattr(name)}{type_ref}>{values}{entry}</output>'


def table_xml(
    inputs: Sequence[str],
    outputs: Sequence[str],
    rules: Sequence[Sequence[str]],
    policy: str = "UNIQUE",
    *,
    variable: str = "",
    annotations: Sequence[str] = (),
    before: str = "",
    inside: str = "",
) -> bytes:
    """A file with one table, decision id `d`. A policy may carry an operator: `COLLECT SUM`. Cells after the outputs are annotations."""
    columns = "".join(_column("input", spec, number) for number, spec in enumerate(inputs))
    columns += "".join(_column("output", spec, number) for number, spec in enumerate(outputs))
    columns += "".join(f"<annotation name={quoteattr(name)}/>" for name in annotations)
    rows = []
    for number, cells in enumerate(rules, start=1):
        tests = cells[: len(inputs)]
        results = cells[len(inputs) : len(inputs) + len(outputs)]
        notes = cells[len(inputs) + len(outputs) :]
        rows.append(
            f'<rule id="row{number}">'
            + "".join(f"<inputEntry><text>{escape(text)}</text></inputEntry>" for text in tests)
            + "".join(f"<outputEntry><text>{escape(text)}</text></outputEntry>" for text in results)
            + "".join(f"<annotationEntry><text>{escape(text)}</text></annotationEntry>" for text in notes)
            + "</rule>"
        )
    word, _, operator = policy.partition(" ") if policy.startswith("COLLECT") else (policy, "", "")
    aggregation = f' aggregation="{operator}"' if operator else ""
    declared = f'<variable name="d" typeRef={quoteattr(variable)}/>' if variable else ""
    table = f'<decisionTable id="t" hitPolicy="{word}"{aggregation}>{columns}{"".join(rows)}</decisionTable>'
    return file_xml(f'{before}<decision id="d" name="决定">{declared}{inside}{table}</decision>')


def file_xml(body: str, namespace: str = NAMESPACE, own: str = "urn:test") -> bytes:
    """A definitions element around a body."""
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="{namespace}" id="f" name="测试" namespace="{own}">{body}</definitions>'
    return text.encode()


@pytest.fixture(name="environment")
def _environment() -> feel.Environment:
    zone = ZoneInfo("Asia/Shanghai")
    far = feel.Limits(seconds=600)  # what is to be stopped is stopped by a count, however slow the machine
    return feel.Environment(now=dt.datetime(2026, 3, 10, 9, tzinfo=zone), zone=zone, limits=far)


@pytest.fixture(name="decide")
def _decide(environment: feel.Environment) -> Callable[..., dmn.Evaluation]:
    """Evaluate decision `d` (or another) of a file's bytes with the given variables."""

    def decide(source: bytes, values: Mapping[str, object] | None = None, decision: str = "d") -> dmn.Evaluation:
        return dmn.parse(source, name="test.dmn").evaluate(decision, values or {}, environment)

    return decide


@pytest.fixture(name="data")
def _data() -> Path:
    return DATA


@pytest.fixture(name="table")
def _table() -> Callable[..., bytes]:
    return table_xml


@pytest.fixture(name="wrap")
def _wrap() -> Callable[..., bytes]:
    return file_xml
