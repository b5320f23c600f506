"""Rows as lines of lists: tasks, instances, projects."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from app import current
from app.catalogue import districts, snapshot
from app.domain.deadlines import passed
from app.domain.districts import District
from app.domain.permissions import Actor
from app.domain.reading import called
from app.domain.states import TaskState
from app.seen.shapes import InstanceLine, ProjectLine, ReturnedView, TaskLine

_TICK = timedelta(microseconds=1)


def bounds(limit: int | None, offset: int) -> tuple[int, int]:
    """How many rows of a list and after how many: as wanted, within the settings."""
    config = current.settings()
    return max(1, min(config.page_size if limit is None else limit, config.page_limit)), max(0, offset)


def task_line(row: Any, now: datetime, actor: Actor) -> TaskLine:
    district = snapshot.district(row.tenant)
    is_open = row.state == TaskState.OPEN
    return TaskLine(
        key=row.key,
        element_id=row.element_id,
        name=row.name,
        process_id=row.process_id,
        process_name=row.process_name,
        project_key=row.project_key,
        project_name=project_called(row, actor),
        applicant_office=row.applicant_office or "",
        opened_at=row.opened_at,
        due_at=row.due_at,
        remind_at=row.remind_at,
        follow_up_at=row.follow_up_at,
        overdue=is_open and passed(row.due_at, now),
        days_left=days_left(row.due_at, now, district) if is_open else None,
        assignee=row.assignee,
        completed_at=row.closed_at if row.state == TaskState.COMPLETED or row.returned_to else None,
        completed_by=row.completed_name,
        outcome=row.outcome,
        state=row.state,
        tenant=row.tenant,
        instance_key=row.instance_key,
        root_key=row.root_key,
        element_key=row.element_key or 0,
        definition_key=row.definition_key,
        definition_version=row.definition_version,
        form_id=row.form_id,
        form_key=row.form_key,
        priority=row.priority,
        candidate_groups=tuple(row.candidate_groups),
        candidate_users=tuple(row.candidate_users),
        role_titles=tuple(district.role_title(role) for role in row.candidate_groups),
        returned=returned_view(row),
        returned_to=row.returned_to,
        round=row.round,
        office=row.office or "",
        standing=row.stands_for is not None,
    )


def returned_view(row: Any) -> ReturnedView | None:
    """Why a task is there again, if somebody has returned it."""
    if row.returned_at is None:
        return None
    return ReturnedView(
        task=row.returned_from,
        person=row.returned_by_name,
        office=row.returned_by_office,
        reason=row.return_reason,
        at=row.returned_at,
        due_at=row.return_due_at,
        straight=row.returned_straight,
    )


def task_lines(rows: Iterable[Any], now: datetime, actor: Actor) -> list[TaskLine]:
    return [task_line(row, now, actor) for row in rows]


def project_called(row: Any, actor: Actor) -> str:
    """The name of a row's project as somebody may know it; empty without one."""
    return called(actor, row.project_name or "", row.project_alias or "", row.project_applicant)


def days_left(due_at: datetime | None, now: datetime, district: District) -> int | None:
    """Whole days in the district's zone until the last day that counts; 0 on that day. ``due_at`` is exclusive."""
    if due_at is None:
        return None
    last_day = (due_at - _TICK).astimezone(district.zone).date()
    return (last_day - now.astimezone(district.zone).date()).days


def instance_line(row: Any, actor: Actor) -> InstanceLine:
    return InstanceLine(
        key=row.key,
        root_key=row.root_key,
        parent_key=row.parent_key,
        process_id=row.process_id,
        process_name=row.process_name,
        definition_key=row.definition_key,
        version=row.definition_version,
        version_tag=row.version_tag,
        state=row.state,
        tenant=row.tenant,
        started_at=row.started_at,
        ended_at=row.ended_at,
        incidents=row.incidents,
        project_key=row.project_key,
        project_name=project_called(row, actor),
        suspended_at=row.suspended_at,
    )


def project_line(row: Any, now: datetime) -> ProjectLine:
    return ProjectLine(
        key=row.key,
        number=row.number,
        name=row.name,
        tenant=row.tenant,
        tenant_title=snapshot.district(row.tenant).title,
        phase=row.phase,
        phase_title=phase_title(row.phase),
        applicant_office=row.applicant_office,
        plan_year=row.plan_year,
        total_amount=row.total_amount,
        contract_amount=row.contract_amount,
        open_tasks=row.open_tasks or 0,
        overdue=passed(row.first_due, now),
        updated_at=row.updated_at,
    )


def phase_title(key: str) -> str:
    return next((phase.title for phase in districts.phases() if phase.key == key), key)
