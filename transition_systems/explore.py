"""The breadth-first loop: one for every formalism.

The loop owns frontier, visited set, parents and budget, and never knows what a word means.
States are numbered in breadth-first order, the initial ones first; the parent of a state lies on
a shortest path from an initial state.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Budget
from transition_systems.progress import Progress, ProgressCallback
from transition_systems.protocols import ExplicitSystem, WidthError
from transition_systems.visited import VisitedSet

__all__ = ["Exploration", "explore"]

Words = NDArray[np.uint64]
Goal = Callable[[Words], NDArray[np.bool_]]

BLOCK = 1 << 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Exploration:
    """What a breadth-first search found.

    Parameters
    ----------
    states
        uint64, shape (n, w), in breadth-first order.
    source, label, target
        int64, int32, int64 of shape (m,): the arcs, sorted by source; empty when not kept.
    parent, parent_label
        int64 and int32 of shape (n,): the arc by which a state was first reached, -1 for initial
        states.
    expanded
        Number of states (the first ones) whose successors are all known.
    goal
        Number of the first state found that satisfies the goal, or ``None``.
    complete
        Whether all reachable states and their arcs are there.
    reason
        Why not, otherwise.
    arcs, seconds, bytes
        Arcs traversed, wall seconds, bytes accounted.
    """

    states: Words
    source: NDArray[np.int64]
    label: NDArray[np.int32]
    target: NDArray[np.int64]
    parent: NDArray[np.int64]
    parent_label: NDArray[np.int32]
    expanded: int
    goal: int | None
    complete: bool
    reason: str | None
    arcs: int
    seconds: float
    bytes: int

    def path(self, state: int) -> list[tuple[int, int]]:
        """Return a shortest path to a state as (label, state) pairs, initial state left out."""
        steps: list[tuple[int, int]] = []
        while self.parent[state] >= 0:
            steps.append((int(self.parent_label[state]), state))
            state = int(self.parent[state])
        steps.reverse()
        return steps


class _Growing:
    """Arrays that grow by blocks and are joined once."""

    def __init__(self, dtype: type[np.generic]) -> None:
        self.dtype = dtype
        self.blocks: list[NDArray[np.generic]] = []
        self.nbytes = 0

    def add(self, block: NDArray[np.generic]) -> None:
        self.blocks.append(block)
        self.nbytes += block.nbytes

    def joined(self) -> NDArray[np.generic]:
        return np.concatenate(self.blocks) if self.blocks else np.empty(0, dtype=self.dtype)


def explore(
    system: ExplicitSystem,
    *,
    goal: Goal | None = None,
    keep_arcs: bool = True,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    stage: str = "reachability",
    resume: Exploration | None = None,
) -> Exploration:
    """Enumerate the reachable states of an explicit system, breadth first.

    Parameters
    ----------
    system
        Where states and successors come from.
    goal
        A test on blocks of states; the search stops at the first level with a hit.
    keep_arcs
        Whether to store the arcs.
    budget, progress
        Limits and a callback, asked and told once for each block.
    stage
        The name under which progress is told.
    resume
        A partial exploration of the same system with ``keep_arcs``, to be gone on with.

    Returns
    -------
    Exploration
        Complete, or with the reason why not and everything found until then.

    Notes
    -----
    O(n + m log m) time for blocks of m arcs; 8 w + 28 bytes for each state and 20 for each arc.
    """
    meter = (budget or Budget()).start()
    parents, parent_labels = _Growing(np.int64), _Growing(np.int32)
    sources, labels, targets = _Growing(np.int64), _Growing(np.int32), _Growing(np.int64)
    if resume is None:
        first = system.initial()
        seen = VisitedSet(first.shape[1])
        _, new = seen.add(first)
        parents.add(np.full(len(new), -1, dtype=np.int64))
        parent_labels.add(np.full(len(new), -1, dtype=np.int32))
        arcs, expanded = 0, 0
    else:
        seen = VisitedSet(resume.states.shape[1])
        seen.add(resume.states)
        parents.add(resume.parent)
        parent_labels.add(resume.parent_label)
        sources.add(resume.source)
        labels.add(resume.label)
        targets.add(resume.target)
        arcs, expanded = resume.arcs, resume.expanded
    found = _first_hit(goal, seen.rows, 0)
    reason: str | None = None
    while expanded < len(seen) and found is None:
        used = (
            seen.nbytes + parents.nbytes + parent_labels.nbytes
            + sources.nbytes + labels.nbytes + targets.nbytes
        )  # fmt: skip
        reason = meter.exhausted(states=len(seen), bytes=used)
        if progress is not None:
            progress(
                Progress(
                    stage=stage, states=len(seen), frontier=len(seen) - expanded, arcs=arcs,
                    seconds=meter.seconds, bytes=used,
                )
            )  # fmt: skip
        if reason is not None:
            break
        stop = min(len(seen), expanded + getattr(system, "block", BLOCK))
        try:
            source, label, rows = system.successors(seen.rows[expanded:stop])
        except WidthError:
            try:
                rows = system.reencode(seen.rows)
            except OverflowError as error:
                reason = str(error)
                break
            seen = VisitedSet(rows.shape[1])
            seen.add(rows)
            continue
        before = len(seen)
        index, new = seen.add(rows)
        arcs += len(source)
        parents.add(source[new] + expanded)
        parent_labels.add(label[new])
        if keep_arcs:
            if len(source) and (source[1:] < source[:-1]).any():
                order = np.argsort(source, kind="stable")
                source, label, index = source[order], label[order], index[order]
            sources.add(source + expanded)
            labels.add(label)
            targets.add(index)
        expanded = stop
        found = _first_hit(goal, seen.rows[before:], before)
    complete = found is None and reason is None
    if found is not None:
        reason = "the search stopped at its goal"
    return Exploration(
        states=seen.rows.copy(),
        source=sources.joined().astype(np.int64, copy=False),
        label=labels.joined().astype(np.int32, copy=False),
        target=targets.joined().astype(np.int64, copy=False),
        parent=parents.joined().astype(np.int64, copy=False),
        parent_label=parent_labels.joined().astype(np.int32, copy=False),
        expanded=expanded,
        goal=found,
        complete=complete,
        reason=reason,
        arcs=arcs,
        seconds=meter.seconds,
        bytes=seen.nbytes + sources.nbytes + labels.nbytes + targets.nbytes + parents.nbytes,
    )


def _first_hit(goal: Goal | None, rows: Words, offset: int) -> int | None:
    if goal is None or not len(rows):
        return None
    hits = np.flatnonzero(goal(rows))
    return int(hits[0]) + offset if len(hits) else None
