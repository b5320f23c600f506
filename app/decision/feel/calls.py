"""Invocation: a name or value, with arguments (specification 10.3.2.10)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..codes import FeelCode
from .run import Run, Scope
from .values import MISSING, Function, type_label

Code = Callable[[Scope], object]


def call_code(name: str | None, function: Code | None, arguments: list[Code], names: list[str] | None, position: int) -> Code:
    """The closure of a call by ``name`` — a function among the variables goes before a built-in — or of the value of ``function``."""

    def call_value(scope: Scope) -> object:
        if function is None:  # a call is by name or by value
            return None
        return apply(function(scope), scope, [argument(scope) for argument in arguments])

    def apply(target: object, scope: Scope, values: list[object]) -> object:
        run = scope.run
        if isinstance(target, Function):
            return invoke(target, values, names, run, position)
        if run.warns:
            run.warn(FeelCode.NOT_A_FUNCTION, f"{type_label(target)}不是函数，不能调用，结果为空", position)
        return None

    if name is None:
        return call_value

    def call_name(scope: Scope) -> object:
        run = scope.run
        run.place = position
        target = scope.find(name)
        if target is MISSING or type(target) is not Function:
            spec = run.functions.get(name)
            if spec is not None:
                return spec.invoke(run, scope, [argument(scope) for argument in arguments], names, position)
            if target is MISSING:
                run.miss()
                if run.warns:
                    run.warn(FeelCode.UNKNOWN_FUNCTION, f"没有“{name}”这个函数，结果为空", position)
                return None
        return apply(target, scope, [argument(scope) for argument in arguments])

    return call_name


def invoke(function: Function, arguments: Sequence[object], names: Sequence[str] | None, run: Run, position: int) -> object:
    """Call a function value; arguments that fit no way of calling it give null and a warning."""
    fitted = _fit(function, arguments, names)
    if fitted is None:
        if run.warns:
            ways = " 或 ".join(f"({', '.join(way)})" for way in function.overloads)
            run.warn(FeelCode.ARGUMENTS, f"参数的个数或名称不合，应当是 {function.name or '函数'}{ways}，结果为空", position)
        return None
    run.work += 1
    if run.work > run.next_check:
        run.check()
    run.depth += 1
    if run.depth > run.limits.nesting:
        run.place = position
        raise run.too_deep()
    try:
        if function.inner:
            return function.call(run, *fitted)
        return run.normalise(function.call(*fitted))
    finally:
        run.depth -= 1


def _fit(function: Function, arguments: Sequence[object], names: Sequence[str] | None) -> Sequence[object] | None:
    if names is None:
        count = len(arguments)
        if any(len(way) == count for way in function.overloads) or (function.variadic and count >= len(function.parameters)):
            return arguments
        return None
    given = dict(zip(names, arguments, strict=True))
    if len(given) != len(names):
        return None
    for way in function.overloads:
        if len(way) == len(given) and all(name in given for name in way):
            return [given[name] for name in way]
    return None
