"""What can always be reached again, by the portfolio, by regions and by decision diagrams."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from petri.always_by_diagrams import after_listing, always_reachable_by_diagrams
from petri.decision import claim
from petri.in_turn import share_of
from petri.net import PetriNet
from petri.regions.always import Regions
from petri.state_space.symbolic.answers import SymbolicAnswers
from petri.structure.linear_program import load_linear_program
from transition_systems.budget import Budget
from transition_systems.evidence import Evidence, RunEvidence, StateSet, TrapEvidence
from transition_systems.progress import ProgressCallback
from transition_systems.properties.formulas import Unary, always_everywhere
from transition_systems.properties.predicates import Dead, Predicate, conjunction
from transition_systems.properties.walk import negate
from transition_systems.run import Run
from transition_systems.verdict import Outcome, Statistics, Verdict

if TYPE_CHECKING:
    from petri.portfolio.questions import Answer

__all__ = ["always_by_engines"]

# The part of the time that the portfolio has, and that regions have of the rest.
PART, REGIONS = 0.4, 0.6
# The part of the time, and the most seconds, in which regions are asked at first.
EARLY, SOON = 0.15, 1.0
# The part of the time by which the facts that regions need are sought.
FACTS = 0.3
NEVER, STUCK, FAILS = range(3)
# More tokens are not told in arrays.
MOST_TOKENS = 1 << 62


def always_by_engines(
    net: PetriNet,
    goal: Predicate,
    *,
    name: str,
    budget: Budget,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
) -> Verdict:
    """Decide ``AG EF P`` where the markings are too many to list.

    Parameters
    ----------
    net, goal, name
        The net, ``P`` and the name of the question in the verdict.
    budget, progress, seed
        As for :func:`petri.decide`.

    Returns
    -------
    Verdict
        HOLDS with a proof that ``P`` always holds, or regions or diagrams that lead back to it;
        VIOLATED with a proof that it never does, with a run to a marking that is stuck without it,
        with a run and a proof that it is never reached afterwards, or with the diagram of all
        markings that lost it.

    Notes
    -----
    :func:`petri.regions.always_by_regions`, which tells of unbounded nets too, is asked for a
    second. Then the portfolio is asked whether ``P``, its opposite, and a dead marking without it
    are reachable, then regions with more time, then diagrams.

    Examples
    --------
    >>> from transition_systems.properties.predicates import at_least
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> always_by_engines(net, at_least("p2", 2), name="two", budget=Budget(seconds=2)).outcome
    <Outcome.VIOLATED: 'VIOLATED'>
    """
    started, limit = time.monotonic(), budget.fixed()

    load_linear_program(limit.remaining())
    regions = Regions(net, share_of(limit, FACTS), progress=progress, seed=seed)
    soon = share_of(limit, EARLY)
    soon = replace(soon, seconds=min(SOON, soon.seconds or SOON))
    found = regions.decide(goal, name=name, budget=soon)
    if found.unknown and limit.remaining() != 0.0:
        found = _by_portfolio(net, goal, name, share_of(limit, PART), progress, seed)
    if found.unknown and limit.remaining() != 0.0:
        shown = regions.decide(goal, name=name, budget=share_of(limit, REGIONS))
        found = found.with_(reason=f"{found.reason}; {shown.reason}") if shown.unknown else shown
    if found.unknown:
        found = after_listing(found, limit, lambda few: _by_diagrams(net, goal, name, few, seed))
    seconds = time.monotonic() - started
    return found.with_(statistics=replace(found.statistics, seconds=seconds))


def _by_diagrams(
    net: PetriNet, goal: Predicate, name: str, limit: Budget, seed: int | None
) -> Verdict:
    answers = SymbolicAnswers(net, budget=limit, seed=seed)
    return always_reachable_by_diagrams(answers, goal, name=name, budget=limit)


def _by_portfolio(
    net: PetriNet,
    goal: Predicate,
    name: str,
    limit: Budget,
    progress: ProgressCallback | None,
    seed: int | None,
) -> Verdict:
    from petri.portfolio.asking import FIRST_WALK, listed_words
    from petri.portfolio.batch import Batch
    from petri.portfolio.questions import Reach

    decisive: list[tuple[int, Answer]] = []
    values: dict[int, bool] = {}
    lacking: list[str] = []

    def told(number: int, answer: Answer) -> None:
        values[number] = answer.value is True
        if not answer.evidence:
            lacking.append(f"answered by {answer.method}, but {answer.lacking}")
        if _decides(number, answer):
            decisive.append((number, answer))
            for other in list(batch.open):
                batch.close(other)

    without = negate(goal)
    batch = Batch(
        net, [Reach(goal), Reach(conjunction(Dead(), without)), Reach(without)], budget=limit,
        tell=told, parallel=False, progress=progress, seed=seed, first_walk=FIRST_WALK,
    )  # fmt: skip
    batch.run()
    states = 0 if batch.space is None else batch.space.n_states
    if not decisive:
        reason = f"no answer from {listed_words(batch.told) if batch.told else 'the engines'}"
        if values == {NEVER: True, STUCK: False, FAILS: True}:
            reason = "the goal is reachable, and not everywhere, and no marking is dead without it"
        elif lacking:
            reason = f"{lacking[0]}; {reason}"
        return Verdict(
            property=name, outcome=Outcome.UNKNOWN, reason=reason, seed=seed,
            statistics=Statistics(method="portfolio", states=states),
        )  # fmt: skip
    number, answer = decisive[0]
    piece: Evidence = answer.evidence[0]
    if isinstance(piece, RunEvidence):
        piece = _stuck(net, piece.run, without)
    sentence = {
        NEVER: "The goal is never reached at all.",
        STUCK: "Nothing can happen any more in a reachable marking without it.",
        FAILS: "Every reachable marking satisfies it.",
    }[number]
    return Verdict(
        property=name, outcome=Outcome.HOLDS if number == FAILS else Outcome.VIOLATED,
        evidence=piece, explanation=(sentence,), seed=seed,
        statistics=Statistics(method=answer.method, states=states),
    )  # fmt: skip


def _decides(number: int, answer: Answer) -> bool:
    """Return whether an answer decides: a run to a dead marking, or that there is no marking."""
    if number != STUCK:
        return bool(answer.evidence) and answer.value is False
    return any(
        isinstance(piece, RunEvidence) and max(piece.run.last.values(), default=0) < MOST_TOKENS
        for piece in answer.evidence
    )


def _stuck(net: PetriNet, run: Run, without: Predicate) -> TrapEvidence:
    """Return that after a run there is one marking for ever, which is without the goal."""
    row = [run.last.get(place, 0) for place in net.place_ids]
    return TrapEvidence(
        claim=claim(net, Unary("EF", always_everywhere(without))),
        run=run,
        states=StateSet(names=net.place_ids, rows=np.array([row], dtype=np.int64)),
    )
