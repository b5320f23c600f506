"""Decisions as the engine takes them: business rule tasks, and the ``deadlines`` table behind ``deadline()``."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from app.decision import feel
from app.decision.dmn import DmnError, DmnEvaluationError, Evaluation
from app.decision.dmn.expressions import CLAUSES
from app.domain import deadlines
from app.domain.codes import DeadlineCode
from app.domain.declared import RESERVED
from app.engine.codes import IncidentType
from app.engine.effects import DecisionEvaluated
from app.engine.errors import ElementFailure

if TYPE_CHECKING:
    from app.engine.course import Course
    from app.engine.library import DecisionRef, Library
    from app.engine.spiff import Token

DEADLINES = "deadlines"
GATE = "_gate"  # how the ids of decisions end that are gates (modelling.md §1)
CLAUSE_COLUMN = CLAUSES


def decide(course: "Course", token: "Token", ref: "DecisionRef", context: Mapping[str, Any]) -> Any:
    """Evaluate a decision for ``token`` and report it. The result is JSON. Raises ElementFailure (CALLED_DECISION_ERROR)."""
    course.site = token
    try:
        evaluation = ref.evaluate(supplied(course, token, ref, context), course.environment)
        output = feel.to_json(evaluation.output)
    except DmnError as error:
        raise ElementFailure(
            IncidentType.CALLED_DECISION_ERROR,
            f"{course.place(token)}调用的决策“{ref.decision_id}”不能使用:{error}。请改正决策文件后重试",
            {"decision": ref.decision_id},
        ) from error
    except (DmnEvaluationError, feel.FeelError) as error:
        raise ElementFailure(
            IncidentType.LIMIT_EXPRESSION if isinstance(error, feel.FeelLimitError) else IncidentType.CALLED_DECISION_ERROR,
            f"{course.place(token)}调用的决策“{ref.decision_id}”无法得出结果:{error.message}。请检查决策表和传入的变量后重试",
            {
                "decision": ref.decision_id,
                "code": str(error.code),
                "rule": getattr(error, "rule", None),
                "column": getattr(error, "column", None),
                "expression": error.text,
                "position": getattr(error, "position", None),
            },
        ) from error
    report(course, token, ref, evaluation, output)
    return output


def supplied(course: "Course", token: "Token", ref: "DecisionRef", context: Mapping[str, Any]) -> dict[str, Any]:
    """What a decision sees: the context, and the reserved names as far as its file or one that it imports may read them. Raises ElementFailure, DmnError.

    A gate, with all that it requires and imports, reads null in ledger fields that no owner has confirmed.
    """
    given, gate = dict(context), ref.decision_id.endswith(GATE)
    if asked := [name for name in RESERVED if name in ref.model.words()]:
        course.supply(given, token, asked, gate=gate)
    for wanted in ref.model.imports:  # under an import's name stand the input data of the imported file
        found = ref.imports(wanted.namespace)
        if found is not None and wanted.name not in given and (asked := [name for name in RESERVED if name in found.model.words()]):
            inner: dict[str, Any] = {}
            course.supply(inner, token, asked, gate=gate)
            given[wanted.name] = inner
    return given


class DecisionSite(Protocol):
    """Where a decision is taken: a token, or whoever stands in for one."""

    @property
    def is_process(self) -> bool: ...

    @property
    def number(self) -> int: ...

    @property
    def instance(self) -> int: ...

    @property
    def element_id(self) -> str: ...

    @property
    def entered_at(self) -> datetime | None:
        """When the element was entered; None where there is none."""


class DecisionAsker(Protocol):
    """What decisions and ``deadline()`` need of whoever evaluates: a step's course, or the checks of a form."""

    environment: feel.Environment

    @property
    def library(self) -> "Library": ...

    @property
    def site(self) -> DecisionSite: ...

    def emit(self, effect: DecisionEvaluated) -> None: ...


