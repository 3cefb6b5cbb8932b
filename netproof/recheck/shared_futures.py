"""States of two systems by the traces that follow them: whether the classes are what they say."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.linear_walk import Letter, States, Walker
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.state_table import integers
from transition_systems.evidence import SharedFutures

__all__ = ["classes_of", "inclusions_of", "listed_sets"]

Ints = NDArray[np.int64]


def listed_sets(offsets: Ints, members: Ints, count: int, watch: Watch) -> list[States]:
    """Return listed sets of states below ``count``."""
    begin = integers(offsets, (len(offsets),), "the beginnings of the sets")
    inside = integers(members, (len(members),), "the members of the sets")
    if not len(begin) or begin[0] != 0 or begin[-1] != len(inside) or (np.diff(begin) < 0).any():
        raise RefusedError("the sets do not begin where they should")
    if len(inside) and not (inside.min() >= 0 and inside.max() < count):
        raise RefusedError("a set has a state that does not exist")
    watch.fits(len(inside) * 80 + len(begin) * 250)
    listed: list[int] = inside.tolist()
    places: list[int] = begin.tolist()
    return [frozenset(listed[i:j]) for i, j in pairwise(places)]


def inclusions_of(futures: SharedFutures) -> list[tuple[int, int]]:
    """Return pairs of classes, of which the traces of the first are among those of the second."""
    small = integers(futures.small, (len(futures.small),), "the inclusions")
    large = integers(futures.large, small.shape, "the inclusions")
    return list(zip(small.tolist(), large.tolist(), strict=True))


def classes_of(futures: SharedFutures, sides: tuple[Walker, Walker]) -> list[int]:
    """Return the class of each state of both systems; refuse classes that do not share traces.

    The sets that letters lead to from states are a deterministic automaton: states of it have the
    same traces if they are bisimilar, and more than another if they simulate it.
    """
    shift = sides[0].count
    sets = listed_sets(futures.offsets, futures.members, shift + sides[1].count, sides[0].watch)
    kinds: list[int] = integers(futures.classes, (len(sets),), "the classes").tolist()
    kind_of = dict(zip(sets, kinds, strict=True))
    moves: dict[int, dict[Letter, int]] = {}
    for members, kind in zip(sets, kinds, strict=True):
        if kind_of[members] != kind:
            raise RefusedError("a set is in two classes")
        halves = [{s for s in members if s < shift}, {s - shift for s in members if s >= shift}]
        found: dict[Letter, int] = {}
        letters = {a for w, half in zip(sides, halves) for s in half for a in w.letters(s)}
        for letter in letters:
            reached = [w.after(half, letter) for w, half in zip(sides, halves, strict=True)]
            after = kind_of.get(reached[0] | {s + shift for s in reached[1]})
            if after is None:
                raise RefusedError("a set that a trace leads to is not listed")
            found[letter] = after
        if moves.setdefault(kind, found) != found:
            raise RefusedError("sets of one class do not have the same traces")
    inclusions = set(inclusions_of(futures))
    for small, large in inclusions:
        if small not in moves or large not in moves:
            raise RefusedError("an inclusion names a class that does not exist")
        for letter, after in moves[small].items():
            above = moves[large].get(letter)
            if above is None or (after != above and (after, above) not in inclusions):
                raise RefusedError("an inclusion of traces does not hold")
    classes: list[int] = []
    for walker, first in ((sides[0], 0), (sides[1], shift)):
        for state in range(walker.count):
            home = kind_of.get(frozenset(s + first for s in walker.closed([state])))
            if home is None:
                raise RefusedError("a state is not among the sets")
            classes.append(home)
    return classes
