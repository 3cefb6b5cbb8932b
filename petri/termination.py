"""Termination: is every run, or every fair run, finite?"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from petri.decision import Decision, claim
from petri.fair_cycles import fair_component, fair_cycle
from petri.fair_walks import fair_lasso
from petri.memory import within_memory
from petri.net import PetriNet
from petri.repeatable_runs import repeatable_run
from petri.state_space.exploring import explore_or_pump
from petri.state_space.reachability import ReachabilityGraph, reachability_graph
from petri.structure.falling_sums import falling_weights
from transition_systems.budget import Budget, Meter
from transition_systems.counted_words import after_steps, counted
from transition_systems.csr import row_arcs
from transition_systems.errors import UndecidedError, UsageError
from transition_systems.evidence import (
    FairMeasure,
    FallingSumEvidence,
    LassoEvidence,
    Measure,
    PumpEvidence,
)
from transition_systems.progress import ProgressCallback
from transition_systems.properties.names import nearest_names
from transition_systems.run import Lasso
from transition_systems.verdict import Verdict

__all__ = ["Fairness", "terminates"]

Fairness = Literal["none", "weak", "strong"]
FIRST, LISTING, FAIR_WALK, PROGRAM = 5_000, 0.6, 2.0, 5.0
METHODS = ("explicit", "linear-program")
NO_PROGRAM = (
    "no weights were found that every transition lowers, and no steps that can be repeated for ever"
)


@within_memory("termination")
def terminates(
    net: PetriNet,
    *,
    fairness: Fairness = "none",
    method: str = "auto",
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
    graph: ReachabilityGraph | None = None,
) -> Verdict:
    """Decide that no infinite run exists, or none that is fair.

    Parameters
    ----------
    net
        Any place/transition net.
    fairness
        ``"none"``: all runs count. ``"weak"``: a transition that stays enabled for ever must
        occur again and again. ``"strong"``: one that is enabled again and again must.
    method, budget, progress, seed, graph
        As for :func:`petri.reachable`; the methods are ``"explicit"`` and ``"linear-program"``,
        of which the second is asked where the first 5,000 markings are not all.

    Returns
    -------
    Verdict
        HOLDS with a rank of all markings that every step decreases (nested ranks with helpful
        transitions under fairness), or where these are many with a weighted sum of tokens that
        every transition lowers; VIOLATED with a lasso, or with steps that end above where they
        begin.

    Notes
    -----
    Without fairness O(states + arcs); strong fairness is the emptiness of a Streett condition,
    decided by nested strongly connected components (Emerson and Lei, 1987). An unbounded net has
    an infinite run. Where markings are many, a linear program is asked for weights that every
    transition lowers, which do not hang on the initial marking, and else for numbers of firings
    that take nothing, which a walk tries to fire. A fair run is looked for by letting go first
    what waited longest (:func:`petri.fair_walks.fair_lasso`); that there is none stays UNKNOWN.

    Examples
    --------
    >>> from petri import PetriNet
    >>> loop = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [1, 0])
    >>> terminates(loop).witness.actions
    ('t1', 't2')
    """
    if fairness not in ("none", "weak", "strong"):
        given: object = fairness
        known = ("none", "weak", "strong")
        near = nearest_names(given, known, 1) if isinstance(given, str) else ()
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise UsageError(f"fairness is 'none', 'weak' or 'strong', not {fairness!r}{hint}")
    suffix = "" if fairness == "none" else f" under {fairness} fairness"
    decision = Decision(
        net, f"termination{suffix}", method=method, methods=METHODS,
        budget=budget, progress=progress, seed=seed, graph=graph,
    )  # fmt: skip
    if decision.method == "linear-program":
        shown = _by_program(decision, fairness)
        return decision.unknown(NO_PROGRAM) if shown is None else shown
    if graph is None:
        limit = decision.budget
        few = replace(limit, states=min(FIRST, limit.states or FIRST))
        graph = reachability_graph(net, budget=few, progress=progress)
        if not graph.complete:
            found = None
            if method == "auto":
                found = _by_program(decision.on(graph), fairness)
            if found is None and fairness == "none":
                found = _by_some(decision.on(graph), graph)
            if found is not None:
                return found
        if fairness != "none" and not graph.complete:
            left = limit.remaining()
            share = Budget(seconds=FAIR_WALK if left is None else min(FAIR_WALK, left / 4))
            lasso = fair_lasso(net, strong=fairness == "strong", budget=share, seed=seed)
            if lasso is not None:
                return _forever(decision.on(graph), lasso, suffix)
        left = limit.remaining()
        most = limit if left is None else replace(limit, seconds=LISTING * left).fixed()
        space, pump = explore_or_pump(net, budget=most, progress=progress, graph=graph)
        decision.on(space)
        if pump is not None and fairness == "none":
            return decision.violated(
                PumpEvidence(claim=claim(net, "unbounded"), lasso=pump),
                f"{counted(len(pump.cycle), 'step')} can be repeated for ever.",
            )
    space = decision.graph
    if fairness != "none":
        if not space.complete:
            return decision.out_of_budget()
        return _fair(decision, space, fairness, suffix)
    try:
        rank, cyclic = _longest(space, decision.looking)
    except UndecidedError as error:
        return decision.unknown(str(error))
    if len(cyclic):
        return _endless(decision, space, cyclic)
    if not space.complete:
        return decision.out_of_budget()
    evidence = Measure(claim=claim(net, "terminates"), states=space.state_set(), rank=rank)
    return decision.holds(
        evidence, f"Every run ends after at most {counted(int(rank[0]), 'step')}."
    )


def _by_program(decision: Decision, fairness: Fairness) -> Verdict | None:
    """Decide it by a sum that falls, or by steps that can be repeated."""
    net, left = decision.net, decision.budget.remaining()
    share = Budget(seconds=PROGRAM if left is None else min(PROGRAM, left / 4))
    weights = falling_weights(net, budget=share)
    if weights is not None:
        return _falling(decision, weights)
    if fairness != "none":
        return None
    lasso = repeatable_run(net, budget=share, seed=decision.seed)
    return None if lasso is None else _repeated(decision, lasso)


def _by_some(decision: Decision, graph: ReachabilityGraph) -> Verdict | None:
    """Decide it by a cycle in the first markings."""
    left = decision.budget.remaining()
    share = Budget(seconds=PROGRAM if left is None else min(PROGRAM, left / 4))
    with suppress(UndecidedError):
        _, cyclic = _longest(graph, share.start())
        if len(cyclic):
            return _endless(decision, graph, cyclic)
    return None


def _falling(decision: Decision, weights: dict[str, int]) -> Verdict:
    decision.method = "linear-program"
    first = sum(weights.get(place, 0) * tokens for place, tokens in decision.net.initial.items())
    return decision.holds(
        FallingSumEvidence(claim=claim(decision.net, "terminates"), weights=tuple(weights.items())),
        "Every step lowers a weighted sum of tokens, so every run ends after at most "
        f"{counted(first, 'step')}.",
    )


def _repeated(decision: Decision, lasso: Lasso) -> Verdict:
    decision.method = "linear-program"
    told = (
        f"{after_steps(len(lasso.stem))}, {counted(len(lasso.cycle), 'step')} can be repeated for "
        "ever."
    )
    before = lasso.stem[-1].state if lasso.stem else lasso.initial
    if {p: n for p, n in before.items() if n} == {p: n for p, n in lasso.last.items() if n}:
        about = claim(decision.net, "infinite run")
        return decision.violated(LassoEvidence(claim=about, lasso=lasso), told)
    about = claim(decision.net, "unbounded")
    return decision.violated(PumpEvidence(claim=about, lasso=lasso), told)


def _endless(decision: Decision, space: ReachabilityGraph, cyclic: NDArray[np.int64]) -> Verdict:
    lasso = _plain_cycle(space, cyclic)
    return decision.violated(
        LassoEvidence(claim=claim(decision.net, "infinite run"), lasso=lasso),
        f"{after_steps(len(lasso.stem))}, {counted(len(lasso.cycle), 'step')} can be repeated for "
        "ever.",
    )


def _longest(space: ReachabilityGraph, meter: Meter) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the length of the longest run from each state, and the states that have none.

    States of a partial graph that were not expanded count as ends.
    """
    offsets, _, before = space.predecessors()
    left = np.zeros(space.n_states, dtype=np.int64)
    left[: space.expanded] = np.diff(space.offsets)[: space.expanded]
    rank = np.full(space.n_states, -1, dtype=np.int64)
    frontier = np.flatnonzero(left == 0)
    level = 0
    while len(frontier):
        meter.require_time()
        rank[frontier] = level
        touched = before[row_arcs(offsets, frontier)]
        np.subtract.at(left, touched, 1)
        candidates = np.unique(touched)
        frontier = candidates[(left[candidates] == 0) & (rank[candidates] < 0)]
        level += 1
    return rank, np.flatnonzero(rank < 0)


