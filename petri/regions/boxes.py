"""Boxes: sets of markings by the fewest and the most tokens of each place, and facts about them.

A fact is a weighted sum of tokens with a least value in every reachable marking; equations are two
facts. A box stands for the reachable markings in it, so that facts make its limits tighter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from math import gcd

from petri.incidence import ArcTable
from petri.net import PetriNet
from petri.structure.flow_bases import place_flows
from petri.structure.flows import place_semiflows
from transition_systems.budget import Budget
from transition_systems.errors import UndecidedError
from transition_systems.properties.predicates import Compare, Predicate, conjunction

__all__ = ["Box", "Boxes", "Fact", "facts_of"]

PASSES = 4
MOST_FACTS, FLOW_SECONDS = 400, 2.0


@dataclass(frozen=True, slots=True)
class Box:
    """Tokens by index of the place: at least ``low`` (else 0), at most ``high`` (else any)."""

    low: Mapping[int, int]
    high: Mapping[int, int]

    def within(self, other: Box) -> bool:
        """Return whether all markings of this box are in another one."""
        return all(self.low.get(p, 0) >= n for p, n in other.low.items()) and all(
            p in self.high and self.high[p] <= n for p, n in other.high.items()
        )

    def with_low(self, place: int, tokens: int) -> Box | None:
        """Return the part with at least so many tokens in a place; ``None`` where it is empty."""
        if tokens <= self.low.get(place, 0):
            return self
        if self.high.get(place, tokens) < tokens:
            return None
        return Box({**self.low, place: tokens}, self.high)

    def with_high(self, place: int, tokens: int) -> Box | None:
        """Return the part with at most so many tokens in a place; ``None`` where it is empty."""
        if self.low.get(place, 0) > tokens:
            return None
        if place in self.high and self.high[place] <= tokens:
            return self
        return Box(self.low, {**self.high, place: tokens})

    def opened(self, places: Iterable[int]) -> Box:
        """Return the box without a most for places."""
        free = set(places)
        return Box(self.low, {p: n for p, n in self.high.items() if p not in free})


@dataclass(frozen=True, slots=True)
class Fact:
    """A weighted sum of tokens that is never below its value: no transition lowers it."""

    weights: tuple[tuple[int, int], ...]
    least: int


class Boxes:
    """The arcs of a net by transition, and boxes before and after steps.

    Parameters
    ----------
    net
        Any place/transition net.
    facts
        What holds in all reachable markings.
    multiples
        Whether limits are moved to where a place can have tokens that only changes by multiples.
    """

    def __init__(
        self, net: PetriNet, facts: Sequence[Fact] = (), *, multiples: bool = True
    ) -> None:  # fmt: skip
        self.net, self.facts = net, tuple(facts)
        self.needs = _rows(net.pre_arcs)
        self.change: list[dict[int, int]] = []
        for needs, gives in zip(self.needs, _rows(net.post_arcs), strict=True):
            moved = {p: gives.get(p, 0) - needs.get(p, 0) for p in (*needs, *gives)}
            self.change.append({p: n for p, n in moved.items() if n})
        start = net.initial.to_array(net.place_ids).tolist()
        self._steps: dict[int, tuple[int, int]] = {}
        for place, size in _step_sizes(self.change).items():
            if size > 1 and multiples:
                self._steps[place] = size, int(start[place]) % size
        self._touching: dict[int, list[Fact]] = {}
        for fact in self.facts:
            for place, _ in fact.weights:
                self._touching.setdefault(place, []).append(fact)

    @property
    def rounds(self) -> bool:
        """Whether some limits are moved to multiples."""
        return bool(self._steps)

    def tight(self, box: Box) -> Box | None:
        """Return a box with all reachable markings of a box; ``None`` where it has none."""
        low, high = dict(box.low), dict(box.high)
        for place, (size, rest) in self._steps.items():
            low[place] = low.get(place, 0) + (rest - low.get(place, 0)) % size
            if place in high:
                high[place] -= (high[place] - rest) % size
                if high[place] < low[place]:
                    return None
        waiting = list(self.facts)
        for _ in range(PASSES):
            moved: set[int] = set()
            for fact in waiting:
                changed = _narrow(fact, low, high)
                if changed is None:
                    return None
                moved |= changed
            if not moved:
                break
            waiting = list({id(f): f for p in moved for f in self._touching.get(p, ())}.values())
        return Box(low, high)

    def before(self, box: Box, transition: int) -> Box | None:
        """Return the markings from which a transition leads into a box."""
        low, high = dict(box.low), dict(box.high)
        for place, moved in self.change[transition].items():
            if place in high:
                high[place] -= moved
                if high[place] < 0:
                    return None
            if place in low:
                low[place] = max(0, low[place] - moved)
                if not low[place]:
                    del low[place]
        for place, tokens in self.needs[transition].items():
            low[place] = max(tokens, low.get(place, 0))
            if place in high and high[place] < low[place]:
                return None
        return Box(low, high)

    def after(self, box: Box | None, steps: Iterable[int]) -> Box | None:
        """Return where steps lead from all markings of a tight box, tight; ``None`` if not all."""
        for transition in steps:
            if box is None or any(box.low.get(p, 0) < n for p, n in self.needs[transition].items()):
                return None
            low, high = dict(box.low), dict(box.high)
            for place, moved in self.change[transition].items():
                low[place] = low.get(place, 0) + moved
                if place in high:
                    high[place] += moved
            box = self.tight(Box(low, high))
        return box

    def effect(self, steps: Iterable[int]) -> dict[int, int]:
        """Return what steps change in all."""
        total: dict[int, int] = {}
        for transition in steps:
            for place, moved in self.change[transition].items():
                total[place] = total.get(place, 0) + moved
        return {place: moved for place, moved in total.items() if moved}

    def needed(self, steps: Iterable[int]) -> dict[int, int]:
        """Return the fewest tokens that let steps be fired one after the other."""
        needs: dict[int, int] = {}
        moved: dict[int, int] = {}
        for transition in steps:
            for place, tokens in self.needs[transition].items():
                needs[place] = max(needs.get(place, 0), tokens - moved.get(place, 0))
            for place, change in self.change[transition].items():
                moved[place] = moved.get(place, 0) + change
        return needs

    def predicate(self, box: Box) -> Predicate:
        """Return a box as a predicate."""
        names = self.net.place_ids
        parts: list[Predicate] = []
        for place in sorted({*box.low, *box.high}):
            term, least = ((names[place], 1),), box.low.get(place, 0)
            most = box.high.get(place)
            if most == least:
                parts.append(Compare(term, "==", least))
                continue
            if least:
                parts.append(Compare(term, ">=", least))
            if most is not None:
                parts.append(Compare(term, "<=", most))
        return conjunction(*parts)


def _rows(table: ArcTable) -> list[dict[int, int]]:
    offsets, places, weights = (part.tolist() for part in table)
    return [dict(zip(places[a:b], weights[a:b], strict=True)) for a, b in pairwise(offsets)]


def _step_sizes(changes: Iterable[Mapping[int, int]]) -> dict[int, int]:
    """Return for each place that changes the largest number by whose multiples it does."""
    sizes: dict[int, int] = {}
    for change in changes:
        for place, moved in change.items():
            sizes[place] = gcd(sizes.get(place, 0), moved)
    return sizes


def _narrow(fact: Fact, low: dict[int, int], high: dict[int, int]) -> set[int] | None:
    """Make limits tighter by a fact; return the places, or ``None`` where nothing is left."""
    total, free = 0, []
    for place, weight in fact.weights:
        if weight < 0:
            total += weight * low.get(place, 0)
        elif place in high:
            total += weight * high[place]
        else:
            free.append(place)
            if len(free) > 1:
                return set()
    moved: set[int] = set()
    for place, weight in fact.weights:
        if free and free != [place]:
            continue
        if weight > 0:
            rest = total - (0 if free else weight * high[place])
            least = -((rest - fact.least) // weight)
            if least > low.get(place, 0):
                low[place] = least
                moved.add(place)
        else:
            most = (total - weight * low.get(place, 0) - fact.least) // -weight
            if place not in high or most < high[place]:
                high[place] = most
                moved.add(place)
        if place in high and high[place] < low.get(place, 0):
            return None
    return moved


def facts_of(net: PetriNet, budget: Budget) -> list[Fact]:
    """Return sums of tokens that no transition lowers: flows, and single places.

    Parameters
    ----------
    net
        Any place/transition net.
    budget
        Its seconds; where they end, fewer facts are found.

    Returns
    -------
    list of Fact

    Examples
    --------
    >>> facts_of(PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0]), Budget(seconds=1))[:2]
    [Fact(weights=((0, 1), (1, 1)), least=1), Fact(weights=((0, -1), (1, -1)), least=-1)]
    """
    left = budget.remaining()
    limit = Budget(seconds=FLOW_SECONDS if left is None else min(FLOW_SECONDS, left / 8)).fixed()
    found: dict[tuple[tuple[int, int], ...], None] = {}
    flows = [flow.weights for flow in place_semiflows(net, budget=limit)]
    with suppress(UndecidedError):
        for flow in place_flows(net, budget=limit):
            flows.append(tuple((net.place_index(p), n) for p, n in flow.weights))
    for weights in flows:
        found[weights] = None
        found[tuple((p, -n) for p, n in weights)] = None
    rises, falls = set[int](), set[int]()
    for moved in Boxes(net).change:
        rises |= {p for p, n in moved.items() if n > 0}
        falls |= {p for p, n in moved.items() if n < 0}
    for place in range(len(net.place_ids)):
        if place not in falls and place in rises:
            found[((place, 1),)] = None
        elif place not in rises and place in falls:
            found[((place, -1),)] = None
    start = net.initial.to_array(net.place_ids).tolist()
    return [
        Fact(weights, sum(n * int(start[p]) for p, n in weights))
        for weights in list(found)[:MOST_FACTS]
    ]
