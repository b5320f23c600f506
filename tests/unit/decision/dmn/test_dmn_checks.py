"""The check before deployment: what an analyst is told about a table before it decides anything."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.decision import dmn, feel
from app.decision.dmn.cells import recognise
from app.decision.dmn.overlap import Column, analyse
from tests.effort import effort


@pytest.fixture(name="check")
def _check():
    return lambda source: dmn.check(dmn.parse(source, name="表.dmn"))


@pytest.fixture(name="literal")
def _literal():
    def make(logic):
        head = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="f" name="f" namespace="n">'
        return f'{head}<decision id="d" name="d"><variable name="d"/>{logic}</decision></definitions>'.encode()

    return make


def codes(problems, severity=None):
    return [problem.code for problem in problems if severity in (None, problem.severity)]


def test_a_sound_table_has_nothing_to_say(table, check):
    rules = [['"甲"', "< 10", "1"], ['"甲"', ">= 10", "2"], ['"乙"', "-", "3"]]
    assert check(table(['k:string{"甲","乙"}', "x:number"], ["o:number"], rules)) == []


def test_overlapping_rows_are_named_with_an_example(table, check):
    (problem,) = check(table(["x:number"], ["o"], [["<= 10", "1"], [">= 10", "2"]]))
    assert (problem.code, problem.severity, problem.decision) == ("dmn.overlap", "error", "决定")
    assert "第 1 行与第 2 行重叠" in problem.message
    assert "x = 10" in problem.message


def test_an_overlap_of_columns_that_depend_on_each_other_is_only_a_warning(table, check):
    found = check(table(["x:number", "x + 1:number"], ["o"], [["> 10", "-", "1"], ["<= 10", "-", "2"], ["> 12", "< 0", "3"]]))
    assert [(problem.code, problem.severity) for problem in found] == [("dmn.overlap", "warning")]


def test_columns_with_the_same_expression_are_one_dimension(table, check):
    rules = [[">= 1", "< 5", "1"], [">= 5", "-", "2"], ["< 1", "-", "3"]]
    assert check(table(["x:number", "x:number"], ["o"], rules)) == []


def test_rows_that_meet_only_where_an_input_is_empty_are_a_warning(table, check):
    (problem,) = check(table(['k:string{"甲","乙"}'], ["o"], [['not("甲")', "1"], ['not("乙")', "2"]]))
    assert problem.severity == "warning"
    assert "k 为空" in problem.message


@pytest.mark.parametrize(
    ("inputs", "rules", "gap"),
    [
        (["x:number"], [["< 10", "1"], ["> 10", "2"]], "x = 10"),
        (["x:number"], [["< 10", "1"], ["[10..20)", "2"], ["> 30", "3"]], "x ≥ 20 且 ≤ 30"),
        (['k:string{"甲","乙","丙"}'], [['"甲"', "1"], ['"丙"', "2"]], 'k = "乙"'),
        (["k:string"], [['"甲"', "1"], ['"乙"', "2"]], "k 是其他值"),
        (["b:boolean"], [["true", "1"]], "b = false"),
        (["d:date"], [['< date("2026-10-15")', "1"], ['> date("2026-10-15")', "2"]], 'd = date("2026-10-15")'),
        (["b:boolean", "x:number"], [["true", "> 0", "1"], ["true", "<= 0", "2"], ["false", "> 0", "3"]], "b = false，x ≤ 0"),
        (["b:boolean", "c:boolean"], [["true", "true", "1"], ["false", "false", "2"]], "b = false，c = true"),
    ],
)
def test_missing_rows_are_described_as_an_analyst_would(table, check, inputs, rules, gap):
    found = [problem for problem in check(table(inputs, ["o"], rules)) if problem.code == "dmn.gap"]
    assert any(gap in problem.message for problem in found), [problem.message for problem in found]
    assert all(problem.severity == "warning" for problem in found)


@pytest.mark.parametrize(
    ("inputs", "rules"),
    [
        (["x:number{>= 0}"], [["< 10", "1"], [">= 10", "2"]]),
        (["x:number{[0..100]}"], [["[0..50]", "1"], ["(50..100]", "2"]]),
        (["d:date"], [['<= date("2026-10-15")', "1"], ['>= date("2026-10-16")', "2"]]),
        (["b:boolean"], [["true", "1"], ["not(true)", "2"]]),
        (["k:string"], [['"甲","乙"', "1"], ['not("甲","乙")', "2"]]),
        (["x:number"], [["null", "1"], ["< 5", "2"], [">= 5", "3"]]),
        ([], []),
    ],
)
def test_complete_tables_have_no_gap(table, check, inputs, rules):
    assert "dmn.gap" not in codes(check(table(inputs, ["o"], rules)))


def test_allowed_values_may_come_from_the_type_of_the_column_or_of_the_input_data(table, check):
    kind = '<itemDefinition name="tKind"><typeRef>string</typeRef><allowedValues><text>"甲","乙"</text></allowedValues></itemDefinition>'
    given = kind + '<inputData id="i" name="k"><variable name="k" typeRef="tKind"/></inputData>'
    link = '<informationRequirement><requiredInput href="#i"/></informationRequirement>'
    rules = [['"甲"', "1"], ['"乙"', "2"]]
    assert check(table(["k:string"], ["o"], rules, before=given, inside=link)) == []
    assert check(table(["k:tKind"], ["o"], rules, before=kind)) == []
    assert codes(check(table(["k:string"], ["o"], rules))) == ["dmn.gap"]


def test_a_default_output_closes_every_gap(table, check):
    assert check(table(["x:number"], ["o:number default 0"], [["< 10", "1"]])) == []


def test_cells_that_are_expressions_are_said_not_to_be_analysed(table, check):
    found = check(table(["x:number", "y:number"], ["o"], [["> y", "-", "1"], ["<= y", "-", "2"], ["-", "7", "3"], ["-", "7", "4"]]))
    assert codes(found) == ["dmn.overlap", "dmn.not_analysed"]
    assert "第 3 行与第 4 行" in found[0].message
    assert "第 1 行“x”、第 2 行“x”" in found[1].message


def test_any_tables_may_overlap_when_they_agree(table, check):
    assert check(table(["x:number"], ["o"], [["<= 10", '"a"'], [">= 10", '"a"']], "ANY")) == []
    (problem,) = check(table(["x:number"], ["o"], [["<= 10", '"a"'], [">= 10", '"b"']], "ANY"))
    assert problem.code == "dmn.overlap"


def test_rows_of_a_first_table_that_never_get_their_turn_are_named(table, check):
    (problem,) = check(table(["x:number"], ["o"], [["> 5", "1"], ["-", "2"], ["7", "3"]], "FIRST"))
    assert problem.code == "dmn.unreachable"
    assert "第 3 行永远轮不到：第 1 行" in problem.message


@pytest.mark.parametrize(
    ("inputs", "outputs", "rule", "code", "column"),
    [
        (["x:number"], ["o"], ['"甲"', "1"], "dmn.cell_type", "x"),
        (["k:string"], ["o"], ["> 5", "1"], "dmn.cell_type", "k"),
        (["b:boolean"], ["o"], ['"true"', "1"], "dmn.cell_type", "b"),
        (["d:date"], ["o"], ["> 5", "1"], "dmn.cell_type", "d"),
        (["x:number"], ["o:number"], ["1", '"一"'], "dmn.output_type", "o"),
        (['k:string{"甲","乙"}'], ["o"], ['"丙"', "1"], "dmn.not_allowed", "k"),
        (["x:number"], ['o:string{"A","B"}'], ["1", '"C"'], "dmn.not_allowed", "o"),
        (["x:number"], ["o"], ["1", "FILE"], "dmn.unknown_name", "o"),
        (["k:string"], ["o"], ["合格", "1"], "dmn.unknown_name", "k"),
        (["k:string"], ["o"], ["not(合格)", "1"], "dmn.unknown_name", "k"),
        (["x:number"], ["o"], ["1", "summ([x, 1])"], "dmn.unknown_function", "o"),
    ],
)
def test_mistakes_in_cells_are_errors_with_row_and_column(table, check, inputs, outputs, rule, code, column):
    errors = [problem for problem in check(table(inputs, outputs, [rule])) if problem.severity == "error"]
    assert [(problem.code, problem.rule, problem.column) for problem in errors] == [(code, 1, column)]
    assert errors[0].text


def test_a_word_that_other_cells_quote_lacks_its_quotes(table, check):
    errors = [one for one in check(table(["k:string"], ["o"], [['"agree"', "1"], ["agree", "2"]])) if one.severity == "error"]
    assert [(one.rule, one.code) for one in errors] == [(2, "dmn.unknown_name")]
    assert '"agree"' in errors[0].message


def test_a_process_variable_in_a_cell_is_only_a_hint(table, check):
    found = [
        one for one in check(table(["x:number"], ["o"], [["1", "trialAmount"], ["2", "trialAmount + 1"]])) if one.code == "dmn.unknown_name"
    ]
    assert [(one.severity, one.rule) for one in found] == [("warning", 1)]


def test_an_unknown_function_suggests_the_near_one(table, check):
    (problem,) = [one for one in check(table(["x:number"], ["o"], [["-", "maxx(x, 1)"]])) if one.code == "dmn.unknown_function"]
    assert "max" in problem.message


@pytest.mark.parametrize(
    ("cell", "output", "given"),
    [
        ("contains(?)", "1", "1 个参数"),
        ("-", 'substring("abc")', "1 个参数"),
        ("-", 'substring(strng: "abc", start position: 1)', "参数 strng、start position"),
        ("? > abs(1, 2)", "1", "2 个参数"),
    ],
)
def test_a_call_that_no_function_takes_is_an_error_at_its_cell(table, check, cell, output, given):
    (problem,) = [one for one in check(table(["x:string"], ["o"], [[cell, output]])) if one.code == "dmn.arguments"]
    assert (problem.severity, problem.rule) == ("error", 1)
    assert f"给的是{given}，应当是 " in problem.message


def test_a_boxed_invocation_names_the_functions_parameters(literal, check):
    def invoking(name):
        binding = f'<binding><parameter name="{name}"/><literalExpression><text>-1</text></literalExpression></binding>'
        return literal(f"<invocation><literalExpression><text>abs</text></literalExpression>{binding}</invocation>")

    assert codes(check(invoking("n"))) == []
    (problem,) = check(invoking("number"))
    assert (problem.code, "abs(n: " in problem.message) == ("dmn.arguments", True)


def test_a_function_of_the_model_goes_before_feels_own(check):
    source = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="f" name="f" namespace="n">
    <businessKnowledgeModel id="b" name="abs"><variable name="abs"/><encapsulatedLogic><formalParameter name="a"/><formalParameter name="c"/>
    <literalExpression><text>a + c</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>
    <decision id="d" name="d"><variable name="d"/><knowledgeRequirement><requiredKnowledge href="#b"/></knowledgeRequirement>
    <literalExpression><text>abs(1, 2)</text></literalExpression></decision></definitions>"""
    assert codes(check(source.encode())) == []


