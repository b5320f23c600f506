"""The engine's limits (design §4): each has a generous default and its own incident or error."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from app.decision import feel
from app.decision.feel.effort import effort
from app.engine.codes import IncidentType

MOST_DIGITS = 400
LONGEST_NAME = 200  # of a message, signal, job type, form, person or group; of a variable
LONGEST_TITLE = 1_000  # of what people call a model, of a file and of a namespace
LONGEST_KEY = 400  # of a correlation key: name and key together fit into an index of either database
_MOST_BITS = 1_329  # 400 decimal digits
_INFINITE = Decimal("Infinity")
_HALF = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class StepLimits:
    """``steps``: elements run in one step. ``seconds``: processor time of one step as ``clock`` tells it, after which no further element is begun.
    ``call_depth``: called processes within each other. ``multi_instance``: instances of one body.
    ``variable_size``: characters of one variable, counted roughly. ``expression``: FEEL's own limits, its seconds included."""

    steps: int = 20_000
    seconds: float = 10.0
    call_depth: int = 100
    multi_instance: int = 10_000
    variable_size: int = 4_000_000
    expression: feel.Limits = field(default_factory=feel.Limits)
    clock: Callable[[], float] = field(default=effort, compare=False, repr=False)


def flaw_of(text: str, most: int | None = None) -> str | None:
    """Why no database holds this text (as a name of at most ``most`` characters), as a Chinese clause; None if they do."""
    if "\0" in text:
        return "含有空字符(\\u0000)"
    if not text.isascii() and _HALF.search(text):
        return "含有不完整的字符(孤立的代理项)"
    if most is not None and len(text) > most:
        return f"超过 {most} 个字"
    return None


def objection(value: object, limit: int) -> tuple[IncidentType, str] | None:
    """Why ``value`` cannot be a variable, as (code, Chinese clause); None if it can. Stops as soon as it is known; never recurses.

    Its size is counted roughly, as characters of JSON. What databases and other readers cannot hold is refused: numbers without a value or with more than
    ``MOST_DIGITS`` digits, half characters and NUL, keys that are no text.
    """
    size = 0
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            size += len(item) + 2
            flaw = flaw_of(item)
            if flaw is not None:
                return IncidentType.VARIABLE_VALUE, flaw
        elif isinstance(item, dict):
            size += 2
            for key, inner in item.items():
                if not isinstance(key, str):
                    return IncidentType.VARIABLE_VALUE, "含有不是文字的键名"
                size += len(key) + 4
                pending.append(inner)
        elif isinstance(item, list):
            size += 2 + len(item)
            pending.extend(item)
        elif isinstance(item, bool):
            size += 5
        elif isinstance(item, int):
            size += 8
            if item.bit_length() > _MOST_BITS:
                return IncidentType.VARIABLE_VALUE, f"含有超过 {MOST_DIGITS} 位的数字"
        elif isinstance(item, float | Decimal):
            size += 8
            if item != item or item in (_INFINITE, -_INFINITE):
                return IncidentType.VARIABLE_VALUE, "含有不是数值的数字(NaN 或无穷大)"
        else:
            size += 8
        if size > limit:
            return IncidentType.LIMIT_VARIABLE_SIZE, f"超过了单个变量的大小上限({limit} 个字符)"
    return None