def _plain_cycle(space: ReachabilityGraph, cyclic: NDArray[np.int64]) -> Lasso:
    """Walk among the states from which one can go on for ever until one comes back."""
    inside = np.zeros(space.n_states, dtype=bool)
    inside[cyclic] = True
    state = int(cyclic[0])
    position = {state: 0}
    walk: list[tuple[int, int]] = []
    while True:
        arcs = range(space.offsets[state], space.offsets[state + 1])
        arc = next(a for a in arcs if inside[space.targets[a]])
        state = int(space.targets[arc])
        walk.append((int(space.labels[arc]), state))
        if state in position:
            break
        position[state] = len(walk)
    start = position[state]
    stem = space.run_to(int(cyclic[0]) if start == 0 else walk[start - 1][1])
    cycle = tuple(space.step(label, target) for label, target in walk[start:])
    return Lasso(initial=stem.initial, steps=stem.steps + cycle, loop_start=len(stem))


def _forever(decision: Decision, lasso: Lasso, suffix: str) -> Verdict:
    return decision.violated(
        LassoEvidence(claim=claim(decision.net, f"infinite run{suffix}"), lasso=lasso),
        f"{after_steps(len(lasso.stem))}, {counted(len(lasso.cycle), 'step')} can be repeated for "
        "ever, fairly.",
    )


def _fair(decision: Decision, space: ReachabilityGraph, fairness: Fairness, suffix: str) -> Verdict:
    net = decision.net
    component, rank, helpful = fair_component(space, strong=fairness == "strong")
    if component is not None:
        lasso = fair_cycle(space, component, strong=fairness == "strong")
        return _forever(decision, lasso, suffix)
    evidence = FairMeasure(
        claim=claim(net, f"terminates{suffix}"),
        states=space.state_set(),
        rank=rank,
        helpful=helpful,
        actions=net.transition_ids,
    )
    return decision.holds(evidence, "Every fair run ends.")
