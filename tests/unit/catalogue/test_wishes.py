"""What a refused deployment is told in one sentence."""

import pytest

from app.catalogue.wishes import advice
from app.rehearsal.codes import FindingCode
from app.rehearsal.findings import Finding


@pytest.mark.parametrize(
    ("case", "begins"), [("主线", "scenarios/neu.yaml“主线”开始时"), ("", "scenarios/neu.yaml 开始时"), (None, "scenarios/neu.yaml 开始时")]
)
def test_a_case_without_a_name_is_told_without_quotes_around_nothing(case: str | None, begins: str) -> None:
    said = advice([Finding("scenarios/neu.yaml", case, None, FindingCode.SCENARIO, "开始时:没有流程“p”")])
    assert f"全部文件均未生效。{begins}:没有流程“p”。" in said
    assert "“”" not in said
