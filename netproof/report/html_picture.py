"""The picture of a model in the HTML report: its own drawing, made fit for a page and a player.

Styles become classes (the page forbids inline styles), colours come from the page, ids are made
unique, and each element tells where a token on it belongs. Without scripts the picture shows the
last state of the first view.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

from netproof.loading import Model, load
from netproof.report.html_lts import lts_drawing
from netproof.report.html_markup import attribute, without_direction
from netproof.report.html_net import net_drawing
from netproof.report.html_views import View
from netproof.report.model import ModelReport
from netproof.report.outline import Outline, outline_of
from netproof.report.text import plain
from transition_systems.errors import NetproofError
from translators.named_system import NamedSystem
from translators.workflow.draw import computed_layout, workflow_svg
from translators.workflow.graph import WorkflowGraph

__all__ = ["Drawing", "blamed_nodes", "drawing_of", "page_picture", "prepared"]

NAMESPACE = ' xmlns="http://www.w3.org/2000/svg"'
LOOKS = {"plain", "passed", "blamed"}
MIN_CONTAINER = 12_000.0
WIDTHS = (700, 1200, 2000, 3500)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A picture as HTML, and a remark on what it leaves out.

    ``stand_ins`` tells for elements that are not drawn which drawn activity they are inside of.
    """

    svg: str
    note: str
    stand_ins: Mapping[str, str]


def drawing_of(
    report: ModelReport, views: list[View], outline: Outline, number: int, *, seconds: float
) -> Drawing | None:
    """Return the picture of a model, ``None`` where it cannot be drawn.

    Parameters
    ----------
    report
        The report on one file; where the model was left in another process it is read anew.
    views
        What can be shown; the first one is shown without scripts.
    outline
        The elements.
    number
        The number of the file on its page, for unique ids.
    seconds
        Wall time for a layout, where the file has none.

    Returns
    -------
    Drawing or None
    """
    model = _model(report, outline)
    if model is None:
        return None
    centre = {id for view in views for id in (*view.passed(outline), *view.blamed)}
    drawn = page_picture(model, centre, number, seconds=seconds)
    if drawn is None:
        return None
    root, note, inside = drawn
    if model.graph is not None:
        for view in views:
            view.blamed = blamed_nodes(view, outline, model.graph)
    if views:
        _show_end(root, views[0], outline, inside)
    return Drawing(svg=tostring(root, encoding="unicode"), note=note, stand_ins=inside)


def page_picture(
    model: Model, centre: set[str], number: int, *, seconds: float
) -> tuple[Element, str, Mapping[str, str]] | None:
    """Return a model as a picture for a page: its root, a remark, and who stands for whom.

    Parameters
    ----------
    model
        The model.
    centre
        Of a large net, the ids around which it is drawn.
    number
        For unique ids.
    seconds
        Wall time for a layout, where the file has none.

    Returns
    -------
    (Element, str, dict) or None
        ``None`` where no layout could be computed in time.
    """
    note = ""
    if model.system is not None:
        return _system_picture(model.system, centre, number, seconds=seconds)
    if model.graph is None:
        assert model.net is not None
        drawn = net_drawing(model.net, centre, seconds=seconds)
        return None if drawn is None else (prepared(drawn[0], number), drawn[1], {})
    graph = model.graph
    if graph.layout is None or not graph.layout.shapes:
        layout = computed_layout(graph, seconds=seconds)
        if layout is None:
            return None
        graph = replace(graph, layout=layout)
        note = "The file has no layout of its own; this one is computed."
    root = prepared(workflow_svg(graph), number)
    ids = {group.get("data-element", "") for group in root.findall("g[@data-element]")}
    return root, note, _stand_ins(graph, ids)


def _system_picture(
    system: NamedSystem, centre: set[str], number: int, *, seconds: float
) -> tuple[Element, str, Mapping[str, str]] | None:
    """Return a transition system as a picture: its states have their names for ids."""
    near = {state for name in centre if (state := system.state_named(name)) is not None}
    name = system.state_name
    drawn = lts_drawing(
        system.lts, name, near, title=system.name or "system", seconds=seconds, id=name
    )
    return None if drawn is None else (prepared(drawn[0], number), drawn[1], {})


