"""Forged evidence of every kind is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import petri
from forgers import FORGE
from netproof.recheck import Question, recheck, recheck_verdict
from petri import PetriNet
from petri.soundness import workflow_goal
from recheck_support import (
    EVER,
    FORK,
    GROW,
    LOOP,
    LOST,
    NETS,
    SOURCE,
    STUCK,
    TRANSLATION,
    cases,
    forged_claims,
    net_of,
    with_claim,
)
from transition_systems.evidence import (
    Claim,
    ClosedSet,
    Evidence,
    FairMeasure,
    LassoEvidence,
    Parts,
    PumpEvidence,
    RunEvidence,
    StateSet,
    StructureEvidence,
    evidence_from_dict,
)
from transition_systems.properties.parse import parse_predicate
from transition_systems.run import Lasso, Run, Step

CASES = cases()


def status(evidence: Evidence, net: PetriNet) -> str:
    return recheck(evidence, net, source_digest=SOURCE, translation=TRANSLATION).status


def unchanged(left: Evidence, right: Evidence) -> bool:
    try:
        return left == right
    except ValueError:  # an array compared with something that is none
        return False


@pytest.mark.parametrize("kind", sorted(FORGE))
def test_genuine_evidence_passes(kind: str) -> None:
    for net, evidence in CASES[kind]:
        again = evidence_from_dict(evidence.to_dict())
        assert again == evidence
        for piece in (evidence, again):
            result = recheck(piece, net, source_digest=SOURCE, translation=TRANSLATION)
            assert result.passed, (net.name, evidence.claim.formula, result.reason)


@pytest.mark.parametrize("kind", sorted(FORGE))
def test_forged_evidence_is_refused(kind: str) -> None:
    count = 0
    for net, evidence in CASES[kind]:
        for what, forged in FORGE[kind](net, evidence):
            if unchanged(forged, evidence):
                continue
            count += 1
            assert status(forged, net) == "failed", (net.name, evidence.claim.formula, what)
    assert count >= 20


@pytest.mark.parametrize("kind", sorted(FORGE))
def test_other_claims_are_refused(kind: str) -> None:
    for net, evidence in CASES[kind]:
        for what, forged in forged_claims(net, evidence):
            assert status(forged, net) == "failed", (net.name, evidence.claim.formula, what)


@pytest.mark.parametrize("kind", sorted(FORGE))
def test_evidence_about_another_net_is_refused(kind: str) -> None:
    """Also with the other net's digest written into it, unless it proves the same there."""
    for net, evidence in CASES[kind]:
        for other in NETS:
            if other is net:
                continue
            assert status(evidence, other) == "failed"
            true_there = evidence.kind == "invariant" or {net, other} == {EVER, LOOP}
            if isinstance(evidence, Parts) or true_there:
                continue
            moved = with_claim(evidence, model_digest=other.digest())
            assert status(moved, other) == "failed", (net.name, other.name, evidence.claim.formula)


def test_a_set_may_hold_more_than_is_reachable() -> None:
    for net, evidence in CASES["closed-set"]:
        assert evidence.kind == "closed-set"
        twice: Any = evidence
        rows = np.vstack([twice.states.rows, twice.states.rows[:1]])
        doubled = replace(twice, states=replace(twice.states, rows=rows))
        assert status(doubled, net) == "passed"


def test_outcomes_that_do_not_follow_from_the_claim() -> None:
    question = Question()
    names = ("deadlock", "safeness", "boundedness", "termination", "termination-strong",
             "workflow-net", "soundness", "no-dead-transitions", "option-to-complete",
             "EF r >= 1 && s >= 1", "nonsense", "", "AX p")  # fmt: skip
    right = {
        ("safeness", "HOLDS"), ("safeness", "VIOLATED"), ("deadlock", "VIOLATED"),
        ("deadlock", "HOLDS"),
        ("boundedness", "HOLDS"), ("boundedness", "VIOLATED"), ("termination", "HOLDS"),
        ("termination", "VIOLATED"), ("termination-strong", "HOLDS"),
        ("termination-strong", "VIOLATED"), ("workflow-net", "HOLDS"),
        ("workflow-net", "VIOLATED"), ("soundness", "HOLDS"), ("soundness", "VIOLATED"),
        ("no-dead-transitions", "HOLDS"), ("option-to-complete", "HOLDS"),
        ("option-to-complete", "VIOLATED"), ("EF r >= 1 && s >= 1", "HOLDS"),
    }  # fmt: skip
    seen = set()
    for pieces in CASES.values():
        for net, evidence in pieces:
            for name in names:
                passed = []
                for outcome in ("HOLDS", "VIOLATED"):
                    result = recheck_verdict(
                        name, outcome, evidence, net, question=question,
                        source_digest=SOURCE, translation=TRANSLATION,
                    )  # fmt: skip
                    assert result.status != "skipped"
                    if result.passed:
                        passed.append((name, outcome))
                assert len(passed) <= 1
                seen.update(passed)
    assert seen <= right
    assert ("soundness", "HOLDS") in seen
    assert ("soundness", "VIOLATED") in seen
    assert len(seen) >= 14


def test_unknown_and_absent_evidence() -> None:
    net, evidence = CASES["run"][0]
    assert recheck_verdict("deadlock", "UNKNOWN", evidence, net).status == "skipped"
    assert recheck_verdict("deadlock", "HOLDS", None, net).status == "failed"
    assert recheck_verdict("deadlock", "PERHAPS", evidence, net).status == "failed"


