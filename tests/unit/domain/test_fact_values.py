"""When two values of a fact are the same: equal ones have one digest, others never."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
import simplejson
from hypothesis import given
from hypothesis import strategies as st

from app.domain.fact_values import ValueRefused, digest, is_blank, normal

MONEY = {"type": "number", "x-format": "money"}
SET = {"type": "array", "x-unordered": True}
BLANKS = ("", " ", "\t\n", "　", "\u2003\u00a0", "\u2009", "\u200b", "\u2060 \ufeff", "\u00ad", "\u3164", "\uffa0", "\u2800", "\ufe0f")
UNSEEN = (
    "[{}]".format("".join(re.escape(chr(code)) for code in range(0x110000) if unicodedata.category(chr(code)) in ("Cc", "Cf", "Mn", "Me")))[
        :-1
    ]
    + r"\s\u115f\u1160\u2800]"
)

numbers = st.decimals(allow_nan=False, allow_infinity=False, places=6).map(lambda value: value + 0)
texts = st.text(max_size=8)
values = st.recursive(
    st.none() | st.booleans() | numbers | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(min_size=1, max_size=4), inner, max_size=4),
    max_leaves=12,
)


def plain(value: Any) -> Any:
    """What a value says, worked out without the product: numbers as they are, blank as nothing, nothing in a context as absent."""
    if value is None or (isinstance(value, str) and not re.sub(UNSEEN, "", unicodedata.normalize("NFKC", value))):
        return ()
    if isinstance(value, bool | str):
        return type(value).__name__, value
    if isinstance(value, int | Decimal):
        return "number", Decimal(value)
    if isinstance(value, list):
        return "list", tuple(plain(one) for one in value)
    if value.keys() == {"key", "name"} and isinstance(value["key"], str):
        return "office", value["key"]
    return "fields", frozenset((name, plain(part)) for name, part in value.items() if plain(part) != ())


@given(values, values)
def test_digests_are_equal_exactly_when_the_values_are(one: Any, other: Any) -> None:
    assert (digest({"x": one}, {}) == digest({"x": other}, {})) == (plain(one) == plain(other))


@given(st.dictionaries(st.sampled_from(("a", "b", "c")), values), st.randoms())
def test_the_order_of_names_and_a_way_through_json_change_nothing(given_values: dict[str, Any], random: Any) -> None:
    names = list(given_values)
    random.shuffle(names)
    there = simplejson.dumps({name: given_values[name] for name in names}, use_decimal=True)
    assert digest(simplejson.loads(there, use_decimal=True), {}) == digest(given_values, {})


@given(st.integers(-(10**20), 10**20), st.integers(0, 30))
def test_numbers_count_by_value_however_long(number: int, zeros: int) -> None:
    written = Decimal(f"{number}.{'0' * zeros}") if zeros else Decimal(number)
    assert normal({}, written) == normal({}, number)
    assert normal({}, written) != normal({}, Decimal(f"{number}.{'0' * 39}1"))


def test_a_digit_beyond_the_contexts_precision_counts() -> None:
    long = "1234567890123456789012345678901234567890."
    assert normal({}, Decimal(long + "1")) != normal({}, Decimal(long + "2"))
    assert normal({}, Decimal("0.00")) == normal({}, 0) == normal({}, Decimal("-0"))


@pytest.mark.parametrize("blank", BLANKS)
def test_blank_is_nothing_at_any_width(blank: str) -> None:
    assert is_blank(blank)
    assert digest({"x": blank, "y": 1}, {}) == digest({"x": None, "y": 1}, {}) == digest({"y": 1}, {})
    assert digest({"x": {"a": blank}}, {}) == digest({"x": {}}, {}) != digest({}, {})


def test_truth_a_number_and_a_text_are_three_things() -> None:
    assert len({digest({"x": value}, {}) for value in (True, 1, "1", "true", [1], [], {})}) == 7


@pytest.mark.parametrize(
    ("value", "stands"),
    [("1.25", True), ("1.250000", True), ("100", True), ("1E+3", True), ("1.255", False), ("0.001", False), ("-0.005", False)],
)
def test_money_is_exact_to_the_fen(value: str, stands: bool) -> None:
    if stands:
        assert normal(MONEY, Decimal(value)) == normal({}, Decimal(value))
    else:
        with pytest.raises(ValueRefused, match="精确到分"):
            normal(MONEY, Decimal(value))


def test_money_deep_inside_a_list_is_held_to_the_fen_too() -> None:
    schema = {"type": "array", "items": {"type": "object", "properties": {"amount": MONEY}}}
    with pytest.raises(ValueRefused):
        normal(schema, [{"amount": Decimal("0.001")}])


@given(st.lists(st.sampled_from(("甲", "乙", "丙")), max_size=5), st.randoms())
def test_lists_count_in_order_unless_they_say_otherwise(items: list[str], random: Any) -> None:
    other = list(items)
    random.shuffle(other)
    assert normal(SET, items) == normal(SET, other)
    assert (normal({}, items) == normal({}, other)) == (items == other)


def test_a_set_counts_how_often() -> None:
    assert normal(SET, ["甲", "甲", "乙"]) != normal(SET, ["甲", "乙", "乙"])


def test_offices_and_people_count_by_key() -> None:
    renamed = {"key": "12", "name": "区大数据局"}
    assert digest({"x": {"key": "12", "name": "区数据局"}}, {}) == digest({"x": renamed}, {})
    assert digest({"x": {"key": "13", "name": "区大数据局"}}, {}) != digest({"x": renamed}, {})
    columns = {"type": "object", "properties": {"key": {"type": "string"}, "name": {"type": "string"}}}
    assert normal(columns, {"key": "12", "name": "甲"}) != normal(columns, {"key": "12", "name": "乙"})


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1)), st.integers(-12, 14))  # noqa: DTZ001 - the zone comes next
def test_an_instant_is_the_same_in_every_zone(moment: datetime, hours: int) -> None:
    schema = {"type": "string", "format": "date-time"}
    there = moment.replace(tzinfo=UTC)
    elsewhere = there.astimezone(timezone(timedelta(hours=hours)))
    assert normal(schema, there.isoformat()) == normal(schema, elsewhere.isoformat()) == normal(schema, elsewhere)
    assert normal(schema, there.isoformat()) != normal(schema, (there + timedelta(microseconds=1)).isoformat())


def test_a_day_is_its_iso_text_and_what_is_no_instant_stays_a_text() -> None:
    assert normal({"format": "date"}, date(2026, 5, 6)) == "2026-05-06"
    assert normal({"format": "date-time"}, "2026-05-06T09:00:00") == "2026-05-06T09:00:00"
    assert normal({"format": "date-time"}, "明天") == "明天"


@pytest.mark.parametrize("value", [1.5, b"x", {1}, Decimal("NaN"), Decimal("Infinity")])
def test_what_json_cannot_say_is_refused(value: Any) -> None:
    with pytest.raises(ValueRefused):
        normal({}, value)


def test_a_document_is_its_content_whatever_it_is_called() -> None:
    """modelling.md §6: documents compare by slot and content hash."""
    one = {"key": "7", "name": "方案.pdf", "sha256": "a" * 64, "version": 1}
    renamed, revised = {**one, "key": "8", "name": "终稿.pdf", "version": 2}, {**one, "sha256": "b" * 64}
    schema = {
        "rows": {
            "type": "array",
            "items": {"type": "object", "properties": {"files": {"type": "array", "items": {"x-format": "document"}}}},
        }
    }
    for schemas in ({}, schema):

        def said(*files: Any) -> str:
            return digest({"rows": [{"files": list(files)}]}, schemas)  # noqa: B023 - called within the turn

        assert said(one) == said(renamed) != said(revised)
        assert len({said(), said(one), said(one, one), said(one, revised), said(revised, one)}) == 5
    assert digest({"a": one, "b": revised}, {}) != digest({"a": revised, "b": one}, {})  # each at its own place
