"""Weighted sums of tokens that no transition lowers and that some transitions raise.

Where a transition raises such a sum, no marking after it equals one before: it belongs to no flow
of transitions that leads back (by Farkas' lemma the two exclude each other, and one of them is).
"""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from math import gcd, lcm
from typing import TYPE_CHECKING

import numpy as np

from petri.net import PetriNet
from petri.structure.flows import effects
from petri.structure.linear_program import linear_program
from transition_systems.budget import Budget

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["rising_places", "rising_weights"]

DENOMINATORS = (1, 12, 720, 1_000_000)


def rising_places(net: PetriNet) -> tuple[str, ...]:
    """Return the places that no transition takes more from than it gives, and that some adds to.

    Parameters
    ----------
    net
        Any place/transition net.

    Returns
    -------
    tuple of str
        In the order of the net.

    Examples
    --------
    >>> rising_places(PetriNet.from_arrays([[1, 0], [0, 1], [0, 0]],
    ...                                    [[0, 1], [1, 0], [1, 0]], [1, 0, 0]))
    ('p3',)
    """
    ids = net.place_ids
    return tuple(
        ids[place]
        for place, change in enumerate(effects(net))
        if change and all(moved >= 0 for moved in change.values()) and any(change.values())
    )


def rising_weights(
    net: PetriNet, *, above: Collection[str] | None = None, budget: Budget | None = None
) -> dict[str, int] | None:
    """Return weights such that no transition lowers the sum, and as many as there can be raise it.

    Parameters
    ----------
    net
        Any place/transition net.
    above
        The places that may have a positive weight; all by default. Any may have a negative one.
    budget
        Its seconds.

    Returns
    -------
    dict or None
        Zeros are left out. ``None`` where each transition is part of a flow that leads back, and
        where the linear program found no weights that are exact.

    Notes
    -----
    One linear program of the size of the net, its answer rounded and checked with integers.
    T. Murata: Petri nets: properties, analysis and applications. Proc. IEEE 77, 1989 (consistency).

    Examples
    --------
    >>> rising_weights(PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [2, 0])) is None
    True
    >>> rising_weights(PetriNet.from_arrays([[1]], [[2]], [1]))
    {'p1': 1}
    """
    ids, count = net.place_ids, len(net.transition_ids)
    left = (budget or Budget()).remaining()
    if not ids or not count or left == 0.0:
        return None
    from scipy.sparse import eye, hstack

    allowed = set(ids if above is None else above)
    # w C_t >= s_t for each transition, 0 <= s_t <= 1, and the sum of all s_t as large as can be.
    result = linear_program(
        np.concatenate([np.zeros(len(ids)), -np.ones(count)]),
        A_ub=hstack([-net.incidence_csr.T, eye(count)], format="csr"),
        b_ub=np.zeros(count),
        bounds=[(None, None if place in allowed else 0) for place in ids] + [(0, 1)] * count,
        method="highs",
        options={} if left is None else {"time_limit": left},
    )
    if result.status != 0 or result.fun > -0.5:
        return None
    weights = _exact(result.x[: len(ids)], effects(net))
    if weights is None or any(
        weight > 0 and ids[p] not in allowed for p, weight in weights.items()
    ):
        return None
    return {ids[place]: weight for place, weight in sorted(weights.items())}


def _exact(solution: NDArray[np.float64], changes: list[dict[int, int]]) -> dict[int, int] | None:
    """Return integer weights near the solution that provably never fall but rise, or ``None``."""
    support = np.flatnonzero(np.abs(solution) > 1e-9).tolist()
    for denominator in DENOMINATORS:
        near = {p: Fraction(float(solution[p])).limit_denominator(denominator) for p in support}
        scale = lcm(*(value.denominator for value in near.values()))
        weights = {p: int(value * scale) for p, value in near.items() if value}
        divisor = gcd(*weights.values())
        total: dict[int, int] = {}
        for place, weight in weights.items():
            weights[place] = weight // divisor
            for transition, change in changes[place].items():
                total[transition] = total.get(transition, 0) + weight * change
        if all(change >= 0 for change in total.values()) and any(total.values()):
            return weights
    return None
