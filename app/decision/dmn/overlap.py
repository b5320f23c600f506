"""Which rows of a table overlap and which inputs no row covers, by exact arithmetic on the columns' plain cells.

Every column is cut at the literals of its cells into regions; a cell is then a set of regions (a bit mask), a row a box of such sets. Two rows
overlap when all their masks meet; a gap is a box that no row covers. Columns with the same expression share their regions. Cells that are no
plain comparisons make the analysis say so instead of guessing. Cost is bounded: rows, regions and steps.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from app.decision.dmn.cells import ANY_CELL, Cell, Literal, Span, recognise

ROWS: Final = 1_000
STEPS: Final = 200_000
GAPS: Final = 8
OVERLAPS: Final = 20


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


@dataclass(frozen=True, slots=True)
class Column:
    """What the analysis knows of an input column: label, expression, FEEL type name, allowed values as written, its cells as written."""

    label: str
    expression: str
    type: str
    allowed: str
    cells: tuple[str, ...]


@dataclass(slots=True)
class Findings:
    """The result. `unknown`: (row index, column index) of cells that are no plain comparisons; `limited`: why the analysis stopped, or "".

    `overlaps`: pairs of row indexes with an example and whether only empty (null) inputs collide; `gaps`: descriptions of uncovered inputs.
    """

    unknown: list[tuple[int, int]] = field(default_factory=list)
    overlaps: list[tuple[int, int, str, bool]] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    limited: str = ""


@dataclass(slots=True)
class Axis:
    """One dimension: the regions of all columns that share an expression."""

    label: str
    regions: list[Region]
    masks: list[int | None]
    """A mask a row; None when a cell of the row is unknown."""
    null: int
    """Mask of the null region."""
    domain: int
    """Mask of the regions that the gap analysis must cover."""


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
    return "null"


def analyse(columns: Sequence[Column], *, gaps: bool) -> Findings:
    """Overlaps of rows and, when asked, gaps. All columns have the same number of cells."""
    findings = Findings()
    rows = len(columns[0].cells) if columns else 0
    if not rows:
        return findings
    if rows > ROWS:
        findings.limited = f"表有 {rows} 行，超过可分析的 {ROWS} 行"
        return findings
    groups: dict[str, list[int]] = {}
    for index, column in enumerate(columns):
        groups.setdefault(" ".join(column.expression.split()), []).append(index)
    axes = [_axis([columns[index] for index in indexes], indexes, findings) for indexes in groups.values()]
    _find_overlaps(axes, rows, findings)
    if gaps and not findings.unknown:
        _find_gaps(axes, rows, findings)
    return findings


def _axis(columns: Sequence[Column], indexes: Sequence[int], findings: Findings) -> Axis:
    """Regions of the columns' common expression and each row's mask over them."""
    read: list[list[Cell | None]] = []
    for column, index in zip(columns, indexes, strict=True):
        cells = [recognise(text) for text in column.cells]
        read.append(cells)
        findings.unknown.extend((row, index) for row, cell in enumerate(cells) if cell is None)
    allowed = [recognise(column.allowed) for column in columns if column.allowed.strip() and column.allowed.strip() != "-"]
    known = [cell for cells in read for cell in cells if cell is not None and cell is not ANY_CELL] + [
        cell for cell in allowed if cell is not None
    ]
    declared = next((column.type for column in columns if column.type in ("number", "string", "boolean", "date")), "")
    regions = _cut(known, declared)
    ruler = _Ruler(regions)
    null = ruler.null
    masks: list[int | None] = []
    cached: dict[str, int] = {}
    for row in range(len(columns[0].cells)):
        mask: int | None = (1 << len(regions)) - 1
        for column, cells in zip(columns, read, strict=True):
            cell = cells[row]
            if cell is None or mask is None:
                mask = None
                continue
            text = column.cells[row]
            if text not in cached:
                cached[text] = ruler.mask(cell)
            mask &= cached[text]
        masks.append(mask)
    domain = (1 << len(regions)) - 1
    if not any(cell.kind == "null" for cell in known):
        domain &= ~null
    for limits in allowed:
        if limits is not None:
            domain &= ruler.mask(limits) | (null & domain)
    return Axis(columns[0].label, regions, masks, null, domain)


def _cut(cells: Sequence[Cell], declared: str) -> list[Region]:
    """The regions that the literals of the cells cut the values into; null is always the last."""
    kinds = {cell.kind for cell in cells} | ({declared} if declared else set())
    regions: list[Region] = []
    if "boolean" in kinds:
        regions += [Region("boolean", value, value, point=True) for value in (False, True)]
    for kind in ("number", "date"):
        if kind in kinds:
            regions += _line(kind, cells)
    if "string" in kinds:
        regions += _strings(cells)
    if not kinds & {"boolean", "number", "date", "string"}:
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


class _Ruler:
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

    def mask(self, cell: Cell) -> int:
        """The regions that a cell accepts."""
        if cell is ANY_CELL:
            return self.everything
        if cell.kind == "null":
            return self.everything & ~self.null if cell.negated else self.null
        inside = 0
        for span in cell.spans:
            inside |= self._stretch(cell.kind, span)
        if not cell.negated:
            return inside
        first, last = self.blocks[cell.kind]
        own = (1 << (last + 1)) - (1 << first)
        return own & ~inside | (self.null if cell.null else 0)

    def _stretch(self, kind: str, span: Span) -> int:
        """The neighbouring regions from a span's low to its high end; none when it is empty."""
        first, last = self.blocks[kind]
        if span.low is not None:
            first = self.points[kind, span.low] + (0 if span.low_closed else 1)
        if span.high is not None:
            last = self.points[kind, span.high] - (0 if span.high_closed else 1)
        return (1 << (last + 1)) - (1 << first) if first <= last else 0


