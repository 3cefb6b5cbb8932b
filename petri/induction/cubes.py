"""Cubes: sets of markings given by linear inequalities, and their exact predecessors.

A literal is ``sum(factor * tokens) >= bound``; a cube is a conjunction of literals. The markings
from which a transition leads into a cube are a cube again: its bounds move by what the transition
changes, and the transition's input arcs become literals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import gcd
from typing import Any

from petri.net import PetriNet
from transition_systems.properties.predicates import (
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
from transition_systems.properties.walk import fold_predicate, negate, predicate_children
from transition_systems.smt import load_z3

__all__ = ["Cube", "Cubes", "Literal", "inside", "subsumes"]

Terms = tuple[tuple[int, int], ...]
Literal = tuple[Terms, int]
Cube = tuple[Literal, ...]


def inside(cube: Cube, tokens: Sequence[int]) -> bool:
    """Return whether a marking is in a cube."""
    return all(sum(a * tokens[p] for p, a in terms) >= bound for terms, bound in cube)


def subsumes(general: Cube, special: Cube) -> bool:
    """Return whether each literal of one cube is implied by one of another, by its form."""
    known = dict(special)
    return all(terms in known and known[terms] >= bound for terms, bound in general)


class Cubes:
    """Cubes over the places of a net.

    Parameters
    ----------
    net
        Any place/transition net.

    Attributes
    ----------
    initial
        The tokens of the initial marking.
    needs, moves
        For each transition its input arcs, and the changes of places.
    """

    def __init__(self, net: PetriNet) -> None:
        self.net = net
        self.initial: list[int] = net.initial.to_array(net.place_ids).tolist()
        self.needs: list[dict[int, int]] = []
        self.moves: list[dict[int, int]] = []
        for number in range(len(net.transition_ids)):
            need, gives = (
                dict(zip(*(part.tolist() for part in table.row(number)), strict=True))
                for table in (net.pre_arcs, net.post_arcs)
            )
            moved = {p: gives.get(p, 0) - need.get(p, 0) for p in (*need, *gives)}
            self.needs.append(need)
            self.moves.append({p: n for p, n in moved.items() if n})
        self._touching: list[list[int]] = [[] for _ in net.place_ids]
        for number, moved in enumerate(self.moves):
            for place in moved:
                self._touching[place].append(number)

    def cube(self, literals: Iterable[tuple[Mapping[int, int], int]]) -> Cube | None:
        """Return the cube of literals in normal form; ``None`` where it is seen to be empty."""
        found: dict[Terms, int] = {}
        for factors, wanted in literals:
            bound = wanted
            terms = {p: a for p, a in factors.items() if a}
            if all(a >= 0 for a in terms.values()) and bound <= 0:
                continue
            if all(a <= 0 for a in terms.values()) and bound > 0:
                return None
            divisor = gcd(*terms.values())
            key = tuple(sorted((p, a // divisor) for p, a in terms.items()))
            bound = -(-bound // divisor)
            found[key] = max(bound, found.get(key, bound))
        for key, bound in found.items():
            opposite = tuple((p, -a) for p, a in key)
            if opposite in found and bound > -found[opposite]:
                return None
        return tuple(sorted(found.items()))

    def before(self, cube: Cube, transition: int) -> Cube | None:
        """Return the markings from which a transition leads into a cube."""
        moved = self.moves[transition]
        shifted = [
            (dict(terms), bound - sum(a * moved.get(p, 0) for p, a in terms))
            for terms, bound in cube
        ]
        return self.cube([*shifted, *(({p: 1}, n) for p, n in self.needs[transition].items())])

    def entering(self, cube: Cube) -> list[int]:
        """Return the transitions that can lead into a cube from outside."""
        found: set[int] = set()
        for terms, _ in cube:
            factors = dict(terms)
            for place in factors:
                for number in self._touching[place]:
                    moved = self.moves[number]
                    if number not in found and (
                        sum(a * moved.get(p, 0) for p, a in factors.items()) > 0
                    ):
                        found.add(number)
        return sorted(found)

    def able(self, tokens: Sequence[int], transition: int) -> bool:
        """Return whether a transition is enabled."""
        return all(tokens[p] >= n for p, n in self.needs[transition].items())

    def holds(self, goal: Predicate, tokens: Sequence[int]) -> bool:
        """Return whether a predicate holds in a marking."""
        return self._values(goal, tokens)[id(goal)]

    def implicant(self, goal: Predicate, tokens: Sequence[int]) -> Cube:
        """Return a cube inside a goal that contains a marking of the goal."""
        goal = negate(negate(goal))
        values = self._values(goal, tokens)
        literals: list[tuple[dict[int, int], int]] = []
        waiting = [goal]
        lacking: set[tuple[int, int]] = set()
        while waiting:
            node = waiting.pop()
            match node:
                case And(operands):
                    waiting.extend(operands)
                case Or(operands):
                    true = [part for part in operands if values[id(part)]]
                    waiting.append(min(true, key=lambda part: len(predicate_children(part))))
                case Compare(terms, op, bound):
                    literals += self._compared(terms, op, bound, tokens)
                case Atom(name):
                    literals.append(({self.net.place_index(name): 1}, 1))
                case Enabled(name):
                    needs = self.needs[self.net.transition_index(name)]
                    literals += [({p: 1}, n) for p, n in needs.items()]
                case Dead():
                    for number in range(len(self.needs)):
                        self._lack(number, tokens, lacking)
                case Not(Atom(name)):
                    literals.append(({self.net.place_index(name): -1}, 0))
                case Not(Enabled(name)):
                    self._lack(self.net.transition_index(name), tokens, lacking)
                case Not():
                    able = next(t for t in range(len(self.needs)) if self.able(tokens, t))
                    literals += [({p: 1}, n) for p, n in self.needs[able].items()]
                case Constant():
                    continue
        literals += [({p: -1}, 1 - n) for p, n in lacking]
        cube = self.cube(literals)
        assert cube is not None
        assert inside(cube, tokens)
        return cube

    def _lack(self, number: int, tokens: Sequence[int], lacking: set[tuple[int, int]]) -> None:
        short = [(p, n) for p, n in self.needs[number].items() if tokens[p] < n]
        if not lacking.intersection(short):
            lacking.add(short[0])

    def _compared(
        self, terms: Iterable[tuple[str, int]], op: str, bound: int, tokens: Sequence[int]
    ) -> list[tuple[dict[int, int], int]]:
        up: dict[int, int] = {}
        for name, factor in terms:
            place = self.net.place_index(name)
            up[place] = up.get(place, 0) + factor
        down = {p: -a for p, a in up.items()}
        if op == "!=":
            op = ">" if sum(a * tokens[p] for p, a in up.items()) > bound else "<"
        return {
            ">=": [(up, bound)], ">": [(up, bound + 1)],
            "<=": [(down, -bound)], "<": [(down, 1 - bound)],
            "==": [(up, bound), (down, -bound)],
        }[op]  # fmt: skip

    def _values(self, goal: Predicate, tokens: Sequence[int]) -> dict[int, bool]:
        values: dict[int, bool] = {}

        def value(node: Predicate, below: list[bool]) -> bool:
            match node:
                case Constant(known):
                    found = known
                case Compare(terms, op, bound):
                    literals = self._compared(terms, op, bound, tokens)
                    found = all(
                        sum(a * tokens[p] for p, a in up.items()) >= b for up, b in literals
                    )
                case Atom(name):
                    found = tokens[self.net.place_index(name)] >= 1
                case Enabled(name):
                    found = self.able(tokens, self.net.transition_index(name))
                case Dead():
                    found = not any(self.able(tokens, t) for t in range(len(self.needs)))
                case Not():
                    found = not below[0]
                case And():
                    found = all(below)
                case Or():
                    found = any(below)
            values[id(node)] = found
            return found

        fold_predicate(goal, value)
        return values

    def term(self, cube: Cube, marking: Sequence[Any]) -> Any:
        """Return a cube as a term of z3 on a marking."""
        z3 = load_z3()

        return z3.And([
            z3.Sum([z3.IntVal(0), *(a * marking[p] for p, a in terms)]) >= bound
            for terms, bound in cube
        ])  # fmt: skip

    def predicate(self, cube: Cube) -> Predicate:
        """Return the predicate that holds outside a cube."""
        ids = self.net.place_ids
        return Or(
            tuple(
                Compare(tuple((ids[p], a) for p, a in terms), "<", bound) for terms, bound in cube
            )
        )
