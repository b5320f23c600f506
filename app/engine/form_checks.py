"""The checks of a form, evaluated on what somebody submits: before the step, in the act. One evaluation for the server and for rehearsal.

A check that cannot be decided (null, no truth value, an error, a decision that is not there) refuses: it fails closed. Source: modelling.md §8.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from app.decision import feel
from app.decision.dmn import DmnError, DmnEvaluationError
from app.decision.dmn.reading import entries_read, read_by
from app.decision.near import near
from app.domain.codes import FormCode
from app.domain.fact_values import is_blank
from app.domain.form_checks import LONGEST_REASON, OPENED, TERMS, FormCheck, Overridden, Unique, misses
from app.domain.forms import FieldProblem, Form
from app.domain.project_values import as_gates_read
from app.engine import bounds, functions, materials, parameters, uniques
from app.engine.decisions import report
from app.engine.effects import Effect
from app.engine.ledger import NOTHING_KNOWN, PARAMETERS, PROJECT, KnownLedger, OfficesAsked
from app.engine.library import DecisionRef, Library
from app.engine.limits import StepLimits

_DEFAULT_LIMITS = StepLimits()


@dataclass(frozen=True, slots=True)
class CheckSite:
    """Where a form is submitted: the local integers of the element instance (0 at a start) and its process instance; when that element was entered."""

    number: int
    instance: int
    element_id: str
    entered_at: datetime | None = None

    @property
    def is_process(self) -> bool:
        return self.number == 0


@dataclass(frozen=True, kw_only=True)
class CheckSetting:
    """What checks may look at: ``project`` as expressions see it, ``variables`` that can be seen from the task, the district's rules and the instant.

    ``unconfirmed``: fields of ``project`` that no owner has confirmed: to a check they are null. ``titles``: what people call the fields.
    ``offices``: role → its offices, looked up only where a check asks (``officesOf``). ``records``: the rows of a register that stand, of the project
    alone or of the district, each with its project; ``called``: what a project is called for everybody.
    """

    library: Library
    site: CheckSite
    now: datetime
    project: Mapping[str, Any] | None = None
    unconfirmed: Collection[str] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    offices: Callable[[], Mapping[str, Sequence[Mapping[str, str]]]] | None = None
    records: Callable[[str, bool], Iterable[tuple[int | None, Mapping[str, Any]]]] | None = None
    called: Callable[[int], str] | None = None
    limits: StepLimits = _DEFAULT_LIMITS


@dataclass(frozen=True, slots=True)
class CheckReport:
    """``problems``: of the schema and of the checks, in the order of the form. ``overridden``: checks set aside with a reason. ``effects``: decisions taken."""

    problems: Sequence[FieldProblem]
    overridden: Sequence[Overridden] = ()
    effects: Sequence[Effect] = ()


def examine(form: Form, data: Mapping[str, Any], confirmed: Mapping[str, Any], setting: CheckSetting) -> CheckReport:
    """All that is wrong with ``data`` (blank texts are null: ``Form.answered``). ``confirmed``: id of a check → why it is overridden.

    A check that reads a field with which the schema finds fault is left until that is mended.
    """
    problems = form.validate(data)
    if not form.checks and not confirmed:
        return CheckReport(problems)
    run = _Run(form, data, setting, frozenset(problem.path.split("/")[0] for problem in problems))
    unknown = list(_unknown(form, confirmed))
    overridden: list[Overridden] = []
    for check in form.checks:
        if (check.term or check.after) and any(problem.path == check.field for problem in problems):
            continue  # what is already told of a date says enough
        found = run.verdicts(check)
        reason = confirmed.get(check.id)
        if not found or check.id not in confirmed or any(not problem.confirm for problem in found):
            problems += found
        elif not isinstance(reason, str) or is_blank(reason) or len(reason) > LONGEST_REASON:
            text = f"请说明不按这项检查办理的理由(至多 {LONGEST_REASON} 个字):"
            problems += [_problem(form, check, problem.path, FormCode.CHECK_REASON, text + problem.message) for problem in found]
        else:
            overridden += [
                Overridden(check=check.id, path=problem.path, message=problem.message, reason=reason.strip()) for problem in found
            ]
    unique = {(problem.path, problem.code, problem.message): problem for problem in (*problems, *unknown)}
    return CheckReport(form.in_order(unique.values()), overridden, run.effects)


def _unknown(form: Form, confirmed: Mapping[str, Any]) -> Sequence[FieldProblem]:
    known = {check.id: check for check in form.checks}
    found = []
    for name in confirmed:
        if name not in known:
            may = [key for key, check in known.items() if check.confirm]
            hint = near(str(name), may)
            cure = f"是不是 {hint}?" if hint else f"可以说明理由的:{'、'.join(may) or '(无)'}"
            found.append(FieldProblem("", "表单", FormCode.CHECK_UNKNOWN, f"表单没有检查“{name}”,不能说明理由,{cure}"))
        elif not known[name].confirm:
            text = f"这项检查不能说明理由后提交,必须改正:{known[name].message}"
            found.append(_problem(form, known[name], known[name].field, FormCode.CHECK_UNKNOWN, text))
    return found


def _problem(form: Form, check: FormCheck, path: str, code: FormCode, message: str) -> FieldProblem:
    steps = [int(step) if step.isdecimal() else step for step in path.split("/")] if path else []
    confirm = check.confirm and code in (FormCode.CHECK, FormCode.CHECK_REASON)
    title = form.title_of(steps) or "表单"
    return FieldProblem(path=path, title=title, code=code, message=message, check=check.id, confirm=confirm)


@dataclass(frozen=True, slots=True)
class _NoTree:
    completions: Mapping[str, str] = field(default_factory=dict)


class _Undecided(Exception):
    """Why a check gives no verdict, in Chinese."""


class _Run:
    """The checks of one submission. It is what ``deadline()`` asks, as a step's course is."""

    def __init__(self, form: Form, data: Mapping[str, Any], setting: CheckSetting, unreadable: frozenset[str]) -> None:
        self.form = form
        self.setting = setting
        self.unreadable = unreadable
        self.library = setting.library
        self.site = setting.site
        self.effects: list[Effect] = []
        # What only shows what others have said is known without being sent back.
        left_away = {name for name in form.shown_fields if is_blank(data.get(name))}
        self.answers = {name: None if is_blank(data.get(name)) else data[name] for name in form.fields if name not in left_away}
        self.environment = feel.Environment(
            now=setting.now,
            zone=setting.library.zone,
            functions=functions.of(setting.library.calendar, setting.library.zone),
            limits=setting.limits.expression,
            extra=self,
        )

    # What a table that a check takes may ask of a tree: the offices of roles; of the rest nothing is known here, so that it is null.

    @cached_property
    def ledger(self) -> KnownLedger:
        offices = self.setting.offices
        return NOTHING_KNOWN if offices is None else KnownLedger(answers={OfficesAsked(): offices()})

    @property
    def tree(self) -> "_NoTree":
        return _NoTree()

    def is_approved(self, task: str) -> None:
        return None

    def approved_value(self, task: str, name: str) -> None:
        return None

    def emit(self, effect: Effect) -> None:
        self.effects.append(effect)

    # ------------------------------------------------------------------ one check

    def verdicts(self, check: FormCheck) -> list[FieldProblem]:
        """What a check finds; empty where it is content or cannot look yet."""
        try:
            if check.materials:
                return self._of_materials(check)
            if check.unique is not None:
                return self._of_number(check, check.unique)
            if check.term:
                return self._of_term(check)
            if check.after:
                return self._of_day(check)
            return self._of_decision(check, check.decision) if check.decision is not None else self._of_expression(check)
        except _Undecided as error:
            text = f"“{check.message}”这项检查无法得出结果:{error}。请补齐所用的内容后再提交;仍不行的,请业务分析员改正表单"
            return [_problem(self.form, check, check.field, FormCode.CHECK_UNDECIDED, text)]

    def _of_expression(self, check: FormCheck) -> list[FieldProblem]:
        expression = check.when
        if expression is None or self.unreadable & expression.names:
            return []
        try:
            value = expression.evaluate(self._context(expression.names), self.environment)
        except feel.FeelError as error:
            raise _Undecided(error.message) from error
        if not isinstance(value, bool):
            raise _Undecided(self._why(expression, value))
        return (
            [_problem(self.form, check, check.field, FormCode.CHECK, check.message + self._note(self._entries(expression)))]
            if value
            else []
        )

    def _why(self, expression: feel.Expression, value: object) -> str:
        """What of the things that an expression reads is not known; else what it gave."""
        known = self._context(expression.names)
        empty = [
            f"“{self.form.fields[name].get('title', name)}”"
            for name in sorted(expression.names)
            if name in self.form.fields and known.get(name) is None
        ]
        if self.setting.project is None and PROJECT in expression.names:
            empty.append("项目台账")
        else:
            facts = sorted(entry for entry in self._entries(expression) if (self.setting.project or {}).get(entry) is None)
            empty += [f"台账中的“{self.setting.titles.get(entry, entry)}”" for entry in facts]
        if value is None:
            missing = [f"{'、'.join(empty)}没有内容"] if empty else []
            return ";".join(part for part in (*missing, self._unsure(self._entries(expression))) if part) or "判断所用的内容缺失,或类型不对"
        return f"结果不是“是”或“否”,而是{feel.type_name(value)}"

    @staticmethod
    def _entries(expression: feel.Expression) -> set[str]:
        """The fields of the ledger that an expression reads."""
        return {entry for name, entry in expression.members if name == PROJECT}

    def _unsure(self, entries: Collection[str]) -> str:
        """Which of these fields no owner has confirmed, and what to do; empty without any."""
        named = [f"“{self.setting.titles.get(entry, entry)}”" for entry in sorted(set(entries) & set(self.setting.unconfirmed))]
        return f"台账中的{'、'.join(named)}待核实,核实之前按没有内容判断,请由填写它的人在项目页核实" if named else ""

    def _note(self, entries: Collection[str]) -> str:
        """The same behind a sentence, for whoever sees a value on the page where a check says that there is none."""
        unsure = self._unsure(entries)
        return f"({unsure})" if unsure else ""

    def _of_decision(self, check: FormCheck, decision_id: str) -> list[FieldProblem]:
        ref = self.library.decision(decision_id)
        if ref is None:
            raise _Undecided("没有部署它所用的决策")
        if self.unreadable & read_by(ref.model, decision_id):
            return []
        output = self._decided(ref)
        rows = output if isinstance(output, list) else [] if output is None else [output]
        note = self._note(entries_read(ref.model, decision_id, PROJECT)) if rows else ""
        return [self._of_row(check, row, note) for row in rows]

    def _of_materials(self, check: FormCheck) -> list[FieldProblem]:
        """Each row has its file, of a classified project its number, day and place instead; what is due at the stage is among them."""
        if check.field in self.unreadable:
            return []
        project = as_gates_read(self.setting.project, self.setting.unconfirmed) or {}
        faults = materials.faults(
            self.form.schema,
            check.field,
            self.answers.get(check.field) or [],
            due=self._due(check),
            classified=project.get("classified") is True,
            today=self._today,
        )
        return [_problem(self.form, check, path, FormCode.CHECK, text) for path, text in faults]

    def _of_number(self, check: FormCheck, unique: Unique) -> list[FieldProblem]:
        """A number that another row of the register has, however it is spaced or wide."""
        given = uniques.plain(self.answers.get(check.field))
        if not given or check.field in self.unreadable:
            return []
        if self.setting.records is None:
            raise _Undecided(f"读不到登记簿 {unique.kind}")
        own = str((self.setting.project or {}).get("projectKey"))
        for project, row in self.setting.records(unique.kind, unique.of == "project"):
            mine = project is not None and str(project) == own
            if mine is (unique.of == "project") and uniques.holds(row, unique, given):
                whose = "本项目" if mine or project is None or self.setting.called is None else f"项目“{self.setting.called(project)}”"
                return [_problem(self.form, check, check.field, FormCode.CHECK, f"{check.message},登记它的是{whose},请核对")]
        return []

    def _of_term(self, check: FormCheck) -> list[FieldProblem]:
        """A date or a number of days beyond what the table allows the party that sets it."""
        given = self.answers.get(check.field)
        if given is None or check.field in self.unreadable:
            return []
        ref = self.library.decision(TERMS)
        term: object = check.term
        try:
            term = check.term if check.when is None else check.when.evaluate(self._context(check.when.names), self.environment)
        except feel.FeelError as error:
            raise _Undecided(error.message) from error
        limits = self._decided(ref, term=term) if ref is not None and isinstance(term, str) else None
        if not isinstance(limits, Mapping):
            raise _Undecided(f"决策 {TERMS} 没有期限“{term}”")
        text = bounds.beyond_term(given, limits, self._today)
        return [_problem(self.form, check, check.field, FormCode.CHECK, f"{check.message}{text}")] if text else []

    def _of_day(self, check: FormCheck) -> list[FieldProblem]:
        """A date before what it follows; what is not known yet is before nothing."""
        given = bounds.day(self.answers.get(check.field))
        if given is None or check.field in self.unreadable:
            return []
        for name in check.after:
            known = (
                bounds.opened(self.site.entered_at, self.library.zone)
                if name == OPENED
                else bounds.day((self.setting.project or {}).get(name))
            )
            if known is not None and given < known:
                of = "这件事项送达的日期" if name == OPENED else f"“{self.setting.titles.get(name, name)}”"
                return [_problem(self.form, check, check.field, FormCode.CHECK, f"{check.message}不能早于{of} {known}")]
        return []

    @property
    def _today(self) -> date:
        return self.setting.now.astimezone(self.library.zone).date()

    def _due(self, check: FormCheck) -> list[Any]:
        if check.decision is None:
            return []
        ref = self.library.decision(check.decision)
        if ref is None:
            raise _Undecided("没有部署它所用的决策")
        rows = self._decided(ref, stage=check.stage)
        return rows if isinstance(rows, list) else []

    def _decided(self, ref: DecisionRef, **named: str) -> Any:
        try:
            evaluation = ref.evaluate({**self._context(None), **named}, self.environment)
            output = feel.to_json(evaluation.output)
        except DmnError as error:
            raise _Undecided(f"决策不能使用:{error}") from error
        except (DmnEvaluationError, feel.FeelError) as error:
            raise _Undecided(f"决策得不出结果:{error.message}{self._note(entries_read(ref.model, ref.decision_id, PROJECT))}") from error
        if not named:  # what a field's own word asks a table is no decision of the process, and costs no statement
            report(self, self.site, ref, evaluation, output)
        return output

    def _of_row(self, check: FormCheck, row: Any, note: str) -> FieldProblem:
        """A row's own text (it is one, or its column ``message``), at its own field if it names one; else what the check says. ``note`` stands behind it."""
        said = row.get("message") if isinstance(row, Mapping) else row
        path = row.get("field") if isinstance(row, Mapping) else None
        if not isinstance(path, str) or is_blank(path) or misses(self.form.schema, path) is not None:
            path = check.field
        text = said if isinstance(said, str) and not is_blank(said) else check.message
        return _problem(self.form, check, path, FormCode.CHECK, text + note)

    # ------------------------------------------------------------------ what they see

    def _context(self, names: Collection[str] | None) -> dict[str, Any]:
        """Variables, over them the form's fields, over them the reserved names. ``names``: those that are read; None: nobody can say."""
        found = {**self.setting.variables, **self.answers}
        found[PROJECT] = as_gates_read(self.setting.project, self.setting.unconfirmed)
        if names is None or PARAMETERS in names:
            found[PARAMETERS] = self._parameters
        return found

    @cached_property
    def _parameters(self) -> Any:
        try:
            return parameters.of(self.library)
        except (DmnError, DmnEvaluationError, feel.FeelError) as error:
            raise _Undecided(f"参数表得不出结果:{error}") from error
