"""Partition refinement by signatures: what a change does not touch is not computed again.

All states begin touched. A round computes the signatures of the touched states under the partition
as it is and splits their blocks; the larger part of a block keeps its number, so that only states
in the smaller parts change theirs, each at most log n times, and only states that can step to one
of them are touched in the next round. With the signatures of strong bisimilarity that is
O(d m log n) for m arcs and out-degree d at most, whatever the number of rounds. Where that is too
much, :mod:`.coarsest` goes on by bunches of arcs.

A round is done on arrays when it is large, on dictionaries when it is small: a chain has as many
rounds as states. After round r two states are in one block exactly when no formula of depth r tells
them apart (``distinguish.py``).

S. Blom, S. Orzan, Distributed branching bisimulation reduction of state spaces, ENTCS 89 (2003);
J. Jacobs, T. Wißmann, Fast coalgebraic bisimilarity minimization, POPL 2023.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Meter
from transition_systems.equivalences.partition import Partition, Views
from transition_systems.equivalences.signatures import Tick, TooMuchWork, time_limit
from transition_systems.progress import Progress, ProgressCallback

__all__ = ["Refinement", "SignatureSource", "refine"]

Indices = NDArray[np.int64]
Move = tuple[Sequence[int] | NDArray[np.int64], Sequence[int] | NDArray[np.int64]]

FEW = 48
STATES_BETWEEN_LOOKS = 25_000


class SignatureSource(Protocol):
    """Gives the signatures of states, and the states whose signatures a change may touch.

    ``work`` is how many arcs and states it has looked at, in entries of arrays; a round that would
    take it beyond ``allowed`` may raise :class:`.signatures.TooMuchWork`, and so may ``tick``,
    which is asked between the parts of a long round.
    """

    work: int
    allowed: float
    tick: Tick

    def groups(self, partition: Partition, states: Indices) -> Indices:
        """Return the group of each state: same block, same signature; block after block."""
        ...

    def keys(self, states: Sequence[int], partition: Views) -> list[Hashable]:
        """Return the signatures of a few states; equal keys mean equal signatures."""
        ...

    def affected(self, moved: Indices, partition: Partition) -> Indices:
        """Return the states, not alone in their block, that moved states may touch."""
        ...

    def affected_by_few(self, moved: Sequence[int], partition: Partition) -> list[int]:
        """Return what :meth:`affected` does, for a few states."""
        ...

    def unsettled(self, partition: Partition) -> Indices:
        """Return the states to look at again where nothing seems left to split."""
        ...

    def few(self) -> int:
        """Return of how many states a round costs less one by one than on arrays, by the last."""
        ...


@dataclass(slots=True)
class Refinement:
    """A partition, and how it came about.

    ``block`` is int64 (n,), the block of each state. ``first`` is the partition before the first
    round; ``moves`` has for each round the states that got a new block, and their blocks (empty
    unless asked for). ``stable`` tells whether refinement came to its end, ``given_up`` whether it
    took more work than was allowed.
    """

    block: Indices
    n_blocks: int
    first: Indices
    moves: list[Move] = field(default_factory=list[Move])
    rounds: int = 0
    stable: bool = False
    reason: str | None = None
    work: int = 0
    given_up: bool = False


class _Refiner:
    def __init__(self, partition: Partition, signatures: SignatureSource, *, keep: bool) -> None:
        self.partition = partition
        self.views = partition.views
        self.signatures = signatures
        self.found = Refinement(partition.block, partition.count, partition.block.copy())
        self.keep = keep

    def round(self, touched: Indices) -> Indices:
        """Split the blocks of the touched states; return what is touched next."""
        partition = self.partition
        rest = partition.others(touched)
        states = np.concatenate((touched, rest)) if len(rest) else touched
        group = self.signatures.groups(partition, states)
        moved = partition.split(touched, group[: len(touched)], rest, group[len(touched) :])
        if self.keep:
            self.found.moves.append((moved, partition.block[moved]))
        self.found.rounds += 1
        if len(moved) == 0:
            return moved
        return self.signatures.affected(moved, partition)

    def small_round(self, touched: list[int]) -> list[int]:
        """Do what :meth:`round` does, one state after the other."""
        views = self.views
        block, size, begin, order, _ = views
        homes: dict[int, list[int]] = {}
        for state in touched:
            homes.setdefault(block[state], []).append(state)
        todo: list[tuple[int, dict[Hashable, list[int]], Hashable]] = []
        for home, states in homes.items():
            groups: dict[Hashable, list[int]] = {}
            if len(states) < size[home]:
                place = begin[home]
                if len(states) == 1:
                    other = order[place]
                    if other == states[0]:
                        other = order[place + 1]
                else:
                    named = set(states)
                    while order[place] in named:
                        place += 1
                    other = order[place]
                *keys, rest = self.signatures.keys([*states, other], views)
            else:
                keys, rest = self.signatures.keys(states, views), None
            for state, key in zip(states, keys, strict=True):
                groups.setdefault(key, []).append(state)
            if len(groups) > 1 or (rest is not None and rest not in groups):
                todo.append((home, groups, rest))
        moved: list[int] = []
        for home, groups, rest in todo:
            self._split(home, groups, rest, moved)
        self.found.rounds += 1
        if self.keep:
            self.found.moves.append((moved, [block[state] for state in moved]))
        return self.signatures.affected_by_few(moved, self.partition) if moved else moved

    def _split(
        self, home: int, groups: dict[Hashable, list[int]], rest: Hashable, moved: list[int]
    ) -> None:
        block, size, begin, order, position = self.views
        if rest is not None:
            named = sum(map(len, groups.values()))
            if size[home] > 2 * named:
                groups.pop(rest, None)
            else:
                known = {state for states in groups.values() for state in states}
                first = begin[home]
                others = [s for s in order[first : first + size[home]] if s not in known]
                groups.setdefault(rest, []).extend(others)
                rest = None
        if rest is None:
            largest = max(groups, key=lambda key: len(groups[key]))
            del groups[largest]
        for states in groups.values():
            new = self.partition.count
            self.partition.count = new + 1
            end = begin[home] + size[home]
            for state in states:
                end -= 1
                last, place = order[end], position[state]
                order[place], position[last] = last, place
                order[end], position[state] = state, end
                block[state] = new
            begin[new] = end
            size[new] = len(states)
            size[home] -= len(states)
            moved += states


def refine(
    classes: Indices,
    signatures: SignatureSource,
    meter: Meter,
    *,
    stop: Callable[[Indices], bool] | None = None,
    progress: ProgressCallback | None = None,
    keep: bool = False,
    allowed: float = inf,
    most: float = inf,
) -> Refinement:
    """Refine a partition until states of one block have equal signatures.

    Parameters
    ----------
    classes
        The first partition, int64 (n,).
    signatures
        Gives the signatures under a partition.
    meter
        When it is exhausted, refinement ends with a reason.
    stop
        Asked now and then, given the block of each state, whether what is known is enough.
    progress
        Called now and then, and after each large round.
    keep
        Whether to keep what each round moved.
    allowed
        How much work the signatures may take.
    most
        How many rounds to do at most.

    Returns
    -------
    Refinement
        ``stable`` when nothing was left to split.

    Notes
    -----
    Time is as the module says; memory is linear, and O(n log n) more with ``keep``.
    """
    signatures.allowed, signatures.tick = allowed, time_limit(meter)
    partition = Partition(classes)
    refiner = _Refiner(partition, signatures, keep=keep)
    found = refiner.found
    touched = np.flatnonzero(partition.size[partition.block] > 1)
    while True:
        found.n_blocks = partition.count
        if stop is not None and stop(partition.block):
            return found
        found.reason = meter.exhausted(states=len(classes))
        if found.reason is not None:
            return found
        if len(touched) == 0:
            touched = signatures.unsettled(partition)
        found.work = signatures.work
        if len(touched) == 0:
            found.stable = True
            return found
        if found.rounds >= most:
            return found
        if found.work > allowed:
            found.given_up = True
            return found
        limit = max(FEW, signatures.few()) if FEW else FEW
        if len(touched) > limit:
            try:
                touched = refiner.round(touched)
            except TooMuchWork:
                found.reason = meter.exhausted(states=len(classes))
                found.given_up = found.reason is None
                return found
        else:
            few, looked = touched.tolist(), 0
            while 0 < len(few) <= limit and looked < STATES_BETWEEN_LOOKS:
                looked += len(few) + 16
                few = refiner.small_round(few)
                if signatures.work > allowed or found.rounds >= most:
                    break
            touched = np.array(few, dtype=np.int64)
        if progress is not None:
            progress(
                Progress(
                    stage="partition refinement",
                    states=partition.count,
                    frontier=len(touched),
                    seconds=meter.seconds,
                )
            )
