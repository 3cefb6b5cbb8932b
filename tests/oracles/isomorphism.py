"""Isomorphism of the parts that can be reached, by definition: all permutations of the states."""

from __future__ import annotations

from itertools import permutations

import numpy as np

from transition_systems.lts import LTS

Marks = frozenset[tuple[str, frozenset[int]]]


def described(
    lts: LTS, number: dict[int, int]
) -> tuple[frozenset[tuple[int, str | None, int]], frozenset[int], Marks]:
    """Everything that an isomorphism respects, with the states renumbered."""
    arcs = {(number[s], a, number[t]) for s, a, t in lts.arcs() if s in number}
    atoms = {
        name: frozenset(number[s] for s in np.flatnonzero(flags).tolist() if s in number)
        for name, flags in lts.atoms.items()
    }
    marks = frozenset((name, states) for name, states in atoms.items() if states)
    return frozenset(arcs), frozenset(number[s] for s in lts.initial.tolist()), marks


def reached(lts: LTS) -> list[int]:
    found: list[int] = lts.initial.tolist()
    for state in found:
        found += [t for t in dict.fromkeys(lts.successors(state)[1].tolist()) if t not in found]
    return found


def isomorphic_by_definition(a: LTS, b: LTS) -> bool:
    left, right = reached(a), reached(b)
    wanted = described(b, {s: i for i, s in enumerate(right)})
    first = described(a, {s: i for i, s in enumerate(left)})
    if len(left) != len(right) or [*map(len, first)] != [*map(len, wanted)]:
        return False
    return any(
        described(a, dict(zip(left, order, strict=True))) == wanted
        for order in permutations(range(len(left)))
    )
