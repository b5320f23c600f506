"""Functions as values: made, passed, returned and kept wherever a value may stand (DMN 1.5 §7.3.6, §10.3.2.10, §10.3.2.13)."""

from __future__ import annotations

from decimal import Decimal
from xml.sax.saxutils import escape

import pytest

from app.decision import dmn

NUMERIC = (
    '<itemDefinition name="tNumeric"><functionItem outputTypeRef="number"><parameters name="x" typeRef="number"/></functionItem>'
    "</itemDefinition>"
)


def literal(text: str) -> str:
    return f"<literalExpression><text>{escape(text)}</text></literalExpression>"


def parameters(names: str) -> str:
    """`a b:number` as formal parameters."""
    parts = [name.partition(":") for name in names.split()]
    return "".join(f'<formalParameter name="{name}"{f" typeRef={chr(34)}{kind}{chr(34)}" if kind else ""}/>' for name, _, kind in parts)


def function(names: str, body: str) -> str:
    return f"<functionDefinition>{parameters(names)}{body}</functionDefinition>"


def needs(names: str) -> str:
    """`d:f k:b i:i` as requirements: decision f, knowledge model b, input data i."""
    kinds = {
        "d": '<informationRequirement><requiredDecision href="#{0}"/></informationRequirement>',
        "i": '<informationRequirement><requiredInput href="#{0}"/></informationRequirement>',
        "k": '<knowledgeRequirement><requiredKnowledge href="#{0}"/></knowledgeRequirement>',
    }
    return "".join(kinds[kind].format(name) for kind, _, name in (part.partition(":") for part in names.split()))


def decision(name: str, body: str, required: str = "", kind: str = "") -> str:
    declared = f' typeRef="{kind}"' if kind else ""
    return f'<decision id="{name}" name="{name}"><variable name="{name}"{declared}/>{needs(required)}{body}</decision>'


def knowledge(name: str, names: str, body: str, required: str = "", kind: str = "") -> str:
    declared = f' typeRef="{kind}"' if kind else ""
    logic = f"<encapsulatedLogic>{parameters(names)}{body}</encapsulatedLogic>"
    return f'<businessKnowledgeModel id="{name}" name="{name}"><variable name="{name}"{declared}/>{needs(required)}{logic}</businessKnowledgeModel>'


def service(name: str, output: str, given: str) -> str:
    return f'<decisionService id="{name}" name="{name}"><outputDecision href="#{output}"/><inputData href="#{given}"/></decisionService>'


def given(name: str, kind: str = "") -> str:
    declared = f' typeRef="{kind}"' if kind else ""
    return f'<inputData id="{name}" name="{name}"><variable name="{name}"{declared}/></inputData>'


def loop(word: str, source: str, body: str) -> str:
    wrapper = "return" if word == "for" else "satisfies"
    return f'<{word} iteratorVariable="g"><in>{source}</in><{wrapper}>{body}</{wrapper}></{word}>'


def context(**entries: str) -> str:
    """A boxed context; the entry `result` has no name."""
    parts = [f"{'' if name == 'result' else f'<variable name={chr(34)}{name}{chr(34)}/>'}{body}" for name, body in entries.items()]
    return f"<context>{''.join(f'<contextEntry>{part}</contextEntry>' for part in parts)}</context>"


def bind(**arguments: str) -> str:
    return "".join(f'<binding><parameter name="{name}"/>{body}</binding>' for name, body in arguments.items())


TWO = literal("[function(x) x + 1, function(x) x * 2]")
CHOOSING = (
    '<decisionTable><input><inputExpression><text>i</text></inputExpression></input><output name="o"/>'
    "<rule><inputEntry><text>1</text></inputEntry><outputEntry><text>function(x) x + 1</text></outputEntry></rule>"
    "<rule><inputEntry><text>2</text></inputEntry><outputEntry><text>function(x) x * i</text></outputEntry></rule></decisionTable>"
)

