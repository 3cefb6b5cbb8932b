"""Computation tree logic on nets by sets of markings as decision diagrams, with the evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from petri.ctl_paths import Links, path_shown, temporal_parts
from petri.decision import Decision, claim
from petri.net import PetriNet
from petri.state_space import state_space
from petri.state_space.symbolic.diagrams import Diagram
from petri.state_space.symbolic.shared_nodes import SharedNodes
from petri.state_space.symbolic.symbolic_space import SymbolicSpace
from transition_systems.budget import Budget, Meter
from transition_systems.counted_words import counted
from transition_systems.errors import UndecidedError
from transition_systems.evidence import CtlDiagrams
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
from transition_systems.properties.walk import fold_formula
from transition_systems.temporal.ctl_program import CtlProgram, ctl_program
from transition_systems.temporal.ctl_simplify import simplified
from transition_systems.temporal.ctl_symbolic import SymbolicCtl
from transition_systems.verdict import Verdict

__all__ = ["ctl_by_diagrams", "shown_by_diagrams", "symbolic_backwards", "symbolic_ctl"]

MOST_DEEP = 200
Signed = tuple[Formula, bool]


def ctl_by_diagrams(net: PetriNet, formula: Formula, *, budget: Budget | None = None) -> Verdict:
    """Decide a formula of CTL on the symbolic state space of a net.

    Parameters
    ----------
    net
        Any bounded net.
    formula
        A formula of CTL over its places and transitions.
    budget
        Seconds and bytes of the state space, the fixpoints and the evidence together.

    Returns
    -------
    Verdict
        With ``ctl-diagrams``. UNKNOWN when the budget ends; where only the evidence gets too large,
        the reason tells what the answer would be.

    Raises
    ------
    UnsupportedError
        For a formula that is not in CTL.
    ExpressionError
        For a name that the net does not have, with the nearest ones.
    UsageError
        Without a library of diagrams.

    Notes
    -----
    After the decision the formula is gone through from the outside with the markings of which it
    has to be shown: of what lies behind an existential operator only the markings on the way to
    its goal. See :func:`transition_systems.temporal.ctl_symbolic.check_ctl_symbolic`.

    Examples
    --------
    >>> from transition_systems.properties.parse import parse_formula
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [2, 0])
    >>> verdict = ctl_by_diagrams(net, parse_formula("AF (p2 >= 2 && dead)"))
    >>> verdict.holds, verdict.evidence.kind, len(verdict.evidence.links)
    (True, 'ctl-diagrams', 2)
    """
    program = ctl_program(formula)
    limit = (budget or Budget()).fixed()
    decision = Decision(
        net, format_formula(formula), method="symbolic", methods=("symbolic",), budget=limit
    )
    space = state_space(net, method="symbolic", budget=limit)
    assert isinstance(space, SymbolicSpace)
    decision.drawn = space
    if not space.complete:
        return decision.unknown(str(space.reason))
    sets = symbolic_ctl(space, limit.start())
    try:
        good = sets.decide(simplified(program))
    except UndecidedError as error:
        return decision.unknown(str(error))
    try:
        evidence = shown_by_diagrams(space, formula, good, sets=sets, meter=limit.start())
    except UndecidedError as error:
        found = "holds" if good else "does not hold"
        return decision.unknown(f"the formula {found} by diagrams, but not shown: {error}")
    told = f"Shown by {len(evidence.links)} sets of markings"
    if evidence.path is not None:
        told += f", with a path of {counted(len(evidence.path), 'step')}"
    return decision.holds(evidence, f"{told}.") if good else decision.violated(evidence, f"{told}.")


def shown_by_diagrams(
    space: SymbolicSpace, formula: Formula, good: bool, *, meter: Meter,
    sets: SymbolicCtl | None = None,
) -> CtlDiagrams:  # fmt: skip
    """Return what shows that a formula of CTL holds in the initial marking of a net, or does not.

    Parameters
    ----------
    space
        Its complete symbolic state space.
    formula, good
        The formula, and whether it holds.
    meter
        Asked at each step.
    sets
        What was decided on the space before.

    Returns
    -------
    CtlDiagrams

    Raises
    ------
    UndecidedError
        When the budget ends, the evidence gets too large, or the formula is nested too deep.

    Examples
    --------
    >>> from transition_systems.properties.parse import parse_formula
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [2, 0])
    >>> space = state_space(net, method="symbolic")
    >>> asked = parse_formula("EX dead")
    >>> shown_by_diagrams(space, asked, False, meter=Budget().start()).claim.formula
    '!EX dead'
    """
    if fold_formula(formula, lambda _, parts: 1 + max(parts, default=0)) > MOST_DEEP:
        raise UndecidedError("the formula is nested too deep")
    known = sets or symbolic_ctl(space, meter)
    return _Proof(space, known, ctl_program(formula), meter).shown(good)


def symbolic_ctl(space: SymbolicSpace, meter: Meter) -> SymbolicCtl:
    """Return the decision of formulas of CTL on a complete symbolic state space."""
    return SymbolicCtl(space.system, space.states, meter, backwards=symbolic_backwards(space))


def symbolic_backwards(space: SymbolicSpace) -> Callable[[Diagram, Diagram, Meter], Diagram]:
    """Return the search that takes each transition back until that adds nothing, then the next."""

    def found(goal: Diagram, through: Diagram, meter: Meter) -> Diagram:
        return _backwards(space, goal, through, meter, None)

    return found


def _backwards(
    space: SymbolicSpace, goal: Diagram, through: Diagram, meter: Meter, links: Links | None
) -> Diagram:
    """Return what leads into a goal through a set; note what was added by which transition."""
    system, store = space.system, space.system.store
    order = sorted(range(len(system.tops)), key=system.tops.__getitem__)
    reached, upwards, grew = goal, True, True
    while grew and reached != space.states:
        grew = False
        for transition in reversed(order) if upwards else order:
            while True:
                _look(meter, store.bytes())
                back = system.moved(reached, system.back(transition)) & through
                fresh = back & ~reached
                if fresh == store.false:
                    break
                if links is not None:
                    links.append((transition, fresh))
                reached = reached | fresh
                grew = True
        upwards = not upwards
    return reached


def _look(meter: Meter, bytes: int) -> None:
    reason = meter.exhausted(bytes=bytes)
    if reason is not None:
        raise UndecidedError(reason)


class _Proof:
    """Goes through a formula with the markings of which it has to be shown."""

    def __init__(
        self, space: SymbolicSpace, sets: SymbolicCtl, program: CtlProgram, meter: Meter
    ) -> None:
        self.space, self.sets, self.program, self.meter = space, sets, program, meter
        self.system, self.store = space.system, space.system.store
        self.nothing = self.store.false
        self.nodes = SharedNodes(self.store, meter)
        self.links: list[tuple[int, int, int]] = []
        self.count = 0
        self.kept: dict[tuple[int, bool], Links] = {}

    def shown(self, good: bool) -> CtlDiagrams:
        """Return the evidence for the formula, or for its negation, in the initial marking."""
        formula = self.program.formula
        self._show(formula, good, self.system.initial_set())
        return CtlDiagrams(
            claim=claim(self.space.net, formula if good else Negation(formula)),
            names=self.space.net.place_ids,
            fields=self.space.arrays[0],
            nodes=self.nodes.rows,
            links=np.array(self.links, dtype=np.int64).reshape(-1, 3),
            path=path_shown(self.system, formula, good, self.kept, self._where, self.meter),
        )

    def _where(self, formula: Formula, positive: bool) -> Diagram:
        """Return all reachable markings where a formula holds, or where it does not."""
        found = self.sets.part(self.program, self.program.part_of[id(formula)])
        return found if positive else self.space.states & ~found

    def _show(self, formula: Formula, positive: bool, wanted: Diagram) -> None:
        """Show a formula, or its negation, of markings that have it; perhaps of none."""
        match formula:
            case State():
                return
            case Negation(operand):
                self._show(operand, not positive, wanted)
            case Unary("A" | "E", inner) if id(inner) in self.program.part_of:
                self._show(inner, positive, wanted)
            case Implication(left, right):
                self._boolean([(left, not positive), (right, positive)], positive, wanted)
            case Conjunction(operands):
                self._boolean([(part, positive) for part in operands], not positive, wanted)
            case Unary() | Binary():
                self._temporal(formula, positive, wanted)
            case _:
                self._boolean([(part, positive) for part in formula.operands], positive, wanted)

    def _boolean(self, parts: list[Signed], either: bool, wanted: Diagram) -> None:
        if not either:
            for part, positive in parts:
                self._show(part, positive, wanted)
            return
        shares = self._shares(parts, wanted)
        for (part, positive), share in zip(parts, shares, strict=True):
            self._show(part, positive, share)

    def _shares(self, parts: list[Signed], wanted: Diagram) -> list[Diagram]:
        """Return for each operand of a disjunction the markings of which it is to be shown.

        State predicates come first, as they need nothing.
        """
        shares = [self.nothing] * len(parts)
        for number in sorted(range(len(parts)), key=lambda n: not isinstance(parts[n][0], State)):
            if wanted == self.nothing:
                break
            shares[number] = wanted & self._where(*parts[number])
            wanted = wanted & ~shares[number]
        return shares

    def _temporal(self, formula: Unary | Binary, positive: bool, wanted: Diagram) -> None:
        quantifier, operator, operands = temporal_parts(formula)
        if not positive:
            quantifier = "A" if quantifier == "E" else "E"
        links: Links = []
        needs = [self.nothing] * len(operands)
        if wanted != self.nothing:
            _look(self.meter, self.store.bytes())
            first, *others = [self._where(part, positive) for part in operands]
            last = others[-1] if others else first
            through, release = self.space.states, self.nothing
            match operator:
                case "F" | "G":
                    pass
                case "W":
                    through = release = last
                    last = first | last if positive else first & last
                case _:
                    through = release = first
            whole = self._where(formula, positive)
            if operator == "X":
                needs = [self._next(quantifier, first, wanted, links)]
            elif (operator in ("F", "U")) is positive:
                if quantifier == "E":
                    early, late = self._exists_until(through, last, wanted, links)
                else:
                    early, late = self._always_until(whole, last, wanted, links)
                needs = [early, late]
                if operator == "W":
                    needs = [late, early | late]
            else:
                early, late = self._release(quantifier, whole, release, links)
                needs = [early, late]
                if operator == "W":
                    needs = [late & first, early | late & ~first]
        for part, need in zip(operands, needs[-len(operands) :], strict=True):
            self._show(part, positive, need)
        self.kept[id(formula), positive] = links
        self.links += [(self.count, transition, self.nodes.add(rows)) for transition, rows in links]
        self.count += 1

    def _transitions(self) -> Iterator[int]:
        for transition in range(len(self.system.tops)):
            _look(self.meter, self.store.bytes())
            yield transition

    def _next(self, quantifier: str, goal: Diagram, wanted: Diagram, links: Links) -> Diagram:
        """Show that some step, or each, leads into a set; return where it leads."""
        if quantifier == "A":
            links.append((-1, wanted))
            return self.system.image(wanted)
        met = self.nothing
        for transition in self._transitions():
            able = self.system.moved(goal, self.system.back(transition)) & wanted
            if able != self.nothing:
                links.append((transition, able))
                met = met | self.system.moved(able, self.system.move(transition))
                wanted = wanted & ~able
        return met

    def _exists_until(
        self, through: Diagram, goal: Diagram, wanted: Diagram, links: Links
    ) -> tuple[Diagram, Diagram]:
        """Show that a goal can be reached; return what is gone through, and where it ends."""
        chain: Links = []
        _backwards(self.space, goal, through, self.meter, chain)
        passed = self.nothing
        for transition, fresh in reversed(chain):
            _look(self.meter, self.store.bytes())
            used = fresh & wanted
            if used != self.nothing:
                links.append((transition, used))
                passed = passed | used
                wanted = wanted | self.system.moved(used, self.system.move(transition))
        links.reverse()
        return passed, wanted & goal

    def _always_until(
        self, whole: Diagram, goal: Diagram, wanted: Diagram, links: Links
    ) -> tuple[Diagram, Diagram]:
        """Show that a goal cannot be avoided, by layers; return what is passed, and the ends."""
        reached, layers = goal, list[Diagram]()
        while reached != whole:
            _look(self.meter, self.store.bytes())
            layer = whole & ~reached & ~self.system.preimage(self.space.states & ~reached)
            assert layer != self.nothing, "from some marking the goal is not reached"
            layers.append(layer)
            reached = reached | layer
        passed = self.nothing
        for layer in reversed(layers):
            _look(self.meter, self.store.bytes())
            used = layer & wanted
            if used != self.nothing:
                links.append((-1, used))
                passed = passed | used
                wanted = wanted | self.system.image(used)
        links.reverse()
        return passed, wanted & goal

    def _release(
        self, quantifier: str, whole: Diagram, release: Diagram, links: Links
    ) -> tuple[Diagram, Diagram]:
        """Show that a set need not be left, or cannot be; return where it is, and the set."""
        links.append((-1, whole))
        released = whole & release
        rest = whole & ~released
        if quantifier == "A":
            links.append((-1, rest))
        else:
            rest = rest & ~self.system.dead
            for transition in self._transitions():
                if rest == self.nothing:
                    break
                able = self.system.moved(whole, self.system.back(transition)) & rest
                if able != self.nothing:
                    links.append((transition, able))
                    rest = rest & ~able
        return released, whole
