"""Workflow graphs as SVG: by the diagram's own layout where it has one, else by a computed one."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Collection, Mapping
from html import escape

from transition_systems.draw import LAYOUT_SECONDS, layout_dot, text_svg
from transition_systems.readwrite.graphviz_text import graphviz_string
from translators.workflow.graph import NodeKind, WorkflowGraph
from translators.workflow.layout import Edge, Layout, Shape
from translators.workflow.shapes import (
    NAME_WIDTH,
    arrow,
    box,
    diamond,
    label_size,
    pool,
    round_event,
    style_sheet,
    tokens,
)

__all__ = ["computed_layout", "workflow_svg"]

MAX_LISTED = 40
MARGIN = 20.0
LINE = 17.0
SIZES = {
    NodeKind.ACTIVITY: (110.0, 64.0),
    NodeKind.EVENT: (36.0, 36.0),
    NodeKind.GATEWAY: (50.0, 50.0),
}
POINTS_PER_INCH = 72.0


def workflow_svg(
    graph: WorkflowGraph,
    *,
    path: Collection[str] = (),
    marked: Mapping[str, int] | None = None,
    blamed: Collection[str] = (),
    caption: str | None = None,
) -> str:
    """Return a workflow as SVG, with a counterexample on it.

    Parameters
    ----------
    graph
        The workflow.
    path
        Ids of nodes and flows that the witness passes; drawn in colour.
    marked
        Tokens in the last state of the witness, by element id; drawn as dots with numbers.
    blamed
        Ids of elements where the fault shows; drawn in red.
    caption
        A sentence below the picture.

    Returns
    -------
    str
        A self-contained SVG image; text as an image where no layout could be computed in time.
    """
    layout = graph.layout if graph.layout is not None and graph.layout.shapes else None
    note = caption
    if layout is None:
        layout = computed_layout(graph)
        if layout is None:
            names = [f"{node.kind} {node.title}" for node in graph.nodes[:MAX_LISTED]]
            left = len(graph.nodes) - len(names)
            names += [f"and {left:,} more"] if left else []
            return text_svg(["no layout could be computed for", *names, *([note] if note else [])])
    return _Canvas(graph, layout, set(path), dict(marked or {}), set(blamed)).svg(note)


class _Canvas:
    """One picture under construction."""

    def __init__(
        self,
        graph: WorkflowGraph,
        layout: Layout,
        path: set[str],
        marked: dict[str, int],
        blamed: set[str],
    ) -> None:
        self.graph, self.layout = graph, layout
        self.path, self.marked, self.blamed = path, marked, blamed
        self.parts: list[str] = []

    def svg(self, note: str | None) -> str:
        nodes = {node.id: node for node in self.graph.nodes}
        below = {n.id for n in nodes.values() if n.name and n.kind is not NodeKind.ACTIVITY}
        left, top, right, bottom = _bounds(self.layout, below)
        pools = {p.id: p.title for p in self.graph.pools}
        lanes = {role.id: role.name or "" for role in self.graph.roles}
        flows = {flow.id: flow for flow in self.graph.flows}
        messages = {message.id: message for message in self.graph.messages}
        for shape in self.layout.shapes:
            if shape.element in pools or shape.element in lanes:
                name = pools.get(shape.element, lanes.get(shape.element, ""))
                self.parts.append(pool(shape, name, lane=shape.element in lanes))
        bodies = [n for n in self.graph.nodes if n.body is not None]
        inner = {n.id for n in bodies}
        for shape in self.layout.shapes:
            if shape.element in inner and shape.expanded is not False:
                self.parts.append(box(shape, nodes[shape.element], self.look(shape.element)))
        for edge in self.layout.edges:
            if edge.element in flows:
                flow = flows[edge.element]
                self.parts.append(arrow(edge, flow.name or "", self.look(flow.id), kind="flow"))
            elif edge.element in messages:
                message = messages[edge.element]
                self.parts.append(
                    arrow(edge, message.name or "", self.look(message.id), kind="message")
                )
            else:
                self.parts.append(arrow(edge, "", "faint", kind="association"))
        for shape in self.layout.shapes:
            node = nodes.get(shape.element)
            if node is None or (node.id in inner and shape.expanded is not False):
                continue
            look = self.look(node.id)
            if node.kind is NodeKind.ACTIVITY:
                self.parts.append(box(shape, node, look))
            elif node.kind is NodeKind.EVENT:
                self.parts.append(round_event(shape, node, look))
            else:
                self.parts.append(diamond(shape, node, look))
        self._tokens()
        width, height = max(right - left + 2 * MARGIN, 420.0), bottom - top + 2 * MARGIN
        lines = textwrap.wrap(note or "", max(40, int((width - 20) / 6.3)))
        caption = "".join(
            f'<text class="caption" x="{left - MARGIN + 10:.0f}" '
            f'y="{bottom + MARGIN + 12 + LINE * i:.0f}">{escape(line)}</text>'
            for i, line in enumerate(lines)
        )
        height += LINE * len(lines) + (10 if lines else 0)
        view = f"{left - MARGIN:.1f} {top - MARGIN:.1f} {width:.1f} {height:.1f}"
        paper = (
            f'<rect x="{left - MARGIN:.1f}" y="{top - MARGIN:.1f}" width="{width:.1f}" '
            f'height="{height:.1f}" fill="#fff"/>'
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}" width="{width:.0f}" '
            f'height="{height:.0f}" style="max-width:100%;height:auto" role="img" '
            f'aria-label="{escape(self.graph.name or self.graph.id, quote=True)}">'
            f"{style_sheet()}{paper}{''.join(self.parts)}{caption}</svg>"
        )

    def look(self, element: str) -> str:
        if element in self.blamed:
            return "blamed"
        return "passed" if element in self.path else "plain"

    def _tokens(self) -> None:
        for element, count in self.marked.items():
            shape, edge = self.layout.shape(element), self.layout.edge(element)
            if shape is not None:
                self.parts.append(tokens(shape.x + shape.width - 4, shape.y + 4, count))
            elif edge is not None and edge.points:
                x, y = _middle(edge)
                self.parts.append(tokens(x, y, count))


def _bounds(layout: Layout, named: Collection[str]) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom; of these nodes the names stand below the shapes."""
    xs = [x for s in layout.shapes for x in (s.x, s.x + s.width)]
    ys = [y for s in layout.shapes for y in (s.y, s.y + s.height + 16)]
    xs += [x for e in layout.edges for x, _ in e.points]
    ys += [y for e in layout.edges for _, y in e.points]
    for s in layout.shapes:
        if s.label is None and s.element in named:
            xs += [s.x + (s.width - NAME_WIDTH) / 2, s.x + (s.width + NAME_WIDTH) / 2]
    labels = [s.label for s in layout.shapes] + [e.label for e in layout.edges]
    for label in labels:
        if label is not None:
            xs += [label[0], label[0] + label[2]]
            ys += [label[1], label[1] + label[3]]
    return min(xs), min(ys), max(xs), max(ys)


