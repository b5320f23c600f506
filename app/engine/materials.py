"""Lists of materials: what is due at a stage (decision ``required_materials``), and what of it a list does not have.

A form's field says ``x-materials``; docs/analyst/documents.md. A classified project registers paper and brings no file (SC-4-4, FX-23-2).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from app.decision import feel
from app.decision.dmn import DmnError, DmnEvaluationError
from app.domain.form_checks import MATERIALS, REQUIRED, resolved
from app.domain.forms import Form
from app.engine import bounds, functions
from app.engine.library import Library

_PAPER = {"number": "登记编号", "date": "登记日期", "place": "登记存放地点"}


def faults(
    schema: Mapping[str, Any], name: str, rows: Sequence[Any], *, due: Sequence[Any], classified: bool, today: date
) -> Iterator[tuple[str, str]]:
    """What is wrong with the rows of a list, as (path, sentence)."""
    items = resolved(schema["properties"][name].get("items"), schema)
    title = str(schema["properties"][name].get("title", name))
    if "name" not in items.get("properties", {}):
        if not rows and not classified:
            yield name, f"请上传“{title}”"
        return
    for number, row in enumerate(rows):
        called = row.get("name", "")
        if classified:
            if row.get("files"):
                yield f"{name}/{number}/files", f"涉密项目不上传文件:“{called}”只登记编号、日期和存放地点"
            for column, text in _PAPER.items():
                if column in items["properties"] and not row.get(column):
                    yield f"{name}/{number}/{column}", f"涉密项目的“{called}”应{text}"
        elif not row.get("files"):
            yield f"{name}/{number}/files", f"“{called}”没有上传文件"
    for number, row in enumerate(rows):
        if (written := bounds.day(row.get("date"))) is not None and written > today:
            yield f"{name}/{number}/date", f"“{row.get('name', '')}”的日期不能晚于今天"
    there = {row.get("name") for row in rows}
    told: set[str] = set()
    for one in (one for one in due if _is_mandatory(one)):
        choice = [other.get("name") for other in due if other.get("group") == one.get("group")] if one.get("group") else [one.get("name")]
        said = "或".join(map(str, choice))
        if not there & {*choice} and said not in told:
            told.add(said)
            yield name, f"“{title}”尚缺:{said}"


def _is_mandatory(row: Any) -> bool:
    return isinstance(row, Mapping) and row.get("mandatory") is not False


def with_slots(form: Form, data: Mapping[str, Any], library: Library, seen: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """``data`` with a row for each material that is due at the stage of a list; what cannot be decided now is told when the form is handed in."""
    opened = dict(data)
    for name, part in form.fields.items():
        stage, ref = part.get(MATERIALS), library.decision(REQUIRED)
        if not isinstance(stage, str) or ref is None:
            continue
        environment = feel.Environment(now=now, zone=library.zone, functions=functions.of(library.calendar, library.zone))
        try:
            due = feel.to_json(ref.evaluate({**seen, "stage": stage}, environment).output)
        except (DmnError, DmnEvaluationError, feel.FeelError):
            continue
        rows = opened.get(name) or []
        there = {row.get("name") for row in rows if isinstance(row, Mapping)}
        missing = [{"name": one["name"]} for one in due or [] if _is_mandatory(one) and one.get("name") and one["name"] not in there]
        if missing:
            opened[name] = [*rows, *missing]
    return opened
