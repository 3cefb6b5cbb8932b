"""What a net offers as arrays: arc tables, weight matrices, the arcs as triples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from petri.incidence import ArcTable, csr_difference, csr_matrix, dense_matrix, transposed
from petri.nodes import Arc

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["NetArrays"]

_T = TypeVar("_T")


class NetArrays:
    """Ids and arc tables of a net, and what follows from them; computed once, read-only.

    Attributes
    ----------
    place_ids, transition_ids
        The ids in the order of the net; an index of an array is a position in them.
    pre_arcs, post_arcs
        The arcs from places to transitions, and from transitions to places, by transition.
    """

    __slots__ = ("_cache", "place_ids", "post_arcs", "pre_arcs", "transition_ids")

    place_ids: tuple[str, ...]
    transition_ids: tuple[str, ...]
    pre_arcs: ArcTable
    post_arcs: ArcTable
    _cache: dict[str, Any]

    def _cached(self, key: str, compute: Callable[[], _T]) -> _T:
        if key not in self._cache:
            self._cache[key] = compute()
        found: _T = self._cache[key]
        return found

    @property
    def place_numbers(self) -> Mapping[str, int]:
        """The index of each place, by its id."""
        numbers: Mapping[str, int] = self._cache["place"]
        return numbers

    @property
    def transition_numbers(self) -> Mapping[str, int]:
        """The index of each transition, by its id."""
        numbers: Mapping[str, int] = self._cache["transition"]
        return numbers

    @property
    def arcs(self) -> tuple[Arc, ...]:
        """All arcs: by transition its inputs, then its outputs, each in the order of places."""
        return self._cached("arcs", self._arcs)

    def _arcs(self) -> tuple[Arc, ...]:
        result: list[Arc] = []
        ids = self.place_ids
        needs, needed, taken = (part.tolist() for part in self.pre_arcs)
        gives, given, put = (part.tolist() for part in self.post_arcs)
        for number, transition in enumerate(self.transition_ids):
            for at in range(needs[number], needs[number + 1]):
                result.append(Arc(ids[needed[at]], transition, taken[at]))
            for at in range(gives[number], gives[number + 1]):
                result.append(Arc(transition, ids[given[at]], put[at]))
        return tuple(result)

    @property
    def pre(self) -> NDArray[np.int64]:
        """Weights from places to transitions: int64 (n_places, n_transitions), read-only."""
        return self._cached(
            "pre", lambda: dense_matrix(self.pre_arcs, n_places=len(self.place_ids))
        )

    @property
    def post(self) -> NDArray[np.int64]:
        """Weights from transitions to places: int64 (n_places, n_transitions), read-only."""
        return self._cached(
            "post", lambda: dense_matrix(self.post_arcs, n_places=len(self.place_ids))
        )

    @property
    def incidence(self) -> NDArray[np.int64]:
        """``post - pre``: int64 (n_places, n_transitions), read-only."""
        return self._cached("incidence", self._incidence)

    def _incidence(self) -> NDArray[np.int64]:
        matrix = self.post - self.pre
        matrix.setflags(write=False)
        return matrix

    @property
    def pre_csr(self) -> csr_array:
        """``pre`` as a scipy CSR array, int64 (n_places, n_transitions)."""
        return self._cached(
            "pre_csr", lambda: csr_matrix(self.pre_arcs, n_places=len(self.place_ids))
        )

    @property
    def post_csr(self) -> csr_array:
        """``post`` as a scipy CSR array, int64 (n_places, n_transitions)."""
        return self._cached(
            "post_csr", lambda: csr_matrix(self.post_arcs, n_places=len(self.place_ids))
        )

    @property
    def incidence_csr(self) -> csr_array:
        """``post - pre`` as a scipy CSR array, int64 (n_places, n_transitions)."""
        return self._cached("incidence_csr", lambda: csr_difference(self.post_csr, self.pre_csr))

    @property
    def consumers(self) -> ArcTable:
        """The input arcs compressed by place: for each place the transitions that take from it."""
        return self._cached(
            "consumers", lambda: transposed(self.pre_arcs, n_places=len(self.place_ids))
        )

    @property
    def producers(self) -> ArcTable:
        """The output arcs compressed by place: for each place the transitions that put into it."""
        return self._cached(
            "producers", lambda: transposed(self.post_arcs, n_places=len(self.place_ids))
        )
