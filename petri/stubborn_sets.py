"""Decisions on a part of the markings: stubborn sets leave out steps that cannot matter.

Each marking fires the enabled transitions of a stubborn set only. For reachability the set contains
an up-set of the goal, so that a shortest way into it is never lost; for "always possible" the sets
are strict, and from every marking one is found that fires all that is enabled there, so that no
way back is overlooked. The evidence carries the sets, and a recheck tests them by definition.
"""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from petri.decision import claim, final_predicate
from petri.net import PetriNet
from petri.stubborn.searching import ReducedSearch
from transition_systems.budget import Budget, Meter
from transition_systems.csr import csr_order
from transition_systems.evidence import Evidence, RunEvidence, StubbornEvidence
from transition_systems.progress import ProgressCallback
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import (
    Formula,
    Unary,
    always_everywhere,
    always_possible,
    possible,
)
from transition_systems.properties.predicates import Dead, Not, Predicate, disjunction
from transition_systems.properties.walk import negate
from transition_systems.scc import components
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = [
    "always_reachable_by_stubborn_sets",
    "deadlock_by_stubborn_sets",
    "reachable_by_stubborn_sets",
]

METHOD = "stubborn-sets"

Int64 = NDArray[np.int64]


class _Decision:
    """What the verdicts of one decision share."""

    def __init__(self, name: str, budget: Budget | None, seed: int | None) -> None:
        self.name, self.seed = name, seed
        self.meter: Meter = (budget or Budget()).start()
        self.started = time.monotonic()

    def verdict(
        self, search: ReducedSearch, outcome: Outcome, evidence: Evidence | None, text: str
    ) -> Verdict:
        """Return the verdict; the text is its reason where it is UNKNOWN."""
        unknown = outcome is Outcome.UNKNOWN
        n_states = len(search.markings)
        statistics = Statistics(
            method=METHOD,
            states=n_states,
            arcs=len(search.sources),
            seconds=time.monotonic() - self.started,
            peak_bytes=n_states * (2 * len(search.net.place_ids) + 300),
        )
        return Verdict(
            property=self.name, outcome=outcome, statistics=statistics, evidence=evidence,
            reason=text if unknown else None, explanation=() if unknown else (text,),
            seed=self.seed,
        )  # fmt: skip


def reachable_by_stubborn_sets(
    net: PetriNet,
    goal: Predicate,
    *,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
    name: str | None = None,
) -> Verdict:
    """Decide whether some reachable marking satisfies a goal (EF), on a reduced set of markings.

    Parameters
    ----------
    net, goal
        The net and the predicate.
    budget, progress, seed
        Limits, a callback, and a seed that this procedure does not need.
    name
        The property's name in the verdict; by default the formula.

    Returns
    -------
    Verdict
        HOLDS with a run, VIOLATED with the markings and their stubborn sets.

    Notes
    -----
    Worst case that of the full search times the size of the net; an unbounded net may end, where
    its steps without bound cannot matter.
    K. Schmidt: Stubborn sets for standard properties. LNCS 1639, 1999; L. M. Kristensen,
    K. Schmidt, A. Valmari: Question-guided stubborn set methods for state properties. Formal
    Methods in System Design 29, 2006.

    Examples
    --------
    >>> from transition_systems.properties.predicates import at_least
    >>> net = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 0], [0, 0]], [1, 9])
    >>> reachable_by_stubborn_sets(net, at_least("p1", 2)).statistics.states
    1
    """
    formula = possible(goal)
    decision = _Decision(name or format_formula(formula), budget, seed)
    search = ReducedSearch(net, goal, strict=False)
    reason = search.go(decision.meter, progress, stop_at_goal=True)
    if search.good:
        run = search.run_to(search.good[0])
        evidence = RunEvidence(claim=claim(net, formula), run=run)
        text = f"It is reached after {len(run)} step{'' if len(run) == 1 else 's'}."
        return decision.verdict(search, Outcome.HOLDS, evidence, text)
    if reason is not None:
        return decision.verdict(search, Outcome.UNKNOWN, None, _partial(reason, search))
    proof = _closed(search, always_everywhere(negate(goal)))
    text = f"None of {len(search.markings)} markings satisfies it; what the others would add to a"
    return decision.verdict(
        search, Outcome.VIOLATED, proof, f"{text} way there can come later or not at all."
    )


def deadlock_by_stubborn_sets(
    net: PetriNet,
    *,
    final: Predicate | None = None,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
) -> Verdict:
    """Decide that no reachable marking is stuck before completion, on a reduced set of markings.

    Parameters
    ----------
    net
        Any place/transition net.
    final
        The completion predicate; by default equality with the net's final marking, and for a net
        without one no marking is complete.
    budget, progress, seed
        As for :func:`reachable_by_stubborn_sets`.

    Returns
    -------
    Verdict
        HOLDS with the markings and their stubborn sets, VIOLATED with a run to a stuck marking.

    Notes
    -----
    A. Valmari: Stubborn sets for reduced state space generation. LNCS 483, 1991.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [1]], [[1], [1]], [1, 1])
    >>> bool(deadlock_by_stubborn_sets(net))
    True
    """
    good = disjunction(Not(Dead()), final_predicate(net, final))
    found = reachable_by_stubborn_sets(
        net, negate(good), budget=budget, progress=progress, seed=seed, name="deadlock"
    )
    if found.unknown:
        return found
    if found.holds:
        text = "A marking is reached in which nothing can happen, before completion."
        return found.with_(outcome=Outcome.VIOLATED, explanation=(text,))
    text = "No reachable marking is stuck before completion."
    return found.with_(outcome=Outcome.HOLDS, explanation=(text,))


