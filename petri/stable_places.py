"""Stable places: does some place keep its tokens for ever?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from petri.decision import Decision, claim
from petri.in_turn import first_listing, share_of
from petri.memory import within_memory
from petri.net import PetriNet
from petri.state_space.covering import prove_by_covering
from petri.state_space.reachability import ReachabilityGraph, reachability_graph
from transition_systems.budget import OUT_OF_TIME, Budget, Meter
from transition_systems.evidence import ClosedSet
from transition_systems.progress import ProgressCallback
from transition_systems.properties.formulas import always_everywhere
from transition_systems.properties.predicates import Compare
from transition_systems.run import Run
from transition_systems.verdict import Verdict

__all__ = ["stable_place"]

FIRST = 2_000


@within_memory("stable-place")
def stable_place(
    net: PetriNet,
    *,
    method: str = "auto",
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
    graph: ReachabilityGraph | None = None,
) -> Verdict:
    """Decide that some place has the same number of tokens in every reachable marking.

    Parameters
    ----------
    net
        Any place/transition net.
    method, budget, progress, seed, graph
        As for :func:`petri.reachable`; the only method is ``"explicit"``, before which the arcs are
        looked at.

    Returns
    -------
    Verdict
        HOLDS with an invariant or all markings for one such place, all of which are named where
        they are known. VIOLATED with a run for each place to a marking in which it has another
        number of tokens than at the start.

    Notes
    -----
    A place that no transition changes is stable. By default the engines of :func:`petri.decide` are
    asked about the places that do not move in the first markings.

    Examples
    --------
    >>> from petri import PetriNet
    >>> stable_place(PetriNet.from_arrays([[1], [1]], [[0], [1]], [1, 1])).explanation
    ('p2 always has 1 token.',)
    """
    decision = Decision(
        net, "stable-place", method=method, budget=budget, progress=progress, seed=seed, graph=graph
    )
    initial = net.initial
    still = np.flatnonzero(~_changed(net))
    if len(still):
        place = net.place_ids[int(still[0])]
        same = Compare(((place, 1),), "==", initial[place])
        proof = prove_by_covering(net, same, same, budget=decision.budget)
        if proof is not None:
            return decision.holds(proof, _told(place, initial[place]))
    wanted = net.place_ids
    space = graph
    if space is None:
        limit = decision.budget
        few = FIRST if method == "auto" else limit.states
        most = few if limit.states is None or few is None else min(few, limit.states)
        space = reachability_graph(net, budget=replace(limit, states=most), progress=progress)
    meter = decision.budget.start()
    runs = _seen(space, wanted, meter)
    quiet = [place for place in wanted if place not in runs]
    if quiet and not space.complete and graph is None and method == "auto":
        space = space.continued(budget=first_listing(decision.budget), progress=progress)
        runs |= _seen(space, quiet, meter)
        quiet = [place for place in quiet if place not in runs]
    decision.on(space)
    if not quiet and net.place_ids:
        return _unstable(decision, runs)
    if meter.out_of_time():
        return decision.unknown(OUT_OF_TIME)
    if not space.complete and graph is None and method == "auto":
        found = _by_portfolio(decision, quiet, runs)
        if not found.unknown or decision.budget.remaining() is not None:
            return found
        space = space.continued(budget=decision.budget, progress=progress)
        decision.on(space)
        runs |= _seen(space, quiet, meter)
        quiet = [place for place in quiet if place not in runs]
        if not quiet:
            return _unstable(decision, runs)
        if meter.out_of_time():
            return decision.unknown(OUT_OF_TIME)
    if not space.complete:
        return decision.out_of_budget()
    if not quiet:
        return _unstable(decision, {})
    same = Compare(((quiet[0], 1),), "==", initial[quiet[0]])
    evidence = ClosedSet(claim=claim(net, always_everywhere(same)), states=space.state_set())
    told = [_told(place, initial[place]) for place in quiet]
    return decision.holds(evidence, *told)


def _by_portfolio(decision: Decision, quiet: Sequence[str], runs: Mapping[str, Run]) -> Verdict:
    """Ask the engines about places that did not move in the first markings."""
    from petri.portfolio.parts import all_move

    asked = Decision(
        decision.net, decision.property, methods=("portfolio",), budget=share_of(decision.budget),
        progress=decision.progress, seed=decision.seed,
    )  # fmt: skip
    return all_move(asked, quiet, runs)


def _seen(space: ReachabilityGraph, places: Iterable[str], meter: Meter) -> dict[str, Run]:
    """Return a shortest run for each place that moves in the markings that were listed.

    For fewer of them where the time is used up.
    """
    initial = space.net.initial
    found: dict[str, Run] = {}
    for place in places:
        if meter.out_of_time():
            break
        where = space.column(place) != initial[place]
        if where.any():
            found[place] = space.run_to(int(where.argmax()))
    return found


def _unstable(decision: Decision, runs: Mapping[str, Run]) -> Verdict:
    """Return that no place is stable, with few runs: one often ends where several have moved."""
    from petri.portfolio.parts import unstable

    return decision.violated(
        unstable(decision.net, runs), "Every place has another number of tokens at some time."
    )


def _changed(net: PetriNet) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    changed = np.zeros(len(net.place_ids), dtype=bool)
    changed[np.unique(net.incidence_csr.nonzero()[0])] = True
    return changed


def _told(place: str, tokens: int) -> str:
    return f"{place} always has {tokens} token{'' if tokens == 1 else 's'}."
