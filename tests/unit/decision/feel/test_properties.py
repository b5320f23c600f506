"""Laws that hold for every number, date and value."""

from __future__ import annotations

import calendar
import os
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation, Overflow
from zoneinfo import ZoneInfo

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from app.decision import feel
from app.decision.feel import temporal

EXAMPLES = max(int(os.environ.get("FUZZ_EXAMPLES", "2000")) // 10, 50)
ZONE = ZoneInfo("Asia/Shanghai")
ENVIRONMENT = feel.Environment(now=datetime(2026, 3, 10, 9, tzinfo=ZONE), zone=ZONE)
ORACLE = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144)
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal(-(10**30)), max_value=Decimal(10**30)).map(ORACLE.plus)
many = settings(max_examples=EXAMPLES, deadline=None)


def run(text: str, **variables: object) -> object:
    return feel.compile(text).evaluate(variables, ENVIRONMENT)


# -- numbers ----------------------------------------------------------------------------------------------------------------------


@many
@given(NUMBERS, NUMBERS)
def test_arithmetic_is_decimal128(a: Decimal, b: Decimal) -> None:
    assert run("a + b", a=a, b=b) == ORACLE.add(a, b)
    assert run("a - b", a=a, b=b) == ORACLE.subtract(a, b)
    assert run("a * b", a=a, b=b) == ORACLE.multiply(a, b)
    assert run("a / b", a=a, b=b) == (ORACLE.divide(a, b) if b else None)
    assert run("[a < b, a <= b, a = b, a != b, a > b, a >= b]", a=a, b=b) == [a < b, a <= b, a == b, a != b, a > b, a >= b]


@many
@given(NUMBERS, st.integers(-12, 12))
def test_powers_are_decimals(a: Decimal, exponent: int) -> None:
    try:
        expected: Decimal | None = Context(prec=34, Emin=-6143, Emax=6144, traps=[InvalidOperation, Overflow]).power(a, exponent)
    except (InvalidOperation, Overflow):
        expected = None
    if expected is not None and expected.is_finite():
        assert run("a ** b", a=a, b=exponent) == expected


@many
@given(NUMBERS)
def test_a_number_survives_as_text(a: Decimal) -> None:
    assert run("number(string(a)) = a", a=a) is True
    assert run(feel.literal(a)) == a


@many
@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6), st.integers(-3, 6))
def test_the_roundings_bracket_the_number(n: Decimal, scale: int) -> None:
    low, high, up, down = (run(f"{name}(n, scale)", n=n, scale=scale) for name in ("floor", "ceiling", "round up", "round down"))
    assert isinstance(low, Decimal)
    assert isinstance(high, Decimal)
    assert isinstance(up, Decimal)
    assert isinstance(down, Decimal)
    assert low <= n <= high
    assert abs(down) <= abs(n) <= abs(up)
    assert high - low in (Decimal(0), Decimal(1).scaleb(-scale))
    for name in ("round half up", "round half down", "decimal"):
        assert run(f"{name}(n, scale)", n=n, scale=scale) in (low, high)


@many
@given(NUMBERS, NUMBERS)
def test_modulo_has_the_sign_of_the_divisor(a: Decimal, b: Decimal) -> None:
    assume(b and abs(a) < abs(b) * Decimal(10**20))
    rest = run("modulo(a, b)", a=a, b=b)
    assert isinstance(rest, Decimal)
    assert abs(rest) <= abs(b)
    assert rest == 0 or (rest < 0) == (b < 0)


# -- the calendar -----------------------------------------------------------------------------------------------------------------

YEARS = st.one_of(st.integers(1, 9999), st.integers(-999_999_999, 999_999_999))


@st.composite
def days(draw: st.DrawFn) -> tuple[int, int, int]:
    year, month = draw(YEARS), draw(st.integers(1, 12))
    return year, month, draw(st.integers(1, calendar.monthrange(_like(year), month)[1]))


def _like(year: int) -> int:
    """A year of Python's with the same calendar: it repeats every 400 years."""
    return (year - 1) % 400 + 2001


@many
@given(days())
@example((-999_999_999, 1, 1))
@example((999_999_999, 12, 31))
@example((0, 2, 29))
def test_the_calendar_agrees_with_pythons_four_hundred_years(day: tuple[int, int, int]) -> None:
    year, month, number = day
    known = date(_like(year), month, number)
    text = f"{'-' if year < 0 else ''}{abs(year):04d}-{month:02d}-{number:02d}"
    found = run(
        "{d: date(s), all: [string(d), d.year, d.weekday, day of year(d), week of year(d), day of week(d), month of year(d)]}.all", s=text
    )
    assert found == [text, year, known.isoweekday(), known.timetuple().tm_yday, known.isocalendar().week, f"{known:%A}", f"{known:%B}"]
    value = temporal.make_date(year, month, number)
    assert value is not None
    assert temporal.ordinal(value) == known.toordinal() + (year - _like(year)) // 400 * 146_097


@many
@given(st.dates(), st.integers(-4000, 4000))
def test_a_date_moves_by_days_as_pythons_does(day: date, count: int) -> None:
    assume(date.min.toordinal() <= day.toordinal() + count <= date.max.toordinal())
    assert run('d + n * @"P1D"', d=day, n=count) == day + timedelta(days=count)
    assert run('(d + n * @"P1D") - d = n * @"P1D"', d=day, n=count) is True


