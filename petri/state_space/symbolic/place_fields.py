"""Where the tokens of places stand among the variables of a diagram: numbers, or shared codes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from petri.state_space.symbolic.diagrams import Diagram, Diagrams
from petri.state_space.symbolic.fields import between

__all__ = ["GroupStep", "PlaceFields"]


@dataclass(frozen=True, slots=True)
class GroupStep:
    """What a transition does to the one token of a group.

    Attributes
    ----------
    before, after
        The code of the place that it takes from and puts into; 0 for none.
    possible
        Whether it can fire at all while the group has at most one token, and leaves at most one.
    """

    before: int
    after: int
    possible: bool


class PlaceFields:
    """Variables of places: as many as their tokens have digits, or a code that several share.

    Parameters
    ----------
    order
        Places by index, those on top of the diagrams first.
    widths
        Digits of each place that is a number.
    groups
        Disjoint groups of places that have at most one token together: the field of a group has
        the number of the marked place, counted from 1 in the order, or 0.

    Attributes
    ----------
    bits
        By place its variables, the highest digit first; the same for all of a group.
    codes
        By place its code in its group; 0 for a number.
    members
        The places of each field, by its first variable.
    n_variables
        How many there are.

    Examples
    --------
    >>> fields = PlaceFields([2, 0, 1, 3], [1, 1, 2, 1], [(0, 1, 3)])
    >>> fields.bits, fields.codes, fields.n_variables
    ([(2, 3), (2, 3), (0, 1), (2, 3)], [1, 2, 0, 3], 4)
    """

    def __init__(
        self, order: Sequence[int], widths: Sequence[int], groups: Collection[Sequence[int]] = ()
    ) -> None:
        self.bits: list[tuple[int, ...]] = [()] * len(order)
        self.codes = [0] * len(order)
        self._first = [0] * len(order)
        self.members: dict[int, list[int]] = {}
        group_of = {place: number for number, group in enumerate(groups) for place in group}
        sizes = [len(group).bit_length() for group in groups]
        starts: dict[int, int] = {}
        used = 0
        for place in order:
            number = group_of.get(place)
            if number is not None and number in starts:
                first = self._first[place] = starts[number]
                self.bits[place] = self.bits[self.members[first][0]]
                self.members[first].append(place)
            else:
                width = widths[place] if number is None else sizes[number]
                self.bits[place] = tuple(range(used, used + width))
                self.members[used] = [place]
                self._first[place] = used
                if number is not None:
                    starts[number] = used
                used += width
            if number is not None:
                self.codes[place] = len(self.members[starts[number]])
        self.n_variables = used

    def most(self, place: int) -> int:
        """Return the most tokens of a place that fit."""
        return 1 if self.codes[place] else (1 << len(self.bits[place])) - 1

    def within(self, store: Diagrams, place: int, low: int, high: int) -> Diagram:
        """Return where the tokens of a place are in a closed interval."""
        if not self.codes[place]:
            return between(store, self.bits[place], low, high)
        there = self.coded(store, place, self.codes[place])
        if low <= 0 <= high:
            return store.true if high >= 1 else ~there
        return there if low <= 1 <= high else store.false

    def coded(self, store: Diagrams, place: int, code: int) -> Diagram:
        """Return where the field of a place has a code."""
        return between(store, self.bits[place], code, code)

    def group_steps(self, effects: Mapping[int, tuple[int, int]]) -> dict[int, GroupStep]:
        """Return what a step that takes and puts tokens does to a group, by one of its places."""
        touched: dict[int, list[int]] = {}
        for place in effects:
            if self.codes[place]:
                touched.setdefault(self.bits[place][0], []).append(place)
        steps: dict[int, GroupStep] = {}
        for places in touched.values():
            taken = [p for p in places if effects[p][0]]
            put = [p for p in places if effects[p][1]]
            light = all(max(effects[p]) <= 1 for p in places)
            steps[places[0]] = GroupStep(
                self.codes[taken[0]] if taken else 0,
                self.codes[put[0]] if put else 0,
                light and len(taken) <= 1 and len(put) <= 1,
            )
        return steps

    def values(self, row: Sequence[int]) -> list[tuple[tuple[int, ...], int]] | None:
        """Return the variables and the value of each field for a marking that fits, or ``None``."""
        found: list[tuple[tuple[int, ...], int]] = []
        for places in self.members.values():
            bits = self.bits[places[0]]
            if not self.codes[places[0]]:
                value = row[places[0]]
                if value >> len(bits):
                    return None
            else:
                marked = [place for place in places if row[place]]
                if len(marked) > 1 or any(row[place] > 1 for place in marked):
                    return None
                value = self.codes[marked[0]] if marked else 0
            found.append((bits, value))
        return found

    def decoded(self, true: Collection[int]) -> Iterator[tuple[int, int]]:
        """Yield places with their tokens, none without, from the variables that are true."""
        for places in self.members.values():
            value = 0
            for bit in self.bits[places[0]]:
                value = 2 * value + (bit in true)
            if value and self.codes[places[0]]:
                yield places[value - 1], 1
            elif value:
                yield places[0], value

    def summed(self, factors: Mapping[int, int]) -> list[tuple[tuple[int, ...], list[int]]]:
        """Return what each value of some variables adds to a weighted sum of tokens."""
        parts: list[tuple[tuple[int, ...], list[int]]] = []
        wanted = {self._first[place] for place, factor in factors.items() if factor}
        for first in sorted(wanted):
            places = self.members[first]
            if all(not factors.get(place) for place in places):
                continue
            bits = self.bits[places[0]]
            if self.codes[places[0]]:
                adds = [0, *(factors.get(place, 0) for place in places)]
                parts.append((bits, adds + [0] * ((1 << len(bits)) - len(adds))))
                continue
            factor = factors[places[0]]
            for position, bit in enumerate(reversed(bits)):
                parts.append(((bit,), [0, factor << position]))
        return parts
