"""One moment and one zone for every test of the expression language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from app.decision import feel

ZONE = ZoneInfo("Asia/Shanghai")
MOMENT = datetime(2026, 3, 10, 9, 0, tzinfo=ZONE)
FAR = feel.Limits(seconds=600)  # what is to be stopped is stopped by a count, however slow the machine
Evaluate = Callable[..., object]


@pytest.fixture
def environment() -> feel.Environment:
    return feel.Environment(now=MOMENT, zone=ZONE, limits=FAR)


@pytest.fixture
def value(environment: feel.Environment) -> Evaluate:
    """Evaluate an expression with variables."""

    def evaluate(text: str, variables: dict[str, object] | None = None, **more: object) -> object:
        return feel.compile(text).evaluate({**(variables or {}), **more}, environment)

    return evaluate


@pytest.fixture
def text(value: Evaluate) -> Callable[..., str]:
    """Evaluate an expression and write the result as FEEL."""

    def evaluate(expression: str, variables: dict[str, object] | None = None, **more: object) -> str:
        result = value(expression, variables, **more)
        return feel.to_text(result) if isinstance(result, feel.Range) else feel.literal(result)

    return evaluate


@pytest.fixture
def warnings(environment: feel.Environment) -> Callable[..., list[tuple[str, str, int | None]]]:
    """Evaluate an expression and collect what it warned of."""

    def evaluate(expression: str, **variables: object) -> list[tuple[str, str, int | None]]:
        heard: list[tuple[str, str, int | None]] = []
        listening = feel.Environment(
            now=MOMENT, zone=ZONE, limits=FAR, on_warning=lambda code, message, position: heard.append((code, message, position))
        )
        feel.compile(expression).evaluate(variables, listening)
        return heard

    return evaluate
