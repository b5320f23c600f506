"""Terms and dates that people set, at their limits."""

from datetime import date, datetime
from typing import Any

import pytest

from app.engine import bounds

from .runs import ZONE

TODAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("value", "limits", "said"),
    [
        (9999, {"least": 1, "most": 180}, "应在 1 至 180 之间"),
        (180, {"least": 1, "most": 180}, ""),
        (181, {"least": None, "most": 180}, "不能多于 180"),
        (0, {"least": 1, "most": None}, "不能少于 1"),
        ("2999-12-31", {"least": 0, "most": 30}, "应在 2026-03-10 至 2026-04-09 之间"),
        ("2026-04-09", {"least": 0, "most": 30}, ""),
        ("2026-03-09", {"least": 0, "most": None}, "不能早于 2026-03-10"),
        ("2025-03-09", {"least": -366, "most": 0}, ""),
        ("2025-03-08", {"least": -366, "most": 0}, "应在 2025-03-09 至 2026-03-10 之间"),
        ("nonsense", {"least": 0, "most": 30}, ""),  # the schema says that
        (True, {"least": 2, "most": 3}, ""),
    ],
)
def test_a_term_is_within_its_limits(value: Any, limits: dict[str, int | None], said: str) -> None:
    assert bounds.beyond_term(value, limits, TODAY) == said


def test_the_day_on_which_a_task_opened_is_the_districts() -> None:
    assert bounds.opened(datetime.fromisoformat("2026-03-09T16:00:00+00:00"), ZONE) == TODAY
    assert bounds.opened(None, ZONE) is None
