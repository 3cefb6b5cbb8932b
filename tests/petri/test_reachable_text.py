"""The sentences of reachability questions, at the numbers where they are easily wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from petri import PetriNet
from petri.reachable import always_reachable, invariant, reachable
from petri.reductions.answers import ReducedNet
from petri.soundness import workflow_goal
from transition_systems.verdict import Verdict

LINE = PetriNet(
    places=["p", "q", "r"],
    transitions=["t", "u"],
    arcs=[("p", "t"), ("t", "q"), ("q", "u"), ("u", "r")],
    initial={"p": 1},
)
STILL = PetriNet(places=["p", "q"], transitions=["t"], arcs=[("q", "t")], initial={"p": 1})
FORK = PetriNet(
    places=["p", "q", "r"],
    transitions=["t", "u"],
    arcs=[("p", "t"), ("t", "q"), ("p", "u"), ("u", "r")],
    initial={"p": 1},
)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (lambda: reachable(LINE, "p == 1"), "It is reached at the very start."),
        (lambda: reachable(LINE, "q == 1"), "It is reached after 1 step."),
        (lambda: reachable(LINE, "r == 1"), "It is reached after 2 steps."),
        (lambda: reachable(LINE, "p == 2"), "None of the 3 reachable states satisfies it."),
        (lambda: reachable(STILL, "p == 2"), "The only reachable state does not satisfy it."),
        (lambda: invariant(STILL, "p == 1"), "The only reachable state satisfies it."),
        (lambda: invariant(LINE, "p == 1"), "It fails after 1 step."),
        (lambda: always_reachable(STILL, "p == 1"), "It holds in the only reachable state."),
        (
            lambda: always_reachable(STILL, "q == 1"),
            "The goal is out of reach at the very start: "
            "that state does not satisfy it, and no other follows.",
        ),
        (
            lambda: always_reachable(FORK, "q == 1"),
            "The goal is out of reach after 1 step: "
            "that state does not satisfy it, and no other follows.",
        ),
    ],
)
def test_sentences(question: Callable[[], Verdict], told: str) -> None:
    assert question().explain() == told


def test_what_is_counted_on_a_reduced_net_says_so() -> None:
    chain = PetriNet(
        places=["a", "b", "c"], transitions=["t", "u"], initial=["a"],
        arcs=[("a", "t"), ("t", "b"), ("b", "u"), ("u", "c")],
    )  # fmt: skip
    small = ReducedNet(chain, goal=workflow_goal(chain))
    assert small.reduction.steps
    assert small.safe().explain() == "No place ever holds two tokens."
    count = len(small.reduction.steps)
    start = f"In the net that {count} reduction{'s leave' if count > 1 else ' leaves'}: "
    assert small.proper().explain().startswith(start)
    assert ReducedNet(chain, places=["a"]).safe().explain().startswith("None of these places")
