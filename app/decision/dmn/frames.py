"""The requirement graph at work: one model with given values (DMN 1.5 §6, §10.4).

A Frame evaluates decisions once each, hands knowledge models and services to expressions as functions, and opens further frames for imported
models and for calls of decision services, which see their parameters only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from app.decision import feel
from app.decision.codes import DmnCode
from app.decision.dmn.boxed import fitted
from app.decision.dmn.evaluation import Evaluation, EvaluationRun
from app.decision.dmn.formulas import Scope
from app.decision.dmn.functions import FunctionDefinition, make_function
from app.decision.dmn.model import Decision, DecisionService, InputData, KnowledgeModel, Reference
from app.decision.dmn.problems import DmnEvaluationError, fail
from app.decision.dmn.tables import DecisionTable
from app.decision.dmn.types import fit
from app.decision.feel.run import normalise
from app.decision.feel.types import ANY, Type
from app.decision.feel.values import Function

if TYPE_CHECKING:
    from app.decision.dmn.graph import Model


class Frame:
    """One model with the values given to it: results of its decisions are computed once. Services and imports have frames of their own."""

    def __init__(
        self,
        model: Model,
        given: Mapping[str, object],
        environment: feel.Environment,
        overrides: Mapping[tuple[str, str], object] | None = None,
        depth: int = 0,
        deadline: float | None = None,
    ) -> None:
        self.model = model
        self.given = given
        self.environment = environment
        self.overrides: Mapping[tuple[str, str], object] = overrides or {}
        self.depth = depth
        limits = environment.limits
        self.deadline = limits.clock() + limits.seconds if deadline is None else deadline
        self._done: dict[str, Evaluation] = {}
        self._running: list[str] = []
        self._frames: dict[str, Frame] = {}

    def decide(self, decision: Decision) -> Evaluation:
        """Evaluate a decision, once a frame."""
        done = self._done.get(decision.id)
        if done is not None:
            return done
        if decision.id in self._running:
            raise fail(DmnCode.CYCLE, "决策互相依赖成环", decision.place)
        self._running.append(decision.id)
        try:
            evaluation = Evaluation(decision.id, decision.name, file=self.model.file)
            run = EvaluationRun(self.environment, evaluation, self.deadline, self.depth)
            run.check_time(decision.place)
            scope: Scope = dict(self.given)
            for reference in decision.information:
                self._provide(reference, scope, run)
            for reference in decision.knowledge:
                self._equip(reference, scope, run)
            evaluation.output = self._conclude(decision, scope, run)
        finally:
            self._running.pop()
        self._done[decision.id] = evaluation
        return evaluation

    def _conclude(self, decision: Decision, scope: Scope, run: EvaluationRun) -> object:
        kind = self.model.type_of(decision.variable)
        if decision.logic is None:
            value = self._given(decision.variable.name)
            if value is None:
                run.warn(DmnCode.NO_LOGIC, f"决策“{decision.name}”没有写规则，也没有给出它的值，结果为空值", decision.place)
        else:
            value = decision.logic.evaluate(scope, run)
        return value if kind is ANY else fitted(value, kind, run, decision.place)

    # -- what a decision needs

    def _provide(self, reference: Reference, scope: Scope, run: EvaluationRun) -> None:
        """Put the value of a required input or decision into the scope."""
        if reference.namespace is not None:
            frame, prefixes = self._abroad(reference.namespace)
            value, name = frame.value_of(reference.id, run)
            _put(scope, prefixes, name, value)
            return
        value, name = self.value_of(reference.id, run)
        scope[name] = value

    def value_of(self, id_: str, run: EvaluationRun) -> tuple[object, str]:
        """Value and variable name of an input data or a decision; evaluated decisions are added to the explanation of `run`."""
        element = self.model.find(id_)
        if not isinstance(element, InputData | Decision):
            raise DmnEvaluationError(DmnCode.REFERENCE, f"连线指向不存在的元素“{id_}”", file=self.model.file)
        key = (self.model.namespace, id_)
        name = element.variable.name
        if key in self.overrides:
            return self.overrides[key], name
        if isinstance(element, Decision):
            evaluation = self.decide(element)
            run.trace.required.append(evaluation)
            return evaluation.output, name
        value = self._given(name, element.name)
        kind = self.model.type_of(element.variable)
        fits, ok = fit(value, kind)
        if not ok:
            fits = fitted(value, kind, run, replace(element.place, decision=element.name))
        return fits, name

    def _given(self, name: str, other: str = "") -> object:
        """A value from outside as FEEL has it. Raises DmnEvaluationError for one that FEEL cannot hold."""
        value = self.given.get(name)
        if value is None:
            value = self.given.get(other)
        try:
            return normalise(value, self.environment.limits, 0)
        except feel.FeelError as error:
            raise DmnEvaluationError(error.code, f"输入“{name}”：{error.message}", column=name, file=self.model.file) from error

    def _equip(self, reference: Reference, scope: Scope, run: EvaluationRun) -> None:
        """Put a required function into the scope."""
        if reference.namespace is not None:
            frame, prefixes = self._abroad(reference.namespace)
            name, function = frame.function_of(reference.id, run)
            _put(scope, prefixes, name, function)
            return
        name, function = self.function_of(reference.id, run)
        scope[name] = function

    def _abroad(self, namespace: str) -> tuple[Frame, list[str]]:
        """The frame of an imported model and the prefixes of its imports.

        Its input data come from the dict under a prefix, else from the same flat context.
        """
        prefixes = [one.name for one in self.model.imports if one.namespace == namespace]
        model = self.model.imported(namespace)
        if not prefixes or model is None:
            raise DmnEvaluationError(DmnCode.IMPORT, f"没有导入“{namespace}”", file=self.model.file)
        frame = self._frames.get(namespace)
        if frame is None:
            given = dict(self.given)
            for inner in map(self.given.get, prefixes):
                given.update(inner if isinstance(inner, Mapping) else {})
            frame = self._frames[namespace] = Frame(
                model, given, self.environment, overrides=self.overrides, depth=self.depth, deadline=self.deadline
            )
        return frame, prefixes

    # -- functions

    def function_of(self, id_: str, run: EvaluationRun, path: tuple[str, ...] = ()) -> tuple[str, Function | None]:
        """Name and function of a knowledge model or a decision service."""
        element = self.model.find(id_)
        if isinstance(element, DecisionService):
            return element.variable.name, self._service_function(element, run)
        if isinstance(element, KnowledgeModel):
            return element.variable.name, self._knowledge_function(element, run, path)
        raise DmnEvaluationError(DmnCode.REFERENCE, f"连线指向的“{id_}”不是业务知识模型或决策服务", file=self.model.file)

    def _knowledge_function(self, element: KnowledgeModel, run: EvaluationRun, path: tuple[str, ...]) -> Function | None:
        logic = element.logic
        if not isinstance(logic, FunctionDefinition):
            return None
        if element.id in path:
            raise fail(DmnCode.CYCLE, "业务知识模型互相依赖成环", element.place)
        scope: Scope = {}
        for reference in element.knowledge:
            if reference.namespace is None and reference.id == element.id:
                continue
            if reference.namespace is None:
                name, function = self.function_of(reference.id, run, (*path, element.id))
                scope[name] = function
            else:
                self._equip(reference, scope, run)
        result = self.model.result_type(element.variable)
        function = logic.bind(scope, run, result)
        return _traced(function, element, run) if isinstance(logic.body, DecisionTable) else function

    def call(self, element: KnowledgeModel) -> Evaluation:
        """Call a knowledge model with arguments from the given context."""
        evaluation = Evaluation(element.id, element.name, kind="businessKnowledgeModel", file=self.model.file)
        run = EvaluationRun(self.environment, evaluation, self.deadline)
        _, function = self.function_of(element.id, run)
        if function is not None:
            evaluation.output = function.call(*(self._given(name) for name in function.parameters))
        return evaluation

    def parameters_of(self, service: DecisionService) -> list[tuple[Frame, str, str, Type]]:
        """A service's parameters in order: frame, element id, variable name, type."""
        found: list[tuple[Frame, str, str, Type]] = []
        for reference in (*service.input_data, *service.input_decisions):
            frame = self if reference.namespace is None else self._abroad(reference.namespace)[0]
            element = frame.model.find(reference.id)
            if isinstance(element, InputData | Decision):
                found.append((frame, reference.id, element.variable.name, frame.model.type_of(element.variable)))
        return found

    def _service_function(self, service: DecisionService, run: EvaluationRun) -> Function:
        parameters = self.parameters_of(service)

        def call(*arguments: object) -> object:
            overrides = {(frame.model.namespace, id_): value for (frame, id_, _, _), value in zip(parameters, arguments, strict=True)}
            given = {name: value for (_, _, name, _), value in zip(parameters, arguments, strict=True)}
            evaluation = Frame(
                self.model, given, self.environment, overrides=overrides, depth=run.depth, deadline=self.deadline
            ).conclude_service(service)
            run.trace.required.append(evaluation)
            return evaluation.output

        signature = [(name, kind) for _, _, name, kind in parameters]
        return make_function(
            service.variable.name, signature, call, place=service.place, run=run, result=self.model.result_type(service.variable)
        )

    # -- services

    def serve(self, service: DecisionService) -> Evaluation:
        """Evaluate a service, its parameters taken from the given context by name; one that does not fit its type becomes null."""
        overrides: dict[tuple[str, str], object] = {}
        given: Scope = {}
        warned = Evaluation(service.id, service.name, kind="decisionService", file=self.model.file)
        run = EvaluationRun(self.environment, warned, self.deadline)
        for frame, id_, name, kind in self.parameters_of(service):
            value, fits = fit(self._given(name), kind)
            if not fits:
                run.warn(DmnCode.TYPE, f"参数“{name}”不是{kind.name}，按空值处理", service.place)
            overrides[frame.model.namespace, id_] = value
            given[name] = value
        evaluation = Frame(self.model, given, self.environment, overrides=overrides, depth=0, deadline=self.deadline).conclude_service(
            service
        )
        evaluation.output = fitted(evaluation.output, self.model.result_type(service.variable), run, service.place)
        evaluation.warnings[:0] = warned.warnings
        return evaluation

    def conclude_service(self, service: DecisionService) -> Evaluation:
        """The output decisions in this frame, whose overrides hold the parameters."""
        evaluation = Evaluation(service.id, service.name, kind="decisionService", file=self.model.file)
        run = EvaluationRun(self.environment, evaluation, self.deadline, self.depth)
        outputs: Scope = {}
        for reference in service.outputs:
            frame = self if reference.namespace is None else self._abroad(reference.namespace)[0]
            value, name = frame.value_of(reference.id, run)
            outputs[name] = value
        evaluation.output = next(iter(outputs.values())) if len(service.outputs) == 1 else outputs
        return evaluation


def _put(scope: Scope, prefixes: Sequence[str], name: str, value: object) -> None:
    """A value under each prefix that its model is imported by; under its own name where there is none (DMN 1.5 §6.3.3)."""
    for prefix in prefixes:
        if not prefix:
            scope[name] = value
            continue
        inner = scope.get(prefix)
        scope[prefix] = {**(inner if isinstance(inner, dict) else {}), name: value}


def _traced(function: Function, element: KnowledgeModel, run: EvaluationRun) -> Function:
    """The function with an explanation of its own for each call: which rows of the knowledge model's table matched."""
    plain = function.call

    def call(*arguments: object) -> object:
        outer = run.trace
        run.trace = Evaluation(element.id, element.name, kind="businessKnowledgeModel", file=element.place.file)
        try:
            value = plain(*arguments)
            run.trace.output = value
        finally:
            outer.required.append(run.trace)
            run.trace = outer
        return value

    function.call = call
    return function
