"""Clauses that tables and forms cite and that no register of the district holds: shown to nobody, and the rule would seem to rest on nothing."""

from collections.abc import Iterator

from app.decision import dmn
from app.decision.dmn.expressions import CLAUSES
from app.decision.near import near
from app.domain.form_values import CITED
from app.domain.forms import Form
from app.rehearsal.codes import FindingCode
from app.rehearsal.findings import Finding
from app.rehearsal.surroundings import View


def of_table(file: str, model: dmn.Model, around: View) -> Iterator[Finding]:
    """What the rows of a file's tables cite."""
    for decision in model.decisions.values():
        for rule in decision.rules:
            for clause in rule.annotations.get(CLAUSES, "").split():
                problem = _problem(clause, around)
                if problem:
                    yield _say(file, f"{decision.id} 第 {rule.number} 行", problem, around)


def of_form(file: str, form: Form, around: View) -> Iterator[Finding]:
    """What the fields of a form cite."""
    for name, schema in form.fields.items():
        for clause in str(schema.get(CITED, "")).split():
            problem = _problem(clause, around)
            if problem:
                yield _say(file, f"{name}/{CITED}", problem, around)


def _problem(clause: str, around: View) -> str:
    districts = [around.stock.districts[tenant] for tenant in around.tenants if tenant in around.stock.districts]
    registers = [district.clauses for district in districts if district.clauses]
    if not registers or all(clause in clauses for clauses in registers):
        return ""
    if any(clause in clauses for clauses in registers):
        return f"各区共用的文件写了一个区的条款“{clause}”,别的区没有这一条;请写在区自己的文件里"
    hint = near(clause, {one for clauses in registers for one in clauses})
    return f"引用的条款“{clause}”不在 districts/<区>.clauses.csv 里,页面上不会显示,{f'是不是 {hint}?' if hint else '请改正,或先登记这一条'}"


def _say(file: str, place: str, message: str, around: View) -> Finding:
    return Finding(file=file, element=place, line=None, code=FindingCode.CLAUSE_UNKNOWN, message=message, severity=around.stock.unasked)
