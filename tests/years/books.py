"""The books are closed: what must hold when the years are over, counted by this test and not by the product's own sums."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.years.decade import Decade


@dataclass(slots=True)
class Said:
    lines: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def close(decade: "Decade") -> Said:
    return Said()
