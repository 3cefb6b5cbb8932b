"""What the ground asks of whoever stands on it.

The semantics of a net, of a term and of a machine is a transition system; the ground never knows
which of them it explores. Each formalism implements these protocols.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from transition_systems.properties.predicates import Predicate

__all__ = ["BlockError", "ExplicitSystem", "Observable", "SymbolicSystem", "WidthError"]

Words = NDArray[np.uint64]


class BlockError(Exception):
    """The successors of a block would take too much memory; the loop asks for fewer states.

    Parameters
    ----------
    rows
        How many states of the block, the first ones, may be given at a time; at least one.
    """

    def __init__(self, rows: int) -> None:
        super().__init__("a block has too many successors")
        self.rows = rows


class WidthError(Exception):
    """A counter outgrew its field; the breadth-first loop answers with ``reencode``."""


@runtime_checkable
class ExplicitSystem(Protocol):
    """A system whose states are rows of 64-bit words.

    ``labels`` are the names behind the label indices of ``successors``.
    """

    @property
    def labels(self) -> Sequence[str]:
        """Names of the labels, by index."""
        ...

    def initial(self) -> Words:
        """Return the initial states, uint64 of shape (n, w)."""
        ...

    def successors(self, block: Words) -> tuple[NDArray[np.int64], NDArray[np.int32], Words]:
        """Return all steps from a block of states.

        Parameters
        ----------
        block
            uint64, shape (n, w).

        Returns
        -------
        source, label, target
            int64 (m,) rows of ``block``; int32 (m,) label indices; uint64 (m, w) states.

        Raises
        ------
        WidthError
            When a successor does not fit into the words.
        BlockError
            When there are more states than it can do at a time; never for one state.
        """
        ...

    def decode(self, row: Words) -> Any:
        """Return the model's own state of one row, shape (w,)."""
        ...

    def reencode(self, seen: Words) -> Words:
        """Widen the fields after a :class:`WidthError` and return the seen states anew."""
        ...


@runtime_checkable
class Observable(Protocol):
    """Something on whose states predicates can be evaluated."""

    def holds(self, predicate: Predicate, states: NDArray[Any]) -> NDArray[np.bool_]:
        """Return for each state (a row) whether the predicate holds, bool of shape (n,)."""
        ...


@runtime_checkable
class SymbolicSystem(Protocol):
    """A system whose state sets are diagrams; sets are opaque to the ground."""

    def initial_set(self) -> Any:
        """Return the set of initial states."""
        ...

    def image(self, states: Any) -> Any:
        """Return the states that are one step after some state of the set."""
        ...

    def preimage(self, states: Any) -> Any:
        """Return the states from which one step leads into the set."""
        ...

    def states_with(self, predicate: Predicate) -> Any:
        """Return the set of states where the predicate holds."""
        ...
