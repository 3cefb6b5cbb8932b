"""Partitions of the states of two systems: whether they are bisimulations of the named kind."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.silent_steps import Backward, components, marks_of, on_cycles
from netproof.recheck.state_table import integers
from transition_systems.evidence import PartitionEvidence
from transition_systems.lts import LTS, TAU

__all__ = ["check_partition"]

Ints = NDArray[np.int64]
WEAK = ("weak", "divergence-weak")
DIVERGENCE = ("divergence-branching", "divergence-weak")


def check_partition(evidence: PartitionEvidence, left: LTS, right: LTS, watch: Watch) -> None:
    """Refuse unless the partition is a bisimulation that relates the initial states."""
    count = left.n_states + right.n_states
    watch.fits((left.n_arcs + right.n_arcs) * 96 + count * 64)
    given = integers(evidence.block, (count,), "the partition")
    block = np.unique(given, return_inverse=True)[1].reshape(-1).astype(np.int64)
    marks = marks_of([left, right], evidence.atoms)
    first = np.zeros(count, dtype=np.int64)
    first[block] = marks
    if (first[block] != marks).any():
        raise RefusedError("a block has states with an atom, or final ones, and others")
    starts = set(block[left.initial].tolist()), set(block[right.initial + left.n_states].tolist())
    if starts[0] != starts[1]:
        raise RefusedError("the initial states of the two systems are not in the same blocks")
    source, label, target = _both(left, right)
    silent = label == TAU
    inside = silent & (block[source] == block[target])
    inert = np.zeros_like(silent) if evidence.relation == "strong" else inside
    through = silent if evidence.relation in WEAK else inert
    before = Backward(source[through], target[through])
    if evidence.relation in WEAK:
        _same_weak_steps((source, label, target), block, before, watch)
    else:
        _same_steps((source, label, target), inert, block, watch)
    if evidence.relation in DIVERGENCE:
        _same_divergence(on_cycles(source[silent], target[silent], marks), block, before, watch)


def _both(left: LTS, right: LTS) -> tuple[Ints, Ints, Ints]:
    """Return the arcs of the two systems side by side, labels matched by name."""
    number = {name: index for index, name in enumerate(left.label_names)}
    renamed = [number.setdefault(name, len(number)) for name in right.label_names]
    label = np.concatenate([left.labels, np.array(renamed, dtype=np.int64)[right.labels]])
    source = np.concatenate([left.sources, right.sources + left.n_states])
    target = np.concatenate([left.targets, right.targets + left.n_states])
    return source, label.astype(np.int64), target


def _same_steps(
    arcs: tuple[Ints, Ints, Ints], inert: NDArray[np.bool_], block: Ints, watch: Watch
) -> None:
    """Refuse unless the states of a block can all do the same, after inert steps.

    Inert steps from a state lead into a component of states that reach each other and no others by
    inert steps. So each state of a block can do something after inert steps exactly when in each
    such component of the block some state can do it.
    """
    source, _, target = (part[inert] for part in arcs)
    place = components(source, target, len(block))
    final = np.ones(len(block), dtype=np.bool_)
    final[place[source[place[source] != place[target]]]] = False
    of_block = np.zeros(len(block), dtype=np.int64)
    of_block[place] = block
    wanted = np.bincount(of_block[np.unique(place[final[place]])], minlength=int(block.max()) + 1)
    watch.tick()
    source, label, target = (part[~inert] for part in arcs)
    if not len(source):
        return
    codes = np.unique(label * len(wanted) + block[target], return_inverse=True)[1].reshape(-1)
    count = int(codes.max()) + 1
    needed = np.unique(block[source] * count + codes)
    there = final[place[source]]
    able = np.unique(place[source[there]] * count + codes[there])
    watch.tick()
    found = np.bincount(
        np.searchsorted(needed, of_block[able // count] * count + able % count),
        minlength=len(needed),
    )
    if (found != wanted[needed // count]).any():
        raise RefusedError("a state cannot do what another state of its block can")


def _same_weak_steps(
    arcs: tuple[Ints, Ints, Ints], block: Ints, before: Backward, watch: Watch
) -> None:
    """Refuse unless the states of a block can all do the same, with silent steps around it.

    Then all states count that lead into the block of the target.
    """
    size = np.bincount(block)
    outside = (arcs[1] != TAU) | (block[arcs[0]] != block[arcs[2]])
    source, label, target = (part[outside] for part in arcs)
    kinds, code = np.unique(label * len(size) + block[target], return_inverse=True)
    code = code.reshape(-1)
    order = np.lexsort((source, block[source], code))
    source, code = source[order], code[order]
    if not len(source):
        return
    home = block[source]
    fresh = np.ones(len(source), dtype=np.bool_)
    fresh[1:] = (np.diff(home) != 0) | (np.diff(code) != 0)
    begins = np.flatnonzero(fresh)
    new = fresh.copy()
    new[1:] |= np.diff(source) != 0
    able = np.add.reduceat(new.astype(np.int64), begins)
    members = _Members(block)
    known: tuple[int, set[int]] = (-1, set())
    for group in np.flatnonzero(able < size[home[begins]]).tolist():
        watch.tick()
        kind = int(code[begins[group]])
        if known[0] != kind:
            label_of, goal = divmod(int(kinds[kind]), len(size))
            known = kind, _weakly(arcs, label_of, members.of(goal), before)
        if not known[1].issuperset(members.of(int(home[begins[group]]))):
            raise RefusedError("a state cannot do what another state of its block can")


def _weakly(
    arcs: tuple[Ints, Ints, Ints], label: int, goal: list[int], before: Backward
) -> set[int]:
    """Return the states from which silent steps, one with the label and silent ones lead."""
    reached = before.reach(goal)
    if label == TAU:
        return reached
    source, labels, target = arcs
    there = np.zeros(int(max(source.max(), target.max())) + 1, dtype=np.bool_)
    there[[state for state in reached if state < len(there)]] = True
    return before.reach(source[(labels == label) & there[target]].tolist())


class _Members:
    """The states of each block."""

    def __init__(self, block: Ints) -> None:
        self.states = np.argsort(block, kind="stable")
        self.begin = np.concatenate(([0], np.cumsum(np.bincount(block))))

    def of(self, block: int) -> list[int]:
        found: list[int] = self.states[self.begin[block] : self.begin[block + 1]].tolist()
        return found


def _same_divergence(cyclic: Ints, block: Ints, before: Backward, watch: Watch) -> None:
    """Refuse unless all states of a block with a state on a silent cycle lead to one there."""
    members = _Members(block)
    on_cycle = np.zeros(len(block), dtype=np.bool_)
    on_cycle[cyclic] = True
    for home in np.unique(block[cyclic]).tolist():
        watch.tick()
        states = members.of(home)
        if not before.reach(s for s in states if on_cycle[s]).issuperset(states):
            raise RefusedError("a state cannot be silent for ever as another of its block can")
