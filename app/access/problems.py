"""What a failure means outside: its HTTP status, and its shape as problem+json (RFC 9457) or as a page. One shape for pages, their scripts and the API."""

import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from app import errors, logs
from app.access import statuses
from app.codes import RequestCode
from app.domain.forms import FormError

_log = logging.getLogger(__name__)
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemDocument:
    """``code`` is stable, ``detail`` is for people; ``problems`` are fields of a form or a request, or places in models."""

    status: int
    title: str
    code: str
    detail: str
    problems: Sequence[Mapping[str, Any]] = ()

    def body(self) -> dict[str, Any]:
        """The members of problem+json."""
        members: dict[str, Any] = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": request.path,
            "code": self.code,
        }
        if self.problems:
            members["problems"] = list(self.problems)
        return members


Page = Callable[[ProblemDocument], str]


def describe(error: Exception) -> ProblemDocument:
    """Any exception as a problem. What nobody foresaw says nothing of the inside."""
    if isinstance(error, errors.Failure):
        status = statuses.of(error)
        return ProblemDocument(status=status, title=statuses.title(status), code=error.code, detail=error.message, problems=_places(error))
    if isinstance(error, FormError):
        return ProblemDocument(status=HTTPStatus.BAD_REQUEST, title=statuses.title(400), code=error.code, detail=str(error))
    if isinstance(error, CSRFError):
        return ProblemDocument(
            status=HTTPStatus.BAD_REQUEST,
            title="页面已过期",
            code=RequestCode.CSRF,
            detail="本页停留过久，或不是从本系统打开。请刷新页面后再试，已暂存的内容不会丢失。",
        )
    number = error.code if isinstance(error, HTTPException) and error.code is not None else int(HTTPStatus.INTERNAL_SERVER_ERROR)
    code = statuses.code(number) if isinstance(error, HTTPException) else f"{RequestCode.INTERNAL}-{secrets.token_hex(4)}"
    return ProblemDocument(status=number, title=statuses.title(number), code=code, detail=statuses.sentence(number))


def _places(failure: errors.Failure) -> list[dict[str, Any]]:
    if isinstance(failure, errors.InvalidForm | errors.InvalidArguments):
        return [_field(fault) for fault in failure.problems]
    if isinstance(failure, errors.Refused):
        return [
            {"file": fault.file, "element": fault.element, "line": fault.line, "code": fault.code, "message": fault.message}
            for fault in failure.problems
        ]
    return []


def _field(fault: errors.FieldFault) -> dict[str, Any]:
    """A fault of a field; one of a check of the form names it, and whether it may be confirmed with a reason."""
    members: dict[str, Any] = {"path": fault.path, "title": fault.title, "code": fault.code, "message": fault.message}
    check = getattr(fault, "check", "")
    return members | {"check": check, "confirm": bool(getattr(fault, "confirm", False))} if check else members


def wants_json() -> bool:
    """Whether the caller is a program: the API, or a page's script."""
    if request.path.startswith("/v2/") or request.path == "/v2":
        return True
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]


def as_json(problem: ProblemDocument) -> Response:
    answer = Response(current_app.json.dumps(problem.body()), status=problem.status, content_type="application/problem+json")
    if problem.status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"  # RFC 9110 §11.6.1
    return answer


def attach(app: Flask, page: Page) -> None:
    """Answer every failure of ``app`` in the caller's form; ``page`` draws it for people."""

    def answer(error: Exception) -> Response | HTTPException:
        if isinstance(error, HTTPException) and error.code is not None and error.code < 400:
            return error  # a redirect
        problem = describe(error)
        if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
            logs.event(_log, logging.ERROR, "failure", code=problem.code, method=request.method, endpoint=request.endpoint, raised=error)
        elif request.endpoint is not None and request.method not in _READING:
            logs.refused(request.endpoint, problem.code)
        if wants_json():
            return as_json(problem)
        return Response(page(problem), status=problem.status, content_type="text/html; charset=utf-8")

    app.register_error_handler(Exception, answer)
