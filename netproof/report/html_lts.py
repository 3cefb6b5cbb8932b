"""A transition system drawn for a page: states and arcs that can be addressed."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from html import escape

from netproof.report.html_drawing import POINTS_PER_INCH, framed, written_lines
from transition_systems.draw import LAYOUT_SECONDS, layout_dot, shown_states
from transition_systems.lts import LTS

__all__ = ["ARC", "STATE", "lts_drawing"]

STATE = "state "
ARC = "arc "
MARGIN = 26.0
RADIUS = 17.0
LETTER = 6.2
MAX_NAME = 28
PIECES = 6
Point = tuple[float, float]


def lts_drawing(
    lts: LTS,
    name: Callable[[int], str],
    centre: set[int],
    *,
    title: str = "machine",
    id: Callable[[int], str] = lambda state: f"{STATE}{state}",
    seconds: float = LAYOUT_SECONDS,
) -> tuple[str, str] | None:
    """Return a system as SVG in which states and arcs carry ids, and a remark on what is left out.

    Parameters
    ----------
    lts
        The system; of a large one only the part around ``centre`` is drawn.
    name
        What to call a state.
    centre
        The states that matter; the initial ones where empty.
    title
        For those who do not see the picture.
    id
        The id that a state carries.
    seconds
        Wall time for the layout.

    Returns
    -------
    (str, str) or None
        ``None`` where no layout could be computed in time.
    """
    shown, note = shown_states(lts, centre)
    labels = {state: _short(name(state)) for state in shown}
    answer = layout_dot(_dot(lts, shown, labels), "json", seconds=seconds)
    if answer is None:
        return None
    data = json.loads(answer)
    right, top = (float(v) for v in data["bb"].split(",")[2:])
    arcs: list[str] = []
    for item in data.get("edges", []):
        points = _curve(item.get("pos", ""), top)
        if points and item.get("id", "").startswith("a"):
            at = _point(item.get("lp", ""), top)
            label = int(lts.labels[int(item["id"][1:])])
            text = "τ" if label == 0 else lts.label_names[label]
            arcs.append(_arc(f"{ARC}{item['id'][1:]}", text, points, at))
        elif points:
            arcs.append(f"<g>{_line(points, '')}</g>")
    nodes: list[str] = []
    for item in data.get("objects", []):
        if "pos" in item and item["name"].startswith("s"):
            x, y = (float(v) for v in item["pos"].split(","))
            state = int(item["name"][1:])
            final = bool(lts.final[state])
            nodes.append(_state(id(state), name(state), labels[state], x, top - y, final=final))
    width, height = right + 2 * MARGIN, top + 2 * MARGIN
    return framed([*arcs, *nodes], width, height, MARGIN, title), note or ""


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= MAX_NAME else plain[: MAX_NAME - 1] + "…"


def _size(label: str) -> tuple[float, float]:
    """Return the width and height of a state: a circle for a short name, else a rounded box."""
    lines = textwrap.wrap(label, 14) or [""]
    width = max(2 * RADIUS, LETTER * max(len(line) for line in lines) + 18)
    return width, max(2 * RADIUS, 13.0 * len(lines) + 12)


def _dot(lts: LTS, shown: list[int], labels: dict[int, str]) -> str:
    """Return the system for layout: sizes in place of names, so that nothing is to be escaped."""
    inside = set(shown)
    lines = [
        "digraph m {",
        'rankdir=LR; nodesep=0.45; ranksep=0.7; splines=true; fontname="Arial";',
    ]
    for state in shown:
        width, height = (value / POINTS_PER_INCH for value in _size(labels[state]))
        size = f"width={width:.3f}, height={height:.3f}"
        lines.append(f's{state} [shape=box, style=rounded, {size}, fixedsize=true, label=""];')
    for start in (int(state) for state in lts.initial if int(state) in inside):
        lines.append(f'i{start} [shape=point, width=0.02, label=""]; i{start} -> s{start};')
    for state in shown:
        first = int(lts.offsets[state])
        names, targets = lts.successors(state)
        for i, (label, target) in enumerate(zip(names.tolist(), targets.tolist(), strict=True)):
            if target in inside:
                room = "m" * max(1, round(len(_short(lts.label_names[label])) * 0.62) + 1)
                text = f'id="a{first + i}", label="{room}", fontsize=13'
                lines.append(f"s{state} -> s{target} [{text}];")
    return "\n".join([*lines, "}"])


def _state(id: str, name: str, label: str, x: float, y: float, *, final: bool) -> str:
    width, height = _size(label)

    def box(by: float) -> str:
        round_by = min(RADIUS, height / 2) - by
        return (
            f'<rect class="plain" x="{x - width / 2 + by:.1f}" y="{y - height / 2 + by:.1f}" '
            f'width="{width - 2 * by:.1f}" height="{height - 2 * by:.1f}" rx="{round_by:.1f}"/>'
        )

    text = written_lines(textwrap.wrap(label, 14), x, y)
    rings = box(0) + (box(3) if final else "")
    title = f"{name} (final)" if final else name
    carried = escape(id, quote=True)
    return f'<g data-element="{carried}"><title>{escape(title)}</title>{rings}{text}</g>'


def _arc(id: str, label: str, points: list[Point], at: Point | None) -> str:
    x, y = at or points[len(points) // 2]
    text = written_lines([_short(label)], x, y)
    return (
        f'<g data-element="{id}"><title>{escape(label)}</title>{_line(points, " plain")}'
        f'<polyline class="hit" points="{_written(points)}" fill="none" '
        f'stroke="transparent" stroke-width="16"/>{text}</g>'
    )


def _line(points: list[Point], look: str) -> str:
    written = _written(points)
    return f'<polyline class="line{look or " faint"}" points="{written}" marker-end="url(#head)"/>'


def _written(points: list[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _point(text: str, top: float) -> Point | None:
    values = [float(value) for value in text.split(",")] if text else []
    return (values[0], top - values[1]) if len(values) == 2 else None


def _curve(text: str, top: float) -> list[Point]:
    """Return a curve of Graphviz, cubic pieces one after another, as points on it."""
    ends: dict[str, Point] = {}
    control: list[Point] = []
    for part in text.split():
        values = part.split(",")
        x, y = (float(value) for value in values[-2:])
        if len(values) == 3:
            ends[values[0]] = (x, top - y)
        else:
            control.append((x, top - y))
    points = control[:1]
    for i in range(0, len(control) - 3, 3):
        a, b, c, d = control[i : i + 4]
        for k in range(1, PIECES + 1):
            t = k / PIECES
            s = 1 - t
            weights = (s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t)
            points.append((
                sum(w * p[0] for w, p in zip(weights, (a, b, c, d), strict=True)),
                sum(w * p[1] for w, p in zip(weights, (a, b, c, d), strict=True)),
            ))  # fmt: skip
    return [*([ends["s"]] if "s" in ends else []), *points, *([ends["e"]] if "e" in ends else [])]
