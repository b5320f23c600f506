"""What may be asked of an instance tree: the commands that ``step`` takes.

Local integers name things inside one tree: ``instance`` (a process instance, the root is 1), ``element`` (an element
instance: one visit of one BPMN element), ``wait`` (a timer or subscription), ``job`` and ``incident``. A user task and a
job are named by the integer of the element instance they belong to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Variables: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Start:
    """Begin a tree: ``definition`` is the key of a process definition; ``start_event`` an element id (None: the none start event).

    ``office``: (key, name) of that in which a person begins it; what the start event records is that office's.
    """

    definition: int
    variables: Variables = field(default_factory=dict)
    start_event: str | None = None
    start_before: Sequence[str] = ()  # elements to begin at instead of a start event
    inside: bool = False  # a message of one of our own trees begins it
    office: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class CompleteTask:
    """A person has completed the user task ``element`` with ``variables`` (already validated).

    ``onward``: of a task that was to go straight back to the one that returned it: everything behind it runs again, as it does by itself where something between
    them rests on what is now said otherwise. ``facts``: those of them that the ledger has; the task itself sees them, nobody else gets them as variables.
    ``moved``: the ledger's fields that this act has changed. ``office``: (key, name) of that in which the person acts.
    """

    element: int
    variables: Variables = field(default_factory=dict)
    onward: bool = False
    facts: frozenset[str] = frozenset()
    moved: frozenset[str] = frozenset()
    office: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Return:
    """A person returns the open user task ``element`` to the earlier user task ``to``.

    ``straight``: after the correction only the returning task opens again; else everything behind the target runs again. ``instances``: of a multi-instance
    target (or of the multi-instance sub-process around it) those that are done again, counted from 1; none: all. ``remark`` goes along to ``Returned``.
    """

    element: int
    to: str
    straight: bool
    instances: Sequence[int] = ()
    remark: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CompleteJob:
    element: int
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FailJob:
    """A worker failed; with ``retries`` 0 an incident stands at the element. ``retry_at`` is kept by the caller's job row."""

    element: int
    retries: int
    message: str = ""


@dataclass(frozen=True, slots=True)
class ThrowError:
    """A worker reports a BPMN error at the job of ``element``."""

    element: int
    code: str
    message: str = ""
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FireTimer:
    wait: int


@dataclass(frozen=True, slots=True)
class Deliver:
    """A message or a signal has met the subscription ``wait``. ``inside``: one of our own trees sent it, and nobody from outside."""

    wait: int
    variables: Variables = field(default_factory=dict)
    inside: bool = False


@dataclass(frozen=True, slots=True)
class SetVariables:
    """An administrator's change. ``scope`` is an element instance, or 0 for the instance ``instance``."""

    variables: Variables
    scope: int = 0
    instance: int = 1
    local: bool = False


@dataclass(frozen=True, slots=True)
class Resolve:
    """Retry exactly what the incident stopped."""

    incident: int


@dataclass(frozen=True, slots=True)
class Activation:
    """Activate ``element_id`` in ``instance``; missing enclosing scopes are created, or ``ancestor`` (an element instance) is used.

    With the body of the multi-instance activity ``element_id`` as ``ancestor`` the loop gets one more instance, with ``variables`` as its own (the item among
    them); else ``variables`` go to the scope around the element.
    """

    element_id: str
    instance: int = 1
    ancestor: int | None = None
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Modify:
    """One audited repair: terminate tokens, activate elements, set variables, in this order."""

    terminate: Sequence[int] = ()
    activate: Sequence[Activation] = ()
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Migrate:
    """Move ``instance`` to the process definition ``definition``; ``plan`` maps old element ids to new ones (equal ids need no entry). ``anew``: what runs at these
    elements is ended and begins again at others, with everything that those do on entering. ``rules``: the tree goes on by the rules of the library that it is
    stepped with, instead of those it began with. ``forget``: variables that the instance keeps no more, in whatever scope: what the ledger says instead."""

    definition: int
    plan: Mapping[str, str] = field(default_factory=dict)
    instance: int = 1
    rules: bool = False
    anew: Mapping[str, str] = field(default_factory=dict)
    forget: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Cancel:
    """End the whole tree as cancelled."""


@dataclass(frozen=True, slots=True)
class EndOfProject:
    """The tree's project has ended in this phase: the event sub-process that waits for it ends the tree, else it is cancelled."""

    phase: str


@dataclass(frozen=True, slots=True)
class Suspend:
    """Nothing may be completed or fired until ``Resume``; due instants stay."""


@dataclass(frozen=True, slots=True)
class Resume:
    pass


Command: TypeAlias = (
    Start
    | CompleteTask
    | Return
    | CompleteJob
    | FailJob
    | ThrowError
    | FireTimer
    | Deliver
    | SetVariables
    | Resolve
    | Modify
    | Migrate
    | Cancel
    | EndOfProject
    | Suspend
    | Resume
)
