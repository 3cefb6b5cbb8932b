"""P-flows and T-flows: exact integer bases of what no firing, and what no firing count, changes.

All arithmetic is on Python's integers. A place flow ``y`` satisfies ``y C = 0`` for the incidence
matrix ``C``, so that ``y m = y m0`` in every reachable marking ``m``: an equation that users read
and that any tool can check. A transition flow ``x`` satisfies ``C x = 0``: firing each transition
``x`` times, where an order for that exists, leads back to the marking.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd

from petri.net import PetriNet
from petri.structure.dense_kernel import dense_kernel
from petri.structure.flows import MAX_ROWS, Semiflows, effects, minimal_semiflows
from transition_systems.budget import Budget, Meter
from transition_systems.errors import UndecidedError

__all__ = [
    "Flow", "kernel", "net_rank", "place_flows", "small_flows", "transition_flows",
    "transition_semiflows",
]  # fmt: skip

Vector = dict[int, int]

# A dense matrix is solved where more rows than MANY are left and a step would add more than FILL.
MANY, FILL = 60, 400
SHARE, SMALL = 0.25, 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Integer weights of places or of transitions; zeros are left out.

    Parameters
    ----------
    weights
        ``(id, weight)`` pairs in the order of the net; the first weight is positive, and no integer
        above 1 divides all of them.
    value
        For places the weighted sum of the tokens in the initial marking, hence in every reachable
        one; ``None`` for transitions.

    Examples
    --------
    >>> str(Flow(weights=(("p", 1), ("q", -2)), value=3))
    'p - 2 q = 3'
    """

    weights: tuple[tuple[str, int], ...]
    value: int | None = None

    @property
    def positive(self) -> bool:
        """Whether no weight is negative: a semiflow."""
        return all(weight > 0 for _, weight in self.weights)

    def __str__(self) -> str:
        parts: list[str] = []
        for name, weight in self.weights:
            size = name if abs(weight) == 1 else f"{abs(weight)} {name}"
            sign = ("-" if weight < 0 else "") if not parts else ("- " if weight < 0 else "+ ")
            parts.append(sign + size)
        left = " ".join(parts)
        return left if self.value is None else f"{left} = {self.value}"


def place_flows(net: PetriNet, *, budget: Budget | None = None) -> tuple[Flow, ...]:
    """Return a basis of the place flows of a net.

    Parameters
    ----------
    net
        Any place/transition net.
    budget
        Its seconds.

    Returns
    -------
    tuple of Flow
        Linearly independent; every place flow is a rational combination of them. As many as there
        are places, less the rank of the incidence matrix.

    Raises
    ------
    UndecidedError
        When the budget ends.

    Notes
    -----
    Fraction-free elimination on sparse rows, the rarest transition first; what would fill is solved
    modulo a prime and lifted. Near-linear on nets of bounded degree with local cycles, cubic in the
    worst case.
    K. Lautenbach: Linear algebraic techniques for place/transition nets. LNCS 254, 1987.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [2, 1])
    >>> [str(flow) for flow in place_flows(net)]
    ['p1 + p2 = 3']
    """
    initial = net.initial.to_array(net.place_ids).tolist()
    flows: list[Flow] = []
    for vector in kernel(effects(net), (budget or Budget()).start()):
        weights = _signed(vector)
        value = sum(initial[place] * weight for place, weight in weights)
        named = tuple((net.place_ids[place], weight) for place, weight in weights)
        flows.append(Flow(weights=named, value=value))
    return tuple(flows)


def small_flows(net: PetriNet, budget: Budget) -> list[Flow]:
    """Return place flows that serve as facts: with small weights, found in a quarter of the time.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [2, 1])
    >>> len(small_flows(net, Budget())), len(small_flows(net, Budget(seconds=0)))
    (1, 0)
    """
    left = budget.remaining()
    share = Budget() if left is None else Budget(seconds=SHARE * left)
    try:
        found = place_flows(net, budget=share)
    except UndecidedError:
        return []
    return [flow for flow in found if all(abs(weight) <= SMALL for _, weight in flow.weights)]


def transition_flows(net: PetriNet, *, budget: Budget | None = None) -> tuple[Flow, ...]:
    """Return a basis of the transition flows of a net, as :func:`place_flows` does for places.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 2], [1, 0]], [2, 1])
    >>> transition_flows(net)
    ()
    """
    return tuple(
        Flow(weights=tuple((net.transition_ids[t], weight) for t, weight in _signed(vector)))
        for vector in kernel(_by_transition(net), (budget or Budget()).start())
    )


def transition_semiflows(
    net: PetriNet, *, most: int = MAX_ROWS, budget: Budget | None = None
) -> Semiflows[Flow]:
    """Return transition semiflows: firing counts, none negative, that lead back to a marking.

    Parameters
    ----------
    net, most, budget
        As for :func:`petri.structure.flows.place_semiflows`.

    Returns
    -------
    Semiflows
        A sequence of :class:`Flow`, all of minimal support unless it says why some are missing. An
        order in which a transition fires so often need not exist.

    Notes
    -----
    The place semiflows of the net with its arcs turned round.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1, 0], [0, 2]], [[0, 2], [1, 0]], [2, 0])
    >>> print(transition_semiflows(net))
    2 t1 + t2
    """
    found, reason = minimal_semiflows(_by_transition(net), most=most, budget=budget)
    ordered = sorted((sorted(flow.items()) for flow in found), key=lambda flow: (len(flow), flow))
    flows = tuple(
        Flow(weights=tuple((net.transition_ids[t], count) for t, count in flow)) for flow in ordered
    )
    return Semiflows(flows=flows, complete=reason is None, reason=reason)


