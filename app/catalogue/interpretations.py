"""Readings that a regulation leaves open (待主管部门确认), and the interpretations (解释) of its authority by which they are changed (ADR 49).

The mark stands in the description of a table's row, and so does the number of the interpretation that the row rests on: the column that every DMN editor shows,
that pages and explanations repeat, and that is kept with each version.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.catalogue import snapshot
from app.catalogue.bundles import ModelFile
from app.decision import dmn
from app.decision.dmn.expressions import CLAUSES, DESCRIPTION
from app.domain.districts import SHARED
from app.domain.states import DefinitionKind
from app.rehearsal.codes import FindingCode
from app.rehearsal.findings import Finding
from app.store import ledger, resources

KIND = "interpretation"  # of record
OPEN = "待主管部门确认"
NUMBER = re.compile(r"解释\d{4}-\d{4,}")


@dataclass(frozen=True, slots=True)
class Interpretation:
    """One that was issued. ``clauses``: ids, or ids of whole articles (FX-22)."""

    number: str
    clauses: tuple[str, ...]
    effective_on: date
    data: Mapping[str, Any]

    def concerns(self, cited: Sequence[str]) -> bool:
        return not cited or any(one == own or one.startswith(f"{own}-") for one in cited for own in self.clauses)


def issued(tenant: str) -> dict[str, Interpretation]:
    """All of a district's, by number, oldest first. Needs an app context."""
    return {
        row.data["interpretationNo"]: Interpretation(
            row.data["interpretationNo"], tuple(row.data["clauses"]), date.fromisoformat(row.data["effectiveOn"]), row.data
        )
        for row in ledger.records(tenant, KIND, None)
    }


def cited(rule: dmn.Rule) -> list[str]:
    """The interpretations that a row names."""
    return NUMBER.findall(rule.annotations.get(DESCRIPTION, ""))


def is_open(rule: dmn.Rule) -> bool:
    return OPEN in rule.annotations.get(DESCRIPTION, "")


def clauses_of(rule: dmn.Rule) -> list[str]:
    return rule.annotations.get(CLAUSES, "").split()


def unfounded(files: Sequence[ModelFile], now: datetime) -> Iterator[Finding]:
    """Rows that a bundle changes against the authority: open readings without an interpretation, interpreted ones without the newest. Reads only."""
    for file in files:
        if file.tenant == SHARED or not any(item.kind == DefinitionKind.DECISION for item in file.own):
            continue
        try:
            model = snapshot.read_model(file.content, file.name)
        except dmn.DmnError:
            continue  # refused for that
        there, today = issued(file.tenant), now.astimezone(snapshot.district(file.tenant).zone).date()
        for decision in model.decisions.values():
            known = _deployed(file.tenant, decision.id)
            for rule in decision.rules:
                for text in _against(rule, known.pop(rule.id, None), there, today):
                    yield Finding(file.name, f"{decision.id} 第 {rule.number} 行", None, FindingCode.INTERPRETATION, text)
            for rule in known.values():
                if is_open(rule):
                    text = f"删去了{OPEN}的一行({rule.id}):请保留这一行,登记解释以后再改"
                    yield Finding(file.name, decision.id, None, FindingCode.INTERPRETATION, text)


def _deployed(tenant: str, decision: str) -> dict[str, dmn.Rule]:
    """The rows of the newest version by their ids: the district's own, else the shared one."""
    for owner in (tenant, SHARED):
        for newest in resources.versions(DefinitionKind.DECISION, decision, owner)[:1]:
            name, content = resources.content(newest.resource_key)
            found = snapshot.read_model(content, name).decisions.get(decision)
            return {rule.id: rule for rule in found.rules} if found is not None else {}
    return {}


def _against(rule: dmn.Rule, old: dmn.Rule | None, there: Mapping[str, Interpretation], today: date) -> Iterator[str]:
    """What is wrong with a row as it was changed; nothing if it was not."""
    named, clauses = cited(rule), clauses_of(rule)
    moved = old is None or (old.cells, old.outputs) != (rule.cells, rule.outputs)
    was_open = old is not None and is_open(old)
    if not moved and not (was_open and not is_open(rule)) and old is not None and set(named) <= set(cited(old)):
        return
    wrong = [text for number in named if (text := _wrong(there.get(number), number, clauses, today))]
    yield from wrong
    if wrong:
        return
    holding = [one for one in there.values() if one.effective_on <= today and clauses and one.concerns(clauses)]
    newest = max(holding, key=lambda one: (one.effective_on, one.number), default=None)
    if newest is not None and newest.number not in named:
        yield f"所依据的{'、'.join(clauses)}已有解释{newest.number.removeprefix('解释')}(自 {newest.effective_on} 起适用),改这一行须在批注里写上“{newest.number}”"
    elif was_open and not named:
        yield f"这一行条文未定、{OPEN}:先由负责解释的部门办理“条文解释”,再在批注里写上解释编号,如“解释2026-0001”"


def _wrong(one: Interpretation | None, number: str, clauses: Sequence[str], today: date) -> str:
    if one is None:
        return f"批注里的“{number}”没有登记"
    if one.effective_on > today:
        return f"“{number}”自 {one.effective_on} 起适用,到那一天再发布"
    return "" if one.concerns(clauses) else f"“{number}”解释的是{'、'.join(one.clauses)},与这一行的{'、'.join(clauses)}无关"
