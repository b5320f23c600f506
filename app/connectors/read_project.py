"""``read_project``: the project's facts become variables of the instance."""

from app.connectors.calls import ConnectorCall, Found, Outcome

TYPE = "read_project"


def reads(call: ConnectorCall) -> None:
    return None


def run(call: ConnectorCall, found: Found) -> Outcome:
    project = call.the_project()
    return Outcome({**project.facts, "projectKey": str(project.key), "projectName": project.name, "phase": project.phase})
