"""The ledger within one act: what connectors read of it, what they change, and how a change takes effect. How it is kept, its subclasses say."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
from app.domain.facts import LedgerSchema
from app.domain.forms import Form
from app.domain.keys import next_key
from app.domain.project_values import project_context
from app.engine.ledger import KnownLedger, Question
from app.errors import ConnectorError

T = TypeVar("T")

MOST_ROWS = 10_000  # that one query may give a process


@dataclass(frozen=True, slots=True)
class Entered:
    """A record of this act, and the element that made it."""

    record: PutRecord
    element_id: str


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
        self.appointed: list[SetOffice] = []
        self.records: list[Entered] = []
        self.notices: list[Told] = []
        self.messages: list[Sent] = []
        self._context: tuple[Any, dict[str, Any]] | None = None

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
        return KnownLedger(project=self._shown())

    def look_up(self, question: Question) -> Any:
        """What a step has asked. Roles with their offices come as role → [{key, name}, …]."""
        return self.role_offices()

    def _shown(self) -> dict[str, Any] | None:
        """The project as a context of its fields. An act takes many steps and changes little: what is replaced is seen by what stood in its place."""
        if self.project is None:
            return None
        parts = tuple(map(id, (self.project["facts"], self.project["offices"], self.project["phase"])))
        if self._context is None or self._context[0] != parts:
            self._context = parts, project_context(self.project, self.schema) or {}
        return self._context[1]

    # ------------------------------------------------------------------ how it is kept

    @property
    @abstractmethod
    def schema(self) -> LedgerSchema | None:
        """The fields of the ledger; None where nobody declares any."""

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
    def kept_projects(self, year: int | None) -> Iterable[Mapping[str, Any]]:
        """Rows of the district's projects, of one plan year or (None) all, oldest first."""

    @abstractmethod
    def next_number(self, kind: str, year: int) -> int:
        """The next running number of a kind and year."""

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

    def apply(self, changes: Iterable[Change], element_id: str) -> None:
        """Take a connector's changes; they are written with the act."""
        for change in changes:
            match change:
                case SetPhase():
                    self._set_phase(change.phase)
                case SetFacts():
                    self._set_facts(change.facts)
                case SetOffice():
                    self._set_office(change)
                case PutRecord():
                    self.records.append(Entered(change, element_id))
                case Notice():
                    self.notices.append(Told(change, element_id))
                case Publish():
                    self.messages.append(Sent(next_key(), change))

    def _the_project(self) -> dict[str, Any]:
        if self.project is None:
            raise ConnectorError("该流程实例不属于任何项目")
        self.is_changed = True
        return self.project

    def _set_phase(self, phase: str) -> None:
        project = self._the_project()
        if project["phase"] != phase:
            project["phase"] = phase
            project["phases"] = [*project["phases"], [phase, self.now.isoformat()]]

    def _set_facts(self, facts: Mapping[str, Any]) -> None:
        project = self._the_project()
        project["facts"] = {name: value for name, value in {**project["facts"], **facts}.items() if value is not None}
        project |= {
            column: value for column, value in typed(project["facts"]).items() if value is not None or column not in ("name", "number")
        }

    def _set_office(self, change: SetOffice) -> None:
        project = self._the_project()
        project["offices"] = {**project["offices"], change.role: [[change.office_key, change.office]]}
        if change.role == "applicant":
            project |= {"applicant_key": change.office_key, "applicant_office": change.office}
        project["facts"] = {**project["facts"], f"{change.role}Office": change.office}
        self.appointed.append(change)


def typed(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The typed columns of a project, from its facts."""

    def number(name: str) -> Decimal | None:
        value = facts.get(name)
        return Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None

    year = facts.get("planYear")
    return {
        "name": facts.get("projectName"),
        "number": facts.get("projectNumber"),
        "plan_year": year if isinstance(year, int) and not isinstance(year, bool) else None,
        "total_amount": number("totalAmount"),
        "contract_amount": number("contractAmount"),
    }


def _matches(data: Mapping[str, Any], filters: Mapping[str, Any]) -> bool:
    return all(data.get(name) == value for name, value in filters.items())


def _limited(found: Iterable[T], what: str) -> list[T]:
    limited: list[T] = []
    for item in found:
        if len(limited) >= MOST_ROWS:
            raise ConnectorError(f"“{what}”的查询结果超过 {MOST_ROWS} 条,请在模型中加上筛选条件")
        limited.append(item)
    return limited
