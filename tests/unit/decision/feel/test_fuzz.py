"""Whatever is typed into a cell, the answer is a value or an error that FEEL knows; FUZZ_EXAMPLES sets how many are tried."""

from __future__ import annotations

import os
from datetime import datetime
from itertools import islice, product
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.decision import feel

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "2000"))
ZONE = ZoneInfo("Asia/Shanghai")
LIMITS = feel.Limits(iterations=3_000, seconds=0.5, list_size=2_000, string_size=5_000)
ENVIRONMENT = feel.Environment(
    now=datetime(2026, 3, 10, 9, tzinfo=ZONE), zone=ZONE, limits=LIMITS, on_warning=lambda code, message, position: None
)
VARIABLES: dict[str, object] = {
    "a": 1,
    "b": "文本",
    "c": [1, 2, None, "x", [3]],
    "d": {"e": 5, "f g": [1], "item": 2},
    "总 金额": 4000000,
    "x-y": True,
    "today": None,
    "when": datetime(2026, 1, 31, 12, tzinfo=ZONE),
}

NUMBERS = st.sampled_from(["0", "1", "2", "-1", "3.5", ".5", "1e3", "1E-20", "9999999999", "1e6144", "0.1", "100"])
STRINGS = st.sampled_from(['""', '"a"', '"文本"', '"\\u4e2d"', '"2026-01-31"', '"P1M"', '"(a+)+$"', '"[a-z]"', '"\\\\d"', '"$1"', '"i"'])
TEMPORALS = st.sampled_from(
    [
        '@"2026-01-31"',
        '@"-999999999-01-01"',
        '@"999999999-12-31"',
        '@"10:30:00.123456789@Europe/Paris"',
        '@"2026-01-31T10:30:00Z"',
        '@"2026-03-29T02:30:00@Europe/Paris"',
        '@"P1M"',
        '@"-P1DT2H"',
        '@"P999999999D"',
        "now()",
    ]
)
NAMES = st.sampled_from(["a", "b", "c", "d", "总 金额", "x-y", "item", "partial", "?", "missing", "when", "d.f g", "d.e", "count", "c.e"])
LITERALS = st.one_of(NUMBERS, STRINGS, TEMPORALS, NAMES, st.sampled_from(["true", "false", "null", "[]", "{}"]))
OPERATORS = st.sampled_from(["+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "and", "or", "in"])
TYPES = st.sampled_from(
    ["number", "string", "Any", "list<number>", "context<a: string>", "range<date>", "function<number> -> Any", "date and time"]
)
FUNCTIONS = st.sampled_from(sorted(feel.BUILTINS))
FITTING_TEXTS: dict[str, list[str]] = {
    "number": ["0", "1", "-2", "3.5", ".5", "1e3", "1E-20", "9999999999", "1e6144"],
    "string": ['""', '"a"', '"文本"', '"2026-01-31"', '"P1M"', '"(a+)+$"', '"[a-z]"', '"\\\\d"', '"$1"', '"i"'],
    "boolean": ["true", "false", "a > 0"],
    "list": ["[1, 2, 2]", "[]", "c", '["b", "a"]', "[true, false]", "[[1, [2]], 3]", '[{key: "a", value: 1}]', '[@"P1D", @"PT5H"]'],
    "context": ["d", "{}", "{a: {b: 1}}"],
    "date": ['@"2026-01-31"', '@"-999999999-01-01"', "today()"],
    "time": ['@"10:30:00"', '@"23:59:59.999999999Z"', '@"10:30:00@Europe/Paris"'],
    "date and time": ["when", "now()", '@"2026-01-31T10:30:00"', '@"999999999-12-31T23:59:59@Asia/Shanghai"'],
    "days and time duration": ['@"PT1H"', '@"-P400D"', '@"PT0.000000001S"'],
    "years and months duration": ['@"P1M"', '@"-P100Y"'],
    "range": ["[1..5]", "(2..8)", "(< 3)", "(>= 2)", '["a".."b"]', '[@"2026-01-01"..@"2026-12-31"]'],
    "function": ["function(x, y) x < y", "function(x, y) x = y", "function(x) x", "abs"],
    "point": ["3", '"a"', '@"2026-01-31"'],
    "any": ["1", '"a"', "null", "c", "d", "[1..5]", '@"10:30:00Z"'],
}
FITTING = {kind: st.sampled_from(texts) for kind, texts in FITTING_TEXTS.items()}


@st.composite
def fitting_calls(draw: st.DrawFn) -> str:
    """A call whose arguments have the declared types."""
    spec = feel.BUILTINS[draw(FUNCTIONS)]
    types = draw(st.sampled_from(spec.types))
    arguments = [draw(FITTING[draw(st.sampled_from(kind.removesuffix("?").split("|")))]) for kind in types]
    return f"{spec.name}({', '.join(arguments)})"


PROPERTIES = st.sampled_from(["a", "year", "time offset", "start", "days", "e", "f g", "seconds", "weekday", "timezone"])


def _grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, OPERATORS, inner).map(" ".join),
        inner.map("({})".format),
        inner.map("-{}".format),
        st.lists(inner, max_size=4).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(inner, max_size=3).map(lambda items: "{" + ", ".join(f"k{place}: {item}" for place, item in enumerate(items)) + "}"),
        st.tuples(FUNCTIONS, st.lists(inner, max_size=4)).map(lambda call: f"{call[0]}({', '.join(call[1])})"),
        st.tuples(inner, inner, inner).map(lambda parts: f"if {parts[0]} then {parts[1]} else {parts[2]}"),
        st.tuples(inner, inner).map(lambda parts: f"for i in {parts[0]} return {parts[1]}"),
        st.tuples(inner, inner, inner).map(lambda parts: f"for i in {parts[0]}..{parts[1]} return {parts[2]}"),
        st.tuples(st.sampled_from(["some", "every"]), inner, inner).map(lambda parts: f"{parts[0]} i in {parts[1]} satisfies {parts[2]}"),
        st.tuples(inner, inner).map(lambda parts: f"({parts[0]})[{parts[1]}]"),
        st.tuples(inner, PROPERTIES).map(lambda parts: f"({parts[0]}).{parts[1]}"),
        st.tuples(st.sampled_from("[(]"), inner, inner, st.sampled_from("])[")).map(
            lambda parts: f"{parts[0]}{parts[1]}..{parts[2]}{parts[3]}"
        ),
        st.tuples(inner, inner, inner).map(lambda parts: f"({parts[0]}) between {parts[1]} and {parts[2]}"),
        st.tuples(inner, TYPES).map(lambda parts: f"({parts[0]}) instance of {parts[1]}"),
        inner.map("function(x, y) {}".format),
        st.tuples(inner, inner).map(lambda parts: f"(function(x: number) {parts[0]})({parts[1]})"),
        st.tuples(inner, inner).map(lambda parts: f"sort({parts[0]}, function(x, y) {parts[1]})"),
        st.tuples(st.sampled_from(["<", ">=", "!="]), inner).map(lambda parts: f"({parts[0]} {parts[1]})"),
        st.tuples(inner, inner, inner).map(lambda parts: f"{parts[0]} in ({parts[1]}, < {parts[2]})"),
    )


