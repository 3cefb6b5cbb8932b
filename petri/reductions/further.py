"""Reduction rules that are tried where the cheap ones leave something."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from petri.reductions.implicit import ImplicitPlaces
from petri.reductions.preserved import Guards
from petri.reductions.reduction import EMPTY
from petri.reductions.working import Arcs, WorkingNet
from transition_systems.budget import Meter

__all__ = ["Desk", "FurtherRules"]

MOST_PRODUCTS = 6
MOST_TIMES = 16
MOST_TOKENS = 1_000
MOST_TRIED = 12
LONGEST = 4
MOST_ALIKE = 32
PROGRAMS = 4
# Nodes after which the clock is looked at within a rule.
OFTEN = 64


@dataclass(slots=True, kw_only=True)
class Desk:
    """What all rules of a reduction work on.

    ``queue`` has the places of which one transition may be left that empties them, ``near`` the
    places and ``moved`` the transitions whose arcs have changed.
    """

    work: WorkingNet
    guards: Guards
    meter: Meter
    steps: list[tuple[str, ...]]
    image: dict[int, tuple[bool, int]]
    equations: dict[int, tuple[dict[int, int], int]] = field(default_factory=dict)
    lost: list[int] = field(default_factory=list)
    queue: dict[int, None] = field(default_factory=dict)
    near: dict[int, None] = field(default_factory=dict)
    moved: dict[int, None] = field(default_factory=dict)

    def changed(self, transitions: Iterable[int]) -> None:
        """Note that the arcs of transitions have changed."""
        pre, post = self.work.pre, self.work.post
        for transition in transitions:
            if transition in pre:
                self.moved[transition] = None
                for place in (*pre[transition], *post[transition]):
                    self.queue[place] = self.near[place] = None


class FurtherRules:
    """Dead parts, sinks, sources, redundant transitions, pre-agglomeration, implicit places.

    Parameters
    ----------
    desk
        What the rules work on.
    few
        Implicit places are looked for by linear programming only where more than four times so
        many transitions are left.
    """

    def __init__(self, desk: Desk, *, few: int) -> None:
        self.desk, self.work, self.guards = desk, desk.work, desk.guards
        self.names = desk.work.names
        self.ids = desk.work.first.place_ids
        self.implicit = ImplicitPlaces(desk.work, desk.guards, desk.meter)
        self.programs_from = PROGRAMS * few

    def _out_of_time(self, looked: int) -> bool:
        """Return whether the time is used up, asked once in a while."""
        return looked % OFTEN == OFTEN - 1 and self.desk.meter.out_of_time()

    def apply(self) -> bool:
        """Apply the first rule that does; return whether one did. Each ends with the time."""
        return (
            self._starve()
            or self._sinks_and_sources()
            or self._sequences()
            or self._implicit()
            or self._delay()
        )

    def _starve(self) -> bool:
        """Take out what can never be marked: the largest empty siphon, and what is dead by it.

        One of its places and of these transitions is left, to speak for what is dead.
        """
        work = self.work
        pre, post = work.pre, work.post
        marked = {place for place, tokens in work.marking.items() if tokens}
        missing = {t: sum(place not in marked for place in needs) for t, needs in pre.items()}
        waiting = [t for t, count in missing.items() if not count]
        while waiting:
            for place in post[waiting.pop()]:
                if place not in marked:
                    marked.add(place)
                    for t in work.empty[place]:
                        missing[t] -= 1
                        if not missing[t]:
                            waiting.append(t)
        dead = [t for t, count in missing.items() if count]
        if not dead:
            return False
        siphon = {place for place in work.places if place not in marked}
        kept = dead[0]
        if len(dead) == len(siphon) == len(pre[kept]) == 1 and not post[kept]:
            return False
        place = next(place for place in pre[kept] if place in siphon)
        around = {p for t in dead for p in (*pre[t], *post[t])} - siphon
        rest = sorted(self.ids[p] for p in siphon - {place})
        self.desk.steps.append(("empty-siphon", self.names[kept], self.ids[place], *rest))
        work.starve(siphon, place, kept)
        for gone in siphon - {place}:
            self.desk.image[gone] = EMPTY
        for other in around:
            self.desk.queue[other] = self.desk.near[other] = None
            self.desk.changed((*work.fill[other], *work.empty[other]))
        return True

    def _sinks_and_sources(self) -> bool:
        if self.guards.bounds != "none":
            return False
        work, desk = self.work, self.desk
        pre, post = work.pre, work.post
        before = len(desk.steps)
        for looked, place in enumerate(list(work.places)):
            if self._out_of_time(looked):
                break
            filling, emptying = work.fill[place], work.empty[place]
            if emptying and all(pre[t] == {place: 1} and not post[t] for t in emptying):
                marked = work.marking.get(place, 0)
                fits = (filling or marked) and all(post[t][place] <= MOST_TIMES for t in filling)
                if fits and marked <= MOST_TOKENS and self.guards.vanishes(place):
                    desk.steps.append(("sink-place", self.ids[place]))
                    desk.image[place] = EMPTY
                    work.vanish(place)
                    desk.changed(filling)
                    continue
            source = next((t for t in filling if not pre[t] and len(post[t]) == 1), None)
            if source is None or not self.guards.ignores(place):
                continue
            weight = post[source][place]
            if all(pre[t][place] <= MOST_TIMES * weight for t in emptying):
                desk.steps.append(("source-place", self.ids[place], self.names[source]))
                desk.lost.append(place)
                work.supply(place, source)
                desk.changed((*filling, *emptying))
        return len(desk.steps) > before

    def _sequences(self) -> bool:
        """Leave out transitions that do what others do one after the other."""
        work, alike = self.work, dict[frozenset[tuple[int, int]], list[int]]()
        before = len(self.desk.steps)
        for transition, needs in work.pre.items():
            alike.setdefault(frozenset(needs.items()), []).append(transition)
        looked = 0
        for some in alike.values():
            if not 1 < len(some) <= MOST_ALIKE:
                continue
            for transition in list(some):
                looked += 1
                if self._out_of_time(looked):
                    return len(self.desk.steps) > before
                for first in some:
                    found = self._sequence(first, transition) if first != transition else None
                    if found is not None:
                        self._drop(transition, first, found)
                        some.remove(transition)
                        break
        return len(self.desk.steps) > before

    def _drop(self, transition: int, first: int, then: list[int]) -> None:
        names, work = self.names, self.work
        row = ("sequence-transition", names[transition], names[first], *(names[t] for t in then))
        self.desk.steps.append(row)
        for place in (*work.pre[transition], *work.post[transition]):
            self.desk.queue[place] = self.desk.near[place] = None
        work.drop_transition(transition, first)
        self.desk.changed([first])

    def _sequence(self, first: int, wanted: int) -> list[int] | None:
        """Return transitions that lead from what one gives to what another one gives.

        Looked for are those that take a token from a place that has too many.
        """
        pre, post = self.work.pre, self.work.post
        goal, begin = post[wanted], post[first]
        ways: list[tuple[Arcs, list[int]]] = [(begin, [])]
        for tokens, way in ways:
            place = next((p for p, n in tokens.items() if n > goal.get(p, 0)), None)
            if place is None:
                if tokens == goal:
                    return way
                continue
            for t in self.work.empty[place]:
                if t == wanted or any(tokens.get(p, 0) < n for p, n in pre[t].items()):
                    continue
                after = dict(tokens)
                for p, n in pre[t].items():
                    after[p] -= n
                for p, n in post[t].items():
                    after[p] = after.get(p, 0) + n
                if len(ways) >= MOST_TRIED or len(way) >= LONGEST:
                    return None
                ways.append(({p: n for p, n in after.items() if n}, [*way, t]))
        return None

    def _implicit(self) -> bool:
        """Leave out places that never hold anything up."""
        if self.guards.bounds == "least":
            return False
        desk, work, ids = self.desk, self.work, self.ids
        before = len(desk.steps)
        for place, weights, constant in self.implicit.found(
            programs=len(work.pre) > self.programs_from
        ):
            listed = sorted((ids[other], weight) for other, weight in weights.items())
            numbers = [text for other, weight in listed for text in (other, str(weight))]
            desk.steps.append(("implicit-place", ids[place], *numbers))
            if constant is None:
                desk.lost.append(place)
            else:
                desk.equations[place] = (weights, constant)
                self.guards.equated(place, weights, constant)
            around = {**work.fill[place], **work.empty[place]}
            work.drop_place(place)
            desk.changed(around)
        return len(desk.steps) > before

    def _delay(self) -> bool:
        """Pre-agglomeration: a transition waits until what it alone makes possible occurs."""
        if self.guards.deadlock:
            return False
        work, names = self.work, self.names
        pre, post, empty = work.pre, work.post, work.empty
        before = len(self.desk.steps)
        for looked, place in enumerate(list(work.places)):
            if self._out_of_time(looked):
                break
            filling, emptying = work.fill[place], empty[place]
            if len(filling) != 1 or not 1 <= len(emptying) <= MOST_PRODUCTS:
                continue
            (first,) = filling
            needs = pre[first]
            if work.marking.get(place, 0) or not needs or post[first] != {place: 1}:
                continue
            if first in emptying or any(pre[t][place] != 1 for t in emptying):
                continue
            if any(len(empty[source]) != 1 for source in needs):
                continue
            if not self.guards.delays(place, needs):
                continue
            if any(work.is_name(f"{names[first]}+{names[t]}") for t in emptying):
                continue
            self.desk.steps.append(("pre-agglomerate", self.ids[place]))
            self.desk.image[place] = EMPTY
            self.desk.changed((*work.delay(place), first))
        return len(self.desk.steps) > before
