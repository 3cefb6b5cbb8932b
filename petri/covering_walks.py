"""Walks through a net that fire as many of its transitions as they can find."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from petri.net import PetriNet
from transition_systems.budget import Budget
from transition_systems.run import Run

__all__ = ["covering_walks"]

WALKS = 3
STEPS_EACH = 4
MOST_STEPS = 5_000


def covering_walks(
    net: PetriNet, groups: Iterable[Sequence[str]], *, budget: Budget | None = None
) -> list[Run]:
    """Return a few runs that together fire some transition of many of the groups.

    Parameters
    ----------
    net
        Any place/transition net.
    groups
        Groups of transitions, of which one each is wanted.
    budget
        Its seconds count; when they are used up, what was found is returned.

    Returns
    -------
    list of Run
        From the initial marking, each up to the last transition that the runs before do not fire.
        There may be none.

    Notes
    -----
    At each marking the transition that was fired least so far is fired, by lot among several.
    O(steps x transitions).

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [1, 0])
    >>> [run.actions for run in covering_walks(net, [["t1"], ["t2"]])]
    [('t1', 't2')]
    """
    chance, meter = random.Random(0), (budget or Budget()).start()  # noqa: S311 - a walk, no secret
    wanted = [frozenset(group) for group in groups]
    times = dict.fromkeys(net.transition_ids, 0)
    runs: list[Run] = []
    for _ in range(WALKS):
        fired: list[str] = []
        marking, useful = net.initial, 0
        for _ in range(min(MOST_STEPS, STEPS_EACH * len(times) + 20)):
            able = net.enabled(marking)
            if not wanted or not able or meter.out_of_time():
                break
            least = min(times[t] for t in able)
            chosen = chance.choice([t for t in able if times[t] == least])
            marking = net.fire(marking, chosen)
            times[chosen] += 1
            fired.append(chosen)
            left = [group for group in wanted if chosen not in group] if least == 0 else wanted
            if len(left) < len(wanted):
                wanted, useful = left, len(fired)
        if useful:
            runs.append(net.run(net.initial, fired[:useful]))
    return runs
