"""The search of refinement where few pairs are looked at after traces of one length.

Long runs in which little can happen have many layers of few pairs; array operations would cost more
than the pairs. The same is done here pair by pair, on the same columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from transition_systems.equivalences.linear_failure import Failure
from transition_systems.equivalences.linear_observations import UNSEEN
from transition_systems.equivalences.set_table import EMPTY
from transition_systems.lts import TAU

if TYPE_CHECKING:
    from transition_systems.equivalences.linear_pairs import PairSearch

__all__ = ["NARROW", "NarrowSearch"]

Indices = NDArray[np.int64]

NARROW = 24
WIDE = 96
BETWEEN = 256


class NarrowSearch:
    """Follows layers of few pairs.

    Parameters
    ----------
    search
        Whose pairs they are.
    """

    def __init__(self, search: PairSearch) -> None:
        self.search = search
        self.sets = search.sets
        graph = search.graph
        self._rows = graph.offsets.data, graph.labels.data, graph.targets.data
        self._marks = search.seen.marks.data
        self._codes = search.seen.codes.data
        self._match: dict[tuple[int, int], bool] = {}

    def run(self, layer: list[int], most: int | None) -> tuple[Failure | None, Indices]:
        """Follow a layer until there is a failure, or none, or more pairs than are few.

        Return the failure and the layer that is left.
        """
        search = self.search
        while layer and len(layer) <= WIDE:
            layer = self._closed(layer)
            if len(layer) > WIDE:
                break
            after: list[int] = []
            for pair in layer:
                failure, number = self._look(pair)
                if failure is not None:
                    return failure, np.arange(0, dtype=np.int64)
                after.append(number)
            failure, layer = self._step(layer, after)
            if most is not None and search.layers >= most:
                if failure is not None and failure.label < search.graph.first_atom:
                    failure = None
                return failure, np.arange(0, dtype=np.int64)
            if failure is not None:
                return failure, np.arange(0, dtype=np.int64)
            search.layers += 1
            if search.layers % BETWEEN == 0:
                search.tick(0)
                search.tell(len(layer))
        search.tick(0)
        return None, np.array(layer, dtype=np.int64)

    def _closed(self, layer: list[int]) -> list[int]:
        if not self.search.graph.silent:
            return layer
        offsets, labels, targets = self._rows
        found = list(layer)
        for pair in found:  # grows
            state, number = self.search.pair(pair)
            for arc in range(offsets[state], offsets[state + 1]):
                if labels[arc] != TAU:
                    break
                self.search.arcs += 1
                new = self.search.add_one(targets[arc], number, pair, TAU)
                if new >= 0:
                    found.append(new)
            if len(found) > BETWEEN:
                self.search.tick(0)
        return found

    def _look(self, pair: int) -> tuple[Failure | None, int]:
        search = self.search
        state, number = search.pair(pair)
        if search.relation.divergence and search.graph.divergent.item(state):
            return Failure("divergence", pair), number
        mark = self._marks[state]
        if mark == UNSEEN:
            return None, number
        key = number * search.n_marks + mark
        known = search.passed.get(key)
        if known is None:
            good = [s for s in self.sets.members_one(number) if self._matches(mark, self._codes[s])]
            if search.relation.along:
                known = self.sets.intern_one(good)
            else:
                known = 0 if good else EMPTY
            search.passed[key] = known
        if known == EMPTY:
            return Failure("seen", pair), number
        return None, known if search.relation.along else number

    def _matches(self, mark: int, code: int) -> bool:
        found = self._match.get((mark, code))
        if found is None:
            one, other = np.array([mark], dtype=np.int64), np.array([code], dtype=np.int64)
            found = self._match[mark, code] = bool(self.search.seen.matches(one, other)[0])
        return found

    def _step(self, layer: list[int], after: list[int]) -> tuple[Failure | None, list[int]]:
        search, sets = self.search, self.sets
        offsets, labels, targets = self._rows
        steps: list[tuple[int, int, int, int]] = []
        worst: Failure | None = None
        for pair, number in zip(layer, after, strict=True):
            state = search.pair(pair)[0]
            for arc in range(offsets[state], offsets[state + 1]):
                label = labels[arc]
                if search.graph.silent and label == TAU:
                    continue
                reached = sets.step_one(number, label)
                if reached == EMPTY:
                    if worst is None or label > worst.label:
                        worst = Failure("step", pair, label)
                elif not (search.relation.divergence and sets.divergent_one(reached)):
                    steps.append((targets[arc], reached, pair, label))
            search.arcs += offsets[state + 1] - offsets[state]
        if worst is not None:
            return worst, []
        added = [search.add_one(*step) for step in steps]
        return None, [new for new in added if new >= 0]
