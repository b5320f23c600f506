"""Packed JSON comes back as it went, is never longer than it was, and what was packed once stays readable."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy.dialects import sqlite

from app.store import packing
from app.store.packing import pack, unpack
from app.store.types import Packed, PackedValue, dumps, loads

DEADLINE = dumps(
    {"key": "opinion", "startOn": "2025-09-01", "lastDay": "2025-09-08", "explanation": ["自 2025-09-01 的次日起算 5 个工作日"]}
)
VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.decimals(allow_nan=False, allow_infinity=False) | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
    max_leaves=30,
)


@given(VALUES)
def test_every_value_comes_back(value: object) -> None:
    text = dumps(value)
    stored = pack(text)
    assert unpack(stored) == text
    assert len(stored) <= len(text.encode())


def test_what_it_was_made_for_becomes_much_shorter() -> None:
    assert len(pack(DEADLINE)) < len(DEADLINE.encode()) / 2


def test_a_dictionary_in_use_is_never_changed() -> None:
    """Rows packed with it could not be read any more: a better one gets the next number."""
    known = {number: hashlib.sha256(words).hexdigest()[:16] for number, words in packing._DICTIONARIES.items()}
    assert known == {1: "540d5436819d1948"}


def test_json_as_it_is_reads_like_packed_json() -> None:
    for text in ("null", "true", "[]", '{"a":1}', '"x"', "-1", "1.50"):
        assert unpack(text.encode()) == text


@pytest.mark.parametrize("spoil", [lambda data: data[:-3], lambda data: data + b"x", lambda data: data[:1] + b"\xff" * 9])
def test_a_spoiled_value_is_told_and_never_half_read(spoil: object) -> None:
    assert callable(spoil)
    with pytest.raises(ValueError, match="packed value"):
        unpack(spoil(pack(DEADLINE)))


def test_rows_written_as_text_are_read() -> None:
    dialect = sqlite.dialect()
    assert Packed().process_result_value('{"sum":1.50}', dialect) == loads('{"sum":1.50}')
    assert Packed().process_bind_param(None, dialect) is None
    assert PackedValue().process_bind_param(None, dialect) == b"null"
