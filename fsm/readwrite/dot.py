"""Machines in the language of Graphviz."""

from __future__ import annotations

from collections.abc import Iterable

from fsm.readwrite.picture import Drawable, picture_of
from transition_systems.readwrite.files import PathOrFile, write_text
from transition_systems.readwrite.graphviz_text import graphviz_string

__all__ = ["format_dot", "write_dot"]

_HIGHLIGHT = "#c2410c"
_FORBIDDEN = "#b91c1c"


def format_dot(model: Drawable, *, highlight: Iterable[str] = (), direction: str = "LR") -> str:
    """Return an automaton or a machine in the language of Graphviz, with all labels literal.

    An arrow from nowhere leads to each initial state, final states have a double line, forbidden
    ones are dashed; parallel transitions are one arrow with several labels.

    Parameters
    ----------
    model
        A ``DFA``, ``NFA`` or ``Machine``.
    highlight
        Names of states to be coloured.
    direction
        ``"LR"`` from left to right, ``"TB"`` from top to bottom.

    Returns
    -------
    str
        The text; the same for the same arguments.

    Examples
    --------
    >>> from fsm.dfa import DFA
    >>> print(format_dot(DFA(states=["p"], initial="p", final=["p"], alphabet=["a"],
    ...                      transitions=[("p", "a", "p")])))
    digraph machine {
      rankdir="LR";
      node [fontname="Helvetica", fontsize=11, shape=ellipse];
      edge [fontname="Helvetica", fontsize=10, arrowsize=0.7];
      s0 [label="p", peripheries=2];
      i0 [shape=point, label=""];
      i0 -> s0;
      s0 -> s0 [label="a"];
    }
    <BLANKLINE>
    """
    picture = picture_of(model)
    coloured = set(highlight)
    lines = [
        "digraph machine {",
        f"  rankdir={graphviz_string(direction)};",
        '  node [fontname="Helvetica", fontsize=11, shape=ellipse];',
        '  edge [fontname="Helvetica", fontsize=10, arrowsize=0.7];',
    ]
    for index, name in enumerate(picture.states):
        looks = [f"label={graphviz_string(name)}"]
        if index in picture.final:
            looks.append("peripheries=2")
        if index in picture.forbidden:
            looks.append(f'style=dashed, color="{_FORBIDDEN}"')
        if name in coloured:
            looks.append(f'color="{_HIGHLIGHT}", fontcolor="{_HIGHLIGHT}", penwidth=2')
        lines.append(f"  s{index} [{', '.join(looks)}];")
    for index in sorted(picture.initial):
        lines += [f'  i{index} [shape=point, label=""];', f"  i{index} -> s{index};"]
    for source, labels, target in picture.arcs:
        text = graphviz_string("\n".join(labels))
        lines.append(f"  s{source} -> s{target} [label={text}];")
    return "\n".join([*lines, "}"]) + "\n"


def write_dot(
    model: Drawable,
    path_or_file: PathOrFile,
    *,
    highlight: Iterable[str] = (),
    direction: str = "LR",
) -> None:
    """Write an automaton or a machine to a file in the language of Graphviz."""
    write_text(path_or_file, format_dot(model, highlight=highlight, direction=direction))
