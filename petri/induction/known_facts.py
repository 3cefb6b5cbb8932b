"""Linear facts about all reachable markings of a net, gathered once for many proofs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from petri.net import PetriNet
from petri.structure.flow_bases import small_flows
from petri.structure.flows import place_semiflows
from petri.structure.siphons_traps import maximal_siphon
from transition_systems.budget import Budget

__all__ = ["KnownFacts", "known_facts"]

FEW_PLACES = 2_000
MOST_SEMIFLOWS, LONG_SEMIFLOWS = 400, 2.0
Weights: TypeAlias = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class KnownFacts:
    """What linear proofs start from.

    Parameters
    ----------
    flows
        Place flows, each by pairs of a place's number and its weight, none twice: the weighted
        tokens are as many as at the start in every reachable marking.
    siphon
        The numbers of the places of the largest siphon without tokens at the start: it stays so.
    """

    flows: tuple[Weights, ...]
    siphon: tuple[int, ...]


def known_facts(net: PetriNet, budget: Budget | None = None) -> KnownFacts:
    """Return the facts about a net that can be found in the time.

    Parameters
    ----------
    net
        Any place/transition net.
    budget
        Its seconds; a quarter of them is for a basis of the flows, and of nets of up to 2,000
        places as many as are left, 2 at most, for minimal semiflows.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1, 0, 1], [0, 1, 0]], [[0, 1, 0], [1, 0, 0]], [1, 0])
    >>> known_facts(net)
    KnownFacts(flows=(), siphon=())
    >>> net = PetriNet.from_arrays([[1, 0], [0, 1], [0, 2]], [[0, 1], [1, 0], [0, 2]], [1, 0, 0])
    >>> known_facts(net).siphon
    (2,)
    """
    limit = (budget or Budget()).fixed()
    index = {name: place for place, name in enumerate(net.place_ids)}
    rows = [
        tuple((index[name], weight) for name, weight in flow.weights)
        for flow in small_flows(net, limit)
    ]
    if len(net.place_ids) <= FEW_PLACES:
        left = limit.remaining()
        share = Budget(seconds=LONG_SEMIFLOWS if left is None else min(left, LONG_SEMIFLOWS))
        found = place_semiflows(net, most=MOST_SEMIFLOWS, budget=share)
        rows += [flow.weights for flow in found]
    initial = net.initial.to_array(net.place_ids).tolist()
    named = zip(net.place_ids, initial, strict=True)
    siphon = maximal_siphon(net, [name for name, tokens in named if not tokens])
    return KnownFacts(
        flows=tuple(dict.fromkeys(rows)), siphon=tuple(index[name] for name in siphon)
    )
