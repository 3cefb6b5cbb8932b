"""Trees of runs for CTL formulas: each piece is replayed and looked at state by state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from netproof.recheck.ctl import MOST_DEEP, is_path, temporal_parts
from netproof.recheck.result import RefusedError, Watch
from transition_systems.evidence import TreeNode
from transition_systems.properties.formulas import (
    Conjunction,
    Disjunction,
    Formula,
    Implication,
    Negation,
    State,
    Unary,
)
from transition_systems.properties.predicates import Predicate
from transition_systems.run import Lasso, Step

__all__ = ["Walker", "check_tree", "replayed"]

S = TypeVar("S")
Wanted = tuple[Formula, bool]


class Walker(Protocol[S]):
    """The states of a system, one at a time."""

    def state(self, given: object) -> S:
        """Return a state that is given as data; refuse what is none."""
        ...

    def after(self, state: S, step: Step) -> S:
        """Return the state after a step; refuse a step that is not one of the system."""
        ...

    def stuck(self, state: S) -> bool:
        """Return whether there is no step."""
        ...

    def holds(self, predicate: Predicate, state: S) -> bool:
        """Return whether a state predicate holds."""
        ...


def replayed(walker: Walker[S], path: object, state: S, watch: Watch) -> list[S]:
    """Return the states along a run or lasso that begins in a state; refuse steps that are none."""
    if walker.state(getattr(path, "initial", None)) != state:
        raise RefusedError("a path of the tree does not begin where it should")
    states = [state]
    for number, step in enumerate(getattr(path, "steps", ())):
        if number % 256 == 0:
            watch.tick()
        states.append(walker.after(states[-1], step))
    if isinstance(path, Lasso):
        start = path.loop_start
        if isinstance(start, bool) or not 0 <= start < len(states) - 1:
            raise RefusedError("a lasso of the tree has no cycle")
        if states[start] != states[-1]:
            raise RefusedError("a cycle of the tree does not come back")
    return states


def check_tree(
    walker: Walker[S], formula: Formula, positive: bool, node: TreeNode, state: S, watch: Watch
) -> None:
    """Refuse a tree that does not show a formula (or its negation) in a state."""
    _Tree(walker, watch).check(formula, positive, node, state, 0)


class _Tree(Generic[S]):
    def __init__(self, walker: Walker[S], watch: Watch) -> None:
        self.walker, self.watch = walker, watch

    def check(self, formula: Formula, positive: bool, node: TreeNode, state: S, depth: int) -> None:
        if depth > MOST_DEEP:
            raise RefusedError("the tree is nested too deep")
        self.watch.tick()
        while isinstance(formula, Negation):
            formula, positive = formula.operand, not positive
        parts = iter(node.parts)
        if isinstance(formula, State):
            self.one((formula, positive), parts, state, depth)
        elif (found := _boolean(formula, positive)) is not None:
            wanted, every = found
            if not every and not 0 <= node.choice < len(wanted):
                raise RefusedError("the tree chooses an operand that there is not")
            for part in wanted if every else (wanted[node.choice],):
                self.one(part, parts, state, depth)
        else:
            self.path(formula, positive, node, parts, state, depth)
        if next(parts, None) is not None:
            raise RefusedError("the tree has more parts than the formula")

    def one(self, wanted: Wanted, parts: Iterator[TreeNode], state: S, depth: int) -> None:
        """Check one operand in a state: a predicate itself, others by the next part."""
        formula, positive = wanted
        if isinstance(formula, State):
            if self.walker.holds(formula.predicate, state) is not positive:
                raise RefusedError("a predicate is not as the tree says")
            return
        part = next(parts, None)
        if part is None:
            raise RefusedError("the tree has fewer parts than the formula")
        self.check(formula, positive, part, state, depth + 1)

    def path(
        self, formula: Formula, positive: bool, node: TreeNode, parts: Iterator[TreeNode],
        state: S, depth: int,
    ) -> None:  # fmt: skip
        """Check a temporal operator: what holds along its path, and in the end."""
        quantifier, operator, operands = temporal_parts(formula)
        if (quantifier == "E") is not positive:
            raise RefusedError("a tree shows what exists, not what holds on all paths")
        if node.path is None:
            raise RefusedError("a path of the tree is missing")
        states = replayed(self.walker, node.path, state, self.watch)
        before, goal, weak = _along(operator, operands, positive)
        ended = not weak or node.choice == 1
        if isinstance(node.path, Lasso) and ended:
            raise RefusedError("a path that should come to an end is a lasso")
        if ended and not goal:
            raise RefusedError("a path has no end to come to")
        if operator == "X" and len(states) != 2:
            raise RefusedError("a path is not one step")
        if not ended and not isinstance(node.path, Lasso) and not self.walker.stuck(states[-1]):
            raise RefusedError("a path ends where it could go on")
        inside = states[:-1] if ended or isinstance(node.path, Lasso) else states
        for one in inside:
            for wanted in before:
                self.one(wanted, parts, one, depth)
        for wanted in goal if ended else ():
            self.one(wanted, parts, states[-1], depth)


def _boolean(formula: Formula, positive: bool) -> tuple[tuple[Wanted, ...], bool] | None:
    """Return the operands of a Boolean operator, and whether all of them are wanted."""
    match formula:
        case Conjunction(operands):
            return tuple((part, positive) for part in operands), positive
        case Disjunction(operands):
            return tuple((part, positive) for part in operands), not positive
        case Implication(left, right):
            return ((left, not positive), (right, positive)), not positive
        case Unary("A" | "E", inner) if not is_path(inner):
            return ((inner, positive),), True
        case _:
            return None


def _along(
    operator: str, operands: tuple[Formula, ...], positive: bool
) -> tuple[tuple[Wanted, ...], tuple[Wanted, ...], bool]:
    """Return what holds before the end, what in the end, and whether there may be none.

    Negated, an operator is its dual with negated operands: F is dual to G, and U to R.
    """
    wanted = tuple((part, positive) for part in operands)
    dual = {"F": "G", "G": "F", "U": "R", "R": "U", "W": "not W"}
    match operator if positive else dual.get(operator, operator):
        case "X" | "F":
            return (), wanted, False
        case "G":
            return wanted, (), True
        case "U":
            return wanted[:1], wanted[1:], False
        case "W":
            return wanted[:1], wanted[1:], True
        case "R":
            return wanted[1:], wanted, True
        case _:  # not (p W q): q fails until p fails too
            return wanted[1:], wanted, False
