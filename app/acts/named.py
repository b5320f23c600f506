"""Offices and people that a form names: chosen from the register, never typed; and clauses. What is none of it is said at the field that names it.

An office has to be there, open, of the district and under its own name, and where the field says ``x-held``, one in which somebody holds that role, so that
what the office is chosen for can be done. A person is an active account of the district that does tasks, and with ``x-held`` one who holds that role: in an
office that the district gives it to, or in the project's own office of its relation.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.catalogue import snapshot
from app.domain import permissions
from app.domain.codes import FormCode
from app.domain.form_values import HELD, HELD_IN
from app.domain.forms import FieldProblem, Form
from app.domain.permissions import Membership, ProjectFacts
from app.store import accounts

OFFICE, PERSON, CLAUSE = "office", "person", "clause"  # of x-format
_NONE = {OFFICE: "登记的单位", PERSON: "本区的人员"}
_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Named:
    """A value {key, name} where it stands. ``kind``: office or person. ``held``: the role that the person has to hold, ``inside``: in
    the office of this key; or that has to be held in the office. ``ledger``: the ledger's own rules look whether it is registered."""

    path: str
    title: str
    kind: str
    key: str
    name: str
    held: str = ""
    inside: str = ""
    ledger: bool = False


def of_form(form: Form, data: Mapping[str, Any]) -> list[Named]:
    """Everything that the answers of a form name, but for what is only shown. Nothing that is no {key, name} and no clause."""
    shown = {name: part for name, part in form.fields.items() if part.get("readOnly") is not True}
    found = within({**form.schema, "properties": shown}, data)
    return [replace(one, ledger=one.path.split("/")[0] in form.ledger_fields) for one in found]


def within(schema: Mapping[str, Any], data: Mapping[str, Any]) -> list[Named]:
    """Everything that values of a schema name."""
    return list(_walk(schema, data, "", ""))


def problems(tenant: str, named: Sequence[Named], project: ProjectFacts | None = None) -> list[FieldProblem]:
    """What is not in the register, by its field. ``project``: whose own offices count for roles that belong to a project."""
    found: list[FieldProblem] = []
    offices = {str(row.key): (row.name, row.closed_at is None) for row in accounts.offices_of(tenant, _keys(named, OFFICE))}
    people = {str(row.id): (row.name, row.active) for row in accounts.people_of(tenant, _keys(named, PERSON))}
    for one in named:
        if one.kind == CLAUSE:
            found.extend(_no_clause(tenant, one))
            continue
        known = (offices if one.kind == OFFICE else people).get(one.key)
        unknown = _why(one, known)
        if unknown and one.ledger:
            continue
        why = unknown or (_held_not(tenant, one, project) if one.held else "")
        if why:
            code = FormCode.OFFICE if one.kind == OFFICE else FormCode.PERSON
            found.append(
                FieldProblem(one.path, one.title, code, f"“{one.title}”应从登记的{'单位' if one.kind == OFFICE else '人员'}中选择:{why}")
            )
    return found


def _no_clause(tenant: str, one: Named) -> Iterator[FieldProblem]:
    """A clause by its id, or a whole article by what the ids of its clauses begin with (FX-22)."""
    if not any(clause == one.key or clause.startswith(f"{one.key}-") for clause in snapshot.district(tenant).clauses):
        text = f"“{one.title}”应是本区登记的条款编号,没有“{one.key}”"
        yield FieldProblem(one.path, one.title, FormCode.UNKNOWN_CLAUSE, text)


def _why(one: Named, known: tuple[str, bool] | None) -> str:
    if known is None:
        return f"“{one.name}”不是{_NONE[one.kind]}"
    name, is_open = known
    if not is_open:
        return f"{name}已撤销" if one.kind == OFFICE else f"{name}的账号已停用"
    return f"这一编号登记的是{name},不是“{one.name}”" if name != one.name else ""


def _held_not(tenant: str, one: Named, project: ProjectFacts | None) -> str:
    return _vacant(tenant, one) if one.kind == OFFICE else _holds_not(tenant, one, project)


def _vacant(tenant: str, one: Named) -> str:
    """Why nobody in the office could do what it is chosen for."""
    return (
        ""
        if one.key in holding(tenant, one.held)
        else f"{one.name}没有担任“{snapshot.district(tenant).role_title(one.held)}”的人员,选了以后没有人能办"
    )


def holding(tenant: str, role: str) -> frozenset[str]:
    """The keys of the offices in which somebody holds a role so that it counts."""
    district = snapshot.district(tenant)
    rows = accounts.holders(tenant, role)
    return frozenset(str(row.key) for row in rows if permissions.is_effective(Membership(role, row.key, row.name), district))


def _holds_not(tenant: str, one: Named, project: ProjectFacts | None) -> str:
    district = snapshot.district(tenant)
    info = district.roles.get(one.held)
    title = district.role_title(one.held)
    for row in accounts.holders(tenant, one.held):
        membership = Membership(one.held, row.key, row.name)
        if str(row.id) != one.key or (one.inside and str(row.key) != one.inside) or not permissions.is_effective(membership, district):
            continue
        own = project.offices.get(info.relation, frozenset()) if info is not None and info.relation and project is not None else None
        if own is None or row.key in own:
            return ""
    where = "所选单位的" if one.inside else "本项目单位的" if info is not None and info.relation else ""
    return f"{one.name}不是{where}“{title}”,请选择担任这一角色的人员"


def _keys(named: Sequence[Named], kind: str) -> list[int]:
    return sorted(
        {int(one.key) for one in named if one.kind == kind and one.key.isascii() and one.key.isdigit() and len(one.key) <= _MOST_DIGITS}
    )


def _walk(schema: Mapping[str, Any], data: Any, path: str, title: str, beside: Mapping[str, Any] | None = None) -> Iterator[Named]:
    kind = schema.get("x-format")
    if kind in (OFFICE, PERSON):
        if isinstance(data, Mapping) and all(isinstance(data.get(part), str) for part in ("key", "name")):
            held, inside = _holding(schema, beside or {})
            yield Named(path, title, kind, data["key"], data["name"], held=held, inside=inside)
    elif kind == CLAUSE and isinstance(data, str):
        yield Named(path, title, kind, data, data)
    elif isinstance(data, Mapping):
        for name, part in schema.get("properties", {}).items():
            if data.get(name) is not None and isinstance(part, Mapping):
                yield from _walk(part, data[name], f"{path}/{name}".lstrip("/"), f"{title}·{part.get('title', name)}".lstrip("·"), data)
    elif isinstance(data, list) and isinstance(schema.get("items"), Mapping):
        for number, item in enumerate(data):
            yield from _walk(schema["items"], item, f"{path}/{number}", f"{title}·第{number + 1}行")


def _holding(schema: Mapping[str, Any], beside: Mapping[str, Any]) -> tuple[str, str]:
    """The role that a person has to hold, and the key of the office in which, where a field beside it names that."""
    office = beside.get(str(schema.get(HELD_IN, "")))
    return str(schema.get(HELD, "")), str(office["key"]) if isinstance(office, Mapping) and "key" in office else ""
