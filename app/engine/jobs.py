"""Jobs: work that a token hands to a connector or worker — the element's own, or a listener's."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from app.engine.codes import IncidentType
from app.engine.effects import JobClosed, JobOpened
from app.engine.errors import ElementFailure
from app.engine.expressions import Term, evaluate, fit, source_of

if TYPE_CHECKING:
    from app.engine.course import Course
    from app.engine.elements.base import Listener
    from app.engine.spiff import Token


def open_job(
    course: "Course", token: "Token", job_type_term: Term, retries: Term, headers: dict[str, str], listener: str | None = None
) -> None:
    """Hand out a job. Its variables are the element's inputs if it has mappings, else all that it can see. Raises ElementFailure."""
    spec = token.task_spec
    job_type = evaluate(course, job_type_term, token, "任务类型")
    if not isinstance(job_type, str) or not job_type.strip():
        raise ElementFailure(
            IncidentType.EXTRACT_VALUE_ERROR,
            f"{course.place(token)}的任务类型“{source_of(job_type_term)}”没有得到文字。请改正流程图或补齐变量后重试",
            {"expression": source_of(job_type_term)},
        )
    fit(course, job_type_term, token, "任务类型", job_type)
    count = evaluate(course, retries, token, "重试次数")
    if isinstance(count, str) and count.strip().isascii() and count.strip().isdigit() and len(count.strip()) < 10:
        count = int(count)
    if isinstance(count, bool) or not isinstance(count, int | Decimal) or count != int(count) or not 0 <= count < 2**31:
        raise ElementFailure(
            IncidentType.EXTRACT_VALUE_ERROR,
            f"{course.place(token)}的重试次数“{source_of(retries)}”不是非负整数。请改正流程图后重试",
            {"expression": source_of(retries)},
        )
    token.memo["job"] = {"type": job_type, "retries": int(count), **({"listener": listener} if listener else {})}
    announce_job(
        course,
        token,
        job_type,
        retries=int(count),
        headers=headers,
        listener=listener,
        variables=dict(token.variables) if spec.input_mappings and listener is None else course.visible(token),
    )


def announce_job(
    course: "Course", token: "Token", job_type: str, retries: int, headers: dict[str, str], listener: str | None, variables: dict[str, Any]
) -> None:
    course.emit(
        JobOpened(
            element=token.reference,
            instance=token.instance,
            element_id=token.element_id,
            type=job_type,
            retries=retries,
            headers=headers,
            variables=variables,
            listener=listener,
        )
    )


def reopen_job(course: "Course", token: "Token") -> None:
    """After an incident: hand the same job out again."""
    job = token.memo["job"]
    job.pop("closed", None)
    spec = token.task_spec
    listener = job.get("listener")
    inputs_only = spec.input_mappings and listener is None
    headers = {} if listener else spec.headers_now(course, token) if hasattr(spec, "headers_now") else dict(getattr(spec, "headers", {}))
    announce_job(
        course,
        token,
        job["type"],
        retries=max(1, job["retries"]),
        headers=headers,
        listener=listener,
        variables=dict(token.variables) if inputs_only else course.visible(token),
    )


def close_job(course: "Course", token: "Token", state: str) -> dict[str, Any]:
    job: dict[str, Any] = token.memo.pop("job")
    course.emit(JobClosed(token.reference, state))
    return job


def give_up_job(course: "Course", token: "Token", state: str) -> None:
    """The job has failed for good; it stays with its token to be handed out again by ``reopen_job``."""
    token.memo["job"]["closed"] = True
    course.emit(JobClosed(token.reference, state))


def cancel_job(course: "Course", token: "Token") -> None:
    job = token.memo.get("job")
    if job is not None and not job.get("closed"):
        close_job(course, token, "cancelled")


def run_listeners(course: "Course", token: "Token", kind: str) -> bool:
    """Hand out the next listener job of ``kind``. False when none is left. Raises ElementFailure."""
    listeners: tuple[Listener, ...] = token.task_spec.listeners.get(kind, ())
    done = int(token.memo.get("listeners", 0))
    if done >= len(listeners):
        token.memo.pop("listeners", None)
        return False
    listener = listeners[done]
    open_job(course, token, listener.type, retries=listener.retries, headers={}, listener=kind)
    return True


def listener_done(token: "Token") -> None:
    token.memo["listeners"] = int(token.memo.get("listeners", 0)) + 1
