"""Which HTTP status a failure has, and what people read about a status."""

from collections.abc import Sequence
from http import HTTPStatus

from app import errors
from app.codes import RequestCode

_STATUS: Sequence[tuple[type[errors.Failure], HTTPStatus]] = (
    (errors.NotFound, HTTPStatus.NOT_FOUND),
    (errors.Forbidden, HTTPStatus.FORBIDDEN),
    (errors.InvalidForm, HTTPStatus.UNPROCESSABLE_ENTITY),
    (errors.Refused, HTTPStatus.UNPROCESSABLE_ENTITY),
    (errors.KeyReused, HTTPStatus.UNPROCESSABLE_ENTITY),
    (errors.Conflict, HTTPStatus.CONFLICT),
    (errors.Busy, HTTPStatus.SERVICE_UNAVAILABLE),
    (errors.InvalidRequest, HTTPStatus.BAD_REQUEST),
)
# The words of RFC 9110 as they were when the first of them was sent: newer releases of Python call some of them otherwise.
_CODES = {
    400: RequestCode.BAD_REQUEST,
    401: RequestCode.UNAUTHORIZED,
    403: RequestCode.FORBIDDEN,
    404: RequestCode.NOT_FOUND,
    405: RequestCode.METHOD_NOT_ALLOWED,
    406: RequestCode.NOT_ACCEPTABLE,
    409: RequestCode.CONFLICT,
    413: RequestCode.REQUEST_ENTITY_TOO_LARGE,
    415: RequestCode.UNSUPPORTED_MEDIA_TYPE,
    416: RequestCode.REQUESTED_RANGE_NOT_SATISFIABLE,
    422: RequestCode.UNPROCESSABLE_ENTITY,
    429: RequestCode.TOO_MANY_REQUESTS,
    500: RequestCode.INTERNAL_SERVER_ERROR,
    503: RequestCode.SERVICE_UNAVAILABLE,
}
_TITLES = {
    400: "请求有误",
    401: "需要登录",
    403: "没有权限",
    404: "没有找到",
    405: "不支持的操作",
    409: "状态已改变",
    413: "内容过大",
    415: "内容类型不对",
    422: "内容需要改正",
    500: "系统出错",
    503: "系统正忙",
}
_WORDS = {
    401: "您还没有登录，或登录已过期，请重新登录。",
    403: "您没有权限进行此操作。",
    400: "服务器看不懂这个请求，请返回上一页重试。",
    404: "这个地址没有内容，可能已被删除，或链接不完整。",
    405: "这个地址不支持这样的操作。",
    413: "提交的内容超过允许的大小，请减少后再试。",
    415: "服务器不接受这种类型的内容。",
    500: "系统内部出错，您的操作没有生效。请稍后再试；如仍出错，请把下面的代码告诉系统管理员。",
}


def of(failure: errors.Failure) -> HTTPStatus:
    """The status of one of our own failures; a kind without an entry of its own is a refused act (409)."""
    if failure.code == RequestCode.SIGNED_OUT:
        return HTTPStatus.UNAUTHORIZED
    return next((status for kind, status in _STATUS if isinstance(failure, kind)), HTTPStatus.CONFLICT)


def code(status: int) -> RequestCode:
    """The stable code of a bare status: NOT_FOUND, METHOD_NOT_ALLOWED, …"""
    return _CODES.get(status, _CODES[500 if status >= 500 else 400])


def title(status: int) -> str:
    """A few words: 没有权限."""
    return _TITLES.get(status, _TITLES[500 if status >= 500 else 400])


def sentence(status: int) -> str:
    """What happened and what to do, where nothing more particular is known."""
    return _WORDS.get(status, _WORDS[500 if status >= 500 else 400])
