"""What services give to pages, the API and the command line: frozen values, no rows. Instants are aware UTC; keys integers (shown as strings).

One file because every reader shall find every shape in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from app.domain.forms import Form
from app.domain.permissions import ADMINISTRATORS, Verdict
from app.domain.states import DefinitionKind, InstanceState, TaskState
from app.rehearsal.findings import Finding
from app.seen.happenings import Happening

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a list of ``total`` items: at most ``limit`` of them, after the first ``offset``."""

    items: Sequence[T]
    total: int
    limit: int = 20
    offset: int = 0

    @property
    def number(self) -> int:
        """Which page this is, from 1, when pages have ``limit`` items."""
        return self.offset // self.limit + 1

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.limit))

    @property
    def has_more(self) -> bool:
        return self.offset + self.limit < self.total


@dataclass(frozen=True, slots=True)
class ReturnedView:
    """Why a task is there again: ``person`` of ``office`` has returned it at ``at``, in the task ``task``; to be done before ``due_at`` (exclusive)."""

    task: str
    person: str
    office: str
    reason: str
    at: datetime
    due_at: datetime
    straight: bool


@dataclass(frozen=True, slots=True)
class ReturnItem:
    """One instance of a multi-instance task that may be done again: its place, counted from 1, and who did it when."""

    place: int
    person: str
    office: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class ReturnChoice:
    """An earlier task that an open one may be returned to. ``stepwise`` False: only straight back. ``items``: of a multi-instance one."""

    element_id: str
    name: str
    person: str
    office: str
    at: datetime | None
    stepwise: bool
    items: Sequence[ReturnItem] = ()


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One row of 待办, 已办, or of a search."""

    key: int
    element_id: str
    name: str
    process_id: str
    process_name: str
    project_key: int | None
    project_name: str
    applicant_office: str
    opened_at: datetime
    due_at: datetime | None
    remind_at: datetime | None
    follow_up_at: datetime | None
    overdue: bool
    days_left: int | None  # whole calendar days in the district's zone until the last day; 0 on the last day, negative when overdue
    assignee: str | None
    completed_at: datetime | None
    completed_by: str  # the person's name
    outcome: str  # what was decided, in a few words
    # what the API shows besides
    state: TaskState = TaskState.OPEN
    tenant: str = ""
    instance_key: int = 0  # the process instance that holds the task
    root_key: int = 0
    element_key: int = 0
    definition_key: int = 0
    definition_version: int = 1
    form_id: str | None = None
    form_key: int | None = None
    priority: int = 50
    candidate_groups: tuple[str, ...] = ()
    office: str = ""  # the name of the only office whose people do it
    standing: bool = False  # it repeats what was said in an earlier round
    candidate_users: tuple[str, ...] = ()
    role_titles: tuple[str, ...] = ()
    returned: ReturnedView | None = None  # it is there because somebody has returned it
    returned_to: str = ""  # the task that it was itself returned to
    round: int = 1


@dataclass(frozen=True, slots=True)
class Choice:
    """An office or a person that a form may name; ``label`` tells people of one name apart."""

    key: str
    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Register:
    """What a form's fields for offices and people are chosen from. ``holders``: by role, the people who hold it; ``seats``: the offices in which it is held."""

    offices: list[Choice]
    people: list[Choice]
    holders: dict[str, list[Choice]]
    seats: dict[str, list[Choice]]


@dataclass(frozen=True, slots=True)
class InboxCounts:
    todo: int
    overdue: int
    later: int  # follow-up in the future
    unread: int  # notifications


@dataclass(frozen=True, slots=True)
class NotificationLine:
    key: int
    title: str
    text: str
    project_key: int | None
    project_name: str
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClauseView:
    id: str
    article: str
    paraphrase: str


