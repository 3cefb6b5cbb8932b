"""Answers by random walks, and by a prefix of the unfolding."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

from petri.net import PetriNet
from petri.portfolio.questions import Answer, Most, Question, Reach, reached
from petri.unfolding import reachable_by_unfolding
from petri.unfolding.prefix import Prefix
from petri.walks import greatest, walk
from transition_systems.budget import Budget
from transition_systems.progress import ProgressCallback
from transition_systems.run import Run

__all__ = ["unfolded_answers", "walked_answers"]

LEAST = 0.05


def walked_answers(
    net: PetriNet,
    questions: Mapping[int, Question],
    *,
    seconds: float,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
) -> tuple[dict[int, Answer], dict[int, tuple[int, Run]]]:
    """Look for runs by random walks.

    Parameters
    ----------
    net
        Any place/transition net.
    questions
        By number.
    seconds
        For all of them; goals and sums have a half each where there are both.
    progress, seed
        As for :func:`petri.walks.walk`.

    Returns
    -------
    answers : dict
        To the questions whose goal a run leads into, by number.
    sums : dict
        For each sum the most tokens that were found, and a run to them.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [2, 0])
    >>> walked_answers(net, {4: Most(("p2",))}, seconds=1)[1][4][0]
    2
    """
    goals = {n: q.goal for n, q in questions.items() if isinstance(q, Reach)}
    sums = {n: q.places for n, q in questions.items() if isinstance(q, Most)}
    share = Budget(seconds=seconds / 2 if goals and sums else seconds)
    answers: dict[int, Answer] = {}
    most: dict[int, tuple[int, Run]] = {}
    if goals:
        runs = walk(net, list(goals.values()), budget=share, progress=progress, seed=seed)
        for (number, goal), run in zip(goals.items(), runs, strict=True):
            if run is not None:
                answers[number] = reached(net, goal, run, "walks")
    if sums:
        found = greatest(net, list(sums.values()), budget=share, progress=progress, seed=seed)
        most = dict(zip(sums, found, strict=True))
    return answers, most


def unfolded_answers(
    net: PetriNet, questions: Mapping[int, Question], prefix: Prefix, *, seconds: float
) -> Iterator[tuple[int, Answer]]:
    """Yield what a complete prefix of the unfolding tells of goals.

    Parameters
    ----------
    net
        The net.
    questions
        By number.
    prefix
        The prefix; of one that is not complete nothing is asked.
    seconds
        For all of them.

    Examples
    --------
    >>> from petri.unfolding import unfold
    >>> from transition_systems.properties.predicates import at_least
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> asked = {4: Reach(at_least("p2", 1))}
    >>> next(unfolded_answers(net, asked, unfold(net), seconds=1))[1].value
    True
    """
    goals = {n: q.goal for n, q in questions.items() if isinstance(q, Reach)}
    ends = time.monotonic() + seconds
    for place, (number, goal) in enumerate(goals.items()):
        left = ends - time.monotonic()
        if left < LEAST or not prefix.complete:
            return
        each = Budget(seconds=max(LEAST, left / (len(goals) - place)))
        verdict = reachable_by_unfolding(net, goal, budget=each, prefix=prefix)
        if verdict.evidence is not None:
            shown = (verdict.evidence,)
            yield number, Answer(value=verdict.holds, method="unfolding", evidence=shown)
