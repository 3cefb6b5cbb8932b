"""Open addressing with whole arrays: where the keys of a batch lie in each round of probing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["places_of", "round_multiplier"]

Keys = NDArray[np.uint64]

HALF = np.uint64(32)
FOLD = np.uint64(29)
MASK = (1 << 64) - 1


def round_multiplier(round: int) -> np.uint64:
    """Return the odd multiplier of a round of probing (a step of splitmix64).

    Examples
    --------
    >>> int(round_multiplier(1)) % 2
    1
    """
    z = (round * 0x9E3779B97F4A7C15) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return np.uint64((z ^ (z >> 31)) | 1)


def places_of(hashes: Keys, round: int, slots: np.uint64) -> NDArray[np.int64]:
    """Return the slots of a table in which keys are looked for in a round.

    Parameters
    ----------
    hashes
        uint64 (m,): well mixed in their upper half; equal keys have equal hashes.
    round
        0 for the first look; each round gives another place.
    slots
        Size of the table, below 2 ** 32.

    Returns
    -------
    int64 (m,), in ``range(slots)``.

    Examples
    --------
    >>> places_of(np.array([1 << 63], dtype=np.uint64), 0, np.uint64(100)).tolist()
    [50]
    """
    if round == 0:
        spread = hashes >> HALF
    else:
        spread = hashes ^ (hashes >> FOLD)
        spread *= round_multiplier(round)
        spread >>= HALF
    spread *= slots
    spread >>= HALF
    return spread.view(np.int64)
