"""How much an expression may cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from app.decision.feel.effort import effort


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one expression; passing one raises ``FeelLimitError`` with the code ``feel_limit_<name>``.

    ``expression_size``: code points of the source. ``nesting``: depth of brackets and operators in the source, of function calls and
    of lists and contexts within each other. ``iterations``: rounds of all loops together; list items and text made on the way count
    too. ``list_size``: items of one list or context. ``string_size``: code points of one string. ``exponent``: largest power of ten of
    a number. ``seconds``: processor time of one evaluation as ``clock`` tells it, so that a busy machine or a full memory stops nothing that a
    quiet one lets through.
    """

    expression_size: int = 32_768
    nesting: int = 100
    iterations: int = 200_000
    list_size: int = 100_000
    string_size: int = 1_000_000
    exponent: int = 6_144
    seconds: float = 0.8
    clock: Callable[[], float] = field(default=effort, compare=False, repr=False)


DEFAULT_LIMITS = Limits()
