"""Firing on markings with omega: what is added to it or taken from it leaves it as it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from transition_systems.errors import UnlistedError

__all__ = ["OMEGA", "TOO_MANY", "OmegaFiring", "Row"]

OMEGA = np.int64(1) << 62
TOO_MANY = "a place has 2**62 tokens or more, which stand for any number here"

Row = NDArray[np.int64]


class OmegaFiring:
    """The token game of a net on markings in which a place may be unboundedly full.

    Parameters
    ----------
    net
        Any place/transition net.

    Raises
    ------
    UnlistedError
        For 2**62 tokens in a place at the start.

    Examples
    --------
    >>> game = OmegaFiring(PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0]))
    >>> game.fire(np.array([OMEGA, 0]), 0).tolist() == [OMEGA, 1]
    True
    """

    def __init__(self, net: PetriNet) -> None:
        if any(count >= int(OMEGA) for count in net.initial.to_dict().values()):
            raise UnlistedError(TOO_MANY)
        self.net = net
        offsets, self.places, self.weights = net.pre_arcs
        self.of_arc = np.repeat(np.arange(len(net.transition_ids)), np.diff(offsets))
        self.effects: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
        for transition in range(len(net.transition_ids)):
            change: dict[int, int] = {}
            for table, sign in ((net.pre_arcs, -1), (net.post_arcs, 1)):
                nodes, weights = table.row(transition)
                for place, weight in zip(nodes.tolist(), weights.tolist(), strict=True):
                    change[place] = change.get(place, 0) + sign * weight
            self.effects.append(
                (
                    np.array(list(change), dtype=np.int64),
                    np.array(list(change.values()), dtype=np.int64),
                )
            )

    def enabled(self, row: Row) -> NDArray[np.int64]:
        """Return the enabled transitions, ascending, int64."""
        able = np.ones(len(self.effects), dtype=bool)
        able[self.of_arc[row[self.places] < self.weights]] = False
        return np.flatnonzero(able)

    def fire(self, row: Row, transition: int) -> Row:
        """Return the marking after an enabled transition.

        Raises
        ------
        UnlistedError
            Where a place gets 2**62 tokens one firing after the other, which is not any number.
        """
        places, change = self.effects[transition]
        after = row.copy()
        before = row[places]
        if ((before < OMEGA) & (change > OMEGA - 1 - before)).any():
            raise UnlistedError(TOO_MANY)
        after[places] = np.where(before >= OMEGA, OMEGA, before + change)
        return after
