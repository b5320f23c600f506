"""Jobs for outside workers: taken for a while, then completed, failed with another try later, or ended by a BPMN error.

A worker that dies loses its lease and another gets the job, so that work may be done twice; it takes effect once, for only an open job can be completed.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from app import current, engine
from app.acts.held_tree import HeldTree
from app.acts.transaction import act, open_instance, retried
from app.codes import RequestCode
from app.domain import permissions
from app.domain.codes import Action
from app.domain.permissions import Actor
from app.domain.states import JobState
from app.engine import commands
from app.errors import Conflict, InvalidRequest, NotFound
from app.seen.shapes import TakenJob
from app.services import messages
from app.store import jobs

MOST_AT_ONCE = 1_000
LONGEST_LEASE = timedelta(days=1)
_LONGEST_MESSAGE = 10_000
_CLOSED = "此任务已经结束、已被撤销,或由其他工作程序完成"


def take(actor: Actor, job_type: str, now: datetime, *, most: int = 1, lease: timedelta = timedelta(minutes=5)) -> list[TakenJob]:
    """Take up to ``most`` open jobs of a type, oldest first; nobody else gets them before the lease is over. Raises Forbidden, InvalidRequest (LEASE)."""
    permissions.may_administer(actor, actor.tenant).require()
    if not 1 <= most <= MOST_AT_ONCE or not timedelta(0) < lease <= LONGEST_LEASE:
        raise InvalidRequest(f"一次取 1 至 {MOST_AT_ONCE} 个任务,占用时间不超过一天", code=RequestCode.LEASE)
    with act():
        keys = jobs.take(job_type, actor.tenant, now, now + lease, most)
    return [
        TakenJob(
            key=row.key,
            type=row.type,
            element_id=row.element_id,
            instance_key=row.instance_key,
            process_id=row.process_id,
            definition_key=row.definition_key,
            tenant=row.tenant,
            listener=row.listener,
            retries=row.retries,
            headers=row.headers,
            variables=row.variables,
            leased_until=now + lease,
        )
        for row in (jobs.described(keys) if keys else ())
    ]


def complete(actor: Actor, key: int, variables: Mapping[str, Any], now: datetime) -> None:
    """Complete a job with its result. Raises NotFound, Forbidden, Conflict (JOB_CLOSED), Suspended, InvalidRequest (the engine's limits)."""
    _finish(
        actor,
        key,
        now,
        command=lambda element: commands.CompleteJob(element, dict(variables)),
        close=lambda: jobs.close(key, JobState.COMPLETED, "", now),
        action=Action.JOB_COMPLETE,
        details={"variables": dict(variables)},
    )


def fail(actor: Actor, key: int, retries: int, message: str, now: datetime, *, back_off: timedelta | None = None) -> None:
    """A try failed: with ``retries`` left the job is offered again after ``back_off`` (default: the setting ``retry_seconds``), else an incident stands.

    Raises NotFound, Forbidden, Conflict (JOB_CLOSED), Suspended, InvalidRequest (RETRIES).
    """
    if not 0 <= retries < 2**31:
        raise InvalidRequest("剩余重试次数应是非负整数", code=RequestCode.RETRIES)
    said = message.strip()[:_LONGEST_MESSAGE]
    again = now + (timedelta(seconds=current.settings().retry_seconds) if back_off is None else back_off)
    _finish(
        actor,
        key,
        now,
        command=lambda element: commands.FailJob(element, retries, said),
        close=lambda: jobs.put_off(key, retries, said, again) if retries else jobs.close(key, JobState.FAILED, said, now),
        action=Action.JOB_FAIL,
        details={"retries": retries, "message": said},
    )


def throw_error(actor: Actor, key: int, code: str, message: str, variables: Mapping[str, Any], now: datetime) -> None:
    """End a job by a BPMN error; one that nothing catches is an incident. Raises NotFound, Forbidden, Conflict (JOB_CLOSED), Suspended."""
    _finish(
        actor,
        key,
        now,
        command=lambda element: commands.ThrowError(element, code, message, dict(variables)),
        close=lambda: jobs.close(key, JobState.ERROR, message[:_LONGEST_MESSAGE], now),
        action=Action.JOB_ERROR,
        details={"code": code, "message": message, "variables": dict(variables)},
    )


@retried
def _finish(
    actor: Actor,
    key: int,
    now: datetime,
    *,
    command: Callable[[int], commands.Command],
    close: Callable[[], bool],
    action: Action,
    details: Mapping[str, Any],
) -> None:
    row = jobs.one(key)
    if row is None:
        raise NotFound("没有此任务")
    permissions.may_administer(actor, row.tenant).require()
    if row.state != JobState.OPEN:
        raise Conflict(_CLOSED, code=RequestCode.JOB_CLOSED)

    with open_instance(row.root_key, now, actor) as tree:
        if tree is None:
            raise NotFound("没有此任务")
        _step(tree, command(row.element))
        tree.journal.closed_job(row.element)
        tree.record(action, f"{tree.process_id}.{row.element_id}", {"job": str(key), "type": row.type, **details})
        # Read before the lock: only this says that nobody was first.
        if not close():
            raise Conflict(_CLOSED, code=RequestCode.JOB_CLOSED)
        tree.save()
    if tree.unsettled:
        messages.settle(now)


def _step(tree: HeldTree, command: commands.Command) -> None:
    try:
        tree.step(command)
    except engine.NotOpen as error:
        raise Conflict(_CLOSED, code=RequestCode.JOB_CLOSED) from error
    except engine.LimitExceeded as error:
        raise InvalidRequest(str(error), code=error.code) from error
