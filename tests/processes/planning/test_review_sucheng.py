"""Sucheng: pre-review by four parties, budget, plan, then project approval, joint review and decentralised construction side by side."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.rehearsal.library import Shelf
from app.rehearsal.scenarios import Suite
from tests.processes.driver import ROOT, FormRejected, at, clauses_of, library
from tests.processes.planning.cases import PlanningCase, review

ASPECTS = ("intensive", "integration", "dataSharing", "collaboration", "networkSecurity", "estimate", "technicalScheme")
DUTIES = {
    "data_bureau": ASPECTS[:4],
    "cyberspace": ("networkSecurity",),
    "finance": ("estimate",),
    "big_data_centre": ("technicalScheme",),
}
LISTED = {"listed": True, "planDocNo": "宿区政1号", "planYear": 2027, "planAmount": 6000000, "fundChannel": None}


def to_plan(case: PlanningCase) -> None:
    """Pre-review and budget passed: the project waits for the annual plan."""
    case.fill_all("give_pre_review_opinion")
    case.fill("issue_pre_review")
    case.fill("apply_budget")
    case.fill("review_budget")


def to_examination(case: PlanningCase, **answers: Any) -> None:
    to_plan(case)
    assert case.message("plan_listed", LISTED)
    case.fill("apply_examination", **answers)


def joint_review(case: PlanningCase) -> None:
    case.fill_all("give_joint_opinion")
    case.fill("set_control_price")
    case.fill("conclude_joint_review")


def finish_joint_review(case: PlanningCase) -> None:
    case.fill("revise_final")
    case.fill("check_final")
    case.fill_all("sign_joint_review")
    case.fill("upload_signed_form")


def test_main_path_from_the_request_to_procurement() -> None:
    case = review("sucheng")
    to_plan(case)
    assert case.phase == "reviewed"
    assert (case.messages[0]["name"], case.messages[0]["key"]) == ("listing_requested", "2027")
    case.message("plan_listed", LISTED)
    assert case.phase == "planned"
    case.fill("apply_examination")
    assert case.tasks == {"give_joint_opinion": 4, "submit_establishment": 1}
    joint_review(case)
    finish_joint_review(case)
    assert case.phase == "planned", "the development and reform bureau has not approved yet"
    case.fill("submit_establishment")
    case.fill("approve_project")
    assert (case.ended, case.phases) == (True, ["declared", "reviewing", "reviewed", "planned", "approved"])
    facts = {
        name: case.facts[name]
        for name in ("listed", "schemePassed", "estimatePassed", "establishmentRequired", "establishmentApproved", "jointReviewPassed")
    }
    assert all(facts.values())
    assert case.facts["controlPrice"] == Decimal("6947911")
    assert case.messages[-1]["name"] == "procurement_requested"
    assert not case.incidents


@pytest.mark.parametrize(("amount", "asked"), [("4000000.00", False), ("4000000.01", True)])
def test_approval_is_asked_only_above_the_threshold(amount: str, asked: bool) -> None:
    """B17, B18: SC-12-1."""
    case = review("sucheng", totalAmount=Decimal(amount))
    to_examination(case)
    assert (case.tasks["submit_establishment"] == 1) is asked
    assert case.facts["establishmentRequired"] is asked
    joint_review(case)
    finish_joint_review(case)
    assert case.ended is not asked
    assert ("approve_project" in case.path) is False


def test_a_purchased_service_needs_no_approval() -> None:
    case = review("sucheng", totalAmount=Decimal("38840000"), projectType="购买服务类")
    to_examination(case)
    assert case.tasks == {"give_joint_opinion": 4}


def test_an_unknown_source_of_money_is_treated_as_the_budget() -> None:
    case = review("sucheng", usesBudgetFund=None)
    to_examination(case)
    assert case.tasks["submit_establishment"] == 1


# ---------------------------------------------------------------- pre-review and budget


def test_four_parties_and_secrecy_for_a_classified_project() -> None:
    case = review("sucheng")
    assert {case.task("give_pre_review_opinion", number).groups[0] for number in range(4)} == {
        "data_bureau",
        "cyberspace",
        "finance",
        "big_data_centre",
    }
    assert review("sucheng", classified=True).tasks == {"give_pre_review_opinion": 5}


def parts(total: object) -> dict[str, object]:
    """The cost items of an amount, all of it for development."""
    return {"development": total, "implementation": 0, "maintenance": 0, "training": 0, "supervision": 0, "other": 0}


def test_a_revision_does_not_make_it_a_purchase_below_the_limit() -> None:
    """SC-2-5: hardware alone below 500,000 is not in the regulation's scope, whenever it becomes that."""
    case = review("sucheng")
    case.fill("give_pre_review_opinion", opinion="修改后同意", opinionText="请修改")
    case.fill_all("give_pre_review_opinion")
    case.fill("issue_pre_review", text="请修改")
    for amount, refused in ((Decimal("499999.99"), True), (500000, False)):
        given = {
            "hardwareOnly": True,
            "category": "硬件采购",
            "subCategory": "硬件设备",
            "fundItems": [{"source": "区财政", "amount": amount}],
            "revisedBudget": parts(amount),
        }
        if refused:
            with pytest.raises(FormRejected, match="不适用本办法"):
                case.fill("revise_declaration", **given)
        else:
            case.fill("revise_declaration", **given)
    assert case.facts["totalAmount"] == 500000


