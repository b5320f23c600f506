"""FEEL outside a process: expressions of forms, with the functions and the calendar of a district."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.catalogue import snapshot
from app.decision import feel
from app.engine import functions
from app.engine.expressions import vocabulary


def evaluate(text: str, context: Mapping[str, Any], *, tenant: str, now: datetime) -> Any:
    """The value of an expression (without the leading "=") as JSON would hold it. Raises feel.FeelError."""
    zone = snapshot.district(tenant).zone
    environment = feel.Environment(now=now, zone=zone, functions=functions.of(snapshot.library(tenant).calendar, zone))
    return feel.to_json(feel.compile(text, functions=vocabulary()).evaluate(context, environment))
