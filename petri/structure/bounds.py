"""Certified upper bounds of the tokens in each place.

A bound follows from weights ``y >= 0`` of the places that no transition increases (``y C <= 0``):
``m(p) <= y m0 / y(p)`` in every reachable marking ``m``. Semiflows are such weights; for places
that none covers a linear program is asked, and its answer is believed only after it was rounded
to rationals and checked with exact integers.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING

import numpy as np

from petri.net import PetriNet
from petri.structure.flows import Semiflow, effects, place_semiflows
from petri.structure.linear_program import linear_program
from transition_systems.budget import Budget

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["bounding_weights", "bounds_of_flows", "place_bounds"]

DENOMINATORS = (1, 12, 720, 1_000_000)
MAX_PROGRAMS = 400


def bounds_of_flows(n_places: int, flows: Iterable[Semiflow]) -> list[int | None]:
    """Return the least bound that semiflows give each place, ``None`` where they give none.

    Examples
    --------
    >>> bounds_of_flows(2, [Semiflow(weights=((0, 2),), value=5)])
    [2, None]
    """
    bounds: list[int | None] = [None] * n_places
    for flow in flows:
        for place, weight in flow.weights:
            bound, known = flow.value // weight, bounds[place]
            bounds[place] = bound if known is None else min(known, bound)
    return bounds


def place_bounds(
    net: PetriNet,
    *,
    flows: Iterable[Semiflow] | None = None,
    programs: int = MAX_PROGRAMS,
    budget: Budget | None = None,
) -> dict[str, int | None]:
    """Return a proved upper bound of the tokens in each place, ``None`` where none was found.

    Parameters
    ----------
    net
        Any place/transition net.
    flows
        Its semiflows, where they are known already.
    programs
        The largest number of linear programs to solve.
    budget
        Its seconds; what was found before they are used up is returned.

    Returns
    -------
    dict
        Bounds need not be reached. ``None`` does not say that the place is unbounded.

    Notes
    -----
    One linear program for each place that no semiflow covers.
    T. Murata: Petri nets: properties, analysis and applications. Proc. IEEE 77, 1989.

    Examples
    --------
    >>> place_bounds(PetriNet.from_arrays([[2, 1], [0, 0]], [[0, 0], [1, 1]], [3, 0]))
    {'p1': 3, 'p2': 3}
    """
    limit = (budget or Budget()).fixed()
    known = place_semiflows(net, budget=limit) if flows is None else tuple(flows)
    bounds = bounds_of_flows(len(net.place_ids), known)
    missing = [place for place, bound in enumerate(bounds) if bound is None][:programs]
    if missing and net.transition_ids:
        _by_programs(net, missing, bounds, limit)
    return dict(zip(net.place_ids, bounds, strict=True))


def bounding_weights(net: PetriNet, *, budget: Budget | None = None) -> dict[str, int] | None:
    """Return a positive weight for each place such that no transition increases the weighted sum.

    Parameters
    ----------
    net
        Any place/transition net.
    budget
        Its seconds.

    Returns
    -------
    dict or None
        ``None`` where the net is not structurally bounded, and where the linear program found no
        weights that are exact.

    Notes
    -----
    Such weights exist exactly where the net is bounded from every initial marking (structurally
    bounded). One linear program, its answer rounded and checked with integers.
    T. Murata: Petri nets: properties, analysis and applications. Proc. IEEE 77, 1989, theorem 29.

    Examples
    --------
    >>> bounding_weights(PetriNet.from_arrays([[2, 0], [0, 1]], [[0, 2], [1, 0]], [2, 0]))
    {'p1': 1, 'p2': 2}
    """
    left = (budget or Budget()).remaining()
    ids = net.place_ids
    if not net.transition_ids or not ids:
        return dict.fromkeys(ids, 1)
    if left == 0.0:
        return None
    result = linear_program(
        np.ones(len(ids)),
        A_ub=net.incidence_csr.T.tocsr(),
        b_ub=np.zeros(len(net.transition_ids)),
        bounds=(1, None),
        method="highs",
        options={} if left is None else {"time_limit": left},
    )
    weights = None if result.status != 0 else _exact(result.x, effects(net))
    if weights is None or len(weights) < len(ids):
        return None
    return {ids[place]: weight for place, weight in sorted(weights.items())}


def _by_programs(
    net: PetriNet, missing: list[int], bounds: list[int | None], limit: Budget
) -> None:
    initial = net.initial.to_array(net.place_ids)
    changes = effects(net)
    matrix = net.incidence_csr.T.tocsr()
    zeros = np.zeros(len(net.transition_ids))
    for place in missing:
        if bounds[place] is not None:
            continue
        if limit.remaining() == 0.0:
            return
        limits = [(1 if p == place else 0, None) for p in range(len(net.place_ids))]
        result = linear_program(
            initial.astype(float) + 1e-6, A_ub=matrix, b_ub=zeros, bounds=limits, method="highs"
        )
        weights = None if result.status != 0 else _exact(result.x, changes)
        if weights is None:
            continue
        value = sum(int(initial[p]) * weight for p, weight in weights.items())
        for covered, weight in weights.items():
            bound, before = value // weight, bounds[covered]
            bounds[covered] = bound if before is None else min(before, bound)


def _exact(solution: NDArray[np.float64], changes: list[dict[int, int]]) -> dict[int, int] | None:
    """Return integer weights near the solution that provably never increase, or ``None``."""
    support = np.flatnonzero(solution > 1e-9).tolist()
    for denominator in DENOMINATORS:
        near = {p: Fraction(float(solution[p])).limit_denominator(denominator) for p in support}
        scale = lcm(*(value.denominator for value in near.values()))
        weights = {p: int(value * scale) for p, value in near.items() if value > 0}
        total: dict[int, int] = {}
        for place, weight in weights.items():
            for transition, change in changes[place].items():
                total[transition] = total.get(transition, 0) + weight * change
        if weights and all(change <= 0 for change in total.values()):
            return weights
    return None
