"""The nodes of several diagrams in one table, as evidence has them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from petri.state_space.symbolic.diagrams import Diagram, Diagrams
from transition_systems.budget import Meter
from transition_systems.errors import UndecidedError

__all__ = ["SharedNodes"]

MOST_NODES = 2_000_000
BYTES_OF_NODE = 200


class SharedNodes:
    """The nodes of several diagrams in one table.

    Parameters
    ----------
    store
        Where the diagrams were made.
    meter
        Asked with each diagram.
    """

    def __init__(self, store: Diagrams, meter: Meter) -> None:
        self._store, self._meter = store, meter
        self._number: dict[tuple[int, int, int], int] = {}

    def add(self, diagram: Diagram) -> int:
        """Add a diagram; return its node.

        Raises
        ------
        UndecidedError
            When the budget ends, or the table gets too large.
        """
        table = self._store.table(diagram)
        own = [0, 1]
        for row in list(zip(table.levels, table.low, table.high, strict=True))[2:]:
            key = (row[0], own[row[1]], own[row[2]])
            own.append(self._number.setdefault(key, len(self._number) + 2))
        reason = self._meter.exhausted(bytes=len(self._number) * BYTES_OF_NODE)
        if reason is None and len(self._number) > MOST_NODES:
            reason = f"more than {MOST_NODES} nodes"
        if reason is not None:
            raise UndecidedError(f"the evidence would be too large: {reason}")
        return own[table.root]

    @property
    def rows(self) -> NDArray[np.int64]:
        """The table, int64 of shape (n_nodes, 3), in which each node comes after those behind."""
        return np.array(list(self._number), dtype=np.int64).reshape(-1, 3)
