"""Automata as values, and what is made of them, against languages word by word."""

from __future__ import annotations

import importlib
import pickle

import pytest
from hypothesis import given, settings

from fsm import (
    DFA,
    NFA,
    canonical,
    determinise,
    dfa_to_lts,
    lts_to_nfa,
    minimise,
    nfa_to_lts,
    synchronous_product,
    without_epsilon,
)
from oracles.languages import language, words
from strategies_fsm import dfas, nfas
from transition_systems.budget import Budget
from transition_systems.errors import InputError, UndecidedError, UsageError
from transition_systems.lts import LTS

LETTERS = ("a", "b")
quick = settings(max_examples=120, deadline=None, derandomize=True)


@quick
@given(dfas(), nfas())
def test_values(dfa: DFA, nfa: NFA) -> None:
    scope = {"DFA": DFA, "NFA": NFA}
    for model in (dfa, nfa):
        assert eval(repr(model), scope) == model
        assert type(model).from_dict(model.to_dict()) == model
        copy = pickle.loads(pickle.dumps(model))
        assert copy == model
        assert hash(copy) == hash(model)
        assert copy.digest() == model.digest()
    assert DFA(
        states=dfa.states, alphabet=reversed(dfa.letters), initial=dfa.initial,
        transitions=reversed(list(dfa.transitions)), final=reversed(list(dfa.final)),
    ) == dfa  # fmt: skip


def test_contradictions_are_refused() -> None:
    with pytest.raises(UsageError, match="two transitions"):
        DFA(
            states=["p", "q"], alphabet=["a"], initial="p",
            transitions=[("p", "a", "q"), ("p", "a", "p")],
        )  # fmt: skip
    with pytest.raises(UsageError, match="no state 'r'"):
        DFA(states=["p"], initial="r")
    with pytest.raises(UsageError, match="no letter 'b'"):
        NFA(states=["p"], alphabet=["a"], transitions=[("p", "b", "p")])
    with pytest.raises(UsageError, match="occurs twice"):
        NFA(states=["p", "p"])
    with pytest.raises(UsageError, match="empty text"):
        DFA(states=["p"], alphabet=[""], initial="p")
    for kind in (DFA, NFA):
        with pytest.raises(InputError):
            kind.from_dict({"schema": "other"})
        with pytest.raises(InputError):
            kind.from_dict({**kind.from_dict(_smallest(kind)).to_dict(), "states": 3})


def _smallest(kind: type) -> dict[str, object]:
    return (DFA(states=["p"], initial="p") if kind is DFA else NFA(states=["p"])).to_dict()


def test_arrays_cannot_be_changed() -> None:
    dfa = DFA(states=["p"], initial="p", alphabet=["a"])
    with pytest.raises(ValueError, match="read-only"):
        dfa.table[0, 0] = 0


@quick
@given(nfas())
def test_determinise_and_epsilon(nfa: NFA) -> None:
    expected = language(nfa, LETTERS, 4)
    assert language(determinise(nfa), LETTERS, 4) == expected
    plain = without_epsilon(nfa)
    assert all(letter is not None for _, letter, _ in plain.transitions)
    assert language(plain, LETTERS, 4) == expected
    assert {word for word in words(LETTERS, 4) if nfa.accepts(word)} == expected


@quick
@given(nfas())
def test_to_and_from_transition_systems(nfa: NFA) -> None:
    lts = nfa_to_lts(nfa)
    assert lts.state_of is not None
    names = [lts.state_of(i) for i in range(lts.n_states)]
    back = lts_to_nfa(lts, names=names)
    assert set(back.transitions) == set(nfa.transitions)
    assert (back.initial, back.final) == (nfa.initial, nfa.final)


def test_tau_is_no_letter_of_a_transition_system() -> None:
    with pytest.raises(UsageError, match="silent"):
        dfa_to_lts(DFA(states=["p"], alphabet=["tau"], initial="p"))


