"""Traps that a run marks: proved for unbounded nets, and refused where they prove nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netproof.recheck import Question, recheck, recheck_verdict
from petri import PetriNet, SoundnessGoal, sound
from transition_systems.evidence import MarkedTrapEvidence, Parts, evidence_from_dict
from transition_systems.properties.predicates import TRUE, Compare
from transition_systems.run import Run

# A loop that was entered adds tokens for ever and is never left.
NET = PetriNet(
    places=["s", "loop", "more", "out"],
    transitions=["enter", "skip", "go", "use"],
    arcs=[
        ("s", "enter"), ("enter", "loop"), ("loop", "go"), ("go", "loop"), ("go", "more"),
        ("s", "skip"), ("skip", "out"), ("more", "use"), ("use", "out"),
    ],
    initial={"s": 1},
)  # fmt: skip
GOAL = SoundnessGoal(
    completion=Compare((("s", 1), ("loop", 1), ("more", 1)), "<=", 0), proper=TRUE, occurs={}
)


def trapped() -> MarkedTrapEvidence:
    verdict = sound(NET, goal=GOAL, method="reduction")
    assert verdict.violated
    assert isinstance(verdict.evidence, Parts)
    ((name, piece),) = verdict.evidence.parts
    assert name == "option-to-complete"
    assert isinstance(piece, MarkedTrapEvidence)
    return piece


def test_an_unbounded_net_that_is_never_left_is_not_sound() -> None:
    verdict = sound(NET, goal=GOAL, method="reduction")
    piece = trapped()
    assert piece.places == ("loop",)
    assert evidence_from_dict(piece.to_dict()) == piece
    assert recheck(piece, NET).passed
    question = Question(goal=GOAL, final=GOAL.completion)
    assert recheck_verdict(
        "soundness", verdict.outcome, verdict.evidence, NET, question=question
    ).passed  # fmt: skip
    assert "can never be taken away from loop" in verdict.explain()


@pytest.mark.parametrize(
    ("places", "why"),
    [
        (("more",), "'use' takes a token from the trap"),
        (("loop", "out"), "the goal does not want 'out' empty"),
        ((), "none at all"),
        (("nix",), "that the net has not"),
        (("loop", "s"), "'skip' takes a token from the trap"),
    ],
)
def test_what_is_no_trap_of_the_goal_is_refused(places: tuple[str, ...], why: str) -> None:
    result = recheck(replace(trapped(), places=places), NET)
    assert result.status == "failed"
    assert why in str(result.reason)


def test_a_run_that_does_not_mark_it_is_refused() -> None:
    run = NET.run(NET.initial, ["skip"])
    result = recheck(replace(trapped(), run=run), NET)
    assert "does not end with a token in the trap" in str(result.reason)
    forged = Run(initial={"loop": 1})
    assert recheck(replace(trapped(), run=forged), NET).status == "failed"


def test_another_claim_is_refused() -> None:
    piece = trapped()
    for formula in ("EF AG (out >= 1)", "EF AG !(out <= 0)", "AG !(loop <= 0)", "AG EF loop >= 1"):
        result = recheck(replace(piece, claim=replace(piece.claim, formula=formula)), NET)
        assert result.status == "failed", formula
    weaker = replace(piece.claim, formula="EF AG !(loop + more <= 0)")
    assert recheck(replace(piece, claim=weaker), NET).passed
    one = replace(piece.claim, formula="EF AG !(loop <= 1)")
    assert recheck(replace(piece, claim=one), NET).status == "failed"
