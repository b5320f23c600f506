"""Attribute values of a diagram: a literal, or FEEL after ``=``; compiled once when a diagram is read."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from app.decision import feel
from app.domain import deadlines
from app.domain.declared import RESERVED
from app.engine import functions
from app.engine.codes import IncidentType
from app.engine.errors import ElementFailure
from app.engine.limits import LONGEST_NAME, flaw_of

if TYPE_CHECKING:
    from app.engine.course import Course
    from app.engine.spiff import Token


@dataclass(frozen=True, slots=True)
class LiteralTerm:
    value: str


@dataclass(frozen=True, slots=True)
class FormulaTerm:
    """``text`` is the FEEL source without its ``=``. ``uses_calendar``: its value may change when a year's working days are announced.

    ``reserved``: which of the reserved names it may read; a deadline's table may read both.
    """

    text: str
    expression: feel.Expression
    reserved: tuple[str, ...] = ()

    @property
    def uses_calendar(self) -> bool:
        return _CALENDAR.search(self.text) is not None

    @property
    def asks_approvals(self) -> bool:
        """Whether its value may change because an approval has lapsed."""
        return _APPROVED.search(self.text) is not None

    @property
    def facts(self) -> frozenset[str]:
        """The ledger fields that it names; ANY_FACT where it may be any (the row as a whole, an approval), COUNTED where a deadline's table decides."""
        found = {entry for name, entry in self.expression.members if name == PROJECT_NAME}
        if self.asks_approvals or (PROJECT_NAME in self.expression.tree.names and not found):
            found.add(ANY_FACT)
        if _COUNTING.search(self.text):
            found.add(COUNTED)
        return frozenset(found)


Term: TypeAlias = LiteralTerm | FormulaTerm
_KEY = re.compile(r'\b(?:deadline|remindAt)\s*\(\s*(?:key\s*:\s*)?"([^"\\]+)"')
_COUNTING = re.compile(r"\b(?:deadline|remindAt)\s*\(")
_APPROVED = re.compile(r"\b(?:approved|approvedValue)\s*\(")
PROJECT_NAME = RESERVED[0]
ANY_FACT, COUNTED, CALENDAR = "*", "deadline()", "calendar()"  # no field is called so
_CALENDAR = re.compile(r"\b(?:deadline|remindAt|workingDaysAfter|isWorkingDay)\s*\(")


@lru_cache(maxsize=1)
def vocabulary() -> feel.Registry:
    """Every function that an expression may name, in diagrams as in the checks of forms; what it does is decided by the library it runs with."""
    return functions.extended(deadlines.vocabulary())


def parse(text: str) -> Term:
    """A literal or a formula. Raises feel.FeelSyntaxError."""
    stripped = text.strip()
    return formula(stripped) if stripped.startswith("=") else LiteralTerm(text)


def formula(text: str) -> FormulaTerm:
    """``text`` as FEEL, with or without its ``=``. Raises feel.FeelSyntaxError."""
    source = text.strip()
    source = source[1:].strip() if source.startswith("=") else source
    expression = feel.compile(source, functions=vocabulary())
    asked = RESERVED if _COUNTING.search(source) else tuple(name for name in RESERVED if name in expression.tree.names)
    return FormulaTerm(source, expression, asked)


def deadline_key(term: Term) -> str | None:
    """The literal key with which an expression asks deadline() or remindAt(); None without one."""
    found = _KEY.search(term.text) if isinstance(term, FormulaTerm) else None
    return found[1] if found is not None else None


def depends(term: Term | None, facts: Collection[str], *, counted: bool) -> bool:
    """Whether the value of an expression may be another when these ledger fields have changed. ``counted``: the table of deadlines reads the ledger.

    CALENDAR stands among the fields where the working days have become others.
    """
    if not isinstance(term, FormulaTerm):
        return False
    if CALENDAR in facts and term.uses_calendar:
        return True
    if all(field == CALENDAR for field in facts):
        return False
    named = term.facts
    return ANY_FACT in named or (counted and COUNTED in named) or not named.isdisjoint(facts)


def source_of(term: Term) -> str:
    return "=" + term.text if isinstance(term, FormulaTerm) else term.value


def evaluate(
    course: "Course",
    term: Term,
    token: "Token",
    what: str,
    *,
    kind: IncidentType = IncidentType.EXTRACT_VALUE_ERROR,
    context: dict[str, Any] | None = None,
    gate: bool = False,
) -> Any:
    """The FEEL value of ``term`` as seen from ``token`` (or in ``context``). ``what`` names the attribute for people; ``gate``: see ``Course.supply``.

    Raises ElementFailure of ``kind``.
    """
    if isinstance(term, LiteralTerm):
        return term.value
    if context is None:
        context = course.visible(token)
    course.site = token
    if term.reserved:
        course.supply(context, token, term.reserved, gate=gate)
    try:
        return term.expression.evaluate(context, course.environment)
    except feel.FeelError as error:
        raise failure(course, term, token, what=what, kind=kind, error=error) from error


def verdict(
    course: "Course", term: FormulaTerm, token: "Token", what: str, *, flow: str | None = None, context: dict[str, Any] | None = None
) -> bool:
    """A condition (``flow``: of this sequence flow): true or false. Raises ElementFailure (CONDITION_ERROR) when it is neither, saying what is not confirmed."""
    value = evaluate(course, term, token, what, kind=IncidentType.CONDITION_ERROR, context=context, gate=True)
    if isinstance(value, bool):
        return value
    got = "空值(null)" if value is None else feel.type_name(value)
    unsure = term.facts & course.unconfirmed
    cure = (
        f"台账中的{course.titles(unsure)}待核实,核实之前在此按空值判断。请由填写它的人在项目页核实后重试"
        if unsure
        else "请检查条件所用的变量是否已有值,改正后重试"
    )
    raise ElementFailure(
        IncidentType.CONDITION_ERROR,
        f"{course.place(token)}的{what}“={term.text}”得到 {got},应为真(true)或假(false)。{cure}",
        {**({"flow": flow} if flow is not None else {}), "expression": "=" + term.text, "value": got},
    )


def fit(course: "Course", term: Term, token: "Token", what: str, text: str, most: int = LONGEST_NAME) -> str:
    """``text`` as the name of something outside the engine. Raises ElementFailure (EXTRACT_VALUE_ERROR) if no database holds it as one."""
    flaw = flaw_of(text, most)
    if flaw is None:
        return text
    raise ElementFailure(
        IncidentType.EXTRACT_VALUE_ERROR,
        f"{course.place(token)}的{what}“{source_of(term)}”得到的文字{flaw},不能使用。请改正表达式或变量后重试",
        {"expression": source_of(term)},
    )


def failure(course: "Course", term: Term, token: "Token", what: str, kind: IncidentType, error: feel.FeelError) -> ElementFailure:
    where = course.place(token)
    position = f"(第 {error.position + 1} 个字符)" if error.position is not None else ""
    if isinstance(error, feel.FeelLimitError):
        kind = IncidentType.LIMIT_EXPRESSION
    return ElementFailure(
        kind,
        f"{where}的{what}“{source_of(term)}”无法求值:{error.message}{position}。请改正流程图中的表达式或补齐变量后重试",
        {"expression": source_of(term), "position": error.position, "line": error.line, "column": error.column, "code": str(error.code)},
    )
