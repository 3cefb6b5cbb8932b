"""Bad prefixes of formulas of linear temporal logic, against all short ways to go on."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest

from ltl_cases import P, Q, prefix_of, random_formula, random_system
from netproof.recheck import recheck_ltl
from oracles.linear_time import holds_on, words
from transition_systems.budget import Budget
from transition_systems.evidence import evidence_from_dict
from transition_systems.lts import LTS
from transition_systems.properties.formulas import Formula
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import Predicate, at_least
from transition_systems.temporal import bad_prefixes as bad_prefixes_module
from transition_systems.temporal.bad_prefixes import BadPrefixes, bad_prefixes
from transition_systems.temporal.buchi_graph import TooManyStatesError
from transition_systems.temporal.ltl import check_ltl
from transition_systems.temporal.ltl_violations import Violations

BIT: dict[Predicate, int] = {P: 0, Q: 1}
ENDLESS = [(word, loop) for word, loop in words(range(4), 2, 2)]


def true_in(predicate: Predicate, letter: int) -> bool:
    return bool(letter >> BIT[predicate] & 1)


def bad_by_definition(formula: Formula, word: Sequence[int]) -> bool:
    return not any(
        holds_on(formula, [*word, *more], len(word) + loop, true_in) for more, loop in ENDLESS
    )


def leads_to_the_end(found: Violations | None, word: Sequence[int]) -> bool:
    if found is None:
        return False
    letters = [sum(true_in(p, code) << i for i, p in enumerate(found.predicates)) for code in word]
    state = found.graph.initial
    for letter in letters:
        after = [t for a, _, t in found.graph.edges[state] if a >> letter & 1]
        if not after:
            return False  # nothing bad can come any more
        (state,) = after
    return state == len(found.graph.edges) - 1


@pytest.mark.parametrize("seed", range(6))
def test_bad_prefixes_by_definition(seed: int) -> None:
    rng = random.Random(seed)
    bad = 0
    for _ in range(12):
        formula = random_formula(rng, 2)
        found = bad_prefixes(formula)
        for length in (1, 2, 3):
            for _ in range(3):
                word = [rng.randrange(4) for _ in range(length)]
                expected = bad_by_definition(formula, word)
                assert leads_to_the_end(found, word) is expected, (formula, word)
                bad += expected
    assert bad > 10


PATHOLOGICAL = "(G (q || F G p) && G (q || F G !p))"  # bad once q fails, and no rule tells


@pytest.mark.parametrize(
    ("formula", "states"),
    [
        ("G F p", None), ("F p", None), ("p U q", 2), ("G (p -> X !p)", 3), ("false", 2),
        ("G p && G F q", 2), (PATHOLOGICAL, 2), ("F G p && F G !p", 2), ("X X X p", 5),
    ],
)  # fmt: skip
def test_small_automata(formula: str, states: int | None) -> None:
    found = bad_prefixes(parse_formula(formula))
    assert (None if found is None else len(found.graph.edges)) == states


def test_predicates_that_cannot_hold_together() -> None:
    found = bad_prefixes(parse_formula("G (p -> X !p) && G (!p -> X (p && !p || q))"))
    assert found is not None
    assert found.predicates == (P, Q)  # p and its negation are no two letters
    many = " || ".join(f"x{i}" for i in range(20))
    found = bad_prefixes(parse_formula(f"G ({many})"))
    assert found is not None
    assert len(found.predicates) == 1
    assert bad_prefixes(parse_formula("G p"), {P: True}) is None


def test_limits_end_in_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert BadPrefixes(parse_formula("G p")).automaton(Budget(seconds=0)) is None
    parts = parse_formula(" && ".join(f"G x{i}" for i in range(13)))
    assert BadPrefixes(parts).automaton(Budget()) is None
    deep = parse_formula("F (p && " + "X (" * 14 + "q" + ")" * 15 + " -> G p")
    assert BadPrefixes(deep).automaton(Budget(seconds=0.1)) is None
    monkeypatch.setattr(bad_prefixes_module, "MOST_SUBSETS", 8)
    deep = parse_formula("G (p -> " + "X (" * 5 + "q" + ")" * 6)
    with pytest.raises(TooManyStatesError):
        bad_prefixes(deep)
    assert BadPrefixes(deep).automaton(Budget(seconds=60)) is None


@pytest.mark.parametrize("seed", range(4))
def test_runs_of_systems(seed: int) -> None:
    """A run that is found violates the formula; a shortest one is found where there is one."""
    rng = random.Random(seed)
    found = 0
    for _ in range(40):
        lts, formula, weak = random_system(rng), random_formula(rng, 2), rng.random() < 0.3
        fairness = rng.choice((None, "weak", "strong"))
        evidence = prefix_of(lts, formula, fairness=fairness, weak=weak)
        if evidence is not None:
            found += 1
            again = evidence_from_dict(evidence.to_dict())
            assert again == evidence
            result = recheck_ltl(again, lts)
            assert result.passed, (lts.to_dict(), formula, result)
            assert check_ltl(lts, formula, fairness=fairness, weak=weak).violated
        if not weak:
            shortest = shortest_run(lts, formula, 3)
            length = None if evidence is None else len(evidence.run)
            assert shortest == (length if length is None or length < 3 else None)
    assert found > 5


def shortest_run(lts: LTS, formula: Formula, most: int) -> int | None:
    """The steps of a shortest run, fewer than some, whose word is bad by definition."""
    code = sum(np.asarray(lts.atoms[name]).astype(int) << i for i, name in enumerate("pq"))
    runs = [[int(s)] for s in lts.initial]
    for length in range(most):
        if any(bad_by_definition(formula, [int(code[s]) for s in run]) for run in runs):
            return length
        runs = [[*run, int(t)] for run in runs for t in lts.successors(run[-1])[1]]
        runs = [list(run) for run in {tuple(run) for run in runs}]
    return None


def test_numbers_are_letters_of_their_own() -> None:
    """That two tokens are more than one is not used: what is found is bad without it, too."""
    found = bad_prefixes(parse_formula("G (n >= 2 -> n >= 1)"))
    assert found is not None
    assert set(found.predicates) == {at_least("n", 2), at_least("n", 1)}
