"""``move_phase``: the project enters the phase of the header ``phase``. Result: {phase}."""

from app.connectors.calls import ConnectorCall, Found, Outcome, SetPhase
from app.errors import ConnectorError

TYPE = "move_phase"


def reads(call: ConnectorCall) -> None:
    return None


def run(call: ConnectorCall, found: Found) -> Outcome:
    call.the_project()
    phase = call.header("phase")
    if phase not in call.phases:
        raise ConnectorError(f"{call.place}的阶段“{phase}”不在 districts/phases.toml 中,可用:{'、'.join(call.phases)}")
    return Outcome({"phase": phase}, [SetPhase(phase)])
