"""Livelock: whether a system can be silent for ever."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Budget
from transition_systems.counted_words import after_steps
from transition_systems.csr import csr_order
from transition_systems.evidence_data import Claim, StateSet
from transition_systems.evidence_runs import LassoEvidence
from transition_systems.evidence_sets import Measure
from transition_systems.lts import LTS, TAU, TAU_NAME
from transition_systems.lts_operations import reachable_states
from transition_systems.run import Lasso, Step
from transition_systems.scc import components
from transition_systems.temporal.lasso import breadth_first, tree_path
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["check_livelock"]

Indices = NDArray[np.int64]

FREE, BOUND = "no livelock", "livelock"


def check_livelock(lts: LTS, *, budget: Budget | None = None) -> Verdict:
    """Decide whether no reachable state lies on a cycle of silent steps.

    Parameters
    ----------
    lts
        The system.
    budget
        What it may use.

    Returns
    -------
    Verdict
        ``HOLDS`` with the reachable states and a rank that every silent step decreases;
        ``VIOLATED`` with a lasso: a shortest run to a silent cycle, and a shortest such cycle
        there; ``UNKNOWN`` when the budget ends.

    Raises
    ------
    UsageError
        Never, for a system that is one.

    Notes
    -----
    Linear time, by the components of the silent steps; finite systems. C. A. R. Hoare,
    Communicating sequential processes (1985), section 3.8.

    Examples
    --------
    >>> check_livelock(LTS.from_arcs(2, [(0, "a", 1), (1, None, 1)])).witness.actions
    ('a', 'tau')
    >>> bool(check_livelock(LTS.from_arcs(2, [(0, None, 1), (1, "a", 0)])))
    True
    """
    meter = (Budget() if budget is None else budget).start()

    def verdict(outcome: Outcome, **rest: object) -> Verdict:
        statistics = Statistics(
            method="components", states=lts.n_states, arcs=lts.n_arcs, seconds=meter.seconds
        )
        return Verdict(property=FREE, outcome=outcome, statistics=statistics).with_(**rest)

    reason = meter.exhausted(states=lts.n_states)
    if reason is not None:
        return verdict(Outcome.UNKNOWN, reason=reason)
    reached = reachable_states(lts)
    sources = lts.sources
    silent = (lts.labels == TAU) & reached[sources]
    tails, heads = sources[silent], lts.targets[silent]
    order, offsets = csr_order(tails, lts.n_states)
    count, place = components(offsets, heads[order])
    cyclic = np.bincount(place, minlength=count)[place] > 1
    cyclic[tails[tails == heads]] = True
    if not (cyclic & reached).any():
        states = np.flatnonzero(reached)
        evidence = Measure(
            claim=Claim.when_read(FREE, lts.digest),
            states=StateSet(names=("state",), rows=states.reshape(-1, 1)),
            rank=place[states],
        )
        text = "Silent steps always come to an end: each decreases a rank."
        return verdict(Outcome.HOLDS, evidence=evidence, explanation=(text,))
    found, parent = breadth_first(lts.offsets, lts.targets, lts.initial)
    start = int(found[cyclic[found]][0])
    stem = tree_path(parent, start)
    inside = place[tails] == place[heads]
    cycle = _cycle(lts.n_states, tails[inside], heads[inside], start)
    labels = [_label(lts, *pair) for pair in pairwise(stem)]
    steps = [
        Step(action=name, label=name, state=state)
        for name, state in zip(labels, stem[1:], strict=True)
    ]
    steps += [Step(action=TAU_NAME, label=TAU_NAME, state=state) for state in cycle]
    lasso = Lasso(initial=stem[0], steps=tuple(steps), loop_start=len(stem) - 1)
    proof = LassoEvidence(claim=Claim.when_read(BOUND, lts.digest), lasso=lasso)
    text = f"{after_steps(len(stem) - 1)} the system can be silent for ever."
    return verdict(Outcome.VIOLATED, evidence=proof, explanation=(text,))


def _label(lts: LTS, source: int, target: int) -> str:
    labels, targets = lts.successors(source)
    return lts.label_names[int(labels[targets == target][0])]


def _cycle(n: int, tails: Indices, heads: Indices, start: int) -> list[int]:
    """Return the states after the start on a shortest cycle of some arcs, the start at the end."""
    if ((tails == start) & (heads == start)).any():
        return [start]
    order, offsets = csr_order(tails, n)
    found, parent = breadth_first(offsets, heads[order], np.array([start], dtype=np.int64))
    back = np.zeros(n, dtype=np.bool_)
    back[tails[heads == start]] = True
    return [*tree_path(parent, int(found[back[found]][0]))[1:], start]
