"""Drawn diagrams for tests: pieces of BPMN with their shapes and lines. A node's kind says its size, so that a place is enough."""

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import quoteattr

from tests.unit.engine import diagrams as d

NAMES = (
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
    ' xmlns:di="http://www.omg.org/spec/DD/20100524/DI"'
)
EVENT, GATEWAY, TASK = (36, 36), (50, 50), (100, 80)
Place = tuple[object, ...]  # x, y, width, height


def shape(of: str, x: object, y: object, size: tuple[object, object] = TASK, label: Place | None = None, **attributes: str) -> str:
    """``attributes``: isExpanded, isMarkerVisible."""
    extra = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f'<bpmndi:BPMNShape bpmnElement="{of}"{extra}>{bounds((x, y, *size))}{_label(label)}</bpmndi:BPMNShape>'


def edge(of: str, *points: tuple[object, object], label: Place | None = None) -> str:
    way = "".join(f'<di:waypoint x="{x}" y="{y}"/>' for x, y in points)
    return f'<bpmndi:BPMNEdge bpmnElement="{of}">{way}{_label(label)}</bpmndi:BPMNEdge>'


def bounds(place: Sequence[object]) -> str:
    x, y, width, height = place
    return f'<dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}"/>'


def _label(place: Place | None) -> str:
    return f"<bpmndi:BPMNLabel>{bounds(place)}</bpmndi:BPMNLabel>" if place is not None else ""


def plane(of: str, *drawn: str) -> str:
    return f'<bpmndi:BPMNDiagram {NAMES}><bpmndi:BPMNPlane bpmnElement="{of}">{"".join(drawn)}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'


def lanes(of: Mapping[str, Sequence[str]], *, id: str = "lanes") -> str:
    """Lane id → the nodes in it."""
    inner = "".join(
        f'<bpmn:lane id="{lane}" name="{lane}">{"".join(f"<bpmn:flowNodeRef>{node}</bpmn:flowNodeRef>" for node in nodes)}</bpmn:lane>'
        for lane, nodes in of.items()
    )
    return f'<bpmn:laneSet id="{id}">{inner}</bpmn:laneSet>'


def named(tag: str, id: str, name: str, inner: str = "") -> str:
    return d.node(tag, id, inner, name=name)


def flow(source: str, target: str, name: str = "", condition: str | None = None) -> str:
    """Its id is ``source_target``."""
    text = d.flow(source, target, condition, id=f"{source}_{target}")
    return text.replace("<bpmn:sequenceFlow ", f"<bpmn:sequenceFlow name={quoteattr(name)} ") if name else text
