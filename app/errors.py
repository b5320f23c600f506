"""Failures in an official's words: what happened, where, what to do. Each has a stable ``code``; nothing here knows HTTP."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from app.codes import Code, InstallationCode, RequestCode


class FieldFault(Protocol):
    """A field of a form that cannot be accepted (``app.domain.forms.FieldProblem`` is one)."""

    @property
    def path(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def code(self) -> Code: ...

    @property
    def message(self) -> str: ...


class ModelFault(Protocol):
    """A place in a model that cannot run (problems of diagrams, tables and forms all look so)."""

    @property
    def file(self) -> str: ...

    @property
    def element(self) -> str | None: ...

    @property
    def line(self) -> int | None: ...

    @property
    def code(self) -> StrEnum: ...

    @property
    def message(self) -> str: ...


class Failure(Exception):
    """Something a person asked for cannot be done. ``message`` is for that person, ``code`` for programs."""

    code: Code = RequestCode.FAILURE

    def __init__(self, message: str, *, code: Code | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code


class NotFound(Failure):
    """There is no such thing, or none that this person may know of."""

    code = RequestCode.NOT_FOUND


class Forbidden(Failure):
    """The thing exists, but not for this person; the message is the verdict's reason."""

    code = RequestCode.FORBIDDEN


class InvalidRequest(Failure):
    """The request itself makes no sense: an unknown key, a value out of its range."""

    code: Code = RequestCode.INVALID_REQUEST


class InvalidArguments(InvalidRequest):
    """Members of a request that cannot be read, each by its path."""

    code = RequestCode.INVALID_ARGUMENT

    def __init__(self, problems: Sequence[FieldFault]) -> None:
        first = problems[0] if problems else None
        super().__init__(f"{first.path}:{first.message}" if first is not None else "请求内容不符合要求")
        self.problems = tuple(problems)


class InvalidForm(Failure):
    """The form's values were refused field by field; the task stays open and the draft is kept."""

    code = RequestCode.INVALID_FORM

    def __init__(self, problems: Sequence[FieldFault], message: str = "") -> None:
        super().__init__(message or "表单有内容需要改正:" + ";".join(problem.message for problem in problems[:3]))
        self.problems = tuple(problems)


class Conflict(Failure):
    """The thing is no longer in the state that the request assumes."""

    code = RequestCode.CONFLICT


class TaskAlreadyClosed(Conflict):
    """The task has been completed, cancelled or is being completed by somebody else."""

    code = RequestCode.TASK_CLOSED

    def __init__(self, message: str = "此事项已经办结或已被撤销,请刷新后查看办理结果") -> None:
        super().__init__(message)


class Outdated(Conflict):
    """Somebody else changed the instance in between; the act was undone and may be tried again."""

    code = RequestCode.OUTDATED


class KeyReused(Failure):
    """An Idempotency-Key was used before with another content."""

    code = RequestCode.IDEMPOTENCY_KEY_REUSED


class Busy(Failure):
    """Others hold what this act needs for longer than anyone should wait."""

    code = RequestCode.BUSY

    def __init__(self, message: str = "系统正忙:同一事项正由他人或系统处理,请稍后再试") -> None:
        super().__init__(message)


class Suspended(Conflict):
    """The instance is suspended; nothing of it may be completed until it is resumed."""

    code = RequestCode.SUSPENDED


class Refused(Failure):
    """A deployment was refused whole; ``problems`` name file, element, line and reason."""

    code = RequestCode.DEPLOYMENT_REFUSED

    def __init__(self, problems: Sequence[ModelFault], message: str = "") -> None:
        first = ":".join(part for part in (problems[0].file, problems[0].message) if part) if problems else "没有可部署的文件"
        super().__init__(message or f"部署未通过,全部文件均未生效。{first}" + (f"(共 {len(problems)} 处问题)" if len(problems) > 1 else ""))
        self.problems = tuple(problems)


class ConnectorError(Failure):
    """A connector cannot do its work with what the diagram gives it: becomes an incident at the element."""

    code = RequestCode.CONNECTOR_ERROR


class AuditBroken(Failure):
    """The audit trail does not prove itself: entries are missing, changed or out of order."""

    code = InstallationCode.AUDIT_BROKEN
