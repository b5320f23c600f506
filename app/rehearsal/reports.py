"""Reports (``forms/report.<key>.json``): of what they are, and whether each expression can be read and names something that a row has."""

from collections.abc import Iterator

from app.decision import feel
from app.domain import reports
from app.domain.forms import Form
from app.domain.reports import KEYWORD, OF_PROJECTS, PREFIX
from app.engine.expressions import vocabulary
from app.rehearsal import ledger_names
from app.rehearsal.codes import FindingCode
from app.rehearsal.findings import Finding
from app.rehearsal.surroundings import View

_ALWAYS = frozenset({"project", "at"})


def check(file: str, form: Form, around: View) -> Iterator[Finding]:
    """What is wrong with a form's file that is, or wants to be, a report."""
    if not form.id.startswith(PREFIX):
        if KEYWORD in form.schema:
            yield _finding(file, f"报表的标识应以 {PREFIX} 开头,如 {PREFIX}{form.id}")
        return
    report = reports.of_form(form)
    if report is None:
        yield _finding(file, f'标识以 {PREFIX} 开头的是报表,schema 里应写 {KEYWORD},如 {{"of": "project"}}')
        return
    known = _known(report.of, around)
    if known is None:
        yield _finding(file, f"{KEYWORD} 的 of 应是 {OF_PROJECTS} 或一个登记簿,没有“{report.of}”")
        return
    for place, text in (("where", report.where), *((column.name, column.expression) for column in report.columns)):
        if not text:
            if place != "where" and known and place not in known:
                yield _finding(file, f"列“{place}”既没有写 x-value,也不是一个字段")
            continue
        try:
            names = feel.compile(text, functions=vocabulary()).names
        except feel.FeelError as error:
            yield _finding(file, f"“{place}”的表达式不能用:{error}")
            continue
        if known and (strangers := sorted(names - known - _ALWAYS)):
            yield _finding(file, f"“{place}”的表达式用了没有的字段 {'、'.join(strangers)}")


def _known(of: str, around: View) -> frozenset[str] | None:
    """The fields of its rows as somebody around has them; None where there is no such register, the empty set where nobody can say."""
    if of == OF_PROJECTS:
        return frozenset(ledger_names.fields(around))
    found = around.forms(f"records.{of}")
    return frozenset(name for form in found for name in form.fields) if found else None


def _finding(file: str, message: str) -> Finding:
    return Finding(file, None, None, FindingCode.REPORT, message)
