"""What a step has brought about, in order: the caller writes it down in the same transaction.

Integers are local to the tree (see ``commands``); the caller allots keys. ``at`` is always the step's ``now``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from app.domain.facts import Right
from app.domain.overdue import FollowUp

ROOT = 1  # the number of a tree's first process instance, to which all others belong


@dataclass(frozen=True, slots=True)
class InstanceStarted:
    """A process instance began; ``parent``/``call_element`` are 0 for the root."""

    instance: int
    definition: int
    process_id: str
    parent: int
    call_element: int


@dataclass(frozen=True, slots=True)
class InstanceEnded:
    instance: int
    state: str  # completed | cancelled


@dataclass(frozen=True, slots=True)
class InstanceMigrated:
    """``instance`` goes on by another definition; ``elements``: local number of each live element instance → its element id there; ``scopes``: of those that go
    on in another sub-process → its number (0: none). Waits keep their numbers and due. ``forgotten``: (scope, name) of the variables that are no more; scope 0 is
    the instance."""

    instance: int
    definition: int
    process_id: str
    elements: Mapping[int, str]
    scopes: Mapping[int, int] = field(default_factory=dict)
    forgotten: Sequence[tuple[int, str]] = ()


@dataclass(frozen=True, slots=True)
class ElementEntered:
    """A token entered an element. ``scope`` is the enclosing element instance (0: the process instance itself)."""

    element: int
    instance: int
    element_id: str
    element_type: str  # the BPMN tag: userTask, startEvent, multiInstanceBody, …
    name: str
    scope: int
    loop_counter: int | None = None
    flow_id: str | None = None  # the sequence flow taken to get here
    round: int = 1  # of the element in its scope; one that a return has reopened keeps it


@dataclass(frozen=True, slots=True)
class ElementEnded:
    element: int
    state: str  # completed | terminated


@dataclass(frozen=True, slots=True)
class VariableSet:
    """``scope`` 0 is the process instance ``instance``; else an element instance. ``value`` is JSON-able (numbers int or Decimal)."""

    instance: int
    scope: int
    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class NamedOffice:
    """An office as a value: its key in the register, and its name. Both empty: there is none where one is needed."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Signing:
    """Of a task that nobody does twice in a round: ``round`` names that round within the tree, ``seat`` which of its instances this is (by its office, else by
    its place), ``visit`` the entry of the element that it belongs to."""

    round: str
    seat: str
    visit: int


@dataclass(frozen=True, slots=True)
class TaskOpened:
    """A user task waits for a person. ``office``: only this office's people with the role may do it; None: nothing is said of one."""

    element: int
    instance: int
    element_id: str
    name: str
    form_id: str | None
    form_binding: str  # latest | deployment | versionTag
    assignee: str | None
    candidate_groups: Sequence[str]
    candidate_users: Sequence[str]
    due_at: datetime | None
    follow_up_at: datetime | None
    priority: int
    lane: str | None
    properties: Mapping[str, str]  # zeebe:properties of the element
    round: int = 1
    returned: "Returned | None" = None  # it opens because another task has been returned to it
    office: NamedOffice | None = None
    signing: Signing | None = None
    stands_for: int = 0  # it is complete at once with what this earlier element instance of its task has said
    deadline_key: str = ""
    follow_ups: Sequence[FollowUp] | None = None  # what follows its deadline; None: its diagram does that itself, or it can have none


@dataclass(frozen=True, slots=True)
class Returned:
    """A user task is returned to an earlier one (退回). ``element``, ``element_id``: the task that returns it, in ``instance``; ``to``: the id of the one returned
    to, in ``target_instance`` (itself, or one that has called it).

    ``straight``: after the correction only the returning task opens again. ``places``: of a multi-instance task the instances that are to be done again.
    ``reopened``: ids of the elements of its scope that had completed and will be run again, the target among them. ``remark``: what the command brought along.
    """

    element: int
    instance: int
    element_id: str
    to: str
    target_instance: int
    straight: bool
    places: Sequence[int]
    reopened: Sequence[str]
    remark: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DocumentPrinted:
    """An element has had its document printed. ``key``: of the document, as the answer to ``PrintAsked`` has it."""

    element: int
    element_id: str
    template: str
    key: str


@dataclass(frozen=True, slots=True)
class TaskClosed:
    """``followed``: the caller may have a row that waits for its deadline."""

    element: int
    state: str  # completed | cancelled
    followed: bool = False


@dataclass(frozen=True, slots=True)
class JobOpened:
    """Work for a connector (inline type) or a worker. ``variables`` are those visible to it: its inputs if it has mappings, else all.

    ``element`` is minus the instance's number for a listener of a process, which is no element instance; ``CompleteJob`` and the others take it so.
    """

    element: int
    instance: int
    element_id: str
    type: str
    retries: int
    headers: Mapping[str, str]
    variables: Mapping[str, Any]
    listener: str | None = None  # start | end | creating | assigning | completing … for listener jobs


@dataclass(frozen=True, slots=True)
class JobClosed:
    element: int
    state: str  # completed | cancelled | failed | error


