"""The letters that a formula of linear temporal logic reads: truth values of state predicates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from transition_systems.errors import UnsupportedError
from transition_systems.properties.formulas import Formula
from transition_systems.properties.predicates import (
    And,
    Constant,
    Not,
    Or,
    Predicate,
)
from transition_systems.properties.walk import fold_predicate, predicates_in, subpredicates

__all__ = ["MAX_ATOMS", "Alphabet", "elementary"]

MAX_ATOMS = 12


def _elements(formula: Formula) -> Iterator[Predicate]:
    for predicate in predicates_in(formula):
        for node in subpredicates(predicate):
            if not isinstance(node, (And, Or, Not, Constant)):
                yield node


def elementary(formula: Formula) -> tuple[Predicate, ...]:
    """Return the predicates that a formula is made of, without connectives, each once.

    Examples
    --------
    >>> from transition_systems.properties.parse import parse_formula
    >>> elementary(parse_formula("G (p -> F (q && !p))"))
    (Atom(name='p'), Atom(name='q'))
    """
    return tuple(dict.fromkeys(_elements(formula)))


class Alphabet:
    """Letters: truth values of elementary predicates.

    Parameters
    ----------
    predicates
        The elementary predicates; predicate ``i`` holds in the letter ``code`` when bit ``i`` of
        the code is set.
    codes
        The codes of the letters that occur; by default all.

    Raises
    ------
    UnsupportedError
        For more than :data:`MAX_ATOMS` predicates where the codes are not given.

    Examples
    --------
    >>> from transition_systems.properties.predicates import Atom
    >>> alphabet = Alphabet((Atom("p"), Atom("q")))
    >>> bin(alphabet.full), bin(alphabet.having(0)), bin(alphabet.having(1))
    ('0b1111', '0b1010', '0b1100')
    """

    __slots__ = ("codes", "full", "predicates")

    def __init__(self, predicates: Sequence[Predicate], codes: Sequence[int] | None = None) -> None:
        self.predicates = tuple(predicates)
        if codes is None and len(self.predicates) > MAX_ATOMS:
            raise UnsupportedError(
                f"a formula over {len(self.predicates)} different state predicates: its automaton "
                f"reads letters over at most {MAX_ATOMS}"
            )
        self.codes = tuple(range(1 << len(self.predicates)) if codes is None else codes)
        self.full = (1 << len(self.codes)) - 1

    def having(self, index: int) -> int:
        """Return the set of the letters in which a predicate holds, as bits."""
        if len(self.codes) == 1 << len(self.predicates) and self.codes[-1] == len(self.codes) - 1:
            half = 1 << index
            block = ((1 << half) - 1) << half
            size = 2 * half
            while size < len(self.codes):
                block |= block << size
                size *= 2
            return block
        flags = (np.array(self.codes, dtype=np.int64) >> index & 1).astype(np.uint8)
        packed = np.packbits(flags, bitorder="little")
        return int.from_bytes(packed.tobytes(), "little")

    def letters_with(self, predicate: Predicate) -> int:
        """Return the set of the letters in which a predicate over the elements holds."""
        place = {element: i for i, element in enumerate(self.predicates)}
        if predicate in place:
            return self.having(place[predicate])

        def combine(node: Predicate, parts: list[int]) -> int:
            match node:
                case Constant(value=value):
                    return self.full if value else 0
                case Not():
                    return self.full ^ parts[0]
                case And():
                    bits = self.full
                    for part in parts:
                        bits &= part
                    return bits
                case Or():
                    bits = 0
                    for part in parts:
                        bits |= part
                    return bits
                case _:
                    return self.having(place[node])

        return fold_predicate(predicate, combine)
