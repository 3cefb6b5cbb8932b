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
from transition_systems.lts import LTS
from translators.named_system import NamedSystem
from translators.trace_back import element_state
from translators.workflow.graph import WorkflowGraph

__all__ = ["replay"]


def replay(
    model: Model | WorkflowGraph | PetriNet | LTS | str | os.PathLike[str],
    actions: Sequence[str],
    *,
    starts: Literal["one", "all"] = "one",
    states: Sequence[Mapping[str, int]] | None = None,
) -> list[Mapping[str, int]]:
    """Return the states that a run of a model goes through.

    Parameters
    ----------
    model
        A file, or a model.
    actions
        The actions of the run, as its steps name them; ``(stays)`` where nothing more can happen.
        Those of a transition system are its labels.
    starts
        The reading of several start events.
    states
        For a transition system the states of the run, the first one too, where a label may lead to
        several; by default to the first of them.

    Returns
    -------
    list of mapping
        The tokens in the elements of a workflow, the markings of a net, or the states of a
        transition system with their atoms, the first one too.

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
    loaded = model_of(model)
    if loaded.system is not None:
        return _replayed(loaded.system, actions, states)
    net, translation = net_of(loaded, starts)
    marking = net.initial
    found = [marking.to_dict()]
    for number, action in enumerate(actions, start=1):
        enabled = net.enabled(marking)
        if action == STAYS and not enabled:
            found.append(marking.to_dict())
            continue
        if action not in enabled:
            raise _cannot(number, action, enabled)
        marking = net.fire(marking, action)
        found.append(marking.to_dict())
    if translation is None:
        return list(found)
    return [element_state(translation, state) for state in found]


def _replayed(
    system: NamedSystem, actions: Sequence[str], states: Sequence[Mapping[str, int]] | None
) -> list[Mapping[str, int]]:
    """Return the states of a run of a transition system, by their names and atoms."""
    lts, starts = system.lts, system.lts.initial.tolist()
    if not starts:
        raise UsageError("the system has no initial state")
    wanted = None if states is None else dict(enumerate(states))

    def chosen(number: int, candidates: list[int]) -> int:
        if wanted is None:
            return candidates[0]
        shown = wanted.get(number)
        return next((one for one in candidates if system.tokens(one) == shown), candidates[0])

    state = chosen(0, starts)
    found = [state]
    for number, action in enumerate(actions, start=1):
        labels, targets = lts.successors(state)
        names = [lts.label_names[label] for label in labels.tolist()]
        if action != STAYS or names:
            after = [t for name, t in zip(names, targets.tolist(), strict=True) if name == action]
            if not after:
                raise _cannot(number, action, list(dict.fromkeys(names)))
            state = chosen(number, after)
        found.append(state)
    return [system.tokens(one) for one in found]


def _cannot(number: int, action: str, enabled: Sequence[str]) -> UsageError:
    what = "stays" if action == STAYS else f"cannot do {action!r}"
    able = ", ".join(enabled[:5]) or "nothing"
    return UsageError(f"at step {number} the model {what}; what it can do: {able}")
