"""An infinite path on which a formula of linear temporal logic does not hold.

The path is replayed on the system, its word is written down, and the formula is evaluated on the
word by definition: at each place, from the places after it, until nothing changes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from netproof.recheck.fair_labels import FairLabels, check_fair
from netproof.recheck.ltl_words import Holds, Seen, seen
from netproof.recheck.result import RefusedError, Watch
from transition_systems.evidence import LtlLasso
from transition_systems.evidence_ltl import STAYS
from transition_systems.lts import LTS, TAU
from transition_systems.properties.formulas import (
    Binary,
    Conjunction,
    Disjunction,
    Implication,
    Negation,
    State,
    Unary,
)

__all__ = ["check_ltl_lasso"]


def check_ltl_lasso(
    evidence: LtlLasso, lts: LTS, holds: Holds | None, watch: Watch, silent: Sequence[int] = (TAU,)
) -> None:
    """Refuse a lasso that is no fair path of the system, or whose word has the formula.

    ``silent`` are the numbers of the silent labels.
    """
    world = seen(evidence, lts, holds, False)
    states, labels = _replayed(evidence, lts, watch)
    loop = evidence.lasso.loop_start
    watch.tick()
    weak, strong = FairLabels(lts, evidence.fair), FairLabels(lts, evidence.strong)
    check_fair(weak, strong, np.array(states[loop:-1]), np.array(labels[loop:]))
    word = states[:-1]
    if evidence.weak:
        word, loop = _without_silence(word, labels, loop, world, states[-1], silent)
    if _value(world, word, loop, watch)[0]:
        raise RefusedError("the formula holds on this path")


def _replayed(evidence: LtlLasso, lts: LTS, watch: Watch) -> tuple[list[int], list[int]]:
    """Return the states, the last one repeated, and the labels; -1 for staying."""
    lasso = evidence.lasso
    numbers = {name: i for i, name in enumerate(lts.label_names)}
    if type(lasso.initial) is not int or lasso.initial not in lts.initial.tolist():
        raise RefusedError("the path does not start in an initial state")
    if not 0 <= lasso.loop_start < len(lasso.steps):
        raise RefusedError("the path has no cycle")
    states, labels = [lasso.initial], []
    for step in lasso.steps:
        watch.tick()
        here = states[-1]
        if type(step.state) is not int:
            raise RefusedError("a state of the path is no number")
        able, after = lts.successors(here)
        if len(after) == 0:
            if step.state != here or step.action != STAYS:
                raise RefusedError(f"a step leaves state {here}, which has no steps")
            labels.append(-1)
        else:
            label = numbers.get(step.action, -1)
            if not ((able == label) & (after == step.state)).any():
                raise RefusedError(f"there is no step {step.action!r} from {here} to {step.state}")
            labels.append(label)
        states.append(step.state)
    if states[-1] != states[lasso.loop_start]:
        raise RefusedError("the cycle does not close")
    return states, labels


def _without_silence(
    word: list[int], labels: list[int], loop: int, world: Seen, last: int, silent: Sequence[int]
) -> tuple[list[int], int]:
    """Leave out each place from which a silent step leads to one with the same letter."""
    after = [*word[1:], last]
    letter = world.letter
    kept = [
        at
        for at, state in enumerate(word)
        if labels[at] not in silent or letter[state] != letter[after[at]]
    ]
    stem = [word[at] for at in kept if at < loop]
    cycle = [word[at] for at in kept if at >= loop]
    return [*stem, *(cycle or word[loop : loop + 1])], len(stem)


def _value(world: Seen, word: list[int], loop: int, watch: Watch) -> list[bool]:
    """Return at which places of the word the formula holds."""
    size = len(word)
    after = [*range(1, size), loop]
    values: list[list[bool]] = []

    def fixpoint(now: list[bool], kept: list[bool], start: bool) -> list[bool]:
        """Solve ``x = now or (kept and next x)`` from below (False) or above (True)."""
        found = [start] * size
        for _ in range(2):
            for at in range(size - 1, -1, -1):
                found[at] = now[at] or (kept[at] and found[after[at]])
        return found

    always, never = [True] * size, [False] * size
    for node, parts in zip(world.nodes, world.parts, strict=True):
        watch.tick()
        below = [values[part] for part in parts]
        match node:
            case State(predicate=predicate):
                made = [bool(world.truth[predicate][state]) for state in word]
            case Negation():
                made = [not value for value in below[0]]
            case Conjunction():
                made = [all(part[at] for part in below) for at in range(size)]
            case Disjunction():
                made = [any(part[at] for part in below) for at in range(size)]
            case Implication():
                made = [not one or two for one, two in zip(*below, strict=True)]
            case Unary(operator="X"):
                made = [below[0][after[at]] for at in range(size)]
            case Unary(operator="F"):
                made = fixpoint(below[0], always, False)
            case Unary(operator="G"):
                made = fixpoint(never, below[0], True)
            case Binary(operator="U"):
                made = fixpoint(below[1], below[0], False)
            case Binary(operator="W"):
                made = fixpoint(below[1], below[0], True)
            case Binary(operator="R"):
                both = [one and two for one, two in zip(*below, strict=True)]
                made = fixpoint(both, below[1], True)
            case _:
                raise RefusedError("an operator that is not of linear temporal logic")
        values.append(made)
    return values[-1]
