"""After facts have changed: the open trees of the project whose dates or people depend on them are to be evaluated again, each in an act of its own.

The act that changed the facts only leaves one row a tree (``waits`` of the kind ``recount``, unique by the tree's root), which the pump serves: no act locks two
roots. Further changes before that are added to the row. memo: ``changes``, each with ``field``, ``title``, ``by`` and ``at``.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from app import engine
from app.acts.rows import Row, TreePlace, wait
from app.catalogue.snapshot import process_definition
from app.domain.fact_changes import PHASE, FactChange
from app.domain.facts import LedgerSchema
from app.domain.states import WaitKind
from app.store import instances, rows
from app.store.tables import WaitRow

PLACE = 0  # the number of the row among the waits of its tree


def ask(changes: Collection[FactChange], project_key: int, schema: LedgerSchema | None, *, by: str, counted: bool, now: datetime) -> None:
    """Leave a row for every tree that one of these changes concerns. ``counted``: the table of deadlines reads the ledger; ``by``: whose act it is."""
    fields = {change.field for change in changes}
    titles = {name: field.title for name, field in schema.fields.items()} if schema is not None else {}
    said = [
        {"field": name, "title": titles.get(name) or ("阶段" if name == PHASE else name), "by": by, "at": now.isoformat()}
        for name in sorted(fields)
    ]
    roots: dict[int, Any] = {}
    concerned: set[int] = set()
    for one in instances.running_of_project(project_key):
        if one.key == one.root_key:
            roots[one.root_key] = one
        if engine.concerns(process_definition(one.definition_key).dated_by, fields, counted=counted):
            concerned.add(one.root_key)
    found = [_row(roots[key], said, now) for key in sorted(concerned) if key in roots]
    rows.upsert(WaitRow, found, ["root_key", "wait"], ["memo", "due_at", "wake_at"])


def ask_of_calendar(trees: Iterable[Any], *, by: str, now: datetime) -> None:
    """Leave a row for each of these trees (see ``store.calendars.dated_trees``): the working days have become others."""
    said = [{"field": engine.CALENDAR, "title": "放假安排", "by": by, "at": now.isoformat()}]
    rows.upsert(WaitRow, [_row(root, said, now) for root in trees], ["root_key", "wait"], ["memo", "due_at", "wake_at"])


def _row(root: Any, said: list[dict[str, str]], now: datetime) -> Row:
    before: Mapping[str, Any] = root.memo or {}
    row = wait(
        TreePlace(root.tenant, root.root_key, root.key),
        process_id=root.process_id,
        definition_key=root.definition_key,
        element_id="",
        kind=WaitKind.RECOUNT,
        number=PLACE,
        element=0,
        due_at=now,
        memo={"changes": [*before.get("changes", ()), *said]},
        interrupting=False,
        now=now,
    )
    return row | {"wake_at": None if root.suspended_at is not None else now}
