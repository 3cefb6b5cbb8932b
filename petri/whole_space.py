"""All markings of a net with the steps between them, for logics that look at all of both."""

from __future__ import annotations

from petri.net import PetriNet
from petri.state_space import state_space
from petri.state_space.space import StateSpace
from petri.state_space.unlisted import unlisted_verdict
from transition_systems.budget import Budget
from transition_systems.errors import UndecidedError, UnlistedError
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["UNBOUNDED", "whole_space"]

UNBOUNDED = "the net is unbounded"


def whole_space(net: PetriNet, property: str, limit: Budget) -> StateSpace | Verdict:
    """List all markings of a net and all steps; or return the verdict UNKNOWN on a property.

    Parameters
    ----------
    net
        Any place/transition net.
    property
        What is asked, for the verdict.
    limit
        A fixed budget, which the markings and the steps share.

    Returns
    -------
    StateSpace or Verdict
        A complete space whose arcs are known; or why there is none.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> whole_space(net, "EF p2", Budget()).graph.targets.tolist()
    [1]
    >>> whole_space(net, "EF p2", Budget(states=1)).reason
    'the budget of 1 states is used up'
    """
    try:
        space = state_space(net, method="explicit", budget=limit)
    except UnlistedError as error:
        return unlisted_verdict(property, error)
    reason = None if space.complete else space.reason or UNBOUNDED
    if reason is None:
        try:
            space.arcs_within(limit.start())
        except UndecidedError as error:
            reason = str(error)
    if reason is None:
        return space
    return Verdict(
        property=property, outcome=Outcome.UNKNOWN, reason=reason,
        statistics=Statistics(method="explicit", states=space.n_states, seconds=space.seconds),
    )  # fmt: skip
