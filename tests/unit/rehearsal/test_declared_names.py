"""A declared property over a name that nothing writes promises nothing: refused by name, where every writer is known."""

from pathlib import Path

import pytest

from app.rehearsal.library import Shelf
from app.rehearsal.lint import check

ROOT = Path(__file__).resolve().parents[3]
REVIEW = (ROOT / "bpmn/fengxian/review.bpmn").read_text("utf-8")


@pytest.mark.parametrize(
    ("was", "instead", "element", "named"),
    [
        ('name="approves" value="approvedEstimate approvalNo"', 'name="approves" value="approvedEstimate nonsense"', "approve_documents", "approves"),
        ("name=\"approvesWhen\" value='approvalResult = \"批复\"'", 'name="approvesWhen" value="nonsense = true"', "approve_documents", "approvesWhen"),
        ('name="notify" value="applicant"', 'name="notify" value="=nonsense"', "plan_not_listed", "notify"),
        ('name="noDeadline"', 'name="office" value="=nonsense"/><zeebe:property name="noDeadline"', "summarise_pre_review", "office"),
    ],
)  # fmt: skip
def test_a_property_over_a_name_that_nothing_writes_is_refused_without_house_rules_too(
    was: str, instead: str, element: str, named: str
) -> None:
    assert was in REVIEW
    found = check([("bpmn/fengxian/review.bpmn", REVIEW.replace(was, instead, 1).encode())], installation=Shelf(ROOT))
    (told,) = [finding for finding in found if finding.severity == "error"]
    assert (told.code, told.element, f"的属性 {named}" in told.message, "用到变量“nonsense”,没有任何环节写入它" in told.message) == (
        "VARIABLE",
        element,
        True,
        True,
    )