@dataclass(frozen=True, slots=True)
class DeadlineView:
    """``due_at`` is exclusive: 00:00 of the day after ``last_day``. ``explanation``: how it was counted, in Chinese lines."""

    due_at: datetime
    last_day: date
    remind_at: datetime | None
    key: str  # deadline key, "" if the diagram computed the date otherwise
    explanation: Sequence[str]
    calendar_version: str
    provisional: bool
    clauses: Sequence[ClauseView] = ()
    overdue_at: datetime | None = None  # when the platform marked the task as overdue


@dataclass(frozen=True, slots=True)
class ModelRef:
    """A version of a model that an element uses: what its page is found by."""

    kind: DefinitionKind
    id: str
    tenant: str
    version: int


@dataclass(frozen=True, slots=True)
class FactLine:
    """A line of what is known of an element. ``formula``: FEEL that it puts in words; ``model``: what it names, ``anchor`` the place on its page; ``clause``: the
    id of the clause that it tells."""

    text: str
    formula: str = ""
    model: ModelRef | None = None
    anchor: str = ""
    clause: str = ""


@dataclass(frozen=True, slots=True)
class ClauseEntry:
    """A clause of a district's regulation with what carries it."""

    id: str
    article: str
    paraphrase: str
    carriers: Sequence[FactLine] = ()
    interpretations: Sequence[str] = ()  # numbers


@dataclass(frozen=True, slots=True)
class InterpretationLine:
    """An interpretation of the regulation by its authority. ``rows``: of the tables that rest on it as they are now."""

    number: str
    clauses: Sequence[str]
    question: str
    ruling: str
    effective_on: date
    document_no: str
    by: str  # office and person
    at: datetime
    rows: Sequence[FactLine] = ()


@dataclass(frozen=True, slots=True)
class ClausesPage:
    """``title``: of the regulation. ``open``: rows of tables that the text leaves open and nobody has interpreted."""

    title: str
    entries: Sequence[ClauseEntry]
    interpretations: Sequence[InterpretationLine] = ()
    open: Sequence[FactLine] = ()


