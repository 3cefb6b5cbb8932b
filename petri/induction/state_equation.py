"""The state equation: a linear invariant that every net has.

Every reachable marking is ``m0 + C x`` for a vector ``x`` of non-negative integers, the counts of
the transitions fired. Where no such marking satisfies a predicate, none that is reachable does.
With traps and siphons it is refuted by linear proofs (:mod:`petri.induction.linear_proof`); z3
stands behind them for small nets.
"""

from __future__ import annotations

from typing import Any

from petri.decision import claim
from petri.induction.encoding import Encoding
from petri.induction.known_facts import KnownFacts
from petri.induction.linear_lines import as_parts
from petri.induction.linear_proof import linear_proof
from petri.net import PetriNet
from transition_systems.budget import OUT_OF_TIME, Budget
from transition_systems.errors import UndecidedError
from transition_systems.evidence import InvariantEvidence, LinearProof
from transition_systems.progress import ProgressCallback
from transition_systems.properties.formulas import State, Unary, always_everywhere
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import Predicate
from transition_systems.properties.walk import negate
from transition_systems.smt import check, smtlib_text

__all__ = [
    "STATE_EQUATION",
    "prove_invariant",
    "refute_by_z3",
    "refute_reachability",
    "state_equation_query",
]

STATE_EQUATION = "state equation"
SMALL_ENOUGH_FOR_Z3 = 500


def prove_invariant(
    net: PetriNet,
    good: Predicate,
    *,
    known: KnownFacts | None = None,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> LinearProof | InvariantEvidence | str:
    """Return evidence from the state equation that a predicate holds in every reachable marking.

    Parameters
    ----------
    net, good
        The net and the predicate.
    known
        Facts about this net that were gathered before, for one of many questions about it.
    budget, progress
        Seconds, and a callback.

    Returns
    -------
    LinearProof, InvariantEvidence or str
        A linear proof, with traps and siphons; for nets of at most 500 transitions, where that
        fails, what z3 says of the state equation in integers. A sentence where neither refutes the
        opposite, which says nothing about its reachability.

    Examples
    --------
    >>> from transition_systems.properties.parse import parse_predicate
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> prove_invariant(net, parse_predicate("p1 + p2 == 1")).kind
    'linear-proof'
    """
    limit = (budget or Budget()).fixed()
    meter = limit.start()
    if meter.out_of_time():
        return OUT_OF_TIME
    about = claim(net, always_everywhere(good))
    try:
        parsed = parse_formula(about.formula, meter=meter)
    except UndecidedError as error:
        return str(error)
    assert isinstance(parsed, Unary)
    assert isinstance(parsed.operand, State)
    bad = as_parts(net, negate(parsed.operand.predicate))
    small = len(net.transition_ids) <= SMALL_ENOUGH_FOR_Z3
    left = limit.remaining()
    share = limit if left is None or not small else Budget(seconds=left / 2)
    found = linear_proof(net, bad, about, known=known, budget=share, progress=progress)
    if isinstance(found, LinearProof) or not small:
        return found
    return refute_by_z3(net, negate(good), budget=limit) or found


def state_equation_query(net: PetriNet, goal: Predicate, budget: Budget | None = None) -> list[Any]:
    """Return z3 formulas that ask for a solution of the state equation inside the goal."""
    import z3

    encoding, meter = Encoding(net, budget), (budget or Budget()).start()
    counts = [z3.Int(f"x{t}") for t in range(len(net.transition_ids))]
    changes: list[list[Any]] = [[] for _ in net.place_ids]
    for transition, count in enumerate(counts):
        meter.require_time()
        for place, delta in encoding.effect(transition).items():
            changes[place].append(delta * count)
    marking = [z3.Int(f"m{p}") for p in range(len(net.place_ids))]
    query: list[Any] = [count >= 0 for count in counts]
    query += [tokens >= 0 for tokens in marking]
    initial = net.initial.to_array(net.place_ids)
    for place, tokens in enumerate(marking):
        meter.require_time()
        first = int(initial[place])
        query.append(tokens == z3.Sum([z3.IntVal(first), *changes[place]]))
    query.append(encoding.predicate(goal, marking))
    return query


def refute_reachability(
    net: PetriNet, goal: Predicate, *, budget: Budget | None = None
) -> LinearProof | InvariantEvidence | None:
    """Return evidence that no reachable marking satisfies the goal, if the state equation gives it.

    Parameters
    ----------
    net, goal
        The net and the predicate.
    budget
        Seconds.

    Returns
    -------
    LinearProof, InvariantEvidence or None
        ``None`` where nothing was refuted; see :func:`prove_invariant`.
    """
    found = prove_invariant(net, negate(goal), budget=budget)
    return None if isinstance(found, str) else found


def refute_by_z3(
    net: PetriNet, goal: Predicate, *, budget: Budget | None = None
) -> InvariantEvidence | None:
    """Return evidence that the state equation has no integer solution that satisfies the goal.

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
    limit = (budget or Budget()).fixed()
    try:
        query = state_equation_query(net, goal, limit)
    except UndecidedError:
        return None
    if check(query, budget=limit).status != "unsat":
        return None
    return InvariantEvidence(
        claim=claim(net, always_everywhere(negate(goal))),
        invariant=STATE_EQUATION,
        smtlib=smtlib_text(query, logic="QF_LIA"),
    )
