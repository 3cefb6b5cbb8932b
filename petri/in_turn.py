"""In which order a question is given to the engines where no method is forced.

The first markings are listed, since that answers small nets at once and with shortest runs. Where
there are more, the portfolio of engines is asked, and at last the listing goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from petri.decision import Decision
from petri.net import PetriNet
from petri.state_space.exploring import UNBOUNDED, explore_or_pump
from transition_systems.budget import Budget
from transition_systems.progress import ProgressCallback
from transition_systems.properties.predicates import Predicate
from transition_systems.verdict import Verdict

__all__ = ["by_portfolio", "first_listing", "in_turn", "share_of", "unbounded"]

# What is listed first, at most a quarter of the time; the engines' time where there is no limit.
FIRST_STATES, FIRST_SECONDS, PART, SECONDS = 300_000, 0.4, 4, 60.0
# What the first markings may take in all, with what is looked up in them.
LISTED = 0.5


def first_listing(budget: Budget) -> Budget:
    """Return what the first list of markings may use.

    Parameters
    ----------
    budget
        The whole budget.

    Returns
    -------
    Budget
        Its seconds are a deadline.

    Examples
    --------
    >>> first_listing(Budget(states=10)).states
    10
    """
    left = budget.remaining()
    seconds = FIRST_SECONDS if left is None else min(FIRST_SECONDS, left / PART)
    few = min(FIRST_STATES, budget.states or FIRST_STATES)
    return Budget(states=few, bytes=budget.bytes, seconds=seconds).fixed()


def share_of(budget: Budget, part: float = 1.0) -> Budget:
    """Return a part of the time that is left, or of a minute where it has no end.

    Parameters
    ----------
    budget
        The whole budget.
    part
        A number between 0 and 1.

    Returns
    -------
    Budget
        With the other limits as they are.

    Examples
    --------
    >>> share_of(Budget(states=10), 0.5).seconds
    30.0
    """
    left = budget.remaining()
    seconds = part * (SECONDS if left is None else left)
    return replace(budget, seconds=seconds, deadline=budget.deadline)


def unbounded(listed: Verdict) -> bool:
    """Return whether a list of markings was left UNKNOWN because the net is unbounded.

    Parameters
    ----------
    listed
        The verdict on the list.

    Returns
    -------
    bool

    Examples
    --------
    >>> from petri import reversible
    >>> pump = PetriNet.from_arrays([[0]], [[1]], [0])
    >>> unbounded(reversible(pump, method="explicit", budget=Budget(states=9)))
    False
    """
    return listed.unknown and str(listed.reason).startswith(UNBOUNDED)


def in_turn(
    decision: Decision,
    listed: Callable[[Decision], Verdict],
    engines: Callable[[Budget], Verdict],
) -> Verdict:
    """Decide by the first markings, then by engines, then by all markings.

    Parameters
    ----------
    decision
        The decision under way, without a graph.
    listed
        Decides on the graph of a decision.
    engines
        Decides otherwise, within a budget.

    Returns
    -------
    Verdict
        The first that is not UNKNOWN; else what the engines said.

    Notes
    -----
    Where the time has no end the engines have a minute, and the listing has no end then.
    """
    limit = decision.budget
    first = Decision(
        decision.net, decision.property, methods=(decision.method,),
        budget=limit if limit.remaining() is None else share_of(limit, LISTED).fixed(),
        progress=decision.progress, seed=decision.seed,
    )  # fmt: skip
    few = first_listing(limit)
    seen, _ = explore_or_pump(decision.net, budget=few, progress=decision.progress)
    found = listed(first.on(seen))
    if not found.unknown or limit.remaining() == 0.0:
        return found
    better = engines(share_of(limit))
    if not better.unknown or limit.remaining() == 0.0:
        return better
    if seen.reason == UNBOUNDED or seen.n_states >= (limit.states or seen.n_states + 1):
        return better
    last = listed(decision)
    return better if last.unknown else last


def by_portfolio(
    net: PetriNet,
    predicate: Predicate,
    *,
    everywhere: bool,
    name: str,
    budget: Budget,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
) -> Verdict:
    """Decide ``AG P`` (everywhere) or ``EF P`` by the portfolio, in this process alone.

    Parameters
    ----------
    net, predicate, everywhere, name
        The net, the question and its name in the verdict.
    budget, progress, seed
        As for :func:`petri.decide`.

    Returns
    -------
    Verdict
        As of :func:`petri.portfolio.asking.ask`.

    Examples
    --------
    >>> from transition_systems.properties.predicates import at_most
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> by_portfolio(net, at_most("p2", 1), everywhere=True, name="bound",
    ...              budget=Budget(seconds=1)).outcome
    <Outcome.HOLDS: 'HOLDS'>
    """
    from petri.portfolio.asking import ask

    return ask(
        net, predicate, everywhere=everywhere, name=name, budget=budget, progress=progress,
        seed=seed, parallel=False,
    )  # fmt: skip
