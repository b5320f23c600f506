"""What the regulations want every month or year: of whom, from which day, and what shows that it was done or missed.

The table is written from the catalogue of requirements (its days from the tables of parameters that it names as still to be confirmed), not from what the diagrams
declare. Each duty of each period has a row of its register, or a mark that it is overdue, or is still under way and not yet due.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from tests.years.lives import ENDED, Life, Lives, Tree
from tests.years.town import ZONE

NOTICED = timedelta(days=2)  # who comes to be concerned within a period is found within a day
BUILDING = frozenset({"building", "trial"})
OPERATING = frozenset({"operating"})


@dataclass(frozen=True, slots=True)
class Duty:
    """``month`` None: every month, on its first day; else the first of that month, every year. ``within``: days from then in which who comes to be in one of
    ``phases`` is concerned too. ``each``: project, system or district. ``register``: the row that shows it done. ``named``: the field of the row that says of
    which period it is, and how: its first day or its year. ``by_hand``: somebody has to begin it."""

    district: str
    process: str
    each: str
    register: str
    month: int | None
    clauses: str
    phases: frozenset[str] = frozenset()
    within: int = 365
    named: str = ""
    by_hand: bool = False


DUTIES = (
    Duty("sucheng", "monitoring", "project", "monitoring", None, "SC-32-4", OPERATING, 31, "period"),
    Duty("sucheng", "self_evaluation", "project", "self_evaluation", 12, "SC-33-2 SC-33-3", BUILDING, 31, "year"),
    Duty("sucheng", "security_test", "system", "security_test", 1, "SC-20-3"),
    Duty("sucheng", "cryptography_evaluation", "system", "cryptography_evaluation", 1, "SC-21-2"),
    Duty("sucheng", "system_cleanup", "district", "system_cleanup", 6, "SC-32-3"),
    Duty("sucheng", "report_draw", "district", "report_draw", 4, "SC-33-8"),
    Duty("fengxian", "inspection", "project", "inspection", 9, "FX-5-10", BUILDING | OPERATING),
    Duty("fengxian", "evaluation", "project", "evaluation", 11, "FX-32-1", OPERATING),
    Duty("fengxian", "data_assessment", "district", "data_assessment_report", 12, "FX-35-1 FX-36-8"),
    Duty("fengxian", "annual_plan", "district", "batch", 9, "FX-5-4 FX-20-1", by_hand=True),
    Duty("sucheng", "annual_plan", "district", "batch", 9, "SC-8-1 SC-10-1", by_hand=True),
)  # fmt: skip


@dataclass(slots=True)
class Kept:
    """How the duties of one kind ended: with a row, with a mark, with both, under way, ended with the project, nothing to do."""

    counts: Counter[str]
    problems: list[str]


def looked_at(lives: Lives, first: datetime, now: datetime) -> Iterator[tuple[Duty, Kept]]:
    for duty in DUTIES:
        kept = Kept(Counter(), [])
        for begin, end in periods(duty, first, now):
            for subject, concerned in subjects(duty, lives, begin, end, now):
                trees = begun(duty, lives, subject, begin, end)
                said = verdict(duty, trees, begin, now, lives.projects.get(concerned) if concerned is not None else None)
                kept.counts[said or "problem"] += 1
                if said is None or len(trees) > 1:
                    what = f"{len(trees)} of them: {[(tree.key, tree.state, [one.element_id for one in tree.open]) for tree in trees]}"
                    kept.problems.append(f"{duty.process} of {subject} in {begin:%Y-%m} ({duty.clauses}): {what}")
        yield duty, kept


def reports(lives: Lives, now: datetime) -> Kept:
    """SC-33-6: after each year of operation, counted from the day that was filed (or by calendar years), its report, a mark, or it is still being written."""
    kept = Kept(Counter(), [])
    for life in (one for one in lives.projects.values() if one.district == "sucheng" and one.rows["om_plan"]):
        plan = life.rows["om_plan"][-1].data
        ends = [
            end for end in _years_of_operation(str(plan["cycleStartOn"]), plan.get("cycleType") == "自然年", now) if _operates(life, end)
        ]
        trees = [tree for tree in lives.trees.values() if tree.project == life.key and tree.process == "om_evaluation"]
        for end in ends:
            written = any(row.data.get("cycleEndOn") == end.isoformat() for row in life.rows["om_report"])
            after = datetime(end.year, end.month, end.day, tzinfo=ZONE)
            late = any(
                after < row.created_at < after + timedelta(days=365) and row.data.get("event") == "om.report"
                for tree in trees
                for row in tree.late
            )
            waiting = any(task.opened_at >= after and task.element_id in REPORTING for tree in trees for task in tree.open)
            said = "done" if written else "marked" if late else "under way" if waiting else "problem"
            kept.counts[said] += 1
            if said == "problem":
                kept.problems.append(f"om_report of {life.key} for the year until {end}: {plan}")
    return kept


REPORTING = ("submit_report", "check_report")


def _years_of_operation(start: str, natural: bool, now: datetime) -> Iterator[date]:
    """The last days of the years of operation that are over."""
    first = date.fromisoformat(start[:10])
    for year in range(first.year, now.year + 1):
        end = (
            date(year, 12, 31)
            if natural
            else (date(year + 1, first.month, min(first.day, 28)) + timedelta(days=first.day - min(first.day, 28)) - timedelta(days=1))
        )
        if datetime(end.year, end.month, end.day, tzinfo=ZONE) + NOTICED * 2 < now:
            yield end


def _operates(life: Life, end: date) -> bool:
    """Whether it is in operation when a year ends, and for some weeks after; a service that ends has no further year."""
    after = datetime(end.year, end.month, end.day, tzinfo=ZONE) + timedelta(days=1)
    service = life.facts.get("serviceEndOn")
    stays = life.stays(OPERATING, after, after + timedelta(days=45))
    return (service is None or str(service)[:10] >= end.isoformat()) and sum((until - since).days for since, until in stays) >= 40


def periods(duty: Duty, first: datetime, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The periods that have begun since the installation; the one that was going on then as well, unless the district as a whole owes it."""
    months = range(1, 13) if duty.month is None else (duty.month,)
    starts = [datetime(year, month, 1, 0, 10, tzinfo=ZONE) for year in range(first.year - 1, now.year + 2) for month in months]
    for begin, end in pairwise(starts):
        if end > first and begin <= now and (begin >= first or not (duty.by_hand or duty.each == "district")):
            yield max(begin, first) if begin < first else begin, end


