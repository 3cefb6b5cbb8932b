"""The game of a net and a formula of the mu-calculus, explored as far as it needs to be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from petri.firing import with_labels
from petri.net import PetriNet
from petri.state_space.packed import PackedNet
from transition_systems.budget import Budget
from transition_systems.evidence import ParityStrategy, StateSet
from transition_systems.properties.evaluate import evaluate
from transition_systems.properties.predicates import Predicate
from transition_systems.properties.walk import names_in
from transition_systems.temporal.mu_formulas import MuFormula
from transition_systems.temporal.mu_on_the_fly import check_mu_on_the_fly
from transition_systems.verdict import Verdict

__all__ = ["labelled_play", "mu_on_the_fly"]

Words = NDArray[np.uint64]


def mu_on_the_fly(net: PetriNet, formula: MuFormula, limit: Budget) -> Verdict:
    """Decide a formula on the part of the game that is explored.

    Parameters
    ----------
    net
        Any place/transition net; it need not be bounded.
    formula
        Labels are the ids of transitions, predicates are over the places.
    limit
        Seconds, positions of the game, bytes.

    Returns
    -------
    Verdict
        As :func:`transition_systems.temporal.mu_on_the_fly.check_mu_on_the_fly`, with the markings
        that the strategy comes to as the space of the evidence.

    Raises
    ------
    OverflowError
        When the numbers of tokens are too large for the markings to be packed.

    Examples
    --------
    >>> from transition_systems.temporal.mu_parse import parse_mu
    >>> net = PetriNet.from_arrays([[0]], [[1]], [0])
    >>> mu_on_the_fly(net, parse_mu("<t1> <t1> {p1 == 2}"), Budget()).outcome
    <Outcome.HOLDS: 'HOLDS'>
    """
    game, places = PackedNet(net, budget=limit), net.place_ids
    index = {name: number for number, name in enumerate(places)}

    def holds(predicate: Predicate, rows: Words) -> NDArray[np.bool_]:
        counters, _ = names_in(predicate)
        columns = {name: game.column(rows, index[name]) for name in counters}

        def enabled(name: str) -> NDArray[np.bool_]:
            found = np.ones(len(rows), dtype=np.bool_)
            for place, weight in zip(*net.pre_arcs.row(net.transition_index(name)), strict=True):
                found &= game.column(rows, int(place)) >= weight
            return found

        return evaluate(predicate, columns, enabled, len(rows), dead=lambda: ~game.alive(rows))

    def state(row: Words) -> dict[str, int]:
        return {p: int(k) for p, k in zip(places, game.decode(row), strict=True) if k}

    verdict = check_mu_on_the_fly(
        game, formula, model_digest=net.digest, holds=holds, direct=True, state=state, budget=limit,
        space=lambda rows: StateSet(names=places, rows=game.unpack(rows)),
    )  # fmt: skip
    return labelled_play(net, verdict)


def labelled_play(net: PetriNet, verdict: Verdict) -> Verdict:
    """Return the verdict with the labels of the net on the steps of its run."""
    proof = verdict.evidence
    if not isinstance(proof, ParityStrategy) or proof.path is None:
        return verdict
    return verdict.with_(evidence=replace(proof, path=with_labels(net, proof.path)))
