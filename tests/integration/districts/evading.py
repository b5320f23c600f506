"""What the tests of evasions share: a district with a project begun, the words of a refusal, and the books that nobody's trick may have changed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from app.domain.permissions import Actor
from app.errors import Failure
from app.seen.shapes import TaskLine
from app.services import accounts, projects, returns, tasks
from app.store.tables import ApprovalRow, FactChangeRow, RecordRow, db
from tests.integration.districts.play import PLATFORM, District, at

NOT_SOUND = {"necessity": "不符合", "soundness": "不符合", "sharing": "符合", "safety": "符合", "economy": "符合"}
SUCHENG_BIG: Mapping[str, Any] = {**PLATFORM, "totalAmount": Decimal("9000000.00")}


def begun(district: str, facts: Mapping[str, Any] = PLATFORM, name: str = "综合管理服务平台") -> tuple[District, int]:
    """The year's plan is announced, a project of the first office is being declared."""
    place = District(district, at("2026-09-01"), facts)
    place.announce()
    place.advance(at("2026-09-10"))
    return place, place.declare(name)


def facts(project: int) -> Mapping[str, Any]:
    """The ledger's row."""
    return projects.facts(accounts.system(""), project)


def told(failure: Failure) -> str:
    """Everything that a refusal says, with the fields of which it speaks."""
    found = (f"{fault.path} {fault.code} {fault.message}" for fault in getattr(failure, "problems", ()))
    return " ".join([str(failure.code), failure.message, *found])
