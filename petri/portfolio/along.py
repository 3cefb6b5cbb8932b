"""What a run that was found for one question shows for others, and which to ask first for that."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from petri.portfolio.questions import Most, Question
from petri.structure.distances import steps_to_mark
from petri.token_game.array_play import holds_in
from transition_systems.properties.predicates import Dead
from transition_systems.properties.walk import names_in, subpredicates
from transition_systems.run import Run

__all__ = ["furthest_first", "shown_along"]

MOST_CELLS = 20_000_000
# More tokens in a place are not added up in arrays.
LARGEST = 1 << 40


def shown_along(
    net: PetriNet, run: Run, questions: Mapping[int, Question]
) -> tuple[dict[int, Run], dict[int, tuple[int, Run]]]:
    """Return the beginnings of a run up to the goals that it passes, and to the largest sums.

    Parameters
    ----------
    net
        Any place/transition net.
    run
        One of its runs.
    questions
        By number. Goals that are about dead markings are left out.

    Returns
    -------
    goals : dict
        From the number of a question to a run into its goal.
    sums : dict
        From the number of a question to the most tokens along the run, and a run to so many.

    Notes
    -----
    O(steps x (places + sizes of the goals)); of a run with more than 20,000,000 numbers of tokens
    nothing is looked at.

    Examples
    --------
    >>> from petri.portfolio.questions import Reach
    >>> from transition_systems.properties.predicates import at_least
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [2, 0])
    >>> run = net.run(net.initial, ["t1", "t1"])
    >>> goals, _ = shown_along(net, run, {
    ...     3: Reach(at_least("p2", 1)), 4: Reach(at_least("p2", 3))})
    >>> {number: len(found) for number, found in goals.items()}
    {3: 1}
    """
    places, count = net.place_numbers, len(run) + 1
    goals: dict[int, Run] = {}
    sums: dict[int, tuple[int, Run]] = {}
    if len(places) * count > MOST_CELLS:
        return goals, sums
    states = [run.initial, *(step.state for step in run.steps)]
    if max(max(state.values(), default=0) for state in states) > LARGEST:
        return goals, sums
    rows: NDArray[np.int64] = np.zeros((len(places), count), dtype=np.int64)
    for number, state in enumerate(states):
        for place, tokens in state.items():
            rows[places[place], number] = tokens

    def until(length: int) -> Run:
        return Run(initial=run.initial, steps=run.steps[:length])

    for number, question in questions.items():
        if isinstance(question, Most):
            total: NDArray[np.int64] = np.zeros(count, dtype=np.int64)
            for place in question.places:
                total += rows[places[place]]
            best = int(total.argmax())
            sums[number] = (int(total[best]), until(best))
        elif not any(isinstance(node, Dead) for node in subpredicates(question.goal)):
            hits = np.flatnonzero(holds_in(net, question.goal, rows))
            if len(hits):
                goals[number] = until(int(hits[0]))
    return goals, sums


def furthest_first(net: PetriNet, questions: Mapping[int, Question]) -> list[int]:
    """Return the numbers of questions, those first that name places far from the marked ones.

    Runs into their goals pass the goals of others.

    Parameters
    ----------
    net
        Any place/transition net.
    questions
        By number.

    Returns
    -------
    list of int
        As they were where two are equally far. Linear in the net and the questions.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1, 0], [0, 1], [0, 0]], [[0, 0], [1, 0], [0, 1]], [1, 0, 0])
    >>> furthest_first(net, {4: Most(("p2",)), 5: Most(("p3",)), 6: Most(("p1", "p2"))})
    [5, 4, 6]
    """
    if len(questions) < 2:
        return list(questions)
    far = steps_to_mark(net)

    def distance(number: int) -> int:
        question = questions[number]
        if isinstance(question, Most):
            return max((far.get(place, 0) for place in question.places), default=0)
        places, transitions = names_in(question.goal)
        needed = {p for t in transitions for p in net.preset(t)}
        return max((far.get(place, 0) for place in (*places, *needed)), default=0)

    return sorted(questions, key=distance, reverse=True)
