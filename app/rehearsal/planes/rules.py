"""The limits of a diagram that people can read, plane by plane: what is over them, as remarks with the elements' names and what to do."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.engine.reading import schema, xml
from app.engine.reading.xml import Node
from app.rehearsal.codes import PlaneCode
from app.rehearsal.planes import geometry, lettering
from app.rehearsal.planes.drawing import CONTAINERS, FLOWS, Drawing, Edge, Plane, Shape, containers

MOST_NODES = 20
WIDEST, HIGHEST = 2_100, 1_000  # pixels
MOST_CROSSINGS = 2
LONGEST_NAME = 12
DEEPEST = 2
FEWEST_IN_A_STAGE = 2
NEAR = 3.0  # pixels by which a line's end may miss a border
MOST_TOLD = 100  # of lines through shapes on a plane, of shapes on one another in a file
# Of a plane that are held against one another, ten times of what may be there: shapes or labels, and points of lines.
MOST_COMPARED = 200
MOST_POINTS = 600
CHOOSING = frozenset({"exclusiveGateway", "inclusiveGateway"})
ACTIVITIES = schema.TASKS | schema.SUBPROCESSES | {"callActivity"}
_SEPARATOR = "__"
_LANE = re.compile(r"lane_[a-z][a-z0-9]*(?:_[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Remark:
    """``code``: for machines; ``message``: where, what is wrong and what to do."""

    element: str
    line: int
    code: PlaneCode
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """One plane with the flows of the whole file by source and by target. ``crossed``: its flows that cross, one pair for each place."""

    plane: Plane
    drawing: Drawing
    leaving: Mapping[str, list[Node]]
    arriving: Mapping[str, list[Node]]
    crossed: Sequence[tuple[Edge, Edge]]

    def called(self, identifier: str) -> str:
        element = self.drawing.elements.get(identifier)
        name = (element.get("name") or "").strip() if element is not None else ""
        return f"“{name}”({identifier})" if name else identifier

    def flow(self, edge: Edge) -> str:
        return f"{self.called(edge.source)} → {self.called(edge.target)} 的连线"

    def remark(self, thing: Shape | Edge | Node, code: PlaneCode, message: str) -> Remark:
        element = thing.element if isinstance(thing, Shape | Edge) else thing
        return Remark(element.get("id", ""), element.sourceline or 0, code, f"“{self.plane.name}”这张图:{message}")


Rule = Callable[[Surveyed], Iterator[Remark]]


def survey(drawing: Drawing) -> Iterator[Surveyed]:
    """The planes of a file, ready for the rules."""
    leaving, arriving = defaultdict(list), defaultdict(list)
    for node in drawing.elements.values():
        if xml.local(node) == "sequenceFlow":
            leaving[node.get("sourceRef", "")].append(node)
            arriving[node.get("targetRef", "")].append(node)
    for plane in drawing.planes:
        edges = [edge for edge in _compared(plane) if edge.kind in FLOWS]
        crossed = [(edges[one], edges[other]) for one, other in geometry.crossings([edge.points for edge in edges])]
        yield Surveyed(plane=plane, drawing=drawing, leaving=leaving, arriving=arriving, crossed=crossed)


def _compared(plane: Plane) -> Iterator[Edge]:
    points = 0
    for edge in plane.edges.values():
        points += len(edge.points)
        if points > MOST_POINTS:
            return
        yield edge


# ---------------------------------------------------------------------- room


def too_many_nodes(on: Surveyed) -> Iterator[Remark]:
    number = len(on.plane.nodes)
    if number > MOST_NODES:
        yield _of_plane(on, PlaneCode.PLANE_NODES, f"有 {number} 个节点(边界事件也算),最多 {MOST_NODES} 个;请把其中一段分成子流程")


def too_large(on: Surveyed) -> Iterator[Remark]:
    box = on.plane.box
    if box.width > WIDEST or box.height > HIGHEST:
        size = f"宽 {box.width:.0f}、高 {box.height:.0f} 像素,最多 {WIDEST}×{HIGHEST}"
        yield _of_plane(on, PlaneCode.PLANE_SIZE, f"{size};请把其中一段分成子流程,或者排得紧些")


def too_deep(on: Surveyed) -> Iterator[Remark]:
    if on.plane.depth > DEEPEST:
        yield _of_plane(on, PlaneCode.PLANE_DEPTH, f"在第 {on.plane.depth} 层子流程里,最多 {DEEPEST} 层;请并入上一层,或者改成被调用的流程")


def _of_plane(on: Surveyed, code: PlaneCode, message: str) -> Remark:
    return Remark(on.plane.id, on.plane.line, code, f"“{on.plane.name}”这张图{message}")


# ---------------------------------------------------------------------- lines


def crossing_lines(on: Surveyed) -> Iterator[Remark]:
    found = on.crossed
    if len(found) > MOST_CROSSINGS:
        one, other = found[0]
        places = f"连线交叉 {len(found)} 处,最多 {MOST_CROSSINGS} 处;如 {on.flow(one)}与 {on.flow(other)}"
        yield _of_plane(on, PlaneCode.PLANE_CROSSINGS, f"{places}。请移动元素或改走线")


def lines_through_shapes(on: Surveyed) -> Iterator[Remark]:
    """A line through something that it neither comes from nor goes to. Around its ends: an expanded sub-process, pools, lanes and groups."""
    things = [shape for shape in on.plane.shapes.values() if shape.kind not in CONTAINERS][:MOST_COMPARED]
    outlines = [shape.outline for shape in things]
    edges = list(_compared(on.plane))
    parts = [(edge, part) for edge in edges for part in pairwise(edge.points)]
    around = {edge.id: _around(edge, on.plane) for edge in edges}
    met: dict[tuple[str, str], tuple[Edge, Shape]] = {}
    boxes = [shape.box for shape in things] + [geometry.around(part) for _, part in parts]
    for one, other in geometry.pairs(boxes):
        first, second = sorted((one, other))
        if len(met) < MOST_TOLD and first < len(things) <= second:
            edge, part = parts[second - len(things)]
            if things[first].id not in around[edge.id] and geometry.meet(part, outlines[first]):
                met[edge.id, things[first].id] = edge, things[first]
    for edge, shape in met.values():
        yield on.remark(edge, PlaneCode.EDGE_THROUGH_SHAPE, f"{on.flow(edge)}穿过{_said(shape)};请绕开")


def _around(edge: Edge, plane: Plane) -> set[str]:
    """The ends of a line, and what they lie in."""
    found = {edge.source, edge.target, edge.element.getparent().get("id", "")}
    for end in (plane.shapes.get(edge.source), plane.shapes.get(edge.target)):
        if end is not None:
            found |= {shape.id for shape in containers(end, plane)}
    return found


def loose_lines(on: Surveyed) -> Iterator[Remark]:
    """A flow begins and ends at a border, and leaves a gateway at one of its corners."""
    for edge in on.plane.edges.values():
        if edge.kind != "sequenceFlow":
            continue
        for place, end, does in ((edge.source, edge.points[0], "起点"), (edge.target, edge.points[-1], "终点")):
            shape = on.plane.shapes.get(place)
            if shape is None:
                continue
            if min(geometry.distance(end, side) for side in geometry.sides(shape.outline)) > NEAR:
                yield on.remark(edge, PlaneCode.EDGE_END, f"{on.flow(edge)}的{does}不在{_said(shape)}的边上;请重新接上")
            elif (
                place == edge.source and shape.kind in schema.GATEWAYS and not any(geometry.near(end, tip, NEAR) for tip in shape.box.tips)
            ):
                yield on.remark(edge, PlaneCode.EDGE_END, f"{on.flow(edge)}不是从网关的角上出去的;请接到角上")


# ---------------------------------------------------------------------- labels


def covered_labels(on: Surveyed) -> Iterator[Remark]:
    """A name beside its element must lie on no line, no shape, no other name and on no border of what is around it."""
    holders = [thing for thing in on.plane.drawn if thing.label is not None][:MOST_COMPARED]
    inks = [thing.label.ink for thing in holders if thing.label is not None]
    drawn = list(_drawn(on))
    told: set[tuple[str, str]] = set()
    for one, other in geometry.pairs([*inks, *(geometry.around(outline) for _, outline in drawn)]):
        first, second = sorted((one, other))
        if first >= len(holders):
            continue
        holder = holders[first]
        if second < len(holders):
            what, outline = f"名称“{holders[second].name}”", inks[second].corners
        else:
            what, outline = drawn[second - len(holders)]
        if (holder.id, what) not in told and geometry.meet(inks[first].corners, outline):
            told.add((holder.id, what))
            yield on.remark(holder, PlaneCode.LABEL_COVERED, f"名称“{holder.name}”({holder.id})压在{what}上;请把名称移开")


def _drawn(on: Surveyed) -> Iterator[tuple[str, geometry.Outline]]:
    """Outlines on which no label may lie, with their names."""
    for shape in list(on.plane.shapes.values())[:MOST_COMPARED]:
        if shape.kind in CONTAINERS or shape.expanded:
            yield from ((f"{_said(shape)}的边框", side) for side in geometry.sides(shape.outline))
        else:
            yield _said(shape), shape.outline
    for edge in _compared(on.plane):
        yield from ((f" {on.flow(edge)}", part) for part in pairwise(edge.points))


def _said(shape: Shape) -> str:
    return f"“{shape.name}”({shape.id})" if shape.name else f" {shape.id} "


# ---------------------------------------------------------------------- words


def gateways(on: Surveyed) -> Iterator[Remark]:
    """A choice carries its question and no ×, what leaves it the answers; what does not choose is not drawn."""
    for shape in on.plane.nodes:
        leaving, arriving = on.leaving.get(shape.id, ()), on.arriving.get(shape.id, ())
        if shape.kind in CHOOSING and len(leaving) > 1 and not shape.name:
            yield on.remark(shape, PlaneCode.QUESTION_MISSING, f"网关 {shape.id} 没有写要判断的问题;请写成名称,如“是否受理？”")
        if shape.marked:
            yield on.remark(shape, PlaneCode.GATEWAY_MARKER, f"网关{_said(shape)}画着 ×;问题和答案已经说明了选择,请去掉(isMarkerVisible)")
        if shape.kind == "exclusiveGateway" and len(arriving) > 1 and len(leaving) == 1:
            yield on.remark(shape, PlaneCode.GATEWAY_MERGES, f"网关{_said(shape)}只用来汇合;请删除它,让各条连线直接进入下一个元素")
        for flow in leaving:
            choice = shape.kind in CHOOSING and len(leaving) > 1
            if (choice or flow.find(xml.BPMN + "conditionExpression") is not None) and not (flow.get("name") or "").strip():
                answer = f"{on.called(shape.id)} → {on.called(flow.get('targetRef', ''))} 的连线没有写答案;请写成名称,如“是”“不受理”"
                yield on.remark(flow, PlaneCode.ANSWER_MISSING, answer)


def long_names(on: Surveyed) -> Iterator[Remark]:
    for shape in on.plane.nodes:
        length = lettering.length_of(shape.name)
        if length > LONGEST_NAME:
            yield on.remark(
                shape, PlaneCode.NAME_LONG, f"名称“{shape.name}”({shape.id})有 {length} 个字,最多 {LONGEST_NAME} 个;请只写动词和宾语"
            )


def ends_to_the_right(on: Surveyed) -> Iterator[Remark]:
    for shape in on.plane.nodes:
        if shape.kind == "endEvent":
            for flow in on.arriving.get(shape.id, ()):
                source = on.plane.shapes.get(flow.get("sourceRef", ""))
                if source is not None and shape.box.middle.x < source.box.middle.x - NEAR:
                    yield on.remark(
                        shape, PlaneCode.END_BACKWARDS, f"结束{_said(shape)}画在它的来源{_said(source)}的左边;请移到右边或正下方"
                    )
                    break


# ---------------------------------------------------------------------- lanes and stages


def lane_ids(on: Surveyed) -> Iterator[Remark]:
    """A lane's id holds the key of the role or group of offices whose it is, in a sub-process with that one's id behind it."""
    for lane in on.plane.lanes:
        owner = next(node for node in lane.element.iterancestors() if xml.local(node) in {"process"} | schema.SUBPROCESSES)
        place = "" if xml.local(owner) == "process" else _SEPARATOR + owner.get("id", "")
        key = lane.id.removesuffix(place)
        if not (lane.id.endswith(place) and _LANE.fullmatch(key)):
            yield on.remark(
                lane, PlaneCode.LANE_ID, f"泳道“{lane.name}”的标识 {lane.id} 应写成 lane_角色{place},角色(或单位组)用小写英文标识"
            )


def outside_lanes(on: Surveyed) -> Iterator[Remark]:
    """Where there are lanes everything that is done lies in one: the one that the file says."""
    references = [(node, lane) for lane in on.plane.lanes for node in lane.element.iterchildren(xml.BPMN + "flowNodeRef")]
    inside = {(node.text or "").strip(): lane for node, lane in references}
    for shape in on.plane.nodes if on.plane.lanes else ():
        if shape.kind not in ACTIVITIES or containers(shape, on.plane):
            continue
        middle, own = shape.box.middle, inside.get(shape.id)
        if own is None or not any(other.box.holds(middle) for other in on.plane.lanes):
            yield on.remark(shape, PlaneCode.LANE_OUTSIDE, f"{_said(shape)}不在任何泳道里;请移到办理单位的泳道里")
        elif not own.box.holds(middle):
            yield on.remark(shape, PlaneCode.LANE_OUTSIDE, f"{_said(shape)}属于泳道“{own.name}”,却画在别处;请移到那条泳道里")


def top_plane(on: Surveyed) -> Iterator[Remark]:
    """Where a process has stages its top plane has nothing else: it reads as the chapter."""
    if on.plane.depth or not any(_is_stage(shape) for shape in on.plane.nodes):
        return
    for lane in on.plane.lanes:
        yield on.remark(lane, PlaneCode.TOP_PLANE, f"最上面的图由各阶段组成,不画泳道;泳道“{lane.name}”({lane.id})请画在阶段里面")
    for shape in on.plane.nodes:
        own = xml.local(shape.element.getparent()) == "process"
        if own and shape.kind in ACTIVITIES - {"callActivity"} and not _is_stage(shape) and not _catches(shape):
            yield on.remark(shape, PlaneCode.TOP_PLANE, f"最上面的图由各阶段组成;{_said(shape)}请移进一个阶段,或自成一个收起的子流程")


def small_stages(on: Surveyed) -> Iterator[Remark]:
    for shape in on.plane.nodes:
        if not _is_stage(shape):
            continue
        kinds = [xml.local(node) for node in shape.element.iterchildren(xml.BPMN + "*")]
        number = sum(kind in ACTIVITIES or kind == "intermediateCatchEvent" for kind in kinds)
        if number < FEWEST_IN_A_STAGE:
            what = f"阶段{_said(shape)}里只有 {number} 个任务、调用或等待,至少要有 {FEWEST_IN_A_STAGE} 个"
            yield on.remark(shape, PlaneCode.STAGE_SMALL, f"{what};请并入相邻的阶段")


def _is_stage(shape: Shape) -> bool:
    return shape.kind in schema.SUBPROCESSES and not shape.expanded and not _catches(shape)


def _catches(shape: Shape) -> bool:
    """An event sub-process: it stands beside the stages."""
    return bool(shape.element.get("triggeredByEvent") == "true")


RULES: tuple[Rule, ...] = (
    too_many_nodes,
    too_large,
    too_deep,
    crossing_lines,
    lines_through_shapes,
    loose_lines,
    covered_labels,
    gateways,
    long_names,
    ends_to_the_right,
    lane_ids,
    outside_lanes,
    top_plane,
    small_stages,
)


def overlaps(plane: Plane) -> Iterator[tuple[Shape, Shape]]:
    """Nodes that stand on one another: neither at the other's edge nor in it."""
    shapes = [shape for shape in plane.nodes if shape.kind != "boundaryEvent"]
    within = {shape.id: {other.id for other in containers(shape, plane)} for shape in shapes}
    for first, second in geometry.pairs([shape.box for shape in shapes]):
        one, other = shapes[first], shapes[second]
        inside = one.id in within[other.id] or other.id in within[one.id]
        if not inside and geometry.meet(one.box.corners, other.box.corners, 0):
            yield one, other