def _by_transition(net: PetriNet) -> list[Vector]:
    """Return how each transition changes the places."""
    rows: list[Vector] = [{} for _ in net.transition_ids]
    for place, changes in enumerate(effects(net)):
        for transition, change in changes.items():
            rows[transition][place] = change
    return rows


def net_rank(net: PetriNet, *, budget: Budget | None = None) -> int:
    """Return the rank of the incidence matrix, exactly.

    Parameters
    ----------
    net
        Any place/transition net.
    budget
        Its seconds.

    Returns
    -------
    int

    Raises
    ------
    UndecidedError
        When the budget ends.

    Examples
    --------
    >>> net_rank(PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [2, 1]))
    1
    """
    return len(net.place_ids) - len(kernel(effects(net), (budget or Budget()).start()))


def kernel(rows: Sequence[Vector], meter: Meter | None = None) -> list[Vector]:
    """Return a basis of the integer vectors ``y`` with ``sum(y[i] * rows[i]) = 0``.

    Parameters
    ----------
    rows
        Sparse integer rows by column; they are not changed.
    meter
        A clock, looked at before each step.

    Returns
    -------
    list of dict
        Sparse vectors over the numbers of the rows, divided by their greatest common divisor, in
        the order of their first entries.

    Raises
    ------
    UndecidedError
        When the time is used up.

    Notes
    -----
    Each elimination step takes the column with the fewest entries and in it the row that is the
    shortest among those with the smallest entry; rows keep what they are made of. Columns with a
    single entry only cost that row. Where a step would fill what is left, and that is not small,
    it is solved as a dense matrix (:func:`petri.structure.dense_kernel.dense_kernel`).

    Examples
    --------
    >>> kernel([{0: 2}, {0: -4}, {}])
    [{0: 2, 1: 1}, {2: 1}]
    """
    left: dict[int, Vector] = {number: dict(row) for number, row in enumerate(rows) if row}
    made: dict[int, Vector] = {number: {number: 1} for number in left}
    found: list[Vector] = [{number: 1} for number, row in enumerate(rows) if not row]
    users: dict[int, set[int]] = {}
    for number, row in left.items():
        for column in row:
            users.setdefault(column, set()).add(number)
    waiting = [(len(numbers), column) for column, numbers in users.items()]
    heapq.heapify(waiting)
    dense = True
    while waiting:
        count, column = heapq.heappop(waiting)
        numbers = users[column]
        if not numbers:
            continue
        if count != len(numbers):
            heapq.heappush(waiting, (len(numbers), column))
            continue
        pivot = min(
            numbers, key=lambda n: (abs(left[n][column]), len(left[n]) + len(made[n]), n)
        )  # fmt: skip
        if meter is not None:
            meter.require_time()
        if dense and len(left) > MANY and (len(numbers) - 1) * (len(left[pivot]) - 1) > FILL:
            dense = False
            rest = list(left)
            below = dense_kernel([left[number] for number in rest], meter)
            if below is not None:
                found += [_combined(vector, [made[n] for n in rest]) for vector in below]
                break
        row, flow = left.pop(pivot), made.pop(pivot)
        for other in row:
            users[other].discard(pivot)
        for number in sorted(numbers):
            _eliminate(left[number], made[number], row, flow, column, number, users)
            if not left[number]:
                found.append(made.pop(number))
                del left[number]
    ordered = [dict(sorted(vector.items())) for vector in found]
    return sorted(ordered, key=lambda vector: next(iter(vector)))


def _combined(weights: Vector, parts: list[Vector]) -> Vector:
    """Return a weighted sum of vectors, divided by its greatest common divisor."""
    total: Vector = {}
    for number, weight in weights.items():
        for key, value in parts[number].items():
            total[key] = total.get(key, 0) + weight * value
    divisor = gcd(*total.values())
    return {key: value // divisor for key, value in total.items() if value}


def _eliminate(
    target: Vector,
    made: Vector,
    row: Vector,
    flow: Vector,
    column: int,
    number: int,
    users: dict[int, set[int]],
) -> None:
    """Add a multiple of a row to a multiple of another, so that a column becomes zero."""
    there, here = target[column], row[column]
    common = gcd(there, here)
    keep, add = here // common, -there // common
    if keep < 0:
        keep, add = -keep, -add
    if keep != 1:
        for vector in (target, made):
            for key in vector:
                vector[key] *= keep
    for key, value in row.items():
        total = target.get(key, 0) + add * value
        if total:
            if key not in target:
                users[key].add(number)
            target[key] = total
        elif key in target:
            del target[key]
            users[key].discard(number)
    for key, value in flow.items():
        total = made.get(key, 0) + add * value
        if total:
            made[key] = total
        else:
            made.pop(key, None)
    divisor = gcd(*target.values(), *made.values())
    if divisor > 1:
        for vector in (target, made):
            for key in vector:
                vector[key] //= divisor


def _signed(vector: Vector) -> list[tuple[int, int]]:
    """Return the entries in order, the first one positive."""
    entries = sorted(vector.items())
    sign = 1 if entries[0][1] > 0 else -1
    return [(key, sign * value) for key, value in entries]
