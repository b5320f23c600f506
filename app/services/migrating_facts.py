"""What a migration does with facts: the copies that an instance of the release before keeps in its variables go, the ledger's value stays or is written anew by
decision, and fields that the ledger has only got since are filled in from what the case knows.

What is written so is of the provenance ``migrated``: no gate takes it until an owner has confirmed it. Source: modelling.md §9.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.acts.ledger import StoredLedger
from app.catalogue import snapshot
from app.catalogue.snapshot import Snapshot
from app.decision import dmn
from app.domain import facts as rules
from app.domain.codes import Action
from app.domain.fact_changes import FactOrigin
from app.domain.fact_values import ValueRefused, is_blank
from app.domain.facts import PLATFORM, LedgerField, Right, RightKind
from app.domain.forms import Form
from app.engine import ProcessDefinition, State, commands
from app.rehearsal.passed import FactsAhead, facts_ahead, facts_written
from app.seen.shapes import FactCopy, FactFilled
from app.store import ledger as offices
from app.store import repair, trail

KEEP, WRITE = "keep", "write"  # the ledger's value, or the copy's
ANSWERS = (KEEP, WRITE)
_AUDIT = "审计记录"
_BY_HAND = "它由管理员改过,不是办理人填写的"


@dataclass(frozen=True, slots=True)
class FactsMoved:
    """``forget``: variables that go; ``write``: fields that the ledger gets; ``copies``: what differs, with the answer given; ``filled``: what was blank in the
    ledger and is known to the case; ``missing``: titles of new fields that are asked ahead and nobody knows; ``reasons``: why it cannot be done yet."""

    forget: frozenset[str] = frozenset()
    write: Mapping[str, Any] = field(default_factory=dict)
    copies: tuple[FactCopy, ...] = ()
    filled: tuple[FactFilled, ...] = ()
    missing: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    def told(self) -> dict[str, Any]:
        """For the audit: what was answered, what the ledger got, what is forgotten."""
        said: dict[str, Any] = {"forgotten": sorted(self.forget)} if self.forget else {}
        if self.write:
            said["facts"] = dict(self.write)
        if self.copies:
            said["copies"] = {one.name: {"variable": one.value, "ledger": one.known, "answer": one.answer} for one in self.copies}
        return said

    def carry(self, command: commands.Migrate, target: ProcessDefinition, ledger: StoredLedger) -> commands.Migrate:
        """Write the fields, and say in the command what is to be forgotten. Raises FactRefused."""
        if self.write:
            ledger.write_facts(self.write, FactOrigin(process_id=target.process_id, right=Right(kind=RightKind.MIGRATED)))
        return replace(command, forget=self.forget)


@dataclass(frozen=True, slots=True, kw_only=True)
class MigratedCase:
    """The instance that is migrated. ``began``: the rules that it has run by; ``library``: those that it goes on by; ``moved``: its tree after a trial."""

    local: int
    before: State
    moved: State
    began: Snapshot
    library: Snapshot
    ledger: StoredLedger
    target: ProcessDefinition

    def facts(self, answers: Mapping[str, str]) -> FactsMoved:
        """``answers``: field → ``keep`` or ``write``, for those whose copy differs from the ledger."""
        schema, project = self.library.ledger, self.ledger.project
        if schema is None or project is None or not self.target.declares:
            return FactsMoved(reasons=tuple(_unfit_answers(answers, {})))
        positions = {token.element_id for token in self.moved.tokens() if token.instance == self.local}
        ahead = facts_ahead(self.target, positions, self._form, self._table)
        kept, by_hand = self._copies(ahead, schema.fields), self._by_hand()
        known, found = project["facts"], _Found(answers, self._office, by_hand)
        for name, value in kept.items():
            if name in PLATFORM:
                continue  # the platform's own word stands
            if _is_empty(known.get(name)):
                if not _is_empty(value):  # also where somebody ahead says it: nothing that people have filled in is lost
                    found.fill(schema.fields[name], value, "流程变量")
            elif not _is_empty(value) and not _is_same(schema.fields[name], known[name], value):
                found.differ(schema.fields[name], value, known[name])
        before = self.began.ledger
        new = [one for name, one in schema.fields.items() if before is None or name not in before.fields]
        self._fill_new([one for one in new if _is_empty(known.get(one.name)) and one.name not in kept], ahead, found)
        return FactsMoved(
            forget=frozenset(kept),
            write=found.write,
            copies=tuple(found.copies),
            filled=tuple(found.filled),
            missing=tuple(found.missing),
            reasons=(*found.reasons, *_unfit_answers(answers, schema.fields)),
        )

    def _copies(self, ahead: FactsAhead, fields: Collection[str]) -> dict[str, Any]:
        """Field → the copy that its variable holds; the outermost scope says what the case took it for."""
        found: dict[str, Any] = {}
        for instance, _, shown in self.before.scopes():
            if instance == self.local:
                for name, value in shown.items():
                    if name in fields and name not in ahead.variables:
                        found.setdefault(name, value)
        return found

    def _fill_new(self, blank: Collection[LedgerField], ahead: FactsAhead, found: "_Found") -> None:
        wanted = [one for one in blank if one.name not in ahead.written and one.name not in PLATFORM and not one.read_only]
        if not wanted:
            return
        at_root = {name: value for name, value in self.before.variables(0, 1).items() if name not in found.by_hand and not _is_empty(value)}
        said = self._said({one.name: one for one in wanted if one.name not in at_root})
        still_to_come = self._still_written()
        for one in wanted:
            if one.name in at_root:
                found.fill(one, at_root[one.name], "主流程的变量")
            elif one.name in said:
                found.fill(one, said[one.name], _AUDIT)
            elif one.name in ahead.asked and one.name not in still_to_come:
                found.missing.append(f"“{one.title}”({one.name}),{ahead.asked[one.name].place}要用")

    def _by_hand(self) -> frozenset[str]:
        """The variables that an administrator has set in trees of the project: nobody who does the work has said so, and by a migration it would become a fact."""
        key = self.ledger.project_key
        acts = (Action.INSTANCE_SET_VARIABLES, Action.INSTANCE_MODIFY)
        every = [details for act in acts for _, details in trail.details(key, act)] if key is not None else []
        named = {name for details in every for name in details.get("variables") or ()}
        return frozenset({*named, *(name for details in every for one in details.get("activate") or () for name in one["variables"])})

    def _said(self, wanted: Mapping[str, LedgerField]) -> dict[str, Any]:
        """What those who would own these fields now have last filled in under their names, by the audit: the same name may have meant something else elsewhere."""
        found: dict[str, Any] = {}
        if wanted and self.ledger.project_key is not None:
            for subject, details in trail.details(self.ledger.project_key, Action.TASK_COMPLETE):
                data = details.get("data")
                for name, value in data.items() if isinstance(data, dict) else ():
                    if name in wanted and not _is_empty(value) and _may_have_said(wanted[name], subject, details.get("role")):
                        found.setdefault(name, value)
        return found

    def _still_written(self) -> set[str]:
        """The fields that other processes write which have not ended yet in this project."""
        ended = repair.ended_processes(self.ledger.project_key or 0)
        others = (snapshot.process_definition(found.key) for found in self.library.processes() if found.id not in ended)
        return {name for process in others if process.process_id != self.target.process_id for name in facts_written(process, self._form)}

    def _office(self, name: str) -> Mapping[str, str] | None:
        """The registered office of a name, as the first release wrote it."""
        key = offices.organisation(self.library.tenant, name)
        return None if key is None else {"key": str(key), "name": name}

    def _form(self, form_id: str) -> Form | None:
        found = self.library.reference("form", form_id)
        return snapshot.form(found.key) if found is not None else None

    def _table(self, decision_id: str) -> dmn.Model | None:
        found = self.library.decision(decision_id)
        return found.model if found is not None else None


class _Found:
    """What turns up, field by field."""

    def __init__(
        self, answers: Mapping[str, str], office: Callable[[str], Mapping[str, str] | None], by_hand: frozenset[str] = frozenset()
    ) -> None:
        self.answers, self.office, self.by_hand = answers, office, by_hand
        self.write: dict[str, Any] = {}
        self.copies: list[FactCopy] = []
        self.filled: list[FactFilled] = []
        self.missing: list[str] = []
        self.reasons: list[str] = []

    def fill(self, one: LedgerField, value: Any, source: str) -> None:
        value = self._named(one, value)
        why = _BY_HAND if one.name in self.by_hand and source != _AUDIT else _unfit(one, value)
        if why is None:
            self.write[one.name] = value
            self.filled.append(FactFilled(name=one.name, title=one.title, value=value, source=source))
        else:
            self.missing.append(f"“{one.title}”({one.name}):{source}里的值不能登记,{why}")

    def _named(self, one: LedgerField, value: Any) -> Any:
        return self.office(value) or value if one.schema.get("x-format") == "office" and isinstance(value, str) else value

    def differ(self, one: LedgerField, value: Any, known: Any) -> None:
        answer, value = self.answers.get(one.name), self._named(one, value)
        self.copies.append(FactCopy(name=one.name, title=one.title, value=value, known=known, answer=answer))
        if answer is None:
            self.reasons.append(
                f"流程变量“{one.title}”({one.name})与台账不同,还没有答复:保留台账的值({KEEP}),或把变量的值写入台账、待所有者核实({WRITE})"
            )
        elif answer == WRITE:
            why = _BY_HAND if one.name in self.by_hand else _unfit(one, value)
            if why is None:
                self.write[one.name] = value
            else:
                self.reasons.append(f"流程变量“{one.title}”({one.name})不能写入台账:{why};请答复保留台账的值({KEEP})")


def _unfit_answers(answers: Mapping[str, str], fields: Collection[str]) -> Iterator[str]:
    """A plan may answer for all instances of a process, also where one has nothing to ask."""
    for name, answer in answers.items():
        if answer not in ANSWERS:
            yield f"对“{name}”的答复应为 {'、'.join(ANSWERS)},现在是 {answer}"
        elif name not in fields:
            yield f"答复了“{name}”,而台账没有这一项"


def _may_have_said(one: LedgerField, task: str, role: object) -> bool:
    known = {*one.owners, *(source.of for source in one.sources), *(named for source in one.sources for named in source.inputs)}
    return role in known or task in known


def _is_empty(value: Any) -> bool:
    return is_blank(value) or value in ([], {})


def _unfit(one: LedgerField, value: Any) -> str | None:
    problems = rules.validate(one, value)
    return problems[0].message if problems else None


def _is_same(one: LedgerField, known: Any, value: Any) -> bool:
    """An office or a person that the first release kept by its name is the one of that name."""
    if isinstance(known, Mapping) and isinstance(value, str):
        return bool(known.get("name") == value)
    try:
        return rules.is_same(one, known, value)
    except ValueRefused:
        return bool(known == value)
