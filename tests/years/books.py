"""The books are closed: what must hold when the years are over, counted by this test and not by the product's own sums."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.domain.permissions import SYSTEM
from app.services import calendars, documents, registers, trail
from app.store.tables import UserTaskRow, db
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
    said.lines.append(f"holidays imported: {'; '.join(figures.holidays) or 'none'}")
    said.take("unlawful attempts", iter(figures.breaches))
    said.take("faults", iter(figures.faults))
    said.take("incidents", incidents())
    said.take("what is open", what_is_open(decade, everything))
    said.lines += [f"somebody may do it, yet nobody has found how for long: {words[:260]}" for words in decade.stuck.values()]
    said.take("holidays", holidays(decade))
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


def holidays(decade: "Decade") -> Iterator[str]:
    """No year has begun whose holidays nobody has imported, and what was counted on a guess has been counted anew."""
    if (missing := calendars.missing_year(decade.now)) is not None:
        yield f"{missing} is not announced"
    guessed = select(UserTaskRow.key, UserTaskRow.deadline, UserTaskRow.due_at).where(
        UserTaskRow.state == "open", UserTaskRow.deadline.is_not(None)
    )
    known = {one.year for one in calendars.years(decade.now) if one.announced}
    for row in db.session.execute(guessed):
        if (
            (row.deadline or {}).get("provisional")
            and row.due_at is not None
            and row.due_at.year in known
            and row.due_at.year < decade.now.year
        ):
            yield f"task {row.key} is due at {row.due_at}, still by a guess"
    db.session.rollback()


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
    reported = duties.reports(everything, decade.now)
    total += reported.counts
    said.take(f"SC-33-6 om_report, {dict(reported.counts)}", iter(reported.problems))
    said.lines.append(f"duties of all periods: {total.total():,}, {dict(total)}")


def lists(decade: "Decade", everything: Lives) -> Iterator[str]:
    """Every list that there is opens; the sums at its foot are those of the rows. A classified project is not everybody's to read: of those only what is shown
    is added up."""
    open_ones = {key for key, life in everything.projects.items() if life.facts.get("classified") is not True}
    for district, place in decade.towns.items():
        who = next(one for one in place.seats.everybody if "data_bureau_leader" in one.roles)
        for line in registers.listing(who):
            page = registers._whole(
                who, line.kind, registers.Filters(), decade.now
            )  # all of it: a page shows two hundred rows and the same sums
            if page.cut_off:
                continue
            name = f"{district} {line.kind}"
            shown = [row for row in page.rows if row.project_key is None or row.project_key in open_ones]
            wanted = _projects(line.kind, district, everything) if page.of_projects else _rows(line.kind, district, everything)
            wanted = {key: data for key, data in wanted.items() if key[0] is None or key[0] in open_ones}
            if len(shown) != len(wanted):
                yield f"{name}: {len(shown)} rows are shown, there are {len(wanted)}"
            for column, total in page.totals.items():
                if not same(total, money.total(_number(row.values.get(column)) for row in page.rows)):
                    yield f"{name}.{column}: {total} stands at its foot, the rows shown are {[row.values.get(column) for row in page.rows][:9]}"
                if column in COUNTED:
                    continue
                added = money.total(_number(data.get(column)) for data in wanted.values())
                if not same(money.total(_number(row.values.get(column)) for row in shown), added):
                    yield f"{name}.{column}: the rows shown add up to another sum than {added}"


COUNTED = ("unpaid", "balance", "untagged")  # columns that are counted from others
OF_REGISTERS = {"report.alignment": "declaration"}  # reports over a register's rows
REPORTS: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {  # which projects are in a report
    "report.payment_execution": lambda facts: facts.get("contractAmount") is not None,
    "report.cumulative_change": lambda facts: facts.get("cumulativeChange") not in (None, 0) or facts.get("changePending") is True,
    "report.fund_execution": lambda facts: facts.get("approvedBudget") is not None,
    "report.acceptance_cycle": lambda facts: facts.get("trialStartOn") is not None,
    "report.public_list": lambda facts: facts.get("listed") is True and facts.get("classified") is False,
}


def _projects(kind: str, district: str, everything: Lives) -> dict[tuple[int | None, int], Mapping[str, Any]]:
    return {
        (life.key, life.key): life.facts for life in everything.projects.values() if life.district == district and REPORTS[kind](life.facts)
    }


def _rows(kind: str, district: str, everything: Lives) -> dict[tuple[int | None, int], Mapping[str, Any]]:
    mine = (
        row
        for row in everything.records
        if row.kind == OF_REGISTERS.get(kind, kind) and row.tenant == district and row.superseded_at is None
    )
    return {(row.project_key, row.key): row.data for row in mine}


def _number(value: Any) -> Decimal | None:
    return Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None
