"""What an analyst reads when an expression is wrong."""

from __future__ import annotations

import contextlib
import pickle
from collections.abc import Callable

import pytest

from app.decision import feel

Warnings = Callable[..., list[tuple[str, str, int | None]]]


@pytest.mark.parametrize(
    ("expression", "code", "line", "column", "part"),
    [
        ("金额＞100", "feel_syntax_fullwidth", 1, 3, "半角的 >"),
        ("金额 > 100，000", "feel_syntax_fullwidth", 1, 9, "半角的 ,"),
        ("状态 = “通过”", "feel_syntax_fullwidth", 1, 6, '半角的 "'),
        ("max（1, 2）", "feel_syntax_fullwidth", 1, 4, "半角的 ("),
        ('"没有结束', "feel_syntax_string", 1, 1, "双引号"),
        ("1 +\n  * 2", "feel_syntax", 2, 3, "“*”"),
        ("a == 1", "feel_syntax", 1, 3, "一个等号"),
        ("if a then 1", "feel_syntax", 1, 12, "else"),
        ("[1, 2", "feel_syntax", 1, 6, "“]”"),
        ("(1, 2)", "feel_syntax", 1, 3, "圆括号"),
        ("", "feel_syntax", 1, 1, "空"),
        ("   ", "feel_syntax", 1, 1, "空"),
        ("not a", "feel_syntax", 1, 1, "not(…)"),
        ("f(a: 1, 2)", "feel_syntax", 1, 9, "全部"),
        ("{a: 1, a: 2}", "feel_syntax_duplicate", 1, 8, "两个"),
        ('@"2026-02-30"', "feel_syntax_temporal", 1, 1, "不是日期"),
        ("1 instance of numbr", "feel_syntax_type", 1, 15, "没有“numbr”"),
        ("/* open", "feel_syntax_comment", 1, 1, "*/"),
        ("1, 2", "feel_syntax", 1, 2, "逗号"),
        ('"\\ud800"', "feel_syntax_string", 1, 1, "有效的字符"),
        ("a ? b : c", "feel_syntax", 1, 3, "“?”"),
        ("import os", None, 0, 0, ""),
    ],
)
def test_a_syntax_error_names_place_cause_and_remedy(expression: str, code: str | None, line: int, column: int, part: str) -> None:
    if code is None:
        assert feel.compile(expression).names == {"import os"}  # a name of two words, that no one has
        return
    with pytest.raises(feel.FeelSyntaxError) as caught:
        feel.compile(expression)
    error = caught.value
    assert (error.code, error.line, error.column) == (code, line, column)
    assert part in error.message
    assert str(error).startswith(f"第 {line} 行第 {column} 列：")


@pytest.mark.parametrize(
    ("expression", "code", "position"),
    [
        ('1 + "a"', "feel_arithmetic", 2),
        ("1 / 0", "feel_division_by_zero", 2),
        ('1 < "a"', "feel_comparison", 2),
        ("missing + 1", "feel_unknown_name", 0),
        ("{a: 1}.b", "feel_unknown_entry", 6),
        ("1.year", "feel_unknown_entry", 1),
        ("nothing(1)", "feel_unknown_function", 0),
        ('sqrt("4")', "feel_arguments", 0),
        ("5()", "feel_not_a_function", 1),
        ("[1..null]", "feel_range", 0),
        ("for i in 1..null return i", "feel_iteration", 0),
        ('matches("a", "(")', "feel_pattern", 0),
    ],
)
def test_a_mismatch_gives_null_and_a_warning_with_its_place(warnings: Warnings, expression: str, code: str, position: int) -> None:
    heard = warnings(expression)
    assert heard[0][0] == code
    assert heard[0][2] == position
    assert any("\u4e00" <= character <= "\u9fff" for character in heard[0][1])


def test_null_operands_do_not_warn(warnings: Warnings) -> None:
    assert warnings("x + 1 > 2 and x < 3", x=None) == []


def test_errors_survive_pickling() -> None:
    with pytest.raises(feel.FeelSyntaxError) as caught:
        feel.compile("1 +")
    copied = pickle.loads(pickle.dumps(caught.value))
    assert (copied.code, copied.position, str(copied)) == (caught.value.code, caught.value.position, str(caught.value))


@pytest.mark.parametrize(
    "expression",
    [
        "().__class__",
        '"".__class__',
        "(1).__class__.__bases__",
        "[].append",
        "{}.keys",
        "abs.__globals__",
        "(function() 1).call",
        "__import__",
        '__builtins__.open("x")',
        '@"2026-01-01".today',
        "now().tzinfo",
        "[1..2].operator",
    ],
)
def test_nothing_but_values_can_be_reached(environment: feel.Environment, expression: str) -> None:
    with contextlib.suppress(feel.FeelSyntaxError):
        assert feel.compile(expression).evaluate({}, environment) in (None, [])
