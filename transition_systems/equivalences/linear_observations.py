"""What is seen in a state at the end of a trace, and which states of the specification match it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transition_systems.equivalences.linear_graph import LinearGraph
from transition_systems.equivalences.linear_relations import LinearRelation
from transition_systems.lts import TICK

__all__ = ["UNSEEN", "Observations", "observations", "shown_sets"]

Indices = NDArray[np.int64]
Bools = NDArray[np.bool_]
Words = NDArray[np.uint64]

UNSEEN = -1
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Observations:
    """What is seen in the states of an implementation and of a specification.

    Parameters
    ----------
    marks
        int64, for each state of the implementation: a number for what is seen there, or
        :data:`UNSEEN` where nothing has to be matched.
    codes
        int64, for each state of the specification, or :data:`UNSEEN` where it matches nothing.
    small, large
        Where they are given, a mark ``m`` is matched by a code ``c`` when the bits of ``small[c]``
        are among those of ``large[m]``.
    table
        Where it is given, when ``table[c, m]``. Where neither is, when they are equal.
    """

    marks: Indices
    codes: Indices
    small: Words | None = None
    large: Words | None = None
    table: Bools | None = None

    def matches(self, marks: Indices, codes: Indices) -> Bools:
        """Return which marks are matched by which codes, pair by pair; no mark is unseen."""
        if self.table is not None:
            return np.asarray(self.table[codes, marks])
        if self.small is None or self.large is None:
            return np.asarray(marks == codes)
        good: Bools = np.asarray(codes != UNSEEN)
        for first in range(0, len(marks), CHUNK):
            part = slice(first, first + CHUNK)
            missing = self.small[codes[part]] & ~self.large[marks[part]]
            good[part] &= ~missing.any(axis=1)
        return good


def shown_sets(graph: LinearGraph, relation: LinearRelation) -> tuple[Indices, Words]:
    """Return what each state shows of what it is ready for, as a number, and the rows of bits.

    It is the ready set of a stable state, :data:`UNSEEN` where a state is not stable. In the
    failures models of CSP a state that can do the tick shows the tick alone: it may do it whatever
    it is offered.
    """
    number, rows = graph.ready_sets()
    number = np.where(graph.stable, number, UNSEEN)
    if relation.of_termination and graph.can_tick.any():
        only = np.zeros((1, rows.shape[1]), dtype=np.uint64)
        only[0, 0] = np.uint64(1) << np.uint64(TICK)
        rows = np.concatenate((rows, only))
        number = np.where(graph.can_tick, len(rows) - 1, number)
    return number, rows


def observations(
    implementation: LinearGraph, specification: LinearGraph, relation: LinearRelation
) -> Observations:
    """Return what is seen in the states of two graphs, for relations without futures."""
    if relation.seen == "nothing":
        marks, codes = (
            np.full(g.n, UNSEEN, dtype=np.int64) for g in (implementation, specification)
        )
        return Observations(marks, codes)
    if relation.seen == "end":
        marks, codes = (
            np.where(g.dead, 0, UNSEEN).astype(np.int64) for g in (implementation, specification)
        )
        return Observations(marks, codes)
    marks, large = shown_sets(implementation, relation)
    codes, small = shown_sets(specification, relation)
    if relation.seen == "refusal":
        return Observations(marks, codes, small, large)
    common = {row.tobytes(): at for at, row in enumerate(np.concatenate((large, small)))}
    of_marks, of_codes = (
        np.array([*(common[row.tobytes()] for row in rows), UNSEEN], dtype=np.int64)
        for rows in (large, small)
    )
    return Observations(of_marks[marks], of_codes[codes])
