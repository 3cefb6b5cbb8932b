"""What can never be reached again, in unbounded nets too: sums of tokens that never fall."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from petri.decision import claim
from petri.net import PetriNet
from petri.state_space.reachability import ReachabilityGraph
from petri.structure.rising_sums import rising_places, rising_weights
from petri.structure.siphons_traps import maximal_trap
from petri.walks import walk
from transition_systems.budget import Budget
from transition_systems.evidence import MarkedTrapEvidence, RisingSumEvidence
from transition_systems.properties.formulas import Unary, always_everywhere
from transition_systems.properties.predicates import And, Compare, Constant, Enabled, Predicate
from transition_systems.properties.walk import negate
from transition_systems.run import Run

__all__ = ["out_of_reach"]

# The seconds of the walks that look for a run, and of the linear program.
WALKS, PROGRAM = 1.0, 5.0
# Listed markings that are looked at; the sums that 64 bits hold.
MOST_STATES, EXACT = 1 << 18, 1 << 62


def out_of_reach(
    space: ReachabilityGraph, goal: Predicate, *, budget: Budget | None = None
) -> tuple[MarkedTrapEvidence | RisingSumEvidence, str] | None:
    """Return that after some run a goal is never reached again, if a trap or a sum shows it.

    Parameters
    ----------
    space
        Some markings of a net, which may have infinitely many.
    goal
        A predicate. Its parts that bound the tokens of places count.
    budget
        Seconds.

    Returns
    -------
    tuple of evidence and str, or None
        A run and weights that no transition lowers the sum of, which is then higher than anywhere
        in the goal; or a run that marks a trap of places which the goal wants empty; and a sentence
        about it. ``None`` says nothing.

    Notes
    -----
    Single places that never lose tokens are asked first, then the largest trap of places that the
    goal wants empty, then one linear program. The first marking listed with such a sum is taken;
    where there is none, random walks look for one.

    Examples
    --------
    >>> from petri import PetriNet
    >>> from petri.decision import equals_marking
    >>> from petri.state_space.reachability import reachability_graph
    >>> net = PetriNet.from_arrays([[1, 0], [0, 1], [0, 0]], [[0, 1], [1, 0], [1, 0]], [1, 0, 0])
    >>> some = reachability_graph(net, budget=Budget(states=9))
    >>> out_of_reach(some, equals_marking(net, net.initial))[1]
    'After 1 step the goal is out of reach: p3 never loses tokens, and has too many.'
    """
    net, limit = space.net, (budget or Budget()).fixed()
    bounds = _limits(net, goal)
    if bounds is None:
        return None
    low, high = bounds
    never = claim(net, Unary("EF", always_everywhere(negate(goal))))
    trapped = _trapped(space, [place for place, most in high.items() if most == 0])
    for weights in _sums(space, frozenset(high), limit, single=trapped is not None):
        highest = sum(n * (high[p] if n > 0 else low.get(p, 0)) for p, n in weights.items())
        run = _above(space, weights, highest, limit)
        if run is not None:
            shown = RisingSumEvidence(claim=never, run=run, weights=tuple(weights.items()))
            return shown, f"{_after(run)} the goal is out of reach: {_told(weights)}."
    if trapped is None:
        return None
    run, places = trapped
    listed = ", ".join(places[:5]) + (" ..." if len(places) > 5 else "")
    told = f"some token can never be taken away from {listed}, which it wants empty"
    marked = MarkedTrapEvidence(claim=never, run=run, places=places)
    return marked, f"{_after(run)} the goal is out of reach: {told}."


def _trapped(space: ReachabilityGraph, empty: list[str]) -> tuple[Run, tuple[str, ...]] | None:
    """Return a run that marks a trap inside some places, and the trap."""
    trap = maximal_trap(space.net, empty)
    hits: NDArray[np.bool_] = np.zeros(min(space.n_states, MOST_STATES), dtype=np.bool_)
    for place in trap:
        hits |= space.column(place)[:MOST_STATES] > 0
    return (space.run_to(int(hits.argmax())), trap) if hits.any() else None


def _after(run: Run) -> str:
    return f"After {len(run)} step{'' if len(run) == 1 else 's'}"


def _told(weights: dict[str, int]) -> str:
    if len(weights) > 1:
        return "no step lowers a weighted sum of tokens, and it is too high"
    ((place, weight),) = weights.items()
    if weight > 0:
        return f"{place} never loses tokens, and has too many"
    return f"{place} never gets tokens, and has too few"


def _limits(net: PetriNet, goal: Predicate) -> tuple[dict[str, int], dict[str, int]] | None:
    """Return the fewest and the most tokens of places in a goal, as far as its parts tell."""
    low: dict[str, int] = {}
    high: dict[str, int] = {}
    waiting = [negate(negate(goal))]
    while waiting:
        node = waiting.pop()
        match node:
            case And(operands):
                waiting.extend(operands)
            case Constant(value):
                if not value:
                    return None
            case Enabled(name):
                places, weights = net.pre_arcs.row(net.transition_index(name))
                for place, weight in zip(places.tolist(), weights.tolist(), strict=True):
                    one = net.place_ids[place]
                    low[one] = max(weight, low.get(one, 0))
            case Compare(((place, 1),), op, bound):
                if op in ("==", ">=", ">"):
                    least = bound + (op == ">")
                    low[place] = max(least, low.get(place, 0))
                if op in ("==", "<=", "<"):
                    most = bound - (op == "<")
                    high[place] = min(most, high.get(place, most))
            case Compare(terms, "<=" | "<" as op, bound) if all(n > 0 for _, n in terms):
                for place, factor in terms:
                    most = (bound - (op == "<")) // factor
                    high[place] = min(most, high.get(place, most))
            case _:
                continue
    return low, high


def _sums(
    space: ReachabilityGraph, above: frozenset[str], limit: Budget, *, single: bool
) -> Iterator[dict[str, int]]:
    """Yield weights that no transition lowers the sum of, the simplest first, or only those."""
    net = space.net
    for place in rising_places(net):
        if place in above:
            yield {place: 1}
    if single:
        return
    if above not in space.rising:
        left = limit.remaining()
        share = Budget(seconds=PROGRAM if left is None else min(PROGRAM, left / 2))
        found = rising_weights(net, above=above, budget=share)
        if found is None and share.seconds != PROGRAM:
            return  # perhaps for want of time
        space.rising[above] = found
    weights = space.rising[above]
    if weights is not None:
        yield weights


def _above(
    space: ReachabilityGraph, weights: dict[str, int], highest: int, limit: Budget
) -> Run | None:
    """Return a run to a marking with a higher sum."""
    meter, largest = limit.start(), 0
    total: NDArray[Any] = np.zeros(min(space.n_states, MOST_STATES), dtype=np.int64)
    for place, weight in weights.items():
        if meter.out_of_time():
            return None
        column: NDArray[Any] = space.column(place)[:MOST_STATES]
        largest += int(column.max(initial=0)) * abs(weight)
        if largest >= EXACT:
            total, column = total.astype(np.object_), column.astype(np.object_)
        total = total + column * weight
    hits = np.flatnonzero(total > highest)
    if len(hits):
        return space.run_to(int(hits[0]))
    left = limit.remaining()
    share = Budget(seconds=WALKS if left is None else min(WALKS, left / 2))
    return walk(space.net, [Compare(tuple(weights.items()), ">", highest)], budget=share)[0]
