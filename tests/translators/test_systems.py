"""Transition systems, automata and machines, checked as nets of one token."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest

import netproof
from fsm.dfa import DFA
from fsm.machine import Machine, Network, Vector
from fsm.nfa import NFA
from fsm.readwrite.json import format_json
from ltl_cases import random_system
from netproof.loading import load
from petri.state_space.reachability import reachability_graph
from transition_systems.equivalences import bisimilar
from transition_systems.errors import UnsupportedError
from transition_systems.lts import LTS
from transition_systems.properties.predicates import FALSE
from transition_systems.readwrite.aut import format_aut
from transition_systems.readwrite.json import format_lts_json
from transition_systems.temporal.ltl import check_ltl
from translators.systems import machine_to_net, system_to_net


@pytest.mark.parametrize("seed", range(20))
def test_the_reachability_graph_is_the_system(seed: int) -> None:
    lts = random_system(random.Random(seed))
    lts = LTS.from_arrays(
        lts.n_states, lts.sources, lts.labels, lts.targets, label_names=lts.label_names,
        initial=[0], atoms=lts.atoms,
    )  # fmt: skip
    net = system_to_net(lts)
    graph = reachability_graph(net)
    assert graph.n_states == lts.reachable().n_states
    assert bisimilar(graph.lts(final=graph.holds(FALSE)), _plain(lts)).holds
    for atom in ("p", "q"):
        if atom in net.place_ids:
            outcome = check_ltl(lts, f"G F {atom}").outcome
            entry = netproof.check(net, properties=[f"G F {atom}"]).models[0].verdicts[0]
            assert (entry.outcome, entry.rechecked) == (outcome, "passed")


def _plain(lts: LTS) -> LTS:
    return LTS.from_arrays(
        lts.n_states, lts.sources, lts.labels, lts.targets, label_names=lts.label_names, initial=[0]
    )


def test_files(tmp_path: Path) -> None:
    lts = LTS.from_arcs(
        3, [(0, "order", 1), (1, "pay", 2), (1, "remind", 1), (1, None, 1), (2, "ship", 0)],
        atoms={"paid": [False, False, True]},
    )  # fmt: skip
    aut, other = tmp_path / "shop.aut", tmp_path / "shop.json"
    aut.write_text(format_aut(LTS.from_arcs(3, list(lts.arcs()))), encoding="utf-8")
    other.write_text(format_lts_json(lts), encoding="utf-8")
    for file, formula, outcome in (
        (aut, "G F done(ship)", "VIOLATED"), (aut, "weak-fairness: G F done(ship)", "HOLDS"),
        (aut, "AG (s2 -> AX done(ship))", "HOLDS"), (other, "G (paid -> X done(ship))", "HOLDS"),
        (other, "response(done(order), paid)", "VIOLATED"), (other, "AG !dead", "HOLDS"),
    ):  # fmt: skip
        entry = netproof.check(str(file), properties=[formula]).models[0].verdicts[0]
        assert (str(entry.outcome), entry.rechecked) == (outcome, "passed"), formula


def test_machines() -> None:
    lamp = Machine(
        name="lamp", states=["off", "on"], initial="off",
        transitions=[("off", "press", "on"), ("on", "press", "off")],
    )  # fmt: skip
    press = Vector(name="press", label="press", parts=(("lamp", ("press",)),))
    network = Network(machines=(lamp,), vectors=(press,))
    for model, place in ((lamp, "on"), (network, "lamp.on")):
        net = machine_to_net(format_json(model))
        assert place in net.place_ids
        found = netproof.check(net, properties=[f'G F "{place}"']).models[0].verdicts[0]
        assert found.outcome == "HOLDS"
        asked = [f'G F "{place}"', "liveness", f'AG ("{place}" -> AX done(press))']
        for entry in netproof.check(io.StringIO(format_json(model)), asked).verdicts:
            assert (entry.outcome, entry.rechecked) == ("HOLDS", "passed")
    several = NFA(
        states=["p", "q"], alphabet=["a"], initial=["p", "q"], transitions=[("p", "a", "q")]
    )
    report = netproof.check(io.StringIO(format_json(several)), ["EF done(a)", "F q"])
    assert [str(entry.outcome) for entry in report.verdicts] == ["VIOLATED", "HOLDS"]
    dfa = DFA(states=["p"], alphabet=["a"], initial="p", transitions=[("p", "a", "p")])
    nfa = NFA(states=["p"], alphabet=["a"], initial=["p"], transitions=[("p", "a", "p")])
    for automaton in (dfa, nfa):
        text = format_json(automaton)
        assert load(io.StringIO(text)).format == "machine"
        assert load(io.StringIO(text)).net is not None


def test_what_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="several initial"):
        system_to_net(LTS.from_arcs(2, [], initial=[0, 1]))
