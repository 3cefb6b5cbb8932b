"""Implication between terms of linear temporal logic, as far as syntax shows it."""

from __future__ import annotations

from transition_systems.temporal.ltl_terms import Operator, Terms

__all__ = ["Implication"]

LETTERS, AND, OR, NEXT, UNTIL, RELEASE = Operator


class Implication:
    """Whether one term implies another: ``True`` is always right, ``False`` may mean unknown.

    Parameters
    ----------
    terms
        The store of the terms.

    Notes
    -----
    Each pair is looked at once. F. Somenzi, R. Bloem: Efficient Büchi automata from LTL formulae.
    CAV 2000; T. Babiak, M. Křetínský, V. Řehák, J. Strejček: LTL to Büchi automata translation:
    fast and more deterministic. TACAS 2012.
    """

    __slots__ = ("known", "terms")

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.known: dict[tuple[int, int], bool] = {}

    def __call__(self, left: int, right: int) -> bool:
        """Return whether ``left`` surely implies ``right``."""
        terms = self.terms
        if left == right or right == terms.true or left == terms.false:
            return True
        if terms.op[left] == LETTERS and terms.op[right] == LETTERS:
            return not terms.args[left][0] & ~terms.args[right][0]
        found = self.known.get((left, right))
        if found is None:
            self.known[left, right] = False
            found = self._looked_up(left, right)
            self.known[left, right] = found
        return found

    def _looked_up(self, left: int, right: int) -> bool:
        terms = self.terms
        op, args = terms.op[left], terms.args[left]
        other, parts = terms.op[right], terms.args[right]
        if op == OR:
            return all(self(arg, right) for arg in args)
        if other == AND:
            return all(self(left, part) for part in parts)
        if op == AND and self._some(args, right):
            return True
        if other == OR and any(self(left, part) for part in parts):
            return True
        if op == NEXT and other == NEXT and self(args[0], parts[0]):
            return True
        if op == NEXT and terms.eventual[right] and self(args[0], right):
            return True
        if other == NEXT and terms.universal[left] and self(left, parts[0]):
            return True
        return self._from(left, right) or self._to(left, right)

    def _some(self, args: tuple[int, ...], right: int) -> bool:
        return any(self(arg, right) for arg in args)

    def _from(self, left: int, right: int) -> bool:
        """Use what an until or a release says about its operands."""
        terms = self.terms
        if terms.op[left] == RELEASE:
            return self(terms.args[left][1], right)
        if terms.op[left] != UNTIL:
            return False
        a, b = terms.args[left]
        if not self(b, right):
            return False
        if terms.eventual[right] or self(a, right):
            return True
        if terms.op[right] == UNTIL:
            return self(a, terms.args[right][0])
        return terms.op[right] == RELEASE and self(a, terms.args[right][1])

    def _to(self, left: int, right: int) -> bool:
        """Use what suffices for an until or a release."""
        terms = self.terms
        if terms.op[right] == UNTIL:
            return self(left, terms.args[right][1])
        if terms.op[right] != RELEASE:
            return False
        c, d = terms.args[right]
        if not self(left, d):
            return False
        if terms.universal[left] or self(left, c):
            return True
        return terms.op[left] == RELEASE and self(terms.args[left][0], c)
