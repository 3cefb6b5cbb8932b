"""CTL on systems whose sets of states are diagrams."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from transition_systems.budget import Budget, Meter
from transition_systems.errors import UndecidedError
from transition_systems.properties.formulas import Formula
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import FALSE, TRUE, Dead
from transition_systems.protocols import SymbolicSystem
from transition_systems.temporal.ctl_program import CtlNode, CtlProgram, ctl_program, decide_lazily
from transition_systems.temporal.ctl_simplify import simplified

__all__ = ["SymbolicCtl", "check_ctl_symbolic"]

Backwards = Callable[[Any, Any, Meter], Any]


def check_ctl_symbolic(
    system: SymbolicSystem, formula: Formula | str, *, states: Any = None,
    budget: Budget | None = None,
) -> bool:  # fmt: skip
    """Decide whether a formula of CTL holds in every initial state, by fixpoints on diagrams.

    Paths are maximal, as for :func:`check_ctl`. There is no evidence here: an engine that knows
    its diagrams gives it.

    Parameters
    ----------
    system
        The system; its sets understand ``&``, ``|``, ``~`` and ``==``.
    formula
        A formula of CTL, or its text.
    states
        The reachable states, where they are known; computed by images otherwise.
    budget
        Its seconds.

    Returns
    -------
    bool

    Raises
    ------
    UndecidedError
        When the budget ends.
    UnsupportedError
        For a formula that is not in CTL.

    Notes
    -----
    As many images as the longest shortest path has steps, for each least fixpoint.
    J. R. Burch, E. M. Clarke, K. L. McMillan, D. L. Dill, L. J. Hwang: Symbolic model checking:
    10^20 states and beyond. Information and Computation 98, 1992.

    Examples
    --------
    >>> class Counter:
    ...     def initial_set(self): return Bits(1)
    ...     def image(self, s): return Bits(s << 1 & 7)
    ...     def preimage(self, s): return Bits(s >> 1)
    ...     def states_with(self, p): return Bits(7 if p == TRUE else 4)
    >>> class Bits(int):
    ...     def __and__(self, o): return Bits(int(self) & int(o))
    ...     def __or__(self, o): return Bits(int(self) | int(o))
    ...     def __invert__(self): return Bits(7 & ~int(self))
    >>> check_ctl_symbolic(Counter(), "AF last"), check_ctl_symbolic(Counter(), "EX last")
    (True, False)
    """
    asked = parse_formula(formula) if isinstance(formula, str) else formula
    meter = (budget or Budget()).start()
    if states is None:
        states = _reached(system, meter)
    return SymbolicCtl(system, states, meter).decide(simplified(ctl_program(asked)))


def _look(meter: Meter) -> None:
    reason = meter.exhausted()
    if reason is not None:
        raise UndecidedError(reason)


def _reached(system: SymbolicSystem, meter: Meter) -> Any:
    states = fresh = system.initial_set()
    nothing = fresh & ~fresh
    while fresh != nothing:
        _look(meter)
        fresh = system.image(fresh) & ~states
        states = states | fresh
    return states


class SymbolicCtl:
    """Formulas of CTL on one set of reachable states; parts that were met before are known.

    Parameters
    ----------
    system
        The system.
    states
        The reachable states, closed under steps.
    meter
        Asked at each step; :class:`UndecidedError` when it is used up.
    backwards
        Gives, for a goal and the states to go through, those that lead into the goal through them,
        where there is a faster way than pre-images of whole sets; takes the meter, too.
    """

    def __init__(
        self, system: SymbolicSystem, states: Any, meter: Meter,
        *, backwards: Backwards | None = None,
    ) -> None:  # fmt: skip
        self.system, self.states, self.meter = system, states, meter
        self.backwards = backwards or self._backwards
        self.nothing = states & ~states
        self._keys: dict[tuple[CtlNode, tuple[int, ...]], int] = {}
        self._values: list[Any] = []

    def decide(self, program: CtlProgram) -> bool:
        """Return whether a formula holds in all initial states."""
        initial = self.system.initial_set()

        def initially(number: int) -> bool | None:
            value = self.part(program, number)
            if initial & ~value == self.nothing:
                return True
            return False if initial & value == self.nothing else None

        found = decide_lazily(program, initially)
        if found is None:
            return bool(initial & ~self.where(program) == self.nothing)
        return found

    def where(self, program: CtlProgram) -> Any:
        """Return the reachable states where a formula holds."""
        return self.part(program, program.root)

    def part(self, program: CtlProgram, wanted: int) -> Any:
        """Return the reachable states where a part of a formula holds, by its number."""
        needed = {wanted}
        for number in range(wanted, -1, -1):
            if number in needed:
                needed.update(program.nodes[number].operands)
        keys: dict[int, int] = {}
        for number in sorted(needed):
            node = program.nodes[number]
            parts = tuple(keys[part] for part in node.operands)
            key = CtlNode(node.operator, (), node.predicate), parts
            if key not in self._keys:
                _look(self.meter)
                value = self._value(node, [self._values[part] for part in parts])
                self._keys[key] = len(self._values)
                self._values.append(value)
            keys[number] = self._keys[key]
        return self._values[keys[wanted]]

    def _value(self, node: CtlNode, parts: list[Any]) -> Any:
        match node.operator:
            case "predicate" if node.predicate in (TRUE, FALSE):
                return self.states if node.predicate == TRUE else self.nothing
            case "predicate":
                return self.system.states_with(node.predicate) & self.states
            case "not":
                return self.states & ~parts[0]
            case "and" | "or":
                result = parts[0]
                for part in parts[1:]:
                    result = result & part if node.operator == "and" else result | part
                return result
            case "EX":
                return self.system.preimage(parts[0]) & self.states
            case "EU":
                return self.backwards(parts[1], parts[0], self.meter)
            case "AU":
                return self._always(parts[0], parts[1])

    def _backwards(self, goal: Any, through: Any, meter: Meter) -> Any:
        reached = fresh = goal
        while fresh != self.nothing:
            _look(meter)
            fresh = self.system.preimage(fresh) & through & ~reached
            reached = reached | fresh
        return reached

    def _always(self, through: Any, goal: Any) -> Any:
        """Return ``A[through U goal]``: all but what can avoid the goal for ever, or fail.

        Avoided is the goal for ever from the states without it that are dead, or from which a step
        leads to such a state again: a greatest fixpoint. What fails has neither of the two.
        """
        avoiding = self.states & ~goal
        failing = avoiding & ~through
        if failing != self.nothing:
            failing = self.backwards(failing, avoiding, self.meter)
        staying = avoiding & ~failing
        ending = staying & self.system.states_with(Dead())
        while True:
            _look(self.meter)
            # Whatever leads to a failing state fails; what is left stays only among its own.
            left = staying & (self.system.preimage(staying) | ending)
            if left == staying:
                break
            staying = left
        lost = staying | failing
        if staying != self.nothing:
            lost = self.backwards(lost, avoiding, self.meter)
        return self.states & ~lost
