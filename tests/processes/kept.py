"""The ledger of a case: what its elements declare comes here, and the next step is told of it. Source: modelling.md §2–§4."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.domain import districts, documents
from app.domain.facts import LedgerSchema
from app.domain.forms import Form
from app.engine import KnownLedger, NamedAsked, NumberAsked, OfficesAsked, PrintAsked, effects
from app.engine.ledger import ApprovalsAsked, KnownApproval, ProjectsAsked, RowsAsked

ROOT = Path(__file__).resolve().parents[2]
OWN = "1001"  # the case's project
PHASES = districts.load_phases(ROOT / "districts" / "phases.toml")


@lru_cache(maxsize=4)
def schema(district: str) -> LedgerSchema:
    base, own = (Form.parse((ROOT / "forms" / folder / "project.json").read_bytes()) for folder in ("records", Path(district) / "records"))
    return LedgerSchema.of(base, own)


@lru_cache(maxsize=4)
def offices_of(district: str) -> Mapping[str, tuple[str, ...]]:
    """Role → the offices that have it, by name."""
    return {key: tuple(role.offices) for key, role in districts.load(ROOT / "districts" / f"{district}.toml").roles.items()}


class Kept:
    """``facts``, ``phases`` and ``records`` are the case's own; an office that a case gives by its name alone gets a key here."""

    def __init__(self, district: str, facts: dict[str, Any], phases: list[str], records: dict[str, list[dict[str, Any]]]) -> None:
        self.district, self.schema = district, schema(district)
        self.facts, self.phases, self.records = facts, phases, records
        self.notices: list[dict[str, Any]] = []
        self.others: Callable[[], Iterable[Mapping[str, Any]]] = tuple  # the ledger rows of the district's other projects
        self.before: Callable[[str], Iterable[Mapping[str, Any]]] = lambda kind: ()  # rows of a register from before the case
        self.approvals: list[KnownApproval] = []
        self.printed: dict[str, list[Mapping[str, Any]]] = {}
        self._numbers = 0
        self._written: set[int] = set()  # the rows that the case itself has written, of its own project
        self._offices: dict[str, str] = {}

    def known(self, phase: str | None) -> KnownLedger:
        row = {name: self._value(name) for name in self.schema.fields}
        return KnownLedger(
            project={**row, "projectKey": OWN, "phase": phase or "draft"},
            schema=self.schema,
            following=districts.following(PHASES),
            main_line=districts.main_line(PHASES),
            entered=(*self.phases, phase or "draft"),
            answers={
                OfficesAsked(): {role: [self.office(name) for name in offices] for role, offices in offices_of(self.district).items()}
            },
        )

    def look_up(self, question: object) -> Any:
        match question:
            case NamedAsked():
                return frozenset(question.keys)
            case NumberAsked():
                self._numbers += 1
                return self._numbers
            case RowsAsked():
                rows = (*self.before(question.kind), *self.records.get(question.kind, []))
                return [{"project": OWN, **row} if id(row) in self._written else dict(row) for row in rows]
            case ProjectsAsked():
                wanted = {"phase": question.phase, "planYear": question.year}
                mine = self.office(self.facts.get("applicantOffice"))
                return [
                    one
                    for one in map(self._other, self.others())
                    if all(value in (None, one.get(name)) for name, value in wanted.items())
                    and (question.scope != "office" or one["applicantOffice"] == mine)
                ]
            case ApprovalsAsked():
                return tuple(self.approvals)
            case PrintAsked():
                return self._print(question)
        raise AssertionError(f"nobody asks {question}")

    def _print(self, asked: PrintAsked) -> Mapping[str, Any] | None:
        """As the server does: nothing of a classified project, the next version where it says something else. ``printed``: what each version was filled with."""
        if self.facts.get("classified"):
            return None
        versions = self.printed.setdefault(asked.template, [])
        if not versions or versions[-1] != asked.values:
            versions.append(asked.values)
        made: Mapping[str, Any] = documents.made_up({"document": f"{asked.template} 第{len(versions)}版.docx"})
        return {**made, "version": len(versions)}

    def holding(self, role: str) -> list[dict[str, str]]:
        """The offices of a role, as values."""
        return [self.office(name) for name in offices_of(self.district).get(role, ())]

    def _other(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        return {**facts, "applicantOffice": self.office(facts.get("applicantOffice"))}

    def office(self, name: Any) -> Any:
        """An office as a value."""
        return {"key": self._offices.setdefault(name, str(len(self._offices) + 1)), "name": name} if isinstance(name, str) else name

    def take(self, brought: Iterable[effects.Effect]) -> None:
        for effect in brought:
            match effect:
                case effects.PhaseEntered():
                    self.phases.append(effect.phase)
                case effects.FactWritten():
                    self.facts[effect.field] = effect.value
                case effects.RecordMade():
                    self.records.setdefault(effect.kind, []).append(row := dict(effect.data))
                    self._written.add(id(row))
                case effects.PeopleTold():
                    self.notices.append({"to": effect.role or effect.office, "title": effect.title, "text": effect.text})
                case effects.ApprovalGiven():
                    self.approvals.append(_approval(effect))
                case _:
                    pass

    def _value(self, name: str) -> Any:
        value = self.facts.get(name)
        return self.office(value) if self.schema.fields[name].schema.get("x-format") == "office" else value


def _approval(given: effects.ApprovalGiven) -> KnownApproval:
    return KnownApproval(
        process_id=given.process_id,
        element_id=given.element_id,
        instance=given.instance,
        visit=(given.instance, given.scope, given.round, False),
        item=given.item,
        required=given.required,
        holds=given.holds,
        lapsed=False,
        values=given.values,
    )


def marked(form: Form, data: Mapping[str, Any]) -> dict[str, Any]:
    """What of a submission becomes fact."""
    return {name: data.get(name) for name in form.ledger_fields if name in data}
