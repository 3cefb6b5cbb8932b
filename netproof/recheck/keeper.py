"""What a claim says of the places of a net, and which of them a reduction may therefore take out.

Decided from the claim alone; the theorem is in the docstring of
:class:`petri.reductions.preserved.Guards`.
"""

from __future__ import annotations

from collections.abc import Iterator

from netproof.recheck.forms import Signed, Sum, conjuncts, disjuncts, exactly, most, names_of
from netproof.recheck.net_table import NetTable
from netproof.recheck.result import RefusedError
from netproof.recheck.statements import Statement, bound_of
from transition_systems.properties.predicates import (
    And,
    Atom,
    Constant,
    Dead,
    Enabled,
    Not,
    Or,
    Predicate,
)

__all__ = ["Keeper", "never"]


def never(claim: Statement) -> set[str] | None:
    """Return the transitions of the claim that none of them is ever enabled."""
    if claim.shape != "AG" or claim.predicate is None:
        return None
    names: set[str] = set()
    for leaf, positive in conjuncts(claim.predicate, claim.positive):
        if not isinstance(leaf, Enabled) or positive:
            return None
        names.add(leaf.name)
    return names


class Keeper:
    """What a claim says of the places, and which of them may therefore not go."""

    def __init__(self, claim: Statement, table: NetTable) -> None:
        self.empty: set[str] | None = None
        self.single: dict[str, int] = {}
        self.sums: list[Sum] = []
        self.exact: set[str] = set()
        self.untouched: set[str] = set()
        self.mentioned: set[str] = set()
        self.final = self.stuck = False
        self.bound = bound_of(claim) is not None
        self.free = claim.shape == "phrase" or never(claim) is not None
        if self.free:
            return
        assert claim.predicate is not None
        self.mentioned.update(names_of(claim.predicate))
        positive = claim.positive
        if claim.shape == "EF AG":
            positive = not positive
        if claim.shape in ("AG EF", "EF AG"):
            self._atoms(claim.predicate)
            self.empty = set(self._emptied(claim.predicate, positive))
            return
        for node, sign in conjuncts(claim.predicate, positive):
            self._always(node, sign, table)

    def _atoms(self, predicate: Predicate) -> None:
        waiting = [predicate]
        while waiting:
            node = waiting.pop()
            if isinstance(node, Enabled | Dead | Atom):
                raise RefusedError("no reduction carries what is said of steps or atoms there")
            if isinstance(node, And | Or):
                waiting.extend(node.operands)
            elif isinstance(node, Not):
                waiting.append(node.operand)

    def _emptied(self, predicate: Predicate, positive: bool) -> Iterator[str]:
        for node, sign in conjuncts(predicate, positive):
            exact = exactly(node, sign)
            if exact is not None and exact[1] == 0:
                yield exact[0]
            upper = most(node, sign)
            if upper is not None and upper[1] == 0:
                yield from upper[0]

    def _always(self, node: Predicate, sign: bool, table: NetTable) -> None:
        if isinstance(node, Constant):
            return
        upper = most(node, sign)
        if upper is not None:
            terms, bound = upper
            if list(terms.values()) == [1]:
                (place,) = terms
                self.single[place] = min(bound, self.single.get(place, bound))
            else:
                self.sums.append(upper)
            return
        others = disjuncts(node, sign)
        stuck = [item for item in others if isinstance(item[0], Dead) and not item[1]]
        if stuck:
            self.stuck = True
            for other, _ in others:
                if not isinstance(other, Dead):
                    self._atoms(other)
            return
        final = self._final(others, table)
        if final is not None:
            self.final = True
            self.exact |= final
            return
        self._atoms(node)
        self.untouched.update(names_of(node))

    def _final(self, others: list[Signed], table: NetTable) -> set[str] | None:
        """Return the marked places of F, where the claim is "what covers F equals F"."""
        tokens: dict[str, int] | None = None
        below: dict[str, int] = {}
        for node, sign in others:
            if isinstance(node, And) and sign:
                if tokens is not None:
                    return None
                pairs = [exactly(part, s) for part, s in conjuncts(node, sign)]
                tokens = dict(pair for pair in pairs if pair is not None)
                if len(tokens) != len(pairs):
                    return None
            else:
                least = most(node, sign)
                if least is None or len(least[0]) != 1 or set(least[0].values()) != {1}:
                    return None
                below[next(iter(least[0]))] = least[1] + 1
        marked = {place: count for place, count in below.items() if count > 0}
        complete = {place: marked.get(place, 0) for place in table.place}
        return set(marked) if tokens == complete and marked == below else None

    @property
    def indifferent(self) -> bool:
        """Whether the claim depends on no step: it says nothing of places, nor of their bounds."""
        return self.free and not self.bound

    def agglomerate(self, place: str, gains: list[dict[str, int]]) -> None:
        """Refuse what :meth:`permit` refuses; the place is empty from now on."""
        self.permit(place, gains)
        self.forget(place)

    def permit(self, place: str, gains: list[dict[str, int]]) -> None:
        """Refuse the agglomeration of a place that the claim may depend on."""
        if self.free:
            return
        if self.empty is not None:
            if place not in self.empty:
                raise RefusedError(f"{place!r} may hold tokens where the claim's goal is reached")
            return
        if place in self.exact:
            raise RefusedError(f"the claim asks for tokens in {place!r}")
        if place in self.untouched or any(not self.untouched.isdisjoint(gain) for gain in gains):
            raise RefusedError(f"the claim may change where tokens leave {place!r}")
        for terms, _ in self.sums:
            worth = terms.get(place, 0)
            if any(sum(terms.get(p, 0) * n for p, n in gain.items()) < worth for gain in gains):
                raise RefusedError(f"tokens of {place!r} may count more than where they move to")
        bound = self.single.get(place)
        if bound is not None and not any(
            self.single.get(p, bound + 1) <= bound for gain in gains for p in gain
        ):
            raise RefusedError(f"the bound of {place!r} does not follow from the bounds after it")

    def vanish(self, place: str) -> None:
        """Refuse that tokens of a place are thrown away, where the claim may depend on them."""
        if self.bound or self.final:
            raise RefusedError(f"the claim may depend on how many tokens are in {place!r}")
        self.permit(place, [{}])

    def delay(self, place: str, needs: dict[str, int]) -> None:
        """Refuse that tokens of a place are read as what they were made of."""
        if self.stuck:
            raise RefusedError(f"markings without successors may have tokens in {place!r}")
        self.permit(place, [needs])
        if self.empty is not None and self.empty.isdisjoint(needs):
            raise RefusedError(f"the claim's goal may leave what {place!r} is made of")

    def lose(self, place: str) -> None:
        """Refuse that a place goes of which the claim says something."""
        if self.bound or self.stuck or place in self.mentioned:
            raise RefusedError(f"the claim may depend on how many tokens are in {place!r}")

    def equate(self, place: str, weights: dict[str, int], constant: int) -> None:
        """Read a place as a sum; an empty sum without negative constant has only empty places."""
        if self.bound:
            raise RefusedError(f"the bound may be that of {place!r}")
        if self.empty is not None and place in self.empty:
            self.empty.discard(place)
            if constant >= 0:
                self.empty |= set(weights)
        for names in (self.exact, self.untouched, self.mentioned):
            if place in names:
                names.discard(place)
                names |= set(weights)
        for terms, _ in self.sums:
            worth = terms.pop(place, 0)
            for name, weight in weights.items() if worth else ():
                terms[name] = terms.get(name, 0) + worth * weight
        if place in self.single:
            self.sums.append((dict(weights), self.single.pop(place) - constant))

    def merge(self, place: str, other: str) -> None:
        """Read a place as another one."""
        for names in (self.empty, self.exact, self.untouched, self.mentioned):
            if names is not None and place in names:
                names.discard(place)
                names.add(other)
        if place in self.single:
            bound = self.single.pop(place)
            self.single[other] = min(bound, self.single.get(other, bound))
        for terms, _ in self.sums:
            if place in terms:
                terms[other] = terms.get(other, 0) + terms.pop(place)

    def forget(self, place: str) -> None:
        """Note that a place is empty or fixed."""
        if self.empty is not None:
            self.empty.discard(place)
        self.exact.discard(place)
        self.untouched.discard(place)
        self.single.pop(place, None)
        for terms, _ in self.sums:
            terms.pop(place, None)
