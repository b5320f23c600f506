"""Calls of FEEL's own functions with a number or names of arguments that no way of calling them has: they never give anything but null (10.3.4)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from app.decision import feel
from app.decision.codes import DmnCode
from app.decision.dmn.boxed import Boxed
from app.decision.dmn.formulas import Formula
from app.decision.dmn.functions import Invocation
from app.decision.dmn.problems import DmnProblem, Severity, report
from app.decision.feel.syntax import Name


def misfits(formula: Formula, functions: feel.Registry, own: Collection[str]) -> Iterator[DmnProblem]:
    """Findings about the calls in a text. ``own``: names of the model, which go before FEEL's."""
    for call in formula.invocations:
        function = call.function
        if not isinstance(function, Name) or function.local or function.name in own or function.name not in functions:
            continue
        if misfit := functions[function.name].misfit(len(call.arguments), call.names):
            # Within a filter it may be an entry of the item.
            severity: Severity = "warning" if function.element else "error"
            yield report(DmnCode.ARGUMENTS_COUNT, misfit, formula.place, text=formula.text, severity=severity)


def misfit_of(node: Boxed, functions: feel.Registry, own: Collection[str]) -> Iterator[DmnProblem]:
    """The same of a boxed invocation, whose bindings have names."""
    name = node.called if isinstance(node, Invocation) else ""
    if isinstance(node, Invocation) and name in functions and name not in own:
        names = [binding for binding, _, _ in node.bindings]
        if misfit := functions[name].misfit(len(names), names):
            yield report(DmnCode.ARGUMENTS_COUNT, misfit, node.place, text=name)
