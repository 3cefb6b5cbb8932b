"""Reachability and invariance by the methods that list no markings, one of which is forced."""

from __future__ import annotations

from petri.decision import Decision, claim
from petri.engines import ENGINES, engine
from petri.induction.bounded_search import search_bounded
from petri.induction.state_equation import prove_invariant, refute_by_z3
from petri.state_space.symbolic.answers import SymbolicAnswers
from transition_systems.evidence import RunEvidence
from transition_systems.properties.formulas import possible
from transition_systems.properties.predicates import Predicate
from transition_systems.properties.walk import negate
from transition_systems.verdict import Outcome, Verdict

__all__ = ["EXCLUDED", "METHODS", "by_method", "steps", "when"]

METHODS = ("explicit", "z3", "symbolic", "state-equation", *ENGINES)

EXCLUDED = "The state equation excludes every marking that fails it."
_REFUTED = "The state equation has no solution that satisfies it."


def by_method(
    decision: Decision, predicate: Predicate, *, everywhere: bool, name: str | None
) -> Verdict:
    """Decide ``AG P`` (everywhere) or ``EF P`` by the method of a decision, any but ``"explicit"``.

    Parameters
    ----------
    decision
        The decision under way.
    predicate, everywhere
        What must hold in all reachable markings, or in some.
    name
        The property's name in the verdict; by default the formula.

    Returns
    -------
    Verdict

    Examples
    --------
    >>> from petri import PetriNet
    >>> from transition_systems.properties.predicates import at_least
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> asked = Decision(net, "EF p2", method="symbolic", methods=METHODS)
    >>> by_method(asked, at_least("p2", 1), everywhere=False, name=None).witness.actions
    ('t1',)
    """
    net, limit = decision.net, decision.budget
    progress, seed = decision.progress, decision.seed
    goal = negate(predicate) if everywhere else predicate
    if decision.method == "symbolic":
        answers = SymbolicAnswers(net, budget=limit, progress=progress, seed=seed)
        decide = answers.invariant if everywhere else answers.reachable
        return decide(predicate, name=name)
    if decision.method == "state-equation":
        good = predicate if everywhere else negate(predicate)
        found = prove_invariant(net, good, budget=limit, progress=progress)
        if isinstance(found, str):
            return decision.unknown(found)
        if everywhere:
            return decision.holds(found, EXCLUDED)
        return decision.violated(found, _REFUTED)
    if decision.method == "z3":
        verdict = _by_z3(decision, goal)
    else:
        verdict = engine(decision.method)(
            net, goal, budget=limit, progress=progress, seed=seed, name=decision.property
        )
    return _opposite(verdict) if everywhere else verdict


def _opposite(verdict: Verdict) -> Verdict:
    """Return the verdict on ``AG !P`` that one on ``EF P`` means."""
    if verdict.unknown:
        return verdict
    return verdict.with_(outcome=Outcome.VIOLATED if verdict.holds else Outcome.HOLDS)


def _by_z3(decision: Decision, goal: Predicate) -> Verdict:
    refutation = refute_by_z3(decision.net, goal, budget=decision.budget)
    if refutation is not None:
        return decision.violated(refutation, _REFUTED)
    run = search_bounded(decision.net, goal, budget=decision.budget, progress=decision.progress)
    if run is not None:
        evidence = RunEvidence(claim=claim(decision.net, possible(goal)), run=run)
        return decision.holds(evidence, f"It is reached {when(len(run))}.")
    return decision.unknown(
        "the state equation has a solution, and the bounded search found no run in its budget"
    )


def when(count: int) -> str:
    """Return when something happens that takes so many steps."""
    return "at the very start" if count == 0 else f"after {steps(count)}"


def steps(count: int) -> str:
    """Return a number of steps in words."""
    return "no step" if count == 0 else "1 step" if count == 1 else f"{count} steps"