@dataclass(frozen=True, slots=True)
class WaitOpened:
    """A timer (``due_at``) or a message/signal subscription (``name``, and ``correlation_key`` for messages)."""

    wait: int
    element: int
    instance: int
    element_id: str  # the catching event's id (boundary, start of an event sub-process, catch, receive task)
    kind: str  # timer | message | signal
    due_at: datetime | None = None
    name: str | None = None
    correlation_key: str | None = None
    expression: str | None = None
    calendar_version: str | None = None
    interrupting: bool = True


@dataclass(frozen=True, slots=True)
class WaitClosed:
    wait: int


@dataclass(frozen=True, slots=True)
class SignalThrown:
    """A signal is broadcast. Its own tree has heard it; the caller notes those of other trees that wait for it now, and delivers in later acts."""

    element: int
    name: str
    variables: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EscalationUncaught:
    element: int
    code: str


@dataclass(frozen=True, slots=True)
class IncidentOpened:
    """``element`` 0: the process instance itself.

    ``type``: CONDITION_ERROR, IO_MAPPING_ERROR, CALLED_DECISION_ERROR, CALLED_ELEMENT_ERROR, FORM_NOT_FOUND, UNHANDLED_ERROR_EVENT, JOB_NO_RETRIES,
    EXTRACT_VALUE_ERROR, LIMIT_STEPS, LIMIT_CALL_DEPTH, LIMIT_MULTI_INSTANCE, LIMIT_VARIABLE_SIZE, LIMIT_EXPRESSION."""

    incident: int
    element: int
    instance: int
    element_id: str
    type: str
    message: str  # Chinese: what, where, why, what to do
    details: Mapping[str, Any]  # e.g. FEEL position, expression


@dataclass(frozen=True, slots=True)
class IncidentClosed:
    incident: int


@dataclass(frozen=True, slots=True)
class DecisionEvaluated:
    """A decision was taken: by a business rule task, or by deadline(); required decisions are nested in ``required``.

    ``libraries``: the files that were imported (namespace, file, version, definition).
    ``deadline`` (only for deadline() and remindAt()): key, start, startOn, lastDay, dueAt, remindDay, remindAt, clause, provisional, calendarVersion, explanation (lines).
    """

    element: int
    instance: int
    element_id: str
    decision_id: str
    decision_name: str
    definition: int  # key of the decision definition
    version: int
    inputs: Sequence[Mapping[str, Any]]
    output: Any
    rules: Sequence[Mapping[str, Any]]  # number, id, outputs, annotations
    required: Sequence[Mapping[str, Any]]
    deadline: Mapping[str, Any] | None = None
    libraries: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class PhaseEntered:
    """The project enters a phase because ``element_id`` of ``process_id`` was entered."""

    element: int
    process_id: str
    element_id: str
    phase: str


@dataclass(frozen=True, slots=True)
class FactWritten:
    """An element writes a ledger field by a right, which has been checked and is to be checked again. ``value`` None: it is blank from now on."""

    element: int
    process_id: str
    element_id: str
    field: str
    value: Any
    right: Right


@dataclass(frozen=True, slots=True)
class RecordMade:
    """A row of a register. It belongs to (``instance``, ``scope``, element, ``item`` of the loop, ``round``): one of these that comes again takes the place of the
    one before (``supersedes``). ``scope`` 0: the process instance itself; ``item`` 0: no loop."""

    element: int
    instance: int
    process_id: str
    element_id: str
    scope: int
    item: int
    round: int
    supersedes: bool
    kind: str
    data: Mapping[str, Any]
    stage: str  # the outermost sub-process around the element, else the process
    office: NamedOffice | None = None  # in which a person has completed it


@dataclass(frozen=True, slots=True)
class ApprovalGiven:
    """What the person who completed a task has said of these values: approved (``holds``), or not. ``stands_for``: it repeats the approval of this (scope, round,
    item), with whoever has given that. For the rest see ``RecordMade`` and ``KnownApproval``."""

    element: int
    instance: int
    process_id: str
    element_id: str
    scope: int
    item: int
    round: int
    required: int
    holds: bool
    values: Mapping[str, Any]
    digest: str
    stands_for: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class PeopleTold:
    """A notice to the holders of a role; a role of the project's own offices means those. ``office``: its key, in place of a role: to all who are in it."""

    element: int
    element_id: str
    role: str
    title: str
    text: str
    office: str = ""


Effect: TypeAlias = (
    PhaseEntered
    | FactWritten
    | RecordMade
    | ApprovalGiven
    | PeopleTold
    | DocumentPrinted
    | InstanceStarted
    | InstanceEnded
    | InstanceMigrated
    | ElementEntered
    | ElementEnded
    | VariableSet
    | TaskOpened
    | TaskClosed
    | JobOpened
    | JobClosed
    | Returned
    | WaitOpened
    | WaitClosed
    | SignalThrown
    | EscalationUncaught
    | IncidentOpened
    | IncidentClosed
    | DecisionEvaluated
)
