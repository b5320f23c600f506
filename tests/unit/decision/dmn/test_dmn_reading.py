"""Files as modelers write them in every DMN version, and files that nobody should be able to hurt us with."""

from __future__ import annotations

import tracemalloc
from decimal import Decimal

import pytest

from app.decision import dmn, feel
from tests.effort import effort

BODY = (
    '<inputData id="i" name="金额"><variable name="金额" typeRef="{number}"/></inputData>'
    '<decision id="d" name="决定"><variable name="决定" typeRef="{string}"/>'
    '<informationRequirement><requiredInput href="#i"/></informationRequirement>'
    '<decisionTable id="t"><input><inputExpression typeRef="{number}"><text>金额</text></inputExpression></input><output typeRef="{string}"/>'
    '<rule id="r1"><inputEntry><text>&lt;= 5</text></inputEntry><outputEntry><text>"小"</text></outputEntry></rule>'
    '<rule id="r2"><inputEntry><text>&gt; 5</text></inputEntry><outputEntry><text>"大"</text></outputEntry></rule>'
    "</decisionTable></decision>"
)
NAMESPACES = {
    "1.1": "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "1.2": "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "1.3": "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "1.4": "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "1.5": "https://www.omg.org/spec/DMN/20230324/MODEL/",
}


@pytest.mark.parametrize(("version", "namespace"), NAMESPACES.items())
def test_every_version_is_read(decide, wrap, version, namespace):
    source = wrap(BODY.format(number="number", string="string"), namespace)
    assert dmn.parse(source).version == version
    assert decide(source, {"金额": 6}).output == "大"


def test_any_prefix_is_read(environment):
    body = BODY.format(number="number", string="string").replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:")
    source = f'<x:definitions xmlns:x="{NAMESPACES["1.3"]}" id="f" name="n" namespace="urn:n">{body}</x:definitions>'.encode()
    assert dmn.parse(source).evaluate("d", {"金额": 1}, environment).output == "小"


def test_qualified_type_names_of_dmn_1_1_are_read(environment):
    body = BODY.format(number="feel:number", string="feel:string")
    feel_uri = "http://www.omg.org/spec/FEEL/20140401"
    source = (
        f'<definitions xmlns="{NAMESPACES["1.1"]}" xmlns:feel="{feel_uri}" id="f" name="n" namespace="urn:n">{body}</definitions>'.encode()
    )
    model = dmn.parse(source)
    assert model.decisions["d"].inputs[0].type == "number"
    assert model.evaluate("d", {"金额": 6}, environment).output == "大"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("integer", "number"),
        ("long", "number"),
        ("double", "number"),
        ("dateTime", "date and time"),
        ("date", "date"),
        ("Any", "Any"),
        ("any", "Any"),
    ],
)
def test_type_names_of_other_modelers_are_mapped(table, written, meant):
    assert dmn.parse(table([f"x:{written}"], ["o"], [["-", "1"]])).decisions["d"].inputs[0].type == meant


def test_utf_16_with_a_byte_order_mark_is_read(wrap, decide):
    text = wrap(BODY.format(number="number", string="string")).decode().replace("UTF-8", "UTF-16")
    assert decide(text.encode("utf-16"), {"金额": 6}).output == "大"


def test_comments_and_instructions_do_not_cut_a_cell_short(wrap, decide):
    body = '<decision id="d" name="d"><literalExpression><text>1 <!-- one -->+<?x y?> 1</text></literalExpression></decision>'
    assert decide(wrap(body)).output == Decimal(2)


def test_the_public_view_shows_the_table_as_written(table):
    source = table(['kind:string{"甲","乙"}'], ["o:number default 0"], [['"甲"', "1", "SC-1"]], "FIRST", annotations=["条款"])
    decision = dmn.parse(source, name="x.dmn").decisions["d"]
    assert (decision.kind, decision.hit_policy, decision.policy_code) == ("decisionTable", "FIRST", "F")
    assert decision.inputs == (dmn.InputColumn("kind", "kind", "string", '"甲","乙"'),)
    assert (decision.outputs[0].name, decision.outputs[0].type, decision.outputs[0].default) == ("o", "number", "0")
    assert decision.rules == (dmn.Rule("row1", 1, ('"甲"',), ("1",), {"条款": "SC-1"}),)
    assert decision.names == {"kind"}


def refused(source: bytes, environment: feel.Environment) -> dmn.DmnProblem:
    """The first error about a file that must not get through: at reading, at the check, or at evaluation."""
    try:
        model = dmn.parse(source, name="坏.dmn")
        errors = [problem for problem in dmn.check(model) if problem.severity == "error"]
        if errors:
            return errors[0]
        model.evaluate(next(iter(model.decisions)), {}, environment)
    except dmn.DmnError as error:
        return error.problems[0]
    except dmn.DmnEvaluationError as error:
        return dmn.DmnProblem(error.code, error.message, error.file, error.decision, error.rule, error.column, error.text)
    raise AssertionError("the file got through")


