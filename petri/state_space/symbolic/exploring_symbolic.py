"""The symbolic state space of a net: order the places, guess widths, close, widen."""

from __future__ import annotations

import time

from petri.net import PetriNet
from petri.state_space.coverability import find_pump
from petri.state_space.symbolic.closure import Closure
from petri.state_space.symbolic.fields import between
from petri.state_space.symbolic.symbolic_net import SymbolicNet
from petri.state_space.symbolic.symbolic_space import SymbolicSpace
from petri.state_space.symbolic.variable_order import force_order, neighbourhoods
from petri.structure.bounds import bounds_of_flows
from petri.structure.flows import place_semiflows
from transition_systems.budget import Budget
from transition_systems.progress import ProgressCallback
from transition_systems.run import Lasso

__all__ = ["symbolic_state_space"]

SMALL = 40_000  # places times transitions, up to which semiflows are cheap
PUMP_BITS = 4
PUMP_NODES = 4_000
MOST_BITS = 62
BYTES_OF_NODE = 32
UNBOUNDED = "the net is unbounded"
NO_ROOM = "the diagrams need more nodes than there is room for"


def symbolic_state_space(
    net: PetriNet,
    *,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    library: str = "oxidd",
) -> SymbolicSpace:
    """Compute the reachable markings of a bounded net as a decision diagram.

    Parameters
    ----------
    net
        Any place/transition net. One that turns out to be unbounded is answered with a pump.
    budget, progress
        Limits and a callback; ``states`` does not matter here. When the budget ends, the space is
        partial and tells no figures.
    library
        ``"oxidd"``, or ``"dd"`` in pure Python.

    Returns
    -------
    SymbolicSpace

    Raises
    ------
    UsageError
        When the library is not installed.

    Notes
    -----
    A place has as many Boolean variables as its tokens take in binary. The number is proved by
    semiflows or guessed; where a step leads out of the fields, they are widened and the search
    starts again, so that no answer rests on a guess. Time and memory depend on the nodes, not on
    the states.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [3, 0])
    >>> symbolic_state_space(net)
    <SymbolicSpace of 4 states in 11 nodes, complete>
    """
    limit = (budget or Budget()).fixed()
    meter = limit.start()
    cpu = time.process_time()
    order = force_order(len(net.place_ids), neighbourhoods(net))
    widths, proved = _first_widths(net)
    nodes = None if limit.bytes is None else limit.bytes // BYTES_OF_NODE
    peak = 0
    reason: str | None = None
    pump: Lasso | None = None
    while True:
        system = SymbolicNet(net, order, widths, library=library, nodes=nodes)
        closure: Closure | None = None
        try:
            closure = Closure(system)
            closure.run(meter, progress)
            reason = closure.reason
        except system.store.exhausted:
            reason = NO_ROOM
        peak = max(peak, system.store.bytes())
        if reason is not None or closure is None or closure.wide is None:
            break
        if not proved and _cheap(net):
            proved = True
            widths = [max(pair) for pair in zip(widths, _proved_widths(net), strict=True)]
            if widths != system.widths:
                continue
        grown = _outgrown(closure)
        for place in grown:
            widths[place] = min(2 * widths[place], MOST_BITS)
        widest = max(widths[place] for place in grown)
        if widest >= PUMP_BITS:
            share = Budget(states=PUMP_NODES * widest, deadline=limit.deadline)
            pump = find_pump(net, budget=share, progress=progress)
            if pump is not None:
                reason = UNBOUNDED
                break
        if all(system.widths[place] == MOST_BITS for place in grown):
            reason = f"a place gets more than {MOST_BITS} bits of tokens"
            break
    return SymbolicSpace(
        net,
        system,
        system.store.false if closure is None else closure.states,
        reason=reason,
        pump=pump,
        seconds=meter.seconds,
        cpu_seconds=time.process_time() - cpu,
        peak_bytes=peak,
    )


def _cheap(net: PetriNet) -> bool:
    return len(net.place_ids) * len(net.transition_ids) <= SMALL


def _first_widths(net: PetriNet) -> tuple[list[int], bool]:
    """Return the bits of each place to start with, and whether semiflows were looked at."""
    initial = net.initial.to_array(net.place_ids).tolist()
    if max(initial, default=0) <= 1 or not _cheap(net):
        return [max(1, int(tokens).bit_length()) for tokens in initial], False
    return _proved_widths(net), True


def _proved_widths(net: PetriNet) -> list[int]:
    """Return the bits that semiflows prove to suffice, or those of the initial tokens."""
    initial = net.initial.to_array(net.place_ids).tolist()
    bounds = bounds_of_flows(len(initial), place_semiflows(net))
    return [
        max(1, int(tokens if bound is None else bound).bit_length())
        for tokens, bound in zip(initial, bounds, strict=True)
    ]


def _outgrown(closure: Closure) -> list[int]:
    """Return the places of which the step that led out of the fields needs more bits."""
    system, transition = closure.system, closure.wide
    store = system.store
    grown: list[int] = []
    assert transition is not None
    states = closure.states & system.enabled(transition)
    for place, (taken, put) in system.effects[transition].items():
        most = (1 << system.widths[place]) - 1
        if put > taken:
            low = max(0, most + 1 - (put - taken))
            if states & between(store, system.bits[place], low, most) != store.false:
                grown.append(place)
    return grown
