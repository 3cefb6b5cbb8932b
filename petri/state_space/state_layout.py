"""How a marking lies in 64-bit words: fields, and places that follow from others.

A field holds either a counter (the tokens of one place) or a unit: places of which at most one is
marked, with one token, so that the field holds the number of the marked one and 0 for none. A
dependent place takes no bits; its tokens follow from a semiflow. Several small fields may share
some bits as digits of one number with mixed bases. Firing a transition is then the addition of one
constant to each word. The highest bit of word 0 is never used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Dependent", "Field", "StateLayout"]

Words = list[NDArray[np.uint64]]
Column = NDArray[np.unsignedinteger]

WORD_BITS = 64
MAX_BITS = 62
GROUP_VALUES = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A number that is part of a state.

    Parameters
    ----------
    places
        Indices of places: the one counted, or those of a unit; ``places[i]`` has the code
        ``i + 1``.
    base
        How many values it can take, from 0 on.
    unit
        Whether at most one of the places holds a token.
    proved
        Whether that, or the bound of a counter, is proved. If not, each firing is looked at.
    """

    places: tuple[int, ...]
    base: int
    unit: bool
    proved: bool

    @property
    def bits(self) -> int:
        """Bits that hold it."""
        return (self.base - 1).bit_length()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependent:
    """A place whose tokens are ``value`` less the weighted tokens of others.

    ``others`` are ``(place, weight)`` pairs; these places have fields or come earlier.
    """

    place: int
    value: int
    others: tuple[tuple[int, int], ...]


