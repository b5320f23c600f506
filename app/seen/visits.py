"""What came of each element of an instance: who did it when, with what result, by which rows of a table."""

from collections.abc import Mapping, Sequence

from app.catalogue.snapshot import Snapshot
from app.domain.districts import District
from app.domain.states import DefinitionKind
from app.engine.decisions import CLAUSE_COLUMN
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
        result=decision.said if decision else entry.outcome,
        rows=tuple(_row(rule, district) for rule in decision.rules) if decision else (),
        table=_table(decision, library) if decision else None,
        set_aside=tuple(f"{one.message}（理由：{one.reason}）" for one in entry.overrides),
    )


def _table(decision: DecisionView, library: Snapshot) -> FactLine:
    found = library.by_key(DefinitionKind.DECISION, decision.definition_key)
    model = ModelRef(DefinitionKind.DECISION, found.id, found.tenant, found.version) if found else None
    return FactLine(f"{decision.name or '决策表'}（第 {decision.version} 版）", model=model)


def _row(rule: RuleView, district: District) -> str:
    notes = [clause.article for clause in district.own_clauses(rule.annotations.get(CLAUSE_COLUMN, ""))]
    if rule.annotations.get(NOTE_COLUMN):
        notes.append(rule.annotations[NOTE_COLUMN])
    return f"第 {rule.number} 行" + (f"：{'，'.join(notes)}" if notes else "")
