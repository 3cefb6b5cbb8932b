"""The loss ledger: what became of each element of the user's file.

Every element is *mapped* (its meaning is in the model), *abstracted* (the model has more or fewer
behaviours there, said which), *refused* (no meaning was given to it, so nothing can be concluded)
or *without effect* (it is drawn and does not steer control flow). A *repair* is a remark: the file
was broken there and was read as far as it makes sense.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from transition_systems.source_span import SourceSpan
from transition_systems.verdict import Exactness

__all__ = ["Direction", "Entry", "Fate", "Ledger", "PropertyKind"]


class Fate(StrEnum):
    """What became of an element."""

    MAPPED = "mapped"
    ABSTRACTED = "abstracted"
    REFUSED = "refused"
    NO_EFFECT = "no-effect"
    REPAIRED = "repaired"


class Direction(StrEnum):
    """In which direction an abstraction changes the model."""

    EXACT = "exact"
    OVER = "over-approximation"
    UNDER = "under-approximation"


class PropertyKind(StrEnum):
    """How a property depends on the set of behaviours."""

    UNIVERSAL = "universal"
    EXISTENTIAL = "existential"
    BRANCHING = "branching"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the ledger.

    Parameters
    ----------
    element
        Id of the element in the file.
    kind
        What it is, in the format's own word (``userTask``, ``complexGateway``).
    fate, direction
        What became of it.
    note
        A sentence, for everything but plain mapping.
    span
        Where it was written.
    """

    element: str
    kind: str
    fate: Fate
    direction: Direction = Direction.EXACT
    note: str | None = None
    span: SourceSpan | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as plain data."""
        return {
            "element": self.element,
            "kind": self.kind,
            "fate": str(self.fate),
            "direction": str(self.direction),
            "note": self.note,
            "source": None if self.span is None else self.span.to_dict(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """All entries of a translation.

    Examples
    --------
    >>> ledger = Ledger(entries=(Entry(element="g", kind="complexGateway", fate=Fate.REFUSED),))
    >>> ledger.exactness(PropertyKind.UNIVERSAL)
    <Exactness.NONE: 'none'>
    """

    entries: tuple[Entry, ...] = ()

    def __add__(self, other: Ledger) -> Ledger:
        return Ledger(entries=self.entries + other.entries)

    def extended(self, entries: Iterable[Entry]) -> Ledger:
        """Return the ledger with further entries; a worse fate replaces an earlier 'mapped'."""
        new = list(entries)
        worse = {e.element for e in new if e.fate in (Fate.REFUSED, Fate.ABSTRACTED)}
        kept = [e for e in self.entries if not (e.fate is Fate.MAPPED and e.element in worse)]
        return Ledger(entries=(*kept, *new))

    @property
    def refused(self) -> tuple[Entry, ...]:
        """The entries of refused elements."""
        return tuple(entry for entry in self.entries if entry.fate is Fate.REFUSED)

    @property
    def abstracted(self) -> tuple[Entry, ...]:
        """The entries of abstracted elements."""
        return tuple(entry for entry in self.entries if entry.fate is Fate.ABSTRACTED)

    @property
    def repairs(self) -> tuple[Entry, ...]:
        """The entries of repaired elements."""
        return tuple(entry for entry in self.entries if entry.fate is Fate.REPAIRED)

    def exactness(self, kind: PropertyKind) -> Exactness:
        """Return what the translation still tells about a kind of property.

        A universal property (in all reachable states ...) that holds on an over-approximation holds
        on the model, and one that is violated on an under-approximation is violated there; for an
        existential property it is the other way round; a branching property (from everywhere one
        can ...) survives neither.
        """
        if self.refused:
            return Exactness.NONE
        directions = {entry.direction for entry in self.abstracted} - {Direction.EXACT}
        if not directions:
            return Exactness.EXACT
        if len(directions) > 1 or kind is PropertyKind.BRANCHING:
            return Exactness.NONE
        over = Direction.OVER in directions
        if kind is PropertyKind.UNIVERSAL:
            return Exactness.PROOFS_ONLY if over else Exactness.BUGS_ONLY
        return Exactness.BUGS_ONLY if over else Exactness.PROOFS_ONLY

    def to_list(self) -> list[dict[str, Any]]:
        """Return the entries as plain data, in order."""
        return [entry.to_dict() for entry in self.entries]
