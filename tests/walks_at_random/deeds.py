"""What somebody does, and what people do with tasks: claim, fill in, submit, return, keep a draft, begin; rightly, wrongly, late and twice."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.domain.permissions import SYSTEM, Actor
from app.errors import Failure
from app.playing import papers, player
from app.seen.shapes import TaskLine
from app.services import projects, returns, tasks
from app.store.tables import RecordRow, db
from tests.walks_at_random import ways

if TYPE_CHECKING:
    from tests.walks_at_random.walk import Walk

COMPLETING = ("submit", "stranger", "foreign", "odd", "two forms", "again")  # kinds of deeds that complete a task
FOREIGN: Mapping[str, Any] = {
    "approvedBudget": Decimal("88000000.00"), "accState": "合格", "listed": True, "budgetLined": True, "approvalNo": "自拟1号",
    "contractAmount": Decimal("1.00"), "paidAmount": Decimal("0.00"), "mlpsLevel": 1, "assetTotal": Decimal("0.00"), "phase": "retired",
    "totalAmount": Decimal("1.00"), "procurementMethod": "单一来源", "schemePassed": True, "establishmentRequired": False,
    "cumulativeChange": Decimal("0.00"), "suspended": False, "projectName": "改了名的项目",
}  # fmt: skip
"""Facts of others, said where nobody asks for them."""


@dataclass(slots=True)
class Deed:
    """``actor`` None: the clock. ``task``: process.element; ``shown``: the facts that there were when the form was opened; ``sent``: what was submitted.
    ``version``: of the ledger, that came with the form; None: none did, what stood when the task was opened is what was left as it was.
    ``refused``: the code of the refusal, empty if it was accepted; ``why``: in words; ``faults``: the fields."""

    kind: str
    actor: Actor | None
    task: str = ""
    key: int = 0
    project: int | None = None
    root: int = 0
    sent: Mapping[str, Any] = field(default_factory=dict)
    shown: Mapping[str, Any] = field(default_factory=dict)
    version: int | None = None
    way: int | None = None
    refused: str = ""
    why: str = ""
    faults: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        return not self.refused

    def done(self, act: Callable[[], object]) -> "Deed":
        """Do it. What is refused in an official's words is an outcome; anything else is a fault of the product."""
        try:
            act()
        except Failure as failure:
            problems = getattr(failure, "problems", ())
            self.refused, self.faults = str(failure.code) or "REFUSED", tuple(fault.path.split("/")[0] for fault in problems)
            self.why = failure.message + "".join(f" [{fault.path}: {fault.message}]" for fault in problems)
        return self


@dataclass(slots=True)
class Draft:
    """A form that somebody has opened, and how they fill it in."""

    line: TaskLine
    actor: Actor
    values: dict[str, Any]
    shown: dict[str, Any]
    version: int | None
    facts: Mapping[str, Any]
    way: int | None = None

    @property
    def name(self) -> str:
        return f"{self.line.process_id}.{self.line.element_id}"


def opened(walk: "Walk", line: TaskLine, actor: Actor, *, way: int | None = None, page: bool = False) -> Draft:
    """Somebody opens a task's page and fills its form in, as a person who knows the project, or in one of the ways of the scenarios."""
    form, seen = tasks.inputs(SYSTEM, line.key, walk.now)
    shown, version = {}, None
    if page or walk.chance.random() < walk.PAGES:  # on the page; the others over the interface, where the form is drawn by whoever sends it
        drawn = tasks.view(actor, line.key, walk.now)
        shown, version, seen = dict(drawn.data), drawn.ledger_version, {**seen, **drawn.variables}
    answers: dict[str, Any] = {}
    if form is not None and way is not None:
        answers = ways.fitting(form, ways.of(walk.district)[line.element_id][way])
    if form is not None:
        answers |= ways.fitting(form, walk.intended(line)) | ways.fitting(form, walk.amends.get(line.key, {}))
        answers |= {name: walk.seats.office_of(role) for name, role in walk.intended(line).get("@offices", {}).items()}
    facts = walk.facts_for(line.project_key)
    without = walk.intended(line).get("@without", ())
    values = papers.bring(SYSTEM, line.key, form, player.fill(form, seen, facts, answers, walk.now, walk.district).values, walk.now)
    values = {name: value for name, value in values.items() if name not in without}
    if line.process_id == "annual_plan" and "planItems" in values:
        values["planItems"] = [walk.planned(item, line.element_id) for item in values["planItems"]]
    return Draft(line, actor, values, shown, version, walk.facts_now(line.project_key), way)


