"""Automata as transition systems, and transition systems as automata of their words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fsm.dfa import DFA
from fsm.nfa import NFA
from transition_systems.errors import UsageError
from transition_systems.lts import LTS, TAU_NAME

__all__ = ["dfa_to_lts", "lts_to_nfa", "nfa_to_lts"]


def lts_to_nfa(lts: LTS, *, names: Sequence[str] | None = None) -> NFA:
    """Return the automaton of a transition system's words: final states accept, tau is silent.

    Parameters
    ----------
    lts
        The system.
    names
        Names of the states; their numbers by default.

    Returns
    -------
    NFA

    Parameters
    ----------
    lts
        The system.
    names
        Names of its states, by default ``"0"``, ``"1"``, ...

    Returns
    -------
    NFA
        Its alphabet are the labels that occur.

    Examples
    --------
    >>> lts_to_nfa(LTS.from_arcs(2, [(0, "a", 1)], final=[1])).accepts(["a"])
    True
    """
    called = [str(i) for i in range(lts.n_states)] if names is None else list(names)
    arcs = [(called[s], label, called[t]) for s, label, t in lts.arcs()]
    return NFA(
        states=called,
        alphabet=sorted({label for _, label, _ in arcs if label is not None}),
        transitions=arcs,
        initial=[called[int(i)] for i in lts.initial],
        final=[called[int(i)] for i in np.flatnonzero(lts.final)],
    )


def nfa_to_lts(nfa: NFA) -> LTS:
    """Return an automaton as a transition system; final states stay final, epsilon becomes tau.

    Parameters
    ----------
    nfa
        The automaton.

    Returns
    -------
    LTS
        States in the same order; ``state_of`` gives their names.

    Raises
    ------
    UsageError
        When a letter is called ``tau``, which would become silent.

    Examples
    --------
    >>> nfa_to_lts(NFA(states=["p"], initial=["p"])).n_states
    1
    """
    if TAU_NAME in nfa.letters:
        raise UsageError("the letter 'tau' is the silent label of transition systems")
    place = {name: i for i, name in enumerate(nfa.state_names)}
    names = nfa.state_names
    return LTS.from_arcs(
        nfa.n_states,
        [(place[s], letter, place[t]) for s, letter, t in nfa.transitions],
        initial=[place[name] for name in nfa.initial],
        final=[place[name] for name in nfa.final],
        state_of=lambda index: names[index],
    )


def dfa_to_lts(dfa: DFA) -> LTS:
    """Return a deterministic automaton as a transition system; see :func:`nfa_to_lts`.

    Parameters
    ----------
    dfa
        The automaton.

    Returns
    -------
    LTS

    Parameters
    ----------
    dfa
        The automaton.

    Returns
    -------
    LTS
        States in the same order; ``state_of`` gives their names.

    Examples
    --------
    >>> dfa_to_lts(DFA(states=["p"], initial="p")).n_arcs
    0
    """
    return nfa_to_lts(NFA.from_dfa(dfa))
