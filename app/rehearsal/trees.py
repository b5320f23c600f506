"""What a rehearsal has under way: instance trees, starts that wait for their time, messages and signals."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.engine import effects
from app.engine.definitions import ProcessDefinition, StartEvent
from app.engine.state import State
from app.rehearsal.dues import ArmedDue

_INSTANCES = 1_000_000  # of one tree, at most


@dataclass(slots=True, eq=False)
class RehearsedTree:
    """One instance tree. ``since``: element instance → when it came, in the order of the whole run. ``started_by``: the message's process and key.

    ``project``: the key of its project in the ledger.
    """

    state: State
    project: int | None = None
    waits: dict[int, effects.WaitOpened] = field(default_factory=dict)
    dues: dict[int, ArmedDue] = field(default_factory=dict)  # element → the deadline of its task
    tasks: dict[int, effects.TaskOpened] = field(default_factory=dict)
    jobs: dict[int, effects.JobOpened] = field(default_factory=dict)
    incidents: dict[int, effects.IncidentOpened] = field(default_factory=dict)
    scopes: dict[int, int] = field(default_factory=dict)
    processes: dict[int, str] = field(default_factory=dict)
    callers: dict[int, int] = field(default_factory=dict)
    since: dict[tuple[str, int], int] = field(default_factory=dict)
    started_by: tuple[str, str] | None = None
    number: int = 1  # among the trees of the run

    @property
    def keys(self) -> dict[int, int]:
        """Local instance → a number that no other instance of the run has."""
        return {local: self.number * _INSTANCES + local for local in self.processes}

    @property
    def is_active(self) -> bool:
        return self.state.root_state == "active"

    def standing(self) -> list[str]:
        """The ids of the elements at which tokens stand: not those that only enclose others."""
        tokens = self.state.tokens()
        enclosing = {self.scopes.get(token.element, 0) for token in tokens} | set(self.callers.values())
        return [token.element_id for token in tokens if token.element not in enclosing]


@dataclass(frozen=True, slots=True)
class Ended:
    """The project of a tree has ended in a phase; the tree is still to be told."""

    root: RehearsedTree
    phase: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A signal on its way: to an event that waits in a tree (``place``: instance, element, id of the event), or to the ``start`` event of a process.

    ``sender``: the tree that threw it, None from outside.
    """

    variables: Mapping[str, Any]
    root: RehearsedTree | None = None
    place: tuple[int, int, str] = (0, 0, "")
    start: tuple[ProcessDefinition, str] | None = None
    sender: RehearsedTree | None = None


@dataclass(frozen=True, slots=True)
class ArmedStart:
    """A timer start event that waits for its instant."""

    definition: ProcessDefinition
    event: StartEvent
    due_at: datetime
    memo: Mapping[str, Any]
    variables: Mapping[str, Any]


@dataclass(slots=True, eq=False)
class OpenMessage:
    """A message under way. ``sender``: the tree it comes from, None from outside. ``met``: the processes that have had it."""

    name: str
    key: str
    variables: Mapping[str, Any]
    expires_at: datetime
    sender: RehearsedTree | None = None
    met: set[str] = field(default_factory=set)
