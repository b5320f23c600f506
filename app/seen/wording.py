"""The words for facts and registers: as the deployed forms call them, so that nobody keeps a second list."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from weakref import WeakKeyDictionary

from app.catalogue import snapshot
from app.catalogue.snapshot import Snapshot
from app.decision import dmn
from app.domain.forms import Form
from app.domain.reports import PREFIX
from app.engine import DecisionRef
from app.seen import values
from app.store.resources import ResourceRef

_titles: WeakKeyDictionary[Snapshot, dict[str, str]] = WeakKeyDictionary()
RECORDS = "records."


def record_title(library: Snapshot, kind: str) -> str:
    """What a register is called."""
    found = register(library, kind)
    return found.name if found else kind


def register(library: Snapshot, kind: str) -> ResourceRef | None:
    """The form of a register as of a catalogue version."""
    return library.reference("form", RECORDS + kind) or library.reference("form", kind)


def titles_of(library: Snapshot) -> Mapping[str, str]:
    """Field → title, over all forms that are filled in."""
    known = _titles.get(library)
    if known is None:
        known = {}
        for reference in sorted(library.indices["form"].newest.values()):
            if not reference.id.startswith((RECORDS, PREFIX)):
                for name, schema in snapshot.form(reference.key).fields.items():
                    known.setdefault(name, str(schema.get("title", name)))
        _titles[library] = known
    return known


def column_titles(library: Snapshot, decision_id: str) -> Mapping[str, str]:
    """Output column of a decision table → its title, as far as it has one: a column without stands under its own name."""
    try:
        return _columns(library.decision(decision_id))
    except dmn.DmnError:
        return {}


def decided(definition_key: int, output: Any) -> str:
    """What a decision gave, by the titles that its columns had. Codes are left out: the row's remark says what they mean."""
    try:
        titles = _columns(snapshot.decision(definition_key))
    except dmn.DmnError:
        titles = {}
    return "；".join(_said(output, titles))


def _columns(found: DecisionRef | None) -> Mapping[str, str]:
    decision = found.model.decisions.get(found.decision_id) if found else None
    return {column.name: column.label for column in decision.outputs if column.label not in ("", column.name)} if decision else {}


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
        case str() if values.is_said(value) or values.is_day(value):
            yield value
        case _:
            return


def summarised(form: Form | None, data: Mapping[str, Any]) -> str:
    """What was decided, in a few words: the choices made, else that it was submitted."""
    if form is None:
        return "已办理"
    said = []
    for name, schema in form.fields.items():
        value = data.get(name)
        if "enum" in schema and isinstance(value, str):
            said.append(f"{schema.get('title', name)}:{value}")
        elif schema.get("type") == "boolean" and isinstance(value, bool) and len(form.fields) <= 3:
            said.append(f"{schema.get('title', name)}:{'是' if value else '否'}")
    return ";".join(said[:3]) or "已提交"
