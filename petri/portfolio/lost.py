"""Liveness refuted by engines: nothing can happen any more, or a transition never occurs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from petri.decision import Decision, claim
from petri.net import PetriNet
from petri.portfolio.asking import FIRST_WALK, listed_words
from petri.portfolio.batch import Batch
from petri.portfolio.questions import Answer, Reach
from transition_systems.evidence import FallingSumEvidence, RunEvidence, StateSet, TrapEvidence
from transition_systems.properties.formulas import Formula, Unary, always_everywhere
from transition_systems.properties.predicates import Dead, Enabled, Not
from transition_systems.verdict import Verdict

if TYPE_CHECKING:
    from transition_systems.run import Run

__all__ = ["not_live"]


def not_live(decision: Decision) -> Verdict:
    """Decide that a transition is not live, by engines that need no list of all markings.

    Parameters
    ----------
    decision
        The decision under way, with its budget.

    Returns
    -------
    Verdict
        VIOLATED with a run after which nothing can happen, or with a proof that some transition
        is never enabled; else UNKNOWN.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> not_live(Decision(net, "liveness")).explanation
    ('Nothing can happen any more after a run.',)
    """
    net = decision.net
    found: list[tuple[int, Answer]] = []

    def told(number: int, answer: Answer) -> None:
        if answer.evidence and answer.value is (number == 0):
            found.append((number, answer))
            for other in list(batch.open):
                batch.close(other)

    goals = [Reach(Dead()), *(Reach(Enabled(t)) for t in net.transition_ids)]
    batch = Batch(
        net, goals if net.transition_ids else [], budget=decision.budget, tell=told,
        parallel=False, progress=decision.progress, seed=decision.seed, first_walk=FIRST_WALK,
    )  # fmt: skip
    batch.run()
    if batch.space is not None:
        decision.counted = (batch.space.n_states, batch.space.n_arcs)
    if not found:
        asked = listed_words(batch.told) if batch.told else "the engines"
        return decision.unknown(f"no answer from {asked}")
    number, answer = found[0]
    decision.method, piece = answer.method, answer.evidence[0]
    if number:
        told_of = f"No run contains {net.transition_ids[number - 1]}."
        return decision.violated(piece, told_of)
    if isinstance(piece, RunEvidence):
        return decision.violated(_stuck(net, piece.run), "Nothing can happen any more after a run.")
    assert isinstance(piece, FallingSumEvidence)
    return decision.violated(
        replace(piece, claim=claim(net, _never_again(net))),
        "Each step lowers a weighted sum of tokens, so nothing can happen any more at the end.",
    )


def _stuck(net: PetriNet, run: Run) -> TrapEvidence:
    """Return that after a run there is one marking for ever, in which no transition is enabled."""
    row = [run.last.get(place, 0) for place in net.place_ids]
    return TrapEvidence(
        claim=claim(net, _never_again(net)),
        run=run,
        states=StateSet(names=net.place_ids, rows=np.array([row], dtype=np.int64)),
    )


def _never_again(net: PetriNet) -> Formula:
    """Return that some marking can be reached after which a transition is never enabled."""
    return Unary("EF", always_everywhere(Not(Enabled(net.transition_ids[0]))))
