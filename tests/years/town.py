"""One district's people over the years: who does what is open, what they begin, what they know of their projects.

It is what the deeds of the random walks are done with (``tests.walks_at_random.deeds``), for many projects at once: nothing is read that the act does not need.
"""

import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from app.catalogue import snapshot
from app.domain.permissions import SYSTEM, Actor
from app.playing import player
from app.services import tasks
from app.store.tables import ProjectRow, UserTaskRow, db
from tests.walks_at_random import ways
from tests.walks_at_random.deeds import Deed
from tests.walks_at_random.seats import Seats
from tests.years import kinds

ZONE = ZoneInfo("Asia/Shanghai")
BOLDNESS = (0.0, 0.0, 0.03, 0.08, 0.2)  # how often people of a project answer otherwise than usual
AIMED = 0.35  # of the projects are led to something unusual
COLUMNS = (
    UserTaskRow.key, UserTaskRow.root_key, UserTaskRow.tenant, UserTaskRow.project_key, UserTaskRow.process_id, UserTaskRow.element_id,
    UserTaskRow.name, UserTaskRow.assignee, UserTaskRow.candidate_groups, UserTaskRow.due_at, UserTaskRow.follow_up_at, UserTaskRow.opened_at,
)  # fmt: skip
_MISSING = re.compile("尚缺：([^\\];；]+)")
Line = Any  # a row of COLUMNS: what a deed asks of a task


@dataclass(slots=True)
class Known:
    """What people of a project know and intend."""

    name: str
    kind: str
    facts: Mapping[str, Any]
    answers: Mapping[str, Mapping[str, Any]]
    bold: float
    aims: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)  # process.task → how often it was completed
    begun: Counter[str] = field(default_factory=Counter)  # process → how often it was begun by hand


