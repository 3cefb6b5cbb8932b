"""State predicates as decision diagrams of the recheck's own, and whether a set is inside one."""

from __future__ import annotations

from netproof.recheck.diagram_store import DiagramStore
from netproof.recheck.diagram_table import DiagramTable
from netproof.recheck.net_table import NetTable
from netproof.recheck.predicates import operands_of
from netproof.recheck.result import RefusedError
from transition_systems.properties.predicates import (
    And,
    Atom,
    Compare,
    Constant,
    Dead,
    Enabled,
    LastStep,
    Not,
    Or,
    Predicate,
)

__all__ = ["Predicates", "check_within"]


def check_within(diagram: DiagramTable, predicate: Predicate) -> None:
    """Refuse the set unless a predicate holds in all of it."""
    bad = Predicates(diagram)
    if bad.meets(bad.made(predicate, positive=False)):
        raise RefusedError("a marking of the diagram does not satisfy the claim's predicate")


class Predicates(DiagramStore):
    """Predicates over the places as diagrams."""

    def able(self, transition: int, *, positive: bool) -> int:
        """Return where a transition is enabled, or where it is not."""
        needs = self.diagram.table.pre[transition].items()
        if positive:
            parts = [self.at_most({place: -1}, -weight) for place, weight in needs]
        else:
            parts = [self.at_most({place: 1}, weight - 1) for place, weight in needs]
        return self.joined(parts, either=not positive)

    def compared(self, terms: dict[int, int], op: str, bound: int, *, positive: bool) -> int:
        """Return where a comparison holds, or where it does not."""
        if not positive:
            op = {"<=": ">", ">": "<=", "<": ">=", ">=": "<", "==": "!=", "!=": "=="}[op]
        opposite = {place: -factor for place, factor in terms.items()}
        strict = op in ("<", ">", "!=")
        below = self.at_most(terms, bound - strict) if op in ("<", "<=", "==", "!=") else 1
        above = self.at_most(opposite, -bound - strict) if op in (">", ">=", "==", "!=") else 1
        return self.both(below, above, either=op == "!=")

    def made(self, predicate: Predicate, *, positive: bool) -> int:
        """Return the diagram of a predicate, or of its negation, which is pushed to the leaves."""
        results: list[int] = []
        waiting = [(predicate, positive, False)]
        while waiting:
            node, sign, ready = waiting.pop()
            below = operands_of(node)
            if not below:
                results.append(self.leaf(node, positive=sign))
            elif not ready:
                waiting.append((node, sign, True))
                turned = sign != isinstance(node, Not)
                waiting.extend((operand, turned, False) for operand in below)
            elif not isinstance(node, Not):
                first = len(results) - len(below)
                results[first:] = [
                    self.joined(results[first:], either=isinstance(node, Or) == sign)
                ]
        return results[0]

    def leaf(self, node: Predicate, *, positive: bool) -> int:
        """Return the diagram of a predicate without operands, or of its negation."""
        table = self.diagram.table
        match node:
            case Constant(value):
                return int(value == positive)
            case And() | Or():
                return int(isinstance(node, And) == positive)
            case LastStep(name):
                raise RefusedError(f"{name} is about the last step, which no marking tells")
            case Atom(name):
                return self.compared({_place(table, name): 1}, ">=", 1, positive=positive)
            case Compare(terms, op, bound):
                summed: dict[int, int] = {}
                for name, factor in terms:
                    place = _place(table, name)
                    summed[place] = summed.get(place, 0) + factor
                return self.compared(summed, op, bound, positive=positive)
            case Enabled(name):
                if name not in table.transition:
                    raise RefusedError(f"the predicate names {name!r}, which is no transition")
                return self.able(table.transition[name], positive=positive)
            case Dead():
                each = [self.able(t, positive=not positive) for t in range(len(table.pre))]
                return self.joined(each, either=not positive)
            case _:
                raise RefusedError(f"this is no state predicate: {node!r:.60}")


def _place(table: NetTable, name: str) -> int:
    if name not in table.place:
        raise RefusedError(f"the predicate names {name!r}, which is no place")
    return table.place[name]
