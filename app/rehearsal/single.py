"""One model tried out by itself: ``rehearse`` runs a diagram with nobody watching, ``decide`` takes one decision (design §8, §9)."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from app.codes import InstallationCode
from app.decision import dmn, feel
from app.decision.dmn.reading import read_by
from app.decision.near import near
from app.domain import calendars, deadlines, forms
from app.domain.codes import DeadlineCode
from app.domain.districts import SHARED, ZONE
from app.engine import DecisionRef, LibraryRef, ProcessDefinition, StepLimits, timers
from app.engine.errors import EngineError
from app.engine.library import no_imports
from app.errors import InvalidRequest
from app.rehearsal.imports import Namespaces
from app.rehearsal.ledger import LedgerInMemory
from app.rehearsal.library import LARGEST, ModelRefused, Models
from app.rehearsal.run import Budget, Rehearsal, Stop, Stopped

LONGEST = "P1Y"  # of virtual time in one play
LIMITS = StepLimits(seconds=0.8, expression=feel.Limits(seconds=0.4))
BUDGET = Budget(firings=10_000, elements=60_000, seconds=1.0)


def rehearse(file: str, source: bytes, now: datetime, limits: StepLimits = LIMITS) -> dict[str, Any]:
    """Run one diagram: from the none start, else the first start event; no user task and no outside worker's job is completed; timers are jumped for at most a year.

    What the platform does itself is done, on a ledger in memory with one project of which nothing is known.
    Returns state, open (element ids at which tokens stand), incidents (element, type, message), path (element ids as they were entered). What the diagram
    calls and nobody has is an incident. Raises ModelRefused.
    """
    models = Models(any_register=True)
    brought = models.add_diagram(file, source, executable_only=False)
    now = now if now.tzinfo else now.replace(tzinfo=ZONE)
    ledger = LedgerInMemory(models, alone=True)
    ledger.own = ledger.add_project({}, now)
    rehearsal = Rehearsal(models, now, ledger=ledger, limits=limits, budget=BUDGET)
    stop: Stop | None = None
    try:
        rehearsal.start(_first(brought), {"projectKey": str(ledger.own)})
        rehearsal.advance(timers.parse_duration(LONGEST).after(now, ZONE))
    except Stopped as stopped:
        stop = stopped.stop
    except EngineError as error:
        raise ModelRefused(file, _first(brought).process_id, f"{file}:流程不能开始:{error}") from error
    except Exception as error:  # whatever a stranger's diagram has found: a refusal that can be reported, never a traceback
        raise ModelRefused(file, _first(brought).process_id, f"{file}:运行时出现内部错误 {type(error).__name__}:{error}") from error
    incidents = [
        {"element": incident.element_id, "type": incident.type, "message": incident.message} for _, incident in rehearsal.incidents()
    ]
    if stop is not None:
        incidents.append({"element": stop.element_id, "type": stop.code, "message": stop.message})
    return {
        "state": rehearsal.roots[0].state.root_state if rehearsal.roots else "active",
        "open": [element_id for root in rehearsal.roots for element_id in root.standing()],
        "incidents": incidents,
        "path": rehearsal.path,
    }


def _first(processes: list[ProcessDefinition]) -> ProcessDefinition:
    """The process to run: one with a none start that no other of the file calls, else any with one, else the first."""
    called = {other for process in processes for other in process.called_processes if other != process.process_id}
    plain = [process for process in processes if any(event.kind == "none" for event in process.start_events)]
    return next((process for process in plain if process.process_id not in called), (plain or processes)[0])


def decide(file: Path, source: bytes, decision: str, values: str, at: str) -> dict[str, Any]:
    """Evaluate one decision of a DMN file: output, matched rows with their annotations, inputs, required decisions, the files imported.

    ``values`` is a JSON object. What the file imports is looked for beside it; for a district's file then among the shared ones. Raises InvalidRequest
    (DECISION, JSON…) with place and cause.
    """
    try:
        context = forms.loads(values)
        moment = datetime.fromisoformat(at)
    except forms.FormError as error:
        raise InvalidRequest(f"输入无法读取:{error}", code=error.code) from error
    except ValueError as error:
        raise InvalidRequest(f"时刻 {at!r} 无法读取,应如 2026-03-10T09:00:00+08:00", code=InstallationCode.DECISION) from error
    if not isinstance(context, dict):
        raise InvalidRequest("输入应是一个 JSON 对象", code=InstallationCode.DECISION)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=ZONE)
    registry = deadlines.registry(_no_rule, calendars.statutory(), ZONE)
    try:
        model = dmn.parse(source, name=file.name, functions=registry)
        if decision not in model.decisions:
            raise InvalidRequest(f"{file.name} 中没有决策“{decision}”,可用:{'、'.join(model.decisions)}", code=InstallationCode.DECISION)
        _check_given(context, model, decision, file.name)
        ref = DecisionRef(0, 0, decision, model, _beside(file, registry).find if model.imports else no_imports)
        evaluation = ref.evaluate(context, feel.Environment(now=moment, zone=ZONE, functions=registry))
        return {
            **explanation(evaluation),
            "libraries": [{"namespace": one.model.namespace, "file": one.model.file} for one in ref.libraries()],
        }
    except dmn.DmnError as error:
        raise InvalidRequest(str(error), code=InstallationCode.DECISION) from error
    except (dmn.DmnEvaluationError, feel.FeelError) as error:
        raise InvalidRequest(str(error), code=InstallationCode.DECISION) from error


def _check_given(given: dict[str, Any], model: dmn.Model, decision: str, file: str) -> None:
    """What nothing reads would be passed over without a word, and the result be that of something else. Raises InvalidRequest (DECISION)."""
    if model.imports:  # what the files beside read is theirs to know
        return
    drawn = {element.variable.name for element in model.parts.inputs.values()} | read_by(model, decision)
    known = drawn | {
        name for one in model.decisions if (part := model.find_decision(one)) for formula in part.formulas for name in formula.names
    }
    for name in sorted(given.keys() - known):
        hint = near(name, drawn)
        cure = f"是不是 {hint}?" if hint else f"它读的是:{'、'.join(sorted(drawn)) or '(什么也不读)'}"
        raise InvalidRequest(f"{file} 的决策“{decision}”不读“{name}”,{cure}", code=InstallationCode.DECISION)


def _beside(file: Path, registry: feel.Registry) -> Namespaces:
    """The decision files in the folder of ``file``, and those above it where that is a district's; ones that cannot be read import as nothing."""
    folder = file.resolve().parent
    above = folder.parent if folder.parent.name == "dmn" else None
    found = Namespaces(folder.name)
    for owner, place in ((folder.name, folder), (SHARED, above)):
        for path in sorted(place.glob("*.dmn")) if place is not None else ():
            if path.stat().st_size <= LARGEST:
                with suppress(dmn.DmnError):
                    found.add(LibraryRef(0, 0, dmn.parse(path.read_bytes(), name=path.name, functions=registry), owner))
    return found


def explanation(evaluation: dmn.Evaluation) -> dict[str, Any]:
    """An evaluation as plain JSON. Raises feel.FeelError for a result that JSON cannot hold."""
    return {
        "decision": evaluation.decision_id,
        "name": evaluation.decision_name,
        "output": feel.to_json(evaluation.output),
        "rules": [
            {"number": rule.number, "id": rule.id, "outputs": feel.to_json(rule.outputs), "annotations": dict(rule.annotations)}
            for rule in evaluation.rules
        ],
        "inputs": [feel.to_json(dict(entry)) for entry in evaluation.inputs],
        "required": [explanation(required) for required in evaluation.required],
        "warnings": [str(warning) for warning in evaluation.warnings],
    }


def _no_rule(key: str, start: object, variables: object, environment: object) -> deadlines.DeadlineRule:
    raise deadlines.DeadlineError(DeadlineCode.DEADLINE_UNKNOWN, f"单独试算时没有期限表,无法计算期限“{key}”")
