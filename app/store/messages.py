"""Queries over messages and who waits for them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Text, and_, case, cast, exists, or_, select, update

from app.store import rows
from app.store.tables import MessageDeliveryRow, MessageRow, ProcessInstanceRow, ProjectRow, WaitRow, db


class Recipient(NamedTuple):
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


_target = case((MessageRow.kind == "signal", cast(WaitRow.key, Text)), else_=WaitRow.process_id)
_matches = (
    select(
        MessageRow.key,
        MessageRow.kind,
        MessageRow.name,
        MessageRow.correlation_key,
        MessageRow.variables,
        MessageRow.project_key,
        _target,
        WaitRow.key,
        WaitRow.root_key,
        WaitRow.wait,
        WaitRow.instance_key,
        WaitRow.tenant,
        WaitRow.process_id,
        WaitRow.definition_key,
        WaitRow.element_id,
        WaitRow.attempts,
    )
    .join(
        WaitRow,
        and_(
            WaitRow.tenant == MessageRow.tenant,
            WaitRow.kind == MessageRow.kind,
            WaitRow.name == MessageRow.name,
            or_(MessageRow.kind == "signal", WaitRow.root_key.is_(None), WaitRow.correlation_key == MessageRow.correlation_key),
            or_(WaitRow.root_key.is_(None), WaitRow.opened_at <= MessageRow.expires_at),  # a start event waits since its deployment
        ),
    )
    .where(
        MessageRow.state == "open",
        ~exists().where(MessageDeliveryRow.message_key == MessageRow.key, MessageDeliveryRow.target == _target),
        # One instance a process and key at a time: the message waits until the running one has ended.
        or_(
            MessageRow.kind == "signal",
            WaitRow.root_key.is_not(None),
            MessageRow.correlation_key == "",
            ~exists().where(
                ProcessInstanceRow.tenant == MessageRow.tenant,
                ProcessInstanceRow.process_id == WaitRow.process_id,
                ProcessInstanceRow.correlation_key == MessageRow.correlation_key,
                ProcessInstanceRow.state == "active",
            ),
        ),
    )
    # A running instance before a new one, the oldest first.
    .order_by(MessageRow.key, case((WaitRow.root_key.is_(None), 1), else_=0), WaitRow.key)
)


def matches(now: datetime, limit: int) -> list[Recipient]:
    """What can be delivered; what was put off after an error only when its time has come."""
    return [
        Recipient(*row) for row in db.session.execute(_matches.where(or_(WaitRow.wake_at.is_(None), WaitRow.wake_at <= now)).limit(limit))
    ]


def expired(now: datetime) -> list[int]:
    """Open messages whose time is over. They have had their chance when the next round of deliveries is done."""
    return list(db.session.execute(select(MessageRow.key).where(MessageRow.state == "open", MessageRow.expires_at <= now)).scalars())


def close(keys: Sequence[int]) -> None:
    db.session.execute(
        update(MessageRow)
        .where(MessageRow.key.in_(keys), MessageRow.state == "open")
        .values(state="closed")
        .execution_options(synchronize_session=False)
    )


def deliver(message: int, target: str, root_key: int, now: datetime) -> bool:
    """Note a delivery; False if this message has gone to this target already."""
    row = {"message_key": message, "target": target, "root_key": root_key, "delivered_at": now}
    return bool(rows.insert_new(MessageDeliveryRow, [row], ["message_key", "target"]))


def project_of(tenant: str, key: str) -> int | None:
    """The project that a correlation key names, if it is one."""
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    return db.session.execute(select(ProjectRow.key).where(ProjectRow.key == int(key), ProjectRow.tenant == tenant)).scalar_one_or_none()
