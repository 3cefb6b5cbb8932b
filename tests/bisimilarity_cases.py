"""Random systems, systems that may well be equivalent, and the ways in which refinement works."""

from __future__ import annotations

import random

import numpy as np
import pytest

from oracles.bisimulation import Relation
from transition_systems.equivalences import (
    closure,
    coarsest,
    hashed_rounds,
    hashed_sets,
    refinement,
    silent,
)
from transition_systems.lts import LTS

LABELS = (None, None, "a", "b")


def random_system(rng: random.Random, most: int = 6) -> LTS:
    n = rng.randint(1, most)
    arcs = [
        (rng.randrange(n), rng.choice(LABELS), rng.randrange(n))
        for _ in range(rng.randint(0, 2 * n + 1))
    ]
    final = [s for s in range(n) if rng.random() < 0.2]
    atoms = {"p": [rng.random() < 0.15 for _ in range(n)]} if rng.random() < 0.3 else {}
    initial = {rng.randrange(n) for _ in range(rng.choice([1, 1, 1, 2]))}
    return LTS.from_arcs(n, arcs, initial=initial, final=final, atoms=atoms)


def rewritten(rng: random.Random, lts: LTS) -> LTS:
    """A system that may well be equivalent: states doubled, silent steps put in."""
    arcs = [(s, a, t) for s, a, t in lts.arcs()]
    n = lts.n_states
    for _ in range(rng.randint(0, 3)):
        kind = rng.randrange(3)
        state = rng.randrange(n)
        if kind == 0:
            arcs += [(n, a, t) for s, a, t in arcs if s == state]
            arcs = [(s, a, n if t == state and rng.random() < 0.5 else t) for s, a, t in arcs]
        elif kind == 1:
            arcs = [(n if s == state else s, a, t) for s, a, t in arcs] + [(state, None, n)]
        else:
            arcs += [(n, None, state), (state, None, n)]
        lts = LTS.from_arcs(
            n + 1,
            [],
            initial=lts.initial.tolist(),
            final=[s if s < n else state for s in [*np.flatnonzero(lts.final), n]
                   if s < n or lts.final[state]] + ([n] if lts.final[state] else []),
            atoms={k: [*v, v[state]] for k, v in lts.atoms.items() if k != "final"},
        )  # fmt: skip
        n += 1
    return LTS.from_arcs(
        n,
        arcs,
        initial=lts.initial.tolist(),
        final=np.flatnonzero(lts.final).tolist(),
        atoms={k: v for k, v in lts.atoms.items() if k != "final"},
    )


def related_sides(related: Relation, a: LTS, b: LTS) -> bool:
    left, right = a.initial.tolist(), [a.n_states + int(s) for s in b.initial]
    return all(any((s, t) in related for t in right) for s in left) and all(
        any((s, t) in related for s in left) for t in right
    )


def one_state_at_a_time(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(refinement, "FEW", 10**9)
    for module in (closure, hashed_sets, silent):
        patch.setattr(module, "THIN", 10**9)
    patch.setattr(hashed_sets, "WIDE", 10**9)


def on_arrays(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(refinement, "FEW", 0)
    for module in (closure, hashed_sets, silent):
        patch.setattr(module, "THIN", 0)
    patch.setattr(hashed_sets, "HEAVY", 1)


def hashed_first(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(hashed_rounds, "FROM", 0)
    patch.setattr(hashed_rounds, "MOST_ARCS", 10**9)
    patch.setattr(hashed_rounds, "GROWTH", 0.5)
    patch.setattr(hashed_rounds, "SLOW", 0.5)


def by_bunches(patch: pytest.MonkeyPatch) -> None:
    """Give signatures up before their first round."""
    patch.setattr(coarsest, "EFFORT", -1)


def taken_over(patch: pytest.MonkeyPatch) -> None:
    """Give signatures up as soon as they have done some work."""
    patch.setattr(coarsest, "EFFORT", 0)


def as_it_is(patch: pytest.MonkeyPatch) -> None:
    del patch


WAYS = (as_it_is, on_arrays, one_state_at_a_time, hashed_first, by_bunches, taken_over)


def random_arcs(rng: np.random.Generator, n: int, m: int, labels: int, silent_share: float) -> LTS:
    label = np.where(rng.random(m) < silent_share, 0, rng.integers(2, 2 + labels, m))
    names = ["tau", "✓", *(f"l{i}" for i in range(labels))]
    flags = rng.random(n) < 0.1
    return LTS.from_arrays(
        n, rng.integers(0, n, m), label, rng.integers(0, n, m),
        label_names=names, atoms={"final": flags},
    )  # fmt: skip
