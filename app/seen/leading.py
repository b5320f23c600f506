"""Which step brought a task: the way of its own token, backwards through the diagrams.

What was done last by the clock may have been done on another branch, by an office that has nothing to do with the task.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from app.catalogue import snapshot
from app.domain.states import ElementState
from app.store import history

_TOLD = frozenset({"businessRuleTask", "boundaryEvent", "intermediateCatchEvent", "receiveTask"})
_THROWING = frozenset({"sendTask", "serviceTask", "intermediateThrowEvent", "endEvent"})
_JOINING = frozenset({"parallelGateway", "inclusiveGateway"})


class Lead(NamedTuple):
    """``hand``: the visit of the step that a person did; ``via``: what the system did nearest to the task after it. None: there is no such step."""

    hand: Any = None
    via: Any = None


def lead(row: Any) -> Lead:
    """``row``: of a task. Reads the visits of its tree, and of its project's other trees where one of them sent for this one."""
    rows = history.elements(root_key=row.root_key)
    way = _Way(rows)
    visit = next((one for one in rows if one.element == row.element), None)
    via = None
    passed: set[int] = set()
    while visit is not None and visit.key not in passed:
        passed.add(visit.key)
        before = way.before(visit)
        if before is None and row.project_key is not None:
            before = _sender(rows, row.project_key)
            way = _Way(history.elements(root_key=before.root_key)) if before is not None else way
        visit = before
        if visit is None:
            break
        if visit.completed_name and visit.stands_for is None:
            return Lead(visit, via)
        if via is None and visit.type in _TOLD and _name(visit):
            via = visit
    return Lead(None, via)


def _name(visit: Any) -> str:
    info = snapshot.process_definition(visit.definition_key).elements.get(visit.element_id)
    return visit.name or (info.name if info else "")


def _sender(rows: Sequence[Any], project_key: int) -> Any:
    """The visit in another tree of the project that sent the message with which this tree began."""
    begun = next((one for one in rows if one.type == "startEvent" and one.scope == 0), None)
    if begun is None:
        return None
    starts = snapshot.process_definition(begun.definition_key).start_events
    message = next((start.name for start in starts if start.element_id == begun.element_id and start.kind == "message"), None)
    sent = [
        one
        for one in history.elements(project_key=project_key, types=tuple(_THROWING))
        if one.root_key != begun.root_key
        and one.ended_at is not None
        and one.ended_at <= begun.entered_at
        and message in snapshot.process_definition(one.definition_key).throws
    ]
    return _last(sent) if message else None


def _last(visits: Iterable[Any]) -> Any:
    return max(visits, key=lambda one: (one.ended_at, one.element), default=None)


class _Way:
    """The visits of one tree."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = rows
        self._numbered = {one.element: one for one in rows}
        self._at: dict[tuple[int, int, str], list[Any]] = defaultdict(list)
        for one in rows:
            self._at[one.instance_key, one.scope, one.element_id].append(one)

    def before(self, visit: Any) -> Any:
        """The step from which the token came to a visit: of a stage, the last one within it. None at the beginning."""
        passed: set[int] = set()
        while visit is not None and visit.element not in passed:
            passed.add(visit.element)
            info = snapshot.process_definition(visit.definition_key).elements.get(visit.element_id)
            around = self._numbered.get(visit.scope) if visit.scope else None
            if info is None:
                return None
            if around is None or around.element_id != visit.element_id:  # not one instance of a loop, whose body was entered
                if (found := self._straight(visit) or self._source(visit)) is not None:
                    return self._innermost(found)
                if info.incoming or info.attached_to:
                    return None
            visit = around if around is not None else self._caller(visit)
        return None

    def _straight(self, visit: Any) -> Any:
        """What was done again for this task, which had returned it and gets it straight back: no flow joins the two."""
        done = [
            one
            for one in self._rows
            if one.returned_straight
            and one.state == ElementState.COMPLETED
            and one.returned_from == visit.name
            and one.ended_at == visit.entered_at
            and one.instance_key == visit.instance_key
        ]
        return _last(done)

    def _source(self, visit: Any) -> Any:
        definition = snapshot.process_definition(visit.definition_key)
        info = definition.elements[visit.element_id]
        if info.attached_to:
            hosts = [one for one in self._at[visit.instance_key, visit.scope, info.attached_to] if one.element < visit.element]
            return max(hosts, key=lambda one: one.element, default=None)
        sources = [definition.flows[flow][0] for flow in info.incoming if flow in definition.flows]
        ended = [
            one for source in sources for one in self._at[visit.instance_key, visit.scope, source] if one.state == ElementState.COMPLETED
        ]
        if visit.type in _JOINING:  # it is there since the first has come; the last one lets it go on
            return _last(one for one in ended if visit.ended_at is None or one.ended_at <= visit.ended_at)
        return _last(one for one in ended if one.ended_at <= visit.entered_at and one.element < visit.element)

    def _innermost(self, visit: Any) -> Any:
        """The step with which a stage, a loop or a called process ended; another step itself."""
        if visit.ended_at is None:
            return visit
        inner = [one for one in self._rows if one.scope == visit.element and one.instance_key == visit.instance_key]
        if visit.type == "callActivity":
            inner = [one for one in self._rows if one.parent_key == visit.instance_key and self._is_called_by(one, visit)]
        ended = [one for one in inner if one.state == ElementState.COMPLETED]
        return self._innermost(_last(ended)) if ended else visit

    def _is_called_by(self, inner: Any, call: Any) -> bool:
        caller = self._caller(inner)
        return caller is not None and bool(caller.element == call.element)

    def _caller(self, visit: Any) -> Any:
        """The call that began the process in which a visit is: the last one before it in the process that called."""
        if visit.parent_key is None:
            return None
        begun = min(one.element for one in self._rows if one.instance_key == visit.instance_key)
        calls = [one for one in self._rows if one.instance_key == visit.parent_key and one.type == "callActivity" and one.element < begun]
        return max(calls, key=lambda one: one.element, default=None)
