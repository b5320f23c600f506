"""What an auditor takes along of a project: every task with what was said and by which version of its form, every decision by which version of its table, every
change of a fact, every row of a register, and the chain of the audit trail. Source: requirements SC-34-1."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.acts import audit
from app.acts.transaction import act
from app.domain.codes import Action, VerdictCode
from app.domain.permissions import Actor
from app.errors import Forbidden, NotFound
from app.services.reading import Before
from app.store import packages, projects

AUDITOR = "auditor"
_KEYS = ("key", "root_key", "chain")
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "instances": ("key", "root_key", "process_id", "process_name", "definition_version", "version_tag", "state", "started_at", "ended_at", "catalogue_version"),
    "tasks": (
        "key", "root_key", "process_id", "definition_version", "element_id", "name", "form_id", "form_version", "state", "opened_at", "due_at", "overdue_at",
        "closed_at", "completed_name", "completed_role", "completed_office", "office", "round", "returned_at", "returned_by_name", "return_reason", "overrides",
        "answer",
    ),
    "decisions": ("key", "root_key", "process_id", "element_id", "decision_id", "name", "version", "inputs", "output", "rules", "required", "libraries", "at"),
    "records": ("key", "kind", "root_key", "process_id", "element_id", "stage", "round", "office", "data", "created_at", "superseded_at"),
    "changes": (
        "key", "root_key", "process_id", "element_id", "field", "before", "after", "right_kind", "source", "role", "project_version", "user_name", "at",
    ),
    "approvals": ("key", "root_key", "process_id", "element_id", "round", "holds", "approved_values", "role", "office", "user_name", "lapsed_at", "lapsed_names"),
    "audit": ("key", "chain", "number", "at", "action", "user_name", "subject", "details", "mac"),
}  # fmt: skip


def may_export(actor: Actor) -> bool:
    return actor.is_system or AUDITOR in actor.roles


def of_project(actor: Actor, project_key: int, now: datetime) -> dict[str, Any]:
    """The package. That it was taken is itself in the trail. Raises Forbidden, NotFound."""
    if not may_export(actor):
        raise Forbidden("审计包由审计部门导出", code=VerdictCode.ROLE_MISSING)
    project = projects.one(project_key)
    if project is None or (project["tenant"] != actor.tenant and not actor.is_system):
        raise NotFound("没有此项目")
    found = packages.of_project(project_key)
    before = Before(actor, project)
    forms = packages.versions([row.form_key for row in found["tasks"] if row.form_key is not None])
    package = {
        "project": {"key": str(project["key"]), "name": before.called, "facts": before.facts_shown(project["facts"])}
        | {name: project[name] for name in ("number", "phase", "applicant_office", "phases", "unconfirmed", "version")},
        **{
            name: [_readable(before, name, row, {field: _value(row, field, forms) for field in fields}) for row in found[name]]
            for name, fields in _FIELDS.items()
        },
        "exported": {"at": now, "by": actor.name},
    }
    with act():
        counts = {name: len(package[name]) for name in _FIELDS}
        audit.record(
            actor,
            Action.PROJECT_PACKAGE,
            str(project_key),
            counts,
            now,
            chain=actor.user,
            tenant=project["tenant"],
            project_key=project_key,
        )
    return package


# What of a row says something of its content, and how it is asked for.
_CONTENT: Mapping[str, tuple[str, ...]] = {
    "tasks": ("answer", "overrides", "return_reason"),
    "decisions": ("inputs", "output", "rules", "required"),
    "records": ("data",),
    "changes": ("before", "after"),
    "approvals": ("approved_values",),
    "audit": ("details",),
}


def _readable(before: Before, name: str, row: Any, values: dict[str, Any]) -> dict[str, Any]:
    """A row as far as the auditor may read it: that it is there is kept, what it says of a classified project is withheld (SC-4-4)."""
    if not before.classified or name not in _CONTENT or _may(before, name, row):
        return values
    kept = [one for one in _CONTENT[name] if values.get(one) is not None]
    return values | dict.fromkeys(kept) | {"withheld": kept}


def _may(before: Before, name: str, row: Any) -> bool:
    if name == "audit":
        return False  # an entry holds whatever was filled in
    piece = {
        "tasks": lambda: before.task(row),
        "decisions": lambda: before.decision(row),
        "records": lambda: before.record(row, ""),
        "changes": lambda: before.field(row.field),
        "approvals": lambda: before.approval(row, ""),
    }[name]()
    return bool(before.reader.may(piece))


def _value(row: Any, field: str, forms: Mapping[int, int]) -> Any:
    """A key has more digits than a reader of JSON may keep of a number: it is written as text."""
    if field == "form_version":
        return forms.get(row.form_key)
    value = getattr(row, field)
    return str(value) if field in _KEYS and value is not None else value
