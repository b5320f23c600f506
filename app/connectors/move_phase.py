"""``move_phase``: the project enters the phase of the header ``phase``. Result: {phase}."""

from app.connectors.calls import Call, Found, Outcome, SetPhase
from app.errors import ConnectorError

TYPE = "move_phase"


def reads(call: Call) -> None:
    return None


def run(call: Call, found: Found) -> Outcome:
    call.the_project()
    phase = call.header("phase")
    if phase not in call.phases:
        raise ConnectorError(f"{call.place}的阶段“{phase}”不在 districts/phases.toml 中,可用:{'、'.join(call.phases)}")
    return Outcome({"phase": phase}, [SetPhase(phase)])
