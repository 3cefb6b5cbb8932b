"""Invariance under stuttering, against its definition on ultimately periodic words."""

from __future__ import annotations

import os
import random
from collections import Counter
from functools import partial

import pytest

from ltl_cases import random_formula
from netproof.recheck.result import Watch, guarded
from netproof.recheck.stuttering import check_invariant
from oracles.linear_time import holds_on
from transition_systems.budget import Budget
from transition_systems.errors import UndecidedError, UnsupportedError
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import Formula
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import Atom, Predicate
from transition_systems.temporal import stuttering
from transition_systems.temporal.stuttering import (
    stutter_difference,
    stutter_invariant,
    without_next,
)

CAMPAIGN = int(os.environ.get("NETPROOF_STUTTERING", "250"))
NAMES = ("p", "q")


def truth(predicate: Predicate, letter: int) -> bool:
    assert isinstance(predicate, Atom)
    return bool(letter >> NAMES.index(predicate.name) & 1)


def holds(formula: Formula, stem: list[int], cycle: list[int]) -> bool:
    return holds_on(formula, [*stem, *cycle], len(stem), truth)


def repeated(letters: list[int], rng: random.Random) -> list[int]:
    return [letter for letter in letters for _ in range(rng.choice((1, 1, 1, 2, 3)))]


def squeezed(stem: list[int], cycle: list[int]) -> list[int]:
    """The blocks of a word: long enough that equal ones are those of words that only stutter."""
    word = [*stem, *cycle * (2 * len(stem) + 2 * len(cycle) + 20)]
    blocks = [a for a, b in zip(word, [*word[1:], -1], strict=True) if a != b]
    return blocks if len(set(cycle)) == 1 else blocks[:20]


def compared(formula: Formula, rng: random.Random) -> bool:
    found = stutter_difference(formula)
    if found is None:
        for _ in range(6):
            stem = [rng.randrange(4) for _ in range(rng.randrange(4))]
            cycle = [rng.randrange(4) for _ in range(rng.randint(1, 3))]
            other = [*repeated(stem, rng), *repeated(cycle * rng.randrange(2), rng)]
            again = repeated(cycle, rng)
            assert holds(formula, stem, cycle) == holds(formula, other, again), (formula, stem)
        return True
    place = {predicate: i for i, predicate in enumerate(found.predicates)}

    def by_letter(predicate: Predicate, letter: int) -> bool:
        return bool(letter >> place[predicate] & 1)

    (stem, cycle), (bad_stem, bad_cycle) = found.good, found.bad
    assert holds_on(formula, [*stem, *cycle], len(stem), by_letter)
    assert not holds_on(formula, [*bad_stem, *bad_cycle], len(bad_stem), by_letter)
    assert squeezed(list(stem), list(cycle)) == squeezed(list(bad_stem), list(bad_cycle))
    return False


def test_random_formulas() -> None:
    rng = random.Random(8)
    seen: Counter[bool] = Counter()
    while sum(seen.values()) < CAMPAIGN:
        formula = random_formula(rng, rng.choice((2, 3)))
        if not without_next(formula):
            seen[compared(formula, rng)] += 1
    assert min(seen.values()) > CAMPAIGN // 10


@pytest.mark.parametrize(
    ("text", "invariant"),
    [
        ("X p", False), ("G X p", False), ("F X p", False), ("X F p || p", True), ("X X !p", False),
        ("F (p && X !p)", True), ("G (p -> X (p U q))", True), ("X true", True),
        ("G (p -> (q || X p))", True), ("(p && X p) || (!p && X !p)", False),
        ("G ((p && X !p) -> X q)", True), ("G (p -> X q)", False),
        ("(X G p -> G p) && (G p -> X G p)", False), ("G F X p", True), ("F G X (p -> X q)", False),
    ],
)  # fmt: skip
def test_known_formulas(text: str, invariant: bool) -> None:
    assert stutter_invariant(text) is invariant
    assert (stutter_difference(text) is None) is invariant


def test_the_recheck_by_the_tableau() -> None:
    """It takes no formula that tells repetition, and knows when it has to give up."""
    rng = random.Random(3)
    seen: Counter[str] = Counter()
    for _ in range(CAMPAIGN // 4):
        formula = random_formula(rng, rng.choice((2, 3)))
        text = format_formula(formula)
        result = guarded(partial(check_invariant, text, Watch(None)))
        assert result.status == "skipped" or result.passed is stutter_invariant(formula), text
        seen[result.status] += 1
    assert seen["failed"] > 5
    assert seen["passed"] > 20
    assert seen["skipped"] <= 2
    nine = " && ".join(f"a{i}" for i in range(9))
    assert guarded(partial(check_invariant, f"X ({nine})", Watch(None))).status == "skipped"
    for text in (f"F ({nine})", f"({nine}) || X F ({nine})"):
        assert guarded(partial(check_invariant, text, Watch(None))).passed


def test_many_predicates() -> None:
    many = " && ".join(f"(a{i} || b{i})" for i in range(9))
    assert stutter_invariant(f"({many}) || X F ({many})")
    found = stutter_difference(f"F (({many}) && X c)")
    assert found is not None
    assert len(found.predicates) == 2


def test_errors_and_budgets(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnsupportedError):
        stutter_invariant("G EX p")
    for limit in (Budget(seconds=0.0), Budget(states=1)):
        with pytest.raises(UndecidedError, match="budget"):
            stutter_invariant("F (p && X q)", budget=limit)
    slow = "F (p && " + "X (" * 12 + "q" + ")" * 13
    with pytest.raises(UndecidedError, match="budget"):
        stutter_invariant(slow, budget=Budget(seconds=0.01))
    monkeypatch.setattr(stuttering, "MOST_NODES", 0)
    with pytest.raises(UndecidedError, match="too large"):
        stutter_invariant("F (p && X q)")
    assert stutter_invariant("F (p && F q)", budget=Budget(seconds=0.0))
    assert without_next(parse_formula("p U q"))
