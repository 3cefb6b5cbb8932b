"""Seeded random systems with atoms, and random formulas of CTL over them."""

from __future__ import annotations

import random

from transition_systems.lts import LTS
from transition_systems.properties.formulas import (
    Binary,
    Conjunction,
    Disjunction,
    Formula,
    Implication,
    Negation,
    State,
    Unary,
)
from transition_systems.properties.predicates import TRUE, Atom, Dead, Enabled

__all__ = ["random_ctl", "random_system"]

LEAVES = (Atom("p"), Atom("q"), Atom("p"), Atom("q"), Dead(), Enabled("a"), TRUE)


def random_system(rng: random.Random, *, most: int = 7, one_start: bool = False) -> LTS:
    """Return a small system with atoms p and q; some states are dead, some arcs parallel."""
    n = rng.randint(1, most)
    arcs = [
        (rng.randrange(n), rng.choice((None, "a", "b")), rng.randrange(n))
        for _ in range(rng.randint(0, 2 * n))
    ]
    arcs.append((0, "a", rng.randrange(n)))
    atoms = {name: [rng.random() < 0.5 for _ in range(n)] for name in ("p", "q")}
    initial = [0] if one_start else {rng.randrange(n) for _ in range(rng.choice((1, 1, 2)))}
    return LTS.from_arcs(n, arcs, initial=initial, atoms=atoms)


def random_ctl(rng: random.Random, depth: int) -> Formula:
    """Return a formula of CTL; written with one letter pairs and with a quantifier apart."""
    kind = rng.random()
    if depth == 0 or kind < 0.1:
        return State(rng.choice(LEAVES))
    if kind < 0.2:
        return Negation(random_ctl(rng, depth - 1))
    left, right = random_ctl(rng, depth - 1), random_ctl(rng, depth - 1)
    if kind < 0.4:
        maker = rng.choice((Conjunction, Disjunction, Implication))
        return Implication(left, right) if maker is Implication else maker((left, right))
    quantifier = rng.choice("AE")
    operator = rng.choice("XFGUWR")
    if operator in "XFG":
        if rng.random() < 0.2:
            return Unary(quantifier, Unary(operator, left))
        return Unary(quantifier + operator, left)
    if operator == "U" and rng.random() < 0.8:
        return Binary(quantifier + operator, left, right)
    return Unary(quantifier, Binary(operator, left, right))
