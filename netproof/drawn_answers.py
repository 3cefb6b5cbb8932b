"""Answers for nets with more markings than can be listed: from their decision diagram."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from netproof.model_names import net_predicate
from netproof.properties import AskedFormula
from petri.decision import final_predicate
from petri.net import PetriNet
from petri.state_space.symbolic.answers import SymbolicAnswers
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.progress import ProgressCallback
from transition_systems.properties.predicates import (
    Dead,
    Not,
    at_most,
    conjunction,
    disjunction,
)
from transition_systems.verdict import Verdict

if TYPE_CHECKING:
    from netproof.net_question import NetQuestion

__all__ = ["LISTED", "draw", "drawn_verdict"]

SHARE = 0.5
LISTED = 100_000


def draw(
    net: PetriNet, *, budget: Budget, progress: ProgressCallback | None = None
) -> SymbolicAnswers | None:
    """Return the net with its symbolic state space, ``None`` where that did not come to an end.

    It has half of the time that is left, and may find a pump instead.
    """
    left = budget.remaining()
    share = Budget(seconds=None if left is None else SHARE * left, bytes=budget.bytes)
    drawing = SymbolicAnswers(net, budget=share, progress=progress)
    try:
        space = drawing.space
    except UsageError:  # there is no library of diagrams
        return None
    if not (space.complete or space.unbounded):
        return None
    return SymbolicAnswers(net, budget=budget, progress=progress, space=space)


def drawn_verdict(question: NetQuestion, asked: str | AskedFormula) -> Verdict | None:
    """Decide a property of a net by its diagram; ``None`` where the diagram does not tell.

    A net that was reduced is drawn for the first formula, which its reduction does not answer.
    """
    if isinstance(asked, AskedFormula) and asked.formula is not None:
        return None
    if isinstance(asked, AskedFormula):
        _draw_once(question)
    answers = question.drawn
    if answers is None:
        return None
    net = answers.net
    if isinstance(asked, AskedFormula):
        predicate = net_predicate(net, asked.predicate)
        decide = answers.invariant if asked.everywhere else answers.reachable
        verdict = decide(predicate, name=asked.text)
    elif asked == "deadlock":
        good = disjunction(Not(Dead()), final_predicate(net, None))
        verdict = answers.invariant(good, name=asked)
    elif asked == "safeness":
        safe = conjunction(*(at_most(place, 1) for place in net.place_ids))
        verdict = answers.invariant(safe, name=asked)
    elif asked == "boundedness":
        verdict = answers.bounded()
    elif asked == "no-dead-transitions":
        verdict = answers.occur(name=asked)
    else:
        return None
    return None if verdict.unknown else verdict


def _draw_once(question: NetQuestion) -> None:
    """Draw a net that has more markings than are listed at once, where that was not tried yet."""
    limit = question.budget.fixed()
    few = limit.states is not None and limit.states <= LISTED
    if question.drawn is not None or not question.drawable or question.pump is not None or few:
        return
    question.drawable = False
    if question.translation is None and not question.graph.complete:
        first = replace(limit, states=LISTED)
        question.listed = question.graph.continued(budget=first, progress=question.progress)
        if not question.listed.complete:
            question.drawn = draw(question.net, budget=limit, progress=question.progress)
