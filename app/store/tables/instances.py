"""Running and finished instances: one blob a tree on its root row, and rows that people search.

Inside a tree things are named by the engine's local integers; ``(root_key, local integer)`` finds the row that an effect speaks of.

What belongs to a tree goes with its root (CASCADE, along ``(tenant, root_key, …)``), so that a finished tree can be moved away whole. What a tree stands on
stays as long as the tree does (RESTRICT): projects, definitions, people. What only mentions a tree forgets it (SET NULL). Definitions, projects and people are
never deleted in service, so that columns that name them have an index only where people search by them.

One file because the tables of a running tree refer to each other, and a finished one is to be moved with all of them.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.states import ElementState, InstanceState, JobState, MessageKind, MessageState, TaskState, WaitKind
from app.store.tables.base import db, of_instance, one_of
from app.store.types import JsonValue, Packed, PackedValue


class ProcessInstanceRow(db.Model):  # type: ignore[name-defined,misc]
    """A process instance. ``version`` to ``keys`` are the root's alone: the tree has one state, one version and one lock.

    A called instance goes with its root and with its caller. Project and definition stay.
    """

    __tablename__ = "process_instances"
    __table_args__ = (
        Index(None, "root_key", "local"),
        Index(None, "tenant", "process_id", "state"),
        Index(None, "project_key"),
        Index(None, "parent_key"),
        # A message with a key starts one instance a process at a time, whatever the number of nodes that try.
        Index(
            "uq_process_instances_running",
            "tenant",
            "process_id",
            "correlation_key",
            unique=True,
            sqlite_where=text("state = 'active' AND correlation_key IS NOT NULL"),
            postgresql_where=text("state = 'active' AND correlation_key IS NOT NULL"),
        ),
        UniqueConstraint("tenant", "key"),
        UniqueConstraint("tenant", "root_key", "key"),
        ForeignKeyConstraint(["tenant", "root_key"], ["process_instances.tenant", "process_instances.key"], ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["tenant", "root_key", "parent_key"],
            ["process_instances.tenant", "process_instances.root_key", "process_instances.key"],
            ondelete="CASCADE",
        ),
        one_of("state", InstanceState),
        CheckConstraint("(state = 'active') = (ended_at IS NULL)", name="ended"),
        CheckConstraint("(key = root_key) = (local = 1)", name="root"),
        CheckConstraint("(key = root_key) = (parent_key IS NULL)", name="parent"),
        CheckConstraint("version >= 0 AND audit_count >= 0", name="counts"),
    )

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root_key: Mapped[int]
    local: Mapped[int]
    parent_key: Mapped[int | None]
    tenant: Mapped[str]
    process_id: Mapped[str]
    process_name: Mapped[str]
    definition_key: Mapped[int] = mapped_column(ForeignKey("definitions.key", ondelete="RESTRICT"))
    definition_version: Mapped[int]
    version_tag: Mapped[str]
    state: Mapped[InstanceState]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    project_key: Mapped[int | None] = mapped_column(ForeignKey("projects.key", ondelete="RESTRICT"))
    correlation_key: Mapped[str | None]
    suspended_at: Mapped[datetime | None]  # of a root: nothing of its tree may be completed or fired since then
    version: Mapped[int]
    catalogue_version: Mapped[int]
    blob: Mapped[str | None]  # the engine's State.dump()
    keys: Mapped[dict[str, Any] | None]  # local instance → key, of the instances that still run
    audit_mac: Mapped[str]
    audit_count: Mapped[int]
    overrides: Mapped[list[Any] | None]  # of a tree's root: checks of the start form that whoever began it set aside, and who


class ElementInstanceRow(db.Model):  # type: ignore[name-defined,misc]
    """One visit of one element."""

    __tablename__ = "element_instances"
    __table_args__ = (
        Index(None, "instance_key"),
        of_instance(),
        one_of("state", ElementState),
        CheckConstraint("(state = 'active') = (ended_at IS NULL)", name="ended"),
    )

    tenant: Mapped[str]
    root_key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    element: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[int] = mapped_column(unique=True)
    instance_key: Mapped[int]
    element_id: Mapped[str]
    name: Mapped[str]
    type: Mapped[str]
    state: Mapped[ElementState]
    scope: Mapped[int]
    loop_counter: Mapped[int | None]
    entered_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class VariableRow(db.Model):  # type: ignore[name-defined,misc]
    """The last value of a variable; ``scope`` 0 is the instance, else the local integer of an element instance."""

    __tablename__ = "variables"
    __table_args__ = (
        UniqueConstraint("root_key", "instance_key", "scope", "name"),
        of_instance(),
        CheckConstraint("scope >= 0", name="scope"),
    )

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant: Mapped[str]
    root_key: Mapped[int]
    instance_key: Mapped[int]
    scope: Mapped[int]
    name: Mapped[str]
    value: Mapped[Any] = mapped_column(JsonValue())
    updated_at: Mapped[datetime]


_OF_OFFICES = "completed_office <> '' AND project_key IS NOT NULL"


class UserTaskRow(db.Model):  # type: ignore[name-defined,misc]
    """``deadline``: how the due instant was counted (key, last_day, explanation lines, calendar version), null without one.

    Whoever completed it stays; ``completed_by`` null at a completed task: the system. ``assignee`` is what the diagram says, be there such a person or not.
    ``answer``: what was submitted, for the form to open with if the task is returned to. ``returned_*``: by whom it was returned, at which task, why and until
    when; ``returned_to``: the task that this one was itself returned to, by ``completed_*``. Empty texts and nulls: it was not. ``round``: see engine.past.
    """

    __tablename__ = "user_tasks"
    __table_args__ = (
        UniqueConstraint("root_key", "element"),
        Index(None, "project_key", "state"),
        Index(None, "instance_key"),
        Index(None, "completed_by", "closed_at"),
        Index("ix_user_tasks_open", "tenant", "due_at", sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
        Index(
            "ix_user_tasks_offices", "completed_office", "project_key", sqlite_where=text(_OF_OFFICES), postgresql_where=text(_OF_OFFICES)
        ),
        of_instance(),
        one_of("state", TaskState),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed"),
        CheckConstraint("state = 'completed' OR returned_to <> '' OR completed_by IS NULL", name="completed"),
        CheckConstraint("round >= 1", name="round"),
        CheckConstraint("state = 'completed' OR answer IS NULL", name="answer"),
        CheckConstraint("returned_to = '' OR state = 'cancelled'", name="returned_to"),
        CheckConstraint(
            "(returned_at IS NULL) = (returned_from = '') AND (returned_at IS NULL) = (return_reason = '') "
            "AND (returned_at IS NULL) = (return_due_at IS NULL)",
            name="returned",
        ),
        CheckConstraint("length(return_reason) <= 1000", name="return_reason"),
        CheckConstraint("(office_key IS NULL) = (office IS NULL) AND office_key >= 0", name="office"),
        CheckConstraint("(signing IS NULL) = (seat IS NULL) AND (signing IS NULL) = (visit IS NULL)", name="signing"),
        CheckConstraint("stands_for <> key", name="stands_for"),
    )

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root_key: Mapped[int]
    element: Mapped[int]
    instance_key: Mapped[int]
    tenant: Mapped[str]
    project_key: Mapped[int | None] = mapped_column(ForeignKey("projects.key", ondelete="RESTRICT"))
    process_id: Mapped[str]
    process_name: Mapped[str]
    definition_key: Mapped[int] = mapped_column(ForeignKey("definitions.key", ondelete="RESTRICT"))
    definition_version: Mapped[int]
    element_id: Mapped[str]
    name: Mapped[str]
    lane: Mapped[str]
    form_id: Mapped[str | None]
    form_key: Mapped[int | None] = mapped_column(ForeignKey("definitions.key", ondelete="RESTRICT"))
    state: Mapped[TaskState]
    assignee: Mapped[str | None]
    candidate_groups: Mapped[list[Any]]
    candidate_users: Mapped[list[Any]]
    due_at: Mapped[datetime | None]
    remind_at: Mapped[datetime | None]
    follow_up_at: Mapped[datetime | None]
    deadline: Mapped[dict[str, Any] | None] = mapped_column(Packed())
    overdue_at: Mapped[datetime | None]  # when the platform marked it as overdue
    moved: Mapped[list[Any] | None]  # what facts that changed have moved since it opened: see acts.recounts
    priority: Mapped[int]
    ledger_version: Mapped[int | None]  # of the project, when the task opened; None: without one, or of a release that did not know
    clauses: Mapped[str]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    completed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    completed_name: Mapped[str]
    completed_role: Mapped[str]
    completed_office: Mapped[str]
    outcome: Mapped[str]
    overrides: Mapped[list[Any] | None]  # checks of the form that whoever completed it set aside: check, path, message, reason
    draft: Mapped[dict[str, Any] | None]
    draft_saved_at: Mapped[datetime | None]
    answer: Mapped[dict[str, Any] | None] = mapped_column(Packed())
    round: Mapped[int]
    returned_at: Mapped[datetime | None]
    returned_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    returned_by_name: Mapped[str]
    returned_by_office: Mapped[str]
    returned_from: Mapped[str]
    return_reason: Mapped[str]
    return_due_at: Mapped[datetime | None]
    returned_straight: Mapped[bool]
    returned_to: Mapped[str]
    office_key: Mapped[int | None]  # only this office's people do it; 0: there is none; as the diagram says, be it in the register or not
    office: Mapped[str | None]  # its name
    signing: Mapped[
        str | None
    ]  # the round within its tree in which nobody does it twice, with the seat and the visit: see engine.effects.Signing
    seat: Mapped[str | None]
    visit: Mapped[int | None]
    stands_for: Mapped[int | None] = mapped_column(ForeignKey("user_tasks.key", ondelete="SET NULL"))  # it repeats the answer of this one


class TaskCandidateRow(db.Model):  # type: ignore[name-defined,misc]
    """Who may do an open task: holders of ``role``, in the office ``office_key`` (0: in any), or the person ``username``. A trigger clears closed tasks.

    They go with their task. That 0 means any keeps the office from being a foreign key, and a diagram may name people who do not exist.
    """

    __tablename__ = "task_candidates"
    __table_args__ = (
        Index(None, "role", "office_key"),
        Index(None, "username"),
        CheckConstraint("(role = '') <> (username = '')", name="who"),
        CheckConstraint("office_key >= 0 AND (role <> '' OR office_key = 0)", name="office"),
    )

    task_key: Mapped[int] = mapped_column(ForeignKey("user_tasks.key", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    role: Mapped[str] = mapped_column(primary_key=True)
    office_key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    username: Mapped[str] = mapped_column(primary_key=True)


class JobRow(db.Model):  # type: ignore[name-defined,misc]
    """Work for an outside worker; inline connectors have a row only when they failed."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index(None, "root_key", "element"),
        Index(None, "state", "type", "retry_at"),
        of_instance(),
        one_of("state", JobState),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed"),
        CheckConstraint("retries >= 0", name="retries"),
    )

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root_key: Mapped[int]
    element: Mapped[int]
    instance_key: Mapped[int]
    tenant: Mapped[str]
    element_id: Mapped[str]
    type: Mapped[str]
    listener: Mapped[str | None]
    state: Mapped[JobState]
    retries: Mapped[int]
    headers: Mapped[dict[str, Any]]
    variables: Mapped[dict[str, Any]]
    message: Mapped[str]
    retry_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class WaitRow(db.Model):  # type: ignore[name-defined,misc]
    """A timer or a subscription, of an instance (``root_key``) or of a start event (``root_key`` null); the deadline of a user task; or that a tree is to end with
    its project.

    ``wake_at``: when to try next; null of subscriptions, of a start event's timer that is spent, and while the tree is suspended. Of a deadline ``wait`` is
    minus its ``element``, so that no wait of the engine has its number, and ``due_at`` the next instant at which it is served. What is to be evaluated again
    after facts have changed is one row a tree, ``wait`` 0, due at once; so is the end of its project, with a number of its own.
    """

    __tablename__ = "waits"
    __table_args__ = (
        UniqueConstraint("root_key", "wait"),
        Index("ix_waits_due", "wake_at", sqlite_where=text("wake_at IS NOT NULL"), postgresql_where=text("wake_at IS NOT NULL")),
        Index(None, "tenant", "name", "correlation_key"),
        Index("ix_waits_starts", "tenant", "process_id", sqlite_where=text("root_key IS NULL"), postgresql_where=text("root_key IS NULL")),
        of_instance(),
        one_of("kind", WaitKind),
        CheckConstraint("(kind IN ('timer', 'due', 'recount', 'ending', 'obligation')) = (due_at IS NOT NULL)", name="due"),
        CheckConstraint(
            "(root_key IS NULL) = (instance_key IS NULL) AND (root_key IS NULL) = (wait IS NULL) AND (root_key IS NULL) = (element IS NULL)",
            name="place",
        ),
        CheckConstraint("attempts >= 0", name="attempts"),
    )

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root_key: Mapped[int | None]
    wait: Mapped[int | None]
    element: Mapped[int | None]
    instance_key: Mapped[int | None]
    tenant: Mapped[str]
    process_id: Mapped[str]
    definition_key: Mapped[int] = mapped_column(ForeignKey("definitions.key", ondelete="RESTRICT"))
    element_id: Mapped[str]
    kind: Mapped[WaitKind]
    due_at: Mapped[datetime | None]
    wake_at: Mapped[datetime | None]
    name: Mapped[str | None]
    correlation_key: Mapped[str | None]
    expression: Mapped[str | None]
    calendar_version: Mapped[str | None]
    memo: Mapped[
        dict[str, Any] | None
    ]  # of a start event's timer: what its next repetition needs; of a deadline: what is still to be served; else what has changed
    interrupting: Mapped[bool]
    attempts: Mapped[int]
    opened_at: Mapped[datetime]


