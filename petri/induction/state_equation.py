"""The state equation: a linear invariant that every net has.

Every reachable marking is ``m0 + C x`` for a vector ``x`` of non-negative integers, the counts of
the transitions fired. Where no such marking satisfies a predicate, none that is reachable does.
"""

from __future__ import annotations

from typing import Any

from petri.decision import claim
from petri.induction.encoding import Encoding
from petri.net import PetriNet
from transition_systems.budget import Budget
from transition_systems.evidence import InvariantEvidence
from transition_systems.properties.formulas import always_everywhere
from transition_systems.properties.predicates import Predicate
from transition_systems.properties.walk import negate
from transition_systems.smt import check, smtlib_text

__all__ = ["STATE_EQUATION", "refute_reachability", "state_equation_query"]

STATE_EQUATION = "state equation"


def state_equation_query(net: PetriNet, goal: Predicate) -> list[Any]:
    """Return z3 formulas that ask for a solution of the state equation inside the goal."""
    import z3

    encoding = Encoding(net)
    counts = [z3.Int(f"x{t}") for t in range(len(net.transition_ids))]
    changes: list[list[Any]] = [[] for _ in net.place_ids]
    for transition, count in enumerate(counts):
        for place, delta in encoding.effect(transition).items():
            changes[place].append(delta * count)
    marking = [z3.Int(f"m{p}") for p in range(len(net.place_ids))]
    query: list[Any] = [count >= 0 for count in counts]
    query += [tokens >= 0 for tokens in marking]
    initial = net.initial.to_array(net.place_ids)
    for place, tokens in enumerate(marking):
        first = int(initial[place])
        query.append(tokens == z3.Sum([z3.IntVal(first), *changes[place]]))
    query.append(encoding.predicate(goal, marking))
    return query


def refute_reachability(
    net: PetriNet, goal: Predicate, *, budget: Budget | None = None
) -> InvariantEvidence | None:
    """Return evidence that no reachable marking satisfies the goal, if the state equation gives it.

    Parameters
    ----------
    net, goal
        The net and the predicate.
    budget
        Seconds for z3.

    Returns
    -------
    InvariantEvidence or None
        ``None`` where the equation has a solution or z3 did not answer in time.
    """
    query = state_equation_query(net, goal)
    if check(query, budget=budget).status != "unsat":
        return None
    return InvariantEvidence(
        claim=claim(net, always_everywhere(negate(goal))),
        invariant=STATE_EQUATION,
        smtlib=smtlib_text(query, logic="QF_LIA"),
    )
