"""``read_project``: the project's facts become variables of the instance."""

from collections.abc import Mapping

from app.connectors import headers as wanted
from app.connectors.calls import CallOutcome, ConnectorCall, Found, Known

TYPE = "read_project"
RETURNS: tuple[str, ...] = ("projectKey", "projectName", "phase")


def check(headers: Mapping[str, str], known: Known) -> list[str]:
    return wanted.missing_or_unknown(headers, [])


def reads(call: ConnectorCall) -> None:
    return None


def run(call: ConnectorCall, found: Found) -> CallOutcome:
    call.accept(check(call.headers, call.known))
    project = call.the_project()
    return CallOutcome({**project.facts, "projectKey": str(project.key), "projectName": project.name, "phase": project.phase})
