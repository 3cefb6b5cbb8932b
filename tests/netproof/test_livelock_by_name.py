"""Livelock, asked by name of workflows, nets and systems: outcome, run, evidence, recheck."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

import netproof
import petri
from netproof.recheck import recheck_verdict
from petri import PetriNet
from petri.nodes import Transition
from strategies_ctl import random_system
from transition_systems.budget import Budget
from transition_systems.evidence import FallingSumEvidence, ParityStrategy
from transition_systems.livelocks import check_livelock
from transition_systems.lts import LTS
from transition_systems.readwrite.aut import write_aut
from transition_systems.run import Lasso

ROUND = """<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x">
  <process id="p">
    <startEvent id="s"/>
    <exclusiveGateway id="in"/>
    {task}
    <exclusiveGateway id="out"/>
    <endEvent id="e"/>
    <sequenceFlow id="f0" sourceRef="s" targetRef="in"/>
    <sequenceFlow id="f1" sourceRef="in" targetRef="{middle}"/>
    {flow}
    <sequenceFlow id="f3" sourceRef="out" targetRef="in"/>
    <sequenceFlow id="f4" sourceRef="out" targetRef="e"/>
  </process>
</definitions>
"""


def test_a_workflow_that_only_routes_for_ever(tmp_path: Path) -> None:
    file = tmp_path / "x.bpmn"
    file.write_text(ROUND.format(task="", middle="out", flow=""))
    for name in ("livelock", "divergence"):
        (entry,) = netproof.check(str(file), properties=[name]).models[0].verdicts
        assert entry.verdict.property == name
        assert entry.verdict.violated
        assert entry.rechecked == "passed"
        assert isinstance(entry.witness, Lasso)
        assert [step.source is not None for step in entry.witness.cycle] == [True, True]
        assert "no activity or event in it" in entry.verdict.explanation[0]
    task = '<task id="t"/>'
    flow = '<sequenceFlow id="f2" sourceRef="t" targetRef="out"/>'
    file.write_text(ROUND.format(task=task, middle="t", flow=flow))
    (entry,) = netproof.check(str(file), properties=["livelock"]).models[0].verdicts
    assert entry.verdict.holds
    assert entry.rechecked == "passed"


def silent_net(rng: random.Random) -> PetriNet:
    names = ["t", "tau", "a.b", 'x"y', "mu", "Z0", "{s}"]
    transitions = [Transition(id=name, label=rng.choice((None, "seen"))) for name in names]
    places = ["p", "q", "r"]
    arcs: list[tuple[str, str]] = []
    for name in names:
        arcs += [(rng.choice(places), name), (name, rng.choice(places))]
    return PetriNet(places=places, transitions=transitions, arcs=arcs, initial=["p"])


def test_nets_against_the_search_for_silent_cycles() -> None:
    seen = set[bool]()
    for seed in range(60):
        net = silent_net(random.Random(seed))
        verdict = petri.livelock(net)
        silent = {node.id for node in net.transitions if node.label is None}
        assert verdict.holds is not silently_endless(net, silent), seed
        seen.add(verdict.holds)
        assert recheck_verdict("livelock", verdict.outcome, verdict.evidence, net).passed
        other = "VIOLATED" if verdict.holds else "HOLDS"
        assert not recheck_verdict("livelock", other, verdict.evidence, net).passed
        assert not recheck_verdict("deadlock", verdict.outcome, verdict.evidence, net).passed
        if verdict.violated:
            assert isinstance(verdict.witness, Lasso)
            assert {step.action for step in verdict.witness.cycle} <= silent
            assert isinstance(verdict.evidence, ParityStrategy)
        else:
            assert isinstance(verdict.evidence, ParityStrategy | FallingSumEvidence)
    assert seen == {True, False}


def silently_endless(net: PetriNet, silent: set[str]) -> bool:
    """Return whether from some place that a token comes to, silent steps can go round."""
    step = {t: (net.preset(t), net.postset(t)) for t in net.transition_ids}
    arcs = {(min(a), min(b), t) for t, (a, b) in step.items()}

    def reach(begin: set[str], names: set[str]) -> set[str]:
        found = set(begin)
        while more := {b for a, b, t in arcs if a in found and t in names} - found:
            found |= more
        return found

    around = reach({"p"}, set(step))
    return any(a in reach({b}, silent) for a, b, t in arcs if a in around and t in silent)


@pytest.mark.parametrize("seed", range(12))
def test_systems_as_the_search_for_silent_cycles(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    lts = random_system(rng, one_start=True)
    plain = LTS.from_arcs(lts.n_states, list(lts.arcs()), initial=lts.initial.tolist())
    file = str(tmp_path / "x.aut")
    write_aut(plain, file)
    (entry,) = netproof.check(file, properties=["livelock"]).models[0].verdicts
    assert entry.verdict.outcome is check_livelock(plain).outcome
    assert entry.rechecked == "passed"
    if entry.verdict.violated:
        assert isinstance(entry.witness, Lasso)
        assert {step.label for step in entry.witness.cycle} == {"tau"}
        assert "silent" in entry.verdict.explanation[-1]


def test_without_a_bound_or_time_it_is_unknown() -> None:
    turn = Transition(id="u", label=None)
    net = PetriNet(
        places=["p", "q"], transitions=["t", turn, Transition(id="v", label=None)],
        arcs=[("t", "q"), ("p", "u"), ("u", "p"), ("q", "v"), ("v", "q", 2)], initial=[],
    )  # fmt: skip
    assert petri.livelock(net, budget=Budget(states=100)).unknown
    bounded = silent_net(random.Random(1))
    assert petri.livelock(bounded, budget=Budget(seconds=0)).unknown


def test_no_livelock_has_no_run() -> None:
    net = PetriNet(
        places=["p", "q"], transitions=["a", Transition(id="t", label=None)], initial=["p"],
        arcs=[("p", "a"), ("a", "q"), ("q", "t"), ("t", "p")],
    )  # fmt: skip
    (entry,) = netproof.check(net, properties=["livelock"]).models[0].verdicts
    assert entry.verdict.holds
    assert entry.rechecked == "passed"
    assert entry.witness is None
    lts = LTS.from_arcs(2, [(0, "a", 1), (1, None, 0)])
    (entry,) = netproof.check(lts, properties=["livelock"]).models[0].verdicts
    assert entry.verdict.holds
    assert entry.witness is None
