"""The ledger fields of a form: those that a task's person makes facts (``x-ledger``), and those that it only shows (``readOnly``).

Source: modelling.md §3 (a).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain import facts as rules
from app.domain.codes import FormCode
from app.domain.fact_values import ValueRefused, is_blank, normal
from app.domain.facts import LedgerField, LedgerSchema
from app.domain.forms import FieldProblem, Form

_READ_ONLY = "readOnly"
_OF_TYPE = {"integer": "number"}  # what one type takes of another


@dataclass(frozen=True, slots=True)
class Changed:
    """A field that somebody else has written since the form was opened: by whom."""

    before: Any
    by: str


def marked(form: Form, schema: LedgerSchema | None) -> dict[str, LedgerField]:
    """The fields that become facts with the task's completion; of a field that the ledger does not have nothing is known."""
    fields = schema.fields if schema is not None else {}
    return {name: fields[name] for name in form.ledger_fields if name in fields}


def shown(form: Form, schema: LedgerSchema | None) -> dict[str, LedgerField]:
    """The fields that are only information: what is sent of them counts for nothing."""
    fields = schema.fields if schema is not None else {}
    return {name: fields[name] for name, part in form.fields.items() if part.get(_READ_ONLY) is True and name in fields}


def of_others(form: Form, facts: Collection[str]) -> tuple[str, ...]:
    """The fields that show what earlier tasks have said, ``facts`` (ledger fields of the form) left out: process variables that this task does not set."""
    return tuple(name for name in form.shown_fields if name not in facts)


def altered(form: Form, names: Iterable[str], data: Mapping[str, Any], seen: Mapping[str, Any]) -> list[str]:
    """Those of these fields in which something else was sent back than what is there; what is left away is not."""
    return [name for name in names if not is_blank(data.get(name)) and not _is_alike(form.fields[name], data[name], seen.get(name))]


def _is_alike(part: Mapping[str, Any], one: Any, other: Any) -> bool:
    try:
        return bool(normal(part, one) == normal(part, other))
    except ValueRefused:
        return bool(one == other)


def opened(fields: Mapping[str, LedgerField], now: Mapping[str, Any], since: Mapping[str, Changed]) -> dict[str, Any]:
    """The values with which the form was opened: the ledger's, but for what has been written since."""
    return {name: since[name].before if name in since else now.get(name) for name in fields}


def changed(fields: Mapping[str, LedgerField], data: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """What the person has changed, blank as None. Raises ValueRefused for nothing: what no field can hold has been refused by the form."""
    return {
        name: None if is_blank(data.get(name)) else data.get(name)
        for name, field in fields.items()
        if not is_same(field, before.get(name), data.get(name))
    }


def said_again(
    fields: Mapping[str, LedgerField], data: Mapping[str, Any], now: Mapping[str, Any], unconfirmed: Collection[str]
) -> dict[str, Any]:
    """The unconfirmed facts that the person hands in as they stand: whoever may write them has now said that they are right."""
    return {
        name: data[name]
        for name in sorted(fields.keys() & set(unconfirmed))
        if not is_blank(data.get(name)) and is_same(fields[name], now.get(name), data[name])
    }


def conflicts(
    form: Form, fields: Mapping[str, LedgerField], wanted: Mapping[str, Any], now: Mapping[str, Any], since: Mapping[str, Changed]
) -> Iterator[FieldProblem]:
    """Fields that the person and somebody else have changed, to different values."""
    for name, value in wanted.items():
        if name in since and not is_same(fields[name], now.get(name), value):
            title = form.title_of([name])
            text = f"“{title}”已由{since[name].by or '他人'}改为“{said(now.get(name))}”,您填写的是“{said(value)}”。请核对后重新提交"
            yield FieldProblem(name, title, FormCode.CHANGED_MEANWHILE, text)


def unseen(form: Form, fields: Mapping[str, LedgerField], now: Mapping[str, Any], since: Mapping[str, Changed]) -> Iterator[FieldProblem]:
    """Fields that somebody else has changed since the form was drawn, to another value than it showed."""
    for name, change in since.items():
        if not is_same(fields[name], now.get(name), change.before):
            title = form.title_of([name]) if name in form.fields else fields[name].title
            text = f"“{title}”已由{change.by or '他人'}从“{said(change.before)}”改为“{said(now.get(name))}”。请重新打开此事项，核对后再提交"
            yield FieldProblem(name if name in form.fields else "", title, FormCode.CHANGED_MEANWHILE, text)


def is_same(field: LedgerField, one: Any, other: Any) -> bool:
    try:
        return rules.is_same(field, one, other)
    except ValueRefused:
        return bool(one == other)


def fits(part: Mapping[str, Any], field: LedgerField) -> bool:
    """Whether a form's field takes only what the ledger's can hold, by type and kind."""
    kind = part.get("type")
    return _OF_TYPE.get(str(kind), kind) == _OF_TYPE.get(str(field.schema.get("type")), field.schema.get("type")) and part.get(
        "x-format"
    ) == field.schema.get("x-format")


def said(value: Any) -> str:
    """A value in a sentence."""
    if is_blank(value):
        return "空"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        return str(value.get("name", "一组内容"))
    if isinstance(value, list):
        return "、".join(said(one) for one in value)
    return f"{value:,}" if not isinstance(value, str) else value
