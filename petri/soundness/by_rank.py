"""Soundness of free-choice workflow nets by the rank theorem, without their markings."""

from __future__ import annotations

from petri.decision import claim
from petri.net import PetriNet
from petri.soundness.goal import SoundnessGoal, unfit_for_theorem, workflow_ends
from petri.structure.rank_theorem import closed_net, rank_premises
from transition_systems.budget import Budget
from transition_systems.evidence import RankEvidence

__all__ = ["rank_evidence"]


def rank_evidence(
    net: PetriNet, goal: SoundnessGoal, *, budget: Budget | None = None
) -> RankEvidence | str:
    """Return evidence that a net is sound, or why the theorem gives none.

    Parameters
    ----------
    net
        A workflow net that is free choice and starts with one token in its source.
    goal
        What completion means. It has to hold where just one token is in the sink, and what must
        hold everywhere may only speak of the sink, or be the classical statement.
    budget
        Its seconds.

    Returns
    -------
    RankEvidence or str
        A sentence where a premise fails. It does not say that the net is unsound for any goal.

    Notes
    -----
    A workflow net is sound if and only if its closed net is live and bounded (van der Aalst,
    1997). In a sound one the sink is marked only by one token that is alone.
    Polynomial: elimination for the rank, two linear programs for the flows.

    Examples
    --------
    >>> from petri import workflow_goal
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> rank_evidence(net, workflow_goal(net)).places
    (('p1', 1), ('p2', 1))
    """
    ends = workflow_ends(net)
    if isinstance(ends, str):
        return ends
    source, sink = ends
    reason = unfit_for_theorem(net, goal, sink)
    if reason is not None:
        return reason
    closed = closed_net(net, source, sink)
    found = rank_premises(closed, budget=budget)
    if isinstance(found, str):
        return f"closed by a transition from {sink} to {source}: {found}"
    return RankEvidence(
        claim=claim(net, "sound"),
        places=tuple(zip(closed.place_ids, found.places, strict=True)),
        transitions=tuple(zip(net.transition_ids, found.transitions[:-1], strict=True)),
        closing=found.transitions[-1],
        flows=tuple(flow.weights for flow in found.flows),
    )
