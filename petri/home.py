"""Home markings and reversibility: can the net always come back?"""

from __future__ import annotations

from petri.decision import equals_marking
from petri.net import PetriNet
from petri.reachable import always_reachable
from petri.state_space.reachability import ReachabilityGraph
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
        As for :func:`petri.always_reachable`.

    Returns
    -------
    Verdict
        As of :func:`petri.always_reachable`.

    Notes
    -----
    One backward breadth-first search, O(states + arcs).

    Examples
    --------
    >>> from petri import PetriNet
    >>> reversible(PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])).outcome
    <Outcome.VIOLATED: 'VIOLATED'>
    """
    return always_reachable(
        net, equals_marking(net, net.initial), method=method, budget=budget, progress=progress,
        seed=seed, graph=graph, name="reversibility",
    )  # fmt: skip
