"""When the replicas of an ensemble met a predicate for the first time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from petri.token_game.estimates import Estimate, estimate
from transition_systems.errors import UsageError

__all__ = ["FirstPassage"]

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FirstPassage:
    """When replicas met a predicate for the first time.

    Parameters
    ----------
    times
        int64 (n_replicas,), in units of the clock; 0 where it held at the start, -1 where it was
        not met within the game.
    reached
        The share of replicas that met it.
    mean
        The mean time of those that met it.
    sizes
        Replicas in each block, int64 (n_blocks,).
    """

    times: Int64
    reached: Estimate
    mean: Estimate
    sizes: Int64

    def within(self, time: float, *, level: float = 0.95) -> Estimate:
        """Return the share of all replicas that met it within a time, with its interval.

        Examples
        --------
        >>> from petri.token_game.estimates import estimate
        >>> passage = FirstPassage(times=np.array([3, 5, 9, -1]), reached=estimate([1]),
        ...                        mean=estimate([1]), sizes=np.array([2, 2]))
        >>> print(passage.within(5).block_means)
        (1.0, 0.0)
        """
        met = (self.times >= 0) & (self.times <= time)
        block = np.repeat(np.arange(len(self.sizes)), self.sizes)
        return estimate(np.bincount(block, met, len(self.sizes)) / self.sizes, level)

    def quantile(self, share: float) -> float:
        """Return the time within which a share of all replicas met it, ``inf`` where they did not.

        Examples
        --------
        >>> from petri.token_game.estimates import estimate
        >>> passage = FirstPassage(times=np.array([3, 5, -1]), reached=estimate([1]),
        ...                        mean=estimate([1]), sizes=np.array([3]))
        >>> passage.quantile(0.5), passage.quantile(1.0)
        (5.0, inf)
        """
        if not 0 < share <= 1:
            raise UsageError(f"a share is above 0 and at most 1, not {share}")
        met = np.sort(self.times[self.times >= 0])
        needed = int(np.ceil(share * len(self.times))) - 1
        return float(met[needed]) if needed < len(met) else float("inf")
