"""Nets with 2**62 tokens in a place, which no packed marking has room for, are decided elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

import netproof
import petri
from netproof.cli.main import run
from netproof.recheck import recheck, recheck_verdict
from petri import PetriNet, write_pnml
from petri.ctl import ctl
from petri.ltl import ltl
from petri.mu_calculus import mu
from petri.state_space import state_space
from transition_systems.budget import Budget
from transition_systems.errors import UnlistedError

pytestmark = pytest.mark.exhaustive

MANY = 2**62
RINGS = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [MANY, MANY])
HEAVY = PetriNet.from_arrays([[MANY, 0], [0, MANY]], [[0, MANY], [MANY, 0]], [MANY, 0])
DOWN = PetriNet.from_arrays([[1], [0]], [[0], [1]], [MANY, 0])
UNLISTED = "cannot be listed"


@pytest.mark.parametrize(
    ("net", "question", "outcome"),
    [
        (RINGS, "deadlock", "HOLDS"),
        (RINGS, "boundedness", "HOLDS"),
        (RINGS, "liveness", "HOLDS"),
        (RINGS, "AG p1 + p2 <= 3", "VIOLATED"),
        (DOWN, "EF p2 >= 3", "HOLDS"),
        (DOWN, "deadlock", "VIOLATED"),
        (HEAVY, "liveness", "UNKNOWN"),
        (HEAVY, "EF p2 >= 3", "HOLDS"),
    ],
)
def test_other_engines_answer(net: PetriNet, question: str, outcome: str) -> None:
    verdict = petri.decide(net, question, budget=Budget(seconds=2.0), parallel=False)
    assert str(verdict.outcome) == outcome, verdict.reason
    if verdict.unknown:
        assert UNLISTED in str(verdict.reason)
    elif question in ("deadlock", "liveness"):
        assert recheck_verdict(question, verdict.outcome, verdict.evidence, net).passed


def test_the_functions_say_why_there_is_no_list() -> None:
    few = Budget(seconds=1.0)
    assert petri.deadlock(RINGS, budget=few).holds
    assert petri.stable_place(RINGS, budget=few).outcome.name in ("UNKNOWN", "VIOLATED")
    for verdict in (
        petri.terminates(DOWN, method="explicit", budget=few),
        petri.no_dead_transitions(DOWN, method="explicit", budget=few),
        ctl(DOWN, "AG EF p1", budget=few, method="explicit"),
        mu(DOWN, "nu X. <t1> X", budget=few),
        ltl(DOWN, "G F p1", budget=few, method="explicit"),
    ):
        assert verdict.unknown
        assert UNLISTED in str(verdict.reason)
    for verdict in (
        petri.terminates(DOWN, budget=few),
        petri.no_dead_transitions(DOWN, budget=few),
    ):
        assert verdict.holds
        assert recheck_verdict(verdict.property, "HOLDS", verdict.evidence, DOWN).passed
    more = PetriNet.from_arrays([[0], [0]], [[1], [1]], [MANY, 0])
    for verdict in (
        petri.reachable(more, "p2 >= 1", method="pdr", budget=few),
        petri.reachable(more, "p2 >= 1", budget=few), petri.no_dead_transitions(more, budget=few),
        petri.terminates(more, budget=few),
    ):  # fmt: skip
        assert verdict.unknown
    graph = petri.reachability_graph(DOWN)
    assert (graph.n_states, graph.complete, graph.continued().n_states) == (1, False, 1)
    assert graph.marking(0) == DOWN.initial
    with pytest.raises(UnlistedError, match=UNLISTED):
        state_space(DOWN, method="explicit")


def test_check_and_the_contest_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entries = netproof.check(RINGS, ["deadlock", "boundedness", "safeness"], budget=6.0)
    found = [(str(e.outcome), e.rechecked) for e in entries.models[0].verdicts]
    assert found == [("HOLDS", "passed"), ("HOLDS", "passed"), ("VIOLATED", "passed")]
    write_pnml(DOWN, str(tmp_path / "model.pnml"))
    for category in ("RD", "OS"):
        given = ["mcc", str(tmp_path), "--category", category, "--budget-seconds", "2.5"]
        assert run(given) == 0
        assert capsys.readouterr().out.startswith("FORMULA ")


def test_a_bound_by_structure_is_one_of_the_state_equation() -> None:
    ring = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [2, 0])
    verdict = petri.bounded(ring, k=2, method="structure")
    assert (verdict.holds, verdict.property) == (True, "bounded by 2")
    assert recheck(verdict.evidence, ring).passed
    assert not petri.bounded(ring, k=1, method="structure").holds
    assert petri.bounded(DOWN, k=MANY, method="structure").holds
    one = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [1, 0])
    assert petri.safe(one, method="structure").holds


def test_coverability_does_not_take_a_number_for_any_number() -> None:
    net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [2**62, 0])
    with pytest.raises(UnlistedError, match=r"2\*\*62"):
        petri.coverability_graph(net)


def test_counts_that_grow_to_the_sign_for_any_number_are_not_taken_for_it() -> None:
    # Two firings of a heavy arc, then nothing more: bounded, whatever the count.
    for weight, firings in ((2**61, 2), (2**62 - 1, 2), (2**62 - 1, 4), (2**60, 4)):
        net = PetriNet.from_arrays([[1], [0]], [[0], [weight]], [firings, 0])
        for build in (petri.coverability_graph, petri.minimal_coverability_set):
            with pytest.raises(UnlistedError, match="2\\*\\*62"):
                build(net)
        for method in ("auto", "explicit", "symbolic", "structure"):
            verdict = petri.bounded(net, method=method, budget=Budget(seconds=1.0))
            assert not verdict.violated
        assert not petri.decide(
            net, "boundedness", budget=Budget(seconds=1.0), parallel=False
        ).violated
    twice = PetriNet.from_arrays([[1], [0]], [[0], [2**61]], [2, 0])
    assert not petri.coverable(twice, {"p2": 2**62 + 1}, budget=Budget(seconds=1.0)).holds
    below = PetriNet.from_arrays([[1], [0]], [[0], [2**61]], [1, 0])
    assert petri.coverability_graph(below).bounds == {"p1": 1, "p2": 2**61}
    assert petri.minimal_coverability_set(below).bounds == {"p1": 1, "p2": 2**61}
    growing = PetriNet.from_arrays([[1], [0]], [[1], [2**61]], [1, 0])
    assert petri.coverability_graph(growing).unbounded_places == ("p2",)
    assert petri.minimal_coverability_set(growing).unbounded_places == ("p2",)
    with pytest.raises(UnlistedError):
        petri.minimal_coverability_set(DOWN)