def _middle(edge: Edge) -> tuple[float, float]:
    """Return the point halfway along an edge."""
    lengths = [
        ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
        for (x1, y1), (x2, y2) in zip(edge.points, edge.points[1:], strict=False)
    ]
    left = sum(lengths) / 2
    for ((x1, y1), (x2, y2)), length in zip(
        zip(edge.points, edge.points[1:], strict=False), lengths, strict=True
    ):
        if left <= length and length:
            share = left / length
            return x1 + (x2 - x1) * share, y1 + (y2 - y1) * share
        left -= length
    return edge.points[0]


def computed_layout(graph: WorkflowGraph, *, seconds: float = LAYOUT_SECONDS) -> Layout | None:
    """Return a left-to-right layout by Graphviz, or ``None`` where there is none in time.

    Scopes of sub-processes become boxes around their content.
    """
    answer = layout_dot(_dot(graph), "json", seconds=seconds)
    if answer is None:
        return None
    data = json.loads(answer)
    top = float(data["bb"].split(",")[3])
    shapes: list[Shape] = []
    edges: list[Edge] = []
    numbers = {f"n{i}": node for i, node in enumerate(graph.nodes)}
    flows = [*(f.id for f in graph.flows), *(m.id for m in graph.messages)]
    names = _flow_names(graph)
    for item in data.get("objects", []):
        node = numbers.get(item["name"].removeprefix("cluster_"))
        if node is None:
            continue
        if item["name"].startswith("cluster_"):
            x1, y1, x2, y2 = (float(v) for v in item["bb"].split(","))
            shapes.insert(
                0,
                Shape(
                    element=node.id, x=x1, y=top - y2, width=x2 - x1, height=y2 - y1, expanded=True
                ),
            )
        elif "pos" in item and (node.body is None or not _has_content(graph, node.body)):
            x, y = (float(v) for v in item["pos"].split(","))
            width, height = SIZES[node.kind]
            shapes.append(
                Shape(element=node.id, x=x - width / 2, y=top - y - height / 2,
                      width=width, height=height)
            )  # fmt: skip
    for item in data.get("edges", []):
        points = _points(item.get("pos", ""), top)
        if points and "id" in item:
            label: tuple[float, float, float, float] | None = None
            if "lp" in item:
                x, y = (float(v) for v in item["lp"].split(","))
                width, height = label_size(names[int(item["id"])])
                label = (x - width / 2, top - y - height / 2, width, height)
            edges.append(Edge(element=flows[int(item["id"])], points=points, label=label))
    return Layout(shapes=tuple(shapes), edges=tuple(edges)) if shapes else None


