"""Queries over messages and who waits for them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Text, and_, case, cast, exists, func, insert, literal, null, or_, select, update

from app.domain.states import InstanceState, MessageKind, MessageState, WaitKind
from app.store import rows
from app.store.database import run
from app.store.tables import MessageDeliveryRow, MessageRow, ProcessInstanceRow, ProjectRow, WaitRow, db


class Recipient(NamedTuple):
    """An open message and a subscription that it meets; ``root_key`` None: of a start event."""

    message: int
    kind: MessageKind
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
    source_root: int | None  # the tree that sent it; None: from outside


# Where a subscription waits. An event that does not interrupt has a new row each time it is met; its place stays, and nobody else ever has it.
_place = (
    func.coalesce(cast(WaitRow.instance_key, Text), WaitRow.process_id)
    + literal("/")
    + func.coalesce(cast(WaitRow.element, Text), literal(""))
    + literal("/")
    + WaitRow.element_id
)
_target = case((MessageRow.kind == MessageKind.SIGNAL, _place), else_=WaitRow.process_id)
_signal_waits = and_(WaitRow.tenant == MessageRow.tenant, WaitRow.kind == WaitKind.SIGNAL, WaitRow.name == MessageRow.name)
# Of the message and the wait around it, however deep it stands in a query.
_addressed = (
    exists()
    .where(
        MessageDeliveryRow.message_key == MessageRow.key, MessageDeliveryRow.target == _target, MessageDeliveryRow.delivered_at.is_(None)
    )
    .correlate(MessageRow, WaitRow)
)
_delivered = exists().where(MessageDeliveryRow.message_key == MessageRow.key, MessageDeliveryRow.target == _target)
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
        MessageRow.source_root,
    )
    .join(
        WaitRow,
        and_(
            WaitRow.tenant == MessageRow.tenant,
            WaitRow.kind == MessageRow.kind,
            WaitRow.name == MessageRow.name,
            or_(MessageRow.kind == MessageKind.SIGNAL, WaitRow.root_key.is_(None), WaitRow.correlation_key == MessageRow.correlation_key),
            # A start event waits since its deployment; a signal knows those who get it.
            or_(MessageRow.kind == MessageKind.SIGNAL, WaitRow.root_key.is_(None), WaitRow.opened_at <= MessageRow.expires_at),
        ),
    )
    .where(
        MessageRow.state == MessageState.OPEN,
        or_(and_(MessageRow.kind == MessageKind.SIGNAL, _addressed), and_(MessageRow.kind == MessageKind.MESSAGE, ~_delivered)),
        # One instance a process and key at a time: the message waits until the running one has ended.
        or_(
            MessageRow.kind == MessageKind.SIGNAL,
            WaitRow.root_key.is_not(None),
            MessageRow.correlation_key == "",
            ~exists().where(
                ProcessInstanceRow.tenant == MessageRow.tenant,
                ProcessInstanceRow.process_id == WaitRow.process_id,
                ProcessInstanceRow.correlation_key == MessageRow.correlation_key,
                ProcessInstanceRow.state == InstanceState.ACTIVE,
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


def address(signals: Sequence[int]) -> None:
    """Note for each of these signals who waits for it now, outside the tree that has thrown it: those and nobody else are to get it."""
    waiting = (
        select(MessageRow.key, _place, null(), null())
        .join(WaitRow, _signal_waits)
        .where(
            MessageRow.key.in_(signals),
            or_(WaitRow.root_key.is_(None), MessageRow.source_root.is_(None), WaitRow.root_key != MessageRow.source_root),
        )
    )
    run(insert(MessageDeliveryRow.__table__).from_select(["message_key", "target", "root_key", "delivered_at"], waiting))


def expired(now: datetime) -> list[int]:
    """Open messages whose time is over. They have had their chance when the next round of deliveries is done.

    A signal's time is over when nobody of those it is addressed to waits any more.
    """
    heard = exists().where(_signal_waits, _addressed).correlate(MessageRow)
    query = select(MessageRow.key).where(
        MessageRow.state == MessageState.OPEN, MessageRow.expires_at <= now, or_(MessageRow.kind == MessageKind.MESSAGE, ~heard)
    )
    return list(db.session.execute(query).scalars())


def close(keys: Sequence[int]) -> None:
    db.session.execute(
        update(MessageRow)
        .where(MessageRow.key.in_(keys), MessageRow.state == MessageState.OPEN)
        .values(state=MessageState.CLOSED)
        .execution_options(synchronize_session=False)
    )


def deliver(message: int, target: str, root_key: int, now: datetime) -> bool:
    """Note that a message has gone to a process; False if it has done so already."""
    row = {"message_key": message, "target": target, "root_key": root_key, "delivered_at": now}
    return bool(rows.insert_new(MessageDeliveryRow, [row], ["message_key", "target"]))


def deliver_signal(message: int, target: str, root_key: int, now: datetime) -> bool:
    """Note that a signal has reached one it is addressed to; False if it has done so already."""
    query = (
        update(MessageDeliveryRow)
        .where(MessageDeliveryRow.message_key == message, MessageDeliveryRow.target == target, MessageDeliveryRow.delivered_at.is_(None))
        .values(root_key=root_key, delivered_at=now)
        .execution_options(synchronize_session=False)
    )
    return bool(run(query).rowcount)


def project_of(tenant: str, key: str) -> int | None:
    """The project that a correlation key names, if it is one."""
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    return db.session.execute(select(ProjectRow.key).where(ProjectRow.key == int(key), ProjectRow.tenant == tenant)).scalar_one_or_none()
