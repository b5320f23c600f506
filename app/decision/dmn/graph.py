"""Models that can be evaluated: requirement graphs, knowledge models, decision services, imports (DMN 1.5 §6, §10.4).

`parse` reads a file, `Model.evaluate` gives one decision's result and its explanation. A model with imports is built again for the imported
models that it meets, because names and types of those decide how its texts are read; the result is kept.
"""

from __future__ import annotations

import time as clock
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from app.decision import feel
from app.decision.dmn.boxed import FunctionDefinition, fitted, make_function
from app.decision.dmn.builder import Builder
from app.decision.dmn.evaluation import Evaluation, Run
from app.decision.dmn.formulas import Scope
from app.decision.dmn.model import Decision, DecisionService, Import, InputData, ItemDefinition, KnowledgeModel, Parts, Reference, Variable
from app.decision.dmn.problems import DmnError, DmnEvaluationError, Place, Problem, fail, report
from app.decision.dmn.reader import Element, read
from app.decision.dmn.tables import DecisionTable
from app.decision.dmn.types import CURRENT, TypeTable, fit
from app.decision.feel.run import normalise
from app.decision.feel.types import ANY, Type
from app.decision.feel.values import Function

LINKED: Final = 8

Imported = Mapping[str, "Model"] | Callable[[str], "Model | None"]
NO_IMPORTS: Final[Mapping[str, Model]] = MappingProxyType({})


