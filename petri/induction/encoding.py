"""A net and its predicates as z3 terms over integers."""

from __future__ import annotations

from operator import eq, ge, gt, le, lt, ne
from typing import Any

from petri.net import PetriNet
from transition_systems.budget import Budget
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
from transition_systems.smt import all_of, any_of, load_z3

__all__ = ["Encoding"]

# Nodes of a predicate between two looks at the clock.
NODES = 64
COMPARE: dict[str, Any] = {"<=": le, ">=": ge, "==": eq, "!=": ne, "<": lt, ">": gt}


class Encoding:
    """Terms of one net.

    Parameters
    ----------
    net
        The net.
    budget
        Its seconds bound how long terms are made.
    """

    def __init__(self, net: PetriNet, budget: Budget | None = None) -> None:
        self.net = net
        self._meter = (budget or Budget()).start()
        offsets, places, weights = net.pre_arcs
        self.pre = [
            [(int(places[a]), int(weights[a])) for a in range(offsets[t], offsets[t + 1])]
            for t in range(len(net.transition_ids))
        ]
        offsets, places, weights = net.post_arcs
        self.post = [
            [(int(places[a]), int(weights[a])) for a in range(offsets[t], offsets[t + 1])]
            for t in range(len(net.transition_ids))
        ]

    def effect(self, transition: int) -> dict[int, int]:
        """Return the change of each place by a transition, zeros left out."""
        change: dict[int, int] = {}
        for place, weight in self.pre[transition]:
            change[place] = change.get(place, 0) - weight
        for place, weight in self.post[transition]:
            change[place] = change.get(place, 0) + weight
        return {place: delta for place, delta in change.items() if delta}

    def enabled(self, transition: int, marking: list[Any]) -> Any:
        """Return the term "the transition is enabled in the marking"."""
        return all_of([marking[place] >= weight for place, weight in self.pre[transition]])

    def predicate(self, predicate: Predicate, marking: list[Any]) -> Any:
        """Return the term of a state predicate on a marking (a list of integer terms).

        Raises
        ------
        UsageError
            When the predicate names a place or transition that the net does not have.
        UndecidedError
            When the time is used up.
        """
        z3 = load_z3()

        done: dict[int, Any] = {}
        stack: list[tuple[Predicate, bool]] = [(predicate, False)]
        while stack:
            node, ready = stack.pop()
            if not ready and isinstance(node, Not | And | Or):
                stack.append((node, True))
                children = (node.operand,) if isinstance(node, Not) else node.operands
                stack.extend((child, False) for child in children)
                continue
            if len(done) % NODES == NODES - 1:
                self._meter.require_time()
            done[id(node)] = self._term(node, marking, done, z3)
        return done[id(predicate)]

    def _term(self, node: Predicate, marking: list[Any], done: dict[int, Any], z3: Any) -> Any:
        match node:
            case Constant(value):
                return z3.BoolVal(value)
            case Compare(terms, op, bound):
                total = z3.Sum(
                    [z3.IntVal(0)] + [k * marking[self.net.place_index(p)] for p, k in terms]
                )
                return COMPARE[op](total, bound)
            case Atom(name):
                return marking[self.net.place_index(name)] >= 1
            case Enabled(name):
                return self.enabled(self.net.transition_index(name), marking)
            case Dead():
                count = len(self.net.transition_ids)
                stuck: list[Any] = []
                for t in range(count):
                    self._meter.require_time()
                    stuck.append(z3.Not(self.enabled(t, marking)))
                return all_of(stuck)
            case Not(operand):
                return z3.Not(done[id(operand)])
            case And(operands):
                return all_of([done[id(operand)] for operand in operands])
            case Or(operands):
                return any_of([done[id(operand)] for operand in operands])
