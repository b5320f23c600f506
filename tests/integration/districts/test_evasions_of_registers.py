"""Registers and ledger tell the same: what is said otherwise on a straight return does not leave an old row behind. Source: modelling.md §4, §7."""

from datetime import timedelta

import pytest
from flask import Flask

from app.services import tasks
from app.store.tables import RecordRow, db
from tests.integration.districts.evading import begun, facts, give_back


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_a_contract_corrected_on_the_way_straight_back_is_registered_anew(app: Flask, district: str) -> None:
    """FX-21-1, SC-18-1: one million less than awarded, by a return from the start of work; the register kept the amount before."""
    place, project = begun(district)
    place.until(project, "start_construction")
    give_back(place, place.task(project, "start_construction"), "register_contract", straight=True)
    again = place.task(project, "register_contract")
    given = place.filled(again)
    amount = given["contractAmount"] - 1_000_000
    place.now += timedelta(hours=1)
    tasks.complete(
        place.performer(again),
        again.key,
        {**given, "contractNo": "换过的合同号", "contractAmount": amount},
        place.now,
        confirmed={"contract_amount_as_awarded": "核减"},
    )
    place.until(project, "start_construction")
    assert (facts(project)["contractNo"], facts(project)["contractAmount"]) == ("换过的合同号", amount)
    rows = db.session.query(RecordRow).filter_by(project_key=project, kind="contract", superseded_at=None).all()
    kept = [row.data for row in rows if row.data.get("contractNo")]
    db.session.rollback()
    assert [(row["contractNo"], row["amount"]) for row in kept] == [("换过的合同号", amount)]
