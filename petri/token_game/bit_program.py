"""State predicates as straight-line programs of bitwise operations, for all replicas at once.

An operand is a row of the layout where it is not negative, else a register: ``-1`` is the first.
Sums and comparisons are ripple-carry adders and comparators on planes; constants fold away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from petri.token_game.bit_words import Words
from petri.token_game.sliced_net import BitLayout, Slot
from transition_systems.budget import Meter
from transition_systems.errors import UsageError
from transition_systems.properties.names import unknown_name
from transition_systems.properties.predicates import (
    And,
    Atom,
    Compare,
    Constant,
    Dead,
    Enabled,
    Not,
    Or,
    Predicate,
)
from transition_systems.properties.walk import fold_predicate

__all__ = ["AND", "AND_NOT", "OR", "XOR", "BitProgram", "compile_predicate", "run_program"]

AND, OR, XOR, AND_NOT = 0, 1, 2, 3
# Operations after which the clock is looked at.
OFTEN = 4096

Planes = list[int]


@dataclass(frozen=True, slots=True, eq=False)
class BitProgram:
    """Operations on rows and registers.

    Parameters
    ----------
    operations
        int64 (n, 4): what to do, the target register, two operands. ``AND_NOT`` is ``a & ~b``.
    registers
        How many registers are used.
    result
        The operand that holds the answer.
    """

    operations: NDArray[np.int64]
    registers: int
    result: int


class _Writer:
    """Writes operations; what is constant or has been computed before is not written again."""

    def __init__(self, layout: BitLayout, meter: Meter | None = None) -> None:
        self.zero, self.one = layout.zero, layout.one
        self.meter = meter
        self.rows: list[tuple[int, int, int, int]] = []
        self.known: dict[tuple[int, int, int], int] = {}

    def emit(self, what: int, a: int, b: int) -> int:
        key = (what, a, b) if what == AND_NOT or a <= b else (what, b, a)
        if key not in self.known:
            if self.meter is not None and len(self.rows) % OFTEN == 0:
                self.meter.require_time()
            self.known[key] = -1 - len(self.rows)
            self.rows.append((what, -1 - len(self.rows), key[1], key[2]))
        return self.known[key]

    def both(self, a: int, b: int) -> int:
        if self.zero in (a, b):
            return self.zero
        if a == b or b == self.one:
            return a
        return b if a == self.one else self.emit(AND, a, b)

    def either(self, a: int, b: int) -> int:
        if self.one in (a, b):
            return self.one
        if a == b or b == self.zero:
            return a
        return b if a == self.zero else self.emit(OR, a, b)

    def differ(self, a: int, b: int) -> int:
        if a == b:
            return self.zero
        if b == self.zero:
            return a
        return b if a == self.zero else self.emit(XOR, a, b)

    def without(self, a: int, b: int) -> int:
        if a == b or a == self.zero or b == self.one:
            return self.zero
        return a if b == self.zero else self.emit(AND_NOT, a, b)

    def negated(self, a: int) -> int:
        return self.without(self.one, a)

    def constant(self, value: int) -> Planes:
        return [self.one if value >> i & 1 else self.zero for i in range(value.bit_length())]

    def added(self, left: Planes, right: Planes) -> Planes:
        total: Planes = []
        carry = self.zero
        for i in range(max(len(left), len(right))):
            a = left[i] if i < len(left) else self.zero
            b = right[i] if i < len(right) else self.zero
            half = self.differ(a, b)
            total.append(self.differ(half, carry))
            carry = self.either(self.both(a, b), self.both(half, carry))
        return total if carry == self.zero else [*total, carry]

    def at_least(self, left: Planes, right: Planes) -> int:
        """Return where the left number is not less than the right one."""
        good = self.one
        for i in range(max(len(left), len(right))):
            a = left[i] if i < len(left) else self.zero
            b = right[i] if i < len(right) else self.zero
            more, same = self.without(a, b), self.negated(self.differ(a, b))
            good = self.either(more, self.both(same, good))
        return good

    def threshold(self, number: Planes, least: int) -> int:
        """Return where a number is not less than a constant: one operation for each plane."""
        if least >> len(number):
            return self.zero
        good = self.one
        for i, plane in enumerate(number):
            good = self.both(plane, good) if least >> i & 1 else self.either(plane, good)
        return good

    def enabled(self, slots: Sequence[Slot]) -> int:
        good = self.one
        for slot in slots:
            if slot.needed:
                planes = list(range(slot.row, slot.row + slot.bits))
                good = self.both(good, self.threshold(planes, slot.needed))
        return good


def compile_predicate(
    predicate: Predicate,
    net: PetriNet,
    layout: BitLayout,
    slots: Sequence[Sequence[Slot]],
    meter: Meter | None = None,
) -> BitProgram:
    """Return the program that decides a predicate in every replica.

    Parameters
    ----------
    predicate
        Over places; an atom that names a place means that it has a token.
    net, layout, slots
        The net and how it lies in words.
    meter
        Its time ends the work.

    Returns
    -------
    BitProgram
        Of size O(terms x bits) for a comparison, O(arcs) for ``Dead``.

    Raises
    ------
    ExpressionError
        For a name that is unknown.
    UndecidedError
        When the time of the meter is used up.
    """
    writer = _Writer(layout, meter)
    places = {place: number for number, place in enumerate(net.place_ids)}

    def place_of(name: str) -> int:
        if name not in places:
            raise unknown_name(name, places, kind="place")
        return places[name]

    def stored(place: int) -> Planes:
        row = int(layout.first[place])
        return list(range(row, row + int(layout.bits[place])))

    def compare(node: Compare) -> int:
        sides: tuple[Planes, Planes] = ([], [])
        rest = node.bound
        for name, factor in node.terms:
            place = place_of(name)
            rest += factor * int(layout.offset[place])
            side = 0 if factor > 0 else 1
            sides[side][:] = writer.added(sides[side], _times(writer, stored(place), abs(factor)))
        left, right = sides
        if node.op in ("==", "!="):
            number = writer.added(left, writer.constant(-rest)) if rest < 0 else left
            other = writer.added(right, writer.constant(rest)) if rest > 0 else right
            less = writer.negated(writer.at_least(number, other))
            unequal = writer.either(less, writer.negated(writer.at_least(other, number)))
            return unequal if node.op == "!=" else writer.negated(unequal)
        if node.op in (">", "<="):
            rest += 1
        if not right:
            good = writer.one if rest <= 0 else writer.threshold(left, rest)
        else:
            number = writer.added(left, writer.constant(-rest)) if rest < 0 else left
            other = writer.added(right, writer.constant(rest)) if rest > 0 else right
            good = writer.at_least(number, other)
        return good if node.op in (">=", ">") else writer.negated(good)

    def leaf(node: Predicate, operands: Sequence[int]) -> int:
        match node:
            case Constant(value=value):
                return writer.one if value else writer.zero
            case Compare():
                return compare(node)
            case Atom(name=name):
                return compare(Compare(((name, 1),), ">=", 1))
            case Enabled(name=name):
                return writer.enabled(slots[net.transition_index(name)])
            case Dead():
                able = writer.zero
                for each in slots:
                    able = writer.either(able, writer.enabled(each))
                return writer.negated(able)
            case Not():
                return writer.negated(operands[0])
            case And() | Or():
                join = writer.both if isinstance(node, And) else writer.either
                result = writer.one if isinstance(node, And) else writer.zero
                for operand in operands:
                    result = join(result, operand)
                return result
            case _:
                raise UsageError(f"{node!r} is no predicate of a state")

    result = fold_predicate(predicate, leaf)
    return _allocated(writer.rows, result)


def _times(writer: _Writer, number: Planes, factor: int) -> Planes:
    total: Planes = []
    for shift in range(factor.bit_length()):
        if factor >> shift & 1:
            total = writer.added(total, [writer.zero] * shift + number)
    return total


def _allocated(rows: list[tuple[int, int, int, int]], result: int) -> BitProgram:
    """Give each value a register that is free, from its operation to its last use."""
    last: dict[int, int] = {result: len(rows)}
    for position, (_, _, a, b) in enumerate(rows):
        last[a] = max(position, last.get(a, 0))
        last[b] = max(position, last.get(b, 0))
    place: dict[int, int] = {}
    free: list[int] = []
    count = 0
    done: list[tuple[int, int, int, int]] = []
    for position, (what, target, a, b) in enumerate(rows):
        if target not in last:
            continue
        left, right = place.get(a, a), place.get(b, b)
        for operand in {a, b}:
            if operand < 0 and last[operand] == position:
                free.append(place[operand])
        if not free:
            count += 1
            free.append(-count)
        place[target] = free.pop()
        done.append((what, place[target], left, right))
    operations = np.array(done, dtype=np.int64).reshape(-1, 4)
    return BitProgram(operations, count, place.get(result, result))


def run_program(program: BitProgram, words: Words, registers: Words) -> Words:
    """Run a program on all blocks.

    Parameters
    ----------
    program
        The program.
    words
        The state, uint64 (n_blocks, n_rows, n_words).
    registers
        Scratch, uint64 (at least ``program.registers``, n_blocks, n_words).

    Returns
    -------
    ndarray
        uint64 (n_blocks, n_words): a view of the state or the scratch, to be used at once. Bits
        that are no replicas have no meaning.
    """

    def value(operand: int) -> Words:
        view: Words = words[:, operand] if operand >= 0 else registers[-1 - operand]
        return view

    for what, target, a, b in program.operations.tolist():
        out = registers[-1 - target]
        if what == AND:
            np.bitwise_and(value(a), value(b), out=out)
        elif what == OR:
            np.bitwise_or(value(a), value(b), out=out)
        elif what == XOR:
            np.bitwise_xor(value(a), value(b), out=out)
        elif b < 0 and b == target:
            np.invert(out, out=out)
            np.bitwise_and(out, value(a), out=out)
        elif a < 0 and a == target:
            np.bitwise_or(out, value(b), out=out)
            np.bitwise_xor(out, value(b), out=out)
        else:
            np.invert(value(b), out=out)
            np.bitwise_and(out, value(a), out=out)
    return value(program.result)
