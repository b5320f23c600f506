"""The drawing of a file: its planes with what bpmn-js shows on each, read from the diagram interchange (BPMN 2.0.2, clause 12).

What lies on a plane follows from the process, not from where the file keeps the shape: a collapsed sub-process has a plane of its own (also where an older tool
left its content on its parent's), an expanded one lies on its parent's. Whatever cannot be shown is a ``Fault``; no drawing raises.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.engine.reading import schema, values, xml
from app.engine.reading.xml import Node
from app.rehearsal.planes import geometry, lettering
from app.rehearsal.planes.geometry import Box, Outline, Point

DC = "{http://www.omg.org/spec/DD/20100524/DC}"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
FARTHEST = 1_000_000.0  # pixels from the origin; what lies beyond is a slip or meant to hurt
CONTAINERS = frozenset({"lane", "participant", "group"})
FLOWS = frozenset({"sequenceFlow", "messageFlow"})
LINES = FLOWS | {"association", "dataInputAssociation", "dataOutputAssociation", "conversationLink"}
_EVENTS = schema.CATCHES | schema.THROWS
_NAMED_BESIDE = _EVENTS | schema.GATEWAYS | FLOWS | {"dataObjectReference", "dataStoreReference", "dataInput", "dataOutput"}
_MUST_BE_SHOWN = schema.NODES | {"sequenceFlow", "lane"}
_LABEL = Box(0, 0, lettering.WIDEST, 20)  # before its text is known
_ABOVE_FLOW = 15


@dataclass(frozen=True, slots=True)
class Fault:
    """What is not shown, or not as the file says."""

    element: str
    line: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A name beside what it names. ``box``: what bpmn-js keeps free for it; ``ink``: what its letters cover."""

    text: str
    box: Box
    ink: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    id: str
    kind: str
    element: Node
    box: Box
    label: Label | None
    expanded: bool
    marked: bool  # an exclusive gateway with its ×

    @property
    def outline(self) -> Outline:
        if self.kind in schema.GATEWAYS:
            return self.box.tips
        return self.box.circle if self.kind in _EVENTS else self.box.corners

    @property
    def name(self) -> str:
        return (self.element.get("name") or "").strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """``points``: at least two."""

    id: str
    kind: str
    element: Node
    points: tuple[Point, ...]
    label: Label | None

    @property
    def source(self) -> str:
        return _end_of(self.element, "sourceRef")

    @property
    def target(self) -> str:
        return _end_of(self.element, "targetRef")

    @property
    def name(self) -> str:
        return (self.element.get("name") or "").strip()


@dataclass(slots=True, kw_only=True)
class Plane:
    """``id``: the process or the sub-process that is drawn here. ``depth``: 0 at the top, one more within each collapsed sub-process."""

    id: str
    name: str
    line: int
    depth: int
    shapes: dict[str, Shape] = field(default_factory=dict)
    edges: dict[str, Edge] = field(default_factory=dict)

    @property
    def nodes(self) -> list[Shape]:
        return [shape for shape in self.shapes.values() if shape.kind in schema.NODES]

    @property
    def lanes(self) -> list[Shape]:
        return [shape for shape in self.shapes.values() if shape.kind == "lane"]

    @property
    def drawn(self) -> "list[Shape | Edge]":
        return [*self.shapes.values(), *self.edges.values()]

    @property
    def box(self) -> Box:
        """What bpmn-js draws: shapes, lines and labels."""
        drawn = self.drawn
        boxes = [thing.box if isinstance(thing, Shape) else geometry.around(thing.points) for thing in drawn]
        boxes += [thing.label.box for thing in drawn if thing.label is not None]
        return geometry.around(corner for box in boxes for corner in box.corners)


@dataclass(frozen=True, slots=True)
class Drawing:
    """``planes``: those with anything on them, the top ones first. ``elements``: everything of the file that has an id."""

    planes: tuple[Plane, ...]
    faults: tuple[Fault, ...]
    elements: Mapping[str, Node]


def read(root: Node) -> Drawing:
    """The drawing of a file whose values are settled."""
    return _Reader(root).read()


