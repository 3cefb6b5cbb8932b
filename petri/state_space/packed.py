"""A Petri net as an explicit system that numbers its states and keeps its arcs.

Few states at a time are fired with guard bits, which needs no plan and is fastest for small nets
(:mod:`petri.state_space.guarded`). Where a block gets large, the system asks for the planned layout
and the column-wise firing that counting searches use: fewer words, and an order of magnitude less
for each comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from petri.incidence import MAX_DENSE
from petri.net import PetriNet
from petri.state_space.guarded import ARC_BYTES, MOST_BYTES, GuardedFiring
from petri.state_space.layout_plan import Observed, mended_layout, plan_layout
from petri.state_space.scalar_game import ScalarGame
from petri.state_space.state_layout import StateLayout
from petri.state_space.token_kernel import LayoutError, TokenKernel
from petri.structure.bounds import bounds_of_flows
from petri.structure.flows import place_semiflows
from transition_systems.budget import Budget
from transition_systems.protocols import BlockError, WidthError

__all__ = ["PackedNet"]

Words = NDArray[np.uint64]

BLOCK = 1 << 15
# The successors of a block may take this part of a budget of bytes, and no less than this.
PART = 8
LEAST_BYTES = 1 << 20
# Seconds for the semiflows of a layout; those found by then are taken.
PLANNING = 1.0
# A block of more states is worth a plan.
LARGE = 1 << 12
LOOKED_AT = 1 << 14
# A level with arrays takes as long as so many arcs on integers, and more for each transition.
WORTH = 250.0
PLANNED = 15.0


class PackedNet:
    """The token game of a net on packed markings (implements ``ExplicitSystem``).

    No bound has to be known beforehand: fields grow when a marking does not fit. Labels are the
    transitions' indices.

    Parameters
    ----------
    net
        Any place/transition net.
    budget
        Of its bytes the successors of a block take an eighth, and 256 MiB at most; of its seconds
        the planning of a layout takes an eighth, and 1 at most.

    Raises
    ------
    OverflowError
        When a counter needs more than 62 bits.

    Examples
    --------
    >>> from petri import PetriNet
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> system = PackedNet(net)
    >>> source, label, target = system.successors(system.initial())
    >>> system.unpack(target).tolist()
    [[0, 1]]
    """

    def __init__(self, net: PetriNet, *, budget: Budget | None = None) -> None:
        self.net = net
        self.limit(budget or Budget())
        self._plan = False
        self._initial = net.initial.to_array(net.place_ids)[None, :]
        self._firing: GuardedFiring | _PlannedFiring
        try:
            self._firing = GuardedFiring(net)
        except OverflowError:
            self._firing = _PlannedFiring.planned(net, [self._initial], self._planning)

    def limit(self, budget: Budget) -> None:
        """Say what budget of bytes there is from now on, and of seconds for planning a layout."""
        left = budget.remaining()
        self._planning = PLANNING if left is None else min(PLANNING, left / PART)
        part = MOST_BYTES if budget.bytes is None else budget.bytes // PART
        self._most_bytes = max(LEAST_BYTES, min(MOST_BYTES, part))

    @property
    def block(self) -> int:
        """How many states to expand at a time."""
        each = len(self.net.place_ids) + len(self.net.transition_ids)
        return max(1, min(BLOCK, self._most_bytes // max(1, each)))

    @property
    def integers(self) -> Callable[[], ScalarGame] | None:
        """What returns the same game on integers, for few states; ``None`` for very large nets."""
        if len(self.net.place_ids) * len(self.net.transition_ids) > MAX_DENSE:
            return None
        return self._game

    def _game(self) -> ScalarGame:
        return self._firing.integers()

    @property
    def labels(self) -> Sequence[str]:
        """The transitions' ids."""
        return self.net.transition_ids

    @property
    def layout(self) -> StateLayout:
        """Where the places lie in the words."""
        return self._firing.layout

    def initial(self) -> Words:
        """Return the packed initial marking, uint64 of shape (1, w)."""
        return self._firing.pack(self._initial)

    def alive(self, block: Words) -> NDArray[np.bool_]:
        """Return in which states, uint64 (n, w), some transition is enabled; bool (n,)."""
        return self._firing.alive(block)

    def successors(self, block: Words) -> tuple[NDArray[np.int64], NDArray[np.int32], Words]:
        """Return all firings from a block of packed markings, sorted by source and transition.

        Raises
        ------
        WidthError
            When a marking does not fit its fields, or when the block is the first large one.
        BlockError
            When the firings from several states would take too many bytes.
        """
        if len(block) > LARGE and isinstance(self._firing, GuardedFiring):
            self._plan = True
            raise WidthError("many states are worth a plan")
        self._plan = False
        return self._firing.successors(block, self._most_bytes)

    def unpack(self, rows: Words) -> NDArray[np.int64]:
        """Return markings, int64 of shape (n, n_places)."""
        return self._firing.unpack(rows)

    def column(self, rows: Words, place: int) -> NDArray[np.int64]:
        """Return the tokens of one place, by index, in states; int64 (n,)."""
        return self.layout.place_column(list(rows.T), place)

    def decode(self, row: Words) -> NDArray[np.int64]:
        """Return one marking as int64 of shape (n_places,)."""
        marking: NDArray[np.int64] = self.unpack(row[None, :])[0]
        return marking

    def reencode(self, seen: Words) -> Words:
        """Plan or mend the layout and return the given states anew, uint64 (n, w)."""
        old = firing = self._firing
        if not self._plan:
            try:
                firing = old.wider()
            except OverflowError:
                if isinstance(old, _PlannedFiring):
                    raise
                self._plan = True
        if self._plan:
            markings = (old.unpack(part) for part in _parts(seen, self.block))
            firing = _PlannedFiring.planned(self.net, markings, self._planning)
        rows = np.empty((len(seen), firing.layout.words), dtype=np.uint64)
        at = 0
        for part in _parts(seen, self.block):
            packed = firing.layout.repacked(old.layout, list(part.T))
            rows[at : at + len(part)] = packed.T
            at += len(part)
        self._firing = firing  # not before: without memory for the rows, the old one stays
        return rows


