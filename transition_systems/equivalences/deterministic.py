"""A deterministic system with the same traces, and the set of states behind each of its states."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Budget
from transition_systems.csr import row_arcs
from transition_systems.equivalences.linear_graph import linear_graphs
from transition_systems.equivalences.set_table import EMPTY, BudgetEnded, SetTable
from transition_systems.errors import UndecidedError
from transition_systems.lts import LTS

__all__ = ["determinise"]

Indices = NDArray[np.int64]


def determinise(
    lts: LTS, *, weak: bool = False, budget: Budget | None = None
) -> tuple[LTS, tuple[Indices, Indices]]:
    """Return a deterministic system with the same traces, by the subset construction.

    Parameters
    ----------
    lts
        The system.
    weak
        Whether silent steps are no letters; then the result has none. Otherwise ``tau`` is a letter
        as others are.
    budget
        What it may use; states are sets.

    Returns
    -------
    system, (offsets, members)
        In the order of breadth-first search; an atom holds where it holds in some state of the
        set. The states of set ``k`` are ``members[offsets[k]:offsets[k + 1]]``, both int64.

    Raises
    ------
    UndecidedError
        When the budget ends.

    Notes
    -----
    There may be 2 ** n sets. M. Rabin, D. Scott, Finite automata and their decision problems, IBM
    J. Res. Dev. 3 (1959).

    Examples
    --------
    >>> lts = LTS.from_arcs(3, [(0, "a", 1), (0, "a", 2), (1, "b", 2)], final=[1])
    >>> small, (offsets, members) = determinise(lts)
    >>> list(small.arcs()), small.final.tolist()
    ([(0, 'a', 1), (1, 'b', 2)], [False, True, False])
    >>> offsets.tolist(), members.tolist()
    ([0, 1, 3, 4], [0, 1, 2, 2])
    """
    meter = (Budget() if budget is None else budget).start()
    graph = linear_graphs([lts], (), silent=weak)[0]
    none = np.zeros(0, dtype=np.int64)
    try:
        sets = SetTable(graph, meter)
        start = sets.start()
        fresh = none if start == EMPTY else np.array([start], dtype=np.int64)
        place: dict[int, int] = {int(k): at for at, k in enumerate(fresh)}
        parts = [(none, none, none)]
        while len(fresh):
            reason = meter.exhausted(states=len(place), bytes=sets.bytes)
            if reason is not None:
                raise BudgetEnded(reason)
            owner, labels = sets.enabled(fresh)
            keep = labels < graph.first_atom
            owner, labels = owner[keep], labels[keep]
            targets = sets.steps(fresh[owner], labels)
            parts.append((fresh[owner], labels, targets))
            listed = [k for k in dict.fromkeys(targets.tolist()) if k not in place]
            place.update(zip(listed, range(len(place), len(place) + len(listed)), strict=True))
            fresh = np.array(listed, dtype=np.int64)
    except BudgetEnded as ended:
        raise UndecidedError(f"the system was not made deterministic: {ended}") from ended
    sources, labels, targets = (np.concatenate(part) for part in zip(*parts, strict=True))
    found = np.fromiter(place, dtype=np.int64, count=len(place))
    number = np.zeros(len(sets), dtype=np.int64)
    number[found] = np.arange(len(found))
    members = sets.members[row_arcs(sets.offsets, found)]
    offsets = np.concatenate((none, [0], np.cumsum(sets.sizes(found))))
    made = LTS.from_arrays(
        len(found),
        number[sources],
        labels,
        number[targets],
        label_names=graph.names[: graph.first_atom],
        initial=none if start == EMPTY else [0],
        atoms={
            name: np.logical_or.reduceat(flags[members], offsets[:-1]) if len(found) else none
            for name, flags in lts.atoms.items()
        },
    )
    return made, (offsets, members)
