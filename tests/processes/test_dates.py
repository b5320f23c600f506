"""Dates that people fill in: not in the future where they tell what has happened, and not before what they answer to."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from app.engine.form_checks import CheckSetting, CheckSite, examine
from app.rehearsal import form_kinds
from tests.processes.driver import at, decide, files, form, library

DISTRICTS = ("fengxian", "sucheng")
NOW = "2026-06-22"
FUTURE, SAME = "2026-06-23", NOW


def told(district: str, form_id: str, *, project: Mapping[str, Any], variables: Mapping[str, Any], **data: Any) -> str:
    """What a form says to this; what else it lacks is said too."""
    setting = CheckSetting(
        library=library(district),
        site=CheckSite(1, 1, form_id.partition(".")[2]),
        now=at(NOW),
        project={"projectKey": "1001", **project},
        variables={"parameters": decide(district, "parameters"), **variables},
    )
    return " ".join(problem.message for problem in examine(form(district, form_id), data, {}, setting).problems)


@pytest.mark.parametrize(
    ("districts", "form_id", "name", "known", "wrong", "right", "says"),
    [
        ("both", "annual_plan.issue_notice", "noticeOn", {"planYear": 2027}, FUTURE, SAME, "印发日期不能晚于今天"),
        ("both", "annual_plan.issue_notice", "noticeOn", {"planYear": 2027}, "2025-12-31", "2026-01-01", "不在这个计划年度的申报年份"),
        ("fengxian", "annual_plan.issue_notice", "closesOn", {"noticeOn": "2026-06-01"}, "2026-05-31", FUTURE, "截止日不能早于印发日期"),
        ("fengxian", "annual_plan.issue_notice", "closesOn", {"noticeOn": "2026-06-01"}, "2026-06-21", SAME, "截止日不能早于今天"),
        ("fengxian", "annual_plan.issue_notice", "closesOn", {"planYear": 2027}, "2027-01-01", "2026-12-31", "应在计划年度开始以前"),
        ("both", "annual_plan.give_consent", "consentOn", {}, FUTURE, SAME, "日期不能晚于今天"),
        ("both", "annual_plan.give_consent", "consentOn", {"noticeOn": "2026-06-01"}, "2026-05-31", "2026-06-01", "不能早于申报通知"),
        ("both", "annual_plan.issue_plan", "issuedOn", {}, FUTURE, SAME, "下达日期不能晚于今天"),
        ("both", "annual_plan.issue_plan", "issuedOn", {"consentOn": "2026-06-01"}, "2026-05-31", "2026-06-01", "不能早于同意的日期"),
        ("both", "acceptance.start_trial", "trialStartOn", {"startedOn": "2026-06-01"}, "2026-05-31", "2026-06-01", "不能早于开工日期"),
        ("fengxian", "acceptance.prepare_materials", "completedOn", {"startedOn": "2026-06-01"}, "2026-05-31", "2026-06-01", "不能早于开工"),
        ("sucheng", "acceptance.prepare_materials", "builtOn", {"startedOn": "2026-06-01"}, "2026-05-31", "2026-06-01", "不能早于开工"),
        ("fengxian", "acceptance_organisation.confirm_application", "plannedHoldOn", {}, "2026-06-21", SAME, "不能早于今天"),
        ("both", "acceptance_organisation.hold_service_acceptance", "heldOn", {"serviceEndOn": "2026-06-01"}, "2026-05-31", "2026-06-01", "服务期截止日"),
        ("both", "om_evaluation.file_plan", "cycleStartOn", {}, "2027-06-23", "2027-06-22", "超过一个运维周期"),
        ("fengxian", "procurement.arrange_central_procurement", "entrustedOn", {}, FUTURE, SAME, "委托日期不能晚于今天"),
        ("both", "procurement.conduct_procurement", "awardedOn", {"announcedOn": "2026-06-01"}, "2026-05-31", "2026-06-01", "不能早于公告日期"),
        ("fengxian", "procurement.conduct_central_procurement", "awardedOn", {"announcedOn": "2026-06-01"}, "2026-05-31", "2026-06-01", "不能早于公告"),
        ("fengxian", "retirement.apply_retirement", "stopOn", {}, "2026-06-21", SAME, "计划停用日期不能早于今天"),
        ("sucheng", "retirement.apply_retirement", "stopOn", {"acceptedOn": "2026-06-01"}, "2026-05-31", "2026-06-01", "不能早于验收日期"),
        ("fengxian", "review.approve_documents", "approvedOn", {"reviewPassedOn": "2026-06-01"}, "2026-05-31", "2026-06-01", "评审通过的日期"),
        ("sucheng", "acceptance_organisation.register_archive_verdict", "archiveVerdictOn", {"contractSignedOn": "2026-06-01"}, "2026-05-31", "2026-06-01", "合同签订"),
        ("sucheng", "retirement.cancel_filing", "cancelledOn", {"stoppedOn": "2026-06-01"}, "2026-05-31", "2026-06-01", "不能早于停用日期"),
        ("sucheng", "review.upload_signed_form", "uploadedOn", {"approvedOn": "2026-06-01"}, "2026-05-31", "2026-06-01", "不能早于签字"),
        ("sucheng", "review.sign_joint_review", "signedOn", {"finalTextAt": "2026-06-01T09:00:00+08:00"}, "2026-05-31", "2026-06-01", "终稿提交的日期"),
    ],
)  # fmt: skip
def test_a_date_is_within_what_is_known(
    districts: str, form_id: str, name: str, known: Mapping[str, Any], wrong: str, right: str, says: str
) -> None:
    """``known`` is of the ledger, of earlier tasks and of the form alike: each check takes it from where it is."""
    for district in DISTRICTS if districts == "both" else (districts,):
        given = {key: value for key, value in known.items() if key in form(district, form_id).fields}
        assert says in told(district, form_id, project=known, variables=known, **given, **{name: wrong}), district
        assert says not in told(district, form_id, project=known, variables=known, **given, **{name: right}), district


def test_documents_and_phases_of_a_declaration_have_dates_that_can_be() -> None:
    """FX-14-1, FX-11-2."""
    told_of = [
        told("fengxian", "declaration.prepare_declaration", project={}, variables={}, **data)
        for data in (
            {"basisDocs": [{"kind": "区政府抄告单", "number": "1", "issuedOn": FUTURE}]},
            {"phases": [{"name": "一期", "amount": 1, "startOn": "2027-05-01", "endOn": "2027-04-30"}]},
            {
                "basisDocs": [{"kind": "区政府抄告单", "number": "1", "issuedOn": SAME}],
                "phases": [{"name": "一期", "amount": 1, "startOn": FUTURE}],
            },
        )
    ]
    assert ["依据文件的日期不能晚于今天" in one for one in told_of] == [True, False, False]
    assert ["分期计划的结束不能早于开始" in one for one in told_of] == [False, True, False]


def path_of(decision: str, district: str) -> str:
    return files("dmn", ".dmn", district)[decision].read_text(encoding="utf-8")


def dates(fields: Mapping[str, Any]) -> Iterator[str]:
    """The fields for a date, in tables too, that a person fills in."""
    for name, part in fields.items():
        if part.get("format") == "date" and not part.get("readOnly"):
            yield name
        if not part.get("readOnly") and "x-materials" not in part:  # the word itself looks at the papers' dates
            yield from dates(part.get("properties", {}))
            yield from dates(part.get("items", {}).get("properties", {}))


@pytest.mark.parametrize("district", DISTRICTS)
def test_no_form_takes_whatever_date_comes(district: str) -> None:
    """Each is looked at by a check of its form, or by a decision that the form asks; of a service's end only the beginning is known."""
    tables = {path: path.read_text(encoding="utf-8") for path in files("dmn", ".dmn", district).values()}
    free = {}
    for form_id, path in files("forms", ".json", district).items():
        if form_id.startswith("report."):
            continue  # nobody fills it in
        schema = json.loads(path.read_bytes())["schema"]
        checks = schema.get("x-checks", [])
        looked_at = [check["when"] for check in checks if "when" in check]
        looked_at += [name for name, part in schema["properties"].items() if part.keys() & {"x-term", "x-after"}]
        looked_at += [text for check in checks if "decision" in check for text in tables.values() if f'id="{check["decision"]}"' in text]
        unseen = [name for name in dates(schema.get("properties", {})) if not any(name in text for text in looked_at)]
        if unseen:
            free[form_id] = unseen
    assert free == {}


@pytest.mark.parametrize("district", DISTRICTS)
def test_every_date_and_term_is_bounded_at_both_ends(district: str) -> None:
    """A number of days, too: who is held to a term may not set ten thousand of them, and nothing is dated before what it follows."""
    forms = {path: form(district, form_id) for form_id, path in files("forms", ".json", district).items()}
    found = [one.message for path, each in forms.items() for one in form_kinds.check(f"forms/{path.name}", each, "error")]
    assert found == []


@pytest.mark.parametrize("district", DISTRICTS)
def test_every_term_that_a_form_names_has_its_row(district: str) -> None:
    rows = {
        row.partition('"')[2].partition('"')[0] for row in (path_of("term_limits", district)).split("<text>")[1:] if row.startswith('"')
    }
    for form_id in files("forms", ".json", district):
        for check in form(district, form_id).checks:
            named = (
                re.findall(r'"(\w+)"', check.term.partition("then")[2])
                if check.term.startswith("=")
                else [check.term]
                if check.term
                else []
            )
            assert rows >= {*named}, form_id
