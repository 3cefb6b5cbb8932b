"""Equality and inclusion of languages: outcome, evidence, shortest words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from fsm import DFA, NFA, determinise, equivalent, included, minimise, shortest_difference
from fsm.automaton_data import pair_digest
from oracles.languages import accepts, first_difference
from strategies_fsm import dfas, nfas
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.evidence import (
    ClosedSet,
    PartitionEvidence,
    WordEvidence,
    evidence_from_dict,
)
from transition_systems.verdict import Verdict

quick = settings(max_examples=150, deadline=None, derandomize=True)


def _partition_holds(a: DFA, b: DFA, evidence: PartitionEvidence) -> bool:
    """By definition: equal initial blocks, agreement on acceptance, determined successors."""
    block = evidence.block.tolist()
    n = a.n_states
    letters = {*a.letters, *b.letters}
    if block[a.start] != block[n + b.start]:
        return False
    seen: dict[tuple[int, str], int] = {(0, letter): 0 for letter in letters}
    final: dict[int, bool] = {0: False}
    for offset, dfa in ((0, a), (n, b)):
        step = {(s, x): t for s, x, t in dfa.transitions}
        place = {name: i for i, name in enumerate(dfa.state_names)}
        for name, i in place.items():
            mine = block[offset + i]
            if final.setdefault(mine, name in dfa.final) != (name in dfa.final):
                return False
            for letter in letters:
                target = step.get((name, letter))
                to = 0 if target is None else block[offset + place[target]]
                if seen.setdefault((mine, letter), to) != to:
                    return False
    return True


def _pairs_hold(a: DFA, b: DFA, evidence: ClosedSet) -> bool:
    pairs = {(int(p), int(q)) for p, q in evidence.states.rows}
    letters = {*a.letters, *b.letters}

    def after(dfa: DFA, state: int, letter: str) -> int:
        if state == dfa.n_states or letter not in dfa.letters:
            return dfa.n_states
        target = int(dfa.table[state, dfa.letters.index(letter)])
        return dfa.n_states if target < 0 else target

    closed = all((after(a, p, x), after(b, q, x)) in pairs for p, q in pairs for x in letters)
    good = all(
        not (p < a.n_states and a.accepting[p]) or (q < b.n_states and b.accepting[q])
        for p, q in pairs
    )
    return closed and good and (a.start, b.start) in pairs


def _common(verdict: Verdict, a: DFA | NFA, b: DFA | NFA) -> None:
    assert verdict.evidence is not None
    assert evidence_from_dict(verdict.evidence.to_dict()) == verdict.evidence
    assert verdict.evidence.claim.model_digest == pair_digest(a.digest(), b.digest())
    negated = verdict.evidence.claim.formula.startswith("not ")
    assert negated is verdict.violated


@quick
@given(dfas(), dfas())
def test_equivalent(a: DFA, b: DFA) -> None:
    verdict = equivalent(a, b)
    _common(verdict, a, b)
    expected = first_difference(a, b, 7, lambda x, y: x != y)
    assert verdict.holds is (expected is None)
    assert shortest_difference(a, b) == expected
    if isinstance(verdict.evidence, PartitionEvidence):
        assert _partition_holds(a, b, verdict.evidence)
    else:
        assert isinstance(verdict.evidence, WordEvidence)
        assert verdict.evidence.word == expected
        assert verdict.evidence.accepted_by == ("left" if accepts(a, expected or ()) else "right")


@quick
@given(dfas(), dfas())
def test_included(a: DFA, b: DFA) -> None:
    verdict = included(a, b)
    _common(verdict, a, b)
    expected = first_difference(a, b, 7, lambda x, y: x and not y)
    assert verdict.holds is (expected is None)
    if isinstance(verdict.evidence, ClosedSet):
        assert _pairs_hold(a, b, verdict.evidence)
    else:
        assert isinstance(verdict.evidence, WordEvidence)
        assert verdict.evidence.word == expected
        assert verdict.evidence.accepted_by == "left"


@quick
@given(nfas(max_states=3), nfas(max_states=3))
def test_nondeterministic(a: NFA, b: NFA) -> None:
    verdict = equivalent(a, b)
    _common(verdict, a, b)
    if isinstance(verdict.evidence, PartitionEvidence):
        assert _partition_holds(determinise(a), determinise(b), verdict.evidence)
    else:
        assert isinstance(verdict.evidence, WordEvidence)
        word = verdict.evidence.word
        assert accepts(a, word) != accepts(b, word)
        assert first_difference(a, b, min(len(word), 6), lambda x, y: x != y) == word


@quick
@given(dfas(max_states=6))
def test_minimal_automata_are_equivalent(dfa: DFA) -> None:
    assert equivalent(dfa, minimise(dfa))
    assert included(minimise(dfa), dfa)


def _modulo(n: int) -> DFA:
    names = [str(i) for i in range(n)]
    steps = [(names[i], "a", names[(i + 1) % n]) for i in range(n)]
    return DFA(states=names, alphabet=["a"], transitions=steps, initial="0", final=["0"])


def test_the_word_is_the_shortest() -> None:
    verdict = equivalent(_modulo(7), _modulo(11))
    assert isinstance(verdict.evidence, WordEvidence)
    assert len(verdict.evidence.word) == 7
    assert verdict.evidence.accepted_by == "left"
    assert "first" in verdict.explain()


def test_budgets_and_methods() -> None:
    verdict = included(_modulo(101), _modulo(103), budget=Budget(seconds=0))
    assert verdict.unknown
    assert verdict.reason
    big = NFA.from_dfa(_modulo(50))
    assert equivalent(big, big, budget=Budget(states=10)).unknown
    with pytest.raises(UsageError, match="no method"):
        equivalent(_modulo(2), _modulo(3), method="guess")
