"""Models that can be evaluated: requirement graphs, knowledge models, decision services, imports (DMN 1.5 §6, §10.4).

`parse` reads a file, `Model.evaluate` gives one decision's result and its explanation. A model with imports is built again for the imported
models that it meets, because names and types of those decide how its texts are read; the result is kept.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from app.decision import feel
from app.decision.codes import DmnCode
from app.decision.dmn.builder import Builder
from app.decision.dmn.evaluation import Evaluation
from app.decision.dmn.frames import Frame
from app.decision.dmn.model import Decision, DecisionService, Import, InputData, ItemDefinition, KnowledgeModel, Parts, Variable
from app.decision.dmn.problems import DmnError, DmnEvaluationError, DmnProblem, Place, report
from app.decision.dmn.reader import Element, read
from app.decision.dmn.types import CURRENT, TypeTable
from app.decision.feel.types import ANY, Type

_WORD: Final = re.compile(r"\w+")
LINKED: Final = 64
"""How many ways of putting a file's imports in place are kept: one for each combination of libraries in use."""
IMPORTS: Final = 20
"""How many files may import one another in a row."""

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
        self._names: frozenset[str] | None = None
        self._words: frozenset[str] | None = None
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
    def problems(self) -> list[DmnProblem]:
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
        """Names that an importing model may use after the prefix, components of types and what this model imports included."""
        if self._names is None:
            imported = frozenset().union(*(model.visible_names() for model in self._imported.values()))
            self._names = self._own_names() | imported | frozenset(found.name for found in self.imports)
        return self._names

    def words(self) -> frozenset[str]:
        """Every word in the texts of this file and in the names of its input data: a variable of a plain name that is not among them is never read."""
        if self._words is None:
            texts = (formula.text for formula in self.parts.formulas)
            inputs = (given.variable.name for given in self.parts.inputs.values())
            self._words = frozenset(word for text in (*texts, *inputs) for word in _WORD.findall(text))
        return self._words

    def _own_names(self) -> frozenset[str]:
        parts = self.parts
        names = {name for element in self.elements() for name in (element.name, element.variable.name)}
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

    def elements(self) -> tuple[InputData | Decision | KnowledgeModel | DecisionService, ...]:
        """All graph elements: decisions, knowledge models, services, input data."""
        parts = self.parts
        return (*parts.decisions.values(), *parts.knowledge.values(), *parts.services.values(), *parts.inputs.values())

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

    def link(self, imports: Imported = NO_IMPORTS) -> Model:
        """This model with its imports, and theirs, in place. Raises DmnError when one is missing or imports lead back to where they began."""
        return _Linker(imports).link(self)

    def join(self, found: Mapping[str, Model]) -> Model:
        """This model built with these models by namespace; the newest few are kept."""
        key = tuple((namespace, id(model)) for namespace, model in found.items())
        linked = self._linked.get(key)
        if linked is None:
            linked = Model(self._root, self.parts.version, self.file, limits=self._limits, functions=self._functions, imported=found)
            self._linked[key] = linked
            while len(self._linked) > LINKED:
                self._linked.popitem(last=False)
        return linked

    def libraries(self) -> list[Model]:
        """Every model that a linked model imports, and those import in their turn; each once, in the order of the files."""
        found: dict[str, Model] = {}
        pending = list(self._imported.values())
        while pending:
            model = pending.pop(0)
            if model.namespace not in found:
                found[model.namespace] = model
                pending.extend(model._imported.values())
        return list(found.values())

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
        model = self.link(imports) if self.parts.imports else self
        decision = model.find_decision(decision_id)
        if decision is None:
            raise DmnEvaluationError(DmnCode.NO_DECISION, f"文件里没有决策“{decision_id}”", file=self.file)
        return _guarded(decision.name, self.file, environment, lambda: Frame(model, context, environment).decide(decision))

    def evaluate_service(
        self, service_id: str, context: Mapping[str, object], environment: feel.Environment, *, imports: Imported = NO_IMPORTS
    ) -> Evaluation:
        """Evaluate a decision service (by id, else by name): its input data and input decisions are taken from `context` by name.

        The output is the output decision's value, or a context by decision name when there are several. Raises as `evaluate`.
        """
        model = self.link(imports) if self.parts.imports else self
        service = model.find_service(service_id)
        if service is None:
            raise DmnEvaluationError(DmnCode.NO_SERVICE, f"文件里没有决策服务“{service_id}”", file=self.file)
        return _guarded(service.name, self.file, environment, lambda: Frame(model, context, environment).serve(service))

    def evaluate_knowledge(
        self, knowledge_id: str, context: Mapping[str, object], environment: feel.Environment, *, imports: Imported = NO_IMPORTS
    ) -> Evaluation:
        """Call a business knowledge model (by id, else by name), its arguments taken from `context` by parameter name. Raises as `evaluate`."""
        model = self.link(imports) if self.parts.imports else self
        models = model.parts.knowledge
        found = models.get(knowledge_id) or next((one for one in models.values() if one.name == knowledge_id), None)
        if found is None:
            raise DmnEvaluationError(DmnCode.NO_KNOWLEDGE, f"文件里没有业务知识模型“{knowledge_id}”", file=self.file)
        return _guarded(found.name, self.file, environment, lambda: Frame(model, context, environment).call(found))


