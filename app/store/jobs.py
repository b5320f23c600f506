"""Queries over jobs for outside workers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, or_, select, update

from app.domain.states import JobState
from app.store.database import run
from app.store.tables import JobRow, ProcessInstanceRow

_jobs: Any = JobRow.__table__
_instances: Any = ProcessInstanceRow.__table__
_roots: Any = _instances.alias("roots")


def one(key: int) -> Row[Any] | None:
    return run(select(_jobs).where(_jobs.c.key == key)).one_or_none()


def take(job_type: str, tenant: str, now: datetime, until: datetime, most: int) -> list[int]:
    """Lease up to ``most`` open jobs of a type until ``until``: no other worker gets them before. Returns their keys."""
    free = (
        select(_jobs.c.key)
        .join(_roots, _roots.c.key == _jobs.c.root_key)
        .where(
            _jobs.c.state == JobState.OPEN,
            _jobs.c.type == job_type,
            or_(_jobs.c.retry_at.is_(None), _jobs.c.retry_at <= now),
            _roots.c.suspended_at.is_(None),
        )
        .order_by(_jobs.c.key)
        .limit(most)
        .with_for_update(of=_jobs, skip_locked=True)
    )
    if tenant:
        free = free.where(_jobs.c.tenant == tenant)
    return sorted(run(update(_jobs).where(_jobs.c.key.in_(free)).values(retry_at=until).returning(_jobs.c.key)).scalars())


def described(keys: Sequence[int]) -> Sequence[Row[Any]]:
    """Jobs with the process that each belongs to."""
    query = select(_jobs, _instances.c.process_id, _instances.c.definition_key).join(_instances, _instances.c.key == _jobs.c.instance_key)
    return run(query.where(_jobs.c.key.in_(keys)).order_by(_jobs.c.key)).all()


def close(key: int, state: JobState, message: str, now: datetime) -> bool:
    """Close an open job; False if it is not open any more."""
    query = update(_jobs).where(_jobs.c.key == key, _jobs.c.state == JobState.OPEN)
    return bool(
        run(query.values(state=state, message=message, retries=0 if state == JobState.FAILED else _jobs.c.retries, closed_at=now)).rowcount
    )


def put_off(key: int, retries: int, message: str, retry_at: datetime) -> bool:
    """Offer an open job again later; False if it is not open any more."""
    query = update(_jobs).where(_jobs.c.key == key, _jobs.c.state == JobState.OPEN)
    return bool(run(query.values(retries=retries, message=message, retry_at=retry_at)).rowcount)
