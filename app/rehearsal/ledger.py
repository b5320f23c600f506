"""A district's ledger in memory: projects, registers, numbers and offices, under the rules that the server's ledger has.

One file because it is one interface, each of whose questions is answered from the same few lists.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any

from app.codes import InstallationCode
from app.connectors.calls import OVERDUE, FoundRecord, RoleFacts, SetFacts, SetPhase, forms_of
from app.connectors.inline import roles_of
from app.connectors.ledger import Approval, Entered, Ledger
from app.domain import documents
from app.domain.districts import District, Phase, RoleInfo
from app.domain.documents import is_classified
from app.domain.fact_changes import typed
from app.domain.facts import LedgerSchema
from app.domain.forms import Form
from app.domain.keys import next_key
from app.domain.templates import file_name, number_of, series_of
from app.engine.ledger import KnownLedger, OfficesAsked, PrintAsked
from app.engine.spiff import LevelSpec
from app.errors import InvalidRequest
from app.rehearsal.library import Models

APPLICANT = "applicant"
FIRST_PHASE = "draft"  # of a project of which nothing is said, where nobody knows the phases
NOT_FACTS = frozenset({"projectKey", "phase"})


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A document that the run has printed: of nobody's bytes, but of another hash as soon as it says something else."""

    template: str
    digest: str
    number: str
    version: int
    reference: Mapping[str, Any]
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NoticeGiven:
    """A notice of the run: to a role, in the office of this name ("": in any)."""

    role: str
    office: str
    title: str


