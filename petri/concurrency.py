"""Concurrent places and mutual exclusion: can places be marked at the same time?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from petri.in_turn import first_listing, share_of
from petri.net import PetriNet
from petri.reachable import invariant, reachable
from petri.state_space.reachability import ReachabilityGraph, reachability_graph
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.progress import ProgressCallback
from transition_systems.properties.predicates import Not, Predicate, at_least, conjunction
from transition_systems.verdict import Verdict

__all__ = ["concurrent", "concurrent_places", "mutual_exclusion"]

# Tokens of a block of markings; the part of the seconds that the listing leaves for the pairs.
CELLS = 1 << 22
PART = 4
# The part of the seconds for the engines, and the most pairs that they are asked about.
ENGINES, MOST_PAIRS = 0.6, 2_000


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

    Raises
    ------
    UsageError
        For a place that the net does not have.

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
    for place in (first, second):
        net.place_index(place)
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

    Raises
    ------
    UsageError
        For a text instead of a list of places, and a place that the net does not have.

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
    if isinstance(places, str):
        raise UsageError(f"the places are asked for as a list, not as the text {places!r}")
    for place in places:
        net.place_index(place)
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
        Whether all reachable markings were looked at, or engines answered for the pairs that were
        not seen; if not, ``False`` says nothing.

    Notes
    -----
    One bit for each marking and place, and the bits of two places at once, a block of markings
    after the other, with the clock asked in between: O(states x places^2 / 8) operations on bytes,
    fewer for pairs that were seen before; besides the listing 8 MiB and a byte for each pair. Where
    the markings are too many to list, the engines of :func:`petri.decide` are asked about up to
    2,000 pairs that were not seen.

    Examples
    --------
    >>> fork = PetriNet.from_arrays([[1], [0], [0]], [[0], [1], [1]], [1, 0, 0])
    >>> concurrent_places(fork)[0].astype(int).tolist()
    [[1, 0, 0], [0, 1, 1], [0, 1, 1]]
    """
    limit = (budget or Budget()).fixed()
    if graph is not None:
        return _listed(graph, limit)
    space = reachability_graph(net, budget=first_listing(limit), progress=progress)
    together, whole = _listed(space, limit)
    if whole or limit.remaining() == 0.0:
        return together, whole
    if _by_portfolio(net, together, share_of(limit, ENGINES), progress):
        return together, True
    left = limit.remaining()
    listing = limit if left is None else replace(limit, seconds=left - left / PART)
    seen, whole = _listed(space.continued(budget=listing, progress=progress), limit)
    return together | seen, whole


def _listed(space: ReachabilityGraph, limit: Budget) -> tuple[NDArray[np.bool_], bool]:
    """Return the pairs of the markings that were listed, and whether they are all."""
    count = len(space.net.place_ids)
    together = np.zeros((count, count), dtype=bool)
    meter, step = limit.start(), max(1, CELLS // max(1, count))
    for start in range(0, space.n_states, step):
        if start and meter.out_of_time():
            return together, False
        states = np.arange(start, min(start + step, space.n_states))
        marked = np.packbits(space.state_set(states).rows > 0, axis=0).T.copy()
        for place in np.flatnonzero(marked.any(axis=1)).tolist():
            if meter.out_of_time():
                return together, False
            others = np.flatnonzero(~together[place])
            found = others[(marked[others] & marked[place]).any(axis=1)]
            together[place, found] = together[found, place] = True
    return together, space.complete


def _by_portfolio(
    net: PetriNet,
    together: NDArray[np.bool_],
    share: Budget,
    progress: ProgressCallback | None,
) -> bool:
    """Ask the engines about the pairs that were not seen; return whether all are known then."""
    from petri.portfolio.asking import FIRST_WALK
    from petri.portfolio.batch import Batch
    from petri.portfolio.questions import Answer, Reach

    count = len(together)
    seen = int(np.count_nonzero(together)) + int(np.count_nonzero(np.diagonal(together)))
    if (count * (count + 1) - seen) // 2 > MOST_PAIRS:
        return False
    pairs = np.argwhere(~together & np.tri(count, dtype=bool).T)
    ids = net.place_ids
    goals = [
        conjunction(*(at_least(ids[p], 1) for p in dict.fromkeys(pair))) for pair in pairs.tolist()
    ]

    def told(number: int, answer: Answer) -> None:
        first, second = pairs[number]
        together[first, second] = together[second, first] = bool(answer.value)

    batch = Batch(
        net, [Reach(goal) for goal in goals], budget=share, tell=told, evidence=False,
        parallel=False, progress=progress, first_walk=FIRST_WALK,
    )  # fmt: skip
    batch.run()
    return not batch.open
