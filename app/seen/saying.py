"""What stands in registers, approvals and the ledger as people read it: each value with its title, no key, no code, no field id.

A schema gives the words: ``title``, ``x-labels`` (code → word), ``oneOf`` with ``const`` and ``title``; ``x-hidden`` is for programs alone.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from weakref import WeakKeyDictionary

from app.catalogue import snapshot
from app.catalogue.snapshot import Snapshot
from app.domain.districts import ZONE
from app.domain.documents import is_reference
from app.domain.fact_values import OFFICE
from app.domain.reports import PREFIX
from app.seen import values, wording
from app.seen.shapes import FactView

HIDDEN = "x-hidden"
LABELS = "x-labels"
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(Z|[+-]\d\d:\d\d)?(@[\w/+-]+)?")
_CODE = re.compile(r"[A-Z]+(?:_[A-Z]+)+")  # of a decision: what it means its table says
_NO_SCHEMA: Mapping[str, Any] = {}

_schemas: WeakKeyDictionary[Snapshot, dict[str, Mapping[str, Any]]] = WeakKeyDictionary()


def register(library: Snapshot, kind: str, data: Mapping[str, Any]) -> tuple[FactView, ...]:
    """An entry of a register: what is filled in of what its form has titles for, in the form's order."""
    found = wording.register(library, kind)
    own = snapshot.form(found.key).fields if found is not None else {}
    return tuple(_entries(data, own, schemas_of(library), own_only=True))


def named(library: Snapshot, facts: Mapping[str, Any]) -> tuple[FactView, ...]:
    """Values by the names of fields, in their own order, what is empty too."""
    return tuple(_entries(facts, {}, schemas_of(library), own_only=False))


def schemas_of(library: Snapshot) -> Mapping[str, Mapping[str, Any]]:
    """Field → its schema: the ledger's, else of the first form that asks for it."""
    known = _schemas.get(library)
    if known is None:
        ledger = library.ledger
        known = {name: {"title": field.title, **field.schema} for name, field in ledger.fields.items()} if ledger is not None else {}
        for reference in sorted(library.indices["form"].newest.values()):
            if not reference.id.startswith((wording.RECORDS, PREFIX)):
                for name, schema in snapshot.form(reference.key).fields.items():
                    known.setdefault(name, schema)
        _schemas[library] = known
    return known


def _entries(
    data: Mapping[str, Any], own: Mapping[str, Any], others: Mapping[str, Mapping[str, Any]], *, own_only: bool
) -> Iterator[FactView]:
    names = [name for name in own if name in data] if own_only else list(data)
    for name in names:
        schema = own.get(name) or others.get(name)
        if schema is None or not _is_shown(schema):
            continue
        text = said(data[name], schema, others)
        if text or not own_only:
            yield FactView(name, str(schema["title"]), data[name], text)


def said(value: Any, schema: Mapping[str, Any] = _NO_SCHEMA, others: Mapping[str, Mapping[str, Any]] = _NO_SCHEMA) -> str:
    """A value in words; empty where there is nothing to say. ``others``: field → schema, for the entries that the value's own schema does not describe."""
    match value:
        case None | "":
            return ""
        case bool():
            return "是" if value else "否"
        case Decimal() | int():
            return f"{value:,.2f}" if schema.get("x-format") == "money" else values.number(value)
        case str():
            return _text(value, schema)
        case datetime():
            return _instant(value)
        case Mapping() if value.keys() == OFFICE:
            return str(value["name"])
        case Mapping() if is_reference(value):
            return values.document(value)
        case Mapping():
            own = schema.get("properties", {})
            known = [(inner, part) for name, part in value.items() if (inner := own.get(name) or others.get(name)) and _is_shown(inner)]
            told = [(inner["title"], text) for inner, part in known if (text := said(part, inner, others))]
            return told[0][1] if len(told) == 1 else "，".join(f"{title} {text}" for title, text in told)
        case Sequence():
            items = schema.get("items")
            parts = [said(item, items if isinstance(items, Mapping) else _NO_SCHEMA, others) for item in value]
            return ("；" if any(isinstance(item, Mapping) for item in value) else "、").join(part for part in parts if part)
        case _:
            return str(value)


def _is_shown(schema: Mapping[str, Any]) -> bool:
    return bool(schema.get("title")) and not schema.get(HIDDEN)


def _text(value: str, schema: Mapping[str, Any]) -> str:
    if (labels := schema.get(LABELS)) and value in labels:
        return str(labels[value])
    for option in schema.get("oneOf", ()):
        if isinstance(option, Mapping) and option.get("const") == value and "title" in option:
            return str(option["title"])
    if found := _INSTANT.fullmatch(value):
        at = datetime.fromisoformat(found[1] + (found[2] or ""))
        return _instant(at if at.tzinfo else at.replace(tzinfo=ZONE))
    return "" if not schema.get("enum") and _CODE.fullmatch(value) else value


def _instant(at: datetime) -> str:
    return at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")
