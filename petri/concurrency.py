"""Concurrent places and mutual exclusion: can places be marked at the same time?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from petri.arguments import listed_places, require_arguments
from petri.in_turn import first_listing, share_of
from petri.net import PetriNet
from petri.reachable import invariant, reachable
from petri.state_space.reachability import ReachabilityGraph, reachability_graph
from transition_systems.budget import OUT_OF_TIME, Budget
from transition_systems.progress import ProgressCallback
from transition_systems.properties.predicates import Not, Predicate, at_least, conjunction
from transition_systems.verdict import Verdict

__all__ = ["ConcurrentPlaces", "concurrent", "concurrent_places", "mutual_exclusion"]

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
    require_arguments(net, budget=budget, seed=seed, progress=progress)
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
    require_arguments(net, budget=budget, seed=seed, progress=progress)
    apart = conjunction(
        *(
            Not(conjunction(at_least(one, 1), at_least(other, 1)))
            for one, other in combinations(listed_places(net, places), 2)
        )
    )
    return invariant(
        net, apart, method=method, budget=budget, progress=progress, seed=seed, graph=graph
    )


@dataclass(frozen=True, slots=True, eq=False)
class ConcurrentPlaces:
    """Which pairs of places are marked together, and a verdict about each of them.

    Parameters
    ----------
    net
        The net.
    together
        bool, shape (n_places, n_places), symmetric: which pairs are marked together in some
        reachable marking. The diagonal tells which places are ever marked.
    known
        bool, of the same shape: of which pairs that is known. Where it is not, ``together`` is
        false.
    reason
        Why not all is known; ``None`` where it is.
    """

    net: PetriNet
    together: NDArray[np.bool_]
    known: NDArray[np.bool_]
    reason: str | None = None
    _graph: ReachabilityGraph | None = field(default=None, repr=False)

    @property
    def complete(self) -> bool:
        """Whether it is known of all pairs."""
        return bool(self.known.all())

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Return the pairs of different places that are marked together, in the net's order."""
        ids = self.net.place_ids
        found = np.argwhere(np.triu(self.together, 1)).tolist()
        return tuple((ids[first], ids[second]) for first, second in found)

    def open_pairs(self) -> tuple[tuple[str, str], ...]:
        """Return the pairs of which it is not known, also of a place with itself."""
        ids = self.net.place_ids
        found = np.argwhere(np.triu(~self.known)).tolist()
        return tuple((ids[first], ids[second]) for first, second in found)

    def verdict(self, first: str, second: str, *, budget: Budget | None = None) -> Verdict:
        """Decide one pair with evidence: a run to where both are marked, or a proof.

        Parameters
        ----------
        first, second
            Ids of places; the same one twice asks whether it is ever marked.
        budget
            As for :func:`petri.reachable`, where the markings that were listed do not tell.

        Returns
        -------
        Verdict
            As of :func:`petri.reachable`.
        """
        both = conjunction(
            *(at_least(place, 1) for place in listed_places(self.net, (first, second)))
        )
        if self._graph is not None:
            seen = reachable(self.net, both, graph=self._graph, budget=budget)
            if not seen.unknown:
                return seen
        return reachable(self.net, both, budget=budget)


def concurrent_places(
    net: PetriNet,
    *,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    graph: ReachabilityGraph | None = None,
) -> ConcurrentPlaces:
    """Return which pairs of places are marked together in some reachable marking.

    It is a relation, not a verdict: ``verdict`` of the result has evidence for a pair, and
    :func:`petri.mutual_exclusion` decides that no two of some places are.

    Parameters
    ----------
    net
        Any place/transition net.
    budget, progress, graph
        As for :func:`petri.reachable`.

    Returns
    -------
    ConcurrentPlaces
        The relation, of which pairs it is known, and why not of all.

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
    >>> found = concurrent_places(fork)
    >>> found.together.astype(int).tolist(), found.pairs(), found.complete
    ([[1, 0, 0], [0, 1, 1], [0, 1, 1]], (('p2', 'p3'),), True)
    >>> found.verdict("p2", "p3").witness.actions
    ('t1',)
    """
    require_arguments(net, budget=budget, progress=progress)
    limit = (budget or Budget()).fixed()
    if graph is not None:
        together, whole = _listed(graph, limit)
        return _relation(graph, together, together | whole)
    space = reachability_graph(net, budget=first_listing(limit), progress=progress)
    together, whole = _listed(space, limit)
    known = together | whole
    if whole or limit.remaining() == 0.0:
        return _relation(space, together, known)
    known |= _by_portfolio(net, together, share_of(limit, ENGINES), progress)
    if known.all():
        return _relation(space, together, known)
    left = limit.remaining()
    listing = limit if left is None else replace(limit, seconds=left - left / PART)
    space = space.continued(budget=listing, progress=progress)
    seen, whole = _listed(space, limit)
    return _relation(space, together | seen, known | seen | whole)


def _relation(
    space: ReachabilityGraph, together: NDArray[np.bool_], known: NDArray[np.bool_]
) -> ConcurrentPlaces:
    reason = None
    if not known.all():
        left = int(np.triu(~known).sum())
        why = OUT_OF_TIME if space.complete else str(space.reason)
        reason = f"{why}; {left} pair{'s are' if left != 1 else ' is'} open"
    return ConcurrentPlaces(space.net, together, known, reason, space)


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
) -> NDArray[np.bool_]:
    """Ask the engines about the pairs that were not seen; return which are known then."""
    from petri.portfolio.asking import FIRST_WALK
    from petri.portfolio.batch import Batch
    from petri.portfolio.questions import Answer, Reach

    known = together.copy()
    count = len(together)
    seen = int(np.count_nonzero(together)) + int(np.count_nonzero(np.diagonal(together)))
    if (count * (count + 1) - seen) // 2 > MOST_PAIRS:
        return known
    pairs = np.argwhere(~together & np.tri(count, dtype=bool).T)
    ids = net.place_ids
    goals = [
        conjunction(*(at_least(ids[p], 1) for p in dict.fromkeys(pair))) for pair in pairs.tolist()
    ]

    def told(number: int, answer: Answer) -> None:
        first, second = pairs[number]
        together[first, second] = together[second, first] = bool(answer.value)
        known[first, second] = known[second, first] = True

    batch = Batch(
        net, [Reach(goal) for goal in goals], budget=share, tell=told, evidence=False,
        parallel=False, progress=progress, first_walk=FIRST_WALK,
    )  # fmt: skip
    batch.run()
    return known
