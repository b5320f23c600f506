"""The ledger within one act: what connectors read of it, what they change, and how a change takes effect. How it is kept, its subclasses say.

One file because every way in which an act changes the ledger has to be seen beside the others.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from app.connectors.calls import (
    OVERDUE,
    Change,
    FormRead,
    Found,
    FoundProject,
    FoundRecord,
    LedgerProject,
    Notice,
    NumberRead,
    OfficeRead,
    ProjectsRead,
    Publish,
    PutRecord,
    Read,
    RecordsRead,
    SetFacts,
    SetOffice,
    SetPhase,
)
from app.domain import districts
from app.domain.districts import District, Phase
from app.domain.fact_changes import UNCONFIRMED, FactChange, FactOrigin, confirm, set_facts, set_office, set_phase
from app.domain.facts import LedgerSchema, Right, RightKind
from app.domain.forms import Form
from app.domain.keys import next_key
from app.domain.project_values import project_context
from app.domain.reading import alias
from app.engine.approvals import differing
from app.engine.declarations import Whose
from app.engine.effects import (
    ROOT,
    ApprovalGiven,
    DocumentPrinted,
    Effect,
    FactWritten,
    InstanceEnded,
    PeopleTold,
    PhaseEntered,
    RecordMade,
    VariableSet,
)
from app.engine.ledger import (
    ApprovalsAsked,
    KnownApproval,
    KnownLedger,
    NamedAsked,
    NumberAsked,
    OfficesAsked,
    PrintAsked,
    ProjectsAsked,
    Question,
    RowsAsked,
)
from app.engine.reads import PLACE
from app.errors import ConnectorError

T = TypeVar("T")

MOST_ROWS = 10_000  # that one query may give a process


_OF_CONNECTORS = Right(kind=RightKind.CONNECTOR)
_OF_PHASES = Right(kind=RightKind.PHASE)
_OF_ENDS = Right(kind=RightKind.ENDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPlace:
    """Where a declared row belongs: see ``effects.RecordMade``."""

    process_id: str
    instance_key: int
    scope: int
    item: int
    round: int
    supersedes: bool
    stage: str
    office: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """A record of this act, and the element that made it; a connector's has no place."""

    record: PutRecord
    element_id: str
    place: RecordPlace | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What a person has said of values, and whether it still counts. ``role``, ``office``: in which the person acted; ``key`` as in the table of approvals."""

    key: int
    process_id: str
    element_id: str
    root_key: int
    instance_key: int
    scope: int
    item: int
    round: int
    required: int
    holds: bool
    values: Mapping[str, Any]
    digest: str
    role: str = ""
    office: tuple[int, str] = (0, "")
    lapsed: tuple[str, ...] = ()
    by: tuple[int, str] | None = None  # who has given it, where that is not whoever acts; 0: the system

    @property
    def task(self) -> str:
        return f"{self.process_id}.{self.element_id}"


@dataclass(frozen=True, slots=True)
class Told:
    """A notice of this act, and the element that gave it."""

    notice: Notice
    element_id: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A message of this act; its key says when, beside the signals that the same act throws."""

    key: int
    message: Publish


