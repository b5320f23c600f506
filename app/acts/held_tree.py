"""One instance tree, open for one act: steps, inline connectors, and everything that has to be written at its end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from app import current, engine, logs
from app.acts import readings, recounts
from app.acts.audit import chained
from app.acts.candidates import project_facts
from app.acts.journal import Journal
from app.acts.ledger import StoredLedger
from app.acts.rows import TreePlace, audit_entry, instance
from app.catalogue import districts, snapshot
from app.catalogue.snapshot import Snapshot
from app.connectors import CONNECTORS
from app.connectors.inline import InlineTasks, Surroundings, is_inline, roles_of
from app.domain.codes import Action
from app.domain.districts import District
from app.domain.permissions import Actor, ProjectFacts
from app.engine import State, commands, effects
from app.errors import NotFound, Outdated, Suspended
from app.store import instances, rows
from app.store.tables import AuditEntryRow, ProcessInstanceRow

INLINE = frozenset(CONNECTORS)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldTask:
    """The user task that an act is about, as read with the root."""

    key: int
    element: int
    element_id: str
    name: str
    state: str
    assignee: str | None
    candidate_groups: tuple[str, ...]
    candidate_users: tuple[str, ...]
    form_id: str | None
    form_key: int | None
    definition_key: int
    process_id: str
    instance_key: int
    ledger_version: int | None = None
    office_key: int | None = None
    office: str = ""
    signing: str | None = None
    seat: str | None = None
    visit: int | None = None
    overdue_at: datetime | None = None

    @property
    def late(self) -> int | None:
        """Its key, if it had been marked as overdue."""
        return self.key if self.overdue_at is not None else None


@dataclass(kw_only=True)
class HeldTree:
    """See ``transaction.open_instance``. ``version`` is the one that was read, -1 for a tree that begins now."""

    root_key: int
    tenant: str
    process_id: str
    project: dict[str, Any] | None
    actor: Actor
    now: datetime
    library: Snapshot
    state: State | None
    version: int
    keys: dict[int, int]
    audit_mac: str = ""
    audit_count: int = 0
    task: HeldTask | None = None
    correlation_key: str | None = None
    definition_key: int = 0  # of a tree that begins now
    overrides: list[dict[str, str]] = field(default_factory=list)  # checks of the start form that whoever begins it set aside
    audit: list[tuple[Action, str, Mapping[str, Any]]] = field(default_factory=list)
    journal: Journal = field(init=False)
    ledger: StoredLedger = field(init=False)
    stepped: bool = False
    saved: bool = False

    def __post_init__(self) -> None:
        self._prepare()

    def take_rules(self, library: Snapshot) -> None:
        """Before the first step: the tree goes on by other rules than those it began with. The command says so to the state, the caller to the rows."""
        self.library = library
        self.state = State.load(self.the_state.dump(), library)
        self._prepare()

    def _prepare(self) -> None:
        self.journal = Journal(self.root_key, self.library, project_key=self._project_key, keys=self.keys, now=self.now, inline=INLINE)
        self.ledger = StoredLedger(self.library, self.project, self.root_key, self.now, actor=self.actor)
        self.ledger.instance_keys = self.keys
        logs.note(instance=self.root_key, project=self._project_key)

    @property
    def district(self) -> District:
        return snapshot.district(self.tenant)

    @property
    def project_facts(self) -> ProjectFacts | None:
        return project_facts(self.project) if self.project is not None else None

    @property
    def unsettled(self) -> bool:
        """Whether messages may find a receiver now that could not before: to be looked at after the commit."""
        freed = self.journal.ended_root is not None and self.correlation_key is not None
        return bool(self.ledger.messages or self.journal.published or self.journal.subscribed or freed)

    def step(self, command: commands.Command) -> None:
        """Carry out a command and all inline service tasks that it reaches. Raises Suspended, and the engine's NotOpen, which the caller names better."""
        self.stepped = True
        self.inline.carry_out(self._advance(command), lambda: self.the_state, self._advance)

    @property
    def the_state(self) -> State:
        """The state; there is one from the first step on. Raises NotFound."""
        if self.state is None:
            raise NotFound("流程实例还没有开始")
        return self.state

    def seen_from(self, element: int) -> dict[str, Any]:
        """What can be seen from an open element instance now: variables, and what it reads of the registers. Raises KeyError."""
        state = self.the_state
        return {**state.visible(element), **readings.of(self.library, state, element, self.ledger)}

    def _advance(self, command: commands.Command) -> list[effects.JobOpened]:
        limits = engine.StepLimits(steps=current.settings().step_limit)
        definitions = {} if self.state is None else {view.instance: view.definition for view in self.state.instances()}
        try:
            self.state, brought = engine.answering(
                lambda known: engine.step(self.library, self.state, command, self.now, limits=limits, ledger=known),
                self.ledger.known(),
                self.ledger.look_up,
            )
        except engine.TreeSuspended as error:
            raise Suspended("此流程实例已被管理员挂起,恢复之前不能办理") from error
        self.journal.take(brought, definitions)
        self.ledger.take(brought, self.keys)
        return [effect for effect in brought if isinstance(effect, effects.JobOpened) and is_inline(effect)]

    @cached_property
    def inline(self) -> InlineTasks:
        """The inline service tasks of this act."""
        settings = current.settings()
        around = Surroundings(
            tenant=self.tenant,
            now=self.now,
            zone=self.district.zone,
            phases=districts.phase_keys(),
            roles=roles_of(self.district),
            message_lifetime=settings.message_lifetime,
            limit=settings.connector_limit,
        )
        return InlineTasks(self.ledger, around)

    def record(self, action: Action, subject: str, details: Mapping[str, Any]) -> None:
        """Note an audit entry, written with the act."""
        self.audit.append((action, subject, details))
        logs.note(action=action)

    # ------------------------------------------------------------------ saving

    def save(self) -> None:
        """Write down what the steps brought about: root, rows, ledger, audit, in this order. Raises Outdated if the tree is not what was read any more.

        Nothing is written before. What says that an act comes too late (a task, a timer that somebody else took) stands right before ``save``, so that it is
        the first to fail; what only goes with the act stands after it. Only a row that names a root which begins now has to follow its ``save``.
        """
        self.saved = True
        for lapsed in self.ledger.settle():
            self.record(Action.APPROVAL_LAPSE, lapsed.task, {"approval": str(lapsed.key), "names": list(lapsed.lapsed)})
        for row in self.ledger.printed_rows():
            details = {part: row[part] for part in ("template", "number", "name", "version", "size", "sha256")}
            subject = f"{row['process_id']}.{row['element_id']}"
            self.record(Action.DOCUMENT_PRINT, subject, {"document": str(row["key"]), **details})
        entries = self._audit_rows()
        self.journal.forget_ended()
        values = self._root_values()
        if self.version < 0:
            rows.insert(ProcessInstanceRow, [self._first_row() | values | {"overrides": self.overrides or None}])
        elif not instances.save_root(self.root_key, self.version, values):
            raise Outdated("此流程实例刚刚被他人更新,请刷新后重试")
        self.journal.write(self.ledger.offices, self.ledger.version_after)
        self.ledger.write()
        self.ledger.reassign()
        self._ask_again()
        rows.insert(AuditEntryRow, entries)

    def _ask_again(self) -> None:
        """Trees of the project that depend on what has changed are to be evaluated again."""
        if self.ledger.changes and self._project_key is not None:
            _, (_, office) = self.ledger.acting
            recounts.ask(
                self.ledger.changes,
                self._project_key,
                self.ledger.schema,
                by=f"{office}{self.actor.name}",
                counted=engine.counts_by_ledger(self.library),
                now=self.now,
            )

    def _root_values(self) -> dict[str, Any]:
        ended = self.journal.ended_root
        return {
            "blob": self.the_state.remains() if ended else self.the_state.dump(),
            "keys": {str(local): key for local, key in self.keys.items()},
            "state": self.the_state.root_state,
            "ended_at": self.now if ended else None,
            "audit_mac": self.audit_mac,
            "audit_count": self.audit_count,
        }

    def _first_row(self) -> dict[str, Any]:
        return instance(
            TreePlace(self.tenant, self.root_key, self.root_key),
            snapshot.process_definition(self.definition_key),
            local=1,
            parent_key=None,
            project_key=self._project_key,
            correlation_key=self.correlation_key,
            catalogue_version=self.library.version,
            now=self.now,
        )

    @property
    def _project_key(self) -> int | None:
        return self.project["key"] if self.project is not None else None

    def _audit_rows(self) -> list[dict[str, Any]]:
        entries = []
        for action, subject, details in self.audit:
            self.audit_count += 1
            entry = chained(
                self.audit_mac,
                audit_entry(
                    chain=self.root_key,
                    number=self.audit_count,
                    now=self.now,
                    action=action,
                    tenant=self.tenant,
                    user_key=self.actor.user,
                    user_name=self.actor.name,
                    project_key=self._project_key,
                    subject=subject,
                    details=details,
                ),
            )
            self.audit_mac = entry["mac"]
            entries.append(entry)
        return entries
