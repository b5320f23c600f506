"""Messages and signals between trees: stored with the act that throws them, delivered after it, each delivery an act of its own.

A check only inside the throwing transaction would lose a wake-up: the message and the subscription may be written at the same time, neither seeing the other.
So both look again after their commit, and the pump looks for what was left over. A signal is for those who wait when it is thrown: its own tree takes it in
the same step, and for each of the others a delivery is written with it.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app import current
from app.acts import audit
from app.acts.retries import Gone, attempt
from app.acts.rows import message
from app.acts.transaction import act, new_instance, open_instance
from app.catalogue import snapshot
from app.codes import RequestCode
from app.domain import permissions
from app.domain.codes import Action, VerdictCode
from app.domain.declared import RESERVED
from app.domain.permissions import Actor
from app.domain.states import MessageKind
from app.engine.codes import CommandCode
from app.engine.commands import Deliver, Start
from app.engine.limits import LONGEST_KEY, LONGEST_NAME, flaw_of
from app.engine.phases import PROJECT_ENDED
from app.engine.timers import parse_duration
from app.errors import Conflict, Forbidden, InvalidRequest
from app.services import accounts
from app.store import messages, rows, waits
from app.store.messages import Recipient
from app.store.tables import MessageRow

_log = logging.getLogger(__name__)
_PUBLISHED = {MessageKind.MESSAGE: Action.MESSAGE_PUBLISH, MessageKind.SIGNAL: Action.SIGNAL_PUBLISH}
_RECEIVED = {MessageKind.MESSAGE: Action.MESSAGE_RECEIVE, MessageKind.SIGNAL: Action.SIGNAL_RECEIVE}
_AT_ONCE = 100
_ROUNDS = 100  # of deliveries that an act brings about before the rest is left to the pump


def publish(
    actor: Actor,
    name: str,
    correlation_key: str,
    variables: Mapping[str, Any],
    now: datetime,
    *,
    tenant: str,
    lifetime: timedelta | None = None,
) -> int:
    """A message from outside. Returns its key.

    Raises Forbidden (OWN_MESSAGE: what the processes of a project tell each other, from a person or a program), InvalidRequest (NAME, NAME_RESERVED).
    """
    is_ours = name == PROJECT_ENDED or name in snapshot.library(tenant).thrown
    if is_ours and not actor.is_system and messages.project_of(tenant, correlation_key) is not None:
        # It would take the place of the true one: begin what is not due, or stop a tree that may not believe it.
        permissions.may_administer(actor, tenant).require()
        raise Forbidden(f"消息“{name}”由本系统的流程发给项目的其他流程，不能从外面代发", code=VerdictCode.OWN_MESSAGE)
    zone = snapshot.district(tenant).zone
    expires = parse_duration(current.settings().message_lifetime).after(now, zone) if lifetime is None else now + lifetime
    return _throw(actor, MessageKind.MESSAGE, name, variables, now, correlation_key=correlation_key, tenant=tenant, expires_at=expires)


def broadcast(actor: Actor, name: str, variables: Mapping[str, Any], now: datetime, *, tenant: str) -> int:
    """A signal from outside. Returns its key. Raises Forbidden, InvalidRequest (NAME)."""
    return _throw(actor, MessageKind.SIGNAL, name, variables, now, correlation_key="", tenant=tenant, expires_at=now)


def _throw(
    actor: Actor,
    kind: MessageKind,
    name: str,
    variables: Mapping[str, Any],
    now: datetime,
    *,
    correlation_key: str,
    tenant: str,
    expires_at: datetime,
) -> int:
    permissions.may_administer(actor, tenant).require()
    if not name.strip() or flaw_of(name, LONGEST_NAME) or flaw_of(correlation_key, LONGEST_KEY):
        raise InvalidRequest(f"消息名称应为 1 至 {LONGEST_NAME} 个字,关联键不超过 {LONGEST_KEY} 个字,且不含空字符", code=RequestCode.NAME)
    taken = [name for name in RESERVED if name in variables]
    if taken and snapshot.library(tenant).reserves:
        raise InvalidRequest(f"变量不能叫“{taken[0]}”:它是台账或参数的名称。请改名后重新提交", code=CommandCode.NAME_RESERVED)
    thrown = message(
        tenant=tenant,
        kind=kind,
        name=name,
        correlation_key=correlation_key,
        variables=variables,
        project_key=messages.project_of(tenant, correlation_key),
        published_at=now,
        expires_at=expires_at,
    )
    with act():
        rows.insert(MessageRow, [thrown])
        if kind == MessageKind.SIGNAL:
            messages.address([thrown["key"]])
        audit.record(
            actor,
            _PUBLISHED[kind],
            name,
            {"correlationKey": correlation_key, "variables": dict(variables)},
            now,
            chain=actor.user,
            tenant=tenant,
        )
    settle(now)
    key: int = thrown["key"]
    return key


def settle(now: datetime) -> None:
    """After an act that threw or subscribed: deliver what it made possible. What fails is left to the pump; the act itself has succeeded."""
    try:
        for _ in range(_ROUNDS):
            if not correlate(now):
                return
    except Exception:  # the act is committed: whatever happens now must not look as if it had failed
        _log.exception("messages are left to the pump")


def correlate(now: datetime) -> int:
    """Deliver what can be delivered; called after every act that published or subscribed, and by the pump for leftovers. Returns how many deliveries."""
    expired = messages.expired(now)
    found = messages.matches(now, _AT_ONCE)
    delivered = 0
    served: set[tuple[int, str]] = set()
    busy: set[int] = set()
    for match in found:
        if (match.message, match.target) in served:
            continue
        if attempt(match, now, lambda match=match: _deliver(match, now)):  # type: ignore[misc]
            delivered += 1
            served.add((match.message, match.target))
        else:
            busy.add(match.message)
    over = [key for key in expired if key not in busy]
    if over and len(found) < _AT_ONCE:
        with act():
            messages.close(over)
    return delivered


def _deliver(match: Recipient, now: datetime) -> bool:
    return _start(match, now) if match.root_key is None else _wake(match, match.root_key, now)


def _wake(match: Recipient, root_key: int, now: datetime) -> bool:
    with open_instance(root_key, now, accounts.system(match.tenant), wait=False) as tree:
        if tree is None:
            return False
        tree.step(Deliver(match.wait, match.variables, inside=match.source_root is not None))
        tree.record(_RECEIVED[match.kind], f"{match.process_id}.{match.element_id}", {"name": match.name, "message": str(match.message)})
        if not waits.take_subscription(match.key):
            raise Gone
        _note(match, now, root_key)
        tree.save()
        if match.attempts:
            waits.close_incidents(match.key, now)
    return True


def _start(match: Recipient, now: datetime) -> bool:
    """Begin an instance by its message or signal; of the project that the correlation key names, else of the thrower's."""
    project_key = messages.project_of(match.tenant, match.message_key) or match.project_key
    variables = dict(match.variables)
    if project_key is not None:
        variables["projectKey"] = str(project_key)
    try:
        with new_instance(
            match.definition_key,
            match.tenant,
            now,
            accounts.system(match.tenant),
            project_key=project_key,
            correlation_key=match.message_key or None if match.kind == MessageKind.MESSAGE else None,
        ) as tree:
            tree.step(Start(match.definition_key, variables, match.element_id, inside=match.source_root is not None))
            tree.record(
                Action.PROCESS_START, match.process_id, {"event": match.element_id, "name": match.name, "message": str(match.message)}
            )
            tree.save()
            _note(match, now, tree.root_key)
    except Conflict:
        return False  # one runs already: the message waits for its end
    return True


def _note(match: Recipient, now: datetime, root_key: int) -> None:
    deliver = messages.deliver_signal if match.kind == MessageKind.SIGNAL else messages.deliver
    if not deliver(match.message, match.target, root_key, now):
        raise Gone
