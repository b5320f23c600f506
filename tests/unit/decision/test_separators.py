"""`<= 4,000,000` is three tests in FEEL: told, with what to write; lists of numbers and dates are let alone."""

import pytest

from app.decision import dmn
from app.decision.separators import grouped_numbers, told
from app.rehearsal import lint


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<= 4,000,000", ["4,000,000"]), ("4,000,000", ["4,000,000"]), ("[4,000..5,000]", ["4,000", "5,000"]), ("amount in (4,000,000)", ["4,000,000"]),
        ("> 12,500,000", ["12,500,000"]), ("< 1, 000", ["1, 000"]), ("1,2,3", []), ("1, 20, 300", []), ("0,1", []), ("1,0", []), ('"4,000"', []),
        ("date(2027,01,01)", []), ('"x", "y"', []), ("4000000", []), ("x1,000", []), ("0.5,0.75", []),
    ],
)  # fmt: skip
def test_numbers_in_groups(text: str, found: list[str]) -> None:
    assert grouped_numbers(text) == found


def test_the_sentence_says_what_to_write() -> None:
    assert told("<= 4,000,000").endswith("请写成 4000000")
    assert told("<= 4000000") == ""


TABLE = """<?xml version="1.0"?><definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
<decision id="fits" name="fits"><decisionTable id="t"><input id="i"><inputExpression id="e"><text>amount</text></inputExpression></input>
<output id="o" name="o"/><rule id="r"><inputEntry id="a"><text>&lt;= 4,000,000</text></inputEntry><outputEntry id="b"><text>1</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


def test_a_table_with_one_is_refused_at_its_cell() -> None:
    found = [problem for problem in dmn.check(dmn.parse(TABLE.encode(), name="fits.dmn")) if problem.code == "dmn.separator"]
    assert [(problem.decision, problem.rule, problem.severity) for problem in found] == [("fits", 1, "error")]
    assert "请写成 4000000" in found[0].message
    assert [
        one.code
        for one in lint.check([("dmn/fits.dmn", TABLE.replace("&lt;= 4,000,000", "4,000,000").encode())])
        if one.severity == "error"
    ] == ["dmn.separator"]