ARITHMETIC = st.tuples(st.sampled_from(list(FITTING)), st.sampled_from(list(FITTING)), OPERATORS).flatmap(
    lambda kinds: st.tuples(FITTING[kinds[0]], st.just(kinds[2]), FITTING[kinds[1]]).map(" ".join)
)
EXPRESSIONS = st.recursive(st.one_of(LITERALS, fitting_calls(), fitting_calls(), ARITHMETIC), _grow, max_leaves=8)
PIECES = st.sampled_from(
    [
        "a", "b", "总", "金额", "1", ".5", "1e5", "\"", "\"x\"", "@\"P1D\"", "(", ")", "[", "]", "{", "}", ",", ":", ".", "..", "+", "-",
        "*", "/", "**", "<", "<=", "=", "!=", ">", ">=", "?", "and", "or", "not", "in", "if", "then", "else", "for", "return", "some",
        "every", "satisfies", "between", "instance", "of", "function", "external", "null", "true", "date", "time", "＞", "，“", "”",
        "。", ";", "'", "\\", "$", "#", "🐎", "\n", "/*", "*/", "//", "->", "==", "&&", "list<",
    ]
)  # fmt: skip
SOUP = st.lists(PIECES, max_size=14).map(" ".join)


def _try(text: str) -> None:
    for compile_text in (_expression, _cell):
        refusal: feel.FeelError | None = None
        try:
            compile_text(text)
        except feel.FeelError as error:
            refusal = error
        if refusal is not None:
            assert refusal.code.startswith("feel_")
            assert any("\u4e00" <= character <= "\u9fff" for character in refusal.message)


def _expression(text: str) -> None:
    value = feel.compile(text, limits=LIMITS).evaluate(VARIABLES, ENVIRONMENT)
    feel.to_text(value, LIMITS)
    feel.type_name(value)
    feel.to_json(value, LIMITS)


def _cell(text: str) -> None:
    assert feel.compile_unary(text, limits=LIMITS).matches(5, VARIABLES, ENVIRONMENT) in (True, False, None)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(EXPRESSIONS)
def test_a_well_formed_expression_gives_a_value_or_a_feel_error(text: str) -> None:
    _try(text)


@settings(max_examples=max(EXAMPLES // 4, 1), deadline=None, suppress_health_check=list(HealthCheck))
@given(SOUP)
def test_loose_tokens_give_a_value_or_a_feel_error(text: str) -> None:
    _try(text)


@settings(max_examples=max(EXAMPLES // 4, 1), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=40))
def test_any_text_gives_a_value_or_a_feel_error(text: str) -> None:
    _try(text)


def test_every_function_bears_every_fitting_argument() -> None:
    tried = 0
    for spec in feel.BUILTINS.values():
        for types in spec.types:
            choices = [[text for part in kind.removesuffix("?").split("|") for text in FITTING_TEXTS[part]] for kind in types]
            for arguments in islice(product(*choices), 60):
                _try(f"{spec.name}({', '.join(arguments)})")
                tried += 1
    assert tried > 1_500
