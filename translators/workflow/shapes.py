"""The shapes of BPMN as SVG: activities, events, gateways, pools, flows, tokens."""

from __future__ import annotations

import textwrap
from html import escape
from typing import Literal

from translators.workflow.graph import EventKind, GatewayKind, Node, Trigger
from translators.workflow.layout import Edge, Shape

__all__ = [
    "NAME_WIDTH", "arrow", "box", "diamond", "label_size", "pool", "round_event", "style_sheet",
    "tokens",
]  # fmt: skip

LABEL_WIDTH = 100.0
NAME_WIDTH = 90.0
LABEL_LINES = 3
LETTER = 5.6
GAP = 7.0

# Colour is never the only sign: passed flows are thicker, blamed elements are dashed and thick.
STYLE = """<style>
text{font-family:Helvetica,Arial,sans-serif;font-size:11px;fill:#1f2328}
.plain{stroke:#57606a;fill:#fff;stroke-width:1.4}
.passed{stroke:#0a58ca;fill:#e7f0ff;stroke-width:2.4}
.blamed{stroke:#b42318;fill:#fdece9;stroke-width:3;stroke-dasharray:6 3}
.faint{stroke:#8c959f;fill:none;stroke-width:1}
.line{fill:none}.line.passed,.line.blamed,.line.plain{fill:none}
.pool{fill:#fafbfc;stroke:#8c959f;stroke-width:1.2}.lane{fill:none;stroke:#c4cad1}
.mark{fill:none;stroke:#1f2328;stroke-width:2.6;stroke-linecap:round}
.sign{fill:none;stroke:#57606a;stroke-width:1.2}.solid{fill:#57606a;stroke:#57606a}
.token{fill:#b42318}.count{fill:#fff;font-weight:bold;font-size:10px}
.caption{font-size:12.5px}
.small{font-size:10px}
.beside{paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round}
</style>
<defs>
<marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8"
 markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L10 5L0 10z" fill="#57606a"/></marker>
<marker id="open" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9"
 markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L10 5L0 10z" fill="#fff" stroke="#57606a"/>
</marker></defs>"""

SIGNS = {
    Trigger.MESSAGE: '<path class="{c}" d="M-7 -5h14v10h-14zM-7 -5l7 6l7 -6"/>',
    Trigger.TIMER: '<circle class="sign" r="7.5"/><path class="sign" d="M0 -5v5l4 2"/>',
    Trigger.SIGNAL: '<path class="{c}" d="M0 -7l7 12h-14z"/>',
    Trigger.ERROR: '<path class="{c}" d="M-7 6l4 -12l6 7l4 -7l-3 12l-6 -6z"/>',
    Trigger.ESCALATION: '<path class="{c}" d="M0 -8l6 14l-6 -6l-6 6z"/>',
    Trigger.CONDITIONAL: '<path class="sign" d="M-6 -7h12v14h-12zM-4 -4h8M-4 0h8M-4 4h8"/>',
    Trigger.LINK: '<path class="{c}" d="M-8 -3h8v-4l8 7l-8 7v-4h-8z"/>',
    Trigger.TERMINATE: '<circle class="solid" r="9"/>',
    Trigger.COMPENSATION: '<path class="{c}" d="M0 -6v12l-8 -6zM8 -6v12l-8 -6z"/>',
    Trigger.CANCEL: '<path class="mark" d="M-6 -6L6 6M-6 6L6 -6"/>',
    Trigger.MULTIPLE: '<path class="{c}" d="M0 -8l8 6l-3 9h-10l-3 -9z"/>',
    Trigger.PARALLEL_MULTIPLE: '<path class="mark" d="M0 -7v14M-7 0h14"/>',
}


def style_sheet() -> str:
    """Return the styles and arrow heads of a picture."""
    return STYLE


def _lines(text: str, x: float, y: float, *, width: float, css: str = "", most: int = 4) -> str:
    """Return wrapped text centred around a point; names are escaped and shown literally."""
    plain = " ".join(text.split())
    if not plain:
        return ""
    wrapped = textwrap.wrap(plain, max(4, int(width / 5.6)), break_long_words=True)
    if len(wrapped) > most:
        wrapped = [
            *wrapped[: most - 1],
            wrapped[most - 1].rstrip(".")[: int(width / 5.6) - 1] + "…",
        ]
    top = y - (len(wrapped) - 1) * 6.5
    return "".join(
        f'<text class="{css}" x="{x:.1f}" y="{top + 13 * i + 4:.1f}" text-anchor="middle">'
        f"{escape(line)}</text>"
        for i, line in enumerate(wrapped)
    )


