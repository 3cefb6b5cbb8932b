"""A sample of the reachable markings of a net: many random runs at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from petri.state_space.layout_plan import Observed
from transition_systems.budget import Budget

__all__ = ["random_markings"]


def random_markings(
    net: PetriNet,
    seen: Observed,
    *,
    starts: NDArray[np.int64] | None = None,
    runs: int = 256,
    steps: int = 200,
    seed: int = 1,
    budget: Budget | None = None,
) -> None:
    """Play random runs and add what occurs to an observation.

    Parameters
    ----------
    net
        Any place/transition net.
    seen
        Is updated.
    starts
        int64 (n, n_places): markings to start from, by turns; by default the initial one.
    runs, steps, seed
        How many runs, how long, and the seed of their choices.
    budget
        Its seconds; the runs are shorter where these are used up.

    Notes
    -----
    O(runs x steps x transitions) small-integer operations.
    """
    generator = np.random.default_rng(seed)
    count = len(net.transition_ids)
    if count == 0 or not net.place_ids:
        return
    places, weights = net.pre_arcs.places, net.pre_arcs.weights[:, None]
    taking = np.flatnonzero(np.diff(net.pre_arcs.offsets))
    offsets = net.pre_arcs.offsets[taking]
    change = net.incidence.T.astype(np.int64)
    if starts is None:
        starts = net.initial.to_array(net.place_ids)[None, :]
    start = starts[generator.integers(0, len(starts), size=runs)].T
    markings: NDArray[np.int64] = np.ascontiguousarray(start)
    able = np.ones((count, runs), dtype=bool)
    # Each run has likes and dislikes of its own, so that together they get into rare corners.
    liking = np.exp(2 * generator.standard_normal((count, runs), dtype=np.float32))
    meter = (budget or Budget()).start()
    for step in range(steps):
        if meter.out_of_time():
            return
        enough = markings.take(places, axis=0) >= weights
        able[taking] = np.logical_and.reduceat(enough, offsets, axis=0)
        draws = generator.random((count, runs), dtype=np.float32)
        draws *= liking
        draws *= able
        choice = draws.argmax(axis=0)
        live = able[choice, np.arange(runs)]
        markings += (change[choice] * live[:, None]).T
        markings[:, ~live] = start[:, ~live]
        if int(markings.max()) > 1 << 40:
            return
        if step % 2:
            seen.add(markings.T)