class _Linker:
    """Puts imports in place, each model once however many ways lead to it."""

    def __init__(self, imports: Imported) -> None:
        self._imports = imports
        self._done: dict[str, Model] = {}
        self._path: list[Model] = []

    def link(self, model: Model) -> Model:
        """Raises DmnError."""
        wanted = [found for found in model.imports if found.kind == "dmn"]
        if not wanted or (model.is_linked() and not self._imports):
            return model
        self._path.append(model)
        joined = model.join({found.namespace: self._imported(model, found) for found in wanted})
        self._path.pop()
        return joined

    def _imported(self, model: Model, wanted: Import) -> Model:
        done = self._done.get(wanted.namespace)
        if done is not None:
            return done
        place = Place(file=model.file, line=wanted.line)
        spaces = [one.namespace for one in self._path]
        if wanted.namespace in spaces:
            circle = self._path[spaces.index(wanted.namespace) :]
            names = " → ".join(one.file or one.namespace for one in [*circle, circle[0]])
            raise DmnError([report(DmnCode.IMPORT_CYCLE, f"导入成环：{names}，请去掉其中一个导入", place)])
        if len(self._path) > IMPORTS:
            raise DmnError([report(DmnCode.IMPORT_DEPTH, f"导入超过 {IMPORTS} 层，请减少层次", place)])
        imports = self._imports
        found = imports.get(wanted.namespace) if isinstance(imports, Mapping) else imports(wanted.namespace)
        if found is None:
            message = f"找不到导入的决策文件{wanted.label}，请把命名空间为它的 .dmn 文件一并上传，或删去这个导入"
            raise DmnError([report(DmnCode.IMPORT, message, place)])
        self._done[wanted.namespace] = linked = self.link(found)
        return linked


def _guarded(name: str, file: str, environment: feel.Environment, act: Callable[[], Evaluation]) -> Evaluation:
    """Run an evaluation with its environment current; Python's own recursion limit becomes an error of the model."""
    token = CURRENT.set(environment)
    try:
        return act()
    except RecursionError as error:
        raise DmnEvaluationError(DmnCode.RECURSION, "表达式或函数嵌套太深，请检查是否循环调用", decision=name, file=file) from error
    finally:
        CURRENT.reset(token)


def _component_names(components: Iterable[ItemDefinition]) -> Iterable[str]:
    for component in components:
        yield component.name
        yield from _component_names(component.components)


def read_model(source: bytes, *, name: str = "", limits: feel.Limits | None = None, functions: feel.Registry | None = None) -> Model:
    """A model with whatever problems it has (`Model.problems`). Raises DmnError only when the bytes are no DMN file at all."""
    root, version = read(source, name=name)
    return Model(
        root, version, name, limits=limits or feel.Limits(), functions=feel.BUILTINS if functions is None else functions, imported={}
    )


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
