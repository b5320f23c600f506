"""Types: what ``instance of`` asks and what parameters declare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from . import temporal
from .values import DATE_TIMES, DATES, DAY_TIMES, TIMES, Function, Range, YearMonthDuration

_CLASSES: dict[str, frozenset[type]] = {
    "number": frozenset({Decimal}),
    "string": frozenset({str}),
    "boolean": frozenset({bool}),
    "date": DATES,
    "time": TIMES,
    "date and time": DATE_TIMES,
    "days and time duration": DAY_TIMES,
    "years and months duration": frozenset({YearMonthDuration}),
    "list": frozenset({list}),
    "context": frozenset({dict}),
    "range": frozenset({Range}),
    "function": frozenset({Function}),
}
ALIASES = {
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "day and time duration": "days and time duration",
    "year and month duration": "years and months duration",
    "any": "Any",
    "null": "Null",
}
BUILT_IN_NAMES = (*_CLASSES, *ALIASES, "Any", "Null")


@dataclass(frozen=True, slots=True)
class Type:
    """A FEEL type. ``name`` is a built-in's, or a type of the model, then ``includes`` judges values of it.

    ``item``: of ``list<T>`` and ``range<T>``; ``members``: of ``context<a: T>``; ``parameters`` and ``result``: of ``function<A, B> -> R``.
    """

    name: str
    item: Type | None = None
    members: tuple[tuple[str, Type], ...] | None = None
    parameters: tuple[Type, ...] | None = None
    result: Type | None = None
    includes: Callable[[object], bool] | None = None

    def __str__(self) -> str:
        if self.item is not None:
            return f"{self.name}<{self.item}>"
        if self.members is not None:
            return f"context<{', '.join(f'{name}: {member}' for name, member in self.members)}>"
        if self.parameters is not None:
            return f"function<{', '.join(map(str, self.parameters))}> -> {self.result or ANY}"
        return self.name


ANY = Type("Any")


def conforms(value: object, expected: Type) -> bool:
    """Whether a value that is not null has the type; parts of it that are null fit any type."""
    if value is None:
        return expected.name == "Null"
    if expected.includes is not None:
        return expected.includes(value)
    if expected.name == "Any":
        return True
    classes = _CLASSES.get(expected.name)
    if classes is None or type(value) not in classes:
        return False
    if type(value) is list and expected.item is not None:
        return all(entry is None or conforms(entry, expected.item) for entry in value)
    if type(value) is dict and expected.members is not None:
        return all(name in value and (value[name] is None or conforms(value[name], member)) for name, member in expected.members)
    if type(value) is Range and expected.item is not None:
        return all(end is None or conforms(end, expected.item) for end in (value.start, value.end))
    if type(value) is Function and expected.parameters is not None:
        return _function_conforms(value, expected)
    return True


def _function_conforms(value: Function, expected: Type) -> bool:
    wanted = expected.parameters or ()
    declared = [item if isinstance(item, Type) else ANY for item in value.types]
    declared += [ANY] * (len(value.parameters) - len(declared))
    if not any(len(overload) == len(wanted) for overload in value.overloads):
        return False
    if not all(subtype(given, own) for given, own in zip(wanted, declared, strict=False)):
        return False
    result = value.result if isinstance(value.result, Type) else ANY
    return subtype(result, expected.result or ANY)


def subtype(narrow: Type, wide: Type) -> bool:
    """Whether every value of one type is of the other (specification 10.3.2.9.2)."""
    if wide.name == "Any" or narrow == wide or narrow.name == "Null":
        return True
    if narrow.name != wide.name:
        return False
    if wide.item is not None:
        return narrow.item is not None and subtype(narrow.item, wide.item)
    if wide.members is not None:
        own = dict(narrow.members or ())
        return all(name in own and subtype(own[name], member) for name, member in wide.members)
    if wide.parameters is not None:
        return (
            narrow.parameters is not None
            and len(narrow.parameters) == len(wide.parameters)
            and all(subtype(given, own) for given, own in zip(wide.parameters, narrow.parameters, strict=True))
            and subtype(narrow.result or ANY, wide.result or ANY)
        )
    return wide.includes is narrow.includes


def coerce(value: object, expected: Type) -> object:
    """Fit a value to a type by the implicit conversions of the specification (10.3.2.9.4), else null.

    A list of one gives its item where no list is wanted, a value becomes a list of one where a list is wanted, a date becomes midnight
    in UTC where a date and time is wanted. A function whose result has no declared type is taken at its word: what it gives is fitted.
    """
    if value is None or conforms(value, expected):
        return value
    if type(value) is list and len(value) == 1 and expected.name != "list":
        item = value[0]
        return item if item is None or conforms(item, expected) else None
    if expected.name == "list" and type(value) is not list:
        wrapped: list[object] = [value]
        return wrapped if conforms(wrapped, expected) else None
    if expected.name == "date and time" and type(value) in DATES:
        return temporal.midnight_utc(value)  # type: ignore[arg-type]
    if type(value) is Function and expected.parameters is not None and expected.result is not None:
        return _promising(value, expected, expected.result)
    return None


def _promising(value: Function, expected: Type, result: Type) -> Function | None:
    """A function that says nothing of its result, held to the result that is expected of it at every call; None for one that cannot be."""
    if (isinstance(value.result, Type) and value.result is not ANY) or not conforms(value, replace(expected, result=ANY)):
        return None

    def call(*arguments: object) -> object:
        return coerce(value.call(*arguments), result)

    return Function(value.overloads, call, name=value.name, variadic=value.variadic, types=value.types, result=result, inner=value.inner)


__all__ = ["ALIASES", "ANY", "BUILT_IN_NAMES", "Type", "coerce", "conforms", "subtype"]