def submit(walk: "Walk", draft: Draft, kind: str = "submit", *, actor: Actor | None = None, version: int | None = None) -> Deed:
    who = actor or draft.actor
    line = draft.line
    seen = draft.version if version is None else version
    deed = Deed(kind, who, draft.name, line.key, line.project_key, line.root_key, dict(draft.values), draft.facts, seen, draft.way)
    return deed.done(lambda: tasks.complete(who, draft.line.key, draft.values, walk.now, ledger_version=seen))


# ---------------------------------------------------------------------- one task


def properly(walk: "Walk", line: TaskLine) -> Deed | None:
    """A person whose task it is does it."""
    people = walk.seats.for_task(line, walk.now)
    if not people:
        return None
    return submit(walk, opened(walk, line, walk.chance.choice(people), way=walk.way(line)))


def by_a_stranger(walk: "Walk", line: TaskLine) -> Deed | None:
    """Somebody at random tries, with what the right person would have said."""
    people = walk.seats.for_task(line, walk.now)
    if not people:
        return None
    return submit(walk, opened(walk, line, walk.chance.choice(people)), "stranger", actor=walk.seats.anybody(walk.chance))


def with_foreign_facts(walk: "Walk", line: TaskLine) -> Deed | None:
    """The right person says what is for others to say, or changes what is only shown."""
    people = walk.seats.for_task(line, walk.now)
    if not people:
        return None
    draft = opened(walk, line, walk.chance.choice(people), page=True)
    shown = [name for name in draft.shown if name not in draft.values]
    if shown and walk.chance.random() < 0.5:
        name = walk.chance.choice(shown)
        draft.values[name] = changed(draft.shown[name])
    else:
        name = walk.chance.choice(list(FOREIGN))
        draft.values[name] = FOREIGN[name]
    return submit(walk, draft, "foreign")


def with_odd_values(walk: "Walk", line: TaskLine) -> Deed | None:
    """The right person says something else than usual in one of the fields."""
    people = walk.seats.for_task(line, walk.now)
    if not people:
        return None
    draft = opened(walk, line, walk.chance.choice(people))
    if not draft.values:
        return None
    name = walk.chance.choice(list(draft.values))
    schema = (tasks.inputs(SYSTEM, line.key, walk.now)[0] or _NO_FORM).fields.get(name, {})
    draft.values[name] = walk.chance.choice(schema["enum"]) if schema.get("enum") else changed(draft.values[name])
    return submit(walk, draft, "odd")


def claimed(walk: "Walk", line: TaskLine) -> Deed | None:
    """Taken and put back, or taken by one and done by another."""
    people = walk.seats.for_task(line, walk.now)
    if not people:
        return None
    who = walk.chance.choice(people)
    name = f"{line.process_id}.{line.element_id}"
    if line.assignee is not None:
        return Deed("release", who, name, line.key, line.project_key).done(lambda: tasks.release(who, line.key, walk.now))
    return Deed("claim", who, name, line.key, line.project_key).done(lambda: tasks.claim(who, line.key, walk.now))


def drafted(walk: "Walk", line: TaskLine) -> Deed | None:
    people = walk.seats.for_task(line, walk.now)
    if not people:
        return None
    draft = opened(walk, line, walk.chance.choice(people))
    part = {name: value for name, value in draft.values.items() if walk.chance.random() < 0.7}
    deed = Deed("draft", draft.actor, draft.name, line.key, line.project_key)
    return deed.done(lambda: tasks.save_draft(draft.actor, line.key, part, walk.now))


def given_back(walk: "Walk", line: TaskLine) -> Deed | None:
    """Returned step by step or straight."""
    people = walk.seats.for_task(line, walk.now)
    if not people:
        return None
    who = walk.chance.choice(people)
    choices = list(returns.targets(who, line.key, walk.now))
    if not choices:
        return None
    to = walk.chance.choice(choices).element_id
    due = (walk.now + timedelta(days=walk.chance.choice([1, 3, 10]))).date()
    wish = returns.ReturnWish(to, straight=walk.chance.random() < 0.4, reason="请改正", due_on=due)
    deed = Deed(
        "return",
        who,
        f"{line.process_id}.{line.element_id}",
        line.key,
        line.project_key,
        line.root_key,
        {"to": to, "straight": wish.straight},
    )
    return deed.done(lambda: returns.give_back(who, line.key, wish, walk.now))


