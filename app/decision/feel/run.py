"""One evaluation: its environment, its variables, what it has used up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from ..codes import FeelCode
from . import temporal
from .errors import FeelEvaluationError, FeelLimitError
from .limits import DEFAULT_LIMITS, Limits
from .numbers import CONTEXT, LONGEST_INTEGER_BITS
from .values import (
    MISSING,
    DayTimeDuration,
    FeelDate,
    FeelDateTime,
    FeelTime,
    Function,
    Range,
    YearMonthDuration,
)

if TYPE_CHECKING:
    from .registry import Registry


def _built_in() -> Registry:
    from .builtins import BUILTINS

    return BUILTINS


@dataclass(frozen=True, slots=True)
class Environment:
    """What an evaluation takes from outside besides its variables.

    ``now``: the aware instant that ``now()`` and ``today()`` give, in ``zone``. ``functions``: must hold what the expression was compiled
    with. ``extra``: for added functions; the language never looks at it. ``on_warning(code, message, position)``: told of every mismatch
    that silently gives null.
    """

    now: datetime
    zone: ZoneInfo
    functions: Registry = field(default_factory=_built_in)
    limits: Limits = DEFAULT_LIMITS
    extra: object = None
    on_warning: Callable[[FeelCode, str, int | None], None] | None = None


_CHECK_EVERY = 256


class Respelling(Exception):
    """The text has to be parsed anew, told of the names in ``args[0]``; never leaves ``expression``."""


class Speller(Protocol):
    """What can tell which of the variables' names the parser needs to know."""

    def odd_names(self, context: Mapping[str, object]) -> frozenset[str]:
        """Names of the variables that only a parser told of them reads right."""


