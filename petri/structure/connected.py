"""The connected parts of a net: no arc leads from one to another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from petri.net import PetriNet
from petri.nodes import Arc

__all__ = ["connected_parts"]


def connected_parts(net: PetriNet) -> Iterator[PetriNet]:
    """Yield the connected parts of a net, each with its share of the initial marking.

    Parameters
    ----------
    net
        Any place/transition net.

    Yields
    ------
    PetriNet
        The net itself where it is connected; else parts in the order of their first nodes, places
        before transitions, with nodes in the order of the net and without a final marking.

    Notes
    -----
    Near-linear: union-find over the arcs.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1, 0], [0, 1]], [[1, 0], [0, 0]], [1, 1])
    >>> [part.place_ids for part in connected_parts(net)]
    [('p1',), ('p2',)]
    """
    n_places, n_nodes = len(net.place_ids), len(net.place_ids) + len(net.transition_ids)
    above = list(range(n_nodes))

    def top(node: int) -> int:
        while above[node] != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    for table in (net.pre_arcs, net.post_arcs):
        offsets, places = table.offsets.tolist(), table.places.tolist()
        for number, (a, b) in enumerate(pairwise(offsets)):
            for place in places[a:b]:
                one, other = sorted((top(place), top(n_places + number)))
                above[other] = one
    parts: dict[int, tuple[list[int], list[int]]] = {}
    for node in range(n_nodes):
        part = parts.setdefault(top(node), ([], []))
        part[node >= n_places].append(node)
    if len(parts) == 1:
        yield net
        return
    for places, nodes in parts.values():
        yield _part(net, places, [node - n_places for node in nodes])


def _part(net: PetriNet, places: list[int], transitions: list[int]) -> PetriNet:
    ids = net.place_ids
    arcs: list[Arc] = []
    for number in transitions:
        name = net.transition_ids[number]
        for table, into in ((net.pre_arcs, True), (net.post_arcs, False)):
            nodes, weights = table.row(number)
            for place, weight in zip(nodes.tolist(), weights.tolist(), strict=True):
                source, target = (ids[place], name) if into else (name, ids[place])
                arcs.append(Arc(source, target, weight))
    return PetriNet(
        places=[net.places[place] for place in places],
        transitions=[net.transitions[number] for number in transitions],
        arcs=arcs,
        initial={ids[p]: n for p in places if (n := net.initial.get(ids[p], 0))},
    )
