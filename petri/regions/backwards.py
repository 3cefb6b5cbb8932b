"""Searching backwards from a goal, box by box, each with steps that lead into the ones before."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from petri.regions.boxes import Box, Boxes
from transition_systems.budget import Meter

__all__ = ["MOST_SPLIT", "Backwards", "Found"]

LONGEST, MOST_SPLIT = 12, 16


@dataclass(frozen=True, slots=True)
class Found:
    """A box from which steps lead to the goal.

    Parameters
    ----------
    box
        As it was found, without what the facts add.
    steps
        Transitions; none for a box inside the goal.
    counter
        A place and a number of its tokens: the steps lead back into the box with fewer tokens there
        while there are more, or with more while there are fewer. ``None`` where the steps lead out.
    into
        The numbers of boxes found before, into which the steps lead, or in which the box lies where
        the counter has its number or is beyond it.
    """

    box: Box
    steps: tuple[int, ...]
    counter: tuple[int, int] | None
    into: tuple[int, ...]


class Backwards:
    """A search under way.

    Parameters
    ----------
    boxes
        Of the net, with facts.
    goal
        Boxes inside the goal.
    most
        How many boxes are found at most.

    Attributes
    ----------
    found
        All boxes, the goal first.
    largest
        The numbers of those that are in no other one.
    ended
        Whether nothing more can be found: all markings that can reach the goal are in the boxes.
    """

    def __init__(self, boxes: Boxes, goal: Sequence[Box], *, most: int = 2_000) -> None:
        self.boxes, self.most = boxes, most
        self.found: list[Found] = []
        self.largest: dict[int, None] = {}
        self._waiting: deque[int] = deque()
        for box in goal:
            self._add(box, (), None, ())

    @property
    def full(self) -> bool:
        """Whether no more boxes may be found."""
        return len(self.found) >= self.most

    @property
    def ended(self) -> bool:
        """Whether the search came to its end."""
        return not self._waiting

    def more(self, meter: Meter) -> list[int]:
        """Look at what leads into the next box; return the numbers of the boxes that are new."""
        new: list[int] = []
        if not self._waiting or len(self.found) >= self.most:
            return new
        number = self._waiting.popleft()
        for transition in range(len(self.boxes.needs)):
            if number not in self.largest:
                break
            if meter.out_of_time():
                self._waiting.appendleft(number)
                break
            new += self._back(number, transition)
        return new

    def _back(self, number: int, transition: int) -> Iterator[int]:
        """Add the markings before one transition, in a larger box where steps can be repeated."""
        box = self.boxes.before(self.found[number].box, transition)
        tight = None if box is None else self.boxes.tight(box)
        if box is None or tight is None or self._known(tight):
            return
        for found in self._repeated(number, transition):
            wide = self._add(found.box, found.steps, found.counter, found.into)
            if wide is not None:
                yield wide
                break
        if self.boxes.after(tight, (transition,)) is not None:
            plain = self._add(box, (transition,), None, (number,))
            if plain is not None:
                yield plain

    def _known(self, tight: Box | None) -> bool:
        return tight is None or any(tight.within(self.found[n].box) for n in self.largest)

    def _add(
        self, box: Box, steps: tuple[int, ...], counter: tuple[int, int] | None,
        into: tuple[int, ...],
    ) -> int | None:  # fmt: skip
        tight = self.boxes.tight(box)
        if self._known(tight):
            return None
        number = len(self.found)
        self.found.append(Found(box, steps, counter, into))
        for other in list(self.largest):
            if self.found[other].box.within(box):
                del self.largest[other]
        self.largest[number] = None
        self._waiting.append(number)
        return number

    def _repeated(self, number: int, transition: int) -> Iterator[Found]:
        """Yield larger boxes: steps that come back to a box with more or less can be repeated."""
        steps: list[int] = [transition]
        while True:
            yield from self._counting(number, tuple(steps))
            one = self.found[number]
            if not one.into or len(steps) >= LONGEST:
                return
            steps += one.steps
            number = one.into[0]

    def _counting(self, number: int, steps: tuple[int, ...]) -> Iterator[Found]:
        box, effect = self.found[number].box, self.boxes.effect(steps)
        needs = self.boxes.needed(steps)
        for start in (box, *self._enough(box, needs)):
            yield from self._emptied(start, steps, effect)
            yield from self._filled(number, start, steps, effect)

    def _enough(self, box: Box, needs: dict[int, int]) -> Iterator[Box]:
        """Yield the part of a box that has what steps need, if it is another one."""
        part: Box | None = box
        for place, tokens in needs.items():
            part = None if part is None else part.with_low(place, tokens)
        if part is not None and part != box:
            yield part

    def _emptied(self, box: Box, steps: tuple[int, ...], effect: dict[int, int]) -> Iterator[Found]:
        fallen = [place for place, moved in effect.items() if moved < 0 and place in box.high]
        wide = box.opened(fallen)
        for place in fallen:
            limit = max(box.high[place], box.low.get(place, 0) - effect[place] - 1)
            into = self._below(wide.with_high(place, limit), place)
            rest = wide.with_low(place, limit + 1)
            if into is not None and rest is not None and self._stays(rest, steps, wide):
                yield Found(wide, steps, (place, limit), into)

    def _filled(
        self, number: int, box: Box, steps: tuple[int, ...], effect: dict[int, int]
    ) -> Iterator[Found]:
        needs = self.boxes.needed(steps)
        for place, moved in effect.items():
            limit = self.found[number].box.low.get(place, 0)
            least = needs.get(place, 0)
            if moved < 0 or least >= limit or place in box.high:
                continue
            wide = Box({**box.low, place: least}, box.high)
            rest = wide.with_high(place, limit - 1)
            if rest is not None and self._stays(rest, steps, wide):
                yield Found(wide, steps, (place, limit), (number,))

    def _stays(self, box: Box, steps: tuple[int, ...], inside: Box) -> bool:
        tight = self.boxes.tight(box)
        if tight is None:
            return False
        end = self.boxes.after(tight, steps)
        return end is not None and end.within(inside)

    def _below(self, box: Box | None, place: int) -> tuple[int, ...] | None:
        """Return found boxes in which a box lies, split by the tokens of a place if need be."""
        tight = None if box is None else self.boxes.tight(box)
        if tight is None:
            return ()
        one = self._around(tight)
        if one is not None:
            return (one,)
        least, most = tight.low.get(place, 0), tight.high[place]
        if most - least >= MOST_SPLIT:
            return None
        into: list[int] = []
        for tokens in range(least, most + 1):
            part = self.boxes.tight(
                Box({**tight.low, place: tokens}, {**tight.high, place: tokens})
            )
            around = None if part is None else self._around(part)
            if part is not None and around is None:
                return None
            if around is not None:
                into.append(around)
        return tuple(dict.fromkeys(into))

    def _around(self, tight: Box) -> int | None:
        return next((n for n in self.largest if tight.within(self.found[n].box)), None)
