"""Playing every role: chooses a permitted account for an open task and fills in its form, saying what was assumed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.forms import Form
from app.domain.permissions import Actor


@dataclass(frozen=True, slots=True)
class Filled:
    """``assumed``: names of the fields that nobody answered."""

    values: Mapping[str, Any]
    assumed: tuple[str, ...]


def fill(
    form: Form | None, visible: Mapping[str, Any], facts: Mapping[str, Any], answers: Mapping[str, Any], now: datetime, tenant: str
) -> Filled:
    """Values for a form: explicit answers, then case facts by field name, the visible variable of the same name, const/default, examples[0] (FEEL after "="), first enum, the type's default."""
    raise NotImplementedError


def performer(task_key: int, now: datetime) -> Actor | None:
    """An account that may do the open task, None if nobody may."""
    raise NotImplementedError
