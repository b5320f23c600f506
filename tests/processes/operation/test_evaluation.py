"""Evaluation with its opinions, rectification within a set time, and what follows where it fails, in both districts."""

from typing import Any

import pytest

from tests.processes.driver import Case, FormRejected, at

FACTS = {"projectName": "智慧养老服务平台", "applicantOffice": "区民政局"}
FAILED = {"conclusion": "未通过", "issues": "活跃用户不足", "rectifyDueOn": "2027-04-20"}
BAD = {"rectifyState": "整改不合格", "confirmNote": "仍未达标"}
BEGUN_BY = {"rectification_requested": "rectification", "sanction_requested": "sanction"}


# Article 31's evaluation of the service is Fengxian's with opinions; article 32's of the project is the bureau's alone.
PROCESS = {"fengxian": "service_evaluation", "sucheng": "evaluation"}
CONCLUSION = {"fengxian": "conclude_service", "sucheng": "conclude_evaluation"}


def evaluating(district: str, phase: str = "operating", process: str = "", **facts: Any) -> Case:
    return Case(district, process or PROCESS[district], {**FACTS, **facts}, now=at("2027-03-16"), phase=phase)


def concluded(district: str, **conclusion: Any) -> Case:
    case = evaluating(district, process="evaluation")
    if district == "sucheng":
        case.fill_all("give_opinion")
    case.fill("conclude_evaluation", **conclusion)
    return case


def following(case: Case) -> Case:
    """The case that the last message of another begins."""
    message = case.messages[-1]
    return Case(
        case.district, BEGUN_BY[message["name"]], case.facts, message["variables"], case.now, phase=case.phase, records=case.records
    )


def rectifying(district: str) -> Case:
    return following(concluded(district, **FAILED))


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_conclusion_waits_for_every_opinion(district: str) -> None:
    case = evaluating(district)
    groups = {case.task("give_opinion", index).groups for index in range(case.tasks["give_opinion"])}
    assert ("data_bureau",) in groups
    assert ("finance",) in groups
    while case.tasks["give_opinion"] > 1:
        case.fill("give_opinion")
        assert case.tasks[CONCLUSION[district]] == 0
    case.advance("2027-04-20")  # silence is no opinion
    assert case.tasks == {"give_opinion": 1}
    assert "opinion" in case.overdue
    case.fill("give_opinion", opinion="未通过", comment="数据更新不及时")
    assert case.tasks == {CONCLUSION[district]: 1}
    assert {row["opinion"] for row in case.variable("opinions")} == {"通过", "未通过"}


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_each_opinion_is_one_offices(district: str) -> None:
    case = evaluating(district)
    offices = [case.task("give_opinion", index).office for index in range(case.tasks["give_opinion"])]
    assert None not in offices
    assert len(set(offices)) == len(offices)


def test_conclusion_covers_quality_progress_and_operation() -> None:
    case = evaluating("sucheng")
    case.fill_all("give_opinion")
    with pytest.raises(FormRejected) as refused:
        case.fill("conclude_evaluation", progress=...)
    assert refused.value.problems[0].path == "progress"
    for missing in ("issues", "rectifyDueOn"):
        with pytest.raises(FormRejected):
            case.fill("conclude_evaluation", **{**FAILED, missing: ...})
    with pytest.raises(FormRejected):
        case.fill("conclude_evaluation", **{**FAILED, "rectifyDueOn": "2027-03-15"})


def test_an_opinion_is_not_overruled_in_silence() -> None:
    case = evaluating("fengxian")
    case.fill("give_opinion")
    case.fill("give_opinion", opinion="未通过", comment="使用率低")
    with pytest.raises(FormRejected) as refused:
        case.fill("conclude_service")
    assert [problem.path for problem in refused.value.problems] == ["serviceConclusion"]
    case.fill("conclude_service", serviceConclusion="未通过", serviceNote="使用率低")
    assert case.facts["serviceResult"] == "未通过"
    assert "evalResult" not in case.facts  # it decides about money, not about upgrades


@pytest.mark.parametrize("phase", ["building", "trial", "operating"])
def test_sucheng_evaluates_while_it_is_being_built_too(phase: str) -> None:
    case = evaluating("sucheng", phase)
    case.fill_all("give_opinion")
    case.fill("conclude_evaluation", **FAILED)
    assert case.facts["evalResult"] == "未通过"
    assert case.facts["rectified"] is False
    assert case.phase == phase
    assert case.ended
    assert following(case).tasks == {"rectify": 1}


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_failed_evaluation_is_rectified_and_confirmed_by_the_bureau(district: str) -> None:
    case = rectifying(district)
    assert case.tasks == {"rectify": 1}
    # FX-32-2: the building office; SC-33-10: the applying office together with the contractor.
    assert case.task("rectify").groups == {"fengxian": ("applicant",), "sucheng": ("applicant", "implementer")}[district]
    assert case.facts["rectified"] is False
    assert case.timers == {"rectify_late": at("2027-04-21T00:00:00")}
    case.fill("rectify")
    assert case.facts["rectified"] is False  # the office's own report settles nothing
    assert case.task("confirm_rectification").groups == ("data_bureau",)
    case.fill("confirm_rectification")
    assert case.facts["rectified"] is True
    assert case.records["rectification"][0]["state"] == "整改合格"
    assert case.ended