class LedgerInMemory:
    """``own``: the project that the first tree belongs to, None without one. ``phases``, ``roles``: None where nobody can say which there are.

    ``alone``: of a diagram without its installation, where any register may be meant.
    """

    def __init__(self, models: Models, phases: Sequence[str] | None = None, *, alone: bool = False) -> None:
        self.models = models
        self.phases = phases
        self.alone = alone
        self.own: int | None = None
        self.projects: dict[int, dict[str, Any]] = {}
        self.records: list[FoundRecord] = []
        self.notices: list[NoticeGiven] = []
        self.approvals: list[tuple[int | None, Approval]] = []
        self.writers: dict[tuple[int | None, str], int] = {}  # (project, fact) → the tree that has written it last
        self.numbers: Counter[tuple[str, int]] = Counter()
        self.documents: dict[tuple[int, str, str], MadeUp] = {}  # (root, template, place) → the newest version
        self._offices: dict[str, int] = {}
        self._holders: dict[str, list[dict[str, str]]] | None = None
        self._contexts: dict[int, Any] = {}
        self._keys = count(1)

    def holders(self) -> dict[str, list[dict[str, str]]]:
        """Role → its offices as values."""
        if self._holders is None:
            roles = self.district.roles.values() if self.district is not None else ()
            self._holders = {role.key: [{"key": str(self.office(name)), "name": name} for name in role.offices] for role in roles}
        return self._holders

    @property
    def district(self) -> District | None:
        return self.models.district

    @property
    def roles(self) -> Mapping[str, RoleFacts] | None:
        return roles_of(self.district) if self.district is not None and self.district.roles else None

    def office(self, name: str) -> int:
        return self._offices.setdefault(name, len(self._offices) + 1)

    def office_names(self) -> dict[int, str]:
        return {key: name for name, key in self._offices.items()}

    def form(self, kind: str) -> Form | None:
        found = next((found for form in forms_of(kind) if (found := self.models.form(form)) is not None), None)
        return Form(kind, kind, {"type": "object", "properties": {}}) if found is None and self.alone else found

    def starter(self, process_id: str) -> tuple[str, str] | None:
        """The office in which a process is begun by hand: the first that holds the role, where that belongs to no project."""
        info = self.district.processes.get(process_id) if self.district is not None else None
        role = self.district.roles.get(info.start_role or "") if info is not None and self.district is not None else None
        name = next(iter(role.offices), None) if role is not None and role.relation is None else None
        return (str(self.office(name)), name) if name is not None else None

    def belongs(self, process_id: str) -> bool:
        """Whether instances of a process are about one project: all are, unless the district's file says that one is by the year."""
        info = self.district.processes.get(process_id) if self.district is not None else None
        return info is None or info.per == "project"

    def named(self, key: str) -> int | None:
        """The project that a correlation key names, if it is one."""
        return int(key) if key.isascii() and key.isdigit() and int(key) in self.projects else None

    # ------------------------------------------------------------------ filling

    def add_project(self, fields: Mapping[str, Any], now: datetime, process_id: str = "") -> int:
        """A project with these facts; ``projectKey`` and ``phase`` among them, if they can be. Without a phase: one in which the process may be started.

        An office may be told by its name, or by {key, name}. Raises InvalidRequest (LEDGER) for a phase that there is not.
        """
        facts = {name: office_name(value) for name, value in fields.items() if name not in NOT_FACTS and value is not None}
        key = self._key(fields.get("projectKey"))
        phase = self._phase(fields.get("phase"), process_id)
        offices = self._held(facts)
        ((applicant_key, applicant),) = offices[APPLICANT]
        self.projects[key] = {
            "key": key, "number": "", "name": "", "phase": phase, "applicant_key": applicant_key, "applicant_office": applicant, "facts": facts,
            "offices": offices, "phases": [[phase, now.isoformat()]], "approved": [], "unconfirmed": [],
            **{column: value for column, value in typed(facts).items() if value is not None},
        }  # fmt: skip
        return key

    def add_records(self, kind: str, rows: Iterable[Mapping[str, Any]], project: int | None, now: datetime) -> None:
        """Entries of a register from before the run. Raises InvalidRequest (LEDGER) for a register or a field that there is not."""
        form = self.form(kind)
        if form is None and kind != OVERDUE:
            raise InvalidRequest(f"没有登记簿“{kind}”的表单 forms/records/{kind}.json", code=InstallationCode.LEDGER)
        for row in rows:
            answered = form.answered(row) if form is not None else row
            data = {name: value for name, value in answered.items() if value is not None}
            problems = form.validate(data, partial=True) if form is not None else []
            if problems:
                raise InvalidRequest(
                    f"登记簿“{kind}”不收:" + ";".join(problem.message for problem in problems), code=InstallationCode.LEDGER
                )
            amount = data.get("amount")
            known = Decimal(amount) if isinstance(amount, int | Decimal) and not isinstance(amount, bool) else None
            self.records.append(FoundRecord(key=next_key(), kind=kind, data=data, amount=known, created_at=now, project_key=project))

    def add_approval(self, task: str, values: Mapping[str, Any]) -> None:
        """An approval of the own project from before the run."""
        process_id, _, element_id = task.partition(".")
        if self.own is None or not element_id:
            raise InvalidRequest(f"approved 的“{task}”应写成“流程.任务”,并且要有项目", code=InstallationCode.LEDGER)
        given = Approval(
            key=next_key(), process_id=process_id, element_id=element_id, root_key=0, instance_key=-next(self._keys), scope=0, item=0, round=1, required=1,
            holds=True, values=dict(values), digest="-",
        )  # fmt: skip
        self.approvals.append((self.own, given))
        project = self.projects[self.own]
        self.projects[self.own] = {**project, "approved": sorted({*project["approved"], *values})}

    def standing(self, now: datetime) -> dict[str, bool]:
        """``process.task`` → whether its newest round stands, of the own project's approvals."""
        found: dict[str, list[Approval]] = {}
        for project, one in self.approvals:
            if project == self.own:
                found.setdefault(one.task, []).append(one)
        result = {}
        for task, given in found.items():
            newest = given[-1]
            by_item = {
                one.item: one
                for one in given
                if (one.instance_key, one.scope, one.round) == (newest.instance_key, newest.scope, newest.round)
                and one.item <= newest.required
            }
            result[task] = all(one.holds and not one.lapsed for one in by_item.values()) and len(by_item) == newest.required
        return result

    def correct(self, values: Mapping[str, Any], now: datetime) -> None:
        """Change facts of the own project from outside, as a file without a ledger of its own does by changing variables."""
        if self.own is None:
            return
        ledger = self.open(self.own, now)
        ledger.apply([SetFacts({name: value for name, value in values.items() if name not in NOT_FACTS})], "")
        phase = values.get("phase")
        if isinstance(phase, str) and phase in (self.phases or ()):
            ledger.apply([SetPhase(phase)], "")
        ledger.write()

    def _key(self, wanted: object) -> int:
        text = str(wanted) if isinstance(wanted, str | int) and not isinstance(wanted, bool) else ""
        if text.isascii() and text.isdigit() and 0 < int(text) < 2**63 and int(text) not in self.projects:
            return int(text)
        return next(key for key in self._keys if key not in self.projects)

    def _phase(self, wanted: object, process_id: str) -> str:
        if wanted is not None:
            if not isinstance(wanted, str) or (self.phases is not None and wanted not in self.phases):
                raise InvalidRequest(
                    f"阶段“{wanted}”不在 districts/phases.toml 中,可用:{'、'.join(self.phases or ())}", code=InstallationCode.LEDGER
                )
            return wanted
        info = self.district.processes.get(process_id) if self.district is not None else None
        before = (*(info.start_phases if info else ()), *self._leading(process_id), *(self.phases or ()), FIRST_PHASE)
        return before[0]

    def _leading(self, process_id: str) -> Iterator[str]:
        """The phases of the main line that lead into the first which a process declares."""
        definition, known = self.models.process(process_id), self.models.phases or ()
        entered = set(_declared(definition.spec)) if definition is not None else set()
        first = next((phase.key for phase in known if phase.main and phase.key in entered), None)
        return (phase.key for phase in known if phase.main and first in phase.next)

    def _held(self, facts: Mapping[str, Any]) -> dict[str, list[list[Any]]]:
        """The project's own offices: those its facts name, and always one that applied."""
        relations = {info.relation for info in (self.district.roles.values() if self.district else ()) if info.relation} | {APPLICANT}
        names = {relation: facts.get(f"{relation}Office") for relation in sorted(relations)}
        if not isinstance(names[APPLICANT], str) or not names[APPLICANT]:
            info = self.district.roles.get(APPLICANT) if self.district is not None else None
            names[APPLICANT] = next(iter(info.offices if info else ()), "申报单位")
        return {relation: [[self.office(name), name]] for relation, name in names.items() if isinstance(name, str) and name}

    # ------------------------------------------------------------------ looking

    def fields(self) -> dict[str, Any]:
        """The own project's fields by name; none without a project."""
        if self.own is None:
            return {}
        project = self.projects[self.own]
        platform = {
            "projectKey": str(self.own),
            "projectName": project["name"],
            "phase": project["phase"],
            "applicantOffice": project["applicant_office"],
        }
        facts = {name: office_name(value) for name, value in project["facts"].items()}
        return {**facts, **{name: value for name, value in platform.items() if value}}

    @property
    def phase(self) -> str | None:
        return self.projects[self.own]["phase"] if self.own is not None else None

    def entered(self, kind: str) -> list[Mapping[str, Any]]:
        """A register's rows of the own project (of no project, without one), oldest first."""
        return [record.data for record in self.records if record.kind == kind and record.project_key == self.own]

    def change(self, kind: str, changed: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
        """Let the rows of a register of the platform's own be what ``changed`` makes of them."""
        self.records = [replace(record, data=changed(record.data)) if record.kind == kind else record for record in self.records]

    def registers(self) -> Counter[str]:
        """How many rows each register has of the own project."""
        return Counter(record.kind for record in self.records if record.project_key == self.own)

    # ------------------------------------------------------------------ one act

    def phase_of(self, project: int | None) -> str:
        """The phase that a project is in."""
        return str(self.projects[project]["phase"]) if project is not None else ""

    def open(self, project: int | None, now: datetime) -> "RehearsedLedger":
        """The ledger of one act on a tree of this project."""
        return RehearsedLedger(self, dict(self.projects[project]) if project is not None else None, now)


class RehearsedLedger(Ledger):
    """See ``Ledger``."""

    def __init__(self, memory: LedgerInMemory, project: dict[str, Any] | None, now: datetime) -> None:
        super().__init__(project, now)
        self.memory = memory
        self._context = memory._contexts.get(self.project_key or 0)

    @property
    def schema(self) -> LedgerSchema | None:
        return self.memory.models.ledger

    def role_offices(self) -> dict[str, list[dict[str, str]]]:
        return self.memory.holders()

    @property
    def _roles(self) -> Collection[RoleInfo]:
        return self.memory.district.roles.values() if self.memory.district is not None else ()

    @property
    def every_phase(self) -> Sequence[Phase] | None:
        return self.memory.models.phases

    @property
    def district(self) -> District | None:
        return self.memory.district

    @property
    def relations(self) -> dict[str, str | None]:
        return {role.key: role.relation for role in self._roles}

    def kept_approvals(self) -> list[Approval]:
        mine = self.project_key
        return [one for project, one in self.memory.approvals if project == mine and (project is not None or one.root_key == self.root_key)]

    def last_writers(self, fields: Sequence[str]) -> dict[str, int]:
        mine = {(self.project_key, field): field for field in fields}
        return {mine[place]: root for place, root in self.memory.writers.items() if place in mine}

    def known_offices(self, keys: Sequence[str]) -> dict[str, str]:
        """Any that a scenario names by a number: which there are, nobody has registered."""
        names = self.memory.office_names()
        return {key: names.get(int(key), "") for key in keys if key.isascii() and key.isdigit()}

    def known(self) -> KnownLedger:
        """A rehearsal lets go of the state that a step begins with, so that what may be asked at any time is told before."""
        return replace(super().known(), answers={OfficesAsked(): self.role_offices()})

    def form(self, kind: str) -> Form | None:
        return self.memory.form(kind)

    def kept_records(self, kind: str, project_key: int | None) -> Iterator[FoundRecord]:
        return (record for record in self.memory.records if record.kind == kind and project_key in (None, record.project_key))

    def kept_records_of(self, kind: str, applicant: int) -> Iterator[FoundRecord]:
        mine = {key for key, row in self.memory.projects.items() if row.get("applicant_key") == applicant}
        return (record for record in self.memory.records if record.kind == kind and record.project_key in mine)

    def kept_projects(self, year: int | None, phase: str | None = None) -> Iterable[Mapping[str, Any]]:
        rows = (row for _, row in sorted(self.memory.projects.items()))
        return [row for row in rows if year in (None, row.get("plan_year")) and phase in (None, row["phase"])]

    def next_number(self, kind: str, year: int) -> int:
        self.memory.numbers[kind, year] += 1
        return self.memory.numbers[kind, year]

    def print_document(self, asked: PrintAsked) -> Mapping[str, Any] | None:
        """Nothing of a classified project, as in the installation."""
        template = self.memory.models.template(asked.template)
        if template is None or is_classified(self.project, {}):
            return None
        place = (self.root_key, asked.template, asked.place)
        before = self.memory.documents.get(place)
        if before is not None and before.digest == asked.digest:
            return before.reference
        year = self.now.astimezone(self.memory.models.zone).year
        number = before.number if before is not None else number_of(year, self.next_number(series_of(asked.template), year))
        version = before.version + 1 if before is not None else 1
        made = documents.made_up({documents.FORMAT: file_name(template.title, number, version, template.ending)})
        sha256 = hashlib.sha256(f"{asked.digest} {number} {version}".encode()).hexdigest()
        reference = {**made, "sha256": sha256, "version": version}
        self.memory.documents[place] = MadeUp(asked.template, asked.digest, number, version, reference=reference, values=asked.values)
        return reference

    def office(self, name: str) -> int:
        return self.memory.office(name)

    def write(self) -> None:
        """Keep what the act has done."""
        lapsed = {one.key: one for one in self.settle()}
        self.memory.approvals = [(project, lapsed.get(one.key, one)) for project, one in self.memory.approvals]
        self.memory.approvals += [(self.project_key, one) for one in self.approvals]
        if self.project is not None:
            self.memory.writers |= {(self.project["key"], change.field): self.root_key for change in self.changes}
            self.memory.projects[self.project["key"]] = self.project
            self.memory._contexts[self.project["key"]] = self._context
        names = self.memory.office_names()
        gone = {_place(entered) for entered in self.records if entered.place is not None and entered.place.supersedes}
        of = {
            (one.record.kind, subject) for one in self.records if (subject := self._subject(one.record.kind, one.record.data)) is not None
        }
        self.memory.records = [
            record
            for record in self.memory.records
            if (record.place is None or record.place not in gone)
            and (not of or (record.kind, self._subject(record.kind, record.data)) not in of)
        ]
        self.memory.notices += [
            NoticeGiven(told.notice.role, names.get(told.notice.office_key, ""), told.notice.title) for told in self.notices
        ]
        self.memory.records += [self._found(entered) for entered in self.records]


def _place(entered: Entered) -> tuple[Any, ...] | None:
    place = entered.place
    return None if place is None else (place.instance_key, place.scope, entered.element_id, place.item, place.round)


def _declared(level: LevelSpec) -> Iterator[str]:
    """The phases that elements declare, at every depth."""
    for element in level.elements.values():
        if element.declarations.phase:
            yield element.declarations.phase
        inner = getattr(element, "inner_spec", None)
        if inner is not None:
            yield from _declared(inner)


def office_name(value: Any) -> Any:
    """An office as today's facts have it: its name."""
    return value["name"] if isinstance(value, dict) and set(value) == {"key", "name"} else value
