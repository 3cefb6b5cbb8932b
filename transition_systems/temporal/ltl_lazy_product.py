"""The product of a system with the tableau of a formula's negation, explored from the start.

Only states are met to which a path leads that the formula may still fail on: behind a letter for
which the tableau has no move nothing is looked at. Where that is finite it is all that matters,
also of a system without end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Budget
from transition_systems.errors import UnsupportedError
from transition_systems.explore import Exploration, explore
from transition_systems.properties.formulas import Formula
from transition_systems.properties.predicates import Dead, Enabled, Predicate
from transition_systems.protocols import BlockError, ExplicitSystem
from transition_systems.temporal.buchi_graph import Graph, TooManyStatesError
from transition_systems.temporal.buchi_tableau import MAX_STATES
from transition_systems.temporal.ltl_alphabet import Alphabet, elementary
from transition_systems.temporal.ltl_obligations import obligations
from transition_systems.temporal.ltl_search import BudgetEndError
from transition_systems.temporal.product import letter_flags

__all__ = ["LookAhead", "Part", "Shared"]

Words = NDArray[np.uint64]
Bools = NDArray[np.bool_]
Indices = NDArray[np.int64]
HoldsIn = Callable[[Predicate, Words], Bools]
# Seconds for the tableau; the part of the time that is left for one round of exploring.
SECONDS, SHARE = 1.0, 0.25


class Shared:
    """A system that two explorations share: a new encoding is one of the states of both.

    Parameters
    ----------
    system
        The system.

    Attributes
    ----------
    kept
        The states of the exploration that waits, uint64 (n, words).
    """

    def __init__(self, system: ExplicitSystem) -> None:
        self.system = system
        self.kept: Words | None = None

    @property
    def labels(self) -> Sequence[str]:
        """Names of the labels, by index."""
        return self.system.labels

    def __getattr__(self, name: str) -> Any:
        return getattr(self.system, name)

    def initial(self) -> Words:
        """Return the initial states."""
        return self.system.initial()

    def successors(self, block: Words) -> tuple[Indices, NDArray[np.int32], Words]:
        """Return all steps from a block of states."""
        return self.system.successors(block)

    def decode(self, row: Words) -> Any:
        """Return a state as the model's own value."""
        return self.system.decode(row)

    def reencode(self, seen: Words) -> Words:
        """Return states anew, in words that have room for more; those that wait as well."""
        if self.kept is None:
            return self.system.reencode(seen)
        both = self.system.reencode(np.concatenate([seen, self.kept]))
        self.kept = np.ascontiguousarray(both[len(seen) :])
        return np.ascontiguousarray(both[: len(seen)])


@dataclass(frozen=True, slots=True)
class Part:
    """The states of a finite product, and all steps from them.

    Parameters
    ----------
    rows
        The states, uint64 (n, words).
    source, label, target
        int64, int32, int64 of shape (m,); the target of a step to another state is ``n``.
    initial
        The numbers of the initial states, int64.
    """

    rows: Words
    source: Indices
    label: NDArray[np.int32]
    target: Indices
    initial: Indices


class _Product:
    """The product as a system of its own (implements ``ExplicitSystem``).

    A position is the words of a state and one more, the state of the tableau.
    """

    labels: Sequence[str] = ("",)

    def __init__(
        self, system: ExplicitSystem, predicates: Sequence[Predicate], graph: Graph, holds: HoldsIn
    ) -> None:
        self.system, self.predicates, self.holds = system, predicates, holds
        self.start = graph.initial
        self.index: dict[str, list[int]] = {}
        for number, name in enumerate(system.labels):
            self.index.setdefault(name, []).append(number)
        letters = 1 << len(predicates)
        self.moves: list[dict[int, Bools]] = []
        for edges in graph.edges:
            found: dict[int, Bools] = {}
            for read, _, after in edges:
                flags = letter_flags(read, letters)
                found[after] = found[after] | flags if after in found else flags
            self.moves.append(found)

    @property
    def block(self) -> int:
        """How many positions to expand at a time."""
        return int(getattr(self.system, "block", 1 << 15))

    def initial(self) -> Words:
        """Return the initial states with that of the tableau."""
        return _with(self.system.initial(), self.start)

    def decode(self, row: Words) -> tuple[object, int]:
        """Return the state of a position, and that of the tableau."""
        return self.system.decode(row[:-1]), int(row[-1])

    def reencode(self, seen: Words) -> Words:
        """Return positions anew, in words that have room for more."""
        rows = self.system.reencode(np.ascontiguousarray(seen[:, :-1]))
        return np.concatenate([rows, seen[:, -1:]], axis=1)

    def successors(self, block: Words) -> tuple[Indices, NDArray[np.int32], Words]:
        """Return all moves from a block of positions, sorted by position."""
        rows, at = np.ascontiguousarray(block[:, :-1]), block[:, -1].astype(np.int64)
        before, label, after = self.system.successors(rows)
        codes = self._codes(rows, before, label)
        stuck = np.ones(len(rows), dtype=np.bool_)
        stuck[before] = False
        source, target = [np.zeros(0, dtype=np.int64)], [block[:0]]
        for state in np.unique(at).tolist():
            for then, flags in self.moves[state].items():
                chosen = (at == state) & flags[codes]
                steps, stays = chosen[before], np.flatnonzero(chosen & stuck)
                source += [before[steps], stays]
                target += [_with(after[steps], then), _with(rows[stays], then)]
        found = np.concatenate(source)
        order = np.argsort(found, kind="stable")
        return found[order], np.zeros(len(found), dtype=np.int32), np.concatenate(target)[order]

    def _codes(self, rows: Words, before: Indices, label: NDArray[np.int32]) -> Indices:
        """Return the letters of states: which predicates hold, as bits."""
        codes = np.zeros(len(rows), dtype=np.int64)
        for bit, predicate in enumerate(self.predicates):
            match predicate:
                case Dead():
                    values = np.ones(len(rows), dtype=np.bool_)
                    values[before] = False
                case Enabled(name):
                    values = np.zeros(len(rows), dtype=np.bool_)
                    values[before[np.isin(label, self.index.get(name, []))]] = True
                case _:
                    values = np.asarray(self.holds(predicate, rows), dtype=np.bool_)
            codes |= values.astype(np.int64) << bit
        return codes