def again(walk: "Walk", line: TaskLine) -> Deed | None:
    """What is done already is sent once more."""
    closed = walk.closed(line.project_key)
    if not closed:
        return None
    key, name, values, who = walk.chance.choice(closed)
    return Deed("again", who, name, key, line.project_key, sent=values).done(lambda: tasks.complete(who, key, values, walk.now))


# ---------------------------------------------------------------------- two forms


def two_forms(walk: "Walk", line: TaskLine) -> list[Deed]:
    """Two forms of two processes of one project (or of one) are open at once; the second is sent as it was drawn before the first."""
    others = [other for other in walk.ready if other.project_key == line.project_key and other.key != line.key]
    if not others or line.project_key is None:
        return []
    apart = [other for other in others if other.root_key != line.root_key] or others
    drafts = []
    for one in (line, walk.chance.choice(apart)):
        people = walk.seats.for_task(one, walk.now)
        if not people:
            return []
        drafts.append(opened(walk, one, walk.chance.choice(people), way=walk.way(one), page=True))
    return [walk.judged(submit(walk, draft, "two forms")) for draft in drafts]


# ---------------------------------------------------------------------- beginning


def declare(walk: "Walk") -> Deed:
    """A new project."""
    who = walk.chance.choice(walk.seats.holding("applicant"))
    name = f"综合管理服务平台第{len(walk.known) + 1}期"
    deed = Deed("declare", who, "declaration")

    def act() -> None:
        deed.project, _ = projects.start(who, "declaration", name, walk.now)
        walk.bold[deed.project] = walk.chance.choice(walk.BOLDNESS)
        walk.intend(deed.project, name)

    return deed.done(act)


def begin(walk: "Walk", project: int, process: str, who: Actor) -> Deed:
    """A further process of a project, by hand."""
    deed = Deed("begin", who, process, project=project)

    def act() -> None:
        given = player.beginning(who, process, project, walk.known.get(project, {}), walk.now)
        deed.sent = given
        projects.start_process(who, project, process, walk.now, given=given)

    return deed.done(act)


def announce(walk: "Walk") -> Deed:
    """The year's plan begins."""
    who = walk.chance.choice(walk.seats.holding("data_bureau"))
    return Deed("announce", who, "annual_plan").done(lambda: projects.start_district_process(who, "annual_plan", walk.now))


# What the registers of the district must say before a matter is more than a refusal.
ASKED_FOR: Mapping[str, frozenset[str]] = {
    "data_application": frozenset({"data_recruitment"}),
    "data_operations": frozenset({"data_catalogue", "data_operator", "data_need", "data_fund"}),
    "data_assessment": frozenset({"data_indicators", "data_verification"}),
}


def matters(walk: "Walk") -> list[str]:
    """Matters of the district that may be begun with some hope, and of which none is going on."""
    said = set(db.session.scalars(select(RecordRow.kind).where(RecordRow.tenant == walk.district).distinct()))
    going_on = {line.process_id for line in walk.open}
    return [
        key
        for key, info in walk.processes.items()
        if info.start_role and info.per == "matter" and key not in going_on and ASKED_FOR.get(key, frozenset()) <= said
    ]


def matter(walk: "Walk", process: str) -> Deed:
    """A matter of the district begins, whatever else is going on."""
    role = walk.processes[process].start_role or ""
    who = walk.chance.choice(walk.seats.holding(role))
    held = who.office_in(role)
    own = {"key": str(held.office), "name": held.office_name} if held is not None else None
    deed = Deed("matter", who, process)

    def act() -> None:
        deed.sent = player.beginning(who, process, None, {"needOffice": own, "operator": own}, walk.now)
        projects.start_district_process(who, process, walk.now, given=deed.sent)

    return deed.done(act)


# ---------------------------------------------------------------------- parts


class _NO_FORM:
    fields: Mapping[str, Any] = {}


def changed(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | Decimal):
        return value * 10 + 1
    if isinstance(value, str):
        return value[:-1] + ("1" if value[-1:] != "1" else "2") if value else "另写"
    if isinstance(value, list):
        return [*copy.deepcopy(value), *copy.deepcopy(value[:1])] if value else ["另写"]
    if isinstance(value, Mapping):
        return {name: changed(part) for name, part in value.items()} or {"key": "1"}
    return "另写"
