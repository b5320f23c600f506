"""Which rows of a table overlap and which inputs no row covers, by exact arithmetic on the columns' plain cells.

Every column is cut at the literals of its cells into regions; a cell is then a set of regions (a bit mask), a row a box of such sets. Two rows
overlap when all their masks meet; a gap is a box that no row covers. Columns with the same expression share their regions. Cells that are no
plain comparisons make the analysis say so instead of guessing. Cost is bounded: rows, regions and steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.decision.dmn.cells import ANY_CELL, Cell, recognise
from app.decision.dmn.constants import Condition, cells_of, understand
from app.decision.dmn.regions import ORDERED, Region, Ruler, cut, write

ROWS: Final = 1_000
STEPS: Final = 200_000
GAPS: Final = 8
OVERLAPS: Final = 20


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
    read: list[list[Cell | Condition | None]] = []
    for column, index in zip(columns, indexes, strict=True):
        cells = [_read(text) for text in column.cells]
        read.append(cells)
        findings.unknown.extend((row, index) for row, cell in enumerate(cells) if cell is None)
    allowed = [_read(column.allowed) for column in columns if column.allowed.strip() and column.allowed.strip() != "-"]
    known = [plain for cells in (*read, allowed) for cell in cells if cell is not None and cell is not ANY_CELL for plain in _plain(cell)]
    declared = next((column.type for column in columns if column.type in ("number", "string", "boolean", "date")), "")
    regions = cut(known, declared)
    ruler = Ruler(regions)
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


def _read(text: str) -> Cell | Condition | None:
    return recognise(text) or understand(text)


def _plain(cell: Cell | Condition) -> Iterable[Cell]:
    return (cell,) if isinstance(cell, Cell) else cells_of(cell)


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
    return first.kind == second.kind and first.kind in ORDERED and (first.high is not None and second.low is not None)


def _stretch(first: Region, last: Region) -> str:
    """From the first to the last region of a stretch."""
    if first is last:
        return first.describe()
    low = None if first.low is None else f"{'≥' if first.point else '>'} {write(first.low)}"
    high = None if last.high is None else f"{'≤' if last.point else '<'} {write(last.high)}"
    return " 且 ".join(part for part in (low, high) if part) or "任意"