def test_all_nets_are_used() -> None:
    used = {net.name for pieces in CASES.values() for net, _ in pieces}
    assert used == {net.name for net in NETS}
    assert {FORK, STUCK, GROW, EVER} <= set(NETS)


def test_a_step_that_takes_and_gives_back_needs_its_tokens() -> None:
    net = PetriNet(places=["p", "q"], transitions=["t"], arcs=[("p", "t"), ("t", "p"), ("t", "q")])
    step = Step(action="t", label="t", state={"q": 1})
    made = Claim(formula="EF q >= 1", model_digest=net.digest())
    run = Run(initial={}, steps=(step,))
    assert recheck(RunEvidence(claim=made, run=run), net).status == "failed"
    closed = StateSet(names=("p", "q"), rows=np.zeros((1, 2), dtype=np.int64))
    never = replace(made, formula="AG q == 0")
    assert recheck(ClosedSet(claim=never, states=closed), net).passed


def test_a_cycle_is_no_pump() -> None:
    walked = LOOP.run(LOOP.initial, ["go", "back"])
    lasso = Lasso(initial=walked.initial, steps=walked.steps, loop_start=0)
    made = Claim(formula="unbounded", model_digest=LOOP.digest())
    assert recheck(PumpEvidence(claim=made, lasso=lasso), LOOP).status == "failed"
    endless = replace(made, formula="infinite run")
    assert recheck(LassoEvidence(claim=endless, lasso=lasso), LOOP).passed


def test_no_order_of_the_nodes_makes_a_workflow_net() -> None:
    made = Claim(formula="workflow net", model_digest=LOST.digest())
    random = np.random.default_rng(7)
    nodes = [*LOST.place_ids, *LOST.transition_ids]
    for _ in range(300):
        orders = []
        for first in ("i", "o"):
            rest = [node for node in nodes if node != first]
            orders.append((first, *(rest[k] for k in random.permutation(len(rest)))))
        sets = (
            ("source", ("i",)),
            ("sink", ("o",)),
            ("forward", orders[0]),
            ("backward", orders[1]),
        )
        assert recheck(StructureEvidence(claim=made, sets=sets), LOST).status == "failed"


def test_one_component_has_one_helpful_transition() -> None:
    """Each of two states offers a way out that the other one's step takes."""
    net = net_of("x: A B > B B; y: A B > A A", "2 A + B", "two helpers")
    closed = petri.invariant(net, "true").evidence
    assert isinstance(closed, ClosedSet)
    rows = closed.states.rows
    rank = np.where((rows > 0).all(axis=1), 1, 0)[:, None]
    helper = np.where(rows[:, 0] == 1, 0, 1)
    helpful = np.where((rows > 0).all(axis=1), helper, -1)[:, None]
    for fairness in ("weak", "strong"):
        made = Claim(formula=f"terminates under {fairness} fairness", model_digest=net.digest())
        forged = FairMeasure(
            claim=made, states=closed.states, rank=rank, helpful=helpful, actions=("x", "y")
        )
        assert recheck(forged, net).status == "failed"
        assert petri.terminates(net, fairness=fairness).violated


def test_a_cycle_that_feeds_itself_is_not_reached() -> None:
    net = net_of("t: i > o; u: x > x o", "i", "fed")
    made = Claim(formula="workflow net", model_digest=net.digest())
    sets = (("source", ("i",)), ("sink", ("o",)), ("forward", ("i", "t", "o", "x", "u")),
            ("backward", ("o", "t", "u", "i", "x")))  # fmt: skip
    assert recheck(StructureEvidence(claim=made, sets=sets), net).status == "failed"


def test_a_pump_refutes_only_the_goal_of_workflow_nets() -> None:
    evidence = next(e for net, e in CASES["parts"] if net is GROW)
    classical = workflow_goal(GROW)
    loose = replace(classical, completion=parse_predicate("o >= 1"))
    improper = replace(classical, proper=parse_predicate("true"))
    for goal, wanted in ((classical, "passed"), (loose, "failed"), (improper, "failed")):
        result = recheck(evidence, GROW, goal=goal, source_digest=SOURCE, translation=TRANSLATION)
        assert result.status == wanted


def test_stronger_claims_support_and_weaker_ones_do_not() -> None:
    closed = petri.invariant(LOOP, "p + q <= 1 && o <= 1").evidence
    part = petri.invariant(LOOP, "o <= 1").evidence
    run = petri.reachable(LOOP, "o >= 1").evidence
    cases = [
        ("AG(o <= 1)", closed, "passed"), ("AG(p + q <= 1 && o <= 1)", closed, "passed"),
        ("AG(p + q <= 1 && o <= 1)", part, "failed"), ("AG(q <= 0 || o <= 1)", part, "passed"),
        ("AG(o <= 1 && q <= 0)", part, "failed"), ("EF(o >= 1 || q >= 2)", run, "passed"),
        ("EF(o >= 1 && q >= 2)", run, "failed"), ("AG(o <= 1)", run, "failed"),
    ]  # fmt: skip
    for text, evidence, wanted in cases:
        result = recheck_verdict("asked", "HOLDS", evidence, LOOP, question=Question(formula=text))
        assert result.status == wanted, text


def test_a_changed_copy_of_states_is_written_as_it_is() -> None:
    states = StateSet(names=("p", "q"), rows=np.array([[1, 0]]))
    states.to_dict()
    changed = replace(states, rows=np.array([[0, 1]]))
    assert StateSet.from_dict(changed.to_dict()) == changed
    assert StateSet.from_dict(states.to_dict()) == states
