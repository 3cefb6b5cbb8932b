"""Simulations of a system by the sets of states of another: whether they are closed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.linear_walk import Known, Letter, States, Walker, known_relation, walkers
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.shared_futures import classes_of, inclusions_of, listed_sets
from netproof.recheck.state_table import integers
from transition_systems.evidence import NormalisedSimulation, SimulationPairs
from transition_systems.lts import LTS

__all__ = ["check_normalised"]

Ints = NDArray[np.int64]
Matches = Callable[[int, int], bool]


def check_normalised(evidence: NormalisedSimulation, left: LTS, right: LTS, watch: Watch) -> None:
    """Refuse unless the evidence shows that the right system refines the left, or both each other.

    For each run of the implementation there is a listed pair of the state where it ends and states
    in which the specification can be after the same trace, and what has been seen on the way: of
    the initial states, and of each step from a listed pair. In each listed pair some of these
    states show what the state of the implementation shows.
    """
    known, both = known_relation(
        evidence.relation, evidence.atoms, evidence.claim.formula, negated=False
    )
    sides = walkers(left, right, evidence.atoms, known, watch)
    if len(evidence.parts) != (2 if both else 1):
        raise RefusedError("the evidence does not have one part for each direction")
    of_left: list[int] = []
    of_right: list[int] = []
    inclusions: set[tuple[int, int]] = set()
    if known.seen in ("future", "impossible"):
        if evidence.futures is None:
            raise RefusedError("the evidence does not tell which states have which traces")
        classes = classes_of(evidence.futures, sides)
        of_left, of_right = classes[: sides[0].count], classes[sides[0].count :]
        inclusions = {
            (a, b) for a, b in inclusions_of(evidence.futures) if known.seen == "impossible"
        }
    for part, specification in zip(evidence.parts, (0, 1), strict=False):
        theirs, ours = (of_left, of_right) if specification == 0 else (of_right, of_left)

        def among(
            state: int, other: int, ours: list[int] = ours, theirs: list[int] = theirs
        ) -> bool:
            wanted, found = ours[state], theirs[other]
            return wanted == found or (found, wanted) in inclusions

        _check_part(part, sides[1 - specification], sides[specification], known, among, watch)


def _check_part(
    part: SimulationPairs, walker: Walker, other: Walker, known: Known, among: Matches, watch: Watch
) -> None:
    sets = listed_sets(part.offsets, part.members, other.count, watch)
    count = len(part.states)
    states = integers(part.states, (count,), "the list of states").tolist()
    chosen = integers(part.sets, (count,), "the list of sets").tolist()
    if count and not (min(states) >= 0 and max(states) < walker.count):
        raise RefusedError("a pair names a state that does not exist")
    if count and not (min(chosen) >= 0 and max(chosen) < len(sets)):
        raise RefusedError("a pair names a set that does not exist")
    listed: dict[int, list[int]] = {}
    for state, number in zip(states, chosen, strict=True):
        listed.setdefault(state, []).append(number)
    verdicts: dict[tuple[int, States], bool] = {}

    def need(state: int, reached: States) -> None:
        if not reached:
            raise RefusedError("the specification cannot do a step of the implementation")
        key = state, reached
        if key not in verdicts:
            verdicts[key] = not other.divergent.isdisjoint(reached) or any(
                sets[number] <= reached for number in listed.get(state, ())
            )
        if not verdicts[key]:
            raise RefusedError("a step leads to a state and a set that are not listed")

    for state in walker.start:
        need(state, other.initial)
    steps: dict[tuple[States, Letter], States] = {}
    marks = [walker.shown(state) if known.seen in ("refusal", "ready") else None
             for state in range(walker.count)]  # fmt: skip
    codes = [other.shown(state) if known.seen in ("refusal", "ready") else None
             for state in range(other.count)]  # fmt: skip

    def matching(state: int, members: States) -> States:
        mark = marks[state]
        match known.seen:
            case "end" if not walker.steps[state]:
                return frozenset(u for u in members if not other.steps[u])
            case "refusal" if mark is not None:
                return frozenset(u for u in members if (c := codes[u]) is not None and c <= mark)
            case "ready" if mark is not None:
                return frozenset(u for u in members if codes[u] == mark)
            case "future" | "impossible":
                return frozenset(u for u in members if among(state, u))
            case _:
                return members

    for state, number in zip(states, chosen, strict=True):
        watch.tick()
        members = sets[number]
        if not other.divergent.isdisjoint(members):
            continue
        if state in walker.divergent:
            raise RefusedError("only the implementation can be silent for ever")
        alike = matching(state, members)
        if not alike:
            raise RefusedError("the specification does not show what the implementation does")
        for target in walker.silent_steps(state):
            need(target, members)
        through = alike if known.along else members
        for letter in walker.letters(state):
            key = through, letter
            if key not in steps:
                steps[key] = other.after(through, letter)
            for target in walker.steps[state][letter]:
                need(target, steps[key])
