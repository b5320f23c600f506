"""A permit from application to approval, through the services alone."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.errors import Forbidden, InvalidForm, TaskClosed
from app.services import inbox, projects, tasks, trail, waits
from app.store.tables import Wait, db
from tests.integration.services.conftest import NOW, Cast

APPLICATION = {"amount": Decimal("5000.00"), "receivedAt": "2026-03-10T09:00:00+08:00", "reason": "设备老化"}


def start(cast: Cast) -> tuple[int, int]:
    return projects.start(cast.alice, "permit", "教育平台", NOW)


def test_a_permit_runs_from_application_to_approval(cast: Cast) -> None:
    project, task = start(cast)
    assert [line.key for line in inbox.todo(cast.alice, NOW).items] == [task]
    done = tasks.complete(cast.alice, task, APPLICATION, NOW)
    assert done.incidents == ()
    assert inbox.todo(cast.alice, NOW).items == []
    (review,) = inbox.todo(cast.fred, NOW).items
    assert review.element_id == "review"
    assert review.due_at is not None
    assert review.due_at.isoformat() == "2026-03-24T16:00:00+00:00"  # the tenth working day is 24 March; exclusive midnight in Shanghai
    assert review.days_left == 14
    after = tasks.complete(cast.fred, review.key, {"verdict": "同意", "amount": Decimal("4999.99")}, NOW + timedelta(days=1))
    assert after.state == "completed"
    page = projects.view(cast.alice, project, NOW + timedelta(days=1))
    assert page.project.phase == "approved"
    assert page.project.total_amount == Decimal("5000.00")
    assert [line.element_id for line in inbox.todo(cast.dora, NOW).items] == ["inspect"]
    assert trail.verify().problems == []
