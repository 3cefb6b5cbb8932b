"""Concurrent places and mutual exclusion: can places be marked at the same time?"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from petri.reachable import invariant, reachable
from petri.state_space.reachability import ReachabilityGraph, reachability_graph
from transition_systems.budget import Budget
from transition_systems.progress import ProgressCallback
from transition_systems.properties.predicates import Not, Predicate, at_least, conjunction
from transition_systems.verdict import Verdict

__all__ = ["concurrent", "concurrent_places", "mutual_exclusion"]


def concurrent(
    net: PetriNet,
    first: str,
    second: str,
    *,
    method: str = "auto",
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
    graph: ReachabilityGraph | None = None,
) -> Verdict:
    """Decide whether two places are marked together in some reachable marking.

    Parameters
    ----------
    net
        Any place/transition net.
    first, second
        Ids of places; the same one twice asks for two tokens.
    method, budget, progress, seed, graph
        As for :func:`petri.reachable`.

    Returns
    -------
    Verdict
        As of :func:`petri.reachable`.

    Notes
    -----
    As hard as reachability; O(states x transitions) by listing.

    Examples
    --------
    >>> from petri import PetriNet
    >>> fork = PetriNet.from_arrays([[1], [0], [0]], [[0], [1], [1]], [1, 0, 0])
    >>> bool(concurrent(fork, "p2", "p3"))
    True
    """
    together: Predicate
    if first == second:
        together = at_least(first, 2)
    else:
        together = conjunction(at_least(first, 1), at_least(second, 1))
    return reachable(
        net, together, method=method, budget=budget, progress=progress, seed=seed, graph=graph
    )


def mutual_exclusion(
    net: PetriNet,
    places: Sequence[str],
    *,
    method: str = "auto",
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
    graph: ReachabilityGraph | None = None,
) -> Verdict:
    """Decide that no two of some places are ever marked together.

    Parameters
    ----------
    net
        Any place/transition net.
    places
        Ids of places.
    method, budget, progress, seed, graph
        As for :func:`petri.invariant`.

    Returns
    -------
    Verdict
        As of :func:`petri.invariant`.

    Notes
    -----
    The predicate has a part for each pair of places.

    Examples
    --------
    >>> from petri import PetriNet
    >>> fork = PetriNet.from_arrays([[1], [0], [0]], [[0], [1], [1]], [1, 0, 0])
    >>> bool(mutual_exclusion(fork, ["p1", "p2"])), bool(mutual_exclusion(fork, ["p2", "p3"]))
    (True, False)
    """
    apart = conjunction(
        *(
            Not(conjunction(at_least(one, 1), at_least(other, 1)))
            for one, other in combinations(dict.fromkeys(places), 2)
        )
    )
    return invariant(
        net, apart, method=method, budget=budget, progress=progress, seed=seed, graph=graph
    )


def concurrent_places(
    net: PetriNet,
    *,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    graph: ReachabilityGraph | None = None,
) -> tuple[NDArray[np.bool_], bool]:
    """Return which pairs of places are marked together in some reachable marking.

    Parameters
    ----------
    net
        Any place/transition net.
    budget, progress, graph
        As for :func:`petri.reachable`.

    Returns
    -------
    together : bool array of shape (n_places, n_places)
        Symmetric; the diagonal tells which places are ever marked.
    complete : bool
        Whether all reachable markings were seen. Otherwise ``False`` in the array says nothing.

    Notes
    -----
    A product of a boolean matrix with itself, in blocks: O(states x places^2 / 64) word operations
    at worst.

    Examples
    --------
    >>> fork = PetriNet.from_arrays([[1], [0], [0]], [[0], [1], [1]], [1, 0, 0])
    >>> concurrent_places(fork)[0].astype(int).tolist()
    [[1, 0, 0], [0, 1, 1], [0, 1, 1]]
    """
    space = reachability_graph(net, budget=budget, progress=progress) if graph is None else graph
    marked = np.unique(np.packbits(space.markings > 0, axis=1), axis=0)
    rows = np.unpackbits(marked, axis=1, count=len(net.place_ids)).astype(np.float32)
    together: NDArray[np.bool_] = (rows.T @ rows) > 0
    return together, space.complete
