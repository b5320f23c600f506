"""What the checks of a form name: decisions, ledger fields, variables of the tasks that carry it. What would refuse every submission is an error.

A check that reads what is not there has no verdict and refuses (modelling.md §8): better told before than to an official.
"""

from collections.abc import Iterator

from app.decision import separators
from app.decision.dmn.reading import read_by
from app.decision.near import near
from app.domain.districts import SHARED
from app.domain.form_checks import RESERVED, FormCheck
from app.domain.forms import Form
from app.engine import ProcessDefinition
from app.engine.elements.tasks import UserTask
from app.engine.expressions import LiteralTerm
from app.rehearsal import citations, ledger_names, reports
from app.rehearsal.codes import FindingCode
from app.rehearsal.findings import Finding
from app.rehearsal.surroundings import Stock, View
from app.rehearsal.writers import Names, Writers


def check(file: str, form: Form, owner: str, stock: Stock) -> list[Finding]:
    """In the order of the checks, one for each name; a shared form is judged as every district has it that uses it."""
    around = stock.around(owner, "")
    found = [*citations.of_form(file, form, around), *reports.check(file, form, around)]
    if form.checks or form.ledger_fields:
        found += [finding for judge in _judges(file, form, owner, stock) for finding in judge.findings()]
    return list({(finding.element, finding.message): finding for finding in found}.values())


def _judges(file: str, form: Form, owner: str, stock: Stock) -> Iterator["_Judge"]:
    tenants = [owner]
    if owner == SHARED and stock.districts:
        tenants = [key for key in stock.districts if (key, "form", form.id) not in stock.models]
    judges = []
    for tenant in tenants:
        view = stock.around(tenant, "")
        users = [process for process in view.all_processes() if form.id in process.forms and _is_on(process, tenant, stock)]
        judges.append((_Judge(file, form, view, users), bool(users)))
    used = [judge for judge, is_used in judges if is_used]
    yield from used or [judge for judge, _ in judges[:1]]


def _is_on(process: ProcessDefinition, tenant: str, stock: Stock) -> bool:
    district = stock.districts.get(tenant)
    info = district.processes.get(process.process_id) if district is not None else None
    return info is None or info.enabled


class _Judge:
    """The checks of a form as one tenant has them. ``users``: the processes whose tasks carry it."""

    def __init__(self, file: str, form: Form, view: View, users: list[ProcessDefinition]) -> None:
        self.file = file
        self.form = form
        self.view = view
        self.users = users
        self.names = self._seen()

    def findings(self) -> Iterator[Finding]:
        ledger = ledger_names.fields(self.view)
        for name in self.form.ledger_fields if ledger else ():
            if name not in ledger:
                cure = f"是不是 {hint}?" if (hint := near(name, ledger)) else "请改正,或在 forms/records/project.json 中加上它"
                text = f"“{name}”写台账(x-ledger),台账没有这个字段,{cure}"
                yield Finding(self.file, f"{name}/x-ledger", None, FindingCode.LEDGER_FIELD, text)
        for check in self.form.checks:
            if check.decision is not None:
                yield from self._decision(check, check.decision)
            elif check.when is not None:
                if problem := separators.told(check.when.text):
                    yield self._say(check, "when", FindingCode.SEPARATOR, f"的条件里{problem}")
                for name in sorted(check.names - self.names.names):
                    yield from self._unknown(check, name)
                for problem in ledger_names.unknown(check.when.members, self.view):
                    yield self._say(check, "when", FindingCode.CHECK_NAME, problem)

    def _decision(self, check: FormCheck, decision: str) -> Iterator[Finding]:
        known = self.view.ids("decision")
        if decision not in known:
            hint = near(decision, known)
            cure = f"是不是 {hint}?" if hint else "提交会一直被拒绝;请一起提交这个决策,或改正标识"
            severity = "error" if hint else self.view.stock.missing
            yield self._say(
                check, "decision", FindingCode.CALLED_DECISION, f"用到决策“{decision}”,但没有这个决策,{cure}", severity=severity
            )
            return
        for model in self.view.decisions(decision):
            asked = {"stage", "term"} if check.materials or check.term else set()  # the form's own word says it
            for name in sorted(read_by(model, decision) - self.names.names - asked):
                hint = near(name, self.names.names)
                if hint is not None:
                    message = f"决策“{decision}”要输入“{name}”,表单和使用它的任务都没有这一项,是不是 {hint}?"
                    yield self._say(check, "decision", FindingCode.CHECK_NAME, message, severity="warning")

    def _unknown(self, check: FormCheck, name: str) -> Iterator[Finding]:
        hint = near(name, self.names.names)
        certain = not self.names.anything
        if hint is None and not certain:
            return
        cure = f"是不是 {hint}?" if hint else "它总是空值(null),检查会因此得不出结果;请检查名称"
        message = f"用到“{name}”,表单没有这一项,使用它的任务也看不到这个变量,{cure}"
        yield self._say(check, "when", FindingCode.CHECK_NAME, message, severity="error" if certain else "warning")

    def _seen(self) -> Names:
        """What a check can read: the form's fields, the reserved names, and what every or any of the tasks that carry the form can read."""
        found = Names({*self.form.fields, *RESERVED})
        writers = self.view.kept(Writers)
        for process in self.users:
            for part in writers.parts(process):
                task = part.activity
                form = task.form.id if isinstance(task, UserTask) and task.form is not None else None
                if form is not None and (not isinstance(form, LiteralTerm) or form.value == self.form.id):
                    found.take(writers.seen(process, part.id))
        return found

    def _say(self, check: FormCheck, keyword: str, code: FindingCode, message: str, *, severity: str = "error") -> Finding:
        return Finding(
            file=self.file,
            element=f"{check.place}/{keyword}",
            line=None,
            code=code,
            message=f"检查“{check.id}”{message}",
            severity=severity,
        )
