"""Soundness: option to complete, proper completion, no dead parts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from petri.decision import Decision, claim
from petri.liveness import no_dead_transitions
from petri.marking import Marking
from petri.memory import within_memory
from petri.net import PetriNet
from petri.reachable import always_reachable, invariant
from petri.soundness.by_rank import rank_evidence
from petri.soundness.by_reduction import sound_by_reduction
from petri.soundness.by_structure import sound_by_structure
from petri.soundness.by_stubborn_sets import sound_by_stubborn_sets
from petri.soundness.goal import SoundnessGoal, workflow_goal
from petri.soundness.variants import sound_as, without_fairness
from petri.state_space.covering import covering_invariant, prove_by_covering
from petri.state_space.exploring import explore_or_pump
from petri.state_space.reachability import ReachabilityGraph, marking_holds, reachability_graph
from transition_systems.budget import Budget
from transition_systems.counted_words import counted
from transition_systems.errors import UsageError
from transition_systems.evidence import Parts, PumpEvidence, RunEvidence
from transition_systems.progress import ProgressCallback
from transition_systems.properties.formulas import possible
from transition_systems.properties.walk import negate
from transition_systems.run import Lasso, Run
from transition_systems.verdict import Outcome, Verdict

__all__ = ["sound"]

FEW = 5_000
SECONDS_FOR_STRUCTURE = 1.0
METHODS = ("explicit", "rank-theorem", "reduction", "stubborn-sets", "well-structured")
OPTION, PROPER = "option-to-complete", "proper-completion"


@within_memory("soundness")
def sound(
    net: PetriNet,
    *,
    goal: SoundnessGoal | None = None,
    occurs_name: str = "no-dead-transitions",
    method: str = "auto",
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
    graph: ReachabilityGraph | None = None,
    pump: Lasso | None = None,
    kind: str = "classical",
    k: int | None = None,
    fairness: bool = True,
) -> Verdict:
    """Decide soundness: option to complete, proper completion and no dead parts together.

    Parameters
    ----------
    net
        A workflow net, or any net with a ``goal``.
    goal
        What completion means; by default that of a workflow net.
    occurs_name
        The name of the third part in the verdict.
    method, budget, progress, seed, graph
        As for :func:`petri.reachable`. ``"explicit"`` lists the markings, so that a run to an error
        is a shortest one; ``"reduction"`` lists the first markings of the reduced net;
        ``"rank-theorem"`` is for free-choice workflow nets, polynomial, and proves soundness only;
        ``"well-structured"`` is for workflow nets without handles, polynomial too;
        ``"stubborn-sets"`` decides each part on the markings that matter for it.
        By default the net is reduced, then its first markings are listed, then the theorems are
        tried where they apply, then the others are listed.
    pump
        A run and a pump of the net that were found before.
    kind, k
        ``"classical"``, or one of the other kinds of
        :func:`petri.soundness.variants.sound_as`, with its number of tokens.
    fairness
        Whether no choice is neglected for ever. Without that a cycle that can be left is an error
        too: the property is then ``soundness-without-fairness``, for the classical kind.

    Returns
    -------
    Verdict
        HOLDS with evidence for each of the three parts, or with the premises of the theorem;
        VIOLATED with the part that fails. The verdicts of the parts are in ``parts``.

    Raises
    ------
    UsageError
        Without a goal, when the net is not a workflow net.

    Notes
    -----
    For a workflow net, soundness is liveness and boundedness of the short-circuited net (van der
    Aalst, 1997); here the definition itself is decided on the reachable markings.

    Examples
    --------
    >>> from petri import PetriNet
    >>> sound(PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])).outcome
    <Outcome.HOLDS: 'HOLDS'>
    """
    given_goal: Any = goal
    if given_goal is not None and not isinstance(given_goal, SoundnessGoal):
        raise UsageError(f"{given_goal!r:.60} is no SoundnessGoal, as workflow_goal returns it")
    if kind == "classical" and k is not None:
        raise UsageError("classical soundness has one token; with k ask kind='k' or 'up-to-k'")
    if kind != "classical":
        if not fairness:
            raise UsageError("without fairness only classical soundness is decided")
        return sound_as(net, kind, goal=goal, k=k, budget=budget, progress=progress)
    if not fairness:
        fair = sound(
            net, goal=goal, occurs_name=occurs_name, method=method, budget=budget,
            progress=progress, seed=seed, graph=graph, pump=pump,
        )  # fmt: skip
        return without_fairness(net, fair, budget=budget)
    wanted = workflow_goal(net) if goal is None else goal
    given = graph is not None
    decision = Decision(
        net, "soundness", method=method, methods=METHODS, budget=budget, progress=progress,
        seed=seed, graph=graph,
    )  # fmt: skip
    if method == "rank-theorem":
        return _by_theorem(decision, wanted)
    if method == "well-structured":
        return sound_by_structure(decision, wanted, occurs_name=occurs_name)
    if method == "stubborn-sets":
        return sound_by_stubborn_sets(decision, wanted, occurs_name=occurs_name)
    if graph is None and pump is None and method in ("auto", "reduction"):
        small = sound_by_reduction(decision, wanted, occurs_name=occurs_name)
        if method == "reduction" or not small.unknown:
            return small
        decision.method, decision.counted = "explicit", None
    if graph is None and pump is None:
        first = replace(decision.budget, states=min(FEW, decision.budget.states or FEW))
        graph = reachability_graph(net, budget=first, progress=progress)
        decision.on(graph)
    known = pump is not None or decision.graph.complete
    if method == "auto" and not known and decision.budget.remaining() != 0.0:
        proved = _by_theorem(decision, wanted)
        if not proved.holds:
            proved = sound_by_structure(
                decision, wanted, occurs_name=occurs_name, seconds=SECONDS_FOR_STRUCTURE
            )
        if proved.holds:
            return proved
        decision.method, decision.counted = "explicit", None
    if not given and pump is None:
        space, pump = explore_or_pump(
            net, budget=decision.budget, progress=progress, graph=decision.graph
        )
        decision.on(space)
    if pump is not None and wanted.workflow_net:
        evidence = Parts(
            claim=claim(net, "not sound"),
            parts=(("unbounded", PumpEvidence(claim=claim(net, "unbounded"), lasso=pump)),),
        )
        return decision.violated(
            evidence, "Tokens can pile up without bound, so a token is left behind at the end."
        )
    space = decision.graph
    limit = decision.budget
    proper = invariant(net, wanted.proper, graph=space, budget=limit, name=PROPER)
    if proper.unknown and pump is not None:
        proper = _pumped(net, wanted, pump, proper)
    option = always_reachable(net, wanted.completion, graph=space, budget=limit, name=OPTION)
    covering = None
    if pump is not None and not (proper.violated or option.violated):
        covering = covering_invariant(net, budget=decision.budget, progress=progress)
    if proper.unknown and covering is not None:
        proof = prove_by_covering(net, wanted.proper, covering, budget=decision.budget)
        if proof is not None:
            proper = proper.with_(outcome=Outcome.HOLDS, evidence=proof, reason=None)
    occurs = no_dead_transitions(
        net, groups=wanted.occurs, graph=space, budget=limit, name=occurs_name, covering=covering
    )
    parts = (option, proper, occurs)
    failed = next((part for part in parts if part.violated), None)
    if failed is not None and failed.evidence is not None:
        evidence = Parts(claim=claim(net, "not sound"), parts=((failed.property, failed.evidence),))
        return decision.violated(evidence, *failed.explanation, parts=parts)
    if all(part.holds for part in parts):
        pieces = tuple((part.property, part.evidence) for part in parts if part.evidence)
        return decision.holds(
            Parts(claim=claim(net, "sound"), parts=pieces),
            "Every run can complete, it completes properly, and nothing in it is dead.",
            parts=parts,
        )
    open_parts = ", ".join(part.property for part in parts if part.unknown)
    why = "the net is unbounded" if pump is not None else space.reason
    return decision.unknown(
        f"{why}; {space.n_states} states were seen, not decided: {open_parts}", parts=parts
    )


def _by_theorem(decision: Decision, goal: SoundnessGoal) -> Verdict:
    """Answer by the rank theorem, which never says that a net is not sound."""
    decision.method = "rank-theorem"
    found = rank_evidence(decision.net, goal, budget=decision.budget)
    if isinstance(found, str):
        return decision.unknown(f"the rank theorem proves nothing here: {found}")
    return decision.holds(
        found,
        "Closed by a transition from its end to its start, the net is free choice, live and "
        "bounded by the rank theorem: every run can complete, properly, and nothing is dead.",
    )


def _pumped(net: PetriNet, goal: SoundnessGoal, pump: Lasso, verdict: Verdict) -> Verdict:
    """Repeat a pump a few times, in case that it breaks proper completion."""
    actions = list(pump.actions) + list(pump.actions[pump.loop_start :]) * 2
    run = net.run(net.initial, actions)
    for length, step in enumerate(run.steps, start=1):
        if not marking_holds(net, goal.proper, Marking(step.state)):
            bad = RunEvidence(
                claim=claim(net, possible(negate(goal.proper))),
                run=Run(initial=run.initial, steps=run.steps[:length]),
            )
            return verdict.with_(
                outcome=Outcome.VIOLATED,
                evidence=bad,
                reason=None,
                explanation=(f"It fails after {counted(length, 'step')}.",),
            )
    return verdict
