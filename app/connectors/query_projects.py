"""``query_projects``: projects of the district. Inputs ``phase`` or ``phases``, and any fact that must be equal. Result: {projects}."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.connectors import headers as wanted
from app.connectors.calls import CallOutcome, ConnectorCall, FoundProject, Known, ProjectsRead
from app.errors import ConnectorError

TYPE = "query_projects"
RETURNS: tuple[str, ...] = ("projects",)


def check(headers: Mapping[str, str], known: Known) -> list[str]:
    return wanted.missing_or_unknown(headers, [])


def reads(call: ConnectorCall) -> ProjectsRead:
    call.accept(check(call.headers, call.known))
    given = dict(call.variables) if call.mapped else {}
    phases: Any = given.pop("phases", None) or given.pop("phase", None) or []
    if isinstance(phases, str):
        phases = [phases]
    if not isinstance(phases, list) or any(call.phases is not None and phase not in call.phases for phase in phases):
        raise ConnectorError(f"{call.place}的 phase 应为 districts/phases.toml 中的阶段,得到 {phases!r}")
    return ProjectsRead(phases, {name: value for name, value in given.items() if value is not None})


def run(call: ConnectorCall, found: Sequence[FoundProject]) -> CallOutcome:
    return CallOutcome({"projects": [_shown(project) for project in found]})


def _shown(project: FoundProject) -> dict[str, Any]:
    return {
        **project.facts,
        "projectKey": str(project.key),
        "name": project.name,
        "projectName": project.name,
        "phase": project.phase,
        "applicantOffice": project.applicant_office,
    }
