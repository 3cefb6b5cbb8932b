"""Partition refinement by bunches of arcs, in O(m log n) whatever the system.

All blocks are stable under all bunches. At first all arcs that are not inert are one bunch. A
slice, the arcs with one label into one block, that is at most half of its bunch is made a bunch of
its own, and blocks are split until they are stable under both: first into what can do an arc of the
slice after inert steps and what cannot, then what can by the rest of the bunch. When each bunch is
one slice, the partition is stable.

A split may take the last inert step from a state. Such a state may lack what it could do through
that step. So when inert steps cease to be so, they are a bunch, the states that can do one of them
are split off, and these are looked at for all the bunches that they have arcs in.

Time is O((m + n) log n) for m arcs and n states, and O(m log m) to sort the arcs by label and
block: an arc is in a slice that is made a bunch at most log m times, as its bunch has half the size
each time; its ends are in the smaller part of a split at most log n times each, and a split costs
the arcs of that part (``bunch_search``); a state loses its last inert step once, and then its arcs
are marked in their fans. A fan without marks that is looked at splits its block.

D. Jansen, J. F. Groote, J. Keiren, A. Wijs, An O(m log n) algorithm for branching bisimilarity on
labelled transition systems, TACAS 2020; without silent steps it is the algorithm of R. Paige, R.
Tarjan, Three partition refinement algorithms, SIAM J. Comput. 16 (1987), with the slices of A.
Valmari, Bisimilarity minimization in O(m log n) time, Petri Nets 2009.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Meter
from transition_systems.equivalences.bunch_search import smaller_part
from transition_systems.equivalences.bunches import Bunches
from transition_systems.equivalences.graph import Graph
from transition_systems.equivalences.partition import Partition
from transition_systems.equivalences.refinement import Refinement
from transition_systems.equivalences.signatures import TooMuchWork, time_limit
from transition_systems.equivalences.silent import SilentSteps
from transition_systems.progress import Progress, ProgressCallback

__all__ = ["refine_by_bunches"]

Indices = NDArray[np.int64]

ARCS_BETWEEN_LOOKS = 50_000


def refine_by_bunches(
    graph: Graph,
    silent: SilentSteps | None,
    classes: Indices,
    meter: Meter,
    *,
    stop: Callable[[Indices], bool] | None = None,
    progress: ProgressCallback | None = None,
) -> Refinement:
    """Refine a partition to the coarsest that is a branching, or a strong, bisimulation.

    Parameters
    ----------
    graph
        The graph, for branching bisimilarity from :mod:`.silent_cycles`.
    silent
        Its silent steps inside classes, which have no cycle; None for strong bisimilarity.
    classes
        The first partition, int64 (n,), as fine as the classes of the graph or finer.
    meter
        When it is exhausted, refinement ends with a reason.
    stop
        Asked now and then, given the block of each state, whether what is known is enough.
    progress
        Called now and then.

    Returns
    -------
    Refinement
        ``stable`` when nothing was left to split; ``rounds`` are the slices that were taken, and
        ``work`` is how often an arc or a state was looked at.

    Notes
    -----
    Time is as the module says; memory is linear.

    Examples
    --------
    >>> from transition_systems.budget import Budget
    >>> arcs = np.array([0, 1, 2, 2]), np.array([2, 2]), np.array([1, 2])
    >>> graph = Graph(*arcs, np.zeros(3, dtype=np.int64), 3)
    >>> refine_by_bunches(graph, None, graph.classes, Budget().start()).n_blocks
    3
    """
    reason = meter.exhausted(states=graph.n)
    if reason is not None:
        known = Partition(classes)
        return Refinement(known.block, known.count, known.block, reason=reason)
    try:
        return _Run(graph, silent, classes, meter, stop, progress).run()
    except TooMuchWork as end:
        known = Partition(classes)
        return Refinement(known.block, known.count, known.block, reason=str(end))


class _Run:
    def __init__(
        self,
        graph: Graph,
        silent: SilentSteps | None,
        classes: Indices,
        meter: Meter,
        stop: Callable[[Indices], bool] | None,
        progress: ProgressCallback | None,
    ) -> None:
        inside = np.zeros(len(graph.labels), dtype=np.bool_) if silent is None else silent.inside
        first = Partition(classes)
        self.first = Partition(2 * first.block + _acting(graph, silent, first.block))
        self.held = Bunches(graph, inside, self.first.block, self.first.count, time_limit(meter))
        self.meter, self.stop, self.progress = meter, stop, progress
        self.look_at = self.stop_at = 0
        self.rounds = 0
        self.reason: str | None = None
        self.stopped = False
        # Fans that a block may not be stable under, with the states that are known to have an arc.
        self.waiting: dict[int, set[int]] = {}

    def run(self) -> Refinement:
        stable = False
        while not self.ended():
            taken = self.held.split_bunch()
            if taken is None:
                stable = True
                break
            self.take(*taken)
            self.rounds += 1
        block, first = self.classes(), self.first
        count = first.count + len(self.held.size) - len(self.held.open)
        return Refinement(
            block, count, first.block, rounds=self.rounds, stable=stable, reason=self.reason,
            work=self.held.arcs,
        )  # fmt: skip

    def classes(self) -> Indices:
        return self.held.classes(self.first.block, self.first.count)

    def ended(self) -> bool:
        """Ask now and then whether to end: seldom what costs time in all states."""
        work = self.held.arcs
        if work < self.look_at:
            return self.stopped or self.reason is not None
        self.look_at = work + ARCS_BETWEEN_LOOKS
        self.reason = self.meter.exhausted(states=len(self.first.block))
        if self.progress is not None:
            count = self.first.count + len(self.held.size) - len(self.held.open)
            self.progress(
                Progress(
                    stage="partition refinement",
                    states=count,
                    frontier=len(self.held.splittable),
                    seconds=self.meter.seconds,
                )
            )
        if self.stop is not None and work >= self.stop_at:
            self.stop_at = 2 * work
            self.stopped = self.stop(self.classes())
        return self.stopped or self.reason is not None

    def take(self, part: int, bunch: int) -> None:
        """Make blocks stable under a slice that has become a bunch, and the rest of its bunch."""
        held = self.held
        home, size, source, able = held.block, held.size, held.source, held.able
        fan_of, fan_size, fans, n_inert = held.fan_of, held.fan_size, held.fan, held.n_inert
        old_base, new = bunch * held.n, held.slice_bunch[part]
        base = new * held.n
        taken: dict[int, tuple[int, int, set[int]]] = {}
        for arc in held.arcs_of(part):
            state = source[arc]
            block = home[state]
            if size[block] == 1:
                continue
            left = able[old_base + state] - 1
            if left:
                able[old_base + state] = left
            else:
                del able[old_base + state]
            able[base + state] = able.get(base + state, 0) + 1
            found = taken.get(block)
            if found is None:
                found = taken[block] = fan_of[arc], held.new_fan(block, new), set()
            rest, fan, marked = found
            fan_size[rest] -= 1
            fan_size[fan] += 1
            fan_of[arc] = fan
            fans[fan].append(arc)
            if not n_inert[state]:
                marked.add(state)
        for block, (rest, fan, marked) in taken.items():
            if not fan_size[rest]:
                continue  # as stable as under the bunch before
            both = {state for state in marked if old_base + state in able}
            upper, moved, lost = self.split(block, fan, marked)
            if upper != block:
                rest = moved.get(rest, -1)
            if rest >= 0 and fan_size[rest]:
                self.waiting.setdefault(rest, set()).update(both)
            self.settle(upper, lost)
            while self.waiting:
                self.again(*self.waiting.popitem())
                if self.ended():
                    return

    def again(self, fan: int, marked: set[int]) -> None:
        """Make a block stable under the bunch of a fan."""
        if self.held.fan_size[fan]:
            upper, _, lost = self.split(self.held.fan_block[fan], fan, marked)
            self.settle(upper, lost)

    def split(
        self, block: int, fan: int, marked: set[int]
    ) -> tuple[int, dict[int, int], list[int]]:
        """Split a block into what can do an arc of the fan after inert steps, and the rest.

        Return the block of the former, the new fans for those of the old block, and the inert
        steps that lead from the one to the other.
        """
        held = self.held
        if len(marked) == held.n_bottoms[block] or held.size[block] == 1:
            return block, {}, []
        quiet = held.n_bottoms[block] == held.size[block]
        part, can = smaller_part(held, block, fan, marked)
        new, moved = held.leave(block, part, self.waiting)
        upper, lower = (new, block) if can else (block, new)
        lost: list[int] = []
        if not quiet:
            inert, home = held.inert, held.block
            if can:
                target, offsets = held.target, held.offsets
                lost = [
                    arc
                    for state in part
                    for arc in range(offsets[state], offsets[state + 1])
                    if inert[arc] and home[target[arc]] == lower
                ]
            else:
                source, offsets, before = held.source, held.before_offsets, held.before
                lost = [
                    arc
                    for state in part
                    for arc in before[offsets[state] : offsets[state + 1]]
                    if inert[arc] and home[source[arc]] == upper
                ]
        return upper, moved, lost

    def settle(self, block: int, lost: list[int]) -> None:
        """Take up the steps out of a block that are no longer inert."""
        if not lost:
            return
        held = self.held
        fan, still = held.part_with(block, lost)
        if len(still) < held.n_bottoms[block]:
            block, _, more = self.split(block, fan, set(still))
            if more:
                held.part_with(block, more)
        if held.size[block] == 1:
            return
        # All of its states without inert steps are so since now.
        home, offsets, inert, fan_of = held.block, held.offsets, held.inert, held.fan_of
        waiting = self.waiting
        held.bottoms[block] = still = [
            state for state in held.bottoms[block] if home[state] == block
        ]
        for state in still:
            first, last = offsets[state], offsets[state + 1]
            held.arcs += 1 + last - first
            for arc in range(first, last):
                if not inert[arc]:
                    waiting.setdefault(fan_of[arc], set()).add(state)
        held.fans[block] = kept = [fan for fan in held.fans[block] if held.fan_size[fan]]
        held.arcs += len(kept)
        for fan in kept:
            waiting.setdefault(fan, set())


def _acting(graph: Graph, silent: SilentSteps | None, block: Indices) -> NDArray[np.bool_]:
    """Return which states can do a step that is not inert, after inert ones, bool (n,)."""
    found = np.zeros(graph.n, dtype=np.bool_)
    if silent is None:
        found[graph.sources] = True
        return found
    inert = silent.inside & (block[graph.sources] == block[graph.targets])
    found[graph.sources[~inert]] = True
    found[silent.before(np.flatnonzero(found), block)] = True
    return found
