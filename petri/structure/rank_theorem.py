"""The premises of the rank theorem: when a free-choice net is well-formed, in polynomial time."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import Any

import numpy as np

from petri.net import PetriNet
from petri.structure.flow_bases import Flow, place_flows
from petri.structure.linear_program import linear_program
from petri.structure.net_classes import clusters, net_class
from petri.structure.siphons_traps import maximal_siphon
from transition_systems.budget import OUT_OF_TIME, Budget
from transition_systems.errors import UndecidedError

__all__ = ["RankPremises", "closed_net", "rank_premises"]

CLOSING = "*"
MOST_EXACT = 2.0**52
DENOMINATORS = (12, 720, 1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class RankPremises:
    """What the rank theorem asks for, found for one net.

    Parameters
    ----------
    places, transitions
        Positive integer weights in the order of the net: a place flow and a transition flow.
    flows
        A basis of the place flows, which tells the rank of the incidence matrix.
    clusters
        The number of clusters, which is the rank and one.
    """

    places: tuple[int, ...]
    transitions: tuple[int, ...]
    flows: tuple[Flow, ...]
    clusters: int


def closed_net(net: PetriNet, source: str, sink: str) -> PetriNet:
    """Return a workflow net with a last transition that leads from its sink back to its source.

    Examples
    --------
    >>> net = PetriNet(places=["i", "o"], transitions=["t"], arcs=[("i", "t"), ("t", "o")])
    >>> closed_net(net, "i", "o").arcs[-1]
    Arc(source='*', target='i', weight=1)
    """
    name = CLOSING
    while name in net.place_ids or name in net.transition_ids:
        name += CLOSING
    return net.replace(
        transitions=[*net.transitions, name], arcs=[*net.arcs, (sink, name), (name, source)]
    )


def rank_premises(net: PetriNet, *, budget: Budget | None = None) -> RankPremises | str:
    """Return the premises of the rank theorem and of liveness, or the first that fails.

    Parameters
    ----------
    net
        Any place/transition net with its initial marking.
    budget
        Its seconds; at their end a sentence says so, and nothing is known.

    Returns
    -------
    RankPremises or str
        With the premises, the net is live and bounded. A sentence where one fails: for a
        free-choice net that is connected and has nodes of both kinds, it is then not both live and
        bounded; where weights were not found exactly, the sentence says that nothing is known.

    Notes
    -----
    A connected free-choice net has a live and bounded marking if and only if it has a positive
    place flow, a positive transition flow, and a rank one less than its clusters; and a marking of
    it is live if and only if no siphon is empty in it. Positive flows by linear programs, rounded
    to rationals and checked exactly; the rank by exact elimination; siphons by a fixpoint.
    J. Desel, J. Esparza: Free Choice Petri Nets. Cambridge University Press, 1995, chapters 5, 6.

    Examples
    --------
    >>> net = PetriNet(places=["i", "o"], transitions=["t"], arcs=[("i", "t"), ("t", "o")])
    >>> found = rank_premises(closed_net(net.replace(initial=["i"]), "i", "o"))
    >>> found.places, found.transitions, found.clusters
    ((1, 1), (1, 1), 2)
    """
    for name in ("extended free choice", "strongly connected"):
        answer = net_class(net, name)
        if not answer:
            return f"the net is not {name}: {answer.why}"
    if not net.place_ids or not net.transition_ids:
        return "the net has not both places and transitions"
    limit = (budget or Budget()).fixed()
    try:
        flows = place_flows(net, budget=limit)
    except UndecidedError as error:
        return str(error)
    rank, count = len(net.place_ids) - len(flows), len(clusters(net))
    if rank != count - 1:
        return f"its rank is {rank}, and it has {count} clusters"
    empty = [place for place in net.place_ids if not net.initial.to_dict().get(place)]
    siphon = maximal_siphon(net, empty)
    if siphon:
        return f"the siphon {', '.join(siphon[:5])} is empty at the start"
    weights: list[tuple[int, ...]] = []
    for matrix, kind in ((net.incidence_csr.T, "place"), (net.incidence_csr, "transition")):
        found = _positive(matrix.tocsr(), limit.remaining())
        if isinstance(found, str):
            return f"{found} positive {kind} flow"
        weights.append(found)
    return RankPremises(places=weights[0], transitions=weights[1], flows=flows, clusters=count)


def _positive(matrix: Any, seconds: float | None) -> tuple[int, ...] | str:
    """Return positive weights of the columns of a CSR array that add up to zero, or why not."""
    count = int(matrix.shape[1])
    if not matrix.nnz:
        return (1,) * count
    if seconds == 0.0:
        return f"{OUT_OF_TIME}, nothing is known about a"
    limits = {} if seconds is None else {"time_limit": seconds}
    result = linear_program(
        np.ones(count), A_eq=matrix.astype(float), b_eq=np.zeros(matrix.shape[0]),
        bounds=(1, None), method="highs", options=limits,
    )  # fmt: skip
    if result.status == 2:
        return "it has no"
    if result.status != 0:
        return "nothing is known about a"
    largest = int(abs(matrix.data).max()) * int(np.diff(matrix.indptr).max())
    rounded = np.rint(result.x)
    if float(rounded.max()) * largest < MOST_EXACT:
        whole = rounded.astype(np.int64)
        if whole.min() > 0 and not (matrix @ whole).any():
            return tuple(whole.tolist())
    rows = [
        list(zip(matrix.indices[a:b].tolist(), matrix.data[a:b].tolist(), strict=True))
        for a, b in pairwise(matrix.indptr.tolist())
    ]
    for denominator in DENOMINATORS:
        near = [Fraction(float(value)).limit_denominator(denominator) for value in result.x]
        scale = lcm(*(value.denominator for value in near))
        weights = tuple(int(value * scale) for value in near)
        balanced = all(sum(weights[n] * value for n, value in row) == 0 for row in rows)
        if min(weights) > 0 and balanced:
            return weights
    return "nothing is known about a"