def test_one_revision_returns_it_to_the_applicant_and_asks_everyone_again() -> None:
    """SC-10-18, A59."""
    case = review("sucheng")
    case.fill("give_pre_review_opinion", opinion="修改后同意", opinionText="补充共享清单")
    case.fill_all("give_pre_review_opinion")
    case.fill("issue_pre_review", text="请补充共享清单")
    assert case.tasks == {"revise_declaration": 1}
    assert case.variable("text") == "请补充共享清单"
    assert case.variable("opinions")[0]["opinionText"] == "补充共享清单"
    more = [{"source": "区财政", "amount": 7000000}]
    for budget in (..., parts(6999999)):
        with pytest.raises(FormRejected, match="修改后的预算各项合计应等于资金来源合计"):  # SC-10-4
            case.fill("revise_declaration", fundItems=more, revisedBudget=budget)
    case.fill("revise_declaration", purpose="补充共享清单", fundItems=more, revisedBudget=parts(7000000))
    assert (case.facts["purpose"], case.facts["totalAmount"]) == ("补充共享清单", 7000000), (
        "what is revised is a fact, and the total is a sum"
    )
    assert case.tasks == {"give_pre_review_opinion": 4}
    to_plan(case)
    assert case.phase == "reviewed"


def test_one_refusal_fails_the_pre_review() -> None:
    case = review("sucheng")
    with pytest.raises(FormRejected):
        case.fill("give_pre_review_opinion", opinion="不同意", opinionText="")
    case.fill("give_pre_review_opinion", opinion="不同意", opinionText="不符合规划")
    case.fill_all("give_pre_review_opinion")
    case.fill("issue_pre_review", text="预审不通过")
    assert (case.ended, case.phase) == (True, "rejected")
    assert "apply_budget" not in case.path


@pytest.mark.parametrize(
    "finding",
    [
        {"planConform": False},
        {"dataSecurity": "不通过"},
        {"shiftFinding": "存在转嫁"},
        {"mixedFinding": "夹杂"},
        {"technicalScheme": "整改"},
    ],
)
def test_nobody_can_agree_with_a_hard_finding(finding: dict[str, Any]) -> None:
    case = review("sucheng")
    with pytest.raises(FormRejected):
        case.fill("give_pre_review_opinion", **finding)
    case.fill("give_pre_review_opinion", **finding, opinion="修改后同意", opinionText="见说明")


