"""Steps of a reduction beyond agglomeration and equal nodes, checked and done by the recheck.

The theorems are in the docstring of :func:`petri.reductions.reduce_net`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from netproof.recheck.net_table import NetTable
from netproof.recheck.result import RefusedError
from netproof.recheck.shrinking_net import Arcs, Keeps, ShrinkingNet

__all__ = ["FurtherSteps"]

_WEIGHT = re.compile(r"[1-9][0-9]{0,8}")


class FurtherSteps(ShrinkingNet):
    """A net on its way through a reduction, with the rules that look further.

    Attributes
    ----------
    events
        What each step asks of a claim.
    """

    def __init__(self, table: NetTable) -> None:
        super().__init__(table)
        self.events: list[Callable[[Keeps], None]] = []

    def _around(self, place: str) -> tuple[list[str], list[str]]:
        """Return the transitions that fill a place, and those that empty it."""
        near = sorted(self.users[self.place(place)])
        return [t for t in near if place in self.gives[t]], [
            t for t in near if place in self.needs[t]
        ]

    def _without(self, place: str) -> None:
        """Take the arcs of a place away."""
        for t in self.users[place]:
            self.needs[t].pop(place, None)
            self.gives[t].pop(place, None)

    def empty_siphon(self, *names: str) -> None:
        """The places are empty for ever: one of them and one dead transition are left."""
        kept, *places = names or ("",)
        siphon = dict.fromkeys(map(self.place, places))
        if not places or len(siphon) != len(places):
            raise RefusedError("an empty siphon has no place, or one twice")
        if any(self.tokens.get(place, 0) for place in places):
            raise RefusedError("an empty siphon has a token")
        dead: list[str] = []
        for t in sorted(set().union(*(self.users[place] for place in places))):
            if siphon.keys().isdisjoint(self.needs[t]):
                raise RefusedError(f"{t!r} fills a siphon without emptying it")
            dead.append(t)
        first = places[0]
        if first not in self.needs[self.transition(kept)]:
            raise RefusedError(f"{kept!r} does not need {first!r}")
        for t in dead:
            if t != kept:
                self.absorb(t, kept)
        self.leave(kept)
        self.needs[kept], self.gives[kept] = {first: self.needs[kept][first]}, {}
        self.use(kept)
        for place in places[1:]:
            self._empty_from_now(place)

    def _empty_from_now(self, place: str) -> None:
        self.remove(place, 0)
        self.events.append(lambda keeper: keeper.forget(place))

    def sequence_transition(self, *names: str) -> None:
        """A transition goes that does what others do one after the other, with the same needs."""
        if len(names) < 3 or names[0] in names[1:]:
            raise RefusedError("a transition is replaced by no others")
        name, first, *then = map(self.transition, names)
        if self.needs[name] != self.needs[first]:
            raise RefusedError(f"{first!r} does not need what {name!r} needs")
        now = dict(self.gives[first])
        for t in then:
            if any(now.get(place, 0) < count for place, count in self.needs[t].items()):
                raise RefusedError(f"{t!r} cannot occur after {first!r} with what it gives")
            for place, count in self.needs[t].items():
                now[place] -= count
            for place, count in self.gives[t].items():
                now[place] = now.get(place, 0) + count
        if {place: count for place, count in now.items() if count} != self.gives[name]:
            raise RefusedError(f"{name!r} has another effect than the transitions in its stead")
        self.absorb(name, first)

    def implicit_place(self, *names: str) -> None:
        """A place goes that always has at least a constant and a sum of others, which is enough."""
        place, *more = names or ("",)
        others, numbers = more[::2], more[1::2]
        weights: Arcs = {}
        for other, number in zip(map(self.place, others), numbers, strict=False):
            if other == self.place(place) or other in weights or not _WEIGHT.fullmatch(number):
                raise RefusedError(f"the sum for {place!r} is malformed")
            weights[other] = int(number)
        if len(others) != len(numbers):
            raise RefusedError(f"the sum for {place!r} is malformed")
        near = set(self.users[self.place(place)])
        constant = self.tokens.get(place, 0)
        for other, weight in weights.items():
            near |= self.users[other]
            constant -= weight * self.tokens.get(other, 0)
        equal = True
        for t in near:
            needs, gives = self.needs[t], self.gives[t]
            change = gives.get(place, 0) - needs.get(place, 0)
            for other, weight in weights.items():
                change -= weight * (gives.get(other, 0) - needs.get(other, 0))
            if change < 0:
                raise RefusedError(f"{t!r} takes more from {place!r} than from the others")
            equal = equal and not change
            if place in needs:
                enough = sum(weight * needs.get(other, 0) for other, weight in weights.items())
                if enough + constant < needs[place]:
                    raise RefusedError(f"{place!r} may hold {t!r} up")
        self._without(place)
        self.remove(place, (weights, constant) if equal else None)
        if equal:
            self.events.append(lambda keeper: keeper.equate(place, weights, constant))
        else:
            self.events.append(lambda keeper: keeper.lose(place))

    def sink_place(self, place: str) -> None:
        """A place goes with transitions that only throw its tokens away."""
        fill, empty = self._around(place)
        if not empty or any(self.needs[t] != {place: 1} or self.gives[t] for t in empty):
            raise RefusedError(f"what empties {place!r} does not just throw tokens away")
        if not fill and not self.tokens.get(place, 0):
            raise RefusedError(f"{place!r} never has a token to throw away")
        below = [self.below[t] for t in empty]
        if self.tokens.get(place, 0):
            for t in empty:
                self.early |= self.covered(t)
        for t in fill:
            self.below[t] = [self.below[t], *below]
        for t in empty:
            self.drop(t)
        self._without(place)
        self.events.append(lambda keeper: keeper.vanish(place))
        self._empty_from_now(place)

    def source_place(self, place: str, source: str) -> None:
        """A place goes that a transition fills at will."""
        self.place(place)
        if self.needs[self.transition(source)] or self.gives[source].keys() != {place}:
            raise RefusedError(f"{source!r} does not fill {place!r} alone, at will")
        self._without(place)
        self.remove(place, None)
        self.events.append(lambda keeper: keeper.lose(place))

    def pre_agglomerate(self, place: str) -> None:
        """What fills a place waits until its token is used; it is left as a test of its own."""
        fill, empty = self._around(place)
        if len(fill) != 1 or not empty or fill[0] in empty or self.tokens.get(place, 0):
            raise RefusedError(f"{place!r} is not filled by one transition, or marked at first")
        (first,) = fill
        needs = dict(self.needs[first])
        if not needs or self.gives[first] != {place: 1}:
            raise RefusedError(f"{first!r} needs nothing, or does not give just one token")
        if any(self._around(source)[1] != [first] for source in needs):
            raise RefusedError(f"something else takes what {first!r} needs")
        if any(self.needs[t][place] != 1 for t in empty):
            raise RefusedError(f"{place!r} is not emptied one by one")
        self.events.append(lambda keeper: keeper.delay(place, needs))
        for second in empty:
            name = f"{first}+{second}"
            if name in self.needs or name in self.places:
                raise RefusedError(f"the name {name!r:.60} is taken")
            total = dict(needs)
            for source, count in self.needs[second].items():
                if source != place:
                    total[source] = total.get(source, 0) + count
            self.needs[name], self.gives[name] = total, dict(self.gives[second])
            self.below[name] = [self.below[first], self.below[second]]
            self.use(name)
            self.drop(second)
        self.leave(first)
        self.gives[first] = dict(needs)
        self.use(first)
        self._empty_from_now(place)
