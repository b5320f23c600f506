"""Playing every role: chooses a permitted account for an open task and fills in its form, saying what was assumed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.catalogue import expressions, snapshot
from app.codes import InstallationCode
from app.decision import feel
from app.domain import documents, permissions
from app.domain.codes import FormCode
from app.domain.districts import ZONE
from app.domain.form_checks import AFTER, OPENED
from app.domain.form_values import FRESH, HELD, HELD_IN
from app.domain.forms import Form
from app.domain.permissions import SYSTEM, Actor, ProjectFacts
from app.errors import FieldFault, InvalidRequest, NotFound
from app.services import accounts, projects, tasks

_MISSING = object()
PROJECT = "project"
PICKED = ("office", "person")  # formats whose values are picked from a register: a name alone is none
_ROUNDS = 3  # of filling in what an earlier answer makes necessary
_EMPTY: Mapping[str, Any] = {
    "string": "(演示)",
    "number": Decimal(0),
    "integer": 0,
    "boolean": False,
    "array": [],
    "object": {},
    "null": None,
}


@dataclass(frozen=True, slots=True)
class Filled:
    """``assumed``: names of the fields that nobody answered."""

    values: Mapping[str, Any]
    assumed: tuple[str, ...]


def fill(
    form: Form | None, seen: Mapping[str, Any], facts: Mapping[str, Any], answers: Mapping[str, Any], now: datetime, tenant: str
) -> Filled:
    """Values for a form, each from the first that has one: explicit answers (FEEL after "="), the case's facts by field name, the visible variable of the same name, const or
    default, ``examples[0]`` (FEEL after "="), the first of an enumeration, the type's own.

    Fields that are neither required, answered nor exemplified stay empty, and those whose answer is null. What a condition requires or forbids is mended
    afterwards. An answer to a field that the form does not have is left in, so that it is refused as it would be for a person.
    """
    if form is None:
        return Filled(dict(answers), ())
    facts = documents.made_up(facts)
    answers = {
        name: _worked_out(name, value, {**seen, **facts}, now=now, tenant=tenant) for name, value in documents.made_up(answers).items()
    }
    left = {name for name, schema in form.fields.items() if _has_passed(seen.get(name), schema, now)}
    known = {**{name: value for name, value in seen.items() if name not in left}, **facts, **answers}
    values: dict[str, Any] = {}
    assumed: dict[str, None] = {}
    for name, schema in form.fields.items():
        if schema.get("readOnly") is True and name not in answers:
            continue  # it shows what others have said
        if name in answers and answers[name] is None:
            continue  # it is to stay empty
        said = {**known, name: answers.get(name, facts.get(name))} if schema.get(FRESH) is True else known  # it opens empty on every visit
        value, guessed = _choose(name, schema, said, values=values, now=now, tenant=tenant)
        if value is _MISSING and name in form.schema.get("required", ()):
            value, guessed = _last_resort(schema), True
        if value is not _MISSING:
            values[name] = value
            if guessed:
                assumed[name] = None
    values |= {name: value for name, value in answers.items() if name not in form.fields}
    _mend(form, values, assumed, answers=answers, known=known, now=now, tenant=tenant)
    return Filled(values, tuple(name for name in assumed if name in values))


def beginning(
    starter: Actor,
    process_id: str,
    project_key: int | None,
    facts: Mapping[str, Any],
    now: datetime,
    *,
    answers: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Values for the form with which somebody begins a process; none where it has no form. Raises Forbidden."""
    try:
        page = projects.start_form(starter, process_id, project_key, now)
    except NotFound:
        return {**(answers or {})}
    return dict(fill(page.form, page.data, facts, answers or {}, now=now, tenant=page.tenant).values)


def heeded(form: Form | None, values: Mapping[str, Any], problems: Iterable[FieldFault]) -> dict[str, Any]:
    """The values with what their refusals name: where a check says which of a field's choices it has to be, that one."""
    found = dict(values)
    for problem in problems:
        schema = form.fields.get(problem.path, {}) if form is not None else {}
        named = [choice for choice in schema.get("enum", ()) if isinstance(choice, str) and choice and choice in problem.message]
        if len(named) == 1 and found.get(problem.path) != named[0]:
            found[problem.path] = named[0]
    return found