def test_no_budget_without_the_finance_bureaus_reason() -> None:
    """SC-10-20, SC-10-21."""
    case = review("sucheng")
    case.fill_all("give_pre_review_opinion")
    case.fill("issue_pre_review")
    case.fill("apply_budget")
    with pytest.raises(FormRejected):
        case.fill("review_budget", budgetDecision="核减", budgetReason="")
    case.give_back("review_budget", "apply_budget")
    assert case.tasks == {"apply_budget": 1}
    case.fill("apply_budget")
    case.fill("review_budget", budgetDecision="核减", approvedBudget=6000000, budgetReason="按标准核减")
    assert case.facts["approvedBudget"] == 6000000


def test_a_project_without_budget_ends() -> None:
    case = review("sucheng")
    case.fill_all("give_pre_review_opinion")
    case.fill("issue_pre_review")
    case.fill("apply_budget")
    with pytest.raises(FormRejected):
        case.fill("review_budget", budgetDecision="不予安排", budgetReason="财力不足")  # with an amount
    case.fill("review_budget", budgetDecision="不予安排", budgetReason="财力不足", approvedBudget=...)
    assert "approvedBudget" not in case.facts
    assert (case.ended, case.phase) == (True, "rejected")
    assert case.notices[-1]["text"] == "财力不足"


# ---------------------------------------------------------------- examination


def test_either_the_study_or_the_scheme_will_do() -> None:
    """SC-11-1."""
    case = review("sucheng")
    with pytest.raises(FormRejected, match="尚缺：可行性研究报告或建设方案"):
        to_examination(case, materials=[{"name": "项目申报表", "files": [{"document": "项目申报表.pdf"}]}])
    case.fill(
        "apply_examination",
        materials=[
            {"name": "项目申报表", "files": [{"document": "项目申报表.pdf"}]},
            {"name": "建设方案", "files": [{"document": "建设方案.pdf"}]},
        ],
    )
    assert case.tasks["give_joint_opinion"] == 4


def test_simplified_approval_asks_for_fewer_documents() -> None:
    """SC-12-2."""
    case = review("sucheng")
    to_examination(case, simplificationClaimed=True, inPlanning=True, planningRef="规划1号")
    assert case.task("recognise_simplified").groups == ("development_reform",)
    with pytest.raises(FormRejected, match="没有申请按情况紧急简化"):
        case.fill("recognise_simplified", depthOk=True)
    case.fill("recognise_simplified", depthOk=False)
    assert case.variable("requiredDocuments") == ["可行性研究报告", "初步设计方案"]
    with pytest.raises(FormRejected, match="尚缺：可行性研究报告"):
        case.fill("submit_establishment", establishmentDocs=[{"name": "初步设计方案", "number": "1"}])
    case.fill("submit_establishment")
    assert case.task("approve_project").groups == ("development_reform",)
    case.give_back("approve_project", "submit_establishment")
    assert case.tasks["submit_establishment"] == 1


def test_what_is_not_recognised_simplifies_nothing() -> None:
    """SC-12-3: the depth of the early work is for the development and reform bureau to say."""
    case = review("sucheng")
    to_examination(case, simplificationClaimed=True, mandated=True, urgent=True)
    case.fill("recognise_simplified", planningConfirmed=False, depthOk=False)
    assert case.variable("requiredDocuments") == ["项目建议书", "可行性研究报告", "初步设计方案"]
    other = review("sucheng")
    to_examination(other, simplificationClaimed=True, mandated=True, urgent=True)
    other.fill("recognise_simplified", planningConfirmed=False, depthOk=True)
    assert other.variable("requiredDocuments") == ["可行性研究报告", "初步设计方案", "投资概算"]


