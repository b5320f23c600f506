"""Models tried out without a database: one decision on given inputs."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.decision import dmn, feel
from app.domain import calendars, deadlines, forms
from app.errors import InvalidRequest

ZONE = ZoneInfo("Asia/Shanghai")


def decide(file: str, source: bytes, decision: str, values: str, at: str) -> dict[str, Any]:
    """Evaluate one decision of a DMN file: output, matched rows with their annotations, inputs, required decisions.

    ``values`` is a JSON object. Raises InvalidRequest (DECISION, JSON…) with place and cause.
    """
    try:
        context = forms.loads(values)
        moment = datetime.fromisoformat(at)
    except forms.FormError as error:
        raise InvalidRequest(f"输入无法读取:{error}", code=error.code) from error
    except ValueError as error:
        raise InvalidRequest(f"时刻 {at!r} 无法读取,应如 2026-03-10T09:00:00+08:00", code="DECISION") from error
    if not isinstance(context, dict):
        raise InvalidRequest("输入应是一个 JSON 对象", code="DECISION")
    moment = moment if moment.tzinfo else moment.replace(tzinfo=ZONE)
    registry = deadlines.registry(_no_rule, calendars.statutory(), ZONE)
    try:
        model = dmn.parse(source, name=file, functions=registry)
        if decision not in model.decisions:
            raise InvalidRequest(f"{file} 中没有决策“{decision}”,可用:{'、'.join(model.decisions)}", code="DECISION")
        evaluation = model.evaluate(decision, context, feel.Environment(now=moment, zone=ZONE, functions=registry))
    except dmn.DmnError as error:
        raise InvalidRequest(str(error), code="DECISION", details={"problems": [problem.message for problem in error.problems]}) from error
    except (dmn.DmnEvaluationError, feel.FeelError) as error:
        raise InvalidRequest(str(error), code="DECISION") from error
    return explanation(evaluation)


def explanation(evaluation: dmn.Evaluation) -> dict[str, Any]:
    """An evaluation as plain JSON."""
    return {
        "decision": evaluation.decision_id,
        "name": evaluation.decision_name,
        "output": feel.to_json(evaluation.output),
        "rules": [
            {"number": rule.number, "id": rule.id, "outputs": feel.to_json(rule.outputs), "annotations": dict(rule.annotations)} for rule in evaluation.rules
        ],
        "inputs": [feel.to_json(dict(entry)) for entry in evaluation.inputs],
        "required": [explanation(required) for required in evaluation.required],
        "warnings": [str(warning) for warning in evaluation.warnings],
    }


def _no_rule(key: str, start: object, variables: object, environment: object) -> deadlines.Rule:
    raise deadlines.DeadlineError("DEADLINE_UNKNOWN", f"单独试算时没有期限表,无法计算期限“{key}”")
