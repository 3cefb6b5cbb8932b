"""Invariants of unbounded nets from their minimal coverability set.

The markings below some element of the set are an inductive invariant: the initial
marking is among them, and a step leads from one to another. What holds in all of them holds in
every reachable marking, of which there may be infinitely many.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from petri.decision import claim
from petri.induction.encoding import Encoding
from petri.net import PetriNet
from petri.state_space.minimal_cover import MinimalCoverabilitySet, minimal_coverability_set
from petri.state_space.omega_firing import OMEGA
from transition_systems.budget import Budget
from transition_systems.errors import UnlistedError
from transition_systems.evidence import InvariantEvidence
from transition_systems.progress import ProgressCallback
from transition_systems.properties.format import format_predicate
from transition_systems.properties.formulas import always_everywhere
from transition_systems.properties.predicates import (
    And,
    Compare,
    Or,
    Predicate,
    conjunction,
    disjunction,
)
from transition_systems.smt import any_of, check, smtlib_text

__all__ = ["covering_invariant", "invariant_of", "prove_by_covering"]

MAX_NODES = 5_000
MAX_MAXIMAL = 400


def covering_invariant(
    net: PetriNet, *, budget: Budget | None = None, progress: ProgressCallback | None = None
) -> Predicate | None:
    """Return the markings below the minimal coverability set as a predicate, if it is small enough.

    Parameters
    ----------
    net
        Any place/transition net.
    budget, progress
        Limits and a callback.

    Returns
    -------
    Predicate or None
        A disjunction of upper bounds of the bounded places, one for each element.

    Examples
    --------
    >>> from petri import PetriNet
    >>> covering_invariant(PetriNet.from_arrays([[1], [0]], [[1], [1]], [1, 0]))
    Compare(terms=(('p1', 1),), op='<=', bound=1)
    """
    left = None if budget is None else budget.remaining()
    limit = Budget(states=MAX_NODES, seconds=None if left is None else left / 3)
    try:
        return invariant_of(minimal_coverability_set(net, budget=limit, progress=progress))
    except UnlistedError:
        return None


def invariant_of(cover: MinimalCoverabilitySet) -> Predicate | None:
    """Return the markings below a coverability set, ``None`` where it is partial or too large."""
    if not cover.complete or len(cover) > MAX_MAXIMAL:
        return None
    return disjunction(
        *(
            conjunction(
                *(
                    Compare(((place, 1),), "<=", int(bound))
                    for place, bound in zip(cover.net.place_ids, row, strict=True)
                    if bound < OMEGA
                )
            )
            for row in cover.elements
        )
    )


def prove_by_covering(
    net: PetriNet, good: Predicate, invariant: Predicate, *, budget: Budget | None = None
) -> InvariantEvidence | None:
    """Return evidence that a predicate holds in every reachable marking, if the invariant gives it.

    Parameters
    ----------
    net, good
        The net and the predicate.
    invariant
        From :func:`covering_invariant`.
    budget
        Time for z3 and for writing the formulas, of which there is one for each transition.

    Returns
    -------
    InvariantEvidence or None
        ``None`` also where the time ended first.
    """
    if not isinstance(invariant, And | Or | Compare):
        return None
    import z3

    meter = (budget or Budget()).start()
    limit = replace(budget or Budget(), seconds=None, deadline=meter.end)
    encoding = Encoding(net)

    def within(tokens: list[Any]) -> Any | None:
        cases = invariant.operands if isinstance(invariant, Or) else (invariant,)
        found: list[Any] = []
        for case in cases:
            if meter.out_of_time():
                return None
            found.append(encoding.predicate(case, tokens))
        return found[0] if len(found) == 1 else z3.Or(*found)

    marking = [z3.Int(f"m{p}") for p in range(len(net.place_ids))]
    holds = within(marking)
    if holds is None:
        return None
    inside = [*(tokens >= 0 for tokens in marking), holds]
    outside = [*inside, z3.Not(encoding.predicate(good, marking))]
    if check(outside, budget=limit).status != "unsat":
        return None
    first = [z3.IntVal(int(n)) for n in net.initial.to_array(net.place_ids)]
    begins = [z3.Not(encoding.predicate(invariant, first))]
    steps = []
    for transition in range(len(net.transition_ids)):
        after: list[Any] = list(marking)
        for place, delta in encoding.effect(transition).items():
            after[place] = marking[place] + delta
        stays = within(after)
        if stays is None:
            return None
        steps.append(z3.And(encoding.enabled(transition, marking), z3.Not(stays)))
    if meter.out_of_time():
        return None
    queries = (begins, [*inside, any_of(steps)], outside)
    script = "".join(f"(push 1)\n{smtlib_text(query)}(pop 1)\n" for query in queries)
    return InvariantEvidence(
        claim=claim(net, always_everywhere(good)),
        invariant=format_predicate(invariant),
        smtlib=f"(set-logic QF_LIA)\n{script}",
    )
