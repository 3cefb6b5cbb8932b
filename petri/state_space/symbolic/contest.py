"""Several orders of the places tried in turns, until the diagrams of one stay small enough."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from petri.net import PetriNet
from petri.state_space.symbolic.block_orders import Plan
from petri.state_space.symbolic.closure import Closure
from petri.state_space.symbolic.symbolic_net import SymbolicNet
from transition_systems.budget import Budget
from transition_systems.progress import ProgressCallback

__all__ = ["Attempt", "Contest"]

BYTES_OF_NODE = 32
# Seconds of one turn: of the first order alone, of each, and by how much turns grow.
FIRST, LATER, GROWTH = 0.5, 1.0, 3.0
# From turns of this length on only orders with about the fewest variables go on.
LONG, ABOUT = 3.0, 1.25
NO_ROOM = "the diagrams need more nodes than there is room for"


@dataclass(slots=True)
class Attempt:
    """A closure under way, in one order."""

    closure: Closure
    groups: tuple[tuple[int, ...], ...] = ()

    @property
    def bytes(self) -> int:
        """About how many bytes its nodes take."""
        return self.closure.system.store.bytes()

    @property
    def done(self) -> bool:
        """Whether the set is closed, or a step led out of the fields."""
        closure = self.closure
        return closure.started and closure.reason is None


class Contest:
    """Closures of one net in different orders of its places, which take turns.

    Parameters
    ----------
    net
        The net.
    orders
        Orders of the places; the second is asked for when the first had its turn in vain.
    library
        The library of diagrams.
    limit
        The budget of all together, with a deadline where it has seconds.
    progress
        A callback.

    Attributes
    ----------
    reason
        Why no order came to an end, or ``None``.
    last
        The system of the last order that was tried.
    peak
        The most bytes of all together.

    Notes
    -----
    Turns grow threefold, and a closure goes on where it was: with k orders the best one has at
    least a k-th of the time but for the last round. After the second round those with many more
    variables than another, which has found groups of places, are left.
    """

    def __init__(
        self,
        net: PetriNet,
        orders: Iterator[Plan],
        *,
        library: str,
        limit: Budget,
        progress: ProgressCallback | None,
    ) -> None:
        self.net, self._library, self._progress = net, library, progress
        self._orders, self._limit = orders, limit
        self._known = [next(orders)]
        self._asked = False
        self._meter = limit.start()
        self.reason: str | None = None
        self.peak = 0
        self.last: SymbolicNet

    def run(
        self,
        widths: Sequence[int],
        dead: Collection[int],
        broken: Collection[tuple[int, ...]],
    ) -> Attempt | None:
        """Return the attempt that is done first; or none.

        Fields have the widths; groups that are broken get none of their own.
        """
        attempts: list[Attempt] = []
        tried, turn = 0, FIRST
        self.reason = None
        while True:
            for plan in self._known[tried:]:
                groups = tuple(group for group in plan.groups if group not in broken)
                attempts.append(self._attempt(Plan(plan.order, groups), widths, dead))
                tried += 1
            # The last one left has all the time; while others are not asked for yet, it has not.
            alone = self._asked and len(attempts) == 1
            for attempt in list(attempts):
                room = self._play(attempt, attempts, None if alone else turn)
                if attempt.done:
                    return attempt
                if not room:
                    attempts.remove(attempt)
            self.reason = self._meter.exhausted(bytes=sum(a.bytes for a in attempts))
            if self.reason is not None:
                return None
            if not self._asked:
                self._asked = True
                for plan in self._orders:
                    self._known.append(plan)
                    if self._meter.out_of_time():
                        break
                turn = LATER
            elif not attempts:
                self.reason = NO_ROOM
                return None
            else:
                if turn >= LONG:
                    attempts = _with_few_variables(attempts)
                turn *= GROWTH

    def _attempt(self, plan: Plan, widths: Sequence[int], dead: Collection[int]) -> Attempt:
        most = self._limit.bytes
        nodes = None if most is None else most // BYTES_OF_NODE
        self.last = SymbolicNet(
            self.net,
            plan.order,
            widths,
            library=self._library,
            nodes=nodes,
            dead=dead,
            groups=plan.groups,
        )
        return Attempt(Closure(self.last), plan.groups)

    def _play(self, attempt: Attempt, attempts: list[Attempt], seconds: float | None) -> bool:
        """Give an attempt its turn; return whether there was room for its nodes."""
        others = sum(one.bytes for one in attempts if one is not attempt)
        most = self._limit.bytes
        left = None if most is None else max(0, most - others)
        share = Budget(seconds=seconds, bytes=left, deadline=self._limit.deadline)
        store = attempt.closure.system.store
        try:
            attempt.closure.run(share.start(), self._progress)
        except store.exhausted:
            attempt.closure.reason = NO_ROOM
            return False
        finally:
            self.peak = max(self.peak, others + store.bytes())
        return True


def _with_few_variables(attempts: list[Attempt]) -> list[Attempt]:
    least = min(attempt.closure.system.n_variables for attempt in attempts)
    return [a for a in attempts if a.closure.system.n_variables <= ABOUT * least]