class _PlannedFiring:
    """The token game of a net on a planned layout, column by column.

    Only what is proved, and the largest tokens seen, go into the plan. Places that were never seen
    marked together share no field here, as they do in counting searches: a guess that fails costs
    more than a second word.
    """

    def __init__(self, net: PetriNet, layout: StateLayout) -> None:
        self.net = net
        self.layout = layout
        self._kernel = TokenKernel(net, layout)
        constants = self._kernel.constants
        self._change = np.array(constants, dtype=np.uint64).reshape(-1, layout.words)

    @classmethod
    def planned(
        cls, net: PetriNet, markings: Iterable[NDArray[np.int64]], seconds: float
    ) -> _PlannedFiring:
        """Return the game on a layout that holds the markings given, planned in so many seconds."""
        places = len(net.place_ids)
        seen = Observed.nothing(places)
        for part in markings:
            np.maximum(seen.top, part.max(axis=0), out=seen.top)
        flows = place_semiflows(net, budget=Budget(seconds=seconds))
        return cls(net, plan_layout(flows, bounds_of_flows(places, flows), seen, guess=False))

    def integers(self) -> ScalarGame:
        """Return the game on integers."""
        worth = WORTH + PLANNED * len(self._change)
        return ScalarGame(self.net, self.layout, self._kernel.tests, worth=worth)

    def wider(self) -> _PlannedFiring:
        """Return the game on a layout that also holds what did not fit."""
        return _PlannedFiring(self.net, mended_layout(self.layout, self._failed))

    def alive(self, block: Words) -> NDArray[np.bool_]:
        """Return in which states some transition is enabled."""
        alive = np.zeros(len(block), dtype=bool)
        for _ in self._kernel.enabled(_columns(block), alive):
            pass
        return alive

    def successors(
        self, block: Words, most_bytes: int = MOST_BYTES
    ) -> tuple[NDArray[np.int64], NDArray[np.int32], Words]:
        """Return all firings from a block of at most 2 ** 16 states, sorted by source."""
        words = _columns(block)
        fired: list[int] = []
        rows_of: list[NDArray[np.int64]] = [np.empty(0, dtype=np.int64)]
        left = most_bytes // (8 * self.layout.words + ARC_BYTES)
        try:
            for transition, rows in self._kernel.firings(words):
                left -= len(rows)
                if left < 0 and len(block) > 1:
                    raise BlockError(len(block) // 2)
                fired.append(transition)
                rows_of.append(rows)
        except LayoutError as error:
            states = block.take(error.states[:LOOKED_AT], axis=0)
            self._failed = (
                self.unpack(states) + self.net.incidence_csr[:, [error.transition]].toarray()[:, 0]
            )
            raise WidthError("a counter outgrew its field") from error
        source = np.concatenate(rows_of).astype(np.uint16)
        order = source.argsort(kind="stable")
        counts = [len(rows) for rows in rows_of[1:]]
        label = np.repeat(np.array(fired, dtype=np.int32), counts).take(order)
        source = source.take(order)
        target = block.take(source, axis=0)
        target += self._change.take(label, axis=0)
        return source.astype(np.int64), label, target

    def unpack(self, rows: Words) -> NDArray[np.int64]:
        """Return the markings of states, int64 of shape (n, n_places)."""
        return self.layout.unpack(list(rows.T))

    def pack(self, markings: NDArray[np.int64]) -> Words:
        """Return markings as rows of words."""
        return np.ascontiguousarray(self.layout.pack(markings).T)


def _columns(rows: Words) -> list[Words]:
    """Return the words of states, one array each."""
    return list(np.ascontiguousarray(rows.T))


def _parts(rows: Words, size: int) -> Iterator[Words]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
