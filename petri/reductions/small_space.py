"""The markings of a reduced net, where they are few: listed one by one, without arrays."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from operator import itemgetter

import numpy as np

from petri.reductions.working import WorkingNet
from transition_systems.evidence import StateSet
from transition_systems.properties.predicates import And, Compare, Constant, Not, Or, Predicate
from transition_systems.properties.walk import fold_predicate

__all__ = ["SmallSpace", "holds_at"]

Row = tuple[int, ...]


class SmallSpace:
    """The reachable markings of a reduced net, breadth first.

    Parameters
    ----------
    work
        The reduced net.
    most
        How many markings to list.

    Attributes
    ----------
    places
        The names of the places, sorted; the columns of the markings.
    rows
        The markings.
    arcs
        Source, transition and target of each firing.
    complete
        Whether all reachable markings are listed; otherwise the first ``expanded`` have their arcs.

    Notes
    -----
    O(markings x transitions); made for some hundred markings at most.
    """

    def __init__(self, work: WorkingNet, *, most: int) -> None:
        self.work = work
        ids = work.first.place_ids
        order = sorted(work.places, key=ids.__getitem__)
        self.places = tuple(ids[place] for place in order)
        column = {place: number for number, place in enumerate(order)}
        moves = []
        for transition, needs in work.pre.items():
            change = {place: -weight for place, weight in needs.items()}
            for place, weight in work.post[transition].items():
                change[place] = change.get(place, 0) + weight
            moves.append((
                transition,
                [(column[p], n) for p, n in needs.items()],
                [(column[p], n) for p, n in change.items() if n],
            ))  # fmt: skip
        first = tuple(work.marking.get(place, 0) for place in order)
        self.rows: list[Row] = [first]
        self.arcs: list[tuple[int, int, int]] = []
        self.expanded = 0
        self._reached_by: list[tuple[int, int]] = [(-1, -1)]
        self._explore(moves, {first: 0}, most)

    def _explore(self, moves: list[tuple[int, list[tuple[int, int]], list[tuple[int, int]]]],
                 numbers: dict[Row, int], most: int) -> None:  # fmt: skip
        rows, arcs = self.rows, self.arcs
        while self.expanded < len(rows) and len(rows) <= most:
            number = self.expanded
            row = rows[number]
            for transition, needs, change in moves:
                for place, weight in needs:
                    if row[place] < weight:
                        break
                else:
                    after = list(row)
                    for place, delta in change:
                        after[place] += delta
                    reached = tuple(after)
                    target = numbers.setdefault(reached, len(rows))
                    if target == len(rows):
                        rows.append(reached)
                        self._reached_by.append((number, transition))
                    arcs.append((number, transition, target))
            self.expanded += 1

    @property
    def complete(self) -> bool:
        """Whether all reachable markings are listed."""
        return self.expanded == len(self.rows)

    def fired(self) -> set[int]:
        """Return the transitions that occur."""
        return {transition for _, transition, _ in self.arcs}

    def dead(self) -> list[int]:
        """Return the markings without successors."""
        alive = {source for source, _, _ in self.arcs}
        return [number for number in range(self.expanded) if number not in alive]

    def path_to(self, number: int) -> list[str]:
        """Return the names of the transitions of a shortest run to a marking."""
        names: list[str] = []
        while number > 0:
            number, transition = self._reached_by[number]
            names.append(self.work.names[transition])
        return names[::-1]

    def pump(self) -> tuple[list[str], list[str]] | None:
        """Return a run to a marking and steps from there to a larger one, if the runs show that."""
        for number, row in enumerate(self.rows):
            total, before = sum(row), number
            while before > 0:
                before = self._reached_by[before][0]
                lower = self.rows[before]
                if sum(lower) < total and all(a <= b for a, b in zip(lower, row, strict=True)):
                    stem = self.path_to(before)
                    return stem, self.path_to(number)[len(stem) :]
        return None

    def distances(self, goal: list[bool]) -> list[int]:
        """Return how many steps each marking is from one of the goal, -1 where it cannot be."""
        before: list[list[int]] = [[] for _ in self.rows]
        for source, _, target in self.arcs:
            before[target].append(source)
        level = [number for number, good in enumerate(goal) if good]
        found = [0 if good else -1 for good in goal]
        steps = 0
        while level:
            steps += 1
            reached = []
            for source in chain.from_iterable(before[number] for number in level):
                if found[source] < 0:
                    found[source] = steps
                    reached.append(source)
            level = reached
        return found

    def closure(self, number: int) -> list[int]:
        """Return the markings that can be reached from one, which comes first."""
        after: dict[int, list[int]] = {}
        for source, _, target in self.arcs:
            after.setdefault(source, []).append(target)
        found, waiting = {number: None}, [number]
        while waiting:
            for target in after.get(waiting.pop(), ()):
                if target not in found:
                    found[target] = None
                    waiting.append(target)
        return list(found)

    def state_set(self, some: list[int] | None = None) -> StateSet:
        """Return markings as evidence holds them, by default all."""
        rows = self.rows if some is None else [self.rows[number] for number in some]
        array = np.array(rows, dtype=np.int64).reshape(len(rows), len(self.places))
        return StateSet(names=self.places, rows=array)


def holds_at(
    predicate: Predicate, places: tuple[str, ...], rows: Sequence[Row]
) -> list[bool] | None:
    """Return of each marking, one number a place, whether a predicate holds there.

    ``None`` where the predicate asks what is enabled. O(size of the predicate x markings).

    Examples
    --------
    >>> from transition_systems.properties.predicates import at_least
    >>> holds_at(at_least("p", 2), ("p", "q"), [(2, 0), (1, 5)])
    [True, False]
    """
    column = {place: number for number, place in enumerate(places)}

    def combine(node: Predicate, parts: list[list[bool] | None]) -> list[bool] | None:
        match node:
            case Constant(value=value):
                return [value] * len(rows)
            case Compare():
                return _compared(node, column, rows)
            case Not():
                inner = parts[0]
                return None if inner is None else [not value for value in inner]
            case And() | Or():
                known = [part for part in parts if part is not None]
                if len(known) < len(parts):
                    return None
                if not known:
                    return [isinstance(node, And)] * len(rows)
                every = all if isinstance(node, And) else any
                return list(map(every, zip(*known, strict=True)))
            case _:
                return None

    return fold_predicate(predicate, combine)


def _compared(predicate: Compare, column: dict[str, int], rows: Sequence[Row]) -> list[bool]:
    terms = [(column[name], weight) for name, weight in predicate.terms]
    bound = predicate.bound
    if len(terms) == 1:
        ((place, weight),) = terms
        totals = [row[place] * weight for row in rows]
    elif terms and all(weight == 1 for _, weight in terms):
        totals = list(map(sum, map(itemgetter(*(place for place, _ in terms)), rows)))
    else:
        totals = [sum([row[place] * weight for place, weight in terms]) for row in rows]
    match predicate.op:
        case "==":
            return [total == bound for total in totals]
        case "<=":
            return [total <= bound for total in totals]
        case ">=":
            return [total >= bound for total in totals]
        case "!=":
            return [total != bound for total in totals]
        case "<":
            return [total < bound for total in totals]
        case ">":
            return [total > bound for total in totals]
