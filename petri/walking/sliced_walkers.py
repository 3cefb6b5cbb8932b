"""The markings of many walkers as bit planes, and one transition attempted by all of them.

Each place has as many planes as its largest number of tokens needs bits; a plane holds one bit of
each walker. A transition is attempted with a few bitwise operations on whole planes, however many
walkers there are. Where a sum does not fit, the place gets another plane, so nothing overflows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from petri.structure.bounds import bounds_of_flows
from petri.structure.flows import place_semiflows
from petri.token_game.bit_program import AND, OR, XOR, BitProgram, compile_predicate
from petri.token_game.sliced_net import BitLayout, Slot, layout_of, slots_of
from petri.walking.moves import needs_and_moves
from transition_systems.budget import Budget, Meter
from transition_systems.properties.predicates import Predicate

__all__ = ["SlicedWalkers", "ones", "zeros"]

Words = NDArray[np.uint64]
Int64 = NDArray[np.int64]

FULL = np.uint64(0xFFFFFFFFFFFFFFFF)
FLOWS_UP_TO = 400
# Operations after which the clock is looked at.
OFTEN = 256


def zeros(words: int) -> Words:
    """Return a row of zeros."""
    return np.zeros(words, dtype=np.uint64)


def ones(words: int) -> Words:
    """Return a row of ones."""
    return np.full(words, FULL, dtype=np.uint64)


class SlicedWalkers:
    """The markings of ``64 * words`` walkers.

    Parameters
    ----------
    net
        Any place/transition net.
    words
        Words in a plane.
    budget
        Its seconds end the search for bounds of places; without one more planes may be needed.

    Attributes
    ----------
    planes
        For each place its planes, the lowest first; each uint64 (words,).
    able
        Who is able to fire the transition attempted last.
    """

    def __init__(self, net: PetriNet, words: int, budget: Budget | None = None) -> None:
        self.net, self.words = net, words
        self.initial: list[int] = net.initial.to_array(net.place_ids).tolist()
        self.needs, self.moves = needs_and_moves(net)
        bounds: list[int | None] = [None] * len(self.initial)
        if len(bounds) <= FLOWS_UP_TO:
            most = 2 * FLOWS_UP_TO // (1 + len(bounds) // 50)
            flows = place_semiflows(net, most=most, budget=budget)
            bounds = bounds_of_flows(len(bounds), flows)
        self.bounded = [bound is not None for bound in bounds]
        self.bits = [
            max(1, (tokens if bound is None else max(tokens, bound)).bit_length())
            for tokens, bound in zip(self.initial, bounds, strict=True)
        ]
        self.planes: list[list[Words]] = [[zeros(words) for _ in range(n)] for n in self.bits]
        self._zero, self._one = zeros(words), ones(words)
        self._nothing = self._zero.tobytes()
        self.able, self._work, self._carry, self._spare = (zeros(words) for _ in range(4))
        self._layout: BitLayout | None = None
        self._slots: list[list[Slot]] = []
        self._registers: list[Words] = []

    @property
    def rows(self) -> int:
        """The number of planes."""
        return sum(map(len, self.planes))

    def restart(self) -> None:
        """Put every walker into the initial marking."""
        for tokens, planes in zip(self.initial, self.planes, strict=True):
            for bit, plane in enumerate(planes):
                plane[:] = FULL if tokens >> bit & 1 else 0

    def nobody(self, row: Words) -> bool:
        """Return whether a row is zero everywhere."""
        return row.tobytes() == self._nothing

    def enabled(self, transition: int) -> Words:
        """Return who can fire a transition; the row is used again by the next call."""
        able = self.able
        first = True
        for place, weight in self.needs[transition]:
            row = self._at_least(self.planes[place], weight)
            if first:
                able[:] = row
                first = False
            else:
                np.bitwise_and(able, row, out=able)
        if first:
            able[:] = FULL
        return able

    def _at_least(self, planes: list[Words], weight: int) -> Words:
        if len(planes) == 1 and weight == 1:
            return planes[0]
        if weight >> len(planes):
            return self._zero
        work = self._work
        if weight == 1:
            np.bitwise_or(planes[0], planes[1], out=work)
            for plane in planes[2:]:
                np.bitwise_or(work, plane, out=work)
            return work
        work[:] = FULL
        for bit, plane in enumerate(planes):
            (np.bitwise_and if weight >> bit & 1 else np.bitwise_or)(work, plane, out=work)
        return work

    def fire(self, transition: int, who: Words) -> None:
        """Fire an enabled transition in some walkers."""
        for place, change in self.moves[transition]:
            planes = self.planes[place]
            if change < 0:
                self._subtract(planes, -change, who)
            elif self.bounded[place] and len(planes) == 1:
                np.bitwise_xor(planes[0], who, out=planes[0])
            else:
                self._add(place, planes, change, who)

    def _subtract(self, planes: list[Words], amount: int, who: Words) -> None:
        if len(planes) == 1:
            np.bitwise_xor(planes[0], who, out=planes[0])
            return
        borrow, spare = self._carry, self._spare
        borrow[:] = 0
        for bit, plane in enumerate(planes):
            np.invert(plane, out=spare)
            if amount >> bit & 1:
                np.bitwise_or(spare, borrow, out=self._work)
                np.bitwise_and(spare, borrow, out=spare)
                np.bitwise_and(self._work, who, out=self._work)
                np.bitwise_xor(plane, who, out=plane)
                np.bitwise_xor(plane, borrow, out=plane)
                np.bitwise_or(spare, self._work, out=borrow)
            else:
                if not amount >> bit and self.nobody(borrow):
                    return
                np.bitwise_xor(plane, borrow, out=plane)
                np.bitwise_and(spare, borrow, out=borrow)

    def _add(self, place: int, planes: list[Words], amount: int, who: Words) -> None:
        carry, spare = self._carry, self._spare
        carry[:] = 0
        bit = 0
        while True:
            if bit == len(planes):
                if not amount >> bit and (self.bounded[place] or self.nobody(carry)):
                    return
                planes.append(zeros(self.words))
                self.bits[place] += 1
                self._layout = None
            plane = planes[bit]
            if amount >> bit & 1:
                np.bitwise_or(plane, carry, out=self._work)
                np.bitwise_and(plane, carry, out=spare)
                np.bitwise_and(self._work, who, out=self._work)
                np.bitwise_xor(plane, who, out=plane)
                np.bitwise_xor(plane, carry, out=plane)
                np.bitwise_or(spare, self._work, out=carry)
            else:
                if not amount >> bit and self.nobody(carry):
                    return
                np.bitwise_and(plane, carry, out=spare)
                np.bitwise_xor(plane, carry, out=plane)
                carry, spare = spare, carry
            bit += 1

    def clone(self, targets: NDArray[np.intp], sources: Int64) -> None:
        """Set all 64 walkers of each of some words to the marking of one walker."""
        words, bits = sources >> 6, (sources & 63).astype(np.uint64)
        one, zero = np.uint64(1), np.uint64(0)
        for planes in self.planes:
            for plane in planes:
                plane[targets] = zero - ((plane[words] >> bits) & one)

    def numbers(self, planes: Sequence[Words]) -> Int64:
        """Return the numbers that planes hold, the lowest first, int64 (n_walkers,)."""
        total = np.zeros(64 * self.words, dtype=np.int64)
        for bit, plane in enumerate(planes):
            little = plane.astype("<u8", copy=False).view(np.uint8)
            total += np.unpackbits(little, bitorder="little").astype(np.int64) << bit
        return total

    def tokens(self, place: int) -> Int64:
        """Return the tokens of a place in each walker, int64 (n_walkers,)."""
        return self.numbers(self.planes[place])

    @property
    def layout(self) -> BitLayout:
        """How the planes lie in rows; another object once a place has another plane."""
        if self._layout is None:
            bits = np.array(self.bits, dtype=np.int64)
            self._layout = layout_of(
                (np.int64(1) << bits) - 1, replicas=64 * self.words, blocks=1, checked=True,
                planes=bits,
            )  # fmt: skip
            self._slots = slots_of(self.net, self._layout)
        return self._layout

    def compiled(self, predicate: Predicate, meter: Meter) -> BitProgram:
        """Return the program of a predicate for the present layout, if there is time for it."""
        layout = self.layout
        return compile_predicate(predicate, self.net, layout, self._slots, meter)

    def run(self, program: BitProgram, meter: Meter) -> Words:
        """Return where a predicate holds; the row is used again by the next call."""
        layout = self.layout
        rows = [plane for planes in self.planes for plane in planes]
        rows += [self._zero, self._one]
        while len(self._registers) < program.registers:
            self._registers.append(zeros(self.words))
        registers = self._registers
        assert len(rows) == layout.zero + 2

        def value(operand: int) -> Words:
            return rows[operand] if operand >= 0 else registers[-1 - operand]

        for number, (what, target, a, b) in enumerate(program.operations.tolist(), start=1):
            if number % OFTEN == 0:
                meter.require_time()
            out = registers[-1 - target]
            if what == AND:
                np.bitwise_and(value(a), value(b), out=out)
            elif what == OR:
                np.bitwise_or(value(a), value(b), out=out)
            elif what == XOR:
                np.bitwise_xor(value(a), value(b), out=out)
            else:
                np.bitwise_and(value(a), np.invert(value(b)), out=out)
        return value(program.result)
