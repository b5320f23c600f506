"""Offices and people that a form names: chosen from the register, never typed. What is none of it is said at the field that names it.

An office has to be there, open, of the district and under its own name; a person an active account of the district that does tasks.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.codes import FormCode
from app.domain.forms import FieldProblem, Form
from app.store import accounts

OFFICE, PERSON = "office", "person"  # of x-format
_NONE = {OFFICE: "登记的单位", PERSON: "本区的人员"}
_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Named:
    """A value {key, name} where it stands. ``kind``: office or person."""

    path: str
    title: str
    kind: str
    key: str
    name: str


def of_form(form: Form, data: Mapping[str, Any]) -> list[Named]:
    """Everything that the answers of a form name, but for what the ledger's own rules look at, and what is only shown. Nothing that is no {key, name}."""
    schema = {
        **form.schema,
        "properties": {
            name: part for name, part in form.fields.items() if name not in form.ledger_fields and part.get("readOnly") is not True
        },
    }
    return within(schema, data)


def within(schema: Mapping[str, Any], data: Mapping[str, Any]) -> list[Named]:
    """Everything that values of a schema name."""
    return list(_walk(schema, data, "", ""))


def problems(tenant: str, named: Sequence[Named]) -> list[FieldProblem]:
    """What is not in the register, by its field."""
    found = []
    offices = {str(row.key): (row.name, row.closed_at is None) for row in accounts.offices_of(tenant, _keys(named, OFFICE))}
    people = {str(row.id): (row.name, row.active) for row in accounts.people_of(tenant, _keys(named, PERSON))}
    for one in named:
        known = (offices if one.kind == OFFICE else people).get(one.key)
        why = _why(one, known)
        if why:
            code = FormCode.OFFICE if one.kind == OFFICE else FormCode.PERSON
            found.append(
                FieldProblem(one.path, one.title, code, f"“{one.title}”应从登记的{'单位' if one.kind == OFFICE else '人员'}中选择:{why}")
            )
    return found


def _why(one: Named, known: tuple[str, bool] | None) -> str:
    if known is None:
        return f"“{one.name}”不是{_NONE[one.kind]}"
    name, is_open = known
    if not is_open:
        return f"{name}已撤销" if one.kind == OFFICE else f"{name}的账号已停用"
    return f"这一编号登记的是{name},不是“{one.name}”" if name != one.name else ""


def _keys(named: Sequence[Named], kind: str) -> list[int]:
    return sorted(
        {int(one.key) for one in named if one.kind == kind and one.key.isascii() and one.key.isdigit() and len(one.key) <= _MOST_DIGITS}
    )


def _walk(schema: Mapping[str, Any], data: Any, path: str, title: str) -> Iterator[Named]:
    kind = schema.get("x-format")
    if kind in (OFFICE, PERSON):
        if isinstance(data, Mapping) and all(isinstance(data.get(part), str) for part in ("key", "name")):
            yield Named(path, title, kind, data["key"], data["name"])
    elif isinstance(data, Mapping):
        for name, part in schema.get("properties", {}).items():
            if data.get(name) is not None and isinstance(part, Mapping):
                yield from _walk(part, data[name], f"{path}/{name}".lstrip("/"), f"{title}·{part.get('title', name)}".lstrip("·"))
    elif isinstance(data, list) and isinstance(schema.get("items"), Mapping):
        for number, item in enumerate(data):
            yield from _walk(schema["items"], item, f"{path}/{number}", f"{title}·第{number + 1}行")