def _flow_names(graph: WorkflowGraph) -> list[str]:
    return [item.name or "" for items in (graph.flows, graph.messages) for item in items]


def _has_content(graph: WorkflowGraph, scope: str) -> bool:
    return any(node.scope == scope for node in graph.nodes)


def _points(text: str, top: float) -> tuple[tuple[float, float], ...]:
    points: list[tuple[float, float]] = []
    end: tuple[float, float] | None = None
    for part in text.split():
        marks = part.split(",")
        if marks[0] in ("e", "s"):
            point = (float(marks[1]), top - float(marks[2]))
            if marks[0] == "e":
                end = point
            else:
                points.insert(0, point)
        else:
            points.append((float(marks[0]), top - float(marks[1])))
    if end is not None:
        points.append(end)
    return tuple(points)


def _dot(graph: WorkflowGraph) -> str:
    """Return the graph for layout: numbers for names, so that nothing needs to be escaped."""
    number = {node.id: i for i, node in enumerate(graph.nodes)}
    lines = [
        "digraph w {",
        "rankdir=LR; compound=true; nodesep=0.5; ranksep=0.6; splines=polyline;",
    ]
    shape = {NodeKind.ACTIVITY: "box", NodeKind.EVENT: "circle", NodeKind.GATEWAY: "diamond"}
    first: dict[str, int] = {}
    for node in graph.nodes:
        first.setdefault(node.scope, number[node.id])

    def leaf(i: int) -> str:
        node = graph.nodes[i]
        width, height = SIZES[node.kind]
        size = f"width={width / POINTS_PER_INCH:.3f}, height={height / POINTS_PER_INCH:.3f}"
        return f'n{i} [shape={shape[node.kind]}, {size}, fixedsize=true, label=""];'

    pending: list[tuple[str, str]] = [("open", s.id) for s in graph.scopes if s.parent is None]
    while pending:
        action, scope = pending.pop()
        if action == "close":
            lines.append("}")
            continue
        for node in graph.nodes:
            if node.scope != scope:
                continue
            i = number[node.id]
            if node.body is not None and _has_content(graph, node.body):
                pending += [("close", node.body), ("open", node.body), ("head", str(i))]
            else:
                lines.append(leaf(i))
        while pending and pending[-1][0] == "head":
            i = int(pending.pop()[1])
            lines.append(f"subgraph cluster_n{i} {{ margin=18; label={graphviz_string(' ')};")
    pairs = [(f.source, f.target) for f in graph.flows]
    pairs += [(m.source, m.target) for m in graph.messages]
    names = _flow_names(graph)
    for i, pair in enumerate(pairs):
        if not all(end in number for end in pair):
            continue
        ends: list[str] = []
        for end in pair:
            node = graph.nodes[number[end]]
            inner = node.body is not None and _has_content(graph, node.body)
            ends.append(f"n{first[node.body or '']}" if inner else f"n{number[end]}")
        lines.append(f'{ends[0]} -> {ends[1]} [id="{i}"{_room(names[i])}];')
    return "\n".join([*lines, "}"])


def _room(name: str) -> str:
    """Return the attribute that keeps room for a name beside its flow; nothing without one."""
    if not name.strip():
        return ""
    width, height = label_size(name)
    cell = '<TR><TD FIXEDSIZE="TRUE" WIDTH="1" HEIGHT="1"></TD></TR>'
    size = f'FIXEDSIZE="TRUE" WIDTH="{width:.0f}" HEIGHT="{height:.0f}"'
    return f', label=<<TABLE BORDER="0" {size}>{cell}</TABLE>>'
