"""Lists keep their filters in the address: read them from it, and build the addresses of the other pages."""

from typing import Any

from flask import request, url_for

from app import current

_MOST_PAGES = 100_000
_LONGEST_SEARCH = 100


def text(name: str) -> str:
    """A filter's value, "" without one."""
    return request.args.get(name, "").strip()[:_LONGEST_SEARCH]


def flag(name: str) -> bool:
    return request.args.get(name) == "1"


def number(name: str) -> int | None:
    """A whole number, None if it is none."""
    given = request.args.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None


def offset() -> int:
    """How many rows stand before the page that is asked for."""
    return (min(max(1, number("page") or 1), _MOST_PAGES) - 1) * current.settings().page_size


def address(**changes: Any) -> str:
    """This list's address with some filters changed; an empty value takes its filter out."""
    arguments = {**request.view_args, **request.args.to_dict(), **changes} if request.view_args else {**request.args.to_dict(), **changes}
    return url_for(request.endpoint or "home.first", **{name: value for name, value in arguments.items() if value not in ("", None)})
