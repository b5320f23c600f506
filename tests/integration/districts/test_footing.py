"""A shared file holds for each district that uses it: what one district takes away is told where it was used, though the other still has it."""

from pathlib import Path

import pytest
from flask import Flask

from app.domain.permissions import SYSTEM
from app.errors import Refused
from app.rehearsal import lint
from app.rehearsal.library import Shelf
from app.services import models
from tests.integration.districts.play import at

ROOT = Path(__file__).parents[3]

# file, what it says, what instead → where it was used, what is said there
TAKEN = [
    pytest.param("dmn/sucheng/parameters.dmn", "rectifiedBy", "rectifyBy", "bpmn/rectification.bpmn", "rectify", "parameters.rectifiedBy", id="parameter"),
    pytest.param("dmn/sucheng/parameters.dmn", "planOffset", "yearOffset", "dmn/notice_year.dmn", "notice_year", "parameters.planOffset", id="of a table"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "was", "instead", "user", "element", "told"), TAKEN)
def test_what_one_district_takes_away_is_told_in_the_shared_file_that_uses_it(
    file: str, was: str, instead: str, user: str, element: str, told: str
) -> None:
    changed = (ROOT / file).read_text("utf-8").replace(was, instead).encode()
    found = lint.check([(file, changed), (user, (ROOT / user).read_bytes())], house=True, installation=Shelf(ROOT))
    about = [finding for finding in found if finding.file == user and told in finding.message]
    assert [(finding.element, finding.severity, finding.message.endswith("(宿城区)")) for finding in about] == [(element, "error", True)]


@pytest.mark.parametrize(("file", "was", "instead", "user", "element", "told"), TAKEN)
def test_and_refused_where_the_changed_table_is_deployed(
    app: Flask, file: str, was: str, instead: str, user: str, element: str, told: str
) -> None:
    changed = (ROOT / file).read_text("utf-8").replace(was, instead).encode()
    with pytest.raises(Refused) as refused:
        models.deploy(SYSTEM, [(file, changed)], at("2026-09-01"), reason="试")
    assert (True, element) in [
        (problem.file.endswith(user), problem.element) for problem in refused.value.problems if told in problem.message
    ]


SET_PRICE = 'candidateGroups="finance"'


def _let_in(change: tuple[str, str] = (SET_PRICE, 'candidateGroups="finance, applicant"')) -> bytes:
    text = (ROOT / "bpmn/sucheng/review.bpmn").read_text("utf-8")
    task = text[text.index('<bpmn:userTask id="set_control_price"') :]
    task = task[: task.index("</bpmn:userTask>")]
    assert change[0] in task
    return text.replace(task, task.replace(*change)).encode()


def test_who_is_let_in_at_a_task_that_owns_a_fact_is_answered_for(app: Flask) -> None:
    """SC-13-2: finance sets the control price; an analyst added the applicant to its task, and the applicant wrote it."""
    file = ("bpmn/sucheng/review.bpmn", _let_in())
    with pytest.raises(Refused) as refused:
        models.deploy(SYSTEM, [file], at("2026-09-01"), reason="试")
    (told,) = refused.value.problems
    assert (told.element, told.code) == ("set_control_price", "OWNER_DOER")
    assert "原来是 区财政局经办(finance),现在是 申报单位经办(applicant)、区财政局经办(finance)" in told.message
    assert (
        "这个任务决定台账的“概算审核通过”(estimatePassed)、“审核概算（元）”(reviewedEstimate)、“招标控制价（元）”(controlPrice)"
        in told.message
    )
    done = models.deploy(SYSTEM, [file], at("2026-09-01"), reason="试", force=True)
    assert [finding.code for finding in done.warnings if finding.code == "OWNER_DOER"] == ["OWNER_DOER"]


def test_another_name_of_the_task_is_nobody_s_matter(app: Flask) -> None:
    file = ("bpmn/sucheng/review.bpmn", _let_in(('id="set_control_price" name="', 'id="set_control_price" name="重')))
    models.deploy(SYSTEM, [file], at("2026-09-01"), reason="试", force=True)


@pytest.mark.parametrize(
    ("was", "instead", "told"),
    [
        ('"natural_day"', '"naturalday"', "这一行的单位(unit)“naturalday”无法识别,是不是 natural_day?"),
        ("<text>-3</text>", "<text>0.5</text>", "的 offset 应是整数天数(负数为到期之前"),
        ('"doer"', '"dooer"', "这一行要告知“dooer”,没有这个角色,是不是 doer?"),
    ],
)
def test_a_row_of_what_follows_a_deadline_that_cannot_be_used_is_refused_at_deployment(
    app: Flask, was: str, instead: str, told: str
) -> None:
    text = (ROOT / "dmn/overdue.dmn").read_text("utf-8")
    assert was in text
    with pytest.raises(Refused) as refused:
        models.deploy(SYSTEM, [("dmn/overdue.dmn", text.replace(was, instead, 1).encode())], at("2026-09-01"), reason="试")
    (problem,) = refused.value.problems
    assert (problem.code, told in problem.message) == ("OVERDUE_RULE", True), problem.message
    assert "Decimal" not in problem.message


@pytest.mark.parametrize(
    ("was", "instead", "element", "told"),
    [
        ('"required": [\n      "payOpinion"\n    ],\n    "allOf"', '"required": ["payOpnion"], "allOf"', "schema/required", "写了“payOpnion”,没有这一项,是不是 payOpinion?"),
        ('"paidOn": {', '"contractNumber": {"type": "string", "title": "合同编号", "x-ledger": true},\n      "paidOn": {', "contractNumber/x-ledger",
         "“contractNumber”写台账(x-ledger),台账没有这个字段"),
    ],
)  # fmt: skip
def test_a_name_in_a_form_that_there_is_not_is_told_at_the_form(was: str, instead: str, element: str, told: str) -> None:
    text = (ROOT / "forms/payment.pay.json").read_text("utf-8")
    assert was in text
    found = lint.check([("forms/payment.pay.json", text.replace(was, instead).encode())], installation=Shelf(ROOT))
    assert [finding.element for finding in found if finding.severity == "error" and told in finding.message] == [element], found
