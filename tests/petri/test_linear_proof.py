"""Linear proofs: never for what is false, rechecked by other code, for the nets they are made for."""

from __future__ import annotations

import json
import random
import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import petri
from devtools import within_cpu_seconds
from linear_cases import parsed, proof_of, random_net, random_predicate
from netproof.recheck import recheck, recheck_verdict
from oracles.linear_proof import proves
from oracles.net_properties import space_of
from petri import PetriNet
from petri.induction.linear_farkas import Refutation, least_violation
from petri.induction.linear_lines import Line, as_parts, holds_at
from petri.induction.linear_proof import linear_proof
from petri.induction.linear_smtlib import linear_proof_smtlib
from petri.induction.state_equation import prove_invariant, refute_reachability
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.evidence import Claim, InvariantEvidence, LinearProof, evidence_from_dict
from transition_systems.properties.parse import parse_predicate
from transition_systems.properties.predicates import Dead, Not
from transition_systems.properties.walk import negate

GENERATORS = Path(__file__).parents[2] / "examples" / "generators"
nets = SimpleNamespace(**runpy.run_path(str(GENERATORS / "nets.py")))


@pytest.mark.exhaustive
def test_proofs_are_only_given_for_what_holds_and_pass_both_checks() -> None:
    proved = missed = violated = 0
    rules: set[str] = set()
    for seed in range(400):
        rng = random.Random(seed)
        net = random_net(rng)
        space = petri.reachability_graph(net, budget=Budget(states=1_000))
        for _ in range(3):
            good = random_predicate(rng, net) if rng.random() < 0.75 else Not(Dead())
            _, read = parsed(net, good)
            found = proof_of(net, good)
            bad = bool((~space.holds(read)).any())
            if isinstance(found, str):
                violated, missed = violated + bad, missed + (not bad and space.complete)
                continue
            assert not bad, (seed, found)
            proved += 1
            rules.update(rule for rule, *_ in found.steps)
            again = evidence_from_dict(json.loads(json.dumps(found.to_dict())))
            assert again == found
            assert recheck(again, net).passed, (seed, found)
            assert proves(net, found), seed
    assert proved >= 400
    assert violated >= 500
    assert missed <= 40
    assert {"sum", "bound", "unit", "split"} <= rules


def test_parts_mean_what_the_predicate_means() -> None:
    for seed in range(150):
        rng = random.Random(seed)
        net = random_net(rng)
        predicate = random_predicate(rng, net)
        parts = as_parts(net, predicate)
        space = petri.reachability_graph(net, budget=Budget(states=50))
        held = space.holds(predicate)
        for row, holds in zip(space.state_set().rows.tolist(), held.tolist(), strict=True):
            assert holds_at(parts, row, 0.0) == holds


@pytest.mark.parametrize(
    ("name", "size", "method", "kind", "seconds"),
    [
        ("philosophers", 2_500, "state-equation", "linear-proof", 0.5),
        ("marked_graph", 10_000, "structure", "marked-circuits", 0.5),
        ("free_choice", 10_000, "structure", "rank-theorem", 0.5),
    ],
)
def test_large_nets_have_no_deadlock(
    name: str, size: int, method: str, kind: str, seconds: float
) -> None:
    net = getattr(nets, name)(size)
    with within_cpu_seconds(seconds):
        verdict = petri.deadlock(net, method=method)
    assert verdict.holds
    assert verdict.statistics.method == method
    assert verdict.evidence is not None
    assert verdict.evidence.kind == kind
    assert recheck_verdict("deadlock", "HOLDS", verdict.evidence, net).passed


def test_a_ring_without_a_left_hander_is_not_proved() -> None:
    net = nets.philosophers(6, left_handed=False)
    for method in ("state-equation", "structure"):
        verdict = petri.deadlock(net, method=method)
        assert verdict.unknown
        assert verdict.evidence is None
    reason = petri.deadlock(net, method="state-equation").reason or ""
    assert "has0=1, has1=1" in reason.replace("'", "")
    assert petri.deadlock(net).violated


def test_the_methods_of_the_procedures() -> None:
    net = nets.philosophers(5)
    assert petri.invariant(net, "fork1 + has1 <= 1", method="state-equation").holds
    reached = petri.reachable(net, "eat0 >= 1 && eat1 >= 1", method="state-equation")
    assert reached.violated
    assert recheck_verdict(reached.property, "VIOLATED", reached.evidence, net).passed
    assert petri.reachable(net, "eat0 >= 1", method="state-equation").unknown
    assert petri.invariant(net, "eat0 == 0", method="state-equation").unknown
    with pytest.raises(UsageError, match="no method"):
        petri.reachable(net, "eat0 >= 1", method="structure")


def test_the_default_proves_where_listing_does_not_end() -> None:
    net = nets.philosophers(30)
    verdict = petri.deadlock(net, budget=Budget(states=500))
    assert verdict.holds
    assert isinstance(verdict.evidence, LinearProof)
    assert recheck_verdict("deadlock", "HOLDS", verdict.evidence, net).passed
    final = nets.philosophers(4).replace(final={"eat1": 1})
    done = petri.deadlock(final, method="state-equation")
    assert done.holds
    assert recheck_verdict("deadlock", "HOLDS", done.evidence, final).passed


