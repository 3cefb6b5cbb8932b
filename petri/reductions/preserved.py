"""What a reduction has to preserve, and which places it may take out for that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from petri.net import PetriNet
from transition_systems.properties.predicates import (
    TRUE,
    And,
    Atom,
    Compare,
    Constant,
    Dead,
    Enabled,
    Not,
    Or,
    Predicate,
)
from transition_systems.properties.walk import names_in, subpredicates

__all__ = ["Guards", "Preserved", "zeros"]

Tokens = Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preserved:
    """The statements about a net whose truth a reduction must not change.

    Bounds of the net and the occurrence of transitions are always preserved, and so is whether a
    marking without successor that satisfies a predicate can be reached.

    Parameters
    ----------
    completion
        ``AG EF completion``; ``None`` where that is not asked.
    invariants
        ``AG P`` for each of these predicates.

    Examples
    --------
    >>> Preserved(invariants=(Compare((("p", 1),), "<=", 1),)).completion is None
    True
    """

    completion: Predicate | None = None
    invariants: tuple[Predicate, ...] = ()


class Guards:
    """Keeps track of which places may go while a net is being reduced.

    A place ``p`` is taken out by agglomeration when each transition that empties it needs nothing
    else (:mod:`petri.reductions.reduce`): a marking with tokens in ``p`` then leads, by these
    transitions, to one without that the smaller net has too. What that means for a statement:

    ``AG EF C``
        Preserved where ``C`` implies that ``p`` is empty.
    ``AG sum <= k``
        With no negative coefficient: preserved where moving the tokens on does not lower the
        sum, or, for ``p <= k`` alone, where they move on to a place for which the same statement
        has a bound of at most ``k``.
    ``AG (M >= F -> M == F)``
        For the final marking ``F``: preserved where ``F`` leaves ``p`` empty.
    any other ``AG P``
        Preserved where ``P`` depends neither on ``p`` nor on where the tokens move.
    """

    def __init__(self, net: PetriNet, preserved: Preserved) -> None:
        numbers = {place: number for number, place in enumerate(net.place_ids)}
        self.zeros: set[int] | None = None
        self.always = [_Always(net, p, numbers) for p in preserved.invariants if p != TRUE]
        self.blocked = any(statement.opaque for statement in self.always)
        self.moves = any(statement.moves for statement in self.always)
        self.touchy = any(statement.untouched for statement in self.always)
        self.concerned: set[int] = set()
        for statement in self.always:
            self.concerned |= statement.concerned()
        if preserved.completion is not None:
            self.blocked |= _opaque(preserved.completion)
            self.zeros = _known(zeros(preserved.completion), numbers)

    def free(self, place: int) -> bool:
        """Return whether a place may go wherever its tokens move on."""
        if self.touchy or place in self.concerned:
            return False
        return self.zeros is None or place in self.zeros

    def allows(self, place: int, gains: Sequence[Tokens]) -> bool:
        """Return whether a place may go whose tokens move on with one of these gains."""
        if self.zeros is not None and place not in self.zeros:
            return False
        if not self.touchy and place not in self.concerned:
            return True
        return all(statement.allows(place, gains) for statement in self.always)

    def merged(self, dropped: int, kept: int) -> None:
        """Note that a place is read as another one, which always has the same tokens."""
        if self.zeros is not None:
            _renamed(self.zeros, dropped, kept)
        _renamed(self.concerned, dropped, kept)
        for statement in self.always:
            statement.merged(dropped, kept)


class _Always:
    """One statement ``AG P``."""

    def __init__(self, net: PetriNet, predicate: Predicate, numbers: Mapping[str, int]) -> None:
        self.single: dict[int, int] = {}
        self.sums: list[dict[int, int]] = []
        self.kept: set[int] = set()
        self.opaque = False
        self.untouched: set[int] = set()
        for conjunct in _conjuncts(predicate):
            self._add(net, conjunct, numbers)
        self.moves = bool(self.single or self.sums or self.untouched)

    def _add(self, net: PetriNet, predicate: Predicate, numbers: Mapping[str, int]) -> None:
        if isinstance(predicate, Constant):
            return
        limit = _limit(predicate)
        if limit is not None:
            terms, bound = limit
            if list(terms.values()) == [1]:
                (place,) = (numbers.get(name, -1) for name in terms)
                self.single[place] = min(bound, self.single.get(place, bound))
            else:
                self.sums.append({numbers.get(name, -1): n for name, n in terms.items()})
            return
        final = _final_form(net, predicate)
        if final is not None:
            self.kept |= _known(final, numbers)
            return
        self.opaque |= _opaque(predicate)
        self.untouched |= _known(names_in(predicate)[0], numbers)

    def concerned(self) -> set[int]:
        """Return the places whose own tokens the statement is about."""
        return {*self.kept, *self.untouched, *self.single, *(p for s in self.sums for p in s)}

    def allows(self, place: int, moves: Sequence[Tokens]) -> bool:
        """Return whether a place may go."""
        if place in self.kept or place in self.untouched:
            return False
        if not self.moves:
            return True
        if self.untouched and any(not self.untouched.isdisjoint(gain) for gain in moves):
            return False
        for terms in self.sums:
            worth = terms.get(place, 0)
            if worth and any(
                sum(terms.get(p, 0) * n for p, n in gain.items()) < worth for gain in moves
            ):
                return False
        bound = self.single.get(place)
        if bound is None:
            return True
        return any(self.single.get(p, bound + 1) <= bound for gain in moves for p in gain)

    def merged(self, dropped: int, kept: int) -> None:
        """Read a place as another."""
        _renamed(self.kept, dropped, kept)
        _renamed(self.untouched, dropped, kept)
        if dropped in self.single:
            bound = self.single.pop(dropped)
            self.single[kept] = min(bound, self.single.get(kept, bound))
        for terms in self.sums:
            if dropped in terms:
                terms[kept] = terms.get(kept, 0) + terms.pop(dropped)


def _known(names: Iterable[str], numbers: Mapping[str, int]) -> set[int]:
    return {numbers[name] for name in names if name in numbers}


def _renamed(names: set[int], dropped: int, kept: int) -> None:
    if dropped in names:
        names.discard(dropped)
        names.add(kept)


def _opaque(predicate: Predicate) -> bool:
    return any(isinstance(p, Enabled | Dead | Atom) for p in subpredicates(predicate))


def _conjuncts(predicate: Predicate) -> list[Predicate]:
    found: list[Predicate] = []
    waiting = [predicate]
    while waiting:
        node = waiting.pop()
        if isinstance(node, And):
            waiting.extend(reversed(node.operands))
        else:
            found.append(node)
    return found


def _limit(predicate: Predicate) -> tuple[dict[str, int], int] | None:
    """Return the terms and bound of ``sum <= bound`` without negative coefficients."""
    if not isinstance(predicate, Compare) or predicate.op not in ("<=", "<"):
        return None
    terms = dict(predicate.terms)
    if len(terms) < len(predicate.terms):
        terms = {}
        for name, weight in predicate.terms:
            terms[name] = terms.get(name, 0) + weight
    least = min(terms.values(), default=1)
    if least < 0:
        return None
    if least == 0:
        terms = {name: weight for name, weight in terms.items() if weight}
    return terms, predicate.bound - (predicate.op == "<")


def zeros(predicate: Predicate) -> list[str]:
    """Return the places that are empty wherever a predicate holds, as far as its form tells."""
    found: list[str] = []
    for conjunct in _conjuncts(predicate):
        if isinstance(conjunct, Compare) and conjunct.op == "==":
            conjunct = Compare(conjunct.terms, "<=", conjunct.bound)
        limit = _limit(conjunct)
        if limit is not None and limit[1] == 0:
            found.extend(limit[0])
    return found


def _final_form(net: PetriNet, predicate: Predicate) -> set[str] | None:
    """Return the marked places of ``F`` where a predicate says ``M >= F -> M == F``."""
    if not isinstance(predicate, Or) or len(predicate.operands) != 2:
        return None
    negative, equal = predicate.operands
    if not isinstance(negative, Not):
        return None
    above: dict[str, int] = {}
    for conjunct in _conjuncts(negative.operand):
        if not isinstance(conjunct, Compare) or conjunct.op != ">=" or len(conjunct.terms) != 1:
            return None
        ((name, weight),) = conjunct.terms
        if weight != 1 or conjunct.bound < 1:
            return None
        above[name] = conjunct.bound
    exact: dict[str, int] = {}
    for conjunct in _conjuncts(equal):
        if not isinstance(conjunct, Compare) or conjunct.op != "==" or len(conjunct.terms) != 1:
            return None
        ((name, weight),) = conjunct.terms
        if weight != 1 or exact.get(name, conjunct.bound) != conjunct.bound:
            return None
        exact[name] = conjunct.bound
    wanted = {place: above.get(place, 0) for place in net.place_ids}
    return set(above) if exact == wanted else None