def report(
    course: DecisionAsker,
    token: DecisionSite,
    ref: "DecisionRef",
    evaluation: Evaluation,
    output: Any,
    deadline: Mapping[str, Any] | None = None,
) -> None:
    written = describe(evaluation)
    course.emit(
        DecisionEvaluated(
            element=0 if token.is_process else token.number,
            instance=token.instance,
            element_id=token.element_id,
            decision_id=ref.decision_id,
            decision_name=evaluation.decision_name,
            definition=ref.key,
            version=ref.version,
            inputs=written["inputs"],
            output=output,
            rules=written["rules"],
            required=written["required"],
            deadline=deadline,
            libraries=[
                {"namespace": one.model.namespace, "file": one.model.file, "version": one.version, "definition": str(one.key)}
                for one in ref.libraries()
            ],
        )
    )


def describe(evaluation: Evaluation) -> dict[str, Any]:
    """An evaluation as JSON values, with the decisions it needed inside it."""
    return {
        "decisionId": evaluation.decision_id,
        "decisionName": evaluation.decision_name,
        "file": evaluation.file,
        "output": _plain(evaluation.output),
        "inputs": [{key: _plain(value) for key, value in cell.items()} for cell in evaluation.inputs],
        "rules": [
            {"number": rule.number, "id": rule.id, "outputs": _plain(rule.outputs), "annotations": dict(rule.annotations)}
            for rule in evaluation.rules
        ],
        "required": [describe(inner) for inner in evaluation.required],
    }


def _plain(value: Any) -> Any:
    try:
        return feel.to_json(value)
    except feel.FeelError:
        return feel.type_name(value)


def entered(environment: Any) -> datetime | None:
    """When the element was entered whose expression is being evaluated: what ``deadline(key)`` counts from. None where there is no element."""
    course: DecisionAsker | None = environment.extra
    return None if course is None else course.site.entered_at


def find_rule(key: str, start: object, variables: Mapping[str, Any], environment: Any) -> deadlines.DeadlineRule:
    """The row of the tenant's ``deadlines`` table for ``key``, for the FEEL function ``deadline``; reported as a decision taken. Raises DeadlineError."""
    course: DecisionAsker | None = environment.extra
    if course is None:
        raise deadlines.DeadlineError(DeadlineCode.DEADLINE_UNKNOWN, f"期限“{key}”只能在流程中计算,参数里不能用它")
    ref = course.library.decision(DEADLINES)
    if ref is None:
        raise deadlines.DeadlineError(DeadlineCode.DEADLINE_TABLE, f"没有部署期限表({DEADLINES}),无法计算期限“{key}”")
    token = course.site
    try:
        evaluation = ref.evaluate({**variables, "event": key, "start": start}, course.environment)
        output = feel.to_json(evaluation.output)
    except (DmnError, DmnEvaluationError, feel.FeelError) as error:
        raise deadlines.DeadlineError(DeadlineCode.DEADLINE_TABLE, f"期限表无法得出期限“{key}”:{error}") from error
    if not isinstance(output, dict):
        raise deadlines.DeadlineError(DeadlineCode.DEADLINE_KEY, f"期限表中没有与“{key}”相符的一行,请检查键名和该行的条件")
    clause = " ".join(dict.fromkeys(rule.annotations.get(CLAUSE_COLUMN, "") for rule in evaluation.rules)).strip()
    rule = deadlines.DeadlineRule.from_row(key, output, clause)
    due = deadlines.due(rule, start, course.library.calendar, course.library.zone)
    report(
        course,
        token,
        ref,
        evaluation=evaluation,
        output=output,
        deadline={
            "key": key,
            "start": feel.to_json(start),
            "startOn": due.start_on.isoformat(),
            "lastDay": due.last_day.isoformat(),
            "dueAt": due.at.isoformat(),
            "remindDay": due.remind_day.isoformat(),
            "remindAt": due.remind_at.isoformat(),
            "clause": clause,
            "provisional": due.provisional,
            "calendarVersion": course.library.calendar.version,
            "explanation": list(due.explanation),
        },
    )
    return rule
