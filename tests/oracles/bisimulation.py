"""Bisimilarities as greatest fixpoints, by definition; formulas, too."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from transition_systems.equivalences.relations import Relation as RelationName
from transition_systems.lts import LTS

Relation = set[tuple[int, int]]


def steps(lts: LTS) -> set[tuple[int, str, int]]:
    return {(s, "tau" if label is None else label, t) for s, label, t in lts.arcs()}


def marks(lts: LTS, state: int) -> frozenset[str]:
    return frozenset(name for name, flags in lts.atoms.items() if flags[state])


def moves(lts: LTS) -> dict[int, list[tuple[str, int]]]:
    found: dict[int, list[tuple[str, int]]] = {s: [] for s in range(lts.n_states)}
    for s, a, t in steps(lts):
        found[s].append((a, t))
    return found


def greatest(lts: LTS, matched: Callable[[int, int, Relation], bool]) -> Relation:
    """The largest symmetric relation of equally marked states that matches every pair."""
    n = range(lts.n_states)
    related = {(s, t) for s in n for t in n if marks(lts, s) == marks(lts, t)}
    while True:
        kept = {(s, t) for s, t in related if matched(s, t, related) and matched(t, s, related)}
        if kept == related:
            return related
        related = kept


def strong_relation(lts: LTS) -> Relation:
    out = moves(lts)
    return greatest(
        lts,
        lambda s, t, related: all(
            any(b == a and (s2, t2) in related for b, t2 in out[t]) for a, s2 in out[s]
        ),
    )


def cyclic(lts: LTS) -> set[int]:
    """The states on a silent cycle of equally marked states."""
    out = moves(lts)

    def after(s: int) -> set[int]:
        found: set[int] = set()
        waiting = [s]
        while waiting:
            here = waiting.pop()
            for a, t in out[here]:
                if a == "tau" and t not in found and marks(lts, t) == marks(lts, s):
                    found.add(t)
                    waiting.append(t)
        return found

    return {s for s in range(lts.n_states) if s in after(s)}


def branching_relation(lts: LTS, *, divergence: bool = False) -> Relation:
    out = moves(lts)
    loops = cyclic(lts) if divergence else set[int]()

    def silent_paths(s: int, t: int, related: Relation) -> set[int]:
        """Where silent steps lead from t while every state on the way is related to s."""
        found, waiting = {t}, [t]
        while waiting:
            here = waiting.pop()
            for a, t2 in out[here]:
                if a == "tau" and t2 not in found and (s, t2) in related:
                    found.add(t2)
                    waiting.append(t2)
        return found

    def matched(s: int, t: int, related: Relation) -> bool:
        if s in loops and not silent_paths(s, t, related) & loops:
            return False
        return all(
            (a == "tau" and (s2, t) in related)
            or any(
                b == a and (s2, t2) in related
                for t1 in silent_paths(s, t, related)
                for b, t2 in out[t1]
            )
            for a, s2 in out[s]
        )

    return greatest(lts, matched)


def weak_relation(lts: LTS, *, divergence: bool = False) -> Relation:
    out = moves(lts)
    loops = cyclic(lts) if divergence else set[int]()

    def silently(sources: set[int]) -> set[int]:
        found, waiting = set(sources), list(sources)
        while waiting:
            for a, t in out[waiting.pop()]:
                if a == "tau" and t not in found:
                    found.add(t)
                    waiting.append(t)
        return found

    def weakly(t: int, label: str) -> set[int]:
        before = silently({t})
        if label == "tau":
            return before
        return silently({t2 for t1 in before for a, t2 in out[t1] if a == label})

    def matched(s: int, t: int, related: Relation) -> bool:
        if s in loops and not any((s, u) in related for u in silently({t}) & loops):
            return False
        return all(any((s2, t2) in related for t2 in weakly(t, a)) for a, s2 in out[s])

    return greatest(lts, matched)


RELATIONS: dict[RelationName, Callable[[LTS], Relation]] = {
    "strong": strong_relation,
    "branching": branching_relation,
    "divergence-branching": partial(branching_relation, divergence=True),
    "weak": weak_relation,
    "divergence-weak": partial(weak_relation, divergence=True),
}


def holds(lts: LTS, formula: tuple[Any, ...], state: int) -> bool:
    arcs = steps(lts)
    match formula:
        case ("true",):
            return True
        case ("final",):
            return bool(lts.final[state])
        case ("atom", name):
            return name in lts.atoms and bool(lts.atoms[name][state])
        case ("not", inner):
            return not holds(lts, inner, state)
        case ("and", *parts):
            return all(holds(lts, part, state) for part in parts)
        case ("dead",):
            return all(s != state for s, _, _ in arcs)
        case ("diamond", label, inner):
            return any(s == state and a == label and holds(lts, inner, t) for s, a, t in arcs)
        case ("until", first, label, second):
            if label == "tau" and holds(lts, second, state):
                return True
            found = {state} if holds(lts, first, state) else set()
            waiting = list(found)
            while waiting:
                here = waiting.pop()
                for s, a, t in arcs:
                    if s == here and a == label and holds(lts, second, t):
                        return True
                    if s == here and a == "tau" and t not in found and holds(lts, first, t):
                        found.add(t)
                        waiting.append(t)
            return False
        case ("weak", label, inner):
            before = _silently(arcs, {state})
            if label != "tau":
                after = {t for s, a, t in arcs if s in before and a == label}
                before = _silently(arcs, after)
            return any(holds(lts, inner, t) for t in before)
        case ("cycle", inner):
            loops = _silently(arcs, {state}) & cyclic(lts)
            return any(holds(lts, inner, t) for t in loops)
        case ("endless", inner):
            good = {s for s in range(lts.n_states) if holds(lts, inner, s)}
            for _ in range(lts.n_states + 1):
                good = {
                    s for s in good if any(u == s and a == "tau" and t in good for u, a, t in arcs)
                }
            return state in good
    raise ValueError(formula)


def _silently(arcs: set[tuple[int, str, int]], sources: set[int]) -> set[int]:
    found = set(sources)
    while True:
        more = found | {t for s, a, t in arcs if s in found and a == "tau"}
        if more == found:
            return found
        found = more