@pytest.mark.parametrize(("amount", "merged"), [("8000000.00", True), ("8000000.01", False)])
def test_documents_are_merged_where_it_was_asked_and_agreed(amount: str, merged: bool) -> None:
    """SC-12-4: up to eight million, that included."""
    case = review("sucheng", totalAmount=Decimal(amount))
    to_examination(case, simplificationClaimed=True, mergeRequested=True)
    answers = {"planningConfirmed": False, "depthOk": False, "mergeAgreed": True}
    if not merged:
        with pytest.raises(FormRejected, match="超过合并编报的限额"):
            case.fill("recognise_simplified", **answers)
        return
    case.fill("recognise_simplified", **answers)
    assert case.variable("requiredDocuments") == ["合并编报的立项文件"]


def test_a_refused_approval_ends_everything_that_runs_beside_it() -> None:
    case = review("sucheng")
    to_examination(case)
    case.fill("submit_establishment")
    case.fill("approve_project", establishmentDecision="不予批准", establishmentReason="不符合投资方向", establishmentNo=...)
    assert (case.ended, case.phase) == (True, "rejected")
    assert not case.tasks
    assert case.notices[-1]["text"] == "不符合投资方向"


def test_an_aspect_that_nobody_examined_is_not_passed() -> None:
    """SC-13-1: all six aspects need a verdict."""
    case = review("sucheng", totalAmount=100)
    to_examination(case)
    said = dict.fromkeys(ASPECTS, "通过")
    for number, (role, own) in enumerate(DUTIES.items()):
        assert case.task("give_joint_opinion").groups == (role,), number
        for aspect in own:
            with pytest.raises(FormRejected, match="由本单位审查"):
                case.fill("give_joint_opinion", aspects={**said, aspect: "非本单位职责"})
        case.fill("give_joint_opinion", aspects={**dict.fromkeys(ASPECTS, "非本单位职责"), **dict.fromkeys(own, "通过")})
    assert case.variable("result") == "PASS"


@pytest.mark.parametrize("verdict", ["需修改", "不通过"])
def test_nobody_agrees_while_an_aspect_has_not_passed(verdict: str) -> None:
    case = review("sucheng", totalAmount=100)
    to_examination(case)
    said = {**dict.fromkeys(ASPECTS, "通过"), "intensive": verdict}
    with pytest.raises(FormRejected):
        case.fill("give_joint_opinion", aspects=said)
    case.fill("give_joint_opinion", aspects=said, opinion="修改后同意", opinionText="并入统一平台")
    case.fill_all("give_joint_opinion")
    assert case.variable("result") == "RETURN"


def test_a_joint_review_that_fails_rejects() -> None:
    case = review("sucheng", totalAmount=100)
    to_examination(case)
    case.fill("give_joint_opinion", opinion="不同意", opinionText="重复建设")
    case.fill_all("give_joint_opinion")
    case.fill("set_control_price")
    case.fill("conclude_joint_review", text="联审不通过")
    assert (case.ended, case.phase) == (True, "rejected")
    assert case.notices[-1]["text"] == "联审不通过"


def test_a_final_draft_that_is_not_enough_is_revised_in_another_three_days() -> None:
    """SC-14-1, A13: each round counts anew."""
    case = review("sucheng", totalAmount=100)
    to_examination(case)
    joint_review(case)
    with pytest.raises(FormRejected):
        case.fill("revise_final", declarationUpdated=False)
    case.fill("revise_final")
    case.advance("2026-10-26")
    case.give_back("check_final", "revise_final")
    assert case.task("revise_final").due_at == at("2026-10-30T00:00:00")
    finish_joint_review(case)
    assert case.phase == "approved"


def test_all_four_leaders_sign_or_nothing_is_approved() -> None:
    """SC-14-4."""
    case = review("sucheng", totalAmount=100)
    to_examination(case)
    joint_review(case)
    case.fill("revise_final")
    case.fill("check_final")
    assert case.tasks == {"sign_joint_review": 4}
    offices = {case.task("sign_joint_review", number).office for number in range(4)}
    assert offices == {"宿城区数据局", "宿城区委网信办", "宿城区财政局", "宿城区大数据中心"}, "each office's leader signs for it"
    with pytest.raises(FormRejected, match="不能晚于今天"):
        case.fill("sign_joint_review", signedOn="2030-01-01")
    for _ in range(3):
        case.fill("sign_joint_review")
    case.give_back("sign_joint_review", "revise_final")
    assert case.tasks == {"revise_final": 1}
    finish_joint_review(case)
    assert case.phase == "approved"


