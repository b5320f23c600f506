"""``read_project``: the project's facts become variables of the instance."""

from app.connectors.calls import Call, Found, Outcome

TYPE = "read_project"


def reads(call: Call) -> None:
    return None


def run(call: Call, found: Found) -> Outcome:
    project = call.the_project()
    return Outcome({**project.facts, "projectKey": str(project.key), "projectName": project.name, "phase": project.phase})
