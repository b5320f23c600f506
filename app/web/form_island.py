"""Forms on pages: what the form island is given, and what it sends. The server is the judge of every value."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from flask import request, url_for

from app import current
from app.access import forgery
from app.access.identity import current_actor
from app.catalogue import districts
from app.codes import RequestCode
from app.domain import forms
from app.domain.codes import FormCode
from app.domain.districts import ZONE
from app.domain.form_values import CITED, HELD
from app.domain.forms import Form
from app.errors import InvalidRequest
from app.services import register


def sent() -> dict[str, Any]:
    """The form's values out of the request: ``{"data": {…}}``, read with exact numbers, and ``confirmed`` (id of a check → reason) where checks are set aside.

    Raises InvalidRequest, forms.FormError.
    """
    if (request.content_length or 0) > current.settings().form_bytes:
        raise InvalidRequest("提交的内容过大，请减少后再试", code=RequestCode.FORM_SIZE)
    body = forms.loads(request.get_data(cache=False))
    if (
        not isinstance(body, dict)
        or set(body) not in ({"data"}, {"data", "confirmed"})
        or not all(isinstance(part, dict) for part in body.values())
    ):
        raise InvalidRequest("请求内容应是 {“data”: {…}}，说明理由的另有 “confirmed”: {…}", code=FormCode.FORM_SHAPE)
    return body


def given_to(
    form: Form,
    data: Mapping[str, Any],
    *,
    tenant: str,
    complete: str,
    back: str,
    draft: str | None = None,
    read_only: bool = False,
    unconfirmed: Mapping[str, str] = MappingProxyType({}),
    files: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, Any]:
    """What the form island needs (frontend/src/form/index.jsx), with the register where the form chooses from it. Addresses: ``complete`` and ``draft`` to send
    to, ``back`` to return to after signing in. ``unconfirmed``: facts that nobody has confirmed, each with what it came by; ``files``: where documents
    are brought and read."""
    asked = set(_formats(form.schema))
    known = {name: value for name, value in data.items() if value is not None}  # nothing yet is no answer
    schema = _with_marks(_with_clauses(form, tenant), unconfirmed, form.ledger_fields if not read_only else ())
    return {
        "form": {"schema": schema, "ui": form.ui},
        "initial": known if read_only else form.with_empty_lists(known),
        "clauses": _clauses(schema, tenant),
        "readOnly": read_only,
        "urls": {"complete": complete, **({"draft": draft} if draft is not None else {})},
        "session": {"csrf": forgery.token(), "tokenUrl": url_for("home.session"), "signInUrl": url_for("security.login", next=back)},
        "zone": ZONE.key,
        **({"files": dict(files)} if files else {}),
        **({"register": _register(tenant, asked)} if asked and not read_only else {}),
    }


def _register(tenant: str, asked: Collection[str]) -> dict[str, list[dict[str, str]]]:
    """The offices and people that the form's fields are chosen from."""
    held, seated = ([one.partition(":")[2] for one in sorted(asked) if one.startswith(f"{kind}:")] for kind in ("person", "office"))
    found = register.choices(current_actor(), tenant, offices="office" in asked, people="person" in asked, held=held, seated=seated)
    return {
        "office": [asdict(one) for one in found.offices],
        "person": [asdict(one) for one in found.people],
        **{f"person:{role}": [asdict(one) for one in those] for role, those in found.holders.items()},
        **{f"office:{role}": [asdict(one) for one in those] for role, those in found.seats.items()},
    }


def _formats(schema: Mapping[str, Any]) -> Iterator[str]:
    """What the form chooses from the register: office, person, and with ``:role`` where it has to be held by the person, or in the office."""
    if schema.get("x-format") in ("office", "person"):
        yield f"{schema['x-format']}:{schema[HELD]}" if schema.get(HELD) else str(schema["x-format"])
    for part in (*schema.get("properties", {}).values(), schema.get("items")):
        if isinstance(part, Mapping):
            yield from _formats(part)


def _with_clauses(form: Form, tenant: str) -> Mapping[str, Any]:
    """The form's schema; a field that cites nothing itself cites the clauses whose carriers name it in the district's register: a shared form says no clause."""
    district, fields = districts.get(tenant), dict(form.fields)
    for name, part in form.fields.items():
        if CITED not in part and (carried := district.clauses_at(form.id, name)):
            fields[name] = {**part, CITED: " ".join(carried)}
    return {**form.schema, "properties": fields}


def _with_marks(schema: Mapping[str, Any], unconfirmed: Mapping[str, str], own: Collection[str]) -> Mapping[str, Any]:
    """The schema with a mark at each field that nobody has confirmed. ``own``: fields that whoever hands the form in makes facts, and so confirms."""
    fields = dict(schema["properties"])
    for name in unconfirmed.keys() & fields.keys():
        cure = "请核对，提交即为核实无误" if name in own else "填写它的人员在项目页核实之前，把关的规则按没有内容判断"
        said = fields[name].get("description")
        mark = f"待核实（{unconfirmed[name]}）：{cure}。"
        fields[name] = {**fields[name], "description": f"{mark}{said}" if said else mark}
    return {**schema, "properties": fields}


def _clauses(schema: Mapping[str, Any], tenant: str) -> dict[str, dict[str, str]]:
    """The clauses that the form's fields cite, as far as they are the district's own."""
    cited = " ".join(_cited(schema))
    return {clause.id: {"article": clause.article, "paraphrase": clause.paraphrase} for clause in districts.get(tenant).own_clauses(cited)}


def _cited(schema: Mapping[str, Any]) -> Iterator[str]:
    given = schema.get(CITED, "")
    yield given if isinstance(given, str) else " ".join(given)
    for part in schema.get("properties", {}).values():
        yield from _cited(part)
    if isinstance(schema.get("items"), Mapping):
        yield from _cited(schema["items"])
