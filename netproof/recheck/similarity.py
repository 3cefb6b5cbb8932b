"""Simulations: whether a relation on classes of states is one of the named kind."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.fragments import SIMULATIONS
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.silent_steps import marks_of
from netproof.recheck.state_table import integers
from transition_systems.evidence import SimulationEvidence
from transition_systems.lts import LTS, TAU

__all__ = ["check_similarity"]

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CHUNK = 1 << 24
# Rows after which the clock is looked at.
OFTEN = 256


def check_similarity(
    evidence: SimulationEvidence, left: LTS, right: LTS, watch: Watch, *, preorder: bool
) -> None:
    """Refuse unless the relation is a simulation of its kind that relates the initial states."""
    systems = _Systems(evidence, left, right, watch)
    related = systems.relation(evidence.pairs)
    block = integers(evidence.block, (left.n_states + right.n_states,), "the classes")
    starts = block[left.initial], block[right.initial + left.n_states]
    for some, others in (starts,) if preorder else (starts, starts[::-1]):
        if (some < 0).any() or not related[np.ix_(some, others[others >= 0])].any(axis=1).all():
            raise RefusedError("an initial state is simulated by no initial state")
    if not systems.count:
        return
    kind = evidence.relation
    able = systems.able()
    if kind in ("ready-simulation", "weak-ready-simulation"):
        systems.alike(related, able)
    if kind == "completed-simulation":
        systems.alike(related, np.logical_or.reduce(able, axis=1, keepdims=True))
    if kind == "2-nested-simulation":
        base = systems.relation(evidence.base)
        if (related & ~base.T).any():
            raise RefusedError("a state is not simulated by one that simulates it")
        systems.answers(base)
    systems.answers(related)
    if kind == "coupled-simulation":
        systems.coupled(related)


class _Systems:
    """Two systems side by side, cut to the states that have a class, with steps and answers."""

    def __init__(self, evidence: SimulationEvidence, left: LTS, right: LTS, watch: Watch) -> None:
        self.watch, self.weak = watch, SIMULATIONS[evidence.relation].weak
        n = left.n_states + right.n_states
        self.block = integers(evidence.block, (n,), "the classes")
        self.count = int(self.block.max()) + 1 if n else 0
        if (self.block < -1).any() or self.count > n:
            raise RefusedError("the classes are not numbered 0, 1, ...")
        watch.fits(8 * self.count**2 + 128 * (left.n_arcs + right.n_arcs))
        number = {name: index for index, name in enumerate(left.label_names)}
        renamed = [number.setdefault(name, len(number)) for name in right.label_names]
        self.labels = np.concatenate([left.labels, np.array(renamed)[right.labels]])
        self.source = np.concatenate([left.sources, right.sources + left.n_states])
        self.target = np.concatenate([left.targets, right.targets + left.n_states])
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
        source, labels, goal = (
            self.source[asked],
            self.labels[asked],
            self.block[self.target[asked]],
        )
        if (goal < 0).any():
            raise RefusedError("a step leads to a state without a class")
        each = np.unique(np.stack([self.block[source], labels, goal, source]), axis=1)
        steps, sharing = np.unique(each[:3], axis=1, return_counts=True)
        if (sharing != np.bincount(self.block[placed], minlength=self.count)[steps[0]]).any():
            raise RefusedError("states of a class differ in their steps")
        self.source, self.labels, self.target = steps
        self.block = np.full(self.count, -1, dtype=np.int64)
        self.block[states] = states
        self.marks = marks

    def relation(self, packed: NDArray[Any]) -> Bools:
        """Return a relation on classes as a matrix; refuse states of a class that differ."""
        wanted = (self.count, (self.count + 7) // 8)
        self.watch.tick()
        rows = integers(packed, wanted, "the relation")
        if ((rows < 0) | (rows > 255)).any():
            raise RefusedError("the relation is not made of bytes")
        bits = np.unpackbits(rows.astype(np.uint8), axis=1, count=self.count).astype(np.bool_)
        self.watch.tick()
        self.alike(bits, self.marks[:, None])
        return bits

    def able(self) -> Bools:
        """Return which labels each state can do, after silent steps where these do not count."""
        able = np.zeros((len(self.block), self.n_labels), dtype=np.bool_)
        able[self.source, self.labels] = True
        if self.weak:
            able[:, TAU] = False
            able = self._silently(able)
        return able

    def _silently(self, flags: Bools) -> Bools:
        """Return what silent steps lead to, for each state: the union of the rows there."""
        silent = self.labels == TAU
        tails, heads = self.source[silent], self.target[silent]
        while True:
            self.watch.tick()
            more = flags | _joined(tails, flags[heads], len(flags))
            if np.array_equal(more, flags):
                return flags
            flags = more

    def alike(self, related: Bools, flags: NDArray[Any]) -> None:
        """Refuse unless states of related classes have equal rows of flags."""
        number = np.unique(flags, axis=0, return_inverse=True)[1].reshape(-1)
        low = np.full(self.count, len(flags), dtype=np.int64)
        high = np.full(self.count, -1, dtype=np.int64)
        inside = self.block >= 0
        np.minimum.at(low, self.block[inside], number[inside])
        np.maximum.at(high, self.block[inside], number[inside])
        for row in range(self.count):
            if row % OFTEN == 0:
                self.watch.tick()
            others = np.flatnonzero(related[row] & (high >= 0))
            if high[row] < 0 or not len(others):
                continue
            if low[row] != high[row] or not (
                (low[others] == low[row]).all() and (high[others] == low[row]).all()
            ):
                raise RefusedError("related states differ in what they must share")

    def answers(self, related: Bools) -> None:
        """Refuse unless each step of a class is answered by each state of each class above it."""
        self.watch.tick()
        above: Bools = np.logical_or.reduce(related, axis=1)
        home, goal = self.block[self.source], self.block[self.target]
        asked = (home >= 0) & above[home]
        if (goal[asked] < 0).any():
            raise RefusedError("a step leads to a state without a class")
        steps = np.unique(np.stack([self.labels, home, goal])[:, asked], axis=1)
        placed = np.flatnonzero(self.block >= 0)
        # By chunks of the goals: which states can come to a class above a goal.
        for label in np.unique(steps[0]).tolist():
            homes, goals = steps[1:, steps[0] == label]
            kinds = np.unique(goals)
            size = max(1, CHUNK // max(1, len(self.block)))
            for begin in range(0, len(kinds), size):
                self.watch.tick()
                part = kinds[begin : begin + size]
                there = np.zeros((len(self.block), len(part)), dtype=np.bool_)
                there[placed] = related[part][:, self.block[placed]].T
                if self.weak:
                    there = self._silently(there)
                if not (self.weak and label == TAU):
                    arcs = np.flatnonzero(self.labels == label)
                    able = _joined(self.source[arcs], there[self.target[arcs]], len(self.block))
                    there = self._silently(able) if self.weak else able
                unable = _joined(self.block[placed], ~there[placed], self.count)
                mine = np.isin(goals, part)
                column = np.searchsorted(part, goals[mine])
                if (related[homes[mine]] & unable[:, column].T).any():
                    raise RefusedError("a state does not answer a step of one that it simulates")

    def coupled(self, related: Bools) -> None:
        """Refuse unless silent steps lead from a state back to one that is simulated."""
        placed = np.flatnonzero(self.block >= 0)
        under = np.zeros((len(self.block), self.count), dtype=np.bool_)
        under[placed] = related[self.block[placed]]
        missing = related.T[self.block[placed]] & ~self._silently(under)[placed]
        if missing.any():
            raise RefusedError("no silent steps lead back to a state that is simulated")


def _joined(owners: Ints, flags: Bools, count: int) -> Bools:
    """Return the union of the rows of each owner, bool (count, columns)."""
    joined = np.zeros((count, flags.shape[1]), dtype=np.bool_)
    if len(owners):
        order = np.argsort(owners, kind="stable")
        begins = np.flatnonzero(np.diff(owners[order], prepend=-1))
        joined[owners[order[begins]]] = np.logical_or.reduceat(flags[order], begins)
    return joined
