"""The explicit state space of a net: plan a layout, search, plan again, notice unboundedness."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from petri.state_space.arranging import arranged
from petri.state_space.coverability import find_pump
from petri.state_space.layout_data import layout_data
from petri.state_space.layout_plan import Observed, mended_layout, plan_layout
from petri.state_space.levels import LevelStore
from petri.state_space.observing import random_markings
from petri.state_space.search import PackedSearch
from petri.state_space.space import StateSpace
from petri.state_space.state_layout import StateLayout
from petri.state_space.unlisted import UNLISTED
from petri.structure.bounds import bounds_of_flows, place_bounds
from petri.structure.flows import Semiflow, place_semiflows
from transition_systems.budget import NO_MEMORY, Budget, Meter
from transition_systems.errors import UnlistedError, UsageError
from transition_systems.progress import ProgressCallback
from transition_systems.run import Lasso

__all__ = ["state_space"]

SMALL = 20_000
# States to explore, and then nodes to search for a pump, while no bound is proved.
PUMPS = (
    (300, 300),
    (2_000, 1_500),
    (SMALL, 4_000),
    (200_000, 20_000),
    (2_000_000, 100_000),
    (20_000_000, 400_000),
)
STAGE = "state space"
SAMPLE = 30_000
RUNS = 512
NEW_PLANS = 4
# So often counters with a guessed range are widened one by one.
SINGLY = 8
UNBOUNDED = "the net is unbounded"
# Seconds for semiflows before a search; those found by then are taken.
PLANNING = 5.0


class _Planner:
    """What is known about a net, and the layout that follows."""

    def __init__(self, net: PetriNet, limit: Budget) -> None:
        self.net = net
        self.limit = limit
        left = limit.remaining()
        share = Budget(seconds=PLANNING if left is None else min(PLANNING, left / 4))
        self.flows: Sequence[Semiflow] = place_semiflows(net, budget=share)
        self.bounds = bounds_of_flows(len(net.place_ids), self.flows)
        self.seen = Observed.nothing(len(net.place_ids))
        self.seen.add(net.initial.to_array(net.place_ids)[None, :])
        self.thorough = False
        self.failures = 0

    @property
    def proved(self) -> bool:
        return all(bound is not None for bound in self.bounds)

    def look_closer(self, search: PackedSearch) -> None:
        """Spend more on bounds and on a sample, now that the net is known not to be small."""
        self.prove_bounds()
        open_places = (p for p, bound in enumerate(self.bounds) if bound in (1, None))
        covered = unit_bounded(self.flows)
        if not all(place in covered for place in open_places):
            self.observe(search)

    def prove_bounds(self) -> None:
        """Ask linear programs for the bounds that semiflows do not give."""
        self.thorough = True
        self.failures = 0
        if not self.proved:
            self.bounds = list(place_bounds(self.net, flows=self.flows, budget=self.limit).values())

    def observe(self, search: PackedSearch) -> None:
        """Look at all markings found, and at random runs from some of them."""
        search.observe(self.seen)
        level = search.store[-1]
        some = level[:, :: max(1, level.shape[1] // RUNS)]
        starts = search.layout.unpack(list(some))
        random_markings(self.net, self.seen, starts=starts, runs=RUNS, budget=self.limit)

    def mended(self, search: PackedSearch, failed: NDArray[np.int64]) -> StateLayout:
        """Return a layout that holds what was found and what did not fit."""
        self.failures += 1
        if self.thorough and self.failures <= NEW_PLANS:
            search.observe(self.seen)
            return self.layout(search)
        return mended_layout(search.layout, failed, together=self.failures > SINGLY)

    def layout(self, search: PackedSearch | None = None) -> StateLayout:
        """Return a layout; with a search, one that suits the states it found."""
        planned = plan_layout(self.flows, self.bounds, self.seen, guess=self.thorough)
        if search is None or not self.thorough:
            return planned
        level = search.store[-1][:, :SAMPLE]
        return arranged(planned, planned.repacked(search.layout, list(level)))


def unit_bounded(flows: Sequence[Semiflow]) -> set[int]:
    """Return the places that some semiflow bounds by one token."""
    return {place for flow in flows for place, weight in flow.weights if flow.value // weight == 1}


def _searched(
    planner: _Planner,
    search: PackedSearch,
    limit: Budget,
    meter: Meter,
    progress: ProgressCallback | None,
) -> tuple[str | None, Lasso | None]:
    """Run the search to its end; return why it ended early, and a pump of an unbounded net."""
    if search.states > SMALL and not search.complete:
        planner.prove_bounds()  # a search that is gone on with has its second layout already
    pumps = [stage for stage in PUMPS if stage[0] >= search.states]
    while True:
        most = None if planner.thorough else SMALL
        if pumps and not planner.proved:
            most = pumps[0][0] if most is None else min(most, pumps[0][0])
        reason = search.advance(meter=meter, progress=progress, stage=STAGE, most=most)
        if search.failed is not None:
            search.reencode(planner.mended(search, search.failed))
            continue
        if reason is not None or search.complete:
            return reason, None
        if search.states > SMALL and not planner.thorough:
            planner.look_closer(search)
            layout = planner.layout(search)
            if layout_data(layout) != layout_data(search.layout):
                search.reencode(layout)
        if not planner.proved and pumps and search.states > pumps[0][0]:
            left = limit.remaining()
            nodes = pumps.pop(0)[1]
            share = Budget(states=nodes, seconds=None if left is None else left / 4)
            pump = find_pump(planner.net, budget=share, progress=progress)
            if pump is not None:
                return UNBOUNDED, pump


def state_space(
    net: PetriNet,
    *,
    method: str = "auto",
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    spill: str | Path | None = None,
    workers: int = 1,
) -> StateSpace:
    """Enumerate the reachable markings of a net as packed arrays, breadth first.

    Parameters
    ----------
    net
        Any place/transition net. One that turns out to be unbounded is answered with a pump.
    method
        ``"explicit"``, or ``"auto"``, which is the same.
    budget, progress
        Limits and a callback. When states or seconds end, or the operating system gives no more
        memory, the space is partial (``complete=False``); when bytes end, the visited set goes over
        to files.
    spill
        A folder that keeps the levels as files. A search that was interrupted, even by the end of
        the process, goes on from its last complete level when it is called again with the folder.
    workers
        With 2, a second process makes the successors of levels with more than 32,768 states while
        this one looks them up. The result is the same, but where a budget ends a level more or
        less may be there.

    Returns
    -------
    StateSpace
        State 0 is the initial marking; states come level by level.

    Raises
    ------
    UnlistedError
        When a counter needs more than 62 bits.
    UsageError
        When the folder belongs to another net, is damaged, or
        is in use by another search.

    Notes
    -----
    A state takes one word, or as few as proved bounds and observed exclusions allow; guesses are
    looked at in each firing and mended, so that the answer is exact. O(states x transitions)
    narrow operations and O(arcs log arcs) to sort; 8 bytes a state and word for the levels, and
    for the visited set 1 to 16.

    Examples
    --------
    >>> space = state_space(PetriNet.from_arrays([[1], [0]], [[0], [1]], [3, 0]))
    >>> space
    <StateSpace of 4 states, 3 arcs, complete>
    """
    if method not in ("auto", "explicit"):
        raise UsageError(f"there is no method {method!r} here; there are 'auto' and 'explicit'")
    limit = (budget or Budget()).fixed()
    meter = limit.start()
    cpu = time.process_time()
    planner = _Planner(net, limit)
    folder = None if spill is None else Path(spill)
    store = LevelStore(folder)
    search: PackedSearch | None = None
    pump: Lasso | None = None
    try:
        search = PackedSearch(net, planner.layout(), store, workers=workers)
        reason, pump = _searched(planner, search, limit, meter, progress)
    except OverflowError as error:
        if search is None:
            raise UnlistedError(f"{UNLISTED}: {error}") from error
        reason = str(error)
    except MemoryError:
        if search is None or not search.settled:
            raise
        reason = NO_MEMORY
    finally:
        if search is not None:
            search.close()
        store.close()
    assert search is not None
    return StateSpace(
        net,
        search,
        reason=reason,
        pump=pump,
        seconds=meter.seconds,
        cpu_seconds=time.process_time() - cpu,
    )
