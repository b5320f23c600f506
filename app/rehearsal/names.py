"""Names in a diagram that nobody answers to: roles, job types, headers, decisions, forms, processes, deadlines, functions. What would stop a case is an error.

A name that differs by a slip from one that there is brings the suggestion with it.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.codes import Code
from app.connectors import CONNECTORS
from app.connectors.calls import Known, RoleFacts, forms_of
from app.decision import dmn, separators
from app.decision.feel.syntax import FunctionLiteral, ListLiteral, Name, Path, walk
from app.decision.near import near
from app.domain.codes import DeadlineCode
from app.domain.declared import declared
from app.domain.districts import District
from app.domain.forms import Form
from app.engine import ProcessDefinition
from app.engine.decisions import DEADLINES
from app.engine.elements.base import Element
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.subprocesses import CallActivity
from app.engine.elements.tasks import BusinessRuleTask, JobTask, UserTask
from app.engine.expressions import LiteralTerm, Term, source_of, vocabulary
from app.engine.functions import APPROVED, APPROVED_VALUE, COMPLETED_AT, OFFICES_OF
from app.rehearsal import approvals, at_once, declarations, ledger_names, reserved, variables, wording
from app.rehearsal.codes import FindingCode
from app.rehearsal.findings import Finding
from app.rehearsal.inventory import Lines, Part, argument, calls, expressions, first, job_type, texts, texts_of, tree
from app.rehearsal.surroundings import View, judged
from app.rehearsal.writers import Writers

DEADLINE_FUNCTIONS = ("deadline", "remindAt")
EVENT = "event"  # the column of the deadlines table that holds the keys
_OF_ANY = frozenset({FindingCode.ROLE, FindingCode.FORM, FindingCode.CALLED_DECISION, FindingCode.CALLED_PROCESS})
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')


def check_each(file: str, process: ProcessDefinition, views: Sequence[View]) -> list[Finding]:
    """The findings of ``check`` in each district that uses the diagram; a shared diagram may speak of a role or a model that one of its districts has."""
    return judged(views, lambda around: check(file, process, around), anywhere=_OF_ANY)


def check(file: str, process: ProcessDefinition, around: View) -> list[Finding]:
    """Errors (what will stop at run time) and warnings about the names in one process, in the order of the diagram; one for each element and name."""
    lines = Lines(process.source)
    checker = _Checker(file, process, around, lines)
    found = [finding for part in around.kept(Writers).parts(process) for finding in checker.check(part)]
    found += [finding for part in around.kept(Writers).parts(process) for finding in checker.begun(part)]
    found += variables.check(file, process, around, lines)
    found += [
        checker._say(part, FindingCode.APPROVAL_UNASKED, message, severity=around.stock.unasked)
        for part, message in (*approvals.check(process, around), *approvals.elsewhere(process, around))
    ]
    found += [
        checker._say(part, FindingCode.APPROVAL_IDLE, message, severity=around.stock.unasked)
        for part, message in (approvals.never_asked(process, around) if around.stock.complete else ())
    ]
    found += [
        checker._say(part, FindingCode.FACT_AT_ONCE, message, severity=severity)
        for part, message, severity in at_once.check(
            process, around.kept(Writers).parts(process), lambda one: approvals.facts_of(one, around)
        )
    ]
    found += ledger_names.of_diagram(file, process, around.kept(Writers).parts(process), around, lines)
    return list({(finding.element, finding.code, finding.message): finding for finding in found}.values())


@dataclass(frozen=True)
class _Checker:
    file: str
    process: ProcessDefinition
    around: View
    lines: Lines

    def check(self, part: Part) -> Iterator[Finding]:
        activity = part.activity
        if isinstance(activity, UserTask):
            yield from self._roles(part, activity)
            yield from self._office(part, activity)
            if activity.form is not None:
                yield from self._reference(part, "form", activity.form.id)
        elif isinstance(activity, BusinessRuleTask):
            yield from self._reference(part, "decision", activity.called.id)
        elif isinstance(activity, CallActivity):
            yield from self._reference(part, "process", activity.called.id)
        elif isinstance(activity, JobTask):
            yield from self._job(part, activity)
        for listeners in activity.listeners.values():
            for listener in listeners:
                yield from self._listener(part, listener.type)
        if self.process.declares:
            for problem in reserved.taken(part, self._forms(activity)):
                yield self._say(part, FindingCode.RESERVED_NAME, problem)
        if self.process.declares:
            yield from self._empty(part)
        for problem in declarations.check(self.process, part, self.around):
            yield self._say(part, FindingCode.DECLARED, problem)
        for said in expressions(part):
            yield from self._of_tree(part, said.what, said.term, said.flow)
            yield from self._functions(part, said.what, said.term, said.flow)
            yield from self._deadlines(part, said.what, said.term, said.flow)
            if tree(said.term) is not None and (problem := separators.told(source_of(said.term))):
                yield self._say(part, FindingCode.SEPARATOR, f"的{said.what}“{source_of(said.term)}”:{problem}", at=said.flow)

    def begun(self, part: Part) -> Iterator[Finding]:
        """The form with which somebody begins the process."""
        event = self.process.start_form
        if event is not None and event.form is not None and part.id == event.element_id:
            yield from self._reference(part, "form", LiteralTerm(event.form))
            yield from (self._say(part, FindingCode.FORM, wording.no_task_yet(slot)) for slot in self.around.uploads(event.form))

    def _say(self, part: Part, code: Code, message: str, *, text: str = "", at: str = "", severity: str = "error") -> Finding:
        line = self.lines.of(at or part.id, text)
        return Finding(
            file=self.file,
            element=part.id or self.process.process_id,
            line=line,
            code=code,
            message=f"{part.place}{message}",
            severity=severity,
        )

    # ------------------------------------------------------------------ who

    def _roles(self, part: Part, task: UserTask) -> Iterator[Finding]:
        term, roles = task.assignment.candidate_groups, self.around.roles
        if term is None or roles is None:
            return
        written = texts(term)
        if isinstance(term, LiteralTerm):
            written = [role.strip() for role in term.value.split(",")]
        for role in dict.fromkeys(written):
            if role and role not in roles:
                hint = near(role, roles)
                cure = separators.full_width(role) or (
                    f"是不是 {hint}?" if hint else "请改正候选组,或在 districts 的区县文件中加上这个角色"
                )
                yield self._say(part, FindingCode.ROLE, f"的候选组写了角色“{role}”,本区没有这个角色,没有人能办理,{cure}", text=role)
            elif role and roles[role].administrative:
                title = roles[role].title
                yield self._say(
                    part,
                    FindingCode.ROLE,
                    f"的候选组写了“{title}”({role}),这是管理角色,不办理业务事项,没有人能办理,请改正候选组",
                    text=role,
                )

    def _office(self, part: Part, task: UserTask) -> Iterator[Finding]:
        """A role that several offices of a district hold, without a part in the project: which of them is asked nobody has said."""
        term = task.assignment.candidate_groups
        if term is None or task.declarations.office is not None:
            return
        written = [role.strip() for role in term.value.split(",")] if isinstance(term, LiteralTerm) else texts(term)
        for role in dict.fromkeys(written):
            for district in self._districts:
                info = district.roles.get(role)
                if info is not None and info.relation is None and len(info.offices) > 1:
                    message = (
                        f"的候选组“{info.title}”({role})在{district.title}有 {len(info.offices)} 家单位担任,哪一家都能办;"
                        "请声明 office 写明由哪一家办理,或在区县文件中写明它与项目的关系(relation)"
                    )
                    severity = self.around.stock.unasked if self.process.declares else "warning"
                    yield self._say(part, FindingCode.OFFICE_OPEN, message, text=role, severity=severity)

    def _empty(self, part: Part) -> Iterator[Finding]:
        """A loop whose list is empty on one of the ways that are written down, and that does not say that it may be."""
        body = part.element
        if not isinstance(body, MultiInstanceBody) or body.may_be_empty:
            return
        term = body.loop.input_collection
        root, why = tree(term), ""
        if root is not None and any(isinstance(node, ListLiteral) and not node.items for node in walk(root)):
            why = "表达式里有一种情形得到空列表"
        for role in reserved.asked(term, OFFICES_OF):
            named = [(district.title, district.roles.get(role)) for district in self._districts if role is not None]
            without = [title for title, info in named if info is not None and not info.offices]
            if without:
                why = f"{'、'.join(without)}没有单位担任“{role}”"
        if why:
            message = f"的输入集合“{source_of(term)}”可能是空的({why}),那时会停下成为事故;确实可以没有的,请声明 mayBeEmpty = true"
            yield self._say(part, FindingCode.EMPTY_LOOP, message, severity="warning")

    @property
    def _districts(self) -> list[District]:
        return [self.around.stock.districts[tenant] for tenant in self.around.tenants if tenant in self.around.stock.districts]

    def _forms(self, activity: Element) -> list[Form]:
        form = activity.form if isinstance(activity, UserTask) else None
        return list(self.around.forms(form.id.value)) if form is not None and isinstance(form.id, LiteralTerm) else []

    # ------------------------------------------------------------------ what is called

    def _reference(self, part: Part, kind: str, term: Term) -> Iterator[Finding]:
        word, code, verb = _KINDS[kind]
        known = self.around.ids(kind)
        for name in dict.fromkeys(texts(term)):
            if name and name not in known:
                cure = f"是不是 {hint}?" if (hint := near(name, known)) else f"执行到该处会停下;请一起提交这个{word},或改正标识"
                severity = "error" if hint else self.around.stock.missing
                yield self._say(part, code, f"{verb}{word}“{name}”,但没有这个{word},{cure}", text=name, severity=severity)

    # ------------------------------------------------------------------ jobs

    def _job(self, part: Part, task: JobTask) -> Iterator[Finding]:
        kind = job_type(part)
        if kind is None:
            return
        connector = CONNECTORS.get(kind)
        if connector is None:
            yield from self._worker(part, kind)
            return
        roles = self.around.roles
        known = Known(
            phases=self.around.phases,
            roles=None if roles is None else {key: RoleFacts(role.title, role.relation) for key, role in roles.items()},
            forms=self.around.ids("form") if self.around.stock.complete else None,
        )
        for problem in connector.check(task.headers, known):
            yield self._say(part, FindingCode.HEADER, f"({kind}):{problem}")
        if kind == "query_projects":
            yield from self._phases(part, task)
        if kind in ("put_record", "query_records"):
            yield from self._register_fields(part, task, kind)

    def _worker(self, part: Part, kind: str) -> Iterator[Finding]:
        hint = near(kind, CONNECTORS)
        if hint:
            yield self._say(
                part, FindingCode.JOB_TYPE, f"的作业类型“{kind}”平台不认识,是不是 {hint}?外部工作程序请换一个不易混淆的名称", text=kind
            )
        else:
            message = f"的作业类型“{kind}”不是平台自带的,须有外部工作程序来领取,否则会一直等待"
            yield self._say(part, FindingCode.JOB_TYPE, message, text=kind, severity=self.around.stock.workers)

    def _listener(self, part: Part, term: Term) -> Iterator[Finding]:
        if isinstance(term, LiteralTerm):
            kind = term.value
            more = "(监听器的作业即使与平台自带的同名,也由外部工作程序办理)" if kind in CONNECTORS else ""
            message = f"的监听器“{kind}”须有外部工作程序来领取,否则会一直等待{more}"
            yield self._say(part, FindingCode.JOB_TYPE, message, text=kind, severity=self.around.stock.workers)

    def _phases(self, part: Part, task: JobTask) -> Iterator[Finding]:
        """Phases that a query of projects is given as texts."""
        known = self.around.phases
        for mapping in task.input_mappings:
            if known is not None and mapping.target in ("phase", "phases"):
                for phase in texts(mapping.source):
                    if phase not in known:
                        cure = f"是不是 {hint}?" if (hint := near(phase, known)) else f"可用:{'、'.join(known)}"
                        yield self._say(part, FindingCode.PHASE, f"查询的阶段“{phase}”不在 districts/phases.toml 中,{cure}", text=phase)

    def _register_fields(self, part: Part, task: JobTask, kind: str) -> Iterator[Finding]:
        """What is written to a register, or asked of it, and no form of it has."""
        register = task.headers.get("kind", "").strip()
        forms = next((found for form in forms_of(register) if (found := self.around.forms(form))), ())
        if not forms:
            return
        known = {field for form in forms for field in form.fields}
        extra = frozenset() if kind == "put_record" else frozenset({"amount"})
        for mapping in task.input_mappings:
            name = first(mapping)
            if name not in known | extra:
                what = "登记不会成功" if kind == "put_record" else "查询不到任何记录"
                cure = (
                    f"是不是 {hint}?" if (hint := near(name, known)) else f"请改正输入映射,或在 forms/records/{register}.json 中加上这一项"
                )
                yield self._say(
                    part, FindingCode.FORM_FIELD, f"的输入映射写“{name}”,但登记簿“{register}”的表单没有这一项,{what},{cure}", text=name
                )

    # ------------------------------------------------------------------ in expressions

    def _functions(self, part: Part, what: str, term: Term, flow: str) -> Iterator[Finding]:
        root = tree(term)
        if root is None:
            return
        known = vocabulary()
        for node in walk(root):
            if isinstance(node, FunctionLiteral) and node.external:
                message = f"的{what}“{source_of(term)}”要调用外部程序(external),这里没有,结果总是空值;请改用 FEEL 的函数"
                yield self._say(part, FindingCode.FUNCTION, message, at=flow)
        for call in calls(term):
            name = _called(call.function)
            severity = "warning" if isinstance(call.function, Name) and call.function.element else "error"
            if name is None or (isinstance(call.function, Name) and call.function.local):
                continue
            if isinstance(call.function, Name) and name in known:
                if misfit := known[name].misfit(len(call.arguments), call.names):
                    message = f"的{what}“{source_of(term)}”:{misfit}"
                    yield self._say(part, FindingCode.ARGUMENTS, message, at=flow, severity=severity)
                continue
            cure = f"是不是 {hint}?" if (hint := near(name, known)) else "可用函数见 FEEL 函数表"
            yield self._say(
                part, FindingCode.FUNCTION, f"的{what}“{source_of(term)}”:没有名为“{name}”的函数,{cure}", at=flow, severity=severity
            )

    def _of_tree(self, part: Part, what: str, term: Term, flow: str) -> Iterator[Finding]:
        """Elements whose completion is asked for, and roles whose offices are."""
        for name in reserved.asked(term, COMPLETED_AT):
            if name is None:
                message = f'的{what}“{source_of(term)}”:completedAt() 里应直接写元素的标识,如 completedAt("submit")'
                yield self._say(part, FindingCode.TREE_FUNCTION, message, at=flow)
            elif name not in self._elements:
                cure = f"是不是 {hint}?" if (hint := near(name, self._elements)) else "请改正标识"
                message = f"的{what}“{source_of(term)}”:没有元素“{name}”,{cure}"
                yield self._say(part, FindingCode.TREE_FUNCTION, message, at=flow)
        for function in (APPROVED, APPROVED_VALUE):
            for task in reserved.asked(term, function):
                if task is None or task not in self._approving:
                    cure = (
                        f"是不是 {hint}?"
                        if task is not None and (hint := near(task, self._approving))
                        else "应直接写“流程.任务”,任务要声明 approves"
                    )
                    message = f"的{what}“{source_of(term)}”:{function}() 里的“{task or '(表达式)'}”不是声明了 approves 的任务,{cure}"
                    yield self._say(part, FindingCode.TREE_FUNCTION, message, at=flow)
        for role in reserved.asked(term, OFFICES_OF):
            if role is not None and self.around.roles is not None and role not in self.around.roles:
                cure = f"是不是 {hint}?" if (hint := near(role, self.around.roles)) else "请改正角色"
                yield self._say(part, FindingCode.ROLE, f"的{what}“{source_of(term)}”:本区没有角色“{role}”,{cure}", at=flow)

    @cached_property
    def _approving(self) -> frozenset[str]:
        """The tasks that approve something, as ``process.task``."""
        return frozenset(
            f"{process.process_id}.{name}"
            for process in (self.process, *self.around.all_processes())
            for name, info in process.elements.items()
            if declared(info.properties).approves
        )

    @cached_property
    def _elements(self) -> frozenset[str]:
        """Of this process, and of the others: what a tree may have gone through."""
        return frozenset(name for process in (self.process, *self.around.all_processes()) for name in process.elements)

    def _deadlines(self, part: Part, what: str, term: Term, flow: str) -> Iterator[Finding]:
        for call in calls(term):
            if not isinstance(call.function, Name) or call.function.name not in DEADLINE_FUNCTIONS or call.function.local:
                continue
            key = argument(call, "key", 0)
            written = texts_of(key) if key is not None else []
            known = self._deadline_keys() if written else None
            for name in dict.fromkeys(written):
                if known is not None and name not in known:
                    cure = f"是不是 {hint}?" if (hint := near(name, known)) else f"可用:{'、'.join(known) or '(没有期限表)'}"
                    message = f"的{what}“{source_of(term)}”:本区的期限表没有期限键“{name}”,{cure}"
                    yield self._say(part, DeadlineCode.DEADLINE_KEY, message, at=flow)

    def _deadline_keys(self) -> Collection[str] | None:
        """The keys of the deadlines tables; None where nobody can say which they are."""
        models = self.around.decisions(DEADLINES)
        if not models:
            return [] if self.around.stock.complete else None
        found: dict[str, None] = {}
        for model in models:
            keys = deadline_keys(model)
            if keys is None:
                return None
            found.update(dict.fromkeys(keys))
        return list(found)


_KINDS = {
    "form": ("表单", FindingCode.FORM, "使用"),
    "decision": ("决策", FindingCode.CALLED_DECISION, "调用"),
    "process": ("流程", FindingCode.CALLED_PROCESS, "调用"),
}


def _called(function: object) -> str | None:
    """The name under which something is invoked that must be a function of ours: a name, or a path that begins at a variable."""
    words: list[str] = []
    while isinstance(function, Path):
        words.append(function.name)
        function = function.base
    if not isinstance(function, Name) or (words and function.local):
        return None
    return ".".join([function.name, *reversed(words)])


def deadline_keys(model: dmn.Model) -> list[str] | None:
    """The keys that the rows of a deadlines table are for; None if they are not written plainly."""
    decision = model.find_decision(DEADLINES)
    column = (
        next((number for number, clause in enumerate(decision.inputs) if clause.expression.strip() == EVENT), None) if decision else None
    )
    if decision is None or column is None:
        return None
    found: list[str] = []
    for rule in decision.rules:
        cell = rule.cells[column].strip()
        if not cell or _QUOTED.sub("", cell).strip(" ,\n\t"):
            return None  # any key, or one that is computed
        found += _QUOTED.findall(cell)
    return found