def _find_overlaps(axes: Sequence[Axis], rows: int, findings: Findings) -> None:
    """Pairs of rows whose boxes meet: a row meets those that accept one of its regions on every axis."""
    accepting = [_accepting(axis, rows) for axis in axes]
    for later in range(1, rows):
        meeting = (1 << later) - 1
        for axis, accepted in zip(axes, accepting, strict=True):
            mask = axis.masks[later]
            meeting &= 0 if mask is None else _union(accepted, mask & (axis.domain | axis.null))
            if not meeting:
                break
        while meeting:
            earlier = _lowest(meeting)
            meeting &= meeting - 1
            findings.overlaps.append((earlier, later, *_example(axes, earlier, later)))
            if len(findings.overlaps) >= OVERLAPS:
                return


def _union(accepted: Sequence[int], mask: int) -> int:
    """The rows that accept one of the regions of a mask."""
    rows = 0
    while mask:
        rows |= accepted[_lowest(mask)]
        mask &= mask - 1
    return rows


def _example(axes: Sequence[Axis], earlier: int, later: int) -> tuple[str, bool]:
    """An input that both rows accept, in words, and whether there is none without an empty value."""
    words: list[str] = []
    only_null = False
    for axis in axes:
        common = (axis.masks[earlier] or 0) & (axis.masks[later] or 0) & (axis.domain | axis.null)
        plain = common & ~axis.null
        if not plain:
            only_null = True
            words.append(f"{axis.label} 为空")
        elif plain != axis.domain & ~axis.null:
            words.append(f"{axis.label} {axis.regions[_lowest(plain)].describe()}")
    return "，".join(words) or "任何输入", only_null


def _lowest(mask: int) -> int:
    return (mask & -mask).bit_length() - 1


class _Stop(Exception):
    """The gap analysis took too many steps."""


def _find_gaps(axes: Sequence[Axis], rows: int, findings: Findings) -> None:
    """Boxes that no row covers: the axes one after the other, regions that the same rows accept taken together."""
    memory: dict[tuple[int, int], list[tuple[str, ...]]] = {}
    steps = 0

    def search(at: int, active: int) -> list[tuple[str, ...]]:
        nonlocal steps
        if not active:
            return [tuple("" for _ in axes[at:])]
        if at == len(axes):
            return []
        known = memory.get((at, active))
        if known is not None:
            return known
        axis = axes[at]
        groups: dict[int, int] = {}
        for index in range(len(axis.regions)):
            bit = 1 << index
            if not axis.domain & bit:
                continue
            steps += 1
            if steps > STEPS:
                raise _Stop
            accepting = active & columns[at][index]
            groups[accepting] = groups.get(accepting, 0) | bit
        found: list[tuple[str, ...]] = []
        for accepting, mask in groups.items():
            for rest in search(at + 1, accepting):
                found.append((_describe(axis, mask), *rest))
                if len(found) >= GAPS:
                    break
            if len(found) >= GAPS:
                break
        memory[at, active] = found
        return found

    columns = [_accepting(axis, rows) for axis in axes]
    try:
        boxes = search(0, (1 << rows) - 1)
    except _Stop:
        findings.limited = "列和行太多，遗漏没有分析完"
        return
    for box in boxes:
        parts = [f"{axis.label} {text}" for axis, text in zip(axes, box, strict=True) if text]
        findings.gaps.append("，".join(parts) or "任何输入")


def _accepting(axis: Axis, rows: int) -> list[int]:
    """For each region the rows that accept it, as a mask of rows; rows with an unknown cell are left out."""
    accepting = [0] * len(axis.regions)
    for row in range(rows):
        mask = axis.masks[row] or 0
        while mask:
            at = _lowest(mask)
            accepting[at] |= 1 << row
            mask &= mask - 1
    return accepting


def _describe(axis: Axis, mask: int) -> str:
    """A set of regions in words; neighbours are joined, the whole axis needs no words."""
    if mask == axis.domain:
        return ""
    pieces: list[str] = []
    at = 0
    count = len(axis.regions)
    while at < count:
        if not mask >> at & 1:
            at += 1
            continue
        start = at
        while at + 1 < count and mask >> (at + 1) & 1 and _adjoin(axis.regions[at], axis.regions[at + 1]):
            at += 1
        pieces.append(_stretch(axis.regions[start], axis.regions[at]))
        at += 1
        if len(pieces) > 5:
            return f"{' 或 '.join(pieces)} 等"
    return " 或 ".join(pieces)


def _adjoin(first: Region, second: Region) -> bool:
    return first.kind == second.kind and first.kind in ("number", "date") and (first.high is not None and second.low is not None)


def _stretch(first: Region, last: Region) -> str:
    """From the first to the last region of a stretch."""
    if first is last:
        return first.describe()
    low = None if first.low is None else f"{'≥' if first.point else '>'} {write(first.low)}"
    high = None if last.high is None else f"{'≤' if last.point else '<'} {write(last.high)}"
    return " 且 ".join(part for part in (low, high) if part) or "任意"
