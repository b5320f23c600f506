"""Queries over messages and who waits for them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Text, and_, case, cast, exists, or_, select, update

from app.store import rows
from app.store.tables import Message, MessageDelivery, ProcessInstance, Project, Wait, db


class Match(NamedTuple):
    """An open message and a subscription that it meets; ``root_key`` None: of a start event."""

    message: int
    kind: str
    name: str
    message_key: str
    variables: dict[str, Any]
    project_key: int | None
    target: str
    key: int
    root_key: int | None
    wait: int
    instance_key: int | None
    tenant: str
    process_id: str
    definition_key: int
    element_id: str
    attempts: int


_target = case((Message.kind == "signal", cast(Wait.key, Text)), else_=Wait.process_id)
_matches = (
    select(
        Message.key,
        Message.kind,
        Message.name,
        Message.correlation_key,
        Message.variables,
        Message.project_key,
        _target,
        Wait.key,
        Wait.root_key,
        Wait.wait,
        Wait.instance_key,
        Wait.tenant,
        Wait.process_id,
        Wait.definition_key,
        Wait.element_id,
        Wait.attempts,
    )
    .join(
        Wait,
        and_(
            Wait.tenant == Message.tenant,
            Wait.kind == Message.kind,
            Wait.name == Message.name,
            or_(Message.kind == "signal", Wait.root_key.is_(None), Wait.correlation_key == Message.correlation_key),
            or_(Wait.root_key.is_(None), Wait.opened_at <= Message.expires_at),  # a start event waits since its deployment
        ),
    )
    .where(
        Message.state == "open",
        ~exists().where(MessageDelivery.message_key == Message.key, MessageDelivery.target == _target),
        # One instance a process and key at a time: the message waits until the running one has ended.
        or_(
            Message.kind == "signal",
            Wait.root_key.is_not(None),
            Message.correlation_key == "",
            ~exists().where(
                ProcessInstance.tenant == Message.tenant,
                ProcessInstance.process_id == Wait.process_id,
                ProcessInstance.correlation_key == Message.correlation_key,
                ProcessInstance.state == "active",
            ),
        ),
    )
    # A running instance before a new one, the oldest first.
    .order_by(Message.key, case((Wait.root_key.is_(None), 1), else_=0), Wait.key)
)


def matches(now: datetime, limit: int) -> list[Match]:
    """What can be delivered; what was put off after an error only when its time has come."""
    return [Match(*row) for row in db.session.execute(_matches.where(or_(Wait.wake_at.is_(None), Wait.wake_at <= now)).limit(limit))]


def expired(now: datetime) -> list[int]:
    """Open messages whose time is over. They have had their chance when the next round of deliveries is done."""
    return list(db.session.execute(select(Message.key).where(Message.state == "open", Message.expires_at <= now)).scalars())


def close(keys: Sequence[int]) -> None:
    db.session.execute(
        update(Message)
        .where(Message.key.in_(keys), Message.state == "open")
        .values(state="closed")
        .execution_options(synchronize_session=False)
    )


def deliver(message: int, target: str, root_key: int, now: datetime) -> bool:
    """Note a delivery; False if this message has gone to this target already."""
    row = {"message_key": message, "target": target, "root_key": root_key, "delivered_at": now}
    return bool(rows.insert_new(MessageDelivery, [row], ["message_key", "target"]))


def project_of(tenant: str, key: str) -> int | None:
    """The project that a correlation key names, if it is one."""
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    return db.session.execute(select(Project.key).where(Project.key == int(key), Project.tenant == tenant)).scalar_one_or_none()
