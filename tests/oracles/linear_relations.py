"""Linear-time relations by definition: what runs up to a length show, and whether other runs do.

No sets of states that a trace leads to are made: each observation of a run of one system is looked
for among the runs of the other, one run at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from transition_systems.lts import LTS

__all__ = ["System", "first_difference"]

STOP = -1
Words = frozenset[tuple[str, ...]]


class System:
    """States with their steps; an atom is a step ``!name`` to a state without steps."""

    def __init__(self, lts: LTS, atoms: tuple[str, ...], relation: str, depth: int = 7) -> None:
        self.silent = relation.startswith("weak-") or relation == "failures-divergences"
        self.relation = relation
        self.kind = relation.removeprefix("weak-")
        self.initial = lts.initial.tolist()
        self.steps: dict[int, list[tuple[str, int]]] = {s: [] for s in range(lts.n_states)}
        self.steps[STOP] = []
        for source, label, target in lts.arcs():
            self.steps[source].append((label or "tau", target))
        for name in ("final", *atoms):
            if name in lts.atoms:
                for state in range(lts.n_states):
                    if lts.atoms[name][state]:
                        self.steps[state].append((f"!{name}", STOP))
        self.depth = depth
        self.words = lru_cache(None)(self._words)

    def is_silent(self, letter: str) -> bool:
        return self.silent and letter == "tau"

    def diverges(self, state: int) -> bool:
        """Some run of silent steps as long as there are states: so one that never ends."""
        here = {state}
        for _ in range(len(self.steps)):
            here = {t for s in here for a, t in self.steps[s] if a == "tau"}
        return bool(here)

    def shown(self, state: int) -> Any:
        """What is seen in a state, or ``None``."""
        ready = frozenset(a for a, _ in self.steps[state])
        if self.kind in ("possible-futures", "impossible-futures"):
            return self.words(state, self.depth)
        if self.relation in ("weak-failures", "failures-divergences") and "✓" in ready:
            return frozenset({"✓"})
        if self.kind == "completed-trace":
            return None if ready else ready
        if self.kind == "trace" or (self.silent and "tau" in ready):
            return None
        return ready

    def _words(self, state: int, length: int) -> Words:
        found = {()}
        for letter, target in self.steps[state] if length else ():
            if not self.is_silent(letter):
                found |= {(letter, *word) for word in self.words(target, length - 1)}
        if self.silent:
            seen, waiting = {state}, [state]
            while waiting:
                for letter, target in self.steps[waiting.pop()]:
                    if letter == "tau" and target not in seen:
                        seen.add(target)
                        waiting.append(target)
            for other in seen - {state}:
                for letter, target in self.steps[other] if length else ():
                    if letter != "tau":
                        found |= {(letter, *word) for word in self.words(target, length - 1)}
        return frozenset(found)

    @property
    def along(self) -> bool:
        return self.kind in ("failure-trace", "ready-trace")

    def observations(self, length: int) -> Iterator[tuple[tuple[Any, ...], Any]]:
        """All runs of at most so many letters: history, and what is seen at the end, or ``None``.

        A history has what was seen before each letter (where it counts) and the letter.
        """
        seen: set[Any] = set()
        waiting: list[tuple[tuple[Any, ...], int]] = [((), s) for s in self.initial]
        while waiting:
            history, state = item = waiting.pop()
            if item in seen:
                continue
            seen.add(item)
            shown = self.shown(state)
            yield history, None
            if shown is not None:
                yield history, shown
            if self.relation == "failures-divergences" and self.diverges(state):
                yield history, "divergence"
            for letter, target in self.steps[state]:
                if self.is_silent(letter):
                    waiting.append((history, target))
                elif len(history) < length or letter.startswith("!"):
                    before = shown if self.along else None
                    waiting.append(((*history, (before, letter)), target))

    def matches(self, state: int, wanted: Any) -> bool:
        """Whether what the state shows is, or allows, what is wanted."""
        shown = self.shown(state)
        if wanted == "divergence" or shown is None:
            return False
        if self.kind in ("possible-futures", "ready-trace", "readiness"):
            return bool(shown == wanted)
        return bool(shown <= wanted)  # refuses as much; or has no more futures

    def has(self, history: tuple[Any, ...], wanted: Any) -> bool:
        """Whether some run has the history and shows what is wanted at the end."""
        seen: set[tuple[int, int]] = set()
        waiting = [(0, s) for s in self.initial]
        while waiting:
            at, state = item = waiting.pop()
            if item in seen:
                continue
            seen.add(item)
            if self.relation == "failures-divergences" and self.diverges(state):
                return True
            if at == len(history) and (wanted is None or self.matches(state, wanted)):
                return True
            for letter, target in self.steps[state]:
                if self.is_silent(letter):
                    waiting.append((at, target))
                elif at < len(history) and letter == history[at][1]:
                    before = history[at][0]
                    if before is None or self.matches(state, before):
                        waiting.append((at + 1, target))
        return False


def first_difference(one: System, other: System, length: int) -> int | None:
    """The least number of labels after which a run of the first shows what none of the other does."""
    found: int | None = None
    asked: set[Any] = set()
    for item in one.observations(length):
        labels = sum(not letter.startswith("!") for _, letter in item[0])
        if item in asked or (found is not None and labels >= found):
            continue
        asked.add(item)
        if not other.has(*item):
            found = labels
    return found