class _Reader:
    def __init__(self, root: Node) -> None:
        self.root = root
        self.elements: dict[str, Node] = {}
        for node in root.iter(xml.BPMN + "*"):
            if node.get("id"):
                self.elements.setdefault(node.get("id"), node)
        self.faults: list[Fault] = []
        self.planes: dict[str, Plane] = {}
        self.collapsed: set[str] = set()
        self.shown: set[str] = set()
        self.shared: dict[str, Node] = {}  # process → the collaboration whose plane it shares with others

    def read(self) -> Drawing:
        planes = [
            (plane, self._drawn_on(plane))
            for plane in self.root.iterchildren(xml.DI + "BPMNDiagram")
            for plane in plane.iterchildren(xml.DI + "BPMNPlane")
        ]
        self.collapsed = {
            element.get("id", "") for _, element in planes if element is not None and xml.local(element) in schema.SUBPROCESSES
        }
        for plane, _ in planes:
            for drawn in plane.iterchildren(xml.DI + "BPMNShape"):
                element = self.elements.get(drawn.get("bpmnElement", ""))
                if element is not None and xml.local(element) in schema.SUBPROCESSES and not _is(drawn, "isExpanded"):
                    self.collapsed.add(element.get("id", ""))
        for _, element in planes:
            pools = (
                [pool for pool in element.iterchildren(xml.BPMN + "participant") if pool.get("processRef")] if element is not None else []
            )
            if len(pools) > 1:
                self.shared |= {pool.get("processRef"): element for pool in pools}
        for plane, element in planes:
            if element is None:
                self._fault(plane, "", "有一张图(BPMNPlane)没有写明画的是哪个流程,图上的内容不会显示;请在建模工具中重画")
                continue
            for drawn in plane.iterchildren(xml.DI + "BPMNShape", xml.DI + "BPMNEdge"):
                self._place(drawn, element)
        self._missing()
        found = sorted((plane for plane in self.planes.values() if plane.shapes or plane.edges), key=lambda plane: plane.depth)
        return Drawing(tuple(found), tuple(self.faults), self.elements)

    def _drawn_on(self, plane: Node) -> Node | None:
        element = self.elements.get(plane.get("bpmnElement", ""))
        return element if element is not None and xml.local(element) in {"process", "collaboration"} | schema.SUBPROCESSES else None

    def _fault(self, node: Node, element: str, message: str) -> None:
        self.faults.append(Fault(element, node.sourceline or 0, message))

    def _place(self, drawn: Node, plane: Node) -> None:
        """One shape or edge of a plane that is about ``plane``, onto the plane where it is seen."""
        name = drawn.get("bpmnElement", "")
        element = self.elements.get(name)
        if element is None:
            what = f"画着“{name}”,但流程里没有这个元素" if name else "有一个图形没有写明画的是哪个元素"
            self._fault(drawn, name, f"{what};请删除这个图形")
            return
        is_edge, kind = xml.local(drawn) == "BPMNEdge", xml.local(element)
        if is_edge != (kind in LINES) or kind in ("process", "collaboration"):
            self._fault(drawn, name, f"{name} {'不是连线,不能画成连线' if is_edge else '不能画成图形'},不会显示;请删除它,重新画")
            return
        if name in self.shown:
            self._fault(drawn, name, "图上画了两次,只显示第一个;请删除多余的图形")
            return
        self.shown.add(name)
        home = self._home(element)
        if not self._is_seen(plane, home):
            self._fault(drawn, name, f"画在“{_title(plane)}”的图上,但不属于它,不会显示;请画到它所在的子流程里")
            return
        label = drawn.find(xml.DI + "BPMNLabel")
        if not is_edge:
            box = self._box(drawn, name)
            if box is not None:
                self._plane(home).shapes[name] = self._shape(drawn, element, box, label)
        else:
            points = self._points(drawn, name)
            if points is not None:
                self._plane(home).edges[name] = Edge(
                    id=name,
                    kind=kind,
                    element=element,
                    points=points,
                    label=self._label(element, label, _beside_flow(points)),
                )

    def _shape(self, drawn: Node, element: Node, box: Box, label: Node | None) -> Shape:
        kind = xml.local(element)
        below = Point(box.middle.x, box.bottom + _LABEL.height / 2)
        return Shape(
            id=element.get("id", ""),
            kind=kind,
            element=element,
            box=box,
            label=self._label(element, label, below),
            expanded=kind in schema.SUBPROCESSES and element.get("id", "") not in self.collapsed,
            marked=kind == "exclusiveGateway" and _is(drawn, "isMarkerVisible"),
        )

    def _home(self, element: Node) -> Node:
        """The nearest collapsed sub-process around an element, else its process (the collaboration, where several share a plane)."""
        for around in element.iterancestors():
            if around.get("id", "") in self.collapsed:
                return around
            if xml.local(around) == "process":
                return self.shared.get(around.get("id", ""), around)
        pools = [pool.get("processRef") for pool in element.getparent() if pool.get("processRef")]
        name = element.get("processRef") or (pools[0] if pools else "")
        return self.shared.get(name, self.elements.get(name, self.root))

    def _is_seen(self, plane: Node, home: Node) -> bool:
        """On a collaboration's plane the content of all processes is seen; else what belongs to the plane, or to what lies collapsed on it."""
        return xml.local(plane) == "collaboration" or home is plane or plane in home.iterancestors() or home is self.root

    def _plane(self, home: Node) -> Plane:
        key = home.get("id", "")
        if key not in self.planes:
            inside = [home, *home.iterancestors()]
            depth = sum(node.get("id", "") in self.collapsed for node in inside)
            self.planes[key] = Plane(id=key, name=_title(home), line=home.sourceline or 0, depth=depth)
        return self.planes[key]

    def _missing(self) -> None:
        for top in self.root.iterchildren(xml.BPMN + "process"):
            for node in top.iter(*(xml.BPMN + kind for kind in _MUST_BE_SHOWN)):
                if node.get("id", "") not in self.shown:
                    kind = xml.local(node)
                    what = "这条连线" if kind == "sequenceFlow" else "这条泳道" if kind == "lane" else "这个元素"
                    self._fault(node, node.get("id", ""), f"图上没有画出{what}")

    # ------------------------------------------------------------------ places

    def _box(self, drawn: Node, name: str) -> Box | None:
        bounds = drawn.find(DC + "Bounds")
        if bounds is None:
            self._fault(drawn, name, "图上没有画出这个元素:图形没有位置和大小(Bounds)")
            return None
        box = _bounds(bounds)
        if box is None:
            self._fault(drawn, name, "图上的位置或大小不是数字")
        elif box.width <= 0 or box.height <= 0:
            self._fault(drawn, name, "图上的宽或高不是正数,看不见")
            return None
        return box

    def _points(self, drawn: Node, name: str) -> tuple[Point, ...] | None:
        read = [(_number(point.get("x")), _number(point.get("y"))) for point in drawn.iterchildren(WAYPOINT)]
        points = tuple(Point(x, y) for x, y in read if x is not None and y is not None)
        if len(points) < len(read) or len(points) < 2:
            self._fault(drawn, name, "连线的走向(waypoint)不全:至少要有两个点,都是数字")
            return None
        return points

    def _label(self, element: Node, label: Node | None, middle: Point) -> Label | None:
        """Where bpmn-js puts a name: at the file's place in the file's width, else with its first line around ``middle``."""
        text = (element.get("name") or "").strip()
        if not text or xml.local(element) not in _NAMED_BESIDE:
            return None
        bounds = label.find(DC + "Bounds") if label is not None else None
        place = _bounds(bounds) if bounds is not None else None
        if bounds is not None and place is None:
            self._fault(bounds, element.get("id", ""), "图上名称的位置或大小不是数字")
        if place is not None and place.width > 0:
            letters = lettering.laid_out(text, place.width)
            box = Box(place.left, place.top, place.right, place.top + math.ceil(letters.height))
            return Label(text=text, box=box, ink=_ink(box, letters))
        letters = lettering.laid_out(text, lettering.WIDEST)
        left, top = round(middle.x - letters.width / 2), round(middle.y - _LABEL.height / 2)
        box = Box(left, top, left + math.ceil(letters.width), top + math.ceil(letters.height))
        return Label(text=text, box=box, ink=_ink(box, letters))