class Model:
    """A decision file, ready to be evaluated. Made by `parse`; never changed afterwards."""

    def __init__(
        self, root: Element, version: str, file: str, limits: feel.Limits, functions: feel.Registry, imported: Mapping[str, Model]
    ) -> None:
        self._root = root
        self._limits = limits
        self._functions = functions
        self._imported = imported
        self._linked: OrderedDict[tuple[tuple[str, int], ...], Model] = OrderedDict()
        builder = Builder(
            root,
            version,
            file,
            limits=limits,
            functions=functions,
            imported={namespace: model.types for namespace, model in imported.items()},
        )
        self.parts: Parts = builder.build()
        self.types: TypeTable = builder.types
        self._owners = builder.owners
        self._result_types: dict[str, Type] = {}
        self._prepare()

    @property
    def id(self) -> str:
        """Id of the definitions element."""
        return self.parts.id

    @property
    def name(self) -> str:
        """Name of the definitions element."""
        return self.parts.name

    @property
    def namespace(self) -> str:
        """Namespace by which other files import this one."""
        return self.parts.namespace

    @property
    def file(self) -> str:
        """File name as given to `parse`."""
        return self.parts.file

    @property
    def version(self) -> str:
        """DMN version, "1.1" … "1.5"."""
        return self.parts.version

    @property
    def decisions(self) -> Mapping[str, Decision]:
        """Decisions by id, in the order of the file."""
        return MappingProxyType(self.parts.decisions)

    @property
    def services(self) -> Mapping[str, DecisionService]:
        """Decision services by id."""
        return MappingProxyType(self.parts.services)

    @property
    def imports(self) -> tuple[Import, ...]:
        """Imported models, as the file names them."""
        return tuple(self.parts.imports)

    @property
    def problems(self) -> list[Problem]:
        """Errors and warnings of reading the file, texts that do not compile included."""
        return [*self.parts.problems, *(formula.problem for formula in self.parts.formulas if formula.problem is not None)]

    @property
    def functions(self) -> feel.Registry:
        """Functions that the file's texts may call besides their own."""
        return self._functions

    def owner_names(self, id_: str) -> frozenset[str]:
        """Names that the boxes of a decision or knowledge model bind: context entries, parameters, loop variables."""
        return frozenset(self._owners[id_].bound)

    def is_linked(self) -> bool:
        """Whether every DMN import is known, so that all names and types are."""
        return all(found.namespace in self._imported for found in self.parts.imports if found.kind == "dmn")

    # -- names

    def _prepare(self) -> None:
        """Tell every text the special names in sight, and compile it."""
        parts = self.parts
        fields = {name for item in parts.items.values() for name in _component_names(item.components)}
        prefixes: set[str] = set()
        for found in parts.imports:
            model = self._imported.get(found.namespace)
            if model is None:
                continue
            names = model.visible_names()
            prefixes |= names | {found.name}
        types = self.types.judges()
        elements: dict[str, Decision | KnowledgeModel] = {**parts.decisions, **parts.knowledge}
        for id_, element in elements.items():
            names = frozenset(fields | prefixes | self._owners[id_].bound | set(self._required_names(element)))
            for formula in element.formulas:
                formula.prepare(names, types)

    def visible_names(self) -> frozenset[str]:
        """Names that an importing model may use after the prefix, components of types included."""
        parts = self.parts
        elements: Iterable[InputData | Decision | KnowledgeModel | DecisionService] = (
            *parts.inputs.values(),
            *parts.decisions.values(),
            *parts.knowledge.values(),
            *parts.services.values(),
        )
        names = {name for element in elements for name in (element.name, element.variable.name)}
        return frozenset(names | {name for item in parts.items.values() for name in _component_names(item.components)})

    def _required_names(self, element: Decision | KnowledgeModel) -> Iterable[str]:
        references = (*element.information, *element.knowledge) if isinstance(element, Decision) else element.knowledge
        for reference in references:
            if reference.namespace is None:
                found = self.find(reference.id)
                if found is not None:
                    yield found.variable.name

    def find(self, id_: str) -> InputData | Decision | KnowledgeModel | DecisionService | None:
        """A graph element by id."""
        parts = self.parts
        return parts.inputs.get(id_) or parts.decisions.get(id_) or parts.knowledge.get(id_) or parts.services.get(id_)

    def find_decision(self, id_or_name: str) -> Decision | None:
        """A decision by id, else by name."""
        found = self.parts.decisions.get(id_or_name)
        return found or next((one for one in self.parts.decisions.values() if one.name == id_or_name), None)

    def find_service(self, id_or_name: str) -> DecisionService | None:
        """A decision service by id, else by name."""
        found = self.parts.services.get(id_or_name)
        return found or next((one for one in self.parts.services.values() if one.name == id_or_name), None)

    def type_of(self, variable: Variable) -> Type:
        """Type of a variable; Any when it has none or an unknown one."""
        return self.types.find(variable.type) or ANY

    def result_type(self, variable: Variable) -> Type:
        """Type of what a knowledge model or service gives: its variable's type, or that function type's result."""
        kind = self.type_of(variable)
        if kind.name == "function":
            return kind.result or ANY
        return kind

    # -- other files

    def link(self, imports: Imported = NO_IMPORTS, _path: tuple[str, ...] = ()) -> Model:
        """This model with its imports in place. Raises DmnError when one is missing or imports lead back to this file."""
        wanted = [found for found in self.parts.imports if found.kind == "dmn"]
        if not wanted or (self._imported and self.is_linked() and not imports):
            return self
        found: dict[str, Model] = {}
        for one in wanted:
            if one.namespace in (*_path, self.namespace):
                message = f"导入成环：“{one.namespace}”最终又导入了自己"
                raise DmnError([report("dmn.import_cycle", message, Place(file=self.file))])
            model = imports.get(one.namespace) if isinstance(imports, Mapping) else imports(one.namespace)
            if model is None:
                message = f"找不到导入的决策文件“{one.name or one.namespace}”（命名空间 {one.namespace}），请一并上传"
                raise DmnError([report("dmn.import", message, Place(file=self.file))])
            found[one.namespace] = model.link(imports, (*_path, self.namespace))
        key = tuple((namespace, id(model)) for namespace, model in found.items())
        linked = self._linked.get(key)
        if linked is None:
            linked = Model(self._root, self.parts.version, self.file, self._limits, self._functions, found)
            self._linked[key] = linked
            while len(self._linked) > LINKED:
                self._linked.popitem(last=False)
        return linked

    def imported(self, namespace: str) -> Model | None:
        """An imported model of a linked model."""
        return self._imported.get(namespace)

    # -- evaluation

    def evaluate(
        self, decision_id: str, context: Mapping[str, object], environment: feel.Environment, *, imports: Imported = NO_IMPORTS
    ) -> Evaluation:
        """Evaluate a decision (by id, else by name) with all that it requires.

        `context` maps names to values: input data by their names, and anything else that expressions may read; a dict under an import's name
        holds that import's input data. Raises DmnEvaluationError; DmnError when an import is missing.
        """
        model = self.link(imports)
        decision = model.find_decision(decision_id)
        if decision is None:
            raise DmnEvaluationError("dmn.no_decision", f"文件里没有决策“{decision_id}”", file=self.file)
        return _guarded(decision.name, self.file, environment, lambda: Frame(model, context, environment).decide(decision))

    def evaluate_service(
        self, service_id: str, context: Mapping[str, object], environment: feel.Environment, *, imports: Imported = NO_IMPORTS
    ) -> Evaluation:
        """Evaluate a decision service (by id, else by name): its input data and input decisions are taken from `context` by name.

        The output is the output decision's value, or a context by decision name when there are several. Raises as `evaluate`.
        """
        model = self.link(imports)
        service = model.find_service(service_id)
        if service is None:
            raise DmnEvaluationError("dmn.no_service", f"文件里没有决策服务“{service_id}”", file=self.file)
        return _guarded(service.name, self.file, environment, lambda: Frame(model, context, environment).serve(service))

    def evaluate_knowledge(
        self, knowledge_id: str, context: Mapping[str, object], environment: feel.Environment, *, imports: Imported = NO_IMPORTS
    ) -> Evaluation:
        """Call a business knowledge model (by id, else by name), its arguments taken from `context` by parameter name. Raises as `evaluate`."""
        model = self.link(imports)
        models = model.parts.knowledge
        found = models.get(knowledge_id) or next((one for one in models.values() if one.name == knowledge_id), None)
        if found is None:
            raise DmnEvaluationError("dmn.no_knowledge", f"文件里没有业务知识模型“{knowledge_id}”", file=self.file)
        return _guarded(found.name, self.file, environment, lambda: Frame(model, context, environment).call(found))


