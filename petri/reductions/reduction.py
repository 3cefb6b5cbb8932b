"""The result of reducing a net: the smaller net, the steps, and the way back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

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
from transition_systems.properties.walk import fold_predicate, names_in
from transition_systems.run import Lasso, Run

if TYPE_CHECKING:
    from petri.reductions.working import WorkingNet

__all__ = ["EMPTY", "Reduction", "Tree", "leaves", "members", "replaced", "size"]

Tree: TypeAlias = "int | tuple[Tree, ...]"
Linear: TypeAlias = "tuple[Mapping[str, int], int]"
EMPTY = (False, 0)
Image: TypeAlias = "Mapping[str, str | int] | Mapping[str, str | int | Linear]"


def members(tree: Tree) -> set[int]:
    """Return the set of the leaves of a tree; shared parts are looked at once."""
    if isinstance(tree, int):
        return {tree}
    found: set[int] = set()
    seen: set[int] = {id(tree)}
    waiting = [tree]
    while waiting:
        for node in waiting.pop():
            if isinstance(node, int):
                found.add(node)
            elif id(node) not in seen:
                seen.add(id(node))
                waiting.append(node)
    return found


def size(tree: Tree, known: dict[int, int]) -> int:
    """Return how many leaves a tree has; iterative, shared parts are counted from what is known.

    ``known`` has the sizes of the inner nodes by their identity, while the trees are kept.
    """
    waiting = [tree]
    while waiting:
        node = waiting[-1]
        if isinstance(node, int) or id(node) in known:
            waiting.pop()
            continue
        open_parts = [part for part in node if not isinstance(part, int) and id(part) not in known]
        if open_parts:
            waiting += open_parts
        else:
            known[id(node)] = sum(1 if isinstance(p, int) else known[id(p)] for p in node)
            waiting.pop()
    return 1 if isinstance(tree, int) else known[id(tree)]


def leaves(tree: Tree) -> list[int]:
    """Return the leaves of a tree from left to right; iterative."""
    found: list[int] = []
    waiting: list[Tree] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, int):
            found.append(node)
        else:
            waiting.extend(reversed(node))
    return found


def replaced(predicate: Predicate, image: Image, empty: Collection[str] = ()) -> Predicate:
    """Return a predicate with places read as other places, a number of tokens, or a sum.

    The places of ``empty`` are read as 0.
    """

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
                return _compare(node, image, empty)
            case _:
                return node

    return fold_predicate(predicate, combine)


def _compare(node: Compare, image: Image, empty: Collection[str]) -> Predicate:
    terms: dict[str, int] = {}
    bound, left = node.bound, node.terms
    if empty:
        left = tuple([term for term in left if term[0] not in empty])
    for name, weight in left:
        now = image.get(name, name)
        if not now:
            continue
        if isinstance(now, int):
            bound -= weight * now
        elif isinstance(now, tuple):
            bound -= weight * now[1]
            for other, times in now[0].items():
                terms[other] = terms.get(other, 0) + weight * times
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


class Reduction:
    """A net and a smaller one with the same answers to the statements that were to be preserved.

    Parameters
    ----------
    net
        The net.
    work
        The net after the steps, as it was worked on; it is not changed any more.
    steps
        The rules in the order of their application, each with the names that it was applied to.
    image
        For each place that went, by number: ``(True, place)`` for the place that always has the
        same tokens, ``(False, n)`` for how many it has in every marking that both nets have.
    equations
        For each place that went because it is a sum of others, by number: their weights, and a
        constant.
    lost
        The places that went of which the smaller net does not tell how many tokens they have.
    """

    def __init__(
        self,
        net: PetriNet,
        work: WorkingNet,
        *,
        steps: tuple[tuple[str, ...], ...],
        image: Mapping[int, tuple[bool, int]],
        equations: Mapping[int, tuple[Mapping[int, int], int]] | None = None,
        lost: Iterable[int] = (),
    ) -> None:
        self.net, self.work, self.steps = net, work, steps
        self._image, self._equations = image, dict(equations or {})
        self.lost = frozenset(net.place_ids[place] for place in lost)

    def __repr__(self) -> str:
        places, transitions = len(self.work.places), len(self.work.pre)
        return (
            f"<Reduction in {len(self.steps)} steps to {places} places, {transitions} transitions>"
        )

    @cached_property
    def reduced(self) -> PetriNet:
        """The smaller net."""
        return self.work.net()

    @cached_property
    def image(self) -> dict[str, str | int]:
        """For each place that went: the place that is read for it, or its tokens.

        Not in it are the places of :attr:`equations` and of ``lost``.
        """
        empty, others = self._read
        found: dict[str, str | int] = {**dict.fromkeys(empty, 0), **others}
        if not self._equations and not self.lost:
            return found
        apart = {*self.equations, *self.lost}
        return {name: now for name, now in found.items() if name not in apart and now not in apart}

    @cached_property
    def _read(self) -> tuple[set[str], dict[str, str | int]]:
        """The places that went and are always empty; for each other one what is read for it."""
        names, image = self.net.place_ids, self._image
        empty = {names[place] for place, now in image.items() if now == EMPTY}
        if len(empty) == len(image):
            return empty, {}
        return empty, {
            names[place]: self._final(place) for place, now in image.items() if now != EMPTY
        }

    def _final(self, place: int) -> str | int:
        while place in self._image:
            is_place, place = self._image[place]
            if not is_place:
                return place
        return self.net.place_ids[place]

    @cached_property
    def equations(self) -> dict[str, Linear]:
        """For each place that went and is a sum: weights of places of the smaller net, a constant.

        References
        ----------
        B. Berthomieu, D. Le Botlan, S. Dal Zilio: Counting Petri net markings from reduction
        equations. STTT 22, 2020: the reduced net and these equations tell the markings of the net.
        """
        if not self._equations:
            return {}
        names, sums = self.net.place_ids, dict[str, Linear]()
        for place in reversed(self._equations):
            # Only a place that went later, of which the sum is known by now, may need another one.
            weights, constant = self._equations[place]
            terms: dict[str, int] = {}
            for part, weight in weights.items():
                now = self._final(part)
                if isinstance(now, int):
                    constant += weight * now
                    continue
                below, more = sums.get(now, ({now: 1}, 0))
                constant += weight * more
                for name, times in below.items():
                    terms[name] = terms.get(name, 0) + weight * times
            sums[names[place]] = (terms, constant)
        for place in self._image:
            now = self._final(place)
            if isinstance(now, str) and now in sums:
                sums[names[place]] = sums[now]
        return sums

    @cached_property
    def prefix(self) -> tuple[str, ...]:
        """Transitions fired from the initial marking before the reduced net begins."""
        names = self.net.transition_ids
        return tuple(names[number] for number in self.work.prefix())

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {self.work.names[number]: number for number in self.work.pre}

    @cached_property
    def _shown(self) -> set[int]:
        return self.work.shown()

    @cached_property
    def _covers(self) -> dict[int, set[int]]:
        """For each transition left those of the net that occur, or can occur, where it does."""
        return {number: members(tree) for number, tree in self.work.cover.items()}

    @property
    def fixed_tokens(self) -> int:
        """The most tokens in a place that went because it never changes."""
        removed = {step[1] for step in self.steps if step[0] == "fixed-place"}
        counts = [n for p, n in self.image.items() if p in removed and isinstance(n, int)]
        return max(counts, default=0)

    def predicate(self, predicate: Predicate) -> Predicate:
        """Return what a predicate over the places of the net is in the reduced net.

        Raises
        ------
        ValueError
            For a place of which the reduced net does not tell how many tokens it has.
        """
        if not self._equations and not self.lost:
            empty, others = self._read
            return replaced(predicate, others, empty)
        found = replaced(predicate, {**self.image, **self.equations})
        if self.lost:
            ids = self.net.place_ids
            left = {ids[place] for place in self.work.places}
            unknown = sorted(set(names_in(found)[0]) - left)
            if unknown:
                raise ValueError(f"the reduction does not preserve the tokens of {unknown[0]!r}")
        return found

    def group(self, names: Sequence[str]) -> tuple[str, ...] | None:
        """Return the reduced transitions for a group of which one must occur.

        ``None`` tells that one is known to occur already.
        """
        wanted = {self.net.transition_index(name) for name in names}
        if not wanted.isdisjoint(self._shown):
            return None
        return tuple(
            self.work.names[number]
            for number, below in self._covers.items()
            if not wanted.isdisjoint(below)
        )

    def actions(self, actions: Sequence[str]) -> list[str]:
        """Return the transitions of the net for a sequence of the reduced net, without prefix."""
        names = self.net.transition_ids
        return [names[leaf] for leaf in self._fired(actions)]

    def _fired(self, actions: Sequence[str]) -> list[int]:
        numbers, expansion = self._numbers, self.work.expansion
        return [leaf for action in actions for leaf in leaves(expansion[numbers[action]])]

    def length(self, actions: Sequence[str]) -> int:
        """Return the length of the run of the net for a sequence of the reduced net."""
        numbers, work = self._numbers, self.work
        trees = [work.expansion[numbers[action]] for action in actions]
        known: dict[int, int] = {}
        early = sum(size(tree, known) * times for tree, _, times in work.early)
        return early + sum(size(tree, known) for tree in trees)

    def run(self, run: Run) -> Run:
        """Return the run of the net that a run of the reduced net stands for."""
        return self.run_of(run.actions)

    def run_of(self, actions: Sequence[str]) -> Run:
        """Return the run of the net that a sequence of the reduced net stands for."""
        fired = [*self.work.prefix(), *self._fired(actions)]
        return self.net.run(self.net.initial, fired)

    def lasso(self, lasso: Lasso) -> Lasso:
        """Return the lasso or pump of the net that one of the reduced net stands for."""
        stem = [*self.prefix, *self.actions([step.action for step in lasso.stem])]
        cycle = self.actions([step.action for step in lasso.cycle])
        run = self.net.run(self.net.initial, [*stem, *cycle])
        return Lasso(initial=run.initial, steps=run.steps, loop_start=len(stem))
