"""Counters of one number for each replica, kept as bit planes.

Adding one bit to every counter costs five operations on average, however large the numbers are:
two additions wait for each other at each plane (carry-save addition).
"""

from __future__ import annotations

import numpy as np

from petri.token_game.bit_words import Words

__all__ = ["BitCounter", "counter_planes"]


def counter_planes(limit: int, n_blocks: int, n_words: int) -> Words:
    """Return planes of counters that overflow after exactly ``limit`` additions.

    Parameters
    ----------
    limit
        At least 1.
    n_blocks, n_words
        The shape of a plane.

    Returns
    -------
    ndarray
        uint64 (bits, n_blocks, n_words), the lowest plane first; all start at ``2**bits - limit``.

    Examples
    --------
    >>> counter_planes(3, 1, 1)[:, 0, 0].astype(bool).tolist()
    [True, False]
    """
    bits = limit.bit_length()
    start = (1 << bits) - limit
    planes = np.zeros((bits, n_blocks, n_words), dtype=np.uint64)
    for plane in range(bits):
        if start >> plane & 1:
            planes[plane] = np.uint64(0xFFFFFFFFFFFFFFFF)
    return planes


class BitCounter:
    """Adds bits to counters that are kept as planes.

    Parameters
    ----------
    planes
        uint64 (bits, n_blocks, n_words), changed in place.
    """

    def __init__(self, planes: Words) -> None:
        self.planes = planes
        self._waiting = np.empty_like(planes)
        self._has = [False] * len(planes)
        self._scratch: list[Words] = [np.empty_like(planes[0]) for _ in range(3)]

    def headroom(self, active: Words) -> int:
        """Return how many additions surely overflow no counter of an active replica."""
        self.flush()
        mask, trial = self._scratch[0], self._scratch[1]
        mask[...] = active
        left = 0
        for plane in range(len(self.planes) - 1, -1, -1):
            np.bitwise_and(mask, self.planes[plane], out=trial)
            left <<= 1
            if trial.any():
                mask, trial = trial, mask
            else:
                left |= 1
        return left

    def add(self, bits: Words) -> None:
        """Add a bit to each counter; none may overflow by it."""
        carry, spare, tmp = bits, self._scratch[0], self._scratch[1]
        for plane in range(len(self.planes)):
            total, other = self.planes[plane], self._waiting[plane]
            if not self._has[plane]:
                other[...] = carry
                self._has[plane] = True
                return
            self._has[plane] = False
            np.bitwise_and(total, other, out=spare)
            np.bitwise_xor(total, other, out=tmp)
            np.bitwise_xor(tmp, carry, out=total)
            np.bitwise_and(tmp, carry, out=tmp)
            np.bitwise_or(spare, tmp, out=spare)
            carry = spare
            spare = self._scratch[0 if plane & 1 else 2]

    def flush(self) -> None:
        """Bring the planes up to date."""
        for plane, has in enumerate(self._has):
            if has:
                self._has[plane] = False
                self._ripple(self._waiting[plane], plane)

    def _ripple(self, bits: Words, plane: int) -> Words | None:
        carry, spare = bits, self._scratch[0]
        for position in range(plane, len(self.planes)):
            total = self.planes[position]
            np.bitwise_and(total, carry, out=spare)
            np.bitwise_xor(total, carry, out=total)
            carry = spare
            spare = self._scratch[1 if position - plane & 1 == 0 else 0]
            if position - plane > 2 and not carry.any():
                return None
        return carry

    def add_and_stop(self, bits: Words, active: Words) -> None:
        """Add a bit to each counter; replicas whose counter overflows are no longer active."""
        over = self._ripple(bits, 0)
        if over is not None:
            np.invert(over, out=over)
            np.bitwise_and(active, over, out=active)
