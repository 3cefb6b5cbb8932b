"""Boundedness and safeness: can tokens pile up?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from petri.arguments import listed_places, whole_number
from petri.decision import Decision, claim
from petri.induction.state_equation import prove_invariant
from petri.memory import within_memory
from petri.net import PetriNet
from petri.reachable import invariant
from petri.state_space.exploring import explore_or_pump
from petri.state_space.reachability import ReachabilityGraph
from petri.state_space.symbolic.answers import SymbolicAnswers
from petri.structure.bounds import bounding_weights
from transition_systems.budget import Budget
from transition_systems.counted_words import after_steps, counted
from transition_systems.errors import UsageError
from transition_systems.evidence import BoundEvidence, PumpEvidence, RunEvidence
from transition_systems.progress import ProgressCallback
from transition_systems.properties.formulas import possible
from transition_systems.properties.predicates import Compare, at_least, at_most, conjunction
from transition_systems.run import Lasso, Run
from transition_systems.verdict import Outcome, Verdict

__all__ = ["bounded", "safe"]

FIRST = 100_000


@within_memory("boundedness")
def bounded(
    net: PetriNet,
    *,
    k: int | None = None,
    places: Sequence[str] | None = None,
    method: str = "auto",
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
    graph: ReachabilityGraph | None = None,
    pump: Lasso | None = None,
) -> Verdict:
    """Decide that no place ever holds more than ``k`` tokens, or, without ``k``, some bound.

    Parameters
    ----------
    net
        Any place/transition net.
    k
        The bound asked for.
    places
        The places that it is asked for with ``k``; all by default.
    method
        ``"explicit"`` (with a search for a pump), ``"symbolic"`` or ``"structure"``. By default
        structure is asked where the markings are too many to list. With ``k`` structure is the
        state equation, and there are the methods of :func:`petri.invariant`.
    budget, progress, seed, graph
        As for :func:`petri.reachable`.
    pump
        A run and pump that were found before.

    Returns
    -------
    Verdict
        HOLDS with all markings and a run that reaches the bound, or, by structure, with a proof
        that a sum of all places with positive weights is bounded; VIOLATED with a run to a marking
        above ``k``, or with a run and a pump that covers itself. The property is ``boundedness``,
        ``safeness``, ``bounded by 2``..., and of some places the formula.

    Raises
    ------
    UsageError
        For places without ``k``.

    Notes
    -----
    Decidable (Karp and Miller, 1969); the explicit method needs the reachable markings.

    Examples
    --------
    >>> from petri import PetriNet
    >>> bounded(PetriNet.from_arrays([[1], [0]], [[1], [1]], [1, 0])).witness.actions
    ('t1',)
    """
    if k is not None:
        k = whole_number(k, f"{k!r:.60} is no bound: a whole number")
        names = net.place_ids if places is None else listed_places(net, places)
        good = conjunction(*(at_most(place, k) for place in names))
        by = "state-equation" if method == "structure" else method
        whole = "safeness" if k == 1 else f"bounded by {k}"
        return invariant(
            net, good, method=by, budget=budget, progress=progress, seed=seed, graph=graph,
            name=whole if places is None else None,
        )  # fmt: skip
    if places is not None:
        raise UsageError("some places are asked about with a bound: bounded(net, places=[p], k=1)")
    shown: Any = pump
    if shown is not None and not isinstance(shown, Lasso):
        raise UsageError(f"{shown!r:.60} is no pump: a Lasso, as find_pump returns it")
    decision = Decision(
        net, "boundedness", method=method, methods=("explicit", "symbolic", "structure"),
        budget=budget,
        progress=progress, seed=seed, graph=graph,
    )  # fmt: skip
    if decision.method == "symbolic":
        return SymbolicAnswers(
            net, budget=decision.budget, progress=progress, seed=seed
        ).bounded()  # fmt: skip
    if method == "structure":
        return _by_structure(decision) or decision.unknown(
            "no positive weights were found by which no transition adds tokens"
        )
    if pump is None and graph is None:
        few = _share(decision.budget) if method == "auto" else decision.budget
        space, pump = explore_or_pump(net, budget=few, progress=progress)
        decision = decision.on(space)
        if method == "auto" and pump is None and not space.complete:
            proved = _by_structure(decision)
            if proved is not None:
                return proved
            if decision.budget.remaining() != 0.0:
                space, pump = explore_or_pump(net, budget=decision.budget, progress=progress)
                decision = decision.on(space)
    if pump is not None:
        places_up = _growing(net, pump)
        return decision.violated(
            PumpEvidence(claim=claim(net, "unbounded"), lasso=pump),
            f"{after_steps(len(pump.stem))}, {counted(len(pump.cycle), 'step')} can be repeated "
            f"for ever, and each time there are more tokens in {', '.join(places_up)}.",
        )
    space = decision.graph
    if not space.complete:
        return decision.unknown(
            f"{space.reason}; {space.n_states} states were seen and no pump was found"
        )
    top = np.array([space.column(place).max() for place in net.place_ids], dtype=np.int64)
    bound = int(top.max()) if len(top) else 0
    place = net.place_ids[int(top.argmax())] if len(top) else None
    run = space.run_to(0 if place is None else int(space.column(place).argmax()))
    evidence = BoundEvidence(
        claim=claim(net, f"bounded by {bound}"), states=space.state_set(), bound=bound, run=run
    )
    return decision.holds(
        evidence, f"No place ever holds more than {bound} token{'' if bound == 1 else 's'}."
    )


def _share(budget: Budget) -> Budget:
    """Return what to list markings with before structure is asked."""
    left = budget.remaining()
    few = replace(budget, states=min(FIRST, budget.states or FIRST))
    return few if left is None else replace(few, seconds=left / 4).fixed()


def _by_structure(decision: Decision) -> Verdict | None:
    """Return that a sum of all places never grows, if a linear program says so."""
    net, limit = decision.net, decision.budget
    weights = bounding_weights(net, budget=limit)
    if weights is None:
        return None
    value = sum(weights[place] * tokens for place, tokens in net.initial.items())
    whole = Compare(tuple(weights.items()), "<=", value)
    proof = prove_invariant(net, whole, budget=limit)
    if isinstance(proof, str):
        return None
    decision.method = "structure"
    least = min(weights.values(), default=1)
    return decision.holds(
        proof,
        f"No transition adds to a sum of all places with positive weights; no place ever holds "
        f"more than {value // least} token{'' if value // least == 1 else 's'}.",
    )


@within_memory("safeness")
def safe(
    net: PetriNet,
    *,
    places: Sequence[str] | None = None,
    method: str = "auto",
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
    graph: ReachabilityGraph | None = None,
    pump: Lasso | None = None,
) -> Verdict:
    """Decide that no place ever holds two tokens.

    Parameters
    ----------
    net
        Any place/transition net.
    places
        The places that count; all by default.
    method, budget, progress, seed, graph, pump
        As for :func:`bounded`. A pump that fills one of the places is followed to a second token.

    Returns
    -------
    Verdict
        HOLDS with all markings, VIOLATED with a run to a marking with two tokens in a place.

    Notes
    -----
    PSPACE-complete; O(states x transitions) here.

    Examples
    --------
    >>> from petri import PetriNet
    >>> bool(safe(PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])))
    True
    """
    verdict = bounded(
        net, k=1, places=places, method=method, budget=budget, progress=progress, seed=seed,
        graph=graph,
    ).with_(property="safeness")  # fmt: skip
    if verdict.unknown and pump is not None:
        names = net.place_ids if places is None else tuple(places)
        longer = _follow(net, pump, names)
        if longer is not None:
            place, run = longer
            goal = possible(at_least(place, 2))
            verdict = verdict.with_(
                outcome=Outcome.VIOLATED,
                reason=None,
                evidence=RunEvidence(claim=claim(net, goal), run=run),
            )
    if verdict.violated and verdict.witness is not None:
        names = net.place_ids if places is None else tuple(places)
        full = [p for p in names if verdict.witness.last.get(p, 0) > 1]
        count = len(verdict.witness)
        return verdict.with_(
            explanation=(
                f"{after_steps(count)} there are {verdict.witness.last[full[0]]} tokens in "
                f"{full[0]}.",
            )
        )
    if verdict.holds:
        return verdict.with_(explanation=("No place ever holds two tokens.",))
    return verdict


def _growing(net: PetriNet, pump: Lasso) -> list[str]:
    before = pump.stem[-1].state if pump.stem else pump.initial
    return [p for p in net.place_ids if pump.last.get(p, 0) > before.get(p, 0)]


def _follow(net: PetriNet, pump: Lasso, places: Sequence[str]) -> tuple[str, Run] | None:
    """Repeat the pump until one of the places holds two tokens; return the place and the run."""
    wanted = [p for p in _growing(net, pump) if p in set(places)]
    if not wanted:
        return None
    actions = list(pump.actions) + list(pump.actions[pump.loop_start :]) * 2
    run = net.run(net.initial, actions)
    for length in range(len(run) + 1):
        state = run.steps[length - 1].state if length else run.initial
        place = next((p for p in wanted if state.get(p, 0) > 1), None)
        if place is not None:
            return place, Run(initial=run.initial, steps=run.steps[:length])
    return None
