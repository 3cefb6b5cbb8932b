"""Evidence about the languages of two automata: a word, a partition, or a set of pairs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.result import RecheckResult, RefusedError, SkippedError, Watch, guarded
from netproof.recheck.state_table import integers
from transition_systems.budget import Budget
from transition_systems.evidence import ClosedSet, Evidence, PartitionEvidence, WordEvidence

__all__ = ["Automaton", "recheck_automata"]

EQUIVALENT, INCLUDED = "language equivalent", "language included"


class Automaton(Protocol):
    """What is read of an automaton; ``fsm.DFA`` and ``fsm.NFA`` have it.

    ``initial`` is one state of a deterministic automaton, or several states; the letter ``None``
    is a silent step.
    """

    @property
    def states(self) -> Iterable[str]:
        """The names of the states."""
        ...

    @property
    def transitions(self) -> Iterable[tuple[str, Any, str]]:
        """Source, letter, target."""
        ...

    @property
    def initial(self) -> str | Iterable[str]:
        """Where words begin."""
        ...

    @property
    def final(self) -> Iterable[str]:
        """The accepting states."""
        ...

    def digest(self) -> str:
        """Return the digest of the content."""
        ...


def recheck_automata(
    evidence: Evidence, left: Automaton, right: Automaton, *, budget: Budget | None = None
) -> RecheckResult:
    """Decide whether evidence proves a statement about the languages of two automata.

    Parameters
    ----------
    evidence
        A word that just one accepts (``not language equivalent``) or that the left one accepts
        and the right one does not (``not language included``); a partition of the states of both
        (``language equivalent``); a set of pairs of states (``language included``).
    left, right
        The automata, in the order in which they were compared. Partitions and pairs are about
        the states of deterministic automata; for others they are skipped.
    budget
        Seconds and bytes.

    Returns
    -------
    RecheckResult

    Notes
    -----
    O(k (n + m)) for a partition and O(k) for each pair, with k letters. A state without a step
    for a letter goes to a rejecting sink: in a partition block 0 is that of the sink, in pairs the
    sink has the number of states as its index. J. Hopcroft, R. Karp: A linear algorithm for
    testing equivalence of finite automata. 1971.

    Examples
    --------
    >>> from fsm import DFA
    >>> from fsm.equivalence import equivalent
    >>> one = DFA(states=["p"], initial="p", final=["p"])
    >>> none = DFA(states=["p"], initial="p")
    >>> recheck_automata(equivalent(one, none).evidence, one, none).status
    'passed'
    """

    def work() -> None:
        watch = Watch(budget)
        text = f"{left.digest()}\n{right.digest()}\n"
        if evidence.claim.model_digest != f"sha256:{hashlib.sha256(text.encode()).hexdigest()}":
            raise RefusedError("the evidence is about other automata: the digest differs")
        if isinstance(evidence, WordEvidence):
            _check_word(evidence, left, right, watch)
            return
        if not isinstance(evidence, PartitionEvidence | ClosedSet):
            raise RefusedError(f"evidence of kind {evidence.kind!r} is not about two automata")
        if not isinstance(left.initial, str) or not isinstance(right.initial, str):
            raise SkippedError("the evidence is about the automata made deterministic")
        letters = sorted({t[1] for automaton in (left, right) for t in automaton.transitions})
        here, there = _Table(left, letters, watch), _Table(right, letters, watch)
        if isinstance(evidence, PartitionEvidence):
            _check_partition(evidence, here, there)
        else:
            _check_pairs(evidence, here, there)

    return guarded(work)


class _Table:
    """A deterministic automaton with a rejecting sink as its last state."""

    def __init__(self, automaton: Automaton, letters: list[str], watch: Watch) -> None:
        index = {name: i for i, name in enumerate(automaton.states)}
        column = {letter: i for i, letter in enumerate(letters)}
        self.sink = len(index)
        watch.fits((self.sink + 1) * (len(letters) + 1) * 16)
        self.after = np.full((self.sink + 1, len(letters)), self.sink, dtype=np.int64)
        for source, letter, target in automaton.transitions:
            self.after[index[source], column[letter]] = index[target]
        self.final = np.zeros(self.sink + 1, dtype=np.bool_)
        self.final[[index[name] for name in automaton.final]] = True
        self.start = index[str(automaton.initial)]


def _check_word(evidence: WordEvidence, left: Automaton, right: Automaton, watch: Watch) -> None:
    accepted = [_accepts(automaton, evidence.word, watch) for automaton in (left, right)]
    side = {(True, False): "left", (False, True): "right"}.get((accepted[0], accepted[1]))
    if side is None or evidence.accepted_by != side:
        raise RefusedError("the word is not accepted by just the automaton that is named")
    proved = {f"not {EQUIVALENT}"} | ({f"not {INCLUDED}"} if side == "left" else set())
    if evidence.claim.formula not in proved:
        raise RefusedError("the word does not prove the claim")


def _accepts(automaton: Automaton, word: tuple[str, ...], watch: Watch) -> bool:
    steps: dict[tuple[str, Any], list[str]] = {}
    for source, letter, target in automaton.transitions:
        steps.setdefault((source, letter), []).append(target)

    def closed(states: set[str]) -> set[str]:
        waiting = list(states)
        while waiting:
            fresh = set(steps.get((waiting.pop(), None), ())) - states
            states |= fresh
            waiting.extend(fresh)
        return states

    first = automaton.initial
    now = closed({first} if isinstance(first, str) else set(first))
    for letter in word:
        watch.tick()
        _refuse_silent(letter)
        now = closed({after for state in now for after in steps.get((state, letter), ())})
    return not now.isdisjoint(automaton.final)


def _refuse_silent(letter: object) -> None:
    if not isinstance(letter, str):
        raise RefusedError("a letter of the word is no text")


def _check_partition(evidence: PartitionEvidence, left: _Table, right: _Table) -> None:
    if evidence.claim.formula != EQUIVALENT or evidence.relation != "language":
        raise RefusedError(f"the partition proves {EQUIVALENT!r}, not its claim")
    given = integers(evidence.block, (left.sink + right.sink,), "the partition")
    block = np.unique(np.append(given, 0), return_inverse=True)[1].reshape(-1)
    sink = len(given)
    after = np.concatenate(
        [
            np.where(left.after[:-1] == left.sink, sink, left.after[:-1]),
            np.where(right.after == right.sink, sink, right.after + left.sink),
        ]
    )
    final = np.append(left.final[:-1], right.final)
    if block[left.start] != block[left.sink + right.start]:
        raise RefusedError("the initial states are not in one block")
    one: NDArray[np.int64] = np.zeros(sink + 1, dtype=np.int64)
    one[block] = np.arange(sink + 1)
    chosen = one[block]
    if (final != final[chosen]).any():
        raise RefusedError("a block has accepting states and others")
    if (block[after] != block[after[chosen]]).any():
        raise RefusedError("a letter leads from one block into two")


def _check_pairs(evidence: ClosedSet, left: _Table, right: _Table) -> None:
    if evidence.claim.formula != INCLUDED or tuple(evidence.states.names) != ("left", "right"):
        raise RefusedError(f"the pairs prove {INCLUDED!r}, not the claim")
    rows = integers(evidence.states.rows, (len(evidence.states.rows), 2), "the set of pairs")
    here, there = rows[:, 0], rows[:, 1]
    if (rows < 0).any() or (here > left.sink).any() or (there > right.sink).any():
        raise RefusedError("a pair names a state that does not exist")
    if (left.final[here] & ~right.final[there]).any():
        raise RefusedError("in a pair the left state accepts and the right one does not")
    width = right.sink + 1
    known = np.unique(here * width + there)
    wanted = [np.array([left.start * width + right.start], dtype=np.int64)]
    wanted += [
        left.after[here, column] * width + right.after[there, column]
        for column in range(left.after.shape[1])
    ]
    if any(not np.isin(pairs, known).all() for pairs in wanted):
        raise RefusedError("a step leads out of the set of pairs")
