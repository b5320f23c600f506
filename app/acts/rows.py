"""The shapes of rows: one builder a table, so that a new column has one place. Every builder gives values by column name."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.connectors.ledger import Approval
from app.domain.codes import Action
from app.domain.facts import RightKind
from app.domain.keys import next_key
from app.domain.states import ElementState, InstanceState, JobState, MessageKind, MessageState, TaskState, WaitKind
from app.engine import ProcessDefinition
from app.engine.effects import Signing

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TreePlace:
    """Where in which tree a row belongs; ``root_key`` and ``instance_key`` None: to a start event, to no tree."""

    tenant: str
    root_key: int | None = None
    instance_key: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnNote:
    """A return as it is told: ``person`` (``user``, 0 the system) of ``office`` has returned ``task`` at the instant ``at``, with the ``reason``, to be done again
    before ``due_at`` (exclusive)."""

    at: datetime
    user: int
    person: str
    office: str
    task: str
    reason: str
    due_at: datetime
    straight: bool

    def remark(self) -> dict[str, Any]:
        """As JSON, to go along with the engine's command."""
        return asdict(self) | {"at": self.at.isoformat(), "due_at": self.due_at.isoformat()}

    @classmethod
    def of(cls, remark: Mapping[str, Any]) -> "ReturnNote":
        return cls(**dict(remark) | {name: datetime.fromisoformat(remark[name]) for name in ("at", "due_at")})


def instance(
    place: TreePlace,
    definition: ProcessDefinition,
    *,
    local: int,
    parent_key: int | None,
    project_key: int | None,
    correlation_key: str | None,
    catalogue_version: int,
    now: datetime,
) -> Row:
    """A process instance that begins; a root's blob, keys and audit chain come with its act."""
    return {
        "key": place.instance_key, "root_key": place.root_key, "local": local, "parent_key": parent_key, "tenant": place.tenant,
        "process_id": definition.process_id, "process_name": definition.name or definition.process_id, "definition_key": definition.key,
        "definition_version": definition.version, "version_tag": definition.version_tag or "", "state": InstanceState.ACTIVE, "started_at": now,
        "ended_at": None, "project_key": project_key, "correlation_key": correlation_key, "version": 0, "catalogue_version": catalogue_version,
        "blob": None, "keys": None, "audit_mac": "", "audit_count": 0, "overrides": None,
    }  # fmt: skip


def element_instance(
    place: TreePlace, *, element: int, element_id: str, name: str, of_type: str, scope: int, loop_counter: int | None, now: datetime
) -> Row:
    """A visit of an element that begins."""
    return {
        "tenant": place.tenant, "root_key": place.root_key, "element": element, "key": next_key(), "instance_key": place.instance_key,
        "element_id": element_id, "name": name, "type": of_type, "state": ElementState.ACTIVE, "scope": scope, "loop_counter": loop_counter,
        "entered_at": now, "ended_at": None,
    }  # fmt: skip


def ended_element(place: TreePlace, *, element: int, state: ElementState, now: datetime) -> Row:
    """To be upserted over a visit of an earlier act: only ``state`` and ``ended_at`` are taken."""
    begun = element_instance(place, element=element, element_id="", name="", of_type="", scope=0, loop_counter=None, now=now)
    return begun | {"state": state, "ended_at": now}


def variable(place: TreePlace, *, scope: int, name: str, value: Any, now: datetime) -> Row:
    return {
        "key": next_key(), "tenant": place.tenant, "root_key": place.root_key, "instance_key": place.instance_key, "scope": scope, "name": name,
        "value": value, "updated_at": now,
    }  # fmt: skip


