"""Drawing graphs: layout by Graphviz in a child process with a time budget, SVG first.

In-process layout has been seen to hang beyond any signal, so it never happens here: ``dot`` on the
PATH is asked first, then pygraphviz in a child process, and where neither answers in time the
caller gets text. Labels are literal: nothing in a name is read as markup or as an escape.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from html import escape

import numpy as np

from transition_systems.lts import LTS
from transition_systems.readwrite.graphviz_text import graphviz_string

__all__ = [
    "LAYOUT_SECONDS",
    "fitted_svg",
    "layout_dot",
    "lts_dot",
    "lts_svg",
    "picture_bundle",
    "shown_states",
    "svg_or_text",
    "text_svg",
]

LAYOUT_SECONDS = 5.0
MAX_DRAWN = 150
CELL_WIDTH = 900.0
_SIZE = {name: re.compile(rf'\s{name}="([\d.]+)(pt|px|)"') for name in ("width", "height")}
_PIXELS = {"": 1.0, "px": 1.0, "pt": 4 / 3}
CHILD = (
    "import sys, pygraphviz\n"
    "graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode('utf-8'))\n"
    "sys.stdout.buffer.write(graph.draw(format=sys.argv[1], prog='dot'))\n"
)


def layout_dot(dot: str, form: str = "svg", *, seconds: float = LAYOUT_SECONDS) -> str | None:
    """Lay a graph out and return it in a format of Graphviz, ``None`` where that is not possible.

    Parameters
    ----------
    dot
        The graph in the DOT language.
    form
        ``"svg"``, ``"json"`` or another text format.
    seconds
        Wall time for both ways together.

    Returns
    -------
    str or None
    """
    end = time.monotonic() + seconds
    commands: list[list[str]] = []
    program = shutil.which("dot")
    if program is not None:
        commands.append([program, f"-T{form}"])
    commands.append([sys.executable, "-c", CHILD, form])
    for command in commands:
        try:
            done = subprocess.run(  # noqa: S603 - fixed programs, the graph goes in by stdin
                command,
                input=dot.encode("utf-8"),
                capture_output=True,
                timeout=max(0.1, end - time.monotonic()),
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0 and done.stdout:
            return done.stdout.decode("utf-8", errors="replace")
    return None


def svg_or_text(dot: str, text: str, *, seconds: float = LAYOUT_SECONDS) -> tuple[str | None, str]:
    """Return the SVG of a graph, or ``None``, and the text to show where there is no SVG."""
    svg = layout_dot(dot, seconds=seconds)
    if svg is None:
        return None, text
    start = max(0, svg.find("<svg"))
    return svg[start:].replace("<svg", '<svg style="max-width:100%;height:auto"', 1), text


def text_svg(lines: list[str]) -> str:
    """Return lines of text as an SVG image, for where no layout could be computed.

    Examples
    --------
    >>> text_svg(["a < b"]).count("&lt;")
    1
    """
    width = 20 + 7.5 * max((len(line) for line in lines), default=1)
    rows = "".join(
        f'<text x="10" y="{20 + 18 * i}" xml:space="preserve">{escape(line)}</text>'
        for i, line in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" '
        f'height="{20 + 18 * len(lines)}" viewBox="0 0 {width:.0f} {20 + 18 * len(lines)}" '
        f'style="max-width:100%;height:auto" font-family="monospace" font-size="12" fill="#222">'
        f"{rows}</svg>"
    )


def fitted_svg(svg: str, *, width: float = CELL_WIDTH) -> str:
    """Return a picture as a notebook's cell can show it whole: no wider than the cell.

    A picture shown as an image keeps the width that it says it has, so that is made smaller, and
    the height with it; what is drawn stays the same. Narrower pictures are not changed.

    Parameters
    ----------
    svg
        The picture.
    width
        The most pixels.

    Examples
    --------
    >>> fitted_svg('<svg width="1920" height="200"></svg>', width=960)
    '<svg width="960" height="100" viewBox="0 0 1920 200" style="max-width:100%;height:auto"></svg>'
    """
    start = svg.find("<svg")
    end = svg.find(">", start)
    head = svg[max(start, 0) : end]
    sizes = {name: _SIZE[name].search(head) for name in ("width", "height")}
    if start < 0 or sizes["width"] is None or sizes["height"] is None:
        return svg
    wide, high = (
        float(found[1]) * _PIXELS[found[2]] for found in sizes.values() if found is not None
    )
    if wide > width:
        head = _SIZE["width"].sub(f' width="{width:.0f}"', head, count=1)
        head = _SIZE["height"].sub(f' height="{max(1.0, high * width / wide):.0f}"', head, count=1)
        if "viewBox=" not in head:
            head += f' viewBox="0 0 {wide:.0f} {high:.0f}"'
    if "style=" not in head:
        head += ' style="max-width:100%;height:auto"'
    return f"{svg[:start]}{head}{svg[end:]}"


def lts_dot(lts: LTS, *, highlight: Collection[int] = (), max_states: int = MAX_DRAWN) -> str:
    """Return a transition system in the DOT language.

    Parameters
    ----------
    lts
        The system.
    highlight
        States of a witness; they are drawn in colour, and above ``max_states`` states only they
        and their neighbours are drawn, with a sentence that says so.
    max_states
        The largest number of states that is drawn whole.

    Returns
    -------
    str

    Examples
    --------
    >>> print(lts_dot(LTS.from_arcs(2, [(0, "a", 1)], final=[1])).count("->"))
    2
    """
    shown, note = shown_states(lts, highlight, max_states)
    marked = set(highlight)
    lines = [
        "digraph lts {",
        '  rankdir=LR; node [shape=circle, fontname="Helvetica", fontsize=11, margin=0.03];',
        '  edge [fontname="Helvetica", fontsize=10];',
    ]
    if note:
        lines.append(f'  label={graphviz_string(note)}; labelloc=b; fontname="Helvetica";')
    for state in shown:
        shape = "doublecircle" if lts.final[state] else "circle"
        colour = ', style=filled, fillcolor="#fde0d9", color="#b42318"' if state in marked else ""
        lines.append(f"  s{state} [label={graphviz_string(str(state))}, shape={shape}{colour}];")
    inside = set(shown)
    for start in (int(s) for s in lts.initial if int(s) in inside):
        lines += [f'  i{start} [shape=point, label=""];', f"  i{start} -> s{start};"]
    for state in shown:
        labels, targets = lts.successors(state)
        for label, target in zip(labels.tolist(), targets.tolist(), strict=True):
            if target not in inside:
                continue
            name = "τ" if label == 0 else lts.label_names[label]
            lines.append(f"  s{state} -> s{target} [label={graphviz_string(name)}];")
    return "\n".join([*lines, "}", ""])


def shown_states(
    lts: LTS, highlight: Collection[int], most: int = MAX_DRAWN
) -> tuple[list[int], str | None]:
    """Return the states to draw, at most so many, and a remark where some are left out."""
    if lts.n_states <= most:
        return list(range(lts.n_states)), None
    near = {int(s) for s in (highlight or lts.initial.tolist())}
    frontier = list(near)
    while frontier and len(near) < most:
        state = frontier.pop(0)
        around = [int(t) for t in np.unique(lts.successors(state)[1])]
        for other in around:
            if other not in near and len(near) < most:
                near.add(other)
                frontier.append(other)
    place = "the witness" if highlight else "the initial state"
    note = f"{len(near)} of {lts.n_states} states are drawn, those around {place}."
    return sorted(near), note


def picture_bundle(text: str, draw: Callable[[], str]) -> dict[str, str]:
    """Return text and a picture for a notebook; never raises, whatever the drawing does.

    Parameters
    ----------
    text
        What is shown where there is no picture.
    draw
        Returns the SVG.

    Returns
    -------
    dict
        ``text/plain`` and, where it could be drawn, ``image/svg+xml``.
    """
    try:
        return {"text/plain": text, "image/svg+xml": fitted_svg(draw())}
    except Exception as error:  # a picture must never break a cell
        return {"text/plain": f"{text}\n(no picture: {type(error).__name__}: {error})"}


def lts_svg(lts: LTS, *, highlight: Collection[int] = ()) -> str:
    """Return a transition system as SVG; as text where no layout could be computed in time."""
    svg, _ = svg_or_text(lts_dot(lts, highlight=highlight), repr(lts))
    return svg if svg is not None else text_svg([repr(lts)])