def subjects(duty: Duty, lives: Lives, begin: datetime, end: datetime, now: datetime) -> Iterator[tuple[str, int | None]]:
    """Who is concerned: (what the row of the obligation calls it, its project)."""
    last = min(end, now, begin + timedelta(days=duty.within))
    if duty.each == "district":
        yield duty.district, None
    elif duty.each == "project":
        for life in lives.projects.values():
            if life.district == duty.district and any(until - since >= NOTICED for since, until in life.stays(duty.phases, begin, last)):
                yield str(life.key), life.key
    else:
        for row in lives.records:
            built = (
                row.kind == "system"
                and row.tenant == duty.district
                and row.data.get("lifecycle") == "已建"
                and row.data.get("activity") != "运维类"
            )
            stays = row.superseded_at is None or row.superseded_at > max(begin, row.created_at) + NOTICED
            if built and stays and row.created_at <= last - NOTICED:
                yield str(row.data["systemNo"]), row.project_key


def begun(duty: Duty, lives: Lives, subject: str, begin: datetime, end: datetime) -> list[Tree]:
    """The trees of a duty, of a subject in a period: of a project by what the tree is of, of others as it was noted for whom they were begun."""
    if duty.each == "project":
        of_project = (tree for tree in lives.trees.values() if tree.project == int(subject) and tree.process == duty.process)
        return [tree for tree in of_project if begin <= tree.started < end and tree.key in _by_themselves(lives)]
    if duty.by_hand:
        mine = (tree for tree in lives.trees.values() if tree.process == duty.process and tree.district == duty.district)
        return [tree for tree in mine if begin <= tree.started < end]
    noted = {
        row.root_key for row in lives.obligations
        if row.process_id == duty.process and row.subject_key == subject and row.tenant == duty.district and begin - timedelta(days=366) < row.created_at < end
    }  # fmt: skip
    return [tree for tree in lives.trees.values() if tree.key in noted and begin <= tree.started < end]


_NOTED: dict[int, frozenset[int]] = {}


def _by_themselves(lives: Lives) -> frozenset[int]:
    """The trees that nobody has begun by hand."""
    if id(lives) not in _NOTED:
        _NOTED[id(lives)] = frozenset(row.root_key for row in lives.obligations if row.root_key is not None)
    return _NOTED[id(lives)]


def verdict(duty: Duty, trees: list[Tree], begin: datetime, now: datetime, life: Life | None) -> str | None:
    """How it ended; None: neither done nor marked nor under way."""
    done = any(row.kind == duty.register and _is_of(duty, row, begin) for tree in trees for row in tree.rows)
    late = any(tree.late for tree in trees)
    if done or late:
        return "done late" if done and late else "done" if done else "marked"
    waiting = [task for tree in trees for task in tree.open]
    if waiting:
        return "under way" if all(task.due_at is None or task.due_at > now for task in waiting) else None
    if life is not None and trees and all(tree.ended is not None for tree in trees):
        left = [since for since, phase in life.phases if phase in ENDED or phase not in duty.phases]
        if any(abs((tree.ended - since).total_seconds()) < 86_400 for tree in trees if tree.ended for since in left):
            return "ended with the project"
    if duty.each == "district" and trees and all(tree.state == "completed" for tree in trees):
        return "nothing to do"
    return None


def _is_of(duty: Duty, row: Any, begin: datetime) -> bool:
    if not duty.named:
        return True
    said = row.data.get(duty.named)
    return said == begin.year if duty.named == "year" else str(said)[:10] == begin.date().isoformat()
