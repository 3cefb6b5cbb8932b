"""Nondeterministic finite automata with silent steps, and their determinisation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fsm.automaton_data import content_digest, known, text_list, unique
from fsm.dfa import DFA
from transition_systems.budget import Budget
from transition_systems.errors import InputError, UndecidedError, UsageError

__all__ = ["NFA", "Subsets", "determinise", "without_epsilon"]

SCHEMA = "netproof/nfa/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class NFA:
    """A nondeterministic finite automaton; the letter ``None`` is a silent step (epsilon).

    Parameters
    ----------
    states, alphabet
        Names, each once; the alphabet is kept sorted.
    transitions
        ``(source, letter or None, target)``; kept sorted, silent ones first.
    initial, final
        Sets of states; kept sorted.

    Raises
    ------
    UsageError
        When a name is unknown or occurs twice.

    Examples
    --------
    >>> nfa = NFA(states=["p", "q"], alphabet=["a"], initial=["p"], final=["q"],
    ...           transitions=[("p", "a", "p"), ("p", None, "q")])
    >>> nfa.accepts(["a", "a"]), eval(repr(nfa)) == nfa
    (True, True)
    """

    states: Iterable[str]
    alphabet: Iterable[str] = ()
    transitions: Iterable[tuple[str, str | None, str]] = ()
    initial: Iterable[str] = ()
    final: Iterable[str] = ()

    def __post_init__(self) -> None:
        states = unique(self.states, "state")
        alphabet = tuple(sorted(unique(self.alphabet, "letter")))
        if "" in alphabet:
            raise UsageError("the empty text is no letter")
        place = {name: i for i, name in enumerate(states)}
        letters = {name: i for i, name in enumerate(alphabet)}
        initial, final = tuple(sorted(set(self.initial))), tuple(sorted(set(self.final)))
        known((*initial, *final), place, "state")
        steps = sorted(
            {(s, a, t) for s, a, t in self.transitions},
            key=lambda step: (step[0], step[1] is not None, step[1] or "", step[2]),
        )
        for source, letter, target in steps:
            known((source, target), place, "state")
            if letter is not None:
                known((letter,), letters, "letter")
        for name, value in (
            ("states", states), ("alphabet", alphabet), ("transitions", tuple(steps)),
            ("initial", initial), ("final", final),
        ):  # fmt: skip
            object.__setattr__(self, name, value)

    @property
    def state_names(self) -> tuple[str, ...]:
        """The states as a tuple."""
        return tuple(self.states)

    @property
    def letters(self) -> tuple[str, ...]:
        """The alphabet as a sorted tuple."""
        return tuple(self.alphabet)

    @property
    def n_states(self) -> int:
        """The number of states."""
        return len(self.state_names)

    def accepts(self, word: Iterable[str]) -> bool:
        """Return whether a word is in the language; O(length times transitions)."""
        subsets = Subsets(self)
        current: frozenset[int] = subsets.start
        for letter in word:
            current = subsets.after(current, letter)
        return subsets.accepting(current)

    def to_dict(self) -> dict[str, Any]:
        """Return the automaton as JSON data; :meth:`from_dict` gives an equal one."""
        return {
            "schema": SCHEMA,
            "states": list(self.states),
            "alphabet": list(self.alphabet),
            "initial": list(self.initial),
            "final": list(self.final),
            "transitions": [list(step) for step in self.transitions],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> NFA:
        """Rebuild an automaton from :meth:`to_dict`; raise InputError on other data."""
        try:
            if data.get("schema") != SCHEMA:
                raise InputError("not a nondeterministic automaton", expected=f"schema {SCHEMA!r}")
            steps = [(s, a, t) for s, a, t in data["transitions"]]
            if not all(isinstance(s, str) and isinstance(t, str) for s, _, t in steps):
                raise InputError("a transition is not made of texts")
            return cls(
                states=text_list(data, "states"), alphabet=text_list(data, "alphabet"),
                initial=text_list(data, "initial"), final=text_list(data, "final"),
                transitions=steps,
            )  # fmt: skip
        except InputError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(f"not a nondeterministic automaton: {error}") from error

    def digest(self) -> str:
        """Return ``"sha256:..."`` of the canonical JSON of :meth:`to_dict`."""
        return content_digest(self.to_dict())

    @classmethod
    def from_dfa(cls, dfa: DFA) -> NFA:
        """Return a deterministic automaton as a nondeterministic one."""
        return cls(
            states=dfa.states, alphabet=dfa.alphabet, initial=[dfa.initial], final=dfa.final,
            transitions=dfa.transitions,
        )  # fmt: skip


class Subsets:
    """The sets of states that an automaton can be in, silent steps closed."""

    def __init__(self, nfa: NFA) -> None:
        place = {name: i for i, name in enumerate(nfa.state_names)}
        self._silent: list[list[int]] = [[] for _ in place]
        self._steps: list[dict[str, list[int]]] = [{} for _ in place]
        for source, letter, target in nfa.transitions:
            if letter is None:
                self._silent[place[source]].append(place[target])
            else:
                self._steps[place[source]].setdefault(letter, []).append(place[target])
        self._final = frozenset(place[name] for name in nfa.final)
        self.start = self.closed(place[name] for name in nfa.initial)

    def closed(self, states: Iterable[int]) -> frozenset[int]:
        """Return the states and all that silent steps reach from them."""
        seen = set(states)
        pending = list(seen)
        while pending:
            for target in self._silent[pending.pop()]:
                if target not in seen:
                    seen.add(target)
                    pending.append(target)
        return frozenset(seen)

    def after(self, states: frozenset[int], letter: str) -> frozenset[int]:
        """Return the closed set of states after a letter."""
        return self.closed(t for state in states for t in self._steps[state].get(letter, ()))

    def letters(self, states: frozenset[int]) -> list[str]:
        """Return the letters that some state of a set can read, sorted."""
        return sorted({letter for state in states for letter in self._steps[state]})

    def accepting(self, states: frozenset[int]) -> bool:
        """Return whether a set holds a final state."""
        return not self._final.isdisjoint(states)


def determinise(nfa: NFA, *, budget: Budget | None = None) -> DFA:
    """Return a partial deterministic automaton with the same language, by subsets.

    States are numbered breadth-first, letters in alphabetical order; the empty set is left out.

    Parameters
    ----------
    nfa
        The automaton; silent steps are closed.
    budget
        What the construction may use.

    Returns
    -------
    DFA
        With states ``"0"``, ``"1"``, ..., the first one initial.

    Raises
    ------
    UndecidedError
        When the budget ends.

    Notes
    -----
    O(2^n) states at worst. M. O. Rabin, D. Scott, Finite automata and their decision problems,
    IBM J. Res. Dev. 3 (1959).

    Examples
    --------
    >>> nfa = NFA(states=["p", "q"], alphabet=["a"], initial=["p"], final=["q"],
    ...           transitions=[("p", "a", "p"), ("p", "a", "q")])
    >>> determinise(nfa).transitions
    (('0', 'a', '1'), ('1', 'a', '1'))
    """
    meter = (budget or Budget()).start()
    subsets = Subsets(nfa)
    number: dict[frozenset[int], int] = {subsets.start: 0}
    order: list[frozenset[int]] = [subsets.start]
    rows: list[tuple[str, str, str]] = []
    for source, current in enumerate(order):
        reason = meter.exhausted(states=len(order))
        if reason is not None:
            raise UndecidedError(f"the automaton was not made deterministic: {reason}")
        for letter in subsets.letters(current):
            target = subsets.after(current, letter)
            if target not in number:
                number[target] = len(order)
                order.append(target)
            rows.append((str(source), letter, str(number[target])))
    return DFA(
        states=[str(i) for i in range(len(order))],
        alphabet=nfa.alphabet,
        transitions=rows,
        initial="0",
        final=[str(i) for i, states in enumerate(order) if subsets.accepting(states)],
    )


def without_epsilon(nfa: NFA) -> NFA:
    """Return an automaton with the same states and language and without silent steps; O(n m).

    Parameters
    ----------
    nfa
        The automaton.

    Returns
    -------
    NFA

    Parameters
    ----------
    nfa
        The automaton.

    Returns
    -------
    NFA
        Final are the states from which silent steps reach a final one.

    Examples
    --------
    >>> nfa = NFA(states=["p", "q"], initial=["p"], final=["q"], transitions=[("p", None, "q")])
    >>> without_epsilon(nfa).final
    ('p', 'q')
    """
    subsets = Subsets(nfa)
    names = nfa.state_names
    final: list[str] = []
    steps: list[tuple[str, str | None, str]] = []
    for index, name in enumerate(names):
        around = subsets.closed([index])
        if subsets.accepting(around):
            final.append(name)
        for letter in subsets.letters(around):
            steps.extend((name, letter, names[t]) for t in subsets.after(around, letter))
    return NFA(
        states=names, alphabet=nfa.alphabet, transitions=steps, initial=nfa.initial, final=final
    )
