"""Simulations as lists of pairs of classes: whether each step of a pair has an answer."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.joins import Rows, among, portions
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.side_by_side import SideBySide
from netproof.recheck.state_table import integers
from netproof.recheck.weak_steps import WeakSteps
from transition_systems.evidence import SimulationEvidence
from transition_systems.lts import LTS, TAU

__all__ = ["check_listed_similarity"]

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def check_listed_similarity(
    evidence: SimulationEvidence, left: LTS, right: LTS, watch: Watch, *, preorder: bool
) -> None:
    """Refuse unless the pairs are a simulation of their kind that relates the initial states."""
    systems = _Systems(evidence, left, right, watch)
    related = systems.relation(evidence.pairs)
    block = integers(evidence.block, (left.n_states + right.n_states,), "the classes")
    starts = block[left.initial], block[right.initial + left.n_states]
    for some, others in (starts,) if preorder else (starts, starts[::-1]):
        goal, good = (np.zeros(systems.count + 1, dtype=np.bool_) for _ in range(2))
        goal[others[others >= 0]] = True
        good[related.below[goal[related.above]]] = True
        if not good[some].all():  # the last flag is for -1
            raise RefusedError("an initial state is simulated by no initial state")
    kind = evidence.relation
    systems.share(related, systems.marks)
    if kind in ("ready-simulation", "weak-ready-simulation"):
        rows = np.packbits(systems.able(), axis=1)
        systems.share(related, np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1))
    if kind == "completed-simulation":
        able = np.bincount(systems.source, minlength=len(systems.block)) > 0
        systems.share(related, able.astype(np.int64))
    if kind == "2-nested-simulation":
        base = systems.relation(evidence.base)
        if not base.has(related.above, related.below).all():
            raise RefusedError("a state is not simulated by one that simulates it")
        systems.share(base, systems.marks)
        systems.answers(base)
    systems.answers(related)
    if kind == "coupled-simulation":
        systems.coupled(related)


class _Relation:
    """Pairs of classes, in ascending order: those below and those above, int64 (pairs,) each."""

    def __init__(self, below: Ints, above: Ints, count: int) -> None:
        self.below, self.above, self.count = below, above, count
        self.keys = below * count + above
        self.upper = Rows(below, above)

    def has(self, below: Ints, above: Ints) -> Bools:
        """Return which pairs of classes, none of them -1, are related."""
        return among(below * self.count + above, self.keys)

    def turned(self) -> _Relation:
        """Return the pairs turned around."""
        order = np.lexsort((self.below, self.above))
        return _Relation(self.above[order], self.below[order], self.count)


class _Systems(SideBySide):
    """Two systems side by side, with their steps by state and label."""

    def __init__(self, evidence: SimulationEvidence, left: LTS, right: LTS, watch: Watch) -> None:
        super().__init__(evidence, left, right, watch)
        placed = np.flatnonzero(self.block >= 0)
        self.members = Rows(self.block[placed], placed)
        self.moves = Rows(self.source * self.n_labels + self.labels, self.target)
        silent = self.labels == TAU
        silently = Rows(self.source[silent], self.target[silent])
        self.weakly = WeakSteps(self.block, self.count, self.n_labels, self.moves, silently, watch)

    def relation(self, pairs: NDArray[Any]) -> _Relation:
        """Return a relation on classes; refuse pairs out of range, out of order or there twice."""
        length = pairs.shape[-1] if pairs.ndim else 0
        below, above = integers(pairs, (2, length), "the list of pairs")
        self.watch.fits(64 * length)
        self.watch.tick()
        if length and (min(below.min(), above.min()) < 0
                       or max(below.max(), above.max()) >= self.count):  # fmt: skip
            raise RefusedError("a pair names a class that does not exist")
        related = _Relation(below, above, self.count)
        if (np.diff(related.keys) <= 0).any():
            raise RefusedError("the pairs are not listed in ascending order, each once")
        return related

    def share(self, related: _Relation, number: Ints) -> None:
        """Refuse unless all states of related classes have the same number."""
        self.watch.tick()
        low = np.full(self.count, np.iinfo(np.int64).max, dtype=np.int64)
        high = np.full(self.count, -1, dtype=np.int64)
        inside = self.block >= 0
        np.minimum.at(low, self.block[inside], number[inside])
        np.maximum.at(high, self.block[inside], number[inside])
        below, above = related.below, related.above
        inhabited = (high[below] >= 0) & (high[above] >= 0)
        below, above = below[inhabited], above[inhabited]
        if ((low[below] != high[below]) | (low[above] != high[above])
                | (low[below] != low[above])).any():  # fmt: skip
            raise RefusedError("related states differ in what they must share")

    def answers(self, related: _Relation) -> None:
        """Refuse unless each step of a class is answered by each state of each class above it."""
        home, goal = self.block[self.source], self.block[self.target]
        asked = np.isin(home, related.below) & (home >= 0)
        if (goal[asked] < 0).any():
            raise RefusedError("a step leads to a state without a class")
        able, which = np.unique(home[asked] * self.n_labels + self.labels[asked],
                                return_inverse=True)  # fmt: skip
        keys = np.unique(which.reshape(-1) * self.count + goal[asked])
        able, goal = able[keys // max(1, self.count)], keys % max(1, self.count)
        home, label = np.divmod(able, max(1, self.n_labels))
        steps = Rows(home, np.arange(len(home), dtype=np.int64))
        begin, width = steps.find(related.below)
        for part in portions(width):
            self.watch.tick()
            step = steps.values[steps.at(begin[part], width[part])]
            above = np.repeat(related.above[part], width[part])
            if not self._answered(above, label[step], goal[step], related):
                raise RefusedError("a state does not answer a step of one that it simulates")

    def coupled(self, related: _Relation) -> None:
        """Refuse unless silent steps lead from a state back to one that is simulated."""
        turned = related.turned()
        for part in portions(np.ones(len(related.keys), dtype=np.int64)):
            above, below = related.above[part], related.below[part]
            if not self._answered(above, np.full(len(above), TAU), below, turned):
                raise RefusedError("no silent steps lead back to a state that is simulated")

    def _answered(self, above: Ints, label: Ints, goal: Ints, related: _Relation) -> bool:
        """Return whether each state of some classes comes to one above its goal by its label."""
        order = np.lexsort((label, goal, above))
        rows = np.stack([above, label, goal])[:, order]
        fresh = np.ones(rows.shape[1], dtype=np.bool_)
        fresh[1:] = (np.diff(rows, axis=1) != 0).any(axis=0)
        above, label, goal = rows[:, fresh]
        begin, width = self.members.find(above)
        for part in portions(width):
            states = self.members.values[self.members.at(begin[part], width[part])]
            labels, goals = (np.repeat(every[part], width[part]) for every in (label, goal))
            open_ = ~self._at_once(states, labels, goals, related)
            if open_.any() and not (
                self.weak
                and self.weakly.come(states[open_], labels[open_], goals[open_], related.upper)
            ):
                return False
        return True

    def _at_once(self, states: Ints, labels: Ints, goals: Ints, related: _Relation) -> Bools:
        """Return which states come above their goal by one step, or silently by none."""
        self.watch.tick()
        found = np.zeros(len(states), dtype=np.bool_)
        if self.weak:
            still = np.flatnonzero(labels == TAU)
            found[still] = related.has(goals[still], self.block[states[still]])
        begin, width = self.moves.find(states * self.n_labels + labels)
        for part in portions(width):
            self.watch.tick()
            owner = np.repeat(np.arange(part.start, part.stop), width[part])
            there = self.block[self.moves.values[self.moves.at(begin[part], width[part])]]
            owner, there = owner[there >= 0], there[there >= 0]
            found[owner[related.has(goals[owner], there)]] = True
        return found
