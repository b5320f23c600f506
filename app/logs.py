"""What operators read: one line an act, as text or as JSON, with keys and codes only. Nothing personal is ever given to it.

A record is an event with fields (``event``), or a sentence of the program's. The message of a foreign exception may quote what somebody typed, so a
traceback names types and places only; what the machine itself complains of (files, connections, locks) is said.
"""

import inspect
import json
import logging
import re
import secrets
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from app.codes import Code, RequestCode
from app.config import Config

Clock = Callable[[], float]  # seconds, never going back

_log = logging.getLogger(__name__)
_DOORS = "app.services."
_FROM_CALLER = re.compile(r"[A-Za-z0-9._-]{1,64}")
_BARE = re.compile(r"[\w.,:/<>()+-]+")  # a value that needs no quotes in text
# Controls, line separators, marks that turn or hide what stands beside them, halves of characters.
_HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
_SPEAKING = frozenset({"OSError", "OperationalError"})


@dataclass(slots=True, kw_only=True)
class LoggedRequest:
    """One HTTP request, as far as lines tell of it. ``key`` is its id, ``route`` the rule that matched, never the address itself."""

    key: str
    method: str = ""
    route: str = ""
    status: int = 0
    actor: int | None = None
    statements: int = 0
    told: bool = False  # a line of it names a failure


@dataclass(slots=True, kw_only=True)
class _Act:
    actor: int | None
    actions: tuple[str, ...] = ()
    instance: int | None = None
    project: int | None = None
    tries: int = 1
    statements: int = 0


_request: ContextVar[LoggedRequest | None] = ContextVar("request", default=None)
_act: ContextVar[_Act | None] = ContextVar("act", default=None)
_played: ContextVar[bool] = ContextVar("played", default=False)


# ---------------------------------------------------------------------- telling


def event(logger: logging.Logger, level: int, name: str, *, raised: BaseException | None = None, **fields: Any) -> None:
    """Write an event; fields that are None are left out. With ``raised``, its traceback too."""
    if logger.isEnabledFor(level):
        known = {key: value for key, value in fields.items() if value is not None}
        logger.log(level, name, exc_info=raised, extra={"fields": known})


def started(config: Config, part: str) -> None:
    """A process is ready to work."""
    database = "postgresql" if "://" in config.data else "sqlite"
    event(_log, logging.INFO, "start", part=part, version=version("quancheng"), database=database)


@contextmanager
def act(actor: int | None = None, *, clock: Clock = time.monotonic) -> Iterator[None]:
    """One act, one line at its end. Inside another it is a part of that one: an act may open its tree, and be tried again."""
    outer = _act.get()
    if outer is not None:
        outer.actor = outer.actor if actor is None else actor
        yield
        return
    asking = _request.get()
    line = _Act(actor=asking.actor if actor is None and asking is not None else actor)
    token = _act.set(line)
    begun = clock()
    error: BaseException | None = None
    try:
        yield
    except BaseException as raised:
        error = raised
        raise
    finally:
        _act.reset(token)
        _tell(line, error, clock() - begun)


def note(*, action: Code | None = None, actor: int | None = None, instance: int | None = None, project: int | None = None) -> None:
    """What became known of the open act; nothing without one."""
    line = _act.get()
    if line is None:
        return
    if action is not None:
        line.actions += (action,)
    line.actor = line.actor if actor is None else actor
    line.instance = line.instance if instance is None else instance
    line.project = line.project if project is None else project


def tried_again() -> None:
    """The open act was undone and begins anew."""
    line = _act.get()
    if line is not None:
        line.tries += 1
        line.actions = ()


def count_statement(*_: object) -> None:
    """A statement goes to the database: SQLAlchemy's ``before_cursor_execute``."""
    if (line := _act.get()) is not None:
        line.statements += 1
    if (asking := _request.get()) is not None:
        asking.statements += 1


def refused(name: str, code: str) -> None:
    """The request's act was refused before it opened; nothing if a line of this request has told of a failure already."""
    asking = _request.get()
    if asking is None or asking.told:
        return
    asking.told = True
    event(_log, logging.INFO, "act", act=name, code=code, actor=_key(asking.actor), statements=asking.statements)


@contextmanager
def played() -> Iterator[None]:
    """Acts inside are played by the program, not done by people: their lines are for debugging."""
    token = _played.set(True)
    try:
        yield
    finally:
        _played.reset(token)


@contextmanager
def request(given: str | None, *, level: int = logging.DEBUG, clock: Clock = time.monotonic) -> Iterator[LoggedRequest]:
    """One HTTP request, one line of ``level`` at its end. Its id is the caller's, if well-formed, else a new one."""
    asking = LoggedRequest(key=given if given is not None and _FROM_CALLER.fullmatch(given) else secrets.token_hex(8))
    token = _request.set(asking)
    begun = clock()
    try:
        yield asking
    finally:
        event(
            _log, level, "http", method=asking.method, route=asking.route or None, status=asking.status, actor=_key(asking.actor),
            ms=_milliseconds(clock() - begun), statements=asking.statements,
        )  # fmt: skip
        _request.reset(token)


