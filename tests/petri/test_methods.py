"""Every method of the common questions, on the same nets, with rechecked evidence."""

from __future__ import annotations

import pytest

import petri
from netproof.recheck import recheck_verdict
from petri import PetriNet
from petri.engines import ENGINES
from transition_systems.budget import Budget
from transition_systems.errors import ExpressionError, UsageError

SOON = Budget(seconds=2)
RING = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [1, 0])
END = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
METHODS = ("explicit", "symbolic", "z3", "state-equation", *ENGINES)


@pytest.mark.parametrize("method", METHODS)
def test_reachable_and_invariant(method: str) -> None:
    for net, question, wanted in (
        (END, "EF p2 >= 1", True), (END, "EF p1 + p2 >= 2", False),
        (END, "AG p1 + p2 <= 1", True), (END, "AG p2 <= 0", False),
    ):  # fmt: skip
        ask = petri.invariant if question.startswith("AG") else petri.reachable
        verdict = ask(net, question[3:], method=method, budget=SOON)
        if verdict.unknown:
            assert verdict.reason
            continue
        assert verdict.holds == wanted, (method, question)
        assert recheck_verdict(question, verdict.outcome, verdict.evidence, net).passed


@pytest.mark.parametrize("method", [*METHODS, "structure"])
def test_deadlock(method: str) -> None:
    for net, wanted in ((RING, True), (END, False)):
        verdict = petri.deadlock(net, method=method, budget=SOON)
        if not verdict.unknown:
            assert verdict.holds == wanted, method
            assert recheck_verdict("deadlock", verdict.outcome, verdict.evidence, net).passed


def test_each_method_answers_something() -> None:
    for method in METHODS:
        found = [
            petri.invariant(END, text, method=method, budget=SOON).unknown
            for text in ("p1 + p2 <= 1", "p2 <= 0")
        ]
        assert not all(found), method


def test_an_unknown_method_is_named_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="stubborn-sets"):
        petri.reachable(RING, "p1 >= 2", method="magic")


@pytest.mark.parametrize(
    ("name", "holds"),
    [("deadlock", False), ("safeness", True), ("persistence", True), ("boundedness", True),
     ("liveness", False), ("no-dead-transitions", True), ("reversibility", False),
     ("stable-place", False), ("termination", True), ("soundness", True),
     ("AG p1 + p2 == 1", True), ("EF p2 >= 2", False)],
)  # fmt: skip
def test_decide(name: str, holds: bool) -> None:
    verdict = petri.decide(END, name, budget=SOON)
    assert verdict.holds == holds
    assert recheck_verdict(name, verdict.outcome, verdict.evidence, END).passed


def test_decide_names_what_it_does_not_know() -> None:
    with pytest.raises(UsageError, match="did you mean deadlock"):
        petri.decide(END, "deadlok")
    with pytest.raises(UsageError, match="AG, EF, AG EF or EF AG"):
        petri.decide(END, "EG p1 >= 1")
    with pytest.raises(ExpressionError, match="nowhere"):
        petri.decide(END, "AG nowhere >= 1")


def test_questions_that_mean_something_else_are_refused() -> None:
    net = petri.PetriNet(places=["buf", "busy"], transitions=["make"], arcs=[("make", "buf")])
    with pytest.raises(UsageError, match="with a bound"):
        petri.bounded(net, places=["busy"])
    assert petri.bounded(net, places=["busy"], k=1).property == "AG (busy <= 1)"
    assert petri.bounded(net, k=1, budget=Budget(seconds=1)).property == "safeness"
    assert petri.safe(net, places=["busy"], budget=Budget(seconds=1)).property == "safeness"
    with pytest.raises(UsageError, match="less than 0"):
        petri.coverable(net, {"buf": -1})
    workflow = petri.PetriNet(places=["i", "o"], transitions=["t"], arcs=[("i", "t"), ("t", "o")])
    with pytest.raises(UsageError, match="kind='k'"):
        petri.sound(workflow, k=3)
    with pytest.raises(UsageError, match="number of tokens"):
        petri.sound(workflow, kind="k", k="3")  # type: ignore[arg-type]
