"""Deciding equality and inclusion of languages, with a relation or a shortest word as evidence."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from fsm.automaton_data import pair_digest
from fsm.dfa import DFA
from fsm.nfa import NFA, determinise
from transition_systems.budget import Budget, Meter
from transition_systems.errors import UndecidedError, UsageError
from transition_systems.evidence import Claim, ClosedSet, PartitionEvidence, StateSet, WordEvidence
from transition_systems.progress import Progress, ProgressCallback
from transition_systems.quotient import number_blocks
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["equivalent", "included", "shortest_difference"]

EQUIVALENT = "language equivalent"
INCLUDED = "language included"

Differs = Callable[[bool, bool], bool]


class _Pair:
    """Two deterministic automata over one alphabet, each with a rejecting sink as last state."""

    def __init__(self, a: DFA | NFA, b: DFA | NFA, budget: Budget) -> None:
        self.left = a if isinstance(a, DFA) else determinise(a, budget=budget)
        self.right = b if isinstance(b, DFA) else determinise(b, budget=budget)
        self.letters = sorted({*self.left.letters, *self.right.letters})
        full_left, full_right = self.full(self.left), self.full(self.right)
        self.rows_left: list[list[int]] = full_left.tolist()
        self.rows_right: list[list[int]] = full_right.tolist()
        self.final_left: list[bool] = [*self.left.accepting.tolist(), False]
        self.final_right: list[bool] = [*self.right.accepting.tolist(), False]
        self.start = (self.left.start, self.right.start)

    def full(self, dfa: DFA) -> NDArray[np.int64]:
        """Return the successors with the sink as the last state."""
        sink = dfa.n_states
        table = np.full((sink + 1, len(self.letters)), sink, dtype=np.int64)
        for column, letter in enumerate(dfa.letters):
            old = dfa.table[:, column]
            table[:sink, self.letters.index(letter)] = np.where(old < 0, sink, old)
        return table

    @property
    def size(self) -> int:
        """States of both automata."""
        return self.left.n_states + self.right.n_states


def _search(
    pair: _Pair, differs: Differs, meter: Meter, progress: ProgressCallback | None
) -> tuple[tuple[str, ...] | None, list[tuple[int, int]]]:
    """Return the least shortest word to a pair that differs, or none and all reachable pairs."""
    order = [pair.start]
    came: dict[tuple[int, int], tuple[int, int]] = {pair.start: (-1, -1)}
    for index, (p, q) in enumerate(order):
        if differs(pair.final_left[p], pair.final_right[q]):
            word: list[str] = []
            at = index
            while at > 0:
                at, letter = came[order[at]]
                word.append(pair.letters[letter])
            return tuple(reversed(word)), order
        if index % 4096 == 0:
            reason = meter.exhausted(states=len(order), bytes=200 * len(order))
            if progress is not None:
                progress(
                    Progress(
                        stage="pairs of states", states=len(order), frontier=len(order) - index,
                        arcs=index * len(pair.letters), seconds=meter.seconds,
                    )
                )  # fmt: skip
            if reason is not None:
                raise UndecidedError(reason)
        for letter, target in enumerate(zip(pair.rows_left[p], pair.rows_right[q], strict=True)):
            if target not in came:
                came[target] = (index, letter)
                order.append(target)
    return None, order


def shortest_difference(
    a: DFA | NFA, b: DFA | NFA, *, budget: Budget | None = None
) -> tuple[str, ...] | None:
    """Return the shortest word that exactly one accepts, the alphabetically least, or ``None``.

    Parameters
    ----------
    a, b
        The automata.
    budget
        Limits.

    Returns
    -------
    tuple of str, or None
        ``None`` where the languages are the same.

    Parameters
    ----------
    a, b
        Automata, deterministic or not.
    budget
        What the search may use.

    Returns
    -------
    tuple of str or None
        The letters of the word; ``None`` where the languages are equal.

    Raises
    ------
    UndecidedError
        When the budget ends.

    Notes
    -----
    O(n m k) for n and m states and k letters.

    Examples
    --------
    >>> a = DFA(states=["p", "q"], alphabet=["a"], transitions=[("p", "a", "q")], initial="p",
    ...         final=["q"])
    >>> shortest_difference(a, DFA(states=["p"], initial="p"))
    ('a',)
    """
    allowed = (budget or Budget()).fixed()
    pair = _Pair(a, b, allowed)
    return _search(pair, lambda x, y: x != y, allowed.start(), None)[0]


def _merged(pair: _Pair, meter: Meter) -> NDArray[np.int64] | None:
    """Return the blocks of the least congruence with equal initial states, if it is consistent.

    Block 0 is that of the sink; the states of the left automaton stand first.
    """
    n, m = pair.left.n_states, pair.right.n_states
    sink = n + m
    parent = list(range(sink + 1))

    def find(state: int) -> int:
        root = state
        while parent[root] != root:
            root = parent[root]
        while parent[state] != root:
            parent[state], state = root, parent[state]
        return root

    def placed(row: list[int], first: int, count: int) -> list[int]:
        return [sink if target == count else first + target for target in row]

    rows = [placed(row, 0, n) for row in pair.rows_left[:n]]
    rows += [placed(row, n, m) for row in pair.rows_right[:m]]
    rows.append([sink] * len(pair.letters))
    final = [*pair.final_left[:n], *pair.final_right[:m], False]
    pending = [(pair.start[0], n + pair.start[1])]
    steps = 0
    while pending:
        p, q = pending.pop()
        x, y = find(p), find(q)
        if x == y:
            continue
        if final[p] != final[q]:
            return None
        parent[x] = y
        pending.extend(zip(rows[p], rows[q], strict=True))
        steps += 1
        if steps % 4096 == 0 and meter.out_of_time():
            raise UndecidedError("the time budget is used up")
    roots = np.array([find(state) for state in (sink, *range(sink))], dtype=np.int64)
    return number_blocks(roots)[1:]


def _checked(method: str, *allowed: str) -> None:
    if method not in ("auto", *allowed):
        raise UsageError(f"there is no method {method!r}; there are {('auto', *allowed)}")


def equivalent(
    a: DFA | NFA,
    b: DFA | NFA,
    *,
    method: str = "auto",
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
) -> Verdict:
    """Decide whether two automata accept the same words.

    Parameters
    ----------
    a, b
        Automata; those that are not deterministic are made so by :func:`fsm.nfa.determinise`.
    method
        ``"auto"`` or ``"union-find"``.
    budget, progress
        What it may use, and whom it tells.
    seed
        Kept in the verdict; the decision does not depend on it.

    Returns
    -------
    Verdict
        ``HOLDS`` with a partition of the states of both (deterministic) automata, those of ``a``
        first: states of one block agree on acceptance and lead to one block with each letter of
        either alphabet, the initial states share a block, and block 0 is that of the rejecting
        sink to which missing transitions lead. ``VIOLATED`` with the shortest word, and of these
        the alphabetically least, that one accepts (``"left"`` or ``"right"``) and the other does
        not. ``UNKNOWN`` when the budget ends.

    Raises
    ------
    UsageError
        For an unknown method.

    Notes
    -----
    O(k (n + m) α(n + m)) for n and m states and k letters: J. Hopcroft, R. Karp, A linear
    algorithm for testing equivalence of finite automata (1971). The shortest word is found by a
    breadth-first search of pairs, O(n m k).

    Examples
    --------
    >>> a = DFA(states=["p"], alphabet=["a"], transitions=[("p", "a", "p")], initial="p",
    ...         final=["p"])
    >>> b = DFA(states=["p", "q"], alphabet=["a"], initial="p", final=["p"],
    ...         transitions=[("p", "a", "q")])
    >>> equivalent(a, b).evidence.word, equivalent(a, b).evidence.accepted_by
    (('a',), 'left')
    """
    _checked(method, "union-find")
    allowed = (budget or Budget()).fixed()
    meter = allowed.start()
    digest = pair_digest(a.digest(), b.digest())
    states = 0
    try:
        pair = _Pair(a, b, allowed)
        states = pair.size
        block = _merged(pair, meter)
        if block is not None:
            evidence = PartitionEvidence(
                claim=Claim(formula=EQUIVALENT, model_digest=digest),
                relation="language",
                block=block,
            )
            return Verdict(
                property=EQUIVALENT,
                outcome=Outcome.HOLDS,
                statistics=_statistics("union-find", states, pair, meter),
                evidence=evidence,
                explanation=("The automata accept the same words.",),
                seed=seed,
            )
        word, pairs = _search(pair, lambda x, y: x != y, meter, progress)
    except UndecidedError as error:
        return _unknown(EQUIVALENT, "union-find", states, meter, error, seed)
    assert word is not None
    return _with_word(EQUIVALENT, f"not {EQUIVALENT}", digest, pair, word, len(pairs), meter, seed)


def included(
    a: DFA | NFA,
    b: DFA | NFA,
    *,
    method: str = "auto",
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
) -> Verdict:
    """Decide whether each word that the first automaton accepts is accepted by the second.

    Parameters
    ----------
    a, b
        Automata; those that are not deterministic are made so by :func:`fsm.nfa.determinise`.
    method
        ``"auto"`` or ``"pairs"``.
    budget, progress
        What it may use, and whom it tells.
    seed
        Kept in the verdict; the decision does not depend on it.

    Returns
    -------
    Verdict
        ``HOLDS`` with the closed set of the reachable pairs of states (columns ``left`` and
        ``right``, indices of the deterministic automata; the number of states stands for the
        rejecting sink), none of which accepts on the left only; ``VIOLATED`` with the shortest
        and alphabetically least word of the first alone; ``UNKNOWN`` when the budget ends.

    Raises
    ------
    UsageError
        For an unknown method.

    Notes
    -----
    O(n m k) for n and m states and k letters. Rabin and Scott 1959.

    Examples
    --------
    >>> a = DFA(states=["p"], alphabet=["a"], transitions=[("p", "a", "p")], initial="p",
    ...         final=["p"])
    >>> none = DFA(states=["p"], initial="p")
    >>> bool(included(none, a)), included(a, none).evidence.word
    (True, ())
    """
    _checked(method, "pairs")
    allowed = (budget or Budget()).fixed()
    meter = allowed.start()
    digest = pair_digest(a.digest(), b.digest())
    states = 0
    try:
        pair = _Pair(a, b, allowed)
        states = pair.size
        word, pairs = _search(pair, lambda x, y: x and not y, meter, progress)
    except UndecidedError as error:
        return _unknown(INCLUDED, "pairs", states, meter, error, seed)
    if word is not None:
        negation = f"not {INCLUDED}"
        return _with_word(INCLUDED, negation, digest, pair, word, len(pairs), meter, seed)
    rows = np.array(sorted(pairs), dtype=np.int64)
    return Verdict(
        property=INCLUDED,
        outcome=Outcome.HOLDS,
        statistics=_statistics("pairs", len(pairs), pair, meter),
        evidence=ClosedSet(
            claim=Claim(formula=INCLUDED, model_digest=digest),
            states=StateSet(names=("left", "right"), rows=rows),
        ),
        explanation=("Each word of the first automaton is a word of the second.",),
        seed=seed,
    )


def _statistics(method: str, states: int, pair: _Pair, meter: Meter) -> Statistics:
    return Statistics(
        method=method, states=states, arcs=states * len(pair.letters), seconds=meter.seconds
    )


def _unknown(
    what: str, method: str, states: int, meter: Meter, error: Exception, seed: int | None
) -> Verdict:
    statistics = Statistics(method=method, states=states, seconds=meter.seconds)
    return Verdict(
        property=what, outcome=Outcome.UNKNOWN, statistics=statistics, reason=str(error), seed=seed
    )


def _with_word(
    what: str, claim: str, digest: str, pair: _Pair, word: tuple[str, ...], states: int,
    meter: Meter, seed: int | None,
) -> Verdict:  # fmt: skip
    side = "left" if pair.left.accepts(word) else "right"
    shown = " ".join(word) if word else "the empty word"
    return Verdict(
        property=what,
        outcome=Outcome.VIOLATED,
        statistics=_statistics("pairs", states, pair, meter),
        evidence=WordEvidence(
            claim=Claim(formula=claim, model_digest=digest), word=word, accepted_by=side
        ),
        explanation=(
            f"Only the {'first' if side == 'left' else 'second'} automaton accepts: {shown}.",
        ),
        seed=seed,
    )
