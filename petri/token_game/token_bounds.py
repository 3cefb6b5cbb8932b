"""How many tokens a place can hold, so that they can be counted in a fixed number of bits."""

from __future__ import annotations

from collections.abc import Mapping
from operator import index

import numpy as np
from numpy.typing import NDArray

from petri.marking import Marking
from petri.net import PetriNet
from transition_systems.budget import Budget
from transition_systems.errors import UsageError

__all__ = ["MAX_BOUND", "found_bounds", "given_bounds"]

MAX_BOUND = 2**31 - 1
SEARCH_STATES, SEARCH_CELLS = 20_000, 2_000_000

Int64 = NDArray[np.int64]


def found_bounds(net: PetriNet) -> Int64 | None:
    """Return proved bounds of all places, int64 (n_places,), or ``None`` where none were found.

    Parameters
    ----------
    net
        Any place/transition net.

    Returns
    -------
    ndarray or None
        From place invariants and linear programs checked in exact arithmetic; where these give
        none, from all markings, when there are at most 20,000, or fewer with more than 100 places.
        No clock plays a part: the same net has the same bounds on any machine.

    Notes
    -----
    ``None`` does not say that the net is unbounded.

    Examples
    --------
    >>> found_bounds(PetriNet.from_arrays([[1], [0]], [[0], [1]], [2, 0])).tolist()
    [2, 2]
    """
    from petri.structure.bounds import place_bounds

    bounds = list(place_bounds(net).values())
    known = [bound for bound in bounds if bound is not None]
    if len(known) == len(bounds):
        return _limited(known)
    from petri.state_space.reachability import reachability_graph

    most = min(SEARCH_STATES, SEARCH_CELLS // max(1, len(net.place_ids)))
    graph = reachability_graph(net, budget=Budget(states=most))
    if not graph.complete:
        return None
    highest = [int(graph.column(place).max()) for place in net.place_ids]
    return _limited(highest)


def _limited(bounds: list[int]) -> Int64:
    return np.array([min(bound, MAX_BOUND + 1) for bound in bounds], dtype=np.int64)


def given_bounds(net: PetriNet, bound: int | Mapping[str, int], start: Marking) -> Int64:
    """Return the bounds that a caller states, int64 (n_places,).

    Parameters
    ----------
    net
        The net.
    bound
        One number for all places, or a number for each place.
    start
        The marking that the game begins with.

    Raises
    ------
    UsageError
        For a bound that is negative, larger than 2**31 - 1, missing, of an unknown place or
        smaller than the marking at the start.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [2, 0])
    >>> given_bounds(net, {"p1": 2, "p2": 5}, net.initial).tolist()
    [2, 5]
    """
    if isinstance(bound, Mapping):
        for place in bound:
            net.place_index(place)
        missing = [place for place in net.place_ids if place not in bound]
        if missing:
            raise UsageError(f"no bound is given for {missing[0]!r}")
        numbers = [index(bound[place]) for place in net.place_ids]
    else:
        numbers = [index(bound)] * len(net.place_ids)
    for place, number in zip(net.place_ids, numbers, strict=True):
        if not 0 <= number <= MAX_BOUND:
            raise UsageError(f"a bound is from 0 to 2**31 - 1, not {number}")
        if start[place] > number:
            raise UsageError(f"{place} starts with {start[place]} tokens, above its bound {number}")
    return np.array(numbers, dtype=np.int64)
