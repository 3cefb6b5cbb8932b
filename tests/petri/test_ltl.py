"""Linear temporal logic on nets, against the reachability graph as a transition system."""

from __future__ import annotations

import random
from typing import Any

import pytest

from netproof.recheck import recheck_ltl
from petri.last_steps import with_last_steps
from petri.ltl import ltl
from petri.net import PetriNet
from petri.nodes import Transition
from petri.state_space.reachability import reachability_graph
from transition_systems.budget import Budget
from transition_systems.errors import ExpressionError, UsageError
from transition_systems.evidence import evidence_from_dict
from transition_systems.lts import LTS
from transition_systems.properties.parse import parse_formula
from transition_systems.temporal.ctl import check_ctl
from transition_systems.temporal.last_steps import with_last_steps as lts_last_steps
from transition_systems.temporal.ltl import check_ltl
from transition_systems.temporal.product_system import Fairness

FORMULAS = (
    "G F p0", "F G p1", "F (p0 && X p1)", "G (p0 -> F p2)", "p0 U (p1 || dead)", "G F enabled(t0)",
    "X X p1", "F dead", "G (enabled(t1) -> X p2)", "(G F p0) -> (G F p2)",
)  # fmt: skip
LAST = (
    "G F done(t0)", "G (done(t1) -> F done(t2))", "!done(t2) U (done(t0) && X p1)",
    "F (done(t0) || done(t1))", "G (done(t0) -> X !done(t0))", "F G !done(t3)",
    "G (done(t0) -> enabled(t1))",
)  # fmt: skip


def random_net(rng: random.Random, *, silent: bool = False) -> PetriNet:
    """A net of a few tokens: each transition takes as many as it puts."""
    places = [f"p{i}" for i in range(4)]
    arcs: list[tuple[str, str]] = []
    for t in range(5):
        width = rng.choice((1, 1, 2))
        arcs += [(p, f"t{t}") for p in rng.sample(places, width)]
        arcs += [(f"t{t}", p) for p in rng.sample(places, width)]
    return PetriNet(
        places=places, arcs=arcs, initial=rng.sample(places, rng.choice((1, 2))),
        transitions=[
            Transition(id=f"t{t}", label=None if silent and rng.random() < 0.4 else f"t{t}")
            for t in range(5)
        ],
    )  # fmt: skip


def system(net: PetriNet, *, silent: bool = False) -> LTS:
    """The reachability graph: labels are transitions, atoms are places."""
    graph = reachability_graph(net)
    labels = {t.id: None if silent and t.label is None else t.id for t in net.transitions}
    markings = [graph.marking(s) for s in range(graph.n_states)]
    arcs = [
        (s, labels[t], markings.index(net.fire(marking, t)))
        for s, marking in enumerate(markings)
        for t in net.enabled(marking)
    ]
    atoms = {p: [marking[p] > 0 for marking in markings] for p in net.place_ids}
    return LTS.from_arcs(len(markings), arcs, atoms=atoms)


def judged(net: PetriNet, formula: str, **options: Any) -> str:
    """The outcome on the net, after its recheck."""
    verdict = ltl(net, parse_formula(formula), **options)
    assert verdict.evidence is not None
    again = evidence_from_dict(verdict.evidence.to_dict())
    assert recheck_ltl(again, net, formula=verdict.property).passed
    return str(verdict.outcome)


def known(net: PetriNet, formula: str) -> bool:
    """Whether the labels that a formula names occur at all in the reachability graph."""
    labels = set(system(net).label_names)
    return all(f"t{i}" in labels for i in range(5) if f"t{i}" in formula)


@pytest.mark.parametrize("seed", range(12))
def test_against_the_reachability_graph(seed: int) -> None:
    rng = random.Random(seed)
    net = random_net(rng)
    lts = system(net)
    every = tuple((t,) for t in net.transition_ids if t in lts.label_names)
    for formula in FORMULAS:
        if not known(net, formula):
            continue
        assert judged(net, formula) == str(check_ltl(lts, formula).outcome)
        for word, fair in (("weak", Fairness(weak=every)), ("strong", Fairness(strong=every))):
            expected = check_ltl(lts, formula, fairness=fair).outcome
            assert judged(net, formula, fairness=word) == str(expected)


@pytest.mark.parametrize("seed", range(12))
def test_silent_transitions(seed: int) -> None:
    net = random_net(random.Random(seed), silent=True)
    lts = system(net, silent=True)
    for formula in ("G F p0", "X p1", "X X !p0", "G (p0 -> X p1)", "F (p1 && X p2)", "F G p3"):
        expected = check_ltl(lts, formula, weak=True).outcome
        assert judged(net, formula, weak=True) == str(expected)


@pytest.mark.parametrize("seed", range(12))
def test_last_steps(seed: int) -> None:
    net = random_net(random.Random(seed))
    for formula in LAST:
        if not known(net, formula):
            continue
        remembered = with_last_steps(net, parse_formula(formula))
        names = [f"t{i}" for i in range(5) if f"done(t{i})" in formula]
        expected = check_ltl(lts_last_steps(system(net), names), formula)
        verdict = ltl(remembered.net, remembered.formula)
        assert verdict.outcome is expected.outcome
        assert verdict.evidence is not None
        assert recheck_ltl(verdict.evidence, remembered.net).passed
        if verdict.witness is not None:
            own = remembered.own(verdict.witness)
            moved = [action for action in own.actions if action != "(stays)"]
            assert net.run(net.initial, moved).last == own.last


def test_branching_time_with_last_steps() -> None:
    net = PetriNet(
        places=["p", "q"], transitions=["a", "b"], initial=["p"],
        arcs=[("p", "a"), ("a", "q"), ("q", "b"), ("b", "p")],
    )  # fmt: skip
    remembered = with_last_steps(net, parse_formula("AG (done(a) -> AX done(b))"))
    assert len(remembered.net.place_ids) == 2 + len(remembered.marks)
    assert check_ctl(system(remembered.net), "EF (q && EX p)").holds
    assert remembered.copies("a") == tuple(f"a@{i}" for i in range(len(remembered.marks)))


def test_budget_and_misuse() -> None:
    net = PetriNet(
        places=["p", "n"], transitions=["t"], initial=["p"],
        arcs=[("p", "t"), ("t", "p"), ("t", "n")],
    )  # fmt: skip
    assert ltl(net, "G F !n", budget=Budget(states=3_000)).unknown
    with pytest.raises(ExpressionError, match="place 'm'"):
        ltl(net, "F m")
    with pytest.raises(ExpressionError, match="transition"):
        ltl(net, "F enabled(u)")
    with pytest.raises(ExpressionError, match="transition"):
        with_last_steps(net, parse_formula("F done(u)"))
    with pytest.raises(UsageError, match="last step"):
        ltl(net, "F done(t)")


def test_staying_is_said_once() -> None:
    """Also where the automaton comes back after several letters only."""
    net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    for text in ("F G (F (p1 U p2) && X X (G !p1 && X p1))", "F G (X X p1 || F (p1 U !p2))"):
        verdict = ltl(net, text)
        assert verdict.violated
        assert verdict.witness is not None
        assert verdict.witness.actions == ("t1", "(stays)")
        assert verdict.evidence is not None
        assert recheck_ltl(verdict.evidence, net).passed