def test_added_functions_are_known(table):
    spec = feel.FunctionSpec("isWorkingDay", (("date",),), lambda date: True, extension=True)
    functions = feel.BUILTINS.extended(spec)
    model = dmn.parse(table(["x:date"], ["o"], [["-", "isWorkingDay(x)"]]), functions=functions)
    assert dmn.check(model) == []
    assert codes(dmn.check(dmn.parse(table(["x:date"], ["o"], [["-", "isWorkingDay(x)"]])))) == ["dmn.unknown_function"]


def test_the_column_must_have_its_input_datas_type(table, check):
    before = '<inputData id="i" name="x"><variable name="x" typeRef="string"/></inputData>'
    inside = '<informationRequirement><requiredInput href="#i"/></informationRequirement>'
    found = check(table(["x:number"], ["o default 0"], [["1", "1"]], before=before, inside=inside))
    assert codes(found) == ["dmn.type"]


def test_a_decision_that_is_used_but_not_connected_is_an_error(table, check):
    before = '<decision id="e" name="other"><literalExpression><text>1</text></literalExpression></decision>'
    found = check(table(["x:number"], ["o default 0"], [["1", "other + 1"]], before=before))
    assert codes(found, "error") == ["dmn.not_connected"]


def test_policies_that_need_something_say_so(table, check):
    assert "dmn.priority" in codes(check(table(["x"], ["o"], [["1", "1"]], "PRIORITY")), "error")
    assert "dmn.aggregation" in codes(check(table(["x"], ["o:string"], [["1", '"a"']], "COLLECT SUM")), "error")
    assert "dmn.aggregation" in codes(check(table(["x"], ["o", "p"], [["1", "1", "2"]], "COLLECT MAX")), "error")
    assert "dmn.result_type" in codes(check(table(["x"], ["o"], [["1", '"a"']], "COLLECT", variable="string")), "warning")
    assert "dmn.no_rules" in codes(check(table(["x"], ["o"], [])), "warning")


