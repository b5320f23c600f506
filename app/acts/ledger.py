"""The ledger of one act on the database: its rows are read as connectors ask, and written with the act."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.acts.candidates import candidates
from app.acts.prints import Press, Prints
from app.acts.rows import Row, TreePlace, approval, fact_change, message, notice, record, wait
from app.catalogue import districts, snapshot
from app.catalogue.snapshot import Snapshot
from app.connectors.calls import FoundRecord, forms_of
from app.connectors.ledger import Approval, Ledger, RecordPlace
from app.domain.districts import District, Phase
from app.domain.facts import LedgerSchema
from app.domain.forms import Form
from app.domain.keys import next_key
from app.domain.permissions import Actor
from app.domain.reading import alias, is_unsaid
from app.domain.states import MessageKind, WaitKind
from app.engine import PrintAsked
from app.errors import Outdated
from app.store import accounts, ledger, rows
from app.store.tables import ApprovalRow, DocumentRow, FactChangeRow, MessageRow, NotificationRow, OrganisationRow, RecordRow, WaitRow

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
    "approved",
    "unconfirmed",
)


_OF_NOBODY: dict[str, Any] = {"office_key": None, "office": None}
_ENDING = -2_000_000_000  # the number of a tree's wait for the end of its project: no wait of the engine and no task's deadline has it


class StoredLedger(Ledger):
    """See ``Ledger``. ``root_key``: of the tree that this act is on, 0 where it is about the project alone."""

    def __init__(
        self, library: Snapshot, project: dict[str, Any] | None, root_key: int, now: datetime, *, actor: Actor | None = None
    ) -> None:
        super().__init__(project, now)
        self.library = library
        self.root_key = root_key
        self.actor = actor
        self._kept: list[Approval] | None = None
        self.lapsed: list[Approval] = []
        self.prints = Prints()

    @property
    def version_after(self) -> int | None:
        """The project's version once this act is written; None without a project."""
        return None if self.project is None else self.project["version"] + int(self.is_changed)

    @property
    def schema(self) -> LedgerSchema | None:
        return self.library.ledger

    @property
    def every_phase(self) -> Sequence[Phase]:
        return districts.phases()

    @property
    def district(self) -> District:
        return snapshot.district(self.library.tenant)

    @property
    def relations(self) -> dict[str, str | None]:
        return {role.key: role.relation for role in self.district.roles.values()}

    # ------------------------------------------------------------------ reading

    def kept_approvals(self) -> list[Approval]:
        if self._kept is None:
            self._kept = [_kept(row) for row in ledger.approvals(self.project_key, self.root_key)]
        return self._kept

    def last_writers(self, fields: Sequence[str]) -> dict[str, int]:
        return ledger.last_writers(self.project_key, fields) if fields and self.project_key is not None else {}

    def known_offices(self, keys: Sequence[str]) -> dict[str, str]:
        wanted = [int(key) for key in keys if key.isascii() and key.isdigit() and len(key) < 19]
        return {str(key): name for key, name in ledger.organisations(self.library.tenant, wanted)}

    def role_offices(self) -> dict[str, list[dict[str, str]]]:
        known = {row.name: str(row.key) for row in accounts.offices(self.library.tenant) if row.closed_at is None}
        roles = self.district.roles.values()
        return {role.key: [{"key": known[name], "name": name} for name in role.offices if name in known] for role in roles}

    def form(self, kind: str) -> Form | None:
        found = next((found for form in forms_of(kind) if (found := self.library.reference("form", form))), None)
        return snapshot.form(found.key) if found else None

    def kept_records(self, kind: str, project_key: int | None) -> Iterator[FoundRecord]:
        return self._as_found(ledger.records(self.library.tenant, kind, project_key))

    def kept_records_of(self, kind: str, applicant: int) -> Iterator[FoundRecord]:
        return self._as_found(ledger.records_of_office(self.library.tenant, kind, applicant))

    @staticmethod
    def _as_found(found: Iterable[Any]) -> Iterator[FoundRecord]:
        for row in found:
            yield FoundRecord(
                key=row.key,
                kind=row.kind,
                data=row.data,
                amount=row.amount,
                created_at=row.created_at,
                project_key=row.project_key,
                place=None if row.round is None else (row.instance_key, row.scope, row.element_id, row.item, row.round),
                process_id=row.process_id,
                element_id=row.element_id,
                stage=row.stage,
                office=(str(row.office_key), row.office) if row.office_key else None,
            )

    def kept_projects(self, year: int | None, phase: str | None = None) -> Iterable[Mapping[str, Any]]:
        return (dict(row._mapping) for row in ledger.projects(self.library.tenant, (phase,) if phase else (), year))

    def next_number(self, kind: str, year: int) -> int:
        return ledger.next_number(self.library.tenant, kind, year)

    def office(self, name: str) -> int:
        found = ledger.organisation(self.library.tenant, name)
        if found is None:
            found = next_key()
            row = {"key": found, "tenant": self.library.tenant, "name": name, "created_at": self.now}
            if not rows.insert_new(OrganisationRow, [row], ["tenant", "name"]):
                found = ledger.organisation(self.library.tenant, name) or found
        return found

    def print_document(self, asked: PrintAsked) -> Mapping[str, Any] | str | None:
        press = Press(library=self.library, project=self.project, root_key=self.root_key, now=self.now, next_number=self.next_number)
        return self.prints.made(press, asked)

    # ------------------------------------------------------------------ writing

    def write(self) -> None:
        """Write the project, its offices, records, notices and messages down. Raises Outdated if the project is not what was read any more."""
        if self.project is not None and self.is_changed:
            known = self.schema.fields if self.schema is not None else ()
            unsaid = is_unsaid(self.project["phase"], self.project["facts"], known)
            named = alias(self.project["key"], self.project["number"], self.project["facts"], unsaid=unsaid)
            values = {name: self.project[name] for name in _COLUMNS} | {"updated_at": self.now, "alias": named}
            if not ledger.save_project(self.project["key"], self.project["version"], values):
                raise Outdated("本项目的台账刚刚被他人更新,请刷新后重试")
        for relation, offices in self.appointed.items():
            ledger.set_offices(self.project_key or 0, relation, offices)
        rows.insert(FactChangeRow, self._change_rows())
        for entered in self.records:
            if entered.place is not None and entered.place.supersedes:
                ledger.supersede(self.root_key, entered.element_id, self.now, place=_where(entered.place))
        rows.insert(RecordRow, self._in_place(self._record_rows()))
        rows.insert(ApprovalRow, self._approval_rows())
        new = {one.key for one in self.approvals}
        for one in self.lapsed:
            if one.key not in new:
                ledger.lapse(one.key, list(one.lapsed), self.now)
        rows.insert(DocumentRow, self.printed_rows())
        rows.insert(NotificationRow, self._notice_rows())
        rows.insert(MessageRow, self._message_rows())
        if self.survivors is not None and self.project is not None:
            self._end(self.project["key"], self.survivors)

    def _end(self, project_key: int, survivors: Collection[str]) -> None:
        """Note for the project's other trees that it has ended; each is told in an act of its own."""
        told = [
            wait(
                TreePlace(self.library.tenant, root.key, root.key),
                number=_ENDING,
                element=0,
                process_id=root.process_id,
                definition_key=root.definition_key,
                element_id=root.process_id,
                kind=WaitKind.ENDING,
                due_at=self.now,
                now=self.now,
            )
            for root in ledger.open_roots_of(project_key)
            if root.key != self.root_key and root.process_id not in survivors
        ]
        rows.insert_new(WaitRow, told, ["root_key", "wait"])

    def reassign(self) -> None:
        """After new offices: say again who may do the project's open tasks. Call when this act's own tasks are written."""
        if self.appointed and self.project is not None:
            tasks = ledger.open_tasks_of(self.project["key"])
            if tasks:
                ledger.replace_candidates(
                    [task["key"] for task in tasks], [row for task in tasks for row in candidates(task, self.offices)]
                )

    def _in_place(self, entries: list[Row]) -> list[Row]:
        """In a register with a key the last of a subject counts, and takes the place of those before."""
        last: dict[tuple[str, str], Row] = {}
        for entry in entries:
            if entry["subject"] is not None:
                if (before := last.get(of := (entry["kind"], entry["subject"]))) is not None:
                    before["superseded_at"] = self.now
                else:
                    ledger.take_place(self.library.tenant, *of, self.now)
                last[of] = entry
        return entries

    def printed_rows(self) -> list[Row]:
        """The documents that this act has printed, in order; one that stands as it was is among them no more."""
        wanted = dict.fromkeys(one.key for one in self.printed)
        return [row for key, row in self.prints.rows.items() if key in wanted]

    def _record_rows(self) -> list[Row]:
        return [
            record(
                key=entered.record.key,
                tenant=self.library.tenant,
                kind=entered.record.kind,
                data=entered.record.data,
                amount=entered.record.amount,
                project_key=self.project_key,
                root_key=self.root_key,
                element_id=entered.element_id,
                place=_columns(entered.place),
                now=self.now,
                subject=self._subject(entered.record.kind, entered.record.data),
            )
            for entered in self.records
        ]

    def _author(self) -> tuple[int, str] | None:
        return (self.actor.user, self.actor.name) if self.actor is not None else None

    def settle(self) -> list[Approval]:
        self.lapsed = super().settle()
        return self.lapsed

    def _approval_rows(self) -> list[Row]:
        return [
            approval(
                one,
                tenant=self.library.tenant,
                project_key=self.project_key,
                user_key=one.by[0] if one.by is not None else self.actor.user if self.actor is not None else 0,
                user_name=one.by[1] if one.by is not None else self.actor.name if self.actor is not None else "",
                now=self.now,
            )
            for one in self.approvals
        ]

    def _change_rows(self) -> list[Row]:
        return [
            fact_change(
                tenant=self.library.tenant,
                project_key=self.project_key or 0,
                root_key=self.root_key,
                process_id=change.origin.process_id,
                element_id=change.origin.element_id,
                field=change.field,
                before=change.before,
                after=change.after,
                right=change.origin.right.kind,
                source=str(change.origin.right.source or ""),
                role=change.origin.role or "",
                version=self.project["version"] + 1 if self.project is not None else 0,
                user_key=self.actor.user if self.actor is not None else 0,
                user_name=self.actor.name if self.actor is not None else "",
                now=self.now,
            )
            for change in self.changes
        ]

    def _notice_rows(self) -> list[Row]:
        return [
            notice(
                tenant=self.library.tenant,
                role=told.notice.role,
                office_key=told.notice.office_key,
                title=told.notice.title,
                text=told.notice.text,
                project_key=self.project_key,
                root_key=self.root_key,
                element_id=told.element_id,
                now=self.now,
            )
            for told in self.notices
        ]

    def _message_rows(self) -> list[Row]:
        return [
            message(
                key=sent.key,
                tenant=self.library.tenant,
                kind=MessageKind.MESSAGE,
                name=sent.message.name,
                correlation_key=sent.message.correlation_key,
                variables=sent.message.variables,
                project_key=self.project_key,
                source_root=self.root_key,
                published_at=self.now,
                expires_at=sent.message.expires_at,
            )
            for sent in self.messages
        ]


