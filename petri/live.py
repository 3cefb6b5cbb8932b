"""Liveness: can every transition always occur again?"""

from __future__ import annotations

from petri.always_by_diagrams import after_listing, always_reachable_by_diagrams, to_list_first
from petri.decision import Decision, claim, equals_marking
from petri.in_turn import share_of, unbounded
from petri.liveness import no_dead_transitions
from petri.memory import within_memory
from petri.net import PetriNet
from petri.reachable import always_reachable
from petri.regions.always import Regions
from petri.state_space.reachability import ReachabilityGraph
from petri.state_space.symbolic.answers import SymbolicAnswers
from petri.structure.commoner import live_by_traps
from transition_systems.budget import OUT_OF_TIME, Budget, Meter
from transition_systems.evidence import Evidence, Parts
from transition_systems.progress import ProgressCallback
from transition_systems.properties.predicates import Enabled
from transition_systems.verdict import Verdict

__all__ = ["live", "live_by_engines"]

METHODS = ("explicit", "structure", "symbolic", "regions")
FURTHER = 2.0
# The parts of the time that is left which engines and then diagrams may use.
ENGINES, DRAWN = 0.4, 0.6
# The least part of the time that is left for the regions of one transition.
LEAST = 0.4
HOME, OCCUR = "home", "occurrence"
COMES_BACK = (
    "The initial marking can always be reached again, and each transition occurs in a run from "
    "there."
)


