"""Formulas in parts, evaluated where they are asked for: as by definition, and as everywhere."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from netproof.recheck import shared_formulas
from netproof.recheck.demanded import Demanded
from netproof.recheck.equivalence import PHRASES
from netproof.recheck.fragments import SIMULATIONS, check_fragment, check_parts
from netproof.recheck.hml import formula_holds
from netproof.recheck.result import RefusedError, SkippedError, Watch
from netproof.recheck.shared_formulas import parts_hold, parts_shapes
from oracles.bisimulation import holds
from simulation_cases import random_system
from transition_systems.budget import Budget
from transition_systems.equivalences.part_list import SharedPart, nested_formula
from transition_systems.lts import LTS

WORDS = {
    "strong": ["diamond", "diamond", "dead"], "weak": ["weak"], "branching": ["until"],
    "divergence-weak": ["weak", "cycle"], "divergence-branching": ["until", "endless"],
}  # fmt: skip


def random_parts(rng: random.Random, relation: str, most: int = 12) -> list[SharedPart]:
    parts: list[SharedPart] = [("true",), ("final",), ("atom", "p")]
    for number in range(3, rng.randint(4, most)):
        word = rng.choice(["not", "not", "and", *2 * WORDS[relation]])
        label = rng.choice(["tau", "tau", "a", "b", "c"])
        one, other = rng.randrange(number), rng.randrange(max(0, number - 3), number)
        match word:
            case "dead":
                parts.append((word,))
            case "not" | "endless" | "cycle":
                parts.append((word, other))
            case "and":
                parts.append((word, one, other))
            case "until":
                parts.append((word, one, label, other))
            case _:
                parts.append((word, label, other))
    return parts


def is_refused(check: Callable[..., None], *given: object) -> bool:
    try:
        check(*given)
    except RefusedError:
        return True
    return False


@pytest.mark.parametrize("relation", sorted(PHRASES))
def test_values_are_those_of_the_definition(relation: str) -> None:
    rng = random.Random(relation)
    seen = set()
    for _ in range(150):
        lts = random_system(rng)
        parts = random_parts(rng, relation)
        formula = nested_formula(parts)
        shapes = parts_shapes(parts, relation, ["p"])
        everywhere = formula_holds(lts, formula, relation, ["p"], Watch()) if formula else []
        states = list(range(lts.n_states))
        rng.shuffle(states)
        demanded = Demanded(lts, shapes, ["p"], Watch(), 10**9)
        for state in states:
            found = demanded.value(len(parts) - 1, state)
            assert formula is not None
            assert found == everywhere[state]
            if lts.n_states < 5:
                assert found == holds(lts, formula, state)
            seen.add(found)
    assert seen == {True, False}


@pytest.mark.parametrize("relation", sorted(PHRASES))
def test_where_much_is_asked_for_all_states_are_looked_at(
    relation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(relation)
    for _ in range(60):
        lts = random_system(rng)
        shapes = parts_shapes(random_parts(rng, relation), relation, ["p"])
        found = []
        for free in (10**9, 3, 0):
            monkeypatch.setattr(shared_formulas, "FREE", free)
            found.append(parts_hold(lts, shapes, ["p"], Watch()).tolist())
        assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("relation", sorted(SIMULATIONS))
def test_the_parts_that_a_simulation_preserves(relation: str) -> None:
    """Just those formulas in parts are refused that are refused when they are nested."""
    rng = random.Random(relation)
    meaning = "weak" if SIMULATIONS[relation].weak else "strong"
    outcomes: list[bool] = []
    for _ in range(1_500):
        parts = random_parts(rng, meaning, 9)
        formula, shapes = nested_formula(parts), parts_shapes(parts, meaning, ["p"])
        refused = [
            is_refused(check_fragment, formula, relation, ["p"]),
            is_refused(check_parts, shapes, relation),
        ]
        assert refused[0] == refused[1], parts
        outcomes.append(refused[0])
    assert 100 < sum(outcomes) < 1_400


def test_a_deep_formula_on_a_long_system() -> None:
    """No state is asked for twice, and depth costs no recursion."""
    n = 20_000
    chain = LTS.from_arcs(n + 1, [(state, "a", state + 1) for state in range(n)])
    parts: list[Any] = [("true",)]
    for number in range(n):
        parts.append(("diamond", "a", number))
    for more, wanted in (([], True), ([("diamond", "a", n)], False)):
        shapes = parts_shapes([*parts, *more], "strong", [])
        demanded = Demanded(chain, shapes, [], Watch(), 3 * n)
        assert demanded.value(len(shapes) - 1, 0) == wanted
        assert len(demanded.known) <= n + 2


def test_the_time_is_kept() -> None:
    chain = LTS.from_arcs(9_001, [(state, "a", state + 1) for state in range(9_000)])
    parts: list[Any] = [("true",), *(("diamond", "a", number) for number in range(9_000))]
    with pytest.raises(SkippedError):
        parts_hold(chain, parts_shapes(parts, "strong", []), [], Watch(Budget(seconds=0)))


def test_many_operands_are_work_too() -> None:
    loops = LTS.from_arcs(64, [(state, "a", (state + 1) % 64) for state in range(64)])
    parts: list[Any] = [("true",), ("and", *([0] * 5_000)), ("diamond", "a", 1)]
    for _ in range(200):
        parts.append(("diamond", "a", len(parts) - 1))
    demanded = Demanded(loops, parts_shapes(parts, "strong", []), [], Watch(), 10**6)
    assert demanded.value(len(parts) - 1, 0)
    assert 10**6 - demanded.left > 5_000
    watch = Watch(Budget(seconds=0))
    with pytest.raises(SkippedError):
        Demanded(loops, parts_shapes(parts, "strong", []), [], watch, 10**6).value(1, 0)