def test_the_sheet_is_printed_of_what_was_checked_and_signed_anew_where_it_says_something_else() -> None:
    """SC-14-3, SC-14-4: nothing to download before the final text has passed; a leader's signature is of one version of the sheet."""
    case = review("sucheng", totalAmount=100)
    to_examination(case)
    joint_review(case)
    case.fill("revise_final")
    assert "joint_review_sheet" not in case.kept.printed
    case.fill("check_final")
    (first,) = case.kept.printed["joint_review_sheet"]
    assert [one["title"] for one in first["opinions"]] == ["区数据局", "区委网信办", "区财政局", "区大数据中心"]
    assert first["finalVersion"] == "终稿"
    for _ in range(3):
        case.fill("sign_joint_review")
    case.give_back("sign_joint_review", "revise_final")
    case.fill("revise_final", finalVersion="终稿(修订)")
    case.fill("check_final")
    assert [one["finalVersion"] for one in case.kept.printed["joint_review_sheet"]] == ["终稿", "终稿(修订)"]
    assert case.tasks == {"sign_joint_review": 4}, "whoever had signed the first version signs the second"
    case.fill_all("sign_joint_review")
    signed = [one.values["joint_review_sheet"]["version"] for one in case.kept.approvals if one.element_id == "sign_joint_review"]
    assert signed == [1, 1, 1, 2, 2, 2, 2]
    case.fill("upload_signed_form")
    assert case.phase == "approved"


@pytest.mark.parametrize(
    ("delivered", "last_day_is_over"),
    [
        ("2026-03-06", "2026-03-12"),
        ("2026-03-02", "2026-03-06"),
        ("2026-09-30", "2026-10-11"),
        ("2026-02-12", "2026-02-25"),
        ("2026-09-17", "2026-09-22"),
    ],
)
def test_three_working_days_for_the_final_draft(delivered: str, last_day_is_over: str) -> None:
    """B41–B45: holidays, working Saturdays and Sundays; late is marked, never refused."""
    case = review("sucheng", delivered, totalAmount=100, planYear=2028)
    to_examination(case)
    joint_review(case)
    assert case.task("revise_final").due_at == at(f"{last_day_is_over}T00:00:00")
    case.advance(at(f"{last_day_is_over}T00:00:00"))
    assert case.overdue[-1] == "review.revise"
    assert case.tasks == {"revise_final": 1}
    finish_joint_review(case)
    assert case.phase == "approved"


# ---------------------------------------------------------------- what cannot be stepped around


def final_text(case: PlanningCase, amount: str) -> None:
    joint_review(case)
    case.fill("revise_final", fundItems=[{"source": "区财政", "amount": Decimal(amount)}], revisedBudget=parts(Decimal(amount)))
    case.fill_all("check_final")
    case.fill_all("sign_joint_review")
    case.fill("upload_signed_form")


