"""Silent steps in rechecks: where they come from, and which states lie on silent cycles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from transition_systems.lts import FINAL, LTS

__all__ = ["Backward", "components", "marks_of", "on_cycles"]

Ints = NDArray[np.int64]


class Backward:
    """Arcs turned around, followed one by one."""

    def __init__(self, source: Ints, target: Ints) -> None:
        self.before: dict[int, list[int]] = defaultdict(list)
        for start, end in zip(source.tolist(), target.tolist(), strict=True):
            self.before[end].append(start)

    def reach(self, states: Iterable[int]) -> set[int]:
        """Return the states from which arcs lead to some states, and these."""
        reached = set(states)
        waiting = list(reached)
        while waiting:
            for state in self.before.get(waiting.pop(), ()):
                if state not in reached:
                    reached.add(state)
                    waiting.append(state)
        return reached


def marks_of(systems: Sequence[LTS], atoms: Iterable[str]) -> Ints:
    """Return a number for each state, of one system after the other: equal for equal atoms.

    Only ``final`` and the given atoms count; one that a system lacks is false there.
    """
    marks = np.zeros(sum(lts.n_states for lts in systems), dtype=np.int64)
    for name in sorted({FINAL, *atoms}):
        flags = [lts.atoms.get(name, np.zeros(lts.n_states, dtype=np.bool_)) for lts in systems]
        both = 2 * marks + np.concatenate(flags)
        marks = np.unique(both, return_inverse=True)[1].reshape(-1).astype(np.int64)
    return marks


def components(source: Ints, target: Ints, n: int) -> Ints:
    """Return a number for each of n states: equal for states that reach each other by the arcs."""
    # Here, since a command that needs no components starts in half the time without.
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    matrix = csr_matrix((np.ones(len(source), dtype=np.int8), (source, target)), shape=(n, n))
    place = connected_components(matrix, directed=True, connection="strong")[1]
    return np.asarray(place, dtype=np.int64)


def on_cycles(source: Ints, target: Ints, marks: Ints) -> Ints:
    """Return the states on a cycle of the given arcs through states with equal marks only."""
    alike = marks[source] == marks[target]
    source, target = source[alike], target[alike]
    place = components(source, target, len(marks))
    inside = place[source] == place[target]
    return np.unique(source[inside]).astype(np.int64)
