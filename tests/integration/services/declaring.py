"""Small processes of hill that declare what the platform does, with a ledger of their own: for the tests of facts."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from xml.sax.saxutils import quoteattr

from app.catalogue import snapshot
from app.domain.permissions import SYSTEM, Actor
from app.services import inbox, models, projects, tasks
from app.store import projects as ledger
from tests.integration.services.conftest import NOW
from tests.unit.engine import diagrams as d

MONEY = {"type": "number", "x-format": "money"}
OFFICE = {"type": "object", "x-format": "office"}
FIELDS: dict[str, Any] = {
    "projectKey": {"type": "string", "title": "项目号", "readOnly": True},
    "phase": {"type": "string", "title": "阶段", "readOnly": True},
    "applicantOffice": {"type": "object", "x-format": "office", "x-role": "applicant", "title": "申报单位", "readOnly": True},
    "projectName": {"type": "string", "title": "名称", "x-owner": ["applicant"]},
    "budget": {**MONEY, "title": "预算", "x-owner": ["finance"]},
    "scheme": {"type": "string", "title": "方案", "x-owner": ["applicant"]},
}


def schemas(fields: Mapping[str, Any] | None = None) -> list[tuple[str, bytes]]:
    """The ledger's fields: those of every test for all, and these for hill, where what they come from is."""
    shared = {"type": "object", "additionalProperties": False, "properties": FIELDS}
    own = {"x-extends": "records.project", "type": "object", "additionalProperties": False, "properties": dict(fields or {})}
    return [
        (path, json.dumps({"id": "records.project", "title": "项目台账", "schema": body}).encode())
        for path, body in (("forms/records/project.json", shared), ("forms/hill/records/project.json", own))
    ]


def form(name: str, fields: Mapping[str, Any], required: tuple[str, ...] = (), **more: Any) -> tuple[str, bytes]:
    """A form, or with ``records.`` before its name a register."""
    properties = {key: {"title": key, **part} for key, part in fields.items()}
    body = {"type": "object", "additionalProperties": False, "properties": properties, "required": list(required), **more}
    place = f"forms/records/{name.removeprefix('records.')}.json" if name.startswith("records.") else f"forms/hill/{name}.json"
    return place, json.dumps({"id": name, "title": name, "schema": body}).encode()


def says(**properties: str) -> str:
    """What an element declares."""
    inner = "".join(f"<zeebe:property name={quoteattr(name)} value={quoteattr(value)}/>" for name, value in properties.items())
    return f"<zeebe:properties>{inner}</zeebe:properties>"


def task(id: str, role: str = "finance", form: str = "", loop: str = "", extensions: str = "", **properties: str) -> str:
    """A user task; what it declares as keywords."""
    given = f"<zeebe:assignmentDefinition candidateGroups={quoteattr(role)}/>"
    given += f'<zeebe:formDefinition formId="{form}"/>' if form else ""
    return d.user(id, given + extensions + (says(**properties) if properties else ""), loop)


def diagram(*body: str, process: str = "permit", parts: tuple[str, ...] = (), extensions: str = "") -> tuple[str, bytes]:
    return f"bpmn/hill/{process}.bpmn", d.file(*parts, d.process(*body, id=process, extensions=extensions))


def deploy(*files: tuple[str, bytes], fields: Mapping[str, Any] | None = None, now: datetime = NOW) -> None:
    """These files and the ledger's fields. Raises Refused."""
    models.deploy(SYSTEM, [*schemas(fields), *files], now, source="cli", reason="试", force=True, new_ids=True)


def begin(actor: Actor, process: str = "permit", name: str = "教育平台") -> int:
    """A new project with its first process; gives the project's key."""
    return projects.start(actor, process, name, NOW)[0]


def row(project: int) -> dict[str, Any]:
    found = ledger.one(project)
    assert found is not None
    return found


def open_task(actor: Actor, element: str) -> int:
    return next(line.key for line in inbox.todo(actor, NOW).items if line.element_id == element)


def complete(actor: Actor, element: str, **data: Any) -> Any:
    return tasks.complete(actor, open_task(actor, element), data, NOW)


def shown(actor: Actor, element: str) -> dict[str, Any]:
    """The variables that a person sees at an open task."""
    return dict(tasks.view(actor, open_task(actor, element), NOW).variables)


def definition(process: str = "permit") -> int:
    found = snapshot.library("hill").reference("process", process)
    assert found is not None
    return found.key