def test_the_analysis_is_bounded(table, check):
    rules = [[f"[{number}..{number + 1})", f"[{number}..{number + 1})", f"[{number}..{number + 1})", "1"] for number in range(900)]
    source = table(["x:number", "y:number", "z:number"], ["o"], rules)
    found: list[dmn.DmnProblem] = []
    assert effort(lambda: found.extend(check(source))) < 10_000_000
    assert codes(found, "error") == []
    rules = [["-", "1"]] * 1_001
    assert codes(check(table(["x:number"], ["o default 0"], rules))) == ["dmn.not_analysed"]


# the arithmetic against FEEL itself

NUMBERS = st.integers(-2, 4).map(str) | st.sampled_from(["0.5", "-1.5", "2.25"])
STRINGS = st.sampled_from(['"a"', '"b"', '"c"', '"a\\"b"'])
DAYS = st.sampled_from(['date("2026-01-01")', '@"2026-01-02"', 'date("2026-02-28")', '@"2026-03-01"'])
BOOLEANS = st.sampled_from(["true", "false"])


BALANCED = ["{}", "< {}", "<= {}", "> {}", ">= {}", "= {}", "[{}..{}]", "({}..{})", "]{}..{}["]
HALF_OPEN = ["[{}..{})", "({}..{}]", "]{}..{}]", "[{}..{}["]


