"""Branching processes: events and conditions of a prefix of an unfolding, rebuilt from the net.

A set of conditions or of events is a bit mask. Nothing is read from the evidence but the transition
of each event, the conditions that it takes and its companion; all else is computed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from netproof.recheck.net_table import NetTable
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.state_table import integers
from transition_systems.evidence import CompletePrefix
from transition_systems.evidence_prefix import NO_CUTOFF, START

__all__ = ["Branching", "members"]

Key = tuple[int, list[int], list[tuple[int, list[int]]]]


def members(mask: int) -> Iterator[int]:
    """Yield the numbers in a mask, ascending."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


class Branching:
    """A branching process of a net, refused unless it is one.

    Attributes
    ----------
    places, producers, consumers
        For each condition its place, the event before it or ``START``, and the events that take it.
    transitions, taken
        For each event its transition, and the mask of the conditions that it takes.
    cutoffs
        For each cutoff event its companion.
    live
        By place the mask of its conditions that no cutoff event made.
    together
        For each condition the mask of those that are marked with it in some configuration; none
        where a cutoff event made it.
    """

    def __init__(self, table: NetTable, evidence: CompletePrefix, watch: Watch) -> None:
        count, number = len(evidence.transitions), len(evidence.taken)
        self.transitions = integers(evidence.transitions, (count,), "the transitions").tolist()
        flat = integers(evidence.taken, (number,), "the conditions taken").tolist()
        companions = integers(evidence.companions, (count,), "the companions").tolist()
        watch.fits((count + number) ** 2 // 2)
        self.table, self.watch = table, watch
        self.places: list[int] = []
        self.producers: list[int] = []
        self.consumers: list[list[int]] = []
        self.together: list[int] = []
        self.taken: list[int] = []
        self.cutoffs = {e: other for e, other in enumerate(companions) if other != NO_CUTOFF}
        self.live = [0] * len(table.place)
        if any(tokens > 1 for tokens in table.initial.values()):
            raise RefusedError("a place has several tokens at the start")
        # For each event the events before it, what they take and make, and its level.
        self._past: dict[int, tuple[int, int, int, int]] = {}
        self._past[START] = (0, 0, self._add(table.initial, START, 0), 0)
        for event, transition in enumerate(self.transitions):
            watch.tick()
            if not 0 <= transition < len(table.pre):
                raise RefusedError("an event is of no transition of the net")
            size = len(table.pre[transition])
            self._event(event, transition, flat[:size])
            del flat[:size]
        if flat:
            raise RefusedError("the conditions taken are not those of the events")
        if len(set(zip(self.transitions, self.taken, strict=True))) != count:
            raise RefusedError("an event is twice in the prefix")

    def _event(self, event: int, transition: int, taken: list[int]) -> None:
        """Add an event; refuse it unless it takes what its transition takes, all at once."""
        needs, change = self.table.pre[transition], self.table.change[transition]
        gives = {p: needs.get(p, 0) + change.get(p, 0) for p in (*needs, *change)}
        if not needs or max(*needs.values(), *gives.values()) > 1:
            raise RefusedError("an event is of a transition that no one-safe net fires")
        if any(not 0 <= condition < len(self.places) for condition in taken):
            raise RefusedError("an event takes a condition that is not there before it")
        if sorted(self.places[condition] for condition in taken) != sorted(needs):
            raise RefusedError("an event does not take what its transition takes")
        mask, shared = sum(1 << condition for condition in taken), -1
        history, used, made, level = 1 << event, mask, 0, 0
        for condition in taken:
            if self.producers[condition] in self.cutoffs:
                raise RefusedError("an event comes after a cutoff")
            if mask & ~self.together[condition] != 1 << condition:
                raise RefusedError("an event takes conditions that are never marked together")
            shared &= self.together[condition]
            self.consumers[condition].append(event)
            before = self._past[self.producers[condition]]
            history, used, made = history | before[0], used | before[1], made | before[2]
            level = max(level, before[3])
        made |= self._past[START][2] | self._add((p for p in gives if gives[p]), event, shared)
        self.taken.append(mask)
        self._past[event] = (history, used, made, level + 1)

    def _add(self, places: Iterable[int], event: int, shared: int) -> int:
        """Add conditions that are marked together, and with those of a mask; return their mask."""
        chosen, first = sorted(places), len(self.places)
        fresh = ((1 << len(chosen)) - 1) << first
        self.places += chosen
        self.producers += [event] * len(chosen)
        self.consumers += [[] for _ in chosen]
        if event in self.cutoffs:
            self.together += [0] * len(chosen)
            return fresh
        for condition, place in enumerate(chosen, start=first):
            self.together.append(shared | fresh & ~(1 << condition))
            if self.live[place] & shared:
                raise RefusedError("two conditions of one place are marked together")
            self.live[place] |= 1 << condition
        for other in members(shared):
            self.together[other] |= fresh
        return fresh

    def marking(self, event: int) -> list[int]:
        """Return the places marked after the history of an event or at the start, sorted."""
        _, used, made, _ = self._past[event]
        return sorted(self.places[condition] for condition in members(made & ~used))

    def key(self, event: int) -> Key:
        """Return what the history of an event is compared by; see :mod:`.prefixes`."""
        levels: dict[int, list[int]] = {}
        for other in members(self._past[event][0]):
            levels.setdefault(self._past[other][3], []).append(self.transitions[other])
        foata = [(len(part), sorted(part)) for _, part in sorted(levels.items())]
        word = sorted(transition for _, part in foata for transition in part)
        return len(word), word, foata