class Run:
    """The counters and the environment of one evaluation."""

    __slots__ = (
        "deadline",
        "depth",
        "environment",
        "functions",
        "limits",
        "next_check",
        "owner",
        "place",
        "raw",
        "warnings",
        "warns",
        "work",
    )

    def __init__(self, environment: Environment, owner: Speller | None = None, raw: Mapping[str, object] | None = None) -> None:
        self.environment = environment
        self.owner = owner
        self.raw = raw
        self.functions = environment.functions
        self.limits = environment.limits
        self.warns = environment.on_warning is not None
        self.work = 0
        self.warnings = 0
        self.next_check = min(_CHECK_EVERY, self.limits.iterations)
        self.deadline = 0.0
        self.depth = 0
        self.place: int | None = None

    def miss(self) -> None:
        """A name was not found: if the variables have names that the parser should have been told of, start again (``Respelling``)."""
        owner, raw = self.owner, self.raw
        if owner is not None and raw is not None:
            self.owner = None
            odd = owner.odd_names(raw)
            if odd:
                raise Respelling(odd)

    def warn(self, code: FeelCode, message: str, position: int | None) -> None:
        self.warnings += 1
        report = self.environment.on_warning
        if report is not None:
            report(code, message, position)

    def check(self) -> None:
        """Called when ``work`` reaches ``next_check``: iterations and time."""
        limits = self.limits
        if self.work > limits.iterations:
            raise FeelLimitError(FeelCode.LIMIT_ITERATIONS, f"循环与列表的总量超过 {limits.iterations} 次，请缩小范围或先过滤", self.place)
        now = limits.clock()
        if not self.deadline:
            self.deadline = now + limits.seconds
        elif now > self.deadline:
            raise FeelLimitError(FeelCode.LIMIT_SECONDS, f"计算超过 {limits.seconds} 秒，已停止", self.place)
        self.next_check = min(self.work + _CHECK_EVERY, limits.iterations)

    def tick(self) -> None:
        """One round of a loop."""
        self.work += 1
        if self.work > self.next_check:
            self.check()

    def charge(self, amount: int) -> None:
        """Count items made or looked at outside a loop."""
        self.work += amount
        if self.work > self.next_check:
            self.check()

    def charge_result(self, value: object) -> None:
        """Bound the size of a list or string just made."""
        if isinstance(value, str):
            if len(value) > self.limits.string_size:
                raise self.too_long(len(value))
            if len(value) > 200:
                self.charge(len(value) // 100)
        elif isinstance(value, list):
            if len(value) > self.limits.list_size:
                raise self.too_many(len(value))
            self.charge(len(value) // 4)

    def too_long(self, size: int) -> FeelLimitError:
        return FeelLimitError(FeelCode.LIMIT_STRING_SIZE, f"文本有 {size} 个字符，超过上限 {self.limits.string_size}", self.place)

    def too_many(self, size: int) -> FeelLimitError:
        return FeelLimitError(FeelCode.LIMIT_LIST_SIZE, f"列表有 {size} 项，超过上限 {self.limits.list_size}", self.place)

    def too_deep(self) -> FeelLimitError:
        return FeelLimitError(FeelCode.LIMIT_NESTING, f"函数互相调用超过 {self.limits.nesting} 层，可能是没有尽头的递归", self.place)

    def visible(self, scope: Scope) -> Mapping[str, object]:
        """The variables that can be seen from a scope, inner ones first; values of the outermost are as they were given."""
        layers: list[Mapping[str, object]] = []
        current: Scope | None = scope
        while current is not None:
            layers.append(current.values)
            if isinstance(current, RootScope):
                layers.append(current.raw)
            current = current.parent
        merged: dict[str, object] = {}
        for layer in reversed(layers):
            merged.update(layer)
        return merged

    def normalise(self, value: object) -> object:
        return normalise(value, self.limits, 0)

    def measure(self, value: object) -> None:
        """Refuse a result whose lists and contexts, written out, would be too many or too deep: parts may be shared many times."""
        count = 0
        most = self.limits.list_size * 10
        stack: list[tuple[object, int]] = [(value, 1)]
        while stack:
            current, depth = stack.pop()
            if type(current) is list:
                items: list[object] = current
            elif type(current) is dict:
                items = list(current.values())
            else:
                continue
            count += len(items) + 1
            if count > most:
                raise self.too_many(count)
            if depth > self.limits.nesting:
                raise FeelLimitError(FeelCode.LIMIT_NESTING, f"结果嵌套超过 {self.limits.nesting} 层", self.place)
            for item in items:
                kind = type(item)
                if kind is list or kind is dict:
                    stack.append((item, depth + 1))


class Scope:
    """Variables, and the scope around."""

    __slots__ = ("parent", "run", "values")

    def __init__(self, values: dict[str, object], parent: Scope | None, run: Run) -> None:
        self.values = values
        self.parent = parent
        self.run = run

    def find(self, name: str) -> object:
        """The value of a name, MISSING if there is none."""
        scope: Scope | None = self
        while scope is not None:
            values = scope.values
            if name in values:
                return values[name]
            if scope.parent is None:
                return scope.load(name)
            scope = scope.parent
        return MISSING

    def load(self, name: str) -> object:
        return MISSING


class RootScope(Scope):
    """The variables given to an expression; a value is converted when first read."""

    __slots__ = ("raw",)

    def __init__(self, raw: Mapping[str, object], run: Run) -> None:
        self.values = {}
        self.parent = None
        self.run = run
        self.raw = raw

    def load(self, name: str) -> object:
        value = self.raw.get(name, MISSING)
        if value is not MISSING:
            value = normalise(value, self.run.limits, 0)
            self.values[name] = value
        return value

    def load_path(self, name: str, keys: tuple[str, ...]) -> object:
        """The value at ``name.key.key`` when contexts lead there, without converting what lies beside it; MISSING otherwise."""
        value = self.values.get(name, MISSING)
        if value is MISSING:
            value = self.raw.get(name, MISSING)
        for key in keys:
            if type(value) is not dict:
                return MISSING
            value = value.get(key, MISSING)
        return value if value is MISSING else normalise(value, self.run.limits, 0)


_AS_THEY_ARE = frozenset(
    {type(None), bool, str, date, timedelta, FeelDate, FeelTime, FeelDateTime, DayTimeDuration, YearMonthDuration, Range, Function}
)


def normalise(value: object, limits: Limits, depth: int) -> object:
    """A value from Python as a FEEL value; lists and contexts are copied only if something in them changes.

    Raises FeelEvaluationError for an object that FEEL has no type for, FeelLimitError for one too large or too deep.
    """
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if kind is Decimal:
        return value if value.is_finite() else None  # type: ignore[attr-defined]
    if kind is int:
        return _integer(value, limits)  # type: ignore[arg-type]
    if kind is list:
        return _normalise_list(value, limits, depth)  # type: ignore[arg-type]
    if kind is dict:
        return _normalise_context(value, limits, depth)  # type: ignore[arg-type]
    if kind is float:
        number = Decimal(repr(value))
        return number if number.is_finite() else None
    return _normalise_rare(value, limits, depth)


def _integer(value: int, limits: Limits) -> Decimal:
    if value.bit_length() > LONGEST_INTEGER_BITS:
        raise FeelLimitError(FeelCode.LIMIT_EXPONENT, f"数字太大：数量级超过 10 的 {limits.exponent} 次方")
    return Decimal(value) if value.bit_length() <= 112 else CONTEXT.create_decimal(value)


def _deeper(size: int, limits: Limits, depth: int) -> None:
    if depth > 2 * limits.nesting:
        raise FeelLimitError(FeelCode.LIMIT_NESTING, f"变量里的列表和上下文嵌套超过 {2 * limits.nesting} 层")
    if size > limits.list_size:
        raise FeelLimitError(FeelCode.LIMIT_LIST_SIZE, f"变量里的列表有 {size} 项，超过上限 {limits.list_size}")


def _normalise_list(value: list[object], limits: Limits, depth: int) -> list[object]:
    _deeper(len(value), limits, depth)
    changed: list[object] | None = None
    for index, item in enumerate(value):
        if type(item) in _AS_THEY_ARE:
            continue
        fresh = normalise(item, limits, depth + 1)
        if fresh is not item:
            if changed is None:
                changed = list(value)
            changed[index] = fresh
    return value if changed is None else changed


def _normalise_context(value: dict[object, object], limits: Limits, depth: int) -> object:
    _deeper(len(value), limits, depth)
    changed: dict[object, object] | None = None
    for key, item in value.items():
        if type(key) is not str:
            if not isinstance(key, str):
                raise FeelEvaluationError(FeelCode.VALUE, f"上下文的键必须是文本，这里是 {type(key).__name__}")
            return _normalise_context({str(name): entry for name, entry in value.items()}, limits, depth)
        if type(item) in _AS_THEY_ARE:
            continue
        fresh = normalise(item, limits, depth + 1)
        if fresh is not item:
            if changed is None:
                changed = dict(value)
            changed[key] = fresh
    return value if changed is None else changed


def _normalise_rare(value: object, limits: Limits, depth: int) -> object:
    if isinstance(value, datetime):
        zone = temporal.known_zone(value.tzinfo, value)
        if type(value) is datetime and zone is value.tzinfo:
            return value
        return datetime(
            value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond, zone, fold=value.fold
        )
    if isinstance(value, time):
        zone = temporal.known_zone(value.tzinfo, None)
        if type(value) is time and zone is value.tzinfo:
            return value
        return time(value.hour, value.minute, value.second, value.microsecond, zone, fold=value.fold)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return _integer(int(value), limits)
    if isinstance(value, Decimal):
        return Decimal(value) if value.is_finite() else None
    if isinstance(value, float):
        return normalise(float(value), limits, depth)
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    if isinstance(value, timedelta):
        return timedelta(days=value.days, seconds=value.seconds, microseconds=value.microseconds)
    if isinstance(value, Mapping):
        return _normalise_context(dict(value), limits, depth)
    if isinstance(value, (list, tuple)):
        return _normalise_list(list(value), limits, depth)
    raise FeelEvaluationError(FeelCode.VALUE, f"表达式里没有 {type(value).__name__} 这种值")


__all__ = ["Environment", "RootScope", "Run", "Scope", "normalise"]
