"""Carrying out what an element declares: phase, ledger fields, register row, notices.

All of one element is computed and checked before any of it counts; a failure is one incident at the element and nothing is booked, so that a retry books nothing
twice. What counts is seen by the expressions that follow in the same step. Source: modelling.md §3, §4.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.domain import fact_values
from app.domain import facts as rules
from app.domain.fact_values import ValueRefused, is_blank
from app.domain.facts import LedgerField, Right, RightKind
from app.domain.forms import Form
from app.engine import decisions, past, reads, sources, standing
from app.engine.codes import IncidentType
from app.engine.declarations import FactSetting
from app.engine.effects import ApprovalGiven, FactWritten, NamedOffice, PeopleTold, RecordMade
from app.engine.elements.mappings import to_json
from app.engine.errors import ElementFailure
from app.engine.expressions import FormulaTerm, evaluate, formula
from app.engine.ledger import KnownApproval, NamedAsked, NumberAsked
from app.engine.phases import the_project
from app.engine.scopes import is_in_loop

if TYPE_CHECKING:
    from app.engine.course import Course
    from app.engine.spiff import Token

NOTICES = "notices"  # the decision that gives a notice its words
PROJECT_NAME = "projectName"
X_NUMBER, X_VALUE = "x-number", "x-value"
_DIGITS = 18  # of an office's key, at most: a longer one no register has


@dataclass(frozen=True, slots=True)
class _Written:
    field: LedgerField
    value: Any
    right: Right


@dataclass(frozen=True, slots=True)
class _Row:
    """``numbers``: field → (series, what stands before the number)."""

    kind: str
    data: Mapping[str, Any]
    numbers: Mapping[str, tuple[str, str]]


def complete(course: "Course", token: "Token") -> None:
    """Everything that is declared for the completion. Raises ElementFailure, Unanswered; then nothing has happened."""
    declared = token.task_spec.declarations
    written = list(_facts(course, token))
    word = token.memo.get("standing")  # what it repeats: its row is there already, and it is no news
    row = _row(course, token) if declared.record and (word is None or not standing.is_there(token, word)) else None
    told = list(_notices(course, token)) if word is None else []
    said = _approval(course, token, {one.field.name: one.value for one in written}) if declared.approves else None
    # From here on nothing can fail.
    process_id = _process(course, token)
    made = _made(course, token, row, word["numbers"] if word is not None else {}) if row is not None else None
    for one in written:
        if course.project is not None:
            course.project[one.field.name] = one.value
            course.unconfirmed.discard(one.field.name)
        course.emit(
            FactWritten(
                element=token.number,
                process_id=process_id,
                element_id=token.element_id,
                field=one.field.name,
                value=one.value,
                right=one.right,
            )
        )
    if made is not None:
        course.emit(made)
    if said is not None:
        _approve(course, token, said)
    for notice in told:
        course.emit(notice)
    if declared.stands is not None and "said" in token.memo:
        numbers = course.visit(token).get("rows", {}).get(str(_item(token)), {})
        standing.remember(token, {**token.memo.pop("said"), "acting": token.memo.get("acting"), "numbers": numbers})
        token.memo.pop("standing", None)


# ---------------------------------------------------------------------- ledger fields


def _facts(course: "Course", token: "Token") -> Iterator[_Written]:
    """The fields that change, each judged as the ledger stands before the element."""
    sets = token.task_spec.declarations.sets
    if not sets:
        return
    project = the_project(course, token, f"写台账的“{sets[0].field}”", IncidentType.FACT_ERROR)
    if is_in_loop(token):
        raise _refused(course, token, sets[0].field, "多实例里面不能写台账,请在多实例之后的元素上声明")
    computed = [(setting, _field(course, token, setting), _value(course, token, setting)) for setting in sets]
    found = [_judged(course, token, setting, field, value, project=project) for setting, field, value in computed]
    named = [key for one in found if one is not None and one.field.relation is not None for key in _keys(one.value)]
    if named:
        known = course.ledger.answer(NamedAsked(tuple(sorted(set(named)))))
        for key in named:
            if key not in known:
                raise _refused(course, token, sets[0].field, f"没有编号为“{key}”的单位")
    yield from (one for one in found if one is not None)


def _field(course: "Course", token: "Token", setting: FactSetting) -> LedgerField:
    field = course.ledger.schema.fields.get(setting.field) if course.ledger.schema is not None else None
    if field is None:
        raise _refused(course, token, setting.field, f"台账没有字段“{setting.field}”")
    return field


def _value(course: "Course", token: "Token", setting: FactSetting) -> Any:
    what = f"属性 set 的“{setting.field}”"
    value = evaluate(course, setting.value, token, what, kind=IncidentType.FACT_ERROR)
    return to_json(course, token, value, what, IncidentType.FACT_ERROR)


def _judged(
    course: "Course", token: "Token", setting: FactSetting, field: LedgerField, value: Any, *, project: Mapping[str, Any]
) -> _Written | None:
    """What is to be written; None if it changes nothing. An equal value confirms a field that is not confirmed: that is a change."""
    definition = course.tree.instances[token.instance].definition
    source = sources.source_of(definition, token.task_spec, setting, field)
    right = Right(kind=RightKind.SET, source=source)
    why = rules.may_set(field, right, role=None, task=None, entered=(), main_line=())
    if why is None and (problems := rules.validate(field, value)):
        why = problems[0].message
    if why is None and source is not None:
        why = _not_given(course, token, setting, field, value, kind=source.kind, of=source.of)
    if why is not None:
        raise _refused(course, token, field.name, why)
    value = None if is_blank(value) else value
    try:
        if field.name not in course.unconfirmed and rules.is_same(field, project.get(field.name), value):
            return None
    except ValueRefused:  # what stands there is of the first release, which asked for nothing
        pass
    return _Written(field, value, right)


def _not_given(course: "Course", token: "Token", setting: FactSetting, field: LedgerField, value: Any, *, kind: str, of: str) -> str | None:
    """Why a value is not what its source has given in this instance; None if it is."""
    if kind == "decision":
        taken = course.tree.instances[token.instance].level.task_tree.memo.get("decided", {})
        if of not in taken:
            return f"本次办理还没有作过决策“{of}”,不能写入它的结果"
        return (
            None if is_blank(value) or sources.is_part(value, taken[of], field) else f"写入的值不是决策“{of}”最近一次的结果或其中的一部分"
        )
    if kind in ("message", "job"):
        missing = sorted(sources.names(setting.value) - set(token.memo.get("brought", ())))
        if missing:
            return f"“{missing[0]}”不是{'消息' if kind == 'message' else '作业'}“{of}”带来的,不能写入台账"
        if kind == "message" and not token.memo.get("inside"):
            return f"消息“{of}”不是本系统的流程发来的,不能写入台账"
    return None


def _keys(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, Mapping) and isinstance(one.get("key"), str):
            yield one["key"]


# ---------------------------------------------------------------------- register


def _row(course: "Course", token: "Token") -> _Row:
    kind = token.task_spec.declarations.record
    form = course.library.register(kind)
    if form is None:
        raise ElementFailure(
            IncidentType.RECORD_ERROR,
            f"{course.place(token)}要登记“{kind}”,但没有部署它的表单 forms/records/{kind}.json。请部署后重试",
            {"kind": kind},
        )
    seen = course.visible(token)
    data: dict[str, Any] = {}
    numbers: dict[str, tuple[str, str]] = {}
    for name, schema in form.fields.items():
        if X_NUMBER in schema:
            numbers[name] = series(schema[X_NUMBER])
        elif X_VALUE in schema:
            what = f"登记簿“{form.title}”的“{schema.get('title', name)}”"
            value = evaluate(course, formula(str(schema[X_VALUE])), token, what, kind=IncidentType.RECORD_ERROR)
            data[name] = to_json(course, token, value, what, IncidentType.RECORD_ERROR)
        else:
            data[name] = seen.get(name)
    data = {name: value for name, value in data.items() if value is not None}
    _check_row(course, token, form, data, numbers=numbers)
    return _Row(kind, data, numbers)


def series(given: Any) -> tuple[str, str]:
    """``x-number``: the series' name, or an object with ``series`` and ``prefix``."""
    if isinstance(given, Mapping):
        return str(given.get("series", "")), str(given.get("prefix", ""))
    return str(given), ""