@dataclass(frozen=True, slots=True)
class ElementFact:
    title: str
    lines: Sequence[FactLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementView:
    """An element as its diagram declares it, in people's words. ``captions``: the lines that stand under a task; ``drawn``: its kind in BPMN's words."""

    id: str
    kind: str
    drawn: str
    name: str
    captions: Sequence[str] = ()
    facts: Sequence[ElementFact] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitView:
    """A visit of an element that something came of. ``result`` in words, empty where it has none; ``rows``: those of a table that matched.

    ``set_aside``: checks of a form that were overridden, with the reason, a sentence each.
    """

    at: datetime
    action: Happening
    person: str = ""
    office: str = ""
    role_title: str = ""
    result: str = ""
    rows: Sequence[str] = ()
    table: FactLine | None = None
    set_aside: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class LateView:
    """An element that is late: by how many days (negative; see TaskLine), or, without a due of its own, by which deadline on its edge."""

    element_id: str
    days_left: int | None
    deadline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagramView:
    """The definition to draw and where its instance is: element id → how often it is there now, how often it is done. ``incidents``: element ids.
    ``elements``: those of the definition by id; ``visits``: what came of each so far, in order."""

    definition_key: int
    current: Mapping[str, int] = field(default_factory=dict)
    completed: Mapping[str, int] = field(default_factory=dict)
    late: Sequence[LateView] = ()
    incidents: Sequence[str] = ()
    elements: Mapping[str, ElementView] = field(default_factory=dict)
    visits: Mapping[str, Sequence[VisitView]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RuleView:
    """One matched row: its number in the table, its id, its outputs and annotations (条款 …)."""

    number: int
    id: str
    outputs: Mapping[str, Any]
    annotations: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision that was taken, with the version of the table that took it. ``said``: its output in words, empty if all of it is codes.

    ``libraries``: the files imported (namespace, file, version, definition).
    """

    key: int
    decision_id: str
    name: str
    version: int
    definition_key: int
    at: datetime
    inputs: Sequence[Mapping[str, Any]]
    output: Any
    rules: Sequence[RuleView]
    said: str = ""
    process_id: str = ""
    element_id: str = ""
    instance_key: int = 0
    libraries: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class OverrideView:
    """A check of a form that whoever submitted it set aside: what it said, and why they went on."""

    message: str
    reason: str


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened in a project's life."""

    at: datetime
    process: str
    element: str
    name: str
    account: str  # username, "" for the system
    person: str
    office: str
    role: str  # role key in which it was done
    action: Happening
    outcome: str
    clauses: Sequence[ClauseView]
    decision: DecisionView | None = None
    process_name: str = ""
    role_title: str = ""
    task_key: int | None = None
    instance_key: int = 0
    overrides: Sequence[OverrideView] = ()
    opens: bool = False  # its task can be opened by whoever reads this


@dataclass(frozen=True, slots=True)
class ToldView:
    """What has been filled in of one kind, the newest first: one click away."""

    title: str
    entries: Sequence[TimelineEntry]


@dataclass(frozen=True, slots=True)
class OfficeView:
    role: str
    role_title: str
    key: int
    name: str


@dataclass(frozen=True, slots=True)
class FactView:
    """A fact as people read it: ``text`` is its ``value`` in words, empty where it has none. ``unconfirmed``: it was imported or migrated, and no owner has
    confirmed it."""

    name: str
    title: str
    value: Any
    text: str = ""
    unconfirmed: bool = False


@dataclass(frozen=True, slots=True)
class UnconfirmedView:
    """A fact that waits for an owner to confirm it: what it came by (迁移, 导入), when and by whom; whose it is, and whether the actor may confirm it."""

    name: str
    title: str
    value: Any
    origin: str
    by: str
    at: datetime | None
    owners: Sequence[str]
    may: Verdict


@dataclass(frozen=True, slots=True)
class FactChangeView:
    """A change of a fact in people's words. ``how``: by what right; ``task``: at which step of a process, if at one; ``confirmed``: the value is what it was."""

    title: str
    before: Any
    after: Any
    how: str
    task: str
    person: str
    role_title: str
    at: datetime
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class ProjectLine:
    key: int
    number: str
    name: str
    tenant: str
    tenant_title: str
    phase: str
    phase_title: str
    applicant_office: str
    plan_year: int | None
    total_amount: Decimal | None
    contract_amount: Decimal | None
    open_tasks: int
    overdue: bool
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ProjectView:
    """A project's ledger entry. ``facts``: every fact by its camelCase name; ``shown``: those with a title, in order, for people."""

    key: int
    number: str
    name: str
    tenant: str
    tenant_title: str
    phase: str
    phase_title: str
    applicant_office: str
    offices: Sequence[OfficeView]
    plan_year: int | None
    total_amount: Decimal | None
    contract_amount: Decimal | None
    facts: Mapping[str, Any]
    shown: Sequence[FactView]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class PhaseStep:
    """One phase of the project's way: since when (None: not reached), and whether it is the present one."""

    key: str
    title: str
    since: datetime | None
    current: bool


@dataclass(frozen=True, slots=True)
class StartableView:
    """A process that somebody may begin by hand. ``has_form``: by filling in its start form."""

    process_id: str
    name: str
    may: Verdict
    has_form: bool = False


@dataclass(frozen=True, slots=True)
class StartPage:
    """A start form to be filled in, of a project or of none; ``data``: what it opens with."""

    process_id: str
    name: str
    form: Form
    tenant: str
    project_key: int | None
    project_name: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RecordView:
    """An entry of a register. ``data``: as it was written, for programs; ``shown``: what people read of it."""

    key: int
    kind: str
    title: str
    amount: Decimal | None
    data: Mapping[str, Any]
    created_at: datetime
    shown: Sequence[FactView] = ()


@dataclass(frozen=True, slots=True)
class InstanceLine:
    key: int
    root_key: int
    parent_key: int | None
    process_id: str
    process_name: str
    definition_key: int
    version: int
    version_tag: str
    state: InstanceState
    tenant: str
    started_at: datetime
    ended_at: datetime | None
    incidents: int
    project_key: int | None
    project_name: str
    suspended_at: datetime | None = None  # of a root: since when nothing of its tree may be completed or fired


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """What somebody approved: ``task`` by its name, ``values`` by their titles, ``shown`` in words; ``lapsed``: the titles of what has changed since, empty while it stands."""

    task: str
    person: str
    role_title: str
    office: str
    at: datetime
    values: Mapping[str, Any]
    shown: Mapping[str, str]
    lapsed: tuple[str, ...] = ()
    lapsed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProjectPage:
    project: ProjectView
    phases: Sequence[PhaseStep]
    timeline: Sequence[TimelineEntry]
    tasks: Sequence[TaskLine]
    startable: Sequence[StartableView]
    decisions: Sequence[DecisionView]
    records: Sequence[RecordView]
    instances: Sequence[InstanceLine]
    approvals: Sequence[ApprovalView] = ()
    unconfirmed: Sequence[UnconfirmedView] = ()
    changes: Sequence[FactChangeView] = ()
    version: int = 0


@dataclass(frozen=True, slots=True)
class CapacityChoice:
    """A role in which somebody may do a task, with its title and the office."""

    role: str
    title: str
    office: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Filling:
    """What somebody needs to fill in a task. ``seen``: all that can be read there, the facts that its form shows included."""

    form: Form | None
    seen: Mapping[str, Any]
    clauses: Sequence[ClauseView]


@dataclass(frozen=True, slots=True)
class TaskPage:
    """A task with all that its page shows. ``data``: what the form opens with, the draft over it. ``variables``: all visible.

    ``ledger_version``: of the project, with which the page is drawn.
    """

    line: TaskLine
    form: Form | None
    data: Mapping[str, Any]
    draft_saved_at: datetime | None
    project: ProjectView | None
    clauses: Sequence[ClauseView]
    why: str
    deadline: DeadlineView | None
    diagram: DiagramView
    timeline: Sequence[TimelineEntry]
    may: Verdict
    moved: Sequence[str] = ()  # what facts that changed have moved since it opened, in words
    documentation: str = ""
    form_version: int = 0
    variables: Mapping[str, Any] = field(default_factory=dict)
    before: TimelineEntry | None = None  # the step by hand that led here, where a check was set aside in it
    returns: Sequence[ReturnChoice] = ()  # what the actor may return it to now
    capacities: Sequence[CapacityChoice] = ()  # where there are several to choose from
    ledger_version: int | None = None
    told: Sequence[ToldView] = ()  # what others have filled in that the reader may open
    unconfirmed: Mapping[str, str] = field(
        default_factory=dict
    )  # field of the form → what it came by (迁移, 导入), of facts that nobody has confirmed


@dataclass(frozen=True, slots=True)
class FormView:
    """A deployed form: the key of its version and its parsed file (None: the task has no form)."""

    key: int
    version: int
    form: Form
    tenant: str


@dataclass(frozen=True, slots=True)
class CompletedView:
    """What a completion led to."""

    task_key: int
    next_tasks: Sequence[TaskLine]  # open tasks of the same project that this actor may do
    project_key: int | None
    instance_key: int = 0
    state: str = InstanceState.ACTIVE  # of the tree's root
    incidents: Sequence[str] = ()  # messages of incidents that the completion ran into
    replayed: bool = False  # the answer to a repeated Idempotency-Key


@dataclass(frozen=True, slots=True)
class ImportView:
    """What a decision file imports: its prefix and namespace, and the file that they mean now ("" when there is none) with its version."""

    prefix: str
    namespace: str
    file: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class DefinitionView:
    """A deployed resource; ``kind`` is process, decision or form; ``id`` what diagrams call it by."""

    key: int
    kind: str
    id: str
    name: str
    version: int
    version_tag: str
    tenant: str
    file: str
    deployment: int
    source: str  # a DeploymentSource
    deployed_at: datetime
    deployed_by: str
    unchanged: bool = False  # in a DeploymentView: this content was already the newest version
    drg: str = ""  # a decision's requirements graph (definitions id)
    drg_name: str = ""


@dataclass(frozen=True, slots=True)
class DeploymentView:
    """``key`` is 0 when every file was already the newest version, so that nothing was deployed."""

    key: int
    tenant: str
    source: str
    reason: str
    at: datetime
    definitions: Sequence[DefinitionView]
    warnings: Sequence[Finding] = ()
    by: str = ""


@dataclass(frozen=True, slots=True)
class BootView:
    """What a start found: files deployed now, files that differ from a newer version that did not come from files (drift), and what is told of offices."""

    deployed: Sequence[DefinitionView]
    drift: Sequence[str]
    told: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class TokenLine:
    element: int
    element_id: str
    name: str
    type: str
    state: str
    instance_key: int
    entered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class VariableView:
    name: str
    value: Any
    scope: str  # "" is the instance, else the element id
    instance_key: int
    scope_key: int = 0
    key: int = 0


@dataclass(frozen=True, slots=True)
class WaitLine:
    key: int
    kind: str
    element_id: str
    due_at: datetime | None
    name: str | None
    correlation_key: str | None
    expression: str | None
    attempts: int


@dataclass(frozen=True, slots=True)
class JobLine:
    key: int
    type: str
    element_id: str
    state: str
    retries: int
    message: str
    opened_at: datetime
    retry_at: datetime | None = None  # when a worker may take it (again)


@dataclass(frozen=True, slots=True)
class TakenJob:
    """A job that a worker has taken; until ``leased_until`` no other gets it."""

    key: int
    type: str
    element_id: str
    instance_key: int
    process_id: str
    definition_key: int
    tenant: str
    listener: str | None
    retries: int
    headers: Mapping[str, str]
    variables: Mapping[str, Any]
    leased_until: datetime


@dataclass(frozen=True, slots=True)
class IncidentLine:
    key: int
    type: str
    element_id: str
    message: str
    at: datetime
    resolved_at: datetime | None
    instance_key: int
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One visit of one element."""

    key: int
    element_id: str
    name: str
    type: str
    state: str
    entered_at: datetime
    ended_at: datetime | None
    instance_key: int


@dataclass(frozen=True, slots=True)
class InstancePage:
    """An instance as an administrator sees it; ``state`` is the line's."""

    line: InstanceLine
    tokens: Sequence[TokenLine]
    variables: Sequence[VariableView]
    timers: Sequence[WaitLine]
    subscriptions: Sequence[WaitLine]
    jobs: Sequence[JobLine]
    incidents: Sequence[IncidentLine]
    history: Sequence[HistoryEntry]
    decisions: Sequence[DecisionView]
    children: Sequence[InstanceLine]
    diagram: DiagramView
    catalogue_version: int
    version: int = 0  # of the tree's state: a repair that names it is refused when the tree has moved on since


@dataclass(frozen=True, slots=True)
class PositionChange:
    """A token of an instance, by its element before and after."""

    element: int
    before: str
    after: str
    name: str  # after


@dataclass(frozen=True, slots=True)
class DeadlineChange:
    """A timer: ``fate`` is kept (its due instant stays), closed or opened. An open task's own due instant always stays."""

    element_id: str
    fate: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class AssigneeChange:
    """Who may do an open task, before and after: role keys and usernames."""

    task_key: int
    element_id: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormChange:
    """The form of an open task, before and after, and the fields (titles) that come and go. None: no form."""

    task_key: int
    element_id: str
    before: str | None
    after: str | None
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FactCopy:
    """A process variable that keeps another value of a fact than the ledger. ``answer``: ``keep`` (the ledger's), ``write`` (the variable's), None: not given yet."""

    name: str
    title: str
    value: Any
    known: Any
    answer: str | None


@dataclass(frozen=True, slots=True)
class FactFilled:
    """A fact that the ledger had not got and the case knows. ``source``: from where, in words."""

    name: str
    title: str
    value: Any
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OlderInstance:
    """A running instance of which there is a newer diagram: ``own``, the district's, or the shared one. ``at``: the elements where it is."""

    key: int
    tenant: str
    process_id: str
    version: int
    newest: int
    newest_key: int
    own: bool
    project_name: str
    at: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MigrationPreview:
    """What a migration would change in one instance. ``reasons`` not empty: it cannot be made, and why. ``missing``: what the other version calls by id and this
    instance's rules do not have; a token that gets there would stop with an incident. ``entered`` and ``left``: sub-processes that the other version draws around
    what runs, or does not draw any more; ``begun``: what is ended and begins again there. ``rules``: what the tree finds by name in another version from now on.
    ``copies``: facts of which the instance's variables say something else than the ledger; ``filled``: facts that the ledger gets by the migration, to be confirmed by
    an owner; ``unknown``: facts that the other version asks for and nobody knows; ``forgotten``: variables that go, since the ledger says them."""

    instance_key: int
    process_id: str
    version: int
    new_version: int
    reasons: tuple[str, ...]
    positions: tuple[PositionChange, ...] = ()
    deadlines: tuple[DeadlineChange, ...] = ()
    assignees: tuple[AssigneeChange, ...] = ()
    forms: tuple[FormChange, ...] = ()
    missing: tuple[str, ...] = ()
    entered: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    begun: tuple[PositionChange, ...] = ()
    unprepared: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    copies: tuple[FactCopy, ...] = ()
    filled: tuple[FactFilled, ...] = ()
    unknown: tuple[str, ...] = ()
    forgotten: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DemonstrationAccount:
    username: str
    name: str
    role: str
    role_title: str
    office: str
    tenant: str
    tenant_title: str


@dataclass(frozen=True, slots=True)
class AccountView:
    key: int
    username: str
    name: str
    tenant: str
    active: bool
    memberships: Sequence[tuple[str, str]]  # role, office name

    @property
    def is_administrator(self) -> bool:
        return any(role in ADMINISTRATORS for role, _ in self.memberships)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnattendedLine:
    """A task that nobody can do, and what it lacks in words."""

    line: TaskLine
    missing: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeLine:
    """``people``: how many active ones hold a role there. ``role_titles``: of the roles for which the district's file names it. ``filed``: whether it does."""

    key: int
    name: str
    people: int
    role_titles: Sequence[str]
    filed: bool
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """What became of the tasks of somebody whose account was disabled, by number."""

    returned: int = 0  # open to their candidates again
    passed: int = 0  # given to the successor
    stranded: int = 0  # nobody can do them now


@dataclass(frozen=True, slots=True)
class PumpCounts:
    """What one waking of the clock did."""

    timers: int
    messages: int
    sealed: int


@dataclass(frozen=True, slots=True)
class AuditReport:
    entries: int
    roots: int
    seals: int
    problems: Sequence[str]

    @property
    def whole(self) -> bool:
        return not self.problems


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentView:
    """A version of a document. ``submitted_at`` None: brought to a task and not handed in yet. ``number``: of one that was printed; ``signs``: of which printed
    one it is what was signed."""

    key: int
    name: str
    version: int
    media: str
    size: int
    size_said: str
    sha256: str
    slot: str
    task: str
    process: str
    person: str
    office: str
    created_at: datetime
    submitted_at: datetime | None
    project_key: int | None
    erased: bool = False
    number: str = ""
    signs: int | None = None

    @property
    def is_printed(self) -> bool:
        """Whether it was made from a template."""
        return bool(self.number)

    @property
    def reference(self) -> dict[str, Any]:
        """What stands among a form's values."""
        return {"key": str(self.key), "name": self.name, "sha256": self.sha256, "version": self.version}


@dataclass(frozen=True, slots=True)
class FilesView:
    """What the operator's check of the files has found: of how many contents which are lost or spoiled; ``strays``: what no document is of."""

    folder: str
    contents: int
    lost: tuple[str, ...]
    spoiled: tuple[str, ...]
    strays: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        return not self.lost and not self.spoiled
