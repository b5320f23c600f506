"""Repeated requests: the same key from the same person acts once and gets the same answer; another content with it is refused."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app import current
from app.domain.permissions import Actor
from app.errors import KeyReused
from app.store import idempotency
from app.store.types import dumps


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    user: int
    key: str
    digest: str


def request(actor: Actor, key: str | None, content: Mapping[str, Any]) -> KeyedRequest | None:
    """What is remembered of a request; None without a key."""
    if key is None:
        return None
    return KeyedRequest(actor.user, key, hashlib.sha256(dumps(content).encode()).hexdigest())


def answered(request: KeyedRequest, now: datetime) -> dict[str, Any] | None:
    """The answer that this request got before, None if it is new. Raises KeyReused."""
    found = idempotency.find(request.user, request.key)
    if found is None or found.created_at < now - timedelta(hours=current.settings().idempotency_hours):
        return None
    if found.digest != request.digest:
        raise KeyReused("同一个 Idempotency-Key 已用于内容不同的请求,请换用新的键")
    answer: dict[str, Any] = found.response
    return answer


def remember(request: KeyedRequest, response: dict[str, Any], now: datetime) -> None:
    """Keep the answer, in the act itself."""
    idempotency.put(request.user, request.key, request.digest, response, now)


def forget(now: datetime) -> None:
    """Drop the keys that are too old to matter. Needs an act."""
    idempotency.drop(now - timedelta(hours=current.settings().idempotency_hours))
