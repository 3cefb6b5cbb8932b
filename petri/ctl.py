"""Computation tree logic on nets: listed markings, or sets of markings as diagrams."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from petri.state_space import state_space
from petri.state_space.space import StateSpace
from petri.state_space.symbolic.diagrams import Diagram
from petri.state_space.symbolic.symbolic_space import SymbolicSpace
from transition_systems.budget import Budget, Meter
from transition_systems.errors import UndecidedError
from transition_systems.evidence import StateSet
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import Formula
from transition_systems.properties.parse import parse_formula
from transition_systems.temporal.ctl import ExplicitModel, check_ctl_on
from transition_systems.temporal.ctl_fixpoints import Graph
from transition_systems.temporal.ctl_program import ctl_program
from transition_systems.temporal.ctl_symbolic import SymbolicCtl
from transition_systems.temporal.ctl_witness import Naming
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["ctl", "explicit_model", "known_part", "symbolic_backwards", "symbolic_ctl"]


def ctl(net: PetriNet, formula: Formula | str, *, budget: Budget | None = None) -> Verdict:
    """Decide whether a formula of CTL holds in the initial marking of a net.

    Paths are maximal: in a dead marking ``EX p`` is false, ``AX p`` true, ``AF p`` needs ``p``
    there, and ``EG p`` asks no more than ``p``.

    Parameters
    ----------
    net
        Any place/transition net.
    formula
        A formula of CTL over the places (an atom means at least one token) and ``enabled(t)``.
    budget
        Limits of the state space, and the seconds of all together.

    Returns
    -------
    Verdict
        With a tree of runs where the formula, or its negation, says only that something exists;
        else with all markings and the ranks of all fixpoints. UNKNOWN when the budget ends.

    Raises
    ------
    UnsupportedError
        For a formula that is not in CTL.
    ExpressionError
        For a name that the net does not have, with the nearest ones.

    Notes
    -----
    Linear in the arcs of the state space for each operator; see
    :func:`transition_systems.temporal.ctl.check_ctl`.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [2, 0])
    >>> verdict = ctl(net, "AF (p2 >= 2 && dead)")
    >>> verdict.holds, verdict.evidence.kind
    (True, 'ctl-ranks')
    >>> ctl(net, "EX EX EX true").violated
    True
    """
    asked = parse_formula(formula) if isinstance(formula, str) else formula
    ctl_program(asked)
    limit = (budget or Budget()).fixed()
    space = state_space(net, method="explicit", budget=limit)
    if not space.complete:
        return Verdict(
            property=format_formula(asked), outcome=Outcome.UNKNOWN,
            statistics=Statistics(method="explicit", states=space.n_states, seconds=space.seconds),
            reason=space.reason or "the net is unbounded",
        )  # fmt: skip
    return check_ctl_on(explicit_model(space), asked, holds=space.holds, budget=limit)


def explicit_model(space: StateSpace) -> ExplicitModel:
    """Return a complete state space as the arrays that CTL is decided on; states are markings."""
    net, graph = space.net, space.graph

    def arc(number: int) -> tuple[str, str]:
        node = net.transitions[int(graph.transitions[number])]
        return node.id, node.label or node.id

    naming = Naming(state=lambda number: space.marking(number).to_dict(), arc=arc)
    return ExplicitModel(
        offsets=graph.offsets, targets=graph.targets, initial=np.zeros(1, dtype=np.int64),
        naming=naming, digest=net.digest,
        states=lambda: StateSet(names=net.place_ids, rows=space.markings),
    )  # fmt: skip


def known_part(space: StateSpace, meter: Meter) -> tuple[Graph, NDArray[np.bool_]]:
    """Return the known steps of a state space, and its states whose steps are not all known.

    The graph has no steps of those.
    """
    arcs = space.graph
    border = np.zeros(space.n_states, dtype=np.bool_)
    if space.complete:
        return Graph(arcs.offsets, arcs.targets, meter), border
    border[int(space.starts[-2]) :] = True
    offsets = np.concatenate(
        [arcs.offsets, np.full(space.n_states + 1 - len(arcs.offsets), arcs.offsets[-1])]
    )
    widths = np.diff(offsets)
    lost = arcs.targets < 0
    if lost.any():
        border[np.repeat(np.arange(space.n_states), widths)[lost]] = True
    kept = np.repeat(~border, widths)
    widths[border] = 0
    return Graph(np.concatenate([[0], np.cumsum(widths)]), arcs.targets[kept], meter), border


def symbolic_ctl(space: SymbolicSpace, meter: Meter) -> SymbolicCtl:
    """Return the decision of formulas of CTL on a complete symbolic state space."""
    return SymbolicCtl(space.system, space.states, meter, backwards=symbolic_backwards(space))


def symbolic_backwards(space: SymbolicSpace) -> Callable[[Any, Any, Meter], Any]:
    """Return the search that takes each transition back until that adds nothing, then the next."""
    system, store = space.system, space.system.store
    order = sorted(range(len(system.tops)), key=system.tops.__getitem__)

    def found(goal: Diagram, through: Diagram, meter: Meter) -> Diagram:
        reached, upwards, grew = goal, True, True
        while grew and reached != space.states:
            grew = False
            for transition in reversed(order) if upwards else order:
                while True:
                    reason = meter.exhausted(bytes=store.bytes())
                    if reason is not None:
                        raise UndecidedError(reason)
                    back = system.moved(reached, system.back(transition)) & through
                    if back & ~reached == store.false:
                        break
                    reached = reached | back
                    grew = True
            upwards = not upwards
        return reached

    return found
