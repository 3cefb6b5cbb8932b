"""The symbolic state space of a net: order the places, guess widths, close, widen."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from petri.net import PetriNet
from petri.state_space.coverability import find_pump
from petri.state_space.symbolic.block_orders import Plan, candidate_orders
from petri.state_space.symbolic.closure import Closure
from petri.state_space.symbolic.contest import Attempt, Contest
from petri.state_space.symbolic.fields import between
from petri.state_space.symbolic.symbolic_space import SymbolicSpace
from petri.state_space.symbolic.variable_order import force_order, neighbourhoods
from petri.structure.bounds import bounds_of_flows
from petri.structure.flows import Semiflow, place_semiflows
from transition_systems.budget import Budget
from transition_systems.progress import ProgressCallback
from transition_systems.run import Lasso

__all__ = ["symbolic_state_space"]

# Places times transitions, up to which semiflows are cheap, and up to which they are affordable
# where orders without them did not do.
SMALL = 40_000
LARGE = 2_000_000
PUMP_BITS = 4
PUMP_NODES = 4_000
MOST_BITS = 62
TOO_WIDE = f"a place gets more than {MOST_BITS} bits of tokens"
UNBOUNDED = "the net is unbounded"


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
    the states, and on the order of the places: several orders are tried in turns.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [3, 0])
    >>> symbolic_state_space(net)
    <SymbolicSpace of 4 states in 11 nodes, complete>
    """
    limit = (budget or Budget()).fixed()
    meter = limit.start()
    cpu = time.process_time()
    knowledge = _Knowledge(net, limit)
    contest = Contest(net, knowledge.orders(), library=library, limit=limit, progress=progress)
    reason: str | None = None
    pump: Lasso | None = None
    while True:
        winner = contest.run(knowledge.widths, knowledge.dead, knowledge.broken)
        reason = contest.reason
        if winner is None or winner.closure.wide is None:
            if reason is None and max(knowledge.widths, default=0) > MOST_BITS:
                reason = TOO_WIDE  # no recheck takes such a diagram
            break
        closure = winner.closure
        if knowledge.broke(winner) or knowledge.widened():
            continue
        grown = _outgrown(closure)
        widths = knowledge.widths
        for place in grown:
            widths[place] = min(2 * widths[place], MOST_BITS)
        widest = max(widths[place] for place in grown)
        if widest >= PUMP_BITS:
            share = Budget(states=PUMP_NODES * widest, deadline=limit.deadline)
            pump = find_pump(net, budget=share, progress=progress)
            if pump is not None:
                reason = UNBOUNDED
                break
        if all(closure.system.widths[place] == MOST_BITS for place in grown):
            reason = TOO_WIDE
            break
    system = contest.last if winner is None else winner.closure.system
    return SymbolicSpace(
        net,
        system,
        system.store.false if winner is None else winner.closure.states,
        reason=reason,
        pump=pump,
        seconds=meter.seconds,
        cpu_seconds=time.process_time() - cpu,
        peak_bytes=contest.peak,
    )


class _Knowledge:
    """What is known of a net: semiflows, once they are asked for, and what follows from them."""

    def __init__(self, net: PetriNet, limit: Budget) -> None:
        self.net = net
        self.limit = limit
        self.dead: set[int] = set()
        self.broken: set[tuple[int, ...]] = set()
        self._flows: Sequence[Semiflow] | None = None
        initial: list[int] = net.initial.to_array(net.place_ids).tolist()
        # The bits of each place to start with: those of its tokens, or those that are proved.
        self.widths = [max(1, tokens.bit_length()) for tokens in initial]
        self._proved = False
        if max(initial, default=0) > 1:
            self.widened()

    @property
    def size(self) -> int:
        return len(self.net.place_ids) * len(self.net.transition_ids)

    def flows(self) -> Sequence[Semiflow]:
        """Return semiflows, none of a net so large that they would cost too much."""
        if self._flows is None:
            self._flows = place_semiflows(self.net, budget=self.limit) if self.size <= LARGE else ()
        return self._flows

    def widened(self) -> bool:
        """Widen to what semiflows prove to suffice, once; return whether that changed a width.

        Transitions that need more than the bound of a place are known to be dead then.
        """
        if self._proved or self.size > SMALL:
            return False
        self._proved = True
        bounds = bounds_of_flows(len(self.widths), self.flows())
        before = list(self.widths)
        for place, bound in enumerate(bounds):
            if bound is not None:
                self.widths[place] = max(1, self.widths[place], bound.bit_length())
        self._mark_dead(bounds)
        return before != self.widths

    def _mark_dead(self, bounds: Sequence[int | None]) -> None:
        for transition in range(len(self.net.transition_ids)):
            places, weights = self.net.pre_arcs.row(transition)
            for place, weight in zip(places.tolist(), weights.tolist(), strict=True):
                bound = bounds[place]
                if bound is not None and weight > bound:
                    self.dead.add(transition)

    def broke(self, attempt: Attempt) -> bool:
        """Take note of the groups that a step put a second token into; return whether any was."""
        closure, before = attempt.closure, len(self.broken)
        system, transition = closure.system, closure.wide
        assert transition is not None
        fields, store = system.fields, system.store
        states = closure.states & system.enabled(transition)
        for place, step in fields.group_steps(system.effects[transition]).items():
            filled = step.after and not step.before
            if not step.possible or (
                filled and states & ~fields.coded(store, place, 0) != store.false
            ):
                self.broken.update(group for group in attempt.groups if place in group)
        return len(self.broken) > before

    def orders(self) -> Iterator[Plan]:
        """Yield orders of the places; semiflows are asked for after the first."""
        net = self.net
        first = Plan(force_order(len(net.place_ids), neighbourhoods(net)))
        yield first
        self._mark_dead(bounds_of_flows(len(self.widths), self.flows()))
        if self.limit.remaining() == 0.0:
            return
        for plan in candidate_orders(net, self.flows(), self.dead):
            if plan != first:
                yield plan


def _outgrown(closure: Closure) -> list[int]:
    """Return the places of which the step that led out of the fields needs more bits."""
    system, transition = closure.system, closure.wide
    store = system.store
    grown: list[int] = []
    assert transition is not None
    states = closure.states & system.enabled(transition)
    for place, (taken, put) in system.effects[transition].items():
        most = (1 << system.widths[place]) - 1
        if put > taken and not system.fields.codes[place]:
            low = max(0, most + 1 - (put - taken))
            if states & between(store, system.bits[place], low, most) != store.false:
                grown.append(place)
    return grown
