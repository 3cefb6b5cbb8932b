"""The premises of the rank theorem: when a free-choice net is well-formed, in polynomial time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np

from petri.net import PetriNet
from petri.structure.flow_bases import Flow, place_flows
from petri.structure.flows import effects
from petri.structure.net_classes import clusters, net_class
from petri.structure.siphons_traps import maximal_siphon

__all__ = ["RankPremises", "closed_net", "rank_premises"]

CLOSING = "*"
DENOMINATORS = (1, 12, 720, 1_000_000)


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


def rank_premises(net: PetriNet) -> RankPremises | str:
    """Return the premises of the rank theorem and of liveness, or the first that fails.

    Parameters
    ----------
    net
        Any place/transition net with its initial marking.

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
    rows = effects(net)
    columns: list[dict[int, int]] = [{} for _ in net.transition_ids]
    for place, changes in enumerate(rows):
        for transition, change in changes.items():
            columns[transition][place] = change
    flows = place_flows(net)
    rank, count = len(net.place_ids) - len(flows), len(clusters(net))
    if rank != count - 1:
        return f"its rank is {rank}, and it has {count} clusters"
    empty = [place for place in net.place_ids if not net.initial.to_dict().get(place)]
    siphon = maximal_siphon(net, empty)
    if siphon:
        return f"the siphon {', '.join(siphon[:5])} is empty at the start"
    weights: list[tuple[int, ...]] = []
    for part, kind in ((rows, "place"), (columns, "transition")):
        found = _positive(part)
        if isinstance(found, str):
            return f"{found} positive {kind} flow"
        weights.append(found)
    return RankPremises(places=weights[0], transitions=weights[1], flows=flows, clusters=count)


def _positive(rows: Sequence[dict[int, int]]) -> tuple[int, ...] | str:
    """Return positive integer weights of rows whose sum is zero, or why there are none."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    entries = [(c, r, v) for r, row in enumerate(rows) for c, v in row.items()]
    if not entries:
        return (1,) * len(rows)
    shape = (max(c for c, _, _ in entries) + 1, len(rows))
    data = np.array([v for _, _, v in entries], dtype=float)
    index = ([c for c, _, _ in entries], [r for _, r, _ in entries])
    matrix = csr_array((data, index), shape=shape)
    result = linprog(
        np.ones(len(rows)), A_eq=matrix, b_eq=np.zeros(shape[0]), bounds=(1, None), method="highs"
    )
    if result.status == 2:
        return "it has no"
    if result.status != 0:
        return "nothing is known about a"
    for denominator in DENOMINATORS:
        near = [Fraction(float(value)).limit_denominator(denominator) for value in result.x]
        scale = lcm(*(value.denominator for value in near))
        weights = tuple(int(value * scale) for value in near)
        total: dict[int, int] = {}
        for weight, row in zip(weights, rows, strict=True):
            for column, value in row.items():
                total[column] = total.get(column, 0) + weight * value
        if min(weights) > 0 and not any(total.values()):
            return weights
    return "nothing is known about a"