def _guarded(name: str, file: str, environment: feel.Environment, act: Callable[[], Evaluation]) -> Evaluation:
    """Run an evaluation with its environment current; Python's own recursion limit becomes an error of the model."""
    token = CURRENT.set(environment)
    try:
        return act()
    except RecursionError as error:
        raise DmnEvaluationError("dmn.recursion", "表达式或函数嵌套太深，请检查是否循环调用", decision=name, file=file) from error
    finally:
        CURRENT.reset(token)


def _component_names(components: Iterable[ItemDefinition]) -> Iterable[str]:
    for component in components:
        yield component.name
        yield from _component_names(component.components)


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
        self.deadline = clock.monotonic() + environment.limits.seconds if deadline is None else deadline
        self._done: dict[str, Evaluation] = {}
        self._running: list[str] = []
        self._frames: dict[str, Frame] = {}

    def decide(self, decision: Decision) -> Evaluation:
        """Evaluate a decision, once a frame."""
        done = self._done.get(decision.id)
        if done is not None:
            return done
        if decision.id in self._running:
            raise fail("dmn.cycle", "决策互相依赖成环", decision.place)
        self._running.append(decision.id)
        try:
            evaluation = Evaluation(decision.id, decision.name)
            run = Run(self.environment, evaluation, self.deadline, self.depth)
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

    def _conclude(self, decision: Decision, scope: Scope, run: Run) -> object:
        kind = self.model.type_of(decision.variable)
        if decision.logic is None:
            value = self._given(decision.variable.name)
            if value is None:
                run.warn("dmn.no_logic", f"决策“{decision.name}”没有写规则，也没有给出它的值，结果为空值", decision.place)
        else:
            value = decision.logic.evaluate(scope, run)
        return value if kind is ANY else fitted(value, kind, run, decision.place)

    # -- what a decision needs

    def _provide(self, reference: Reference, scope: Scope, run: Run) -> None:
        """Put the value of a required input or decision into the scope."""
        if reference.namespace is not None:
            frame, found = self._abroad(reference.namespace)
            value, name = frame.value_of(reference.id, run)
            _put(scope, found.name, name, value)
            return
        value, name = self.value_of(reference.id, run)
        scope[name] = value

    def value_of(self, id_: str, run: Run) -> tuple[object, str]:
        """Value and variable name of an input data or a decision; evaluated decisions are added to the explanation of `run`."""
        element = self.model.find(id_)
        if not isinstance(element, InputData | Decision):
            raise DmnEvaluationError("dmn.reference", f"连线指向不存在的元素“{id_}”", file=self.model.file)
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
        return (value if kind is ANY or value is None else fitted(value, kind, run, replace(element.place, decision=f"{element.name}"))), name

    def _given(self, name: str, other: str = "") -> object:
        """A value from outside as FEEL has it. Raises DmnEvaluationError for one that FEEL cannot hold."""
        value = self.given.get(name)
        if value is None:
            value = self.given.get(other)
        try:
            return normalise(value, self.environment.limits, 0)
        except feel.FeelError as error:
            raise DmnEvaluationError(error.code, f"输入“{name}”：{error.message}", column=name, file=self.model.file) from error

    def _equip(self, reference: Reference, scope: Scope, run: Run) -> None:
        """Put a required function into the scope."""
        if reference.namespace is not None:
            frame, found = self._abroad(reference.namespace)
            name, function = frame.function_of(reference.id, run)
            _put(scope, found.name, name, function)
            return
        name, function = self.function_of(reference.id, run)
        scope[name] = function

    def _abroad(self, namespace: str) -> tuple[Frame, Import]:
        """The frame of an imported model: its input data come from the dict under the import's name, else from the same flat context."""
        found = next((one for one in self.model.imports if one.namespace == namespace), None)
        model = self.model.imported(namespace)
        if found is None or model is None:
            raise DmnEvaluationError("dmn.import", f"没有导入“{namespace}”", file=self.model.file)
        frame = self._frames.get(namespace)
        if frame is None:
            inner = self.given.get(found.name)
            given = {**self.given, **inner} if isinstance(inner, Mapping) else self.given
            frame = self._frames[namespace] = Frame(model, given, self.environment, self.overrides, self.depth, self.deadline)
        return frame, found

    # -- functions

    def function_of(self, id_: str, run: Run, path: tuple[str, ...] = ()) -> tuple[str, Function | None]:
        """Name and function of a knowledge model or a decision service."""
        element = self.model.find(id_)
        if isinstance(element, DecisionService):
            return element.variable.name, self._service_function(element, run)
        if isinstance(element, KnowledgeModel):
            return element.variable.name, self._knowledge_function(element, run, path)
        raise DmnEvaluationError("dmn.reference", f"连线指向的“{id_}”不是业务知识模型或决策服务", file=self.model.file)

    def _knowledge_function(self, element: KnowledgeModel, run: Run, path: tuple[str, ...]) -> Function | None:
        logic = element.logic
        if not isinstance(logic, FunctionDefinition):
            return None
        if element.id in path:
            raise fail("dmn.cycle", "业务知识模型互相依赖成环", element.place)
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
        evaluation = Evaluation(element.id, element.name, kind="businessKnowledgeModel")
        run = Run(self.environment, evaluation, self.deadline)
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

    def _service_function(self, service: DecisionService, run: Run) -> Function:
        parameters = self.parameters_of(service)

        def call(*arguments: object) -> object:
            overrides = {(frame.model.namespace, id_): value for (frame, id_, _, _), value in zip(parameters, arguments, strict=True)}
            given = {name: value for (_, _, name, _), value in zip(parameters, arguments, strict=True)}
            evaluation = Frame(self.model, given, self.environment, overrides, run.depth, self.deadline).conclude_service(service)
            run.trace.required.append(evaluation)
            return evaluation.output

        signature = [(name, kind) for _, _, name, kind in parameters]
        return make_function(service.variable.name, signature, call, service.place, run, self.model.result_type(service.variable))

    # -- services

    def serve(self, service: DecisionService) -> Evaluation:
        """Evaluate a service, its parameters taken from the given context by name; one that does not fit its type becomes null."""
        overrides: dict[tuple[str, str], object] = {}
        given: Scope = {}
        warned = Evaluation(service.id, service.name, kind="decisionService")
        run = Run(self.environment, warned, self.deadline)
        for frame, id_, name, kind in self.parameters_of(service):
            value, fits = fit(self._given(name), kind)
            if not fits:
                run.warn("dmn.type", f"参数“{name}”不是{kind.name}，按空值处理", service.place)
            overrides[frame.model.namespace, id_] = value
            given[name] = value
        evaluation = Frame(self.model, given, self.environment, overrides, 0, self.deadline).conclude_service(service)
        evaluation.output = fitted(evaluation.output, self.model.result_type(service.variable), run, service.place)
        evaluation.warnings[:0] = warned.warnings
        return evaluation

    def conclude_service(self, service: DecisionService) -> Evaluation:
        """The output decisions in this frame, whose overrides hold the parameters."""
        evaluation = Evaluation(service.id, service.name, kind="decisionService")
        run = Run(self.environment, evaluation, self.deadline, self.depth)
        outputs: Scope = {}
        for reference in service.outputs:
            frame = self if reference.namespace is None else self._abroad(reference.namespace)[0]
            value, name = frame.value_of(reference.id, run)
            outputs[name] = value
        evaluation.output = next(iter(outputs.values())) if len(service.outputs) == 1 else outputs
        return evaluation


