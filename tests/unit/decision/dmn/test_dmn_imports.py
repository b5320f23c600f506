"""Decision files that import others (DMN 1.5 §6.3.3): what is seen under a prefix, and what is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from xml.sax.saxutils import escape

import pytest

from app.decision import dmn

KIND = "https://www.omg.org/spec/DMN/20191111/MODEL/"
File = Callable[..., dmn.Model]


def imported(*pairs: str) -> str:
    """`prefix=namespace` as import elements; an empty prefix is none."""
    return "".join(
        f'<import {f"name={chr(34)}{prefix}{chr(34)} " if prefix else ""}namespace="{namespace}" importType="{KIND}"/>'
        for prefix, _, namespace in (pair.partition("=") for pair in pairs)
    )


def decision(name: str, text: str, *required: str, kind: str = "", known: tuple[str, ...] = ()) -> str:
    needs = "".join(
        f"<informationRequirement><required{'Input' if one.startswith('?') else 'Decision'} href={chr(34)}{one.lstrip('?')}{chr(34)}/>"
        "</informationRequirement>"
        for one in required
    )
    needs += "".join(f'<knowledgeRequirement><requiredKnowledge href="{one}"/></knowledgeRequirement>' for one in known)
    declared = f' typeRef="{kind}"' if kind else ""
    return (
        f'<decision id="{name}" name="{name}"><variable name="{name}"{declared}/>{needs}'
        f"<literalExpression><text>{escape(text)}</text></literalExpression></decision>"
    )


def knowledge(name: str, parameters: str, text: str, needs: str = "") -> str:
    formal = "".join(f'<formalParameter name="{one}"/>' for one in parameters.split())
    return (
        f'<businessKnowledgeModel id="{name}" name="{name}"><variable name="{name}"/>{needs}'
        f"<encapsulatedLogic>{formal}<literalExpression><text>{escape(text)}</text></literalExpression></encapsulatedLogic>"
        "</businessKnowledgeModel>"
    )


def given(name: str, kind: str = "") -> str:
    declared = f' typeRef="{kind}"' if kind else ""
    return f'<inputData id="{name}" name="{name}"><variable name="{name}"{declared}/></inputData>'


@pytest.fixture(name="file")
def _file(wrap) -> File:
    def file(name: str, *body: str) -> dmn.Model:
        return dmn.parse(wrap("".join(body), own=f"urn:{name}"), name=f"{name}.dmn")

    return file


def evaluate(environment, main: dmn.Model, *others: dmn.Model, values: dict[str, object] | None = None, decision: str = "d"):
    imports = {one.namespace: one for one in others}
    return main.evaluate(decision, values or {}, environment, imports=imports)


def errors(main: dmn.Model, *others: dmn.Model) -> list[tuple[str, str]]:
    imports = {one.namespace: one for one in (*others, main)}
    return [(problem.code, problem.message) for problem in dmn.check(main, imports=imports) if problem.severity == "error"]


def test_what_an_imported_file_imports_is_put_in_place_too(file, environment):
    base = file("base", decision("rate", "0.05"))
    middle = file("middle", imported("b=urn:base"), decision("double", "b.rate * 2", "urn:base#rate"))
    top = file("top", imported("m=urn:middle"), decision("d", "m.double * 100", "urn:middle#double"))
    found = evaluate(environment, top, middle, base)
    assert found.output == Decimal(10)
    assert errors(top, middle, base) == []
    assert [(one.decision_id, one.file) for one in found.required] == [("double", "middle.dmn")]
    assert [(one.decision_id, one.file) for one in found.required[0].required] == [("rate", "base.dmn")]
    linked = top.link({one.namespace: one for one in (middle, base)})
    assert [one.file for one in linked.libraries()] == ["middle.dmn", "base.dmn"]


def test_a_file_imported_twice_over_is_put_in_place_once(file, environment):
    base = file("base", decision("rate", "0.05"))
    left = file("left", imported("b=urn:base"), decision("l", "b.rate + 1", "urn:base#rate"))
    right = file("right", imported("x=urn:base"), decision("r", "x.rate + 2", "urn:base#rate"))
    top = file("top", imported("l=urn:left", "r=urn:right"), decision("d", "l.l + r.r", "urn:left#l", "urn:right#r"))
    assert evaluate(environment, top, left, right, base).output == Decimal("3.10")
    linked = top.link({one.namespace: one for one in (left, right, base)})
    assert sorted(one.file for one in linked.libraries()) == ["base.dmn", "left.dmn", "right.dmn"]


def test_many_ways_to_the_same_files_cost_no_more_than_the_files(file, environment):
    """Two imports a file, twenty files deep: a million ways lead down."""
    models = [file("f0", decision("d", "1"))]
    for number in range(1, 20):
        below = f"urn:f{number - 1}"
        models.append(file(f"f{number}", imported(f"a={below}", f"b={below}"), decision("d", "a.d + 1", f"{below}#d")))
    assert evaluate(environment, models[-1], *models[:-1]).output == 20


def test_one_file_under_two_prefixes(file, environment):
    base = file("base", decision("rate", "0.05"))
    top = file("top", imported("a=urn:base", "b=urn:base"), decision("d", "a.rate + b.rate", "urn:base#rate"))
    assert evaluate(environment, top, base).output == Decimal("0.10")
    assert errors(top, base) == []


def test_without_a_prefix_the_names_stand_by_themselves(file, environment):
    base = file("base", decision("rate", "0.05"), knowledge("twice", "x", "x * 2"))
    top = file("top", imported("=urn:base"), decision("d", "twice(rate)", "urn:base#rate", known=("urn:base#twice",)))
    assert evaluate(environment, top, base).output == Decimal("0.10")
    assert errors(top, base) == []
    wrong = file("top", imported("=urn:base"), decision("d", "twise(rate)", "urn:base#rate", known=("urn:base#twice",)))
    assert [(code, "twice" in message) for code, message in errors(wrong, base)] == [("dmn.unknown_function", True)]


def test_functions_types_services_and_input_data_of_a_library(file, environment):
    types = (
        '<itemDefinition name="tAmount"><typeRef>number</typeRef><allowedValues><text>&gt;= 0</text></allowedValues></itemDefinition>'
        '<itemDefinition name="tPay"><itemComponent name="net"><typeRef>tAmount</typeRef></itemComponent></itemDefinition>'
    )
    service = '<decisionService id="gross" name="gross"><outputDecision href="#sum"/><inputData href="#net"/></decisionService>'
    base = file(
        "base",
        types,
        given("net", "number"),
        knowledge("tax", "net", "net * 0.13"),
        decision("sum", "net + tax(net)", "?#net", known=("#tax",)),
        service,
    )
    top = file(
        "top",
        imported("lib=urn:base"),
        given("pay", "lib.tPay"),
        decision("d", "lib.tax(pay.net)", "?#pay", kind="lib.tAmount", known=("urn:base#tax",)),
        decision("e", "lib.gross(pay.net)", "?#pay", known=("urn:base#gross",)),
        decision("f", "lib.net * 2", "?urn:base#net"),
        decision("g", "lib.sum", "urn:base#sum"),
        decision("h", "(-1) instance of lib.tAmount"),
        decision("i", "0 - lib.tax(1)", kind="lib.tAmount", known=("urn:base#tax",)),
    )
    pay = {"pay": {"net": 100}}
    assert evaluate(environment, top, base, values=pay).output == Decimal("13.00")
    assert evaluate(environment, top, base, values=pay, decision="e").output == Decimal("113.00")
    assert evaluate(environment, top, base, values={"net": 3}, decision="f").output == 6
    assert evaluate(environment, top, base, values={"lib": {"net": 4}}, decision="f").output == 8
    assert evaluate(environment, top, base, values={"net": 100}, decision="g").output == Decimal("113.00")
    assert evaluate(environment, top, base, decision="h").output is True
    assert evaluate(environment, top, base, decision="i").output is None  # a negative amount is none
    assert errors(top, base) == []


def test_a_function_of_a_library_closes_over_what_it_knows_there(file, environment):
    base = file(
        "base",
        decision("rate", "2"),
        decision("maker", "function(x) x * rate", "#rate"),
        knowledge("apply", "f x", "f(x)"),
    )
    top = file(
        "top",
        imported("lib=urn:base"),
        decision("d", "lib.maker(5) + lib.apply(function(y) y + 1, 5)", "urn:base#maker", known=("urn:base#apply",)),
    )
    assert evaluate(environment, top, base).output == 16
    assert errors(top, base) == []


def test_a_circle_is_refused_by_its_files(file, environment):
    models = [
        file("a", imported("b=urn:b"), decision("d", "b.d", "urn:b#d")),
        file("b", imported("c=urn:c"), decision("d", "c.d", "urn:c#d")),
        file("c", imported("b=urn:b"), decision("d", "b.d", "urn:b#d")),
    ]
    found = errors(models[0], *models[1:])
    assert found == [("dmn.import_cycle", "导入成环：b.dmn → c.dmn → b.dmn，请去掉其中一个导入")]
    assert [code for code, _ in errors(file("self", imported("s=urn:self"), decision("d", "1")))] == ["dmn.import_cycle"]


def test_a_chain_without_end_is_refused(file, environment):
    models = [file("f0", decision("d", "1"))]
    for number in range(1, 40):
        models.append(file(f"f{number}", imported(f"a=urn:f{number - 1}"), decision("d", "a.d", f"urn:f{number - 1}#d")))
    assert [code for code, _ in errors(models[-1], *models[:-1])] == ["dmn.import_depth"]


def test_a_missing_file_is_named_with_its_place_and_what_to_do(file, wrap):
    model = dmn.parse(wrap("\n\n" + imported("lib=urn:nowhere") + decision("d", "1"), own="urn:top"), name="top.dmn")
    problem = dmn.check(model, imports=lambda namespace: None)[0]
    assert (problem.code, problem.file, problem.line) == ("dmn.import", "top.dmn", 4)
    assert "lib" in problem.message
    assert "urn:nowhere" in problem.message
    assert "一并上传" in problem.message


@pytest.mark.parametrize(
    ("body", "code", "hint"),
    [
        (decision("d", "lib.rat * 2", "urn:base#rate"), "dmn.unknown_name", "lib.rate"),
        (decision("d", "lib.price * 2", "urn:base#rate"), "dmn.unknown_name", "price"),
        (decision("d", "lib.rate * 2"), "dmn.not_connected", "lib.rate"),
        (decision("d", "lib.rate * 2", "urn:base#gone"), "dmn.reference", "gone"),
        (decision("d", "lib.rate * 2", "urn:base#twice"), "dmn.reference", "twice"),
        (decision("d", "lib.twise(2)", known=("urn:base#twice",)), "dmn.unknown_name", "lib.twice"),
        (decision("d", "1", kind="lib.tGone"), "dmn.unknown_type", "lib.tGone"),
        (decision("d", "1", "urn:other#rate"), "dmn.reference", "urn:other"),
    ],
)
def test_what_the_imported_file_lacks_is_an_error_of_the_importing_one(wrap, body, code, hint):
    base = dmn.parse(wrap(decision("rate", "0.05") + knowledge("twice", "x", "x * 2"), own="urn:base"), name="base.dmn")
    top = dmn.read_model(wrap(imported("lib=urn:base") + body, own="urn:top"), name="top.dmn")
    found = errors(top, base)
    assert code in [problem for problem, _ in found]
    assert any(hint in message for _, message in found)


def test_two_imports_of_one_prefix_are_refused(wrap):
    with pytest.raises(dmn.DmnError) as caught:
        dmn.parse(wrap(imported("a=urn:x", "a=urn:y") + decision("d", "1")))
    assert caught.value.code == "dmn.duplicate"


TYPE = '<itemDefinition id="t" name="lib"><typeRef>number</typeRef></itemDefinition>'


@pytest.mark.parametrize(
    ("own", "kind"),
    [
        (decision("lib", "1"), "决策"),
        (given("lib"), "输入数据"),
        (knowledge("lib", "x", "x"), "业务知识模型"),
        (TYPE, "数据类型"),
    ],
)
def test_a_prefix_that_something_of_the_file_is_called_is_refused(file, wrap, own, kind):
    base = file("base", decision("rate", "0.05"))
    top = dmn.parse(wrap(imported("lib=urn:base", "lib2=urn:base") + own + decision("d", "1"), own="urn:top"), name="top.dmn")
    ((code, message),) = errors(top, base)
    assert code == "dmn.duplicate"
    assert f"“lib”和本文件的{kind}" in message


def test_a_name_of_the_files_own_goes_before_a_prefix(file, environment):
    base = file("base", decision("rate", "0.05"))
    context = (
        '<decision id="d" name="d"><context><contextEntry><variable name="lib"/><literalExpression><text>{x: 1}</text></literalExpression>'
        "</contextEntry><contextEntry><literalExpression><text>lib.x</text></literalExpression></contextEntry></context></decision>"
    )
    top = file("top", imported("lib=urn:base"), context)
    assert evaluate(environment, top, base).output == 1
    assert errors(top, base) == []


def test_a_changed_library_changes_the_result_and_the_old_one_still_holds(file, environment):
    top = file("top", imported("lib=urn:base"), decision("d", "lib.rate * 100", "urn:base#rate"))
    old, new = file("base", decision("rate", "0.05")), file("base", decision("rate", "0.06"))
    assert [evaluate(environment, top, one).output for one in (old, new, old)] == [5, 6, 5]
