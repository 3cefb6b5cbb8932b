"""Linear temporal logic on diagrams: the product with a Büchi automaton, sets by state.

A path that comes to a dead state stays there for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from transition_systems.budget import Meter
from transition_systems.errors import UndecidedError
from transition_systems.properties.predicates import Dead
from transition_systems.protocols import SymbolicSystem
from transition_systems.temporal.buchi_graph import accepting_components, strong_components
from transition_systems.temporal.ltl_violations import Violations

__all__ = ["SymbolicViolations"]

Backwards = Callable[[Any, Any, Meter], Any]


class SymbolicViolations:
    """Whether some path of a system violates a formula.

    Parameters
    ----------
    system
        The system.
    states
        Its reachable states, closed under steps.
    violations
        The automaton of the words on which the formula does not hold.
    meter
        Asked at each step; :class:`UndecidedError` when it is used up.
    backwards
        Gives, for a goal and the states to go through, those that lead into the goal through them.

    Notes
    -----
    Strongly connected components of the automaton, last ones first; in each that accepts the
    greatest fixpoint of E. A. Emerson, C.-L. Lei: Modalities for model checking. Sci. Comput.
    Program. 8, 1987.
    """

    def __init__(
        self, system: SymbolicSystem, states: Any, violations: Violations, meter: Meter,
        *, backwards: Backwards,
    ) -> None:  # fmt: skip
        self.system, self.states, self.meter = system, states, meter
        self.backwards = backwards
        self.nothing = states & ~states
        self.dead = system.states_with(Dead()) & states
        self.graph = violations.graph
        self._holds = [system.states_with(p) & states for p in violations.predicates]
        self._codes: dict[int, Any] = {}
        self._letters: dict[int, Any] = {violations.graph.full: states}
        self.edges = [
            [(self._set(letters), marks, target) for letters, marks, target in row]
            for row in violations.graph.edges
        ]

    def found(self) -> bool:
        """Return whether some path from an initial state violates the formula."""
        graph = self.graph
        home = strong_components(graph.edges, graph.initial)
        good = accepting_components(graph, home)
        lead = [self.nothing] * len(self.edges)
        initial = self.system.initial_set()
        for number in range(max(home, default=-1) + 1):
            members = [state for state, part in enumerate(home) if part == number]
            goals = {state: self._leaving(state, home, number, lead) for state in members}
            if number in good:
                staying = self._staying(members, home, number)
                goals = {state: goals[state] | staying[state] for state in members}
            closed = self._until(members, goals, dict.fromkeys(members, self.states))
            for state in members:
                lead[state] = closed[state]
        return bool(initial & lead[graph.initial] != self.nothing)

    def _look(self) -> None:
        reason = self.meter.exhausted()
        if reason is not None:
            raise UndecidedError(reason)

    def _set(self, letters: int) -> Any:
        """Return the states whose letter is in a set of letters."""
        if letters not in self._letters:
            found = self.nothing
            code = 0
            while letters >> code:
                if letters >> code & 1:
                    found = found | self._code(code, len(self._holds))
                code += 1
            self._letters[letters] = found
        return self._letters[letters]

    def _code(self, code: int, bits: int) -> Any:
        key = code | 1 << bits
        if bits == 0:
            return self.states
        if key not in self._codes:
            self._look()
            rest = self._code(code & ((1 << (bits - 1)) - 1), bits - 1)
            holds = self._holds[bits - 1]
            self._codes[key] = rest & (holds if code >> (bits - 1) & 1 else ~holds)
        return self._codes[key]

    def _before(self, goal: Any) -> Any:
        """Return the states from which a step, or staying in a dead state, leads into the goal."""
        if goal == self.nothing:
            return goal
        self._look()
        return (self.system.preimage(goal) & self.states) | (goal & self.dead)

    def _leaving(self, state: int, home: list[int], number: int, lead: list[Any]) -> Any:
        """Return where a step into a later component leads to acceptance."""
        found = self.nothing
        for letters, _, target in self.edges[state]:
            if home[target] != number and home[target] >= 0:
                found = found | (letters & self._before(lead[target]))
        return found

    def _until(
        self, members: list[int], goals: dict[int, Any], within: dict[int, Any]
    ) -> dict[int, Any]:
        """Return what leads to the goals by steps inside a component through some states."""
        reached = dict.fromkeys(members, self.nothing)
        fresh = goals
        while True:
            for state in members:
                loops = self._loop(state) & within[state]
                found = fresh[state]
                if loops != self.nothing and found != self.nothing:
                    found = self.backwards(found, loops, self.meter)
                fresh[state] = found | reached[state]
            changed = {state for state in members if fresh[state] != reached[state]}
            reached = dict(fresh)
            if not changed or len(members) == 1:
                return reached
            before = {state: self._before(reached[state]) for state in changed}
            for state in members:
                for letters, _, target in self.edges[state]:
                    if target in changed and target != state:
                        fresh[state] = fresh[state] | (letters & before[target] & within[state])

    def _loop(self, state: int) -> Any:
        """Return the states in which the automaton may stay in a state of its own."""
        found = self.nothing
        for letters, _, target in self.edges[state]:
            if target == state:
                found = found | letters
        return found

    def _staying(self, members: list[int], home: list[int], number: int) -> dict[int, Any]:
        """Return from where an accepting path stays in a component for ever."""
        every = self.graph.all_marks
        inner = {
            state: [edge for edge in self.edges[state] if home[edge[2]] == number]
            for state in members
        }
        marks = [edge[1] for row in inner.values() for edge in row]
        if len(members) == 1 and marks == [every] and inner[members[0]][0][0] == self.states:
            return {members[0]: self.states}
        now: dict[int, Any] = {}
        for state in members:
            now[state] = self.nothing
            for letters, _, _ in inner[state]:
                now[state] = now[state] | letters
        always = all(mark == every for mark in marks)
        while True:
            before = {state: self._before(now[state]) for state in members}
            after = dict(now)
            if always:
                after = self._steps(inner, before, now, 0)
            for mark in range(0 if always else self.graph.n_marks):
                goals = self._steps(inner, before, after, 1 << mark)
                after = self._inside(members, goals, after)
                before = {state: self._before(after[state]) for state in members}
            if after == now:
                return now
            now = after

    def _inside(
        self, members: list[int], goals: dict[int, Any], within: dict[int, Any]
    ) -> dict[int, Any]:
        found = self._until(members, goals, within)
        return {state: found[state] & within[state] for state in members}

    def _steps(
        self, inner: dict[int, list[tuple[Any, int, int]]], before: dict[int, Any],
        within: dict[int, Any], mark: int,
    ) -> dict[int, Any]:  # fmt: skip
        """Return from where a step with a mark leads into the sets."""
        found: dict[int, Any] = {}
        for state, row in inner.items():
            found[state] = self.nothing
            for letters, marks, target in row:
                if marks & mark == mark:
                    found[state] = found[state] | (letters & before[target])
            found[state] = found[state] & within[state]
        return found
