"""Refutation of lines by one linear program, whose answer is rounded and checked with integers.

The program asks for a marking ``m = m0 + C x`` with ``m, x >= 0`` that violates lines as little as
possible. Where it must violate one, the dual values are weights of the lines and of the places
(Farkas): the lines, multiplied and added, contradict ``y m <= y m0``, where no transition increases
``y m``. They are floating-point numbers, so they only tell where to look: integers near them, or
the exact solution with the same support, are believed after they were checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import TYPE_CHECKING, Any

import numpy as np

from petri.induction.linear_lines import Line
from petri.structure.flow_bases import kernel
from petri.structure.flows import effects
from petri.structure.linear_program import linear_program
from transition_systems.budget import Budget

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from petri.net import PetriNet

__all__ = ["Refutation", "least_violation"]

DENOMINATORS = (1, 2, 6, 60, 5040, 1_000_000)
TINY = 1e-7
MOST_REPAIRED = 3_000

Vector = dict[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refutation:
    """Integer weights that show that lines contradict the state equation.

    Parameters
    ----------
    lines
        Pairs of the position of a line and its factor, which is positive.
    places
        Weights of places whose sum no transition increases; may be empty.
    """

    lines: tuple[tuple[int, int], ...]
    places: tuple[tuple[int, int], ...]


def least_violation(
    net: PetriNet, lines: Sequence[Line], *, budget: Budget | None = None
) -> Refutation | NDArray[np.float64] | str:
    """Return a refutation of lines, or a marking of the state equation that satisfies them.

    Parameters
    ----------
    net
        The net.
    lines
        What the marking should satisfy.
    budget
        Its seconds.

    Returns
    -------
    Refutation, ndarray of float, shape (n_places,), or str
        The marking may be fractional. A sentence where nothing is known: out of time, or a dual
        solution that could not be made exact.

    Notes
    -----
    One linear program by HiGHS; exact repair, where rounding fails, by elimination on the support.
    A. Schrijver: Theory of Linear and Integer Programming. Wiley, 1986, section 7.3.

    Examples
    --------
    >>> from petri import PetriNet
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> least_violation(net, [Line(((0, -1), (1, -1)), -2)])
    Refutation(lines=((0, 1),), places=((0, 1), (1, 1)))
    """
    from scipy.sparse import csr_array, eye_array, hstack

    n_places, n_transitions = len(net.place_ids), len(net.transition_ids)
    if not lines:
        return net.initial.to_array(net.place_ids).astype(float)
    rows = np.repeat(np.arange(len(lines)), [len(line.terms) for line in lines])
    pairs = [pair for line in lines for pair in line.terms]
    columns, weights = zip(*pairs, strict=True) if pairs else ((), ())
    try:
        data = np.array(weights, dtype=float)
        bounds = np.array([line.bound for line in lines], dtype=float)
    except OverflowError:
        return "the numbers are too large for a linear program"
    matrix = csr_array((data, (rows, columns)), shape=(len(lines), n_places))
    change = net.incidence_csr.astype(float)
    initial = net.initial.to_array(net.place_ids).astype(float)
    nothing = csr_array((n_places, len(lines)))
    equal = hstack([eye_array(n_places), -change, nothing], format="csr")
    below = hstack(
        [matrix, csr_array((len(lines), n_transitions)), -eye_array(len(lines))], format="csr"
    )
    costs = np.concatenate((np.zeros(n_places + n_transitions), np.ones(len(lines))))
    left = None if budget is None else budget.remaining()
    options: dict[str, Any] = {} if left is None else {"time_limit": max(left, 0.01)}
    result = linear_program(
        costs, A_ub=below, b_ub=bounds, A_eq=equal, b_eq=initial, method="highs", options=options
    )
    if result.status != 0:
        return (
            "the linear program was not solved in time"
            if result.status == 1
            else (f"the linear program was not solved: {result.message}")
        )
    if result.fun <= TINY:
        return np.asarray(result.x[:n_places], dtype=np.float64)
    factors = -np.asarray(result.ineqlin.marginals, dtype=np.float64)
    flow = -np.asarray(result.eqlin.marginals, dtype=np.float64)
    return _Exact(net, lines).near(factors, flow) or "its dual solution could not be made exact"


class _Exact:
    """Integer arithmetic on lines and on the incidence matrix."""

    def __init__(self, net: PetriNet, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.initial: list[int] = net.initial.to_array(net.place_ids).tolist()
        self.changes = [list(changes.items()) for changes in effects(net)]

    def near(self, factors: NDArray[np.float64], flow: NDArray[np.float64]) -> Refutation | None:
        """Return integer weights near a dual solution that refute, or ``None``."""
        scale = max(float(factors.max(initial=0.0)), TINY)
        used = np.flatnonzero(factors > TINY * scale).tolist()
        kept = np.flatnonzero(np.abs(flow) > TINY * scale).tolist()
        numbers = [float(factors[k]) for k in used] + [float(flow[p]) for p in kept]
        for denominator in DENOMINATORS:
            near = [Fraction(value).limit_denominator(denominator) for value in numbers]
            common = lcm(*(value.denominator for value in near))
            whole = [int(value * common) for value in near]
            lines = dict(zip(used, whole, strict=False))
            places = dict(zip(kept, whole[len(used) :], strict=True))
            if self.refutes(lines, places):
                return self._made(lines, places)
        return self._repaired(used, kept, numbers)

    def refutes(self, lines: Vector, places: Vector) -> bool:
        """Return whether weights refute: no transition increases, and the sum is impossible."""
        if any(factor < 0 for factor in lines.values()):
            return False
        total: Vector = dict(places)
        bound = sum(self.initial[place] * weight for place, weight in places.items())
        for number, factor in lines.items():
            bound += factor * self.lines[number].bound
            for place, weight in self.lines[number].terms:
                total[place] = total.get(place, 0) + factor * weight
        if bound >= 0 or any(weight < 0 for weight in total.values()):
            return False
        return all(change <= 0 for change in self._changed(places).values())

    def _changed(self, places: Vector) -> Vector:
        total: Vector = {}
        for place, weight in places.items():
            for step, delta in self.changes[place]:
                total[step] = total.get(step, 0) + weight * delta
        return total

    def _made(self, lines: Vector, places: Vector) -> Refutation:
        common = gcd(*lines.values(), *places.values()) or 1
        return Refutation(
            lines=tuple((k, w // common) for k, w in sorted(lines.items()) if w),
            places=tuple((p, w // common) for p, w in sorted(places.items()) if w),
        )

    def _repaired(
        self, used: list[int], kept: list[int], numbers: list[float]
    ) -> Refutation | None:
        """Solve for the weights exactly, on their support, where the solution is unique.

        What is zero in the dual solution up to rounding, the change of a step or the sum over a
        place, is asked to be zero; then the weights are the kernel of a matrix.
        """
        if len(numbers) > MOST_REPAIRED:
            return None
        n_places = len(self.initial)
        rows: list[Vector] = [dict(self.lines[number].terms) for number in used]
        for place in kept:
            changed = {n_places + step: delta for step, delta in self.changes[place]}
            rows.append({place: 1, **changed})
        rough: dict[int, float] = {}
        for row, number in zip(rows, numbers, strict=True):
            for key, value in row.items():
                rough[key] = rough.get(key, 0.0) + value * number
        near = 1e-5 * max(abs(number) for number in numbers)
        tight = {key for key, value in rough.items() if abs(value) < near}
        found = kernel([{k: v for k, v in row.items() if k in tight} for row in rows])
        for vector in found:
            for sign in (1, -1):
                lines = {used[k]: sign * w for k, w in vector.items() if k < len(used)}
                places = {
                    kept[k - len(used)]: sign * w for k, w in vector.items() if k >= len(used)
                }
                if self.refutes(lines, places):
                    return self._made(lines, places)
        return None
