"""Nested ranks with helpful transitions: every fair run is finite.

A state takes part at level 0. The rank of a level never rises along a step between states that
take part in it and have been together in all levels before; so an infinite run stays, from some
point on, in one component (states with equal ranks so far). No step inside the component is by
its helpful transition ``t``, so ``t`` must not stay enabled (weak fairness), or be enabled again
and again (strong fairness). Under weak fairness ``t`` is enabled in the whole component: the run
is unfair. Under strong fairness a fair run visits only states without ``t`` from some point on;
these take part in the next level. A component without helpful transition, or left over after the
last level, has no step inside: no run stays there.

D. Lehmann, A. Pnueli, J. Stavi: Impartiality, justice and fairness. ICALP 1981.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.net_table import NetTable
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.state_table import StateTable, integers
from netproof.recheck.statements import Statement
from transition_systems.evidence import FairMeasure

__all__ = ["check_fair_measure"]

Ints = NDArray[np.int64]
PREFIX = "terminates under "


def check_fair_measure(
    evidence: FairMeasure, claim: Statement, table: NetTable, watch: Watch
) -> None:
    """Check ``terminates under weak fairness`` or ``... strong fairness``, level by level."""
    strong = claim.phrase == f"{PREFIX}strong fairness"
    if not strong and claim.phrase != f"{PREFIX}weak fairness":
        raise RefusedError("a fair measure proves that every fair run ends, not this claim")
    states = StateTable.of(table, evidence.states, watch)
    depth = evidence.rank.shape[1] if getattr(evidence.rank, "ndim", 0) == 2 else 0
    shape = (len(states), depth)
    ranks, helpful = (
        integers(evidence.rank, shape, "the rank"),
        _transitions(evidence, shape, table),
    )
    states.starts()
    source, label, target = _all_arcs(states, watch)
    part = np.ones(len(states), dtype=np.bool_)
    group = np.zeros(len(states), dtype=np.int64)
    for level in range(depth):
        watch.tick()
        here = part[source] & part[target] & (group[source] == group[target])
        source, label, target = source[here], label[here], target[here]
        rank, helps = ranks[:, level], helpful[:, level]
        if (rank[target] > rank[source]).any():
            raise RefusedError(f"a step raises the rank of level {level}")
        group = _refined(group, rank)
        inner = group[source] == group[target]
        source, label, target = source[inner], label[inner], target[inner]
        _one_each(group[part], helps[part])
        if (helps[source] < 0).any():
            raise RefusedError(f"a component of level {level} has steps and no helpful transition")
        if (label == helps[source]).any():
            raise RefusedError(f"a step inside a component of level {level} is by its helper")
        able = _enabled(states, part, helps)
        helped = part & (helps >= 0)
        if not strong and (helped & ~able).any():
            raise RefusedError("a helpful transition is not enabled in all of its component")
        part = helped & ~able
    if (part[source] & part[target] & (group[source] == group[target])).any():
        raise RefusedError("steps are left inside a component after the last level")


def _transitions(evidence: FairMeasure, shape: tuple[int, int], table: NetTable) -> Ints:
    """Return the helpful transitions as indices of the net, -1 for none."""
    given = integers(evidence.helpful, shape, "the array of helpful transitions")
    names = evidence.actions
    if any(name not in table.transition for name in names):
        raise RefusedError("a helpful transition is none of the net")
    if given.size and not (int(given.min()) >= -1 and int(given.max()) < len(names)):
        raise RefusedError("a helpful transition has an index out of range")
    index = np.array([table.transition[name] for name in names] + [-1], dtype=np.int64)
    return index[given]


def _all_arcs(states: StateTable, watch: Watch) -> tuple[Ints, Ints, Ints]:
    source: list[Ints] = []
    label: list[Ints] = []
    target: list[Ints] = []
    size = 0
    for transition, before, after in states.arcs():
        size += len(before)
        watch.fits(size * 72)
        source.append(before)
        label.append(np.full(len(before), transition, dtype=np.int64))
        target.append(after)
    none = np.zeros(0, dtype=np.int64)
    return (
        np.concatenate([none, *source]),
        np.concatenate([none, *label]),
        np.concatenate([none, *target]),
    )


def _refined(group: Ints, rank: Ints) -> Ints:
    """Return numbers of the pairs (group, rank)."""
    order = np.lexsort((rank, group))
    fresh = np.ones(len(order), dtype=np.bool_)
    fresh[1:] = (np.diff(group[order]) != 0) | (rank[order][1:] != rank[order][:-1])
    numbers = np.empty(len(order), dtype=np.int64)
    numbers[order] = np.cumsum(fresh)
    return numbers


def _one_each(group: Ints, helps: Ints) -> None:
    order = np.argsort(group, kind="stable")
    together = np.diff(group[order]) == 0
    if (together & (np.diff(helps[order]) != 0)).any():
        raise RefusedError("two states of one component have different helpful transitions")


def _enabled(states: StateTable, part: NDArray[np.bool_], helps: Ints) -> NDArray[np.bool_]:
    """Return where a state's helpful transition is enabled."""
    able = np.zeros(len(states), dtype=np.bool_)
    for transition in np.unique(helps[part & (helps >= 0)]).tolist():
        states.watch.tick()
        chosen = np.flatnonzero(part & (helps == transition))
        able[chosen] = states.table.enabled(states.rows[chosen].T, transition)
    return able
