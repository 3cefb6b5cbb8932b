"""Posing a question about a net as it is: listed, reduced, or drawn as a decision diagram."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from netproof.drawn_answers import LISTED, draw
from netproof.net_question import NetQuestion, few_markings, pose
from petri.net import PetriNet
from petri.soundness import SoundnessGoal, workflow_goal
from petri.workflow_net import workflow_net
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.progress import ProgressCallback

__all__ = ["pose_net", "soundness_goal"]


def soundness_goal(net: PetriNet) -> SoundnessGoal | None:
    """Return the goal of a workflow net, and nothing for any other net; linear in its size."""
    if workflow_net(net).holds:
        with suppress(UsageError):
            return workflow_goal(net)
    return None


def pose_net(
    net: PetriNet,
    *,
    budget: Budget,
    progress: ProgressCallback | None = None,
    goal: SoundnessGoal | None = None,
    formulas: bool = False,
) -> NetQuestion:
    """Explore a net; where neither it nor its reduction has few markings, draw its state space.

    Where the diagram does not come to an end either, each property is asked of the engines. A
    workflow net, of which soundness will be asked, is not drawn. Where only formulas are asked,
    nothing is explored before.
    """
    limit = budget.fixed()
    if formulas:
        few = few_markings(net)
        return NetQuestion(
            net=net, pump=None, budget=limit, progress=progress, goal=goal, few=few
        )  # fmt: skip
    if goal is not None or (limit.states is not None and limit.states <= LISTED):
        return pose(net, budget=limit, progress=progress, goal=goal)
    question = pose(net, budget=replace(limit, states=LISTED), progress=progress)
    question.budget = limit
    if question.complete or question.pump is not None or limit.remaining() == 0.0:
        return question
    question.drawn = draw(net, budget=limit, progress=progress)
    question.drawable = False
    return question
