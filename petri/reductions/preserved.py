"""What a reduction has to preserve, and which places it may take out for that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from petri.net import PetriNet
from petri.reductions.predicate_forms import conjuncts, final_form, limit, opaque, zeros
from transition_systems.properties.predicates import TRUE, Constant, Predicate
from transition_systems.properties.walk import names_in

__all__ = ["Guards", "Preserved"]

Tokens = Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preserved:
    """The statements about a net whose truth a reduction must not change.

    The occurrence of transitions is always preserved. With the default of ``bounds`` and
    ``deadlock`` only rules are applied by which each marking of the smaller net is one of the net,
    with the places that went empty, equal to another one or fixed.

    Parameters
    ----------
    completion
        ``AG EF completion``; ``None`` where that is not asked.
    invariants
        ``AG P`` for each of these predicates.
    bounds
        ``"least"``: the least bound of the net, up to the places that never change;
        ``"finite"``: whether it has a bound; ``"none"``: neither.
    deadlock
        Whether, for any predicate, a marking without successor that satisfies it can be reached.

    Examples
    --------
    >>> from transition_systems.properties.predicates import Compare
    >>> Preserved(invariants=(Compare((("p", 1),), "<=", 1),)).completion is None
    True
    """

    completion: Predicate | None = None
    invariants: tuple[Predicate, ...] = ()
    bounds: Literal["least", "finite", "none"] = "least"
    deadlock: bool = True


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

    Where a place went because it has always ``constant + sum of weight x place`` tokens, the
    statements are read with this sum in its stead, and so is what is kept here of them.
    """

    def __init__(self, net: PetriNet, preserved: Preserved) -> None:
        numbers = net.place_numbers
        self.bounds, self.deadlock = preserved.bounds, preserved.deadlock
        self.zeros: set[int] | None = None
        self.always = [_Always(net, p, numbers) for p in preserved.invariants if p != TRUE]
        self.blocked = any(statement.opaque for statement in self.always)
        self.moves = any(statement.moves for statement in self.always)
        self.touchy = any(statement.untouched for statement in self.always)
        self.concerned: set[int] = set()
        for statement in self.always:
            self.concerned |= statement.concerned()
        if preserved.completion is not None:
            self.blocked |= opaque(preserved.completion)
            self.zeros = _known(zeros(preserved.completion), numbers)
        self.mentioned: set[int] = set()
        if self.bounds == "none" and not self.deadlock:
            for predicate in (*preserved.invariants, preserved.completion or TRUE):
                self.mentioned |= _known(names_in(predicate)[0], numbers)

    def free(self, places: Iterable[int]) -> set[int]:
        """Return which of some places may go wherever their tokens move on."""
        if self.touchy:
            return set()
        found = set(places) - self.concerned
        return found if self.zeros is None else found & self.zeros

    def allows(self, place: int, gains: Sequence[Tokens]) -> bool:
        """Return whether a place may go whose tokens move on with one of these gains."""
        if self.zeros is not None and place not in self.zeros:
            return False
        if not self.touchy and place not in self.concerned:
            return True
        return all(statement.allows(place, gains) for statement in self.always)

    def ignores(self, place: int) -> bool:
        """Return whether nothing that is preserved depends on the tokens of a place."""
        return self.bounds == "none" and not self.deadlock and place not in self.mentioned

    def vanishes(self, place: int) -> bool:
        """Return whether a place may go whose tokens can always be thrown away.

        As for tokens that move on, to nowhere; but a marking above ``F`` may then become ``F``.
        """
        if self.bounds != "none" or any(statement.final for statement in self.always):
            return False
        return self.allows(place, ({},))

    def delays(self, place: int, needs: Tokens) -> bool:
        """Return whether a place may go whose tokens are taken back to where they came from.

        A marking with ``k`` tokens in ``place`` is one of the smaller net without these and with
        ``k`` times ``needs``. It has a way to a marking that satisfies ``C`` by which all these
        are used, and so has the former, where ``C`` wants one of the needed places empty.
        """
        if self.deadlock or not self.allows(place, (needs,)):
            return False
        return self.zeros is None or not self.zeros.isdisjoint(needs)

    def equated(self, place: int, terms: Tokens, constant: int) -> None:
        """Note that a place is read as a constant and a sum of others, with positive weights."""
        if self.zeros is not None and place in self.zeros:
            self.zeros.discard(place)
            if constant >= 0:
                self.zeros.update(terms)
        for names in (self.concerned, self.mentioned):
            _spread(names, place, terms)
        for statement in self.always:
            statement.equated(place, terms)

    def merged(self, dropped: int, kept: int) -> None:
        """Note that a place is read as another one, which always has the same tokens."""
        if self.zeros is not None:
            _renamed(self.zeros, dropped, kept)
        _renamed(self.concerned, dropped, kept)
        _renamed(self.mentioned, dropped, kept)
        for statement in self.always:
            statement.merged(dropped, kept)


class _Always:
    """One statement ``AG P``."""

    def __init__(self, net: PetriNet, predicate: Predicate, numbers: Mapping[str, int]) -> None:
        self.single: dict[int, int] = {}
        self.sums: list[dict[int, int]] = []
        self.kept: set[int] = set()
        self.opaque = self.final = False
        self.untouched: set[int] = set()
        for conjunct in conjuncts(predicate):
            self._add(net, conjunct, numbers)
        self.moves = bool(self.single or self.sums or self.untouched)

    def _add(self, net: PetriNet, predicate: Predicate, numbers: Mapping[str, int]) -> None:
        if isinstance(predicate, Constant):
            return
        upper = limit(predicate)
        if upper is not None:
            terms, bound = upper
            if list(terms.values()) == [1]:
                (place,) = (numbers.get(name, -1) for name in terms)
                self.single[place] = min(bound, self.single.get(place, bound))
            else:
                self.sums.append({numbers.get(name, -1): n for name, n in terms.items()})
            return
        final = final_form(net, predicate)
        if final is not None:
            self.final = True
            self.kept |= _known(final, numbers)
            return
        self.opaque |= opaque(predicate)
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

    def equated(self, place: int, terms: Tokens) -> None:
        """Read a place as a sum of others, and a constant.

        ``kept``: what the sum of a marked place of ``F`` counts must not become less.
        """
        _spread(self.kept, place, terms)
        _spread(self.untouched, place, terms)
        for known in self.sums:
            worth = known.pop(place, 0)
            for name, weight in terms.items() if worth else ():
                known[name] = known.get(name, 0) + worth * weight
        if self.single.pop(place, None) is not None:
            self.sums.append(dict(terms))

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
    return {number for number in map(numbers.get, names) if number is not None}


def _spread(names: set[int], place: int, terms: Tokens) -> None:
    if place in names:
        names.discard(place)
        names.update(terms)


def _renamed(names: set[int], dropped: int, kept: int) -> None:
    if dropped in names:
        names.discard(dropped)
        names.add(kept)