@within_memory("liveness")
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
        As for :func:`petri.reachable`; the methods are ``"explicit"``, ``"structure"`` (Commoner's
        condition, which only proves that a free-choice net is live), ``"symbolic"`` (decision
        diagrams) and ``"regions"`` (limits of tokens that lead back to each transition, also of
        unbounded nets). ``"auto"`` asks them in this order, and before diagrams the engines of
        :func:`petri.decide` for a dead marking and for transitions that never occur; of an
        unbounded net it asks regions before these, and no diagrams.

    Returns
    -------
    Verdict
        HOLDS where the initial marking can always be reached again and each transition occurs in
        some run, with evidence for both, or else with all markings and for each transition the
        distance to where it is enabled. VIOLATED with a run to a marking, and the closed set
        around it in which one of the transitions is never enabled. Sets may be diagrams; of a
        free-choice net marked traps may show that it is live. By regions each transition has limits
        of tokens that lead back to it, or a run and a proof that it never occurs afterwards.

    Notes
    -----
    One backward search where the initial marking is a home marking, else one for each transition:
    O(transitions x (states + arcs)), or operations on diagrams. On a partial graph it may still be
    VIOLATED.

    Examples
    --------
    >>> from petri import PetriNet
    >>> bool(live(PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [1, 0])))
    True
    """
    decision = Decision(
        net, "liveness", method=method, methods=METHODS, budget=budget, progress=progress,
        seed=seed, graph=graph,
    )  # fmt: skip
    if decision.method == "symbolic":
        return _by_diagrams(net, decision.budget, progress, seed)
    if decision.method == "structure":
        return _by_structure(net, decision.budget, seed)
    if decision.method == "regions":
        return _by_regions(net, decision.budget, progress, seed)
    if method != "auto" or graph is not None:
        return _listed(decision)
    found = live_by_engines(net, budget=decision.budget, progress=progress, seed=seed)
    return _listed(decision) if found.unknown and decision.budget.remaining() != 0.0 else found


def live_by_engines(
    net: PetriNet,
    *,
    budget: Budget,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
) -> Verdict:
    """Decide liveness on the first markings, by structure, by engines and on decision diagrams.

    Parameters
    ----------
    net, budget, progress, seed
        As for :func:`live`.

    Returns
    -------
    Verdict
        As of :func:`live`, which lists all markings where this is UNKNOWN.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> live_by_engines(net, budget=Budget(seconds=1)).outcome
    <Outcome.VIOLATED: 'VIOLATED'>
    """
    limit = budget.fixed()
    few = to_list_first(limit, len(net.place_ids))
    first = Decision(
        net, "liveness", methods=METHODS, budget=few, progress=progress, seed=seed
    )  # fmt: skip
    found = _listed(first)
    if found.unknown:
        found = after_listing(found, limit, lambda few: _by_structure(net, few, seed))
    endless = unbounded(found)
    if endless:
        share = share_of(limit, DRAWN)
        found = after_listing(
            found, share, lambda few: _by_regions(net, few, progress, seed), tell=True
        )
    if found.unknown:
        found = after_listing(found, limit, lambda few: _by_portfolio(net, few, progress, seed))
    if endless:
        return found
    if found.unknown:
        found = after_listing(
            found, share_of(limit, DRAWN), lambda few: _by_diagrams(net, few, progress, seed)
        )
    return found


def _by_portfolio(
    net: PetriNet, limit: Budget, progress: ProgressCallback | None, seed: int | None
) -> Verdict:
    """Ask the engines whether it fails; where they do not find that, nothing is known."""
    from petri.portfolio.lost import not_live

    share = share_of(limit, ENGINES).fixed()
    return not_live(Decision(net, "liveness", budget=share, progress=progress, seed=seed))


def _listed(decision: Decision) -> Verdict:
    """Decide it on the list of all markings."""
    net, space, limit = decision.net, decision.graph, decision.budget
    pieces: list[tuple[str, Evidence]] = []
    if space.complete:
        occur = no_dead_transitions(net, graph=space, budget=limit)
        if occur.violated and occur.evidence is not None:
            return decision.violated(occur.evidence, *occur.explanation)
        home = always_reachable(net, equals_marking(net, net.initial), graph=space, budget=limit)
        if home.holds and occur.holds and home.evidence and occur.evidence:
            return decision.holds(_comes_back(net, home.evidence, occur.evidence), COMES_BACK)
    meter, late = limit.start(), False
    further: Meter | None = None  # once one is open: others may be seen to be lost
    for transition in net.transition_ids:
        if not space.complete and not net.preset(transition):
            continue  # it can always occur, and here only what is lost is looked for
        late = meter.out_of_time()
        if late or (further is not None and further.out_of_time()):
            break
        verdict = always_reachable(net, Enabled(transition), graph=space, budget=limit)
        if verdict.violated and verdict.evidence is not None:
            told = f"From some reachable marking on {transition} can never occur again."
            return decision.violated(verdict.evidence, told)
        if verdict.unknown or verdict.evidence is None:
            further = further or Budget(seconds=FURTHER).start()
        else:
            pieces.append((transition, verdict.evidence))
    if further is not None or (not space.complete and not late):
        return decision.out_of_budget()
    if late:
        return decision.unknown(OUT_OF_TIME)
    return decision.holds(
        Parts(claim=claim(net, "live"), parts=tuple(pieces)),
        f"From each of the {space.n_states} reachable markings every transition can occur later.",
    )


def _comes_back(net: PetriNet, home: Evidence, occur: Evidence) -> Parts:
    return Parts(claim=claim(net, "live"), parts=((HOME, home), (OCCUR, occur)))


def _by_structure(net: PetriNet, limit: Budget, seed: int | None) -> Verdict:
    """Decide it by traps in siphons; where that does not show it, nothing is known."""
    decision = Decision(
        net, "liveness", method="structure", methods=("structure",), budget=limit, seed=seed
    )
    found = live_by_traps(net, budget=limit)
    if isinstance(found, str):
        return decision.unknown(found)
    return decision.holds(found, "The net is free choice, and each siphon holds a marked trap.")


def _by_regions(
    net: PetriNet, limit: Budget, progress: ProgressCallback | None, seed: int | None
) -> Verdict:
    """Decide it by regions that lead back to each transition."""
    decision = Decision(
        net, "liveness", method="regions", methods=("regions",), budget=share_of(limit), seed=seed
    )
    regions = Regions(net, decision.budget, progress=progress, seed=seed)
    pieces: list[tuple[str, Evidence]] = []
    reason = ""
    for number, transition in enumerate(net.transition_ids):
        if decision.budget.remaining() == 0.0:
            return decision.unknown(reason or f"{OUT_OF_TIME} before {transition} was looked at")
        share = share_of(decision.budget, max(LEAST, 1 / (len(net.transition_ids) - number)))
        verdict = regions.decide(Enabled(transition), name="liveness", budget=share)
        if verdict.violated and verdict.evidence is not None:
            told = f"From some reachable marking on {transition} can never occur again."
            return decision.violated(verdict.evidence, told)
        if verdict.unknown or verdict.evidence is None:
            reason = reason or f"whether {transition} can always occur again: {verdict.reason}"
        else:
            pieces.append((transition, verdict.evidence))
    if reason:
        return decision.unknown(reason)
    return decision.holds(
        Parts(claim=claim(net, "live"), parts=tuple(pieces)),
        "From each reachable marking every transition can occur later.",
    )


def _by_diagrams(
    net: PetriNet, limit: Budget, progress: ProgressCallback | None, seed: int | None
) -> Verdict:
    """Decide it on decision diagrams, the transitions that are seldom enabled first."""
    answers = SymbolicAnswers(net, budget=limit, progress=progress, seed=seed)
    decision = Decision(
        net, "liveness", method="symbolic", methods=("symbolic",), budget=limit, seed=seed
    )
    decision.drawn = space = answers.space
    occur = answers.occur(name="no-dead-transitions")
    if occur.unknown:
        return decision.unknown(str(occur.reason))
    if occur.violated and occur.evidence is not None:
        return decision.violated(occur.evidence, *occur.explanation)
    home = always_reachable_by_diagrams(answers, equals_marking(net, net.initial), budget=limit)
    if home.holds and home.evidence and occur.evidence:
        return decision.holds(_comes_back(net, home.evidence, occur.evidence), COMES_BACK)
    if home.unknown:
        return decision.unknown(str(home.reason))
    pieces: list[tuple[str, Evidence]] = []
    for transition in sorted(net.transition_ids, key=space.arcs_of.__getitem__):
        verdict = always_reachable_by_diagrams(answers, Enabled(transition), budget=limit)
        if verdict.violated and verdict.evidence is not None:
            told = f"From some reachable marking on {transition} can never occur again."
            return decision.violated(verdict.evidence, told)
        if verdict.unknown or verdict.evidence is None:
            return decision.unknown(str(verdict.reason))
        pieces.append((transition, verdict.evidence))
    return decision.holds(
        Parts(claim=claim(net, "live"), parts=tuple(pieces)),
        "From each reachable marking every transition can occur later.",
    )