class Town:
    """``now`` is set by whoever moves the clock. ``amends``: task → what is filled in otherwise after a refusal. ``inventive``: whether people now and then
    answer as in the scenarios, which takes seconds to read."""

    PAGES = 0.02  # of the forms are opened on their page: it draws the whole project

    def __init__(self, district: str, chance: random.Random, now: datetime, inventive: bool = True) -> None:
        self.district, self.chance, self.now, self.inventive = district, chance, now, inventive
        self.known: dict[int | None, Known] = {}
        self.amends: dict[int, dict[str, Any]] = {}
        self.forgotten: dict[int, frozenset[str]] = {}
        self.luck: dict[tuple[str, int], list[int]] = {}  # of a way: accepted, refused
        self.at = self.tries = 0  # the task that somebody is at, and how often they were refused there
        self.attend()

    def attend(self) -> None:
        """Everybody comes to their seat: after a beginning and after going on with one that was left."""
        self.seats = Seats.of(self.district, self.now)
        self.processes = {key: info for key, info in snapshot.district(self.district).processes.items() if info.enabled}

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name not in ("seats", "processes")}

    # ---------------------------------------------------------------- what the deeds ask

    def facts_now(self, project: int | None) -> Mapping[str, Any]:
        if project is None:
            return {}
        found = db.session.scalar(select(ProjectRow.facts).where(ProjectRow.key == project)) or {}
        db.session.rollback()
        return dict(found)

    def facts_for(self, project: int | None) -> Mapping[str, Any]:
        """What people know of a project, as far as the ledger does not say otherwise by now; and what they fill in anew after a refusal."""
        known = self.known.get(project)
        now = self.facts_now(project) if known is not None else {}
        facts = {
            name: now[name] if now.get(name) is not None else value for name, value in (known.facts if known is not None else {}).items()
        }
        return {**facts, **self._anew(self.forgotten.get(self.at, frozenset()), facts), **self.amends.get(self.at, {})}

    def _anew(self, names: frozenset[str], facts: Mapping[str, Any]) -> dict[str, Any]:
        """What the form of the present task says in some fields when nothing of them is known: a date of a month ago is none for today."""
        if not names:
            return {}
        form, seen = tasks.inputs(SYSTEM, self.at, self.now)
        known = {name: value for name, value in seen.items() if name not in names}
        facts = {name: value for name, value in facts.items() if name not in names}
        filled = player.fill(form, known, facts, {}, self.now, self.district).values
        return {name: value for name, value in filled.items() if name in names}

    def intended(self, line: Line) -> Mapping[str, Any]:
        known = self.known.get(line.project_key)
        task = f"{line.process_id}.{line.element_id}"
        if known is None:
            return {}
        sums = {"payment.apply_payment": self._paid, "change.submit_change": self._changed}.get(task)
        usual = {**known.answers.get(task, {}), **(sums(line.project_key) if sums is not None else {})}
        for aim in known.aims:
            lead = ways.leads(self.district)[aim]
            if task in lead and known.done[task] < lead.get("@times", 1):
                return {**usual, **lead[task]}
        return usual

    def _changed(self, project: int | None) -> dict[str, Any]:
        """What a change costs: nothing, a little more or less of the contract, seldom more than may be without being declared anew."""
        whole = self.facts_now(project).get("contractAmount") or Decimal("1000000")
        share = self.chance.choice((Decimal("0"), Decimal("0.01"), Decimal("0.033"), Decimal("0.06"), Decimal("-0.02"), Decimal("0.12")))
        return {"changeItems": [{"item": "调整部分建设内容", "amount": (whole * share).quantize(Decimal("0.01"))}]}

    def _paid(self, project: int | None) -> dict[str, Any]:
        """What is asked for: the rest of the contract or a part of it, now and then a little too much; when nothing is left, money for operation."""
        facts = self.facts_now(project)
        rest = (facts.get("contractAmount") or Decimal(0)) - (facts.get("paidAmount") or Decimal(0))
        if rest <= 0:
            return {"payKind": {"sucheng": "运维经费", "fengxian": "运维资金"}[self.district], "payAmount": Decimal("20000.00")}
        part = self.chance.choice((Decimal("1"), Decimal("1"), Decimal("0.3"), Decimal("0.5"), Decimal("1.01")))
        asked: dict[str, Any] = {
            "payKind": "验收款" if facts.get("accState") else "进度款",
            "payAmount": (rest * part).quantize(Decimal("0.01")),
        }
        if asked["payKind"] == "进度款" and self.district == "sucheng":
            paper = {"number": "登记-001"} if facts.get("classified") is True else {"files": [{"document": "进度报告.pdf"}]}
            asked["progressProof"] = [{"name": "进度报告", **paper}]
        return asked

    def planned(self, item: Mapping[str, Any], task: str) -> Mapping[str, Any]:
        """An item of the year's plan, as it is filled in; now and then one is put off."""
        if task == "compile_plan" and self.chance.random() < 0.05:
            return {**item, "decision": "缓列", "reason": "财力不足"}
        if task == "give_consent" and "planItems" in self.forgotten.get(self.at, frozenset()):
            return {**item, "planAmount": Decimal(0)}  # its fund does not reach
        return item

    def way(self, line: Line) -> int | None:
        """One of the ways of the scenarios, in a bold project, that is not refused again and again."""
        known = self.known.get(line.project_key)
        if not self.inventive or self.chance.random() >= (known.bold if known is not None else 0.1):
            return None
        usable = [
            number for number in range(len(ways.of(self.district).get(line.element_id, ()))) if self.is_lucky(line.element_id, number)
        ]
        return self.chance.choice(usable) if usable else None

    def is_lucky(self, element: str, number: int) -> bool:
        accepted, refused = self.luck.get((element, number), (0, 0))
        return refused < 3 or accepted * 2 >= refused

    # ---------------------------------------------------------------- people

    def people_for(self, line: Line) -> list[Actor]:
        return self.seats.for_task(line, self.now)

    def learn(self, key: int, name: str) -> Known:
        """Somebody has thought of a project: what it is to be."""
        kind, facts = kinds.drawn(self.chance, self.district)
        known = Known(
            name, kind.name, {**facts, "projectName": name, "priorityRank": len(self.known) + 1}, kind.answers, self.chance.choice(BOLDNESS)
        )
        if self.chance.random() < AIMED:
            leads = ways.leads(self.district)
            aim = self.chance.choice(sorted(leads))
            known.aims, known.facts = [aim], {**known.facts, **leads[aim].get("@facts", {})}
        self.known[key] = known
        return known

    def amend(self, line: Line, deed: Deed, tries: int) -> None:
        """What was refused is filled in otherwise the next time: as the refusal says, as if nothing had been there, as somebody says it in a scenario."""
        form, seen = tasks.inputs(SYSTEM, line.key, self.now)
        if form is None:
            return
        amends = self.amends.setdefault(line.key, {})
        for name in (one for one in deed.faults if one in form.fields):
            why = ";".join(part.partition("]")[0] for part in deed.why.split(f"[{name}: ")[1:])
            named = [one for one in form.fields[name].get("enum", ()) if isinstance(one, str) and one and one in why]
            named = [one for one in named if not any(one != other and one in other for other in named)]
            if name == "planYear":
                amends[name] = self.now.astimezone(ZONE).year + 1
            elif missing := _MISSING.findall(why):
                amends[name] = self._papers(deed.sent.get(name) or (), missing, secret=deed.sent.get("classified") is True)
            elif form.fields[name].get("x-format") == "office" and (office := self._office_in(why)) is not None:
                amends[name] = office
            elif named and deed.sent.get(name) in named:  # that is what it must not be
                amends[name] = self.chance.choice([one for one in form.fields[name]["enum"] if one not in named] or named)
            elif len(named) == 1:
                amends[name] = named[0]
            elif isinstance(deed.sent.get(name), bool):
                amends[name] = not deed.sent[name]
            elif _is_free_text(form.fields[name]) and not deed.sent.get(name):
                amends[name] = "按要求补充说明"
            elif tries < 3 or not self.inventive or name == "materials":
                self.forgotten[line.key] = self.forgotten.get(line.key, frozenset()) | {name}
            else:
                found = ways.otherwise(form, line.element_id, name, self.district, self.chance, seen)
                amends |= {name: found} if found is not None else {}

    def _papers(self, rows: Sequence[Mapping[str, Any]], missing: Sequence[str], *, secret: bool) -> list[dict[str, Any]]:
        """The papers that were there and those that a refusal misses; of a classified project only what stands in its book."""
        names = dict.fromkeys([*(str(row.get("name")) for row in rows), *missing])
        if not secret:
            return [{"name": name, "files": [{"document": f"{name}.pdf"}]} for name in names]
        kept = {"date": self.now.astimezone(ZONE).date().isoformat(), "place": "机要室"} if self.district == "sucheng" else {}
        return [{"name": name, "number": "登记-001", **kept} for name in names]

    def _office_in(self, words: str) -> dict[str, str] | None:
        """The office that a refusal names."""
        held = (one for actor in self.seats.everybody for one in actor.memberships)
        return next(({"key": str(one.office), "name": one.office_name} for one in held if f"“{one.office_name}”" in words), None)

    def forget(self, task: int) -> None:
        """A task is begun from the beginning, or is done."""
        self.amends.pop(task, None)
        self.forgotten.pop(task, None)