def test_traps_prove_what_flows_do_not() -> None:
    """The state equation allows the empty marking: twice the first, once the second transition."""
    net = PetriNet.from_arrays([[1, 0], [0, 2]], [[0, 1], [1, 0]], [1, 0])
    found = prove_invariant(net, parse_predicate("p1 + p2 >= 1"))
    assert isinstance(found, LinearProof)
    assert found.traps == (("p1", "p2"),)
    assert recheck(found, net).passed


def test_an_empty_siphon_proves_that_a_transition_is_dead() -> None:
    net = PetriNet(
        places=["p", "q", "r"], transitions=["t", "u", "v"],
        arcs=[("p", "t"), ("t", "q"), ("q", "u"), ("u", "p"), ("u", "r"), ("v", "r")],
    )  # fmt: skip
    found = prove_invariant(net, parse_predicate("!enabled(t)"))
    assert isinstance(found, LinearProof)
    assert found.siphons == (("p", "q"),)
    assert recheck(found, net).passed


def test_unbounded_nets_and_cases() -> None:
    net = PetriNet(
        places=["a", "b", "c"], transitions=["make", "go", "back"],
        arcs=[("a", "make"), ("make", "a"), ("make", "c"), ("a", "go"), ("go", "b"), ("b", "back"),
              ("back", "a")],
        initial=["a"],
    )  # fmt: skip
    found = prove_invariant(net, parse_predicate("a == 1 && b == 0 || b == 1 && a == 0 || c < 0"))
    assert isinstance(found, LinearProof)
    assert recheck(found, net).passed
    assert isinstance(prove_invariant(net, parse_predicate("c <= 5")), str)


def test_z3_stands_behind() -> None:
    """Two tokens at a time: that the number stays even is no linear inequality."""
    net = PetriNet.from_arrays([[2, 0]], [[0, 2]], [4])
    found = prove_invariant(net, parse_predicate("p1 != 3"))
    assert isinstance(found, InvariantEvidence)
    assert refute_reachability(net, parse_predicate("p1 == 3")) is not None
    assert refute_reachability(net, parse_predicate("p1 == 2")) is None


def test_the_budget_ends_the_search() -> None:
    net = nets.free_choice(60, seed=3)
    bad = as_parts(net, Dead())
    about = Claim(formula="AG !dead", model_digest=net.digest())
    late = linear_proof(net, bad, about, budget=Budget(seconds=0.0))
    assert isinstance(late, str)
    assert "budget" in late
    few = linear_proof(net, bad, about, cases=3)
    assert isinstance(few, str)
    assert "cases" in few


def test_the_dual_solution_is_made_exact() -> None:
    """Weights with denominators that rounding does not meet are solved for."""
    primes = (7, 11, 13, 17, 19, 23)
    count = len(primes) + 1
    pre = np.zeros((count, len(primes)), dtype=int)
    post = np.zeros((count, len(primes)), dtype=int)
    for t, prime in enumerate(primes):
        pre[t, t], post[t + 1, t] = prime, prime + 1
    net = PetriNet.from_arrays(pre, post, [1000] + [0] * (count - 1))
    most = 1000.0
    for prime in primes:
        most *= (prime + 1) / prime
    line = Line(((count - 1, -1),), -(int(most) + 1))
    found = least_violation(net, [line])
    assert isinstance(found, Refutation)
    proof = prove_invariant(net, parse_predicate(f"p{count} <= {int(most)}"))
    assert isinstance(proof, LinearProof)
    assert recheck(proof, net).passed


def test_smtlib_is_rerun_by_z3() -> None:
    for net, good in (
        (nets.philosophers(4), "!dead"),
        (PetriNet.from_arrays([[1, 0], [0, 2]], [[0, 1], [1, 0]], [1, 0]), "p1 + p2 >= 1"),
        (PetriNet.from_arrays([[2, 1]], [[1, 1]], [3]), "p1 <= 3 && p1 >= 0"),
    ):
        proof = prove_invariant(net, parse_predicate(good))
        assert isinstance(proof, LinearProof)
        script = linear_proof_smtlib(net, proof)
        assert run_z3(script) == ["unsat", "unsat", "unsat"]
        with pytest.raises(UsageError, match="another net"):
            linear_proof_smtlib(net.replace(name="other"), proof)


def run_z3(script: str) -> list[str]:
    """What z3 answers to a script with several queries."""
    import z3

    context = z3.Context()
    said = z3.Z3_eval_smtlib2_string(context.ref(), script)
    return said.split()


def test_a_negated_claim_is_not_proved_in_small_spaces() -> None:
    for seed in range(60):
        rng = random.Random(seed)
        net = random_net(rng)
        space = space_of(net, limit=200)
        if space is None:
            continue
        good = random_predicate(rng, net)
        both = [proof_of(net, good), proof_of(net, negate(good))]
        assert not all(isinstance(found, LinearProof) for found in both)
