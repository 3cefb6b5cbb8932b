"""The successors of a level of states, in batches of bounded size.

Firing and sorting take about as long as looking the states up, so that a second process can make
the batches while this one adds them to the visited set.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from petri.state_space.search_figures import Figures
from petri.state_space.seen_states import Prepared
from petri.state_space.state_layout import StateLayout
from petri.state_space.token_kernel import LayoutError, TokenKernel

__all__ = ["CHUNK", "Batch", "Misfit", "Successors", "chunk_of"]

Word = NDArray[np.uint64]
CHUNK = 1 << 15
# Bytes that the columns and tests of a block may take, and the least states of one.
MOST_BYTES = 1 << 28
LEAST = 1 << 6
LOOKED_AT = 1 << 14


def chunk_of(net: PetriNet) -> int:
    """Return how many states to take apart at a time: fewer for a very wide net."""
    each = len(net.place_ids) + len(net.transition_ids)
    return max(LEAST, min(CHUNK, MOST_BYTES // max(1, each)))


class Misfit(Exception):
    """Some successors do not fit the layout.

    Parameters
    ----------
    markings
        int64 (n, n_places), at least one: what does not fit.
    """

    def __init__(self, markings: NDArray[np.int64]) -> None:
        super().__init__("a marking does not fit its layout")
        self.markings = markings


@dataclass(slots=True)
class Batch:
    """Some successors.

    Parameters
    ----------
    states
        What is to be added to the visited set.
    arcs
        How many firings they come from.
    left
        How many states of the level are not expanded yet.
    """

    states: Prepared
    arcs: int
    left: int


class Successors:
    """The successors of levels on one layout.

    Parameters
    ----------
    net, layout
        The net, and a layout of its markings.
    most
        About how many successors to put into a batch at most.
    """

    def __init__(self, net: PetriNet, layout: StateLayout, most: int) -> None:
        self.net, self.layout, self.most = net, layout, most
        self.kernel = TokenKernel(net, layout)
        words = range(layout.words)
        self._buffer = [np.empty(most + CHUNK, dtype=np.uint64) for _ in words]

    @property
    def nbytes(self) -> int:
        """Bytes of the buffer."""
        return sum(word.nbytes for word in self._buffer)

    def of_level(
        self,
        level: Word,
        figures: Figures,
        prepare: Callable[[list[Word]], Prepared],
        *,
        most: int,
    ) -> Generator[Batch, None, None]:
        """Yield the successors of a level, uint64 of shape (words, n), and count its figures.

        Parameters
        ----------
        level
            The states.
        figures
            Is updated for each block that was expanded.
        prepare
            Is given the words of a batch, which it may change, for what is yielded of them.
        most
            About how many successors make a batch, at most those of the constructor. A batch stands
            until the next one is asked for.

        Raises
        ------
        Misfit
            When a successor does not fit the layout; figures are then wrong.
        """
        kernel, into, filled = self.kernel, self._buffer, 0
        width, chunk = level.shape[1], chunk_of(self.net)
        for start in range(0, width, chunk):
            block = [np.ascontiguousarray(word[start : start + chunk]) for word in level]
            columns = self.layout.columns(block)
            alive = np.zeros(len(block[0]), dtype=bool)
            arcs = 0
            try:
                for transition, rows in kernel.firings(block, columns, alive):
                    arcs += len(rows)
                    if kernel.idle[transition]:
                        continue
                    stop = filled + len(rows)
                    constants = kernel.constants[transition]
                    for word, buffer, constant in zip(block, into, constants, strict=True):
                        part = buffer[filled:stop]
                        np.take(word, rows, out=part, mode="clip")
                        part += constant
                    filled = stop
                    if filled >= most:
                        states = prepare([buffer[:filled] for buffer in into])
                        yield Batch(states, filled, width - start)
                        filled = 0
            except LayoutError as error:
                raise Misfit(self._markings(block, error)) from error
            figures.add(columns, alive, arcs)
        if filled:
            yield Batch(prepare([buffer[:filled] for buffer in into]), filled, 0)

    def _markings(self, block: list[Word], error: LayoutError) -> NDArray[np.int64]:
        rows = error.states[:LOOKED_AT]
        markings = self.layout.unpack([word.take(rows) for word in block])
        return markings + self.net.incidence[:, error.transition]
