"""Hostile models on their way in: refused whole with place and cause, what was there before unchanged, and the audit knows it."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.domain.permissions import SYSTEM
from app.errors import Refused
from app.services import models
from app.store.tables import AuditEntryRow, DeploymentRow, ResourceRow, db
from tests.integration.services.conftest import NOW
from tests.unit.rehearsal import hostile, hostile_tables

FILES = {f"bpmn/{name}.bpmn": make for name, make in hostile.REFUSED.items()}
FILES |= {f"dmn/{name}.dmn": (lambda source=source: source) for name, (source, cause) in hostile_tables.TABLES.items() if cause}
FILES |= {f"forms/{name}.json": (lambda source=source: source) for name, (source, _) in hostile_tables.FORMS.items()}


def counts() -> tuple[int, ...]:
    return tuple(db.session.execute(select(func.count()).select_from(table)).scalar_one() for table in (DeploymentRow, ResourceRow))


def test_every_hostile_file_is_refused_and_leaves_no_trace_but_in_the_audit(hill: Flask) -> None:
    before, versions = counts(), models.definitions(SYSTEM, "<default>")
    for name, make in FILES.items():
        with pytest.raises(Refused) as refused:
            models.deploy(SYSTEM, [(name, make())], NOW)
        problems = refused.value.problems
        assert {problem.file for problem in problems} == {name}, name
        assert all(any("一" <= character <= "鿿" for character in problem.message) for problem in problems), name
        entry = db.session.execute(select(AuditEntryRow).order_by(AuditEntryRow.key.desc()).limit(1)).scalar_one()
        assert (entry.action, entry.subject) == ("models.refuse", name)
        assert name in str(entry.details)
    assert counts() == before
    assert models.definitions(SYSTEM, "<default>") == versions