def test_a_final_text_above_the_threshold_needs_approval_after_all() -> None:
    """SC-12-1: what was declared below four million and ends above it is approved by the development and reform bureau, or nothing is."""
    case = review("sucheng", totalAmount=Decimal("3900000"))
    to_examination(case)
    assert (case.tasks, case.facts["establishmentRequired"]) == ({"give_joint_opinion": 4}, False)
    case.fill_all("give_joint_opinion")
    case.fill("set_control_price", reviewedEstimate=4500000, controlPrice=3900000)
    case.fill("conclude_joint_review")
    final = Decimal("4000000.01")
    with pytest.raises(FormRejected, match="须重新填报预算各项"):  # SC-10-4
        case.fill("revise_final", fundItems=[{"source": "区财政", "amount": final}])
    case.fill("revise_final", fundItems=[{"source": "区财政", "amount": final}], revisedBudget=parts(final))
    case.fill_all("check_final")
    case.fill_all("sign_joint_review")
    case.fill("upload_signed_form")
    assert (case.tasks, case.phase) == ({"submit_establishment": 1}, "planned")
    assert (case.facts["totalAmount"], case.facts["establishmentRequired"]) == (Decimal("4000000.01"), True)
    case.fill("submit_establishment")
    case.fill("approve_project")
    assert (case.ended, case.phase) == (True, "approved")
    assert case.facts["approvedOn"] == "2026-10-20"


def test_a_budget_above_the_threshold_counts_whatever_the_declaration_sums_to() -> None:
    case = review("sucheng", totalAmount=Decimal("4000000"), approvedBudget=Decimal("9000000"))
    for step in ("give_pre_review_opinion", "issue_pre_review", "apply_budget"):
        case.fill_all(step)
    with pytest.raises(FormRejected, match="请选“核减”"):
        case.fill("review_budget", approvedBudget=9000000)
    with pytest.raises(FormRejected, match="应少于申报预算"):
        case.fill("review_budget", budgetDecision="核减", budgetReason="多给", approvedBudget=9000000)


def test_an_approval_lapses_when_the_final_text_asks_for_another_amount() -> None:
    """What the development and reform bureau has approved are values: another amount is approved anew."""
    case = review("sucheng")
    to_examination(case)
    case.fill("submit_establishment")
    case.fill("approve_project")
    assert case.facts["establishmentApproved"] is True
    final_text(case, "6900000")
    assert (case.tasks, case.phase) == ({"submit_establishment": 1}, "planned")
    case.fill("submit_establishment")
    case.fill("approve_project")
    assert case.phase == "approved"


def test_a_final_text_stays_within_the_estimate_that_finance_has_set() -> None:
    """SC-14-2, SC-15-3."""
    case = review("sucheng", totalAmount=Decimal("1000000"))
    to_examination(case)
    joint_review(case)
    with pytest.raises(FormRejected, match="超过审核概算"):
        case.fill("revise_final", fundItems=[{"source": "区财政", "amount": Decimal("1000000.01")}])


def test_who_asked_for_changes_checks_the_final_text() -> None:
    """SC-10-18, SC-14-2: the offices that wanted a revision see it, and until they agree the scheme has not passed."""
    case = review("sucheng", totalAmount=100)
    to_examination(case)
    said = {**dict.fromkeys(ASPECTS, "通过"), "technicalScheme": "需修改"}
    for role in DUTIES:
        own = {"aspects": said, "opinion": "修改后同意", "opinionText": "补充算力测算"} if role == "big_data_centre" else {}
        case.fill("give_joint_opinion", **own)
    case.fill("set_control_price")
    case.fill("conclude_joint_review")
    case.fill("revise_final")
    assert {case.task("check_final", number).groups[0] for number in range(2)} == {"data_bureau", "big_data_centre"}
    case.fill("check_final")
    assert "schemePassed" not in case.facts
    case.fill("check_final")
    assert case.facts["schemePassed"] is True


@pytest.mark.parametrize(("price", "reclaimed"), [("280", "200000"), ("300", None)])
def test_what_the_budget_has_above_the_control_price_is_reclaimed_with_the_joint_review(price: str, reclaimed: str | None) -> None:
    """B65, B66: SC-13-2."""
    case = review("sucheng", totalAmount=Decimal("3000000"))
    to_examination(case)
    case.fill_all("give_joint_opinion")
    case.fill("set_control_price", controlPrice=Decimal(price) * 10_000)
    case.fill("conclude_joint_review")
    if reclaimed is None:
        assert case.tasks == {"revise_final": 1}
        return
    assert case.task("reclaim_budget").groups == ("finance",)
    case.fill("reclaim_budget")
    (row,) = case.records["budget_reclaim"]
    assert (row["amount"], row["controlPrice"], case.facts["reclaimedAmount"]) == (
        Decimal(reclaimed),
        Decimal("2800000"),
        Decimal(reclaimed),
    )