MODELS: dict[str, tuple[str, object]] = {
    "a decision gives a function": (decision("f", literal("function(a) 1 + a")) + decision("d", literal("f(2)"), "d:f"), 3),
    "a decision gives a boxed function": (decision("f", function("a:number", literal("1 + a"))) + decision("d", literal("f(2)"), "d:f"), 3),
    "it closes over an input": (
        given("i") + decision("f", literal("function(a) a * i"), "i:i") + decision("d", literal("f(5)"), "d:f"),
        10,
    ),
    "a knowledge model gives one": (knowledge("b", "a", literal("function(c) a * c")) + decision("d", literal("b(10)(3)"), "k:b"), 30),
    "a knowledge model gives a boxed one": (
        knowledge("b", "a", function("c", literal("a * c"))) + decision("d", literal("b(10)(3)"), "k:b"),
        30,
    ),
    "a parameter hides what is closed over": (
        knowledge("b", "a", literal("function(a, c) a * c")) + decision("d", literal("b(10)(2, 3)"), "k:b"),
        6,
    ),
    "what was closed over hides the caller's names": (
        knowledge("b", "a", literal("function(c) a * c")) + decision("d", context(a=literal("10"), result=literal("b(100)(2)")), "k:b"),
        200,
    ),
    "functions within functions": (
        knowledge("b", "a", function("b", function("c", literal("function(d) a * b * c * d"))))
        + decision("e", literal("b(2)(3)(4)"), "k:b")
        + decision("d", literal("e(5)"), "d:e"),
        120,
    ),
    "passed to a knowledge model": (
        given("i")
        + knowledge("b", "f g", literal("f(5) * g(10)"))
        + decision("d", literal("b(function(a) i * a, function(c) i * c)"), "i:i k:b"),
        200,
    ),
    "passed by a boxed invocation": (
        knowledge("b", "f x", literal("f(x)"))
        + decision("d", f"<invocation>{literal('b')}{bind(f=literal('function(y) y * 3'), x=literal('5'))}</invocation>", "k:b"),
        15,
    ),
    "a boxed function in a boxed invocation": (
        knowledge("b", "f x", literal("f(x)"))
        + decision("d", f"<invocation>{literal('b')}{bind(f=function('y', literal('y * 3')), x=literal('5'))}</invocation>", "k:b"),
        15,
    ),
    "knowledge models passed": (
        knowledge("b", "f g", literal("f(5) * g(10)"))
        + knowledge("c", "a", literal("a * 10"))
        + decision("d", literal("b(c, c)"), "k:b k:c"),
        5000,
    ),
    "a built-in function passed": (knowledge("b", "f x", literal("f(x)")) + decision("d", literal("b(sqrt, 625)"), "k:b"), 25),
    "one with several ways of calling passed": (
        knowledge("b", "f", literal("f([1, 5]) + f(4, 13)")) + decision("d", literal("b(max)"), "k:b"),
        18,
    ),
    "a decision service passed": (
        given("j", "number")
        + decision("e", literal("j * 10"), "i:j")
        + service("s", "e", "j")
        + knowledge("b", "f", literal("f(5)"))
        + decision("d", literal("b(s)"), "k:s k:b"),
        50,
    ),
    "a decision service takes one": (
        given("g")
        + decision("e", literal("g(5)"), "i:g")
        + service("s", "e", "g")
        + decision("d", literal("s(function(x) x + 100)"), "k:s"),
        105,
    ),
    "a decision service gives one": (
        given("j", "number")
        + decision("e", literal("function(x) x * j"), "i:j")
        + service("s", "e", "j")
        + decision("d", literal("s(3)(4)"), "k:s"),
        12,
    ),
    "in a context": (
        decision("f", literal("{k: 3, g: function(x) x + k}")) + decision("d", literal("f.g(4)"), "d:f"),
        7,
    ),
    "in a list": (decision("f", TWO) + decision("d", literal("f[2](7)"), "d:f"), 14),
    "in a relation": (
        decision("f", f'<relation><column name="g"/><row>{literal("function(x) x + 1")}</row></relation>')
        + decision("d", literal("f[1].g(4)"), "d:f"),
        5,
    ),
    "in an output cell": (given("i") + decision("f", CHOOSING, "i:i") + decision("d", literal("f(10)"), "d:f"), 20),
    "as a branch": (
        given("i")
        + decision("f", f"<conditional><if>{literal('i = 2')}</if><then>{literal('function(x) x * i')}</then><else/></conditional>", "i:i")
        + decision("d", literal("f(4)"), "d:f"),
        8,
    ),
    "called in a loop": (decision("f", TWO) + decision("d", literal("for g in f return g(7)"), "d:f"), [8, 14]),
    "called in a boxed loop": (decision("f", TWO) + decision("d", loop("for", literal("f"), literal("g(7)")), "d:f"), [8, 14]),
    "called in a quantifier": (decision("d", loop("some", literal("[function(x) x > 5, function(x) x < 5]"), literal("g(1)"))), True),
    "called in a boxed filter": (
        given("i")
        + decision("d", f"<filter><in>{literal('[1, 2, 3]')}</in><match>{literal('(function(x) x > i)(item)')}</match></filter>", "i:i"),
        [3],
    ),
    "each round of a boxed loop makes its own": (
        decision("f", loop("for", literal("[1, 2, 3]"), literal("function(x) x * g")))
        + decision("d", literal("for h in f return h(10)"), "d:f"),
        [10, 20, 30],
    ),
    "each round of a loop makes its own": (
        decision("f", literal("for g in [1, 2, 3] return function(x) x * g")) + decision("d", literal("for h in f return h(10)"), "d:f"),
        [10, 20, 30],
    ),
    "list replace with a lambda": (
        decision("d", literal("list replace([2, 4, 7, 8], function(item, newItem) item < newItem, 5)")),
        [5, 5, 7, 8],
    ),
    "list replace with a knowledge model": (
        knowledge("b", "x y", literal("x < y")) + decision("d", literal("list replace([2, 4, 7, 8], b, 5)"), "k:b"),
        [5, 5, 7, 8],
    ),
    "list replace with a decision's function": (
        decision("f", function("x:number y:number", literal("x < y")))
        + decision("d", literal("list replace(list: [2, 7], match: f, newItem: 5)"), "d:f"),
        [5, 7],
    ),
    "list replace by a boxed invocation": (
        decision(
            "d",
            f"<invocation>{literal('list replace')}"
            f"{bind(list=literal('[2, 7]'), match=literal('function(item, newItem) item < newItem'), newItem=literal('5'))}</invocation>",
        ),
        [5, 7],
    ),
    "sort with a knowledge model": (
        knowledge("b", "x y", literal("x > y")) + decision("d", literal("sort([1, 3, 2], precedes: b)".replace("[", "list: [")), "k:b"),
        [3, 2, 1],
    ),
    "sort closes over an input": (
        given("i") + decision("d", literal("sort([1, 3, 2], function(x, y) abs(x - i) < abs(y - i))"), "i:i"),
        [2, 1, 3],
    ),
    "recursion": (
        knowledge("fac", "n", literal("if n <= 1 then 1 else n * fac(n - 1)")) + decision("d", literal("fac(10)"), "k:fac"),
        3628800,
    ),
    "recursion of an entry": (
        decision("d", context(f=function("n", literal("if n <= 1 then 1 else n * f(n - 1)")), result=literal("f(5)"))),
        120,
    ),
    "a parameter of a function type": (
        NUMERIC + knowledge("b", "f:tNumeric x", literal("f(x)")) + decision("d", literal("b(function(y: number) y * 3, 5)"), "k:b"),
        15,
    ),
    "a built-in for a function type": (
        NUMERIC + knowledge("b", "f:tNumeric x", literal("f(x)")) + decision("d", literal("b(abs, -5)"), "k:b"),
        5,
    ),
    "a knowledge model for a function type": (
        NUMERIC
        + knowledge("b", "f:tNumeric x", literal("f(x)"))
        + knowledge("c", "y:number", literal("y * 3"), kind="number")
        + decision("d", literal("b(c, 5)"), "k:b k:c"),
        15,
    ),
    "a decision of a function type": (
        NUMERIC + decision("f", literal("function(y) y * 3"), kind="tNumeric") + decision("d", literal("f(3)"), "d:f"),
        9,
    ),
    "a result that is not the type's": (
        NUMERIC + knowledge("b", "f:tNumeric x", literal("f(x)")) + decision("d", literal("b(function(y: number) string(y), 5)"), "k:b"),
        None,
    ),
    "a function of other parameters than the type's": (
        NUMERIC + knowledge("b", "f:tNumeric x", literal("f(x)")) + decision("d", literal("b(function(y, z) y, 5)"), "k:b"),
        None,
    ),
    "too many arguments": (knowledge("b", "f", literal("f(1, 2)")) + decision("d", literal("b(function(a) a)"), "k:b"), None),
}


