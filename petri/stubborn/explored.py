"""What a search by stubborn sets has found: markings, their sets, and arcs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from petri.stubborn.dependencies import Dependencies, Tokens, bits_of
from transition_systems.evidence import StateSet

__all__ = ["Explored"]


class Explored:
    """The markings found so far, what is stubborn in each, and the arcs.

    Parameters
    ----------
    net
        The net.
    start
        Transitions that lead to the first marking, from the initial one.

    Attributes
    ----------
    markings, enabled, stubborn
        For each state, in the order found; masks of transitions. A stubborn set is -1 while its
        state was not expanded.
    sources, actions, targets
        The arcs.
    came
        For each state the arc by which it was found, -1 for the first one.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [0, 0]], [1, 0])
    >>> found = Explored(net)
    >>> found.fire(0, found.enabled[0])
    >>> found.markings, found.sources, found.actions, found.targets, found.came
    ([b'\\x01\\x00', b'\\x00\\x00'], [0], [0], [1], [-1, 0])
    """

    def __init__(self, net: PetriNet, start: tuple[int, ...] = ()) -> None:
        self.net = net
        self.deps = Dependencies(net)
        tokens, enabled = self.deps.initial, self.deps.enabled(self.deps.initial)
        for transition in start:
            tokens, enabled = self.deps.fire(tokens, enabled, transition)
        self.markings: list[Tokens] = [tokens]
        self.enabled: list[int] = [enabled]
        self.stubborn: list[int] = [-1]
        self.came: list[int] = [-1]
        self.sources: list[int] = []
        self.actions: list[int] = []
        self.targets: list[int] = []
        self._index: dict[Tokens, int] = {tokens: 0}

    def fire(self, state: int, transitions: int) -> None:
        """Add what some enabled transitions of a state lead to, and the arcs."""
        tokens, enabled = self.markings[state], self.enabled[state]
        for number in bits_of(transitions):
            after, able = self.deps.fire(tokens, enabled, number)
            target = self._index.setdefault(after, len(self.markings))
            if target == len(self.markings):
                self.markings.append(after)
                self.enabled.append(able)
                self.stubborn.append(-1)
                self.came.append(len(self.sources))
            self.sources.append(state)
            self.actions.append(number)
            self.targets.append(target)

    def rows(self) -> NDArray[np.integer[Any]]:
        """Return all markings found, whole numbers (n_states, n_places)."""
        shape = (len(self.markings), len(self.net.place_ids))
        small = [tokens for tokens in self.markings if isinstance(tokens, bytes)]
        if len(small) == len(self.markings):
            return np.frombuffer(b"".join(small), dtype=np.uint8).reshape(shape)
        return np.array([list(tokens) for tokens in self.markings], dtype=np.int64).reshape(shape)

    def state_set(self) -> StateSet:
        """Return all markings found."""
        return StateSet(names=self.net.place_ids, rows=self.rows().astype(np.int64))

    def packed_sets(self) -> NDArray[np.uint8]:
        """Return the stubborn sets, uint8 (n_states, n_bytes): bit t % 8 of byte t // 8."""
        size = max(1, -(-len(self.net.transition_ids) // 8))
        data = b"".join(mask.to_bytes(size, "little") for mask in self.stubborn)
        return np.frombuffer(data, dtype=np.uint8).reshape(len(self.stubborn), size)