def test_no_leader_signs_for_two_offices(tmp_path: Path) -> None:
    """SC-14-4: each signs in their own office, and nobody twice."""
    text = (ROOT / "scenarios" / "sucheng" / "review.yaml").read_text(encoding="utf-8")
    for name, said in (
        ("twice", text.replace("person: 李签", "person: 陈签")),
        ("elsewhere", text.replace("office: 宿城区委网信办", "office: 宿城区教育局")),
    ):
        path = tmp_path / f"{name}.yaml"
        path.write_text(said, encoding="utf-8")
        first = Suite(Shelf(ROOT)).run(path)[0]
        assert not first.ok
        assert ("只能办一次" if name == "twice" else "宿城区教育局") in first.difference


@pytest.mark.parametrize("to", ["apply_examination", "give_joint_opinion"])
def test_who_reviews_may_send_it_back(to: str) -> None:
    """Back to the application everything that runs beside it begins anew; back to the opinions only they do."""
    case = review("sucheng")
    to_examination(case)
    case.fill("submit_establishment")
    case.fill_all("give_joint_opinion")
    case.fill("set_control_price")
    case.give_back("conclude_joint_review", to)
    if to == "apply_examination":
        assert case.tasks == {"apply_examination": 1}
        case.fill("apply_examination")
        assert case.tasks == {"give_joint_opinion": 4, "submit_establishment": 1}
        return
    assert case.tasks == {"give_joint_opinion": 4, "approve_project": 1}
    joint_review(case)
    finish_joint_review(case)
    case.fill("approve_project")
    assert case.phase == "approved"
    assert len([row for row in case.records["opinion"] if row["stage"] == "联审"]) == 1


def test_an_estimate_that_has_not_passed_ends_the_review() -> None:
    case = review("sucheng", totalAmount=100)
    to_examination(case)
    case.fill_all("give_joint_opinion")
    case.fill("set_control_price", estimateResult="不通过")
    case.fill("conclude_joint_review", text="概算未通过")
    assert (case.ended, case.phase, case.notices[-1]["text"]) == (True, "rejected", "概算未通过")


def test_a_project_that_runs_systems_is_not_asked_for_new_scenarios() -> None:
    """SC-3-3: an innovative scenario is asked of systems that are built."""
    case = review("sucheng", projectType="运维类")
    case.fill("give_pre_review_opinion", scenarioInnovative=False)
    other = review("sucheng")
    with pytest.raises(FormRejected, match="场景没有创新"):
        other.fill("give_pre_review_opinion", scenarioInnovative=False)


def test_a_revision_that_makes_it_classified_asks_the_secrecy_office_too() -> None:
    """SC-5-9, SC-10-15."""
    case = review("sucheng")
    case.fill("give_pre_review_opinion", opinion="修改后同意", opinionText="按规定定密")
    case.fill_all("give_pre_review_opinion")
    case.fill("issue_pre_review")
    case.fill("revise_declaration", classified=True)
    assert case.tasks == {"give_pre_review_opinion": 5}


def test_no_revision_takes_it_out_of_the_secrecy_office_s_hands() -> None:
    """SC-5-9, SC-10-15."""
    case = review("sucheng", classified=True)
    case.fill("give_pre_review_opinion", opinion="修改后同意", opinionText="涉密与非涉密分开")
    case.fill_all("give_pre_review_opinion")
    case.fill("issue_pre_review")
    with pytest.raises(FormRejected, match="不能改为非涉密"):
        case.fill("revise_declaration", classified=False)
    case.fill("revise_declaration", classified=True)
    assert case.tasks == {"give_pre_review_opinion": 5}


