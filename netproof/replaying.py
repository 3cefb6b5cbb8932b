"""Replaying a run on a model that is read again: for tests of counterexamples."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Literal

from netproof.converting import net_of
from netproof.loading import Model, model_of
from petri.net import PetriNet
from transition_systems.errors import UsageError
from transition_systems.evidence_ltl import STAYS
from translators.trace_back import element_state
from translators.workflow.graph import WorkflowGraph

__all__ = ["replay"]


def replay(
    model: Model | WorkflowGraph | PetriNet | str | os.PathLike[str],
    actions: Sequence[str],
    *,
    starts: Literal["one", "all"] = "one",
) -> list[Mapping[str, int]]:
    """Return the states that a run of a model goes through.

    Parameters
    ----------
    model
        A file, or a model.
    actions
        The actions of the run, as its steps name them; ``(stays)`` where nothing more can happen.
    starts
        The reading of several start events.

    Returns
    -------
    list of mapping
        The tokens in the elements of a workflow, or the markings of a net, the first one too.

    Raises
    ------
    UsageError
        When an action cannot happen, or something can where the run stays; says at which step.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> replay(net, ["t1", "(stays)"])
    [{'p1': 1}, {'p2': 1}, {'p2': 1}]
    """
    net, translation = net_of(model_of(model), starts)
    marking = net.initial
    states = [marking.to_dict()]
    for number, action in enumerate(actions, start=1):
        enabled = net.enabled(marking)
        if action == STAYS and not enabled:
            states.append(marking.to_dict())
            continue
        if action not in enabled:
            what = "stays" if action == STAYS else f"cannot do {action!r}"
            able = ", ".join(enabled[:5]) or "nothing"
            raise UsageError(f"at step {number} the model {what}; what it can do: {able}")
        marking = net.fire(marking, action)
        states.append(marking.to_dict())
    if translation is None:
        return list(states)
    return [element_state(translation, state) for state in states]