def _columns(place: RecordPlace | None) -> Row:
    """Where a declared row belongs, by column; a connector's row belongs nowhere in particular."""
    if place is None:
        return {"process_id": "", "instance_key": None, "scope": None, "item": None, "round": None, "stage": "", **_OF_NOBODY}
    return {
        "process_id": place.process_id,
        "instance_key": place.instance_key,
        "scope": place.scope,
        "item": place.item,
        "round": place.round,
        "stage": place.stage,
        **(_OF_NOBODY if place.office is None else {"office_key": int(place.office[0]), "office": place.office[1]}),
    }


def _where(place: RecordPlace) -> Row:
    """What tells the row of a place from all others."""
    return {name: value for name, value in _columns(place).items() if name not in ("process_id", "stage", *_OF_NOBODY)}


def _kept(row: Any) -> Approval:
    return Approval(
        key=row.key,
        process_id=row.process_id,
        element_id=row.element_id,
        root_key=row.root_key or 0,
        instance_key=row.instance_key,
        scope=row.scope,
        item=row.item,
        round=row.round,
        required=row.required,
        holds=row.holds,
        values=row.approved_values,
        digest=row.digest,
        role=row.role,
        office=(row.office_key, row.office),
        lapsed=tuple(row.lapsed_names or ()),
        by=(row.user_key or 0, row.user_name),
    )
