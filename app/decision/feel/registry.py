"""The table of functions that an expression may call, and how arguments meet parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from ..codes import FeelCode
from .values import DATE_TIMES, DATES, DAY_TIMES, TEMPORALS, TIMES, Function, Range, YearMonthDuration, type_label
from .vocabulary import Vocabulary

if TYPE_CHECKING:
    from .run import Run, Scope

_CLASSES: Final[dict[str, frozenset[type]]] = {
    "number": frozenset({Decimal}),
    "string": frozenset({str}),
    "boolean": frozenset({bool}),
    "list": frozenset({list}),
    "context": frozenset({dict}),
    "range": frozenset({Range}),
    "function": frozenset({Function}),
    "date": DATES,
    "time": TIMES,
    "date and time": DATE_TIMES,
    "years and months duration": frozenset({YearMonthDuration}),
    "days and time duration": DAY_TIMES,
    "point": frozenset({Decimal, str}) | TEMPORALS,
}


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """One function of the language.

    ``parameters``: the parameter names of each way to call it. ``call`` gets the arguments by position; before them the environment if
    ``needs_environment``, or the variables visible at the call and the environment if ``needs_context``. ``types``: FEEL types for each
    way (``number``, ``date|date and time``, ``string?`` where null is welcome, ``any``); arguments that do not fit give null and a
    warning; without types anything is passed on. ``variadic``: ``list`` — loose arguments are gathered into the only parameter;
    ``last`` — the last parameter may be given any number of times. ``extension``: not part of DMN. ``doc``: one Chinese line.
    """

    name: str
    parameters: tuple[tuple[str, ...], ...]
    call: Callable[..., object]
    needs_environment: bool = False
    needs_context: bool = False
    extension: bool = False
    doc: str = ""
    types: tuple[tuple[str, ...], ...] = ()
    variadic: str = ""
    result: str = "any"
    group: str = ""
    examples: tuple[str, ...] = ()
    needs_run: bool = False
    _matchers: tuple[tuple[_Matcher, ...], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.types and [len(way) for way in self.types] != [len(way) for way in self.parameters]:
            raise ValueError(f"{self.name}: types and parameters differ in number")
        types = self.types or tuple(("any",) * len(way) for way in self.parameters)
        object.__setattr__(self, "_matchers", tuple(tuple(_matcher(code) for code in way) for way in types))

    def invoke(self, run: Run, scope: Scope, arguments: list[object], names: Sequence[str] | None, position: int) -> object:
        """Call with evaluated arguments; a call that fits no way gives null and a warning."""
        if names is None:
            fitted = self._fit(arguments)
        else:
            fitted = self._fit_named(dict(zip(names, arguments, strict=True))) if len(set(names)) == len(names) else None
        if fitted is None:
            if run.warns:
                run.warn(FeelCode.ARGUMENTS, self._complaint(arguments, names), position)
            return None
        for value in fitted:
            if type(value) is list:
                run.charge(len(value) // 8)
        heard = run.warnings
        if self.needs_run:
            result = self.call(run, *fitted)
        elif self.needs_context:
            result = self.call(run.visible(scope), run.environment, *fitted)
        elif self.needs_environment:
            result = self.call(run.environment, *fitted)
        else:
            result = self.call(*fitted)
        if (
            result is None
            and run.warns
            and heard == run.warnings
            and not self.extension
            and not any(argument is None for argument in arguments)
        ):
            given = "、".join(type_label(argument) for argument in arguments)
            run.warn(FeelCode.NO_RESULT, f"{self.name}() 对给出的参数（{given}）没有结果，为空", position)
        if self.extension:
            result = run.normalise(result)
        if type(result) is list or type(result) is str:
            run.charge_result(result)
        return result

    def takes(self, count: int, names: Sequence[str] | None) -> bool:
        """Whether a call with so many arguments, or with these names, can fit a way of calling it; their values may still not."""
        if names is not None:
            return len(set(names)) == len(names) and any(set(way) == set(names) for way in self.parameters)
        if self.variadic == "list":
            return count > 0
        return any(len(way) == count or (self.variadic == "last" and count > len(way)) for way in self.parameters)

    def misfit(self, count: int, names: Sequence[str] | None) -> str:
        """What is wrong with the arguments of such a call, for people; empty if they may fit."""
        if self.takes(count, names):
            return ""
        given = f"{count} 个参数" if names is None else f"参数 {'、'.join(names)}"
        more = "（至少一个）" if self.variadic == "list" and names is None else ""
        return f"{self.name}() 不能这样调用，结果总是空值：给的是{given}，应当是 {' 或 '.join(self.signatures())}{more}"

    def _fit(self, arguments: list[object]) -> list[object] | None:
        if self.variadic == "list":
            if len(arguments) > 1:
                arguments = [arguments]
            elif not arguments:
                return None
        count = len(arguments)
        for matchers in self._matchers:
            if len(matchers) == count:
                fitted = _fit(arguments, matchers)
            elif self.variadic == "last" and count > len(matchers):
                fitted = _fit(arguments, matchers + (matchers[-1],) * (count - len(matchers)))
            else:
                continue
            if fitted is not None:
                return fitted
        return None

    def _fit_named(self, given: Mapping[str, object]) -> list[object] | None:
        for names, matchers in zip(self.parameters, self._matchers, strict=True):
            if len(names) == len(given) and all(name in given for name in names):
                fitted = _fit([given[name] for name in names], matchers)
                if fitted is not None:
                    return fitted
        return None

    def _complaint(self, arguments: list[object], names: Sequence[str] | None) -> str:
        if names is None:
            given = "、".join(type_label(argument) for argument in arguments)
        else:
            given = "、".join(f"{name}: {type_label(argument)}" for name, argument in zip(names, arguments, strict=True))
        return f"{self.name}() 的参数不合：给的是（{given}），应当是 {' 或 '.join(self.signatures())}，结果为空"

    def signatures(self) -> list[str]:
        """Each way to call it, with types: ``substring(string: string, start position: number)``."""
        lines = []
        for index, names in enumerate(self.parameters):
            types = self.types[index] if self.types else ("any",) * len(names)
            parts = [f"{name}: {kind}" for name, kind in zip(names, types, strict=True)]
            if self.variadic == "last":
                parts.append("…")
            lines.append(f"{self.name}({', '.join(parts)})")
        return lines

    def as_function(self) -> Function:
        """The function as a value, for ``sort(list, f)`` and its kin."""

        def call(run: Run, *arguments: object) -> object:
            from .run import RootScope

            return self.invoke(run, RootScope({}, run), list(arguments), None, 0)

        return Function(self.parameters, call, name=self.name, variadic=bool(self.variadic), inner=True)


class Registry(Mapping[str, FunctionSpec]):
    """Functions by name; never changes. ``extended`` makes a larger one."""

    __slots__ = ("__weakref__", "_functions", "vocabulary")

    def __init__(self, specs: Sequence[FunctionSpec] = ()) -> None:
        self._functions = {spec.name: spec for spec in specs}
        self.vocabulary = Vocabulary(self._functions)

    def extended(self, *specs: FunctionSpec) -> Registry:
        """This table and more functions; a name that exists already is a ValueError."""
        for spec in specs:
            if spec.name in self._functions:
                raise ValueError(f"a function named {spec.name!r} exists already")
        return Registry([*self._functions.values(), *specs])

    def __getitem__(self, name: str) -> FunctionSpec:
        return self._functions[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._functions)

    def __len__(self) -> int:
        return len(self._functions)

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other


@dataclass(frozen=True, slots=True)
class _Matcher:
    classes: frozenset[type] | None
    nullable: bool
    wants_list: bool


def _matcher(code: str) -> _Matcher:
    nullable = code.endswith("?")
    base = code.removesuffix("?")
    if base == "any":
        return _Matcher(None, True, False)
    classes: frozenset[type] = frozenset()
    for part in base.split("|"):
        classes |= _CLASSES[part]
    return _Matcher(classes, nullable, base == "list")


def _fit(arguments: list[object], matchers: tuple[_Matcher, ...]) -> list[object] | None:
    """Arguments converted to what is wanted (specification 10.3.2.9.4), or None."""
    fitted: list[object] = []
    for argument, matcher in zip(arguments, matchers, strict=True):
        classes = matcher.classes
        if classes is not None and type(argument) not in classes:
            if argument is None:
                if not matcher.nullable:
                    return None
            elif matcher.wants_list:
                argument = [argument]
            elif type(argument) is list and len(argument) == 1 and type(argument[0]) in classes:
                argument = argument[0]
            else:
                return None
        fitted.append(argument)
    return fitted
