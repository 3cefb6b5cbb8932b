"""Soundness of well-structured workflow nets by their structure, without their markings."""

from __future__ import annotations

from petri.decision import Decision, claim
from petri.net import PetriNet
from petri.soundness.goal import SoundnessGoal, unfit_for_theorem, workflow_ends
from petri.structure.handles import well_handled
from petri.structure.rank_theorem import closed_net
from petri.structure.siphons_traps import maximal_siphon
from transition_systems.budget import Budget
from transition_systems.evidence import LinearProof, Parts, WellStructuredEvidence
from transition_systems.evidence_linear import ProofStep
from transition_systems.properties.formulas import always_everywhere
from transition_systems.properties.predicates import Enabled, Not, conjunction
from transition_systems.verdict import Verdict

__all__ = ["sound_by_structure"]


def sound_by_structure(
    decision: Decision, goal: SoundnessGoal, *, occurs_name: str, seconds: float | None = None
) -> Verdict:
    """Decide soundness of a well-structured workflow net in polynomial time.

    A workflow net is well-structured if the net closed by a transition from its end to its start
    has no weight above 1 and no handle: no two paths between a place and a transition, either way,
    that share nothing but their ends. It is sound if and only if no siphon is empty at the start.

    Parameters
    ----------
    decision
        The decision under way.
    goal
        What completion means. For HOLDS it has to follow from classical soundness.
    occurs_name
        The name of the part that fails where a transition is dead.
    seconds
        Of the decision's budget at most so many, for the handles.

    Returns
    -------
    Verdict
        HOLDS with the ends of the net, of which the recheck decides the premises anew. VIOLATED
        with an empty siphon, from which it follows that a transition never occurs: that is so in
        every net. UNKNOWN with the premise that fails, for instance a handle.

    Notes
    -----
    One dominator tree for each node with several arcs out of it, so near-quadratic; a fixpoint for
    the siphon.
    J. Esparza, M. Silva: Circuits, handles, bridges and nets. LNCS 483, 1991 (a strongly connected
    net without handles is bounded); K. Barkaoui, J. Couvreur, C. Dutheillet: On liveness in
    extended non self-controlling nets. LNCS 935, 1995 (it is live if no siphon is empty); W. van
    der Aalst: The application of Petri nets to workflow management, 1998.

    Examples
    --------
    >>> from petri import workflow_goal
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> asked = Decision(net, "soundness", method="well-structured", methods=("well-structured",))
    >>> sound_by_structure(asked, workflow_goal(net), occurs_name="no-dead-parts").evidence.sink
    'p2'
    """
    net = decision.net
    decision.method, decision.counted = "well-structured", (0, 0)
    siphon = maximal_siphon(net, [p for p in net.place_ids if not net.initial.get(p, 0)])
    refuted = _dead(decision, goal, siphon, occurs_name)
    if refuted is not None:
        return refuted
    ends = workflow_ends(net)
    if isinstance(ends, str):
        return _open(decision, ends)
    source, sink = ends
    reason = unfit_for_theorem(net, goal, sink)
    if reason is not None:
        return _open(decision, reason)
    heavy = next((arc for arc in net.arcs if arc.weight != 1), None)
    if heavy is not None:
        return _open(decision, f"the arc from {heavy.source} to {heavy.target} has a weight")
    if siphon:
        return _open(decision, f"the siphon {', '.join(siphon[:5])} is empty at the start")
    budget = Budget(seconds=seconds, deadline=decision.budget.deadline)
    handled = well_handled(closed_net(net, source, sink), budget=budget)
    if not handled:
        return _open(decision, handled.why or "it has a handle")
    return decision.holds(
        WellStructuredEvidence(claim=claim(net, "sound"), source=source, sink=sink),
        "The net is well-structured and no siphon is empty at the start: every run can complete, "
        "properly, and nothing is dead.",
    )


def _open(decision: Decision, why: str) -> Verdict:
    return decision.unknown(f"structure decides nothing here: {why}")


def _dead(
    decision: Decision, goal: SoundnessGoal, siphon: tuple[str, ...], occurs_name: str
) -> Verdict | None:
    """Return that a group is dead, since each of its transitions takes from an empty siphon."""
    net, empty = decision.net, set(siphon)
    for group, names in goal.occurs.items():
        if not names or not siphon:
            continue
        if any(empty.isdisjoint(net.preset(name)) for name in names):
            continue
        proof = _proof(net, siphon, names)
        told = (
            f"No run contains {group}: it takes a token from {', '.join(siphon[:5])}"
            f"{' ...' if len(siphon) > 5 else ''}, where there is none and none ever comes."
        )
        part = decision.violated(proof, told, name=occurs_name)
        evidence = Parts(claim=claim(net, "not sound"), parts=((occurs_name, proof),))
        return decision.violated(evidence, told, parts=(part,))
    return None


def _proof(net: PetriNet, siphon: tuple[str, ...], names: tuple[str, ...]) -> LinearProof:
    """Return that the transitions are never enabled, since a siphon stays empty.

    Line 0 says that the siphon holds no token, and the others, for the transition at hand, that
    each of its places, in the order of the net, holds what it takes: one of these contradicts.
    """
    empty = set(siphon)
    steps: list[ProofStep] = [("split", 0, ())] if len(names) > 1 else []
    for name in names:
        needed = net.pre_arcs.row(net.transition_index(name))[0].tolist()
        places = [net.place_ids[number] for number in sorted(needed)]
        line = next(number for number, place in enumerate(places, start=1) if place in empty)
        steps.append(("sum", 1, ((0, 1), (line, 1))))
    never = conjunction(*(Not(Enabled(name)) for name in names))
    return LinearProof(
        claim=claim(net, always_everywhere(never)), equalities=(), inequalities=(),
        siphons=(siphon,), traps=(), steps=tuple(steps),
    )  # fmt: skip
