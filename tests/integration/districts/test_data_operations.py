"""Fengxian's public-data operations from the catalogue to the yearly assessment, and what a dishonest official tried on the way. Source: articles 34 to 37."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from app.domain.permissions import Actor
from app.errors import Failure
from app.seen.shapes import TaskLine
from app.services import projects, repair, tasks
from app.services.repair import Activate
from app.store.tables import RecordRow, db
from tests.integration.districts.evading import refused, told
from tests.integration.districts.play import District, at

OPERATOR, SCHOOLS = "上海示例数据运营有限公司", "奉贤区教育局"


def office(actor: Actor) -> dict[str, str]:
    """The office in which somebody works, as a form's value."""
    return {"key": str(actor.memberships[0].office), "name": actor.memberships[0].office_name}


class Operations(District):
    """Fengxian in the year 2026, its data bureau about to begin."""

    def __init__(self) -> None:
        super().__init__("fengxian", at("2026-03-01"))
        self.operator = self.person("data_operator", office=OPERATOR)
        self.school = self.person("applicant", office=SCHOOLS)

    def begin(self, process: str, by: Actor | None = None, **given: Any) -> None:
        projects.start_district_process(by or self.person("data_bureau"), process, self.now, given=given)

    def next(self, element: str, **answers: Any) -> None:
        self.do(self.task(None, element), **answers)

    def publish(self, process: str, what: str) -> None:
        """What the bureau drafts, somebody else reviews, and the bureau publishes."""
        self.begin(process)
        for element in (f"draft_{what}", f"review_{what}", f"publish_{what}"):
            self.next(element)

    def recruit(self) -> None:
        """An announcement, one company that answers it, its examination when the time is over."""
        self.begin("data_recruitment")
        self.next("publish_recruitment")
        self.begin("data_application", self.operator, operator=office(self.operator))
        self.next("submit_application")
        self.advance(at("2026-03-25"))
        self.next("examine_operator")

    def fund(self) -> None:
        self.begin("data_funding")
        for element in ("submit_targets", "review_targets", "arrange_fund"):
            self.next(element)

    def need(self) -> None:
        self.begin("data_need", self.school, needOffice=office(self.school))
        self.next("submit_need")
        self.next("arrange_need")

    def ready(self) -> None:
        """Everything that an order asks for is there."""
        self.publish("data_catalogue", "catalogue")
        self.recruit()
        self.fund()
        self.need()
        self.begin("data_operations")

    def until_task(self, element: str) -> TaskLine:
        """One task from its order on, until ``element`` waits: 10 × 1,000 and 10 × 2,000 yuan."""
        self.ready()
        for step in ("order_task", "report_progress", "track_progress", "confirm_use", "accept_task", "verify_fee", "request_payment"):
            if step == element:
                break
            self.next(step)
        return self.task(None, element)


def written(kind: str) -> list[Mapping[str, Any]]:
    """What a register of the district says, oldest first."""
    rows = db.session.query(RecordRow).filter_by(tenant="fengxian", kind=kind, superseded_at=None).order_by(RecordRow.key).all()
    return [row.data for row in rows]


def test_from_the_catalogue_to_the_assessment(app: Flask) -> None:
    """FX-36-2 to FX-36-8, FX-37-1, FX-37-2, FX-8-8: each office does its own, and what is paid is what the third party has verified."""
    place = Operations()
    place.publish("data_indicators", "indicators")
    line = place.until_task("pay_service")
    assert {other.element_id for other in place.open()} == {"pay_service"}
    done = place.do(line)
    (paid,) = written("data_payment")
    assert (paid["amount"], paid["verifiedAmount"], paid["operator"]["name"]) == (30000, 30000, OPERATOR)
    (task,) = written("data_task")
    assert (task["amount"], task["userOffice"]["name"]) == (30000, SCHOOLS)
    story = [entry.element for entry in tasks.view(place.person("finance"), line.key, place.now).timeline]
    told_in_order = [
        "order_task",
        "report_progress",
        "track_progress",
        "confirm_use",
        "accept_task",
        "verify_fee",
        "request_payment",
        "pay_service",
    ]
    assert [element for element in story if element in told_in_order] == told_in_order, done  # FX-35-1: from the order to the payment
    place.begin("data_assessment")
    for element in ("open_assessment", "score_subject", "publish_assessment"):
        place.next(element)
    (assessed,) = written("data_assessment")
    assert (assessed["subject"]["name"], assessed["score"], assessed["kind"]) == (OPERATOR, 100, "数据运营商")
    place.advance(at("2027-01-02"))
    place.next("evaluate_performance")
    (evaluated,) = written("data_evaluation")
    assert (evaluated["paidAmount"], evaluated["fundYear"]) == (30000, 2026)
    place.begin("data_funding")
    place.next("submit_targets")
    place.next("review_targets")
    assert "须引用上一年度" in refused(place, place.task(None, "arrange_fund"), citedReportNo="别的报告")
    place.next("arrange_fund")
    assert [row.get("citedReportNo") for row in written("data_fund")] == [None, evaluated["reportNo"]]


