"""What an element ``reads``: current rows of a register, those of this act included, or their sum or number; seen by the element alone and never stored.

The rows of earlier acts are a question to the caller; what this step has made is added here. Of other projects' ledger rows an element sees the fields that the
table ``visibility`` gives it, and may choose by no others. Source: modelling.md §4.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from app.decision import feel
from app.decision.dmn import DmnError, DmnEvaluationError
from app.domain import fact_values
from app.engine.codes import IncidentType
from app.engine.declarations import Aggregate, Reading, Whose
from app.engine.elements.mappings import to_json
from app.engine.errors import ElementFailure
from app.engine.expressions import LiteralTerm, evaluate
from app.engine.ledger import PROJECT, ProjectsAsked, RowsAsked

if TYPE_CHECKING:
    from app.engine.course import Course
    from app.engine.spiff import Token

MOST_ROWS = 10_000
OF_ROW = ("project", "process", "element", "stage", "office", "at")  # what every row has besides its own fields
VISIBILITY = (
    "visibility"  # the table of the fields of other projects that an element may see: inputs role, process, element; result: lists of names
)
PLACE = "$place"  # where in its tree a row belongs: for whoever takes its place, not for expressions


def answered(course: "Course", token: "Token") -> dict[str, Any]:
    """The names that the element reads. Raises ElementFailure (READ_ERROR), Unanswered."""
    return {reading.name: _value(course, token, reading) for reading in token.task_spec.declarations.reads}


def rows_of(course: "Course", token: "Token", kind: str) -> Any:
    """The current rows of a register of the tree's project. Raises ElementFailure (READ_ERROR), Unanswered."""
    return _value(course, token, Reading(name=kind, kind=kind))


def own_row(course: "Course", token: "Token", kind: str, place: tuple[Any, ...]) -> dict[str, Any] | None:
    """The current row of a register that the element itself has made. Raises ElementFailure (READ_ERROR), Unanswered."""
    scope = Whose.DISTRICT if course.project is None else Whose.PROJECT
    found = [row for row in _rows(course, token, Reading(name=kind, kind=kind, scope=scope)) if row.get(PLACE) == place]
    return {name: value for name, value in found[-1].items() if name != PLACE} if found else None


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
    if reading.scope != Whose.DISTRICT and course.project is None:
        raise _failure(course, token, reading, "该流程实例不属于任何项目,只能读全区(of district)的登记")
    wanted = {field: _given(course, token, reading, field) for field, _ in reading.where}
    if reading.kind == PROJECT:
        yield from _projects(course, token, reading, wanted)
        return
    kept = course.ledger.answer(RowsAsked(reading.kind, reading.scope.value, _own(course)))
    if kept is None:
        raise _failure(course, token, reading, f"登记超过 {MOST_ROWS} 行,请在 where 里加上条件,或改用合计")
    made = course.made.get(reading.kind, ())
    gone = {row[PLACE] for row in made}
    for row in (*(row for row in kept if row.get(PLACE) not in gone), *made):
        if all(fact_values.normal({}, row.get(field)) == value for field, value in wanted.items()):
            yield row


def _own(course: "Course") -> str:
    return f"{course.project['projectKey']}" if course.project else ""


def _projects(course: "Course", token: "Token", reading: Reading, wanted: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    seen = _visible(course, token, reading)
    used = [*wanted, *([reading.field] if reading.field else [])]
    if hidden := [field for field in used if field not in seen and field not in OF_ROW]:
        raise _failure(course, token, reading, f"决策表 {VISIBILITY} 没有让这里看到别的项目的“{hidden[0]}”")
    year = wanted.get("planYear")
    phase = wanted.get("phase")
    asked = ProjectsAsked(
        reading.scope.value,
        _own(course),
        phase if isinstance(phase, str) else None,
        int(year) if isinstance(year, int | Decimal) and year == int(year) else None,
    )
    kept = course.ledger.answer(asked)
    if kept is None:
        raise _failure(course, token, reading, f"项目超过 {MOST_ROWS} 个,请在 where 里写明阶段或计划年度")
    for project in kept:
        row = {name: project.get(name) for name in seen}
        row |= dict.fromkeys(OF_ROW) | {"project": project["projectKey"], "office": project.get("applicantOffice")}
        if all(fact_values.normal({}, row.get(field)) == value for field, value in wanted.items()):
            yield row


def _visible(course: "Course", token: "Token", reading: Reading) -> Mapping[str, None]:
    """The fields of other projects that an element may see, in the table's order. Raises ElementFailure (READ_ERROR)."""
    ref = course.library.decision(VISIBILITY)
    if ref is None:
        raise _failure(course, token, reading, f"没有决策表 {VISIBILITY},看不到别的项目")
    groups = getattr(getattr(token.task_spec, "assignment", None), "candidate_groups", None)
    role = str(groups.value).split(",")[0].strip() if isinstance(groups, LiteralTerm) else None
    process = course.tree.instances[token.instance].definition.process_id
    try:
        given = ref.evaluate({"role": role, "process": process, "element": token.element_id}, course.environment).output
    except (DmnError, DmnEvaluationError, feel.FeelError) as error:
        raise _failure(course, token, reading, f"决策表 {VISIBILITY} 不能得出结果:{error}") from error
    texts = [text for text in (given if isinstance(given, list) else [given]) if isinstance(text, str)]
    return dict.fromkeys(name for text in texts for name in text.replace(",", " ").split())


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
