"""Termination by weights that every step lowers, and by steps that can be repeated: by definition."""

from __future__ import annotations

from dataclasses import replace

import pytest

import petri
from engine_cases import random_net
from netproof.recheck import recheck, recheck_verdict
from oracles.net_properties import has_infinite_run, space_of
from petri import PetriNet, terminates, termination
from petri.repeatable_runs import repeatable_run
from petri.structure.falling_sums import falling_weights, repeatable_counts
from reduction_nets import parallel
from transition_systems.budget import Budget
from transition_systems.errors import RecheckError
from transition_systems.evidence import FallingSumEvidence, evidence_from_dict

SOON = Budget(seconds=5.0)
# Each token of a place becomes two of the next one: weights 4, 2, 1.
DOUBLING = PetriNet(
    places=["a", "b", "c"],
    transitions=["s", "t", "u"],
    arcs=[("a", "s"), ("s", "b", 2), ("b", "t"), ("t", "c", 2), ("c", "u")],
    initial={"a": 40},
)
# A cycle that waits for a token which never comes, beside many markings.
WAITING = PetriNet(
    places=["p", "q", "never", "d"],
    transitions=["t", "u", "w"],
    arcs=[
        ("p", "t"), ("never", "t"), ("t", "never"), ("t", "q"), ("q", "u"), ("u", "p"), ("d", "w"),
    ],
    initial={"p": 1, "d": 9_000},
)  # fmt: skip


def evidence_of(net: PetriNet) -> FallingSumEvidence:
    verdict = terminates(net, budget=SOON)
    assert verdict.holds, verdict.reason
    assert isinstance(verdict.evidence, FallingSumEvidence)
    return verdict.evidence


def counter(tokens: int) -> PetriNet:
    return PetriNet.from_arrays([[1], [0]], [[0], [1]], [tokens, 0])


@pytest.mark.parametrize("net", [DOUBLING, counter(10**6), counter(2**61), parallel(30, 1)])
def test_what_cannot_be_listed_ends(net: PetriNet) -> None:
    evidence = evidence_of(net)
    assert evidence_from_dict(evidence.to_dict()) == evidence
    for name in ("termination", "termination-weak", "termination-strong"):
        assert recheck_verdict(name, "HOLDS", evidence, net).passed
        assert not recheck_verdict(name, "VIOLATED", evidence, net).passed
    by_name = petri.decide(net, "termination", budget=SOON)
    assert by_name.holds
    for fairness in ("weak", "strong"):
        assert terminates(net, fairness=fairness, budget=SOON).holds


def test_the_weights_and_the_longest_run() -> None:
    assert falling_weights(DOUBLING) == {"a": 7, "b": 3, "c": 1}
    verdict = terminates(DOUBLING, budget=SOON)
    assert verdict.explanation == (
        "Every step lowers a weighted sum of tokens, so every run ends after at most 280 steps.",
    )


def test_small_nets_keep_their_rank() -> None:
    verdict = terminates(counter(3))
    assert verdict.evidence is not None
    assert verdict.evidence.kind == "measure"


def test_each_method_by_itself() -> None:
    small, ring = counter(3), PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [1, 0])
    for net in (small, ring):
        for method in ("explicit", "linear-program"):
            verdict = terminates(net, method=method)
            assert verdict.statistics.method == method
            assert verdict.holds == (net is small)
            done = recheck_verdict("termination", verdict.outcome, verdict.evidence, net)
            assert done.passed, done.reason
    assert terminates(WAITING, method="linear-program", budget=Budget(seconds=1.0)).unknown
    few = Budget(states=100, seconds=2.0)
    assert terminates(parallel(30, 1), method="explicit", budget=few).unknown


def test_a_cycle_that_can_never_begin_is_no_infinite_run() -> None:
    assert falling_weights(WAITING) is None
    assert list(repeatable_counts(WAITING))
    assert repeatable_run(WAITING, budget=Budget(seconds=1.0)) is None
    verdict = terminates(WAITING, budget=SOON)
    assert verdict.holds
    assert recheck_verdict("termination", verdict.outcome, verdict.evidence, WAITING).passed


def test_steps_that_can_be_repeated_among_too_many_markings() -> None:
    block = parallel(30, 1)
    sink = next(p for p in block.place_ids if not block.postset(p))
    source = next(p for p in block.place_ids if not block.preset(p))
    again = block.replace(
        transitions=[*block.transition_ids, "again"],
        arcs=[*block.arcs, (sink, "again"), ("again", source)],
        initial=[source],
        final=None,
    )
    for net in (again, again.replace(arcs=[*again.arcs, ("again", block.place_ids[1])])):
        verdict = terminates(net, budget=SOON)
        assert verdict.violated, verdict.reason
        assert recheck_verdict("termination", verdict.outcome, verdict.evidence, net).passed


@pytest.mark.parametrize("part", range(4))
def test_small_nets_by_definition(part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hardly anything is listed, so that the other engines answer."""
    monkeypatch.setattr(termination, "FIRST", 2)
    found: list[str] = []
    for seed in range(part * 30, part * 30 + 30):
        net = random_net(seed, unbounded=seed % 3 == 0)
        weights = falling_weights(net, budget=SOON)
        counts = next(repeatable_counts(net, budget=SOON), None)
        # One or the other, by Farkas' lemma.
        assert (weights is None) == (counts is not None), seed
        space = space_of(net)
        verdict = terminates(net, budget=Budget(seconds=1.0, states=3_000))
        if weights is not None:
            assert verdict.holds
        if space is not None:
            assert verdict.violated == has_infinite_run(space), seed
        if verdict.evidence is not None:
            found.append(verdict.evidence.kind)
            done = recheck_verdict("termination", verdict.outcome, verdict.evidence, net)
            assert done.passed, done.reason
    assert {"falling-sum", "lasso"} <= set(found)


@pytest.mark.parametrize(
    ("weights", "why"),
    [
        ((("a", 4), ("b", 2), ("c", 1)), "'s' does not lower the sum"),
        ((("a", 7), ("b", 3)), "'u' does not lower the sum"),
        ((("a", 7), ("b", 3), ("c", -1)), "negative"),
        ((("a", 7), ("b", 3), ("c", 1), ("c", 1)), "or twice"),
        ((("a", 7), ("b", 3), ("nix", 1)), "no place of the net"),
        ((), "does not lower the sum"),
    ],
)
def test_sums_that_show_nothing_are_refused(weights: tuple[tuple[str, int], ...], why: str) -> None:
    result = recheck(replace(evidence_of(DOUBLING), weights=weights), DOUBLING)
    assert result.status == "failed"
    assert why in str(result.reason)


@pytest.mark.parametrize(
    "formula", ["infinite run", "terminates under weak fairness", "AG a >= 0", "unbounded"]
)
def test_other_claims_are_refused(formula: str) -> None:
    piece = evidence_of(DOUBLING)
    forged = replace(piece, claim=replace(piece.claim, formula=formula))
    assert recheck(forged, DOUBLING).status == "failed"


@pytest.mark.parametrize("weight", [True, 1.0, "1", None])
def test_malformed_weights_are_refused(weight: object) -> None:
    data = evidence_of(DOUBLING).to_dict()
    data["weights"][0][1] = weight
    with pytest.raises(RecheckError):
        evidence_from_dict(data)