def _stand_ins(graph: WorkflowGraph, drawn: set[str]) -> dict[str, str]:
    nodes = {node.id: node for node in graph.nodes}
    owners = {scope.id: scope.owner for scope in graph.scopes}
    found: dict[str, str] = {}
    scopes = {node.id: node.scope for node in graph.nodes}
    scopes |= {flow.id: flow.scope for flow in graph.flows}
    for id, scope in scopes.items():
        owner = owners.get(scope)
        seen: set[str] = set()
        while owner is not None and attribute(owner) not in drawn and owner not in seen:
            seen.add(owner)
            owner = owners.get(nodes[owner].scope) if owner in nodes else None
        if owner is not None and attribute(owner) in drawn and attribute(id) not in drawn:
            found[id] = owner
    return found


def _model(report: ModelReport, outline: Outline) -> Model | None:
    if isinstance(report.model, Model):
        return report.model
    if report.error is not None or not outline.elements:
        return None
    try:
        model = load(report.source, format=report.format)
    except (NetproofError, OSError):
        return None
    return model if set(outline_of(model).elements) == set(outline.elements) else None


def blamed_nodes(view: View, outline: Outline, graph: WorkflowGraph) -> list[str]:
    """Return the nodes to point at: where tokens wait, the node that they wait for.

    Parameters
    ----------
    view
        With the elements that its verdict is about.
    outline
        The elements and flows.
    graph
        The workflow; an activity that waits for what is inside it is not to blame.

    Returns
    -------
    list of str
    """
    last: Any = {} if view.run is None else view.run.last
    counts: Mapping[str, int] = last if isinstance(last, Mapping) else {}
    twice = [id for id in view.blamed if counts.get(id, 0) > 1]
    if twice:
        return twice
    known = {node.id for node in graph.nodes}
    nodes = [outline.links[id].target if id in outline.links else id for id in view.blamed]
    scopes = {scope.id: scope.owner for scope in graph.scopes}
    found = [id for id in dict.fromkeys(nodes) if id in known]
    busy = {scopes.get(node.scope) for node in graph.nodes if node.id in found}
    return [id for id in found if id not in busy] or found


def prepared(text: str, number: int) -> Element:
    """Return the picture without inline styles, colours of its own and ids of others."""
    # written by this program, with names escaped
    root = fromstring(plain(text, marks=True).replace(NAMESPACE, "", 1))  # noqa: S314 - ours
    for style in root.findall("style"):
        root.remove(style)
    for paper in root.findall("rect"):
        if paper.get("fill") == "#fff":
            root.remove(paper)
    root.attrib.pop("style", None)
    root.attrib.pop("fill", None)
    width = float(root.get("width", "0"))
    root.set("class", f"diagram w{sum(width > limit for limit in WIDTHS)}")
    root.set("aria-label", without_direction(root.get("aria-label", ""))[:200])
    for item in root.iter():
        _classes(item, number)
        if item.text is not None:
            item.text = without_direction(item.text)
    for group in root.findall("g[@data-element]"):
        _geometry(group)
    _containers_behind(root)
    return root


def _containers_behind(root: Element) -> None:
    """Move shapes that have others inside behind everything, so that they hide nothing."""
    boxes = [
        (group, [float(value) for value in group.get("data-box", "").split()])
        for group in root.findall("g[@data-box]")
    ]
    centres = sorted((x + w / 2, y + h / 2) for _, (x, y, w, h) in boxes)
    found: list[tuple[float, Element]] = []
    for group, (x, y, w, h) in boxes:
        start = bisect_left(centres, (x, y))
        end = bisect_right(centres, (x + w, y + h))
        inside = sum(y < centre < y + h for _, centre in centres[start:end])
        if w * h > MIN_CONTAINER and inside > 1:  # its own centre is one of them
            found.append((w * h, group))
            lines = [text for text in group.findall("text") if text.get("class") != "small"]
            rise = float(lines[0].get("y", "0")) - y - 18 if lines else 0.0
            for text in lines:
                text.set("y", f"{float(text.get('y', '0')) - max(0.0, rise):.1f}")
    if not found:
        return
    at = list(root).index(root.findall("g[@data-element]")[0])
    for _, group in sorted(found, key=lambda item: item[0]):
        position = list(root).index(group)
        root.remove(group)
        at -= position < at
        root.insert(at, group)


