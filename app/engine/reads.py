"""What an element ``reads``: current rows of a register, those of this act included, or their sum or number; seen by the element alone and never stored.

The rows of earlier acts are a question to the caller; what this step has made is added here. Source: modelling.md §4.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from app.domain import fact_values
from app.engine.codes import IncidentType
from app.engine.declarations import Aggregate, Reading
from app.engine.elements.mappings import to_json
from app.engine.errors import ElementFailure
from app.engine.expressions import evaluate
from app.engine.ledger import RowsAsked

if TYPE_CHECKING:
    from app.engine.course import Course
    from app.engine.spiff import Token

MOST_ROWS = 10_000
OF_ROW = ("project", "process", "element", "stage", "office", "at")  # what every row has besides its own fields
PLACE = "$place"  # where in its tree a row belongs: for whoever takes its place, not for expressions


def answered(course: "Course", token: "Token") -> dict[str, Any]:
    """The names that the element reads. Raises ElementFailure (READ_ERROR), Unanswered."""
    return {reading.name: _value(course, token, reading) for reading in token.task_spec.declarations.reads}


def _value(course: "Course", token: "Token", reading: Reading) -> Any:
    rows = list(_rows(course, token, reading))
    match reading.aggregate:
        case Aggregate.COUNT:
            return len(rows)
        case Aggregate.SUM:
            return sum((_number(course, token, reading, row) for row in rows), Decimal(0))
        case _:
            return [{name: value for name, value in row.items() if name != PLACE} for row in rows]


def _rows(course: "Course", token: "Token", reading: Reading) -> Iterator[Mapping[str, Any]]:
    if reading.of_project and course.project is None:
        raise _failure(course, token, reading, "该流程实例不属于任何项目,只能读全区(of district)的登记")
    wanted = {field: _given(course, token, reading, field) for field, _ in reading.where}
    kept = course.ledger.answer(RowsAsked(reading.kind, reading.of_project, f"{course.project['projectKey']}" if course.project else ""))
    if kept is None:
        raise _failure(course, token, reading, f"登记超过 {MOST_ROWS} 行,请在 where 里加上条件,或改用合计")
    made = course.made.get(reading.kind, ())
    gone = {row[PLACE] for row in made}
    for row in (*(row for row in kept if row.get(PLACE) not in gone), *made):
        if all(fact_values.normal({}, row.get(field)) == value for field, value in wanted.items()):
            yield row


def _given(course: "Course", token: "Token", reading: Reading, field: str) -> Any:
    term = dict(reading.where)[field]
    what = f"属性 reads 的“{reading.name}”的条件“{field}”"
    value = to_json(course, token, evaluate(course, term, token, what, kind=IncidentType.READ_ERROR), what, IncidentType.READ_ERROR)
    return fact_values.normal({}, value)


def _number(course: "Course", token: "Token", reading: Reading, row: Mapping[str, Any]) -> Decimal:
    value = row.get(reading.field)
    if value is None:
        return Decimal(0)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise _failure(course, token, reading, f"“{reading.field}”有一行不是数字,不能合计")
    return Decimal(value)


def _failure(course: "Course", token: "Token", reading: Reading, why: str) -> ElementFailure:
    return ElementFailure(IncidentType.READ_ERROR, f"{course.place(token)}不能读登记簿“{reading.kind}”:{why}", {"kind": reading.kind})
