"""Terms of linear temporal logic in negation normal form, each stored once.

A term is a number. Everything without temporal operators is one leaf, a set of letters as the bits
of an integer, so that boolean reasoning about states is arithmetic. The operators are next, until
and release; ``F a`` is ``true U a`` and ``G a`` is ``false R a``.
"""

from __future__ import annotations

from enum import IntEnum

__all__ = ["Operator", "Terms"]


class Operator(IntEnum):
    """What a term is."""

    LETTERS = 0
    AND = 1
    OR = 2
    NEXT = 3
    UNTIL = 4
    RELEASE = 5


LETTERS, AND, OR, NEXT, UNTIL, RELEASE = Operator


class Terms:
    """A store of terms.

    Parameters
    ----------
    full
        The set of all letters, as the bits of an integer.

    Notes
    -----
    ``eventual[t]``: a suffix with ``t`` suffices, whatever stands before it (``F a`` and what is
    built from such). ``universal[t]``: every suffix of a word with ``t`` has it (``G a``). Terms
    with both do not depend on any finite part of the word.

    K. Etessami, G. Holzmann: Optimizing Büchi automata. CONCUR 2000.

    Examples
    --------
    >>> terms = Terms(0b11)
    >>> terms.make(NEXT, (terms.letters(0b01),)) == terms.make(NEXT, (terms.letters(0b01),))
    True
    """

    __slots__ = ("args", "eventual", "false", "full", "index", "op", "true", "universal")

    def __init__(self, full: int) -> None:
        self.full = full
        self.index: dict[tuple[int, tuple[int, ...]], int] = {}
        self.op: list[Operator] = []
        self.args: list[tuple[int, ...]] = []
        self.eventual: list[bool] = []
        self.universal: list[bool] = []
        self.false = self.letters(0)
        self.true = self.letters(full)

    def letters(self, bits: int) -> int:
        """Return the leaf of a set of letters."""
        return self.make(LETTERS, (bits,))

    def make(self, op: Operator, args: tuple[int, ...]) -> int:
        """Return the term with this operator and these operands, as they are."""
        key = (int(op), args)
        found = self.index.get(key)
        if found is not None:
            return found
        eventual, universal = self._closed(op, args)
        self.index[key] = len(self.op)
        self.op.append(op)
        self.args.append(args)
        self.eventual.append(eventual)
        self.universal.append(universal)
        return len(self.op) - 1

    def _closed(self, op: Operator, args: tuple[int, ...]) -> tuple[bool, bool]:
        if op == LETTERS:
            constant = args[0] in (0, self.full)
            return constant, constant
        eventual = all(self.eventual[arg] for arg in args)
        universal = all(self.universal[arg] for arg in args)
        if op == UNTIL:
            eventual = eventual or args[0] == self.true
        elif op == RELEASE:
            universal = universal or args[0] == self.false
        return eventual, universal

    def suspendable(self, term: int) -> bool:
        """Return whether no finite part of a word matters to the term."""
        return self.eventual[term] and self.universal[term]

    def conjuncts(self, term: int) -> tuple[int, ...]:
        """Return the operands of a conjunction, none of ``true``, else the term itself."""
        if self.op[term] == AND:
            return self.args[term]
        return () if term == self.true else (term,)

    def obligation(self, term: int) -> bool:
        """Return whether the term is syntactically an obligation (Chang, Manna, Pnueli 1992)."""
        return _Classes(self).of(term)[2]


class _Classes:
    """The classes of the hierarchy that syntax shows: guarantee, safety, obligation."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.known: dict[int, tuple[bool, bool, bool]] = {}

    def of(self, term: int) -> tuple[bool, bool, bool]:
        found = self.known.get(term)
        if found is not None:
            return found
        op, args = self.terms.op[term], self.terms.args[term]
        if op == LETTERS:
            answer = (True, True, True)
        else:
            parts = [self.of(arg) for arg in args]
            guarantee, safety, obligation = (all(column) for column in zip(*parts, strict=True))
            if op == UNTIL:
                obligation = guarantee or (parts[0][2] and parts[1][0])
                safety = False
            elif op == RELEASE:
                obligation = safety or (parts[0][2] and parts[1][1])
                guarantee = False
            answer = (guarantee, safety, obligation)
        self.known[term] = answer
        return answer
