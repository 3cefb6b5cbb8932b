"""Induction engines against the full search, on bounded and unbounded nets, all rechecked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import pytest

from engine_cases import random_goal, random_net
from netproof.recheck import recheck
from petri import PetriNet
from petri.induction.bmc import bounded_model_checking
from petri.induction.k_induction import k_induction
from petri.induction.pdr import pdr
from petri.induction.spacer import spacer
from petri.state_space.covering import prove_by_covering
from petri.state_space.reachability import reachability_graph
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.evidence import InvariantEvidence
from transition_systems.properties.parse import parse_predicate
from transition_systems.properties.predicates import Compare, Dead, Predicate, at_least
from transition_systems.smt import load_z3
from transition_systems.verdict import Verdict

Engine = Callable[..., Verdict]
ENGINES: dict[str, tuple[Engine, int]] = {
    "bmc": (lambda net, goal: bounded_model_checking(net, goal, max_sweeps=4), 300),
    "k-induction": (lambda net, goal: k_induction(net, goal, max_k=8, budget=Budget(states=60)), 320),
    "pdr": (lambda net, goal: pdr(net, goal, max_frames=12, budget=Budget(states=200)), 320),
    "spacer": (lambda net, goal: spacer(net, goal, budget=Budget(seconds=2)), 60),
}  # fmt: skip
ENOUGH = {"bmc": 0.9, "k-induction": 0.8, "pdr": 0.9, "spacer": 0.7}


@pytest.mark.parametrize("name", ENGINES)
def test_verdicts_agree_with_the_full_search(name: str) -> None:
    engine, count = ENGINES[name]
    outcomes: Counter[tuple[bool, str]] = Counter()
    for seed in range(count):
        net = random_net(seed, unbounded=seed % 2 == 0, most=4)
        goal = random_goal(net, seed)
        graph = reachability_graph(net, budget=Budget(states=300))
        hit = bool(graph.holds(goal).any())
        verdict = engine(net, goal)
        if hit:
            assert not verdict.violated, (net, goal)
        elif graph.complete:
            assert not verdict.holds, (net, goal)
        if verdict.evidence is not None:
            assert recheck(verdict.evidence, net).passed, (net, goal, verdict.evidence)
        outcomes[hit, verdict.outcome.value] += 1
    found = outcomes[True, "HOLDS"]
    assert found >= ENOUGH[name] * (found + outcomes[True, "UNKNOWN"]), outcomes
    if name != "bmc":
        proved = outcomes[False, "VIOLATED"]
        assert proved >= ENOUGH[name] * (proved + outcomes[False, "UNKNOWN"]), outcomes


def counter() -> PetriNet:
    """Return a net in which p gets one token whenever q gets two, and r counts without bound."""
    return PetriNet(
        places=["a", "b", "p", "q", "r"], transitions=["t", "u", "v"],
        arcs=[("a", "t"), ("t", "b"), ("t", "p"), ("b", "u"), ("u", "a"), ("u", "q", 2),
              ("v", "r"), ("b", "v"), ("v", "b")],
        initial=["a"],
    )  # fmt: skip


GOALS: list[tuple[Predicate, bool]] = [
    (Compare((("q", 1), ("p", -2)), ">=", 1), False),
    (Compare((("a", 1), ("b", 1)), "!=", 1), False),
    (Dead(), False),
    (Compare((("p", 1), ("r", 1)), ">=", 7), True),
    (Compare((("q", 1), ("p", -2)), "==", 0), True),
]


@pytest.mark.parametrize("engine", [k_induction, pdr, spacer])
@pytest.mark.parametrize(("goal", "reached"), GOALS)
def test_an_unbounded_net_is_decided(engine: Engine, goal: Predicate, reached: bool) -> None:
    net = counter()
    verdict = engine(net, goal, budget=Budget(seconds=20))
    assert verdict.holds == reached
    assert verdict.violated != reached
    assert verdict.evidence is not None
    assert recheck(verdict.evidence, net).passed


def test_the_script_of_an_invariant_is_unsatisfiable_three_times() -> None:
    z3 = load_z3()
    verdict = pdr(counter(), GOALS[0][0])
    assert isinstance(verdict.evidence, InvariantEvidence)
    queries = verdict.evidence.smtlib.split("(push 1)")
    assert len(queries) == 4
    for query in queries[1:]:
        solver = z3.Solver()
        solver.from_string(queries[0] + query.split("(check-sat)")[0])
        assert str(solver.check()) == "unsat"


def test_a_sweep_holds_long_runs() -> None:
    size = 40
    arcs = [(f"p{n}", f"t{n}", 1) for n in range(size)] + [
        (f"t{n}", f"p{n + 1}", 1) for n in range(size)
    ]
    net = PetriNet(
        places=[f"p{n}" for n in range(size + 1)], transitions=[f"t{n}" for n in range(size)],
        arcs=arcs, initial={"p0": 5},
    )  # fmt: skip
    verdict = bounded_model_checking(net, at_least(f"p{size}", 5), max_sweeps=1)
    assert verdict.witness is not None
    assert len(verdict.witness) == 5 * size
    assert recheck(verdict.evidence, net).passed if verdict.evidence else False


def test_traps_prove_what_flows_do_not() -> None:
    net = PetriNet(
        places=["a", "b", "c"], transitions=["t", "u", "v"],
        arcs=[("a", "t"), ("t", "b"), ("t", "c"), ("b", "u"), ("u", "a"), ("c", "v"), ("v", "a")],
        initial=["a"],
    )  # fmt: skip
    goal = Compare((("a", 1), ("b", 1), ("c", 1)), "<=", 0)
    for engine in (k_induction, pdr):
        verdict = engine(net, goal)
        assert verdict.violated
        assert recheck(verdict.evidence, net).passed if verdict.evidence else False


@pytest.mark.parametrize("engine", [bounded_model_checking, k_induction, pdr, spacer])
def test_budgets_and_edges(engine: Engine) -> None:
    net = counter()
    spent = engine(net, Dead(), budget=Budget(seconds=0.0))
    assert spent.unknown
    assert "time budget" in str(spent.reason)
    empty = PetriNet(places=[], transitions=[])
    assert engine(empty, Dead()).holds
    with pytest.raises(UsageError):
        engine(net, at_least("nowhere"))


def test_steps_that_are_too_few_are_told() -> None:
    net = counter()
    assert "not 1-inductive" in str(k_induction(net, at_least("r", 9), max_k=1).reason)
    assert "no run of 0 sweeps" in str(
        bounded_model_checking(net, at_least("r"), max_sweeps=0).reason
    )
    with pytest.raises(UsageError):
        k_induction(net, Dead(), max_k=0)


def test_scripts_have_no_empty_connectives() -> None:
    """Standard SMT-LIB has no ``or`` or ``and`` of fewer than two parts."""
    net = PetriNet(places=["p", "q", "r"], transitions=["t", "u"], arcs=[("t", "p"), ("p", "u")])
    for found in (pdr(net, parse_predicate("q >= 1")), pdr(net, parse_predicate("q + r >= 1"))):
        assert isinstance(found.evidence, InvariantEvidence)
        script = found.evidence.smtlib
        assert not re.search(r"\((or|and)\)|\bassert (or|and)\b|\( *(or|and) [^() ]+\)", script)
        assert " and)" not in script
        assert " or)" not in script
    proof = prove_by_covering(net, parse_predicate("q <= 0"), parse_predicate("q <= 0 && r <= 0"))
    assert proof is not None
    assert "(assert or)" not in proof.smtlib
