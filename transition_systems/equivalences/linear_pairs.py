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
from transition_systems.equivalences.linear_failure import NO_LABEL, Failure
from transition_systems.equivalences.linear_graph import LinearGraph
from transition_systems.equivalences.linear_narrow import NARROW, NarrowSearch
from transition_systems.equivalences.linear_observations import UNSEEN, Observations
from transition_systems.equivalences.linear_relations import LinearRelation
from transition_systems.equivalences.linear_store import PairStore
from transition_systems.equivalences.set_table import EMPTY, SetTable
from transition_systems.equivalences.sorting import distinct_inverse
from transition_systems.lts import TAU
from transition_systems.progress import Progress, ProgressCallback

__all__ = ["Failure", "PairSearch"]

Indices = NDArray[np.int64]
Bools = NDArray[np.bool_]

CHUNK = 1 << 16


class PairSearch(PairStore):
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
        super().__init__(implementation.n, sets, meter)
        self.graph = implementation
        self.seen = seen
        self.relation = relation
        self.progress = progress
        self.layers = 0
        self.arcs = 0
        self.passed: dict[int, int] = {}
        self.n_marks = int(seen.marks.max(initial=UNSEEN)) + 1
        self._visible = implementation.labels > TAU if implementation.silent else None

    def trace_to(self, pair: int) -> tuple[list[int], list[int]]:
        """Return the letters that lead to a pair, and the pairs at whose state each begins.

        The last entry of the pairs is the pair itself; in between stands the last pair before the
        next letter.
        """
        letters: list[int] = []
        pairs: list[int] = []
        for parent, label in self.steps_to(pair):
            if not (self.graph.silent and label == TAU):
                letters.append(label)
                pairs.append(parent)
        return letters, [*pairs, pair]

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
        return None, self._add(targets, sets, parents, labels)

    def _add(self, states: Indices, sets: Indices, parents: Indices, labels: Indices) -> Indices:
        """Add pairs but those of a set that is chaos; return the new ones."""
        if self.relation.divergence:
            keep = ~self.sets.divergent(sets)
            states, sets, parents, labels = states[keep], sets[keep], parents[keep], labels[keep]
        return self.add(states, sets, parents, labels)