@many
@given(st.dates(min_value=date(1000, 1, 1), max_value=date(9000, 1, 1)), st.integers(-5000, 5000))
@example(date(2026, 1, 31), 1)
@example(date(2024, 2, 29), 12)
def test_adding_months_clamps_to_the_last_day(day: date, months: int) -> None:
    year, month = day.year, day.month
    for _ in range(abs(months)):  # one month at a time, as on a wall calendar
        month += 1 if months > 0 else -1
        if month == 13:
            year, month = year + 1, 1
        elif month == 0:
            year, month = year - 1, 12
    assert run('d + n * @"P1M"', d=day, n=months) == date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@many
@given(st.dates(), st.dates())
def test_months_between_are_the_most_that_fit(start: date, end: date) -> None:
    months = run("years and months duration(a, b)", a=start, b=end)
    assert isinstance(months, feel.YearMonthDuration)
    forward = temporal.add_months(start, months.months)
    if start <= end:
        further = temporal.add_months(start, months.months + 1)
        assert forward is not None
        assert temporal.ordinal(forward) <= end.toordinal()
        assert further is None or temporal.ordinal(further) > end.toordinal() or end.day < start.day


MOMENTS = st.datetimes(min_value=datetime(1950, 1, 1), max_value=datetime(2100, 1, 1))  # noqa: DTZ001 (local times are meant)
ZONES = st.sampled_from([None, "Asia/Shanghai", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "UTC"])


@many
@given(MOMENTS, ZONES, st.timedeltas(timedelta(-9999), timedelta(9999)))
def test_a_date_and_time_moves_along_the_time_line(moment: datetime, zone: str | None, step: timedelta) -> None:
    if zone is None:
        assert run("m + s", m=moment, s=step) == moment + step
        return
    aware = moment.replace(tzinfo=ZoneInfo(zone))
    moved = run("m + s", m=aware, s=step)
    utc = ZoneInfo("UTC")
    assert isinstance(moved, datetime)
    assert moved.astimezone(utc) == aware.astimezone(utc) + step
    assert run("(m + s) - m = s", m=aware, s=step) is True
    assert run("string(date and time(string(m))) = string(m)", m=aware) is True


@many
@given(st.integers(-(10**15), 10**15), st.integers(-(10**15), 10**15))
def test_durations_add_and_print_exactly(a: int, b: int) -> None:
    x, y = temporal.make_day_time(a), temporal.make_day_time(b)
    assert run("x + y", x=x, y=y) == temporal.make_day_time(a + b)
    assert run("x - y", x=x, y=y) == temporal.make_day_time(a - b)
    assert run("duration(string(x))", x=x) == x
    assert run("[x < y, x = y]", x=x, y=y) == [a < b, a == b]


# -- values -----------------------------------------------------------------------------------------------------------------------

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    NUMBERS,
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.dates(),
    st.times(),
    st.datetimes(timezones=st.sampled_from([None, ZONE])),
    st.timedeltas(),
    st.integers(-(10**9), 10**9).map(feel.YearMonthDuration),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=6), inner, max_size=4)
    ),
    max_leaves=10,
)


@many
@given(VALUES)
def test_the_source_text_of_a_value_evaluates_to_it(value: object) -> None:
    assert run(feel.literal(value)) == value
    assert run("x = y", x=value, y=value) is True
    assert isinstance(feel.to_text(value), str)


@many
@given(st.lists(NUMBERS, min_size=1, max_size=20))
def test_sorting_orders_and_keeps(items: list[Decimal]) -> None:
    assert run("sort(x, function(a, b) a < b)", x=items) == sorted(items)
    assert run("[min(x), max(x), count(x)]", x=items) == [min(items), max(items), len(items)]
    distinct = run("distinct values(x)", x=items)
    assert isinstance(distinct, list)
    assert len(distinct) == len(set(items))


INTERVALS = st.tuples(st.integers(0, 6), st.integers(0, 6), st.booleans(), st.booleans()).filter(
    lambda interval: interval[0] < interval[1] or (interval[0] == interval[1] and interval[2] and interval[3])
)


@many
@given(INTERVALS, INTERVALS)
def test_interval_functions_agree_with_the_points_inside(a: tuple[int, int, bool, bool], b: tuple[int, int, bool, bool]) -> None:
    grid = [Decimal(step) / 4 for step in range(-4, 32)]  # fine enough to see every gap between whole ends

    def points(interval: tuple[int, int, bool, bool]) -> set[Decimal]:
        low, high, low_in, high_in = interval
        return {p for p in grid if (low < p or (low == p and low_in)) and (p < high or (p == high and high_in))}

    x, y = feel.Range(*map(Decimal, a[:2]), *a[2:]), feel.Range(*map(Decimal, b[:2]), *b[2:])
    inside, other = points(a), points(b)
    assert run("overlaps(x, y)", x=x, y=y) is bool(inside & other)
    assert run("includes(x, y)", x=x, y=y) is (other <= inside)
    assert run("during(x, y)", x=x, y=y) is (inside <= other)
    assert run("before(x, y)", x=x, y=y) is (max(inside) < min(other))
    assert run("after(x, y)", x=x, y=y) is (min(inside) > max(other))
    assert run("coincides(x, y)", x=x, y=y) is (a == b)
    assert run("for p in g return p in x", x=x, g=grid) == [p in inside for p in grid]
