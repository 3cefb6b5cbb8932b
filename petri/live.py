"""Liveness: can every transition always occur again?"""

from __future__ import annotations

from petri.decision import Decision, claim, equals_marking
from petri.liveness import no_dead_transitions
from petri.net import PetriNet
from petri.reachable import always_reachable
from petri.state_space.reachability import ReachabilityGraph
from transition_systems.budget import Budget
from transition_systems.evidence import Evidence, Parts
from transition_systems.progress import ProgressCallback
from transition_systems.properties.predicates import Enabled
from transition_systems.verdict import Verdict

__all__ = ["live"]

HOME, OCCUR = "home", "occurrence"


def live(
    net: PetriNet,
    *,
    method: str = "auto",
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
    graph: ReachabilityGraph | None = None,
) -> Verdict:
    """Decide that from every reachable marking each transition can occur later.

    Parameters
    ----------
    net
        Any place/transition net.
    method, budget, progress, seed, graph
        As for :func:`petri.reachable`; the only method is ``"explicit"``.

    Returns
    -------
    Verdict
        HOLDS where the initial marking can always be reached again and each transition occurs in
        some run, with evidence for both, or else with all markings and for each transition the
        distance to where it is enabled. VIOLATED with a run to a marking, and the closed set
        around it in which one of the transitions is never enabled.

    Notes
    -----
    One backward search where the initial marking is a home marking, else one for each transition:
    O(transitions x (states + arcs)). On a partial graph it may still be VIOLATED.

    Examples
    --------
    >>> from petri import PetriNet
    >>> bool(live(PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [1, 0])))
    True
    """
    decision = Decision(
        net, "liveness", method=method, budget=budget, progress=progress, seed=seed, graph=graph
    )
    space, limit = decision.graph, decision.budget
    pieces: list[tuple[str, Evidence]] = []
    if space.complete:
        occur = no_dead_transitions(net, graph=space, budget=limit)
        if occur.violated and occur.evidence is not None:
            return decision.violated(occur.evidence, *occur.explanation)
        home = always_reachable(net, equals_marking(net, net.initial), graph=space)
        if home.holds and occur.holds and home.evidence and occur.evidence:
            evidence = Parts(
                claim=claim(net, "live"), parts=((HOME, home.evidence), (OCCUR, occur.evidence))
            )
            return decision.holds(
                evidence,
                "The initial marking can always be reached again, and each transition occurs "
                "in a run from there.",
            )
    meter = limit.start()
    for transition in net.transition_ids:
        if meter.out_of_time():
            return decision.unknown("the time budget is used up")
        verdict = always_reachable(net, Enabled(transition), graph=space)
        if verdict.violated and verdict.evidence is not None:
            told = f"From some reachable marking on {transition} can never occur again."
            return decision.violated(verdict.evidence, told)
        if verdict.unknown or verdict.evidence is None:
            return decision.out_of_budget()
        pieces.append((transition, verdict.evidence))
    return decision.holds(
        Parts(claim=claim(net, "live"), parts=tuple(pieces)),
        f"From each of the {space.n_states} reachable markings every transition can occur later.",
    )