class Ledger(ABC):
    """The project of a tree (``project``: its row's values by column, None without one) and what this act does to it and to the registers."""

    def __init__(self, project: dict[str, Any] | None, now: datetime) -> None:
        self.project = project
        self.now = now
        self.is_changed = False
        self.appointed: dict[str, list[int]] = {}  # relation → the offices that have it from now on
        self.changes: list[FactChange] = []
        self.instance_keys: Mapping[int, int] = {}
        self.root_key = 0
        self.acting: tuple[str, tuple[int, str]] = ("", (0, ""))  # role and office of the person whose act this is
        self.approvals: list[Approval] = []
        self.variables: dict[tuple[int, str], Any] = {}  # (instance key, name) → what this act has set for whole process instances
        self.records: list[Entered] = []
        self.notices: list[Told] = []
        self.messages: list[Sent] = []
        self.printed: list[DocumentPrinted] = []
        self.survivors: frozenset[str] | None = None  # of the project's end in this act: the processes that go on; None: it has not ended
        self._context: tuple[tuple[Any, ...], dict[str, Any]] | None = None

    @property
    def offices(self) -> dict[str, list[list[Any]]] | None:
        """relation → [[key, name], …] of the project."""
        return self.project["offices"] if self.project is not None else None

    @property
    def project_key(self) -> int | None:
        return self.project["key"] if self.project is not None else None

    def seen(self) -> LedgerProject | None:
        """The project as connectors see it, changes of this act included."""
        if self.project is None:
            return None
        offices = {relation: [(int(key), name) for key, name in held] for relation, held in self.project["offices"].items()}
        return LedgerProject(self.project["key"], self.project["name"], self.project["phase"], self.project["facts"], offices)

    def known(self) -> KnownLedger:
        """What a step is told of the ledger, changes of this act included."""
        return KnownLedger(
            project=self._shown(),
            schema=self.schema,
            following=self.following,
            main_line=self.main_line,
            woken_by=districts.woken(self.every_phase or ()),
            lasting=districts.lasting(self.every_phase or (), self.district, self.project["phase"]) if self.project is not None else {},
            entered=[phase for phase, _ in self.project["phases"]] if self.project is not None else (),
            unconfirmed=frozenset(self.project[UNCONFIRMED]) if self.project is not None else frozenset(),
        )

    def look_up(self, question: Question) -> Any:
        """What a step has asked. Roles with their offices come as role → [{key, name}, …]."""
        match question:
            case OfficesAsked():
                return self.role_offices()
            case NamedAsked():
                return self.known_offices(question.keys)
            case NumberAsked():
                return self.next_number(question.series, question.year)
            case RowsAsked():
                return self._rows(question)
            case ProjectsAsked():
                return self._others(question)
            case PrintAsked():
                return self.print_document(question)
            case ApprovalsAsked():
                return tuple(self._known(one) for one in (*self.kept_approvals(), *self.approvals))

    def _rows(self, asked: RowsAsked) -> list[dict[str, Any]] | None:
        """Current rows of a register as expressions see them, those of this act included; None if they are too many."""
        if asked.scope == Whose.OFFICE:
            kept = self.kept_records_of(asked.kind, self._applicant)
        else:
            kept = self.kept_records(asked.kind, self.project_key if asked.scope == Whose.PROJECT else None)
        own = [self._found(entered) for entered in self.records if entered.record.kind == asked.kind]
        gone = {record.place for record in own if record.place is not None}
        of = {subject for record in own if (subject := self._subject(record.kind, record.data)) is not None}
        stay = (record for record in kept if record.place is None or record.place not in gone)
        if of:
            stay = (record for record in stay if self._subject(record.kind, record.data) not in of)
        found: list[dict[str, Any]] = []
        for record in (*stay, *own):
            if len(found) >= MOST_ROWS:
                return None
            found.append(self._as_row(record))
        return found

    def _subject(self, kind: str, data: Mapping[str, Any]) -> str | None:
        """What a row is of, in a register with a key (``x-key`` of its schema): a row takes the place of the one before with the same value."""
        form = self.form(kind)
        value = data.get(form.schema.get("x-key", "")) if form is not None else None
        return None if value is None else str(value)

    @property
    def _applicant(self) -> int:
        """The office of the tree's project; 0 of none."""
        return (self.project["applicant_key"] or 0) if self.project is not None else 0

    def _others(self, asked: ProjectsAsked) -> list[dict[str, Any]] | None:
        """The ledger rows of other projects as contexts; None if they are too many."""
        found: list[dict[str, Any]] = []
        for row in self.kept_projects(asked.year, asked.phase):
            if row["key"] == self.project_key or (asked.scope == Whose.OFFICE and row["applicant_key"] != self._applicant):
                continue
            if len(found) >= MOST_ROWS:
                return None
            context = project_context(row, self.schema) or {}
            if row["applicant_key"] != self._applicant and (named := alias(row["key"], "", row["facts"])):
                context["projectName"] = named
            found.append(context)
        return found

    def _found(self, entered: Entered) -> FoundRecord:
        place = entered.place
        return FoundRecord(
            key=entered.record.key,
            kind=entered.record.kind,
            data=entered.record.data,
            amount=entered.record.amount,
            created_at=self.now,
            project_key=self.project_key,
            place=None if place is None else (place.instance_key, place.scope, entered.element_id, place.item, place.round),
            process_id=place.process_id if place is not None else "",
            element_id=entered.element_id,
            stage=place.stage if place is not None else "",
            office=place.office if place is not None else None,
        )

    def _as_row(self, record: FoundRecord) -> dict[str, Any]:
        local = {key: number for number, key in self.instance_keys.items()}
        return {
            **record.data,
            "project": None if record.project_key is None else str(record.project_key),
            "process": record.process_id or None,
            "element": record.element_id or None,
            "stage": record.stage or None,
            "office": None if record.office is None else {"key": record.office[0], "name": record.office[1]},
            "at": record.created_at.isoformat(),
            PLACE: None if record.place is None else (local.get(record.place[0], 0), *record.place[1:]),
        }

    def _shown(self) -> dict[str, Any] | None:
        """The project as a context of its fields. An act takes many steps and changes little: what is replaced is seen by what stood in its place."""
        if self.project is None:
            return None
        parts = (self.project["facts"], self.project["offices"], self.project["phase"])
        if self._context is None or any(one is not other for one, other in zip(self._context[0], parts, strict=True)):
            self._context = parts, project_context(self.project, self.schema) or {}
        return self._context[1]

    # ------------------------------------------------------------------ how it is kept

    @property
    @abstractmethod
    def schema(self) -> LedgerSchema | None:
        """The fields of the ledger; None where nobody declares any."""

    @property
    @abstractmethod
    def every_phase(self) -> Sequence[Phase] | None:
        """The phases of the ledger in order; None where nobody can say."""

    @property
    @abstractmethod
    def district(self) -> District | None:
        """The district whose ledger it is; None of shared models alone."""

    @property
    def following(self) -> Mapping[str, Sequence[str]] | None:
        """Phase → those that may follow; None where nobody can say."""
        return None if self.every_phase is None else districts.following(self.every_phase)

    @property
    def main_line(self) -> Sequence[str]:
        """The main phases in order."""
        return districts.main_line(self.every_phase or ())

    @property
    @abstractmethod
    def relations(self) -> Mapping[str, str | None]:
        """Role of the district → the relation to the project by which offices have it; None: offices of the whole district have it."""

    @abstractmethod
    def known_offices(self, keys: Sequence[str]) -> Mapping[str, str]:
        """Those of these offices that there are, with their names."""

    @abstractmethod
    def kept_approvals(self) -> Iterable[Approval]:
        """Approvals of earlier acts, of the project or, without one, of the tree; oldest first."""

    @abstractmethod
    def last_writers(self, fields: Sequence[str]) -> Mapping[str, int]:
        """Facts of the project → the root of the tree by which each was written last; what no tree has written is left out."""

    @abstractmethod
    def role_offices(self) -> Mapping[str, Sequence[Mapping[str, str]]]:
        """Role of the district → its offices as values, those that are closed left out."""

    @abstractmethod
    def form(self, kind: str) -> Form | None:
        """The form of a register."""

    @abstractmethod
    def kept_records(self, kind: str, project_key: int | None) -> Iterable[FoundRecord]:
        """Records of earlier acts, of a project or (None) of the whole district, oldest first."""

    @abstractmethod
    def kept_records_of(self, kind: str, applicant: int) -> Iterable[FoundRecord]:
        """Records of earlier acts, of all projects that an office has applied for, oldest first."""

    @abstractmethod
    def kept_projects(self, year: int | None, phase: str | None = None) -> Iterable[Mapping[str, Any]]:
        """Rows of the district's projects, of one plan year or (None) all, in one phase or (None) any, oldest first."""

    @abstractmethod
    def next_number(self, kind: str, year: int) -> int:
        """The next running number of a kind and year."""

    @abstractmethod
    def print_document(self, asked: PrintAsked) -> Mapping[str, Any] | str | None:
        """The reference of the printed document; None where nothing is printed, a Chinese sentence where it cannot be."""

    @abstractmethod
    def office(self, name: str) -> int:
        """The key of the organisation with this name, made if it is new."""

    # ------------------------------------------------------------------ reading

    def read(self, read: Read | None) -> Found:
        """What a connector asks for, changes of this act included. Raises ConnectorError if it would be too much."""
        match read:
            case None:
                return None
            case RecordsRead():
                return self._records(read)
            case ProjectsRead():
                return self._projects(read)
            case NumberRead():
                return self.next_number(read.kind, read.year)
            case FormRead():
                return self.form(read.kind)
            case OfficeRead():
                return self.office(read.name)

    def _records(self, read: RecordsRead) -> list[FoundRecord] | None:
        if read.kind != OVERDUE and self.form(read.kind) is None:
            return None
        kept = self.kept_records(read.kind, self.project_key if read.scope == "project" else None)
        own = (
            FoundRecord(
                key=record.key, kind=record.kind, data=record.data, amount=record.amount, created_at=self.now, project_key=self.project_key
            )
            for record in (entered.record for entered in self.records)
            if record.kind == read.kind
        )
        return _limited((record for source in (kept, own) for record in source if _matches(record.data, read.filters)), read.kind)

    def _projects(self, read: ProjectsRead) -> list[FoundProject]:
        year = read.filters.get("planYear")
        found = []
        for row in self.kept_projects(year if isinstance(year, int) and not self.is_changed else None):
            values = self.project if self.project is not None and row["key"] == self.project["key"] else row
            facts = {**values["facts"], "planYear": values["facts"].get("planYear")}
            if (not read.phases or values["phase"] in read.phases) and _matches(facts, read.filters):
                found.append(FoundProject(values["key"], values["name"], values["phase"], values["applicant_office"], values["facts"]))
        return _limited(found, "projects")

    # ------------------------------------------------------------------ changing

    def apply(self, changes: Iterable[Change], element_id: str, process_id: str = "") -> None:
        """Take a connector's changes; they are written with the act."""
        origin = FactOrigin(process_id=process_id, element_id=element_id, right=_OF_CONNECTORS)
        for change in changes:
            match change:
                case SetPhase():
                    self._take(set_phase(self._the_project(), change.phase, self.now.isoformat(), origin))
                case SetFacts():
                    self._take(set_facts(self._the_project(), change.facts, self.schema, origin))
                case SetOffice():
                    self._take(set_office(self._the_project(), change.role, (change.office_key, change.office), origin))
                    self.appointed[change.role] = [change.office_key]
                case PutRecord():
                    self.records.append(Entered(change, element_id))
                case Notice():
                    self.notices.append(Told(change, element_id))
                case Publish():
                    self.messages.append(Sent(next_key(), change))

    def take(self, effects: Iterable[Effect], keys: Mapping[int, int]) -> None:
        """Take what elements have declared, every right asked again; it is written with the act. ``keys``: local instance → its key."""
        self.instance_keys = keys
        for effect in effects:
            match effect:
                case PhaseEntered():
                    origin = FactOrigin(process_id=effect.process_id, element_id=effect.element_id, right=_OF_PHASES)
                    self._take(set_phase(self._the_project(), effect.phase, self.now.isoformat(), origin))
                    self.survivors = districts.survivors(self.every_phase or (), self.district, effect.phase)
                case FactWritten():
                    self.write_facts(
                        {effect.field: effect.value},
                        FactOrigin(
                            process_id=effect.process_id, element_id=effect.element_id, right=effect.right, main_line=self.main_line
                        ),
                    )
                case RecordMade():
                    self.records.append(self._entered(effect, keys))
                case DocumentPrinted():
                    self.printed.append(effect)
                case PeopleTold():
                    self.notices += self._told(effect)
                case ApprovalGiven():
                    self._approve(effect, keys)
                case InstanceEnded() if effect.instance == ROOT:
                    self._let_go()
                case VariableSet() if not effect.scope:
                    self.variables[keys.get(effect.instance, effect.instance), effect.name] = effect.value

    def _let_go(self) -> None:
        """The tree has ended: what it has written that holds only while it is open holds no more (modelling.md §3)."""
        fields = self.schema.fields.values() if self.schema is not None and self.project is not None else ()
        held = [field.name for field in fields if field.while_open and self.project is not None and self.project["facts"].get(field.name)]
        if not held:
            return
        now = {change.field for change in self.changes}
        before = self.last_writers([name for name in held if name not in now])
        mine = {name: False for name in held if name in now or before.get(name) == self.root_key}
        self.write_facts(mine, FactOrigin(right=_OF_ENDS))

    def _approve(self, given: ApprovalGiven, keys: Mapping[int, int]) -> None:
        role, office, by = *self.acting, None
        if given.stands_for is not None and (repeated := self._repeated(given, keys)) is not None:
            role, office, by = repeated.role, repeated.office, repeated.by or self._author()
        self.approvals.append(
            Approval(
                key=next_key(),
                process_id=given.process_id,
                element_id=given.element_id,
                root_key=self.root_key,
                instance_key=keys.get(given.instance, given.instance),
                scope=given.scope,
                item=given.item,
                round=given.round,
                required=given.required,
                holds=given.holds,
                values=given.values,
                digest=given.digest,
                role=role,
                office=office,
                by=by,
            )
        )
        if self.project is not None and given.holds and not set(given.values) <= set(self.project["approved"]):
            self._the_project()["approved"] = sorted({*self.project["approved"], *given.values})

    def _repeated(self, given: ApprovalGiven, keys: Mapping[int, int]) -> Approval | None:
        """The approval that a standing one repeats: its person goes on to answer for it."""
        instance = keys.get(given.instance, given.instance)
        found = [
            one
            for one in (*self.kept_approvals(), *self.approvals)
            if (one.process_id, one.element_id, one.instance_key) == (given.process_id, given.element_id, instance)
            and (one.scope, one.round, one.item) == given.stands_for
        ]
        return found[-1] if found else None

    def _author(self) -> tuple[int, str] | None:
        """Whoever acts, as an approval names them; nobody in a rehearsal."""
        return None

    def lapsing(self) -> list[Approval]:
        """Compare what was approved with what this act has made of it so far: those that lapse, with the names that differ."""
        written = {change.field for change in self.changes} | {name for _, name in self.variables}
        under = set(self.project["approved"]) if self.project is not None else {name for one in self.approvals for name in one.values}
        if not written & under:
            return []
        lapsed = []
        for one in (*self.kept_approvals(), *self.approvals):
            gone = self._differing(one, written) if one.holds and not one.lapsed else []
            if gone:
                lapsed.append(replace(one, lapsed=tuple(gone)))
        return lapsed

    def settle(self) -> list[Approval]:
        """What has lapsed, once and at the end of the act. Their people are told."""
        lapsed = self.lapsing()
        new = {one.key: one for one in lapsed}
        self.approvals = [new.get(one.key, one) for one in self.approvals]
        self.notices += [Told(self._news(one), one.element_id) for one in lapsed if one.role]
        return lapsed

    def _differing(self, one: Approval, written: Collection[str]) -> list[str]:
        fields = self.schema.fields if self.schema is not None and self.project is not None else {}
        row = self._shown() or {}
        now = {name: row.get(name) for name in one.values if name in fields and name in written}
        now |= {
            name: self.variables[one.instance_key, name]
            for name in one.values
            if name not in fields and (one.instance_key, name) in self.variables
        }
        return differing(self.schema, one.values, now)

    def _news(self, one: Approval) -> Notice:
        fields = self.schema.fields if self.schema is not None else {}
        names = "、".join(fields[name].title if name in fields else name for name in one.lapsed)
        about = self.project["name"] if self.project is not None else ""
        return Notice(one.role, one.office[0], f"您的批准已失效:{names}有改动", about)

    def _known(self, one: Approval) -> KnownApproval:
        local = {key: number for number, key in self.instance_keys.items()}.get(one.instance_key)
        return KnownApproval(
            process_id=one.process_id,
            element_id=one.element_id,
            instance=local,
            visit=(one.instance_key if local is None else local, one.scope, one.round, local is None),
            item=one.item,
            required=one.required,
            holds=one.holds,
            lapsed=bool(one.lapsed),
            values=one.values,
        )

    def write_facts(self, values: Mapping[str, Any], origin: FactOrigin) -> None:
        """Write facts by a right. Raises FactRefused."""
        before = self._the_project()["offices"]
        self._take(set_facts(self._the_project(), values, self.schema, origin))
        after = self._the_project()["offices"]
        for relation in sorted({*before, *after}):
            if before.get(relation) != after.get(relation):
                self.appointed[relation] = [int(key) for key, _ in after.get(relation, ())]

    def confirm(self, name: str, origin: FactOrigin) -> None:
        """An owner says that an unconfirmed fact is right as it stands. Raises FactRefused."""
        self._take(confirm(self._the_project(), name, self.schema, origin))

    def _take(self, changed: tuple[dict[str, Any], list[FactChange]]) -> None:
        row, changes = changed
        if self.project is not None:
            self.project.update(row)
        self.changes += changes

    def _the_project(self) -> dict[str, Any]:
        if self.project is None:
            raise ConnectorError("该流程实例不属于任何项目")
        self.is_changed = True
        return self.project

    def _entered(self, made: RecordMade, keys: Mapping[int, int]) -> Entered:
        amount = made.data.get("amount")
        exact = Decimal(amount) if isinstance(amount, int | Decimal) and not isinstance(amount, bool) else None
        place = RecordPlace(
            process_id=made.process_id,
            instance_key=keys.get(made.instance, made.instance),
            scope=made.scope,
            item=made.item,
            round=made.round,
            supersedes=made.supersedes,
            stage=made.stage,
            office=(made.office.key, made.office.name) if made.office is not None else None,
        )
        return Entered(PutRecord(next_key(), made.kind, made.data, exact), made.element_id, place)

    def _told(self, told: PeopleTold) -> Iterator[Told]:
        """One notice a role and office. A role that belongs to the project's own offices goes to those, to nobody while there is none."""
        if told.office:
            yield Told(Notice("", int(told.office), told.title, told.text), told.element_id)
            return
        relation = self.relations.get(told.role)
        if relation is None or self.project is None:
            yield Told(Notice(told.role, 0, told.title, told.text), told.element_id)
            return
        for key, _ in self.project["offices"].get(relation, ()):
            yield Told(Notice(told.role, int(key), told.title, told.text), told.element_id)


def _matches(data: Mapping[str, Any], filters: Mapping[str, Any]) -> bool:
    return all(data.get(name) == value for name, value in filters.items())


def _limited(found: Iterable[T], what: str) -> list[T]:
    limited: list[T] = []
    for item in found:
        if len(limited) >= MOST_ROWS:
            raise ConnectorError(f"“{what}”的查询结果超过 {MOST_ROWS} 条,请在模型中加上筛选条件")
        limited.append(item)
    return limited
