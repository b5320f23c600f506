"""Measures of one file, of several together, and as they are told: numbers for machines, a table for people."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from app.engine.reading.xml import Node
from app.rehearsal.codes import PlaneCode
from app.rehearsal.planes import properties, rules, shares
from app.rehearsal.planes.drawing import Drawing, Fault
from app.rehearsal.planes.rules import Remark, Surveyed
from app.rehearsal.planes.shares import Shares

_HEADINGS = ("节点", "宽×高", "交叉", "穿过", "压字", "缺问题", "缺答案", "长名")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaneMeasures:
    """``width``, ``height``: pixels of what bpmn-js draws. ``depth``: 0 at the top. The others are counts."""

    plane: str
    name: str
    depth: int
    nodes: int
    width: int
    height: int
    crossings: int
    through_shapes: int
    covered_labels: int
    unlabelled_gateways: int
    unlabelled_answers: int
    long_names: int
    cross_markers: int
    merging_gateways: int
    loose_ends: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMeasures:
    """``remarks``: what is against the rules of the house."""

    file: str
    planes: tuple[PlaneMeasures, ...]
    shares: Shares
    remarks: tuple[Remark, ...]


def measure(file: str, root: Node, read: Drawing, offices: Collection[str] = ()) -> FileMeasures:
    """A file whose values are settled, with its drawing. ``offices``: names that must not be written into a mapping."""
    planes, remarks = [], []
    for surveyed in rules.survey(read):
        found = [remark for rule in rules.RULES for remark in rule(surveyed)]
        planes.append(_counted(surveyed, found))
        remarks += found
    made_of, more = shares.measure(root, offices)
    return FileMeasures(file=file, planes=tuple(planes), shares=made_of, remarks=(*remarks, *more, *properties.check(root)))


def _counted(on: Surveyed, remarks: Sequence[Remark]) -> PlaneMeasures:
    codes, plane = Counter(remark.code for remark in remarks), on.plane
    box = plane.box
    return PlaneMeasures(
        plane=plane.id,
        name=plane.name,
        depth=plane.depth,
        nodes=len(plane.nodes),
        width=round(box.width),
        height=round(box.height),
        crossings=len(on.crossed),
        through_shapes=codes[PlaneCode.EDGE_THROUGH_SHAPE],
        covered_labels=codes[PlaneCode.LABEL_COVERED],
        unlabelled_gateways=codes[PlaneCode.QUESTION_MISSING],
        unlabelled_answers=codes[PlaneCode.ANSWER_MISSING],
        long_names=codes[PlaneCode.NAME_LONG],
        cross_markers=codes[PlaneCode.GATEWAY_MARKER],
        merging_gateways=codes[PlaneCode.GATEWAY_MERGES],
        loose_ends=codes[PlaneCode.EDGE_END],
    )


def faults(read: Drawing) -> Iterator[Fault]:
    """What is not shown as it should be, and what stands on something else."""
    yield from read.faults
    pairs = (pair for plane in read.planes for pair in rules.overlaps(plane))
    for one, other in islice(pairs, rules.MOST_TOLD):
        yield Fault(other.id, other.element.sourceline or 0, f"与元素 {one.id} 重叠")


def total(files: Sequence[FileMeasures]) -> Shares:
    return sum((file.shares for file in files), Shares())


def as_data(files: Sequence[FileMeasures]) -> dict[str, Any]:
    """``files``: planes and shares of each; ``total``: the shares of all."""
    return {
        "files": [{"file": file.file, "planes": [asdict(plane) for plane in file.planes], "shares": _told(file.shares)} for file in files],
        "total": {"planes": sum(len(file.planes) for file in files), **_told(total(files))},
    }


def _told(made_of: Shares) -> dict[str, Any]:
    parts = ("user_tasks", "decisions", "outside_jobs", "script_tasks", "plumbing")
    return {**asdict(made_of), **{f"{part}_percent": made_of.percent(getattr(made_of, part)) for part in parts}}


def as_table(files: Sequence[FileMeasures]) -> Iterator[str]:
    """Lines: each file with its shares and its planes, then all together."""
    for file in files:
        yield f"{file.file}  {_said(file.shares)}"
        for plane in file.planes:
            numbers = (
                plane.nodes,
                f"{plane.width}×{plane.height}",
                plane.crossings,
                plane.through_shapes,
                plane.covered_labels,
                plane.unlabelled_gateways,
                plane.unlabelled_answers,
                plane.long_names,
            )
            told = "  ".join(f"{heading} {number}" for heading, number in zip(_HEADINGS, numbers, strict=True))
            yield f"  {'  ' * plane.depth}{plane.name}({plane.plane})  {told}"
    yield f"合计  {sum(len(file.planes) for file in files)} 张图  {_said(total(files))}"


def _said(made_of: Shares) -> str:
    parts = (
        ("用户任务", made_of.user_tasks),
        ("决策", made_of.decisions),
        ("外部作业", made_of.outside_jobs),
        ("脚本", made_of.script_tasks),
        ("平台服务", made_of.plumbing),
    )
    told = "  ".join(f"{name} {number}({made_of.percent(number)}%)" for name, number in parts)
    mappings = f"映射 {made_of.mappings}(最长 {made_of.longest_mapping} 字符)"
    return f"节点 {made_of.nodes}  {told}  {mappings}  超出规定的条件 {made_of.heavy_conditions}/{made_of.conditions}"
