"""Evidence about formulas of linear temporal logic on a net.

The part of the net's behaviour that the evidence speaks of is written down as a transition system,
by firing, and the evidence is checked on that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.ltl_lasso import check_ltl_lasso
from netproof.recheck.ltl_prefix import check_ltl_prefix
from netproof.recheck.ltl_ranks import check_ltl_ranks
from netproof.recheck.ltl_words import Holds
from netproof.recheck.net_table import NetTable
from netproof.recheck.predicates import holds_in
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.state_table import StateTable, integers
from transition_systems.evidence import LtlLasso, LtlPrefix, LtlRanks, StateSet
from transition_systems.evidence_ltl import STAYS
from transition_systems.lts import LTS
from transition_systems.properties.predicates import Predicate

__all__ = ["check_ltl_net", "listed_system", "system_of"]

Ints = NDArray[np.int64]
FIXED = ("tau", "✓")


def check_ltl_net(
    evidence: LtlLasso | LtlPrefix | LtlRanks, table: NetTable, watch: Watch
) -> None:  # fmt: skip
    """Refuse evidence that does not prove its claim about the net."""
    if isinstance(evidence, LtlLasso):
        _check_lasso(evidence, table, watch)
    elif isinstance(evidence, LtlPrefix):
        _check_prefix(evidence, table, watch)
    else:
        _check_ranks(evidence, table, watch)


def _labels(table: NetTable) -> tuple[tuple[str, ...], Ints, list[int]]:
    """Return the names of the labels, the label of each transition, and the silent labels."""
    visible = [name for name in table.transition if name not in FIXED]
    names = (*FIXED, *visible)
    index = {name: i for i, name in enumerate(names)}
    label = np.array([index[name] for name in table.transition], dtype=np.int64)
    silent = [index[node.id] for node in table.net.transitions if node.silent]
    return names, label, silent


def _holds(table: NetTable, rows: Ints, extra: int, watch: Watch) -> Holds:
    """Return the values of predicates in markings, and nowhere in the states after them."""

    def holds(leaf: Predicate) -> NDArray[np.bool_]:
        found = holds_in(table, rows, leaf, watch)
        return np.concatenate((found, np.zeros(extra, dtype=np.bool_)))

    return holds


def _check_lasso(evidence: LtlLasso, table: NetTable, watch: Watch) -> None:
    """Check a path as a system of its own: its places, and one state for all other steps."""
    lasso = evidence.lasso
    steps, loop = lasso.steps, lasso.loop_start
    stays = bool(steps) and steps[-1].action == STAYS
    walked = steps[:-1] if stays else steps
    states = table.walk(lasso.initial, walked, watch)
    if type(loop) is not int or not 0 <= loop < len(steps):
        raise RefusedError("the path has no cycle")
    if stays:
        if loop != len(steps) - 1 or table.tokens(steps[-1].state) != states[-1]:
            raise RefusedError("staying for ever is the one step of a cycle")
    elif states[-1] != states[loop]:
        raise RefusedError("the cycle does not close")
    else:
        states = states[:-1]
    rows = table.rows(states)
    names, label, silent = _labels(table)
    count = len(states)
    after = [*range(1, count), count - 1 if stays else loop]
    columns = np.ascontiguousarray(rows.T)
    arcs: set[tuple[int, int, int]] = {
        (at, int(label[table.transition[step.action]]), after[at]) for at, step in enumerate(walked)
    }
    for transition in range(len(table.pre)):
        watch.tick()
        for at in np.flatnonzero(table.enabled(columns, transition)).tolist():
            arcs.add((at, int(label[transition]), count))
    if stays and any(at == count - 1 for at, _, _ in arcs):
        raise RefusedError("the path stays where steps are possible")
    source, kind, target = (
        np.array([arc[i] for arc in sorted(arcs)], dtype=np.int64) for i in range(3)
    )
    lts = LTS.from_arrays(count + 1, source, kind, target, label_names=names)
    moved = [replace(step, state=after[at]) for at, step in enumerate(steps)]
    path = replace(lasso, initial=0, steps=tuple(moved))
    holds = _holds(table, rows, 1, watch)
    check_ltl_lasso(replace(evidence, lasso=path), lts, holds, watch, silent)


def _check_prefix(evidence: LtlPrefix, table: NetTable, watch: Watch) -> None:
    """Check a run as a system of its own: its places, one after the other."""
    run = evidence.run
    rows = table.rows(table.walk(run.initial, run.steps, watch))
    names, label, silent = _labels(table)
    count = len(run.steps)
    kind = np.array([label[table.transition[step.action]] for step in run.steps], dtype=np.int64)
    source = np.arange(count, dtype=np.int64)
    lts = LTS.from_arrays(count + 1, source, kind, source + 1, label_names=names)
    moved = [replace(step, state=at) for at, step in enumerate(run.steps, start=1)]
    own = replace(evidence, run=replace(run, initial=0, steps=tuple(moved)))
    check_ltl_prefix(own, lts, _holds(table, rows, 0, watch), watch, silent)


def _check_ranks(evidence: LtlRanks, table: NetTable, watch: Watch) -> None:
    """Check ranks on some markings of a net.

    A step to a marking that is not among them leads to one state more, at which there is no node of
    the product: so there must be no move of the tableau. Where not all steps or paths count, all
    markings must be there.
    """
    silent = _labels(table)[2]
    if evidence.weak or evidence.fair or evidence.strong:
        lts, holds = listed_system(evidence.space, table, watch)
        check_ltl_ranks(evidence, lts, holds, watch, silent)
        return
    if evidence.space is None:
        raise RefusedError("evidence about markings of a net needs their set")
    states = StateTable.of(table, evidence.space, watch)
    lts, holds = system_of(states, states.arcs(leaving=True), table, watch, outside=1)
    nodes = integers(evidence.nodes, (len(evidence.nodes),), "the list of nodes")
    own = replace(evidence, nodes=nodes + nodes // len(states))
    check_ltl_ranks(own, lts, holds, watch, silent)


def listed_system(
    space: StateSet | None, table: NetTable, watch: Watch
) -> tuple[LTS, Holds]:  # fmt: skip
    """Return a set of markings that is closed under firing as a system, and its predicates.

    Labels are the ids of the transitions.
    """
    if space is None:
        raise RefusedError("evidence about all markings of a net needs their set")
    states = StateTable.of(table, space, watch)
    return system_of(states, states.arcs(), table, watch)


def system_of(
    states: StateTable, steps: Iterable[tuple[int, Ints, Ints]], table: NetTable, watch: Watch,
    *, outside: int = 0,
) -> tuple[LTS, Holds]:  # fmt: skip
    """Return markings with some of their steps as a system, and its predicates.

    ``outside`` more states have no step, and no predicate holds there.
    """
    start = states.index(table.initial)
    if start < 0:
        raise RefusedError("the initial marking is not in the state set")
    names, label, _ = _labels(table)
    none = np.zeros(0, dtype=np.int64)
    source, kind, target = [none], [none], [none]
    for transition, before, after in steps:
        source.append(before)
        kind.append(np.full(len(before), label[transition]))
        target.append(after)
    lts = LTS.from_arrays(
        len(states) + outside, np.concatenate(source), np.concatenate(kind), np.concatenate(target),
        label_names=names, initial=[start],
    )  # fmt: skip
    return lts, _holds(table, states.rows, outside, watch)
