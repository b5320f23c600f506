"""Statutory deadlines: from a rule of the ``deadlines`` table and a start to an instant, with the counting in words.

Every result is an exclusive instant: 00:00 of the day after the last day, in the district's zone, so that a comparison is
always ``t < at`` (requirements G2–G7). The rule is data; nothing here knows an article's number of days.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from app.decision import feel
from app.domain.calendars import Calendar, add_months
from app.domain.codes import DeadlineCode

MOST_DAYS = 36_600  # a century: no deadline is longer, and counting working days has to end
UNITS = {"natural_day": "个自然日", "working_day": "个工作日", "month": "个月", "year": "年", "fixed_date": ""}


class DeadlineError(Exception):
    """A deadline cannot be counted: unknown key, or a rule or start that does not make a date. ``code`` is stable, the text is Chinese."""

    def __init__(self, code: DeadlineCode, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """One row of the ``deadlines`` table. ``amount`` counts ``unit``; ``fixed`` is MM-DD or a whole date for unit fixed_date; ``roll``: a last day that is
    not worked moves to the next working day; ``hard``: missing it has legal consequences (else it is only marked)."""

    key: str
    unit: str
    amount: int = 0
    fixed: str | None = None
    roll: bool = False
    hard: bool = False
    clause: str = ""

    @classmethod
    def from_row(cls, key: str, row: Mapping[str, Any], clause: str = "") -> "DeadlineRule":
        """Read a result of the ``deadlines`` decision. Raises DeadlineError (DEADLINE_RULE)."""
        unit = row.get("unit")
        if unit not in UNITS:
            raise DeadlineError(
                DeadlineCode.DEADLINE_RULE, f"期限“{key}”的单位 {unit!r} 无法识别,应为 {'、'.join(UNITS)} 之一,请检查 deadlines 表该行"
            )
        fixed = row.get("fixed")
        amount = row.get("amount")
        if unit == "fixed_date":
            if isinstance(fixed, datetime | date):
                fixed = fixed.isoformat()[:10]
            if not isinstance(fixed, str):
                raise DeadlineError(
                    DeadlineCode.DEADLINE_RULE, f"期限“{key}”是固定日期,但没有给出日期(fixed),请检查 deadlines 表该行及其所用变量"
                )
        else:
            try:
                whole = Decimal(str(amount))
            except InvalidOperation:
                whole = Decimal("NaN")
            if not whole.is_finite() or whole != whole.to_integral_value() or not 0 <= whole <= MOST_DAYS:
                raise DeadlineError(
                    DeadlineCode.DEADLINE_RULE,
                    f"期限“{key}”的数量 {amount!r} 不是 0 至 {MOST_DAYS} 的整数,请检查 deadlines 表该行及其所用变量",
                )
            amount = int(whole)
        return cls(
            key=key,
            unit=str(unit),
            amount=amount or 0 if unit != "fixed_date" else 0,
            fixed=fixed,
            roll=row.get("roll") is True,
            hard=row.get("hard") is True,
            clause=clause,
        )


@dataclass(frozen=True, slots=True)
class Due:
    """``last_day`` and ``at`` decide lateness; ``remind_day`` and ``remind_at`` are the same without rolling. ``provisional``: a year's calendar is missing."""

    rule: DeadlineRule
    start_on: date
    last_day: date
    at: datetime
    remind_day: date
    remind_at: datetime
    provisional: bool
    explanation: tuple[str, ...] = field(default=())


