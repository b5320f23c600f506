"""What a decision gave, in words: columns by their titles, years as years, no codes and no names of machines."""

from decimal import Decimal
from typing import Any

import pytest

from app.catalogue import snapshot
from app.decision import dmn
from app.engine import DecisionRef
from app.seen import values, wording

TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d"><decision id="route" name="办理方式">
<decisionTable hitPolicy="FIRST"><input id="i"><inputExpression id="e"><text>1</text></inputExpression></input>
<output id="a" name="way" label="方式" /><output id="b" name="year" label="年度" /><output id="c" name="amount" label="金额" />
<output id="f" name="needed" label="须评审" /><output id="g" name="hidden" />
<rule id="r"><inputEntry id="x"><text>-</text></inputEntry><outputEntry id="y1"><text>null</text></outputEntry>
<outputEntry id="y2"><text>null</text></outputEntry><outputEntry id="y3"><text>null</text></outputEntry>
<outputEntry id="y4"><text>null</text></outputEntry><outputEntry id="y5"><text>null</text></outputEntry></rule></decisionTable></decision></definitions>"""


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Any:
    found = DecisionRef(7, 3, "route", dmn.parse(TABLE.encode()))
    monkeypatch.setattr(snapshot, "decision", {7: found}.__getitem__)
    return lambda output: wording.decided(7, output)


@pytest.mark.parametrize(
    ("output", "words"),
    [
        (
            {"way": "公开招标", "year": 2026, "amount": Decimal("1200000.5"), "needed": False},
            "方式：公开招标；年度：2026；金额：1,200,000.5；须评审：否",
        ),
        ({"way": "公开招标", "hidden": "没有名称的列"}, "方式：公开招标"),
        ({"way": "OPEN_TENDER", "year": None}, ""),
        ([{"way": "公开招标"}, {"way": "竞争性磋商"}], "方式：公开招标；方式：竞争性磋商"),
        ({"way": ["公开招标", "询价", "OTHER"]}, "方式：公开招标、询价"),
        ({"way": "2026-03-01"}, "方式：2026-03-01"),
        ("不予受理", "不予受理"),
        ("REJECTED", ""),
        (True, "是"),
        (None, ""),
    ],
)
def test_an_output_in_words(said: Any, output: Any, words: str) -> None:
    assert said(output) == words


def test_a_table_that_cannot_be_read_any_more_gives_no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(key: int) -> DecisionRef:
        raise dmn.DmnError([])

    monkeypatch.setattr(snapshot, "decision", gone)
    assert wording.decided(7, {"way": "公开招标"}) == ""
    assert wording.decided(7, "公开招标") == "公开招标"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (2026, "2026"),
        (Decimal(2026), "2026"),
        (9999, "9999"),
        (10000, "10,000"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1234.50"), "1,234.50"),
        (-12345, "-12,345"),
        (0, "0"),
    ],
)
def test_years_and_days_are_said_plainly_and_amounts_in_groups(number: Decimal | int, said: str) -> None:
    assert values.number(number) == said