class StateLayout:
    """Where the fields lie, and how words become markings and columns.

    Parameters
    ----------
    n_places
        Number of places of the net.
    fields, dependents
        Each place occurs in exactly one of them; dependents in an order in which each can be
        computed.
    groups
        Which fields, by number, share bits as digits; the others stand alone. Groups come first,
        in the order given, from the lowest bits on.

    Attributes
    ----------
    words
        Number of 64-bit words of a state.
    bits
        Bits in use.

    Examples
    --------
    >>> unit = Field(places=(0, 1, 2), base=4, unit=True, proved=True)
    >>> layout = StateLayout(3, [unit], [])
    >>> layout.unpack(layout.pack(np.array([[0, 0, 1]]))).tolist()
    [[0, 0, 1]]
    """

    def __init__(
        self,
        n_places: int,
        fields: Sequence[Field],
        dependents: Sequence[Dependent],
        groups: Sequence[Sequence[int]] = (),
    ) -> None:
        if any(field.bits > MAX_BITS for field in fields):
            raise OverflowError("a counter needs more than 62 bits")
        self.n_places = n_places
        self.fields = tuple(fields)
        self.dependents = tuple(dependents)
        grouped = {number for group in groups for number in group}
        alone = [(n,) for n in range(len(self.fields)) if n not in grouped]
        self.groups = (*(tuple(group) for group in groups), *alone)
        self._place_groups()
        self.home: dict[int, tuple[int, int]] = {
            place: (number, code)
            for number, field in enumerate(self.fields)
            for code, place in enumerate(field.places, start=1)
        }
        self.follows = {rule.place: rule for rule in self.dependents}
        self._types = [_column_type(field.bits) for field in self.fields]

    def _place_groups(self) -> None:
        """Give each group its bits, and each field its word, shift and factor."""
        count = len(self.fields)
        self.word, self.shift, self.factor = [0] * count, [0] * count, [1] * count
        self._digits: list[NDArray[np.uint8] | None] = [None] * count
        self._group_bits: list[int] = []
        used, room = [0], [WORD_BITS - 1]
        for group in self.groups:
            values = 1
            for number in group:
                self.factor[number] = values
                values *= self.fields[number].base
            assert len(group) == 1 or values <= GROUP_VALUES
            bits = (values - 1).bit_length()
            self._group_bits.append(bits)
            word = next((w for w, full in enumerate(used) if full + bits <= room[w]), None)
            if word is None:
                word = len(used)
                used.append(0)
                room.append(WORD_BITS)
            for number in group:
                self.word[number], self.shift[number] = word, used[word]
                if len(group) > 1:
                    codes = np.arange(GROUP_VALUES) // self.factor[number]
                    self._digits[number] = (codes % self.fields[number].base).astype(np.uint8)
            used[word] += bits
        self.words = len(used)
        self.bits = sum(used)

    @property
    def proved(self) -> bool:
        """Whether no firing can leave the layout."""
        return all(field.proved for field in self.fields)

    def pack(self, markings: NDArray[np.int64]) -> NDArray[np.uint64]:
        """Return markings, shape (n, n_places), as words, uint64 of shape (words, n)."""
        rows = np.zeros((self.words, len(markings)), dtype=np.uint64)
        places = zip(self.fields, self.word, self.shift, self.factor, strict=True)
        for field, word, shift, factor in places:
            value = np.zeros(len(markings), dtype=np.uint64)
            for code, place in enumerate(field.places, start=1):
                tokens = markings[:, place].astype(np.uint64)
                value += tokens * np.uint64(code) if field.unit else tokens
            rows[word] += (value * np.uint64(factor)) << np.uint64(shift)
        return rows

    def constant(self, change: dict[int, int]) -> list[np.uint64]:
        """Return what to add to each word for a change ``{place: tokens}``, modulo 2 ** 64."""
        return [np.uint64(value % (1 << 64)) for value in self.amounts(change)]

    def amounts(self, change: dict[int, int]) -> list[int]:
        """Return by how much a change ``{place: tokens}`` raises or lowers each word."""
        total = [0] * self.words
        for place, tokens in change.items():
            if place in self.home:
                number, code = self.home[place]
                amount = tokens * code if self.fields[number].unit else tokens
                total[self.word[number]] += amount * self.factor[number] << self.shift[number]
        return total

    def columns(self, states: Words | NDArray[np.uint64]) -> list[Column]:
        """Return the fields of states, one array for each word, as columns of narrow integers."""
        columns: dict[int, Column] = {}
        for group, bits in zip(self.groups, self._group_bits, strict=True):
            shared = self._bits_of(states, group[0], bits)
            for number in group:
                digits = self._digits[number]
                columns[number] = shared if digits is None else digits.take(shared)
        return [columns[number] for number in range(len(self.fields))]

    def column(self, states: Words | NDArray[np.uint64], number: int) -> Column:
        """Return one field of states."""
        group = next(g for g in range(len(self.groups)) if number in self.groups[g])
        shared = self._bits_of(states, number, self._group_bits[group])
        digits = self._digits[number]
        return shared if digits is None else digits.take(shared)

    def _bits_of(self, states: Words | NDArray[np.uint64], number: int, bits: int) -> Column:
        part = states[self.word[number]]
        if self.shift[number]:
            part = part >> np.uint64(self.shift[number])
        column: Column = part.astype(_column_type(bits))
        if bits < 8 * column.itemsize:
            np.bitwise_and(column, column.dtype.type((1 << bits) - 1), out=column)
        return column

    def tokens(self, columns: Sequence[Column], place: int) -> Column:
        """Return the tokens of a place from the columns of all fields (bool or unsigned)."""
        rule = self.follows.get(place)
        if rule is None:
            number, code = self.home[place]
            column = columns[number]
            if not self.fields[number].unit:
                return column
            marked: Column = (column == column.dtype.type(code)).view(np.uint8)
            return marked
        kind = _column_type(rule.value.bit_length())
        return self.linear(columns, self.form({place: 1}), kind)

    def form(self, weights: dict[int, int]) -> tuple[int, dict[int, list[int]]]:
        """Return a weighted sum of tokens as a constant and, by field, values of its codes.

        For a counter the list holds one factor.
        """
        constant, open_weights = 0, dict(weights)
        for rule in reversed(self.dependents):
            weight = open_weights.pop(rule.place, 0)
            if weight:
                constant += weight * rule.value
                for other, factor in rule.others:
                    open_weights[other] = open_weights.get(other, 0) - weight * factor
        parts: dict[int, list[int]] = {}
        for place, weight in open_weights.items():
            if weight:
                number, code = self.home[place]
                field = self.fields[number]
                values = parts.setdefault(number, [0] * (field.base if field.unit else 1))
                values[code if field.unit else 0] = weight
        return constant, parts

    def linear(
        self,
        columns: Sequence[Column],
        form: tuple[int, dict[int, list[int]]],
        kind: type[np.unsignedinteger],
    ) -> Column:
        """Return the values of a form, modulo the range of an unsigned type."""
        constant, parts = form
        modulus = 1 << (8 * np.dtype(kind).itemsize)
        total: Column = np.full(len(columns[0]) if columns else 1, constant % modulus, dtype=kind)
        for number, values in parts.items():
            column = columns[number]
            residues = [value % modulus for value in values]
            if not self.fields[number].unit:
                part = column.astype(kind, copy=False)
                total += part if residues[0] == 1 else part * kind(residues[0])
            elif len(set(residues[1:])) == 1:
                marked = (column != 0).view(np.uint8).astype(kind, copy=False)
                total += marked if residues[1] == 1 else marked * kind(residues[1])
            else:
                total += np.array(residues, dtype=kind).take(column)
        return total

    def unpack(self, states: Words | NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return the markings of states, int64 of shape (n, n_places)."""
        count = len(states[0])
        markings = np.zeros((self.n_places, count), dtype=np.int64)
        columns = self.columns(states)
        for place in self.home:
            markings[place] = self.tokens(columns, place)
        for rule in self.dependents:
            row = markings[rule.place]
            row[:] = rule.value
            for other, weight in rule.others:
                row -= weight * markings[other]
        return markings.T

    def repacked(self, old: StateLayout, states: Words | NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Return states of another layout in this one, uint64 of shape (words, n)."""
        columns = old.columns(states)
        known = {field.places: number for number, field in enumerate(old.fields)}
        rows = np.zeros((self.words, len(states[0])), dtype=np.uint64)
        for number, field in enumerate(self.fields):
            same = known.get(field.places)
            if same is not None and (old.fields[same].unit == field.unit or field.base == 2):
                value = columns[same].astype(np.uint64)
            else:
                value = np.zeros(rows.shape[1], dtype=np.uint64)
                for code, place in enumerate(field.places, start=1):
                    tokens = old.tokens(columns, place).astype(np.uint64)
                    value += tokens * np.uint64(code) if field.unit else tokens
            if self.factor[number] > 1:
                value *= np.uint64(self.factor[number])
            value <<= np.uint64(self.shift[number])
            rows[self.word[number]] += value
        return rows

    def place_column(self, states: Words | NDArray[np.uint64], place: int) -> NDArray[np.int64]:
        """Return the tokens of one place in states, int64 of shape (n,)."""
        rule = self.follows.get(place)
        if rule is not None:
            total = np.full(len(states[0]), rule.value, dtype=np.int64)
            for other, weight in rule.others:
                total -= weight * self.place_column(states, other)
            return total
        number, code = self.home[place]
        column = self.column(states, number)
        value = column == column.dtype.type(code) if self.fields[number].unit else column
        result: NDArray[np.int64] = value.astype(np.int64)
        return result


def _column_type(bits: int) -> type[np.unsignedinteger]:
    return next(
        kind
        for most, kind in ((8, np.uint8), (16, np.uint16), (32, np.uint32), (64, np.uint64))
        if bits <= most
    )
