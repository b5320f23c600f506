"""What a register of clauses names as carriers, looked up among the models as one district sees them: ``process``, ``process.element``,
``process.task.field``, ``table``, ``table.row``, ``records.register`` (or ``record.register``) and ``records.register.field``."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.decision.near import near
from app.domain.districts import PRINCIPLE, REGISTERS, District
from app.domain.forms import Form
from app.rehearsal.codes import FindingCode
from app.rehearsal.findings import Finding
from app.rehearsal.library import Models

ELEMENT, ROW, FIELD, RECORD = "element", "row", "field", "record"


@dataclass(frozen=True, slots=True)
class Carrier:
    """``fault``: why there is nothing of this name, a Chinese sentence; ``records``: the registers that an element puts rows into."""

    name: str
    kind: str
    fault: str = ""
    records: tuple[str, ...] = ()


def find(name: str, models: Models) -> Carrier:
    """A carrier by its name."""
    head, _, rest = name.partition(".")
    if head in (REGISTERS, RECORD):
        return _register(name, rest, models)
    part, _, field = rest.partition(".")
    process = models.process(head)
    if process is None:
        return _row(name, head, rest, models)
    if not part:
        return Carrier(name, ELEMENT)
    info = process.elements.get(part)
    if info is None:
        return Carrier(name, FIELD if field else ELEMENT, f"流程“{head}”没有元素“{part}”{_perhaps(part, process.elements)}")
    if not field:
        record = info.properties.get("record", "")
        return Carrier(name, ELEMENT, records=(record,) if record and not record.startswith("=") else ())
    form = models.form(info.form_id or f"{head}.{part}")
    return Carrier(name, FIELD, _field_fault(form, f"{head}.{part}", field))


def _row(name: str, head: str, rest: str, models: Models) -> Carrier:
    ref = models.decision(head)
    decision = ref.model.decisions.get(head) if ref is not None else None
    if decision is None:
        return Carrier(name, ROW, f"没有流程或决策“{head}”")
    rows = [rule.id for rule in decision.rules if rule.id]
    return Carrier(name, ROW, "" if not rest or rest in rows else f"决策“{head}”没有行“{rest}”{_perhaps(rest, rows)}")


def _register(name: str, rest: str, models: Models) -> Carrier:
    kind, _, field = rest.partition(".")
    form = models.register(kind)
    if form is None:
        return Carrier(name, RECORD, f"没有登记簿“{kind}”(forms/records/{kind}.json)")
    return Carrier(name, RECORD, _field_fault(form, f"{REGISTERS}.{kind}", field) if field else "", records=(kind,))


def _field_fault(form: Form | None, place: str, field: str) -> str:
    if form is None:
        return f"“{place}”没有表单"
    return "" if field in form.fields else f"表单“{form.id}”没有字段“{field}”{_perhaps(field, form.fields)}"


def _perhaps(name: str, known: object) -> str:
    hint = near(name, list(known)) if isinstance(known, list | dict) else None
    return f",是不是 {hint}?" if hint else ""


def check(district: District, models: Models) -> Iterator[Finding]:
    """Carriers that there are not, and clauses of which somebody says both that something carries them and that nothing can."""
    file = f"districts/{district.key}.clauses.csv"
    for clause in district.clauses.values():
        for name in clause.carriers:
            fault = (
                find(name, models).fault if name != PRINCIPLE else "" if clause.carriers == (PRINCIPLE,) else "原则(principle)只能单独写"
            )
            if fault:
                yield Finding(file, clause.id, clause.line, FindingCode.CARRIER, f"carriers 写了“{name}”,{fault}")
