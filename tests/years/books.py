"""The books are closed: what must hold when the years are over, counted by this test and not by the product's own sums."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from app.domain.permissions import SYSTEM
from app.services import documents, registers, trail
from tests.walks_at_random import seen, tables
from tests.walks_at_random.tables import same
from tests.years import duties, lives, money
from tests.years.lives import ENDED, Lives

if TYPE_CHECKING:
    from tests.years.decade import Decade

MOST = 40  # problems of one kind that are told


@dataclass(slots=True)
class Said:
    lines: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def take(self, what: str, found: Iterator[str]) -> None:
        """Problems of one kind, and how many there were."""
        told = list(found)
        self.lines.append(f"{what}: {'nothing wrong' if not told else f'{len(told)} wrong'}")
        self.problems += [f"{what}: {one}" for one in told[:MOST]]


def close(decade: "Decade") -> Said:
    said, figures = Said(), decade.figures
    everything = lives.read()
    said.lines.append(
        f"{decade.first:%Y-%m} to {decade.now:%Y-%m}: {len(everything.projects)} projects, {figures.acts:,} acts ({figures.done.total():,} tasks done, "
        f"{figures.begun.total():,} begun by hand, {figures.returned:,} returned), {sum(figures.refused.values()):,} refused and said otherwise, {figures.late:,} on "
        f"purpose late, {figures.timers:,} instants served, {figures.tried:,} unlawful attempts {dict(figures.attempts)}"
    )
    said.take("unlawful attempts", iter(figures.breaches))
    said.take("faults", iter(figures.faults))
    said.take("incidents", incidents())
    said.take("what is open", what_is_open(decade, everything))
    said.take("the ledger", ledger(everything))
    of_duties(said, decade, everything)
    counts: Counter[str] = Counter()
    said.take("money", (f"{one.key} {one.name}: {why}" for one in everything.projects.values() for why in money.of_project(one, counts)))
    said.take("plans", money.of_plans(everything))
    said.take("funds", money.of_funds(everything))
    said.lines.append(f"added up: {dict(counts)}; phases {dict(Counter(one.phase for one in everything.projects.values()))}")
    said.take("lists", lists(decade, everything))
    said.take("the audit", iter(trail.verify(SYSTEM).problems))
    files = documents.verified()
    said.take("files", iter([*files.lost, *files.spoiled]))
    said.lines.append(
        f"rows in registers: {len(everything.records):,}, changes of facts: {sum(len(one.changes) for one in everything.projects.values()):,}"
    )
    return said


def incidents() -> Iterator[str]:
    for row in seen.incidents():
        yield f"{row.process_id}.{row.element_id} of {row.project_key}: {row.message}"


def what_is_open(decade: "Decade", everything: Lives) -> Iterator[str]:
    """Each open task has somebody who may do it, as the product decides and as the clauses say; each tree that goes on waits for somebody or something."""
    for line in everything.tasks:
        place = decade.towns[line.tenant]
        people = place.people_for(line)
        task = f"{line.process_id}.{line.element_id}"
        roles = tables.of(line.tenant).tasks.get(task, frozenset())
        if not people:
            yield f"{task} of {line.project_key} ({line.key}): nobody may do it"
        elif roles and not any(one.roles & roles for one in people):
            yield f"{task} of {line.project_key} ({line.key}): is for {sorted(roles)}, but only {sorted({role for one in people for role in one.roles})} may do it"
        life = everything.projects.get(line.project_key)
        if life is not None and life.phase in ENDED and line.process_id not in AFTER_THE_END and life.phase != "retired":
            yield f"{task} of {line.project_key} is open though the project is {life.phase}"
    for tree in everything.trees.values():
        if tree.state == "active" and not tree.open and not tree.waits:
            yield f"{tree.process} of {tree.project} ({tree.key}) goes on and waits for nothing"


AFTER_THE_END = frozenset(
    {"archive", "correction", "cancellation", "sanction", "retirement", "rectification", "inspection", "supervision_order", "project_audit"}
)


def ledger(everything: Lives) -> Iterator[str]:
    """The changes that were told lead from nothing to what the ledger says."""
    for life in everything.projects.values():
        known: dict[str, Any] = {}
        for change in life.changes:
            if change.field in known and not same(known[change.field], change.before):
                yield f"{change.field} of {life.key} was {known[change.field]} and is told to have been {change.before}"
            known[change.field] = change.after
        for name, value in known.items():
            now = life.phase if name == "phase" else life.facts.get(name)
            if not same(now, value):
                yield f"{name} of {life.key} is {now}, the last change told {value}"


def of_duties(said: Said, decade: "Decade", everything: Lives) -> None:
    total: Counter[str] = Counter()
    for duty, kept in duties.looked_at(everything, decade.first, decade.now):
        total += kept.counts
        said.take(f"{duty.clauses} {duty.process}, {dict(kept.counts)}", iter(kept.problems))
    said.lines.append(f"duties of all periods: {total.total():,}, {dict(total)}")


def lists(decade: "Decade", everything: Lives) -> Iterator[str]:
    """The sums at the foot of every list and report are those of the rows."""
    for key, place in decade.towns.items():
        who = next(one for one in place.seats.everybody if "data_bureau_leader" in one.roles)
        for line in registers.listing(who):
            page = registers.page(who, line.kind, registers.Filters(), decade.now)
            if page.cut_off:
                continue
            if line.kind.startswith(registers.PREFIX):
                yield from _report(key, page, everything)
                continue
            rows = [row for row in everything.records if row.kind == line.kind and row.tenant == key and row.superseded_at is None]
            if page.total != len(rows):
                yield f"{key} {line.kind}: {page.total} rows are shown, there are {len(rows)}"
            for name, shown in page.totals.items():
                added = money.total(row.data.get(name) for row in rows if isinstance(row.data.get(name), int | Decimal))
                if not same(shown, added):
                    yield f"{key} {line.kind}.{name}: {shown} is shown, the rows add up to {added}"


# Report → column → what it adds up, as its clauses say.
def _report(district: str, page: Any, everything: Lives) -> Iterator[str]:
    mine = [life for life in everything.projects.values() if life.district == district]
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for life in mine:
        for name in ("totalAmount", "contractAmount", "paidAmount", "approvedBudget", "cumulativeChange"):
            sums[name] += money.amount(life.facts, name) or Decimal(0)
    for name, shown in page.totals.items():
        if name in sums and page.of_projects and not same(shown, sums[name]):
            yield f"{district} {page.kind}.{name}: {shown} is shown, the projects add up to {sums[name]}"
