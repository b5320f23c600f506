"""Functions in a model: boxed definitions, invocations, and FEEL function values with fitted arguments (DMN 1.5 §7.3.6, §10.2.1.7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from app.decision import feel
from app.decision.codes import DmnCode
from app.decision.dmn.boxed import Boxed, LiteralExpression, fitted
from app.decision.dmn.formulas import Scope
from app.decision.dmn.problems import Place, fail
from app.decision.dmn.types import fit, label
from app.decision.feel.calls import invoke
from app.decision.feel.run import Run as FeelRun
from app.decision.feel.types import ANY, Type
from app.decision.feel.values import Function

if TYPE_CHECKING:
    from app.decision.dmn.evaluation import EvaluationRun


class Invocation(Boxed):
    """A call of a named function with bindings by parameter name (§7.3.6)."""

    __slots__ = ("bindings", "function")
    kind = "invocation"

    def __init__(self, function: Boxed, bindings: Sequence[tuple[str, Type, Boxed | None]], place: Place, kind: Type = ANY) -> None:
        super().__init__(place, kind)
        self.function = function
        self.bindings = tuple(bindings)

    def compute(self, scope: Scope, run: EvaluationRun) -> object:
        function = self._function(scope, run)
        arguments: Scope = {}
        for name, kind, expression in self.bindings:
            value = None if expression is None else expression.evaluate(scope, run)
            arguments[name] = value if kind is ANY else fitted(value, kind, run, self.place)
        if not isinstance(function, Function):
            run.warn(DmnCode.NO_FUNCTION, f"“{self.called}”不是可以调用的函数，结果为空值", self.place, self.called)
            return None
        run.place = self.place
        try:
            return invoke(function, list(arguments.values()), list(arguments), FeelRun(run.environment), 0)
        except feel.FeelError as error:
            raise fail(error.code, error.message, self.place, text=self.called) from error

    @property
    def called(self) -> str:
        """The function's name as written."""
        function = self.function
        return function.formula.text.strip() if isinstance(function, LiteralExpression) and function.formula is not None else ""

    def _function(self, scope: Scope, run: EvaluationRun) -> object:
        """The function in the scope, else FEEL's own of that name."""
        name = self.called
        if name not in scope and name in run.environment.functions:
            return run.environment.functions[name].as_function()
        return self.function.evaluate(scope, run)

    def parts(self) -> Iterator[Boxed]:
        yield self.function
        yield from (expression for _, _, expression in self.bindings if expression is not None)


class FunctionDefinition(Boxed):
    """A function written as a boxed expression; Java and PMML functions are refused: calling one gives null and a remark."""

    __slots__ = ("body", "external", "name", "parameters")
    kind = "functionDefinition"

    def __init__(
        self, parameters: Sequence[tuple[str, Type]], body: Boxed | None, external: str, place: Place, kind: Type = ANY, name: str = ""
    ) -> None:
        super().__init__(place, kind)
        self.parameters = tuple(parameters)
        self.body = body
        self.external = external
        self.name = name

    def compute(self, scope: Scope, run: EvaluationRun) -> object:
        return self.bind(dict(scope), run)

    def bind(self, scope: Scope, run: EvaluationRun, result: Type = ANY, trace: str = "") -> Function:
        """The function as a FEEL value, its body seeing `scope`. `result` is the declared result type, `trace` a name for explanations."""
        if self.external:
            return make_function(self.name, self.parameters, self._refuse(run), self.place, run)
        if self.name:
            scope.setdefault(self.name, None)
        names = [name for name, _ in self.parameters]

        def call(*arguments: object) -> object:
            inner = dict(scope)
            inner.update(zip(names, arguments, strict=False))
            if self.body is None:
                return None
            return self.body.evaluate(inner, run)

        function = make_function(self.name, self.parameters, call, place=self.place, run=run, result=result)
        if self.name:
            scope[self.name] = function
        return function

    def _refuse(self, run: EvaluationRun) -> Callable[..., object]:
        def call(*_: object) -> object:
            run.warn(DmnCode.EXTERNAL_FUNCTION, f"不执行 {self.external} 函数，结果为空值", self.place)
            return None

        return call

    def parts(self) -> Iterator[Boxed]:
        if self.body is not None:
            yield self.body


def make_function(
    name: str,
    parameters: Sequence[tuple[str, Type]],
    call: Callable[..., object],
    place: Place,
    run: EvaluationRun,
    result: Type = ANY,
) -> Function:
    """A FEEL function value. An argument that does not fit its type makes the result null without a call; so does a result that does not fit."""

    def guarded(*arguments: object) -> object:
        values: list[object] = []
        for (parameter, kind), argument in zip(parameters, arguments, strict=False):
            value, fits = fit(argument, kind)
            if not fits:
                run.warn(DmnCode.TYPE, f"调用“{name}”时参数“{parameter}”不是{label(kind)}，结果为空值", place)
                return None
            values.append(value)
        run.enter(place)
        try:
            value = call(*values)
        finally:
            run.leave()
        return value if result is ANY else fitted(value, result, run, place)

    types = tuple(kind for _, kind in parameters)
    return Function([parameter for parameter, _ in parameters], guarded, name=name, types=types, result=result)
