"""The Idempotency-Key header: a repeated request acts once. The key is optional; services remember it (design §5)."""

import re

from flask import request

from app.codes import RequestCode
from app.errors import InvalidRequest

HEADER = "Idempotency-Key"
_SHAPE = re.compile(r"[\x21-\x7e]{1,128}")


def key() -> str | None:
    """The request's key, None without one. Raises InvalidRequest (IDEMPOTENCY_KEY)."""
    given = request.headers.get(HEADER)
    if given is None:
        return None
    if not _SHAPE.fullmatch(given):
        raise InvalidRequest(f"请求头 {HEADER} 应是 1 至 128 个可见的 ASCII 字符", code=RequestCode.IDEMPOTENCY_KEY)
    return given
