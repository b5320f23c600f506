"""Conditions as people say them; what has no words says nothing rather than an id or a code."""

import pytest

from app.engine.expressions import formula
from app.seen.conditions import words

TITLES = {
    "opinion": "复核意见",
    "amount": "核定金额",
    "needed": "须线下评审",
    "project.totalAmount": "总投资",
    "joint.reclaim": "收回金额",
    "approved(review.approve_project)": "“审批立项”的审批",
}


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ('=opinion = "同意"', "复核意见是“同意”"),
        ('=opinion != "不同意"', "复核意见不是“不同意”"),
        ("=amount > 10000", "核定金额超过 10,000"),
        ("=amount >= 10000.5", "核定金额不少于 10,000.5"),
        ("=10000 >= amount", "核定金额不超过 10,000"),
        ("=amount < -1", "核定金额小于 -1"),
        ("=amount = null", "核定金额没有填写"),
        ("=amount != null", "核定金额已填写"),
        ("=needed", "须线下评审：是"),
        ("=not(needed)", "须线下评审：否"),
        ("=needed = false", "须线下评审：否"),
        ("=needed != false", "须线下评审：是"),
        ("=project.totalAmount <= 500000", "总投资不超过 500,000"),
        ("=joint.reclaim > 0", "收回金额超过 0"),
        ('=approved("review.approve_project")', "“审批立项”的审批有效"),
        ('=not(approved("review.approve_project"))', "“审批立项”的审批无效或还没有"),
        ('=needed and opinion = "同意"', "须线下评审：是，且复核意见是“同意”"),
        ("=needed or amount > 1", "须线下评审：是，或核定金额超过 1"),
        ("=true", "总是"),
    ],
)
def test_a_condition_in_words(condition: str, said: str) -> None:
    assert words(formula(condition).expression.tree.root, TITLES.get) == said


@pytest.mark.parametrize(
    "condition",
    [
        "=unknown",  # nobody has named it
        '=opinion = "PASS"',  # a code
        "=amount > limit",  # two values
        "=amount + 1 > 2",  # arithmetic
        "=needed and unknown",
        "=project.secret = 1",
        "=some x in [1] satisfies x = 1",
        '=approved("elsewhere.task")',
        "=count(opinion) = 1",
    ],
)
def test_what_has_no_words_is_left_to_its_formula(condition: str) -> None:
    assert words(formula(condition).expression.tree.root, TITLES.get) == ""
