"""Macs of the trail: the same entry has the same mac for ever, and any other another one."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from app.domain import audit

KEY = bytes(range(32))
ENTRY: dict[str, Any] = {
    "chain": 7, "number": 2, "at": datetime(2026, 3, 10, 1, 2, 3, 4, tzinfo=UTC), "action": "task.complete", "tenant": "hill", "user_key": 9,
    "user_name": "张三", "project_key": None, "subject": "核对", "details": {"b": Decimal("0.10"), "a": [1, True]},
}  # fmt: skip
BYTES = (
    b'{"action":"task.complete","at":"2026-03-10T01:02:03.000004+00:00","chain":7,"details":{"a":[1,true],"b":0.10},"number":2,"project_key":null,'
    b'"subject":"\\u6838\\u5bf9","tenant":"hill","user_key":9,"user_name":"\\u5f20\\u4e09"}'
)

FIRST = "bd6fb90d766d0f620a9833916a370e0fa3817b3a09e0cc80c439017311e91f73"
SECOND = "3bce09f064cdbf9f8ff1bf2cb5780fba899f1ad9353e3b02e632aa4647c5cb5b"
SEAL = "8d38ef12618f7591d4ebbf48e14c895439fb247e3b4171c593fbdb372428bc50"
EMPTY = "b84d248be587eeb6853fd1bb7e84e3c49390d42150ae9d001dd03ea148c88996"


def test_an_entry_is_always_the_same_bytes() -> None:
    assert audit.canonical(ENTRY) == BYTES
    there = ENTRY["at"].astimezone(timezone(timedelta(hours=8)))
    assert audit.canonical({**dict(reversed(ENTRY.items())), "at": there, "mac": "not of the entry"}) == BYTES
    assert b'"at":"2026-03-10T01:02:03.000000+00:00"' in audit.canonical({**ENTRY, "at": ENTRY["at"].replace(microsecond=0)})


def test_macs_are_what_they_were() -> None:
    """Worked out once: whoever changes how, cannot verify what was written before."""
    assert audit.entry_mac(KEY, "", ENTRY) == FIRST
    assert audit.entry_mac(KEY, FIRST, ENTRY) == SECOND
    assert audit.seal_root(KEY, "", [FIRST, SECOND]) == SEAL
    assert audit.seal_root(KEY, SEAL, []) == EMPTY


def test_whatever_changes_changes_the_mac() -> None:
    macs = {audit.entry_mac(KEY, "", {**ENTRY, name: 1 if ENTRY[name] != 1 else 2}) for name in audit.FIELDS}
    macs |= {audit.entry_mac(KEY, "x", ENTRY), audit.entry_mac(b"other", "", ENTRY), audit.entry_mac(KEY, "", ENTRY)}
    assert len(macs) == len(audit.FIELDS) + 3
    seals = [audit.seal_root(KEY, *given) for given in (("", ["a", "b"]), ("", ["b", "a"]), ("", ["ab"]), ("a", ["b"]), ("b", ["a"]))]
    assert len(set(seals)) == 5


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        audit.canonical({**ENTRY, "details": {"a": float("nan")}})
    with pytest.raises(KeyError):
        audit.canonical({name: value for name, value in ENTRY.items() if name != "details"})
