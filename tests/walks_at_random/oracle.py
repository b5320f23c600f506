"""The oracle: after every act, what the regulations say of what it has done to the ledger. It knows its tables and what people have said, nothing else."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.permissions import Actor
from tests.walks_at_random import seen, tables
from tests.walks_at_random.deeds import COMPLETING, Deed
from tests.walks_at_random.seen import Project, Written
from tests.walks_at_random.tables import Gate, same

GOING_ON = ("clock", "admin suspend", "admin retry")  # acts by which what others have decided takes its course
NOBODYS = frozenset({"applicantOffice", "projectKey"})  # of the platform: they never change


@dataclass(frozen=True, slots=True)
class Saying:
    """What somebody has said at a task, and when: the number of the act."""

    number: int
    task: str
    roles: frozenset[str]
    values: Mapping[str, Any]
    root: int


class Oracle:
    """``ledger``: as it is now; ``number``: of the last act."""

    def __init__(self, district: str) -> None:
        self.district = district
        self.rules = tables.of(district)
        self.ledger, _ = seen.look()
        self.number = 0
        self.said: defaultdict[int | None, list[Saying]] = defaultdict(list)
        self.moved: dict[tuple[int, str], int] = {}
        self.opened: dict[int, Mapping[int, Project]] = {}  # task → the projects as they were then
        self.left: dict[int, tuple[Any, str]] = {}  # project → the phase that a return led it out of, and the task that was returned
        self.registers: dict[int, Any] = {}
        self.repaired: set[int | None] = set()
        self.led: set[tuple[int | None, str]] = set()  # the tasks to which an administrator has led a project past others, not yet done

    def judge(self, deed: Deed, now: datetime) -> list[str]:
        """What the act has done that it must not, in words; nothing: all is well."""
        self.number += 1
        before = self.ledger
        self.ledger, written = seen.look(before)
        for key, _ in self.ledger.tasks:
            self.opened.setdefault(key, self.ledger.projects)
        if deed.accepted and deed.kind in COMPLETING:
            roles = deed.actor.roles if deed.actor is not None else frozenset()
            self.said[deed.project].append(Saying(self.number, deed.task, roles, deed.sent, deed.root))
        checks: tuple[Callable[[Deed, seen.Seen, Written], Iterator[str]], ...] = (
            (self._whether_nothing_happened,)
            if deed.refused
            else (
                self._who_acts,
                self._who_changes,
                self._whether_all_is_told,
                self._what_was_typed,
                self._registers,
                self._gates,
                self._plan,
                self._payment,
            )
        )
        told = f"{deed.kind} {deed.task} by {deed.actor.username if deed.actor else 'the clock'}"
        found = [f"{told}: {one}" for check in checks for one in check(deed, before, written)]
        if deed.accepted and deed.kind == "admin skip":
            self.led.add((deed.project, f"{deed.task}.{deed.sent['activate']}"))
        elif deed.accepted and deed.kind in COMPLETING:
            self.led.discard((deed.project, deed.task))
        for change in written.changes:
            self.moved[change.project_key, change.field] = self.number
        self.registers |= {
            row.key: row.data for row in written.records if row.kind != "overdue"
        }  # of which it is told when it was made up for
        return found

    def at_the_end(self) -> list[str]:
        """No register has lost or changed a row, and the changes that were told add up to the ledger."""
        found = []
        _, everything = seen.look()
        kept = {row.key: row.data for row in everything.records}
        found += [
            f"a row of a register was {data} and is {kept.get(key)}"
            for key, data in self.registers.items()
            if not same(kept.get(key), data)
        ]
        folded: defaultdict[int, dict[str, Any]] = defaultdict(dict)
        for change in everything.changes:
            known = folded[change.project_key]
            if change.field in known and not same(known[change.field], change.before):
                found.append(f"{change.field} of {change.project_key} was {known[change.field]} and is told to have been {change.before}")
            known[change.field] = change.after
        for project in self.ledger.projects.values():
            values = {**project.facts, "phase": project.phase}
            for field, value in folded[project.key].items():
                if not same(values.get(field), value):
                    found.append(f"{field} of {project.key} is {values.get(field)}, the last change told {value}")
        return found

    # ------------------------------------------------------------- every act

    def _whether_nothing_happened(self, deed: Deed, before: seen.Seen, written: Written) -> Iterator[str]:
        """A refused act leaves everything as it was."""
        now = self.ledger
        if now.raw != before.raw or now.counts != before.counts or now.tasks != before.tasks or now.trees != before.trees:
            yield f"refused with {deed.refused}, and yet something has changed"

    def _who_acts(self, deed: Deed, before: seen.Seen, written: Written) -> Iterator[str]:
        """Only those whose task it is do it, return it, take it."""
        if deed.key and "." in deed.task:
            roles = self.rules.tasks.get(deed.task)
            if roles is None:
                yield "the oracle does not know whose task this is"
            elif deed.actor is not None and not self._holds(deed.actor, roles, before.projects.get(deed.project or 0)):
                yield f"it is for {sorted(roles)}, not for {sorted(deed.actor.roles)}"

    def _holds(self, actor: Actor, roles: frozenset[str], project: Project | None) -> bool:
        """Whether somebody has one of the roles: of a project's own offices, where the role belongs to a project."""
        for held in actor.memberships:
            relations = self.rules.relations.get(held.role)
            own = relations is None or project is None or any(project.has(relation, held.office) for relation in relations)
            if actor.tenant == self.district and held.role in roles and own:
                return True
        return False

    def _who_changes(self, deed: Deed, before: seen.Seen, written: Written) -> Iterator[str]:
        """A fact changes only in the acts of those who own it."""
        act = _act(deed)
        for change in written.changes:
            project = self.ledger.projects[change.project_key]
            if project.tenant != self.district:
                yield f"{change.field} of another district's project"
            if deed.project is not None and change.project_key != deed.project:
                yield f"{change.field} of another project than the act is about"
            name = f"phase>{change.after}" if change.field == "phase" else change.field
            allowed = self.rules.facts.get(name, frozenset())
            if deed.kind == "return" and change.field == "phase":
                self.left[change.project_key] = (change.before, deed.task)
                continue  # a return may set any earlier phase of the main line that the project has been in
            if change.field == "phase" and self.left.get(change.project_key) == (change.after, f"{change.process_id}.{change.element_id}"):
                del self.left[change.project_key]
                continue  # what was returned straight back takes the project to where it was
            if change.field not in NOBODYS and self._makes_up(deed, allowed):
                continue
            if change.field in NOBODYS or not (act in allowed or (deed.kind in GOING_ON and allowed)):
                yield f"{name} from {change.before} to {change.after} in {change.process_id}.{change.element_id} ({change.right_kind} {change.source})"

    def _makes_up(self, deed: Deed, allowed: frozenset[str]) -> bool:
        """The task to which an administrator has led a project past others of the process puts down what those would have: a declaration that was never
        confirmed is first submitted where it goes on. That task alone, once, and nothing of another process."""
        process = deed.task.partition(".")[0]
        return deed.kind in COMPLETING and (deed.project, deed.task) in self.led and any(one.startswith(f"{process}.") for one in allowed)

    def _whether_all_is_told(self, deed: Deed, before: seen.Seen, written: Written) -> Iterator[str]:
        """Every difference of the ledger is told, with what was before and after, and nothing told before has gone."""
        if any(now - was != new for now, was, new in zip(self.ledger.counts, before.counts, map(len, _rows(written)), strict=True)):
            yield "a row that was there has gone"
        for key, project in self.ledger.projects.items():
            was = before.projects.get(key)
            if was is project or was is None:
                continue
            told: dict[str, tuple[Any, Any]] = {}
            for change in written.changes:
                if change.project_key == key:
                    told[change.field] = (told.get(change.field, (change.before, None))[0], change.after)
            old, new = {**was.facts, "phase": was.phase}, {**project.facts, "phase": project.phase}
            for name in {*old, *new, *told}:
                first, last = told.get(name, (old.get(name), old.get(name)))
                if not (same(first, old.get(name)) and same(last, new.get(name))):
                    yield f"{name} was {old.get(name)} and is {new.get(name)}, told is {told.get(name)}"

    def _what_was_typed(self, deed: Deed, before: seen.Seen, written: Written) -> Iterator[str]:
        """What a person has changed on a form stands; what they left as it was drawn overwrites nothing; what another changed meanwhile is not overwritten.
        A form that comes without the version it was drawn with leaves as it was what is as it was when the task was opened."""
        if deed.kind not in COMPLETING or deed.project is None:
            return
        was, now = before.projects[deed.project].facts, self.ledger.projects[deed.project].facts
        told = {change.field for change in written.changes if change.project_key == deed.project}
        mine = [change for change in written.changes if change.project_key == deed.project and change.right_kind == "form"]
        at_first = self.opened.get(deed.key, before.projects)[deed.project].facts if deed.version is None else deed.shown
        forms = {change.field for change in mine if not same(change.before, change.after)}
        for name, value in deed.sent.items():
            if deed.task not in self.rules.facts.get(name, frozenset()):
                continue
            untouched = same(value, deed.shown.get(name))
            if untouched and name in forms:
                yield f"{name} was sent as it had been drawn and yet changed {was.get(name)} to {now.get(name)}"
            if not (untouched or same(value, at_first.get(name)) or same(value, now.get(name)) or name in told):
                yield f"{name} was changed to {value} and is lost: {now.get(name)}"
            if not untouched and not same(was.get(name), deed.shown.get(name)) and not same(was.get(name), value):
                yield f"{name} was drawn as {deed.shown.get(name)}, another made it {was.get(name)}, overwritten with {value}"

    def _registers(self, deed: Deed, before: seen.Seen, written: Written) -> Iterator[str]:
        """A row comes into a register only by the act of those who keep it."""
        act = _act(deed)
        for row in written.records:
            allowed = self.rules.facts.get(f"record>{row.kind}", frozenset())
            if not (act in allowed or (deed.kind in GOING_ON and allowed)):
                yield f"a row of {row.kind} in {row.process_id}.{row.element_id}"

    # ------------------------------------------------------------------ gates

    def _gates(self, deed: Deed, before: seen.Seen, written: Written) -> Iterator[str]:
        """What must stand when a project goes on stands, of the values that hold now."""
        if deed.kind == "admin skip":
            self.repaired.add(deed.project)  # what an administrator has led on by hand, with a reason, went by no gate
        if deed.kind in ("return", "admin skip"):
            return
        happened: list[tuple[int, str, Mapping[str, Any]]] = []
        for change in written.changes:
            happened.append((change.project_key, f"phase>{change.after}" if change.field == "phase" else f"fact>{change.field}", {}))
            happened.append((change.project_key, f"fact>{change.field}={str(change.after).lower()}", {}))
        happened += [(row.project_key, f"record>{row.kind}", row.data) for row in written.records if row.project_key is not None]
        for key, name, data in (one for one in happened if one[0] not in self.repaired):
            facts = self.ledger.projects[key].facts
            for gate in self.rules.gates:
                asked = gate.gate == name and all(one.holds(data) for one in gate.on) and all(one.holds(facts) for one in gate.when)
                if asked and (lacking := self._lacking(gate, key, facts)) is not None:
                    yield f"{name} ({gate.clauses}): {lacking}"

    def _lacking(self, gate: Gate, key: int, facts: Mapping[str, Any]) -> str | None:
        if not gate.needs:
            return next((f"{one.name} is {facts.get(one.name)}" for one in gate.says if not one.holds(facts)), None)
        found = self.last(key, gate.needs, gate.by)
        if found is None:
            return f"{'/'.join(gate.needs)} by {sorted(gate.by)} was never done"
        if not all(one.holds(found.values) for one in gate.says):
            return f"{found.task} by {sorted(gate.by)} says {[found.values.get(one.name) for one in gate.says]}"
        changed = [name for name in gate.of if self.moved.get((key, name), 0) > found.number]
        return f"{found.task} by {sorted(gate.by)} was of another {changed}" if changed else None

    def last(self, project: int | None, needs: tuple[str, ...], by: frozenset[str]) -> Saying | None:
        fitting = (one for one in reversed(self.said[project]) if one.task in needs and (not by or one.roles & by))
        return next(fitting, None)

    def _plan(self, deed: Deed, before: seen.Seen, written: Written) -> Iterator[str]:
        """FX-20-2, SC-10-22: the plan lists what was consented to last, and where finance consents, for the amount that finance has given."""
        listed = [
            change for change in written.changes if change.field in ("approvedBudget", "listed") and deed.task == "annual_plan.issue_plan"
        ]
        said = [one for one in self.said[None] if one.root == deed.root]
        consent = next((one for one in reversed(said) if one.task == "annual_plan.give_consent"), None)
        compiled = [one for one in said if one.task == "annual_plan.compile_plan"]
        for change in listed:
            earlier = [one for one in compiled if consent is not None and one.number < consent.number]
            if consent is None or not earlier or not same(earlier[-1].values.get("planItems"), compiled[-1].values.get("planItems")):
                yield f"{change.field} of {change.project_key} without consent to the plan as it was compiled last"
            elif change.field == "approvedBudget":
                given = [item for item in consent.values.get("planItems", ()) if str(item.get("projectKey")) == str(change.project_key)]
                if [item.get("planAmount") for item in given] != [change.after]:
                    yield f"approvedBudget {change.after} is not what finance has given: {given}"

    def _payment(self, deed: Deed, before: seen.Seen, written: Written) -> Iterator[str]:
        """FX-26-2, SC-26-3: paid is what was applied for last, by an exception for it at most; and what was paid adds up."""
        for row in written.records:
            if row.kind != "payment" or row.data.get("state") != "已支付" or row.project_key is None:
                continue
            asked = self.last(row.project_key, ("payment.apply_payment",), frozenset())
            if (
                asked is None
                or not same(asked.values.get("payAmount"), row.data.get("amount"))
                or asked.values.get("payKind") != row.data.get("payKind")
            ):
                yield f"paid is {row.data.get('payKind')} {row.data.get('amount')}, applied for was {asked.values if asked else None}"
            excused = self.last(row.project_key, ("payment.approve_exception",), frozenset())
            if row.data.get("exceptionApprover") and (excused is None or asked is None or excused.number < asked.number):
                yield "the exception was given for another payment"
            facts, was = self.ledger.projects[row.project_key].facts, before.projects[row.project_key].facts
            if not same(facts.get("paidAmount"), (was.get("paidAmount") or 0) + row.data["amount"]):
                yield f"paidAmount was {was.get('paidAmount')} and is {facts.get('paidAmount')} after {row.data['amount']}"


def _act(deed: Deed) -> str:
    """The act as the tables call it: a task, ``begin:…``, or the word for what is none."""
    if deed.kind in COMPLETING:
        return deed.task
    if deed.kind in ("declare", "begin", "v2 begin", "announce"):
        return f"{'declare' if deed.kind == 'declare' else 'begin'}:{deed.task}"
    return deed.kind


def _rows(written: Written) -> tuple[list[Any], list[Any], list[Any]]:
    return written.changes, written.records, written.approvals
