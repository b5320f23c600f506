"""What happened and why: timelines, decisions, clauses, deadlines as people see them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from app.catalogue import snapshot
from app.connectors.calls import OVERDUE
from app.domain.districts import District
from app.domain.states import ElementState
from app.engine.decisions import CLAUSE_COLUMN, DEADLINES
from app.seen import wording
from app.seen.happenings import Happening
from app.seen.leading import lead
from app.seen.lines import phase_title
from app.seen.shapes import ClauseView, DeadlineView, DecisionView, OverrideView, RuleView, TimelineEntry
from app.store import history

_SHOWN = {
    "userTask": Happening.COMPLETED,
    "manualTask": Happening.COMPLETED,
    "businessRuleTask": Happening.DECIDED,
    "startEvent": Happening.STARTED,
    "endEvent": Happening.ENDED,
    "intermediateCatchEvent": Happening.FIRED,
    "boundaryEvent": Happening.FIRED,
    "receiveTask": Happening.RECEIVED,
    "serviceTask": Happening.DONE,
    "sendTask": Happening.DONE,
}
# What may stand before a task as the step that led to it.
_LEADING = frozenset({Happening.COMPLETED, Happening.RETURNED, Happening.FIRED, Happening.RECEIVED, Happening.DECIDED, Happening.OVERDUE})


def clause_views(district: District, ids: Iterable[str]) -> tuple[ClauseView, ...]:
    """The clauses of this district among ``ids``, each once."""
    found = district.own_clauses(" ".join(dict.fromkeys(part for clause in ids for part in clause.split())))
    return tuple(ClauseView(clause.id, clause.article, clause.paraphrase) for clause in found)


def decision_view(row: Any) -> DecisionView:
    rules = tuple(RuleView(rule["number"], rule["id"], rule["outputs"], rule["annotations"]) for rule in row.rules)
    return DecisionView(
        key=row.key,
        decision_id=row.decision_id,
        name=row.name,
        version=row.version,
        definition_key=row.definition_key,
        at=row.at,
        inputs=tuple(row.inputs),
        output=row.output,
        said=wording.decided(row.definition_key, row.output),
        rules=rules,
        process_id=row.process_id,
        element_id=row.element_id,
        instance_key=row.instance_key,
        libraries=tuple(row.libraries or ()),
    )


def rule_clauses(decision: DecisionView | None) -> list[str]:
    return [] if decision is None else [rule.annotations.get(CLAUSE_COLUMN, "") for rule in decision.rules]


def of_project(project: Mapping[str, Any], district: District) -> list[TimelineEntry]:
    """The life of a project through all its trees, in order, its phases included."""
    key = project["key"]
    rows = history.elements(project_key=key, types=tuple(_SHOWN))
    lapsed = _lapsed(key)
    entries = [*_entries(rows, history.decisions(project_key=key), _drawn(lapsed), district), *map(_lapse_entry, _served(lapsed))]
    for phase, at in project["phases"]:
        entries.append(_phase_entry(phase, datetime.fromisoformat(at)))
    return sorted(entries, key=lambda entry: entry.at)


def of_tree(root_key: int, district: District, project_key: int | None = None) -> list[TimelineEntry]:
    """What happened in one tree. ``project_key``: its project, if it has one."""
    rows = history.elements(root_key=root_key, types=tuple(_SHOWN))
    lapsed = [record for record in _lapsed(project_key) if record.root_key == root_key] if project_key is not None else []
    entries = [*_entries(rows, history.decisions(root_key=root_key), _drawn(lapsed), district), *map(_lapse_entry, _served(lapsed))]
    return sorted(entries, key=lambda entry: entry.at)


def _lapsed(project_key: int) -> list[Any]:
    return [record for record in history.records(project_key) if record.kind == OVERDUE]


def _drawn(lapsed: Sequence[Any]) -> set[tuple[int, str]]:
    """Where a step of a diagram has registered a lapse: its own visit says so."""
    return {(record.root_key, record.element_id) for record in lapsed if "task" not in record.data}


def _served(lapsed: Sequence[Any]) -> list[Any]:
    """The lapses that the platform has registered, of a task that was not done."""
    return [record for record in lapsed if "task" in record.data]


def _lapse_entry(record: Any) -> TimelineEntry:
    return TimelineEntry(
        at=record.created_at,
        process="",
        element=record.element_id,
        name=record.data["name"],
        account="",
        person="",
        office="",
        role="",
        action=Happening.OVERDUE,
        outcome="",
        clauses=(),
        task_key=int(record.data["task"]),
    )


def _entries(rows: Sequence[Any], decided: Sequence[Any], overdue: set[tuple[int, str]], district: District) -> list[TimelineEntry]:
    decisions = {(row.root_key, row.element): decision_view(row) for row in decided if row.decision_id != DEADLINES}
    by_hand = {(row.root_key, row.element) for row in rows if row.type == "userTask"}
    for place in by_hand:
        decisions.pop(place, None)  # checks of its form: that they let it pass is no news
    entries = []
    for row in rows:
        if row.state == ElementState.ACTIVE and row.type in (
            "userTask",
            "manualTask",
            "receiveTask",
            "intermediateCatchEvent",
            "serviceTask",
            "sendTask",
        ):
            continue  # has not happened yet
        entries.append(_entry(row, decisions.get((row.root_key, row.element)), (row.root_key, row.element_id) in overdue, district))
    return entries


def _entry(row: Any, decision: DecisionView | None, late: bool, district: District) -> TimelineEntry:
    info = snapshot.process_definition(row.definition_key).elements.get(row.element_id)
    action = Happening.OVERDUE if late else Happening.CANCELLED if row.state == ElementState.TERMINATED else _SHOWN[row.type]
    begun = (
        (row.begun_with or ()) if row.type == "startEvent" and row.scope == 0 else ()
    )  # checks of the start form that were set aside, and by whom
    return TimelineEntry(
        at=row.ended_at or row.entered_at,
        process=row.process_id,
        element=row.element_id,
        name=row.name or (info.name if info else "") or row.element_id,
        account=row.username or "",
        person=row.completed_name or next((one["person"] for one in begun), ""),
        office=row.completed_office or next((one["office"] for one in begun), ""),
        role=row.completed_role or "",
        action=Happening.RETURNED if row.returned_to else Happening.STANDING if row.stands_for is not None else action,
        outcome=row.outcome or "",
        clauses=clause_views(
            district, [*district.clauses_at(row.process_id, row.element_id, info.clauses if info else ()), *rule_clauses(decision)]
        ),
        decision=decision,
        process_name=row.process_name,
        role_title=district.role_title(row.completed_role) if row.completed_role else "",
        task_key=row.task_key,
        instance_key=row.instance_key,
        overrides=override_views(row.overrides or begun),
    )


def override_views(overrides: Iterable[Mapping[str, str]] | None) -> tuple[OverrideView, ...]:
    """The checks that were set aside when a task was completed."""
    return tuple(OverrideView(one["message"], one["reason"]) for one in overrides or ())


def last_by_hand(timeline: Sequence[TimelineEntry], until: datetime) -> TimelineEntry | None:
    """The last step that a person had done by ``until``."""
    return next(
        (entry for entry in reversed(timeline) if entry.at <= until and entry.person and (entry.action in _LEADING or entry.overrides)),
        None,
    )


def _phase_entry(phase: str, at: datetime) -> TimelineEntry:
    return TimelineEntry(
        at=at,
        process="",
        element=phase,
        name=phase_title(phase),
        account="",
        person="",
        office="",
        role="",
        action=Happening.PHASE,
        outcome=phase_title(phase),
        clauses=(),
    )


def deadline_view(row: Any, district: District) -> DeadlineView | None:
    """How a task's due instant came about."""
    if row.due_at is None:
        return None
    counted = row.deadline
    if counted is None:
        given = "退回时要求的期限" if row.returned_at is not None and row.due_at == row.return_due_at else "由流程图直接给出的截止时间"
        last = row.due_at.astimezone(district.zone)
        day = last.date() if (last.hour, last.minute, last.second) != (0, 0, 0) else date.fromordinal(last.date().toordinal() - 1)
        return DeadlineView(
            due_at=row.due_at,
            last_day=day,
            remind_at=row.remind_at,
            key="",
            explanation=(given,),
            calendar_version="",
            provisional=False,
            overdue_at=row.overdue_at,
        )
    return DeadlineView(
        due_at=row.due_at,
        last_day=date.fromisoformat(counted["lastDay"]),
        remind_at=row.remind_at,
        key=counted["key"],
        explanation=tuple(counted["explanation"]),
        calendar_version=counted["calendarVersion"],
        provisional=bool(counted["provisional"]),
        clauses=clause_views(district, [counted["clause"]]),
        overdue_at=row.overdue_at,
    )


def why(row: Any, clauses: Sequence[ClauseView], district: District) -> str:
    """Why a task came: who returned it, or the step before it on its own branch; and the clause that asks for it."""
    parts = []
    found = lead(row)
    if row.returned_at is not None:
        parts.append(f"“{row.returned_from}”由{row.returned_by_office}{row.returned_by_name}退回后转到此处")
    elif found.hand is not None:
        way = f",经“{_called(found.via)}”转到此处" if found.via is not None else "后转到此处"
        parts.append(f"“{_called(found.hand)}”由{found.hand.completed_office}{found.hand.completed_name}办结{way}")
    elif found.via is not None:
        parts.append(f"“{_called(found.via)}”之后转到此处")
    else:
        parts.append(f"“{row.process_name}”开始办理")
    title = str(district.regulation.get("short_title") or district.regulation.get("title") or "")
    parts += [f"依据{title}{clause.article}:{clause.paraphrase}" for clause in clauses]
    return "。".join(parts) + "。"


def _called(visit: Any) -> str:
    info = snapshot.process_definition(visit.definition_key).elements.get(visit.element_id)
    return visit.name or (info.name if info else "") or "前一环节"