class MessageRow(db.Model):  # type: ignore[name-defined,misc]
    """A published message or a broadcast signal. ``open`` until it has expired and been tried; a signal, until all who waited for it have it.

    It outlives the tree that threw it.
    """

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_open", "tenant", "name", sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
        Index(None, "source_root"),
        one_of("kind", MessageKind),
        one_of("state", MessageState),
    )

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant: Mapped[str]
    kind: Mapped[MessageKind]
    name: Mapped[str]
    correlation_key: Mapped[str]
    variables: Mapped[dict[str, Any]]
    project_key: Mapped[int | None] = mapped_column(ForeignKey("projects.key", ondelete="RESTRICT"))
    source_root: Mapped[int | None] = mapped_column(ForeignKey("process_instances.key", ondelete="SET NULL"))
    state: Mapped[MessageState]
    published_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class MessageDeliveryRow(db.Model):  # type: ignore[name-defined,misc]
    """A message goes once to a process id (``target``). A signal goes once to each who waits when it is thrown: the row is there from then on, and
    ``delivered_at`` null until it has arrived.

    It goes with its message; that it was delivered must be known longer than the tree that got it, or a message still open would be delivered again.
    """

    __tablename__ = "message_deliveries"
    __table_args__ = (Index(None, "root_key"), CheckConstraint("delivered_at IS NOT NULL OR root_key IS NULL", name="delivered"))

    message_key: Mapped[int] = mapped_column(ForeignKey("messages.key", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    target: Mapped[str] = mapped_column(primary_key=True)
    root_key: Mapped[int | None] = mapped_column(ForeignKey("process_instances.key", ondelete="SET NULL"))
    delivered_at: Mapped[datetime | None]


class IncidentRow(db.Model):  # type: ignore[name-defined,misc]
    """Something that needs a person: of the engine (``incident`` its local integer), or of a wait that cannot be fired (``wait_key``).

    It stays when its wait has been fired or withdrawn, so that ``wait_key`` is no foreign key.
    """

    __tablename__ = "incidents"
    __table_args__ = (
        UniqueConstraint("root_key", "incident"),
        Index(None, "instance_key"),
        Index(None, "wait_key"),
        Index("ix_incidents_open", "tenant", sqlite_where=text("closed_at IS NULL"), postgresql_where=text("closed_at IS NULL")),
        of_instance(),
        CheckConstraint("(incident IS NULL) <> (wait_key IS NULL)", name="cause"),
        CheckConstraint("(root_key IS NULL) = (instance_key IS NULL) AND (incident IS NULL OR root_key IS NOT NULL)", name="place"),
    )

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root_key: Mapped[int | None]
    incident: Mapped[int | None]
    wait_key: Mapped[int | None]
    instance_key: Mapped[int | None]
    tenant: Mapped[str]
    project_key: Mapped[int | None] = mapped_column(ForeignKey("projects.key", ondelete="RESTRICT"))
    process_id: Mapped[str]
    element_id: Mapped[str]
    type: Mapped[str]
    message: Mapped[str]
    details: Mapped[dict[str, Any]]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class DecisionEvaluationRow(db.Model):  # type: ignore[name-defined,misc]
    """A decision as it was taken: inputs, output, matched rows, the version of the table."""

    __tablename__ = "decision_evaluations"
    __table_args__ = (Index(None, "root_key", "element"), Index(None, "project_key"), Index(None, "instance_key"), of_instance())

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant: Mapped[str]
    root_key: Mapped[int]
    element: Mapped[int]
    instance_key: Mapped[int]
    project_key: Mapped[int | None] = mapped_column(ForeignKey("projects.key", ondelete="RESTRICT"))
    process_id: Mapped[str]
    element_id: Mapped[str]
    decision_id: Mapped[str]
    name: Mapped[str]
    definition_key: Mapped[int] = mapped_column(ForeignKey("definitions.key", ondelete="RESTRICT"))
    version: Mapped[int]
    inputs: Mapped[list[Any]] = mapped_column(Packed())
    output: Mapped[Any] = mapped_column(PackedValue())
    rules: Mapped[list[Any]] = mapped_column(Packed())
    required: Mapped[list[Any]] = mapped_column(Packed())
    libraries: Mapped[list[Any] | None]  # the files that were imported: namespace, file, version, definition
    deadline: Mapped[dict[str, Any] | None] = mapped_column(Packed())  # of deadline(): how it was counted
    at: Mapped[datetime]
