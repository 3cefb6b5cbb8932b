"""Persistence: does one transition ever disable another?"""

from __future__ import annotations

from itertools import pairwise

from petri.decision import Decision
from petri.incidence import ArcTable
from petri.memory import within_memory
from petri.net import PetriNet
from petri.reachable import METHODS, invariant
from petri.state_space.reachability import ReachabilityGraph
from transition_systems.budget import Budget, Meter
from transition_systems.errors import UndecidedError
from transition_systems.progress import ProgressCallback
from transition_systems.properties.predicates import (
    Compare,
    Predicate,
    at_least,
    conjunction,
    disjunction,
)
from transition_systems.verdict import Verdict

__all__ = ["persistence_predicate", "persistent"]


@within_memory("persistence")
def persistent(
    net: PetriNet,
    *,
    method: str = "auto",
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
    graph: ReachabilityGraph | None = None,
) -> Verdict:
    """Decide that in no reachable marking the firing of a transition disables another one.

    Parameters
    ----------
    net
        Any place/transition net.
    method, budget, progress, seed, graph
        As for :func:`petri.invariant`.

    Returns
    -------
    Verdict
        As of :func:`petri.invariant`, about :func:`persistence_predicate`. VIOLATED with a run to
        a marking in which two enabled transitions are in conflict.

    Notes
    -----
    L. H. Landweber, E. L. Robertson: Properties of conflict-free and persistent Petri nets. JACM
    25, 1978.

    Examples
    --------
    >>> from petri import PetriNet
    >>> choice = PetriNet.from_arrays([[1, 1], [0, 0]], [[0, 0], [1, 1]], [1, 0])
    >>> persistent(choice).outcome
    <Outcome.VIOLATED: 'VIOLATED'>
    """
    limit = (budget or Budget()).fixed()
    try:
        meter = limit.start()
        conflicts = _conflicts(net, meter)
        good = _none_of(conflicts, meter)
    except UndecidedError as error:
        decision = Decision(
            net, "persistence", method=method, methods=METHODS, budget=limit, seed=seed
        )
        return decision.unknown(str(error))
    verdict = invariant(
        net, good, method=method, budget=limit, progress=progress,
        seed=seed, graph=graph, name="persistence",
    )  # fmt: skip
    if verdict.violated and verdict.witness is not None:
        pair = _conflict(net, conflicts, dict(verdict.witness.last))
        return verdict.with_(explanation=(f"There {pair[0]} can disable {pair[1]}.",))
    return verdict


def _rows(net: PetriNet, table: ArcTable) -> list[dict[str, int]]:
    offsets, places, weights = (part.tolist() for part in table)
    ids = net.place_ids
    return [
        {ids[p]: w for p, w in zip(places[a:b], weights[a:b], strict=True)}
        for a, b in pairwise(offsets)
    ]


_Conflict = tuple[int, int, dict[str, int], list[tuple[str, int]]]


def _conflicts(net: PetriNet, meter: Meter) -> list[_Conflict]:
    """Return pairs of transitions with what both need, and the places that one can empty.

    A place with its number: with fewer tokens than that, the first disables the second.
    """
    needs, gives = _rows(net, net.pre_arcs), _rows(net, net.post_arcs)
    users: dict[str, list[int]] = {}
    for number, row in enumerate(needs):
        for place in row:
            users.setdefault(place, []).append(number)
    pairs: dict[tuple[int, int], None] = {}
    for near in users.values():
        for first in near:
            meter.require_time()
            pairs.update({(first, second): None for second in near if first != second})
    found = []
    for first, second in pairs:
        meter.require_time()
        one, other = needs[first], needs[second]
        both = {p: max(one.get(p, 0), other.get(p, 0)) for p in (*one, *other)}
        short = []
        for place, weight in other.items():
            enough = weight + one.get(place, 0) - gives[first].get(place, 0)
            if enough > both[place]:
                short.append((place, enough))
        if short:
            found.append((first, second, both, short))
    return found


def persistence_predicate(net: PetriNet, *, budget: Budget | None = None) -> Predicate:
    """Return the predicate that no enabled transition disables another enabled one.

    Parameters
    ----------
    net
        The net.
    budget
        Seconds: there may be as many parts as pairs of transitions.

    Returns
    -------
    Predicate

    Raises
    ------
    UndecidedError
        When the time is used up.

    Examples
    --------
    >>> persistence_predicate(PetriNet.from_arrays([[1]], [[0]], [1]))
    Constant(value=True)
    """
    meter = (budget or Budget()).start()
    return _none_of(_conflicts(net, meter), meter)


def _none_of(conflicts: list[_Conflict], meter: Meter) -> Predicate:
    parts: list[Predicate] = []
    for _, _, both, short in conflicts:
        meter.require_time()
        lacking = (Compare(((place, 1),), "<", weight) for place, weight in both.items())
        plenty = conjunction(*(at_least(place, enough) for place, enough in short))
        parts.append(disjunction(*lacking, plenty))
    return conjunction(*parts)


def _conflict(
    net: PetriNet, conflicts: list[_Conflict], marking: dict[str, int]
) -> tuple[str, str]:
    """Return a transition and another that it disables in a marking."""
    first, second = next(
        (first, second)
        for first, second, both, short in conflicts
        if all(marking.get(place, 0) >= weight for place, weight in both.items())
        and any(marking.get(place, 0) < enough for place, enough in short)
    )
    return net.transition_ids[first], net.transition_ids[second]
