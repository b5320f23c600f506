"""``move_phase``: the project enters the phase of the header ``phase``. Result: {phase}."""

from collections.abc import Mapping

from app.connectors import headers as wanted
from app.connectors.calls import CallOutcome, ConnectorCall, Found, Known, SetPhase

TYPE = "move_phase"
RETURNS: tuple[str, ...] = ("phase",)


def check(headers: Mapping[str, str], known: Known) -> list[str]:
    return wanted.missing_or_unknown(headers, ["phase"]) + wanted.phase(headers.get("phase", "").strip(), known.phases)


def reads(call: ConnectorCall) -> None:
    return None


def run(call: ConnectorCall, found: Found) -> CallOutcome:
    call.the_project()
    call.accept(check(call.headers, call.known))
    phase = call.header("phase")
    return CallOutcome({"phase": phase}, [SetPhase(phase)])
