"""From a failed refinement to what is seen in one system and never in the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.equivalences.futures import Futures
from transition_systems.equivalences.linear_failure import Failure
from transition_systems.equivalences.linear_graph import LinearGraph
from transition_systems.equivalences.linear_observations import UNSEEN, shown_sets
from transition_systems.equivalences.linear_pairs import PairSearch
from transition_systems.evidence_normalised import Names

__all__ = ["Difference", "difference_of"]

Indices = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Difference:
    """A trace of the implementation and what is seen after it, as in ``LinearDistinction``."""

    trace: tuple[str, ...]
    seen: tuple[Any, ...]
    along: tuple[Names | None, ...] = ()


def difference_of(
    search: PairSearch, failure: Failure, futures: Futures | None = None
) -> Difference:
    """Return what a failure shows.

    Raises :class:`BudgetEnded` where the futures that differ are not found in time.
    """
    if failure.kind == "start":
        return Difference((), ("trace",))
    graph = search.graph
    letters, pairs = search.trace_to(failure.pair)
    along: list[Names | None] = []
    if search.relation.along:
        along = [None if _idle(search, pair) else _shown(search, pair) for pair in pairs]
        if failure.kind == "seen":
            along[-1] = None
    trace = tuple(graph.names[label] for label in letters)
    if failure.kind == "step":
        if failure.label >= graph.first_atom:
            return Difference(trace, ("atom", graph.names[failure.label]), tuple(along))
        trace = (*trace, graph.names[failure.label])
        return Difference(trace, ("trace",), (*along, None) if along else ())
    if failure.kind == "divergence":
        return Difference(trace, ("divergence",))
    match search.relation.seen:
        case "refusal" | "ready" as word:
            shown = _shown(search, failure.pair)
            return Difference(trace, (word, *(shown or ((), ()))), tuple(along))
        case "end":
            return Difference(trace, ("end",))
        case _:
            assert futures is not None
            return Difference(trace, _future(search, failure.pair, futures))


def _shown(search: PairSearch, pair: int) -> Names | None:
    """Return what the state of a pair is ready for, or as little as it refuses, as names.

    What it refuses is chosen so that the same states of the set cannot refuse that as cannot refuse
    all that it does.
    """
    graph, specification = search.graph, search.sets.graph
    state = int(search.states[pair])
    marks, rows = shown_sets(graph, search.relation)
    if marks[state] == UNSEEN:
        return None
    ready = _bits(rows[marks[state]], graph.n_labels)
    if search.relation.seen == "ready":
        return _names(graph, np.flatnonzero(ready))
    members = search.sets.members_of(search.chosen[[pair]])[1]
    codes, small = shown_sets(specification, search.relation)
    different = np.unique(codes[members[codes[members] != UNSEEN]])
    theirs = np.array([_bits(small[code], graph.n_labels) for code in different], dtype=np.bool_)
    accepted = theirs.reshape(len(different), graph.n_labels) & ~ready
    left = np.flatnonzero(accepted.any(axis=1))
    refused: list[int] = []
    while len(left):
        refused.append(int(accepted[left].sum(axis=0).argmax()))
        left = left[~accepted[left, refused[-1]]]
    return _names(graph, np.array(sorted(refused), dtype=np.int64))


def _idle(search: PairSearch, pair: int) -> bool:
    """Return whether all states of the set match what the state of a pair shows."""
    members = search.sets.members_of(search.chosen[[pair]])[1]
    mark = search.seen.marks[[search.states[pair]] * len(members)]
    if len(members) == 0 or mark[0] == UNSEEN:
        return True
    return bool(search.seen.matches(mark, search.seen.codes[members]).all())


def _bits(row: NDArray[np.uint64], count: int) -> Bools:
    octets = np.frombuffer(row.astype("<u8").tobytes(), dtype=np.uint8)
    return np.unpackbits(octets, bitorder="little")[:count].astype(np.bool_)


def _names(graph: LinearGraph, labels: Indices) -> Names:
    listed: list[int] = labels.tolist()
    return (
        tuple(graph.names[a] for a in listed if a < graph.first_atom),
        tuple(graph.names[a] for a in listed if a >= graph.first_atom),
    )


def _future(search: PairSearch, pair: int, futures: Futures) -> tuple[Any, ...]:
    """Return traces that follow the state of a pair, and others that do not; so of no other state.

    For impossible futures only such that do not follow.
    """
    mark = int(search.seen.marks[search.states[pair]])
    members = search.sets.members_of(search.chosen[[pair]])[1]
    can: list[tuple[int, ...]] = []
    cannot: list[tuple[int, ...]] = []
    for other in np.unique(search.seen.codes[members]).tolist():
        told = any(not futures.has(other, word) for word in can)
        if told or any(futures.has(other, word) for word in cannot):
            continue
        word = None
        if search.relation.seen == "future":
            word = futures.word_apart(mark, other)
            if word is not None:
                can.append(word)
        if word is None:
            word = futures.word_apart(other, mark)
            assert word is not None
            cannot.append(word)
    return ("future", *(tuple(_word(search.graph, w) for w in words) for words in (can, cannot)))


def _word(graph: LinearGraph, word: tuple[int, ...]) -> tuple[tuple[str, ...], str | None]:
    """Return the labels of a trace, and the atom with which it ends, if it does."""
    if word and word[-1] >= graph.first_atom:
        return tuple(graph.names[a] for a in word[:-1]), graph.names[word[-1]]
    return tuple(graph.names[a] for a in word), None
