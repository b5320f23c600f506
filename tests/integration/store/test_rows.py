"""Many rows in one statement, and values that come back as they went."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql, sqlite

from app.acts.transaction import act
from app.domain.states import TaskState
from app.store import rows, types
from app.store.tables import NumberRow, OrganisationRow
from tests.integration.store.life import NOW, all_of

LITE, POST = sqlite.dialect(), postgresql.dialect()  # type: ignore[no-untyped-call]


def office(key: int, **given: object) -> dict[str, Any]:
    return {"key": key, "tenant": "hill", "name": f"局{key}", "created_at": NOW, "filed_at": None, "closed_at": None, **given}


def test_no_rows_write_nothing(app: Flask) -> None:
    with act():
        assert rows.insert(OrganisationRow, []) == 0
        assert rows.insert_new(OrganisationRow, [], ["key"]) == 0
        assert rows.upsert(OrganisationRow, [], ["key"], ["name"]) == 0
    assert all_of(OrganisationRow) == []


def test_new_rows_are_written_and_those_that_are_there_stay(app: Flask) -> None:
    with act():
        assert rows.insert(OrganisationRow, [office(1), office(2)]) == 2
        assert rows.insert_new(OrganisationRow, [office(2, name="另"), office(3)], ["key"]) == 1
    assert all_of(OrganisationRow) == [office(1), office(2), office(3)]


def test_what_is_there_gets_the_named_columns_and_what_is_not_comes(app: Flask) -> None:
    later = NOW + timedelta(days=1)
    with act():
        rows.insert(OrganisationRow, [office(1)])
        changed = [office(1, name="新", created_at=later, closed_at=later), office(2)]
        assert rows.upsert(OrganisationRow, changed, ["key"], ["name", "closed_at"]) == 2
    assert all_of(OrganisationRow) == [office(1, name="新", closed_at=later), office(2)]


def test_a_row_is_there_only_if_its_whole_key_is(app: Flask) -> None:
    with act():
        for kind, year in (("a", 1), ("a", 2), ("b", 1), ("a", 1)):
            rows.upsert(NumberRow, [{"tenant": "hill", "kind": kind, "year": year, "last": year}], ["tenant", "kind", "year"], ["last"])
    assert [(row["kind"], row["year"]) for row in all_of(NumberRow)] == [("a", 1), ("a", 2), ("b", 1)]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7])
def test_more_rows_than_a_statement_takes_are_written_all_and_counted(app: Flask, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(rows, "_PARAMETERS", 13)  # two rows of six columns
    with act():
        assert rows.insert(OrganisationRow, [office(key) for key in range(count)]) == count
    assert all_of(OrganisationRow) == [office(key) for key in range(count)]


def test_a_row_wider_than_a_statement_is_written_alone(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "_PARAMETERS", 3)
    with act():
        assert rows.insert(OrganisationRow, [office(1), office(2)]) == 2


def test_each_row_has_its_own_instant_also_after_an_equal_one(app: Flask) -> None:
    instants = [NOW, NOW, NOW + timedelta(microseconds=1), NOW.astimezone(timezone(timedelta(hours=8))), NOW - timedelta(days=1), NOW]
    with act():
        rows.insert(OrganisationRow, [office(key, created_at=at, closed_at=instants[-key]) for key, at in enumerate(instants, 1)])
    assert [row["created_at"] for row in all_of(OrganisationRow)] == instants
    assert [row["closed_at"] for row in all_of(OrganisationRow)] == instants[::-1]


# ---------------------------------------------------------------------- types


def test_json_is_written_short_and_read_exactly() -> None:
    assert types.dumps({"甲": [Decimal("1.10"), 2, None, True]}) == '{"甲":[1.10,2,null,true]}'
    assert types.loads('{"甲":[1.10,2]}') == {"甲": [Decimal("1.10"), 2]}
    assert str(types.loads("1.10")) == "1.10"
    assert isinstance(types.loads("2"), int)
    for value in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="compliant"):
            types.dumps(value)


def test_an_instant_is_bound_in_utc_bare_for_sqlite_and_read_in_utc() -> None:
    kind = types.Instant()
    there = NOW.astimezone(timezone(timedelta(hours=8)))
    bound = kind.process_bind_param(there, LITE)
    assert (bound, bound.tzinfo if bound else 0) == (NOW.replace(tzinfo=None), None)
    kept = kind.process_bind_param(there, POST)
    assert (kept, kept.utcoffset() if kept else 0) == (NOW, timedelta(0))
    read = kind.process_result_value(there, POST)
    assert (read, read.tzinfo if read else 0) == (NOW, UTC)
    assert kind.process_result_value(datetime(2026, 3, 10, 1, 0), LITE) == NOW  # noqa: DTZ001 - as the driver gives it
    assert kind.process_bind_param(None, LITE) is None
    assert kind.process_result_value(None, LITE) is None
    with pytest.raises(ValueError, match="naive"):
        kind.process_bind_param(NOW.replace(tzinfo=None), POST)


def test_none_is_sqls_null_or_jsons_as_the_column_says() -> None:
    assert types.Json().process_bind_param(None, LITE) is None
    assert types.JsonValue().process_bind_param(None, LITE) == "null"
    assert types.Json().process_result_value(None, LITE) is None
    assert types.JsonValue().process_result_value("null", LITE) is None
    assert types.Json().process_bind_param({"a": 1}, LITE) == types.JsonValue().process_bind_param({"a": 1}, POST) == '{"a":1}'
    assert types.Json().process_result_value('{"a":1.0}', LITE) == {"a": Decimal("1.0")}


def test_a_word_is_one_of_its_enumeration_both_ways() -> None:
    kind = types.Word(TaskState)
    assert kind.words is TaskState
    assert kind.process_bind_param("open", LITE) == "open"
    assert not isinstance(kind.process_bind_param(TaskState.OPEN, LITE), StrEnum)
    assert kind.process_result_value("open", LITE) is TaskState.OPEN
    assert (kind.process_bind_param(None, LITE), kind.process_result_value(None, LITE)) == (None, None)
    for ask in (kind.process_bind_param, kind.process_result_value):
        with pytest.raises(ValueError, match="banana"):
            ask("banana", LITE)


@pytest.mark.parametrize(
    ("given", "fen", "yuan"),
    [
        ("10.5", 1050, "10.50"),
        ("0.005", 1, "0.01"),
        ("0.0049", 0, "0.00"),
        ("-0.005", -1, "-0.01"),
        ("2.675", 268, "2.68"),
        ("7", 700, "7.00"),
    ],
)
def test_money_is_fen_on_sqlite_and_exact_on_both(given: str, fen: int, yuan: str) -> None:
    kind = types.Money()
    assert kind.process_bind_param(Decimal(given), LITE) == fen
    assert str(kind.process_bind_param(Decimal(given), POST)) == yuan
    assert str(kind.process_result_value(fen, LITE)) == yuan
    assert str(kind.process_result_value(Decimal(yuan), POST)) == yuan


def test_money_that_is_not_known_is_null_and_a_whole_number_is_yuan() -> None:
    kind = types.Money()
    assert (kind.process_bind_param(None, LITE), kind.process_result_value(None, POST)) == (None, None)
    assert kind.process_bind_param(3, LITE) == 300
    assert str(kind.load_dialect_impl(LITE)) == "BIGINT"
    assert str(kind.load_dialect_impl(POST)) == "NUMERIC(18, 2)"


def test_every_type_may_be_kept_compiled() -> None:
    for kind in (types.Instant, types.Json, types.JsonValue, types.Word, types.Money):
        assert kind.cache_ok is True
    assert isinstance(types.Json().impl_instance, Text)
    assert types.Instant().impl_instance.timezone is True  # type: ignore[attr-defined]
    assert str(types.Key.dialect_impl(LITE)) == "INTEGER"
    assert str(types.Key.dialect_impl(POST)) == "BIGINT"
