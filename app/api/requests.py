"""Reading requests and writing answers the same way at every noun."""

from collections.abc import Iterator
from typing import Any

import simplejson
from flask import Response, request
from marshmallow import Schema, ValidationError

from app.api import schemas
from app.codes import RequestCode
from app.domain import forms
from app.domain.forms import FieldProblem
from app.errors import InvalidArguments, InvalidRequest
from app.seen.shapes import Page

_DIGITS = 19  # of a whole number that a database holds


def body(schema: Schema) -> dict[str, Any]:
    """The request's JSON, checked; an empty body is an empty object. Raises InvalidRequest (a body that is no JSON object), InvalidArguments."""
    raw = request.get_data(cache=False)
    try:
        data = forms.loads(raw) if raw.strip() else {}
    except forms.FormError as error:
        raise InvalidRequest(str(error), code=error.code) from error
    if not isinstance(data, dict):
        raise InvalidRequest("请求内容应是一个 JSON 对象")
    try:
        loaded: dict[str, Any] = schema.load(data)
    except ValidationError as error:
        raise InvalidArguments(list(_faults(error.messages))) from error
    return loaded


def seen_version() -> int | None:
    """The version that the caller has seen, of the header ``If-Match``: a whole number, in quotes or not. Raises InvalidRequest."""
    given = request.headers.get("If-Match")
    if given is None:
        return None
    text = given.strip().strip('"')
    if not (text.isascii() and text.isdigit() and len(text) < _DIGITS):
        raise InvalidRequest('请求头 If-Match 应是项目台账的版本号,如 "7"', code=RequestCode.INVALID_ARGUMENT)
    return int(text)


def _faults(messages: Any, path: str = "") -> Iterator[FieldProblem]:
    """marshmallow's nested messages, one a place."""
    if isinstance(messages, dict):
        for key, part in messages.items():
            yield from _faults(part, f"{path}/{key}".strip("/") if key != "_schema" else path)
    elif isinstance(messages, list):
        for part in messages:
            yield from _faults(part, path)
    else:
        yield FieldProblem(path or "请求内容", "", RequestCode.INVALID_ARGUMENT, str(messages))


def answer(data: Any, status: int = 200) -> Response:
    return Response(simplejson.dumps(data, ensure_ascii=False, use_decimal=True), status=status, mimetype="application/json")


def nothing() -> Response:
    return Response(status=204)


def listing(page: Page[Any], schema: Schema) -> Response:
    """A page of a search: items, and where it begins and ends."""
    items = schema.dump(page.items, many=True)
    end = page.offset + len(items)
    return answer(
        {
            "items": items,
            "page": {
                "totalItems": page.total,
                "hasMoreTotalItems": False,
                "startCursor": schemas.cursor(page.offset) if items else None,
                "endCursor": schemas.cursor(end) if items else None,
            },
        }
    )
