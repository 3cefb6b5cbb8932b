"""Seeded random formulas of the mu-calculus whose fixpoints look like untils, or nearly so."""

from __future__ import annotations

import random

from transition_systems.properties.predicates import FALSE, TRUE, Atom
from transition_systems.temporal.mu_formulas import (
    Bound,
    Every,
    Fixpoint,
    Holds,
    Labels,
    Modal,
    MuFormula,
    No,
    Some,
)

__all__ = ["random_mu"]

ANY = Labels(frozenset(), others=True)
CONNECTIVES = ((Some, Every), (Every, Some), (Some, Some), (Every, Every))


def modal(rng: random.Random, labels: Labels, operand: MuFormula) -> Modal:
    return Modal("diamond" if rng.random() < 0.5 else "box", labels, operand)


def random_mu(rng: random.Random, depth: int) -> MuFormula:
    """Return a formula whose fixpoints look like untils, or nearly so."""
    if depth == 0:
        leaves: list[MuFormula] = [
            Holds(Atom("p")), No(Holds(Atom("q"))), modal(rng, ANY, Holds(TRUE)),
            modal(rng, Labels(frozenset("a")), Holds(TRUE if rng.random() < 0.5 else FALSE)),
        ]  # fmt: skip
        return rng.choice(leaves)
    kind = rng.random()
    if kind < 0.2:
        make = rng.choice((Every, Some))
        return make(tuple(random_mu(rng, depth - 1) for _ in range(rng.choice((1, 2)))))
    if kind < 0.3:
        return No(random_mu(rng, depth - 1))
    if kind < 0.45:
        return modal(rng, ANY, random_mu(rng, depth - 1))
    outer, inner = rng.choice(CONNECTIVES)
    step: MuFormula = modal(rng, ANY, Bound("X"))
    beside = [random_mu(rng, depth - 1) for _ in range(rng.choice((0, 0, 1, 2)))]
    goals = [random_mu(rng, depth - 1) for _ in range(rng.choice((0, 1, 2)))]
    body = outer((*goals, inner((*beside, step)) if beside else step))
    if rng.random() < 0.1:
        body = outer((body, Bound("X")))
    return Fixpoint("mu" if rng.random() < 0.5 else "nu", "X", body)
