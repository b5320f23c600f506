"""A number of a clause that stands in two tables of a district: whoever changes one of them forgets the other. One table has it, the others ask that one."""

from collections.abc import Iterator, Sequence

from app.decision import dmn
from app.decision.dmn.expressions import CLAUSES
from app.domain import literals
from app.domain.districts import SHARED
from app.rehearsal.codes import FindingCode
from app.rehearsal.findings import Finding


def check(tables: Sequence[tuple[str, str, dmn.Model]], severity: str) -> Iterator[Finding]:
    """``tables``: file, whose it is, and what it says. Each number that rows of two files have from the same clause, told at the later file."""
    for owner in sorted({tenant for _, tenant, _ in tables} - {SHARED}) or [SHARED]:
        first: dict[tuple[str, str], str] = {}
        for file, tenant, model in tables:
            if tenant in (owner, SHARED):
                for place, clause, number in _written(model):
                    other = first.setdefault((clause, number), file)
                    if other != file:
                        text = f"{clause} 的 {number} 已经写在 {other} 里:一个数只写在一张表,这里请导入那张表或读取参数"
                        yield Finding(file=file, element=place, line=0, code=FindingCode.NUMBER_TWICE, message=text, severity=severity)


def _written(model: dmn.Model) -> Iterator[tuple[str, str, str]]:
    """Row, clause and number, for each number in a row and each clause that the row has it from."""
    for decision in model.decisions.values():
        for rule in decision.rules:
            numbers = {number for text in (*rule.cells, *rule.outputs) for number in literals.numbers(text)}
            for clause in rule.annotations.get(CLAUSES, "").split():
                yield from ((f"{decision.id} 第 {rule.number} 行", clause, number) for number in sorted(numbers))
