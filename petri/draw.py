"""Nets as SVG, a run on them."""

from __future__ import annotations

from petri.net import PetriNet
from petri.readwrite.dot import format_dot
from transition_systems.draw import svg_or_text, text_svg
from transition_systems.readwrite.graphviz_text import graphviz_string
from transition_systems.run import Lasso, Run

__all__ = ["MAX_DRAWN", "neighbourhood", "net_svg"]

MAX_DRAWN = 200


def neighbourhood(net: PetriNet, centre: set[str], *, most: int = MAX_DRAWN) -> PetriNet:
    """Return the part of a net around some nodes, nearest first, with at most ``most`` nodes.

    Parameters
    ----------
    net
        The net.
    centre
        Ids of places and transitions; the initially marked places where empty.
    most
        The number of nodes.

    Returns
    -------
    PetriNet
    """
    wanted = centre or set(net.initial) or set(net.place_ids[:1])
    seen = dict.fromkeys(sorted(wanted)[:most])
    queue = list(seen)
    while queue and len(seen) < most:
        node = queue.pop(0)
        for other in (*net.preset(node), *net.postset(node)):
            if other not in seen and len(seen) < most:
                seen[other] = None
                queue.append(other)
    return PetriNet(
        places=[p for p in net.places if p.id in seen],
        transitions=[t for t in net.transitions if t.id in seen],
        arcs=[a for a in net.arcs if a.source in seen and a.target in seen],
        initial={p: n for p, n in net.initial.items() if p in seen},
        name=net.name,
    )


def net_svg(net: PetriNet, *, run: Run | Lasso | None = None, caption: str | None = None) -> str:
    """Return a net as SVG, with the transitions of a run in colour and its last marking.

    Parameters
    ----------
    net
        The net; above 200 nodes only the part around the run (or the initial marking) is drawn,
        and the caption says so.
    run
        A run of the net.
    caption
        A sentence for where nothing can be drawn.

    Returns
    -------
    str
        An SVG image; text as an image where no layout could be computed in time.
    """
    touched = set() if run is None else {*run.actions, *run.last}
    total = len(net.places) + len(net.transitions)
    shown = net if total <= MAX_DRAWN else neighbourhood(net, touched)
    marking = None if run is None else {p: n for p, n in run.last.items() if p in shown.place_ids}
    fired = [t for t in (() if run is None else run.actions) if t in shown.transition_ids]
    dot = format_dot(shown, marking=marking, highlight=fired)
    if shown is not net:
        drawn = len(shown.places) + len(shown.transitions)
        what = "the run" if run is not None else "the initial marking"
        note = graphviz_string(f"{drawn} of {total} nodes are drawn, those around {what}.")
        dot = dot.replace("{", f'{{ label={note}; labelloc=b; fontname="Helvetica";', 1)
    svg, _ = svg_or_text(dot, repr(net))
    if svg is None:
        return text_svg([repr(net)[:200], *([caption] if caption else [])])
    return svg
