"""Soundness of free-choice workflow nets by the rank theorem, without their markings."""

from __future__ import annotations

from petri.decision import claim
from petri.marking import Marking
from petri.net import PetriNet
from petri.soundness.goal import SoundnessGoal
from petri.state_space.reachability import marking_holds
from petri.structure.rank_theorem import closed_net, rank_premises
from petri.workflow_net import workflow_net
from transition_systems.evidence import RankEvidence
from transition_systems.properties.predicates import Dead
from transition_systems.properties.walk import names_in, subpredicates

__all__ = ["rank_evidence"]


def rank_evidence(net: PetriNet, goal: SoundnessGoal) -> RankEvidence | str:
    """Return evidence that a net is sound, or why the theorem gives none.

    Parameters
    ----------
    net
        A workflow net that is free choice and starts with one token in its source.
    goal
        What completion means. It has to hold where just one token is in the sink, and what must
        hold everywhere may only speak of the sink, or be the classical statement.

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
    structure = workflow_net(net)
    if not structure.holds or structure.evidence is None:
        return f"the net is no workflow net: {structure.explain()}"
    sets = dict(getattr(structure.evidence, "sets", ()))
    source, sink = sets["source"][0], sets["sink"][0]
    if net.initial.to_dict() != {source: 1}:
        return f"the initial marking is not one token in {source}"
    reason = _fits(net, goal, sink)
    if reason is not None:
        return reason
    closed = closed_net(net, source, sink)
    found = rank_premises(closed)
    if isinstance(found, str):
        return f"closed by a transition from {sink} to {source}: {found}"
    return RankEvidence(
        claim=claim(net, "sound"),
        places=tuple(zip(closed.place_ids, found.places, strict=True)),
        transitions=tuple(zip(net.transition_ids, found.transitions[:-1], strict=True)),
        closing=found.transitions[-1],
        flows=tuple(flow.weights for flow in found.flows),
    )


def _fits(net: PetriNet, goal: SoundnessGoal, sink: str) -> str | None:
    """Return why the goal does not follow from soundness of the workflow net, if so."""
    if goal.workflow_net:
        return None
    if not marking_holds(net, goal.completion, Marking({sink: 1})):
        return f"the goal is not reached by one token in {sink}"
    counters, steps = names_in(goal.proper)
    dead = any(isinstance(node, Dead) for node in subpredicates(goal.proper))
    if set(counters) - {sink} or steps or dead:
        return f"what must always hold does not speak of {sink} alone"
    if not all(marking_holds(net, goal.proper, Marking({sink: n})) for n in (0, 1)):
        return f"what must always hold fails with none or one token in {sink}"
    return None
