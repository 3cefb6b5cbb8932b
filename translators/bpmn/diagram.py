"""The diagram interchange of BPMN: shapes, edges and labels as their author drew them."""

from __future__ import annotations

import math

from transition_systems.readwrite.xml_element import XmlElement
from translators.bpmn.reading import Reading
from translators.workflow.layout import Edge, Layout, Shape

__all__ = ["read_layout"]

_KINDS = ("node", "flow", "pool", "message", "role", "data", "process", "refused")
_GAP = 60.0
_FARTHEST = 1e7

_Box = tuple[float, float, float, float]


def read_layout(reading: Reading) -> Layout | None:
    """Read the geometry of all diagrams of the file.

    Further diagrams (of collapsed sub-processes, or of the same elements again) are set below the
    first; an element that is drawn twice is kept where it was drawn first. Shapes without usable
    bounds are left out.

    Returns
    -------
    Layout or None
        ``None`` if nothing is drawn.
    """
    shapes: dict[str, Shape] = {}
    edges: dict[str, Edge] = {}
    floor: float | None = None
    for diagram in reading.root.children:
        if diagram.tag != "BPMNDiagram":
            continue
        new_shapes, new_edges = _read_diagram(reading, diagram)
        new_shapes = [shape for shape in new_shapes if shape.element not in shapes]
        new_edges = [edge for edge in new_edges if edge.element not in edges]
        heights = [y for shape in new_shapes for y in (shape.y, shape.y + shape.height)]
        heights += [y for edge in new_edges for _, y in edge.points]
        if not heights:
            continue
        shift = 0.0 if floor is None else floor + _GAP - min(heights)
        for shape in new_shapes:
            shapes.setdefault(shape.element, _moved_shape(shape, shift))
        for edge in new_edges:
            edges.setdefault(edge.element, _moved_edge(edge, shift))
        floor = max(heights) + shift if floor is None else max(floor, max(heights) + shift)
    if not shapes and not edges:
        return None
    return Layout(shapes=tuple(shapes.values()), edges=tuple(edges.values()))


def _read_diagram(reading: Reading, diagram: XmlElement) -> tuple[list[Shape], list[Edge]]:
    shapes: list[Shape] = []
    edges: list[Edge] = []
    for element in diagram.iter():
        if element.tag not in ("BPMNShape", "BPMNEdge"):
            continue
        identifier = reading.resolve(element.get("bpmnElement"), *_KINDS)
        if identifier is None:
            continue
        label = element.find("BPMNLabel")
        label_box = None if label is None else _bounds(label)
        if element.tag == "BPMNEdge":
            points = [_point(child) for child in element.findall("waypoint")]
            usable = tuple(point for point in points if point is not None)
            if len(usable) >= 2:
                edges.append(Edge(element=identifier, points=usable, label=label_box))
            continue
        box = _bounds(element)
        if box is None:
            reading.repaired(element, identifier, "its shape has no usable bounds; not drawn")
            continue
        shapes.append(
            Shape(
                element=identifier,
                x=box[0],
                y=box[1],
                width=box[2],
                height=box[3],
                horizontal=_flag(element.get("isHorizontal")),
                expanded=_flag(element.get("isExpanded")),
                label=label_box,
            )
        )
    return shapes, edges


def _bounds(element: XmlElement) -> _Box | None:
    bounds = element.find("Bounds")
    if bounds is None:
        return None
    numbers = [_number(bounds.get(name)) for name in ("x", "y", "width", "height")]
    x, y, width, height = numbers
    if x is None or y is None or width is None or height is None or width < 0 or height < 0:
        return None
    return (x, y, width, height)


def _point(element: XmlElement) -> tuple[float, float] | None:
    x, y = _number(element.get("x")), _number(element.get("y"))
    return None if x is None or y is None else (x, y)


def _number(written: str | None) -> float | None:
    """Return a finite number of reasonable size, with a decimal comma as some tools write it."""
    try:
        value = float((written or "").strip().replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= _FARTHEST else None


def _flag(written: str | None) -> bool | None:
    words = {"true": True, "1": True, "false": False, "0": False}
    return words.get((written or "").strip().lower())


def _moved_shape(shape: Shape, by: float) -> Shape:
    if not by:
        return shape
    return Shape(
        element=shape.element,
        x=shape.x,
        y=shape.y + by,
        width=shape.width,
        height=shape.height,
        horizontal=shape.horizontal,
        expanded=shape.expanded,
        label=_moved_box(shape.label, by),
    )


def _moved_edge(edge: Edge, by: float) -> Edge:
    if not by:
        return edge
    return Edge(
        element=edge.element,
        points=tuple((x, y + by) for x, y in edge.points),
        label=_moved_box(edge.label, by),
    )


def _moved_box(box: _Box | None, by: float) -> _Box | None:
    return None if box is None else (box[0], box[1] + by, box[2], box[3])
