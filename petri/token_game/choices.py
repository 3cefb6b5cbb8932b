"""What each block attempts: seeded for each block on its own, in fixed portions.

For each attempt a block draws two transitions that all its replicas share, and each replica draws
a coin that says which of the two it attempts. Replicas that began in one marking and shared a
single sequence would remain copies of each other for ever; with the coin each of them still
attempts independent transitions of the right law, and they part. The two transitions of an attempt
differ (by weights: as far as the weights allow), which no single replica can notice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from petri.token_game.bit_words import Words
from transition_systems.errors import UsageError

__all__ = ["BlockChoices", "Portion", "weights_of"]

WORDS = 200_000
SHORTEST, LONGEST = 64, 2048


class Portion(NamedTuple):
    """Attempts of all blocks.

    Parameters
    ----------
    pairs
        The two transitions of each attempt, int64 (n_blocks, length, 2).
    coins
        Where a replica has a one it attempts the first of them, uint64 (n_blocks, length, n_words).
    """

    pairs: NDArray[np.int64]
    coins: Words


def weights_of(net: PetriNet, weights: Mapping[str, float] | None) -> NDArray[np.float64] | None:
    """Return a weight for each transition, float64 (n_transitions,), or ``None`` for equal ones.

    Parameters
    ----------
    net
        The net.
    weights
        Weights by the ids of transitions; those that are not named weigh 1.

    Raises
    ------
    UsageError
        For an unknown transition, or a weight that is not above 0 or not finite.

    Examples
    --------
    >>> net = PetriNet(places=[], transitions=["t", "u"])
    >>> weights_of(net, {"u": 3}).tolist()
    [1.0, 3.0]
    """
    if weights is None:
        return None
    result = np.ones(len(net.transition_ids), dtype=np.float64)
    for transition, weight in weights.items():
        number = float(weight)
        if not 0 < number < float("inf"):
            raise UsageError(f"the weight of {transition!r} is a number above 0, not {weight!r}")
        result[net.transition_index(transition)] = number
    return result


class BlockChoices:
    """Draws what is attempted.

    Portions always have the same ``length``, so that what is drawn depends on the seed and the
    size of the ensemble alone and not on how far a game goes at a time.

    Parameters
    ----------
    n_transitions
        How many there are, at least one.
    weights
        Their weights, or ``None`` for equal ones.
    seeds
        The seed of each block.
    n_words
        Words of a block, for the coins.
    """

    def __init__(
        self,
        n_transitions: int,
        weights: NDArray[np.float64] | None,
        seeds: Sequence[np.random.SeedSequence],
        n_words: int,
    ) -> None:
        parts = [seed.spawn(2) for seed in seeds]
        self._generators = [np.random.Generator(np.random.PCG64(part[0])) for part in parts]
        self._coins = [np.random.SFC64(part[1]) for part in parts]
        self._count = n_transitions
        self._words = n_words
        self.length = min(LONGEST, max(SHORTEST, WORDS // (n_words * len(seeds))))
        self._kind: type[Any] = np.uint32 if n_transitions < 1 << 16 else np.int64
        self._levels: NDArray[np.float64] | None = None
        if weights is not None:
            sums = np.cumsum(weights)
            self._levels = sums / sums[-1]

    def portion(self) -> Portion:
        """Return the next attempts of all blocks."""
        length = self.length
        drawn = np.zeros((len(self._generators), length, 2), dtype=np.int64)
        coins = np.empty((len(self._coins), length, self._words), dtype=np.uint64)
        for block, generator in enumerate(self._generators):
            pair = drawn[block]
            if self._levels is None:
                others = max(1, self._count - 1)
                both = generator.integers(0, self._count * others, size=length, dtype=self._kind)
                one = both // others
                other = both - one * others
                pair[:, 0] = one
                np.add(other, other >= one, out=pair[:, 1], casting="unsafe")
                if self._count == 1:
                    pair[:, 1] = 0
            else:
                random = np.add(generator.random((length, 1)), [0.0, 0.5]) % 1.0
                level = self._levels.searchsorted(random, side="right")
                pair[...] = np.minimum(level, self._count - 1)
            raw = self._coins[block].random_raw(length * self._words)
            coins[block] = np.asarray(raw, dtype=np.uint64).reshape(length, self._words)
        return Portion(drawn, coins)
