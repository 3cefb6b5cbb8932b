"""Proofs by a coverability set keep the time that they are given."""

from __future__ import annotations

from devtools import within_cpu_seconds
from netproof.recheck import recheck
from petri import PetriNet, no_dead_transitions
from petri.state_space.covering import covering_invariant, prove_by_covering
from transition_systems.budget import Budget
from transition_systems.properties.predicates import Compare, conjunction, disjunction

PLACES = 60


def ring() -> PetriNet:
    places = [f"p{n}" for n in range(PLACES)]
    arcs = [(f"p{n}", f"t{n}") for n in range(PLACES)]
    arcs += [(f"t{n}", f"p{(n + 1) % PLACES}") for n in range(PLACES)]
    return PetriNet(
        places=places, transitions=[f"t{n}" for n in range(PLACES)], arcs=arcs, initial=["p0"]
    )


def test_a_large_invariant_is_not_written_past_the_end_of_the_time() -> None:
    net = ring()
    cases = [
        conjunction(*(Compare(((p, 1),), "<=", 1 + n) for p in net.place_ids)) for n in range(400)
    ]
    good = Compare((("p0", 1),), "<=", 1_000)
    with within_cpu_seconds(0.3):
        limit = Budget(seconds=0.3)
        assert prove_by_covering(net, good, disjunction(*cases), budget=limit) is None


def test_what_fits_the_time_is_proved() -> None:
    net = PetriNet(
        places=["p", "q", "r"], transitions=["t", "u"], initial=["p"],
        arcs=[("p", "t"), ("t", "p"), ("t", "q"), ("r", "u")],
    )  # fmt: skip
    covering = covering_invariant(net)
    assert covering is not None
    verdict = no_dead_transitions(net, covering=covering, budget=Budget(seconds=5, states=50))
    assert verdict.violated
    assert verdict.evidence is not None
    assert recheck(verdict.evidence, net).passed
    late = no_dead_transitions(net, covering=covering, budget=Budget(seconds=0.0, states=50))
    assert late.unknown
