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
    places
        The places that are left.
    single, several
        The places that are left and that one transition empties, which needs nothing else and puts
        tokens somewhere; and those that several empty.
    pre, post
        Transition, place and weight of each arc that is left, as three lists; between the same
        two nodes there may be several arcs.
    """

    removed: list[int]
    places: list[int]
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
        every = list(range(n_places))
        return Fused([], every, [], {}, [], [], ([], [], []), ([], [], []))
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
    fits[[net.place_numbers[place] for place in net.initial]] = False
    places = fits.nonzero()[0]
    firsts, seconds = producer[places].tolist(), consumer[places].tolist()
    if seconds and not all(may := allowed(places.tolist(), seconds)):
        places = places[np.array(may, dtype=bool)]
        firsts, seconds = producer[places].tolist(), consumer[places].tolist()
    chains, root = _chains(firsts, seconds, n_transitions)
    moved = consumer[places]
    if sum(map(len, chains.values())) < len(chains) + len(seconds):
        places = places[root[moved] != moved]
        moved = consumer[places]
    stays = np.ones(n_places, dtype=bool)
    stays[places] = False
    kept = np.ones(n_transitions, dtype=bool)
    kept[moved] = False
    keep, stay = kept[before], stays[given]
    single[places] = False
    return Fused(
        removed=places.tolist(),
        places=stays.nonzero()[0].tolist(),
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


def _chains(
    firsts: list[int], seconds: list[int], n_transitions: int
) -> tuple[dict[int, tuple[int, ...]], Index]:
    """Return what each transition is fused with, and for each the one that it is fused into.

    ``seconds[i]``, each there once, is fused into ``firsts[i]``. What hangs on a ring of these
    begins nowhere: it is in no chain, and its own root.
    """
    behind = dict(zip(firsts, seconds, strict=True))
    beside: dict[int, list[int]] = {}
    if len(behind) < len(seconds):
        for first, second in zip(firsts, seconds, strict=True):
            if behind[first] != second:
                beside.setdefault(first, []).append(second)
    root = list(range(n_transitions))
    chains: dict[int, tuple[int, ...]] = {}
    for head in behind.keys() - set(seconds):
        chain = [head]
        for transition in chain:
            root[transition] = head
            if transition in behind:
                chain.append(behind[transition])
                if transition in beside:
                    chain += beside[transition]
        chains[head] = tuple(chain)
    return chains, np.array(root, dtype=np.int64)
