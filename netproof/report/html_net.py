"""A Petri net drawn for the HTML report: circles, boxes and arrows that can be addressed."""

from __future__ import annotations

import json
import textwrap
from html import escape

from netproof.report.html_drawing import POINTS_PER_INCH, framed, written_lines
from petri import PetriNet
from petri.draw import MAX_DRAWN, neighbourhood
from transition_systems.draw import LAYOUT_SECONDS, layout_dot
from translators.workflow.layout import Edge
from translators.workflow.shapes import arrow

__all__ = ["net_drawing"]

MARGIN = 24.0
PLACE = 34.0
WIDTH, HEIGHT = 96.0, 40.0


def net_drawing(
    net: PetriNet, centre: set[str], *, seconds: float = LAYOUT_SECONDS
) -> tuple[str, str] | None:
    """Return a net as SVG in which each node carries its id, and a remark on what is left out.

    Parameters
    ----------
    net
        The net; of a large one only the part around ``centre`` is drawn.
    centre
        Ids of the nodes that matter.
    seconds
        Wall time for the layout.

    Returns
    -------
    (str, str) or None
        ``None`` where no layout could be computed in time.
    """
    total = len(net.places) + len(net.transitions)
    known = {*net.place_ids, *net.transition_ids}
    shown = net if total <= MAX_DRAWN else neighbourhood(net, centre & known)
    places = set(shown.place_ids)
    nodes = [*shown.place_ids, *shown.transition_ids]
    if not nodes:
        return None
    answer = layout_dot(_dot(shown, nodes), "json", seconds=seconds)
    if answer is None:
        return None
    data = json.loads(answer)
    right, top = (float(v) for v in data["bb"].split(",")[2:])
    parts: list[str] = []
    for item in data.get("edges", []):
        points = _points(item.get("pos", ""), top)
        if points and "id" in item:
            arc = shown.arcs[int(item["id"])]
            name = str(arc.weight) if arc.weight > 1 else ""
            edge = Edge(element=f"arc {item['id']}", points=points)
            parts.append(arrow(edge, name, "plain", kind="flow"))
    titles = {place.id: place.name or place.id for place in shown.places}
    titles |= {item.id: item.name or item.label or item.id for item in shown.transitions}
    for item in data.get("objects", []):
        if "pos" in item and item["name"].startswith("n"):
            x, y = (float(v) for v in item["pos"].split(","))
            id = nodes[int(item["name"][1:])]
            parts.append(_node(id, titles[id], x, top - y, round_one=id in places))
    width, height = right + 2 * MARGIN, top + 2 * MARGIN + 14
    note = "" if shown is net else f"{len(nodes)} of {total} nodes are drawn: those around the run."
    return framed(parts, width, height, MARGIN, net.name or "net"), note


def _node(id: str, title: str, x: float, y: float, *, round_one: bool) -> str:
    lines = textwrap.wrap(" ".join(title.split()), 16)[:2] or [id]
    if round_one:
        body = f'<circle class="plain" cx="{x:.1f}" cy="{y:.1f}" r="{PLACE / 2}"/>'
        name = lines[0] + ("…" if len(lines) > 1 else "")
        text = written_lines([name], x, y + PLACE / 2 + 12, below=True)
    else:
        body = (
            f'<rect class="plain" x="{x - WIDTH / 2:.1f}" y="{y - HEIGHT / 2:.1f}" '
            f'width="{WIDTH}" height="{HEIGHT}"/>'
        )
        text = written_lines(lines, x, y)
    at = f' data-at="{x:.1f} {y:.1f}"' if round_one else ""  # a token of a place is in its middle
    return (
        f'<g data-element="{escape(id, quote=True)}"{at}><title>{escape(title)}</title>'
        f"{body}{text}</g>"
    )


def _dot(net: PetriNet, nodes: list[str]) -> str:
    """Return the net for layout: numbers for names, so that nothing needs to be escaped."""
    number = {id: i for i, id in enumerate(nodes)}
    places = set(net.place_ids)
    lines = ["digraph n {", "rankdir=LR; nodesep=0.45; ranksep=0.5; splines=polyline;"]
    for id, i in number.items():
        width, height = (PLACE, PLACE) if id in places else (WIDTH, HEIGHT)
        size = f"width={width / POINTS_PER_INCH:.3f}, height={height / POINTS_PER_INCH:.3f}"
        shape = "circle" if id in places else "box"
        lines.append(f'n{i} [shape={shape}, {size}, fixedsize=true, label=""];')
    for i, arc in enumerate(net.arcs):
        lines.append(f'n{number[arc.source]} -> n{number[arc.target]} [id="{i}"];')
    return "\n".join([*lines, "}"])


def _points(text: str, top: float) -> tuple[tuple[float, float], ...]:
    points: list[tuple[float, float]] = []
    end: list[tuple[float, float]] = []
    for part in text.split():
        x, y = (float(value) for value in part.split(",")[-2:])
        (end if part.startswith("e") else points).append((x, top - y))
    return (*points, *end)
