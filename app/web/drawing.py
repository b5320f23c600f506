"""What the diagram island is given (frontend/src/diagram): the address of the diagram, and of each element what is declared, where it stands and what came of it."""

import re
from collections.abc import Mapping
from typing import Any

from flask import url_for

from app.access.identity import current_actor
from app.domain import permissions
from app.seen.shapes import DiagramView, ElementView, FactLine, VisitView
from app.web import display

_MOST_VISITS = 5
_ID = re.compile(r"(?<=”)\([A-Za-z_][\w.-]*\)")  # behind the name that it belongs to


def drawn(view: DiagramView, incidents: Mapping[str, str] | None = None, at: str = "") -> dict[str, Any]:
    """``incidents``: element id → what is wrong there, for those who may read it; ``at``: the element that the page is about, if it is about one."""
    stuck = dict.fromkeys(view.incidents, "等待管理员处理") | {name: _ID.sub("", text) for name, text in (incidents or {}).items()}
    late = {one.element_id: display.lateness(one) for one in view.late}
    named = {*view.elements, *view.current, *view.completed, *late, *stuck, *view.visits}
    elements = {}
    for name in sorted(named):
        told = {
            "current": view.current.get(name, 0),
            "done": view.completed.get(name, 0),
            "overdue": late.get(name, ""),
            "incident": stuck.get(name, ""),
        }
        shown = {what: said for what, said in told.items() if said} | _declared(view.elements.get(name)) | _visited(view, name)
        if shown:
            elements[name] = shown
    return {"source": url_for("models.diagram", key=view.definition_key), "elements": elements} | ({"at": at} if at else {})


def _declared(element: ElementView | None) -> dict[str, Any]:
    if element is None:
        return {}
    facts = [{"title": fact.title, "lines": [line(one) for one in fact.lines]} for fact in element.facts]
    kind = f"{element.kind} · {element.drawn}" if _reads_models() else element.kind
    found = {"kind": kind, "captions": list(element.captions), "facts": facts}
    return {what: said for what, said in found.items() if said}


def _visited(view: DiagramView, name: str) -> dict[str, Any]:
    """The newest visits first; of many the rest is counted."""
    visits = list(view.visits.get(name, ()))[::-1]
    if not visits:
        return {}
    more = len(visits) - _MOST_VISITS
    return {"visits": [_visit(visit) for visit in visits[:_MOST_VISITS]]} | ({"more": more} if more > 0 else {})


def _visit(visit: VisitView) -> dict[str, Any]:
    who = f"{visit.office} {visit.person}".strip() + (f"（{visit.role_title}）" if visit.person and visit.role_title else "")
    found = {
        "when": display.instant(visit.at),
        "what": visit.action.meaning,
        "who": who,
        "result": visit.result,
        "rows": [*visit.rows, *visit.set_aside],
        "table": line(visit.table) if visit.table else None,
    }
    return {what: said for what, said in found.items() if said}


def line(told: FactLine) -> dict[str, str]:
    """A line with its link, where the reader may follow it."""
    found = {"text": told.text, "formula": told.formula if _reads_models() else ""}
    if told.model is not None and _may_open(told.model.tenant):
        place = told.model
        found["href"] = url_for(
            "models.versions", kind=place.kind.value, tenant=place.tenant, name=place.id, version=place.version, _anchor=told.anchor or None
        )
    elif told.clause:
        found["href"] = url_for("clauses.listing", _anchor=told.clause)
    return {what: said for what, said in found.items() if said}


def _reads_models() -> bool:
    """Whether the reader works with diagrams and tables: BPMN's words and FEEL tell nobody else anything."""
    return bool(permissions.may_publish(current_actor()))


def _may_open(tenant: str) -> bool:
    """Whether the page of a model of this tenant would let the reader in."""
    actor = current_actor()
    return bool(permissions.may_publish(actor) and permissions.may_list_models(actor, tenant))