def _ink(box: Box, letters: lettering.Lettering) -> Box:
    """Centred in the box's width, from its top."""
    left = box.left + max((box.width - letters.width) / 2, 0)
    return Box(left, box.top, left + letters.width, box.top + letters.height)


def _beside_flow(points: tuple[Point, ...]) -> Point:
    """Above the middle of a flow's middle part, or right of it where that stands upright."""
    half = len(points) / 2 - 1
    first, second = points[math.floor(half)], points[math.ceil(half + 0.01)]
    middle = Point((first.x + second.x) / 2, (first.y + second.y) / 2)
    return Point(middle.x + _ABOVE_FLOW, middle.y) if first.x == second.x else Point(middle.x, middle.y - _ABOVE_FLOW)


def _bounds(bounds: Node) -> Box | None:
    """In whole pixels, as bpmn-js takes them; None if something is no number."""
    x, y, width, height = (_number(bounds.get(key)) for key in ("x", "y", "width", "height"))
    if x is None or y is None or width is None or height is None:
        return None
    return Box(round(x), round(y), round(x) + round(width), round(y) + round(height))


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if abs(number) <= FARTHEST else None  # which no NaN is


def _is(drawn: Node, name: str) -> bool:
    return values.boolean(drawn.get(name, "false")) is True


def _end_of(element: Node, name: str) -> str:
    """An association of data says its ends in children."""
    child = element.find(xml.BPMN + name)
    return (element.get(name) or (child.text if child is not None else "") or "").strip()


def _title(node: Node) -> str:
    return (node.get("name") or "").strip() or node.get("id", "") or "(无名)"


def containers(shape: Shape, plane: Plane) -> list[Shape]:
    """The expanded sub-processes of a plane around a shape."""
    around = (plane.shapes.get(node.get("id", "")) for node in shape.element.iterancestors())
    return [other for other in around if other is not None and other.expanded]
