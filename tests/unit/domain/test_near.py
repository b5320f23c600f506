"""Names that differ by a slip: what is suggested, and what is left alone."""

import pytest

from app.domain.near import near

KNOWN = ("supervision", "payment", "payment.pay", "review", "scope", "gate", "ab")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("supervison", "supervision"),  # a letter forgotten
        ("supervvision", "supervision"),  # doubled
        ("suprevision", "supervision"),  # swapped
        ("superwision", "supervision"),  # mistyped
        ("suprevison", "supervision"),  # two slips in a long name
        ("Supervision", "supervision"),  # another case
        ("payment.pai", "payment.pay"),
        ("paymnet", "payment"),
        ("reveiw", "review"),
        ("scop", "scope"),
        ("supervision", None),  # it is there
        ("approval", None),
        ("payroll", None),
        ("gaze", "gate"),
        ("gaps", None),  # two letters of four make another word
        ("ac", None),  # too short to tell
        ("", None),
    ],
)
def test_what_a_name_may_be_a_slip_of(name: str, meant: str | None) -> None:
    assert near(name, KNOWN) == meant


def test_nothing_is_near_where_nothing_is() -> None:
    assert near("payment", ()) is None
