"""What officials find filled in when a shipped task comes again: what they work on further, and no opinion or date of the act."""

from datetime import timedelta

from flask import Flask

from app.services import tasks
from app.services.returns import ReturnWish, give_back
from tests.integration.districts.play import District, at


def test_a_tender_sent_back_opens_as_it_was_and_its_review_opens_empty(app: Flask) -> None:
    place = District("fengxian", at("2026-09-01"))
    place.announce()
    project = place.declare("河道巡检平台")
    tender = place.until(project, "submit_tender")
    first = tasks.view(place.performer(tender), tender.key, place.now)
    assert "tenderTitle" not in first.data
    place.do(tender, tenderTitle="河道巡检平台招标文件")
    review = place.task(project, "review_tender")
    wish = ReturnWish(to="submit_tender", straight=False, reason="评审办法不完整", due_on=place.now.date() + timedelta(days=5))
    give_back(place.performer(review), review.key, wish, place.now)
    again = place.task(project, "submit_tender")
    view = tasks.view(place.performer(again), again.key, place.now)
    assert view.data["tenderTitle"] == "河道巡检平台招标文件"
    place.do(again)
    second = place.task(project, "review_tender")
    opened = tasks.view(place.performer(second), second.key, place.now)
    assert opened.data["tenderTitle"] == "河道巡检平台招标文件"
    assert not {"tenderOpinion", "tenderOpinionText", "tenderReviewedOn"} & set(opened.data), (
        "the tender is shown; opinion, text and date are said anew"
    )
