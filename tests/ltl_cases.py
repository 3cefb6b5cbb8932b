"""Random formulas of linear temporal logic and random systems."""

from __future__ import annotations

import random
from collections.abc import Sequence

from transition_systems.budget import Budget
from transition_systems.evidence_ltl import LtlPrefix
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
from transition_systems.properties.predicates import And, Atom, Dead, Enabled, Not, Predicate
from transition_systems.temporal.bad_prefixes import BadPrefixes
from transition_systems.temporal.ltl_deciding import LtlCheck
from transition_systems.temporal.ltl_questions import (
    linear_formula,
    predicate_values,
    reading_of,
)
from transition_systems.temporal.ltl_search import Case
from transition_systems.temporal.product_system import FairnessLike, fairness_of

P, Q = Atom("p"), Atom("q")
ATOMS = (P, Q)
LEAVES: tuple[Predicate, ...] = (P, Q, Not(P), Enabled("a"), Dead(), And((P, Not(Q))))


def random_formula(rng: random.Random, depth: int, leaves: Sequence[Predicate] = ATOMS) -> Formula:
    """A formula with at most ``depth`` nested operators."""
    if depth == 0 or rng.random() < 0.15:
        return State(rng.choice(leaves))

    def part() -> Formula:
        return random_formula(rng, depth - 1, leaves)

    kind = rng.randrange(8)
    if kind == 0:
        return Unary("X", part())
    if kind == 1:
        return Unary("F", part())
    if kind == 2:
        return Unary("G", part())
    if kind == 3:
        return Binary(rng.choice(("U", "W", "R")), part(), part())
    if kind == 4:
        return Negation(part())
    if kind == 5:
        return Conjunction((part(), part()))
    if kind == 6:
        return Disjunction((part(), part()))
    return Implication(part(), part())


def prefix_of(
    lts: LTS, formula: Formula, *, fairness: FairnessLike = None, weak: bool = False
) -> LtlPrefix | None:
    """Evidence that a run of a system is a bad prefix for a formula, where there is one."""
    tree = linear_formula(formula)
    reading = reading_of(tree, lts.n_states, predicate_values(lts))
    case = Case(lts, tree, reading, fairness_of(fairness, lts), weak, Budget().start())
    check = LtlCheck(case, lts.digest, None)
    run = check.bad_run(BadPrefixes(tree), Budget())
    return None if run is None else check.of_prefix(run)


def random_system(rng: random.Random, states: int = 5) -> LTS:
    """A small system with silent steps, dead states and the atoms p and q; the label a is there."""
    n = rng.randint(1, states)
    arcs = [
        (rng.randrange(n), rng.choice((None, "a", "b")), rng.randrange(n))
        for _ in range(rng.randint(0, 2 * n))
    ]
    return LTS.from_arcs(
        n,
        [*arcs, (rng.randrange(n), "a", rng.randrange(n))],
        initial={rng.randrange(n) for _ in range(rng.randint(1, 2))},
        atoms={name: [rng.random() < 0.5 for _ in range(n)] for name in "pq"},
    )
