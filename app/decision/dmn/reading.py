"""What a decision reads from outside: the variables that have to be there."""

from __future__ import annotations

from collections.abc import Iterator

from app.decision.dmn.checks import IMPLICIT
from app.decision.dmn.graph import Model
from app.decision.dmn.model import Decision


def read_by(model: Model, decision_id: str, *, hidden: bool = False) -> set[str]:
    """The variables that a decision and those it requires read from outside.

    ``hidden``: those too that may be entries of a filtered item, are called as a function is, or are bound by a box that does not stand around them.
    """
    found: set[str] = set()
    for decision in _with_required(model, decision_id):
        inside = set(IMPLICIT) | {found.name for found in model.imports}
        if not hidden:
            inside |= model.owner_names(decision.id)
        for reference in (*decision.information, *decision.knowledge):
            element = model.find(reference.id) if reference.namespace is None else None
            if element is not None and element.id not in model.parts.inputs:
                inside.add(element.variable.name)
        for formula in decision.formulas:
            found |= (formula.read if hidden else formula.certain_names - formula.calls) - inside
    return {name for name in found if name.isidentifier()}


def entries_read(model: Model, decision_id: str, name: str) -> set[str]:
    """The entries of the context ``name`` that a decision and those it requires in its file read, like ``total`` of ``project.total``."""
    return {
        entry
        for decision in _with_required(model, decision_id)
        for formula in decision.formulas
        for of, entry in formula.members
        if of == name
    }


def _with_required(model: Model, decision_id: str) -> Iterator[Decision]:
    """A decision and those of its file that it requires, each once."""
    seen: set[str] = set()
    pending = [model.find_decision(decision_id)]
    while pending:
        decision = pending.pop()
        if decision is None or decision.id in seen:
            continue
        seen.add(decision.id)
        yield decision
        for reference in (*decision.information, *decision.knowledge):
            element = model.find(reference.id) if reference.namespace is None else None
            if isinstance(element, Decision):
                pending.append(element)
