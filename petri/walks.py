"""Random walks by the hundred thousand: runs into goals, and large sums, found early.

All walkers attempt the same transitions in the same random order, each by chances of its own. A
marking is kept as bits, one bit plane for 64 walkers in a word, so that an attempt costs a few
operations for all of them. Nothing is proved to be out of reach here.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from petri.arguments import require_arguments, whole_number
from petri.decision import claim
from petri.net import PetriNet
from petri.walking.searching import WalkSearch
from transition_systems.budget import Budget
from transition_systems.counted_words import after_steps
from transition_systems.errors import UsageError
from transition_systems.evidence import RunEvidence
from transition_systems.progress import ProgressCallback
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import possible
from transition_systems.properties.predicates import Predicate
from transition_systems.run import Run
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["ATTEMPTS", "WALKERS", "greatest", "reachable_by_walks", "walk"]

WALKERS = 100_000
ATTEMPTS = 200_000


def walk(
    net: PetriNet,
    goals: Sequence[Predicate],
    *,
    walkers: int = WALKERS,
    attempts: int = ATTEMPTS,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
) -> list[Run | None]:
    """Return for each goal a run into it, where random walks find one.

    Parameters
    ----------
    net
        Any place/transition net.
    goals
        State predicates; many are looked for in the same walks.
    walkers
        How many walk at once; rounded up to a multiple of 64, and fewer where the net is so large
        that their markings would take more than 256 MB.
    attempts
        How many transitions all walkers attempt before the search is given up.
    budget
        Its seconds end the search earlier; what was found is returned.
    progress
        Told after each episode: the attempts so far, and how many goals are reached.
    seed
        Of the random numbers, 0 by default: the same seed finds the same runs, as far as the
        budget's end allows.

    Returns
    -------
    list of Run or None
        From the initial marking, without loops, and with what can be left out left out.

    Raises
    ------
    ExpressionError
        For a name that the net does not have.

    Notes
    -----
    Episodes of many lengths (Luby's sequence) start again from the initial marking. They take
    turns: all transitions alike; by chances drawn for the episode; rarely fired ones first;
    towards one of the goals left. In the last, transitions that lead away are attempted more
    seldom, and every few sweeps half of the walkers are replaced by copies of those nearest to
    the goal, by the number of tokens amiss, or of enabled transitions where it is a deadlock.
    Some 5 to 10 microseconds for an attempt by 100,000 walkers, so 10 to 500 million firings a
    second, by how many of them are able.

    Examples
    --------
    >>> from transition_systems.properties.predicates import Dead, at_least
    >>> net = PetriNet.from_arrays([[2], [0]], [[0], [1]], [4, 0])
    >>> [run and run.actions for run in walk(net, [at_least("p2", 2), at_least("p2", 3)],
    ...                                      walkers=64, attempts=100)]
    [('t1', 't1'), None]
    """
    require_arguments(net, budget=budget, seed=seed, progress=progress)
    given: Any = goals
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise UsageError(f"the goals are a list of state predicates, not {given!r:.60}")
    walkers = whole_number(walkers, f"walkers are a whole number, not {walkers!r:.60}")
    attempts = whole_number(attempts, f"attempts are a whole number, not {attempts!r:.60}")
    search = WalkSearch(
        net, goals, (), walkers=walkers, seed=seed or 0, budget=budget or Budget()
    )  # fmt: skip
    search.go(attempts=attempts, progress=progress)
    return search.runs()


def greatest(
    net: PetriNet,
    sums: Sequence[Sequence[str]],
    *,
    walkers: int = WALKERS,
    attempts: int = ATTEMPTS,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
) -> list[tuple[int, Run]]:
    """Return for each sum of places the most tokens that random walks find in it, and a run.

    Parameters
    ----------
    net
        Any place/transition net.
    sums
        Ids of places; one that is named twice counts twice.
    walkers, attempts, budget, progress, seed
        As for :func:`walk`. In an unbounded net the sum is as large as the walks are long.

    Returns
    -------
    list of (int, Run)
        A lower bound of the greatest sum, and a run that ends with it.

    Raises
    ------
    UsageError
        For a place that the net does not have.

    Notes
    -----
    As :func:`walk`: each sum is a goal that moves on whenever it is reached.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [2]], [3, 0])
    >>> [(most, len(run)) for most, run in greatest(net, [["p2"], ["p1", "p2"]],
    ...                                             walkers=64, attempts=100)]
    [(6, 3), (6, 3)]
    """
    search = WalkSearch(
        net, (), sums, walkers=walkers, seed=seed or 0, budget=budget or Budget()
    )  # fmt: skip
    search.go(attempts=attempts, progress=progress)
    return search.greatest()


def reachable_by_walks(
    net: PetriNet,
    goal: Predicate,
    *,
    walkers: int = WALKERS,
    attempts: int = ATTEMPTS,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
    name: str | None = None,
) -> Verdict:
    """Decide that a goal is reachable (EF), where random walks find a run into it.

    Parameters
    ----------
    net, goal
        The net and the predicate.
    walkers, attempts, budget, progress, seed
        As for :func:`walk`.
    name
        The property's name in the verdict; by default the formula.

    Returns
    -------
    Verdict
        HOLDS with a run, or UNKNOWN; never VIOLATED.

    Notes
    -----
    See :func:`walk`.

    Examples
    --------
    >>> from transition_systems.properties.predicates import Dead
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> reachable_by_walks(net, Dead(), walkers=64).witness.actions
    ('t1',)
    """
    started = time.monotonic()
    formula = possible(goal)
    search = WalkSearch(
        net, [goal], (), walkers=walkers, seed=seed or 0, budget=budget or Budget()
    )  # fmt: skip
    reason = search.go(attempts=attempts, progress=progress)
    run = search.runs()[0]
    statistics = Statistics(
        method="walks", seconds=time.monotonic() - started, peak_bytes=search.bytes
    )
    title = name or format_formula(formula)
    if run is None:
        return Verdict(
            property=title, outcome=Outcome.UNKNOWN, statistics=statistics, seed=seed,
            reason=f"{reason}; no run found in {search.attempted:,} attempts by"
            f" {search.count:,} walkers",
        )  # fmt: skip
    when = after_steps(len(run))
    return Verdict(
        property=title, outcome=Outcome.HOLDS, statistics=statistics, seed=seed,
        evidence=RunEvidence(claim=claim(net, formula), run=run),
        explanation=(f"A random walk reaches it {when[0].lower()}{when[1:]}.",),
    )  # fmt: skip
