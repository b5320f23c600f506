"""A decision table as people read it, before it is opened in an editor."""

from dataclasses import dataclass

from app.decision import dmn


@dataclass(frozen=True, slots=True)
class Table:
    """One decision of a file, by its ``id``. ``rows``: number, cells of the inputs, cells of the outputs, annotations in the order of ``notes``."""

    id: str
    name: str
    hit_policy: str
    inputs: list[str]
    outputs: list[str]
    notes: list[str]
    rows: list[tuple[int, list[str], list[str], list[str]]]


def tables(source: bytes) -> list[Table]:
    """The decision tables of a DMN file; none if it cannot be read (the page then shows its text)."""
    try:
        model = dmn.parse(source)
    except dmn.DmnError:
        return []
    return [_table(decision) for decision in model.decisions.values() if decision.kind == "decisionTable"]


def _table(decision: dmn.Decision) -> Table:
    notes = list(dict.fromkeys(name for rule in decision.rules for name in rule.annotations))
    return Table(
        id=decision.id,
        name=decision.name,
        hit_policy=decision.hit_policy,
        inputs=[column.label or column.expression for column in decision.inputs],
        outputs=[column.label or column.name for column in decision.outputs],
        notes=notes,
        rows=[
            (rule.number, list(rule.cells), list(rule.outputs), [rule.annotations.get(name, "") for name in notes])
            for rule in decision.rules
        ],
    )