def user_task(
    place: TreePlace,
    definition: ProcessDefinition,
    *,
    element: int,
    element_id: str,
    name: str,
    lane: str,
    form_id: str | None,
    form_key: int | None,
    assignee: str | None,
    candidate_groups: Sequence[str],
    candidate_users: Sequence[str],
    due_at: datetime | None,
    follow_up_at: datetime | None,
    deadline: Mapping[str, Any] | None,
    priority: int,
    clauses: Sequence[str],
    project_key: int | None,
    now: datetime,
    round_number: int = 1,
    returned: "ReturnNote | None" = None,
    office: Mapping[str, Any],
    signing: Signing | None = None,
) -> Row:
    """A user task that opens. ``deadline``: how its due instant was counted, the instant of the reminder included; ``office``: see ``candidates.office_columns``."""
    return {
        "key": next_key(), "root_key": place.root_key, "element": element, "instance_key": place.instance_key, "tenant": place.tenant,
        "project_key": project_key, "process_id": definition.process_id, "process_name": definition.name or definition.process_id,
        "definition_key": definition.key, "definition_version": definition.version, "element_id": element_id, "name": name, "lane": lane,
        "form_id": form_id, "form_key": form_key, "state": TaskState.OPEN, "assignee": assignee, "candidate_groups": list(candidate_groups),
        "candidate_users": list(candidate_users), "due_at": due_at,
        "remind_at": datetime.fromisoformat(deadline["remindAt"]) if deadline else None, "follow_up_at": follow_up_at, "deadline": deadline,
        "priority": priority, "clauses": " ".join(clauses), "opened_at": now, "closed_at": None, "completed_by": None, "completed_name": "",
        "completed_role": "", "completed_office": "", "outcome": "", "overrides": None, "draft": None, "draft_saved_at": None, "answer": None,
        "ledger_version": None, "overdue_at": None, "moved": None,
        "round": round_number, "returned_at": returned.at if returned else None, "returned_by": (returned.user or None) if returned else None,
        "returned_by_name": returned.person if returned else "", "returned_by_office": returned.office if returned else "",
        "returned_from": returned.task if returned else "", "return_reason": returned.reason if returned else "",
        "return_due_at": returned.due_at if returned else None, "returned_straight": returned.straight if returned else False, "returned_to": "",
        "signing": signing.round if signing else None, "seat": signing.seat if signing else None, "visit": signing.visit if signing else None,
        "stands_for": None, **office,
    }  # fmt: skip


def candidate(*, task_key: int, role: str = "", office_key: int = 0, username: str = "") -> Row:
    """Who may do a task: holders of a role in an office (0: in any), or a person."""
    return {"task_key": task_key, "role": role, "office_key": office_key, "username": username}


def job(
    place: TreePlace,
    *,
    element: int,
    element_id: str,
    of_type: str,
    listener: str | None,
    retries: int,
    headers: Mapping[str, Any],
    variables: Mapping[str, Any],
    now: datetime,
) -> Row:
    return {
        "key": next_key(), "root_key": place.root_key, "element": element, "instance_key": place.instance_key, "tenant": place.tenant,
        "element_id": element_id, "type": of_type, "listener": listener, "state": JobState.OPEN, "retries": retries, "headers": dict(headers),
        "variables": dict(variables), "message": "", "retry_at": None, "opened_at": now, "closed_at": None,
    }  # fmt: skip


def wait(
    place: TreePlace,
    *,
    process_id: str,
    definition_key: int,
    element_id: str,
    kind: WaitKind,
    now: datetime,
    number: int | None = None,
    element: int | None = None,
    due_at: datetime | None = None,
    name: str | None = None,
    correlation_key: str | None = None,
    expression: str | None = None,
    calendar_version: str | None = None,
    memo: Mapping[str, Any] | None = None,
    interrupting: bool = True,
) -> Row:
    """A timer or subscription: of an instance with its ``number`` and ``element``, else of a start event, with a ``memo`` for its next repetition."""
    return {
        "key": next_key(), "root_key": place.root_key, "wait": number, "element": element, "instance_key": place.instance_key,
        "tenant": place.tenant, "process_id": process_id, "definition_key": definition_key, "element_id": element_id, "kind": kind, "due_at": due_at,
        "wake_at": due_at, "name": name, "correlation_key": correlation_key, "expression": expression, "calendar_version": calendar_version,
        "memo": None if memo is None else dict(memo), "interrupting": interrupting, "attempts": 0, "opened_at": now,
    }  # fmt: skip


def due(
    place: TreePlace, *, process_id: str, definition_key: int, element_id: str, element: int, memo: Mapping[str, Any], now: datetime
) -> Row:
    """The row that waits for the deadline of the user task ``element``; ``memo``: see ``acts.dues``."""
    return wait(
        place,
        process_id=process_id,
        definition_key=definition_key,
        element_id=element_id,
        kind=WaitKind.DUE,
        number=-element,
        element=element,
        due_at=datetime.fromisoformat(memo["steps"][0]["at"]),
        memo=memo,
        interrupting=False,
        now=now,
    )


