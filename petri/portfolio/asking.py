"""One question given to the engines side by side, with their first answer as the verdict."""

from __future__ import annotations

import time
from collections.abc import Sequence

from petri.methods import when
from petri.net import PetriNet
from petri.portfolio.batch import Batch
from petri.portfolio.questions import Answer, Reach, own_method
from transition_systems.budget import Budget
from transition_systems.evidence import FallingSumEvidence, RunEvidence
from transition_systems.progress import ProgressCallback
from transition_systems.properties.predicates import Predicate
from transition_systems.properties.walk import negate
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["ask", "listed_words"]

FIRST_WALK = 0.15
BUDGET = "the budget is used up"
FOUND = {
    "walks": ", found by random walks",
    "pdr": ", found by property-directed reachability",
    "unfolding": ", found in the unfolding",
    "symbolic": ", found on the decision diagram of all markings",
}
IN_SMALLER = " in a smaller net"
ENDS = "Each step lowers a weighted sum of tokens, so every run ends, and nothing can happen then."
PROVED = {
    "explicit": "All markings were listed, and there is none",
    "symbolic": "The decision diagram of all markings has none",
    "structure": "The structure of the net excludes every marking",
    "state-equation": "The state equation excludes every marking",
    "unfolding": "The unfolding, which shows all markings, has none",
    "pdr": "An inductive invariant excludes every marking",
    "coverability": "The coverability set, which lies above all markings, excludes every marking",
}


def ask(
    net: PetriNet,
    predicate: Predicate,
    *,
    everywhere: bool,
    name: str,
    budget: Budget,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
    parallel: bool = True,
) -> Verdict:
    """Decide ``AG P`` (everywhere) or ``EF P`` by whatever engine answers first.

    Parameters
    ----------
    net, predicate, everywhere, name
        The net, the question and its name in the verdict.
    budget
        With an end of its time.
    progress, seed, parallel
        As for :func:`petri.decide`.

    Returns
    -------
    Verdict
        With the evidence of the engine that answered. ``explanation`` tells which one it was and
        what the others had found.

    Examples
    --------
    >>> from transition_systems.properties.predicates import at_least
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> ask(net, at_least("p2", 1), everywhere=False, name="EF p2",
    ...     budget=Budget(seconds=1)).witness.actions
    ('t1',)
    """
    started, limit = time.monotonic(), budget.fixed()
    goal = negate(predicate) if everywhere else predicate
    answers: list[Answer] = []
    batch = Batch(
        net,
        [Reach(goal)],
        budget=limit,
        tell=lambda _, answer: answers.append(answer),
        parallel=parallel,
        progress=progress,
        seed=seed,
        first_walk=FIRST_WALK,
    )
    batch.run()
    space = batch.space
    found = answers[0] if answers else None
    statistics = Statistics(
        method="portfolio" if found is None else found.method,
        states=0 if space is None else space.n_states,
        arcs=0 if space is None else space.n_arcs,
        seconds=time.monotonic() - started,
        peak_bytes=0 if space is None else space.peak_bytes,
    )
    if found is None or not found.evidence:
        what = f"no answer from {listed_words(batch.told)}" if batch.told else BUDGET
        if found is not None:
            what = f"answered by {found.method}, but {found.lacking}; {what}"
        return Verdict(
            property=name, outcome=Outcome.UNKNOWN, statistics=statistics, reason=what, seed=seed
        )
    holds = found.value != everywhere
    return Verdict(
        property=name,
        outcome=Outcome.HOLDS if holds else Outcome.VIOLATED,
        statistics=statistics,
        evidence=found.evidence[0],
        explanation=(_told(found, everywhere, batch.told),),
        seed=seed,
    )


def _told(found: Answer, everywhere: bool, before: Sequence[str]) -> str:
    """Return how an answer was found, and what was asked before."""
    piece = found.evidence[0]
    method, smaller = own_method(found.method)
    if isinstance(piece, RunEvidence):
        who = FOUND.get(method, ", found" if smaller else "") + IN_SMALLER * smaller
        text = f"It {'fails' if everywhere else 'is reached'} {when(len(piece.run))}{who}."
    elif isinstance(piece, FallingSumEvidence):
        text = ENDS
    else:
        text = f"{PROVED[method]} that {'fails' if everywhere else 'satisfies'} it."
        if smaller:
            first = text[0].lower()
            text = f"A smaller net, which has the same answer, was asked: {first}{text[1:]}"
    return f"{text} No answer came from {listed_words(before)}." if before else text


def listed_words(parts: Sequence[str]) -> str:
    """Return parts of a sentence with commas and a last "and"."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last
