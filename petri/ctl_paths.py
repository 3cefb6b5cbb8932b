"""A path of a net that shows some of a formula of CTL that was decided on diagrams."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from petri.marking import Marking
from petri.state_space.symbolic.diagrams import Diagram
from petri.state_space.symbolic.symbolic_net import SymbolicNet
from transition_systems.budget import Meter
from transition_systems.properties.formulas import (
    Binary,
    Conjunction,
    Disjunction,
    Formula,
    Implication,
    Negation,
    State,
    Unary,
)
from transition_systems.run import Lasso, Run

__all__ = ["Links", "path_shown", "temporal_parts"]

MOST_STEPS = 2_000
# A transition, or -1 for a set that stands for itself, with markings.
Links = list[tuple[int, Diagram]]
Where = Callable[[Formula, bool], Diagram]


def temporal_parts(formula: Unary | Binary) -> tuple[str, str, tuple[Formula, ...]]:
    """Return the quantifier, the operator and the operands of a temporal formula of CTL.

    Examples
    --------
    >>> from transition_systems.properties.parse import parse_formula
    >>> formula = parse_formula("E (G p)")
    >>> assert isinstance(formula, Unary)
    >>> temporal_parts(formula)[:2]
    ('E', 'G')
    """
    quantifier, operator, inner = formula.operator[0], formula.operator[1:], formula
    if isinstance(formula, Unary) and not operator:
        assert isinstance(formula.operand, Unary | Binary)
        inner, operator = formula.operand, formula.operand.operator
    if isinstance(inner, Unary):
        return quantifier, operator, (inner.operand,)
    return quantifier, operator, (inner.left, inner.right)


def path_shown(
    system: SymbolicNet, formula: Formula, positive: bool, links: Mapping[tuple[int, bool], Links],
    where: Where, meter: Meter,
) -> Run | Lasso | None:  # fmt: skip
    """Return a path from the initial marking along what exists according to a formula.

    Parameters
    ----------
    system
        The net and its diagrams.
    formula, positive
        What holds there: the formula, or its negation.
    links
        For the identity of each temporal part, and whether it or its negation was shown, the sets
        that show it.
    where
        Gives the markings where a part holds, or does not.
    meter
        Where it ends, the path does.

    Returns
    -------
    Run, Lasso or None
        ``None`` where something is said of all paths at once.
    """
    walk = _Walk(system, links, where, meter)
    walk.along(formula, positive)
    return walk.path()


class _Walk:
    """A marking, and the steps to it."""

    def __init__(
        self, system: SymbolicNet, links: Mapping[tuple[int, bool], Links], where: Where,
        meter: Meter,
    ) -> None:  # fmt: skip
        self.system, self.links, self.where, self.meter = system, links, where, meter
        self.marking: Marking = system.net.initial
        self.steps: list[int] = []
        self.loop: int | None = None

    def path(self) -> Run | Lasso | None:
        """Return the steps as a path, if there are any."""
        net = self.system.net
        run = net.run(net.initial, self.steps)
        if self.loop is not None:
            return Lasso(initial=run.initial, steps=run.steps, loop_start=self.loop)
        return run if self.steps else None

    def along(self, formula: Formula, positive: bool) -> None:
        """Walk along a formula, or its negation, that holds in the marking."""
        match formula:
            case State():
                return
            case Negation(operand):
                self.along(operand, not positive)
            case Conjunction(operands):
                self._boolean([(part, positive) for part in operands], every=positive)
            case Disjunction(operands):
                self._boolean([(part, positive) for part in operands], every=not positive)
            case Implication(left, right):
                self._boolean([(left, not positive), (right, positive)], every=not positive)
            case Unary(("A" | "E"), inner) if not _is_path(inner):
                self.along(inner, positive)
            case Unary() | Binary():
                self._temporal(formula, positive)

    def _boolean(self, parts: list[tuple[Formula, bool]], *, every: bool) -> None:
        """Walk along one operand: of a disjunction, one that holds here."""
        if not every:
            parts = [part for part in parts if self._in(self.where(*part))]
            if any(isinstance(part, State) for part, _ in parts):
                return
        for part, positive in reversed(parts):
            before = len(self.steps)
            self.along(part, positive)
            if len(self.steps) > before or self.loop is not None:
                return

    def _temporal(self, formula: Unary | Binary, positive: bool) -> None:
        quantifier, operator, operands = temporal_parts(formula)
        links = self.links.get((id(formula), positive))
        if links is None or (quantifier == "E") is not positive:
            return
        if operator == "X":
            if self._step(links):
                self.along(operands[0], positive)
        elif (operator in ("F", "U")) is positive:
            while self._step(links[::-1]):
                pass
            if operator != "W" and self.loop is None:
                self.along(operands[-1], positive)
        elif links:
            seen = {self.marking: len(self.steps)}
            while self._step(links[1:]):
                first = seen.setdefault(self.marking, len(self.steps))
                if first < len(self.steps):
                    self.loop = first
                    return

    def _in(self, states: Diagram) -> bool:
        return self.system.contains(states, self.marking)

    def _step(self, links: Links) -> bool:
        """Take the step of the first link that the marking is in; return whether there was one."""
        if len(self.steps) >= MOST_STEPS or self.meter.out_of_time():
            return False
        for transition, states in links:
            if self._in(states):
                self.marking = self.system.net.fire(self.marking, transition)
                self.steps.append(transition)
                return True
        return False


def _is_path(formula: Formula) -> bool:
    return isinstance(formula, Unary | Binary) and formula.operator in (
        "X",
        "F",
        "G",
        "U",
        "W",
        "R",
    )
