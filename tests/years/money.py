"""Budgets, plans, contracts, changes, payments, funds: added up here from the rows of the registers, and compared with what the ledger says and with the limits
of the clauses. No sum of the product's own is used."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from tests.walks_at_random.tables import same
from tests.years.lives import Life, Lives

NOTHING = Decimal(0)
PAID, OF_OPERATION = "已支付", frozenset({"运维资金", "运维经费"})
# SC-17-2: at most the larger of these without being declared anew; FX-22-1: beyond this share by the procurement law.
CHANGE_AMOUNT, CHANGE_SHARE = Decimal("4000000"), Decimal("0.10")
IN_FORCE, ANEW = "已生效", "REDECLARE"


def of_project(life: Life, counts: Counter[str]) -> Iterator[str]:
    """What does not add up in one project."""
    facts, rows = life.facts, life.rows
    paid = [row for row in rows["payment"] if row.data.get("state") == PAID]
    of_contract = total(row.data["amount"] for row in paid if row.data.get("payKind") not in OF_OPERATION)
    contract = amount(facts, "contractAmount")
    counts["paid"] += len(paid)
    if contract is not None:
        counts["contracts"] += 1
        if of_contract > contract:
            yield f"{of_contract} were paid of a contract of {contract}"
        if not same(amount(facts, "paidAmount") or NOTHING, total(row.data["amount"] for row in paid)):
            yield f"paidAmount is {facts.get('paidAmount')}, paid were {[row.data['amount'] for row in paid]}"
        registered = [row.data["amount"] for row in rows["contract"]]
        if not rows["correction"] and registered and not same(registered[-1], contract):
            yield f"contractAmount is {contract}, registered were {registered}"
        yield from _contract(life, contract)
    elif paid:
        yield "paid without a contract"
    yield from _changes(life, counts)
    yield from _plan(life, counts)


def _contract(life: Life, contract: Decimal) -> Iterator[str]:
    """FX-21, SC-13-2, SC-16-2: no contract above the money that there is for it, as it stood when the contract was registered."""
    at = next((change.at for change in life.changes if change.field == "contractAmount"), None)
    if at is None:
        return
    first = next(change.after for change in life.changes if change.field == "contractAmount")
    limits = ("controlPrice", "reviewedEstimate", "approvedBudget") if life.district == "sucheng" else ("approvedBudget",)
    known = {name: life.said(name, at) for name in limits}
    limit = known.get("controlPrice") or known.get("reviewedEstimate") or known.get("approvedBudget")
    if limit is not None and first > limit:
        yield f"the contract of {first} is above {known}"
    if limit is None and life.facts.get("usesBudgetFund") is not False and "运维" not in str(life.facts.get("projectType")):
        yield f"a contract of {contract} without a budget: {known}"


def _changes(life: Life, counts: Counter[str]) -> Iterator[str]:
    """SC-17-4, FX-22-3: changes add up one after the other, more and less alike; declared anew, they begin anew. SC-17-2, FX-22-1: beyond the limit none simply
    comes into force."""
    running, contract = NOTHING, amount(life.facts, "contractAmount")
    for row in life.rows["change"]:
        asked, route = (
            total(abs(Decimal(item["amount"])) for item in row.data.get("items") or () if item.get("amount") is not None),
            row.data.get("route"),
        )
        if not same(row.data.get("amount"), asked):
            yield f"the change {row.data.get('filingNo')} is of {row.data.get('amount')}, its items are of {asked}"
        if row.data.get("state") != IN_FORCE:
            continue
        counts["changes"] += 1
        if route == ANEW:
            running = NOTHING
            continue
        running += asked
        if not same(row.data.get("cumulativeChange"), running):
            yield f"the change {row.data.get('filingNo')} says {row.data.get('cumulativeChange')} altogether, added up are {running}"
        if contract is not None and life.district == "sucheng" and row.data.get("reasonCode") in (None, "无"):
            yield f"the change {row.data.get('filingNo')} of {asked} came into force for no reason of the clause"
        if contract is not None and life.district == "fengxian" and running > CHANGE_SHARE * contract and not row.data.get("lawHandling"):
            yield f"changes of {running} to a contract of {contract} came into force without the procurement law"
        if contract is not None and life.district == "sucheng" and running > max(CHANGE_AMOUNT, CHANGE_SHARE * contract):
            yield f"changes of {running} to a contract of {contract} came into force without being declared anew"
    if not same(amount(life.facts, "cumulativeChange") or NOTHING, running):
        yield f"cumulativeChange is {life.facts.get('cumulativeChange')}, changes in force add up to {running}"


def _plan(life: Life, counts: Counter[str]) -> Iterator[str]:
    """What was taken back of a budget adds up, and the budget is not above what was declared."""
    taken = total(row.data["amount"] for row in life.rows["budget_reclaim"])
    if life.rows["budget_reclaim"]:
        counts["reclaimed"] += 1
        if not same(life.facts.get("reclaimedAmount"), taken) and not life.facts.get("cancelled"):
            yield f"reclaimedAmount is {life.facts.get('reclaimedAmount')}, taken back were {taken}"
    budget, declared = amount(life.facts, "approvedBudget"), amount(life.facts, "totalAmount")
    if budget is not None:
        counts["budgets"] += 1
        wholes = [change.after for change in life.changes if change.field == "totalAmount" and change.after is not None]
        anew = total(row.data.get("net") for row in life.rows["change"] if row.data.get("route") == ANEW and row.data.get("net", 0) > 0)
        if declared is not None and budget > max([declared, *wholes]) + anew:
            yield f"approvedBudget {budget} is above all that was ever declared: {wholes} and {anew} by changes"


def of_plans(lives: Lives) -> Iterator[str]:
    """FX-20-2, SC-10-22: what a plan lists is for no more than was declared, once, and the ledger knows it as listed for that year's money."""
    for row in lives.records:
        if row.kind != "annual_plan" or row.superseded_at is not None:
            continue
        seen: Counter[str] = Counter()
        for item in row.data.get("items") or ():
            key = str(item.get("projectKey"))
            seen[key] += 1
            life = lives.projects[int(key)]
            planned = item.get("planAmount")
            if life.district != row.tenant:
                yield f"{key} of another district is in the plan {row.data.get('planDocNo')}"
            before = life.said("totalAmount", row.created_at)
            if planned is not None and before is not None and planned > before:
                yield f"{key} is planned with {planned}, declared were {before}"
            budget = life.said("approvedBudget", row.created_at)
            if planned and budget is not None and planned > budget:
                yield f"{key} is planned with {planned}, its budget is {budget}"
        yield from (f"{key} stands {times} times in the plan {row.data.get('planDocNo')}" for key, times in seen.items() if times > 1)


