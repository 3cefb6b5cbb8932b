"""Blocks of states and bunches of arcs, held so that a split costs time in the part that leaves.

Arcs are held by where they lead: those with one label into one block are a *slice*, and some slices
make a *bunch*. And by where they come from: those of one bunch that leave one block are a *fan*.
A block is stable under a bunch when all of its states can do an arc of the bunch after inert steps,
or none. An arc that moves to another slice or fan is noted there; where it was before, it is left
out when its list is read next.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from transition_systems.csr import csr_order, row_arcs
from transition_systems.equivalences.graph import Graph
from transition_systems.equivalences.signatures import Tick, no_limit

__all__ = ["Bunches"]

Indices = NDArray[np.int64]
Bools = NDArray[np.bool_]

NOWHERE = -1


class Bunches:
    """The blocks with more than one state, the arcs of their states, and all of them one bunch.

    States, blocks and arcs are numbered anew: what is alone in its block is left out.

    Parameters
    ----------
    graph
        The graph.
    inside
        Which arcs are silent steps inside classes, bool (m,); they have no cycle.
    block, count
        The block of each node, int64 (n,), and how many there are.
    tick
        Asked between the steps; may raise.

    Attributes
    ----------
    block, size, bottoms, n_bottoms
        The block of each state; of each block how many states it has, those without inert steps
        (some may have left since) and how many these are.
    inert, n_inert
        Whether an arc is inert, and how many of its arcs are for each state.
    fan_of, slice_of
        Of each arc that is not inert.
    fan, fan_size, fan_bunch, fan_block, fans
        The arcs of each fan (some may have left), how many, its bunch, its block; the fans of each
        block.
    slice, slice_size, slice_bunch, bunch
        The arcs of each slice (some may have left), how many, its bunch; the slices of each bunch.
    able
        How many arcs of a bunch a state has, by bunch and state, where it has some.
    arcs
        How often an arc or a state was looked at: the work done.
    """

    def __init__(
        self, graph: Graph, inside: Bools, block: Indices, count: int, tick: Tick = no_limit
    ) -> None:  # fmt: skip
        sizes = np.bincount(block, minlength=count)
        nodes = np.flatnonzero(sizes.take(block) > 1)
        short = np.full(graph.n, NOWHERE, dtype=np.int64)
        short[nodes] = np.arange(len(nodes))
        self.nodes, self.n = nodes, len(nodes)
        self.open: Indices = np.flatnonzero(sizes > 1)
        number = np.zeros(max(count, 1), dtype=np.int64)
        number[self.open] = np.arange(len(self.open))
        home = number.take(block.take(nodes))
        widths = graph.offsets[nodes + 1] - graph.offsets[nodes]
        arcs = row_arcs(graph.offsets, nodes)
        tails = np.repeat(np.arange(self.n, dtype=np.int64), widths)
        ends = graph.targets.take(arcs)
        inert = inside.take(arcs) & (np.repeat(block.take(nodes), widths) == block.take(ends))
        heads = short.take(ends)
        offsets = np.zeros(self.n + 1, dtype=np.int64)
        np.cumsum(widths, out=offsets[1:])
        self.arcs = self.n + len(arcs)

        tick()
        self.block: list[int] = home.tolist()
        self.size: list[int] = sizes[self.open].tolist()
        n_inert = np.bincount(tails[inert], minlength=self.n)
        self.n_inert: list[int] = n_inert.tolist()
        still = np.flatnonzero(n_inert == 0)
        order, rows = csr_order(home[still], len(self.open))
        self.bottoms = _lists(still[order], rows)
        self.n_bottoms: list[int] = np.diff(rows).tolist()

        tick()
        self.inert = bytearray(inert.astype(np.uint8).tobytes())
        self.source: list[int] = tails.tolist()
        self.target: list[int] = heads.tolist()
        self.offsets: list[int] = offsets.tolist()
        tick()
        known = np.flatnonzero(heads >= 0)
        self.into, self.into_offsets = _by_target(known, heads, self.n)
        tick()
        quiet = np.flatnonzero(inert)
        self.before, self.before_offsets = _by_target(quiet, heads, self.n)

        tick()
        loud = np.flatnonzero(~inert)
        codes = graph.labels.take(arcs[loud]) * count + block.take(ends[loud])
        kinds, kind = np.unique(codes, return_inverse=True)
        kind = kind.reshape(-1)
        order, rows = csr_order(kind, len(kinds))
        self.slice = _lists(loud[order], rows)
        self.slice_size: list[int] = np.diff(rows).tolist()
        self.slice_bunch = [0] * len(kinds)
        tick()
        self.slice_of = _placed(len(arcs), loud, kind)
        self.bunch = [list(range(len(kinds)))]
        self.splittable = [0]

        tick()
        home = home.take(tails[loud])
        order, rows = csr_order(home, len(self.open))
        self.fan = _lists(loud[order], rows)
        self.fan_size: list[int] = np.diff(rows).tolist()
        self.fan_bunch = [0] * len(self.open)
        self.fan_block = list(range(len(self.open)))
        self.fans = [[fan] for fan in self.fan_block]
        tick()
        self.fan_of = _placed(len(arcs), loud, home)
        able = np.bincount(tails[loud], minlength=self.n)
        some = np.flatnonzero(able)
        self.able: dict[int, int] = dict(zip(some.tolist(), able[some].tolist(), strict=True))

    def classes(self, block: Indices, count: int) -> Indices:
        """Return the block of each node now, given those at the beginning, int64 (n,)."""
        found = block.copy()
        here = np.array(self.block, dtype=np.int64)
        first = len(self.open)
        found[self.nodes] = np.concatenate(
            (self.open, count + np.arange(len(self.size) - first, dtype=np.int64))
        )[here]
        return found

    def new_fan(self, block: int, bunch: int) -> int:
        """Return a fan without arcs."""
        fan = len(self.fan)
        self.fan.append([])
        self.fan_size.append(0)
        self.fan_bunch.append(bunch)
        self.fan_block.append(block)
        self.fans[block].append(fan)
        return fan

    def split_bunch(self) -> tuple[int, int] | None:
        """Make a slice, at most half of its bunch, a bunch of its own.

        Return the slice and the bunch that it was in, or None where each bunch is one slice.
        """
        size, waiting = self.slice_size, self.splittable
        while waiting:
            bunch = waiting[-1]
            slices = self.bunch[bunch]
            found: list[int] = []
            while slices and len(found) < 2:
                part = slices.pop()
                if size[part]:
                    found.append(part)
            if len(found) < 2:
                slices += found
                waiting.pop()
                continue
            found.sort(key=size.__getitem__)
            slices.append(found[1])
            if len(slices) == 1:
                waiting.pop()
            self.slice_bunch[found[0]] = len(self.bunch)
            self.bunch.append([found[0]])
            return found[0], bunch
        return None

    def arcs_of(self, part: int) -> list[int]:
        """Return the arcs of a slice."""
        slice_of = self.slice_of
        self.slice[part] = found = [arc for arc in self.slice[part] if slice_of[arc] == part]
        self.arcs += len(found)
        return found

    def leave(
        self, block: int, part: list[int], marks: dict[int, set[int]]
    ) -> tuple[int, dict[int, int]]:
        """Give some states of a block a block of their own, and their arcs slices and fans.

        ``marks`` has states without inert steps for some fans; the states that leave take theirs
        along. Return the new block, and the new fan for each that their arcs were in. Inert arcs
        stay so.
        """
        new = len(self.size)
        self.size.append(len(part))
        self.size[block] -= len(part)
        home = self.block
        for state in part:
            home[state] = new
        n_inert = self.n_inert
        still = [state for state in part if not n_inert[state]]
        self.bottoms.append(still)
        self.n_bottoms.append(len(still))
        self.n_bottoms[block] -= len(still)
        self.fans.append([])
        fans = self._leave_fans(new, part, marks)
        self._leave_slices(part)
        return new, fans

    def _leave_fans(self, new: int, part: list[int], marks: dict[int, set[int]]) -> dict[int, int]:
        offsets, inert, fan_of = self.offsets, self.inert, self.fan_of
        fan, size = self.fan, self.fan_size
        moved: dict[int, int] = {}
        if len(part) == 1:
            state = part[0]
            for arc in range(offsets[state], offsets[state + 1]):
                if not inert[arc]:
                    old = fan_of[arc]
                    size[old] -= 1
                    fan_of[arc] = NOWHERE
                    if old in marks:
                        marks[old].discard(state)
            self.arcs += 1 + offsets[state + 1] - offsets[state]
            return moved
        for state in part:
            first, last = offsets[state], offsets[state + 1]
            self.arcs += 1 + last - first
            for arc in range(first, last):
                if inert[arc]:
                    continue
                old = fan_of[arc]
                there = moved.get(old)
                if there is None:
                    there = moved[old] = self.new_fan(new, self.fan_bunch[old])
                    if old in marks:
                        marks[there] = set()
                fan_of[arc] = there
                fan[there].append(arc)
                size[old] -= 1
                size[there] += 1
                if old in marks and state in marks[old]:
                    marks[old].remove(state)
                    marks[there].add(state)
        return moved

    def _leave_slices(self, part: list[int]) -> None:
        into, offsets = self.into, self.into_offsets
        inert, slice_of, arcs = self.inert, self.slice_of, self.slice
        moved: dict[int, int] = {}
        for state in part:
            first, last = offsets[state], offsets[state + 1]
            self.arcs += last - first
            for arc in into[first:last]:
                if inert[arc]:
                    continue
                old = slice_of[arc]
                there = moved.get(old)
                if there is None:
                    there = moved[old] = len(arcs)
                    arcs.append([arc])
                else:
                    arcs[there].append(arc)
                slice_of[arc] = there
        for old, there in moved.items():
            bunch = self.slice_bunch[old]
            self.slice_bunch.append(bunch)
            self.slice_size.append(len(arcs[there]))
            self.slice_size[old] -= len(arcs[there])
            self.bunch[bunch].append(there)
            if len(self.bunch[bunch]) == 2:
                self.splittable.append(bunch)

    def part_with(self, block: int, arcs: list[int]) -> tuple[int, list[int]]:
        """Make arcs of a block, no longer inert, a bunch; all lead into one block.

        Return their fan, and the states that have no inert steps any more.
        """
        bunch, part = len(self.bunch), len(self.slice)
        self.bunch.append([part])
        self.slice.append(arcs)
        self.slice_size.append(len(arcs))
        self.slice_bunch.append(bunch)
        fan = self.new_fan(block, bunch)
        self.fan[fan] = list(arcs)
        self.fan_size[fan] = len(arcs)
        still: list[int] = []
        inert, n_inert, able, source = self.inert, self.n_inert, self.able, self.source
        base = bunch * self.n
        for arc in arcs:
            inert[arc] = 0
            self.fan_of[arc], self.slice_of[arc] = fan, part
            state = source[arc]
            able[base + state] = able.get(base + state, 0) + 1
            n_inert[state] -= 1
            if not n_inert[state]:
                still.append(state)
        self.bottoms[block] += still
        self.n_bottoms[block] += len(still)
        return fan, still


def _lists(values: Indices, offsets: Indices) -> list[list[int]]:
    """Return rows as lists."""
    flat: list[int] = values.tolist()
    ends: list[int] = offsets.tolist()
    return [flat[begin:end] for begin, end in pairwise(ends)]


def _by_target(arcs: Indices, heads: Indices, n: int) -> tuple[list[int], list[int]]:
    """Return some arcs by their targets, and the row offsets."""
    order, offsets = csr_order(heads[arcs], n)
    return arcs[order].tolist(), offsets.tolist()


def _placed(count: int, arcs: Indices, numbers: Indices) -> list[int]:
    """Return a number for each arc, :data:`NOWHERE` for those that are not named."""
    found = np.full(count, NOWHERE, dtype=np.int64)
    found[arcs] = numbers
    values: list[int] = found.tolist()
    return values
