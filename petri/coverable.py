"""Coverability: can at least so many tokens be in some places, also in unbounded nets?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from petri.arguments import whole_number
from petri.decision import Decision, claim
from petri.in_turn import share_of
from petri.memory import within_memory
from petri.net import PetriNet
from petri.reachable import reachable, when
from petri.state_space.covering import covering_invariant, prove_by_covering
from petri.state_space.reachability import ReachabilityGraph
from petri.walks import walk
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.evidence import RunEvidence
from transition_systems.progress import ProgressCallback
from transition_systems.properties.formulas import possible
from transition_systems.properties.predicates import at_least, conjunction
from transition_systems.properties.walk import negate
from transition_systems.verdict import Verdict

__all__ = ["coverable"]

# The part of the time that the engines have before the minimal coverability set is asked again.
ENGINES = 0.7


@within_memory(lambda _, marking, **__: f"coverable {dict(marking)}")
def coverable(
    net: PetriNet,
    marking: Mapping[str, int],
    *,
    method: str = "auto",
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
    graph: ReachabilityGraph | None = None,
) -> Verdict:
    """Decide whether some reachable marking has at least the tokens of a marking in each place.

    Parameters
    ----------
    net
        Any place/transition net, also an unbounded one.
    marking
        The tokens, by id of the place.
    method
        ``"explicit"``, or ``"covering"``: by the minimal coverability set. By default as for
        :func:`petri.reachable`, and that set where this leaves it open.
    budget, progress, seed, graph
        As for :func:`petri.reachable`.

    Returns
    -------
    Verdict
        HOLDS with a run; VIOLATED with the closed set of all markings, or with an invariant that
        the minimal coverability set gives.

    Raises
    ------
    UsageError
        When the net has no such place, or a number of tokens is negative or no integer.

    Notes
    -----
    Decidable for all nets (Karp and Miller, 1969), but the run that covers may be very long.

    Examples
    --------
    >>> from petri import PetriNet
    >>> pump = PetriNet.from_arrays([[1], [0]], [[1], [1]], [1, 0])
    >>> coverable(pump, {"p2": 3}).outcome, coverable(pump, {"p1": 2}).outcome
    (<Outcome.HOLDS: 'HOLDS'>, <Outcome.VIOLATED: 'VIOLATED'>)
    """
    given: Any = marking
    if not isinstance(given, Mapping):
        raise UsageError(f"a marking tells the tokens of places; {given!r:.60} does not")
    counts: dict[str, int] = {}
    for place, tokens in marking.items():
        net.place_index(place)  # also where no token is asked for, a misspelt name is an error
        least = whole_number(tokens, f"{tokens!r} tokens in {place!r}: that is no integer")
        if least < 0:
            raise UsageError(f"{least} tokens in {place!r}: there are never less than 0")
        counts[place] = least
    goal = conjunction(*(at_least(place, least) for place, least in counts.items() if least))
    decision = Decision(
        net, f"coverable {counts}", method=method, methods=("explicit", "covering"),
        budget=budget, progress=progress, seed=seed, graph=graph,
    )  # fmt: skip
    limit = decision.budget
    if method != "covering":
        most = limit if method == "explicit" or graph is not None else share_of(limit, ENGINES)
        verdict = reachable(
            net, goal, method=method, budget=most, progress=progress, seed=seed, graph=graph,
            name=decision.property,
        )  # fmt: skip
        if not verdict.unknown or method == "explicit" or limit.remaining() == 0.0:
            return verdict
        decision.method = "covering"
    covering = covering_invariant(net, budget=limit, progress=progress)
    if covering is not None:
        proof = prove_by_covering(net, negate(goal), covering, budget=limit)
        if proof is not None:
            return decision.violated(proof, "No marking of the minimal coverability set has them.")
    left = limit.remaining()
    share = Budget(seconds=10.0 if left is None else min(10.0, left / 2))
    run = walk(net, [goal], budget=share, seed=seed)[0]
    if run is not None:
        evidence = RunEvidence(claim=claim(net, possible(goal)), run=run)
        return decision.holds(evidence, f"It is reached {when(len(run))}.")
    return decision.unknown(
        "the minimal coverability set has too many elements, and random walks found no run"
        if covering is None
        else "it can be covered, but random walks found no run that shows it"
    )
