"""Simulations: whether a relation on classes of states is one of the named kind."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.listed_similarity import check_listed_similarity
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.side_by_side import SideBySide
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
    if evidence.listed:
        check_listed_similarity(evidence, left, right, watch, preorder=preorder)
        return
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


class _Systems(SideBySide):
    """Two systems side by side, with relations as matrices of their classes."""

    def __init__(self, evidence: SimulationEvidence, left: LTS, right: LTS, watch: Watch) -> None:
        super().__init__(evidence, left, right, watch)
        watch.fits(8 * self.count**2 + 128 * (left.n_arcs + right.n_arcs))

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
