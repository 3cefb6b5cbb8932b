"""A prefix of the unfolding of a net: conditions and events, causes, and what is concurrent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from petri.net import PetriNet
from transition_systems.evidence import Claim, CompletePrefix
from transition_systems.evidence_prefix import NO_CUTOFF

__all__ = ["Prefix", "bits_of"]


def bits_of(mask: int) -> Iterator[int]:
    """Yield the numbers of the bits of a mask, ascending."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


@dataclass(slots=True, eq=False, repr=False)
class Prefix:
    """A branching process of a one-safe net: an acyclic net whose nodes stand for those of the net.

    Every marking that the net reaches is the cut of a configuration without cutoff events, where
    ``complete`` is true.

    Parameters
    ----------
    net
        The net.
    places, producers, consumers
        For each condition: its place; the event before it, -1 for the initial ones; the events
        after it.
    transitions, presets, postsets
        For each event: its transition; the conditions that it takes and makes. An event comes
        after all its causes.
    histories
        For each event the events that must have happened with it, itself too, as a bit mask.
    companions
        For each event ``NO_CUTOFF``; or, where nothing is unfolded after it since its history leads
        to a marking that a smaller one leads to, the event with that smaller one, or ``START``
        where it is the initial marking.
    complete, reason
        Whether the budget sufficed, and why not.
    unsafe
        The number of an event after which a place has two tokens; ``None`` in a one-safe net.
    """

    net: PetriNet
    places: list[int] = field(default_factory=list[int])
    producers: list[int] = field(default_factory=list[int])
    consumers: list[list[int]] = field(default_factory=list[list[int]])
    transitions: list[int] = field(default_factory=list[int])
    presets: list[tuple[int, ...]] = field(default_factory=list[tuple[int, ...]])
    postsets: list[tuple[int, ...]] = field(default_factory=list[tuple[int, ...]])
    histories: list[int] = field(default_factory=list[int])
    companions: list[int] = field(default_factory=list[int])
    complete: bool = False
    reason: str | None = None
    unsafe: int | None = None

    @property
    def cutoff(self) -> list[bool]:
        """For each event whether nothing is unfolded after it."""
        return [other != NO_CUTOFF for other in self.companions]

    @property
    def n_conditions(self) -> int:
        """Number of conditions."""
        return len(self.places)

    @property
    def n_events(self) -> int:
        """Number of events."""
        return len(self.transitions)

    @property
    def n_cutoffs(self) -> int:
        """Number of cutoff events."""
        return sum(self.cutoff)

    def __repr__(self) -> str:
        state = "complete" if self.complete else f"partial: {self.reason}"
        return (
            f"<Prefix of {self.n_conditions} conditions, {self.n_events} events,"
            f" {self.n_cutoffs} of them cutoffs, {state}>"
        )

    def history(self, event: int) -> list[int]:
        """Return transitions that can be fired in this order up to an event, with it.

        Examples
        --------
        >>> from petri.unfolding import unfold
        >>> prefix = unfold(PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 0], [1, 0]], [1, 0]))
        >>> prefix.history(1)
        [0, 1]
        """
        return [self.transitions[e] for e in bits_of(self.histories[event])]

    def evidence(self, claim: Claim) -> CompletePrefix:
        """Return the prefix, which must be complete, as evidence that no marking refutes a claim.

        Examples
        --------
        >>> from petri.unfolding import unfold
        >>> prefix = unfold(PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [1, 0]))
        >>> prefix.evidence(Claim(formula="AG !dead", model_digest="")).companions.tolist()
        [-2, -1]
        """
        taken = [condition for preset in self.presets for condition in preset]
        return CompletePrefix(
            claim=claim,
            places=self.net.place_ids,
            actions=self.net.transition_ids,
            transitions=np.array(self.transitions, dtype=np.int64),
            taken=np.array(taken, dtype=np.int64),
            companions=np.array(self.companions, dtype=np.int64),
        )
