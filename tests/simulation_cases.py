"""Random systems, and systems that may well be related to them."""

from __future__ import annotations

import random

import numpy as np

from transition_systems.lts import LTS


def random_system(rng: random.Random, most: int = 6) -> LTS:
    n = rng.randint(1, most)
    labels = rng.choice([(None, "a", "b"), (None, "a", "b", "c"), ("a", "b"), (None, "a")])
    arcs = [
        (rng.randrange(n), rng.choice(labels), rng.randrange(n))
        for _ in range(rng.randint(0, 2 * n + 1))
    ]
    final = [s for s in range(n) if rng.random() < 0.15]
    atoms = {"p": [rng.random() < 0.15 for _ in range(n)]} if rng.random() < 0.2 else {}
    initial = {rng.randrange(n) for _ in range(rng.choice([0, 1, 1, 1, 1, 1, 1, 1, 2]))}
    return LTS.from_arcs(n, arcs, initial=initial, final=final, atoms=atoms)


def changed(rng: random.Random, lts: LTS) -> LTS:
    """A system that may well be related: arcs left out or added, a state doubled."""
    arcs = [arc for arc in lts.arcs() if rng.random() < 0.9]
    n = lts.n_states
    double = rng.randrange(n)
    arcs += [(n, a, t) for s, a, t in arcs if s == double and rng.random() < 0.8]
    arcs += [(s, a, n) for s, a, t in arcs if t == double and rng.random() < 0.8]
    if rng.random() < 0.4:
        arcs.append((rng.randrange(n), rng.choice([None, "a", "b"]), rng.randrange(n)))
    flags = {name: [*values, values[double]] for name, values in lts.atoms.items()}
    return LTS.from_arcs(
        n + 1,
        arcs,
        initial=lts.initial.tolist(),
        final=np.flatnonzero(flags.pop("final")).tolist(),
        atoms=flags,
    )
