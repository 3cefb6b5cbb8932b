"""Home markings and reversibility: can the net always come back?"""

from __future__ import annotations

from petri.always_by_diagrams import after_listing, always_reachable_by_diagrams, to_list_first
from petri.decision import Decision, claim, equals_marking
from petri.in_turn import share_of, unbounded
from petri.memory import within_memory
from petri.net import PetriNet
from petri.reachable import always_reachable
from petri.regions import always_by_regions
from petri.state_space.reachability import ReachabilityGraph
from petri.state_space.symbolic.answers import SymbolicAnswers
from petri.structure.deadlock_free import marked_circuits
from petri.structure.net_classes import net_class
from transition_systems.budget import Budget
from transition_systems.evidence import CircuitEvidence
from transition_systems.progress import ProgressCallback
from transition_systems.properties.formulas import always_possible
from transition_systems.verdict import Verdict

__all__ = ["reversible"]


@within_memory("reversibility")
def reversible(
    net: PetriNet,
    *,
    method: str = "auto",
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
    graph: ReachabilityGraph | None = None,
) -> Verdict:
    """Decide that the initial marking is a home marking: it can be reached from every other one.

    Whether another marking is a home marking is asked by ``always_reachable(net, marking)``.

    Parameters
    ----------
    net
        Any place/transition net.
    method, budget, progress, seed, graph
        As for :func:`petri.always_reachable`; there are the methods ``"structure"`` (marked
        circuits, which only prove that a marked graph is reversible) and ``"symbolic"`` (decision
        diagrams) too, which ``"auto"`` asks in this order where the list of markings gets too long;
        of an unbounded net ``"regions"`` instead of diagrams.

    Returns
    -------
    Verdict
        As of :func:`petri.always_reachable`, also with diagrams; HOLDS of a marked graph, also an
        unbounded one, with an order of its transitions that shows that all circuits are marked.

    Notes
    -----
    One backward breadth-first search, O(states + arcs); or backwards on diagrams. Linear in the
    net for marked graphs: F. Commoner, A. Holt, S. Even, A. Pnueli: Marked directed graphs.
    Journal of Computer and System Sciences 5, 1971.

    Examples
    --------
    >>> from petri import PetriNet
    >>> reversible(PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])).outcome
    <Outcome.VIOLATED: 'VIOLATED'>
    """
    goal = equals_marking(net, net.initial)

    def drawn(limit: Budget) -> Verdict:
        answers = SymbolicAnswers(net, budget=limit, progress=progress, seed=seed)
        return always_reachable_by_diagrams(answers, goal, name="reversibility", budget=limit)

    limit = (budget or Budget()).fixed()
    if method == "symbolic":
        return drawn(limit)
    if method == "structure":
        return _by_structure(net, limit, seed)

    def limited(share: Budget) -> Verdict:
        return always_by_regions(
            net, goal, name="reversibility", budget=share, progress=progress, seed=seed
        )  # fmt: skip

    if method == "regions":
        return limited(share_of(limit))

    by_list = "explicit" if method == "auto" else method

    def listed(share: Budget) -> Verdict:
        return always_reachable(
            net, goal, method=by_list, budget=share, progress=progress, seed=seed, graph=graph,
            name="reversibility",
        )  # fmt: skip

    if method != "auto" or graph is not None:
        return listed(limit)
    found = listed(to_list_first(limit, len(net.place_ids)))
    if found.unknown:
        found = after_listing(found, limit, lambda few: _by_structure(net, few, seed))
    if found.unknown:
        endless = unbounded(found)
        found = after_listing(found, limit, limited if endless else drawn, tell=endless)
        if endless:
            return found
    return listed(limit) if found.unknown and limit.remaining() != 0.0 else found


def _by_structure(net: PetriNet, limit: Budget, seed: int | None) -> Verdict:
    """Decide it of a marked graph; where its circuits do not show it, nothing is known."""
    decision = Decision(
        net, "reversibility", method="structure", methods=("structure",), budget=limit, seed=seed
    )
    graph = net_class(net, "marked graph")
    if not graph:
        return decision.unknown(f"the net is no marked graph ({graph.why})")
    order = marked_circuits(net) if net.transition_ids else None
    if order is None:
        return decision.unknown("the net is a marked graph with a circuit without a token")
    always = always_possible(equals_marking(net, net.initial))
    return decision.holds(
        CircuitEvidence(claim=claim(net, always), order=order),
        "The net is a marked graph with a token on each circuit, so it can always come back.",
    )
