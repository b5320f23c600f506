"""Reading requests and writing answers the same way at every noun."""

from typing import Any

import simplejson
from flask import Response, request
from marshmallow import Schema

from app.api import schemas
from app.domain import forms
from app.errors import InvalidRequest
from app.seen.shapes import Page


def body(schema: Schema) -> dict[str, Any]:
    """The request's JSON, checked; an empty body is an empty object. Raises InvalidRequest (a body that is no JSON object) and marshmallow's ValidationError."""
    raw = request.get_data(cache=False)
    try:
        data = forms.loads(raw) if raw.strip() else {}
    except forms.FormError as error:
        raise InvalidRequest(str(error), code=error.code) from error
    if not isinstance(data, dict):
        raise InvalidRequest("请求内容应是一个 JSON 对象")
    loaded: dict[str, Any] = schema.load(data)
    return loaded


def answer(data: Any, status: int = 200) -> Response:
    return Response(simplejson.dumps(data, ensure_ascii=False, use_decimal=True), status=status, mimetype="application/json")


def nothing() -> Response:
    return Response(status=204)


def listing(page: Page[Any], offset: int, schema: Schema) -> Response:
    """A page of a search: items, and where it begins and ends."""
    items = schema.dump(page.items, many=True)
    end = offset + len(items)
    return answer(
        {
            "items": items,
            "page": {
                "totalItems": page.total,
                "hasMoreTotalItems": False,
                "startCursor": schemas.cursor(offset) if items else None,
                "endCursor": schemas.cursor(end) if items else None,
            },
        }
    )
