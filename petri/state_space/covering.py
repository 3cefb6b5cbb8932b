"""Invariants of unbounded nets from their coverability graph.

The markings below some node of the Karp-Miller graph are an inductive invariant: the initial
marking is among them, and a step leads from one to another. What holds in all of them holds in
every reachable marking, of which there may be infinitely many.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from petri.decision import claim
from petri.induction.encoding import Encoding
from petri.net import PetriNet
from petri.state_space.coverability import OMEGA, coverability_graph
from transition_systems.budget import Budget
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
from transition_systems.smt import check, smtlib_text

__all__ = ["covering_invariant", "prove_by_covering"]

MAX_NODES = 5_000
MAX_MAXIMAL = 400


def covering_invariant(
    net: PetriNet, *, budget: Budget | None = None, progress: ProgressCallback | None = None
) -> Predicate | None:
    """Return the markings below the coverability graph as a predicate, if it is small enough.

    Parameters
    ----------
    net
        Any place/transition net.
    budget, progress
        Limits and a callback.

    Returns
    -------
    Predicate or None
        A disjunction of upper bounds of the bounded places, one for each maximal node.

    Examples
    --------
    >>> from petri import PetriNet
    >>> covering_invariant(PetriNet.from_arrays([[1], [0]], [[1], [1]], [1, 0]))
    Compare(terms=(('p1', 1),), op='<=', bound=1)
    """
    left = None if budget is None else budget.remaining()
    limit = Budget(states=MAX_NODES, seconds=None if left is None else left / 3)
    cover = coverability_graph(net, budget=limit, progress=progress)
    if not cover.complete:
        return None
    rows = _maximal(cover.nodes)
    if len(rows) > MAX_MAXIMAL:
        return None
    return disjunction(
        *(
            conjunction(
                *(
                    Compare(((place, 1),), "<=", int(bound))
                    for place, bound in zip(net.place_ids, row, strict=True)
                    if bound < OMEGA
                )
            )
            for row in rows
        )
    )


def _maximal(nodes: NDArray[np.int64]) -> NDArray[np.int64]:
    kept: list[NDArray[np.int64]] = []
    order = np.argsort(-nodes.astype(np.float64).sum(axis=1), kind="stable")
    for row in nodes[order]:
        if not any((row <= other).all() for other in kept):
            kept.append(row)
    return np.array(kept)


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
        Time for z3.

    Returns
    -------
    InvariantEvidence or None
    """
    if not isinstance(invariant, And | Or | Compare):
        return None
    import z3

    encoding = Encoding(net)
    marking = [z3.Int(f"m{p}") for p in range(len(net.place_ids))]
    inside = [*(tokens >= 0 for tokens in marking), encoding.predicate(invariant, marking)]
    outside = [*inside, z3.Not(encoding.predicate(good, marking))]
    if check(outside, budget=budget).status != "unsat":
        return None
    first = [z3.IntVal(int(n)) for n in net.initial.to_array(net.place_ids)]
    begins = [z3.Not(encoding.predicate(invariant, first))]
    steps = []
    for transition in range(len(net.transition_ids)):
        after: list[Any] = list(marking)
        for place, delta in encoding.effect(transition).items():
            after[place] = marking[place] + delta
        leaves = z3.Not(encoding.predicate(invariant, after))
        steps.append(z3.And(encoding.enabled(transition, marking), leaves))
    queries = (begins, [*inside, z3.Or(steps)], outside)
    script = "".join(f"(push 1)\n{smtlib_text(query)}(pop 1)\n" for query in queries)
    return InvariantEvidence(
        claim=claim(net, always_everywhere(good)),
        invariant=format_predicate(invariant),
        smtlib=f"(set-logic QF_LIA)\n{script}",
    )
