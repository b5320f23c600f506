"""The regions into which the literals of a column's cells cut its values, and where a cell lies among them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from app.decision.dmn.cells import ANY_CELL, Cell, Literal, Moment, Span
from app.decision.dmn.constants import All, Condition, Not, NullTest, Test

# Kinds whose values lie on a line; those of FEEL's order keys keep local and zoned ones apart, which are never compared.
ORDERED: Final = ("number", "date", "dt-local", "dt-instant", "local time", "time", "months", "day time")
# Kinds of one FEEL type: their values are never equal, which is false and not unknown.
TWINS: Final = {"dt-local": "dt-instant", "dt-instant": "dt-local", "local time": "time", "time": "local time"}


@dataclass(frozen=True, slots=True)
class Region:
    """A piece of a column's values: one value, an open interval between two of them, the strings that no cell names, or null."""

    kind: str
    low: Literal
    high: Literal
    point: bool

    def describe(self) -> str:
        """The region in a sentence: `= 5`, `(5..10)`, `其他文字`, `空`."""
        if self.kind == "null":
            return "为空"
        if self.kind == "other":
            return "是其他值"
        if self.point:
            return f"= {write(self.low)}"
        if self.low is None:
            return "任意" if self.high is None else f"< {write(self.high)}"
        if self.high is None:
            return f"> {write(self.low)}"
        return f"在 {write(self.low)} 与 {write(self.high)} 之间"


def write(value: Literal) -> str:
    """A literal as FEEL writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.date):
        return f'date("{value.isoformat()}")'
    if isinstance(value, Moment):
        return value.text
    return "null"


def cut(cells: Sequence[Cell], declared: str) -> list[Region]:
    """The regions that the literals of the cells cut the values into; null is always the last."""
    kinds = {cell.kind for cell in cells} | ({declared} if declared else set())
    regions: list[Region] = []
    if "boolean" in kinds:
        regions += [Region("boolean", value, value, point=True) for value in (False, True)]
    for kind in ORDERED:
        if kind in kinds:
            regions += _line(kind, cells)
    if "string" in kinds:
        regions += _strings(cells)
    if not kinds & {"boolean", "string", *ORDERED}:
        regions.append(Region("other", None, None, point=False))
    regions.append(Region("null", None, None, point=True))
    return regions


def _line(kind: str, cells: Sequence[Cell]) -> list[Region]:
    """Points and the open intervals between them; whole days have none between neighbours."""
    points: list[Any] = sorted(
        {end for cell in cells if cell.kind == kind for span in cell.spans for end in (span.low, span.high) if end is not None}
    )
    if not points:
        return [Region(kind, None, None, point=False)]
    regions = [Region(kind, None, points[0], point=False)]
    for at, value in enumerate(points):
        regions.append(Region(kind, value, value, point=True))
        following = points[at + 1] if at + 1 < len(points) else None
        if kind == "date" and following is not None and following - value == dt.timedelta(days=1):
            continue
        regions.append(Region(kind, value, following, point=False))
    return regions


def _strings(cells: Sequence[Cell]) -> list[Region]:
    """Each named string, and everything else; where strings are compared by order, the intervals between them too."""
    spans = [span for cell in cells if cell.kind == "string" for span in cell.spans]
    if not all(span.is_value() for span in spans):
        return _line("string", cells)
    values: list[Any] = sorted({span.low for span in spans})
    return [*(Region("string", value, value, point=True) for value in values), Region("other", None, None, point=False)]


class Ruler:
    """Where values lie among the regions of one axis."""

    def __init__(self, regions: Sequence[Region]) -> None:
        self.everything = (1 << len(regions)) - 1
        self.null = 1 << (len(regions) - 1)
        self.points: dict[tuple[str, Literal], int] = {}
        self.blocks: dict[str, tuple[int, int]] = {}
        for at, region in enumerate(regions):
            kind = "string" if region.kind == "other" else region.kind
            first, _ = self.blocks.get(kind, (at, at))
            self.blocks[kind] = (first, at)
            if region.point:
                self.points[region.kind, region.low] = at

    def outcomes(self, condition: Condition) -> tuple[int, int]:
        """The regions where a condition is true, and where it is false; in the others it is unknown."""
        if isinstance(condition, Test):
            inside = self._stretch(condition.kind, condition.span)
            outside = self._block(condition.kind) & ~inside
            return inside, outside | (self.null | self._block(TWINS.get(condition.kind, "")) if condition.equal else 0)
        if isinstance(condition, NullTest):
            return self.null, self.everything & ~self.null
        if isinstance(condition, Not):
            true, false = self.outcomes(condition.test)
            return false, true
        every = isinstance(condition, All)
        true, false = (self.everything, 0) if every else (0, self.everything)
        for one_true, one_false in map(self.outcomes, condition.tests):
            true, false = (true & one_true, false | one_false) if every else (true | one_true, false & one_false)
        return true, false

    def mask(self, cell: Cell | Condition) -> int:
        """The regions that a cell accepts."""
        if not isinstance(cell, Cell):
            return self.outcomes(cell)[0]
        if cell is ANY_CELL:
            return self.everything
        if cell.kind == "null":
            return self.everything & ~self.null if cell.negated else self.null
        inside = 0
        for span in cell.spans:
            inside |= self._stretch(cell.kind, span)
        if not cell.negated:
            return inside
        return self._block(cell.kind) & ~inside | (self.null if cell.null else 0)

    def _block(self, kind: str) -> int:
        """All regions of a kind."""
        first, last = self.blocks.get(kind, (0, -1))
        return (1 << (last + 1)) - (1 << first)

    def _stretch(self, kind: str, span: Span) -> int:
        """The neighbouring regions from a span's low to its high end; none when it is empty."""
        first, last = self.blocks[kind]
        if span.low is not None:
            first = self.points[kind, span.low] + (0 if span.low_closed else 1)
        if span.high is not None:
            last = self.points[kind, span.high] - (0 if span.high_closed else 1)
        return (1 << (last + 1)) - (1 << first) if first <= last else 0
