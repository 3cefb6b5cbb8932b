"""Deterministic finite automata, partial or complete, as immutable values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fsm.automaton_data import content_digest, known, text_list, unique
from transition_systems.errors import InputError, UsageError

__all__ = ["DFA"]

SCHEMA = "netproof/dfa/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class DFA:
    """A deterministic finite automaton; where a transition is missing, the word is rejected.

    The alphabet, the transitions and the final states are kept sorted, so that automata with the
    same parts are equal whatever order they were given in; the order of the states is kept.

    Parameters
    ----------
    states
        Names, each once.
    alphabet
        The letters, each once; a letter is any text but the empty one.
    transitions
        ``(source, letter, target)``, at most one for each source and letter.
    initial
        The initial state.
    final
        The accepting states.

    Attributes
    ----------
    table
        int64 (n_states, n_letters), read-only: the index of the successor, -1 where there is none.
    accepting
        bool (n_states,), read-only.

    Raises
    ------
    UsageError
        When a name is unknown or occurs twice, or two transitions contradict each other.

    Examples
    --------
    >>> even = DFA(states=["e", "o"], alphabet=["a"], initial="e", final=["e"],
    ...            transitions=[("e", "a", "o"), ("o", "a", "e")])
    >>> even.accepts(["a", "a"]), even.accepts(["a"]), even.is_complete
    (True, False, True)
    >>> eval(repr(even)) == even
    True
    """

    states: Iterable[str]
    alphabet: Iterable[str] = ()
    transitions: Iterable[tuple[str, str, str]] = ()
    initial: str
    final: Iterable[str] = ()
    table: NDArray[np.int64] = field(init=False, repr=False, compare=False)
    accepting: NDArray[np.bool_] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        states = unique(self.states, "state")
        alphabet = tuple(sorted(unique(self.alphabet, "letter")))
        if "" in alphabet:
            raise UsageError("the empty text is no letter")
        place = {name: i for i, name in enumerate(states)}
        letter_place = {name: i for i, name in enumerate(alphabet)}
        known([self.initial], place, "state")
        final = tuple(sorted(set(self.final)))
        known(final, place, "state")
        transitions = tuple(sorted({(s, a, t) for s, a, t in self.transitions}))
        table = np.full((len(states), len(alphabet)), -1, dtype=np.int64)
        for source, letter, target in transitions:
            known((source, target), place, "state")
            known((letter,), letter_place, "letter")
            row, column = place[source], letter_place[letter]
            if table[row, column] >= 0:
                raise UsageError(f"two transitions from {source!r} with {letter!r}")
            table[row, column] = place[target]
        accepting = np.zeros(len(states), dtype=np.bool_)
        accepting[[place[name] for name in final]] = True
        table.flags.writeable = False
        accepting.flags.writeable = False
        for name, value in (
            ("states", states), ("alphabet", alphabet), ("transitions", transitions),
            ("final", final), ("table", table), ("accepting", accepting),
        ):  # fmt: skip
            object.__setattr__(self, name, value)

    @classmethod
    def from_table(
        cls,
        table: NDArray[Any],
        accepting: NDArray[np.bool_],
        *,
        alphabet: Iterable[str],
        initial: int = 0,
        states: Iterable[str] | None = None,
    ) -> DFA:
        """Build an automaton from arrays.

        Parameters
        ----------
        table
            Integers (n_states, n_letters): the successor, negative where there is none; a column
            for each letter of ``alphabet`` in the order given.
        accepting
            bool (n_states,).
        alphabet, initial, states
            Letters; index of the initial state; names, by default ``"0"``, ``"1"``, ...

        Examples
        --------
        >>> DFA.from_table(np.array([[0]]), np.array([True]), alphabet=["a"]).transitions
        (('0', 'a', '0'),)
        """
        letters = list(alphabet)
        names = [str(i) for i in range(len(table))] if states is None else list(states)
        rows, columns = np.nonzero(np.asarray(table) >= 0)
        return cls(
            states=names,
            alphabet=letters,
            initial=names[initial],
            final=[names[i] for i in np.flatnonzero(accepting)],
            transitions=[
                (names[r], letters[c], names[int(table[r, c])])
                for r, c in zip(rows.tolist(), columns.tolist(), strict=True)
            ],
        )

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
        return len(self.table)

    @property
    def start(self) -> int:
        """The index of the initial state."""
        return self.state_names.index(self.initial)

    @property
    def is_complete(self) -> bool:
        """Whether each state has a transition for each letter."""
        return bool((self.table >= 0).all())

    def run(self, word: Iterable[str]) -> str | None:
        """Return the state after a word, ``None`` where no run reads it."""
        column = {letter: i for i, letter in enumerate(self.letters)}
        state = self.start
        for letter in word:
            index = column.get(letter)
            state = -1 if index is None else int(self.table[state, index])
            if state < 0:
                return None
        return self.state_names[state]

    def accepts(self, word: Iterable[str]) -> bool:
        """Return whether a word is in the language; O(length)."""
        state = self.run(word)
        return state is not None and state in set(self.final)

    def completed(self, alphabet: Iterable[str] = ()) -> DFA:
        """Return a complete automaton with the same language over a perhaps larger alphabet.

        A rejecting state named ``"sink"`` (or ``"sink'"`` ...) is added where it is needed.

        Examples
        --------
        >>> DFA(states=["p"], initial="p", final=["p"]).completed(["a"]).states
        ('p', 'sink')
        """
        letters = sorted({*self.letters, *alphabet})
        table = np.full((self.n_states, len(letters)), -1, dtype=np.int64)
        table[:, [letters.index(letter) for letter in self.letters]] = self.table
        names, accepting = list(self.state_names), self.accepting
        if (table < 0).any():
            sink = "sink"
            while sink in names:
                sink += "'"
            names.append(sink)
            table = np.vstack((table, np.full((1, len(letters)), -1, dtype=np.int64)))
            table[table < 0] = len(names) - 1
            accepting = np.append(accepting, False)
        return DFA.from_table(table, accepting, alphabet=letters, initial=self.start, states=names)

    def complement(self) -> DFA:
        """Return a complete automaton of all other words over the same alphabet; O(n k).

        Examples
        --------
        >>> DFA(states=["p"], initial="p", alphabet=["a"]).complement().accepts(["a"])
        True
        """
        full = self.completed()
        return DFA.from_table(
            full.table, ~full.accepting, alphabet=full.letters, initial=full.start,
            states=full.state_names,
        )  # fmt: skip

    def __and__(self, other: DFA) -> DFA:
        from fsm.product import intersection

        return intersection(self, other)

    def __or__(self, other: DFA) -> DFA:
        from fsm.product import union

        return union(self, other)

    def __sub__(self, other: DFA) -> DFA:
        from fsm.product import difference

        return difference(self, other)

    def __xor__(self, other: DFA) -> DFA:
        from fsm.product import symmetric_difference

        return symmetric_difference(self, other)

    def __invert__(self) -> DFA:
        return self.complement()

    def to_dict(self) -> dict[str, Any]:
        """Return the automaton as JSON data; :meth:`from_dict` gives an equal one."""
        return {
            "schema": SCHEMA,
            "states": list(self.states),
            "alphabet": list(self.alphabet),
            "initial": self.initial,
            "final": list(self.final),
            "transitions": [list(step) for step in self.transitions],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> DFA:
        """Rebuild an automaton from :meth:`to_dict`; raise InputError on other data."""
        try:
            if data.get("schema") != SCHEMA:
                raise InputError("not a deterministic automaton", expected=f"schema {SCHEMA!r}")
            steps = data["transitions"]
            if not all(isinstance(part, str) for step in steps for part in step):
                raise InputError("a transition is not made of texts")
            return cls(
                states=text_list(data, "states"), alphabet=text_list(data, "alphabet"),
                initial=data["initial"], final=text_list(data, "final"),
                transitions=[(s, a, t) for s, a, t in steps],
            )  # fmt: skip
        except InputError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(f"not a deterministic automaton: {error}") from error

    def digest(self) -> str:
        """Return ``"sha256:..."`` of the canonical JSON of :meth:`to_dict`."""
        return content_digest(self.to_dict())
