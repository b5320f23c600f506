"""Where an instance stands on its diagram, and which of its elements are late. The page only draws it.

An element is late if a task that is open there is past its due, as in the inbox, or if since it was entered a lapse of a deadline was registered on a way that
begins at its edge."""

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import datetime
from typing import Any, NamedTuple

from app.catalogue import snapshot
from app.connectors.calls import OVERDUE
from app.domain.deadlines import passed
from app.domain.states import ElementState
from app.engine.definitions import ProcessDefinition
from app.seen.elements import element_views
from app.seen.lines import days_left
from app.seen.shapes import DiagramView, LateView, TimelineEntry
from app.seen.visits import visit_views
from app.store import history, tasks


class _Visits(NamedTuple):
    """Of one element in one state. ``first`` and ``last``: local integers, which grow in the order of entering."""

    number: int
    first: int
    last: int


def diagram_view(row: Any, instance_key: int, past: Sequence[TimelineEntry], now: datetime) -> DiagramView:
    """Where an instance is on its diagram, with what its elements declare as of the rules that its tree began with. ``row``: of the instance or of a task of
    it; ``past``: what happened in its project, or in its tree."""
    definition = snapshot.process_definition(row.definition_key)
    library, district = snapshot.library(row.tenant, history.catalogue_version(row.root_key)), snapshot.district(row.tenant)
    visits = {
        (visit.element_id, visit.state): _Visits(visit.inner or visit.number, visit.first, visit.last)
        for visit in history.visits(instance_key)
    }
    active = {name: found for (name, state), found in visits.items() if state == ElementState.ACTIVE}
    completed = {name: found for (name, state), found in visits.items() if state == ElementState.COMPLETED}
    due = tasks.due_in_instance(instance_key)
    registered = [one for one in history.records_of_tree(row.root_key, row.project_key, OVERDUE) if "task" not in one.data]
    late = {view.element_id: view for view in _lapsed(definition, active, completed, registered, _ahead(due, now))}
    late |= {view.element_id: view for view in _past_due(due, now)}
    return DiagramView(
        definition_key=row.definition_key,
        current={name: found.number for name, found in active.items()},
        completed={name: found.number for name, found in completed.items()},
        late=tuple(late.values()),
        incidents=tuple(dict.fromkeys(stuck.element_id for stuck in history.incidents(instance_key=instance_key, open_only=True))),
        elements=element_views(definition, library, district),
        visits=visit_views(past, instance_key, library, district),
    )


def _past_due(due: Sequence[Any], now: datetime) -> Iterator[LateView]:
    for row in reversed(due):  # the earliest last: it is the one that stays
        if passed(row.due_at, now):
            yield LateView(row.element_id, days_left(row.due_at, now, snapshot.district(row.tenant)), "")


def _ahead(due: Sequence[Any], now: datetime) -> set[tuple[str, str]]:
    """(element id, deadline key) of what is due later: a deadline that was counted anew, with another calendar, say, has not lapsed any more."""
    return {(row.element_id, row.deadline["key"]) for row in due if row.deadline and not passed(row.due_at, now)}


def _lapsed(
    definition: ProcessDefinition,
    active: Mapping[str, _Visits],
    completed: Mapping[str, _Visits],
    registered: Sequence[Any],
    ahead: Set[tuple[str, str]],
) -> Iterator[LateView]:
    for edge in definition.elements.values():
        place = edge.attached_to or ""
        host, fired = active.get(place), completed.get(edge.id)
        if host is None or fired is None or fired.last < host.first:
            continue
        leads_to = _reached(definition, edge.id)
        for record in registered:
            done = completed.get(record.element_id)
            if record.element_id in leads_to and done and done.last > host.first and (place, record.data.get("event")) not in ahead:
                yield LateView(place, None, edge.name)


def _reached(definition: ProcessDefinition, begin: str) -> Set[str]:
    """The elements to which a way leads from one, through sub-processes too."""
    seen: set[str] = set()
    places = [begin]
    while places:
        place = places.pop()
        if place not in seen:
            seen.add(place)
            places += [target for source, target in definition.flows.values() if source == place]
            places += [inner.id for inner in definition.elements.values() if inner.parent == place]
    return seen
