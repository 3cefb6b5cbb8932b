"""Trees of runs that show what a CTL formula says to exist."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.evidence_ctl import TreeNode
from transition_systems.properties.formulas import Formula, Negation, State
from transition_systems.run import Lasso, Run, Step
from transition_systems.temporal.ctl_fixpoints import OUTSIDE, OutOfBudgetError, exists_until
from transition_systems.temporal.ctl_obligations import (
    Obligation,
    PathShape,
    operands_to_show,
    path_shape,
)
from transition_systems.temporal.ctl_sets import CtlSets

__all__ = ["Naming", "NoTreeError", "WitnessTrees"]

MOST_STEPS, MOST_DEEP, SHORT, LOOK, FEW = 100_000, 100, 8, 1 << 12, 16
Ranks = NDArray[np.int32]


class NoTreeError(Exception):
    """There is no tree: something is said of all paths, or the tree would be too large."""


@dataclass(frozen=True, slots=True)
class Naming:
    """How states and arcs are shown.

    Parameters
    ----------
    state
        The plain data of a state, by its number.
    arc
        The action and its label, by the number of the arc.
    """

    state: Callable[[int], Any]
    arc: Callable[[int], tuple[str, str]]


class WitnessTrees:
    """Builds trees from the sets of a formula.

    Parameters
    ----------
    sets
        Where the parts of the formula hold.
    naming
        How states and arcs are shown.
    partial
        Whether parts about all paths are left out, instead of stopping with :class:`NoTreeError`.
    """

    def __init__(self, sets: CtlSets, naming: Naming, *, partial: bool = False) -> None:
        self.sets, self.naming, self.partial = sets, naming, partial
        self.steps = 0

    def tree(self, formula: Formula, positive: bool, state: int, depth: int = 0) -> TreeNode:
        """Return a tree that shows a formula, or its negation, in a state where that is so."""
        if depth > MOST_DEEP:
            raise NoTreeError
        while isinstance(formula, Negation):
            formula, positive = formula.operand, not positive
        if isinstance(formula, State):
            return TreeNode()
        shape = path_shape(formula, positive)
        if shape is not None:
            return self._along(formula, shape, state, depth)
        if id(formula) in self.sets.program.fixpoint_of or _is_next(formula):
            if self.partial:
                return TreeNode()
            raise NoTreeError
        wanted, every = operands_to_show(formula, positive)
        choice = 0
        if not every:
            choice = next(i for i, part in enumerate(wanted) if self._holds(part, state))
            wanted = (wanted[choice],)
        parts = self._parts(wanted, state, depth)
        return TreeNode(choice=choice, parts=tuple(parts))

    def _holds(self, part: Obligation, state: int) -> bool:
        return bool(self.sets.where(part[0])[state]) is part[1]

    def _parts(self, wanted: tuple[Obligation, ...], state: int, depth: int) -> list[TreeNode]:
        return [
            self.tree(formula, positive, state, depth + 1)
            for formula, positive in wanted
            if not isinstance(formula, State)
        ]

    def _along(self, formula: Formula, shape: PathShape, state: int, depth: int) -> TreeNode:
        if shape.step:
            path = self._one_step(shape.goal, state)
        elif shape.weak:
            path = self._maximal(formula, shape.goal, state)
        else:
            path = self._descended(self.sets.rank(formula), state)
        states, arcs, loop = path
        self.steps += len(arcs) + 1
        if self.steps > MOST_STEPS:
            raise NoTreeError
        ended = not shape.weak or (
            loop is None
            and bool(shape.goal)
            and all(self._holds(g, states[-1]) for g in shape.goal)
        )
        parts: list[TreeNode] = []
        inside = states[:-1] if ended or loop is not None else states
        if not shape.step:
            for one in inside:
                parts += self._parts(shape.through, one, depth)
        if ended:
            parts += self._parts(shape.goal, states[-1], depth)
        choice = int(ended and shape.weak)
        return TreeNode(path=self._named(states, arcs, loop), choice=choice, parts=tuple(parts))

    def _arcs(self, state: int) -> tuple[int, Any]:
        graph = self.sets.graph
        first = int(graph.offsets[state])
        return first, graph.targets[first : graph.offsets[state + 1]]

    def _one_step(
        self, goal: tuple[Obligation, ...], state: int
    ) -> tuple[list[int], list[int], int | None]:
        first, targets = self._arcs(state)
        place = next(i for i, t in enumerate(targets.tolist()) if self._holds(goal[0], t))
        return [state, int(targets[place])], [first + place], None

    def _descended(self, rank: Ranks, state: int) -> tuple[list[int], list[int], int | None]:
        """Return a shortest path to rank 0: each step lowers the rank."""
        states, arcs = [state], []
        if rank[state] > MOST_STEPS:
            raise NoTreeError
        while rank[states[-1]] > 0:
            first, targets = self._arcs(states[-1])
            place = _least(rank[targets])
            arcs.append(first + place)
            states.append(int(targets[place]))
        return states, arcs, None

    def _maximal(
        self, formula: Formula, goal: tuple[Obligation, ...], state: int
    ) -> tuple[list[int], list[int], int | None]:
        """Return a path outside the fixpoint, to the goal, a dead state or a state of its own.

        A walk finds where to go; where it is long, the way there and round is made a shortest one.
        """
        rank = self.sets.rank(formula)
        path = self._walked(rank, goal, state)
        if len(path[1]) <= SHORT:
            return path
        states, _, loop = path
        last = np.zeros(len(rank), dtype=np.bool_)
        last[states[-1]] = True
        try:
            distance = exists_until(self.sets.graph, rank == OUTSIDE, last)
        except OutOfBudgetError:
            return path
        states, arcs, _ = self._descended(distance, state)
        if loop is None:
            return states, arcs, None
        at = len(arcs)
        first, targets = self._arcs(states[-1])
        place = _least(distance[targets])
        more, others, _ = self._descended(distance, int(targets[place]))
        return [*states, *more], [*arcs, first + place, *others], at

    def _walked(
        self, rank: Ranks, goal: tuple[Obligation, ...], state: int
    ) -> tuple[list[int], list[int], int | None]:
        states, arcs, place_of = [state], [], {state: 0}
        while not (goal and all(self._holds(part, states[-1]) for part in goal)):
            first, targets = self._arcs(states[-1])
            if not len(targets):
                break
            if len(states) % LOOK == 0 and self.sets.graph.meter.out_of_time():
                raise NoTreeError
            fits = np.flatnonzero(rank[targets] == OUTSIDE).tolist()
            back = next((i for i in fits if int(targets[i]) in place_of), None)
            place = fits[0] if back is None else back
            after = int(targets[place])
            arcs.append(first + place)
            states.append(after)
            if back is not None:
                return states, arcs, place_of[after]
            place_of[after] = len(states) - 1
        return states, arcs, None

    def _named(self, states: list[int], arcs: list[int], loop: int | None) -> Run | Lasso:
        steps = []
        for arc, state in zip(arcs, states[1:], strict=True):
            action, label = self.naming.arc(arc)
            steps.append(Step(action=action, label=label, state=self.naming.state(state)))
        initial = self.naming.state(states[0])
        if loop is None:
            return Run(initial=initial, steps=tuple(steps))
        return Lasso(initial=initial, steps=tuple(steps), loop_start=loop)


def _least(ranks: Ranks) -> int:
    """Return the place of the least rank that is not outside."""
    if len(ranks) <= FEW:
        inside = [(rank, place) for place, rank in enumerate(ranks.tolist()) if rank != OUTSIDE]
        if inside:
            return int(min(inside)[1])
    return int(np.argmin(np.where(ranks == OUTSIDE, np.iinfo(np.int32).max, ranks)))


def _is_next(formula: Formula) -> bool:
    return path_shape(formula, True) is not None or path_shape(formula, False) is not None
