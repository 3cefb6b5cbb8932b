"""Hypothesis strategies for automata."""

from __future__ import annotations

from hypothesis import strategies as st

from fsm.dfa import DFA
from fsm.nfa import NFA

__all__ = ["dfas", "nfas"]


@st.composite
def dfas(draw: st.DrawFn, *, max_states: int = 4, letters: tuple[str, ...] = ("a", "b")) -> DFA:
    """Draw a small, mostly partial deterministic automaton."""
    n = draw(st.integers(1, max_states))
    names = [f"q{i}" for i in range(n)]
    alphabet = draw(st.sets(st.sampled_from(letters)))
    state = st.sampled_from(names)
    transitions = [
        (name, letter, draw(state))
        for name in names
        for letter in sorted(alphabet)
        if draw(st.integers(0, 4)) > 0
    ]
    final = draw(st.sets(state))
    return DFA(
        states=names, alphabet=alphabet, transitions=transitions, initial=names[0], final=final
    )


@st.composite
def nfas(draw: st.DrawFn, *, max_states: int = 4, letters: tuple[str, ...] = ("a", "b")) -> NFA:
    """Draw a small nondeterministic automaton with silent steps."""
    n = draw(st.integers(1, max_states))
    names = [f"q{i}" for i in range(n)]
    state = st.sampled_from(names)
    step = st.tuples(state, st.sampled_from((None, *letters)), state)
    return NFA(
        states=names,
        alphabet=letters,
        transitions=draw(st.lists(step, max_size=9)),
        initial=draw(st.sets(state, max_size=2)),
        final=draw(st.sets(state, max_size=2)),
    )
