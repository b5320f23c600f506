"""A suggestion is made for a slip only: a likeness would mislead."""

from __future__ import annotations

import pytest

from app.decision import feel
from app.decision.near import near


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("summ", "sum"),
        ("conut", "count"),
        ("contians", "contains"),
        ("stringlength", "string length"),
        ("String_Length", "string length"),
        ("uper case", "upper case"),
        ("distinct valus", "distinct values"),
        ("isEmpty", "is empty"),
        ("assert", None),
        ("format", None),
        ("avg", None),
        ("len", None),
        ("substr", None),
        ("valus", None),
        ("sum", None),
    ],
)
def test_a_functions_name(name: str, meant: str | None) -> None:
    assert near(name, feel.BUILTINS) == meant


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("totalAmout", ["totalAmount", "totalCount"], "totalAmount"),
        ("finance_bureu", ["finance_bureau", "data_bureau"], "finance_bureau"),
        ("task_2", ["task_1", "task_12"], None),
        ("金 额", ["金额"], "金额"),
        ("金额", ["总额", "金库"], None),
        ("合同金额", ["合同总额", "合同编号"], "合同总额"),
        ("ab", ["ac"], None),
        ("", ["a"], None),
        ("abcd", [], None),
        ("bat", ["hat", "cat"], "cat"),
    ],
)
def test_any_name(name: str, known: list[str], meant: str | None) -> None:
    assert near(name, known) == meant


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("warrantyOk", "warranty"),
        ("startedAt", "startedOn"),
        ("planStartAt", "planStartOn"),
        ("data_bureau", "data_bureau_leader"),
        ("itemA", "item"),
        ("itemA", "itemB"),
    ],
)
def test_a_word_more_or_another_word_is_no_slip(name: str, other: str) -> None:
    assert near(name, [other]) is None
    assert near(other, [name]) is None


@pytest.mark.parametrize("name", ["payOpinoin", "paOypinion", "payopinion", "pay_opinion", "payOpinionn"])
def test_a_slip_in_a_name_of_several_words(name: str) -> None:
    assert near(name, ["payOpinion", "pay", "opinion"]) == "payOpinion"
    assert near("paidOm", ["paidOn"]) == "paidOn"