def box(shape: Shape, node: Node, look: str) -> str:
    """Return an activity; a sub-process with drawn content has its name at the top."""
    x, y, width, height = shape.x, shape.y, shape.width, shape.height
    thick = ' style="stroke-width:4"' if node.activity == "call" and look == "plain" else ""
    dotted = ' stroke-dasharray="2 3"' if node.activity == "event-sub-process" else ""
    parts = [
        f'<g data-element="{escape(node.id, quote=True)}"><title>{escape(node.title)}</title>'
        f'<rect class="{look}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'rx="8"{thick}{dotted}/>'
    ]
    inside = node.body is not None and shape.expanded is not False
    centre = y + 14 if inside else y + height / 2
    parts.append(_lines(node.name or "", x + width / 2, centre, width=width - 8))
    sign = _activity_sign(node, inside)
    if sign:
        parts.append(
            f'<text class="small" x="{x + width / 2:.1f}" y="{y + height - 4:.1f}" '
            f'text-anchor="middle">{sign}</text>'
        )
    return "".join([*parts, "</g>"])


def _activity_sign(node: Node, inside: bool) -> str:
    signs = ""
    if node.loop is not None:
        signs += {"standard": "↻", "parallel": "|||", "sequential": "≡"}[node.loop.kind]
    if node.body is not None and not inside:
        signs += "⊞"
    return signs


def round_event(shape: Shape, node: Node, look: str) -> str:
    """Return an event: one ring for starts, two for intermediate ones, a thick one for ends."""
    x, y = shape.x + shape.width / 2, shape.y + shape.height / 2
    radius = min(shape.width, shape.height) / 2
    dashed = "" if node.interrupting else ' stroke-dasharray="4 3"'
    width = 3.6 if node.event is EventKind.END else 1.6
    parts = [
        f'<g data-element="{escape(node.id, quote=True)}"><title>{escape(node.title)}</title>'
        f'<circle class="{look}" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" '
        f'style="stroke-width:{width}"{dashed}/>'
    ]
    if node.event in (EventKind.CATCH, EventKind.THROW, EventKind.BOUNDARY):
        parts.append(
            f'<circle class="{look}" cx="{x:.1f}" cy="{y:.1f}" r="{radius - 3:.1f}" '
            f'style="stroke-width:1.2"{dashed}/>'
        )
    sign = SIGNS.get(node.trigger)
    if sign is not None:
        throws = node.event in (EventKind.THROW, EventKind.END)
        scale = radius / 18
        drawn = sign.format(c="solid" if throws else "sign")
        parts.append(f'<g transform="translate({x:.1f} {y:.1f}) scale({scale:.2f})">{drawn}</g>')
    parts.append(_below(shape, node))
    return "".join([*parts, "</g>"])


def _below(shape: Shape, node: Node) -> str:
    if not node.name:
        return ""
    if shape.label is not None and shape.label[2] > 10:
        left, top, width, height = shape.label
        return _lines(node.name, left + width / 2, top + height / 2, width=max(width, 60))
    x = shape.x + shape.width / 2
    lines = max(1, len(textwrap.wrap(node.name, 16)))
    return _lines(node.name, x, shape.y + shape.height + 4 + 6.5 * min(lines, 4), width=NAME_WIDTH)


def diamond(shape: Shape, node: Node, look: str) -> str:
    """Return a gateway with its marker."""
    x, y = shape.x + shape.width / 2, shape.y + shape.height / 2
    a, b = shape.width / 2, shape.height / 2
    size = min(a, b) * 0.42
    c, d = size * 0.8, size * 0.7
    plus = f"M0 {-size:.1f}V{size:.1f}M{-size:.1f} 0H{size:.1f}"
    cross = f"M{-c:.1f} {-size:.1f}L{c:.1f} {size:.1f}M{-c:.1f} {size:.1f}L{c:.1f} {-size:.1f}"
    star = f"M{-d:.1f} {-d:.1f}L{d:.1f} {d:.1f}M{-d:.1f} {d:.1f}L{d:.1f} {-d:.1f}"
    marks = {
        GatewayKind.EXCLUSIVE: f'<path class="mark" d="{cross}"/>',
        GatewayKind.PARALLEL: f'<path class="mark" d="{plus}"/>',
        GatewayKind.INCLUSIVE: f'<circle class="mark" r="{size:.1f}"/>',
        GatewayKind.EVENT_BASED: f'<circle class="sign" r="{size * 1.2:.1f}"/>'
        f'<circle class="sign" r="{size * 0.95:.1f}"/>',
        GatewayKind.COMPLEX: f'<path class="mark" d="{plus}{star}"/>',
    }
    mark = marks[node.gateway] if node.gateway is not None else ""
    return (
        f'<g data-element="{escape(node.id, quote=True)}"><title>{escape(node.title)}</title>'
        f'<path class="{look}" d="M{x - a:.1f} {y:.1f}L{x:.1f} {y - b:.1f}L{x + a:.1f} {y:.1f}'
        f'L{x:.1f} {y + b:.1f}z"/><g transform="translate({x:.1f} {y:.1f})">{mark}</g>'
        f"{_below(shape, node)}</g>"
    )


