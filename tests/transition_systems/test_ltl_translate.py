"""Automata of formulas against the formulas' values on words, by definition."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest

from ltl_cases import random_formula
from oracles.linear_time import holds_on, words
from transition_systems.budget import Budget
from transition_systems.errors import InputError, UnsupportedError, UsageError
from transition_systems.properties.format import format_formula, format_predicate
from transition_systems.properties.formulas import Formula, Negation, Unary
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import And, Not, Or, Predicate
from transition_systems.readwrite.hoa import format_hoa
from transition_systems.temporal.buchi import BuchiAutomaton, BuchiEdge
from transition_systems.temporal.buchi_degeneralise import degeneralise
from transition_systems.temporal.buchi_labels import cubes_of
from transition_systems.temporal.ltl_alphabet import Alphabet, elementary
from transition_systems.temporal.ltl_translate import translate_ltl

Letter = frozenset[str]
LETTERS = tuple(frozenset(name for name in names) for names in ("", "p", "q", "pq"))
SMALL = list(words(LETTERS, 1, 2))


def truth(predicate: Predicate, letter: Letter) -> bool:
    if isinstance(predicate, Not):
        return not truth(predicate.operand, letter)
    if isinstance(predicate, (And, Or)):
        join = all if isinstance(predicate, And) else any
        return join(truth(part, letter) for part in predicate.operands)
    return format_predicate(predicate) in letter


def accepted(automaton: BuchiAutomaton, word: tuple[Letter, ...], loop: int) -> bool:
    codes = [sum(1 << i for i, name in enumerate(automaton.atoms) if name in a) for a in word]
    return automaton.accepts(codes[:loop], codes[loop:])


def random_word(rng: random.Random) -> tuple[tuple[Letter, ...], int]:
    loop = rng.randint(0, 3)
    return tuple(rng.choice(LETTERS) for _ in range(loop + rng.randint(1, 4))), loop


def check(formula: Formula, word: tuple[Letter, ...], loop: int, *all_of: BuchiAutomaton) -> None:
    expected = holds_on(formula, word, loop, truth)
    for automaton in all_of:
        assert accepted(automaton, word, loop) == expected, (format_formula(formula), word, loop)


def test_two_thousand_random_formulas_on_random_words() -> None:
    for seed in range(2_000):
        rng = random.Random(seed)
        formula = random_formula(rng, rng.randint(1, 4))
        automaton = translate_ltl(formula)
        against = translate_ltl(Negation(formula))
        for _ in range(5):
            word, loop = random_word(rng)
            check(formula, word, loop, automaton)
            assert accepted(automaton, word, loop) != accepted(against, word, loop)


def test_random_formulas_on_all_small_words() -> None:
    for seed in range(60):
        rng = random.Random(10_000 + seed)
        formula = random_formula(rng, 3)
        automaton = translate_ltl(formula)
        one = degeneralise(automaton)
        assert one.n_marks <= 1
        for word, loop in SMALL:
            check(formula, word, loop, automaton, one)


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("G (p -> F q)", 2),
        ("G F p && G F q", 1),
        ("F G p", 2),
        ("p U q", 2),
        ("G p", 1),
        ("F (p && X q)", 3),
        ("G (X p -> p)", 2),
        ("false", 1),
        ("true", 1),
    ],
)
def test_known_sizes(text: str, states: int) -> None:
    assert translate_ltl(text).n_states == states


def test_obligations_become_deterministic() -> None:
    for text in ("p U q", "G (p -> X q)", "(p W q) && F q", "F p && F q", "F p && (G q || F !q)"):
        assert translate_ltl(text).deterministic


def test_equivalent_formulas_are_one_automaton() -> None:
    for one, two in (
        ("F F p", "F p"), ("!(p U q)", "!p R !q"), ("G p && G q", "G (p && q)"),
        ("X G F p", "G F p"), ("p W q", "(p U q) || G p"), ("p && X G p", "G p"),
        ("F (p || F q)", "F (p || q)"), ("(p || q) && (!p || q)", "q || (p && q)"),
    ):  # fmt: skip
        left, right = translate_ltl(one), translate_ltl(two)
        assert (left.n_states, left.n_marks) == (right.n_states, right.n_marks), (one, two)


def test_what_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="EF is no operator"):
        translate_ltl("G EF p")
    with pytest.raises(UnsupportedError, match="13 different"):
        translate_ltl(" && ".join(f"F p{i}" for i in range(13)))
    deep = parse_formula("p")
    for _ in range(3_000):
        deep = Unary("X", deep)
    with pytest.raises(UnsupportedError, match="nested"):
        translate_ltl(deep)
    with pytest.raises(UnsupportedError, match="budget"):
        translate_ltl("p U (q && X (p U q))", budget=Budget(states=1))


def test_deep_and_wide_formulas_end() -> None:
    assert translate_ltl("X " * 98 + "p").n_states == 100
    hard = " && ".join(f"G F (p && X {'X ' * i}q)" for i in range(9))
    with pytest.raises(UnsupportedError, match="budget"):
        translate_ltl(hard, budget=Budget(seconds=0.5))


def test_automata_are_values() -> None:
    automaton = translate_ltl("G (p -> F q)")
    assert BuchiAutomaton.from_dict(automaton.to_dict()) == automaton
    assert hash(BuchiAutomaton.from_dict(automaton.to_dict())) == hash(automaton)
    assert (
        eval(repr(automaton), {"BuchiAutomaton": BuchiAutomaton, "BuchiEdge": BuchiEdge})
        == automaton
    )
    with pytest.raises(InputError):
        BuchiAutomaton.from_dict({**automaton.to_dict(), "edges": [[0, "0x1", "0x0", 99]]})
    with pytest.raises(UsageError):
        automaton.accepts([0], [])


def test_cubes_cover_exactly() -> None:
    rng = random.Random(3)
    for _ in range(500):
        n = rng.randint(0, 5)
        letters = rng.getrandbits(1 << n)
        covered = 0
        for cube in cubes_of(letters, n):
            for code in range(1 << n):
                if all((code >> atom & 1) == yes for atom, yes in cube):
                    covered |= 1 << code
        assert covered == letters


def test_letters_may_be_those_that_occur() -> None:
    predicates = elementary(parse_formula("G p && F q"))
    some = Alphabet(predicates, [0, 3])
    assert (some.full, some.having(0), some.having(1)) == (0b11, 0b10, 0b10)
    assert Alphabet(predicates).having(1) == 0b1100


def test_against_spot() -> None:
    spot = pytest.importorskip("spot")
    for seed in range(200):
        formula = random_formula(random.Random(seed), 4)
        ours = spot.automaton(format_hoa(translate_ltl(formula)))
        assert spot.are_equivalent(ours, spot.translate(format_formula(formula)))


def written(spot: Any, formula: Any) -> str:
    """A formula of Spot in our language."""
    text = spot.unabbreviate(formula, "eiM^").to_str("spot", True)
    for constant, word in (("1", "true"), ("0", "false")):
        text = re.sub(rf"(?<!\w){constant}(?!\w)", word, text)
    return str(text)


def compared(spot: Any, formulas: list[Any]) -> float:
    """Translate all formulas, each as Spot does; return our states to Spot's."""
    ours = theirs = 0
    for formula in formulas:
        automaton, other = translate_ltl(written(spot, formula)), spot.translate(formula)
        assert spot.are_equivalent(spot.automaton(format_hoa(automaton)), other), str(formula)
        ours, theirs = ours + automaton.n_states, theirs + other.num_states()
    return ours / theirs


@pytest.mark.campaign
@pytest.mark.timeout(0)
def test_patterns_against_spot() -> None:
    """The patterns of five papers that Spot knows, and their negations."""
    spot, gen = pytest.importorskip("spot"), pytest.importorskip("spot.gen")
    kinds = [getattr(gen, f"LTL_{name}_PATTERNS") for name in ("DAC", "EH", "SB", "HKRSS", "P")]
    patterns = [formula for kind in kinds for formula in gen.ltl_patterns(kind)]
    assert len(patterns) == 169
    assert compared(spot, [*patterns, *map(spot.formula.Not, patterns)]) < 1.15


@pytest.mark.campaign
@pytest.mark.timeout(0)
def test_ten_thousand_random_formulas_against_spot() -> None:
    spot = pytest.importorskip("spot")
    assert compared(spot, list(spot.randltl(4, 10_000, seed=7, tree_size=15))) < 1.15
