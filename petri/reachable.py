"""Reachability, invariance and home questions about state predicates of a net."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from petri.always_by_engines import always_by_engines
from petri.decision import Decision, claim, equals_marking
from petri.in_turn import by_portfolio, in_turn, share_of
from petri.induction.state_equation import refute_reachability
from petri.last_steps import require_no_last_steps
from petri.marking import Marking
from petri.memory import within_memory
from petri.methods import EXCLUDED, METHODS, by_method, steps, when
from petri.net import PetriNet
from petri.out_of_reach import out_of_reach
from petri.regions import always_by_regions
from petri.state_space.reachability import ReachabilityGraph
from transition_systems.budget import Budget
from transition_systems.errors import UndecidedError, UsageError
from transition_systems.evidence import (
    ClosedSet,
    RankedSet,
    RunEvidence,
    TrapEvidence,
)
from transition_systems.progress import ProgressCallback
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import (
    Formula,
    Unary,
    always_everywhere,
    always_possible,
    possible,
)
from transition_systems.properties.parse import parse_predicate
from transition_systems.properties.predicates import Dead, Predicate, conjunction
from transition_systems.properties.walk import negate
from transition_systems.verdict import Verdict

__all__ = ["METHODS", "always_reachable", "invariant", "reachable", "when"]

# The part of the time for sums of tokens by which a goal is out of reach.
AWAY = 0.4

Question = Predicate | Marking | Mapping[str, int] | str


def as_predicate(net: PetriNet, question: Question) -> Predicate:
    """Return the predicate of a question: text, a predicate, or a marking to be equalled."""
    if isinstance(question, Mapping):
        for place in question:
            net.place_index(place)  # a misspelt place would be left out in silence
        return equals_marking(net, Marking(question))
    given: object = question
    if not isinstance(given, (str, *get_args(Predicate))):
        raise UsageError(f"{given!r:.60} is no state predicate, nor its text, nor a marking")
    predicate = parse_predicate(question) if isinstance(question, str) else question
    require_no_last_steps(predicate)
    return predicate


@within_memory(lambda net, predicate, **_: _asked(net, predicate, possible))
def reachable(
    net: PetriNet,
    predicate: Question,
    *,
    method: str = "auto",
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
    graph: ReachabilityGraph | None = None,
    name: str | None = None,
) -> Verdict:
    """Decide whether some reachable marking satisfies a predicate (EF).

    Parameters
    ----------
    net
        Any place/transition net.
    predicate
        A state predicate, its text (``"p1 + 2 p2 >= 3"``), or a marking to be equalled.
    method
        ``"explicit"`` (breadth first, a shortest run), ``"z3"`` (the state equation refutes,
        then a bounded search finds a run), ``"symbolic"`` (decision diagrams),
        ``"state-equation"`` (linear proofs with traps and siphons, which only refute), or one of
        :data:`petri.engines.ENGINES`: ``"walks"``, ``"stubborn-sets"``, ``"unfolding"``, ``"bmc"``,
        ``"k-induction"``, ``"pdr"``, ``"spacer"``. By default the markings are listed where they
        are few, and else the engines of :func:`petri.decide` are asked in this process.
    budget, progress, seed
        Limits, a callback, and a seed that this procedure does not need.
    graph
        A reachability graph of the net that was computed before.
    name
        The property's name in the verdict; by default the formula.

    Returns
    -------
    Verdict
        HOLDS with a run; VIOLATED with the closed set of all markings, which may be a diagram, an
        invariant or a linear proof.

    Notes
    -----
    The explicit method is exact for bounded nets; for unbounded ones it can only find runs. A run
    is a shortest one where the markings were listed.
    T. Murata: Petri nets: properties, analysis and applications. Proc. IEEE 77, 1989.

    Examples
    --------
    >>> from petri import PetriNet
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> reachable(net, "p2 >= 1").witness.actions
    ('t1',)
    """
    goal = as_predicate(net, predicate)
    formula = possible(goal)
    decision = Decision(
        net, name or format_formula(formula), method=method, methods=METHODS,
        budget=budget, progress=progress, seed=seed, graph=graph,
    )  # fmt: skip
    if decision.method != "explicit":
        return by_method(decision, goal, everywhere=False, name=name)
    if method != "auto" or graph is not None:
        return _some(decision, goal)
    return in_turn(
        decision,
        lambda asked: _some(asked, goal),
        lambda share: by_portfolio(
            net, goal, everywhere=False, name=decision.property, budget=share, progress=progress,
            seed=seed,
        ),
    )  # fmt: skip


def _some(decision: Decision, goal: Predicate) -> Verdict:
    """Decide ``EF P`` on the markings that were listed."""
    net, space = decision.net, decision.graph
    try:
        hit = space.first(goal, decision.looking)
    except UndecidedError as error:
        return decision.unknown(str(error))
    if hit is not None:
        run = space.run_to(hit)
        return decision.holds(
            RunEvidence(claim=claim(net, possible(goal)), run=run),
            f"It is reached {when(len(run))}.",
        )
    if not space.complete:
        return decision.out_of_budget()
    evidence = ClosedSet(
        claim=claim(net, always_everywhere(negate(goal))), states=space.state_set()
    )
    return decision.violated(
        evidence,
        "The only reachable state does not satisfy it."
        if space.n_states == 1
        else f"None of the {space.n_states} reachable states satisfies it.",
    )


@within_memory(lambda net, predicate, **_: _asked(net, predicate, always_everywhere))
def invariant(
    net: PetriNet,
    predicate: Question,
    *,
    method: str = "auto",
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
    graph: ReachabilityGraph | None = None,
    name: str | None = None,
) -> Verdict:
    """Decide whether every reachable marking satisfies a predicate (AG).

    Parameters
    ----------
    net
        Any place/transition net.
    predicate
        A state predicate, its text, or a marking.
    method, budget, progress, seed, graph, name
        As for :func:`reachable`.

    Returns
    -------
    Verdict
        HOLDS with a closed set, a diagram, an invariant or a linear proof; VIOLATED with a
        shortest run to a bad marking.

    Examples
    --------
    >>> from petri import PetriNet
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> bool(invariant(net, "p1 + p2 == 1"))
    True
    """
    good = as_predicate(net, predicate)
    formula = always_everywhere(good)
    decision = Decision(
        net, name or format_formula(formula), method=method, methods=METHODS,
        budget=budget, progress=progress, seed=seed, graph=graph,
    )  # fmt: skip
    if decision.method != "explicit":
        return by_method(decision, good, everywhere=True, name=name)
    if method != "auto" or graph is not None:
        return _all(decision, good, excluding=method == "auto")
    return in_turn(
        decision,
        lambda asked: _all(asked, good),
        lambda share: by_portfolio(
            net, good, everywhere=True, name=decision.property, budget=share, progress=progress,
            seed=seed,
        ),
    )  # fmt: skip


def _all(decision: Decision, good: Predicate, *, excluding: bool = False) -> Verdict:
    """Decide ``AG P`` on the markings that were listed, perhaps by excluding all others."""
    net, space = decision.net, decision.graph
    try:
        bad = space.first(negate(good), decision.looking)
    except UndecidedError as error:
        return decision.unknown(str(error))
    if bad is not None:
        run = space.run_to(bad)
        return decision.violated(
            RunEvidence(claim=claim(net, possible(negate(good))), run=run),
            f"It fails {when(len(run))}.",
        )
    if not space.complete:
        excluded = None
        if excluding:
            excluded = refute_reachability(net, negate(good), budget=decision.budget)
        if excluded is not None:
            return decision.holds(excluded, EXCLUDED)
        return decision.out_of_budget()
    evidence = ClosedSet(claim=claim(net, always_everywhere(good)), states=space.state_set())
    return decision.holds(
        evidence,
        "The only reachable state satisfies it."
        if space.n_states == 1
        else f"All {space.n_states} reachable states satisfy it.",
    )


@within_memory(lambda net, predicate, **_: _asked(net, predicate, always_possible))
def always_reachable(
    net: PetriNet,
    predicate: Question,
    *,
    method: str = "auto",
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
    graph: ReachabilityGraph | None = None,
    name: str | None = None,
) -> Verdict:
    """Decide whether from every reachable marking one with a predicate can be reached (AG EF).

    Parameters
    ----------
    net
        Any place/transition net.
    predicate
        A state predicate, its text, or a marking (a home marking, then).
    method, budget, progress, seed, graph, name
        As for :func:`reachable`; the methods are ``"explicit"`` and ``"regions"`` (limits of tokens
        that lead back to the goal). By default the portfolio, regions and decision diagrams are
        asked where the markings are too many to list.

    Returns
    -------
    Verdict
        HOLDS with all markings and the distance of each to the goal, or diagrams, or with a proof
        that the goal always holds; VIOLATED with a shortest run to a marking and the closed set
        around it in which the goal never holds, or with an invariant that excludes the goal from
        the start. Of a net with too many markings, or infinitely many, VIOLATED with a run after
        which a weighted sum of tokens that no transition lowers is too high for the goal, or with
        any other proof that starts there; HOLDS with regions.

    Notes
    -----
    One backward breadth-first search, O(states + arcs).

    Examples
    --------
    >>> from petri import PetriNet
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> bool(always_reachable(net, "p2 == 1"))
    True
    """
    goal = as_predicate(net, predicate)
    formula = always_possible(goal)
    decision = Decision(
        net, name or format_formula(formula), method=method, methods=("explicit", "regions"),
        budget=budget, progress=progress, seed=seed, graph=graph,
    )  # fmt: skip
    if method == "regions":
        return always_by_regions(
            net, goal, name=decision.property, budget=share_of(decision.budget),
            progress=progress, seed=seed,
        )  # fmt: skip
    if method != "auto" or graph is not None:
        return _back(decision, goal, excluding=method == "auto")
    return in_turn(
        decision,
        lambda asked: _back(asked, goal),
        lambda share: always_by_engines(
            net, goal, name=decision.property, budget=share, progress=progress, seed=seed
        ),
    )


def _back(decision: Decision, goal: Predicate, *, excluding: bool = False) -> Verdict:
    """Decide ``AG EF P`` on the markings that were listed, perhaps by excluding ``P``."""
    net = decision.net
    space, meter = decision.graph, decision.looking
    try:
        if not space.complete:
            stuck = space.first(conjunction(Dead(), negate(goal)), meter)
            if stuck is not None:
                return _lost(decision, goal, stuck, np.array([stuck]))
            away = out_of_reach(space, goal, budget=share_of(decision.budget, AWAY).fixed())
            if away is not None:
                return decision.violated(*away)
        good = space.holds(goal, meter)
        if not space.complete:
            # A state beyond the search may lead anywhere, so only what surely stays inside counts.
            good = good.copy()
            good[space.expanded :] = True
        distance = space.distance_to(good, meter)
        lost = np.flatnonzero(distance < 0)
        if len(lost):
            ends = lost[space.dead[lost]]
            state = int(ends[0] if len(ends) else lost[0])
            return _lost(decision, goal, state, space.forward_closure(state, meter))
    except UndecidedError as error:
        return decision.unknown(str(error))
    if not space.complete:
        proof = None
        if excluding:
            proof = refute_reachability(net, goal, budget=decision.budget)
        if proof is not None:
            return decision.violated(
                proof, "The goal is never reached at all: the state equation excludes it."
            )
        return decision.out_of_budget()
    ranked = RankedSet(
        claim=claim(net, always_possible(goal)), states=space.state_set(), rank=distance
    )
    far = int(distance.max())
    return decision.holds(
        ranked,
        "It holds in the only reachable state."
        if space.n_states == 1
        else f"From each of the {space.n_states} reachable states it is at most {steps(far)} away."
        if far
        else f"All {space.n_states} reachable states satisfy it.",
    )


def _asked(net: PetriNet, question: Question, form: Callable[[Predicate], Formula]) -> str:
    """Return the formula of a question as text."""
    return format_formula(form(as_predicate(net, question)))


def _lost(decision: Decision, goal: Predicate, state: int, closure: NDArray[np.int64]) -> Verdict:
    """Return that a goal is out of reach from a state, and from all that can be reached there."""
    space = decision.graph
    run = space.run_to(state)
    evidence = TrapEvidence(
        claim=claim(decision.net, Unary("EF", always_everywhere(negate(goal)))),
        run=run,
        states=space.state_set(closure),
    )
    told = f"The goal is out of reach {when(len(run))}: {_none_of(len(closure))}."
    return decision.violated(evidence, told)


def _none_of(count: int) -> str:
    if count == 1:
        return "that state does not satisfy it, and no other follows"
    return f"none of the {count} states from there satisfies it"
