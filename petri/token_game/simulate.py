"""Random runs of a net, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from petri.firing import step
from petri.marking import MAX_TOKENS, Marking
from petri.net import PetriNet
from petri.token_game.arguments import whole_number
from transition_systems.errors import FiringError
from transition_systems.run import Run, Step

__all__ = ["simulate"]


def simulate(
    net: PetriNet,
    *,
    steps: int,
    seed: int,
    marking: Mapping[str, int] | None = None,
) -> Run:
    """Return a random run: at each step every enabled transition is chosen with equal chance.

    Parameters
    ----------
    net
        The net.
    steps
        The largest number of steps; the run ends earlier in a dead marking.
    seed
        The seed of the choices; the run depends on net, marking and seed only.
    marking
        Where the run starts; by default the initial marking.

    Returns
    -------
    Run
        A run of the net.

    Raises
    ------
    UsageError
        When ``steps`` is no number from 0 on, or the marking names an unknown place.
    FiringError
        When a place would get more than 2**62 tokens.

    Notes
    -----
    A step costs the arcs of the transition that fires and of those that it touches, and the
    number of marked places for the state that is kept.

    Examples
    --------
    >>> net = PetriNet(places=["p", "q"], transitions=["t"], arcs=[("p", "t"), ("t", "q")],
    ...                initial={"p": 2})
    >>> run = simulate(net, steps=10, seed=1)
    >>> run.actions, run.last
    (('t', 't'), {'q': 2})
    """
    steps = whole_number("steps", steps, 0)
    current = net.initial if marking is None else Marking(marking)
    game = _Game(net, current.to_array(net.place_ids))
    choose = random.Random(seed)  # noqa: S311 - a simulation, no secret
    done: list[Step] = []
    while len(done) < steps and game.enabled:
        number = game.enabled[choose.randrange(len(game.enabled))]
        game.fire(number)
        done.append(step(net, number, Marking(game.tokens())))
    return Run(initial=current.to_dict(), steps=tuple(done))


class _Game:
    """A vector of tokens, and for each transition how many of its inputs lack tokens."""

    def __init__(self, net: PetriNet, vector: NDArray[np.int64]) -> None:
        self.net = net
        self.vector = vector
        self.consumers = net.consumers
        offsets, places, weights = net.pre_arcs
        short: NDArray[np.int64] = np.zeros(len(places) + 1, dtype=np.int64)
        np.cumsum(vector[places] < weights, out=short[1:])
        self.lacking: NDArray[np.int64] = short[offsets[1:]] - short[offsets[:-1]]
        self.enabled: list[int] = np.flatnonzero(self.lacking == 0).tolist()

    def tokens(self) -> dict[str, int]:
        marked = np.flatnonzero(self.vector)
        ids = self.net.place_ids
        return dict(
            zip((ids[p] for p in marked.tolist()), self.vector[marked].tolist(), strict=True)
        )

    def fire(self, number: int) -> None:
        change: dict[int, int] = {}
        for table, sign in ((self.net.pre_arcs, -1), (self.net.post_arcs, 1)):
            places, weights = table.row(number)
            for place, weight in zip(places.tolist(), weights.tolist(), strict=True):
                change[place] = change.get(place, 0) + sign * weight
        touched = False
        for place, difference in change.items():
            before = int(self.vector[place])
            after = before + difference
            if after > MAX_TOKENS:
                identity = self.net.place_ids[place]
                raise FiringError(f"{identity} would get more than 2**62 tokens")
            self.vector[place] = after
            transitions, weights = self.consumers.row(place)
            lost = (weights <= before).astype(np.int64) - (weights <= after)
            if lost.any():
                self.lacking[transitions] += lost
                touched = True
        if touched:
            self.enabled = np.flatnonzero(self.lacking == 0).tolist()
