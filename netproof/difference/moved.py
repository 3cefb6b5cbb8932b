"""Violations that stayed, but are about other elements than before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from netproof.difference.words import joined
from netproof.report.findings import elements_of, outline_for
from netproof.report.model import ModelReport, VerdictReport
from netproof.report.outline import Outline
from transition_systems.run import Lasso
from transition_systems.verdict import Outcome

__all__ = ["Moved", "moved_between"]

ENDS = {"end": "the end event", "start": "the start event", "event": "the event"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What a violation was about, and what it is about now.

    Parameters
    ----------
    old, new
        Ids of the nodes (of a net: places and transitions) in each model; for a token on its way,
        the node that it comes to.
    was, now
        The same in words.
    """

    old: tuple[str, ...]
    new: tuple[str, ...]
    was: str
    now: str

    def sentence(self) -> str:
        """Return the move in words.

        Examples
        --------
        >>> Moved(old=("a",), new=("b",), was="“Pay”", now="“Ship”").sentence()
        'still VIOLATED, but elsewhere: was at “Pay”, now at “Ship”'
        """
        return f"still VIOLATED, but elsewhere: was at {self.was}, now at {self.now}"

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"old": list(self.old), "new": list(self.new), "was": self.was, "now": self.now}


def moved_between(
    old: ModelReport, new: ModelReport, name: str, pairs: Mapping[str, str]
) -> Moved | None:
    """Return how a violation that both models have moved; ``None`` where it stayed.

    Where steps are repeated for ever, it moved if the cycles have no element in common: an element
    more on the same cycle is no move. Elsewhere it moved if it is about other elements.

    Parameters
    ----------
    old, new
        The reports on the two models.
    name
        The property.
    pairs
        For elements of the old model, the same ones in the new one.
    """
    first, second = _entry(old, name), _entry(new, name)
    if first is None or second is None:
        return None
    outlines = outline_for(old), outline_for(new)
    before, after = _about(old, first, outlines[0]), _about(new, second, outlines[1])
    if not before or not after:
        return None
    carried = {pairs.get(id, f"\0{id}") for id in before}
    if carried == set(after):
        return None
    cycles = isinstance(first.witness, Lasso) and isinstance(second.witness, Lasso)
    if cycles and carried & set(after):
        return None
    return Moved(
        old=before, new=after, was=_words(before, outlines[0]), now=_words(after, outlines[1])
    )


def _entry(report: ModelReport, name: str) -> VerdictReport | None:
    found = next((entry for entry in report.verdicts if entry.name == name), None)
    return found if found is not None and found.outcome is Outcome.VIOLATED else None


def _about(report: ModelReport, entry: VerdictReport, outline: Outline) -> tuple[str, ...]:
    """Return the nodes that a violation is about: of flows and messages, where they lead."""
    found: dict[str, None] = {}
    for id in elements_of(report, entry, outline):
        link = outline.links.get(id)
        target = id if link is None else link.target
        if target in outline.elements:
            found[target] = None
    return tuple(found)


def _words(ids: tuple[str, ...], outline: Outline) -> str:
    texts: list[str] = []
    for id in ids:
        element = outline.elements[id]
        name = f"“{element.title}”" if element.title and element.title != id else id
        if element.shape == "gateway":
            name = f"the gateway {name}"
        elif element.title == id and element.shape in ENDS:
            name = f"{ENDS[element.shape]} {id}"
        texts.append(name)
    return joined(texts)
