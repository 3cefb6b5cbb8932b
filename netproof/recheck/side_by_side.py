"""Two systems side by side as evidence has them: states in classes, their steps and atoms."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.fragments import SIMULATIONS
from netproof.recheck.joins import Rows
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.silent_steps import marks_of
from netproof.recheck.state_table import integers
from transition_systems.evidence import SimulationEvidence
from transition_systems.lts import LTS, TAU

__all__ = ["SideBySide"]

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class SideBySide:
    """The states of two systems in the classes of a simulation, with their steps and atoms.

    Where silent steps count, each class stands for its states: refused unless these have the same
    steps to classes, and the same atoms.

    Parameters
    ----------
    evidence
        Its ``block`` has the class of each state, its relation says whether silent steps count.
    left, right
        The systems.
    watch
        The clock.

    Attributes
    ----------
    block
        The class of each state, or -1, int64 (states,).
    count
        How many classes there may be; some may be empty.
    source, labels, target
        The steps, int64 (steps,) each.
    n_labels
        How many labels both have.
    marks
        A number for each state: equal for equal atoms.
    """

    def __init__(self, evidence: SimulationEvidence, left: LTS, right: LTS, watch: Watch) -> None:
        self.watch, self.weak = watch, SIMULATIONS[evidence.relation].weak
        n = left.n_states + right.n_states
        self.block = integers(evidence.block, (n,), "the classes")
        self.count = int(self.block.max()) + 1 if n else 0
        if (self.block < -1).any() or self.count > n:
            raise RefusedError("the classes are not numbered 0, 1, ...")
        watch.fits(128 * (n + left.n_arcs + right.n_arcs))
        number = {name: index for index, name in enumerate(left.label_names)}
        renamed = [number.setdefault(name, len(number)) for name in right.label_names]
        named = np.array(renamed, dtype=np.int64)
        self.labels: Ints = np.concatenate([left.labels.astype(np.int64), named[right.labels]])
        self.source: Ints = np.concatenate([left.sources, right.sources + left.n_states])
        self.target: Ints = np.concatenate([left.targets, right.targets + left.n_states])
        self.n_labels = len(number)
        self.marks = marks_of([left, right], evidence.atoms)
        if not self.weak:
            self._collapse()

    def _collapse(self) -> None:
        """Take each class for a state; refuse where two of its states differ in atoms or steps."""
        self.watch.tick()
        placed = np.flatnonzero(self.block >= 0)
        states, first = np.unique(self.block[placed], return_index=True)
        marks = np.zeros(self.count, dtype=np.int64)
        marks[states] = self.marks[placed[first]]
        if (self.marks[placed] != marks[self.block[placed]]).any():
            raise RefusedError("states of a class differ in atoms")
        asked = self.block[self.source] >= 0
        source, labels = self.source[asked], self.labels[asked]
        goal = self.block[self.target[asked]]
        if (goal < 0).any():
            raise RefusedError("a step leads to a state without a class")
        # Keys of two numbers at a time, each less than states or steps: no product overflows.
        able, which = np.unique(self.block[source] * self.n_labels + labels, return_inverse=True)
        self.watch.tick()
        steps, which = np.unique(which.reshape(-1) * self.count + goal, return_inverse=True)
        self.watch.tick()
        each = np.unique(which.reshape(-1) * len(self.block) + source) // max(1, len(self.block))
        sharing = np.bincount(each, minlength=len(steps))
        home, goal = able[steps // max(1, self.count)], steps % max(1, self.count)
        self.source, self.labels = np.divmod(home, max(1, self.n_labels))
        self.target = goal
        if (sharing != np.bincount(self.block[placed], minlength=self.count)[self.source]).any():
            raise RefusedError("states of a class differ in their steps")
        self.block = np.full(self.count, -1, dtype=np.int64)
        self.block[states] = states
        self.marks = marks

    def able(self) -> Bools:
        """Return which labels each state can do, after silent steps where these do not count."""
        n, names = len(self.block), self.n_labels
        self.watch.fits(n * names)
        able = np.zeros(n * names, dtype=np.bool_)
        fresh = np.unique(self.source * names + self.labels)
        if self.weak:
            fresh = fresh[fresh % names != TAU]
        silent = self.labels == TAU
        before = Rows(self.target[silent], self.source[silent])
        able[fresh] = True
        while self.weak and len(fresh):
            self.watch.tick()
            states, labels = np.divmod(fresh, names)
            begin, width = before.find(states)
            fresh = before.values[before.at(begin, width)] * names + np.repeat(labels, width)
            fresh = np.unique(fresh[~able[fresh]])
            able[fresh] = True
        return able.reshape(n, names)
