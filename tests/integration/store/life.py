"""Rows for tests of queries: each has what the test says and, besides, only what the database asks for."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Column, Date, LargeBinary, select

from app.acts.transaction import act
from app.store import rows
from app.store.tables import (
    DecisionEvaluationRow,
    DefinitionRow,
    DeploymentRow,
    ElementInstanceRow,
    IncidentRow,
    JobRow,
    MembershipRow,
    MessageRow,
    OrganisationRow,
    ProcessInstanceRow,
    ProjectOfficeRow,
    ProjectRow,
    RecordRow,
    ResourceRow,
    TaskCandidateRow,
    UserRow,
    UserTaskRow,
    VariableRow,
    WaitRow,
    db,
)
from app.store.types import Instant, Json, JsonValue, Key, Money, Word

NOW = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
Values = dict[str, Any]


def plain(column: Column[Any]) -> Any:
    """The value of a column of which a test says nothing."""
    kind = column.type
    if column.nullable:
        return None
    if isinstance(kind, JsonValue):
        return None
    if isinstance(kind, Json):
        return []
    if isinstance(kind, Word):
        return next(iter(kind.words))
    if isinstance(kind, Instant):
        return NOW
    if isinstance(kind, Money):
        return Decimal(0)
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, LargeBinary):
        return b""
    if isinstance(kind, Date):
        return date(2026, 3, 10)
    return 0 if isinstance(kind, type(Key)) else ""


class Life:
    """Makes rows, with keys in the order in which they are made."""

    def __init__(self) -> None:
        self._last = 0
        self._definition: int | None = None

    def key(self) -> int:
        self._last += 1
        return self._last

    def put(self, table: Any, **given: Any) -> Values:
        """One row; returns it as the database has it."""
        columns = table.__table__.columns
        unknown = given.keys() - set(columns.keys())
        assert not unknown, unknown
        row = {name: given[name] if name in given else plain(column) for name, column in columns.items()}
        own = [column.name for column in table.__table__.primary_key if isinstance(column.type, type(Key))]
        if own in (["key"], ["id"]) and own[0] not in given:
            row[own[0]] = self.key()
        with act():
            rows.insert(table, [row])
        return row

    # ------------------------------------------------------------------ people, what was deployed

    def office(self, name: str, tenant: str = "hill", **given: Any) -> int:
        return int(self.put(OrganisationRow, name=name, tenant=tenant, **given)["key"])

    def person(self, username: str, tenant: str = "hill", **given: Any) -> int:
        given = {"name": username.title(), "active": True, "fs_uniquifier": username, **given}
        return int(self.put(UserRow, username=username, tenant=tenant, **given)["id"])

    def holds(self, user: int, role: str, office: int) -> int:
        return int(self.put(MembershipRow, user_key=user, role=role, organisation_key=office)["key"])

    def deployment(self, number: int, **given: Any) -> int:
        return int(self.put(DeploymentRow, number=number, **{"tenant": "hill", **given})["key"])

    def resource(self, deployment: int, file: str, **given: Any) -> int:
        return int(self.put(ResourceRow, deployment_key=deployment, file=file, **{"tenant": "hill", **given})["key"])

    def definition(self, **given: Any) -> int:
        """Of a process, unless it is said otherwise; the same one each time that nothing is said."""
        if not given and self._definition is not None:
            return self._definition
        if "deployment_key" not in given:
            given["deployment_key"] = self.deployment(self._last + 1)
        if "resource_key" not in given:
            given["resource_key"] = self.resource(given["deployment_key"], "permit.bpmn")
        key = int(self.put(DefinitionRow, **{"tenant": "hill", "id": f"permit{self._last}", "version": 1, **given})["key"])
        if self._definition is None:
            self._definition = key
        return key

    # ------------------------------------------------------------------ projects

    def project(self, name: str, **given: Any) -> Values:
        given = {"tenant": "hill", "phase": "draft", "facts": {}, "offices": {}, "version": 1, **given}
        if "applicant_key" not in given:
            given["applicant_key"] = self.office(f"{name}的单位", given["tenant"])
        return self.put(ProjectRow, name=name, **given)

    def part(self, project: Mapping[str, Any], role: str, office: int) -> None:
        self.put(ProjectOfficeRow, project_key=project["key"], role=role, organisation_key=office)

    def record(self, kind: str = "deal", **given: Any) -> Values:
        return self.put(RecordRow, kind=kind, **{"tenant": "hill", "data": {}, **given})

    # ------------------------------------------------------------------ what runs

    def tree(self, **given: Any) -> Values:
        """The root of a running tree."""
        key = self.key()
        given = {"process_id": "permit", "process_name": "许可", "tenant": "hill", "keys": {"1": key}, "blob": "{}", **given}
        given = {"definition_key": given.get("definition_key") or self.definition(), **given}
        if given.get("state", "active") != "active":
            given = {"ended_at": NOW, **given}
        return self.put(ProcessInstanceRow, key=key, root_key=key, local=1, **given)

    def called(self, parent: Mapping[str, Any], local: int = 2, **given: Any) -> Values:
        """An instance that another has called."""
        given = {"process_id": "fees", "process_name": "缴费", "definition_key": self.definition(), "tenant": parent["tenant"], **given}
        if given.get("state", "active") != "active":
            given = {"ended_at": NOW, **given}
        return self.put(ProcessInstanceRow, root_key=parent["root_key"], parent_key=parent["key"], local=local, **given)

    def _of(self, instance: Mapping[str, Any]) -> Values:
        return {"tenant": instance["tenant"], "root_key": instance["root_key"], "instance_key": instance["key"]}

    def element(self, instance: Mapping[str, Any], element: int, element_id: str = "check", **given: Any) -> Values:
        given = {"key": self.key(), "name": "核对", "type": "userTask", **given}
        if given.get("state", "active") != "active":
            given = {"ended_at": NOW, **given}
        return self.put(ElementInstanceRow, **self._of(instance), element=element, element_id=element_id, **given)

    def task(self, instance: Mapping[str, Any], element: int, element_id: str = "check", **given: Any) -> Values:
        given = {
            "process_id": instance["process_id"], "process_name": instance["process_name"], "definition_key": instance["definition_key"], "name": "核对",
            "project_key": instance["project_key"], "round": 1, **given,
        }  # fmt: skip
        if given.get("state", "open") != "open":
            given = {"closed_at": NOW, **given}
        return self.put(UserTaskRow, **self._of(instance), element=element, element_id=element_id, **given)

    def candidate(self, task: Mapping[str, Any], role: str = "", office: int = 0, username: str = "") -> None:
        self.put(TaskCandidateRow, task_key=task["key"], role=role, office_key=office, username=username)

    def wait(self, instance: Mapping[str, Any] | None, wait: int | None = None, **given: Any) -> Values:
        """Of an instance, or (None) of a start event. A timer, unless it is said otherwise."""
        place: Values = (
            {"tenant": given.pop("tenant", "hill")} if instance is None else {**self._of(instance), "wait": wait, "element": wait}
        )
        given = {"process_id": "permit", "definition_key": self.definition(), "element_id": "wait", "kind": "timer", **given}
        if given["kind"] == "timer":
            given = {"due_at": NOW, "wake_at": given.get("due_at", NOW), **given}
        return self.put(WaitRow, **place, **given)

    def job(self, instance: Mapping[str, Any], element: int, **given: Any) -> Values:
        given = {"element_id": "send", "type": "mail", "headers": {}, "variables": {}, "retries": 3, **given}
        if given.get("state", "open") != "open":
            given = {"closed_at": NOW, **given}
        return self.put(JobRow, **self._of(instance), element=element, **given)

    def incident(self, instance: Mapping[str, Any], incident: int | None, **given: Any) -> Values:
        given = {"project_key": instance["project_key"], "process_id": instance["process_id"], "element_id": "send", "details": {}, **given}
        return self.put(IncidentRow, **self._of(instance), incident=incident, **given)

    def decision(self, instance: Mapping[str, Any], element: int, **given: Any) -> Values:
        given = {"definition_key": self.definition(), "project_key": instance["project_key"], "decision_id": "fees", **given}
        return self.put(DecisionEvaluationRow, **self._of(instance), element=element, **given)

    def variable(self, instance: Mapping[str, Any], name: str, **given: Any) -> Values:
        return self.put(VariableRow, **self._of(instance), name=name, **given)

    def message(self, name: str = "paid", **given: Any) -> Values:
        given = {"tenant": "hill", "kind": "message", "variables": {}, "expires_at": NOW + timedelta(hours=1), **given}
        return self.put(MessageRow, name=name, **given)


def all_of(table: Any) -> list[Values]:
    """Every row of a table as values, in the order of its key."""
    whole = table.__table__
    return [dict(row) for row in db.session.execute(select(whole).order_by(*whole.primary_key)).mappings()]


def row_of(table: Any, key: int) -> Values:
    """One row as values."""
    whole = table.__table__
    return dict(db.session.execute(select(whole).where(next(iter(whole.primary_key)) == key)).mappings().one())


def keys_of(found: Any) -> list[int]:
    """The keys of rows, in their order."""
    return [row.key for row in found]
