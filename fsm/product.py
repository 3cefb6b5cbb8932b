"""Products of automata: Boolean operations on languages, and the synchronous product."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from fsm.automaton_data import names_of
from fsm.dfa import DFA
from fsm.nfa import NFA
from transition_systems.budget import Budget
from transition_systems.errors import UndecidedError

__all__ = [
    "difference",
    "intersection",
    "product",
    "symmetric_difference",
    "synchronous_product",
    "union",
]

Decide = Callable[[bool, bool], bool]


def product(a: DFA, b: DFA, accept: Decide, *, budget: Budget | None = None) -> DFA:
    """Return the reachable product of two deterministic automata over both alphabets.

    Parameters
    ----------
    a, b
        The automata; a missing transition leads to a rejecting sink.
    accept
        Tells from the acceptance of both states whether the pair accepts.
    budget
        What the construction may use.

    Returns
    -------
    DFA
        Its states are named by pairs, ``-`` for the sink; pairs in breadth-first order. The pair
        of two sinks is left out when it rejects.

    Raises
    ------
    UndecidedError
        When the budget ends.

    Notes
    -----
    O(n m k) for n and m states and k letters. Rabin and Scott 1959.

    Examples
    --------
    >>> a = DFA(states=["p"], alphabet=["a"], initial="p", final=["p"])
    >>> product(a, a, lambda x, y: x and y).final
    ('(p, p)',)
    """
    meter = (budget or Budget()).start()
    letters = sorted({*a.letters, *b.letters})
    left = _rows(a, letters)
    right = _rows(b, letters)
    keep_sinks = accept(False, False)
    final_a, final_b = [*a.accepting.tolist(), False], [*b.accepting.tolist(), False]
    first = (a.start, b.start)
    number = {first: 0}
    order = [first]
    rows: list[list[int]] = []
    for p, q in order:
        reason = meter.exhausted(states=len(order))
        if reason is not None:
            raise UndecidedError(f"the product was not finished: {reason}")
        row: list[int] = []
        for target in zip(left[p], right[q], strict=True):
            if target == (a.n_states, b.n_states) and not keep_sinks:
                row.append(-1)
                continue
            if target not in number:
                number[target] = len(order)
                order.append(target)
            row.append(number[target])
        rows.append(row)
    names_a, names_b = (*a.state_names, "-"), (*b.state_names, "-")
    return DFA.from_table(
        np.array(rows, dtype=np.int64).reshape(len(order), len(letters)),
        np.array([accept(final_a[p], final_b[q]) for p, q in order], dtype=np.bool_),
        alphabet=letters,
        states=names_of([(names_a[p], names_b[q]) for p, q in order]),
    )


def _rows(dfa: DFA, letters: Sequence[str]) -> list[list[int]]:
    """Return the successors over a larger alphabet, with the sink as the last state."""
    column = {letter: i for i, letter in enumerate(dfa.letters)}
    sink = dfa.n_states
    table = np.full((sink + 1, len(letters)), sink, dtype=np.int64)
    for i, letter in enumerate(letters):
        if letter in column:
            old = dfa.table[:, column[letter]]
            table[:sink, i] = np.where(old < 0, sink, old)
    rows: list[list[int]] = table.tolist()
    return rows


def intersection(a: DFA, b: DFA, *, budget: Budget | None = None) -> DFA:
    """Return an automaton of the words that both accept.

    Parameters
    ----------
    a, b
        The automata.
    budget
        Limits.

    Returns
    -------
    DFA

    Parameters
    ----------
    a, b
        Partial or complete automata.
    budget
        As for :func:`product`.

    Returns
    -------
    DFA
        Its states are named by pairs, as those of :func:`product`.

    Examples
    --------
    >>> a = DFA(states=["p"], initial="p", final=["p"])
    >>> b = DFA(states=["p"], initial="p")
    >>> intersection(a, b).accepts([])
    False
    """
    return product(a, b, lambda x, y: x and y, budget=budget)


def union(a: DFA, b: DFA, *, budget: Budget | None = None) -> DFA:
    """Return an automaton of the words that one of two accepts.

    Parameters
    ----------
    a, b
        The automata.
    budget
        Limits.

    Returns
    -------
    DFA

    Parameters
    ----------
    a, b
        Partial or complete automata.
    budget
        As for :func:`product`.

    Returns
    -------
    DFA
        Its states are named by pairs, as those of :func:`product`.

    Examples
    --------
    >>> a = DFA(states=["p"], initial="p", final=["p"])
    >>> union(a, DFA(states=["p"], initial="p")).accepts([])
    True
    """
    return product(a, b, lambda x, y: x or y, budget=budget)


def difference(a: DFA, b: DFA, *, budget: Budget | None = None) -> DFA:
    """Return an automaton of the words that the first accepts and the second does not.

    Parameters
    ----------
    a, b
        The automata.
    budget
        Limits.

    Returns
    -------
    DFA

    Parameters
    ----------
    a, b
        Partial or complete automata.
    budget
        As for :func:`product`.

    Returns
    -------
    DFA
        Its states are named by pairs, as those of :func:`product`.

    Examples
    --------
    >>> a = DFA(states=["p"], initial="p", final=["p"])
    >>> difference(a, a).accepts([])
    False
    """
    return product(a, b, lambda x, y: x and not y, budget=budget)


def symmetric_difference(a: DFA, b: DFA, *, budget: Budget | None = None) -> DFA:
    """Return an automaton of the words that exactly one accepts.

    Parameters
    ----------
    a, b
        The automata.
    budget
        Limits.

    Returns
    -------
    DFA

    Parameters
    ----------
    a, b
        Partial or complete automata.
    budget
        As for :func:`product`.

    Returns
    -------
    DFA
        Its states are named by pairs, as those of :func:`product`.

    Examples
    --------
    >>> a = DFA(states=["p"], initial="p", final=["p"])
    >>> symmetric_difference(a, DFA(states=["p"], initial="p")).accepts([])
    True
    """
    return product(a, b, lambda x, y: x != y, budget=budget)


def synchronous_product(a: NFA, b: NFA, *, budget: Budget | None = None) -> NFA:
    """Return two machines side by side: common letters together, all else each on its own.

    Parameters
    ----------
    a, b
        The machines; silent steps are never common.
    budget
        What the construction may use.

    Returns
    -------
    NFA
        The reachable pairs, named ``(p, q)``; a pair is final when both states are.

    Raises
    ------
    UndecidedError
        When the budget ends.

    Notes
    -----
    O(n m) states. A. Arnold, Finite Transition Systems, Prentice Hall (1994).

    Examples
    --------
    >>> a = NFA(states=["p", "q"], alphabet=["a"], initial=["p"], transitions=[("p", "a", "q")])
    >>> synchronous_product(a, a).transitions
    (('(p, p)', 'a', '(q, q)'),)
    """
    meter = (budget or Budget()).start()
    common = set(a.letters) & set(b.letters)
    steps_a, steps_b = _steps(a), _steps(b)
    order = [(p, q) for p in a.initial for q in b.initial]
    seen = set(order)
    arcs: list[tuple[tuple[str, str], str | None, tuple[str, str]]] = []
    first = len(order)
    for source in order:
        reason = meter.exhausted(states=len(order))
        if reason is not None:
            raise UndecidedError(f"the product was not finished: {reason}")
        p, q = source
        found: list[tuple[str | None, tuple[str, str]]] = []
        for letter, target in steps_a.get(p, ()):
            if letter in common:
                found.extend(
                    (letter, (target, other))
                    for also, other in steps_b.get(q, ())
                    if also == letter
                )
            else:
                found.append((letter, (target, q)))
        found.extend((x, (p, target)) for x, target in steps_b.get(q, ()) if x not in common)
        for letter, target_pair in found:
            arcs.append((source, letter, target_pair))
            if target_pair not in seen:
                seen.add(target_pair)
                order.append(target_pair)
    names = dict(zip(order, names_of(order), strict=True))
    final_a, final_b = set(a.final), set(b.final)
    return NFA(
        states=[names[pair] for pair in order],
        alphabet=sorted({*a.letters, *b.letters}),
        transitions=[(names[s], letter, names[t]) for s, letter, t in arcs],
        initial=[names[pair] for pair in order[:first]],
        final=[names[(p, q)] for p, q in order if p in final_a and q in final_b],
    )


def _steps(nfa: NFA) -> dict[str, list[tuple[str | None, str]]]:
    steps: dict[str, list[tuple[str | None, str]]] = {}
    for source, letter, target in nfa.transitions:
        steps.setdefault(source, []).append((letter, target))
    return steps
