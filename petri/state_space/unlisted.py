"""A net whose markings cannot be listed, as a system of its initial marking alone.

A counter above 62 bits has no place in a packed word. The initial marking is still known, and
whoever asks for a list of the markings gets that one, with the reason why there are no more.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from transition_systems.errors import UnlistedError
from transition_systems.explore import Exploration
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["UNLISTED", "UnlistedNet", "unlisted_verdict"]

UNLISTED = "the markings of the net cannot be listed"
Words = NDArray[np.uint64]


class UnlistedNet:
    """The token game of a net that is only looked at in its initial marking, one word a place.

    Parameters
    ----------
    net
        A net with more tokens in a place than a packed marking has room for.
    reason
        Why its markings cannot be packed.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [2**62, 0])
    >>> system = UnlistedNet(net, "a counter needs more than 62 bits")
    >>> system.exploration().reason
    'the markings of the net cannot be listed: a counter needs more than 62 bits'
    >>> system.unpack(system.initial()).tolist()
    [[4611686018427387904, 0]]
    """

    block = 1

    def __init__(self, net: PetriNet, reason: str) -> None:
        self.net = net
        self.reason = f"{UNLISTED}: {reason}"

    def initial(self) -> Words:
        """Return the initial marking, uint64 of shape (1, n_places)."""
        return self.net.initial.to_array(self.net.place_ids)[None, :].astype(np.uint64)

    def unpack(self, rows: Words) -> NDArray[np.int64]:
        """Return markings, int64 of shape (n, n_places)."""
        return rows.astype(np.int64)

    def column(self, rows: Words, place: int) -> NDArray[np.int64]:
        """Return the tokens of one place, by index, in states; int64 (n,)."""
        return rows[:, place].astype(np.int64)

    def decode(self, row: Words) -> NDArray[np.int64]:
        """Return one marking as int64 of shape (n_places,)."""
        return row.astype(np.int64)

    def alive(self, block: Words) -> NDArray[np.bool_]:
        """Return in which states some transition is enabled; bool (n,)."""
        alive = bool(self.net.enabled(self.net.initial))
        return np.full(len(block), alive, dtype=np.bool_)

    def exploration(self) -> Exploration:
        """Return the initial marking as what a search found."""
        arcs = np.empty(0, dtype=np.int64)
        nowhere = np.full(1, -1, dtype=np.int64)
        return Exploration(
            states=self.initial(), source=arcs, label=arcs.astype(np.int32), target=arcs,
            parent=nowhere, parent_label=nowhere.astype(np.int32), expanded=0, goal=None,
            complete=False, reason=self.reason, arcs=0, seconds=0.0, bytes=0,
        )  # fmt: skip


def unlisted_verdict(property: str, error: UnlistedError) -> Verdict:
    """Return UNKNOWN about a net whose markings had to be listed and cannot be.

    Examples
    --------
    >>> unlisted_verdict("liveness", UnlistedError("a counter is too large")).reason
    'a counter is too large'
    """
    return Verdict(
        property=property, outcome=Outcome.UNKNOWN, statistics=Statistics(method="explicit"),
        reason=str(error),
    )  # fmt: skip