def pool(shape: Shape, name: str, *, lane: bool) -> str:
    """Return a pool or lane with its name along the left side (or at the top)."""
    x, y, width, height = shape.x, shape.y, shape.width, shape.height
    css = "pool lane" if lane else "pool"
    parts = [
        f'<rect class="{css}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>'
    ]
    room = height if shape.horizontal is not False else width
    plain = escape(" ".join(name.split())[: max(4, int(room / 6))])
    if shape.horizontal is not False:
        cx, cy = x + 13, y + height / 2
        turn = f' transform="rotate(-90 {cx:.1f} {cy:.1f})"'
    else:
        cx, cy, turn = x + width / 2, y + 13, ""
    parts.append(f'<text x="{cx:.1f}" y="{cy + 4:.1f}" text-anchor="middle"{turn}>{plain}</text>')
    return "".join(parts)


def arrow(
    edge: Edge, name: str, look: str, *, kind: Literal["flow", "message", "association"]
) -> str:
    """Return a flow through its waypoints, with its name beside the middle."""
    if len(edge.points) < 2:
        return ""
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in edge.points)
    dash = {
        "flow": "",
        "message": ' stroke-dasharray="7 4"',
        "association": ' stroke-dasharray="2 3"',
    }
    head = {"flow": ' marker-end="url(#head)"', "message": ' marker-end="url(#open)"'}.get(kind, "")
    line = (
        f'<g data-element="{escape(edge.element, quote=True)}">'
        f'<polyline class="line {look}" points="{points}"{dash[kind]}{head}/>'
    )
    if not name:
        return line + "</g>"
    if edge.label is not None and edge.label[2] > 4:
        x, y = edge.label[0] + edge.label[2] / 2, edge.label[1] + edge.label[3] / 2
    else:
        x, y = _beside(edge, name)
    text = _lines(name, x, y, width=LABEL_WIDTH, css="small beside", most=LABEL_LINES)
    return f"{line}{text}</g>"


def _beside(edge: Edge, name: str) -> tuple[float, float]:
    """Return the centre of a name beside the first segment, clear of the node it leaves."""
    (x1, y1), (x2, y2) = edge.points[0], edge.points[1]
    width, height = label_size(name)
    if abs(x2 - x1) >= abs(y2 - y1):
        reach = max(width / 2 + GAP, abs(x2 - x1) / 2)
        share = min(reach / max(abs(x2 - x1), 1.0), 1.0)
        x = x1 + (reach if x2 >= x1 else -reach)
        return x, y1 + (y2 - y1) * share - height / 2 - 3
    reach = max(height / 2 + GAP, abs(y2 - y1) / 2)
    share = min(reach / abs(y2 - y1), 1.0)
    y = y1 + (reach if y2 >= y1 else -reach)
    return x1 + (x2 - x1) * share + width / 2 + GAP, y


def label_size(name: str) -> tuple[float, float]:
    """Return about how wide and high the name of a flow is drawn.

    Examples
    --------
    >>> label_size("yes") < label_size("both agree") < label_size("both parties agree in writing")
    True
    """
    plain = " ".join(name.split())
    lines = textwrap.wrap(plain, int(LABEL_WIDTH / LETTER), break_long_words=True)[:LABEL_LINES]
    longest = max((len(line) for line in lines), default=0)
    return longest * LETTER + 6, 13.0 * len(lines)


def tokens(x: float, y: float, count: int) -> str:
    """Return a token with its number, if more than one."""
    number = (
        f'<text class="count" x="{x:.1f}" y="{y + 3.5:.1f}" text-anchor="middle">{count}</text>'
        if count > 1
        else ""
    )
    return (
        f'<circle class="token" cx="{x:.1f}" cy="{y:.1f}" r="{7 if count > 1 else 5.5}"/>{number}'
    )
