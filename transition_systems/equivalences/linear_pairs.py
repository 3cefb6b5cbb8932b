"""Pairs of a state of the implementation and a set of states of the specification, with antichains.

The search of refinement: which pairs does one trace lead to, and where does the specification have
no match? A pair is left out where one with the same state and a smaller set is there: whatever it
lacks, that one lacks, too, after a trace that is no longer.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Meter
from transition_systems.csr import row_arcs
from transition_systems.equivalences.growing import Growing
from transition_systems.equivalences.linear_failure import NO_LABEL, Failure
from transition_systems.equivalences.linear_graph import LinearGraph
from transition_systems.equivalences.linear_narrow import NARROW, NarrowSearch
from transition_systems.equivalences.linear_observations import UNSEEN, Observations
from transition_systems.equivalences.linear_relations import LinearRelation
from transition_systems.equivalences.set_table import EMPTY, BudgetEnded, SetTable
from transition_systems.equivalences.sorting import distinct_first, distinct_inverse
from transition_systems.lts import TAU
from transition_systems.progress import Progress, ProgressCallback

__all__ = ["Failure", "PairSearch"]

Indices = NDArray[np.int64]
Bools = NDArray[np.bool_]

BYTES_PER_PAIR = 64
ROUNDS = 8
CHUNK = 1 << 16


class PairSearch:
    """The pairs of a refinement, layer by layer: a layer has all traces of one length.

    Parameters
    ----------
    implementation
        The graph whose behaviour is asked about.
    sets
        The sets of states of the specification.
    seen
        What is seen in the states of both.
    relation
        What the systems are compared by.
    meter, progress
        A running budget, and whom the search tells.
    """

    def __init__(
        self,
        implementation: LinearGraph,
        sets: SetTable,
        seen: Observations,
        relation: LinearRelation,
        meter: Meter,
        progress: ProgressCallback | None = None,
    ) -> None:
        self.graph = implementation
        self.sets = sets
        self.seen = seen
        self.relation = relation
        self.meter = meter
        self.progress = progress
        self.layers = 0
        self.arcs = 0
        self._state = Growing(np.int64)
        self._set = Growing(np.int64)
        self._parent = Growing(np.int64)
        self._label = Growing(np.int64)
        self._older = Growing(np.int64)
        self._newest = np.full(implementation.n, -1, dtype=np.int64)
        self.passed: dict[int, int] = {}
        self.n_marks = int(seen.marks.max(initial=UNSEEN)) + 1
        self._visible = implementation.labels > TAU if implementation.silent else None

    def __len__(self) -> int:
        return len(self._state)

    @property
    def bytes(self) -> int:
        """An account of the memory in use."""
        return len(self) * BYTES_PER_PAIR + self.sets.bytes

    @property
    def states(self) -> Indices:
        """The state of each pair."""
        return self._state.view

    @property
    def chosen(self) -> Indices:
        """The number of the set of each pair."""
        return self._set.view

    def trace_to(self, pair: int) -> tuple[list[int], list[int]]:
        """Return the letters that lead to a pair, and the pairs at whose state each begins.

        The last entry of the pairs is the pair itself; in between stands the last pair before the
        next letter.
        """
        letters: list[int] = []
        pairs = [pair]
        parents, labels = self._parent.view, self._label.view
        while parents[pair] >= 0:
            label, pair = int(labels[pair]), int(parents[pair])
            if not (self.graph.silent and label == TAU):
                letters.append(label)
                pairs.append(pair)
        return letters[::-1], pairs[::-1]

    def run(self, *, most: int | None = None) -> Failure | None:
        """Look for a shortest failure, of traces of at most ``most`` letters.

        Raises :class:`BudgetEnded`.
        """
        graph = self.graph
        start = self.sets.start()
        if start == EMPTY:
            return Failure("start") if len(graph.initial) else None
        count = len(graph.initial)
        layer = self._add(
            graph.initial,
            np.full(count, start, dtype=np.int64),
            np.full(count, -1, dtype=np.int64),
            np.full(count, NO_LABEL, dtype=np.int64),
        )
        narrow = NarrowSearch(self)
        while len(layer):
            if len(layer) <= NARROW:
                failure, layer = narrow.run(layer.tolist(), most)
                if failure is not None or not len(layer):
                    return failure
            layer = self._closed(layer)
            failure, after = self._look(layer)
            if failure is not None:
                return failure
            failure, layer = self._step(layer, after)
            if most is not None and self.layers >= most:
                atom = failure is not None and failure.label >= graph.first_atom
                return failure if atom else None
            if failure is not None:
                return failure
            self.layers += 1
            self.tell(len(layer))
        return None

    def tell(self, frontier: int) -> None:
        """Tell who asked how far the search is."""
        if self.progress is not None:
            message = Progress(
                stage="refinement",
                states=len(self),
                arcs=self.arcs,
                frontier=frontier,
                seconds=self.meter.seconds,
                bytes=self.bytes,
            )
            self.progress(message)

    def pair(self, number: int) -> tuple[int, int]:
        """Return the state and the set of a pair."""
        return self._state.at(number), self._set.at(number)

    def newest(self, state: int) -> int:
        """Return the last pair with a state, or -1."""
        return int(self._newest.item(state))

    def older(self, number: int) -> int:
        """Return the pair with the same state before a pair, or -1."""
        return int(self._older.at(number))

    def append_one(self, state: int, number: int, parent: int, label: int, older: int) -> int:
        """Add a pair for which none with a smaller set is there."""
        self._state.append_one(state)
        self._set.append_one(number)
        self._parent.append_one(parent)
        self._label.append_one(label)
        self._older.append_one(older)
        self._newest[state] = len(self) - 1
        return len(self) - 1

    def _arcs(self, layer: Indices, *, silent: bool) -> tuple[Indices, Indices]:
        """Return the arcs of a layer: the place in it and the position of the arc."""
        graph = self.graph
        states = self.states[layer]
        arcs = row_arcs(graph.offsets, states)
        owner = np.repeat(
            np.arange(len(layer), dtype=np.int64), graph.offsets[states + 1] - graph.offsets[states]
        )
        if self._visible is not None:
            keep = self._visible[arcs] != silent
            owner, arcs = owner[keep], arcs[keep]
        self.arcs += len(arcs)
        return owner, arcs

    def _closed(self, layer: Indices) -> Indices:
        """Return the layer with the pairs that silent steps lead to, where these are no letters."""
        if not self.graph.silent:
            return layer
        found, fresh = [layer], layer
        while len(fresh):
            owner, arcs = self._arcs(fresh, silent=True)
            parents = fresh[owner]
            fresh = self._add(
                self.graph.targets[arcs],
                self.chosen[parents],
                parents,
                np.full(len(arcs), TAU, dtype=np.int64),
            )
            found.append(fresh)
        return np.concatenate(found)

    def _look(self, layer: Indices) -> tuple[Failure | None, Indices]:
        """Look for a state that shows what no state of its set does; return the sets to go on with.

        Where it is seen along the trace, these are the states that match.
        """
        states, sets = self.states[layer], self.chosen[layer]
        if self.relation.divergence:
            wrong = self.graph.divergent[states]
            if wrong.any():
                return Failure("divergence", int(layer[wrong.argmax()])), sets
        marks = self.seen.marks[states]
        asked = np.flatnonzero(marks != UNSEEN)
        if not len(asked):
            return None, sets
        n_marks = self.n_marks
        keys, place = distinct_inverse(sets[asked] * n_marks + marks[asked])
        passed, listed = self.passed, keys.tolist()
        new = [key for key in listed if key not in passed]
        for first in range(0, len(new), CHUNK):
            part = np.array(new[first : first + CHUNK], dtype=np.int64)
            self.tick(0)
            passed.update(zip(part.tolist(), self._matching(part, n_marks).tolist(), strict=True))
        known = np.fromiter((passed[key] for key in listed), dtype=np.int64, count=len(listed))
        after = known[place]
        if (after == EMPTY).any():
            return Failure("seen", int(layer[asked[int((after == EMPTY).argmax())]])), sets
        if self.relation.along:
            sets = sets.copy()
            sets[asked] = after
        return None, sets

    def _matching(self, keys: Indices, n_marks: int) -> Indices:
        """Return the sets of the states that match, or any number where one does."""
        owner, member = self.sets.members_of(keys // n_marks)
        good = self.seen.matches((keys % n_marks)[owner], self.seen.codes[member])
        owner, member = owner[good], member[good]
        if self.relation.along:
            return self.sets.intern(owner, member, len(keys))
        found = np.full(len(keys), EMPTY, dtype=np.int64)
        found[owner] = 0
        return found

    def _step(self, layer: Indices, after: Indices) -> tuple[Failure | None, Indices]:
        owner, arcs = self._arcs(layer, silent=False)
        labels = self.graph.labels[arcs]
        sets = self.sets.steps(after[owner], labels)
        if (sets == EMPTY).any():
            failed = np.flatnonzero(sets == EMPTY)
            at = int(failed[labels[failed].argmax()])  # an atom needs no letter
            return Failure("step", int(layer[owner[at]]), int(labels[at])), layer
        targets, parents = self.graph.targets[arcs], layer[owner]
        if self.relation.divergence:
            keep = ~self.sets.divergent(sets)
            sets, labels, targets, parents = sets[keep], labels[keep], targets[keep], parents[keep]
        return None, self._add(targets, sets, parents, labels)

    def tick(self, more: int) -> None:
        """Raise :class:`BudgetEnded` if so many pairs more are too many, or the time is over."""
        size = self.bytes + more * BYTES_PER_PAIR
        reason = self.meter.exhausted(states=len(self) + more, bytes=size)
        if reason is not None:
            raise BudgetEnded(reason)

    def _add(self, states: Indices, sets: Indices, parents: Indices, labels: Indices) -> Indices:
        """Add pairs but those for which one with a smaller set is there; return the new ones."""
        begin = len(self)
        count = len(self.sets)
        if self.relation.divergence and begin == 0 and len(sets):
            keep = ~self.sets.divergent(sets)
            states, sets, parents, labels = (x[keep] for x in (states, sets, parents, labels))
        first = distinct_first(states * count + sets)
        first = first[self._not_there(states[first], sets[first])]
        if not len(first):
            return np.arange(0, dtype=np.int64)
        states, sets = states[first], sets[first]
        order = np.lexsort((self.sets.sizes(sets), states))
        first, states, sets = first[order], states[order], sets[order]
        fresh = np.concatenate(([True], states[1:] != states[:-1]))
        begins = np.flatnonzero(fresh)
        rank = np.arange(len(states)) - np.repeat(begins, np.diff(np.append(begins, len(states))))
        rounds = min(ROUNDS, int(rank.max()) + 1)
        for turn in range(rounds):
            now = np.flatnonzero(rank == turn if turn < rounds - 1 else rank >= turn)
            if turn:
                now = now[self._not_there(states[now], sets[now])]
            source = first[now]
            self._link(states[now], sets[now], parents[source], labels[source])
        self.tick(0)
        return np.arange(begin, len(self), dtype=np.int64)

    def _link(self, states: Indices, sets: Indices, parents: Indices, labels: Indices) -> None:
        numbers = len(self) + np.arange(len(states), dtype=np.int64)
        older = self._newest[states]
        same = np.flatnonzero(states[1:] == states[:-1])
        older[same + 1] = numbers[same]
        self._newest[states] = numbers  # the last of equal states counts
        self._state.append(states)
        self._set.append(sets)
        self._parent.append(parents)
        self._label.append(labels)
        self._older.append(older)

    def _not_there(self, states: Indices, sets: Indices) -> Bools:
        """Return for which pairs there is none with the same state and a set inside theirs."""
        good = np.ones(len(states), dtype=np.bool_)
        at = self._newest[states]
        waiting = np.flatnonzero(at >= 0)
        at = at[waiting]
        held, older = self.chosen, self._older.view
        while len(waiting):
            self.tick(len(states))
            inside = self.sets.subset(held[at], sets[waiting])
            good[waiting[inside]] = False
            at = older[at]
            more = ~inside & (at >= 0)
            waiting, at = waiting[more], at[more]
        return good
