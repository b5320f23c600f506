"""Sucheng's yearly self-evaluation while a project is being built."""

import pytest

from tests.processes.driver import Case, FormRejected, at

FACTS = {"projectName": "智慧水务", "applicantOffice": "区水利局"}


def writing(**facts: str) -> Case:
    return Case("sucheng", "self_evaluation", {**FACTS, **facts}, {"period": "2026-12-01"}, at("2026-12-01"), phase="building")


def test_report_is_filed_after_the_opinions_of_applicant_and_supervisor() -> None:
    case = writing(supervisorOffice="监理公司")
    case.fill("write_report")
    assert {case.task("give_opinion", index).groups for index in (0, 1)} == {("applicant",), ("supervisor",)}
    case.fill("give_opinion")
    assert case.tasks == {"give_opinion": 1}
    case.fill("give_opinion")
    case.fill("finalise_report")
    case.fill("file_report")
    assert case.ended
    assert case.records["self_evaluation"][0]["year"] == 2026


def test_without_a_supervisor_the_applicant_alone_is_asked() -> None:
    case = writing()
    case.fill("write_report")
    assert case.tasks == {"give_opinion": 1}
    assert case.task("give_opinion").groups == ("applicant",)


def test_year_ends_at_midnight_and_lateness_is_marked_once() -> None:
    case = writing()
    assert case.task("write_report").due_at == at("2027-01-01T00:00:00")
    case.advance("2026-12-31T23:59:59")
    assert case.overdue == []
    case.advance("2027-01-01T00:00:00")
    assert case.overdue == ["evaluation.self"]
    case.advance("2027-01-05")
    assert case.overdue == ["evaluation.self"]
    case.fill("write_report")
    case.fill("give_opinion")
    case.fill("finalise_report")
    case.fill("file_report")
    assert case.ended
    assert case.records["self_evaluation"][0]["year"] == 2026


def test_a_report_handed_in_late_still_shows_the_day_on_which_it_was_due() -> None:
    case = writing()
    case.fill("write_report")
    case.advance("2027-01-05")
    case.fill("give_opinion")
    assert case.task("finalise_report").due_at == at("2027-01-01T00:00:00")


def test_report_handed_in_by_the_year_end_is_not_late_while_the_bureau_files_it() -> None:
    case = writing()
    case.fill("write_report")
    case.fill("give_opinion")
    case.advance("2026-12-31T23:00:00")
    case.fill("finalise_report")
    case.advance("2027-01-02")
    assert case.overdue == []
    assert case.tasks == {"file_report": 1}


def test_lateness_counts_until_the_report_is_handed_in() -> None:
    case = writing()
    case.fill("write_report")
    case.fill("give_opinion")
    case.advance("2027-01-02")
    assert case.overdue == ["evaluation.self"]


@pytest.mark.parametrize("missing", ["investActual", "progress", "goalProgress"])
def test_report_says_progress_and_investment(missing: str) -> None:
    case = writing()
    with pytest.raises(FormRejected) as refused:
        case.fill("write_report", **{missing: ...})
    assert refused.value.problems[0].path == missing


def test_system_in_trial_run_reports_its_effect() -> None:
    case = writing(trialStartOn="2026-02-01")
    with pytest.raises(FormRejected) as refused:
        case.fill("write_report", trialEffect=...)
    assert refused.value.problems[0].path == "trialEffect"
    building = writing()
    building.fill("write_report", trialEffect=..., trialIssues=...)
    assert building.tasks == {"give_opinion": 1}


def test_report_is_returned_by_the_bureau() -> None:
    case = writing()
    case.fill("write_report")
    case.fill("give_opinion")
    case.fill("finalise_report")
    case.give_back("file_report", "finalise_report")
    assert case.tasks == {"finalise_report": 1}
    case.fill("finalise_report")
    case.fill("file_report")
    assert [row["filingNo"] for row in case.records["self_evaluation"]] == ["绩效自评2026-0001"]
