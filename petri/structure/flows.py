"""Place semiflows: non-negative weights of places that no firing changes.

For a semiflow ``y`` and every reachable marking ``m``, ``y m = y m0``. All arithmetic is on exact
integers of Python; each semiflow that is returned is one, whether or not all were found.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice, pairwise, product
from math import gcd
from typing import NamedTuple

from petri.net import PetriNet
from transition_systems.budget import Budget

__all__ = ["Semiflow", "effects", "place_semiflows"]

MAX_ROWS = 800

Vector = dict[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Semiflow:
    """Weights of places, by index, and the sum that they keep.

    Parameters
    ----------
    weights
        ``(place index, weight)`` pairs in the order of the places; weights are at least 1.
    value
        The weighted sum of the tokens in the initial marking, hence in all reachable ones.
    """

    weights: tuple[tuple[int, int], ...]
    value: int

    def bound(self, place: int) -> int | None:
        """Return the bound that follows for a place, ``None`` for a place outside."""
        return next((self.value // w for p, w in self.weights if p == place), None)


class _Row(NamedTuple):
    left: Vector
    flow: Vector
    support: int


def effects(net: PetriNet) -> list[Vector]:
    """Return for each place how each transition changes it: ``{transition: tokens}``.

    Examples
    --------
    >>> effects(PetriNet.from_arrays([[1], [0]], [[0], [2]], [1, 0]))
    [{0: -1}, {0: 2}]
    """
    changes: list[Vector] = [{} for _ in net.place_ids]
    for table, sign in ((net.pre_arcs, -1), (net.post_arcs, 1)):
        offsets, places, weights = (part.tolist() for part in table)
        for transition, (first, last) in enumerate(pairwise(offsets)):
            for place, weight in zip(places[first:last], weights[first:last], strict=True):
                row = changes[place]
                total = row.get(transition, 0) + sign * weight
                if total:
                    row[transition] = total
                else:
                    del row[transition]
    return changes


def place_semiflows(
    net: PetriNet, *, most: int = MAX_ROWS, budget: Budget | None = None
) -> tuple[Semiflow, ...]:
    """Return semiflows of a net: all of minimal support, unless there are too many.

    Parameters
    ----------
    net
        Any place/transition net.
    most
        Rows kept at a time; where more arise, those of the largest support are dropped, and what
        is returned are semiflows still, but not all.
    budget
        Its seconds; those that were found before they are used up are returned.

    Returns
    -------
    tuple of Semiflow
        By size of their support.

    Notes
    -----
    Farkas' algorithm, transition by transition, the one with the fewest combinations first.
    Exponential in the worst case without ``most``.
    J. M. Colom, M. Silva: Convex geometry and semiflows in P/T nets. LNCS 483, 1991.

    Examples
    --------
    >>> place_semiflows(PetriNet.from_arrays([[1], [0]], [[0], [1]], [3, 0]))
    (Semiflow(weights=((0, 1), (1, 1)), value=3),)
    """
    rows = [_Row(left, {place: 1}, 1 << place) for place, left in enumerate(effects(net))]
    found = [row.flow for row in rows if not row.left]
    rows = [row for row in rows if row.left]
    meter = (budget or Budget()).start()
    while rows and not meter.out_of_time():
        transition = _cheapest(rows)
        rows = _eliminate(rows, transition, most)
        found.extend(row.flow for row in rows if not row.left)
        rows = [row for row in rows if row.left]
    initial = net.initial.to_array(net.place_ids).tolist()
    flows = [
        Semiflow(
            weights=tuple(sorted(flow.items())),
            value=sum(initial[place] * weight for place, weight in flow.items()),
        )
        for flow in found
    ]
    return tuple(sorted(flows, key=lambda flow: (len(flow.weights), flow.weights)))


def _cheapest(rows: list[_Row]) -> int:
    counts: dict[int, list[int]] = {}
    for row in rows:
        for transition, change in row.left.items():
            counts.setdefault(transition, [0, 0])[change > 0] += 1
    return min(counts, key=lambda t: (counts[t][0] * counts[t][1] - sum(counts[t]), t))


def _eliminate(rows: list[_Row], transition: int, most: int) -> list[_Row]:
    """Combine the rows so that none changes with the transition; keep minimal supports."""
    plus = [row for row in rows if row.left.get(transition, 0) > 0]
    minus = [row for row in rows if row.left.get(transition, 0) < 0]
    kept = [row for row in rows if transition not in row.left]
    smaller = [row.support for row in kept]
    plus.sort(key=lambda row: len(row.flow))
    minus.sort(key=lambda row: len(row.flow))
    pairs = islice(product(plus, minus), 4 * most)
    joint = sorted(
        ((one.support | other.support).bit_count(), number, one, other)
        for number, (one, other) in enumerate(pairs)
    )
    for _, _, one, other in joint:
        if len(kept) >= most:
            break
        union = one.support | other.support
        if any(known & union == known for known in smaller):
            continue
        row = _combine(one, other, transition)
        smaller.append(row.support)
        kept.append(row)
    return kept


def _combine(one: _Row, other: _Row, transition: int) -> _Row:
    first, second = -other.left[transition], one.left[transition]
    common = gcd(first, second)
    first, second = first // common, second // common
    left, flow = ({k: first * v for k, v in part.items()} for part in (one.left, one.flow))
    for target, source in ((left, other.left), (flow, other.flow)):
        for key, value in source.items():
            total = target.get(key, 0) + second * value
            if total:
                target[key] = total
            else:
                target.pop(key, None)
    divisor = gcd(*left.values(), *flow.values())
    if divisor > 1:
        left = {k: v // divisor for k, v in left.items()}
        flow = {k: v // divisor for k, v in flow.items()}
    return _Row(left, flow, one.support | other.support)
