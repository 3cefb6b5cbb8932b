"""Nets in the language of Graphviz."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from petri.net import PetriNet
from petri.nodes import Place, Transition
from transition_systems.readwrite.files import PathOrFile, write_text
from transition_systems.readwrite.graphviz_text import graphviz_string

__all__ = ["format_dot", "write_dot"]

_HIGHLIGHT = "#c2410c"
_SILENT = "#3f3f46"
_DOTS = 4


def format_dot(
    net: PetriNet,
    *,
    marking: Mapping[str, int] | None = None,
    highlight: Iterable[str] = (),
    direction: str = "LR",
) -> str:
    """Return a net in the language of Graphviz, with all labels literal.

    Places are ellipses that show their name and tokens, places of the final marking have a double
    line; transitions are boxes, silent ones are filled. Nodes are called ``p0, p1, ...`` and
    ``t0, t1, ...`` by index; the ids are the tooltips.

    Parameters
    ----------
    net
        The net.
    marking
        The tokens to draw; by default the initial marking.
    highlight
        Ids of nodes to be coloured.
    direction
        ``"LR"`` from left to right, ``"TB"`` from top to bottom.

    Returns
    -------
    str
        The text; the same for the same arguments.

    Examples
    --------
    >>> net = PetriNet(places=["p"], transitions=["t"], arcs=[("p", "t", 2)], initial={"p": 1})
    >>> print(format_dot(net))
    digraph net {
      rankdir="LR";
      node [fontname="Helvetica", fontsize=11];
      edge [fontname="Helvetica", fontsize=10, arrowsize=0.7];
      p0 [shape=ellipse, label="p\\n●", tooltip="p"];
      t0 [shape=box, label="t", tooltip="t"];
      p0 -> t0 [label="2"];
    }
    <BLANKLINE>
    """
    tokens = net.initial if marking is None else marking
    chosen = set(highlight)
    lines = [
        "digraph net {" if net.name is None else f"digraph {graphviz_string(net.name)} {{",
        f"  rankdir={graphviz_string(direction)};",
        '  node [fontname="Helvetica", fontsize=11];',
        '  edge [fontname="Helvetica", fontsize=10, arrowsize=0.7];',
    ]
    names: dict[str, str] = {}
    for number, place in enumerate(net.places):
        names[place.id] = f"p{number}"
        final = net.final is not None and net.final[place.id] > 0
        options = _place(place, tokens.get(place.id, 0), final=final)
        lines.append(_node(f"p{number}", options, place.id, coloured=place.id in chosen))
    for number, transition in enumerate(net.transitions):
        names[transition.id] = f"t{number}"
        options = _transition(transition)
        lines.append(_node(f"t{number}", options, transition.id, coloured=transition.id in chosen))
    for arc in net.arcs:
        label = "" if arc.weight == 1 else f' [label="{arc.weight}"]'
        lines.append(f"  {names[arc.source]} -> {names[arc.target]}{label};")
    return "\n".join([*lines, "}", ""])


def _node(name: str, options: list[str], identity: str, *, coloured: bool) -> str:
    extra = [f'color="{_HIGHLIGHT}"', f'fontcolor="{_HIGHLIGHT}"', "penwidth=2"] if coloured else []
    text = ", ".join([*options, f"tooltip={graphviz_string(identity)}", *extra])
    return f"  {name} [{text}];"


def _place(place: Place, tokens: int, *, final: bool) -> list[str]:
    name = place.id if place.name is None else place.name
    count = "●" * tokens if tokens <= _DOTS else f"{tokens} ●"
    label = f"{name}\n{count}" if tokens else name
    options = ["shape=ellipse", f"label={graphviz_string(label)}"]
    return [*options, "peripheries=2"] if final else options


def _transition(transition: Transition) -> list[str]:
    if transition.label is not None:
        return ["shape=box", f"label={graphviz_string(transition.label)}"]
    name = transition.name or ""
    size = [] if name else ["width=0.15", "height=0.4"]
    fill = ["style=filled", f'fillcolor="{_SILENT}"', 'fontcolor="white"']
    return ["shape=box", *fill, f"label={graphviz_string(name)}", *size]


def write_dot(
    net: PetriNet, path_or_file: PathOrFile, *, marking: Mapping[str, int] | None = None
) -> None:
    """Write a net in the language of Graphviz, see :func:`format_dot`.

    Parameters
    ----------
    net
        The net.
    path_or_file
        A path, or a file that is open for writing.
    marking
        The tokens to draw; by default the initial marking.

    Examples
    --------
    >>> import io
    >>> out = io.StringIO()
    >>> write_dot(PetriNet(places=[], transitions=[], name="n"), out)
    >>> out.getvalue().splitlines()[0]
    'digraph "n" {'
    """
    write_text(path_or_file, format_dot(net, marking=marking))
