"""Arcs as arrays: compressed by transition, and from these dense or CSR matrices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from transition_systems.errors import UnlistedError

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = [
    "MAX_DENSE",
    "ArcTable",
    "arc_table",
    "csr_difference",
    "csr_matrix",
    "dense_matrix",
    "table_of_rows",
    "transposed",
]

MAX_DENSE = 50_000_000
FEW = 40

Int64 = NDArray[np.int64]


class ArcTable(NamedTuple):
    """The arcs of one direction, compressed by transition; the arrays are read-only.

    ``places[offsets[t]:offsets[t + 1]]`` are the places of transition ``t``, ascending, and
    ``weights`` at the same positions the weights of the arcs.

    Parameters
    ----------
    offsets
        int64, shape (n_transitions + 1,).
    places
        int64, shape (n_arcs,).
    weights
        int64, shape (n_arcs,), all at least 1.
    """

    offsets: Int64
    places: Int64
    weights: Int64

    def row(self, transition: int) -> tuple[Int64, Int64]:
        """Return places and weights of one transition, by its index.

        Examples
        --------
        >>> places, weights = arc_table({(0, 2): 1, (0, 1): 3}, n_transitions=1).row(0)
        >>> places.tolist(), weights.tolist()
        ([1, 2], [3, 1])
        """
        part = slice(int(self.offsets[transition]), int(self.offsets[transition + 1]))
        return self.places[part], self.weights[part]


def _frozen(array: NDArray[Any]) -> Int64:
    result = np.ascontiguousarray(array, dtype=np.int64)
    result.setflags(write=False)
    return result


def _compressed(rows: Int64, columns: Int64, weights: Int64, n_rows: int) -> ArcTable:
    order = np.lexsort((columns, rows))
    counts = np.bincount(rows, minlength=n_rows) if rows.size else np.zeros(n_rows, np.int64)
    offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
    return ArcTable(_frozen(offsets), _frozen(columns[order]), _frozen(weights[order]))


def arc_table(arcs: dict[tuple[int, int], int], *, n_transitions: int) -> ArcTable:
    """Return the table of arcs given as ``{(transition, place): weight}``, by indices.

    Examples
    --------
    >>> arc_table({(1, 0): 2}, n_transitions=2).offsets.tolist()
    [0, 0, 1]
    """
    if len(arcs) < FEW:
        return _few_arcs(arcs, n_transitions)
    keys = np.fromiter(_flat(arcs), dtype=np.int64, count=2 * len(arcs)).reshape(-1, 2)
    weights = np.fromiter(arcs.values(), dtype=np.int64, count=len(arcs))
    return _compressed(keys[:, 0], keys[:, 1], weights, n_transitions)


def table_of_rows(rows: Sequence[dict[int, int]]) -> ArcTable:
    """Return the table of arcs given as ``{place: weight}`` for each transition, by indices.

    Examples
    --------
    >>> table_of_rows([{}, {2: 1, 0: 3}]).places.tolist()
    [0, 2]
    """
    offsets, places, weights = [0], list[int](), list[int]()
    for row in rows:
        ordered = sorted(row) if len(row) > 1 else row
        places += ordered
        weights += [row[place] for place in ordered]
        offsets.append(len(places))
    return _table(offsets, places, weights)


def _few_arcs(arcs: dict[tuple[int, int], int], n_transitions: int) -> ArcTable:
    """Return the table of some arcs, sorted one by one, which is faster than on arrays."""
    ordered = sorted(arcs)
    counts = [0] * n_transitions
    for transition, _ in ordered:
        counts[transition] += 1
    places, weights = [place for _, place in ordered], [arcs[key] for key in ordered]
    offsets = [0, *accumulate(counts)]
    return _table(offsets, places, weights)


def _table(*columns: list[int]) -> ArcTable:
    arrays = [np.array(column, dtype=np.int64) for column in columns]
    for array in arrays:
        array.setflags(write=False)
    return ArcTable(*arrays)


def _flat(pairs: Iterable[tuple[int, int]]) -> Iterable[int]:
    for first, second in pairs:
        yield first
        yield second


def transposed(table: ArcTable, *, n_places: int) -> ArcTable:
    """Return the same arcs compressed by place; its ``places`` are then transition indices.

    Examples
    --------
    >>> by_place = transposed(arc_table({(0, 1): 2, (1, 1): 1}, n_transitions=2), n_places=2)
    >>> by_place.offsets.tolist(), by_place.places.tolist()
    ([0, 0, 2], [0, 1])
    """
    n_transitions = len(table.offsets) - 1
    transitions = np.repeat(np.arange(n_transitions, dtype=np.int64), np.diff(table.offsets))
    return _compressed(table.places, transitions, table.weights, n_places)


def dense_matrix(table: ArcTable, *, n_places: int) -> Int64:
    """Return the arcs as a read-only matrix, int64 of shape (n_places, n_transitions).

    Raises
    ------
    UnlistedError
        When it would have more than 50 million entries; the CSR matrix serves there.

    Examples
    --------
    >>> dense_matrix(arc_table({(0, 1): 2}, n_transitions=1), n_places=2).tolist()
    [[0], [2]]
    """
    n_transitions = len(table.offsets) - 1
    if n_places * n_transitions > MAX_DENSE:
        raise UnlistedError(
            f"a dense matrix of {n_places} places and {n_transitions} transitions would have more"
            f" than {MAX_DENSE} entries; use pre_csr, post_csr or incidence_csr"
        )
    matrix = np.zeros((n_places, n_transitions), dtype=np.int64)
    transitions = np.repeat(np.arange(n_transitions), np.diff(table.offsets))
    matrix[table.places, transitions] = table.weights
    matrix.setflags(write=False)
    return matrix


def csr_matrix(table: ArcTable, *, n_places: int) -> csr_array:
    """Return the arcs as a scipy CSR array, int64 of shape (n_places, n_transitions).

    Examples
    --------
    >>> csr_matrix(arc_table({(0, 1): 2}, n_transitions=1), n_places=2).toarray().tolist()
    [[0], [2]]
    """
    from scipy.sparse import csr_array

    by_place = transposed(table, n_places=n_places)
    matrix = csr_array(
        (by_place.weights, by_place.places, by_place.offsets),
        shape=(n_places, len(table.offsets) - 1),
    )
    for array in (matrix.data, matrix.indices, matrix.indptr):
        array.setflags(write=False)
    return matrix


def csr_difference(left: csr_array, right: csr_array) -> csr_array:
    """Return ``left - right`` as a read-only CSR array without stored zeros.

    Examples
    --------
    >>> both = csr_matrix(arc_table({(0, 0): 2}, n_transitions=1), n_places=1)
    >>> csr_difference(both, both).nnz
    0
    """
    matrix = left - right
    matrix.eliminate_zeros()
    for array in (matrix.data, matrix.indices, matrix.indptr):
        array.setflags(write=False)
    return matrix
