"""Operators, lists, contexts, loops, functions: what an expression means."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.decision import feel

Text = Callable[..., str]

ARITHMETIC = [
    ("0.1 + 0.2 = 0.3", "true"),
    ("0.14 / 1.40 <= 0.1", "true"),
    ("10 + 20 / -5 - 3", "3"),
    ("-3 ** 2", "9"),
    ("3 ** 4 ** 5", "3486784401"),
    ("--10", "10"),
    ("1.2*10**3", "1200"),
    ("10 ** -5", "0.00001"),
    ("1 / 3", "0.3333333333333333333333333333333333"),
    ("2 / 3", "0.6666666666666666666666666666666667"),
    ("1 / 0", "null"),
    ("0 ** 0", "null"),
    ("(-8) ** 0.5", "null"),
    ("10 + null", "null"),
    ('"a" + "b"', '"ab"'),
    ('"a" + 1', "null"),
    ("true + 1", "null"),
    ("[2] ** 4", "null"),
    (".872", "0.872"),
    ("1.23e4", "12300"),
    ("-0", "0"),
    ("10 // rest of the line\n + 1 /* in\nbetween */ + 1", "12"),
]

LOGIC = [
    ("true and null", "null"),
    ("false and null", "false"),
    ("null or true", "true"),
    ("null or false", "null"),
    ('true and "x"', "null"),
    ('false and "x"', "false"),
    ("not(null)", "null"),
    ("true and true and false", "false"),
    ("if null then 1 else 2", "2"),
    ('if "x" then 1 else 2', "2"),
    ("if false then 1 else if true then 2 else 3", "2"),
]

COMPARISONS = [
    ("null = null", "true"),
    ("1 = null", "false"),
    ('1 = "1"', "null"),
    ("1 != 2", "true"),
    ("null < 1", "null"),
    ("true < false", "null"),
    ('"a" < "b"', "true"),
    ("[1, 2] = [1, 2.0]", "true"),
    ("[1, 2] = [2, 1]", "false"),
    ('{a: 1, b: "x"} = {b: "x", a: 1}', "true"),
    ("{} = []", "null"),
    ("[] = null", "false"),
    ("5 between 1 and 10", "true"),
    ("5 between 1 and 10 and true", "true"),
    ("1 between null and 5", "null"),
    ("1 in [1, 2]", "true"),
    ("1 in (2, < 1.5)", "true"),
    ("5 in (> 5)", "false"),
    ("5 in [1..5)", "false"),
    ("5 in ]1..5]", "true"),
    ("1 in [[2..4], [1..3]]", "true"),
    ("[1, 2] in [[1, 2], [3]]", "true"),
    ("null in [1..10]", "null"),
    ("5 in (null..10]", "null"),
    ("2 in (1 + 1)", "true"),
    ("4 in (1 + 1) * 2", "true"),
    ("(< 10) = (null..10)", "false"),
    ("[1..10[ = [1..10)", "true"),
    ("[1..10[.end included", "false"),
    ("(>= 10).end", "null"),
    ("[1..10].start", "1"),
]

LISTS = [
    ("[1, 2, 3][2]", "2"),
    ("[1, 2, 3][-1]", "3"),
    ("[1, 2, 3][0]", "null"),
    ("[1, 2, 3][4]", "null"),
    ("[1, 2, 3][1.5]", "null"),
    ("[1, 2, 3][item > 1]", "[2, 3]"),
    ("[1, 2, 3][1 + 1]", "2"),
    ("100[1]", "100"),
    ("100[true]", "[100]"),
    ("null[1]", "null"),
    ("null[true]", "[]"),
    ("[{a: 1, b: 2}, {a: 3, b: 4}][a > 1].b", "[4]"),
    ("[{item: 1}, {item: 2}][item >= 2]", "[{item: 2}]"),
    ("[{a: 1}, {b: 2}].a", "[1, null]"),
    ("[[1], [2, 3]][count(item) > 1]", "[[2, 3]]"),
    ('[1, "a", null][item > 0]', "[1]"),
]

CONTEXTS = [
    ("{a: 1, b: a + 1}.b", "2"),
    ('{"a b": 1, c: a b + 1}.c', "2"),
    ("{foo+bar: 1, c: foo+bar * 2}.c", "2"),
    ("{a: 1}.b", "null"),
    ('{"": 1}', '{"": 1}'),
    ("{a: {b: {c: 5}}}.a.b.c", "5"),
    ("{is positive: function(x: number) x > 0, r: is positive(-3)}.r", "false"),
    ("{count: 2, r: count + count([1])}.r", "3"),
]

LOOPS = [
    ("for i in 1..3, j in 1..i return i * j", "[1, 2, 4, 3, 6, 9]"),
    ("for i in 3..1 return i", "[3, 2, 1]"),
    ("for i in [1..3) return i", "[1, 2]"),
    ("for i in (1..4) return i", "[2, 3]"),
    ("for i in 0..4 return if i = 0 then 1 else i * partial[-1]", "[1, 1, 2, 6, 24]"),
    ("for i in 1..3 return partial", "[[], [[]], [[], [[]]]]"),
    ('for d in @"2026-02-27"..@"2026-03-01" return d.day', "[27, 28, 1]"),
    ("for i in 5 return i", "[5]"),
    ("for i in null return i", "null"),
    ('for i in "a".."c" return i', "null"),
    ("some x in [1, 2] satisfies x > 1", "true"),
    ("every x in [] satisfies x", "true"),
    ("some x in [] satisfies true", "false"),
    ("some x in [1, null] satisfies x > 1", "null"),
    ("every x in [1, 2], y in [3, 4] satisfies x < y", "true"),
    ("for 人员 in [{姓 名: 1}] return 人员.姓 名", "[1]"),
]

FUNCTIONS = [
    ("(function(a, b) a + b)(1, 2)", "3"),
    ("(function(a, b) a - b)(b: 1, a: 5)", "4"),
    ("(function(a) a)(1, 2)", "null"),
    ("{y: 2, f: function(x) x + y, r: f(1)}.r", "3"),
    ("{f: function(n) if n <= 1 then 1 else n * f(n - 1), r: f(10)}.r", "3628800"),
    ('(function(x: number) x)("a")', "null"),
    ("(function(x: number) x)([5])", "5"),
    ("(function(x: list<number>) x)(5)", "[5]"),
    ('(function(x: date and time) x)(@"2026-03-10")', '@"2026-03-10T00:00:00Z"'),
    ("[function(x) x + 1][1](2)", "3"),
    ("sort([3, 1, 2], function(x, y) x > y)", "[3, 2, 1]"),
    ("{f: abs, r: f(-3)}.r", "3"),
    ("missing(1)", "null"),
    ('"abs"(-1)', "null"),
    ("null()", "null"),
    ('(function(a) external {java: {class: "java.lang.Math", `method signature`: 1}})(1)'.replace("`method signature`", "m"), "null"),
]

TYPES = [
    ("1 instance of number", "true"),
    ("null instance of Any", "false"),
    ("null instance of Null", "true"),
    ("1 instance of Null", "false"),
    ("[1, 2] instance of list<number>", "true"),
    ('[1, "a"] instance of list<number>', "false"),
    ("[] instance of list<string>", "true"),
    ("{a: 1} instance of context<a: number>", "true"),
    ("{a: null, b: 1} instance of context<a: string>", "true"),
    ("{} instance of context<a: string>", "false"),
    ("[1..2] instance of range<number>", "true"),
    ("[1..2] instance of range<date>", "false"),
    ("(function(a: string) 1) instance of function<string> -> number", "true"),
    ("(function() 1) instance of function<> -> Any", "true"),
    ("(function() 1) instance of function<> -> string", "false"),
    ('@"P1M" instance of years and months duration', "true"),
    ('@"P1D" instance of days and time duration', "true"),
    ("now() instance of date and time", "true"),
    ("-1 instance of number", "true"),
]

STRINGS = [
    (r'"\u4e2d\U01F40E\n\"\\"', '"中🐎\\n\\"\\\\"'),
    (r'string length("\uD83D\uDC0E")', "1"),
    (r'"\s" = "\\s"', "true"),
]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [*ARITHMETIC, *LOGIC, *COMPARISONS, *LISTS, *CONTEXTS, *LOOPS, *FUNCTIONS, *TYPES, *STRINGS],
    ids=lambda part: part[:60],
)
def test_an_expression_means_what_the_specification_says(text: Text, expression: str, expected: str) -> None:
    assert text(expression) == expected


def test_a_variable_that_does_not_exist_is_null(text: Text) -> None:
    assert text("amount = null") == "true"


def test_a_function_among_the_variables_goes_before_a_built_in(text: Text, environment: feel.Environment) -> None:
    mine = feel.compile("function(x) 42").evaluate({}, environment)
    assert text("count([1])", count=mine) == "42"


def test_a_variable_named_like_a_built_in_does_not_hide_the_function(text: Text) -> None:
    assert text("count([1, 2]) + count", count=5) == "7"


def test_a_function_that_outlives_its_expression_still_sees_its_variables(value: Callable[..., object], text: Text) -> None:
    add = value("function(x) x + base", base=10)
    assert text("add(1)", add=add) == "11"


def test_python_numbers_come_in_exactly(text: Text) -> None:
    assert text("[a, b, c[1], d.e]", a=1, b=0.1, c=[2], d={"e": 10**20}) == "[1, 0.1, 2, 100000000000000000000]"


def test_the_variables_given_are_never_changed(value: Callable[..., object]) -> None:
    given = {"list": [1, 2], "inner": {"a": 1}}
    value("append(list, 3)", given)
    value('context put(inner, "a", 2)', given)
    assert given == {"list": [1, 2], "inner": {"a": 1}}