def test_several_matters_go_on_at_once(app: Flask) -> None:
    """FX-8-8: one department's need does not wait until another's has been arranged; FX-36-1: what the bureau manages nobody else begins."""
    place = Operations()
    water = place.person("applicant", office="奉贤区水务局")
    for who in (place.school, water):
        place.begin("data_need", who, needOffice=office(who))
    assert sorted(line.element_id for line in place.open()) == ["submit_need", "submit_need"]
    mine = next(line for line in place.open() if place.performer(line).offices & place.school.offices)
    assert "OFFICE_MISMATCH" in refused(place, mine, water)
    place.do(mine)
    assert "ROLE_MISSING" in refused(place, place.task(None, "arrange_need"), place.school)
    for process in ("data_catalogue", "data_operations", "data_assessment", "data_funding"):
        for who in (place.operator, place.school):
            with pytest.raises(Failure) as failure:
                place.begin(process, who)
            assert "ROLE_MISSING" in told(failure.value)


def test_a_supplier_does_not_accept_what_it_delivers(app: Flask) -> None:
    """FX-36-6, FX-36-7: nor confirm the use, nor verify the fee, nor let another department do so."""
    place = Operations()
    line = place.until_task("confirm_use")
    assert "ROLE_MISSING" in refused(place, line, place.operator)
    assert "OFFICE_MISMATCH" in refused(place, line, place.person("applicant", office="奉贤区水务局"))
    place.do(line)
    for element in ("accept_task", "verify_fee"):
        assert "ROLE_MISSING" in refused(place, place.task(None, element), place.operator)
        if element == "verify_fee":
            assert "ROLE_MISSING" in refused(place, place.task(None, element), place.person("data_bureau"))
        place.next(element)


def test_no_more_is_paid_than_was_delivered(app: Flask) -> None:
    """FX-35-2: a fen more than verified, another sum at the till, and the figures changed from outside."""
    place = Operations()
    line = place.until_task("request_payment")
    assert "超过第三方核定的金额" in refused(place, line, payAmount=Decimal("30000.01"))
    place.do(line)
    line = place.task(None, "pay_service")
    assert "超过第三方核定的金额" in refused(place, line, extra={"payAmount": 40000})
    assert "NOT_ALLOWED" in refused(place, line, extra={"payAmount": 20000})
    admin = place.person("system_admin")
    items = [{"code": "GJ01", "quantity": 500}]
    repair.set_variables(admin, line.instance_key, {"verifiedItems": items, "payAmount": 500000}, "更正", place.now)
    assert "还没有第三方评审机构核定" in refused(place, line)
    assert written("data_payment") == []


def test_no_other_price_is_paid_than_the_ordered_one(app: Flask) -> None:
    """FX-35-2: a unit price that an administrator had changed before the third party looked at the quantities."""
    place = Operations()
    line = place.until_task("verify_fee")
    dear = {"items": [{"code": "GJ01", "unitPrice": 9000, "quantity": 10}, {"code": "ZL01", "unitPrice": 9000, "quantity": 10}]}
    repair.set_variables(place.person("system_admin"), line.instance_key, {"order": dear}, "更正", place.now)
    place.do(line)
    line = place.task(None, "request_payment")
    assert place.filled(line)["payAmount"] == 30000
    assert "超过第三方核定的金额" in refused(place, line, payAmount=Decimal("30000.01"))


def test_nothing_is_paid_before_it_is_used(app: Flask) -> None:
    """FX-35-2, FX-36-7: an administrator put the task before the till as soon as the operator had reported."""
    place = Operations()
    line = place.until_task("confirm_use")
    assert "没有使用的不能结算" in refused(place, line, useVerdict="未使用")
    later = (place.now + timedelta(days=1)).date().isoformat()
    assert "开始使用的日期不能晚于今天" in refused(place, line, usedFromOn=later)
    admin = place.person("system_admin")
    repair.modify(admin, line.instance_key, "提前支付", place.now, activate=[Activate("request_payment")])
    said = refused(place, place.task(None, "request_payment"), payAmount=1, payNote="提前支付")
    assert [word for word in ("还没有确认使用", "还没有验收审核通过", "还没有第三方评审机构核定") if word not in said] == []


def test_no_assessment_without_the_third_party(app: Flask) -> None:
    """FX-36-7, FX-36-8: what was accepted and not verified is no ground for an assessment."""
    place = Operations()
    place.publish("data_indicators", "indicators")
    line = place.until_task("verify_fee")
    place.begin("data_assessment")
    assert "没有经第三方评审机构核定的任务" in refused(place, place.task(None, "open_assessment"))
    place.do(line)
    place.next("open_assessment")
    assert "ROLE_MISSING" in refused(place, place.task(None, "score_subject"), place.operator)


def test_no_catalogue_is_published_that_nobody_reviewed(app: Flask) -> None:
    """FX-36-2: by who drafted it, by the administrator's token, or changed after the review."""
    place = Operations()
    place.begin("data_catalogue")
    place.next("draft_catalogue")
    line = place.task(None, "review_catalogue")
    assert "ROLE_MISSING" in refused(place, line, place.person("data_bureau"))
    admin = place.person("system_admin")
    repair.modify(admin, line.instance_key, "提前发布", place.now, activate=[Activate("publish_catalogue")])
    assert "没有审核通过" in refused(place, place.task(None, "publish_catalogue"))
    place.do(line)
    assert written("data_catalogue") == []


@pytest.mark.requirement("FX-36-4", side="refused")
def test_an_application_that_was_not_handed_in_ends_with_the_recruitment(app: Flask) -> None:
    place = Operations()
    place.begin("data_recruitment")
    place.next("publish_recruitment")
    place.begin("data_application", place.operator, operator=office(place.operator))
    assert len(place.open(None, "submit_application")) == 1
    place.advance(at("2026-03-25"))
    assert place.open(None, "submit_application") == []
