"""A decision model in memory: what a .dmn file says, before anything is evaluated (DMN 1.5 §6, §7, §8).

Public: Model, Decision, Input, Output, Rule. The boxed expressions below a decision are in `app.decision.dmn.boxed`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from app.decision.dmn.boxed import Boxed
    from app.decision.dmn.formulas import Formula
    from app.decision.dmn.problems import DmnProblem, Place

POLICIES: Final[dict[str, str]] = {
    "UNIQUE": "U",
    "ANY": "A",
    "FIRST": "F",
    "PRIORITY": "P",
    "RULE ORDER": "R",
    "OUTPUT ORDER": "O",
    "COLLECT": "C",
}
AGGREGATIONS: Final[dict[str, str]] = {"SUM": "+", "MIN": "<", "MAX": ">", "COUNT": "#"}


@dataclass(frozen=True, slots=True)
class Reference:
    """A link to an element: its id and, for an element of an imported model, that model's namespace."""

    namespace: str | None
    id: str


@dataclass(frozen=True, slots=True)
class InputColumn:
    """An input column: label as shown, expression as written, FEEL type name, allowed values as written ("" when free)."""

    label: str
    expression: str
    type: str
    allowed: str = ""


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """An output column: name ("" for a single unnamed one), FEEL type name, allowed values in order of priority as written."""

    name: str
    type: str
    allowed: str = ""
    label: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: XML id, number from 1, input cells and output cells as written, annotations by name (`描述` is the row's description)."""

    id: str
    number: int
    cells: tuple[str, ...]
    outputs: tuple[str, ...]
    annotations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Variable:
    """Name and type reference of a data item."""

    name: str
    type: str | None


@dataclass(slots=True)
class ItemDefinition:
    """A named type as written: `base` or `components` or a function's `parameters` and `result`."""

    name: str
    base: str | None
    collection: bool
    place: Place
    components: list[ItemDefinition] = field(default_factory=list)
    is_function: bool = False
    parameters: tuple[Variable, ...] = ()
    result: str | None = None
    allowed: Formula | None = None
    constraint: Formula | None = None


@dataclass(slots=True)
class InputData:
    """Something given from outside."""

    id: str
    name: str
    variable: Variable
    place: Place


@dataclass(slots=True)
class Decision:
    """A decision: `kind` is the boxed expression's element name ("" without logic). Tables have inputs, outputs, hit policy and rules.

    `hit_policy` is DMN's word ("UNIQUE", "RULE ORDER" …), `aggregation` "SUM", "MIN", "MAX", "COUNT" or "". `required` are the ids of what it
    needs; `names` the free names that its expressions read.
    """

    id: str
    name: str
    kind: str
    place: Place
    variable: Variable
    logic: Boxed | None = None
    inputs: tuple[InputColumn, ...] = ()
    outputs: tuple[OutputColumn, ...] = ()
    hit_policy: str = ""
    aggregation: str = ""
    rules: tuple[Rule, ...] = ()
    required: tuple[str, ...] = ()
    information: tuple[Reference, ...] = ()
    knowledge: tuple[Reference, ...] = ()
    formulas: list[Formula] = field(default_factory=list, repr=False)
    description: str = ""

    @property
    def names(self) -> frozenset[str]:
        """Free names that its expressions read, before anything is bound by contexts or parameters."""
        return frozenset().union(*(formula.names for formula in self.formulas)) if self.formulas else frozenset()

    @property
    def policy_code(self) -> str:
        """The letter that modelers show: U, A, F, P, R, O, C, C+, C<, C>, C#; empty when it is no table."""
        return POLICIES.get(self.hit_policy, "") + AGGREGATIONS.get(self.aggregation, "")


@dataclass(slots=True)
class KnowledgeModel:
    """A business knowledge model: a function by name."""

    id: str
    name: str
    variable: Variable
    place: Place
    logic: Boxed | None
    knowledge: tuple[Reference, ...] = ()
    formulas: list[Formula] = field(default_factory=list, repr=False)


@dataclass(slots=True)
class DecisionService:
    """A named set of decisions that is called as one function. Parameters in order: input data, then input decisions."""

    id: str
    name: str
    variable: Variable
    place: Place
    outputs: tuple[Reference, ...]
    encapsulated: tuple[Reference, ...]
    input_decisions: tuple[Reference, ...]
    input_data: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Import:
    """An imported model: prefix under which its elements are seen ("" for none), namespace, kind "dmn" or another import type's URI."""

    name: str
    namespace: str
    kind: str
    location: str = ""
    line: int | None = None

    @property
    def label(self) -> str:
        """How a message names it."""
        return f"“{self.name}”（命名空间 {self.namespace or '没有写'}）" if self.name else f"“{self.namespace or '没有写命名空间'}”"


@dataclass(slots=True)
class Parts:
    """Everything that the reader found in one file, in the order of the file."""

    id: str
    name: str
    namespace: str
    file: str
    version: str
    imports: list[Import] = field(default_factory=list)
    items: dict[str, ItemDefinition] = field(default_factory=dict)
    inputs: dict[str, InputData] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)
    knowledge: dict[str, KnowledgeModel] = field(default_factory=dict)
    services: dict[str, DecisionService] = field(default_factory=dict)
    problems: list[DmnProblem] = field(default_factory=list)
    formulas: list[Formula] = field(default_factory=list, repr=False)
