"""Which request a line in the logs belongs to: an id that the caller may bring along and gets back, header X-Request-Id."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, request

from app import logs

HEADER = "X-Request-Id"


def attach(app: Flask, *, shown: bool) -> None:
    """Give every request of ``app`` an id; ``shown``: its line is written at level info, not only at debug."""
    answer: Callable[..., Iterable[bytes]] = app.wsgi_app
    level = logging.INFO if shown else logging.DEBUG

    def identified(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        # Around all the rest, so that answers to failures carry it too.
        with logs.request(environ.get("HTTP_X_REQUEST_ID"), level=level) as asking:

            def begin(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
                asking.status = int(status.split(" ", 1)[0])
                return start_response(status, [*headers, (HEADER, asking.key)], *rest)

            return answer(environ, begin)

    def note() -> None:
        if (asking := logs.current_request()) is not None:
            asking.method = request.method
            asking.route = request.url_rule.rule if request.url_rule is not None else ""

    app.wsgi_app = identified  # type: ignore[method-assign]
    app.before_request(note)
