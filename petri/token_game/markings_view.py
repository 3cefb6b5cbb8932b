"""The markings in which the replicas of an ensemble ended, whatever they are kept in."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from petri.token_game.bit_words import Words
from petri.token_game.sliced_net import BitLayout

__all__ = ["ArrayMarkings", "FinalMarkings", "WordMarkings"]

Int64 = NDArray[np.int64]


class FinalMarkings(Protocol):
    """Tokens by place and replica; replicas are in the order of their blocks."""

    def tokens(self, place: int) -> Int64:
        """Return the tokens of one place, int64 (n_replicas,)."""
        ...


class WordMarkings:
    """Markings in words of one bit for each replica; unpacked when asked for.

    Parameters
    ----------
    layout, words
        The planes and where they are.
    """

    def __init__(self, layout: BitLayout, words: Words) -> None:
        self._layout = layout
        self._words = words

    def tokens(self, place: int) -> Int64:
        """Return the tokens of one place, int64 (n_replicas,)."""
        return self._layout.tokens(self._words, place)


class ArrayMarkings:
    """Markings as an array of shape (n_places, n_replicas)."""

    def __init__(self, markings: NDArray[np.int64] | NDArray[np.uint8]) -> None:
        self._markings = markings

    def tokens(self, place: int) -> Int64:
        """Return the tokens of one place, int64 (n_replicas,)."""
        tokens: Int64 = self._markings[place].astype(np.int64)
        return tokens
