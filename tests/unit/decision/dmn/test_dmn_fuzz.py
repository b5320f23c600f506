"""Files that somebody broke in an editor, and inputs that nobody expected: only our own errors ever come out."""

from __future__ import annotations

import copy
import random
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from app.decision import dmn, feel

TEXTS = [
    "",
    "-",
    "not(",
    "x",
    "[1..",
    '"a"',
    "not(null)",
    "]1..2[",
    "? > 1",
    "for i in",
    "{a: 1}.a",
    '@"x"',
    "9" * 50,
    "(",
    "金额",
    "“x”",
    "null, null",
]
TAGS = [
    "context",
    "list",
    "decisionTable",
    "literalExpression",
    "invocation",
    "relation",
    "row",
    "for",
    "text",
    "rule",
    "input",
    "output",
    "decision",
]
VALUES = [
    None,
    True,
    0,
    -1,
    Decimal("1E+300"),
    0.1,
    float("inf"),
    "",
    "x" * 1000,
    "\x00",
    "合格",
    [],
    [None],
    [[1]],
    {},
    {"a": {"b": 1}},
    10**40,
]


def spoil(root: etree._Element, chance: random.Random) -> None:
    """One thing that a careless hand may do to a file."""
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    element, other = chance.choice(elements), chance.choice(elements)
    parent = element.getparent()
    act = chance.randrange(7)
    if act == 0 and parent is not None:
        parent.remove(element)
    elif act == 1 and parent is not None:
        parent.append(copy.deepcopy(element))
    elif act == 2 and element.attrib:
        del element.attrib[chance.choice(list(element.attrib))]
    elif act == 3 and element.attrib:
        values = ["", "x", "#x", "number", "list<", "a b", "COLLECT", "SUM", "feel:string", *other.attrib.values()]
        element.attrib[chance.choice(list(element.attrib))] = chance.choice(values)
    elif act == 4:
        element.text = chance.choice(TEXTS)
    elif act == 5 and parent is not None:
        element.tag = f"{{{etree.QName(element).namespace or ''}}}{chance.choice(TAGS)}"
    elif act == 6:
        element.append(copy.deepcopy(other))


@pytest.mark.parametrize("seed", range(8))
def test_spoilt_files_give_our_errors_or_work(data: Path, environment: feel.Environment, seed: int) -> None:
    chance = random.Random(seed)
    files = sorted(data.rglob("*.dmn"))
    for _ in range(40):
        root = etree.fromstring(chance.choice(files).read_bytes())
        for _ in range(chance.randint(1, 4)):
            spoil(root, chance)
        try:
            model = dmn.read_model(etree.tostring(root), name="spoilt.dmn")
        except dmn.DmnError:
            continue
        assert all(str(problem) for problem in dmn.check(model))
        for decision in model.decisions:
            try:
                model.evaluate(decision, {"n": 1, "amount": "x"}, environment)
            except (dmn.DmnEvaluationError, dmn.DmnError) as error:
                assert str(error)  # noqa: PT017 - that an error may come is the point, not that it must


@pytest.mark.parametrize("file", ["change_sucheng.dmn", "establishment.dmn", "services.dmn", "boxed.dmn"])
def test_any_input_gives_a_result_or_our_error(data: Path, environment: feel.Environment, file: str) -> None:
    chance = random.Random(file)
    model = dmn.parse((data / file).read_bytes(), name=file)
    names = sorted({one.variable.name for one in model.parts.inputs.values()})
    for _ in range(100):
        values = {name: chance.choice(VALUES) for name in names}
        for decision in model.decisions:
            try:
                output = model.evaluate(decision, values, environment).output
            except dmn.DmnEvaluationError:
                continue
            if decision != "endless":
                feel.to_text(output)
