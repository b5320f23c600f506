"""What a decision file names beside models: facts, parameters, clauses, and whom the table of deadlines passed tells."""

from collections.abc import Iterator

from app.decision import dmn
from app.rehearsal import citations, ledger_names, overdue
from app.rehearsal.findings import Finding
from app.rehearsal.surroundings import View


def check(name: str, model: dmn.Model, around: View) -> Iterator[Finding]:
    yield from overdue.check(name, model, around.roles)
    yield from named(name, model, around)


def named(name: str, model: dmn.Model, around: View) -> Iterator[Finding]:
    """Without what is judged of ``overdue`` where it is deployed."""
    yield from ledger_names.of_table(name, model, around)
    yield from citations.of_table(name, model, around)