def always_reachable_by_stubborn_sets(
    net: PetriNet,
    goal: Predicate,
    *,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
    name: str | None = None,
) -> Verdict:
    """Decide whether a goal can be reached from every reachable marking (AG EF), on fewer of them.

    Parameters
    ----------
    net, goal, budget, progress, seed, name
        As for :func:`reachable_by_stubborn_sets`.

    Returns
    -------
    Verdict
        HOLDS with the markings, their stubborn sets and two ranks; VIOLATED with a run to a
        marking and markings with stubborn sets around it in which the goal never holds.

    Notes
    -----
    Sets are strict, contain an up-set of the goal, and no step is ignored for ever: each terminal
    component of the reduced graph has a marking that fires all that is enabled there (a stronger
    form of the condition of A. Valmari: Stubborn sets for reduced state space generation, 1991,
    for what is preserved: K. Schmidt: Stubborn sets for model checking the EF/AG fragment of CTL.
    Fundamenta Informaticae 43, 2000). The proof stands in ``netproof.recheck.stubborn``.

    Examples
    --------
    >>> from transition_systems.properties.predicates import at_least
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [2, 0])
    >>> always_reachable_by_stubborn_sets(net, at_least("p2", 2)).outcome
    <Outcome.HOLDS: 'HOLDS'>
    """
    formula = always_possible(goal)
    decision = _Decision(name or format_formula(formula), budget, seed)
    search = ReducedSearch(net, goal, strict=True)
    while True:
        reason = search.go(decision.meter, progress, stop_at_goal=True)
        if search.hopeless:
            return _lost(decision, search, goal, search.hopeless[0], progress)
        if reason is not None:
            return decision.verdict(search, Outcome.UNKNOWN, None, _partial(reason, search))
        full = _distance(search, [s for s in range(len(search.markings)) if search.is_full(s)])
        if (full >= 0).all():
            break
        count = len(search.markings)
        reason = decision.meter.exhausted(states=count)
        if reason is not None:  # full sets may add arcs only, which the search does not count
            return decision.verdict(search, Outcome.UNKNOWN, None, _partial(reason, search))
        for state in _one_each(search, np.flatnonzero(full < 0)):
            search.expand_fully(state)
    rank = _distance(search, search.good)
    lost = np.flatnonzero(rank < 0)
    if len(lost):
        return _lost(decision, search, goal, int(lost[0]), progress)
    evidence = StubbornEvidence(
        claim=claim(net, formula), states=search.state_set(), stubborn=search.packed_sets(),
        rank=rank, full=full,
    )  # fmt: skip
    text = f"From each of {len(search.markings)} markings it is reached, and they stand for all."
    return decision.verdict(search, Outcome.HOLDS, evidence, text)


def _lost(
    decision: _Decision,
    search: ReducedSearch,
    goal: Predicate,
    state: int,
    progress: ProgressCallback | None,
) -> Verdict:
    """Return VIOLATED by a state from which the goal is out of reach."""
    around = ReducedSearch(search.net, goal, strict=False, start=search.path_to(state))
    reason = around.go(decision.meter, progress, stop_at_goal=True)
    assert not around.good, "a marking was lost from which the goal is reached"
    if reason is not None:
        return decision.verdict(search, Outcome.UNKNOWN, None, _partial(reason, search))
    run = search.run_to(state)
    evidence = _closed(around, Unary("EF", always_everywhere(negate(goal))))
    evidence = StubbornEvidence(
        claim=evidence.claim, states=evidence.states, stubborn=evidence.stubborn, run=run
    )
    text = f"After {len(run)} step{'' if len(run) == 1 else 's'} it is out of reach."
    return decision.verdict(search, Outcome.VIOLATED, evidence, text)


def _closed(search: ReducedSearch, formula: Formula) -> StubbornEvidence:
    return StubbornEvidence(
        claim=claim(search.net, formula), states=search.state_set(), stubborn=search.packed_sets()
    )


def _partial(reason: str, search: ReducedSearch) -> str:
    return f"{reason}; nothing was found in {len(search.markings)} markings with stubborn sets"


def _distance(search: ReducedSearch, wanted: list[int]) -> Int64:
    """Return for each state the fewest steps to one that is wanted, -1 where there is no way."""
    before: list[list[int]] = [[] for _ in search.markings]
    for source, target in zip(search.sources, search.targets, strict=True):
        before[target].append(source)
    distance = np.full(len(before), -1, dtype=np.int64)
    distance[wanted] = 0
    level, frontier = 0, list(wanted)
    while frontier:
        level += 1
        fresh: list[int] = []
        for state in frontier:
            for source in before[state]:
                if distance[source] < 0:
                    distance[source] = level
                    fresh.append(source)
        frontier = fresh
    return distance


def _one_each(search: ReducedSearch, states: Int64) -> list[int]:
    """Return a state of each terminal component among states that lead to themselves only."""
    number = {state: index for index, state in enumerate(states.tolist())}
    arcs = [
        (number[source], number[target])
        for source, target in zip(search.sources, search.targets, strict=True)
        if source in number
    ]
    tails = np.array([tail for tail, _ in arcs], dtype=np.int64)
    heads = np.array([head for _, head in arcs], dtype=np.int64)
    order, offsets = csr_order(tails, len(number))
    _, component = components(offsets, heads[order])
    inner = component[tails] != component[heads]
    left = set(component[tails[inner]].tolist())
    first: dict[int, int] = {}
    for state, index in zip(states.tolist(), component.tolist(), strict=True):
        if index not in left:
            first.setdefault(index, state)
    return list(first.values())
