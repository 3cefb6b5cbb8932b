"""CTL* on nets, and CTL where only fair paths count, on listed markings.

A formula that asks one question about paths, ``A`` or ``E`` before a formula of linear temporal
logic, is also asked as that, which needs no list of all markings: ``E f`` where ``!f`` fails.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from petri.firing import with_labels
from petri.last_steps import require_no_last_steps
from petri.ltl import ltl, transition_fairness
from petri.memory import within_memory
from petri.net import PetriNet
from petri.state_space.space import StateSpace
from petri.whole_space import whole_space
from transition_systems.budget import Budget
from transition_systems.errors import UnsupportedError
from transition_systems.evidence import StateSet
from transition_systems.evidence_ctl_star import CtlStarProof
from transition_systems.lts import LTS, TAU_NAME, TICK_NAME
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import Formula, Negation, Unary
from transition_systems.properties.names import require_names
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.walk import names_in_formula
from transition_systems.temporal.ctl_star import check_ctl_star
from transition_systems.temporal.ltl_questions import linear_formula
from transition_systems.temporal.product_system import FairnessLike
from transition_systems.verdict import Outcome, Verdict

__all__ = ["ctl_star", "labelled_by_transitions"]

FEW, MOST = 20_000, 0.8


@within_memory(lambda _, formula, **__: str(formula))
def ctl_star(
    net: PetriNet,
    formula: Formula | str,
    *,
    fairness: FairnessLike = None,
    maximal: bool = False,
    budget: Budget | None = None,
) -> Verdict:
    """Decide whether a formula of CTL* holds in the initial marking of a net.

    Parameters
    ----------
    net
        Any place/transition net.
    formula
        A formula of CTL* over the places (an atom means at least one token) and ``enabled(t)``.
    fairness
        ``"weak"`` or ``"strong"`` to each transition by itself, or sets of transitions.
    maximal
        Whether paths may end in dead markings, as in CTL; by default they stay there for ever.
    budget
        Limits of the state space, and the seconds of all together.

    Returns
    -------
    Verdict
        As :func:`transition_systems.temporal.ctl_star.check_ctl_star`. Of a net with more than
        20,000 markings, what is ``A`` or ``E`` before a formula of linear temporal logic has the
        evidence of :func:`petri.ltl.ltl`, for ``E f`` about ``!f``.

    Raises
    ------
    UnsupportedError
        For formulas with too many different predicates.
    ExpressionError
        For a name that the net does not have, with the nearest ones.
    UsageError
        For ``done(t)`` (:func:`petri.last_steps.with_last_steps`).

    Notes
    -----
    O(2^|formula| * (markings + steps)).

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [1, 0])
    >>> ctl_star(net, "A G F p1 && E F G (p1 || p2)").outcome
    <Outcome.HOLDS: 'HOLDS'>
    """
    tree = parse_formula(formula) if isinstance(formula, str) else formula
    require_no_last_steps(tree)
    counters, enabled = names_in_formula(tree)
    require_names(counters, net.place_ids, kind="place")
    require_names(enabled, net.transition_ids, kind="transition")
    limit = (budget or Budget()).fixed()
    paths = None if maximal else _about_paths(tree)
    few = limit
    if paths is not None:
        few = replace(limit, states=FEW if limit.states is None else min(FEW, limit.states))
    space = whole_space(net, format_formula(tree), few)
    if isinstance(space, Verdict) and paths is not None:
        verdict = _by_paths(net, tree, paths, fairness, limit)
        if not verdict.unknown:
            return verdict
        space = whole_space(net, format_formula(tree), limit)
    if isinstance(space, Verdict):
        return space
    verdict = check_ctl_star(
        labelled_by_transitions(space), tree, holds=space.holds,
        fairness=transition_fairness(net, fairness), maximal=maximal, digest=net.digest,
        state=lambda number: space.marking(number).to_dict(),
        space=lambda: StateSet(names=net.place_ids, rows=space.markings), budget=limit,
    )  # fmt: skip
    proof = verdict.evidence
    if not isinstance(proof, CtlStarProof) or proof.path is None:
        return verdict
    return verdict.with_(evidence=replace(proof, path=with_labels(net, proof.path)))


def _about_paths(tree: Formula) -> Formula | None:
    """Return a formula about all paths that a formula says (``A``), or whose opposite (``E``)."""
    if not isinstance(tree, Unary) or tree.operator not in ("A", "E"):
        return None
    try:
        return linear_formula(tree.operand if tree.operator == "A" else Negation(tree.operand))
    except UnsupportedError:
        return None


def _by_paths(
    net: PetriNet, tree: Formula, paths: Formula, fairness: FairnessLike, limit: Budget
) -> Verdict:
    """Decide a formula of one path quantifier on the fly, in most of the time."""
    left = limit.remaining()
    share = limit if left is None else replace(limit, deadline=None, seconds=MOST * left)
    verdict = ltl(net, paths, fairness=fairness, budget=share)
    text = format_formula(tree)
    if verdict.unknown or (isinstance(tree, Unary) and tree.operator == "A"):
        return verdict.with_(property=text)
    outcome = Outcome.HOLDS if verdict.violated else Outcome.VIOLATED
    return verdict.with_(property=text, outcome=outcome, explanation=())


def labelled_by_transitions(space: StateSpace) -> LTS:
    """Return a complete state space as a system whose labels are the ids of the transitions.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> from petri.state_space import state_space
    >>> list(labelled_by_transitions(state_space(net, method="explicit")).arcs())
    [(0, 't1', 1)]
    """
    graph = space.graph
    names, numbers = _labels(space.net)
    source = np.repeat(np.arange(space.n_states), np.diff(graph.offsets))
    return LTS.from_arrays(
        space.n_states, source, numbers[graph.transitions], graph.targets, label_names=names,
        initial=[0],
    )  # fmt: skip


def _labels(net: PetriNet) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Return the names of the labels, and the label of each transition: its id."""
    fixed = (TAU_NAME, TICK_NAME)
    names = (*fixed, *(t for t in net.transition_ids if t not in fixed))
    index = {name: number for number, name in enumerate(names)}
    return names, np.array([index[t] for t in net.transition_ids], dtype=np.int32)
