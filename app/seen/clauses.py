"""The clauses of a district's regulation, each with what carries it: by the names that people know, with the page of the model; what the text leaves open, and
how its authority has interpreted it.
"""

import re
from collections.abc import Iterator

from app.catalogue import interpretations, snapshot
from app.catalogue.snapshot import Snapshot
from app.decision import dmn
from app.decision.dmn.expressions import DESCRIPTION
from app.domain.districts import District
from app.domain.states import DefinitionKind
from app.seen.shapes import ClauseEntry, ClausesPage, FactLine, InterpretationLine, ModelRef
from app.store import ledger


def page(library: Snapshot, district: District, title: str) -> ClausesPage:
    """All of them, in the order of the register. Carriers that no model of the district bears are left out: principles, and what an open reading waits for."""
    there, found = interpretations.issued(district.key), []
    for clause in district.clauses.values():
        carriers = dict.fromkeys(line for carrier in clause.carriers if (line := _carrier(library, carrier)) is not None)
        numbers = tuple(one.number for one in there.values() if one.concerns([clause.id]))
        found.append(ClauseEntry(clause.id, clause.article, clause.paraphrase, tuple(carriers), numbers))
    rows, made = list(_readings(library, district)), ledger.issued(district.key, interpretations.KIND)
    return ClausesPage(
        title,
        tuple(found),
        tuple(_interpretation(one, row, rows) for one, row in zip(there.values(), made, strict=True)),
        tuple(line for rule, line in rows if interpretations.is_open(rule)),
    )


def _interpretation(one: interpretations.Interpretation, row: ledger.Issued, rows: list[tuple[dmn.Rule, FactLine]]) -> InterpretationLine:
    return InterpretationLine(
        number=one.number,
        clauses=one.clauses,
        question=str(one.data["question"]),
        ruling=str(one.data["ruling"]),
        effective_on=one.effective_on,
        document_no=str(one.data["documentNo"]),
        by=f"{row.office or ''} {row.person or ''}".strip(),
        at=row.at,
        rows=tuple(line for rule, line in rows if one.number in interpretations.cited(rule)),
    )


def _readings(library: Snapshot, district: District) -> Iterator[tuple[dmn.Rule, FactLine]]:
    """Rows of the district's own tables that the text leaves open or an interpretation decides, with what they say."""
    for table in sorted(library.decisions(), key=lambda one: one.id):
        if table.tenant != district.key or (found := library.decision(table.id)) is None:
            continue
        decision = found.model.decisions[table.id]
        for rule in decision.rules:
            if interpretations.is_open(rule) or interpretations.cited(rule):
                model = ModelRef(DefinitionKind.DECISION, table.id, table.tenant, table.version)
                values = "，".join(filter(None, map(_plain, rule.outputs)))
                said = "：".join(filter(None, (_CODES.sub("", rule.annotations.get(DESCRIPTION, "")), values)))
                yield rule, FactLine(f"表“{table.name}”第 {rule.number} 行　{said}", model=model, anchor=f"{table.id}-{rule.number}")


def _carrier(library: Snapshot, carrier: str) -> FactLine | None:
    """``process``, ``process.element``, ``process.task.field``, ``table``, ``table.row``."""
    name, _, rest = carrier.partition(".")
    part, _, field = rest.partition(".")
    process = library.process(name)
    if process is not None:
        info = process.elements.get(part)
        if field and (form := library.reference(DefinitionKind.FORM, f"{name}.{part}")) is not None:
            title = str(snapshot.form(form.key).fields.get(field, {}).get("title", ""))
            return FactLine(
                f"表单“{form.name}”{f'的“{title}”' if title else ''}",
                model=ModelRef(DefinitionKind.FORM, form.id, form.tenant, form.version),
            )
        found = library.reference(DefinitionKind.PROCESS, name)
        if found is None:
            return None
        model = ModelRef(DefinitionKind.PROCESS, found.id, found.tenant, found.version)
        return FactLine(f"流程“{found.name}”" + (f"的“{info.name}”" if info is not None and info.name else ""), model=model)
    table = library.reference(DefinitionKind.DECISION, name)
    if table is None:
        return None
    number = _row(library, name, part)
    model = ModelRef(DefinitionKind.DECISION, table.id, table.tenant, table.version)
    return FactLine(f"表“{table.name}”" + (f"第 {number} 行" if number else ""), model=model, anchor=f"{name}-{number}" if number else "")


def _row(library: Snapshot, decision: str, rule: str) -> int:
    """The number of a row by its id; 0 if there is none."""
    try:
        found = library.decision(decision)
    except dmn.DmnError:
        return 0
    table = found.model.decisions.get(decision) if found is not None else None
    return next((row.number for row in table.rules if row.id == rule), 0) if table is not None else 0


_CODES = re.compile(r"(?<![A-Za-z])[A-Z]{2,}(?:_[A-Z]+)*(?!-\d)(?![A-Za-z])\s?")  # of a value that the table gives: its words follow


def _plain(cell: str) -> str:
    """What a cell gives as people say it; empty where it is a code or a formula, of which the row's remark says what it means."""
    text = cell.strip()
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return text
    found = re.fullmatch(r'"([^"\\]*)"', text)
    return found[1] if found is not None and re.search(r"[\u4e00-\u9fff]", found[1]) else ""
