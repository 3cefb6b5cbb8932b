"""Semiflows: non-negative weights of places that no firing changes.

For a semiflow ``y`` and every reachable marking ``m``, ``y m = y m0``. All arithmetic is on exact
integers of Python; each semiflow that is returned is one, whether or not all were found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from itertools import islice, pairwise, product
from math import gcd
from typing import NamedTuple, TypeVar, overload

from petri.net import PetriNet
from transition_systems.budget import Budget

__all__ = ["MAX_ROWS", "Semiflow", "Semiflows", "effects", "minimal_semiflows", "place_semiflows"]

MAX_ROWS = 800

Vector = dict[int, int]
AnyFlow = TypeVar("AnyFlow")


@dataclass(frozen=True, slots=True, kw_only=True)
class Semiflow:
    """Weights of places, by index, and the sum that they keep.

    Parameters
    ----------
    weights
        ``(place index, weight)`` pairs in the order of the places; weights are at least 1.
    value
        The weighted sum of the tokens in the initial marking, hence in all reachable ones.
    names
        The ids of these places, in the same order, for the equation; no part of ``==``.

    Examples
    --------
    >>> str(Semiflow(weights=((0, 1), (2, 3)), value=4, names=("p", "r")))
    'p + 3 r = 4'
    """

    weights: tuple[tuple[int, int], ...]
    value: int
    names: tuple[str, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        names = self.names or tuple(f"place {place}" for place, _ in self.weights)
        pairs = zip(names, self.weights, strict=True)
        left = (name if weight == 1 else f"{weight} {name}" for name, (_, weight) in pairs)
        return f"{' + '.join(left)} = {self.value}"

    def bound(self, place: int) -> int | None:
        """Return the bound that follows for a place, ``None`` for a place outside."""
        return next((self.value // w for p, w in self.weights if p == place), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Semiflows(Sequence[AnyFlow]):
    """Semiflows of a net, a sequence, and whether these are all of minimal support.

    Parameters
    ----------
    flows
        By size of their support.
    complete
        Whether no semiflow of minimal support is missing.
    reason
        Why some may be missing, otherwise: what is here are semiflows still.

    Examples
    --------
    >>> len(Semiflows(flows=(), complete=True)), list(Semiflows(flows=(1, 2), complete=True))
    (0, [1, 2])
    """

    flows: tuple[AnyFlow, ...]
    complete: bool
    reason: str | None = None

    def __len__(self) -> int:
        return len(self.flows)

    @overload
    def __getitem__(self, index: int) -> AnyFlow: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[AnyFlow, ...]: ...

    def __getitem__(self, index: int | slice) -> AnyFlow | tuple[AnyFlow, ...]:
        return self.flows[index]

    def __str__(self) -> str:
        lines = [str(flow) for flow in self.flows]
        return "\n".join(lines if self.complete else [*lines, f"perhaps more: {self.reason}"])


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
) -> Semiflows[Semiflow]:
    """Return place semiflows of a net: all of minimal support, unless there are too many.

    Parameters
    ----------
    net
        Any place/transition net.
    most
        Rows kept at a time, at least as many as places; where more arise, those of the largest
        support are dropped, and what is returned are semiflows still, but not all.
    budget
        Its seconds; those that were found before they are used up are returned.

    Returns
    -------
    Semiflows
        A sequence of :class:`Semiflow`, which says whether these are all, and if not why.

    Notes
    -----
    Farkas' algorithm, transition by transition, the one with the fewest combinations first.
    Exponential in the worst case without ``most``. Where each transition moves one token from a
    place to another, as in a transition system that is read as a net, the semiflows of minimal
    support are the connected components, found in O((places + arcs) log places).
    J. M. Colom, M. Silva: Convex geometry and semiflows in P/T nets. LNCS 483, 1991.

    Examples
    --------
    >>> found = place_semiflows(PetriNet.from_arrays([[1], [0]], [[0], [1]], [3, 0]))
    >>> print(found, found.complete)
    p1 + p2 = 3 True
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [2]], [3, 0])
    >>> place_semiflows(net, budget=Budget(seconds=0)).reason
    'the time budget is used up'
    """
    found, reason = minimal_semiflows(effects(net), most=most, budget=budget)
    initial, ids = net.initial.to_array(net.place_ids).tolist(), net.place_ids
    flows = [
        Semiflow(
            weights=tuple(sorted(flow.items())),
            value=sum(initial[place] * weight for place, weight in flow.items()),
            names=tuple(ids[place] for place in sorted(flow)),
        )
        for flow in found
    ]
    ordered = sorted(flows, key=lambda flow: (len(flow.weights), flow.weights))
    return Semiflows(flows=tuple(ordered), complete=reason is None, reason=reason)


def minimal_semiflows(
    changes: list[Vector], *, most: int = MAX_ROWS, budget: Budget | None = None
) -> tuple[list[Vector], str | None]:
    """Return the non-negative integer vectors of minimal support that take sparse rows to zero.

    Parameters
    ----------
    changes
        The rows by column: of places by transition, or of transitions by place.
    most, budget
        As for :func:`place_semiflows`.

    Returns
    -------
    list of dict, and str or None
        Weights by the number of the row; and why some may be missing.

    Examples
    --------
    >>> minimal_semiflows([{0: 2}, {0: -1}])
    ([{0: 1, 1: 2}], None)
    """
    found = _of_state_machine(changes)
    if found is not None:
        return found, None
    table = _Table(_Row(left, {row: 1}, 1 << row) for row, left in enumerate(changes))
    meter = (budget or Budget()).start()
    reason: str | None = None
    while True:
        column = table.cheapest()
        if column is None:
            break
        reason = meter.exhausted()
        if reason is not None:
            break
        table.eliminate(column, most)
    if reason is None and table.dropped:
        reason = f"more than {most} rows arose at a time, and some were dropped"
    return [row.flow for row in table.flows], reason


def _of_state_machine(changes: list[Vector]) -> list[Vector] | None:
    """Return the connected components, where each transition moves at most one token.

    Weights that such a transition keeps are equal in its two places.
    """
    ends: dict[int, list[tuple[int, int]]] = {}
    for place, row in enumerate(changes):
        for transition, change in row.items():
            ends.setdefault(transition, []).append((change, place))
    above = list(range(len(changes)))

    def top(place: int) -> int:
        while above[place] != place:
            above[place] = above[above[place]]
            place = above[place]
        return place

    for pair in ends.values():
        if sorted(change for change, _ in pair) != [-1, 1]:
            return None
        one, other = (top(place) for _, place in pair)
        above[max(one, other)] = min(one, other)
    found: dict[int, Vector] = {}
    for place in range(len(changes)):
        found.setdefault(top(place), {})[place] = 1
    return list(found.values())


class _Table:
    """Rows under elimination, by the transitions that change them.

    ``flows`` are the rows that no transition changes; ``dropped`` tells whether combinations were
    left out. A row is found again by the lowest place of
    its support, which tells soon whether some support lies within another.
    """

    def __init__(self, rows: Iterable[_Row]) -> None:
        self.flows: list[_Row] = []
        self.dropped = False
        self._rows: dict[int, _Row] = {}
        self._users: dict[int, dict[int, None]] = {}
        self._counts: dict[int, list[int]] = {}
        self._heap: list[tuple[int, int]] = []
        self._lowest: dict[int, dict[int, int]] = {}
        self._made = 0
        for row in rows:
            self._add(row)
        self._heap = [(self._cost(transition), transition) for transition in self._counts]
        heapify(self._heap)

    def _cost(self, transition: int) -> int:
        minus, plus = self._counts[transition]
        return minus * plus - minus - plus

    def _add(self, row: _Row) -> None:
        number = self._made
        self._made += 1
        place = row.support & -row.support
        self._lowest.setdefault(place, {})[number] = row.support
        if not row.left:
            self.flows.append(row)
            return
        self._rows[number] = row
        for transition, change in row.left.items():
            self._users.setdefault(transition, {})[number] = None
            self._counts.setdefault(transition, [0, 0])[change > 0] += 1

    def _drop(self, number: int) -> _Row:
        row = self._rows.pop(number)
        del self._lowest[row.support & -row.support][number]
        for transition, change in row.left.items():
            del self._users[transition][number]
            self._counts[transition][change > 0] -= 1
        return row

    def cheapest(self) -> int | None:
        """Return the transition with the fewest combinations, ``None`` when none is left."""
        while self._heap:
            cost, transition = self._heap[0]
            if self._users[transition] and cost == self._cost(transition):
                return transition
            heappop(self._heap)
        return None

    def eliminate(self, transition: int, most: int) -> None:
        """Combine rows so that none changes with a transition; keep minimal supports."""
        before, known = max(most, len(self._rows)), len(self.flows)
        gone = [self._drop(number) for number in list(self._users[transition])]
        touched = {t for row in gone for t in row.left}
        plus = sorted((r for r in gone if r.left[transition] > 0), key=lambda r: len(r.flow))
        minus = sorted((r for r in gone if r.left[transition] < 0), key=lambda r: len(r.flow))
        pairs = islice(product(plus, minus), 4 * most)
        self.dropped |= len(plus) * len(minus) > 4 * most
        joint = sorted(
            ((one.support | other.support).bit_count(), number, one, other)
            for number, (one, other) in enumerate(pairs)
        )
        for _, _, one, other in joint:
            if len(self._rows) + len(self.flows) - known >= before:
                self.dropped = True
                break
            if not self._within(one.support | other.support):
                self._add(_combine(one, other, transition))
        for changed in touched:
            if self._users[changed]:
                heappush(self._heap, (self._cost(changed), changed))

    def _within(self, union: int) -> bool:
        """Return whether the support of some row lies within a set of places."""
        left = union
        while left:
            place = left & -left
            left ^= place
            for support in self._lowest.get(place, {}).values():
                if support & union == support:
                    return True
        return False


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
