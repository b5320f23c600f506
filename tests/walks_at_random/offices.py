"""What is not a task: the clock, administrators, messages from outside, programs over ``/v2``."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import simplejson
from flask import Flask

from app.catalogue import snapshot
from app.domain.permissions import Actor
from app.services import accounts, instances, messages, migration, pump, repair, timers
from tests.walks_at_random import seen, ways
from tests.walks_at_random.deeds import FOREIGN, Deed

if TYPE_CHECKING:
    from tests.walks_at_random.walk import Walk

SKIPPING = 0.6  # how often an administrator lets something happen that has hardly been done yet, if there is such
HARDLY = 20  # completions: as often as every task is wanted
MESSAGES = (
    "plan_listed", "plan_not_listed", "acceptance_requested", "asset_requested", "om_evaluation_requested", "payment_requested",
    "procurement_requested", "rectification_requested", "retirement_requested", "retirement_registered", "review_requested",
    "sanction_requested", "redeclaration_requested", "listing_requested", "project_ended", "nobody_knows",
)  # fmt: skip
PAYLOAD: Mapping[str, Any] = {
    "approvedBudget": Decimal("99000000.00"), "planAmount": Decimal("99000000.00"), "planDocNo": "外来1号", "planYear": 2030, "fundChannel": "专项",
    "forced": True, "issues": "外来", "reason": "外来",
}  # fmt: skip


def advance(walk: "Walk", to: datetime) -> Deed:
    """The clock goes on to an instant; what is due then happens."""
    deed = Deed("clock", None)
    walk.now = max(walk.now, to)
    return deed.done(lambda: pump.run_due(walk.now))


def upcoming(walk: "Walk") -> datetime | None:
    later = [line.follow_up_at for line in walk.open if line.follow_up_at is not None and line.follow_up_at > walk.now]
    return min((instant for instant in (timers.next_due(), *later) if instant is not None), default=None)


# ---------------------------------------------------------------------- from outside


def message(walk: "Walk") -> Deed:
    """An administrator passes on a message from outside: of a name that our own diagrams use, about some project."""
    who = walk.chance.choice([*walk.seats.holding("system_admin"), walk.seats.anybody(walk.chance)])
    name = walk.chance.choice(MESSAGES)
    key = str(walk.some_project() or 1)
    if walk.chance.random() < 0.3 and (
        running := [one for one, project in walk.oracle.ledger.projects.items() if project.phase == "operating"]
    ):
        name, key = "retirement_requested", str(walk.chance.choice(running))  # what the monthly monitoring reports, SC-32-6
    picked = {one: PAYLOAD[one] for one in PAYLOAD if walk.chance.random() < 0.5}
    deed = Deed("message", who, name, project=int(key), sent=picked)
    if walk.chance.random() < 0.15:
        return deed.done(lambda: messages.broadcast(who, name, picked, walk.now, tenant=walk.district))
    return deed.done(lambda: messages.publish(who, name, key, picked, walk.now, tenant=walk.district))


class Program:
    """A program that acts over ``/v2`` with the tokens of people."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.tokens: dict[str, str] = {}

    def post(self, who: Actor, path: str, body: Mapping[str, Any], now: datetime) -> tuple[int, Any]:
        if who.username not in self.tokens:
            with self.app.test_request_context():
                self.tokens[who.username] = accounts.issue_token(accounts.system(""), who.username, "walk", now)
        answer = self.app.test_client().post(
            "/v2" + path,
            data=simplejson.dumps(body, use_decimal=True),
            content_type="application/json",
            headers={"Authorization": "Bearer " + self.tokens[who.username]},
        )
        return answer.status_code, answer.get_json(silent=True)


def over_v2(walk: "Walk", deed: Deed, path: str, body: Mapping[str, Any]) -> Deed:
    assert deed.actor is not None
    status, answer = walk.program.post(deed.actor, path, body, walk.now)
    if status >= 500:
        raise AssertionError(f"{path}: {status} {answer}")
    if status >= 400:
        deed.refused, deed.why = str((answer or {}).get("code") or status), str((answer or {}).get("detail"))
    return deed


