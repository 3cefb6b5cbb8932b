"""Ranks on the product of a system with the tableau of a formula's negation.

The tableau is made again here, letter by letter, from the expansion laws. Each set of obligations
and each letter lead to the minimal pairs of what must hold next and what is put off: whatever a
larger pair allows a smaller one allows too. So each path with a word on which the formula does
not hold has a run in the product on which no obligation is put off for ever. The ranks show that
there is none: along a run they fall, and stop falling at last, in a part where each step puts off
the same obligation, or where no fair path stays.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.fair_labels import FairLabels
from netproof.recheck.ltl_tableau import NOTHING, Duties, Tableau
from netproof.recheck.ltl_words import Holds, Seen, seen
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.state_table import integers
from transition_systems.evidence import LtlRanks
from transition_systems.lts import LTS, TAU

__all__ = ["check_ltl_ranks"]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


def check_ltl_ranks(
    evidence: LtlRanks, lts: LTS, holds: Holds | None, watch: Watch, silent: Sequence[int] = (TAU,)
) -> None:
    """Refuse ranks that leave room for a path on which the formula does not hold.

    ``silent`` are the numbers of the silent labels.
    """
    world = seen(evidence, lts, holds, True)
    n, letter = lts.n_states, world.letter
    stuck = np.flatnonzero(lts.offsets[1:] == lts.offsets[:-1])
    source = np.concatenate((lts.sources, stuck))
    label = np.concatenate((lts.labels, np.full(len(stuck), -1))).astype(np.int64)
    target = np.concatenate((lts.targets, stuck))
    reads = np.ones(len(source), dtype=np.bool_)
    copies = 1
    if evidence.weak:
        copies, still = 2, np.isin(label, list(silent)) & (letter[source] == letter[target])
        begin, end = source[still], target[still] + n
        reads = np.concatenate((~still, np.ones(2 * len(begin), dtype=np.bool_)))
        source = np.concatenate((source, begin, begin + n))
        label = np.concatenate((label, label[still], label[still]))
        target = np.concatenate((target, end, end))
    size = n * copies
    numbers = {frozenset(state): i for i, state in enumerate(evidence.states)}
    first = numbers.get(frozenset((2 * len(world.nodes) - 1,)))
    if first is None or len(numbers) != len(evidence.states):
        raise RefusedError("the states of the tableau do not begin with the formula's negation")
    watch.fits(size * len(numbers) * 8)
    nodes = integers(evidence.nodes, (len(evidence.nodes),), "the list of nodes")
    if nodes.size and not (int(nodes.min()) >= 0 and int(nodes.max()) < size * len(numbers)):
        raise RefusedError("a node of the product does not exist")
    place = np.full(size * len(numbers), -1, dtype=np.int64)
    place[nodes] = np.arange(len(nodes))
    if (place[first * size + lts.initial] < 0).any():
        raise RefusedError("an initial node of the product is missing")
    edges = _edges(world, numbers, (source, target, reads), place, watch)
    depth = len(evidence.helpers)
    ranks = integers(evidence.ranks, (depth, len(nodes)), "the ranks")
    watch.tick()
    fair = FairLabels(lts, (*evidence.fair, *evidence.strong))
    tails, heads, arcs, kinds, put_off = edges
    for rank, helpers in zip(ranks, evidence.helpers, strict=True):
        watch.tick()
        if (rank[heads] > rank[tails]).any():
            raise RefusedError("a step of the product raises its rank")
        inside = rank[heads] == rank[tails]
        tails, heads, arcs, kinds = (column[inside] for column in (tails, heads, arcs, kinds))
        if rank.size and not (int(rank.min()) >= 0 and int(rank.max()) < len(helpers)):
            raise RefusedError("a rank has no helper")
        helper = np.array(helpers, dtype=np.int64)[rank[tails]]
        for value in np.unique(helper[helper >= -1]).tolist():
            here = np.flatnonzero(helper == value)
            owing = np.array([value in duties for duties in put_off], dtype=np.bool_)
            if (reads[arcs[here]] & ~owing[kinds[here]]).any():
                raise RefusedError("a step of a part does not put off its obligation")
        helped = np.flatnonzero(helper < -1)
        at, which = arcs[helped], -2 - helper[helped]
        if (which >= fair.count).any():
            raise RefusedError("a helper is no condition of fairness")
        if fair.happens(label[at], which).any():
            raise RefusedError("a label that helps happens inside its part")
        able = fair.can(source[at] % n, which)
        strong = which >= len(evidence.fair)
        if not able[~strong].all():
            raise RefusedError("a label that helps is not always possible in its part")
        left = np.zeros(len(tails), dtype=np.bool_)
        left[helped] = strong & ~able
        tails, heads, arcs, kinds = (column[left] for column in (tails, heads, arcs, kinds))
    if len(tails):
        raise RefusedError("steps are left after the last level")


def _edges(
    world: Seen, numbers: dict[Duties, int], arcs: tuple[Ints, Ints, Bools], place: Ints,
    watch: Watch,
) -> tuple[Ints, Ints, Ints, Ints, list[Duties]]:  # fmt: skip
    """Return the edges between the nodes: ends, arc, kind; and what each kind puts off."""
    source, target, reads = arcs
    size, n = len(place) // max(1, len(numbers)), len(world.letter)
    tableau = Tableau(world, watch)
    by_letter = [
        np.flatnonzero(reads & (world.letter[source % n] == i)) for i in range(len(world.letters))
    ]
    still = np.flatnonzero(~reads)
    moves = [(a, a, still, NOTHING) for a in numbers.values()]
    for chosen, state in zip(by_letter, world.letters, strict=True):
        for duties, a in numbers.items():
            for after, later in tableau.moves(duties, state):
                moves.append((a, numbers.get(after, -1), chosen, later))
    kinds: dict[Duties, int] = {}
    columns: list[tuple[Ints, Ints, Ints, Ints]] = []
    for a, b, chosen, later in moves:
        watch.tick()
        tails = place[a * size + source[chosen]]
        chosen, tails = chosen[tails >= 0], tails[tails >= 0]
        if not len(chosen):
            continue
        heads = place[b * size + target[chosen]] if b >= 0 else np.full(1, -1)
        if (heads < 0).any():
            raise RefusedError("a step leads to a node of the product that is missing")
        kind = np.full(len(chosen), kinds.setdefault(later, len(kinds)))
        columns.append((tails, heads, chosen, kind))
    none = np.zeros(0, dtype=np.int64)
    tails, heads, chosen, kind = (
        np.concatenate([none, *(column[i] for column in columns)]) for i in range(4)
    )
    return tails, heads, chosen, kind, list(kinds)
