"""Boxed expressions, requirement graphs, functions, services, imports, types: what a decision is made of and what it gives."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from app.decision import dmn, feel


@pytest.fixture(name="boxed")
def _boxed(data, decide):
    source = (data / "boxed.dmn").read_bytes()
    return lambda decision, **values: decide(source, values, decision)


def test_context_entries_see_those_above_and_names_may_have_blanks(boxed):
    found = boxed("context")
    assert found.output == {"base": Decimal(10), "wrong": None, "monthly fee": Decimal(20), "year": Decimal(240)}
    assert [(warned.code, warned.column) for warned in found.warnings] == [("dmn.type", "wrong")]


def test_an_entry_without_a_name_is_the_result_and_functions_may_recurse(boxed):
    assert boxed("result_entry").output == 240


def test_a_function_is_not_called_with_an_argument_that_does_not_fit(boxed):
    found = boxed("wrong_argument")
    assert found.output is None
    assert "参数“n”不是数字" in found.warnings[0].message


def test_endless_recursion_is_an_error_and_soon(boxed):
    with pytest.raises(dmn.DmnEvaluationError) as caught:
        boxed("endless")
    assert caught.value.code in ("dmn.recursion", "feel_limit_nesting")


@pytest.mark.parametrize(
    ("decision", "values", "expected"),
    [
        ("relation", {}, [{"单位": "财政局", "limit": Decimal(3)}, {"单位": "数据局", "limit": Decimal(4)}]),
        ("list", {}, [Decimal(1), [Decimal(2)], None]),
        ("conditional", {"n": 6}, "大"),
        ("conditional", {"n": 5}, "小"),
        ("conditional", {}, None),
        ("filter", {}, [{"单位": "数据局", "limit": Decimal(4)}]),
        ("for", {}, [Decimal(1), Decimal(3), Decimal(6)]),
        ("for_range", {}, [Decimal(4), Decimal(9), Decimal(16)]),
        ("some", {}, True),
        ("every", {}, False),
        ("nested_table", {"n": 4}, Decimal(500)),
    ],
)
def test_boxed_expressions(boxed, decision, values, expected):
    assert boxed(decision, **values).output == expected


def test_a_table_inside_a_context_shows_its_row(boxed):
    found = boxed("nested_table", n=4)
    assert [(match.number, match.table) for match in found.rules] == [(1, "level")]


def test_an_invocation_binds_by_name_and_shows_the_row_of_the_function(boxed):
    found = boxed("invocation", n=6)
    assert found.output == "合格"
    (called,) = found.required
    assert (called.kind, called.decision_name, called.output) == ("businessKnowledgeModel", "grade of", "合格")
    assert [match.id for match in called.rules] == ["pass"]
    assert called.inputs[0]["value"] == 60
    assert boxed("invocation", n=5).output == "不合格"


def test_a_binding_to_no_parameter_gives_null_and_says_why(boxed):
    found = boxed("bad_binding")
    assert found.output is None
    assert found.warnings


def test_the_file_of_boxed_expressions_passes_the_check(data):
    problems = dmn.check(dmn.parse((data / "boxed.dmn").read_bytes()))
    assert [str(problem) for problem in problems if problem.severity == "error"] == []


# requirement graphs and services


@pytest.fixture(name="services")
def _services(data):
    return dmn.parse((data / "services.dmn").read_bytes(), name="services.dmn")


def test_required_decisions_are_evaluated_and_explained(services, environment):
    found = services.evaluate("advice", {"amount": 150}, environment)
    assert found.output == "立项"
    (over,) = found.required
    assert (over.decision_id, over.output, over.rules[0].id, over.rules[0].annotations) == ("over", True, "over_yes", {"条款": "SC-12-1"})
    assert [one.decision_id for one in over.required] == ["limit"]


def test_a_decision_is_found_by_its_name_too(services, environment):
    assert services.evaluate("advice", {"amount": 1}, environment).output == "备案"


def test_a_service_takes_input_data_and_input_decisions_from_the_context(services, environment):
    assert services.evaluate_service("advise", {"amount": 150, "limit": 1000}, environment).output == "备案"
    assert services.evaluate_service("advise", {"amount": 150, "limit": 1}, environment).output == "立项"


def test_a_service_with_several_outputs_gives_a_context(services, environment):
    assert services.evaluate_service("both", {"amount": 5, "limit": 1}, environment).output == {"over": True, "advice": "立项"}


def test_a_services_result_must_fit_its_type(services, environment):
    found = services.evaluate_service("wrong", {}, environment)
    assert found.output is None
    assert found.warnings[0].code == "dmn.type"


def test_a_service_is_a_function_of_input_data_first_then_input_decisions(services, environment):
    found = services.evaluate("caller", {"amount": 150}, environment)
    assert found.output == ["备案", "立项", None, None, Decimal(100)]


def test_a_value_that_does_not_fit_the_input_data_is_null_with_a_remark(services, environment):
    found = services.evaluate("over", {"amount": "many"}, environment)
    assert found.output is None
    assert any(warned.code == "dmn.type" for warned in found.warnings)


# files that import others


@pytest.fixture(name="imports")
def _imports(data):
    models = [dmn.parse(path.read_bytes(), name=path.name) for path in sorted((data / "imports").glob("*.dmn"))]
    return {model.namespace: model for model in models}


@pytest.mark.parametrize("namespace", ["urn:plan", "urn:noname"])
def test_imported_decisions_functions_and_types_are_seen_under_the_prefix(imports, environment, namespace):
    model = imports[namespace]
    found = model.evaluate("share", {"total": 400, "plan-year": 2026}, environment, imports=imports)
    assert found.output == Decimal("40.0")
    assert model.evaluate("typed", {"total": 400}, environment, imports=imports).output is None
    assert model.evaluate("typed", {"total": Decimal("0.5")}, environment, imports=imports.get).output == Decimal("0.5")
    assert [str(problem) for problem in dmn.check(model, imports=imports)] == []


def test_a_context_under_the_prefix_feeds_the_imported_model(imports, environment):
    values = {"total": 400, "plan-year": 2026, "费率 rates": {"plan-year": 2020}}
    assert imports["urn:plan"].evaluate("share", values, environment, imports=imports).output == Decimal("80.0")


def test_a_missing_import_is_named(imports, environment):
    with pytest.raises(dmn.DmnError) as caught:
        imports["urn:plan"].evaluate("share", {"total": 1}, environment)
    assert caught.value.code == "dmn.import"
    assert "费率 rates" in str(caught.value)


def test_imports_that_lead_back_are_refused(wrap, environment):
    body = '<import name="{0}" namespace="urn:{0}" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>'
    decision = '<decision id="d" name="d"><literalExpression><text>1</text></literalExpression></decision>'
    models = {f"urn:{own}": dmn.parse(wrap(body.format(other) + decision, own=f"urn:{own}")) for own, other in (("a", "b"), ("b", "a"))}
    with pytest.raises(dmn.DmnError) as caught:
        models["urn:a"].evaluate("d", {}, environment, imports=models)
    assert caught.value.code == "dmn.import_cycle"


# types

TYPES = (
    '<itemDefinition name="tDay"><typeRef>date</typeRef></itemDefinition>'
    '<itemDefinition name="tInstant"><typeRef>date and time</typeRef></itemDefinition>'
    '<itemDefinition name="tGrade"><typeRef>string</typeRef><allowedValues><text>"甲","乙"</text></allowedValues></itemDefinition>'
    '<itemDefinition name="tGrades" isCollection="true"><typeRef>string</typeRef><allowedValues><text>"甲","乙"</text></allowedValues></itemDefinition>'
    '<itemDefinition name="tNumbers" isCollection="true"><typeRef>number</typeRef></itemDefinition>'
    '<itemDefinition name="tPair" isCollection="true"><typeRef>number</typeRef><typeConstraint><text>count(?) = 2</text></typeConstraint></itemDefinition>'
    '<itemDefinition name="tFund"><itemComponent name="source"><typeRef>tGrade</typeRef></itemComponent>'
    '<itemComponent name="amount"><typeRef>number</typeRef></itemComponent></itemDefinition>'
    '<itemDefinition name="tFunds" isCollection="true"><typeRef>tFund</typeRef></itemDefinition>'
    '<itemDefinition name="tTree"><itemComponent name="value"><typeRef>number</typeRef></itemComponent>'
    '<itemComponent name="child"><typeRef>tTree</typeRef></itemComponent></itemDefinition>'
)


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("number", "1", Decimal(1)),
        ("number", '"1"', None),
        ("number", "[1]", Decimal(1)),
        ("number", "[1, 2]", None),
        ("tNumbers", "1", [Decimal(1)]),
        ("tNumbers", '[1, "x"]', None),
        ("tNumbers", "[1, null]", [Decimal(1), None]),
        ("tGrade", '"甲"', "甲"),
        ("tGrade", '"丙"', None),
        ("tGrade", "null", None),
        ("tGrades", '["甲", "乙"]', ["甲", "乙"]),
        ("tGrades", '["甲", "丙"]', None),
        ("tFund", '{source: "甲", amount: 1, note: "x"}', {"source": "甲", "amount": Decimal(1), "note": "x"}),
        ("tFund", '{source: "丙", amount: 1}', None),
        ("tFund", '{source: "甲"}', None),
        ("tFunds", '[{source: "甲", amount: 1}]', [{"source": "甲", "amount": Decimal(1)}]),
        ("tTree", "{value: 1, child: {value: 2, child: null}}", {"value": Decimal(1), "child": {"value": Decimal(2), "child": None}}),
        ("tTree", '{value: 1, child: {value: "x", child: null}}', None),
        ("tDay", '@"2026-10-15"', dt.date(2026, 10, 15)),
        ("tInstant", '@"2026-10-15"', dt.datetime(2026, 10, 15, tzinfo=dt.UTC)),
        ("tPair", "[1, 2]", [Decimal(1), Decimal(2)]),
        ("tPair", "[1, 2, 3]", None),
    ],
)
def test_a_result_is_fitted_to_its_type_or_becomes_null(wrap, decide, kind, text, expected):
    text = text.replace('"', "&quot;")
    body = f'{TYPES}<decision id="d" name="d"><variable name="d" typeRef="{kind}"/><literalExpression><text>{text}</text></literalExpression></decision>'
    found = decide(wrap(body))
    assert found.output == expected
    assert bool(found.warnings) == (expected is None and text != "null")


def test_instance_of_looks_at_the_shape_not_at_allowed_values(wrap, decide):
    body = TYPES + '<decision id="d" name="d"><literalExpression><text>[{0}]</text></literalExpression></decision>'
    text = "&quot;丙&quot; instance of tGrade, 1 instance of tGrade, {{source: &quot;x&quot;, amount: 1}} instance of tFund, [1] instance of tNumbers"
    assert decide(wrap(body.replace("{0}", text.replace("{{", "{").replace("}}", "}")))).output == [True, False, True, True]


def test_types_that_lead_back_to_themselves_are_refused(wrap):
    loop = '<itemDefinition name="a"><typeRef>b</typeRef></itemDefinition><itemDefinition name="b"><typeRef>a</typeRef></itemDefinition>'
    with pytest.raises(dmn.DmnError) as caught:
        dmn.parse(wrap(loop))
    assert caught.value.code == "dmn.cycle"


def test_a_text_in_a_date_column_tells_how_to_convert_it(table, decide):
    found = decide(table(["receivedOn:date"], ["o"], [['>= date("2026-01-01")', "1"]]), {"receivedOn": "2026-03-01"})
    assert found.output is None
    assert "date(receivedOn)" in found.warnings[0].message


def test_dates_are_compared_as_dates(table, decide):
    source = table(["date(x):date"], ["o"], [['< date("2026-10-16")', '"按时"'], ['>= @"2026-10-16"', '"逾期"']])
    assert decide(source, {"x": "2026-10-15"}).output == "按时"
    assert decide(source, {"x": "2026-10-16"}).output == "逾期"


def test_a_value_that_feel_cannot_hold_is_refused_with_its_name(services, environment):
    with pytest.raises(dmn.DmnEvaluationError) as caught:
        services.evaluate("over", {"amount": object()}, environment)
    assert "amount" in str(caught.value)


def test_the_callers_listener_hears_remarks_too(table, environment):
    heard: list[str] = []
    zone = environment.zone
    listening = feel.Environment(now=environment.now, zone=zone, on_warning=lambda code, message, position: heard.append(code))
    model = dmn.parse(table(["x"], ["o"], [["-", '1 + "a"']]))
    assert model.evaluate("d", {"x": 1}, listening).warnings
    assert heard


def test_a_link_may_name_the_files_own_namespace(wrap, decide):
    body = (
        '<inputData id="i" name="x"/><decision id="a" name="a"><informationRequirement><requiredInput href="urn:test#i"/></informationRequirement>'
        "<literalExpression><text>x + 1</text></literalExpression></decision>"
        '<decision id="d" name="d"><informationRequirement><requiredDecision href="urn:test#a"/></informationRequirement>'
        "<literalExpression><text>a * 2</text></literalExpression></decision>"
    )
    assert decide(wrap(body), {"x": 2}).output == Decimal(6)


def test_names_are_compared_with_single_blanks_and_may_hold_operators(wrap, decide):
    body = (
        '<inputData id="i" name="Teacher\'s  year-end\n mark"/><inputData id="j" name="a+b"/><decision id="d" name="d">'
        '<informationRequirement><requiredInput href="#i"/></informationRequirement><informationRequirement><requiredInput href="#j"/>'
        "</informationRequirement><literalExpression><text>Teacher's year-end mark - a+b + 1</text></literalExpression></decision>"
    )
    assert decide(wrap(body), {"Teacher's year-end mark": 90, "a+b": 1}).output == Decimal(90)


def test_only_dmn_files_may_be_imported(wrap):
    body = '<import name="m" namespace="urn:m" importType="http://www.dmg.org/PMML-4_2"/><decision id="d" name="d"/>'
    with pytest.raises(dmn.DmnError) as caught:
        dmn.parse(wrap(body))
    assert caught.value.code == "dmn.import_type"