def due(rule: DeadlineRule, start: object, calendar: Calendar, zone: ZoneInfo) -> Due:
    """Count ``rule`` from ``start`` (date, aware or naive datetime, or their ISO text). Raises DeadlineError (DEADLINE_START)."""
    begun = start_day(rule.key, start, zone)
    days_looked_at: list[date] = []
    if rule.unit == "natural_day":
        nominal = begun + timedelta(days=rule.amount)
    elif rule.unit == "working_day":
        nominal = calendar.add_working_days(begun, rule.amount)
        days_looked_at = [begun, nominal]
    elif rule.unit == "month":
        nominal = add_months(begun, rule.amount)
    elif rule.unit == "year":
        nominal = add_months(begun, 12 * rule.amount)
    else:
        nominal = _fixed_day(rule, begun)
    last = calendar.next_working_day(nominal) if rule.roll else nominal
    if rule.roll:
        days_looked_at += [nominal, last]
    provisional = any(calendar.is_provisional(day) for day in days_looked_at)
    return Due(
        rule=rule,
        start_on=begun,
        last_day=last,
        at=_midnight_after(last, zone),
        remind_day=nominal,
        remind_at=_midnight_after(nominal, zone),
        provisional=provisional,
        explanation=tuple(_explain(rule, begun, nominal, last, provisional)),
    )


def passed(due_at: datetime | None, now: datetime) -> bool:
    """Whether a due instant is over: it is the midnight after the last day, so the instant itself is late. Nothing without a due is late."""
    return due_at is not None and due_at <= now


def start_day(key: str, start: object, zone: ZoneInfo) -> date:
    """The calendar day of ``start`` in ``zone``. Raises DeadlineError (DEADLINE_START)."""
    if isinstance(start, str):
        try:
            start = date.fromisoformat(start) if len(start) == 10 else datetime.fromisoformat(start.partition("@")[0])
        except ValueError:
            start = None
    if isinstance(start, datetime):
        try:
            return (start.astimezone(zone) if start.tzinfo else start).date()
        except OverflowError:
            raise DeadlineError(DeadlineCode.DEADLINE_START, f"期限“{key}”的起算时间 {start} 在本区时区中超出了可表示的日期范围") from None
    if isinstance(start, date):
        return start
    raise DeadlineError(DeadlineCode.DEADLINE_START, f"期限“{key}”的起算时间不是日期或时间,请检查传给 deadline 的第二个参数")


def _fixed_day(rule: DeadlineRule, begun: date) -> date:
    text = rule.fixed or ""
    try:
        return date.fromisoformat(text if len(text) == 10 else f"{begun.year:04d}-{text}")
    except ValueError:
        raise DeadlineError(DeadlineCode.DEADLINE_RULE, f"期限“{rule.key}”的固定日期 {text!r} 应写成 MM-DD 或 YYYY-MM-DD") from None


def _midnight_after(day: date, zone: ZoneInfo) -> datetime:
    local = datetime.combine(day + timedelta(days=1), time(), zone)
    offset = local.utcoffset()
    # A plain offset, not a zone name: it survives JSON and every FEEL reader.
    return local.replace(tzinfo=timezone(offset)) if offset is not None else local


def _explain(rule: DeadlineRule, begun: date, nominal: date, last: date, provisional: bool) -> list[str]:
    lines = []
    if rule.unit == "fixed_date":
        lines.append(f"固定日期 {nominal.isoformat()},含当日,至 24:00 止,不因节假日顺延")
    else:
        lines.append(f"自 {begun.isoformat()} 的次日起算 {rule.amount} {UNITS[rule.unit]},末日为 {nominal.isoformat()}")
        if last != nominal:
            lines.append(f"末日不是工作日,顺延至下一工作日 {last.isoformat()}")
        lines.append(f"{last.isoformat()} 24:00 前办结为按期")
    if provisional:
        lines.append("所涉年度的放假安排尚未公布,暂按周一至周五推算,公布后自动重算")
    return lines


RuleLookup: TypeAlias = Callable[[str, object, Mapping[str, Any], Any], DeadlineRule]
Beginning: TypeAlias = Callable[[Any], datetime | None]


def _no_beginning(environment: Any) -> None:
    """Nobody stands anywhere: there is nothing to count from."""


