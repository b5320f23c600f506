"""What one act changes of a project's row: the one way by which facts, phase, offices and the typed columns are written, whoever writes.

A row is values by column, as the ledger's table has them; a change gives it anew and leaves what was. Its ``unconfirmed`` names the facts that came by import
or migration and that no owner has confirmed; a row without it has none. Source: modelling.md §1, §3.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from app.domain import facts as rules
from app.domain.fact_values import ValueRefused, is_blank
from app.domain.facts import UNVOUCHED, LedgerField, LedgerSchema, Right, RightKind

PHASE = "phase"
APPLICANT = "applicant"
UNCONFIRMED = "unconfirmed"
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactOrigin:
    """Who writes: the element of a process, and by what right. ``role``: in which the person acts; ``main_line``: the main phases in order."""

    process_id: str = ""
    element_id: str = ""
    right: Right
    role: str | None = None
    main_line: Sequence[str] = ()

    @property
    def task(self) -> str:
        return f"{self.process_id}.{self.element_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactChange:
    """One field of one project: before, after (None: blank), and by whom. Both are the same where an owner has confirmed the value."""

    field: str
    before: Any
    after: Any
    origin: FactOrigin


class FactRefused(Exception):
    """A field may not be written so; the text is Chinese."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def refusal(field: LedgerField, value: Any, origin: FactOrigin, row: Row) -> str | None:
    """Why a value may not be written to a field, in Chinese; None if it may."""
    entered = [phase for phase, _ in row["phases"]]
    why = rules.may_set(field, origin.right, role=origin.role, task=origin.task, entered=entered, main_line=origin.main_line)
    if why is not None:
        return why
    problems = rules.validate(field, value)
    return problems[0].message if problems else None


def set_facts(
    row: Row, values: Mapping[str, Any], schema: LedgerSchema | None, origin: FactOrigin
) -> tuple[dict[str, Any], list[FactChange]]:
    """The row with these facts, and what has changed. A connector of the first release is asked for no right; nobody else passes without. Raises FactRefused.

    What an import or a migration writes is unconfirmed until somebody writes it by another right; an equal value then confirms it, which is a change.
    """
    facts, offices, changes = dict(row["facts"]), dict(row["offices"]), []
    unconfirmed = set(row.get(UNCONFIRMED) or ())
    for name, value in values.items():
        field = schema.fields.get(name) if schema is not None else None
        if origin.right.kind is not RightKind.CONNECTOR:
            if field is None:
                raise FactRefused(name, f"台账没有字段“{name}”")
            if (why := refusal(field, value, origin, row)) is not None:
                raise FactRefused(name, why)
            value = None if is_blank(value) else value
        before = facts.get(name)
        if _is_same(field, before, value):
            if name in unconfirmed and origin.right.kind not in UNVOUCHED:
                unconfirmed.discard(name)
                changes.append(_confirmation(name, before, origin))
            continue
        changes.append(FactChange(field=name, before=before, after=value, origin=origin))
        if origin.right.kind in UNVOUCHED and value is not None:
            unconfirmed.add(name)
        else:
            unconfirmed.discard(name)
        if value is None:
            facts.pop(name, None)
        else:
            facts[name] = value
        if field is not None and field.relation is not None and origin.right.kind is not RightKind.CONNECTOR:
            offices[field.relation] = list(named(value))
    changed = {**row, "facts": facts, "offices": {relation: held for relation, held in offices.items() if held}}
    columns = {column: value for column, value in typed(facts).items() if value is not None or column not in ("name", "number")}
    return {**changed, **columns, **_still(row, unconfirmed)}, changes


def confirm(row: Row, name: str, schema: LedgerSchema | None, origin: FactOrigin) -> tuple[dict[str, Any], list[FactChange]]:
    """The row in which an owner has said that a fact is right as it stands. Who is one, the caller has asked. Raises FactRefused."""
    if schema is None or name not in schema.fields:
        raise FactRefused(name, f"台账没有字段“{name}”")
    unconfirmed = set(row.get(UNCONFIRMED) or ())
    if name not in unconfirmed:
        raise FactRefused(name, f"“{schema.fields[name].title}”({name})不是待核实的内容,不需要核实")
    return {**row, **_still(row, unconfirmed - {name})}, [_confirmation(name, row["facts"].get(name), origin)]


def _confirmation(name: str, value: Any, origin: FactOrigin) -> FactChange:
    return FactChange(field=name, before=value, after=value, origin=replace(origin, right=Right(kind=RightKind.CONFIRMED)))


def _still(row: Row, unconfirmed: set[str]) -> dict[str, Any]:
    """The column of what is unconfirmed, if it is another than the row has."""
    return {} if unconfirmed == set(row.get(UNCONFIRMED) or ()) else {UNCONFIRMED: sorted(unconfirmed)}


def set_phase(row: Row, phase: str, at: str, origin: FactOrigin) -> tuple[dict[str, Any], list[FactChange]]:
    """The row in this phase from the instant ``at`` (ISO 8601) on."""
    if row[PHASE] == phase:
        return dict(row), []
    change = FactChange(field=PHASE, before=row[PHASE], after=phase, origin=origin)
    return {**row, PHASE: phase, "phases": [*row["phases"], [phase, at]]}, [change]


def set_office(row: Row, relation: str, office: tuple[int, str], origin: FactOrigin) -> tuple[dict[str, Any], list[FactChange]]:
    """The row with this one office in a relation, as connectors of the first release appoint it: the fact is its name."""
    key, name = office
    field = f"{relation}Office"
    before = row["facts"].get(field)
    changed: dict[str, Any] = {**row, "offices": {**row["offices"], relation: [[key, name]]}, "facts": {**row["facts"], field: name}}
    changed |= _still(row, set(row.get(UNCONFIRMED) or ()) - {field})
    if relation == APPLICANT:
        changed |= {"applicant_key": key, "applicant_office": name}
    return changed, [] if before == name else [FactChange(field=field, before=before, after=name, origin=origin)]


def named(value: Any) -> Iterator[list[Any]]:
    """[key, name] of each office that a value names."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, Mapping):
            yield [int(one["key"]), one["name"]]


def typed(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The typed columns of a project, from its facts."""

    def number(name: str) -> Decimal | None:
        value = facts.get(name)
        return Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None

    year = number("planYear")  # a decision's number is a decimal
    return {
        "name": facts.get("projectName"),
        "number": facts.get("projectNumber"),
        "plan_year": int(year) if year is not None and year == int(year) else None,
        "total_amount": number("totalAmount"),
        "contract_amount": number("contractAmount"),
    }


def _is_same(field: LedgerField | None, one: Any, other: Any) -> bool:
    """Whether writing the other value changes nothing; what no field declares is compared as it stands."""
    if field is None:
        return bool(one == other)
    try:
        return rules.is_same(field, one, other)
    except ValueRefused:  # of the first release, which asked for nothing
        return bool(one == other)