def _check_row(course: "Course", token: "Token", form: Form, data: Mapping[str, Any], *, numbers: Mapping[str, object]) -> None:
    """Raises ElementFailure (RECORD_ERROR) naming the field; numbers are allotted only to a row that is right."""
    problems = [problem for problem in form.validate(data) if problem.path.split("/")[0] not in numbers]
    if problems:
        told = ";".join(f"{problem.message}({problem.path})" if problem.path else problem.message for problem in problems)
        raise ElementFailure(
            IncidentType.RECORD_ERROR,
            f"{course.place(token)}登记“{form.title}”的内容不合登记簿的规定:{told}。请补齐变量或改正登记簿后重试",
            {"kind": token.task_spec.declarations.record, "fields": [problem.path for problem in problems]},
        )


def _item(token: "Token") -> int:
    return int(token.memo.get("place", 0)) if token.body is not None else 0


def _made(course: "Course", token: "Token", row: _Row, numbers_before: Mapping[str, str]) -> RecordMade:
    """The row with its numbers, in its place. ``numbers_before``: those of the row that it repeats. Raises Unanswered."""
    definition = course.tree.instances[token.instance].definition
    visit = course.visit(token)
    item = _item(token)
    if "rows" not in visit and token.body is None and (former := past.taken_over(token)) is not None:
        visit = {**visit, "rows": former["rows"], "scope": former["scope"], "at": former["round"]}
    kept = visit.get("rows", {})
    before = kept.get(str(item))
    numbers = {**numbers_before, **(before or {})}
    year = course.now.astimezone(course.library.zone).year
    for name, (wanted, prefix) in row.numbers.items():
        if name not in numbers:
            number = course.ledger.answer(NumberAsked(wanted, year, f"{token.number}.{name}"))
            numbers[name] = f"{prefix}{year}-{number:04d}"
    course.keep_visit(token, {**visit, "rows": {**kept, str(item): numbers}})
    owner = token.workflow.owner
    made = RecordMade(
        element=token.number,
        instance=token.instance,
        process_id=_process(course, token),
        element_id=token.element_id,
        scope=int(visit.get("scope", 0 if owner.is_process else owner.number)),
        item=item,
        round=int(visit.get("at", visit["round"])),
        supersedes=before is not None,
        kind=row.kind,
        data={**row.data, **numbers},
        stage=definition.stage_of(token.element_id),
        office=_office(token),
    )
    place = (made.instance, made.scope, made.element_id, made.item, made.round)
    course.made.setdefault(row.kind, []).append(
        {
            **made.data,
            "project": (course.project or {}).get("projectKey"),
            "process": made.process_id,
            "element": made.element_id,
            "stage": made.stage,
            "office": {"key": made.office.key, "name": made.office.name} if made.office is not None else None,
            "at": course.now.isoformat(),
            reads.PLACE: place,
        }
    )
    return made