def _choose(
    name: str, schema: Mapping[str, Any], known: Mapping[str, Any], values: Mapping[str, Any], now: datetime, tenant: str
) -> tuple[Any, bool]:
    if known.get(name) is not None and (schema.get("x-format") not in PICKED or isinstance(known[name], Mapping)):
        return _fitting(known[name], schema), False
    for key in ("const", "default"):
        if key in schema:
            return schema[key], True
    if schema.get("x-format") == "person" and (somebody := _person(tenant, now, str(schema.get(HELD, "")), known)) is not None:
        return somebody, True
    examples = schema.get("examples")
    if isinstance(examples, list) and examples:
        value = _example(examples[0], {**known, **values}, now, tenant)
        if value is not None:
            return _peopled(_fitting(value, schema), schema, now, tenant), True
    return _MISSING, True


def _has_passed(value: Any, schema: Mapping[str, Any], now: datetime) -> bool:
    """A date that counts from the day of the task, and that an earlier task has left: whoever does the task anew writes it anew."""
    after = schema.get(AFTER, ())
    counted = schema.get("format") == "date" and ("x-term" in schema or OPENED in ([after] if isinstance(after, str) else after))
    return counted and isinstance(value, str) and value < now.astimezone(ZONE).date().isoformat()


def _example(example: Any, context: Mapping[str, Any], now: datetime, tenant: str) -> Any:
    if not (isinstance(example, str) and example.startswith("=")):
        return example
    try:
        return expressions.evaluate(example[1:], context, tenant=tenant, now=now, offices=lambda role: _offices(tenant, role, now))
    except feel.FeelError:
        return None  # an example that needs what is not there is no example


def _worked_out(name: str, answer: Any, context: Mapping[str, Any], *, now: datetime, tenant: str) -> Any:
    """An answer that is said as an expression. Raises InvalidRequest (ANSWERS): an answer that gives nothing is a slip of the pen."""
    if not (isinstance(answer, str) and answer.startswith("=")):
        return answer
    value = _example(answer, context, now, tenant)
    if value is None:
        raise InvalidRequest(f"答案“{name}”的表达式“{answer}”求不出值", code=InstallationCode.ANSWERS)
    return value


def _offices(tenant: str, role: str, now: datetime) -> list[dict[str, str]]:
    """The offices that somebody has in a role, as values."""
    held = (one for person in _holders(tenant, role, now, None) for one in person.memberships if one.role == role)
    return list({one.office: {"key": str(one.office), "name": one.office_name} for one in held}.values())


def _peopled(value: Any, schema: Mapping[str, Any], now: datetime, tenant: str) -> Any:
    """Rows in which a person has to hold a role in the row's office: somebody who does."""
    parts = schema.get("items", {}).get("properties", {}) if isinstance(value, list) else {}
    for name, part in parts.items():
        if part.get(HELD) and part.get(HELD_IN):
            for row in value:
                person = holder(tenant, part[HELD], now, office=str((row.get(part[HELD_IN]) or {}).get("name", "")))
                if person is not None:
                    row[name] = {"key": str(person.user), "name": person.name}
    return value


def _person(tenant: str, now: datetime, role: str, known: Mapping[str, Any]) -> dict[str, str] | None:
    """Somebody of the district, as a value: who holds the role, of the project's own office if there is one; else a leader of an office that declares."""
    if role:
        office = (known.get(PROJECT) or {}).get("applicantOffice") or {}
        person = holder(tenant, role, now, office=str(office.get("name", "")))
        return {"key": str(person.user), "name": person.name} if person is not None else None
    begins = next(
        (info.start_role for info in snapshot.district(tenant).processes.values() if info.start_role and info.per == "project"), ""
    )
    person = holder(tenant, f"{begins}_leader", now) or holder(tenant, begins or "", now)
    return {"key": str(person.user), "name": person.name} if person is not None else None


def _fitting(value: Any, schema: Mapping[str, Any]) -> Any:
    """A value in the shape that the field wants, where that is only a matter of writing."""
    value = documents.made_up(value)
    kind, form = schema.get("type"), schema.get("format")
    if kind == "string" and isinstance(value, int | Decimal) and not isinstance(value, bool):
        return str(value)
    if kind == "integer" and isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    if kind == "string" and form == "date" and isinstance(value, str) and len(value) > 10:
        return value[:10]
    if schema.get("x-format") == "money" and isinstance(value, Decimal):
        return value.quantize(Decimal("0.01"))
    if kind == "array" and isinstance(value, list) and isinstance(schema.get("items"), Mapping) and "properties" in schema["items"]:
        known = schema["items"]["properties"]
        return [
            {name: _fitting(part, known[name]) for name, part in item.items() if name in known} if isinstance(item, Mapping) else item
            for item in value
        ]
    return value


