"""How far each place is from the marked ones, with tokens that are never used up."""

from __future__ import annotations

from itertools import pairwise

from petri.incidence import ArcTable
from petri.net import PetriNet

__all__ = ["steps_to_mark"]


def steps_to_mark(net: PetriNet) -> dict[str, int]:
    """Return after how many rounds each place gets a token, where no firing takes one away.

    Parameters
    ----------
    net
        Any place/transition net; weights of arcs do not count.

    Returns
    -------
    dict
        From the id of a place to a number: 0 of those that are marked at first, and one more than
        the furthest place that the nearest transition to fill it needs. No run marks a place with
        number ``n`` in fewer than ``n`` steps; the places that are missing stay empty for ever.

    Notes
    -----
    Linear in the net. B. Bonet, H. Geffner: Planning as heuristic search. Artificial Intelligence
    129, 2001 (the heuristic h_max).

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1, 0], [0, 1], [0, 0]], [[0, 0], [1, 0], [0, 1]], [1, 0, 0])
    >>> steps_to_mark(net)
    {'p1': 0, 'p2': 1, 'p3': 2}
    """
    ids = net.place_ids
    needs, gives = (_rows(table) for table in (net.pre_arcs, net.post_arcs))
    users: list[list[int]] = [[] for _ in ids]
    for transition, places in enumerate(needs):
        for place in places:
            users[place].append(transition)
    waiting = [len(places) for places in needs]
    marked = [place for place, name in enumerate(ids) if net.initial[name]]
    able = [transition for transition, count in enumerate(waiting) if not count]
    found: dict[str, int] = {}
    rounds = 0
    while marked or able:
        for place in marked:
            found[ids[place]] = rounds
            for transition in users[place]:
                waiting[transition] -= 1
                if not waiting[transition]:
                    able.append(transition)
        marked = list(dict.fromkeys(p for t in able for p in gives[t] if ids[p] not in found))
        able, rounds = [], rounds + 1
    return found


def _rows(table: ArcTable) -> list[list[int]]:
    """Return the places of each transition."""
    places = table.places.tolist()
    return [places[a:b] for a, b in pairwise(table.offsets.tolist())]
