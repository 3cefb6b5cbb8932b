"""Weighted sums of tokens that every transition lowers, and numbers of firings that take nothing.

By Farkas' lemma there is one or the other: weights ``w >= 0`` with ``w C <= -1``, so that every run
is finite whatever its start, or firings ``x >= 0``, not all zero, with ``C x >= 0``, after which no
place has fewer tokens: what can be fired once in such numbers can be fired for ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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

__all__ = ["falling_weights", "repeatable_counts"]

FACTORS = (1, 12, 720, 1_000_000)
# What is drawn by chance among the numbers of firings, and the most firings that are of use.
DRAWS, MOST = 6, 100_000


def falling_weights(
    net: PetriNet, *, budget: Budget | None = None, transitions: Sequence[int] | None = None
) -> dict[str, int] | None:
    """Return weights of places such that every transition lowers the weighted sum of tokens.

    Parameters
    ----------
    net
        Any place/transition net.
    budget
        Its seconds.
    transitions
        Those, by index, that are to lower the sum; by default all.

    Returns
    -------
    dict or None
        Positive whole numbers; zeros are left out. ``None`` where there are none, and where the
        linear program found none that are exact.

    Notes
    -----
    Such weights exist exactly where the net, of these transitions alone, terminates from every
    initial marking. One linear
    program of the size of the net, its answer rounded and checked with integers.
    T. Murata: Petri nets: properties, analysis and applications. Proc. IEEE 77, 1989.

    Examples
    --------
    >>> falling_weights(PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 0], [2, 0]], [9, 0]))
    {'p1': 3, 'p2': 1}
    >>> falling_weights(PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [1, 0])) is None
    True
    """
    left = (budget or Budget()).remaining()
    ids = net.place_ids
    which = list(range(len(net.transition_ids))) if transitions is None else list(transitions)
    if not which:
        return {}
    if not ids or left == 0.0:
        return None

    result = linear_program(
        np.ones(len(ids)), A_ub=net.incidence_csr.T.tocsr()[which], b_ub=-np.ones(len(which)),
        bounds=(0, None), method="highs", options={} if left is None else {"time_limit": left},
    )  # fmt: skip
    if result.status != 0:
        return None
    changes = effects(net)
    for factor in FACTORS:
        near = {p: round(float(result.x[p]) * factor) for p in range(len(ids))}
        weights = {p: weight for p, weight in near.items() if weight > 0}
        total = [0] * len(net.transition_ids)
        for place, weight in weights.items():
            for transition, change in changes[place].items():
                total[transition] += weight * change
        if max(total[transition] for transition in which) < 0:
            divisor = gcd(*weights.values())
            return {ids[p]: weight // divisor for p, weight in weights.items()}
    return None


def repeatable_counts(
    net: PetriNet, *, budget: Budget | None = None, seed: int | None = None
) -> Iterator[dict[int, int]]:
    """Yield numbers of firings that together take no token from any place.

    Parameters
    ----------
    net
        Any place/transition net.
    budget
        Its seconds.
    seed
        Of the costs of transitions, by which other numbers are found each time.

    Yields
    ------
    dict
        How often each transition, by index, is fired; at most 100,000 firings.

    Notes
    -----
    One linear program for each; its answer is rounded to fractions and checked with integers.

    Examples
    --------
    >>> next(repeatable_counts(PetriNet.from_arrays([[1, 0], [0, 2]], [[0, 2], [1, 0]], [1, 0])))
    {0: 2, 1: 1}
    """
    limit = (budget or Budget()).fixed()
    count = len(net.transition_ids)
    if not count:
        return

    from scipy.sparse import csr_array, vstack

    rng = np.random.default_rng(0 if seed is None else seed)
    changes = effects(net)
    limits = np.concatenate([np.zeros(len(net.place_ids)), [-1.0]])
    rows = vstack([-net.incidence_csr, csr_array(-np.ones((1, count)))], format="csr")
    seen: set[tuple[tuple[int, int], ...]] = set()
    for draw in range(DRAWS):
        left = limit.remaining()
        if left == 0.0:
            return
        costs = np.ones(count) if not draw else rng.uniform(0.1, 2.0, count)
        result = linear_program(
            costs, A_ub=rows, b_ub=limits, bounds=(0, None), method="highs",
            options={} if left is None else {"time_limit": left},
        )  # fmt: skip
        if result.status != 0:
            return
        found = _exact(result.x, changes)
        key = tuple(sorted((found or {}).items()))
        if found and key not in seen:
            seen.add(key)
            yield found


def _exact(solution: NDArray[np.float64], changes: list[dict[int, int]]) -> dict[int, int] | None:
    """Return whole numbers near the solution that provably take nothing, or ``None``."""
    support = np.flatnonzero(solution > 1e-9).tolist()
    for denominator in FACTORS:
        near = {t: Fraction(float(solution[t])).limit_denominator(denominator) for t in support}
        scale = lcm(*(value.denominator for value in near.values()))
        counts = {t: int(value * scale) for t, value in near.items() if value > 0}
        if not counts:
            continue
        divisor = gcd(*counts.values())
        counts = {t: number // divisor for t, number in counts.items()}
        if sum(counts.values()) <= MOST and all(
            sum(counts.get(t, 0) * moved for t, moved in change.items()) >= 0 for change in changes
        ):
            return counts
    return None
