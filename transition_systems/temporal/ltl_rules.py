"""Rewriting of linear temporal logic: each term is simplified when it is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from transition_systems.temporal.ltl_implication import Implication
from transition_systems.temporal.ltl_terms import Operator, Terms

__all__ = ["Rewriting"]

LETTERS, AND, OR, NEXT, UNTIL, RELEASE = Operator


class Rewriting:
    """Makes terms that are equivalent to what was asked for, and simpler.

    Parameters
    ----------
    terms
        The store that the terms go to.
    tick
        Called now and then; may raise.

    Notes
    -----
    The rules are those of K. Etessami and G. Holzmann (CONCUR 2000), F. Somenzi and R. Bloem (CAV
    2000) and T. Babiak, M. Křetínský, V. Řehák and J. Strejček (TACAS 2012): constants, absorption
    by syntactic implication, next pulled outwards, pure eventualities and universal terms,
    suspendable terms out of the operators. Each is used with its dual.

    Examples
    --------
    >>> terms = Terms(0b1111)
    >>> rewriting = Rewriting(terms)
    >>> p = terms.letters(0b1010)
    >>> rewriting.finally_(rewriting.finally_(p)) == rewriting.finally_(p)
    True
    """

    __slots__ = ("implies", "negations", "terms", "tick")

    def __init__(self, terms: Terms, tick: Callable[[], None] = lambda: None) -> None:
        self.terms, self.tick = terms, tick
        self.implies = Implication(terms)
        self.negations: dict[int, int] = {}

    def negation(self, term: int) -> int:
        """Return the negation of a term."""
        found = self.negations.get(term)
        if found is not None:
            return found
        terms = self.terms
        op, args = terms.op[term], terms.args[term]
        if op == LETTERS:
            made = terms.letters(terms.full ^ args[0])
        else:
            parts = [self.negation(arg) for arg in args]
            if op == NEXT:
                made = self.next(parts[0])
            elif op == UNTIL:
                made = self.release(parts[0], parts[1])
            elif op == RELEASE:
                made = self.until(parts[0], parts[1])
            else:
                made = self.joined(OR if op == AND else AND, parts)
        self.negations[term] = made
        self.negations.setdefault(made, term)
        return made

    def conjunction(self, parts: Iterable[int]) -> int:
        """Return the conjunction of terms."""
        return self.joined(AND, parts)

    def disjunction(self, parts: Iterable[int]) -> int:
        """Return the disjunction of terms."""
        return self.joined(OR, parts)

    def finally_(self, term: int) -> int:
        """Return that a term holds some time."""
        return self.until(self.terms.true, term)

    def globally(self, term: int) -> int:
        """Return that a term holds always."""
        return self.release(self.terms.false, term)

    def next(self, term: int) -> int:
        """Return that a term holds at the next place."""
        return term if self.terms.suspendable(term) else self.terms.make(NEXT, (term,))

    def until(self, left: int, right: int) -> int:
        """Return ``left U right``."""
        return self._binary(UNTIL, left, right)

    def release(self, left: int, right: int) -> int:
        """Return ``left R right``."""
        return self._binary(RELEASE, left, right)

    def below(self, op: Operator, left: int, right: int) -> bool:
        """Return ``left`` implies ``right`` for a conjunction or until, the converse for others."""
        return self.implies(left, right) if op in (AND, UNTIL) else self.implies(right, left)

    def _binary(self, op: Operator, left: int, right: int) -> int:
        """Return ``left op right``; comments are for until, release is its dual."""
        terms = self.terms
        idle, never = (
            (terms.true, terms.false) if op == UNTIL else (terms.false, terms.true)
        )  # F is ``true U``; ``false U b`` is b
        closed = terms.eventual if op == UNTIL else terms.universal
        if left in (never, right) or closed[right] or self.below(op, left, right):
            return right
        if left != idle and self.below(op, self.negation(left), right):
            return self._binary(op, idle, right)
        kind, inside = terms.op[right], terms.args[right]
        if kind == NEXT and (left == idle or terms.op[left] == NEXT):
            first = idle if left == idle else terms.args[left][0]
            return self.next(self._binary(op, first, inside[0]))
        if kind == op and self.below(op, left, inside[0]):
            return right
        if kind == op and left == idle:
            return self._binary(op, idle, inside[1])
        if kind in (AND, OR):
            return self._of_junction(op, left, right, idle)
        return terms.make(op, (left, right))

    def _of_junction(self, op: Operator, left: int, right: int, idle: int) -> int:
        """Pull suspendable operands out; drop ``F`` in ``F (a | F b)``."""
        terms = self.terms
        kind, inside = terms.op[right], terms.args[right]
        free = [part for part in inside if terms.suspendable(part)]
        if free:
            rest = self.joined(kind, [part for part in inside if not terms.suspendable(part)])
            return self.joined(kind, [self._binary(op, left, rest), *free])
        easy = OR if op == UNTIL else AND
        if left == idle and kind == easy:
            parts = [terms.args[part][1] if terms.op[part] == op else part for part in inside]
            if tuple(parts) != inside:
                return self._binary(op, idle, self.joined(kind, parts))
        return terms.make(op, (left, right))

    def joined(self, op: Operator, parts: Iterable[int]) -> int:
        """Return the conjunction or disjunction; comments are for the conjunction."""
        terms = self.terms
        unit, zero = (terms.true, terms.false) if op == AND else (terms.false, terms.true)
        flat: dict[int, None] = {}
        for part in parts:
            inside = terms.args[part] if terms.op[part] == op else (part,)
            flat.update(dict.fromkeys(inside))
        merged = self._merged(op, list(flat))
        if zero in merged:
            return zero
        merged = [part for part in merged if part != unit]
        kept = self._absorbed(op, merged)
        if kept is None:
            return zero
        if len(kept) > 1:
            changed = self._shortened(op, kept)
            if changed != kept:
                return self.joined(op, changed)
        if len(kept) < 2:
            return kept[0] if kept else unit
        return terms.make(op, tuple(sorted(kept)))

    def _merged(self, op: Operator, parts: list[int]) -> list[int]:
        """Join leaves, next terms, terms with a common operand, ``FG a`` with ``FG b``."""
        terms = self.terms
        leaf: int | None = None
        groups: dict[tuple[int, ...], list[int]] = {}
        rest: list[int] = []
        same, other = (RELEASE, UNTIL) if op == AND else (UNTIL, RELEASE)
        idle_same, idle_other = (
            (terms.false, terms.true) if op == AND else (terms.true, terms.false)
        )
        for part in parts:
            kind, args = terms.op[part], terms.args[part]
            if kind == LETTERS:
                bits = args[0]
                leaf = bits if leaf is None else leaf & bits if op == AND else leaf | bits
            elif kind == NEXT:
                groups.setdefault((NEXT,), []).append(args[0])
            elif kind == same:
                groups.setdefault((same, args[0]), []).append(args[1])
            elif kind == other:
                inner = args[1]
                if (
                    args[0] == idle_other
                    and terms.op[inner] == same
                    and terms.args[inner][0] == idle_same
                ):
                    groups.setdefault((other, same), []).append(terms.args[inner][1])
                else:
                    groups.setdefault((other, -1, inner), []).append(args[0])
            else:
                rest.append(part)
        if leaf is not None:
            rest.append(terms.letters(leaf))
        for key, members in groups.items():
            rest.append(self._group(op, key, members, same, other, idle_same, idle_other))
        return rest

    def _group(
        self, op: Operator, key: tuple[int, ...], members: list[int],
        same: Operator, other: Operator, idle_same: int, idle_other: int,
    ) -> int:  # fmt: skip
        together = members[0] if len(members) == 1 else self.joined(op, members)
        if key[0] == NEXT:
            return self.next(together)
        if len(key) == 3:
            return self._binary(other, together, key[2])
        if key[0] == same:
            return self._binary(same, key[1], together)
        return self._binary(other, idle_other, self._binary(same, idle_same, together))

    def _absorbed(self, op: Operator, parts: list[int]) -> list[int] | None:
        """Drop what another operand implies; ``None`` where two operands contradict each other."""
        kept = list(parts)
        for part in parts:
            self.tick()
            if any(other != part and self.below(op, other, part) for other in kept):
                kept.remove(part)
        for at, part in enumerate(kept):
            self.tick()
            against = self.negation(part)
            for other in kept[at + 1 :]:
                if self.below(op, other, against):
                    return None
        return kept

    def _shortened(self, op: Operator, parts: list[int]) -> list[int]:
        """Drop disjuncts that a conjunct excludes; fold ``b & (a | X(a R b))`` to ``a R b``."""
        terms = self.terms
        dual = OR if op == AND else AND
        made: list[int] = []
        for at, part in enumerate(parts):
            self.tick()
            if terms.op[part] == dual:
                others = [other for i, other in enumerate(parts) if i != at]
                inside = terms.args[part]
                left = [
                    arg
                    for arg in inside
                    if not any(self.below(op, other, self.negation(arg)) for other in others)
                ]
                if len(left) < len(inside):
                    made.append(self.joined(dual, left))
                    continue
            made.append(part)
        return made if made != parts else self._folded(op, parts)

    def _folded(self, op: Operator, parts: list[int]) -> list[int]:
        """Fold ``a & X G a`` to ``G a``."""
        terms = self.terms
        same = RELEASE if op == AND else UNTIL
        idle = terms.false if op == AND else terms.true
        for part in parts:
            if terms.op[part] != NEXT:
                continue
            inner = terms.args[part][0]
            inside = terms.args[inner] if terms.op[inner] == op else (inner,)
            for one in inside:
                if terms.op[one] != same or terms.args[one][0] != idle:
                    continue
                body = terms.args[one][1]
                if self._said(op, parts, body):
                    rest = [arg for arg in inside if arg != one]
                    others = [other for other in parts if other != part]
                    return [*others, one, self.next(self.joined(op, rest))]
        return parts

    def _said(self, op: Operator, parts: list[int], body: int) -> bool:
        inside = self.terms.args[body] if self.terms.op[body] == op else (body,)
        return all(any(self.below(op, part, one) for part in parts) for one in inside)
