"""The modal mu-calculus on nets, on listed markings."""

from __future__ import annotations

from dataclasses import replace

from petri.ctl_star import labelled_by_transitions
from petri.firing import with_labels
from petri.memory import within_memory
from petri.net import PetriNet
from petri.whole_space import whole_space
from transition_systems.budget import Budget
from transition_systems.evidence import ParityStrategy, StateSet
from transition_systems.temporal.mu_calculus import check_mu
from transition_systems.temporal.mu_formulas import MuFormula, format_mu
from transition_systems.temporal.mu_game import mu_nodes, require_labels
from transition_systems.temporal.mu_parse import parse_mu
from transition_systems.verdict import Verdict

__all__ = ["mu"]


@within_memory(lambda _, formula, **__: str(formula))
def mu(net: PetriNet, formula: MuFormula | str, *, budget: Budget | None = None) -> Verdict:
    """Decide whether a formula of the mu-calculus holds in the initial marking of a net.

    Parameters
    ----------
    net
        Any place/transition net.
    formula
        The formula, or its text: labels are the ids of transitions, predicates over the places.
    budget
        Limits of the state space, and the seconds of all together.

    Returns
    -------
    Verdict
        As :func:`transition_systems.temporal.mu_calculus.check_mu`.

    Raises
    ------
    ExpressionError
        For a text that is no formula, and for a place or a transition that the net does not have,
        with the nearest ones.
    UsageError
        For a variable that is not bound, or is negated.

    Notes
    -----
    As :func:`transition_systems.temporal.mu_calculus.check_mu`.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [1, 0])
    >>> mu(net, "nu X. <t1> <t2> X && {p1 >= 1}").outcome
    <Outcome.HOLDS: 'HOLDS'>
    """
    tree = parse_mu(formula) if isinstance(formula, str) else formula
    require_labels(mu_nodes(tree), net.transition_ids, kind="transition")
    limit = (budget or Budget()).fixed()
    space = whole_space(net, format_mu(tree), limit)
    if isinstance(space, Verdict):
        return space
    verdict = check_mu(
        labelled_by_transitions(space), tree, holds=space.holds, budget=limit, digest=net.digest,
        space=lambda: StateSet(names=net.place_ids, rows=space.markings),
        state=lambda number: space.marking(number).to_dict(),
    )  # fmt: skip
    proof = verdict.evidence
    if not isinstance(proof, ParityStrategy) or proof.path is None:
        return verdict
    return verdict.with_(evidence=replace(proof, path=with_labels(net, proof.path)))
