"""Hit policies: what a table gives when none, one or several rows match (DMN 1.5 §8.2.10)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.decision import dmn

BANDS = [["< 10", '"低"'], ["[10..20]", '"中"'], ["> 20", '"高"']]
WIDE = [["> 0", '"a"'], ["> 5", '"b"'], ["> 8", '"a"']]


def test_unique_gives_the_one_row_that_matches_and_says_which(table, decide):
    found = decide(table(["x:number"], ["level:string"], BANDS), {"x": 15})
    assert found.output == "中"
    assert [(match.number, match.id, match.outputs) for match in found.rules] == [(2, "row2", {"level": "中"})]
    assert found.inputs == [{"name": "x", "label": "x", "expression": "x", "value": Decimal(15)}]


def test_a_second_match_of_unique_is_an_error_that_names_both_rows_and_the_input(table, decide):
    with pytest.raises(dmn.DmnEvaluationError) as caught:
        decide(table(["x:number"], ["o"], [["> 0", "1"], ["-", "2"]]), {"x": 3})
    assert caught.value.code == "dmn.unique"
    assert "第 1、2 行" in str(caught.value)
    assert "x=3" in str(caught.value)
    assert caught.value.decision == "决定"


def test_no_match_and_no_default_is_null(table, decide):
    assert decide(table(["x:number"], ["o"], [["> 9", "1"]]), {"x": 3}).output is None


def test_defaults_stand_in_when_no_row_matches(table, decide):
    source = table(["x:number"], ['a:string default "否"', "b:number default 1 + 1"], [["> 9", '"是"', "0"]])
    found = decide(source, {"x": 3})
    assert found.output == {"a": "否", "b": Decimal(2)}
    assert found.rules == []


def test_any_agrees_or_fails(table, decide):
    source = table(["x:number"], ["o:string"], WIDE, "ANY")
    assert decide(source, {"x": 1}).output == "a"
    with pytest.raises(dmn.DmnEvaluationError) as caught:
        decide(source, {"x": 9})
    assert caught.value.code == "dmn.any"
    agreeing = decide(table(["x:number"], ["o:string"], [["> 0", '"a"'], ["> 5", '"a"']], "ANY"), {"x": 9})
    assert agreeing.output == "a"
    assert [match.number for match in agreeing.rules] == [1, 2]


def test_first_takes_the_first_row_only(table, decide):
    found = decide(table(["x:number"], ["o:string"], WIDE, "FIRST"), {"x": 9})
    assert found.output == "a"
    assert [match.number for match in found.rules] == [1]


def test_priority_follows_the_order_of_the_output_values(table, decide):
    source = table(["x:number"], ['o:string{"c","b","a"}'], WIDE, "PRIORITY")
    found = decide(source, {"x": 9})
    assert found.output == "b"
    assert [match.number for match in found.rules] == [2]
    assert decide(source, {"x": 1}).output == "a"


def test_priority_compares_the_first_column_before_the_second(table, decide):
    rules = [["-", '"y"', "1"], ["-", '"x"', "2"], ["-", '"x"', "1"]]
    source = table(["n:number"], ['p:string{"x","y"}', "q:number{1,2}"], rules, "PRIORITY")
    assert decide(source, {"n": 0}).output == {"p": "x", "q": Decimal(1)}


def test_rule_order_and_output_order_give_all_matches(table, decide):
    assert decide(table(["x:number"], ["o:string"], WIDE, "RULE ORDER"), {"x": 9}).output == ["a", "b", "a"]
    ordered = decide(table(["x:number"], ['o:string{"b","a"}'], WIDE, "OUTPUT ORDER"), {"x": 9})
    assert ordered.output == ["b", "a", "a"]
    assert [match.number for match in ordered.rules] == [2, 1, 3]


@pytest.mark.parametrize("policy", ["RULE ORDER", "COLLECT"])
def test_a_list_without_a_match_is_empty_so_that_gates_can_count(table, decide, policy):
    assert decide(table(["x:number"], ["o:string"], WIDE, policy), {"x": -1}).output == []


def test_collect_gives_contexts_when_there_are_several_columns(table, decide):
    found = decide(table(["x:number"], ["code:string", "n:number"], [["> 0", '"A"', "1"], ["> 1", '"B"', "2"]], "COLLECT"), {"x": 5})
    assert found.output == [{"code": "A", "n": Decimal(1)}, {"code": "B", "n": Decimal(2)}]


@pytest.mark.parametrize(
    ("operator", "expected"),
    [("SUM", Decimal("6.3")), ("MIN", Decimal("0.1")), ("MAX", Decimal("6.0")), ("COUNT", Decimal(3))],
)
def test_collect_operators_are_exact(table, decide, operator, expected):
    rules = [["> 0", "0.1"], ["> 1", "0.2"], ["> 2", "6.0"], ["> 100", "50"]]
    assert decide(table(["x:number"], ["o:number"], rules, f"COLLECT {operator}"), {"x": 5}).output == expected


def test_collect_operators_without_a_match(table, decide):
    rules = [["> 100", "50"]]
    assert decide(table(["x:number"], ["o:number"], rules, "COLLECT COUNT"), {"x": 5}).output == 0
    assert decide(table(["x:number"], ["o:number"], rules, "COLLECT SUM"), {"x": 5}).output is None


def test_collect_cannot_add_up_words(table, decide):
    with pytest.raises(dmn.DmnEvaluationError) as caught:
        decide(table(["x:number"], ["o"], [["-", '"a"'], ["-", "1"]], "COLLECT SUM"), {"x": 1})
    assert caught.value.code == "dmn.aggregation"


def test_priority_without_output_values_cannot_choose(table, decide):
    with pytest.raises(dmn.DmnEvaluationError) as caught:
        decide(table(["x:number"], ["o"], [["-", '"a"'], ["-", '"b"']], "PRIORITY"), {"x": 1})
    assert caught.value.code == "dmn.priority"


@pytest.mark.parametrize(
    ("description", "clauses"),
    [
        ("SC-17-4 SC-18-1：备案后核对，见 SC-9-9", "SC-17-4 SC-18-1"),
        ("SC-17-4", "SC-17-4"),
        ("以内、含本数", "SC-17-2"),
        ("SC-17-2a 以内", "SC-17-2"),
    ],
)
def test_a_row_cites_what_its_description_begins_with(table, decide, description, clauses):
    """As dmn-js edits a row: its one remark is the description, whatever an annotation column goes on to say."""
    source = table(["x:number"], ["o"], [["> 1", "1", "SC-17-2"]], annotations=["条款"])
    described = source.replace(b'<rule id="row1">', f'<rule id="row1"><description>{description}</description>'.encode())
    assert decide(described, {"x": 5}).rules[0].annotations == {"条款": clauses, "描述": description}


def test_annotations_come_with_the_row(table, decide):
    source = table(["x:number"], ["o"], [["> 1", "1", "SC-17-2", "累计"], ["<= 1", "2", "SC-17-3", ""]], annotations=["条款", "备注"])
    assert decide(source, {"x": 5}).rules[0].annotations == {"条款": "SC-17-2", "备注": "累计"}
    assert decide(source, {"x": 1}).rules[0].annotations == {"条款": "SC-17-3"}


def test_a_table_without_inputs_gives_all_its_rows(table, decide):
    assert decide(table([], ["o:number"], [["1"], ["2"]], "RULE ORDER")).output == [Decimal(1), Decimal(2)]


def test_an_empty_cell_or_a_dash_is_anything_null_included(table, decide):
    source = table(["x:number", "y:string"], ["o"], [["", " - ", '"hit"']])
    assert decide(source).output == "hit"


def test_null_meets_no_comparison_but_meets_null_and_not(table, decide):
    rules = [["> 1", '"big"'], ["null", '"none"'], ["<= 1", '"small"']]
    assert decide(table(["x:number"], ["o:string"], rules), {"x": None}).output == "none"
    gate = table(["ok:boolean"], ["o:string"], [["not(true)", '"缺少"']], "COLLECT")
    assert decide(gate).output == ["缺少"]
    assert decide(gate, {"ok": False}).output == ["缺少"]
    assert decide(gate, {"ok": True}).output == []


def test_a_value_outside_the_columns_allowed_values_is_refused(table, decide):
    source = table(['kind:string{"建设类","运维类"}'], ["o"], [['"建设类"', "1"], ['"运维类"', "2"]])
    with pytest.raises(dmn.DmnEvaluationError) as caught:
        decide(source, {"kind": "硬件"})
    assert caught.value.code == "dmn.not_allowed"
    assert "“kind”" in str(caught.value)
    assert decide(source, {"kind": None}).output is None


def test_an_output_outside_its_allowed_values_is_refused(table, decide):
    source = table(["word:string"], ['o:string{"A","B"}'], [["-", "word"]])
    assert decide(source, {"word": "A"}).output == "A"
    with pytest.raises(dmn.DmnEvaluationError) as caught:
        decide(source, {"word": "C"})
    assert (caught.value.rule, caught.value.column) == (1, "o")


def test_cells_may_use_other_inputs_and_the_question_mark(table, decide):
    source = table(["x:number", "y:number"], ["o"], [["> y", "-", '"more"'], ["? = y and ? > 0", "-", '"same"']])
    assert decide(source, {"x": 5, "y": 3}).output == "more"
    assert decide(source, {"x": 3, "y": 3}).output == "same"


def test_a_number_text_and_a_truth_are_never_equal(table, decide):
    source = table(["x"], ["o"], [["1", '"number"'], ['"1"', '"text"'], ["true", '"truth"']])
    assert decide(source, {"x": 1}).output == "number"
    assert decide(source, {"x": "1"}).output == "text"
    assert decide(source, {"x": True}).output == "truth"


def test_floats_and_integers_are_read_as_decimals(table, decide):
    source = table(["x:number"], ["o"], [["<= 0.3", '"in"'], ["> 0.3", '"out"']])
    assert decide(source, {"x": 0.3}).output == "in"
    assert decide(source, {"x": Decimal("0.30000001")}).output == "out"
    assert decide(source, {"x": float("nan")}).output is None


def test_the_order_may_come_from_the_columns_type(table, decide):
    before = (
        '<itemDefinition name="tWord"><typeRef>string</typeRef><allowedValues><text>"c","b","a"</text></allowedValues></itemDefinition>'
    )
    assert decide(table(["x:number"], ["o:tWord"], WIDE, "PRIORITY", before=before), {"x": 9}).output == "b"
