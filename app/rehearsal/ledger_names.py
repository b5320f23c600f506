"""``project.x`` and ``parameters.x`` in diagrams and decision tables against the ledger's fields and the district's parameters: one that there is not is null for ever.

Judged as the view's districts have it; a shared file is judged for each district alone (``Stock.each``). In tables a field that is no slip is only
a warning: who calls a table may give it a ``project`` of another kind.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from app.decision import dmn, feel
from app.decision.near import near
from app.domain.districts import SHARED, ZONE
from app.domain.facts import LEDGER, FactsError, LedgerSchema
from app.domain.forms import Form
from app.engine import DecisionRef, ProcessDefinition
from app.engine.expressions import source_of, vocabulary
from app.engine.ledger import PARAMETERS, PROJECT
from app.engine.library import no_imports
from app.rehearsal.codes import FindingCode
from app.rehearsal.findings import Finding
from app.rehearsal.inventory import Lines, Part, expressions, fields_read
from app.rehearsal.surroundings import View

_WHAT = {PROJECT: ("台账没有字段", "在 forms/records/project.json 中加上它"), PARAMETERS: ("本区的参数没有", "在决策 parameters 中加上它")}
Known = Mapping[str, Collection[str]]


def of_diagram(file: str, process: ProcessDefinition, parts: Collection[Part], around: View, lines: Lines) -> Iterator[Finding]:
    """Where nothing is declared the two names are variables like others."""
    known = around.kept(_known) if process.declares else {}
    if not known:
        return
    for part in parts:
        for said in expressions(part):
            for name, entry in fields_read(said.term):
                if entry not in known.get(name, (entry,)):
                    message = f"{part.place}的{said.what}“{source_of(said.term)}”用到 {name}.{entry},但{_cause(name, entry, known[name])}"
                    line = lines.of(said.flow or part.id, f"{name}.{entry}")
                    yield Finding(file, part.id or process.process_id, line, FindingCode.LEDGER_FIELD, message)


def fields(around: View) -> Collection[str]:
    """The ledger's fields as somebody around has them; none where nobody can say."""
    return around.kept(_known).get(PROJECT, ())


def unknown(members: Iterable[tuple[str, str]], around: View) -> Iterator[str]:
    """Of (``project`` or ``parameters``, entry) those that there are not."""
    known = around.kept(_known)
    for name, entry in sorted(members):
        if entry not in known.get(name, (entry,)):
            yield f"用到 {name}.{entry},但{_cause(name, entry, known[name])}"


def of_table(file: str, model: dmn.Model, around: View) -> Iterator[Finding]:
    known = around.kept(_known)
    if not known:
        return
    for decision in model.decisions.values():
        inside = set(model.owner_names(decision.id))
        for name, entry in sorted({pair for formula in decision.formulas for pair in formula.members}):
            if entry in known.get(name, (entry,)) or (name in inside and name not in _drawn(model)):
                continue
            severity = "error" if name == PARAMETERS or near(entry, known[name]) else "warning"
            message = f"用到 {name}.{entry},但{_cause(name, entry, known[name])}"
            yield Finding(file, decision.id, None, FindingCode.LEDGER_FIELD, message, severity=severity)


def _cause(name: str, entry: str, known: Collection[str]) -> str:
    missing, remedy = _WHAT[name]
    hint = near(entry, known)
    return f"{missing} {entry},{f'是不是 {hint}?' if hint else f'它总是空值(null);请改正,或{remedy}'}"


def _drawn(model: dmn.Model) -> set[str]:
    return {element.variable.name for element in model.parts.inputs.values()}


def _known(around: View) -> Known:
    """Without a file nobody can say."""
    fields: set[str] = set()
    for tenant in around.tenants:
        base, own = _form(around, SHARED), _form(around, tenant) if tenant != SHARED else None
        if base is not None:
            try:
                fields |= set(LedgerSchema.of(base, own).fields)
            except FactsError:  # told where it is written
                fields |= {*base.fields, *(own.fields if own is not None else ())}
    found: dict[str, Collection[str]] = {PROJECT: fields} if fields else {}
    constants = [value for model in around.decisions(PARAMETERS) if (value := _constants(model)) is not None]
    if constants and len(constants) == len(around.decisions(PARAMETERS)):
        found[PARAMETERS] = {name for value in constants for name in value}
    return found


def constants(around: View) -> Mapping[str, Any]:
    """The district's parameters with their values; none where nobody can say."""
    found: dict[str, Any] = {}
    for model in around.decisions(PARAMETERS):
        found |= _constants(model) or {}
    return found


def _form(around: View, tenant: str) -> Form | None:
    load = around.stock.models.get((tenant, "form", LEDGER))
    found = load() if load is not None else None
    return found if isinstance(found, Form) else None


def _constants(model: dmn.Model) -> Mapping[str, Any] | None:
    """None where they cannot be had from the file alone: what is wrong with it is told elsewhere."""
    if model.imports:
        return None
    environment = feel.Environment(now=datetime(1970, 1, 1, tzinfo=UTC), zone=ZONE, functions=vocabulary())
    try:
        value = feel.to_json(DecisionRef(0, 0, PARAMETERS, model, no_imports).evaluate({}, environment).output)
    except (dmn.DmnError, dmn.DmnEvaluationError, feel.FeelError):
        return None
    return value if isinstance(value, dict) else None
