"""Decision diagrams as evidence: answers, rechecks, and mutants against a check by definition."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import petri
from netproof.recheck import Question, recheck, recheck_verdict
from oracles.diagrams import inductive, members
from petri import PetriNet
from petri.state_space.exploring_packed import state_space
from petri.state_space.symbolic.answers import SymbolicAnswers
from recheck_support import DEEP, FORK, GROW, LATE, coded_space, net_of
from state_space_nets import branches, kanban, philosophers, slotted_ring
from strategies_petri import nets
from transition_systems.budget import Budget
from transition_systems.evidence import DiagramEvidence, evidence_from_dict
from transition_systems.properties.format import format_predicate
from transition_systems.properties.parse import parse_predicate
from transition_systems.properties.predicates import Compare, Dead, Enabled, Not, Or, Predicate

DECISIONS: dict[str, Any] = {
    "deadlock": petri.deadlock, "safeness": petri.safe, "boundedness": petri.bounded,
    "no-dead-transitions": petri.no_dead_transitions,
}  # fmt: skip


def rechecked(name: str, verdict: Any, net: PetriNet, **more: Any) -> None:
    assert verdict.evidence is not None
    assert evidence_from_dict(verdict.evidence.to_dict()) == verdict.evidence
    result = recheck_verdict(name, verdict.outcome, verdict.evidence, net, **more)
    assert result.passed, (name, result.reason)


@settings(max_examples=120, deadline=None)
@given(nets(), st.data())
def test_answers_agree_with_the_explicit_engine(net: PetriNet, data: st.DataObject) -> None:
    if not state_space(net, budget=Budget(states=1_500)).complete:
        return
    for name, decide in DECISIONS.items():
        verdict, other = decide(net, method="symbolic"), decide(net, method="explicit")
        assert verdict.outcome == other.outcome
        assert verdict.statistics.method == "symbolic"
        assert verdict.statistics.states == other.statistics.states
        rechecked(name, verdict, net)
    factor = st.integers(-3, 3)
    terms = tuple((p, data.draw(factor)) for p in net.place_ids)
    op = data.draw(st.sampled_from(("<=", ">=", "==", "!=", "<", ">")))
    asked: list[Predicate] = [Compare(terms, op, data.draw(st.integers(-6, 6)))]
    if net.transition_ids:
        asked.append(Or((Not(asked[0]), Not(Enabled(net.transition_ids[0])), Dead())))
    for predicate in asked:
        text = format_predicate(predicate)
        verdict = petri.invariant(net, predicate, method="symbolic")
        assert verdict.outcome == petri.invariant(net, predicate).outcome
        rechecked("asked", verdict, net, question=Question(formula=f"AG ({text})"))
        verdict = petri.reachable(net, predicate, method="symbolic")
        assert verdict.outcome == petri.reachable(net, predicate).outcome
        rechecked("asked", verdict, net, question=Question(formula=f"EF ({text})"))


@pytest.mark.parametrize(
    "net",
    [philosophers(60), branches(30, 6), kanban(9), slotted_ring(8)],
    ids=["philosophers", "branches", "kanban", "ring"],
)
def test_nets_with_more_markings_than_can_be_listed(net: PetriNet) -> None:
    for name, decide in DECISIONS.items():
        verdict = decide(net, method="symbolic")
        assert not verdict.unknown
        rechecked(name, verdict, net)


def test_unbounded_nets_and_budgets() -> None:
    unbounded = petri.bounded(GROW, method="symbolic")
    assert unbounded.violated
    rechecked("boundedness", unbounded, GROW)
    assert "unbounded" in str(petri.deadlock(GROW, method="symbolic").reason)
    for decide in DECISIONS.values():
        verdict = decide(philosophers(50), method="symbolic", budget=Budget(seconds=0))
        assert verdict.unknown
        assert verdict.evidence is None


WEIGHED = net_of("t: a a > b; u: b > a a; v: b > c; w: c > b", "4 a", "weighed")


def variables(evidence: DiagramEvidence) -> int:
    return sum({first: bits for first, bits, _ in evidence.fields.tolist()}.values())


def well_formed(evidence: DiagramEvidence) -> bool:
    """Each place has a field of its own, or a code of its own in one that fits it."""
    fields = [tuple(field) for field in evidence.fields.tolist()]
    if len(set(fields)) < len(fields) or any(code >> bits for _, bits, code in fields):
        return False
    for first, _, code in fields:
        if not code and sum(other[0] == first for other in fields) > 1:
            return False
    levels = [variables(evidence)] * 2 + evidence.nodes[:, 0].tolist()
    return all(levels[c] > level for level, *below in evidence.nodes.tolist() for c in below)


def mutants(evidence: DiagramEvidence, chance: random.Random) -> DiagramEvidence:
    """Some entries of nodes or fields changed, to values that are in range and in order."""
    nodes, fields = evidence.nodes.copy(), evidence.fields.copy()
    for _ in range(chance.randint(1, 3)):
        row, column = chance.randrange(len(nodes)), chance.randint(0, 5)
        if column == 0:
            nodes[row, 0] = chance.randrange(variables(evidence))
        elif column < 3:
            nodes[row, column] = chance.randrange(row + 2)
        elif column == 3:
            nodes = np.delete(nodes, row, axis=0) if len(nodes) > 1 else nodes
            nodes[:, 1:] -= nodes[:, 1:] > row + 1
        elif column == 4:
            fields[chance.randrange(len(fields)), 2] = chance.randint(0, 3)
        else:
            one, other = chance.randrange(len(fields)), chance.randrange(len(fields))
            fields[[one, other]] = fields[[other, one]]
    return replace(evidence, nodes=nodes, fields=fields)


@pytest.mark.parametrize(
    ("net", "question", "good", "groups"),
    [
        (DEEP, "p + q + r + o == 1", lambda m: sum(m.values()) == 1, ["p q r o"]),
        (DEEP, "p + q <= 1", lambda m: m["p"] + m["q"] <= 1, ["q p", "o r"]),
        (FORK, "i + o <= 1", lambda m: m["i"] + m["o"] <= 1, ["i o", "p r", "q s"]),
        (DEEP, "p + q + r + o == 1", lambda m: sum(m.values()) == 1, []),
        (LATE, "o <= 2 && p <= 2", lambda m: m["o"] <= 2 and m["p"] <= 2, []),
        (WEIGHED, "a + 2 b + 2 c == 4", lambda m: m["a"] + 2 * m["b"] + 2 * m["c"] == 4, []),
        (WEIGHED, "!dead", lambda m: m["a"] >= 2 or m["b"] or m["c"], []),
        (WEIGHED, "a <= 4 && b <= 2", lambda m: m["a"] <= 4 and m["b"] <= 2, []),
    ],
)
def test_five_hundred_mutants_pass_exactly_when_they_are_inductive(
    net: PetriNet, question: str, good: Any, groups: list[str]
) -> None:
    answers = SymbolicAnswers(net, space=coded_space(net, *groups) if groups else None)
    evidence: Any = answers.invariant(parse_predicate(question)).evidence
    assert inductive(net, evidence, good)
    assert len(members(evidence)) == state_space(net).n_states
    chance = random.Random(question)
    counts = {"passed": 0, "failed": 0}
    for _ in range(500):
        mutant = mutants(evidence, chance)
        expected = well_formed(mutant) and inductive(net, mutant, good)
        status = recheck(mutant, net).status
        assert status == ("passed" if expected else "failed"), mutant.nodes.tolist()
        counts[status] += 1
    assert counts["failed"] > 300


def test_a_larger_inductive_set_passes_and_says_less() -> None:
    evidence: Any = petri.invariant(WEIGHED, "a <= 7", method="symbolic").evidence
    everything = replace(
        evidence, nodes=np.array([[0, 1, 0]], dtype=np.int64)
    )  # all markings with a < 4
    assert recheck(everything, WEIGHED).status == "failed"  # the initial marking is not in
    assert not recheck(replace(evidence, nodes=evidence.nodes[:0]), WEIGHED).passed


def test_a_step_beyond_a_field_leads_out() -> None:
    net = net_of("t: a > b b", "a", "doubling")
    genuine: Any = petri.invariant(net, "b <= 2", method="symbolic").evidence
    assert recheck(genuine, net).passed
    narrow = replace(
        genuine,
        fields=np.array([[0, 1, 0], [1, 1, 0]], dtype=np.int64),
        nodes=np.zeros((0, 3), dtype=np.int64),
    )
    result = recheck(narrow, net)
    assert result.status == "failed"
    assert "'t' leads out" in str(result.reason)


def test_a_recheck_stays_in_its_budget() -> None:
    net = philosophers(40)
    evidence: Any = petri.safe(net, method="symbolic").evidence
    assert recheck(evidence, net).passed
    assert recheck(evidence, net, budget=Budget(seconds=0)).status == "skipped"
    assert recheck(evidence, net, budget=Budget(bytes=1_000)).status == "skipped"
