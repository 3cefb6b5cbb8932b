"""Minimal deterministic automata by partition refinement."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fsm.dfa import DFA

__all__ = ["canonical", "minimise", "useful_states"]


class _Partition:
    """Disjoint sets of 0..n-1 that are refined by marking; the smaller part becomes new."""

    def __init__(self, groups: Sequence[Sequence[int]]) -> None:
        self.elements: list[int] = [item for group in groups for item in group]
        self.place = [0] * len(self.elements)
        self.block = [0] * len(self.elements)
        self.first: list[int] = []
        self.past: list[int] = []
        self.marked: list[int] = []
        self._touched: list[int] = []
        position = 0
        for group in groups:
            if not group:
                continue
            self.first.append(position)
            for item in group:
                self.place[item] = position
                self.block[item] = len(self.first) - 1
                position += 1
            self.past.append(position)
            self.marked.append(0)

    def __len__(self) -> int:
        return len(self.first)

    def members(self, block: int) -> list[int]:
        return self.elements[self.first[block] : self.past[block]]

    def mark(self, item: int) -> None:
        block, at = self.block[item], self.place[item]
        to = self.first[block] + self.marked[block]
        if at < to:
            return
        if not self.marked[block]:
            self._touched.append(block)
        other = self.elements[to]
        self.elements[at], self.place[other] = other, at
        self.elements[to], self.place[item] = item, to
        self.marked[block] += 1

    def split(self) -> None:
        while self._touched:
            block = self._touched.pop()
            begin, count = self.first[block], self.marked[block]
            self.marked[block] = 0
            end, middle = self.past[block], begin + count
            if middle == end:
                continue
            new = len(self.first)
            if count <= end - middle:
                self.first.append(begin)
                self.past.append(middle)
                self.first[block] = middle
            else:
                self.first.append(middle)
                self.past.append(end)
                self.past[block] = middle
            self.marked.append(0)
            for item in self.members(new):
                self.block[item] = new


def useful_states(dfa: DFA) -> NDArray[np.bool_]:
    """Return the states that the initial one reaches and that reach a final one, bool (n,).

    The initial state always counts.

    Examples
    --------
    >>> useful_states(DFA(states=["p", "q"], initial="p", final=["q"])).tolist()
    [True, False]
    """
    rows: list[list[int]] = dfa.table.tolist()
    back: list[list[int]] = [[] for _ in rows]
    for source, row in enumerate(rows):
        for target in row:
            if target >= 0:
                back[target].append(source)
    forward = [[target for target in row if target >= 0] for row in rows]
    ahead = _closure([dfa.start], forward)
    behind = _closure(np.flatnonzero(dfa.accepting).tolist(), back)
    useful = np.zeros(len(rows), dtype=np.bool_)
    useful[sorted(ahead & behind)] = True
    useful[dfa.start] = True
    return useful


def _closure(start: Sequence[int], steps: Sequence[Sequence[int]]) -> set[int]:
    seen = set(start)
    pending = list(start)
    while pending:
        for target in steps[pending.pop()]:
            if target not in seen:
                seen.add(target)
                pending.append(target)
    return seen


def minimise(dfa: DFA) -> DFA:
    """Return the smallest partial deterministic automaton with the same language.

    States that cannot be reached or from which no word is accepted are dropped (the initial state
    stays), equivalent ones are merged and keep the name of the first of them.

    Parameters
    ----------
    dfa
        A partial or complete automaton.

    Returns
    -------
    DFA
        With the same alphabet; unique up to the names of its states.

    Notes
    -----
    O(n + m log m) for m transitions. J. Hopcroft, An n log n algorithm for minimizing states in a
    finite automaton (1971); in the form of A. Valmari, Fast brief practical DFA minimization,
    Information Processing Letters 112 (2012), which refines states and transitions in turn.

    Examples
    --------
    >>> dfa = DFA(states=["p", "q"], alphabet=["a"], initial="p", final=["p", "q"],
    ...           transitions=[("p", "a", "q"), ("q", "a", "p")])
    >>> minimise(dfa).transitions
    (('p', 'a', 'p'),)
    """
    useful = useful_states(dfa)
    old = np.flatnonzero(useful)
    new = np.cumsum(useful) - 1
    accepting: list[bool] = dfa.accepting[old].tolist()
    arcs: list[tuple[int, int, int]] = []
    for letter in range(len(dfa.letters)):
        targets = dfa.table[old, letter]
        for source in np.flatnonzero(targets >= 0).tolist():
            target = int(targets[source])
            if useful[target]:
                arcs.append((source, letter, int(new[target])))
    block = _refined(accepting, arcs)
    first: dict[int, int] = {}
    for state, group in enumerate(block):
        first.setdefault(group, state)
    number = {group: i for i, group in enumerate(first)}
    table = np.full((len(first), len(dfa.letters)), -1, dtype=np.int64)
    for source, letter, target in arcs:
        table[number[block[source]], letter] = number[block[target]]
    names = dfa.state_names
    return DFA.from_table(
        table,
        np.array([accepting[state] for state in first.values()], dtype=np.bool_),
        alphabet=dfa.letters,
        initial=number[block[int(new[dfa.start])]],
        states=[names[int(old[state])] for state in first.values()],
    )


def _refined(accepting: Sequence[bool], arcs: Sequence[tuple[int, int, int]]) -> list[int]:
    """Return the block of each state in the coarsest stable partition."""
    states = _Partition(
        [
            [i for i, flag in enumerate(accepting) if flag],
            [i for i, flag in enumerate(accepting) if not flag],
        ]
    )
    by_letter: dict[int, list[int]] = {}
    incoming: list[list[int]] = [[] for _ in accepting]
    for index, (_, letter, target) in enumerate(arcs):
        by_letter.setdefault(letter, []).append(index)
        incoming[target].append(index)
    cords = _Partition(list(by_letter.values()))
    done, block = 0, 1
    while done < len(cords):
        for arc in cords.members(done):
            states.mark(arcs[arc][0])
        states.split()
        done += 1
        while block < len(states):
            for state in states.members(block):
                for arc in incoming[state]:
                    cords.mark(arc)
            cords.split()
            block += 1
    return states.block


def canonical(dfa: DFA) -> DFA:
    """Return the minimal automaton with states numbered breadth-first, letters in order.

    Two automata over the same alphabet have the same language exactly when their canonical forms
    are equal.

    Parameters
    ----------
    dfa
        The automaton.

    Returns
    -------
    DFA

    Parameters
    ----------
    dfa
        A partial or complete automaton.

    Returns
    -------
    DFA
        With states ``"0"``, ``"1"``, ..., the first one initial.

    Examples
    --------
    >>> a = DFA(states=["p", "q"], initial="p", final=["p"])
    >>> canonical(a) == canonical(DFA(states=["x"], initial="x", final=["x"]))
    True
    """
    small = minimise(dfa)
    number = {small.start: 0}
    pending = deque([small.start])
    rows: list[list[int]] = small.table.tolist()
    while pending:
        for target in rows[pending.popleft()]:
            if target >= 0 and target not in number:
                number[target] = len(number)
                pending.append(target)
    order = list(number)
    table = [[number[t] if t >= 0 else -1 for t in rows[state]] for state in order]
    return DFA.from_table(
        np.array(table, dtype=np.int64).reshape(len(order), len(small.letters)),
        small.accepting[order],
        alphabet=small.letters,
    )