def test_a_rectification_that_waited_for_an_earlier_one_is_not_settled_by_it() -> None:
    """The second begins when the first has ended, and with it what is to be mended is open again."""
    failed = concluded("fengxian", **FAILED)
    first = following(failed)
    first.fill("rectify")
    first.fill("confirm_rectification")
    assert failed.facts["rectified"] is True
    second = following(failed)
    assert second.facts["rectified"] is False
    assert second.tasks == {"rectify": 1}


def test_missing_the_rectification_date_leads_to_sanctions() -> None:
    case = rectifying("sucheng")
    case.advance("2027-04-20T23:59:59")
    assert case.tasks == {"rectify": 1}
    case.advance("2027-04-21T00:00:00")
    assert case.overdue[-1] == "evaluation.rectify"
    assert case.records["rectification"][0]["state"] == "拒不整改"
    case = following(case)
    assert case.tasks == {"decide_sanction": 1}
    assert case.variable("rectifyState") == "拒不整改"
    case.fill("decide_sanction", measures=["暂缓拨付"], rectifyDueOn="2027-06-01")
    assert case.facts["suspended"] is True
    case = following(case)
    assert case.tasks == {"rectify": 1}
    case.fill("rectify")
    case.fill("confirm_rectification")
    assert case.facts["suspended"] is False
    assert case.facts["rectified"] is True


def test_a_lighter_sanction_does_not_lift_an_earlier_suspension() -> None:
    case = rectifying("sucheng")
    for measures in (["暂缓拨付"], ["通报批评"]):
        case.fill("rectify")
        case.fill("confirm_rectification", **BAD)
        case = following(case)
        case.fill("decide_sanction", measures=measures, rectifyDueOn="2027-06-01")
        assert case.facts["suspended"] is True
        case = following(case)


def test_third_failure_proposes_termination_and_finance_countersigns() -> None:
    case = rectifying("sucheng")
    for due_on in ("2027-05-20", "2027-06-20"):
        case.fill("rectify")
        case.fill("confirm_rectification", **BAD)
        case = following(case)
        assert "项目终止" not in [row["measure"] for row in case.variable("advice")["measures"]]
        case.fill("decide_sanction", measures=["通报批评"], rectifyDueOn=due_on)
        case = following(case)
    case.fill("rectify")
    case.fill("confirm_rectification", **BAD)
    case = following(case)
    assert case.variable("advice")["round"] == 3
    assert "项目终止" in [row["measure"] for row in case.variable("advice")["measures"]]
    case.fill("decide_sanction", measures=["项目终止"], rectifyDueOn=...)
    assert case.phase == "operating"
    assert case.task("confirm_termination").groups == ("finance",)
    case.fill("confirm_termination")
    assert case.phase == "terminated"
    assert case.ended


def test_another_evaluation_counts_its_rounds_anew() -> None:
    case = rectifying("sucheng")
    case.records["rectification"] = [{"raisedAt": "2026-03-16T09:00:00+08:00", "state": "整改不合格"}] * 3
    case.fill("rectify")
    case.fill("confirm_rectification", **BAD)
    assert following(case).variable("advice")["round"] == 1


def test_finance_may_refuse_termination() -> None:
    case = rectifying("sucheng")
    case.fill("rectify")
    case.fill("confirm_rectification", **BAD)
    case = following(case)
    case.fill("decide_sanction", measures=["项目终止"], rectifyDueOn=...)
    with pytest.raises(FormRejected):
        case.fill("confirm_termination", terminationDecision="不同意", terminationNote="宜继续整改", rectifyDueOn=...)
    case.fill("confirm_termination", terminationDecision="不同意", terminationNote="宜继续整改", rectifyDueOn="2027-07-01")
    assert case.phase == "operating"
    case = following(case)
    assert case.tasks == {"rectify": 1}
    assert case.timers == {"rectify_late": at("2027-07-02T00:00:00")}


def test_a_sanction_short_of_termination_sets_a_new_date() -> None:
    case = rectifying("sucheng")
    case.fill("rectify")
    case.fill("confirm_rectification", **BAD)
    case = following(case)
    for due_on in (..., "2027-03-15"):
        with pytest.raises(FormRejected):
            case.fill("decide_sanction", measures=["通报批评"], rectifyDueOn=due_on)


def test_fengxian_limits_applications_and_touches_no_payment() -> None:
    case = rectifying("fengxian")
    case.advance("2027-04-21T00:00:00")
    case = following(case)
    with pytest.raises(FormRejected):
        case.fill("decide_sanction", measures=["暂缓拨付"], rectifyDueOn="2027-06-01")
    case.fill("decide_sanction", rectifyDueOn="2027-06-01")
    assert case.facts.get("suspended") is None
    assert case.facts["rectified"] is False
    assert following(case).tasks == {"rectify": 1}
