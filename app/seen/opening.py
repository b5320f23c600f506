"""What a task's form opens with on this visit."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.decision import feel
from app.domain.deadlines import vocabulary
from app.domain.declared import declared
from app.domain.forms import Form
from app.engine import ElementInfo


def opened(
    form: Form | None,
    seen: Mapping[str, Any],
    mine: Mapping[str, Any],
    element: ElementInfo | None,
    last: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What the form shows of everything that can be ``seen`` from the task, and what it keeps of its ``mine``: of several instances each its own.

    ``last``: what was submitted last at this task in this instance, where it was returned. Without a form, everything.
    """
    if form is None:
        return dict(seen)
    known = {name: value for name in form.fields if (value := (seen if form.shows(name) else mine).get(name)) is not None}
    return form.opening(known, last, fresh=_asked(declared(element.properties).approves_when) if element is not None else ())


def filled_in(form: Form | None, data: Mapping[str, Any]) -> Form | None:
    """A form with what was filled in, for people who read it afterwards: without what it only showed then and nobody has kept."""
    gone = {name for name in form.shown_fields if data.get(name) is None} if form is not None else set()
    if form is None or not gone:
        return form
    ui = {name: part for name, part in form.ui.items() if name not in gone}
    if isinstance(order := ui.get("ui:order"), list):
        ui["ui:order"] = [name for name in order if name not in gone]
    left = {name: part for name, part in form.fields.items() if name not in gone}
    return replace(form, schema={**form.schema, "properties": left}, ui=ui)


def _asked(condition: str) -> frozenset[str]:
    """The names that ``approvesWhen`` reads: whoever approves says so anew each time."""
    try:
        return feel.compile(condition, functions=vocabulary()).names if condition else frozenset()
    except feel.FeelError:
        return frozenset()
