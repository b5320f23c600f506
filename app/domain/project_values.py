"""``project`` as expressions, tables and checks see it: the ledger's row as a context of its declared fields."""

from collections.abc import Collection, Mapping
from typing import Any

from app.domain.fact_values import OFFICE, is_blank
from app.domain.facts import LedgerField, LedgerSchema

_NAMED = ("office", "person")  # of x-format


def project_context(project: Mapping[str, Any] | None, schema: LedgerSchema | None) -> dict[str, Any] | None:
    """The row ``project`` (values by column) by field: every declared one, null where nothing is known of it. None without a project.

    Where nothing is declared (``schema`` None) what the row holds is shown as it is. Source: modelling.md §2.
    """
    if project is None:
        return None
    offices = project["offices"]
    platform = {"projectKey": str(project["key"]), "phase": project["phase"], "applicantOffice": _held(offices, "applicant")}
    facts = project["facts"]
    if schema is None:
        return {**facts, **platform}
    known = {name: _value(field, facts.get(name), offices) for name, field in schema.fields.items()}
    return {**known, **platform}


def as_gates_read(project: Mapping[str, Any] | None, unconfirmed: Collection[str]) -> Mapping[str, Any] | None:
    """The context as conditions, ``*_gate`` decisions and ``x-checks`` read it: null in fields that no owner has confirmed. Source: modelling.md §1."""
    if project is None or not unconfirmed:
        return project
    return {name: None if name in unconfirmed else value for name, value in project.items()}


def _value(field: LedgerField, value: Any, offices: Mapping[str, Any]) -> Any:
    if field.schema.get("x-format") in _NAMED and not (isinstance(value, Mapping) and value.keys() == OFFICE):
        # Diagrams of the first release wrote an office's name, and some under another name than the field's; which office it is, the relation says.
        return _held(offices, field.relation) if field.relation is not None else None
    return None if is_blank(value) else value


def _held(offices: Mapping[str, Any], relation: str) -> dict[str, str] | None:
    """The one office that has this relation to the project, as a value."""
    held: list[Any] = list(offices.get(relation, ()))
    return {"key": str(held[0][0]), "name": held[0][1]} if len(held) == 1 else None