class LookAhead:
    """The product of a system with the tableau of a formula's negation, known so far.

    Parameters
    ----------
    system
        The system.
    formula
        The formula, with its parts without temporal operators as single nodes.
    holds
        Gives the values of atoms and comparisons.
    """

    def __init__(self, system: ExplicitSystem, formula: Formula, holds: HoldsIn) -> None:
        self.system, self.formula, self.holds = system, formula, holds
        self.product: _Product | None = None
        self.found: Exploration | None = None
        self.given_up = False
        self.seconds = 0.0

    def rows(self) -> Words | None:
        """Return the states of the positions that are known, one for each."""
        found = self.found
        return None if found is None else np.ascontiguousarray(found.states[:, :-1])

    def encoded(self, rows: Words | None) -> None:
        """Take over the states of the positions in a new encoding."""
        if self.found is not None and rows is not None:
            states = np.concatenate([rows, self.found.states[:, -1:]], axis=1)
            self.found = replace(self.found, states=states)

    def go(self, positions: int, budget: Budget) -> Part | None:
        """Explore up to a number of positions; return the part, if that is all there is.

        Parameters
        ----------
        positions
            How many positions there may be.
        budget
            Seconds and bytes; a fixed one.

        Raises
        ------
        BudgetEndError
            When the time ends while the part is written down.

        Notes
        -----
        Linear in the positions and the steps from their states, and sorting the states.
        """
        left = budget.remaining()
        part = replace(
            budget, states=positions, deadline=None, seconds=None if left is None else SHARE * left
        ).fixed()
        meter = replace(part, states=None).start()
        try:
            if self.product is None and not self.given_up:
                self._tableau(part)
            if self.product is None:
                return None
            self.found = explore(self.product, budget=part, resume=self.found)
        finally:
            self.seconds += meter.seconds
        return self._part(budget) if self.found.complete else None

    def _tableau(self, budget: Budget) -> None:
        """Make the tableau, or give up where it is too large."""
        left = budget.remaining()
        meter = Budget(seconds=SECONDS if left is None else min(SECONDS, left)).start()

        def tick() -> None:
            if meter.out_of_time():
                raise BudgetEndError("the time budget is used up")

        predicates = elementary(self.formula)
        try:
            alphabet = Alphabet(predicates)
            made = obligations(self.formula, alphabet, max_states=MAX_STATES, tick=tick)
        except (BudgetEndError, TooManyStatesError, UnsupportedError):
            self.given_up = True
            return
        self.product = _Product(self.system, predicates, made.graph, self.holds)

    def _part(self, budget: Budget) -> Part:
        assert self.found is not None
        states, parent = self.found.states, self.found.parent
        rows, home = np.unique(states[:, :-1], axis=0, return_inverse=True)
        rows, home = np.ascontiguousarray(rows), home.reshape(-1).astype(np.int64)
        starts = np.flatnonzero(parent[: len(self.system.initial())] < 0)
        source, label, after = self._steps(rows, budget)
        _, number = np.unique(np.concatenate([rows, after]), axis=0, return_inverse=True)
        number = number.reshape(-1).astype(np.int64)
        place = np.full(int(number.max()) + 1, len(rows), dtype=np.int64)
        place[number[: len(rows)]] = np.arange(len(rows))
        return Part(rows, source, label, place[number[len(rows) :]], np.unique(home[starts]))

    def _steps(self, rows: Words, budget: Budget) -> tuple[Indices, NDArray[np.int32], Words]:
        """Return the steps from states, as many states at a time as the system can do."""
        meter = replace(budget, states=None).start()
        source = [np.zeros(0, dtype=np.int64)]
        label = [np.zeros(0, dtype=np.int32)]
        after = [rows[:0]]
        first, size = 0, int(getattr(self.system, "block", 1 << 15))
        while first < len(rows):
            if meter.out_of_time():
                raise BudgetEndError("the time budget is used up")
            try:
                found = self.system.successors(rows[first : first + size])
            except BlockError as error:
                size = max(1, min(error.rows, size // 2))
                continue
            source.append(found[0] + first)
            label.append(found[1])
            after.append(found[2])
            first += size
        return np.concatenate(source), np.concatenate(label), np.concatenate(after)


def _with(rows: Words, state: int) -> Words:
    """Return states with one of the tableau."""
    return np.concatenate([rows, np.full((len(rows), 1), state, dtype=np.uint64)], axis=1)
