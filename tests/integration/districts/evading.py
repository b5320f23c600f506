"""What the tests of evasions share: a project begun in a district, the words of a refusal, and the books that nobody's trick may have changed."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.permissions import SYSTEM, Actor
from app.errors import Failure
from app.seen.shapes import TaskLine
from app.services import projects, returns, tasks
from app.store.tables import ApprovalRow, FactChangeRow, RecordRow, db
from tests.integration.districts.play import PLATFORM, District, at

SUCHENG_BIG: Mapping[str, Any] = {**PLATFORM, "totalAmount": Decimal("9000000.00")}


def begun(district: str, facts: Mapping[str, Any] = PLATFORM, name: str = "综合管理服务平台") -> tuple[District, int]:
    """The year's plan is announced, and a project of the first office is being declared."""
    place = District(district, at("2026-09-01"), facts)
    place.announce()
    place.advance(at("2026-09-10"))
    return place, place.declare(name)


def facts(project: int) -> Mapping[str, Any]:
    """The project's row of the ledger."""
    return projects.facts(SYSTEM, project)


def elements(place: District, project: int | None) -> list[str]:
    """The tasks that wait, by element, sorted."""
    return sorted(line.element_id for line in place.open(project))


def give_back(place: District, line: TaskLine, to: str, *, straight: bool = False, by: Actor | None = None) -> None:
    """Return a task to an earlier one."""
    wish = returns.ReturnWish(to, straight=straight, reason="请改正", due_on=(place.now + timedelta(days=5)).date())
    returns.give_back(by or place.performer(line), line.key, wish, place.now)


def consented(place: District, project: int, amount: int) -> tuple[TaskLine, dict[str, Any]]:
    """The plan with this money for the project waits to be issued; and its item as it was compiled."""
    while not place.open(None, "compile_plan"):
        ready = place.open(project)
        if ready:
            place.do(ready[0])
        else:
            place.advance(at("2026-10-20"))
    place.do(place.task(None, "compile_plan"))
    consent = place.task(None, "give_consent")
    item = place.filled(consent)["planItems"][0]
    place.do(consent, planItems=[{**item, "planAmount": Decimal(amount)}])
    return place.task(None, "issue_plan"), item


def start(place: District, project: int, process: str) -> None:
    """The project's own office begins a further process."""
    projects.start_process(place.person("applicant", project=project), project, process, place.now)


def refused(
    place: District,
    line: TaskLine,
    by: Actor | None = None,
    *,
    confirmed: Mapping[str, Any] | None = None,
    seen: int | None = None,
    extra: Mapping[str, Any] | None = None,
    **answers: Any,
) -> str:
    """What was said to somebody who tried: codes, fields, words. The task is open as before, and nothing is written.

    ``extra``: fields that the form has not; ``seen``: the version of the ledger with which the form was drawn.
    """
    data = {**place.filled(line, answers), **(extra or {})}
    with nothing_written(line.project_key), pytest.raises(Failure) as failure:
        tasks.complete(by or place.performer(line), line.key, data, place.now, confirmed=confirmed, ledger_version=seen)
    assert [other.key for other in place.open(line.project_key, line.element_id) if other.key == line.key] == [line.key]
    return told(failure.value)


def told(failure: Failure) -> str:
    """Everything that a refusal says, with the fields of which it speaks."""
    found = (f"{fault.path} {fault.code} {fault.message}" for fault in getattr(failure, "problems", ()))
    return " ".join([str(failure.code), failure.message, *found])


@contextmanager
def nothing_written(project: int | None) -> Iterator[None]:
    """Ledger, history of facts, registers and approvals are as before."""
    before = _books(project)
    yield
    assert _books(project) == before


def _books(project: int | None) -> Sequence[Any]:
    changed = db.session.scalars(select(FactChangeRow.key).where(FactChangeRow.project_key == project)).all()
    rows = db.session.execute(select(RecordRow.key, RecordRow.superseded_at).where(RecordRow.project_key == project)).all()
    given = db.session.execute(select(ApprovalRow.key, ApprovalRow.lapsed_at).where(ApprovalRow.project_key == project)).all()
    return (dict(facts(project)) if project is not None else None), sorted(changed), sorted(map(str, rows)), sorted(map(str, given))