def begin_over_v2(walk: "Walk") -> Deed:
    """A program begins some process of some project, in some seat, now and then with facts among the variables."""
    process = walk.chance.choice(list(walk.processes))
    info = walk.processes[process]
    role = info.start_role
    who = walk.chance.choice(walk.seats.holding(role)) if role and walk.chance.random() < 0.7 else walk.seats.anybody(walk.chance)
    body: dict[str, Any] = {"processDefinitionId": process}
    project = walk.some_project() if info.per == "project" and walk.chance.random() < 0.9 else None
    if project is not None:
        body["projectKey"] = str(project)
    variables = {name: FOREIGN[name] for name in FOREIGN if walk.chance.random() < 0.2} if walk.chance.random() < 0.3 else {}
    body["variables"] = variables
    return over_v2(walk, Deed("v2 begin", who, process, project=project, sent=variables), "/process-instances", body)


# ---------------------------------------------------------------------- administrators


def repaired(walk: "Walk") -> Deed | None:
    """A system administrator (or somebody else who tries) sets variables, suspends, resumes, retries, migrates or skips."""
    trees = walk.trees()
    if not trees:
        return None
    tree = walk.chance.choice(trees)
    who = walk.chance.choice(walk.seats.holding("system_admin")) if walk.chance.random() < 0.85 else walk.seats.anybody(walk.chance)
    kind = walk.chance.choice(("variables", "suspend", "retry", "migrate", *["skip"] * 2))
    wanted = _wanted(walk, trees)
    if wanted and walk.chance.random() < SKIPPING:
        kind = "skip"
    if kind == "skip" and wanted:
        tree = min(wanted, key=lambda one: walk.times(f"{one[0].process_id}.{one[1]}"))[0]
    deed = Deed(f"admin {kind}", who, tree.process_id, key=tree.key, project=tree.project_key)
    match kind:
        case "variables":
            names = walk.chance.sample(sorted(FOREIGN), 2)
            deed.sent = {name: FOREIGN[name] for name in names}
            return deed.done(lambda: repair.set_variables(who, tree.key, deed.sent, "补录", walk.now))
        case "suspend":
            return _suspended(walk, deed, tree)
        case "retry":
            found = [row for row in seen.incidents() if row.tenant == walk.district]
            if not found:
                return None
            row = walk.chance.choice(found)
            deed.project = row.project_key
            return deed.done(lambda: repair.resolve(who, row.key, walk.now, reason="重试"))
        case "migrate":
            reference = snapshot.library(walk.district).reference("process", tree.process_id)
            assert reference is not None
            return deed.done(lambda: migration.migrate(who, tree.key, reference.key, "迁移", walk.now))
        case _:
            of_tree = [to for one, to in _wanted(walk, [tree])]
            drawn = [one.id for one in snapshot.process_definition(tree.definition_key).elements.values() if one.type == "userTask"]
            least = sorted(of_tree or drawn, key=lambda one: walk.times(f"{tree.process_id}.{one}"))
            to = least[0] if walk.chance.random() < 0.7 else walk.chance.choice(least)
            with_it = ways.skips(walk.district).get(f"{tree.process_id}.{to}", {})
            deed.sent = {"activate": to, **with_it}
            return deed.done(lambda: repair.modify(who, tree.key, "跳过", walk.now, activate=[repair.Activate(to, variables=with_it)]))


def _wanted(walk: "Walk", trees: list[Any]) -> list[tuple[Any, str]]:
    """The trees with a user task that has hardly been done yet, and which."""
    found = []
    for tree in trees:
        drawn = snapshot.process_definition(tree.definition_key).elements.values()
        found += [(tree, one.id) for one in drawn if one.type == "userTask" and walk.times(f"{tree.process_id}.{one.id}") < HARDLY]
    return found


def _suspended(walk: "Walk", deed: Deed, tree: Any) -> Deed:
    """Suspended and, in the same breath, resumed: what would fire in between waits."""
    who = deed.actor
    assert who is not None

    def act() -> None:
        repair.suspend(who, tree.key, "等一等", walk.now)
        walk.now += timedelta(minutes=1)
        repair.resume(who, tree.key, "继续", walk.now)

    return deed.done(act)


def running(walk: "Walk") -> list[Any]:
    """The trees of the district that are under way."""
    wanted = instances.InstanceFilter(state="active", tenant=walk.district)
    found = instances.search(accounts.system(walk.district), wanted, walk.now, limit=200).items
    return [line for line in found if line.parent_key is None]
