"""FEEL and DMN: microseconds a decision and a comparison, and the other Python libraries on what all three can do."""

import subprocess
import sys
import warnings
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from app.decision import dmn, feel
from bench.measure import timed

ELSEWHERE = Path(__file__).resolve().parent.parent / ".tmp" / "bench-packages"
ENVIRONMENT = feel.Environment(now=datetime(2026, 3, 10, tzinfo=UTC), zone=ZoneInfo("Asia/Shanghai"))

# What pySFeel and bkflow-feel understand as well; variables are read from the context where the library has one.
COMMON = (
    "1 + 2 * 3",
    "(100 - 40) / 4",
    "10 > 5",
    "4000000.01 > 4000000.00",
    '"abc" = "abc"',
    "1 = 1 and 2 = 2",
    "true or false",
    "not(false)",
    "5 between 1 and 10",
    "2 * (3 + 4) - 5",
)


def table(rows: int) -> bytes:
    """A UNIQUE table of ``rows`` rows and four inputs: two numbers, a word, a switch."""
    kinds = ("建设类", "运维类", "购买服务类", "其他")
    body = []
    for number in range(rows):
        low, high = (number // 4) * 1000, (number // 4 + 1) * 1000
        cells = (f"[{low}..{high})", f'"{kinds[number % 4]}"', ">= 0", "true,false")
        entries = "".join(
            f'<inputEntry id="c{number}{i}"><text>{cell.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")}</text></inputEntry>'
            for i, cell in enumerate(cells)
        )
        body.append(f'<rule id="r{number}">{entries}<outputEntry id="o{number}"><text>{number}</text></outputEntry></rule>')
    inputs = "".join(
        f'<input id="i{i}"><inputExpression id="e{i}" typeRef="{kind}"><text>{name}</text></inputExpression></input>'
        for i, (name, kind) in enumerate((("amount", "number"), ("projectType", "string"), ("ratio", "number"), ("flag", "boolean")))
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n"><decision id="t" name="t">'
        f'<decisionTable id="dt" hitPolicy="UNIQUE">{inputs}<output id="o" name="row" typeRef="number"/>{"".join(body)}</decisionTable></decision></definitions>'
    ).encode()


def run() -> None:
    model = dmn.parse(table(20), name="bench.dmn")
    context = {"amount": 4500, "projectType": "购买服务类", "ratio": 1, "flag": True}
    assert model.evaluate("t", context, ENVIRONMENT).output == 18
    print(f"20-row, 4-input table, last rows    {timed(lambda: model.evaluate('t', context, ENVIRONMENT))}   goal 100 µs")
    comparison = feel.compile("totalAmount > 4000000")
    facts = {"totalAmount": 4000001}
    print(f"comparison totalAmount > 4000000    {timed(lambda: comparison.evaluate(facts, ENVIRONMENT))}   goal 3 µs")
    _others()


def _others() -> None:
    _install()
    sys.path.insert(0, str(ELSEWHERE))
    warnings.simplefilter("ignore")
    compiled = [feel.compile(text) for text in COMMON]
    ours = timed(lambda: [expression.evaluate({}, ENVIRONMENT) for expression in compiled], seconds=0.02)
    reparsed = timed(lambda: [feel.compile(text).evaluate({}, ENVIRONMENT) for text in COMMON], seconds=0.02)
    print(f"{len(COMMON)} expressions, ours               {ours}")
    print(f"  the same given as text each time   {reparsed}")
    for name, call in _rivals():
        theirs = timed(call, batches=5, seconds=0.1)
        print(
            f"  {name:32} {theirs}   ours is {theirs.median / ours.median:.0f} times as fast, {theirs.median / reparsed.median:.0f} times from text"
        )


def _rivals() -> list[tuple[str, object]]:
    rivals: list[tuple[str, object]] = []
    import pySFeel  # type: ignore[import-not-found]

    parser = pySFeel.SFeelParser()
    rivals.append(("pySFeel 1.4.2", lambda: [parser.sFeelParse(text) for text in COMMON]))
    from bkflow_feel.api import parse_expression  # type: ignore[import-not-found]

    rivals.append(("bkflow-feel 1.2.0", lambda: [parse_expression(text, {}) for text in COMMON]))
    return rivals


def _install() -> None:
    if not (ELSEWHERE / "pySFeel").exists() or not (ELSEWHERE / "bkflow_feel").exists():
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pip",
                "install",
                "-q",
                "--disable-pip-version-check",
                "--target",
                str(ELSEWHERE),
                "pySFeel==1.4.2",
                "bkflow-feel==1.2.0",
            ],
            check=True,
        )