def _is_free_text(schema: Mapping[str, Any]) -> bool:
    return schema.get("type", "string") == "string" and "enum" not in schema and "format" not in schema and "x-format" not in schema


def line(key: int) -> Line | None:
    """An open task; None if it is open no more."""
    found = db.session.execute(select(*COLUMNS).where(UserTaskRow.key == key, UserTaskRow.state == "open")).one_or_none()
    db.session.rollback()
    return found


def opened_since(key: int) -> list[Line]:
    """The open tasks that came after one."""
    found = list(db.session.execute(select(*COLUMNS).where(UserTaskRow.state == "open", UserTaskRow.key > key).order_by(UserTaskRow.key)))
    db.session.rollback()
    return found


def is_open(project: int, process: str) -> bool:
    """Whether somebody is at a process of a project."""
    wanted = (UserTaskRow.project_key == project, UserTaskRow.process_id == process, UserTaskRow.state == "open")
    found = db.session.scalar(select(UserTaskRow.key).where(*wanted).limit(1))
    db.session.rollback()
    return found is not None


def since_then(now: datetime) -> datetime:
    """The instant at which the database stands: later than what was kept, if it was left in the middle of something."""
    newest = db.session.scalar(select(func.max(UserTaskRow.opened_at)))
    db.session.rollback()
    return max(now, newest) if newest is not None else now