def _office(token: "Token") -> NamedOffice | None:
    """The office in which a person has completed a task."""
    given = token.memo.get("acting")
    return NamedOffice(given["key"], given["name"]) if given is not None else None


# ---------------------------------------------------------------------- approval


def _approval(course: "Course", token: "Token", written: Mapping[str, Any]) -> tuple[bool, dict[str, Any], str]:
    """Whether the person has approved, and what: ledger fields as they are with this element's own, anything else as it is seen from the task."""
    declared = token.task_spec.declarations
    term = declared.approves_when
    holds = evaluate(course, term, token, "属性 approvesWhen", kind=IncidentType.APPROVAL_ERROR) if term is not None else None
    if not isinstance(holds, bool):
        raise ElementFailure(
            IncidentType.APPROVAL_ERROR,
            f"{course.place(token)}的属性 approvesWhen 没有得到真或假,不能断定是否批准。请改正流程图或补齐表单后重试",
            {"expression": term.text if term is not None else ""},
        )
    fields = course.ledger.schema.fields if course.ledger.schema is not None and course.project is not None else {}
    facts, seen = {**(course.project or {}), **written}, course.visible(token)
    values = {name: facts.get(name) if name in fields else seen.get(name) for name in declared.approves}
    try:
        if holds and "standing" in token.memo:  # nothing is approved that nobody has
            repeated = standing.approval(course, token)
            holds = repeated is not None and repeated.holds
        return holds, values, fact_values.digest(values, {name: field.schema for name, field in fields.items()})
    except ValueRefused as error:
        raise ElementFailure(IncidentType.APPROVAL_ERROR, f"{course.place(token)}批准的内容不能比较:{error}", {}) from error


