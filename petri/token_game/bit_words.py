"""Words of 64 bits, one bit for each replica: counting, packing, masks.

A set of replicas is an array of words per block; all arrays here have the shape
(n_blocks, n_words), bit ``i`` of word ``j`` of block ``b`` is replica ``64 j + i`` of the block.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["FULL", "Words", "block_counts", "ones_below", "pack_bits", "popcount", "unpack_bits"]

Words = NDArray[np.uint64]

FULL = np.uint64(0xFFFFFFFFFFFFFFFF)
_PAIRS = np.uint64(0x5555555555555555)
_FOURS = np.uint64(0x3333333333333333)
_BYTES = np.uint64(0x0F0F0F0F0F0F0F0F)
_SUM = np.uint64(0x0101010101010101)


def popcount(words: Words) -> NDArray[np.uint8]:
    """Return the number of ones in each word, uint8 of the same shape.

    Parameters
    ----------
    words
        uint64 of any shape.

    Returns
    -------
    ndarray
        uint8. ``numpy.bitwise_count`` where numpy has it (2.0), else sums of ever wider fields.

    Examples
    --------
    >>> popcount(np.array([0, 7, 2**63], dtype=np.uint64)).tolist()
    [0, 3, 1]
    """
    native: Any = getattr(np, "bitwise_count", wide_popcount)
    counts: NDArray[np.uint8] = native(words)
    return counts


def wide_popcount(words: Words) -> NDArray[np.uint8]:
    """Return the number of ones in each word without numpy's own function.

    Examples
    --------
    >>> wide_popcount(np.array([0, 7, 2**63, 2**64 - 1], dtype=np.uint64)).tolist()
    [0, 3, 1, 64]
    """
    one, two, four = np.uint64(1), np.uint64(2), np.uint64(4)
    rest = words - ((words >> one) & _PAIRS)
    rest = (rest & _FOURS) + ((rest >> two) & _FOURS)
    rest = (rest + (rest >> four)) & _BYTES
    counts: NDArray[np.uint8] = ((rest * _SUM) >> np.uint64(56)).astype(np.uint8)
    return counts


def block_counts(words: Words) -> NDArray[np.int64]:
    """Return the number of ones in each block, int64 of the shape without the last axis.

    Examples
    --------
    >>> block_counts(np.array([[1, 3], [0, 0]], dtype=np.uint64)).tolist()
    [3, 0]
    """
    counts: NDArray[np.int64] = popcount(words).sum(axis=-1, dtype=np.int64)
    return counts


def ones_below(sizes: NDArray[np.int64], n_words: int) -> Words:
    """Return words whose lowest bits are set, as many in each block as its size.

    Parameters
    ----------
    sizes
        int64 (n_blocks,), at most ``64 * n_words``.
    n_words
        Words for each block.

    Returns
    -------
    ndarray
        uint64 (n_blocks, n_words).

    Examples
    --------
    >>> ones_below(np.array([3, 65]), 2).tolist()
    [[7, 0], [18446744073709551615, 1]]
    """
    bits = np.arange(64 * n_words) < sizes[:, None]
    return pack_bits(bits)


def pack_bits(bits: NDArray[np.bool_]) -> Words:
    """Return booleans as words, uint64 (n_blocks, n_bits / 64), the first in the lowest bit.

    Examples
    --------
    >>> pack_bits(np.arange(64)[None, :] == 1).tolist()
    [[2]]
    """
    packed = np.packbits(bits, axis=-1, bitorder="little")
    return np.ascontiguousarray(packed).view("<u8").astype(np.uint64, copy=False)


def unpack_bits(words: Words, sizes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return the bits of all replicas, block after block, bool of shape (sum of sizes,).

    Examples
    --------
    >>> unpack_bits(np.array([[5]], dtype=np.uint64), np.array([3])).tolist()
    [True, False, True]
    """
    flat = np.ascontiguousarray(words).astype("<u8", copy=False).view(np.uint8)
    bits = np.unpackbits(flat, axis=-1, bitorder="little").astype(np.bool_, copy=False)
    used = np.arange(bits.shape[-1]) < sizes[:, None]
    return bits[used]