def of_funds(lives: Lives) -> Iterator[str]:
    """FX-9-2: of the money set aside for operation in a year no more is arranged than there is."""
    quotas: defaultdict[tuple[str, Any], Decimal] = defaultdict(Decimal)
    arranged: defaultdict[tuple[str, Any], Decimal] = defaultdict(Decimal)
    for row in lives.records:
        if row.superseded_at is not None:
            continue
        if row.kind == "special_fund" and row.data.get("fundKind") == "运维":
            quotas[row.tenant, row.data.get("year")] = max(quotas[row.tenant, row.data.get("year")], row.data["amount"])
        elif row.kind == "om_fee" and row.data.get("arranged") is not None and str(row.data.get("arrangement")) != "不安排":
            arranged[row.tenant, row.data.get("year")] += row.data["arranged"]
    for (district, year), spent in arranged.items():
        if spent > quotas[district, year]:
            yield f"{district} {year}: {spent} arranged for operation, set aside were {quotas[district, year]}"


def amount(facts: Mapping[str, Any], name: str) -> Decimal | None:
    found = facts.get(name)
    return Decimal(found) if isinstance(found, int | Decimal) and not isinstance(found, bool) else None


def total(amounts: Any) -> Decimal:
    return sum((Decimal(one) for one in amounts if one is not None), NOTHING)