@quick
@given(dfas(), dfas())
def test_operations(a: DFA, b: DFA) -> None:
    left, right = language(a, LETTERS, 4), language(b, LETTERS, 4)
    assert language(a & b, LETTERS, 4) == left & right
    assert language(a | b, LETTERS, 4) == left | right
    assert language(a - b, LETTERS, 4) == left - right
    assert language(a ^ b, LETTERS, 4) == left ^ right
    everything = set(words(a.letters, 4))
    assert language(~a, LETTERS, 4) == everything - left
    full = a.completed(LETTERS)
    assert full.is_complete
    assert language(full, LETTERS, 4) == left
    assert {word for word in words(LETTERS, 4) if a.accepts(word)} == left


@quick
@given(dfas(max_states=6))
def test_minimise(dfa: DFA) -> None:
    small = minimise(dfa)
    assert language(small, LETTERS, 6) == language(dfa, LETTERS, 6)
    # Myhill and Nerode: no two states have the same future, each but the first has one.
    futures = []
    for state in small.states:
        moved = DFA(
            states=small.states, alphabet=small.alphabet, transitions=small.transitions,
            initial=state, final=small.final,
        )  # fmt: skip
        futures.append(frozenset(language(moved, LETTERS, 6)))
    assert len(set(futures)) == len(futures)
    assert small.n_states == 1 or all(futures)
    assert canonical(small) == canonical(dfa)
    assert minimise(small) == small


def test_minimise_is_fast_on_a_long_cycle() -> None:
    n = 20000
    names = [str(i) for i in range(n)]
    cycle = [(names[i], "a", names[(i + 1) % n]) for i in range(n)]
    dfa = DFA(
        states=names, alphabet=["a"], transitions=cycle, initial="0",
        final=[name for name in names if int(name) % 100 == 0],
    )  # fmt: skip
    assert minimise(dfa).n_states == 100


@quick
@given(nfas(max_states=3), nfas(max_states=3, letters=("b", "c")))
def test_synchronous_product(a: NFA, b: NFA) -> None:
    both = synchronous_product(a, b)

    def split(word: tuple[str, ...], machine: NFA) -> tuple[str, ...]:
        return tuple(letter for letter in word if letter in machine.letters)

    left, right = language(a, "ab", 3), language(b, "bc", 3)
    expected = {
        word for word in words("abc", 3) if split(word, a) in left and split(word, b) in right
    }
    assert language(both, "abc", 3) == expected


def test_budgets_end_constructions() -> None:
    n = 12
    names = [str(i) for i in range(n + 1)]
    steps = [("0", x, "0") for x in "ab"] + [("0", "a", "1")]
    steps += [(names[i], x, names[i + 1]) for i in range(1, n) for x in "ab"]
    nfa = NFA(states=names, alphabet="ab", initial="0", transitions=steps, final=[names[n]])
    assert determinise(nfa).n_states == 2**n
    with pytest.raises(UndecidedError, match="budget of 50 states"):
        determinise(nfa, budget=Budget(states=50))


def test_hashing_systems_of_words() -> None:
    lts = LTS.from_arcs(2, [(0, None, 1), (1, "a", 0)], final=[1])
    assert lts_to_nfa(lts).accepts(["a", "a"])
    assert not lts_to_nfa(lts).accepts(["b"])


@quick
@given(dfas(max_states=5))
def test_against_automata_lib(dfa: DFA) -> None:
    try:
        library = importlib.import_module("automata.fa.dfa")
    except ImportError:
        pytest.skip("automata-lib is not installed")
    full = dfa.completed(LETTERS)
    table: dict[str, dict[str, str]] = {name: {} for name in full.state_names}
    for source, letter, target in full.transitions:
        table[source][letter] = target
    other = library.DFA(
        states=set(full.states), input_symbols=set(LETTERS), transitions=table,
        initial_state=full.initial, final_states=set(full.final),
    )  # fmt: skip
    small = minimise(full).completed(LETTERS)
    expected = small.n_states if any(dfa.final) and any(small.final) else 1
    assert len(other.minify().states) == expected
