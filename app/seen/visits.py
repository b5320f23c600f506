"""What came of each element of an instance: who did it when, with what result, by which rows of a table."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.catalogue.snapshot import Snapshot
from app.domain.districts import District
from app.domain.states import DefinitionKind
from app.engine.decisions import CLAUSE_COLUMN
from app.seen import values, wording
from app.seen.limits import NOTE_COLUMN
from app.seen.shapes import DecisionView, FactLine, ModelRef, RuleView, TimelineEntry, VisitView


def visit_views(
    past: Sequence[TimelineEntry], instance_key: int, library: Snapshot, district: District
) -> Mapping[str, Sequence[VisitView]]:
    """Element id → what came of it in one instance, in order."""
    found: dict[str, list[VisitView]] = {}
    for entry in past:
        if entry.instance_key == instance_key:
            found.setdefault(entry.element, []).append(_visit(entry, library, district))
    return found


def _visit(entry: TimelineEntry, library: Snapshot, district: District) -> VisitView:
    decision = entry.decision
    return VisitView(
        at=entry.at,
        action=entry.action,
        person=entry.person,
        office=entry.office,
        role_title=entry.role_title,
        result=_result(decision, library) if decision else entry.outcome,
        rows=tuple(_row(rule, district) for rule in decision.rules) if decision else (),
        table=_table(decision, library) if decision else None,
    )


def _table(decision: DecisionView, library: Snapshot) -> FactLine:
    found = library.by_key(DefinitionKind.DECISION, decision.definition_key)
    model = ModelRef(DefinitionKind.DECISION, found.id, found.tenant, found.version) if found else None
    return FactLine(f"{decision.name or '决策表'}（第 {decision.version} 版）", model=model)


def _result(decision: DecisionView, library: Snapshot) -> str:
    """The output by the titles of its columns. Codes are left out: the row's remark says what they mean."""
    return "；".join(_said(decision.output, wording.column_titles(library, decision.decision_id)))


def _said(value: Any, titles: Mapping[str, str]) -> Iterator[str]:
    match value:
        case Mapping():
            for name, part in value.items():
                inner = "、".join(_said(part, titles))
                if inner and name in titles:
                    yield f"{titles[name]}：{inner}"
        case list():
            yield from (said for item in value for said in _said(item, titles))
        case bool():
            yield "是" if value else "否"
        case Decimal() | int():
            yield values.number(value)
        case str() if values.is_said(value):
            yield value
        case _:
            return


def _row(rule: RuleView, district: District) -> str:
    notes = [clause.article for clause in district.own_clauses(rule.annotations.get(CLAUSE_COLUMN, ""))]
    if rule.annotations.get(NOTE_COLUMN):
        notes.append(rule.annotations[NOTE_COLUMN])
    return f"第 {rule.number} 行" + (f"：{'，'.join(notes)}" if notes else "")
