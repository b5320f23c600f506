"""The engine's limits (design §4): each has a generous default and its own incident or error."""

from dataclasses import dataclass, field

from app.decision import feel


@dataclass(frozen=True, slots=True)
class Limits:
    """``steps``: elements run in one act. ``call_depth``: called processes within each other. ``multi_instance``: instances of one body.
    ``variable_size``: characters of one variable, counted roughly. ``expression``: FEEL's own limits, its seconds included."""

    steps: int = 20_000
    call_depth: int = 100
    multi_instance: int = 10_000
    variable_size: int = 4_000_000
    expression: feel.Limits = field(default_factory=feel.Limits)


def exceeds(value: object, limit: int) -> bool:
    """Whether ``value`` would take more than about ``limit`` characters as JSON. Stops counting as soon as it is known; never recurses."""
    size = 0
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            size += len(item) + 2
        elif isinstance(item, dict):
            size += 2
            for key, inner in item.items():
                size += len(key) + 4
                pending.append(inner)
        elif isinstance(item, list):
            size += 2 + len(item)
            pending.extend(item)
        elif isinstance(item, int) and not isinstance(item, bool):
            size += 1 + item.bit_length() // 3
        else:
            size += 8
        if size > limit:
            return True
    return False
