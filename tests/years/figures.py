"""What has happened so far, in numbers."""

from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(slots=True)
class Figures:
    """``done``: process.task; ``refused``: of what was meant to be lawful, by code; ``attempts``: kinds of unlawful attempts; ``breaches``: of those, what was let
    in or has changed something; ``faults``: what went wrong in the product besides; ``stuck``: tasks at which everybody has failed for long."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    begun: Counter[str] = field(default_factory=Counter)
    not_begun: Counter[str] = field(default_factory=Counter)
    returned: int = 0
    late: int = 0
    timers: int = 0
    attempts: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    breaches: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    holidays: list[str] = field(default_factory=list)
    examples: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def acts(self) -> int:
        return self.done.total() + self.begun.total() + self.returned

    @property
    def tried(self) -> int:
        return self.attempts.total()

    def as_json(self) -> dict[str, Any]:
        values = ((part.name, getattr(self, part.name)) for part in fields(self))
        return {name: dict(value) if isinstance(value, Counter) else value for name, value in values}
