"""Computation tree logic on nets: listed markings, sets as diagrams, or a part of a game."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from petri.always_by_diagrams import after_listing, to_list_first
from petri.ctl_diagrams import ctl_by_diagrams, symbolic_backwards, symbolic_ctl
from petri.last_steps import require_no_last_steps
from petri.memory import within_memory
from petri.mu_on_the_fly import mu_on_the_fly
from petri.net import PetriNet
from petri.reachability_formulas import reachability_formula
from petri.state_space.space import StateSpace
from petri.whole_space import UNBOUNDED, whole_space
from transition_systems.budget import Budget, Meter
from transition_systems.errors import ExpressionError
from transition_systems.evidence import StateSet
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import Formula, Negation
from transition_systems.properties.names import require_names, unknown_method
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.walk import names_in_formula
from transition_systems.temporal.ctl import ExplicitModel, check_ctl_on
from transition_systems.temporal.ctl_fixpoints import Graph
from transition_systems.temporal.ctl_in_mu import unfolded_ctl
from transition_systems.temporal.ctl_program import ctl_program
from transition_systems.temporal.ctl_witness import Naming
from transition_systems.verdict import Outcome, Verdict

__all__ = [
    "ctl",
    "ctl_on_the_fly",
    "ctl_without_game",
    "explicit_model",
    "known_part",
    "symbolic_backwards",
    "symbolic_ctl",
]

METHODS = ("auto", "explicit", "symbolic")
DRAWN = 0.5  # the part of the time that is left for diagrams
# Of a first look at the game: the part of the time, and positions; and those without a budget.
QUICKLY, FEW, MOST = 0.2, 20_000, 1_000_000


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
        other questions of reachability go to the engines for these. Where the markings are too
        many, or have no end, the game of the formula is played while it is explored
        (:func:`ctl_on_the_fly`), as far as the budget goes; without one, a million positions.
    budget
        Limits of the state space, and the seconds of all together.

    Returns
    -------
    Verdict
        Of listed markings with a tree of runs where the formula, or its negation, says only that
        something exists, else with all markings and the ranks of all fixpoints; of diagrams with
        sets for each temporal operator; of the game with a strategy. UNKNOWN when the budget ends.

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
    counters, enabled = names_in_formula(asked)
    require_names(counters, net.place_ids, kind="place")
    require_names(enabled, net.transition_ids, kind="transition")
    limit = (budget or Budget()).fixed()
    if method == "explicit":
        return _listed(net, asked, limit)
    if method == "symbolic":
        return ctl_by_diagrams(net, asked, budget=limit)
    return _decided(net, asked, limit, play=True)


def ctl_without_game(net: PetriNet, formula: Formula, *, budget: Budget | None = None) -> Verdict:
    """Decide a formula of CTL as :func:`ctl` does, for those who play the game themselves."""
    return _decided(net, formula, (budget or Budget()).fixed(), play=False)


def _decided(net: PetriNet, asked: Formula, limit: Budget, *, play: bool) -> Verdict:
    few = to_list_first(limit, len(net.place_ids))
    verdict = _listed(net, asked, few)
    if not verdict.unknown or limit.remaining() == 0.0:
        return verdict
    better = reachability_formula(net, asked, budget=limit)
    if better is not None:
        return better
    endless = verdict.reason == UNBOUNDED
    if play and (not endless or limit.remaining() is not None):
        states = FEW if limit.states is None else min(FEW, limit.states)
        found = ctl_on_the_fly(net, asked, replace(_part(limit, QUICKLY), states=states))
        if found is not None and not found.unknown:
            return found
    if not endless:
        part = _part(limit, DRAWN)
        verdict = after_listing(
            verdict, part, lambda drawn: ctl_by_diagrams(net, asked, budget=drawn)
        )
        if verdict.unknown and few.states != limit.states:
            verdict = _listed(net, asked, limit)
    if not play or not verdict.unknown or limit.remaining() == 0.0:
        return verdict
    found = ctl_on_the_fly(net, asked, Budget(states=MOST) if limit == Budget() else limit)
    if found is None or (found.unknown and not endless):
        return verdict
    return found.with_(reason=f"{UNBOUNDED}; {found.reason}") if found.unknown else found


def _part(limit: Budget, share: float) -> Budget:
    """Return a share of the time of a budget."""
    left = limit.remaining()
    return limit if left is None else replace(limit, deadline=None, seconds=share * left).fixed()


def ctl_on_the_fly(net: PetriNet, formula: Formula, limit: Budget) -> Verdict | None:
    """Decide a formula of CTL on the part of its game that is explored.

    Parameters
    ----------
    net
        Any place/transition net; it need not be bounded.
    formula
        A formula of CTL; the game is that of its operators as fixpoints
        (:func:`transition_systems.temporal.ctl_in_mu.unfolded_ctl`), without negations before it.
    limit
        Seconds, positions of the game, bytes.

    Returns
    -------
    Verdict or None
        HOLDS or VIOLATED with a strategy (``parity-strategy``) where finitely many positions
        decide, else UNKNOWN; ``None`` where the numbers of tokens are too large for it, or the
        fixpoints are nested too deep to be written down.

    Examples
    --------
    >>> pump = PetriNet.from_arrays([[0]], [[1]], [0])
    >>> ctl_on_the_fly(pump, parse_formula("AF p1 >= 4"), Budget()).outcome
    <Outcome.HOLDS: 'HOLDS'>
    """
    text = format_formula(formula)
    try:
        # As the text reads, which is what the evidence is compared with.
        inner, positive = parse_formula(text), True
        while isinstance(inner, Negation):
            inner, positive = inner.operand, not positive
        found = mu_on_the_fly(net, unfolded_ctl(inner), limit)
    except (OverflowError, ExpressionError):
        return None
    outcome = found.outcome
    if not (positive or found.unknown):
        outcome = Outcome.VIOLATED if found.holds else Outcome.HOLDS
    return found.with_(property=text, outcome=outcome)


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
