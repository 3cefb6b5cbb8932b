"""Breadth-first search in which each marking fires the enabled transitions of a stubborn set."""

from __future__ import annotations

from petri.marking import Marking
from petri.net import PetriNet
from petri.stubborn.closure import smallest_set
from petri.stubborn.dependencies import bits_of
from petri.stubborn.explored import Explored
from petri.stubborn.up_sets import Goal
from transition_systems.budget import Meter
from transition_systems.errors import UndecidedError
from transition_systems.progress import Progress, ProgressCallback
from transition_systems.properties.predicates import Predicate
from transition_systems.run import Run

__all__ = ["ReducedSearch"]

ROUND = 256
MOST_STARTS = 12


class ReducedSearch(Explored):
    """A search that does not miss a goal.

    Parameters
    ----------
    net, goal
        The net and the predicate that must not be missed.
    strict
        Whether sets are strict: then they keep all ways back to what was found.
    start
        Transitions by which the search begins, from the initial marking.

    Attributes
    ----------
    good
        States in the goal.
    hopeless
        States outside it from which nothing of the stubborn set leads on.
    """

    def __init__(
        self, net: PetriNet, goal: Predicate, *, strict: bool, start: tuple[int, ...] = ()
    ) -> None:
        super().__init__(net, start)
        self.strict, self.prefix = strict, start
        self.predicate = goal
        self._goal: Goal | None = None
        self.good: list[int] = []
        self.hopeless: list[int] = []
        self._next = 0

    def go(
        self, meter: Meter, progress: ProgressCallback | None, *, stop_at_goal: bool
    ) -> str | None:
        """Expand until nothing is left, the goal is found, or the budget ends: then why."""
        try:
            goal = self._goal = self._goal or Goal(self.predicate, self.deps, meter)
        except UndecidedError as error:
            return str(error)
        bytes_each = 2 * len(self.net.place_ids) + len(self.net.transition_ids) // 4 + 300
        while self._next < len(self.markings):
            count = len(self.markings)
            why = meter.exhausted(states=count, bytes=count * bytes_each)
            if why is not None:
                return why
            if self._next % ROUND == 0 and progress is not None:
                progress(Progress(stage="stubborn sets", states=count, seconds=meter.seconds))
            state = self._next
            self._next += 1
            self._expand(state, goal)
            if stop_at_goal and (self.good if not self.strict else self.hopeless):
                return None
        return None

    def _expand(self, state: int, goal: Goal) -> None:
        tokens, enabled = self.markings[state], self.enabled[state]
        holds, choices = goal.look(tokens, enabled)
        if holds:
            self.good.append(state)
            if not self.strict:
                return
            choices = [1 << number for number in bits_of(enabled)][:MOST_STARTS]
        chosen = smallest_set(self.deps, tokens, enabled, choices, strict=self.strict)
        if holds and not enabled:
            chosen = 0
        self.stubborn[state] = chosen
        if not holds and not chosen & enabled:
            self.hopeless.append(state)
        self.fire(state, chosen & enabled)

    def expand_fully(self, state: int) -> None:
        """Let a state fire all that is enabled there."""
        left = self.enabled[state] & ~self.stubborn[state]
        self.stubborn[state] = self.deps.everything
        self.fire(state, left)

    def is_full(self, state: int) -> bool:
        """Return whether a state fired all that is enabled there."""
        return not self.enabled[state] & ~self.stubborn[state]

    def path_to(self, state: int) -> tuple[int, ...]:
        """Return transitions that lead from the initial marking to a state."""
        steps: list[int] = []
        while self.came[state] >= 0:
            arc = self.came[state]
            steps.append(self.actions[arc])
            state = self.sources[arc]
        return (*self.prefix, *reversed(steps))

    def run_to(self, state: int) -> Run:
        """Return a run from the initial marking to a state."""
        return self.net.run(self.net.initial, self.path_to(state))

    def marking(self, state: int) -> Marking:
        """Return one marking."""
        ids = self.net.place_ids
        return Marking({ids[p]: n for p, n in enumerate(self.markings[state]) if n})