def _approve(course: "Course", token: "Token", said: tuple[bool, dict[str, Any], str]) -> None:
    holds, values, digest = said
    body, owner = token.body, token.workflow.owner
    word = token.memo.get("standing")
    given = ApprovalGiven(
        element=token.number,
        instance=token.instance,
        process_id=_process(course, token),
        element_id=token.element_id,
        scope=0 if owner.is_process else owner.number,
        item=_item(token),
        round=int(course.visit(token)["round"]),
        required=1 if body is None else int(body.memo["total"]) + int(body.memo.get("extra", 0)),
        holds=holds,
        values=values,
        digest=digest,
        stands_for=(word["scope"], word["round"], word["place"]) if word is not None else None,
    )
    course.approvals.append(
        KnownApproval(
            process_id=given.process_id,
            element_id=given.element_id,
            instance=given.instance,
            visit=(given.instance, given.scope, given.round, False),
            item=given.item,
            required=given.required,
            holds=holds,
            lapsed=False,
            values=values,
        )
    )
    course.emit(given)


# ---------------------------------------------------------------------- notices


def _notices(course: "Course", token: "Token") -> Iterator[PeopleTold]:
    declared = token.task_spec.declarations
    offices = list(dict.fromkeys(_offices(course, token, declared.notify_offices)))
    if not declared.notify and not offices:
        return
    name = token.task_spec.bpmn_name or token.element_id
    about = (course.project or {}).get(PROJECT_NAME)
    title, text = name, about if isinstance(about, str) else ""
    ref = course.library.decision(NOTICES)
    if ref is not None:
        asked = {**course.visible(token), "process": _process(course, token), "element": token.element_id}
        found = decisions.decide(course, token, ref, asked)
        if isinstance(found, Mapping):
            title, text = _said(found, "title", title), _said(found, "text", text)
    yield from (PeopleTold(token.number, token.element_id, role, title, text) for role in declared.notify)
    yield from (PeopleTold(token.number, token.element_id, "", title, text, office=office) for office in offices)


def _offices(course: "Course", token: "Token", terms: Iterable[FormulaTerm]) -> Iterator[str]:
    """The keys of the offices that are to be told. Raises ElementFailure for what is no office."""
    for term in terms:
        value = evaluate(course, term, token, "属性 notify")
        for office in value if isinstance(value, list) else [] if value is None else [value]:
            key = office.get("key") if isinstance(office, Mapping) else None
            if not isinstance(key, str) or not (key.isascii() and key.isdigit() and len(key) <= _DIGITS):
                raise ElementFailure(
                    IncidentType.EXTRACT_VALUE_ERROR,
                    f"{course.place(token)}的属性 notify“={term.text}”得到的不是单位。请写成台账里的单位、officesOf(…) 或单位的列表后重试",
                    {"expression": "=" + term.text},
                )
            yield key


def _said(found: Mapping[str, Any], name: str, otherwise: str) -> str:
    value = found.get(name)
    return value if isinstance(value, str) and value.strip() else otherwise


# ---------------------------------------------------------------------- parts


def _refused(course: "Course", token: "Token", field: str, why: str) -> ElementFailure:
    return ElementFailure(IncidentType.FACT_ERROR, f"{course.place(token)}不能写台账的“{field}”:{why}。请改正后重试", {"field": field})


def _process(course: "Course", token: "Token") -> str:
    return course.tree.instances[token.instance].definition.process_id
