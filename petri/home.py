"""Home markings and reversibility: can the net always come back?"""

from __future__ import annotations

from petri.always_by_diagrams import after_listing, always_reachable_by_diagrams, to_list_first
from petri.decision import equals_marking
from petri.net import PetriNet
from petri.reachable import always_reachable
from petri.state_space.reachability import ReachabilityGraph
from petri.state_space.symbolic.answers import SymbolicAnswers
from transition_systems.budget import Budget
from transition_systems.progress import ProgressCallback
from transition_systems.verdict import Verdict

__all__ = ["reversible"]


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
        As for :func:`petri.always_reachable`; there is the method ``"symbolic"`` (decision
        diagrams) too, which ``"auto"`` asks where the list of markings gets too long.

    Returns
    -------
    Verdict
        As of :func:`petri.always_reachable`, or with diagrams.

    Notes
    -----
    One backward breadth-first search, O(states + arcs); or backwards on diagrams.

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

    def listed(share: Budget) -> Verdict:
        return always_reachable(
            net, goal, method=method, budget=share, progress=progress, seed=seed, graph=graph,
            name="reversibility",
        )  # fmt: skip

    if method != "auto" or graph is not None:
        return listed(limit)
    found = listed(to_list_first(limit))
    if found.unknown:
        found = after_listing(found, limit, drawn)
    return listed(limit) if found.unknown and limit.remaining() != 0.0 else found
