"""CTL formulas as programs: equal parts once, five operators, operands before operators.

Every operator of CTL is brought back to ``EX``, ``E[p U q]`` and ``A[p U q]`` on maximal paths:
a path ends in a dead state or never. So ``EX p`` is false and ``AX p`` true in a dead state,
``AF p`` holds there only where ``p`` does, and ``EG p`` wherever ``p`` does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from transition_systems.errors import UnsupportedError
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import (
    Binary,
    Conjunction,
    Formula,
    Implication,
    Negation,
    State,
    Unary,
)
from transition_systems.properties.predicates import FALSE, TRUE, Constant, Predicate
from transition_systems.properties.walk import fold_formula

__all__ = ["CtlNode", "CtlProgram", "ctl_program", "decide_lazily"]

MOST_DEEP = 200

Operator = Literal["predicate", "not", "and", "or", "EX", "EU", "AU"]
# A path formula that waits for its quantifier: the operator and its operands.
_Path: TypeAlias = tuple[str, tuple[int, ...]]
_Value: TypeAlias = int | _Path


@dataclass(frozen=True, slots=True)
class CtlNode:
    """One part of a formula: an operator on earlier parts, or a state predicate."""

    operator: Operator
    operands: tuple[int, ...] = ()
    predicate: Predicate = TRUE

    def constant(self, value: Constant) -> bool:
        """Return whether the part is this constant."""
        return self.operator == "predicate" and self.predicate == value


@dataclass(frozen=True, slots=True)
class CtlProgram:
    """The parts of a formula, operands before operators, equal ones once.

    Attributes
    ----------
    nodes
        The parts.
    root
        The number of the part that is the formula.
    fixpoints
        The numbers of the ``EU`` and ``AU`` behind the temporal operators of the formula as it is
        written, but for the next ones: operands before operators, from left to right.
    formula
        The formula as it was written.
    part_of, fixpoint_of
        For the identity of each state formula in it the part, and the fixpoint behind it.
    """

    nodes: tuple[CtlNode, ...]
    root: int
    fixpoints: tuple[int, ...]
    formula: Formula = field(compare=False)
    part_of: dict[int, int] = field(compare=False, repr=False)
    fixpoint_of: dict[int, int] = field(compare=False, repr=False)


class _Builder:
    """Collects the parts of one formula."""

    def __init__(self) -> None:
        self.numbers: dict[CtlNode, int] = {}
        self.nodes: list[CtlNode] = []
        self.fixpoints: list[int] = []

    def add(self, node: CtlNode) -> int:
        number = self.numbers.setdefault(node, len(self.nodes))
        if number == len(self.nodes):
            self.nodes.append(node)
        return number

    def constant(self, value: bool) -> int:
        return self.add(CtlNode("predicate", (), TRUE if value else FALSE))

    def no(self, part: int) -> int:
        node = self.nodes[part]
        if node.operator == "not":
            return node.operands[0]
        if node.operator == "predicate" and node.predicate in (TRUE, FALSE):
            return self.constant(node.predicate == FALSE)
        return self.add(CtlNode("not", (part,)))

    def join(self, operator: Literal["and", "or"], parts: list[int]) -> int:
        neutral, absorbing = (TRUE, FALSE) if operator == "and" else (FALSE, TRUE)
        left = [part for part in dict.fromkeys(parts) if not self.nodes[part].constant(neutral)]
        if any(self.nodes[part].constant(absorbing) for part in left):
            return self.constant(absorbing == TRUE)
        if not left:
            return self.constant(neutral == TRUE)
        return left[0] if len(left) == 1 else self.add(CtlNode(operator, tuple(left)))

    def until(self, quantifier: str, through: int, goal: int) -> int:
        """Return ``[through U goal]``, noted as one of the fixpoints."""
        part = self.add(CtlNode("EU" if quantifier == "E" else "AU", (through, goal)))
        self.fixpoints.append(part)
        return part

    def quantified(self, quantifier: str, path: _Path) -> int:
        """Return a path formula under a quantifier."""
        operator, parts = path
        other = "A" if quantifier == "E" else "E"
        match operator:
            case "X" if quantifier == "E":
                return self.add(CtlNode("EX", parts))
            case "X":
                return self.no(self.add(CtlNode("EX", (self.no(parts[0]),))))
            case "F":
                return self.until(quantifier, self.constant(True), parts[0])
            case "G":
                return self.no(self.until(other, self.constant(True), self.no(parts[0])))
            case "U":
                return self.until(quantifier, *parts)
            case "R":
                return self.no(self.until(other, self.no(parts[0]), self.no(parts[1])))
            case _:
                left, right = self.no(parts[0]), self.no(parts[1])
                return self.no(self.until(other, right, self.join("and", [left, right])))


def ctl_program(formula: Formula) -> CtlProgram:
    """Return a formula of CTL as a program.

    Parameters
    ----------
    formula
        Every temporal operator stands directly under a path quantifier.

    Returns
    -------
    CtlProgram
        Of a size linear in the formula's.

    Raises
    ------
    UnsupportedError
        For a formula that is not in CTL.

    Examples
    --------
    >>> from transition_systems.properties.parse import parse_formula
    >>> [node.operator for node in ctl_program(parse_formula("EX EX p && EX p")).nodes]
    ['predicate', 'EX', 'EX', 'and']
    >>> ctl_program(parse_formula("G p"))
    Traceback (most recent call last):
    ...
    transition_systems.errors.UnsupportedError: 'G p' is no formula of CTL
    """
    builder = _Builder()
    part_of: dict[int, int] = {}
    fixpoint_of: dict[int, int] = {}

    def state(value: _Value) -> int:
        if not isinstance(value, int):
            text = f"{format_formula(formula)!r:.200}"
            raise UnsupportedError(f"{text} is no formula of CTL")
        return value

    def combine(node: Formula, values: list[_Value]) -> _Value:
        before = len(builder.fixpoints)
        found = _combined(builder, node, values, state)
        if isinstance(found, int):
            part_of[id(node)] = found
        if len(builder.fixpoints) > before:
            fixpoint_of[id(node)] = builder.fixpoints[-1]
        return found

    root = state(fold_formula(formula, combine))
    return CtlProgram(
        nodes=tuple(builder.nodes), root=root, fixpoints=tuple(builder.fixpoints),
        formula=formula, part_of=part_of, fixpoint_of=fixpoint_of,
    )  # fmt: skip


def decide_lazily(program: CtlProgram, initially: Callable[[int], bool | None]) -> bool | None:
    """Return the value of a formula in one state, looking at no more parts than needed.

    Boolean operators at the top are decided operand by operand, small ones first; an until by its
    operands in that state, where these suffice.

    Parameters
    ----------
    program
        The formula.
    initially
        Gives for the number of a part its value in the state; ``None`` where it is unknown.

    Returns
    -------
    bool or None
    """
    sizes: list[int] = []
    for node in program.nodes:
        sizes.append(1 + sum(sizes[part] for part in node.operands))

    def value(number: int, depth: int) -> bool | None:
        node = program.nodes[number]
        if depth > MOST_DEEP:
            return initially(number)
        match node.operator:
            case "not":
                found = value(node.operands[0], depth + 1)
                return None if found is None else not found
            case "and" | "or":
                decisive, unknown = node.operator == "or", False
                for part in sorted(node.operands, key=sizes.__getitem__):
                    found = value(part, depth + 1)
                    if found is decisive:
                        return decisive
                    unknown = unknown or found is None
                return None if unknown else not decisive
            case "EU" | "AU":
                through, goal = node.operands
                found = value(goal, depth + 1)
                if found:
                    return True
                if found is False and value(through, depth + 1) is False:
                    return False
            case _:
                pass
        return initially(number)

    return value(program.root, 0)


def _combined(
    builder: _Builder, node: Formula, values: list[_Value], state: Callable[[_Value], int]
) -> _Value:
    match node:
        case State(predicate=predicate):
            return builder.add(CtlNode("predicate", (), predicate))
        case Unary(operator=("A" | "E") as quantifier):
            path = values[0]
            return path if isinstance(path, int) else builder.quantified(quantifier, path)
        case Unary(operator=("X" | "F" | "G") as operator):
            return operator, (state(values[0]),)
        case Unary(operator=operator):
            return builder.quantified(operator[0], (operator[1], (state(values[0]),)))
        case Binary(operator=operator):
            pair = operator[-1], (state(values[0]), state(values[1]))
            return builder.quantified(operator[0], pair) if len(operator) == 2 else pair
        case _:
            return _boolean(builder, node, [state(value) for value in values])


def _boolean(builder: _Builder, node: Formula, parts: list[int]) -> int:
    match node:
        case Negation():
            return builder.no(parts[0])
        case Conjunction():
            return builder.join("and", parts)
        case Implication():
            return builder.join("or", [builder.no(parts[0]), parts[1]])
        case _:
            return builder.join("or", parts)
