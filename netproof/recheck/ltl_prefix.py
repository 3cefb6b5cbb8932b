"""A run after which a formula of linear temporal logic does not hold, however the path goes on.

The run is replayed, and the formula is expanded along its word, letter by letter: what is left are
the sets of obligations one of which the rest of the word would have to meet. Where there is none,
no path that begins with the run has the formula; where there are some, it is looked for an infinite
word, over letters of all kinds, that meets one of them.

Every run goes on to a maximal path, and to a fair one: take again and again a step of the set of
labels that waits longest among those that can happen (K. Apt, N. Francez, S. Katz 1988).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.ltl_tableau import Duties, Tableau
from netproof.recheck.ltl_words import Holds, Seen, numbered, seen
from netproof.recheck.result import RefusedError, SkippedError, Watch
from transition_systems.evidence import LtlPrefix
from transition_systems.lts import LTS, TAU
from transition_systems.properties.predicates import Constant, Predicate

__all__ = ["check_ltl_prefix"]

MOST_SETS, MOST_LETTERS = 20_000, 12


def check_ltl_prefix(
    evidence: LtlPrefix, lts: LTS, holds: Holds | None, watch: Watch, silent: Sequence[int] = (TAU,)
) -> None:
    """Refuse what is no run of the system, or may go on so that the formula holds.

    ``silent`` are the numbers of the silent labels.
    """
    world = seen(evidence, lts, holds, False)
    states, labels = _replayed(evidence, lts, watch)
    word = states
    if evidence.weak:
        letter = world.letter
        word = [
            state
            for state, label, after in zip(states, labels, states[1:], strict=False)
            if label not in silent or letter[state] != letter[after]
        ]
        word.append(states[-1])
    left = _left(world, word, watch)
    if left and _possible(evidence.formula, left, watch):
        raise RefusedError("the run may go on so that the formula holds")


def _replayed(evidence: LtlPrefix, lts: LTS, watch: Watch) -> tuple[list[int], list[int]]:
    """Return the states and the labels of the run."""
    run = evidence.run
    numbers = {name: i for i, name in enumerate(lts.label_names)}
    if type(run.initial) is not int or run.initial not in lts.initial.tolist():
        raise RefusedError("the run does not start in an initial state")
    states, labels = [run.initial], []
    for step in run.steps:
        watch.tick()
        if type(step.state) is not int:
            raise RefusedError("a state of the run is no number")
        able, after = lts.successors(states[-1])
        label = numbers.get(step.action, -1)
        if not ((able == label) & (after == step.state)).any():
            raise RefusedError(
                f"there is no step {step.action!r} from {states[-1]} to {step.state}"
            )
        labels.append(label)
        states.append(step.state)
    return states, labels


def _left(world: Seen, word: Iterable[int], watch: Watch) -> set[Duties]:
    """Return the sets of obligations one of which must hold after a word, the smallest ones."""
    tableau = Tableau(world, watch)
    left: set[Duties] = {frozenset((2 * (len(world.nodes) - 1),))}
    for place in word:
        watch.tick()
        made = {after for duties in left for after, _ in tableau.moves(duties, place)}
        if len(made) > MOST_SETS:
            raise SkippedError("the formula leaves too many cases after the run")
        left = {one for one in made if not any(other < one for other in made)}
    return left


def _possible(formula: str, starts: set[Duties], watch: Watch) -> bool:
    """Return whether an infinite word over all letters meets one of some sets of obligations."""
    world = _all_letters(formula)
    tableau = Tableau(world, watch)
    steps: dict[Duties, set[tuple[Duties, Duties]]] = {start: set() for start in starts}
    waiting = list(starts)
    for duties in waiting:
        for place in range(len(world.letter)):
            watch.tick()
            steps[duties] |= tableau.moves(duties, place)
        new = {after for after, _ in steps[duties] if after not in steps}
        steps.update({after: set() for after in new})
        waiting += new
        if len(steps) > MOST_SETS:
            raise SkippedError("the formula leaves too many cases after the run")
    promised = {duty for row in steps.values() for _, put_off in row for duty in put_off}
    alive, count = set(steps), -1
    while count != len(alive):
        count = len(alive)
        for duty in promised or {-1}:
            alive = _again(steps, alive, duty, watch)
    return any(start in alive for start in starts)


def _again(
    steps: dict[Duties, set[tuple[Duties, Duties]]], alive: set[Duties], duty: int, watch: Watch
) -> set[Duties]:
    """Return from which sets a way inside leads to a step that does not put off an obligation."""
    before: dict[Duties, list[Duties]] = {one: [] for one in alive}
    found: set[Duties] = set()
    for one in alive:
        watch.tick()
        for after, put_off in steps[one]:
            if after in alive:
                before[after].append(one)
                if duty not in put_off:
                    found.add(one)
    waiting = list(found)
    for one in waiting:
        new = [other for other in before[one] if other not in found]
        found.update(new)
        waiting += dict.fromkeys(new)
    return found


def _all_letters(formula: str) -> Seen:
    """Return a formula on one state for each letter: all values of its predicates, or parts."""
    leaves: dict[Predicate, int] = {}

    def named(leaf: Predicate) -> NDArray[np.bool_]:
        leaves.setdefault(leaf, len(leaves))
        return np.zeros(1, dtype=np.bool_)

    world = numbered(formula, 1, named)
    if len(leaves) <= MOST_LETTERS:
        size = 1 << len(leaves)
        return numbered(formula, size, lambda leaf: _bit(leaves[leaf], size))
    parts = [part for part in world.truth if not isinstance(part, Constant)]
    if len(parts) > MOST_LETTERS:
        raise SkippedError("the formula is over too many predicates to see what may come")
    size = 1 << len(parts)
    truth = {part: np.full(size, value[0]) for part, value in world.truth.items()}
    truth.update({part: _bit(number, size) for number, part in enumerate(parts)})
    return replace(world, letter=np.arange(size), truth=truth)


def _bit(number: int, size: int) -> NDArray[np.bool_]:
    return (np.arange(size) >> number & 1).astype(np.bool_)
