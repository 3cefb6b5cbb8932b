"""The workflow net that counted kinds of soundness are about where a net has several ends.

Built once more and apart from :mod:`petri.soundness`; a slip there shows as a digest that differs.
"""

from __future__ import annotations

import numpy as np

from netproof.recheck.result import RefusedError
from netproof.recheck.structure import loose_places
from petri.net import PetriNet
from petri.nodes import Place, Transition

__all__ = ["merged_ends"]


def merged_ends(net: PetriNet) -> PetriNet:
    """Return a net whose ends lead to one sink; the net itself where it has at most one end.

    Raises
    ------
    RefusedError
        Where it is not shown that each case reaches just one end: by positive whole weights of the
        places that no transition changes, and that are the same for each end as for the start.

    Examples
    --------
    >>> net = PetriNet(places=["p", "e", "f"], transitions=["a", "b"], initial=["p"],
    ...     arcs=[("p", "a"), ("a", "e"), ("p", "b"), ("b", "f")])
    >>> merged_ends(net).transition_ids
    ('a', 'b', 'e.out', 'f.out')
    """
    ends = [place for place in net.place_ids if place in loose_places(net)[1]]
    if len(ends) < 2:
        return net
    if not _one_end_each(net, ends):
        raise RefusedError("it is not shown that each case reaches just one of the ends")
    taken = {*net.place_ids, *net.transition_ids}

    def free(name: str) -> str:
        while name in taken:
            name += "'"
        taken.add(name)
        return name

    sink = free("sink")
    outs = {end: free(f"{end}.out") for end in ends}
    places, transitions = [*net.places, Place(id=sink)], list(net.transitions)
    arcs = [(arc.source, arc.target, arc.weight) for arc in net.arcs]
    for end, out in outs.items():
        transitions.append(Transition(id=out, label=None))
        arcs += [(end, out, 1), (out, sink, 1)]
    tokens = net.initial.to_dict()
    entered = {arc.target for arc in net.arcs}
    if list(tokens.values()) != [1] or not entered.isdisjoint(tokens):
        source, begin = free("source"), free("begin")
        places.append(Place(id=source))
        transitions.append(Transition(id=begin, label=None))
        arcs += [(source, begin, 1), *((begin, place, n) for place, n in tokens.items())]
        tokens = {source: 1}
    return PetriNet(
        places=places, transitions=transitions, arcs=arcs, initial=tokens, name=net.name
    )


def _one_end_each(net: PetriNet, ends: list[str]) -> bool:
    """Return whether whole weights are found that show it; a linear program only proposes them."""
    from scipy.optimize import linprog

    start = np.array([net.initial.get(place, 0) for place in net.place_ids], dtype=np.int64)
    same = np.tile(start, (len(ends), 1))
    same[np.arange(len(ends)), [net.place_index(end) for end in ends]] -= 1
    matrix = np.vstack([np.asarray(net.incidence, dtype=np.int64).T, same])
    found = linprog(
        np.ones(matrix.shape[1]), A_eq=matrix, b_eq=np.zeros(len(matrix)), bounds=(1, None)
    )
    if found.status != 0:
        return False
    for factor in (1, 12, 720):
        weights = np.rint(found.x * factor).astype(np.int64)
        if weights.min() > 0 and not (matrix @ weights).any():
            return True
    return False
