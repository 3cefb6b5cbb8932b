"""Transition-based generalised Büchi automata as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from transition_systems.csr import require
from transition_systems.errors import InputError, UsageError
from transition_systems.temporal.buchi_graph import (
    Edge,
    Graph,
    accepting_components,
    strong_components,
)
from transition_systems.temporal.ltl_alphabet import MAX_ATOMS

__all__ = ["BuchiAutomaton", "BuchiEdge"]

FORMAT = "netproof/buchi/1"


class BuchiEdge(NamedTuple):
    """An edge: letters and marks are sets, as the bits of integers.

    Bit ``code`` of ``letters`` stands for the letter in which atom ``i`` holds when bit ``i`` of
    ``code`` is set.
    """

    source: int
    letters: int
    marks: int
    target: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BuchiAutomaton:
    """A generalised Büchi automaton with marks on its edges; immutable, compared by value.

    A run is accepting when each of the ``n_marks`` marks is on infinitely many of its edges.

    Parameters
    ----------
    atoms
        The names of the atoms, at most 12.
    n_states
        The number of states.
    initial
        The initial states.
    n_marks
        The number of acceptance sets.
    edges
        The edges; an edge without letters is refused.

    Raises
    ------
    UsageError
        When a number is out of range.

    Examples
    --------
    >>> p_again_and_again = BuchiAutomaton(
    ...     atoms=("p",), n_states=1, initial=(0,), n_marks=1,
    ...     edges=(BuchiEdge(0, 0b01, 0, 0), BuchiEdge(0, 0b10, 1, 0)))
    >>> p_again_and_again.accepts([], [0, 1]), p_again_and_again.accepts([1], [0])
    (True, False)
    """

    atoms: tuple[str, ...]
    n_states: int
    initial: tuple[int, ...]
    n_marks: int
    edges: tuple[BuchiEdge, ...]

    def __post_init__(self) -> None:
        require(len(self.atoms) <= MAX_ATOMS, f"an automaton has at most {MAX_ATOMS} atoms")
        require(len(set(self.atoms)) == len(self.atoms), "two atoms have the same name")
        require(self.n_states >= 0 and self.n_marks >= 0, "a number is negative")
        states = range(self.n_states)
        require(all(state in states for state in self.initial), "an initial state does not exist")
        full, marks = 1 << (1 << len(self.atoms)), 1 << self.n_marks
        for edge in self.edges:
            require(edge.source in states and edge.target in states, "a state does not exist")
            require(0 < edge.letters < full, "an edge has no letters, or some that do not exist")
            require(0 <= edge.marks < marks, "an edge has a mark that does not exist")

    @classmethod
    def of_graph(cls, graph: Graph, atoms: Iterable[str]) -> BuchiAutomaton:
        """Return the automaton of an internal graph over all letters of some atoms."""
        edges = [
            BuchiEdge(source, letters, marks, target)
            for source, row in enumerate(graph.edges)
            for letters, marks, target in row
        ]
        return cls(
            atoms=tuple(atoms),
            n_states=len(graph.edges),
            initial=(graph.initial,),
            n_marks=graph.n_marks,
            edges=tuple(sorted(edges)),
        )

    def graph(self) -> Graph:
        """Return the internal graph; several initial states become a new one."""
        rows: list[list[Edge]] = [[] for _ in range(self.n_states)]
        for source, letters, marks, target in self.edges:
            rows[source].append((letters, marks, target))
        full = (1 << (1 << len(self.atoms))) - 1
        if len(self.initial) == 1:
            return Graph(full, self.n_marks, self.initial[0], rows)
        rows.append([edge for state in self.initial for edge in rows[state]])
        return Graph(full, self.n_marks, self.n_states, rows)

    @property
    def deterministic(self) -> bool:
        """Whether there is one initial state, and for each state and letter at most one edge."""
        used = [0] * self.n_states
        for source, letters, _, _ in self.edges:
            if used[source] & letters:
                return False
            used[source] |= letters
        return len(self.initial) == 1

    def accepts(self, stem: Sequence[int], cycle: Sequence[int]) -> bool:
        """Return whether the word of the stem, then the cycle for ever, is accepted.

        Parameters
        ----------
        stem, cycle
            Letters as codes; the cycle is not empty.

        Raises
        ------
        UsageError
            When the cycle is empty.
        """
        if not cycle:
            raise UsageError("the cycle of a word is not empty")
        graph = self.graph()
        word, loop = [*stem, *cycle], len(stem)
        size = len(word)
        rows: list[list[Edge]] = []
        for row in graph.edges:
            for at, letter in enumerate(word):
                after = at + 1 if at + 1 < size else loop
                rows.append([(1, m, t * size + after) for a, m, t in row if a >> letter & 1])
        joined = Graph(1, graph.n_marks, graph.initial * size, rows)
        return bool(accepting_components(joined, strong_components(rows, joined.initial)))

    def to_dict(self) -> dict[str, Any]:
        """Return the automaton as JSON data; :meth:`from_dict` gives an equal one."""
        return {
            "format": FORMAT,
            "atoms": list(self.atoms),
            "n_states": self.n_states,
            "initial": list(self.initial),
            "n_marks": self.n_marks,
            "edges": [[e.source, hex(e.letters), hex(e.marks), e.target] for e in self.edges],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> BuchiAutomaton:
        """Rebuild an automaton from :meth:`to_dict`; raises :class:`InputError` on other data."""
        try:
            if data["format"] != FORMAT:
                raise InputError("not a Büchi automaton of this version", expected=FORMAT)
            return cls(
                atoms=tuple(str(name) for name in data["atoms"]),
                n_states=int(data["n_states"]),
                initial=tuple(int(state) for state in data["initial"]),
                n_marks=int(data["n_marks"]),
                edges=tuple(
                    BuchiEdge(int(s), int(a, 16), int(m, 16), int(t))
                    for s, a, m, t in data["edges"]
                ),
            )
        except InputError:
            raise
        except (
            KeyError,
            TypeError,
            ValueError,
            AttributeError,
            OverflowError,
            UsageError,
        ) as error:
            raise InputError(f"not a Büchi automaton: {error}") from error