def _last_resort(schema: Mapping[str, Any]) -> Any:
    if schema.get("enum"):
        return schema["enum"][0]
    if schema.get("type") == "array" and schema.get("minItems") and isinstance(schema.get("items"), Mapping):
        return [_last_resort(schema["items"])]
    if schema.get("type") == "object" or "properties" in schema:
        required = schema.get("required", ())
        return {name: _sample(part) for name, part in schema.get("properties", {}).items() if name in required}
    kind = schema.get("type", "string")
    if kind in ("number", "integer"):
        return schema.get("minimum", _EMPTY[kind])
    return _EMPTY.get(kind if isinstance(kind, str) else kind[0], "")


def _sample(schema: Mapping[str, Any]) -> Any:
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    return schema["examples"][0] if schema.get("examples") else _last_resort(schema)


def _mend(
    form: Form,
    values: dict[str, Any],
    assumed: dict[str, None],
    answers: Mapping[str, Any],
    known: Mapping[str, Any],
    now: datetime,
    tenant: str,
) -> None:
    """Give what the form's conditions require, and take away guesses that they forbid. What was answered explicitly is never touched."""
    for _ in range(_ROUNDS):
        changed = False
        for problem in form.validate(values):
            name = problem.path.split("/")[0]
            if name in answers or name not in form.fields:
                continue
            if problem.code == FormCode.REQUIRED and problem.path == name:
                value, _ = _choose(name, form.fields[name], known, values=values, now=now, tenant=tenant)
                values[name] = _last_resort(form.fields[name]) if value is _MISSING else value
                assumed[name] = None
                changed = True
            elif name in values:
                # A variable of the same name that this form does not take, or a guess that a condition forbids.
                del values[name]
                if name in form.schema.get("required", ()):
                    example = form.fields[name].get("examples") or [None]
                    guess = _example(example[0], {**known, **values}, now, tenant)
                    schema = form.fields[name]
                    values[name] = _last_resort(schema) if guess is None else _peopled(_fitting(guess, schema), schema, now, tenant)
                    assumed[name] = None
                changed = True
        if not changed:
            return


# ---------------------------------------------------------------------- people


def performer(task_key: int, now: datetime) -> Actor | None:
    """An account that may do the open task, None if nobody may."""
    try:
        task, owner = tasks.facts(SYSTEM, task_key, now)
    except NotFound:
        return None
    district = snapshot.district(task.tenant)
    if task.assignee or task.candidate_users:
        for username in [task.assignee, *task.candidate_users]:
            person = accounts.named(SYSTEM, username, now) if username else None
            if person is not None and permissions.may_do(person, task, owner, district):
                return person
    if task.person:
        named = accounts.actor(task.person, now)
        return named if permissions.may_do(named, task, owner, district) else None
    for role in task.candidate_groups:
        for candidate in _holders(task.tenant, role, now, owner):
            if permissions.may_do(candidate, task, owner, district):
                return candidate
    return None


def holder(tenant: str, role: str, now: datetime, *, office: str = "", project: int | None = None) -> Actor | None:
    """An account that holds a role in a district: preferably of an office called so, or of the project's own."""
    owner = projects.relations(SYSTEM, project) if project is not None else None
    candidates = _holders(tenant, role, now, owner)
    district = snapshot.district(tenant)
    if owner is not None:
        return next((person for person in candidates if permissions.holds(person, role, owner, district)), None)
    fitting = [
        person for person in candidates if office and any(office in held.office_name for held in person.memberships if held.role == role)
    ]
    return next(iter([*fitting, *candidates]), None)


def _holders(tenant: str, role: str, now: datetime, owner: ProjectFacts | None) -> list[Actor]:
    """Those of the project's own offices first: others need not be looked at."""
    info = snapshot.district(tenant).roles.get(role)
    own = owner.offices.get(info.relation, frozenset()) if owner is not None and info is not None and info.relation else None
    return accounts.holders(SYSTEM, tenant, role, now, offices=own)
