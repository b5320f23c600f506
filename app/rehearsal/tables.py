"""What a decision file names beside models: facts, parameters, clauses, and whom the table of deadlines passed tells."""

from collections.abc import Iterator
from functools import partial

from app.decision import dmn
from app.rehearsal import citations, ledger_names, overdue, reading
from app.rehearsal.findings import Finding
from app.rehearsal.surroundings import Stock, judged


def check(name: str, model: dmn.Model, tenant: str, stock: Stock) -> Iterator[Finding]:
    """A shared file is judged as each district has it that uses it."""
    yield from judged(stock.each_of(tenant, model.decisions), lambda around: overdue.check(name, model, around.roles))
    yield from reading.check(name, model)
    yield from named(name, model, tenant, stock)


def named(name: str, model: dmn.Model, tenant: str, stock: Stock) -> Iterator[Finding]:
    """Without what is judged of ``overdue``."""
    yield from facts_named(name, model, tenant, stock)
    yield from citations.of_table(name, model, stock.around(tenant, ""))


def facts_named(name: str, model: dmn.Model, tenant: str, stock: Stock) -> list[Finding]:
    """Facts and parameters alone."""
    return judged(stock.each_of(tenant, model.decisions), partial(ledger_names.of_table, name, model))
