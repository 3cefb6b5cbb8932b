"""What a state space tells for sure, whether listed or drawn, whole or in part."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from petri.state_space.space import StateSpace
from petri.state_space.symbolic.diagrams import Diagram
from petri.state_space.symbolic.symbolic_space import SymbolicSpace
from transition_systems.budget import Budget
from transition_systems.properties.predicates import Compare, Predicate, disjunction

__all__ = ["DrawnFacts", "Facts", "ListedFacts"]

MOST_ARCS = 60_000_000


class Facts(Protocol):
    """Answers of one engine; ``None`` where it does not know."""

    @property
    def technique(self) -> str:
        """The name of the engine in the contest's words."""
        ...

    def exists(self, predicate: Predicate) -> bool | None:
        """Return whether a marking with a predicate is reachable."""
        ...

    def most_in_place(self) -> tuple[int, bool]:
        """Return the most tokens that a place was seen with, and whether there are never more."""
        ...

    def greatest(self, places: tuple[str, ...]) -> tuple[int, bool]:
        """Return the largest sum of tokens that was seen, and whether there is no larger one."""
        ...

    def stable(self) -> bool | None:
        """Return whether some place has the same tokens in every reachable marking."""
        ...

    def quasi_live(self) -> bool | None:
        """Return whether every transition occurs in some run."""
        ...

    def live(self, budget: Budget) -> bool | None:
        """Return whether from every reachable marking each transition can occur later."""
        ...


class ListedFacts:
    """Answers from markings that were listed."""

    technique = "EXPLICIT"

    def __init__(self, space: StateSpace) -> None:
        self.space = space

    def exists(self, predicate: Predicate) -> bool | None:
        """Look at every marking."""
        if self.space.find(predicate) is not None:
            return True
        return False if self.space.complete else None

    def most_in_place(self) -> tuple[int, bool]:
        """Return the figure of the search."""
        return self.space.max_tokens_in_place, self.space.complete

    def greatest(self, places: tuple[str, ...]) -> tuple[int, bool]:
        """Add the tokens up in every marking."""
        most = 0
        for _, block in self.space.blocks():
            total = np.zeros(len(block[0]), dtype=np.int64)
            for place in places:
                number = self.space.net.place_index(place)
                total += self.space.layout.place_column(block, number)
            most = max(most, int(total.max(initial=0)))
        return most, self.space.complete

    def stable(self) -> bool | None:
        """Compare with the initial tokens."""
        left = set(self.space.net.place_ids)
        initial = self.space.net.initial.to_dict()
        for _, block in self.space.blocks():
            for place in list(left):
                number = self.space.net.place_index(place)
                column = self.space.layout.place_column(block, number)
                if (column != initial.get(place, 0)).any():
                    left.discard(place)
            if not left:
                return False
        return True if self.space.complete else None

    def _fired(self) -> set[int]:
        fired: set[int] = set()
        for _, block in self.space.blocks():
            fired.update(number for number, rows in self.space.kernel.enabled(block) if len(rows))
            if len(fired) == len(self.space.net.transition_ids):
                break
        return fired

    def quasi_live(self) -> bool | None:
        """Look for a marking that enables each."""
        if len(self._fired()) == len(self.space.net.transition_ids):
            return True
        return False if self.space.complete else None

    def live(self, budget: Budget) -> bool | None:
        """Ask each bottom component of the graph for each transition."""
        if not self.space.complete:
            return None
        if not self.space.net.transition_ids:
            return True
        if self.space.deadlocks or not self.quasi_live():
            return False
        if self.space.n_arcs > MOST_ARCS or budget.remaining() == 0.0:
            return None
        return bool(self.space.graph.live().all())


class DrawnFacts:
    """Answers from a complete decision diagram."""

    technique = "DECISION_DIAGRAMS"

    def __init__(self, space: SymbolicSpace) -> None:
        self.space = space

    def exists(self, predicate: Predicate) -> bool | None:
        """Intersect with the set of markings that satisfy it."""
        return bool(self.space.with_(predicate) != self.space.system.store.false)

    def most_in_place(self) -> tuple[int, bool]:
        """Read it off the diagram."""
        return self.space.max_tokens_in_place, True

    def greatest(self, places: tuple[str, ...]) -> tuple[int, bool]:
        """Halve the interval in which the largest sum lies."""
        bounds = self.space.bounds()
        terms: dict[str, int] = {}
        for place in places:
            terms[place] = terms.get(place, 0) + 1
        low, high = 0, sum(bounds[place] * weight for place, weight in terms.items())
        if len(terms) == 1:
            return high, True
        while low < high:
            middle = (low + high + 1) // 2
            if self.exists(Compare(tuple(terms.items()), ">=", middle)):
                low = middle
            else:
                high = middle - 1
        return low, True

    def stable(self) -> bool | None:
        """Ask of each place for a marking with other tokens."""
        initial = self.space.net.initial.to_dict()
        return any(
            not self.exists(Compare(((place, 1),), "!=", initial.get(place, 0)))
            for place in self.space.net.place_ids
        )

    def quasi_live(self) -> bool | None:
        """Count the markings that enable each."""
        return all(self.space.arcs_of.values())

    def live(self, budget: Budget) -> bool | None:
        """Go back from the initial marking; where that is everything, nothing is ever lost.

        Otherwise from the markings that enable each transition, one after the other.
        """
        space, system = self.space, self.space.system
        if not space.net.transition_ids:
            return True
        if space.deadlocks or not self.quasi_live():
            return False
        limit = budget.fixed()
        everything = space.states
        initial = space.net.initial.to_dict()
        other = disjunction(
            *(Compare(((p, 1),), "!=", initial.get(p, 0)) for p in space.net.place_ids)
        )
        home = self._back(everything & ~system.states_with(other), limit)
        if home is None:
            return None
        if home == everything:
            return True
        for number in range(len(space.net.transition_ids)):
            found = self._back(everything & system.enabled(number), limit)
            if found is None:
                return None
            if found != everything:
                return False
        return True

    def _back(self, states: Diagram, limit: Budget) -> Diagram | None:
        """Return the markings from which some of a set can be reached, ``None`` out of time."""
        space = self.space
        found = fresh = states
        while fresh != space.system.store.false:
            if limit.remaining() == 0.0:
                return None
            before = space.system.preimage(fresh) & space.states
            fresh = before & ~found
            found = found | fresh
        return found