@st.composite
def plain_cells(draw: st.DrawFn) -> str:
    """Cells of one type. Half-open ranges stand outside not() here; inside, they have a test of their own."""
    values = draw(st.sampled_from([NUMBERS, STRINGS, DAYS, BOOLEANS]))
    negated = draw(st.booleans())

    def piece() -> str:
        if values is BOOLEANS:
            return draw(values)
        shape = draw(st.sampled_from(BALANCED if negated else BALANCED + HALF_OPEN))
        return shape.format(*(draw(values) for _ in range(shape.count("{}"))))

    if draw(st.integers(0, 9)) == 0:
        return draw(st.sampled_from(["!= {}", "? != {}"])).format(draw(values))
    body = ", ".join(piece() for _ in range(draw(st.integers(1, 3))))
    return f"not({body})" if negated else body


@pytest.mark.parametrize(("value", "expected"), [(None, None), (-1, "out"), (0, "in"), (5, "in"), (10, "out")])
@pytest.mark.parametrize("cells", [("[0..10)", "not([0..10))"), ("[0..10[", "not([0..10[)"), ("[0..5], (5..10)", "not([0..5], (5..10))")])
def test_half_open_ranges_and_their_negation_complement_each_other(table, decide, cells, value, expected):
    source = table(["x:number"], ["o"], [[cells[0], '"in"'], [cells[1], '"out"']])
    assert decide(source, {"x": value}).output == expected
    assert dmn.check(dmn.parse(source)) == []


VALUES = [
    None,
    True,
    False,
    *(Decimal(text) for text in ("-3", "-1.5", "-1", "0", "0.5", "0.75", "1", "2", "2.25", "3", "5")),
    "a",
    "b",
    "ab",
    'a"b',
    "z",
    dt.date(2026, 1, 1),
    dt.date(2026, 1, 2),
    dt.date(2026, 2, 1),
    dt.date(2026, 3, 1),
    dt.date(2027, 1, 1),
]


@settings(max_examples=300, deadline=None)
@given(cell=plain_cells())
def test_a_plain_cell_says_what_feel_says(cell: str) -> None:
    zone = dt.UTC
    environment = feel.Environment(now=dt.datetime(2026, 1, 1, tzinfo=zone), zone=zone)  # type: ignore[arg-type]
    known = recognise(cell)
    tests = feel.compile_unary(cell)
    assert known is not None
    assert known.check is not None
    for value in VALUES:
        quick = known.null if value is None else known.check(value)
        if quick is not None:
            assert quick is (tests.matches(value, {}, environment) is True), (cell, value)


@settings(max_examples=150, deadline=None)
@given(cells=st.lists(st.tuples(plain_cells(), plain_cells()), min_size=2, max_size=4))
def test_overlaps_and_gaps_agree_with_trying_every_value(cells: list[tuple[str, str]]) -> None:
    environment = feel.Environment(now=dt.datetime(2026, 1, 1, tzinfo=dt.UTC), zone=dt.UTC)  # type: ignore[arg-type]
    columns = [Column("a", "a", "", "", tuple(one for one, _ in cells)), Column("b", "b", "", "", tuple(two for _, two in cells))]
    findings = analyse(columns, gaps=True)
    tests = [(feel.compile_unary(one), feel.compile_unary(two)) for one, two in cells]
    meets = [[[test.matches(value, {}, environment) is True for value in VALUES] for test in pair] for pair in tests]
    said = {(earlier, later) for earlier, later, _, _ in findings.overlaps}
    for at, to in itertools.product(range(len(VALUES)), repeat=2):
        rows = [row for row, (one, two) in enumerate(meets) if one[at] and two[to]]
        for earlier, later in itertools.combinations(rows, 2):
            assert (earlier, later) in said, (cells, VALUES[at], VALUES[to])
    if not findings.gaps:
        kinds = [{known.kind for cell in column.cells if (known := recognise(cell)) is not None} for column in columns]
        if all(len(kind) == 1 for kind in kinds) and not findings.unknown:
            names = {bool: "boolean", Decimal: "number", str: "string", dt.date: "date"}
            for at, to in itertools.product(range(len(VALUES)), repeat=2):
                pair = (names.get(type(VALUES[at])), names.get(type(VALUES[to])))
                if pair[0] in kinds[0] and pair[1] in kinds[1]:
                    assert any(one[at] and two[to] for one, two in meets), (cells, VALUES[at], VALUES[to])
