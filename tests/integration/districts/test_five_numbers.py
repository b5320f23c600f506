"""On Monday an analyst changes one number in each of five tables on the page: on Tuesday the next case is decided by the new ones, and nothing else is."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.catalogue import snapshot
from app.catalogue.snapshot import Snapshot
from app.decision import feel
from app.decision.dmn import DmnEvaluationError
from app.domain.permissions import SYSTEM
from app.engine import functions
from app.services import accounts, instants, trail
from app.store.tables import AuditEntryRow, db
from tests.integration.districts.test_publishing import ROOT, Analyst
from tests.processes.driver import constants

REASON = "区政府常务会议纪要〔2026〕9 号"
MOVED = {
    ("supervision", "500000.01"), ("supervision", "600000"), ("project_approval", "4000000.01"), ("project_approval", "5000000"),
    ("warranty", "建设类"), ("deadlines", "declaration.close"), ("change_route", "4000000.01"), ("change_route", "5000000"),
}  # fmt: skip
NOW = datetime(2026, 11, 2, 1, tzinfo=UTC)
BUILDING = {"projectType": "建设类"}
CHANGE = {
    "reasonCode": "二", "changes": [],
    "project": {"contractAmount": Decimal(30_000_000), "approvedBudget": Decimal(99_999_999)},
}  # fmt: skip
# table → what is replaced by what, the field that is asked for, its values just on either side of the old and the new number, and the other inputs
TABLES: dict[str, tuple[str, str, str, list[Any], dict[str, Any]]] = {
    "supervision": ("500000", "600000", "totalAmount", ["499999.99", "500000", "500000.01", "600000", "600000.01"], BUILDING),
    "project_approval": (
        "4000000", "5000000", "totalAmount", ["4000000", "4000000.01", "5000000", "5000000.01", "8000000", "8000000.01"], {**BUILDING, "usesBudgetFund": True},
    ),
    "warranty": ("36", "48", "projectType", ["建设类", "运维类", "购买服务类"], {}),
    "deadlines": ('"10-15"', '"10-20"', "event", ["declaration.close", "evaluation.self", "opinion", "plan.year"], {"start": "2026-09-01"}),
    "change_route": ("4000000", "5000000", "amount", ["4000000", "4000000.01", "5000000", "5000000.01"], CHANGE),
}  # fmt: skip


def outcome(library: Snapshot, table: str, field: str, value: Any, others: dict[str, Any]) -> Any:
    ref = library.decision(table)
    assert ref is not None
    given = Decimal(value) if str(value)[:1].isdigit() else value
    asked: dict[str, Any] = {"parameters": constants("sucheng"), **others, field: given, "changeItems": [{"amount": given}]}
    asked.setdefault("project", dict(asked))
    environment = feel.Environment(now=NOW, zone=library.zone, functions=functions.of(library.calendar, library.zone))
    try:
        found = feel.to_json(ref.evaluate(asked, environment).output)
    except (DmnEvaluationError, feel.FeelError) as error:
        return str(error)
    return found


def outcomes(library: Snapshot) -> dict[tuple[str, Any], Any]:
    return {
        (table, value): outcome(library, table, field, value, others)
        for table, (_, _, field, values, others) in TABLES.items()
        for value in values
    }


@pytest.fixture
def analyst(app: Any) -> Analyst:
    return Analyst(app)


def test_five_numbers_hold_from_the_next_case_on_and_nothing_else_moves(app: Any, analyst: Analyst) -> None:
    with app.app_context():
        before = snapshot.library("sucheng")
        old = outcomes(before)
    files = []
    for table, (was, now, *_) in TABLES.items():
        content = (ROOT / "dmn" / "sucheng" / f"{table}.dmn").read_text("utf-8")
        files.append((f"{table}.dmn", content.replace(f"{was}</", f"{now}</").encode()))
    status, _ = analyst.upload(*files, reason=REASON, force="1", drop_cases="1")
    assert status == 302
    with app.app_context():
        library = snapshot.library("sucheng")
        new = outcomes(library)
        assert {key for key in new if new[key] != old[key]} == MOVED
        assert outcomes(snapshot.library("sucheng", before.version)) == old, "whoever has begun goes on by the rules of his day"
        entry = db.session.execute(
            select(AuditEntryRow.__table__).where(AuditEntryRow.action == "models.deploy").order_by(AuditEntryRow.key.desc()).limit(1)
        ).one()
        assert (entry.user_name, entry.details["reason"], entry.tenant) == (
            accounts.user(SYSTEM, "sucheng.analyst").name,
            REASON,
            "sucheng",
        )
        assert entry.at.date() == instants.now().date()
        assert {f"{table}.dmn" for table in TABLES} <= {name.rpartition("/")[2] for name in str(entry.subject).split(", ")}
        found = {ref.id: ref.version for table in TABLES if (ref := library.reference("decision", table)) is not None}
        assert found == dict.fromkeys(TABLES, 2)
        assert trail.verify(SYSTEM).problems == []
