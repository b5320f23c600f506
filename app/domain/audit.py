"""The chain of audit macs: each entry's mac is over the one before it and the entry, so that nothing can be changed, dropped or inserted in between."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import simplejson
from cryptography.hazmat.primitives import hashes, hmac

FIELDS = ("chain", "number", "at", "action", "tenant", "user_key", "user_name", "project_key", "subject", "details")


def canonical(entry: Mapping[str, Any]) -> bytes:
    """The bytes that stand for an entry: its fields as JSON in a fixed order, keys sorted, instants in UTC with microseconds, Decimals as written."""
    plain = {name: _plain(entry[name]) for name in FIELDS}
    text: str = simplejson.dumps(plain, use_decimal=True, ensure_ascii=True, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def entry_mac(key: bytes, previous: str, entry: Mapping[str, Any]) -> str:
    """HMAC-SM3(previous mac, entry) as hex. ``previous`` is empty for the first of its chain."""
    return _mac(key, previous.encode() + b"\n" + canonical(entry))


def seal_root(key: bytes, previous: str, macs: Iterable[str]) -> str:
    """What a seal says of the entries that it closes: HMAC-SM3 over the seal before it and their macs in order."""
    return _mac(key, "\n".join([previous, *macs]).encode())


def _mac(key: bytes, content: bytes) -> str:
    mac = hmac.HMAC(key, hashes.SM3())
    mac.update(content)
    return mac.finalize().hex()


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value
