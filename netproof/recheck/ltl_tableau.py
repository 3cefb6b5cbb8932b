"""The tableau of a formula of linear temporal logic, letter by letter, from the expansion laws.

An obligation is a subformula that must hold (an even number) or must not (an odd one). In one
letter a set of obligations leads to pairs of what must hold next and what is put off. Only minimal
pairs are kept: whatever follows from a larger pair follows from a smaller one, too.
"""

from __future__ import annotations

from netproof.recheck.ltl_words import Seen
from netproof.recheck.result import RefusedError, SkippedError, Watch
from transition_systems.properties.formulas import (
    Binary,
    Conjunction,
    Disjunction,
    Implication,
    Negation,
    State,
    Unary,
)

__all__ = ["NOTHING", "Duties", "Tableau"]

Duties = frozenset[int]
Pair = tuple[Duties, Duties]
NOTHING: Duties = frozenset()
MOST_PAIRS = 100_000


class Tableau:
    """What obligations say of now, next and later, in one letter after the other."""

    def __init__(self, world: Seen, watch: Watch) -> None:
        self.world, self.watch = world, watch
        self.place = 0
        self.known: dict[int, set[Pair]] = {}

    def moves(self, duties: Duties, place: int) -> set[Pair]:
        """Return the minimal pairs of a set of obligations in the letter of a state."""
        if place != self.place:
            self.place, self.known = place, {}
        return self.all([self.of(duty) for duty in duties])

    def all(self, factors: list[set[Pair]]) -> set[Pair]:
        made: set[Pair] = {(NOTHING, NOTHING)}
        for factor in factors:
            self.watch.tick()
            if len(made) * len(factor) > MOST_PAIRS:
                raise SkippedError("the tableau of the formula is too large to be made again")
            made = _minimal({(n | m, p | q) for n, p in made for m, q in factor})
        return made

    def of(self, duty: int) -> set[Pair]:
        if duty not in self.known:
            self.known[duty] = _minimal(self._of(duty))
        return self.known[duty]

    def _of(self, duty: int) -> set[Pair]:
        node, no = self.world.nodes[duty >> 1], duty & 1
        parts = [2 * part + no for part in self.world.parts[duty >> 1]]
        again: Pair = (frozenset((duty,)), NOTHING)
        put_off: Pair = (frozenset((duty,)), frozenset((duty,)))
        match node:
            case State(predicate=predicate):
                holds = bool(self.world.truth[predicate][self.place])
                return {(NOTHING, NOTHING)} if holds != bool(no) else set()
            case Negation():
                return self.of(parts[0] ^ 1)
            case Implication():
                return self._some_or_all([parts[0] ^ 1, parts[1]], bool(no))
            case Conjunction():
                return self._some_or_all(parts, not no)
            case Disjunction():
                return self._some_or_all(parts, bool(no))
            case Unary(operator="X"):
                return {(frozenset(parts), NOTHING)}
            case Unary(operator="F"):
                now = self.of(parts[0])
                return self.all([now, {again}]) if no else now | {put_off}
            case Unary(operator="G"):
                now = self.of(parts[0])
                return now | {put_off} if no else self.all([now, {again}])
            case Binary(operator=operator):
                return self._binary(operator, parts, bool(no), again, put_off)
            case _:
                raise RefusedError("an operator that is not of linear temporal logic")

    def _binary(
        self, operator: str, parts: list[int], no: bool, again: Pair, put_off: Pair
    ) -> set[Pair]:
        left, right = self.of(parts[0]), self.of(parts[1])
        match operator, no:
            case ("U", False) | ("R", True):
                return right | self.all([left, {put_off}])
            case ("U", True) | ("R", False):
                return self.all([right, left | {again}])
            case ("W", False):
                return right | self.all([left, {again}])
            case ("W", True):
                return self.all([right, left | {put_off}])
            case _:
                raise RefusedError("an operator that is not of linear temporal logic")

    def _some_or_all(self, parts: list[int], every: bool) -> set[Pair]:
        found = [self.of(part) for part in parts]
        return self.all(found) if every else set().union(*found)


def _minimal(pairs: set[Pair]) -> set[Pair]:
    return {
        (n, p)
        for n, p in pairs
        if not any(m <= n and q <= p and (m, q) != (n, p) for m, q in pairs)
    }