def current_request() -> LoggedRequest | None:
    """The request that is being answered; None outside of any."""
    return _request.get()


def _tell(line: _Act, error: BaseException | None, seconds: float) -> None:
    code = None if error is None else _code(error)
    asking = _request.get()
    if code is not None and asking is not None:
        asking.told = True
    if code == RequestCode.INTERNAL:
        level = logging.ERROR
    else:  # what leaves no entry in the audit trail is housekeeping: seals, drafts, leases
        level = logging.INFO if (code or line.actions) and not _played.get() else logging.DEBUG
    if _log.isEnabledFor(level):
        event(
            _log, level, "act", act=",".join(line.actions) or _door(), code=code, error=type(error).__name__ if code == RequestCode.INTERNAL else None,
            actor=_key(line.actor), instance=_key(line.instance), project=_key(line.project), tries=line.tries if line.tries > 1 else None,
            ms=_milliseconds(seconds), statements=line.statements,
        )  # fmt: skip


def _code(error: BaseException) -> str:
    """Our own failures carry a stable code; others' ``code`` means something else."""
    code = getattr(error, "code", None)
    return code if isinstance(code, str) and type(error).__module__.startswith("app.") else RequestCode.INTERNAL


def _door() -> str:
    """The public function of the services that the act came in by, as ``tasks.complete``; "act" if there is none."""
    frame = inspect.currentframe()
    while frame is not None:
        module, name = frame.f_globals.get("__name__", ""), frame.f_code.co_name
        if module.startswith(_DOORS) and name[0] not in "_<":
            return f"{module.removeprefix(_DOORS)}.{name}"
        frame = frame.f_back
    return "act"


def _key(key: int | None) -> str | None:
    return None if key is None else str(key)  # 64 bits: JSON's readers would round a number


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 1)


# ---------------------------------------------------------------------- writing


def set_up(config: Config) -> None:
    """Write records of this process to standard error as ``config`` wants them. Safe to repeat; the last one holds."""
    level = getattr(logging, config.log_level.upper())
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, _StandardError)]:
        root.removeHandler(handler)
    handler = _StandardError()
    handler.setFormatter(JsonFormatter() if config.log_format == "json" else TextFormatter())
    root.addHandler(handler)
    root.setLevel(max(level, logging.WARNING))  # libraries tell much that helps nobody, the scheduler every second
    ours = logging.getLogger("app")
    ours.setLevel(level)
    ours.handlers.clear()  # Flask adds one of its own to a logger of this name


class _StandardError(logging.Handler):
    """Standard error as it is when the record is written."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except Exception:
            self.handleError(record)


class TextFormatter(logging.Formatter):
    """``2026-03-10T01:00:00.000Z INFO act task.complete actor=17 … request=…``; a traceback follows, indented."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; a value that could be taken for something else stands in quotes."""
        fields = _fields(record)
        parts = [fields.pop("at"), fields.pop("level")]
        if "event" in fields:
            name = fields.pop("event")
            parts += [name, *([_quoted(fields.pop(name))] if name in fields else [])]
        else:
            parts += [fields.pop("logger"), _escaped(fields.pop("message").replace("\\", "\\\\"))]
        trace = fields.pop("traceback", "")
        parts += [f"{name}={_quoted(value)}" for name, value in fields.items()]
        return "\n    ".join([" ".join(parts), *(_escaped(line) for line in trace.split("\n") if line)])


class JsonFormatter(logging.Formatter):
    """One object a line; keys are strings, durations and counts numbers."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's fields in a fixed order, those it does not have left out."""
        return _escaped(json.dumps(_fields(record), ensure_ascii=False, default=str))


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    fields: dict[str, Any] = {"at": at, "level": record.levelname}
    given: Mapping[str, Any] | None = getattr(record, "fields", None)
    if given is None:
        fields |= {"logger": record.name, "message": record.getMessage()}
    else:
        fields |= {"event": record.msg, **given}
    asking = _request.get()
    if asking is not None:
        fields["request"] = asking.key
    if record.exc_info and record.exc_info[1] is not None:
        fields["traceback"] = _trace(record.exc_info[1])
    return fields


def _trace(error: BaseException) -> str:
    """Types and places of an exception and of what led to it, the first cause first."""
    chain: list[BaseException] = []
    found: BaseException | None = error
    while found is not None and found not in chain:
        chain.append(found)
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
    return "\n".join("".join(traceback.format_tb(item.__traceback__)) + _kind(item) for item in reversed(chain))


def _kind(error: BaseException) -> str:
    kind = type(error)
    said = f": {error}" if any(base.__name__ in _SPEAKING for base in kind.__mro__) else ""
    return f"{kind.__module__}.{kind.__qualname__}{said}".removeprefix("builtins.")


def _escaped(text: str) -> str:
    return _HARMFUL.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _quoted(value: object) -> str:
    text = str(value)
    return text if _BARE.fullmatch(text) else _escaped(json.dumps(text, ensure_ascii=False))
