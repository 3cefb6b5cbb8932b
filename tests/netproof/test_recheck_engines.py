"""What the engines say about drawn nets passes the recheck, and false statements never do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import petri
from netproof.recheck import Question, RecheckResult, recheck, recheck_verdict
from netproof.recheck.net_table import NetTable
from netproof.recheck.normal_form import NormalForms
from netproof.recheck.predicates import holds_in
from netproof.recheck.result import Watch
from oracles.evidence import proves_measure, proves_ranked
from petri import Marking, PetriNet
from petri.decision import claim, equals_marking
from recheck_support import DEEP, LOOP, SPIN
from strategies_petri import nets
from transition_systems.budget import Budget
from transition_systems.evidence import (
    ClosedSet,
    FairMeasure,
    Measure,
    RankedSet,
    StateSet,
    evidence_from_dict,
)
from transition_systems.properties.formulas import always_possible
from transition_systems.properties.parse import parse_predicate
from transition_systems.properties.predicates import And, Not, Or, Predicate
from transition_systems.verdict import Verdict

FEW = Budget(states=300)
SOME = settings(max_examples=40, deadline=None, derandomize=True)
MORE = settings(max_examples=120, deadline=None, derandomize=True)


def rechecked(verdict: Verdict, net: PetriNet, question: Question | None = None) -> None:
    if verdict.evidence is None:
        assert verdict.unknown
        return
    again = evidence_from_dict(verdict.evidence.to_dict())
    assert again == verdict.evidence
    for evidence in (verdict.evidence, again):
        result = recheck_verdict(
            verdict.property, verdict.outcome, evidence, net, question=question
        )
        assert result.passed, (verdict.property, verdict.outcome, result.reason)
    other = "HOLDS" if verdict.violated else "VIOLATED"
    wrong = recheck_verdict(verdict.property, other, verdict.evidence, net, question=question)
    assert wrong.status == "failed"


@SOME
@given(nets())
def test_verdicts_on_drawn_nets(net: PetriNet) -> None:
    rechecked(petri.deadlock(net, budget=FEW), net)
    rechecked(petri.bounded(net, budget=FEW), net)
    rechecked(petri.bounded(net, k=2, budget=FEW), net)
    rechecked(petri.safe(net, budget=FEW), net)
    rechecked(petri.no_dead_transitions(net, budget=FEW), net)
    rechecked(petri.workflow_net(net), net)
    for fairness in ("none", "weak", "strong"):
        rechecked(petri.terminates(net, fairness=fairness, budget=FEW), net)
    home = Question(formula=always_possible(equals_marking(net, net.initial)))
    rechecked(petri.always_reachable(net, net.initial, budget=FEW, name="home"), net, home)


@SOME
@given(nets(odd_ids=True, max_places=4, max_transitions=3))
def test_verdicts_on_nets_with_odd_ids(net: PetriNet) -> None:
    rechecked(petri.deadlock(net, budget=FEW), net)
    rechecked(petri.no_dead_transitions(net, budget=FEW), net)
    rechecked(petri.terminates(net, budget=FEW), net)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(nets(max_places=3, max_transitions=3))
def test_verdicts_of_z3(net: PetriNet) -> None:
    rechecked(petri.deadlock(net, method="z3", budget=Budget(seconds=2)), net)


def states_of(net: PetriNet) -> Any:
    verdict = petri.invariant(net, "true", method="explicit", budget=FEW)
    assume(verdict.holds)
    evidence = verdict.evidence
    assert isinstance(evidence, ClosedSet)
    assume(len(evidence.states) <= 12)
    return evidence.states


@MORE
@given(nets(max_weight=1, max_tokens=1), st.data())
def test_ranks_are_accepted_just_when_they_prove(net: PetriNet, data: st.DataObject) -> None:
    """Sets and ranks changed at random, against the definition."""
    states = states_of(net)
    rows = states.rows.copy()
    if rows.size and data.draw(st.booleans()):
        i = data.draw(st.integers(0, len(rows) - 1))
        rows[i] = rows[data.draw(st.integers(0, len(rows) - 1))]
        rows = np.unique(rows, axis=0)
    drawn = data.draw(st.lists(st.integers(0, 4), min_size=len(rows), max_size=len(rows)))
    rank = np.array(drawn, dtype=np.int64)
    if data.draw(st.booleans()):
        verdict = petri.always_reachable(net, Marking(), budget=FEW)
        if isinstance(verdict.evidence, RankedSet):
            rows, rank = verdict.evidence.states.rows, verdict.evidence.rank.copy()
            if data.draw(st.booleans()):
                rank[data.draw(st.integers(0, len(rank) - 1))] += 1
    made = StateSet(names=states.names, rows=rows)
    goal = equals_marking(net, Marking())
    ranked = RankedSet(claim=claim(net, always_possible(goal)), states=made, rank=rank)
    wanted = proves_ranked(net, made, rank, lambda marking: marking == Marking())
    assert recheck(ranked, net).passed == wanted
    measure = Measure(claim=claim(net, "terminates"), states=made, rank=rank)
    assert recheck(measure, net).passed == proves_measure(net, made, rank)


@MORE
@given(st.sampled_from([LOOP, SPIN, DEEP]) | nets(max_weight=1, max_tokens=1), st.data())
def test_no_ranks_prove_that_a_fair_infinite_run_ends(net: PetriNet, data: st.DataObject) -> None:
    states = states_of(net)
    count = len(states)
    depth = data.draw(st.integers(1, 3))
    n_actions = len(net.transition_ids)

    def table(low: int, high: int) -> np.ndarray[Any, Any]:
        cells = st.lists(st.integers(low, high), min_size=count * depth, max_size=count * depth)
        return np.array(data.draw(cells), dtype=np.int64).reshape(count, depth)

    rank, helpful = table(-1, 1), table(-1, n_actions - 1)
    for fairness in ("weak", "strong"):
        evidence = FairMeasure(
            claim=claim(net, f"terminates under {fairness} fairness"), states=states, rank=rank,
            helpful=helpful, actions=net.transition_ids,
        )  # fmt: skip
        if recheck(evidence, net).passed:
            assert petri.terminates(net, fairness=fairness, budget=FEW).holds
        flat = replace(evidence, rank=np.zeros_like(rank))
        if recheck(flat, net).passed:
            assert petri.terminates(net, fairness=fairness, budget=FEW).holds


def test_soundness_of_drawn_workflow_nets() -> None:
    seen = set()

    @settings(max_examples=150, deadline=None, derandomize=True)
    @given(nets(max_weight=1, max_places=4, max_transitions=4))
    def run(net: PetriNet) -> None:
        ends = [p for p in net.place_ids if not net.preset(p)]
        if len(ends) != 1:
            return
        started = net.replace(initial={ends[0]: 1}, final=None)
        if not petri.workflow_net(started).holds:
            return
        verdict = petri.sound(started, budget=FEW)
        rechecked(verdict, started)
        seen.add(verdict.outcome)

    run()
    assert seen


def test_the_budget_skips() -> None:
    big = 14
    net = PetriNet(
        places=[f"{side}{i}" for i in range(big) for side in "ab"],
        transitions=[f"{side}{i}" for i in range(big) for side in "tu"],
        arcs=[
            arc
            for i in range(big)
            for arc in (
                (f"a{i}", f"t{i}"),
                (f"t{i}", f"b{i}"),
                (f"b{i}", f"u{i}"),
                (f"u{i}", f"a{i}"),
            )
        ],
        initial={f"a{i}": 1 for i in range(big)},
    )
    evidence = petri.safe(net).evidence
    assert evidence is not None
    assert recheck(evidence, net).passed
    late = recheck(evidence, net, budget=Budget(seconds=0.0))
    assert late == RecheckResult("skipped", late.reason)
    assert "time budget" in (late.reason or "")
    small = recheck(evidence, net, budget=Budget(bytes=1000))
    assert small.status == "skipped"
    assert "bytes" in (small.reason or "")


def test_the_formula_that_was_asked_for() -> None:
    evidence = petri.invariant(LOOP, "p + q <= 1 && !(o >= 2)").evidence
    assert evidence is not None
    for same in (
        "AG !(p + q > 1 || o >= 2)",
        "AG (o < 2 && q + p < 2)",
        "AG(p + q <= 1 && o <= 1)",
    ):
        assert recheck(evidence, LOOP, formula=same).passed
    for other in ("AG p + q <= 1", "EF p >= 1", "AG true", "unbounded", "AG ("):
        assert recheck(evidence, LOOP, formula=other).status == "failed"


def test_deep_and_wide_predicates() -> None:
    inner = parse_predicate("o >= 2")
    deep: Predicate = inner
    for _ in range(100_000):
        deep = Not(deep)
    table, watch = NetTable(LOOP), Watch()
    rows = table.rows([{0: 1}, {2: 2}])
    assert holds_in(table, rows, deep, watch).tolist() == [False, True]
    for k in range(50_000):
        deep = And((deep, inner)) if k % 2 else Or((deep, inner))
    assert holds_in(table, rows, deep, watch).tolist() == [False, True]
    forms = NormalForms()
    assert forms.number(deep) == forms.number(deep, positive=True)
    assert forms.number(deep) != forms.number(deep, positive=False)
    closed = petri.invariant(LOOP, "true").evidence
    assert isinstance(closed, ClosedSet)
    wide = " && ".join(["p + q + o == 1"] * 5_000)
    assert recheck(replace(closed, claim=claim(LOOP, f"AG ({wide})")), LOOP).passed
    none = " || ".join(["p >= 2"] * 5_000)
    assert recheck(replace(closed, claim=claim(LOOP, f"AG ({none})")), LOOP).status == "failed"


def test_numbers_beyond_64_bits_are_exact() -> None:
    net = PetriNet(places=["p"], transitions=[], initial={"p": 2**62})
    states = StateSet(names=("p",), rows=np.array([[2**62]], dtype=np.int64))
    for text, status in (("4 p >= 1", "passed"), ("4 p <= 0", "failed"), ("2 p < 0", "failed")):
        closed = ClosedSet(claim=claim(net, f"AG {text}"), states=states)
        assert recheck(closed, net).status == status
