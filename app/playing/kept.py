"""What has been kept of a life when it is over: the project's facts and entries, its papers, the district's registers."""

from datetime import datetime
from typing import Any

from app.domain.permissions import SYSTEM
from app.playing import player
from app.playing.life import Done, Life
from app.services import documents, projects, registers, tasks


def at_end(life: Life, now: datetime) -> dict[str, Any]:
    """``facts``: the ledger; ``records``: the project's entries by register, the oldest first; ``documents``: what was handed in; ``district``: the entries that
    belong to no project, as whoever oversees the district reads them."""
    page = projects.view(SYSTEM, life.key, now)
    records: dict[str, list[dict[str, Any]]] = {}
    for record in sorted(page.records, key=lambda one: one.key):
        records.setdefault(record.kind, []).append(dict(record.data))
    files = documents.of_project(SYSTEM, life.key)
    return {
        "facts": dict(projects.facts(SYSTEM, life.key)),
        "records": records,
        "documents": [{"task": one.task, "slot": one.slot, "name": one.name} for one in reversed(files)],
        "district": _of_district(life, now),
    }


def of_act(done: Done) -> dict[str, Any]:
    """What else is known of an act: in which office, under which name the person had the project before them, and what they wrote."""
    held = done.actor.office_in(done.role)
    line = tasks.line(done.actor, done.line.key, done.at)
    return {"office": held.office_name if held is not None else "", "project": line.project_name, "values": dict(done.filled.values)}


def _of_district(life: Life, now: datetime) -> dict[str, list[dict[str, Any]]]:
    overseers = (role.key for role in life.district.roles.values() if role.oversees)
    holders = (player.holder(life.district.key, role, now) for role in overseers)
    reader = next((holder for holder in holders if holder is not None), None)
    if reader is None:
        return {}
    found: dict[str, list[dict[str, Any]]] = {}
    for line in registers.listing(reader):
        if line.rows:
            rows = registers.page(reader, line.kind, registers.Filters(), now, limit=line.rows).rows
            found[line.kind] = [dict(row.values) for row in reversed(rows) if row.project_key is None]
    return {kind: rows for kind, rows in found.items() if rows}