def _decimal(value: object) -> object:
    if isinstance(value, list):
        return [_decimal(item) for item in value]
    return Decimal(value) if type(value) is int else value


@pytest.mark.parametrize("name", MODELS)
def test_a_function_stands_where_any_value_may(name, wrap, decide):
    body, expected = MODELS[name]
    source = wrap(body)
    assert decide(source, {"i": 2}).output == _decimal(expected)
    assert [str(problem) for problem in dmn.check(dmn.parse(source)) if problem.severity == "error"] == []


def test_what_is_expected_of_a_function_is_said(wrap, decide):
    body, _ = MODELS["a function of other parameters than the type's"]
    remarks = [warned.message for inner in [decide(wrap(body))] for warned in inner.warnings]
    assert any("函数（数字）→ 数字" in remark for remark in remarks)


def quantified(word: str, source: str, body: str) -> str:
    return decision("d", loop(word, literal(source), literal(body)))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (quantified("for", "null", "g"), None),
        (quantified("some", "null", "true"), None),
        (quantified("every", "null", "true"), None),
        (quantified("some", "[]", "true"), False),
        (quantified("every", "[]", "true"), True),
        # null among the outcomes is unknown, as in "or" and "and"
        (quantified("some", "[1, 2]", "if g = 1 then null else true"), True),
        (quantified("some", "[1, 2]", "if g = 1 then null else false"), None),
        (quantified("every", "[1, 2]", "if g = 1 then null else false"), False),
        (quantified("every", "[1, 2]", "if g = 1 then null else true"), None),
        # an outcome that is no boolean makes the whole null, wherever it comes
        (quantified("some", "[1, 2]", 'if g = 1 then true else "no"'), None),
        (quantified("some", "[1, 2]", 'if g = 2 then true else "no"'), None),
        (quantified("every", "[1, 2]", 'if g = 1 then false else "no"'), None),
        (quantified("every", "[1, 2]", 'if g = 2 then false else "no"'), None),
        (decision("d", f"<filter><in>{literal('null')}</in><match>{literal('true')}</match></filter>"), None),
        (decision("d", f"<filter><in>{literal('[1, 2]')}</in><match>{literal('null')}</match></filter>"), []),
    ],
)
def test_boxed_loops_over_null_and_with_outcomes_that_are_no_boolean(wrap, decide, body, expected):
    assert decide(wrap(body)).output == expected


@pytest.mark.parametrize(
    ("condition", "expected"), [("true", "yes"), ("false", "no"), ("null", None), ('"true"', None), ("1", None), ("n > 1", None)]
)
def test_a_boxed_condition_is_true_or_false_or_the_whole_is_null(wrap, decide, condition, expected):
    found = decide(
        wrap(
            decision(
                "d",
                f"<conditional><if>{literal(condition)}</if><then>{literal(chr(34) + 'yes' + chr(34))}</then>"
                f"<else>{literal(chr(34) + 'no' + chr(34))}</else></conditional>",
            )
        )
    )
    assert found.output == expected
    assert ("dmn.condition" in [warned.code for warned in found.warnings]) == (expected is None)


def test_a_call_inside_a_filter_may_be_of_an_items_entry(wrap, decide):
    source = wrap(decision("d", literal("[{f: function(x) x > 1}][f(2)]")))
    assert len(decide(source).output) == 1
    assert [problem.severity for problem in dmn.check(dmn.parse(source)) if problem.code == "dmn.unknown_function"] == ["warning"]
