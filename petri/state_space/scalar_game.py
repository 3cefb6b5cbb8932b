"""The token game on one state at a time, as integers of Python: for levels of few states.

An array operation takes microseconds whatever its length; where a level has few states, integers of
any length are faster. A state is one integer: above, the words of its packed layout; below, a
counter for each test "a place has so many tokens", shifted so that its highest bit says whether the
test holds. A firing adds one constant; one ``&`` tells which tests hold, and what can fire follows
from that, and is remembered.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from petri.state_space.state_layout import StateLayout
from petri.state_space.token_kernel import Test

__all__ = ["ScalarGame"]

Word = NDArray[np.uint64]
# What can fire: the constants of the firings that change something, and how many there are at all.
Firings = tuple[tuple[int, ...], int]
# A transition, and the constant that it adds.
Step = tuple[int, int]

Tests = Sequence[tuple[Test, ...] | None]

# States, and steps of them all together, that are remembered.
REMEMBERED = 1 << 14
STEPS_REMEMBERED = 1 << 22
CELLS = 1 << 20
WORD = 64


class ScalarGame:
    """The token game of a net on integers.

    Parameters
    ----------
    net, layout
        The net, and a layout of its markings.
    tests
        For each transition what has to hold, ``None`` where it never does.
    guarded
        Whether the highest bit of each field is a guard, which a counter must not reach.

    Attributes
    ----------
    worth
        How many arcs of this game take as long as a level does with arrays.
    tests
        All bits that tell whether a test holds.
    over
        The bits that are set in a number that does not fit the layout.
    shift
        The number of a state, shifted so far to the right, is its words in one integer.

    Examples
    --------
    >>> from petri.state_space.layout_plan import Observed, plan_layout
    >>> from petri.state_space.token_kernel import TokenKernel
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [2, 0])
    >>> layout = plan_layout((), [2, 2], Observed.nothing(2))
    >>> game = ScalarGame(net, layout, TokenKernel(net, layout).tests)
    >>> number = game.numbers(layout.pack(np.array([[2, 0]])))[0]
    >>> (change,), count = game.firings(number & game.tests)
    >>> layout.unpack(list(game.words([number, number + change]))).tolist()
    [[2, 0], [1, 1]]
    """

    def __init__(
        self,
        net: PetriNet,
        layout: StateLayout,
        tests: Tests,
        *,
        guarded: bool = False,
        worth: float = 0.0,
    ) -> None:
        self.layout = layout
        self.worth = worth
        self._room = _rooms(net, self.layout)
        self._used = [0]
        self._first = [0]
        self._entries: list[tuple[int, int, int]] = []
        self._gain: dict[int, int] = {}
        bits = self._test_bits(tests)
        self.tests = sum(bits.values())
        self.over = self._limit_bits(net, guarded)
        words = len(self._used)
        self.shift = self._used[0] if words == 1 else WORD * words
        self._compile(net, tests, bits)
        self._columns()
        self.remembered: dict[int, Firings] = {}
        self.known_steps: dict[int, tuple[Step, ...]] = {}
        self._steps_left = STEPS_REMEMBERED

    def _take(self, places: Sequence[int], below: int, bits: int) -> int:
        """Lay out a counter of some places, plus 2 ** bits - below; return its highest bit."""
        if self._used[-1] + bits + 1 > WORD:
            self._used.append(0)
            self._first.append(0)
        word, at = len(self._used) - 1, self._used[-1]
        self._used[-1] += bits + 1
        self._first[-1] += ((1 << bits) - below) << at
        self._entries += [(word, at, place) for place in places]
        for place in places:
            self._gain[place] = self._gain.get(place, 0) + (1 << WORD * word + at)
        return 1 << WORD * word + at + bits

    def _test_bits(self, tests: Tests) -> dict[Test, int]:
        wanted = sorted({test for some in tests if some is not None for test in some})
        return {
            (place, weight): self._take(
                [place],
                weight,
                max((weight - 1).bit_length(), (self._room[place] - weight).bit_length()),
            )
            for place, weight in wanted
        }

    def _limit_bits(self, net: PetriNet, guarded: bool) -> int:
        """Watch the fields whose range is only guessed."""
        over = 0
        for field in self.layout.fields:
            if field.proved:
                continue
            most = int(net.incidence[list(field.places)].sum(axis=0).max(initial=0))
            if most > 0:
                base = 2 if field.unit else field.base >> guarded
                bits = max((base - 1).bit_length(), (most - 1).bit_length())
                over |= self._take(field.places, base, bits)
        return over

    def _compile(self, net: PetriNet, tests: Tests, bits: dict[Test, int]) -> None:
        """Compute the constant of each transition, and put it under one of its tests."""
        initial = net.initial.to_array(net.place_ids)
        shared: dict[Test, int] = {}
        for needed in tests:
            for test in needed or ():
                shared[test] = shared.get(test, 0) + 1
        self._free: list[Step] = []
        self._under: dict[int, list[tuple[int, int, int]]] = {}
        for transition, needed in enumerate(tests):
            if needed is None:
                continue
            change = net.incidence[:, transition]
            changed = {int(p): int(change[p]) for p in change.nonzero()[0]}
            amounts = self.layout.amounts(changed)
            words = sum(amount << WORD * word for word, amount in enumerate(amounts))
            constant = (words << self.shift) + sum(
                tokens * self._gain.get(place, 0) for place, tokens in changed.items()
            )
            needs = sum({bits[test] for test in needed})
            if not needed:
                self._free.append((transition, constant))
                continue
            watched = min(needed, key=lambda t: (bool(initial[t[0]] >= t[1]), shared[t], t))
            self._under.setdefault(bits[watched], []).append((needs, transition, constant))
        self._watched = sum(self._under)

    def _columns(self) -> None:
        """Arrange the counters so that many numbers are made at once."""
        entries = np.array(self._entries, dtype=np.int64).reshape(-1, 3)
        self._shifts = entries[:, 1].astype(np.uint64)
        self._places = entries[:, 2]
        self._starts = np.searchsorted(entries[:, 0], np.arange(len(self._used)))
        self._base = np.array(self._first, dtype=np.uint64)

    def numbers(self, states: Word) -> list[int]:
        """Return the numbers of packed states, uint64 of shape (words, n)."""
        count = states.shape[1]
        if not self._entries:
            return [word << self.shift | self._first[0] for word in _joined(states)]
        lower = np.empty((len(self._used), count), dtype=np.uint64)
        step = max(1, CELLS // len(self._entries))
        for start in range(0, count, step):
            markings = self.layout.unpack(states[:, start : start + step])
            tokens = markings[:, self._places].astype(np.uint64)
            tokens <<= self._shifts
            lower[:, start : start + step] = np.add.reduceat(tokens, self._starts, axis=1).T
        lower += self._base[:, None]
        pairs = zip(_joined(states), _joined(lower), strict=True)
        return [word << self.shift | below for word, below in pairs]

    def words(self, numbers: Sequence[int]) -> Word:
        """Return the packed states of some numbers, uint64 of shape (words, n)."""
        shift, words = self.shift, self.layout.words
        if words == 1:
            return np.array([[number >> shift for number in numbers]], dtype=np.uint64)
        size = 8 * words
        data = b"".join([(number >> shift).to_bytes(size, "little") for number in numbers])
        rows = np.frombuffer(data, dtype="<u8").reshape(-1, words)
        return np.ascontiguousarray(rows.T, dtype=np.uint64)

    def _fired(self, holding: int) -> list[Step]:
        """Return the transitions that fire where these tests hold."""
        fired = [*self._free]
        rest = holding & self._watched
        while rest:
            lowest = rest & -rest
            rest ^= lowest
            for needs, transition, constant in self._under[lowest]:
                if holding & needs == needs:
                    fired.append((transition, constant))
        return fired

    def firings(self, holding: int) -> Firings:
        """Return what fires where these tests hold."""
        fired = self._fired(holding)
        result = tuple(constant for _, constant in fired if constant), len(fired)
        if len(self.remembered) < REMEMBERED and self._room_for(fired):
            self.remembered[holding] = result
        return result

    def steps(self, holding: int) -> tuple[Step, ...]:
        """Return the transitions that fire where these tests hold, ascending, and constants."""
        result = tuple(sorted(self._fired(holding)))
        if len(self.known_steps) < REMEMBERED and self._room_for(result):
            self.known_steps[holding] = result
        return result

    def _room_for(self, steps: Sequence[Step]) -> bool:
        """Return whether so many steps more may be remembered, and count them."""
        self._steps_left -= len(steps)
        return self._steps_left >= 0


def _rooms(net: PetriNet, layout: StateLayout) -> list[int]:
    """Return the most tokens of each place that a number has to tell apart.

    A firing may lead one step out of a range that is only guessed.
    """
    gains = net.incidence.max(axis=1, initial=0).tolist()
    rooms = [0] * layout.n_places
    for place in range(layout.n_places):
        rule = layout.follows.get(place)
        if rule is not None:
            rooms[place] = rule.value
            continue
        field = layout.fields[layout.home[place][0]]
        rooms[place] = 1 if field.unit else field.base - 1
        if not field.proved:
            rooms[place] += gains[place]
    return rooms


def _joined(rows: Word) -> list[int]:
    """Return the words of each column as one integer, the first word lowest."""
    if len(rows) == 1:
        single: list[int] = rows[0].tolist()
        return single
    data = np.ascontiguousarray(rows.T, dtype="<u8").tobytes()
    size = 8 * len(rows)
    return [int.from_bytes(data[i : i + size], "little") for i in range(0, len(data), size)]
