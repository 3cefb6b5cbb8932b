"""Series fusion of a whole net at once: chains of places with one transition before and after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet

__all__ = ["Fused", "fuse_series"]

Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Fused:
    """What series fusion leaves of a net.

    Parameters
    ----------
    removed
        The places that went.
    left
        The transitions that are left.
    chains
        For each transition that others were fused with: itself and these, in an order in which
        they can fire.
    single, several
        The places that are left and that one transition empties, which needs nothing else and puts
        tokens somewhere; and those that several empty.
    pre, post
        Transition, place and weight of each arc that is left, as three lists; between the same
        two nodes there may be several arcs.
    """

    removed: list[int]
    left: list[int]
    chains: dict[int, tuple[int, ...]]
    single: list[int]
    several: list[int]
    pre: tuple[list[int], list[int], list[int]]
    post: tuple[list[int], list[int], list[int]]


def fuse_series(net: PetriNet, allowed: Callable[[list[int], list[int]], list[bool]]) -> Fused:
    """Agglomerate every unmarked place with one transition before and one behind it.

    The transition behind needs one token of the place and nothing else, and puts tokens somewhere.

    Parameters
    ----------
    net
        Any place/transition net.
    allowed
        Tells of places, each with the transition behind it, which may go.

    Notes
    -----
    O(n log n) for n nodes and arcs, by pointer jumping on arrays: the transition behind a place is
    fused with the one before it, these pairs form trees, and each tree becomes its root. A ring of
    such places is left as it is.

    Examples
    --------
    >>> chain = PetriNet.from_arrays([[1, 0], [0, 1], [0, 0]], [[0, 0], [1, 0], [0, 1]], [1, 0, 0])
    >>> fuse_series(chain, lambda places, behind: [True] * len(places)).chains
    {0: (0, 1)}
    """
    n_places, n_transitions = len(net.place_ids), len(net.transition_ids)
    if not n_transitions:
        return Fused([], [], {}, [], [], ([], [], []), ([], [], []))
    taken, given = net.pre_arcs.places, net.post_arcs.places
    inputs, outputs = _steps(net.pre_arcs.offsets), _steps(net.post_arcs.offsets)
    numbers = np.arange(n_transitions)
    before, after = numbers.repeat(inputs), numbers.repeat(outputs)
    consumer, takers = _only(before, taken, n_places)
    producer, _ = _only(after, given, n_places)
    for table, transition_at in ((net.pre_arcs, consumer), (net.post_arcs, producer)):
        heavy = (table.weights != 1).nonzero()[0]
        if len(heavy):
            transition_at[table.places[heavy]] = -1
    single = (consumer >= 0) & ((inputs == 1) & (outputs > 0))[consumer]
    fits = single & (producer >= 0) & (consumer != producer)
    fits[[net.place_index(place) for place in net.initial]] = False
    places = fits.nonzero()[0]
    if len(places):
        may = allowed(places.tolist(), consumer[places].tolist())
        places = places[np.array(may, dtype=bool)]
    root, depth = _roots(consumer, producer, places, numbers)
    moved = consumer[places]
    ring = root[moved] < 0
    if ring.any():
        places = places[~ring]
        root, depth = _roots(consumer, producer, places, numbers)
        moved = consumer[places]
    stays = np.ones(n_places, dtype=bool)
    stays[places] = False
    kept = np.ones(n_transitions, dtype=bool)
    kept[moved] = False
    keep, stay = kept[before], stays[given]
    chains: dict[int, tuple[int, ...]] = {}
    ordered = moved[np.argsort(root[moved] * n_transitions + depth[moved])]
    starts = root[ordered]
    cuts = _steps(starts).nonzero()[0] + 1
    members, heads, first = ordered.tolist(), starts.tolist(), 0
    for end in [*cuts.tolist(), len(members)]:
        if end > first:
            head = heads[first]
            chains[head] = (head, *members[first:end])
        first = end
    single[places] = False
    return Fused(
        removed=places.tolist(),
        single=single.nonzero()[0].tolist(),
        several=(takers > 1).nonzero()[0].tolist(),
        chains=chains,
        pre=(
            before[keep].tolist(), taken[keep].tolist(), net.pre_arcs.weights[keep].tolist(),
        ),
        post=(
            root[after[stay]].tolist(), given[stay].tolist(),
            net.post_arcs.weights[stay].tolist(),
        ),
        left=kept.nonzero()[0].tolist(),
    )  # fmt: skip


def _steps(numbers: Index) -> Index:
    return numbers[1:] - numbers[:-1]


def _only(rows: Index, places: Index, n_places: int) -> tuple[Index, Index]:
    """Return for each place its only transition, -1 where there is none or several; how many."""
    found, counts = np.empty(n_places, dtype=np.int64), np.bincount(places, minlength=n_places)
    found[places] = rows
    found[counts != 1] = -1
    return found, counts


def _roots(consumer: Index, producer: Index, places: Index, numbers: Index) -> tuple[Index, Index]:
    """Return for each transition the one that it is fused into and how far that is away.

    -1 where it hangs on a ring.
    """
    up = numbers.copy()
    up[consumer[places]] = producer[places]
    inner = up != numbers
    far = inner.astype(np.int64)
    for _ in range(len(numbers).bit_length() + 1):
        if not inner[up].any():
            break
        far += far[up]
        up = up[up]
    else:
        up[inner[up]] = -1
    return up, far
