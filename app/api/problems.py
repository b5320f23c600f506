"""Failures as ``application/problem+json`` (RFC 9457): status, a stable code, and the sentence a person can read."""

from typing import Any

import simplejson
from flask import Blueprint, Response, request
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException

from app import errors
from app.access import statuses


def problem(status: int, code: str, detail: str, **more: Any) -> Response:
    """One answer shape for every failure of the API."""
    content = {"type": "about:blank", "title": code, "status": status, "detail": detail, "instance": request.path, "code": code, **more}
    return Response(simplejson.dumps(content, ensure_ascii=False, use_decimal=True), status=status, mimetype="application/problem+json")


def register(blueprint: Blueprint) -> None:
    @blueprint.errorhandler(errors.Failure)
    def failure(error: errors.Failure) -> Response:
        more: dict[str, Any] = {}
        if isinstance(error, errors.InvalidForm):
            more["fields"] = [
                {"path": fault.path, "title": fault.title, "code": fault.code, "message": fault.message} for fault in error.problems
            ]
        return problem(statuses.of(error), error.code, error.message, **more)

    @blueprint.errorhandler(ValidationError)
    def invalid(error: ValidationError) -> Response:
        places = [{"path": path, "message": text} for path, text in _flatten(error.messages)]
        first = places[0] if places else {"path": "", "message": "请求内容不符合要求"}
        return problem(400, "INVALID_ARGUMENT", f"{first['path']}:{first['message']}", fields=places)

    @blueprint.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        return problem(error.code or 500, (error.name or "ERROR").upper().replace(" ", "_"), statuses.sentence(error.code or 500))


_ENGLISH = {
    "Unknown field.": "没有这一项",
    "Missing data for required field.": "必填",
    "Not a valid integer.": "应为整数",
    "Not a valid boolean.": "应为 true 或 false",
    "Not a valid string.": "应为文字",
    "Not a valid list.": "应为数组",
    "Not a valid mapping type.": "应为一个对象",
    "Invalid input type.": "应为一个对象",
    "Field may not be null.": "不能为 null",
    "Not a valid number.": "应为数字",
    "Number too large.": "数字过大",
}


def _flatten(messages: Any, path: str = "") -> list[tuple[str, str]]:
    if isinstance(messages, dict):
        return [pair for key, part in messages.items() for pair in _flatten(part, f"{path}/{key}".strip("/"))]
    if isinstance(messages, list):
        return [pair for part in messages for pair in _flatten(part, path)]
    return [(path or "请求内容", _ENGLISH.get(str(messages), str(messages)))]
