"""FEEL outside a process: expressions of forms, with the functions and the calendar of a district."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.catalogue import snapshot
from app.decision import feel
from app.engine import functions
from app.engine.expressions import vocabulary


def evaluate(
    text: str,
    context: Mapping[str, Any],
    *,
    tenant: str,
    now: datetime,
    offices: Callable[[str], Sequence[Mapping[str, str]]] | None = None,
) -> Any:
    """The value of an expression (without the leading "=") as JSON would hold it; ``offices``: what ``officesOf`` gives, null without. Raises feel.FeelError."""
    zone = snapshot.district(tenant).zone
    known = functions.OfficesAlone(offices) if offices is not None else None
    environment = feel.Environment(now=now, zone=zone, functions=functions.of(snapshot.library(tenant).calendar, zone), extra=known)
    return feel.to_json(feel.compile(text, functions=vocabulary()).evaluate(context, environment))