@lru_cache(maxsize=1)
def vocabulary() -> feel.Registry:
    """Every function that an expression may name, to compile it with: none of them can be called."""
    return registry(_no_rule, Calendar(), ZoneInfo("UTC"))


def _no_rule(key: str, start: object, variables: Any, environment: Any) -> DeadlineRule:
    raise DeadlineError(DeadlineCode.DEADLINE_TABLE, f"期限“{key}”只能在流程中计算")


def registry(lookup: RuleLookup, calendar: Calendar, zone: ZoneInfo, entered: Beginning = _no_beginning) -> feel.Registry:
    """FEEL's built-ins and our four functions. ``lookup(key, start, variables, environment)`` finds the rule, or raises DeadlineError; ``entered(environment)``
    says when the element was entered whose expression it is, None where there is none.

    ``deadline(key, start)``: the legal instant. ``remindAt(key, start)``: the same, not rolled. Without ``start`` both count from entering the element.
    ``workingDaysAfter(date, n)``: the n-th working day after a date. ``isWorkingDay(date)``. A null start gives null.
    """

    def find(context: Mapping[str, Any], environment: Any, key: object, start: object) -> Due | None:
        if start is None or key is None:
            return None
        try:
            return due(lookup(str(key), start, context, environment), start, calendar, zone)
        except DeadlineError as error:
            raise feel.FeelEvaluationError(error.code, str(error)) from error
        except (OverflowError, ValueError):  # past the year 9999
            raise feel.FeelEvaluationError(DeadlineCode.DEADLINE_START, f"期限“{key}”自 {start} 起算,超出了可表示的日期范围") from None

    def deadline(context: Mapping[str, Any], environment: Any, key: object, *start: object) -> datetime | None:
        found = find(context, environment, key, start[0] if start else entered(environment))
        return found.at if found else None

    def remind_at(context: Mapping[str, Any], environment: Any, key: object, *start: object) -> datetime | None:
        found = find(context, environment, key, start[0] if start else entered(environment))
        return found.remind_at if found else None

    def working_days_after(day: object, count: object) -> date | None:
        if day is None or not isinstance(count, int | Decimal) or isinstance(count, bool):
            return None
        number = int(count)
        try:
            if abs(number) > MOST_DAYS:
                raise DeadlineError(DeadlineCode.DEADLINE_RULE, f"workingDaysAfter 的天数 {count} 超过上限 {MOST_DAYS}")
            return calendar.add_working_days(start_day("workingDaysAfter", day, zone), number)
        except OverflowError:
            raise feel.FeelEvaluationError(DeadlineCode.DEADLINE_RULE, f"workingDaysAfter({day}, {count}) 超出了可表示的日期范围") from None
        except DeadlineError as error:
            raise feel.FeelEvaluationError(error.code, str(error)) from error

    def is_working_day(day: object) -> bool | None:
        try:
            return None if day is None else calendar.is_working_day(start_day("isWorkingDay", day, zone))
        except DeadlineError as error:
            raise feel.FeelEvaluationError(error.code, str(error)) from error

    spec = feel.FunctionSpec
    return feel.BUILTINS.extended(
        spec(
            "deadline",
            (("key",), ("key", "start")),
            deadline,
            needs_context=True,
            needs_environment=True,
            extension=True,
            doc="法定期限的截止时刻:期限键与起算时间(不写则从进入本环节起算),含末日顺延",
        ),
        spec(
            "remindAt",
            (("key",), ("key", "start")),
            remind_at,
            needs_context=True,
            needs_environment=True,
            extension=True,
            doc="提醒时刻:与 deadline 相同,但末日不顺延",
        ),
        spec("workingDaysAfter", (("date", "n"),), working_days_after, extension=True, doc="某日之后第 n 个工作日(当日不计)"),
        spec("isWorkingDay", (("date",),), is_working_day, extension=True, doc="是否工作日(含调休上班日)"),
    )
