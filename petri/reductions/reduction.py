"""The result of reducing a net: the smaller net, the steps, and the way back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from petri.net import PetriNet
from transition_systems.properties.predicates import (
    FALSE,
    TRUE,
    And,
    Compare,
    Constant,
    Not,
    Or,
    Predicate,
    conjunction,
    disjunction,
)
from transition_systems.properties.walk import fold_predicate
from transition_systems.run import Lasso, Run

__all__ = ["Reduction", "Tree", "leaves", "members", "replaced"]

Tree: TypeAlias = "str | tuple[Tree, ...]"
Image: TypeAlias = "Mapping[str, str | int]"


def members(tree: Tree) -> frozenset[str]:
    """Return the set of the leaves of a tree; shared parts are looked at once."""
    found: set[str] = set()
    seen: set[int] = set()
    waiting: list[Tree] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            found.add(node)
        elif id(node) not in seen:
            seen.add(id(node))
            waiting.extend(node)
    return frozenset(found)


def leaves(tree: Tree) -> list[str]:
    """Return the leaves of a tree from left to right; iterative."""
    found: list[str] = []
    waiting: list[Tree] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            found.append(node)
        else:
            waiting.extend(reversed(node))
    return found


def replaced(predicate: Predicate, image: Image) -> Predicate:
    """Return a predicate with places read as other places, or as a fixed number of tokens."""

    def combine(node: Predicate, parts: list[Predicate]) -> Predicate:
        match node:
            case And():
                return conjunction(*parts)
            case Or():
                return disjunction(*parts)
            case Not():
                return (
                    Constant(not parts[0].value)
                    if isinstance(parts[0], Constant)
                    else Not(parts[0])
                )
            case Compare():
                return _compare(node, image)
            case _:
                return node

    return fold_predicate(predicate, combine)


def _compare(node: Compare, image: Image) -> Predicate:
    terms: dict[str, int] = {}
    bound = node.bound
    for name, weight in node.terms:
        now = image.get(name, name)
        if isinstance(now, int):
            bound -= weight * now
        else:
            terms[now] = terms.get(now, 0) + weight
    left = tuple((name, weight) for name, weight in terms.items() if weight)
    if left:
        return Compare(left, node.op, bound)
    holds = {
        "<=": bound >= 0, ">=": bound <= 0, "==": bound == 0,
        "!=": bound != 0, "<": bound > 0, ">": bound < 0,
    }[node.op]  # fmt: skip
    return TRUE if holds else FALSE


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduction:
    """A net and a smaller one with the same answers to the statements that were to be preserved.

    Parameters
    ----------
    net, reduced
        Both nets.
    steps
        The rules in the order of their application, each with the names that it was applied to.
    image
        For each place that went: the place that always has the same tokens, or how many it has
        in every marking that both nets have.
    expansions
        For each transition of the reduced net the transitions of the net that it stands for, in
        the order of their firing.
    covers
        For each transition of the reduced net the transitions of the net that occur if it does,
        or can occur instead of some of those.
    prefix
        Transitions fired from the initial marking before the reduced net begins.
    shown
        Transitions that occur in the prefix, or can occur instead of one there.
    """

    net: PetriNet
    reduced: PetriNet
    steps: tuple[tuple[str, ...], ...]
    image: Mapping[str, str | int]
    expansions: Mapping[str, Tree] = field(repr=False)
    covers: Mapping[str, frozenset[str]] = field(repr=False)
    prefix: tuple[str, ...] = ()
    shown: frozenset[str] = frozenset()

    @property
    def fixed_tokens(self) -> int:
        """The most tokens in a place that went because it never changes."""
        removed = {step[1] for step in self.steps if step[0] == "fixed-place"}
        counts = [n for p, n in self.image.items() if p in removed and isinstance(n, int)]
        return max(counts, default=0)

    def predicate(self, predicate: Predicate) -> Predicate:
        """Return what a predicate over the places of the net is in the reduced net."""
        return replaced(predicate, self.image)

    def group(self, names: Sequence[str]) -> tuple[str, ...] | None:
        """Return the reduced transitions for a group of which one must occur.

        ``None`` tells that one is known to occur already.
        """
        wanted = set(names)
        if not wanted.isdisjoint(self.shown):
            return None
        return tuple(t for t, below in self.covers.items() if not wanted.isdisjoint(below))

    def actions(self, actions: Sequence[str]) -> list[str]:
        """Return the transitions of the net for a sequence of the reduced net, without prefix."""
        return [leaf for name in actions for leaf in leaves(self.expansions[name])]

    def run(self, run: Run) -> Run:
        """Return the run of the net that a run of the reduced net stands for."""
        return self.net.run(self.net.initial, [*self.prefix, *self.actions(run.actions)])

    def lasso(self, lasso: Lasso) -> Lasso:
        """Return the lasso or pump of the net that one of the reduced net stands for."""
        stem = [*self.prefix, *self.actions([step.action for step in lasso.stem])]
        cycle = self.actions([step.action for step in lasso.cycle])
        run = self.net.run(self.net.initial, [*stem, *cycle])
        return Lasso(initial=run.initial, steps=run.steps, loop_start=len(stem))
