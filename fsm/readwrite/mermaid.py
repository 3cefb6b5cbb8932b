"""Machines as Mermaid state diagrams, which many wikis and readme pages draw."""

from __future__ import annotations

from fsm.readwrite.picture import Drawable, picture_of
from transition_systems.readwrite.files import PathOrFile, write_text

__all__ = ["format_mermaid", "write_mermaid"]


def _literal(text: str) -> str:
    """Return a text in which no character has a meaning in Mermaid or HTML."""
    kept: list[str] = []
    for character in text:
        if character == "\n":
            kept.append("<br>")
        elif character.isalnum() or character in " _()+-.,✓/'":
            kept.append(character)
        else:
            kept.append(f"#{ord(character)};")
    return "".join(kept) or "#8203;"


def format_mermaid(model: Drawable, *, direction: str = "LR") -> str:
    """Return an automaton or a machine as a Mermaid state diagram, with all labels literal.

    Arrows from and to the black dot mark initial and final states.

    Parameters
    ----------
    model
        A ``DFA``, ``NFA`` or ``Machine``.
    direction
        ``"LR"`` or ``"TB"``.

    Returns
    -------
    str
        The text; the same for the same arguments.

    Examples
    --------
    >>> from fsm.dfa import DFA
    >>> print(format_mermaid(DFA(states=["p"], initial="p", final=["p"], alphabet=["a"],
    ...                          transitions=[("p", "a", "p")])))
    stateDiagram-v2
      direction LR
      state "p" as s0
      [*] --> s0
      s0 --> [*]
      s0 --> s0 : a
    <BLANKLINE>
    """
    picture = picture_of(model)
    lines = ["stateDiagram-v2", f"  direction {direction}"]
    lines += [f'  state "{_literal(name)}" as s{i}' for i, name in enumerate(picture.states)]
    lines += [f"  [*] --> s{index}" for index in sorted(picture.initial)]
    lines += [f"  s{index} --> [*]" for index in sorted(picture.final)]
    for source, labels, target in picture.arcs:
        text = ", ".join(_literal(label) for label in labels)
        lines.append(f"  s{source} --> s{target} : {text}")
    return "\n".join(lines) + "\n"


def write_mermaid(model: Drawable, path_or_file: PathOrFile, *, direction: str = "LR") -> None:
    """Write an automaton or a machine to a file as a Mermaid state diagram."""
    write_text(path_or_file, format_mermaid(model, direction=direction))
