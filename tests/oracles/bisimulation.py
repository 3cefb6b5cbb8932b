"""Strong and branching bisimilarity as greatest fixpoints, by definition; formulas, too."""

from __future__ import annotations

from typing import Any

from transition_systems.lts import LTS

Relation = set[tuple[int, int]]


def steps(lts: LTS) -> set[tuple[int, str, int]]:
    return {(s, "tau" if label is None else label, t) for s, label, t in lts.arcs()}


def strong_relation(lts: LTS) -> Relation:
    arcs, n = steps(lts), range(lts.n_states)
    related = {(s, t) for s in n for t in n if lts.final[s] == lts.final[t]}

    def matched(s: int, t: int) -> bool:
        return all(
            any(v == t and b == a and (s2, t2) in related for v, b, t2 in arcs)
            for u, a, s2 in arcs
            if u == s
        )

    while True:
        kept = {(s, t) for s, t in related if matched(s, t) and matched(t, s)}
        if kept == related:
            return related
        related = kept


def branching_relation(lts: LTS) -> Relation:
    arcs, n = steps(lts), range(lts.n_states)
    related = {(s, t) for s in n for t in n if lts.final[s] == lts.final[t]}

    def silent_paths(s: int, t: int) -> set[int]:
        """Where silent steps lead from t while every state on the way is related to s."""
        found, waiting = {t}, [t]
        while waiting:
            here = waiting.pop()
            for v, a, t2 in arcs:
                if v == here and a == "tau" and t2 not in found and (s, t2) in related:
                    found.add(t2)
                    waiting.append(t2)
        return found

    def matched(s: int, t: int) -> bool:
        return all(
            (a == "tau" and (s2, t) in related)
            or any(
                v == t1 and b == a and (s2, t2) in related
                for t1 in silent_paths(s, t)
                for v, b, t2 in arcs
            )
            for u, a, s2 in arcs
            if u == s
        )

    while True:
        kept = {(s, t) for s, t in related if matched(s, t) and matched(t, s)}
        if kept == related:
            return related
        related = kept


def holds(lts: LTS, formula: tuple[Any, ...], state: int) -> bool:
    arcs = steps(lts)
    match formula:
        case ("true",):
            return True
        case ("final",):
            return bool(lts.final[state])
        case ("not", inner):
            return not holds(lts, inner, state)
        case ("and", *parts):
            return all(holds(lts, part, state) for part in parts)
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
    raise ValueError(formula)
