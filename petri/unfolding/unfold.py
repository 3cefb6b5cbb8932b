"""Unfolding a one-safe net up to cutoff events, in a total adequate order.

J. Esparza, S. Roemer, W. Vogler: An improvement of McMillan's unfolding algorithm. Formal Methods
in System Design 20, 2002; K. L. McMillan: Using unfoldings to avoid the state explosion problem in
the verification of asynchronous circuits. CAV 1992.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence

from petri.net import PetriNet
from petri.unfolding.prefix import Prefix, bits_of
from transition_systems.budget import Budget
from transition_systems.evidence_prefix import NO_CUTOFF, START
from transition_systems.progress import Progress, ProgressCallback

__all__ = ["unfold"]

ROUND = 64
LOOK = 1 << 12
NOT_SAFE = "the net is not one-safe"

Order = tuple[int, tuple[int, ...], tuple[tuple[int, tuple[int, ...]], ...]]
Waiting = tuple[Order, int, int, tuple[int, ...], int, int]


def unfold(
    net: PetriNet, *, budget: Budget | None = None, progress: ProgressCallback | None = None
) -> Prefix:
    """Return a finite prefix of the unfolding of a net that shows all its reachable markings.

    Parameters
    ----------
    net
        A one-safe net; where some place gets a second token, the prefix ends there.
    budget
        Its states are events; its bytes are those of the masks, roughly.
    progress
        A callback, told the number of events.

    Returns
    -------
    Prefix
        Incomplete where the budget ended or the net is not one-safe.

    Notes
    -----
    Events are added by size of their history, then its transitions, then its Foata form, level by
    level, where fewer events come first; one is a cutoff where an earlier one leads to the same
    marking. At most one event that is no cutoff for each reachable marking. Which conditions can be
    marked together is kept as a bit mask for each.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [1, 0])
    >>> unfold(net)
    <Prefix of 3 conditions, 2 events, 1 of them cutoffs, complete>
    """
    return _Unfolding(net, budget or Budget()).go(progress)


class _OutOfTime(Exception):
    """The budget ended while the next events were looked for."""


class _Unfolding:
    """The prefix under construction, its concurrency relation, and the possible next events."""

    def __init__(self, net: PetriNet, budget: Budget) -> None:
        self.net = net
        self.meter = budget.start()
        self.prefix = Prefix(net)
        self.inputs: list[list[int]] = []
        self.outputs: list[list[int]] = []
        self.users: list[list[int]] = [[] for _ in net.place_ids]
        self.doubled: set[int] = set()
        for number in range(len(net.transition_ids)):
            places, weights = net.pre_arcs.row(number)
            gives, given = net.post_arcs.row(number)
            self.inputs.append(places.tolist())
            self.outputs.append(gives.tolist())
            if (given > 1).any() or not len(places):
                self.doubled.add(number)
            if len(places) and (weights == 1).all():
                for place in places.tolist():
                    self.users[place].append(number)
        self.concurrent: list[int] = []
        self.of_place = [0] * len(net.place_ids)
        self.levels: list[int] = []
        self.marked: dict[frozenset[int], int] = {}
        self.waiting: list[Waiting] = []
        self.made = self.looked = 0

    def go(self, progress: ProgressCallback | None) -> Prefix:
        """Add events until none is left, the budget ends or a place has two tokens."""
        prefix, meter = self.prefix, self.meter
        initial = self.net.initial.to_array(self.net.place_ids).tolist()
        sources = any(
            not self.inputs[t] and self.outputs[t] for t in range(len(self.net.transition_ids))
        )
        if max(initial, default=0) > 1:
            prefix.reason = NOT_SAFE
            return prefix
        start = [place for place, tokens in enumerate(initial) if tokens]
        self.marked[frozenset(start)] = START
        fresh = self._conditions(start, START, 0)
        if sources:
            prefix.reason = NOT_SAFE
            return prefix
        try:
            self._add_all(fresh, progress)
        except _OutOfTime:
            prefix.reason = meter.exhausted()
        return prefix

    def _add_all(self, first: Sequence[int], progress: ProgressCallback | None) -> None:
        """Add events, those possible at the start first, and say how it ended."""
        prefix, meter = self.prefix, self.meter
        self._extend(first)
        while self.waiting:
            count = prefix.n_events
            reason = meter.exhausted(states=count, bytes=len(prefix.places) ** 2 // 4)
            if reason is not None:
                prefix.reason = reason
                return
            if count % ROUND == 0 and progress is not None:
                progress(Progress(stage="unfolding", states=count, seconds=meter.seconds))
            if not self._next():
                prefix.reason = NOT_SAFE
                return
        prefix.complete = True

    def _next(self) -> bool:
        """Add the least possible event; return whether the net is one-safe so far."""
        prefix = self.prefix
        _, _, transition, preset, causes, concurrent = heapq.heappop(self.waiting)
        number = prefix.n_events
        prefix.transitions.append(transition)
        prefix.presets.append(preset)
        prefix.histories.append(causes | 1 << number)
        prefix.postsets.append(())
        for condition in preset:
            prefix.consumers[condition].append(number)
            concurrent &= self.concurrent[condition]
        self.levels.append(1 + max((self.levels[e] for e in self._before(preset)), default=0))
        marking = self._marking(number)
        prefix.companions.append(self.marked.get(marking, NO_CUTOFF))
        outputs = self.outputs[transition]
        if transition in self.doubled or any(concurrent & self.of_place[p] for p in outputs):
            prefix.unsafe = number
            return False
        if prefix.companions[number] != NO_CUTOFF:
            prefix.postsets[number] = self._plain_conditions(outputs, number)
            return True
        self.marked[marking] = number
        prefix.postsets[number] = tuple(self._conditions(outputs, number, concurrent))
        self._extend(prefix.postsets[number])
        return True

    def _before(self, preset: Sequence[int]) -> Iterator[int]:
        producers = self.prefix.producers
        return (producers[c] for c in preset if producers[c] >= 0)

    def _plain_conditions(self, places: Sequence[int], event: int) -> tuple[int, ...]:
        """Add conditions after a cutoff event: concurrent with nothing, as nothing follows."""
        first = len(self.prefix.places)
        for place in places:
            self.prefix.places.append(place)
            self.prefix.producers.append(event)
            self.prefix.consumers.append([])
            self.concurrent.append(0)
        return tuple(range(first, first + len(places)))

    def _conditions(self, places: Sequence[int], event: int, concurrent: int) -> Sequence[int]:
        """Add conditions that are concurrent with each other and with those of a mask."""
        fresh = self._plain_conditions(places, event)
        together = sum(1 << condition for condition in fresh)
        for condition in fresh:
            self.concurrent[condition] = concurrent | together & ~(1 << condition)
            self.of_place[self.prefix.places[condition]] |= 1 << condition
        for other in bits_of(concurrent):
            self.concurrent[other] |= together
        return fresh

    def _marking(self, event: int) -> frozenset[int]:
        """Return the places marked after the history of an event."""
        prefix = self.prefix
        cut = {c for c, before in enumerate(prefix.producers[: self._n_initial()]) if before < 0}
        places = {prefix.places[c] for c in cut}
        for number in bits_of(prefix.histories[event]):
            transition = prefix.transitions[number]
            places.difference_update(self.inputs[transition])
            places.update(self.outputs[transition])
        return frozenset(places)

    def _n_initial(self) -> int:
        return sum(self.net.initial.to_dict().values())

    def _extend(self, fresh: Sequence[int]) -> None:
        """Find the events that take some of the fresh conditions."""
        places = self.prefix.places
        for position, condition in enumerate(fresh):
            later = sum(1 << other for other in fresh[:position])
            for transition in self.users[places[condition]]:
                others = [p for p in self.inputs[transition] if p != places[condition]]
                allowed = self.concurrent[condition] & ~later
                for chosen in self._choices(others, allowed):
                    self._possible(transition, (condition, *chosen))

    def _choices(self, others: Sequence[int], allowed: int) -> Iterator[tuple[int, ...]]:
        """Yield conditions, one for each place, that are all concurrent."""
        if not all(allowed & self.of_place[place] for place in others):
            return
        stack: list[tuple[tuple[int, ...], int]] = [((), allowed)]
        while stack:
            chosen, left = stack.pop()
            self.looked += 1
            if self.looked % LOOK == 0 and self.meter.out_of_time():
                raise _OutOfTime
            if len(chosen) == len(others):
                yield chosen
                continue
            for condition in bits_of(left & self.of_place[others[len(chosen)]]):
                stack.append(((*chosen, condition), left & self.concurrent[condition]))

    def _possible(self, transition: int, preset: tuple[int, ...]) -> None:
        prefix = self.prefix
        causes = 0
        for event in self._before(preset):
            causes |= prefix.histories[event]
        events = list(bits_of(causes))
        level = 1 + max((self.levels[e] for e in self._before(preset)), default=0)
        foata: list[list[int]] = [[] for _ in range(level)]
        for event in events:
            foata[self.levels[event] - 1].append(prefix.transitions[event])
        foata[level - 1].append(transition)
        word = tuple(sorted([*(prefix.transitions[e] for e in events), transition]))
        # The shorter level first: only so the order is kept when steps are added to both.
        levels = tuple((len(each), tuple(sorted(each))) for each in foata)
        order: Order = (len(word), word, levels)
        self.made += 1
        item = (order, self.made, transition, tuple(sorted(preset)), causes, -1)
        heapq.heappush(self.waiting, item)