def _classes(item: Element, number: int) -> None:
    names = item.get("class", "").split()
    if any(name in LOOKS for name in names):
        names = [*(name for name in names if name not in LOOKS), "shape"]
    style = item.attrib.pop("style", None)
    if style is not None:
        names.append("s" + style.removeprefix("stroke-width:").replace(".", "-"))
    if item.tag == "marker":
        names.append(item.get("id", ""))
        item.set("id", f"{item.get('id')}-{number}")
        for path in item.iter("path"):
            for colour in ("fill", "stroke"):
                path.attrib.pop(colour, None)
    end = item.get("marker-end")
    if end is not None:
        item.set("marker-end", f"{end[:-1]}-{number})")
    if names:
        item.set("class", " ".join(names))


def _geometry(group: Element) -> None:
    """Note on a group where its shape stands, or where a token on its line belongs."""
    for item in group:
        values = [float(v) for v in _NUMBER.findall(item.get("points") or item.get("d") or "")]
        pairs = list(zip(values[::2], values[1::2], strict=False))
        if item.tag == "polyline" and pairs:
            x, y = _middle(pairs)
            group.set("data-at", f"{x:.1f} {y:.1f}")
            return
        if item.tag == "rect":
            box = [float(item.get(name, "0")) for name in ("x", "y", "width", "height")]
        elif item.tag == "circle":
            x, y, r = (float(item.get(name, "0")) for name in ("cx", "cy", "r"))
            box = [x - r, y - r, 2 * r, 2 * r]
        elif item.tag == "path" and len(pairs) == 4:
            xs, ys = [x for x, _ in pairs], [y for _, y in pairs]
            box = [min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)]
        else:
            continue
        group.set("data-box", " ".join(f"{value:.1f}" for value in box))
        return


def _middle(points: list[tuple[float, float]]) -> tuple[float, float]:
    pieces = list(pairwise(points))
    lengths = [((a - c) ** 2 + (b - d) ** 2) ** 0.5 for (a, b), (c, d) in pieces]
    left = sum(lengths) / 2
    for ((a, b), (c, d)), length in zip(pieces, lengths, strict=True):
        if length and left <= length:
            share = left / length
            return a + (c - a) * share, b + (d - b) * share
        left -= length
    return points[0]


def _show_end(root: Element, view: View, outline: Outline, inside: Mapping[str, str]) -> None:
    """Put the last state of a view on the picture, as the player does."""
    groups: dict[str, Element] = {}
    for group in root.findall("g[@data-element]"):
        groups.setdefault(group.get("data-element", ""), group)
    passed = {attribute(id) for id in view.passed(outline)}
    blamed = {attribute(id) for id in view.blamed}
    for group in root.findall("g[@data-element]"):
        id = group.get("data-element", "")
        if id in blamed:
            group.set("class", "blamed")
        elif id in passed:
            group.set("class", "passed")
    layer = SubElement(root, "g", {"class": "layer", "aria-hidden": "true"})
    if view.run is None:
        return
    actor = outline.owner(view.run.steps[-1].action) if view.run.steps else ""
    acting = groups.get(attribute(inside.get(actor, actor)))
    if acting is not None and acting.get("data-box"):
        x, y, width, height = (float(v) for v in acting.get("data-box", "").split())
        attributes = {"x": x - 6, "y": y - 6, "width": width + 12, "height": height + 12, "rx": 10}
        ring = {name: f"{value:.1f}" for name, value in attributes.items()}
        SubElement(layer, "rect", {"class": "ring", **ring})
    state = view.run.last if isinstance(view.run.last, Mapping) else {}
    totals: dict[str, int] = {}
    for id, count in state.items():
        place = attribute(inside.get(id, id))
        totals[place] = totals.get(place, 0) + int(count)
    for id, count in totals.items():
        if count and id in groups:
            _token(layer, groups[id], count)


def _token(layer: Element, group: Element, count: int) -> None:
    if group.get("data-at"):
        x, y = (float(v) for v in group.get("data-at", "").split())
    elif group.get("data-box"):
        left, top, width, _ = (float(v) for v in group.get("data-box", "").split())
        x, y = left + width - 6, top + 6
    else:
        return
    radius = "9.0" if count > 1 else "7.0"
    SubElement(layer, "circle", {"class": "token", "cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": radius})
    if count > 1:
        at = {"class": "count", "x": f"{x:.1f}", "y": f"{y + 4:.1f}", "text-anchor": "middle"}
        SubElement(layer, "text", at).text = str(count)
