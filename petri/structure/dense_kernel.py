"""The kernel of a matrix of integers that is no longer sparse: modulo a prime, then exactly."""

from __future__ import annotations

import time
from collections.abc import Sequence
from math import lcm
from typing import Any

from transition_systems.budget import Meter
from transition_systems.errors import UndecidedError

__all__ = ["dense_kernel"]

Vector = dict[int, int]

# Two primes of 61 and 62 bits.
PRIMES = (2305843009213693951, 4611686018427387847)
# Numbers in a matrix, and products in a second of an elimination modulo a prime.
MOST_NUMBERS, SPEED = 50_000_000, 2e9
# Products for each entry of a solution, by measurement.
LIFTING = 40


def dense_kernel(rows: Sequence[Vector], meter: Meter | None = None) -> list[Vector] | None:
    """Return a basis of the integer vectors ``y`` with ``sum(y[i] * rows[i]) = 0``.

    Parameters
    ----------
    rows
        Integer rows by column.
    meter
        A clock: what would not end in time is not begun.

    Returns
    -------
    list of dict, or None
        Each vector is checked against all rows. ``None`` where the matrix is too large, or both
        primes divide what they must not.

    Raises
    ------
    UndecidedError
        When the time is used up, or would be.

    Notes
    -----
    The rank modulo a prime is never above the rank, so that rows independent modulo a prime are
    independent. Otherwise rows and columns with the rank modulo the prime are solved exactly for
    each other row by python-flint (p-adic lifting: J. D. Dixon, Exact solution of linear equations
    using p-adic expansions. Numerische Mathematik 40, 1982). O(n^3) word operations for n rows and
    columns, and more for long numbers.

    Examples
    --------
    >>> dense_kernel([{0: 2, 1: 1}, {0: -4, 1: -2}, {1: 1}])
    [{0: 2, 1: 1}]
    """
    columns = {key: number for number, key in enumerate(dict.fromkeys(k for r in rows for k in r))}
    n_rows, n_columns = len(rows), len(columns)
    if n_rows * n_columns > MOST_NUMBERS:
        return None
    _fits(3 * n_rows * n_columns * min(n_rows, n_columns), meter)
    import flint

    entries = [(i, columns[key], value) for i, row in enumerate(rows) for key, value in row.items()]
    matrix = _matrix(flint, n_rows, n_columns, entries)
    for prime in PRIMES:
        kept = _pivots(flint, matrix.transpose(), prime)
        if len(kept) == n_rows:
            return []
        _fits(len(kept) ** 2 * (len(kept) + LIFTING * (n_rows - len(kept))), meter)
        found = _solved(flint, matrix, entries, kept, _pivots(flint, matrix, prime))
        if found is not None:
            return found
    return None


def _fits(products: int, meter: Meter | None) -> None:
    """Raise where so many products would take longer than there is time."""
    left = None if meter is None or meter.end is None else meter.end - time.monotonic()
    if left is not None and products > left * SPEED:
        raise UndecidedError("there is not enough time left for a dense matrix")


def _matrix(flint: Any, n_rows: int, n_columns: int, entries: list[tuple[int, int, int]]) -> Any:
    matrix = flint.fmpz_mat(n_rows, n_columns)
    for row, column, value in entries:
        matrix[row, column] = value
    return matrix


def _pivots(flint: Any, matrix: Any, prime: int) -> list[int]:
    """Return the columns of the leading ones of the reduced row echelon form modulo a prime."""
    reduced, rank = flint.nmod_mat(matrix, prime).rref()
    found: list[int] = []
    column = 0
    for row in range(rank):
        while not int(reduced[row, column]):
            column += 1
        found.append(column)
    return found


def _solved(
    flint: Any, matrix: Any, entries: list[tuple[int, int, int]], kept: list[int], used: list[int]
) -> list[Vector] | None:
    """Return each row that is not kept as a sum of those that are; ``None`` if one is none."""
    place = {row: number for number, row in enumerate(kept)}
    others = [row for row in range(matrix.nrows()) if row not in place]
    if not kept:
        return [{row: 1} for row in others]
    line, at = {c: n for n, c in enumerate(used)}, {row: n for n, row in enumerate(others)}
    square, right = flint.fmpz_mat(len(kept), len(kept)), flint.fmpz_mat(len(kept), len(others))
    for row, column, value in entries:
        if column not in line:
            continue
        if row in place:
            square[line[column], place[row]] = value
        else:
            right[line[column], at[row]] = -value
    solution = square.solve(right)
    weights = flint.fmpz_mat(len(others), matrix.nrows())
    for number, row in enumerate(others):
        column_of = [solution[n, number] for n in range(len(kept))]
        scale = lcm(*(int(value.q) for value in column_of))
        weights[number, row] = scale
        for n, value in enumerate(column_of):
            weights[number, kept[n]] = int(value.p) * (scale // int(value.q))
    if any(int(value) for value in (weights * matrix).entries()):
        return None
    return [
        {n: int(value) for n, value in enumerate(row) if value} for row in weights.tolist()
    ]  # fmt: skip