def _put(scope: Scope, prefix: str, name: str, value: object) -> None:
    """A value under an import's prefix; under its own name when the import has none (DMN 1.5 §6.3.3)."""
    if not prefix:
        scope[name] = value
        return
    inner = scope.get(prefix)
    scope[prefix] = {**(inner if isinstance(inner, dict) else {}), name: value}


def _traced(function: Function, element: KnowledgeModel, run: Run) -> Function:
    """The function with an explanation of its own for each call: which rows of the knowledge model's table matched."""
    plain = function.call

    def call(*arguments: object) -> object:
        outer = run.trace
        run.trace = Evaluation(element.id, element.name, kind="businessKnowledgeModel")
        try:
            value = plain(*arguments)
            run.trace.output = value
        finally:
            outer.required.append(run.trace)
            run.trace = outer
        return value

    function.call = call
    return function


def read_model(source: bytes, *, name: str = "", limits: feel.Limits | None = None, functions: feel.Registry | None = None) -> Model:
    """A model with whatever problems it has (`Model.problems`). Raises DmnError only when the bytes are no DMN file at all."""
    root, version = read(source, name=name)
    return Model(root, version, name, limits or feel.Limits(), feel.BUILTINS if functions is None else functions, {})


def parse(source: bytes, *, name: str = "", limits: feel.Limits | None = None, functions: feel.Registry | None = None) -> Model:
    """A model from the bytes of a .dmn file (DMN 1.1 to 1.5). `name` is the file's name, for messages.

    Raises DmnError with every error found: unreadable XML, broken references, texts that are not FEEL. In a file with imports, texts are
    judged when the imports are known (`Model.link`, `check`).
    """
    model = read_model(source, name=name, limits=limits, functions=functions)
    problems = [problem for problem in model.problems if problem.severity == "error"]
    if not model.is_linked():
        compiling = {id(formula.problem) for formula in model.parts.formulas if formula.problem is not None}
        problems = [problem for problem in problems if id(problem) not in compiling]
    if problems:
        raise DmnError(problems)
    return model
