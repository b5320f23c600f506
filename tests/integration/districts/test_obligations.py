"""What a regulation wants every month or year begins by itself, for every project that it concerns, and nobody has to remember it."""

from datetime import timedelta
from decimal import Decimal

from flask import Flask
from sqlalchemy import select

from app.services import pump
from app.store.tables import ObligationRow, RecordRow, db
from tests.integration.districts.evading import begun, elements
from tests.integration.districts.play import at


def due(project: int, process: str) -> list[str]:
    """The days on which a process was due for a project."""
    query = select(ObligationRow.period).where(ObligationRow.project_key == project, ObligationRow.process_id == process)
    found = [period[:10] for period in db.session.scalars(query.order_by(ObligationRow.period))]
    db.session.rollback()
    return found


def rows(project: int, kind: str) -> list[dict[str, object]]:
    found = list(db.session.scalars(select(RecordRow.data).where(RecordRow.project_key == project, RecordRow.kind == kind)))
    db.session.rollback()
    return found


def test_every_year_end_of_the_construction_has_its_self_evaluation(app: Flask) -> None:
    """SC-33-3: nobody starts it; whoever lets the year pass is overdue, and the next year is due all the same."""
    place, project = begun("sucheng")
    place.until(project, "start_trial")
    first = place.now.year
    assert "write_report" not in elements(place, project)
    place.advance(at(f"{first}-12-01") + timedelta(hours=1))
    assert due(project, "self_evaluation") == [f"{first}-12-01"]
    assert "write_report" in elements(place, project)
    place.advance(at(f"{first + 1}-01-01"))
    late = [row for row in rows(project, "overdue") if row["event"] == "evaluation.self"]
    assert len(late) == 1
    place.advance(at(f"{first + 1}-06-01"))
    assert due(project, "self_evaluation") == [f"{first}-12-01"]
    place.do(place.open(project, "write_report")[0])
    for line in place.open(project, "give_opinion"):
        place.do(line)
    place.do(place.open(project, "finalise_report")[0])
    place.do(place.open(project, "file_report")[0])
    assert [row["year"] for row in rows(project, "self_evaluation")] == [first]
    place.advance(at(f"{first + 1}-12-02"))
    assert due(project, "self_evaluation") == [f"{first}-12-01", f"{first + 1}-12-01"]


def test_a_server_that_was_down_over_the_new_year_makes_up_the_self_evaluation(app: Flask) -> None:
    """SC-33-3"""
    place, project = begun("sucheng")
    place.until(project, "start_trial")
    first = place.now.year
    place.now = at(f"{first + 1}-01-05")  # no clock ran in December
    pump.run_due(place.now)
    assert due(project, "self_evaluation") == [f"{first}-12-01"]
    assert "write_report" in elements(place, project)


def test_a_running_system_is_monitored_every_month(app: Flask) -> None:
    """SC-32-4, SC-32-6: from the month in which it begins to operate, once a month; what the bureau eliminates is reclaimed without its user."""
    place, project = begun("sucheng")
    place.until_phase(project, "operating")
    place.advance(place.now + timedelta(minutes=5))
    begins = place.now
    assert due(project, "monitoring") == [f"{begins:%Y-%m}-01"]
    place.advance(begins + timedelta(days=95))
    assert len(due(project, "monitoring")) == len(set(due(project, "monitoring"))) >= 4
    line = place.open(project, "record_monitoring")[0]
    place.do(line, usedCpu=1, avgUtil=Decimal("6.25"), monitoringNote="几乎没有使用")
    deciding = place.task(project, "decide_elimination")
    place.do(deciding, eliminationDecision="确认淘汰", eliminationReason="长期闲置", eliminationNo="宿区数据〔2028〕9号")
    place.advance(place.now + timedelta(minutes=5))
    assert {"reclaim_forced", "take_over_data"} <= set(elements(place, project))
    assert "apply_retirement" not in elements(place, project)
