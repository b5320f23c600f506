"""The ledger within one act: what connectors read, what they change, and the writing of it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from app.acts.candidates import candidates
from app.catalogue import snapshot
from app.catalogue.snapshot import Snapshot
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
    forms_of,
)
from app.domain.forms import Form
from app.domain.keys import next_key
from app.errors import ConnectorError, Outdated
from app.store import ledger, rows
from app.store.tables import MessageRow, NotificationRow, OrganisationRow, RecordRow

T = TypeVar("T")

MOST_ROWS = 10_000  # that one query may give a process
_COLUMNS = (
    "number",
    "name",
    "phase",
    "applicant_key",
    "applicant_office",
    "plan_year",
    "total_amount",
    "contract_amount",
    "facts",
    "offices",
    "phases",
)


class Ledger:
    """The project of a tree (``project``: its row's values, None without one) and what this act does to the registers."""

    def __init__(self, library: Snapshot, project: dict[str, Any] | None, root_key: int, now: datetime) -> None:
        self.library = library
        self.project = project
        self.root_key = root_key
        self.now = now
        self.published = 0
        self._changed = False
        self._offices: list[tuple[str, int]] = []
        self._records: list[dict[str, Any]] = []
        self._notices: list[dict[str, Any]] = []
        self._messages: list[dict[str, Any]] = []

    @property
    def offices(self) -> dict[str, list[list[Any]]] | None:
        """relation → [[key, name], …] of the project."""
        return self.project["offices"] if self.project is not None else None

    def seen(self) -> LedgerProject | None:
        """The project as connectors see it, changes of this act included."""
        if self.project is None:
            return None
        offices = {relation: [(int(key), name) for key, name in held] for relation, held in self.project["offices"].items()}
        return LedgerProject(self.project["key"], self.project["name"], self.project["phase"], self.project["facts"], offices)

    # ------------------------------------------------------------------ reading

    def read(self, read: Read | None) -> Found:
        """What a connector asks for, changes of this act included. Raises ConnectorError if it would be too much."""
        match read:
            case None:
                return None
            case RecordsRead():
                return self._read_records(read)
            case ProjectsRead():
                return self._read_projects(read)
            case NumberRead():
                return ledger.next_number(self.library.tenant, read.kind, read.year)
            case FormRead():
                return self._form(read.kind)
            case OfficeRead():
                return self._read_office(read)

    def _form(self, kind: str) -> Form | None:
        found = next((found for form in forms_of(kind) if (found := self.library.reference("form", form))), None)
        return snapshot.form(found.key) if found else None

    def _read_records(self, read: RecordsRead) -> list[FoundRecord] | None:
        if read.kind != OVERDUE and self._form(read.kind) is None:
            return None
        own = self.project["key"] if read.scope == "project" and self.project is not None else None
        stored = (
            FoundRecord(row.key, row.kind, row.data, row.amount, row.created_at, row.project_key)
            for row in ledger.records(self.library.tenant, read.kind, own)
        )
        pending = (
            FoundRecord(row["key"], row["kind"], row["data"], row["amount"], row["created_at"], row["project_key"])
            for row in self._records
            if row["kind"] == read.kind
        )
        return _limited((record for source in (stored, pending) for record in source if _matches(record.data, read.filters)), read.kind)

    def _read_projects(self, read: ProjectsRead) -> list[FoundProject]:
        year = read.filters.get("planYear")
        found = []
        for row in ledger.projects(self.library.tenant, (), year if isinstance(year, int) and not self._changed else None):
            values: Mapping[str, Any] = dict(row._mapping)
            if self.project is not None and row.key == self.project["key"]:
                values = self.project
            facts = {**values["facts"], "planYear": values["facts"].get("planYear")}
            if (not read.phases or values["phase"] in read.phases) and _matches(facts, read.filters):
                found.append(FoundProject(values["key"], values["name"], values["phase"], values["applicant_office"], values["facts"]))
        return _limited(found, "projects")

    def _read_office(self, read: OfficeRead) -> int:
        found = ledger.organisation(self.library.tenant, read.name)
        if found is None:
            found = next_key()
            row = {"key": found, "tenant": self.library.tenant, "name": read.name, "created_at": self.now}
            if not rows.insert_new(OrganisationRow, [row], ["tenant", "name"]):
                found = ledger.organisation(self.library.tenant, read.name) or found
        return found

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
                    self._put_record(change, element_id)
                case Notice():
                    self._notices.append({
                        "key": next_key(), "tenant": self.library.tenant, "role": change.role, "office_key": change.office_key, "title": change.title,
                        "text": change.text, "project_key": self._project_key, "root_key": self.root_key, "element_id": element_id, "created_at": self.now,
                    })  # fmt: skip
                case Publish():
                    self.published += 1
                    self._messages.append({
                        "key": next_key(), "tenant": self.library.tenant, "kind": "message", "name": change.name, "correlation_key": change.correlation_key,
                        "variables": dict(change.variables), "project_key": self._project_key, "source_root": self.root_key, "state": "open",
                        "published_at": self.now, "expires_at": change.expires_at,
                    })  # fmt: skip

    @property
    def _project_key(self) -> int | None:
        return self.project["key"] if self.project is not None else None

    def _the_project(self) -> dict[str, Any]:
        if self.project is None:
            raise ConnectorError("该流程实例不属于任何项目")
        self._changed = True
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
        self._offices.append((change.role, change.office_key))

    def _put_record(self, change: PutRecord, element_id: str) -> None:
        self._records.append({
            "key": change.key, "tenant": self.library.tenant, "project_key": self._project_key, "kind": change.kind, "data": dict(change.data),
            "amount": change.amount, "root_key": self.root_key, "element_id": element_id, "created_at": self.now,
        })  # fmt: skip

    def write(self) -> None:
        """Write the project, its offices, records, notices and messages down. Raises Outdated if the project is not what was read any more."""
        if self.project is not None and self._changed:
            values = {name: self.project[name] for name in _COLUMNS} | {"updated_at": self.now}
            if not ledger.save_project(self.project["key"], self.project["version"], values):
                raise Outdated("本项目的台账刚刚被他人更新,请刷新后重试")
        for role, office in self._offices:
            ledger.set_office(self.project["key"] if self.project else 0, role, office)
        rows.insert(RecordRow, self._records)
        rows.insert(NotificationRow, self._notices)
        rows.insert(MessageRow, self._messages)

    def reassign(self) -> None:
        """After new offices: say again who may do the project's open tasks. Call when this act's own tasks are written."""
        if self._offices and self.project is not None:
            tasks = ledger.open_tasks_of(self.project["key"])
            if tasks:
                ledger.replace_candidates(
                    [task["key"] for task in tasks], [row for task in tasks for row in candidates(task, self.offices)]
                )


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
