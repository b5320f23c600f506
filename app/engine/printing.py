"""Printing the document that an element declares: its template is filled with the ledger, what is seen from the element, and the registers, as they are then.

A user task prints when it is entered, anything else when it has been completed. The reference of the printed document becomes a variable by the template's id, so
that a form shows it, a record keeps it, an approval names it: printed anew with other values it is another document, and what was approved of the old one lapses.
Printed anew in the same round it is the next version of the same number. Source: modelling.md §4 (``document``), SC-14-3.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.domain import fact_values
from app.domain.fact_values import ValueRefused
from app.domain.templates import RECORD, Template
from app.engine import past, reads
from app.engine.codes import IncidentType
from app.engine.effects import DocumentPrinted
from app.engine.errors import ElementFailure
from app.engine.ledger import PROJECT, PrintAsked
from app.engine.scopes import is_in_loop

if TYPE_CHECKING:
    from app.engine.course import Course
    from app.engine.spiff import Token


def document(course: "Course", token: "Token") -> None:
    """Raises ElementFailure (DOCUMENT_ERROR, READ_ERROR), Unanswered; then nothing has happened."""
    name = token.task_spec.declarations.document
    template = course.library.template(name)
    if template is None:
        raise _failure(course, token, name, "没有部署这个模板")
    schemas = _schemas(course, token, template)
    values = _values(course, token, template)
    try:
        digest = fact_values.digest(values, schemas)
    except ValueRefused as error:
        raise _failure(course, token, name, f"内容不能打印:{error}") from error
    asked = PrintAsked(
        template=name,
        place=_place(token),
        process_id=course.tree.instances[token.instance].definition.process_id,
        element_id=token.element_id,
        digest=digest,
        values=values,
        schemas=schemas,
    )
    printed = course.ledger.answer(asked)
    if isinstance(printed, str):
        raise _failure(course, token, name, printed)
    if token.body is not None:
        course.set_local(token, name, printed)
    elif is_in_loop(token):  # each of the loop has its own
        course.set_local(token.workflow.owner, name, printed)
    else:
        course.propagate(token, {name: printed})
    if printed is not None:
        course.emit(DocumentPrinted(token.number, token.element_id, name, printed["key"]))


def _place(token: "Token") -> str:
    """Where in its tree a document belongs, the round included: printed once more at the same place, it takes the place of the one before."""
    owner = token.workflow.owner
    scope = 0 if owner.is_process else owner.number
    return f"{token.instance}.{scope}.{token.element_id}.{_item(token)}.{past.current(token)}"


def _item(token: "Token") -> int:
    return int(token.memo.get("place", 0)) if token.body is not None else 0


def _values(course: "Course", token: "Token", template: Template) -> dict[str, Any]:
    """What the template uses, and of contexts and rows only the parts that it uses: what is not printed does not make another document."""
    seen, project = course.visible(token), course.project
    fields = course.ledger.schema.fields if course.ledger.schema is not None and project is not None else {}
    found: dict[str, Any] = {}
    for head, parts in template.used.items():
        if head == PROJECT:
            value: Any = project
        elif head == RECORD:
            value = _own_row(course, token)
        elif project is not None and head in fields:
            value = project.get(head)
        elif head in seen:
            value = seen[head]
        elif course.library.register(head) is not None and project is not None:
            value = reads.rows_of(course, token, head)
        else:
            value = None
        found[head] = _cut(value, parts) if parts else value
    return found


def _own_row(course: "Course", token: "Token") -> dict[str, Any] | None:
    """What the element itself has registered just now."""
    kind = token.task_spec.declarations.record
    if not kind:
        return None
    visit, owner = course.visit(token), token.workflow.owner
    scope = int(visit.get("scope", 0 if owner.is_process else owner.number))
    place = (token.instance, scope, token.element_id, _item(token), int(visit.get("at", visit["round"])))
    return reads.own_row(course, token, kind, place)


def _cut(value: Any, parts: frozenset[str]) -> Any:
    if isinstance(value, list):
        return [_cut(item, parts) for item in value]
    return {name: value.get(name) for name in sorted(parts)} if isinstance(value, Mapping) else value


def _schemas(course: "Course", token: "Token", template: Template) -> dict[str, Mapping[str, Any]]:
    """How values are written on paper: by the fields of the ledger and the registers; of other variables nobody has said it."""
    ledger = course.ledger.schema.fields if course.ledger.schema is not None else {}
    read = {reading.name: reading.kind for reading in token.task_spec.declarations.reads if reading.aggregate is None}
    found: dict[str, Mapping[str, Any]] = {}
    for head in template.used:
        if head == PROJECT or read.get(head) == PROJECT:
            row = {"properties": {name: field.schema for name, field in ledger.items()}}
            found[head] = row if head == PROJECT else {"items": row}
        elif head == RECORD:
            own = course.library.register(token.task_spec.declarations.record)
            found[head] = {"properties": own.fields} if own is not None else {}
        elif head in ledger:
            found[head] = ledger[head].schema
        elif (form := course.library.register(read.get(head, head))) is not None:
            found[head] = {"items": {"properties": {**form.fields, "at": {"format": "date-time"}}}}
    return found


def _failure(course: "Course", token: "Token", template: str, why: str) -> ElementFailure:
    return ElementFailure(
        IncidentType.DOCUMENT_ERROR,
        f"{course.place(token)}要打印“{template}”:{why}。请改正模板或数据后重试",
        {"template": template},
    )
