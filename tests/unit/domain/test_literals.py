"""Numbers in an expression, those too that stand in the quotes of a duration or a date; what a text merely says is none."""

import pytest

from app.domain.literals import numbers


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("amount > 5000 and share = .5", ["5000", ".5"]), ("count(x) > 1 or y = 0", []), ('kind = "第 3 类"', []), ("x1 + item2", []),
        ('now() + duration("P3D")', ['"P3D"']), ('x > date("2027-01-01")', ['"2027-01-01"']), ('@"2027-01-01"', ['"2027-01-01"']),
        ('date and time("2027-01-01T00:00:00")', ['"2027-01-01T00:00:00"']), ('time("09:00:00")', ['"09:00:00"']), ('number("5000")', ['"5000"']),
        ('duration("PT0S")', []),
        ('date(x) + duration("P1D")', []), ('date(x, 1, 1) <= date("9998-12-31")', []), ('duration("P11D")', ['"P11D"']), ("date(planYear, 1, 1)", []),
        ('years and months duration(a, date("2027-01-01"))', ['"2027-01-01"']),
        ('update("P3D")', []), ('deadline("om.2")', []), ('duration( "P3D" ) + 7', ["7", '"P3D"']),
    ],
)  # fmt: skip
def test_what_is_a_number(text: str, found: list[str]) -> None:
    assert numbers(text) == found