def test_a_project_carried_over_waits_for_the_plan_of_its_new_year() -> None:
    case = review("sucheng")
    to_plan(case)
    case.message("plan_not_listed", {"listed": False, "planDecision": "缓列", "planReason": "财力不足"})
    with pytest.raises(FormRejected, match="应晚于原计划年度"):
        case.fill("settle_unlisted", planYear=2027)
    case.fill("settle_unlisted")
    assert (case.facts["planYear"], case.messages[-1]["name"], case.messages[-1]["key"]) == (2028, "listing_requested", "2028")
    assert case.timers["year_over"] == at("2029-01-01T00:00:00")
    case.advance("2029-01-01T00:00:00")
    assert case.tasks == {"settle_unlisted": 1}


# ---------------------------------------------------------------- decentralised construction


def decentralised(**facts: Any) -> PlanningCase:
    case = review("sucheng", totalAmount=100, **facts)
    to_examination(case, buildMode="分散建设", decentralisedReason="上级统一开发部署")
    return case


def test_decentralised_construction_passes_both_levels() -> None:
    """SC-15-4."""
    case = decentralised()
    assert case.tasks == {"give_joint_opinion": 4, "give_consultation_opinion": 6}
    case.fill_all("give_consultation_opinion")
    assert case.task("report_to_government").groups == ("applicant",)
    case.fill("report_to_government")
    assert case.task("register_government_approval").groups == ("district_government",)
    case.fill("register_government_approval")
    assert case.facts["decentralizedApproved"] is True
    joint_review(case)
    finish_joint_review(case)
    assert case.facts["buildMode"] == "分散建设"


def test_without_the_consultations_agreement_the_government_is_not_asked() -> None:
    case = decentralised()
    case.fill("give_consultation_opinion", opinion="不同意", opinionText="应集中")
    case.fill_all("give_consultation_opinion")
    assert "register_government_approval" not in case.path
    assert (case.facts["buildMode"], case.facts["decentralizedApproved"]) == ("集中实施", False)


def test_lateness_is_marked_at_each_stage_and_decides_nothing() -> None:
    case = decentralised()
    case.advance("2026-11-20")
    assert case.overdue == ["opinion"] * 10, "each who is asked has a limit"
    assert case.tasks == {"give_joint_opinion": 4, "give_consultation_opinion": 6}
    early = review("sucheng")
    early.advance("2026-11-20")
    assert (early.overdue, early.tasks) == (["opinion"] * 4, {"give_pre_review_opinion": 4})


def test_a_project_that_is_not_listed_is_settled_by_the_bureau() -> None:
    case = review("sucheng")
    to_plan(case)
    case.message("plan_not_listed", {"listed": False, "planDecision": "不列", "planReason": "财力不足"})
    case.fill("settle_unlisted", settlement="不再安排", settlementReason="区政府未同意", planYear=2027)
    assert (case.ended, case.phase) == (True, "rejected")
    assert case.notices[-1]["title"] == "项目未通过审查"


def test_every_user_task_has_a_form_and_a_clause() -> None:
    known = library("sucheng")
    carriers = {carrier for clause in clauses_of("sucheng").values() for carrier in clause.carriers}
    for process in ("annual_plan", "declaration", "review"):
        for element in known.processes[process].elements.values():
            if element.type == "userTask":
                assert element.form_id in known.forms, element.id
                fengxian_only = element.id in ("check_unplanned", "classify_project")
                assert fengxian_only or f"{process}.{element.id}" in carriers, element.id


def test_it_works_without_connectors() -> None:
    given = review("sucheng", totalAmount=Decimal("4000000.01")).facts
    case = PlanningCase("sucheng", "review", facts=given, now=at("2026-10-20"), connectors=False, phase="declared")
    to_examination(case)
    joint_review(case)
    finish_joint_review(case)
    case.fill("submit_establishment")
    case.fill("approve_project")
    assert case.ended
    assert not case.incidents
