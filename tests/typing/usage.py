"""What a user writes, for the type checkers: each line has the type that it asserts."""

from __future__ import annotations

from typing import Any, assert_type

import netproof
import petri
from transition_systems.run import Lasso, Run
from transition_systems.verdict import Outcome, Verdict


def in_a_script() -> None:
    report = netproof.check("order.bpmn", "soundness", budget=10)
    assert_type(report, netproof.Report)
    for model in report:
        for entry in model.verdicts:
            assert_type(entry.verdict, Verdict)
            assert_type(entry.outcome, Outcome)
            assert_type(entry.witness, Run | Lasso | None)
        assert_type(model["soundness"], Verdict)
    rows = netproof.check_many("*.bpmn", jobs=2).rows()
    assert_type(rows, list[dict[str, Any]])


def with_a_net() -> None:
    net = petri.PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    verdict = petri.sound(net)
    assert_type(verdict, Verdict)
    assert_type(verdict.holds, bool)
    graph = petri.reachability_graph(net)
    assert_type(graph, petri.ReachabilityGraph)
    assert_type(petri.deadlock(net, method="z3").witness, Run | Lasso | None)
