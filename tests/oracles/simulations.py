"""Simulations as greatest fixpoints, by definition."""

from __future__ import annotations

from collections.abc import Callable

from oracles.bisimulation import Relation, marks, moves
from transition_systems.equivalences.simulations import SimulationName
from transition_systems.lts import LTS

Answers = Callable[[int, str], set[int]]


def answers_of(lts: LTS, *, weak: bool) -> Answers:
    out = moves(lts)

    def strongly(s: int, label: str) -> set[int]:
        return {t for a, t in out[s] if a == label}

    def silently(sources: set[int]) -> set[int]:
        found, waiting = set(sources), list(sources)
        while waiting:
            for t in strongly(waiting.pop(), "tau") - found:
                found.add(t)
                waiting.append(t)
        return found

    def weakly(s: int, label: str) -> set[int]:
        before = silently({s})
        if label == "tau":
            return before
        return silently({t for u in before for t in strongly(u, label)})

    return weakly if weak else strongly


def simulation_relation(lts: LTS, name: str) -> Relation:
    """All pairs (s, t) such that t simulates s."""
    weak = "weak" in name or name == "coupled-simulation"
    out, answers = moves(lts), answers_of(lts, weak=weak)
    n = range(lts.n_states)
    labels = {a for s in n for a, _ in out[s]} - ({"tau"} if weak else set())

    def ready(s: int) -> set[str]:
        return {a for a in labels if answers(s, a)}

    related = {(s, t) for s in n for t in n if marks(lts, s) == marks(lts, t)}
    if "ready" in name:
        related = {(s, t) for s, t in related if ready(s) == ready(t)}
    if "completed" in name:
        related = {(s, t) for s, t in related if bool(out[s]) == bool(out[t])}
    if "nested" in name:
        plain = simulation_relation(lts, "simulation")
        related = {(s, t) for s, t in related if (t, s) in plain}
    while True:
        kept = {
            (s, t)
            for s, t in related
            if all(any((s2, t2) in related for t2 in answers(t, a)) for a, s2 in out[s])
            and (name != "coupled-simulation"
                 or any((t2, s) in related for t2 in answers(t, "tau")))
        }  # fmt: skip
        if kept == related:
            return related
        related = kept


def is_simulation(lts: LTS, pairs: Relation, name: str, base: Relation) -> bool:
    """Whether a relation is itself a simulation, for the nested one above a plain one."""
    weak = "weak" in name or name == "coupled-simulation"
    out, answers = moves(lts), answers_of(lts, weak=weak)
    labels = {a for s in range(lts.n_states) for a, _ in out[s]} - ({"tau"} if weak else set())

    def alike(s: int, t: int) -> bool:
        if "ready" in name:
            return all(bool(answers(s, a)) == bool(answers(t, a)) for a in labels)
        return "completed" not in name or bool(out[s]) == bool(out[t])

    if "nested" in name:
        turned = {(t, s) for s, t in pairs}
        if not (turned <= base and is_simulation(lts, base, "simulation", set())):
            return False
    return all(
        marks(lts, s) == marks(lts, t)
        and alike(s, t)
        and all(any((s2, t2) in pairs for t2 in answers(t, a)) for a, s2 in out[s])
        and (name != "coupled-simulation" or any((t2, s) in pairs for t2 in answers(t, "tau")))
        for s, t in pairs
    )


SIMULATED: tuple[SimulationName, ...] = (
    "simulation", "completed-simulation", "ready-simulation", "2-nested-simulation",
    "weak-simulation", "weak-ready-simulation", "coupled-simulation",
)  # fmt: skip