def incident(
    place: TreePlace,
    *,
    process_id: str,
    element_id: str,
    of_type: str,
    message: str,
    now: datetime,
    number: int | None = None,
    wait_key: int | None = None,
    project_key: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> Row:
    """Something for an administrator: of the engine, with its ``number``, or of a wait that cannot be fired."""
    return {
        "key": next_key(), "root_key": place.root_key, "incident": number, "wait_key": wait_key, "instance_key": place.instance_key,
        "tenant": place.tenant, "project_key": project_key, "process_id": process_id, "element_id": element_id, "type": of_type, "message": message,
        "details": dict(details or {}), "opened_at": now, "closed_at": None,
    }  # fmt: skip


def evaluation(
    place: TreePlace,
    *,
    element: int,
    project_key: int | None,
    process_id: str,
    element_id: str,
    decision_id: str,
    name: str,
    definition_key: int,
    version: int,
    inputs: Sequence[Any],
    output: Any,
    rules: Sequence[Any],
    required: Sequence[Any],
    libraries: Sequence[Any],
    deadline: Mapping[str, Any] | None,
    now: datetime,
) -> Row:
    """A decision as it was taken."""
    return {
        "key": next_key(), "tenant": place.tenant, "root_key": place.root_key, "element": element, "instance_key": place.instance_key,
        "project_key": project_key, "process_id": process_id, "element_id": element_id, "decision_id": decision_id, "name": name,
        "definition_key": definition_key, "version": version, "inputs": list(inputs), "output": output, "rules": list(rules),
        "required": list(required), "libraries": list(libraries) or None, "deadline": dict(deadline) if deadline else None, "at": now,
    }  # fmt: skip


def message(
    *,
    tenant: str,
    kind: MessageKind,
    name: str,
    variables: Mapping[str, Any],
    published_at: datetime,
    expires_at: datetime,
    key: int | None = None,
    correlation_key: str = "",
    project_key: int | None = None,
    source_root: int | None = None,
) -> Row:
    """A message or signal that is thrown: by a tree (``source_root``), or from outside. ``key``: where it was allotted before."""
    return {
        "key": next_key() if key is None else key, "tenant": tenant, "kind": kind, "name": name, "correlation_key": correlation_key, "variables": dict(variables),
        "project_key": project_key, "source_root": source_root, "state": MessageState.OPEN, "published_at": published_at, "expires_at": expires_at,
    }  # fmt: skip


def record(
    *,
    key: int,
    tenant: str,
    kind: str,
    data: Mapping[str, Any],
    amount: Decimal | None,
    project_key: int | None,
    root_key: int | None,
    element_id: str,
    place: Row,
    now: datetime,
    subject: str | None = None,
) -> Row:
    """An entry of a register; ``place``: where in its tree it belongs, by column; ``subject``: what it is of, in a register with a key."""
    return {
        "key": key, "tenant": tenant, "project_key": project_key, "kind": kind, "subject": subject, "data": dict(data), "amount": amount, "root_key": root_key,
        "element_id": element_id, "created_at": now, "superseded_at": None, **place,
    }  # fmt: skip


def approval(one: Approval, *, tenant: str, project_key: int | None, user_key: int, user_name: str, now: datetime) -> Row:
    """What a person has said of values."""
    key, office = one.office
    return {
        "key": one.key, "tenant": tenant, "project_key": project_key, "root_key": one.root_key, "instance_key": one.instance_key,
        "process_id": one.process_id, "element_id": one.element_id, "scope": one.scope, "item": one.item, "round": one.round, "required": one.required,
        "holds": one.holds, "approved_values": dict(one.values), "digest": one.digest, "role": one.role, "office_key": key, "office": office,
        "user_key": user_key or None, "user_name": user_name, "at": now, "lapsed_at": now if one.lapsed else None,
        "lapsed_names": list(one.lapsed) or None,
    }  # fmt: skip


def fact_change(
    *,
    tenant: str,
    project_key: int,
    root_key: int,
    process_id: str,
    element_id: str,
    field: str,
    before: Any,
    after: Any,
    right: RightKind,
    source: str,
    role: str,
    version: int,
    user_key: int,
    user_name: str,
    now: datetime,
) -> Row:
    """What an act has changed of a fact; ``root_key`` 0: it was on no tree."""
    return {
        "key": next_key(), "tenant": tenant, "project_key": project_key, "root_key": root_key or None, "process_id": process_id,
        "element_id": element_id, "field": field, "before": before, "after": after, "right_kind": right, "source": source, "role": role, "project_version": version,
        "user_key": user_key or None, "user_name": user_name, "at": now,
    }  # fmt: skip


def notice(
    *,
    tenant: str,
    role: str,
    office_key: int,
    title: str,
    text: str,
    project_key: int | None,
    root_key: int,
    element_id: str,
    now: datetime,
) -> Row:
    """A notice to the holders of a role, in an office (0: in any)."""
    return {
        "key": next_key(), "tenant": tenant, "role": role, "office_key": office_key, "title": title, "text": text, "project_key": project_key,
        "root_key": root_key, "element_id": element_id, "created_at": now,
    }  # fmt: skip


def audit_entry(
    *,
    chain: int,
    number: int,
    now: datetime,
    action: Action,
    tenant: str,
    user_key: int,
    user_name: str,
    project_key: int | None,
    subject: str,
    details: Mapping[str, Any],
) -> Row:
    """An entry of the trail, still without its mac."""
    return {
        "key": next_key(), "chain": chain, "number": number, "at": now, "action": action, "tenant": tenant, "user_key": user_key,
        "user_name": user_name, "project_key": project_key, "subject": subject, "details": dict(details), "seal": None,
    }  # fmt: skip
