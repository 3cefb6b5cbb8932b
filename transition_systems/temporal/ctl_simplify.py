"""Simpler CTL formulas that hold in the same states, and what their answers hang on.

The rules bring temporal operators together, so that more of a formula is plain reachability:
``EF AF p`` is ``EF p``, ``AF EF p`` is ``EF p``, ``E[p U EF q]`` is ``EF q``, and disjunctions are
taken apart under ``EF``. They hold in every state of every system, on maximal paths.
F. Bønneland, J. Dyhr, P. G. Jensen, M. Johannsen, J. Srba: Simplification of CTL formulae for
efficient model checking of Petri nets. Petri Nets 2018.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from transition_systems.properties.predicates import (
    FALSE,
    TRUE,
    And,
    Not,
    Or,
    Predicate,
    conjunction,
    disjunction,
)
from transition_systems.properties.walk import fold_predicate, negate
from transition_systems.temporal.ctl_program import CtlNode, CtlProgram

__all__ = ["Facts", "simplified"]

Facts = Mapping[Predicate, bool]


def simplified(program: CtlProgram, facts: Facts | None = None) -> CtlProgram:
    """Return a program of an equivalent formula, perhaps smaller.

    Parameters
    ----------
    program
        A formula.
    facts
        Leaves of predicates that are true, or false, in all states.

    Returns
    -------
    CtlProgram
        Without ranks for the operators as they were written.

    Notes
    -----
    Linear in the size of the program, but for disjunctions under ``EF``, of which each operand
    gets a fixpoint of its own.

    Examples
    --------
    >>> from transition_systems.properties.parse import parse_formula
    >>> from transition_systems.temporal.ctl_program import ctl_program
    >>> found = simplified(ctl_program(parse_formula("AG EF EF AF p")))
    >>> [node.operator for node in found.nodes if node.operator != "predicate"]
    ['EU', 'not', 'EU', 'not']
    """
    return _Simplifier(program, facts or {}).run()


class _Simplifier:
    def __init__(self, program: CtlProgram, facts: Facts) -> None:
        self.program, self.facts = program, facts
        self.numbers: dict[CtlNode, int] = {}
        self.nodes: list[CtlNode] = []

    def run(self) -> CtlProgram:
        new: list[int] = []
        for node in self.program.nodes:
            parts = [new[operand] for operand in node.operands]
            match node.operator:
                case "predicate":
                    found = self.leaf(self.known(node.predicate))
                case "not":
                    found = self.no(parts[0])
                case "and" | "or":
                    found = self.join(node.operator, parts)
                case "EX":
                    found = self.next(parts[0])
                case "EU" | "AU":
                    found = self.until(node.operator, parts[0], parts[1])
            new.append(found)
        return self._pruned(new[self.program.root])

    def _pruned(self, root: int) -> CtlProgram:
        wanted = {root}
        for number in range(root, -1, -1):
            if number in wanted:
                wanted.update(self.nodes[number].operands)
        place = {number: index for index, number in enumerate(sorted(wanted))}
        nodes = tuple(
            CtlNode(node.operator, tuple(place[part] for part in node.operands), node.predicate)
            for node in (self.nodes[number] for number in sorted(wanted))
        )
        return CtlProgram(
            nodes=nodes, root=place[root], fixpoints=(), formula=self.program.formula,
            part_of={}, fixpoint_of={},
        )  # fmt: skip

    def known(self, predicate: Predicate) -> Predicate:
        """Return a predicate with the facts put in."""

        def combine(node: Predicate, parts: list[Predicate]) -> Predicate:
            if node in self.facts:
                return TRUE if self.facts[node] else FALSE
            match node:
                case Not():
                    return negate(parts[0])
                case And():
                    return conjunction(*parts)
                case Or():
                    return disjunction(*parts)
                case _:
                    return node

        return fold_predicate(predicate, combine)

    def add(self, node: CtlNode) -> int:
        number = self.numbers.setdefault(node, len(self.nodes))
        if number == len(self.nodes):
            self.nodes.append(node)
        return number

    def leaf(self, predicate: Predicate) -> int:
        return self.add(CtlNode("predicate", (), predicate))

    def no(self, part: int) -> int:
        node = self.nodes[part]
        if node.operator == "predicate":
            return self.leaf(negate(node.predicate))
        match node.operator:
            case "not":
                return node.operands[0]
            case "and" | "or" as operator:
                dual: Literal["and", "or"] = "or" if operator == "and" else "and"
                return self.join(dual, [self.no(operand) for operand in node.operands])
            case _:
                return self.add(CtlNode("not", (part,)))

    def join(self, operator: Literal["and", "or"], parts: list[int]) -> int:
        flat: list[int] = []
        for part in parts:
            node = self.nodes[part]
            flat.extend(node.operands if node.operator == operator else (part,))
        predicates = [p for p in flat if self.nodes[p].operator == "predicate"]
        others = [part for part in dict.fromkeys(flat) if part not in predicates]
        make = conjunction if operator == "and" else disjunction
        whole = make(*dict.fromkeys(self.nodes[part].predicate for part in predicates))
        if whole == (FALSE if operator == "and" else TRUE):
            return self.leaf(whole)
        if any(self.no(part) in others for part in others if self.nodes[part].operator == "not"):
            return self.leaf(FALSE if operator == "and" else TRUE)
        if whole not in (TRUE, FALSE) or not others:
            others.append(self.leaf(whole))
        return others[0] if len(others) == 1 else self.add(CtlNode(operator, tuple(others)))

    def next(self, part: int) -> int:
        if self.nodes[part].constant(FALSE):
            return part
        return self.add(CtlNode("EX", (part,)))

    def possible(self, goal: int) -> int:
        """Return ``EF goal``."""
        return self.until("EU", self.leaf(TRUE), goal)

    def until(self, operator: Literal["EU", "AU"], through: int, goal: int) -> int:
        node, before = self.nodes[goal], self.nodes[through]
        if node.constant(FALSE) or node.constant(TRUE) or before.constant(FALSE):
            return goal
        if through == goal:
            return goal
        everywhere = before.constant(TRUE)
        if self._is_possible(goal):
            return goal
        if node.operator in ("EU", "AU"):
            inner = node.operands[1]
            if everywhere and operator == "EU":
                return self.possible(inner)
            same = node.operator == operator
            if same and everywhere:
                return self.until(operator, through, inner)
            if same and node.operands[0] in (through, self.leaf(TRUE)):
                return goal
        if node.operator == "or":
            parts = list(node.operands)
            if everywhere and operator == "EU":
                return self.join("or", [self.possible(part) for part in parts])
            apart = [part for part in parts if self._is_possible(part)]
            if apart:
                rest = self.join("or", [part for part in parts if part not in apart])
                return self.join("or", [*apart, self.until(operator, through, rest)])
        return self.add(CtlNode(operator, (through, goal)))

    def _is_possible(self, part: int) -> bool:
        """Return whether a part is ``EF`` of something."""
        node = self.nodes[part]
        return node.operator == "EU" and self.nodes[node.operands[0]].constant(TRUE)
