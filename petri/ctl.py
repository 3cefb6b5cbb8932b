"""Computation tree logic on nets: listed markings, or sets of markings as diagrams."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from petri.always_by_diagrams import after_listing, to_list_first
from petri.ctl_diagrams import ctl_by_diagrams, symbolic_backwards, symbolic_ctl
from petri.last_steps import require_no_last_steps
from petri.memory import within_memory
from petri.net import PetriNet
from petri.reachability_formulas import reachability_formula
from petri.state_space.space import StateSpace
from petri.whole_space import UNBOUNDED, whole_space
from transition_systems.budget import Budget, Meter
from transition_systems.evidence import StateSet
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import Formula
from transition_systems.properties.names import unknown_method
from transition_systems.properties.parse import parse_formula
from transition_systems.temporal.ctl import ExplicitModel, check_ctl_on
from transition_systems.temporal.ctl_fixpoints import Graph
from transition_systems.temporal.ctl_program import ctl_program
from transition_systems.temporal.ctl_witness import Naming
from transition_systems.verdict import Verdict

__all__ = ["ctl", "explicit_model", "known_part", "symbolic_backwards", "symbolic_ctl"]

METHODS = ("auto", "explicit", "symbolic")
DRAWN = 0.5  # the part of the time that is left for diagrams


@within_memory(lambda _, formula, **__: str(formula))
def ctl(
    net: PetriNet, formula: Formula | str, *, method: str = "auto", budget: Budget | None = None
) -> Verdict:
    """Decide whether a formula of CTL holds in the initial marking of a net.

    Paths are maximal: in a dead marking ``EX p`` is false, ``AX p`` true, ``AF p`` needs ``p``
    there, and ``EG p`` asks no more than ``p``.

    Parameters
    ----------
    net
        Any place/transition net.
    formula
        A formula of CTL over the places (an atom means at least one token) and ``enabled(t)``.
    method
        ``"explicit"`` lists the markings, ``"symbolic"`` asks decision diagrams; ``"auto"`` lists
        some, then asks diagrams, and lists all where they do not answer either; ``AG EF P`` and
        other questions of reachability of an unbounded net go to the engines for these.
    budget
        Limits of the state space, and the seconds of all together.

    Returns
    -------
    Verdict
        Of listed markings with a tree of runs where the formula, or its negation, says only that
        something exists, else with all markings and the ranks of all fixpoints; of diagrams with
        sets for each temporal operator. UNKNOWN when the budget ends.

    Raises
    ------
    UnsupportedError
        For a formula that is not in CTL.
    ExpressionError
        For a name that the net does not have, with the nearest ones.
    UsageError
        For an unknown method; for ``"symbolic"`` without a library of diagrams; for ``done(t)``
        (:func:`petri.last_steps.with_last_steps`).

    Notes
    -----
    Linear in the arcs of the state space for each operator; see
    :func:`transition_systems.temporal.ctl.check_ctl` and
    :func:`petri.ctl_diagrams.ctl_by_diagrams`.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [2, 0])
    >>> verdict = ctl(net, "AF (p2 >= 2 && dead)")
    >>> verdict.holds, verdict.evidence.kind
    (True, 'ctl-ranks')
    >>> ctl(net, "EX EX EX true").violated
    True
    """
    if method not in METHODS:
        raise unknown_method("ctl", method, METHODS)
    asked = parse_formula(formula) if isinstance(formula, str) else formula
    ctl_program(asked)
    require_no_last_steps(asked)
    limit = (budget or Budget()).fixed()
    if method == "explicit":
        return _listed(net, asked, limit)
    if method == "symbolic":
        return ctl_by_diagrams(net, asked, budget=limit)
    few = to_list_first(limit, len(net.place_ids))
    verdict = _listed(net, asked, few)
    if verdict.unknown and limit.remaining() != 0.0:
        better = reachability_formula(net, asked, budget=limit)
        if better is not None or verdict.reason == UNBOUNDED:
            return verdict if better is None else better
        left = limit.remaining()
        part = limit if left is None else replace(limit, deadline=None, seconds=DRAWN * left)
        verdict = after_listing(
            verdict, part, lambda drawn: ctl_by_diagrams(net, asked, budget=drawn)
        )
        if verdict.unknown and few.states != limit.states:
            verdict = _listed(net, asked, limit)
    return verdict


def _listed(net: PetriNet, asked: Formula, limit: Budget) -> Verdict:
    space = whole_space(net, format_formula(asked), limit)
    if isinstance(space, Verdict):
        return space
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