def literal(text: str) -> bytes:
    """A file with one literal expression."""
    return (
        f'<definitions xmlns="{NAMESPACES["1.3"]}" id="f" name="n" namespace="urn:n"><decision id="d" name="决定">'
        f"<literalExpression><text>{text}</text></literalExpression></decision></definitions>"
    ).encode()


GOOD = literal("1")
MANY_ROWS = "<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>"
TABLE = '<decisionTable><input><inputExpression><text>x</text></inputExpression></input><output name="o"/>{}</decisionTable>'


def in_table(rules: str) -> bytes:
    return literal("").replace(b"<literalExpression><text></text></literalExpression>", TABLE.format(rules).encode())


HOSTILE = {
    "empty": (b"", "dmn.empty"),
    "blank": (b"\xef\xbb\xbf \n", "dmn.empty"),
    "html": (b"<!DOCTYPE html><html><body>x</body></html>", "dmn.not_dmn"),
    "html without doctype": (b"<html><head/></html>", "dmn.not_dmn"),
    "text": ("这不是 XML".encode(), "dmn.not_dmn"),
    "binary": (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "dmn.not_dmn"),
    "process diagram": (b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>', "dmn.not_dmn"),
    "unknown version": (b'<definitions xmlns="https://www.omg.org/spec/DMN/20990101/MODEL/"/>', "dmn.version"),
    "external entity": (b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + GOOD.replace(b">1<", b">&x;<"), "dmn.doctype"),
    "billion laughs": (
        b'<?xml version="1.0"?><!-- c --><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">'
        + b'<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">' * 8
        + b"]><d>&b;</d>",
        "dmn.doctype",
    ),
    "parameter entity": (b'<!DOCTYPE d [<!ENTITY % p SYSTEM "http://127.0.0.1/x"> %p;]>' + GOOD, "dmn.doctype"),
    "doctype in utf-16": (('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE d><d/>').encode("utf-16"), "dmn.doctype"),
    "harmless doctype": (b"<!DOCTYPE definitions>" + GOOD, "dmn.doctype"),
    "nul": (GOOD.replace(b">1<", b">1\x00<"), "dmn.encoding"),
    "invalid utf-8": (GOOD.replace(b">1<", b">\xff\xfe<"), "dmn.encoding"),
    "unknown encoding": (b'<?xml version="1.0" encoding="x-none"?>' + GOOD, "dmn.encoding"),
    "undefined entity": (GOOD.replace(b">1<", b">&nbsp;<"), "dmn.xml"),
    "cut off": (GOOD[:-20], "dmn.xml"),
    "5 MB cell": (literal("1+" * 2_600_000 + "1"), "dmn.too_large"),
    "1 MB cell": (literal("1+" * 500_000 + "1"), "dmn.too_large"),
    "20,000 levels": (literal("x").replace(b"<text>x</text>", b"<a>" * 20_000 + b"</a>" * 20_000), "dmn.nesting"),
    "a million elements": (literal("x").replace(b"<text>x</text>", b"<a/>" * 1_000_000), "dmn.too_large"),
    "a quarter of a million elements": (literal("x").replace(b"<text>x</text>", b"<a/>" * 250_000), "dmn.no_logic"),
    "too many rows": (in_table(MANY_ROWS * 6_000), "dmn.too_large"),
    "row too short": (in_table("<rule><inputEntry><text>-</text></inputEntry></rule>"), "dmn.row_cells"),
    "row too long": (in_table("<rule>" + "<inputEntry><text>-</text></inputEntry>" * 900 + "</rule>"), "dmn.row_cells"),
    "deep brackets": (literal("(" * 5_000 + "1" + ")" * 5_000), "feel_limit_nesting"),
    "python": (literal("().__class__.__bases__"), ""),
    "import os": (literal('__import__("os").system("id")'), ""),
    "huge power": (literal("9**99999999"), "feel_limit_"),
    "endless loop": (literal("for i in 1..100000000 return i"), "feel_limit_"),
    "loops in loops": (literal("for i in 1..5000, j in 1..5000 return i * j"), "feel_limit_"),
    "java": (
        literal("").replace(
            b"<literalExpression><text></text></literalExpression>",
            b'<functionDefinition kind="Java"><context><contextEntry><variable name="class"/><literalExpression><text>"java.lang.Runtime"</text>'
            b"</literalExpression></contextEntry></context></functionDefinition>",
        ),
        "dmn.external_function",
    ),
    "other language": (GOOD.replace(b"<literalExpression>", b'<literalExpression expressionLanguage="javascript">'), "dmn.language"),
    "no decision": (f'<definitions xmlns="{NAMESPACES["1.3"]}" id="f" name="n" namespace="urn:n"/>'.encode(), "dmn.no_decision"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_give_one_clear_error_and_cheaply(name, environment):
    source, code = HOSTILE[name]
    problems: list[dmn.DmnError] = []
    assert effort(lambda: problems.append(refused(source, environment))) < 2_000_000
    problem = problems[0]
    tracemalloc.start()
    refused(source, environment)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert problem.code.startswith(code)
    assert any("一" <= character <= "鿿" for character in problem.message)
    assert len(str(problem)) < 400
    assert peak < 100_000_000


def test_a_self_requiring_decision_is_refused_and_named(wrap):
    body = (
        '<decision id="a" name="甲"><informationRequirement><requiredDecision href="#b"/></informationRequirement>'
        '<literalExpression><text>1</text></literalExpression></decision><decision id="b" name="乙"><informationRequirement>'
        '<requiredDecision href="#a"/></informationRequirement><literalExpression><text>1</text></literalExpression></decision>'
    )
    with pytest.raises(dmn.DmnError) as caught:
        dmn.parse(wrap(body), name="环.dmn")
    assert caught.value.code == "dmn.cycle"
    assert "甲 → 乙 → 甲" in str(caught.value)


def test_all_problems_are_reported_at_once_with_their_places(table):
    source = table(["x:number", "y:wrong"], ["o"], [["> 5 >", "-", "1"], ["1", "(2", "“甲”"]])
    with pytest.raises(dmn.DmnError) as caught:
        dmn.parse(source, name="错.dmn")
    places = {(problem.rule, problem.column) for problem in caught.value.problems}
    assert {(None, "y"), (1, "x"), (2, "y"), (2, "o")} <= places
    assert all(problem.file == "错.dmn" and problem.line for problem in caught.value.problems)


def test_a_syntax_error_names_decision_row_column_and_text(table):
    with pytest.raises(dmn.DmnError) as caught:
        dmn.parse(table(["金额:number"], ["o"], [["1", "1"], ["> > 2", "2"]]), name="错.dmn")
    problem = caught.value.problems[0]
    assert (problem.decision, problem.rule, problem.column, problem.text) == ("决定", 2, "金额", "> > 2")
    assert "决策“决定” 第 2 行 “金额”列" in str(caught.value)


@pytest.mark.parametrize("cell", ["＞5", "“甲”", "“甲”，“乙”", "（1..5）", "1，2", "？ > 5"])
def test_full_width_punctuation_is_refused(table, cell):
    with pytest.raises(dmn.DmnError) as caught:
        dmn.parse(table(["x"], ["o"], [[cell, "1"]]), name="错.dmn")
    assert caught.value.problems[0].text == cell


def test_full_width_punctuation_inside_a_text_or_a_declared_name_is_fine(wrap, decide):
    body = (
        '<inputData id="i" name="金额（元）"><variable name="金额（元）"/></inputData><decision id="d" name="d"><informationRequirement>'
        '<requiredInput href="#i"/></informationRequirement><literalExpression><text>if 金额（元） &gt; 5 then "超过，须立项" else "否"</text>'
        "</literalExpression></decision>"
    )
    assert decide(wrap(body), {"金额（元）": 6}).output == "超过，须立项"


def test_duplicate_ids_and_dangling_lines_are_refused(wrap):
    one = '<decision id="a" name="甲"><literalExpression><text>1</text></literalExpression></decision>'
    with pytest.raises(dmn.DmnError) as caught:
        dmn.parse(wrap(one + one))
    assert caught.value.code == "dmn.duplicate"
    dangling = one.replace("<literal", '<informationRequirement><requiredInput href="#nowhere"/></informationRequirement><literal', 1)
    with pytest.raises(dmn.DmnError) as caught:
        dmn.parse(wrap(dangling))
    assert caught.value.code == "dmn.reference"


@pytest.mark.parametrize(("policy", "code"), [("BEST", "dmn.hit_policy"), ("COLLECT AVERAGE", "dmn.aggregation")])
def test_unknown_policies_are_refused(table, policy, code):
    with pytest.raises(dmn.DmnError) as caught:
        dmn.parse(table(["x"], ["o"], [["1", "1"]], policy))
    assert caught.value.code == code


def test_an_unknown_decision_is_an_error_of_the_evaluation(table, decide):
    with pytest.raises(dmn.DmnEvaluationError) as caught:
        decide(table(["x"], ["o"], [["1", "1"]]), decision="nothing")
    assert caught.value.code == "dmn.no_decision"
