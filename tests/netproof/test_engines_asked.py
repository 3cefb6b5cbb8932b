"""Where the markings that were listed do not answer, each engine is asked once."""

from __future__ import annotations

from typing import Any

import pytest

from netproof import questions
from netproof.net_question import NetQuestion
from petri import PetriNet, reachability_graph
from petri.soundness.goal import workflow_goal
from transition_systems.budget import Budget
from transition_systems.verdict import Outcome, Statistics, Verdict


def lines(count: int, length: int) -> PetriNet:
    """Return a workflow net of so many lines beside each other."""
    steps = [
        (f"t{k}x{n}", f"p{k}x{n}", f"p{k}x{n + 1}") for k in range(count) for n in range(length)
    ]
    ends = [(f"p{k}x0", f"p{k}x{length}") for k in range(count)]
    arcs = [arc for step, source, target in steps for arc in ((source, step), (step, target))]
    arcs += [("i", "split"), ("join", "o")]
    arcs += [arc for first, last in ends for arc in (("split", first), (last, "join"))]
    return PetriNet(
        places=["i", "o", *(f"p{k}x{n}" for k in range(count) for n in range(length + 1))],
        transitions=["split", "join", *(step for step, _, _ in steps)],
        arcs=arcs, initial=["i"], final=["o"],
    )  # fmt: skip


def test_the_option_to_complete_is_asked_once_without_markings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    net, budget, asked = lines(4, 6), Budget(states=50), list[bool]()

    def counted(*given: Any, graph: Any = None, **options: Any) -> Verdict:
        asked.append(graph is not None)
        return Verdict(
            property="option-to-complete", outcome=Outcome.UNKNOWN, reason="too many markings",
            statistics=Statistics(method="none"),
        )  # fmt: skip

    monkeypatch.setattr(questions, "always_reachable", counted)
    question = NetQuestion(
        net=net, pump=None, budget=budget, goal=workflow_goal(net),
        listed=reachability_graph(net, budget=budget),
    )  # fmt: skip
    assert questions.ask(question, "option-to-complete")[0].unknown
    assert asked == [True, False]
