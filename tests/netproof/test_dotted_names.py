"""Names with dots that are read as sequences, and words before a property by name."""

from __future__ import annotations

from pathlib import Path

import pytest

import netproof
from transition_systems import LTS, UsageError

EXAMPLE = Path(__file__).parents[2] / "examples" / "support-ticket.bpmn"
SYSTEM = LTS.from_arcs(
    4, [(0, "pay", 1), (1, "start", 2), (0, "pay.start", 3), (3, "pay", 0)]
)  # fmt: skip


@pytest.mark.parametrize("asked", ["<pay.start> true", "[true*.pay.start.true*] <true> true"])
def test_a_sequence_that_is_a_label_is_told(asked: str) -> None:
    said = 'In it pay.start is pay, then start; the step of that name is written "pay.start".'
    verdict = netproof.check(SYSTEM, asked).models[0].verdicts[0].verdict
    assert said in verdict.explanation


@pytest.mark.parametrize("asked", ['<"pay.start"> true', "<pay.pay*> true", "<pay> <start> true"])
def test_other_sequences_are_not_told(asked: str) -> None:
    verdict = netproof.check(SYSTEM, asked).models[0].verdicts[0].verdict
    assert "In it" not in " ".join(verdict.explanation)


@pytest.mark.parametrize(
    ("model", "asked", "meant"),
    [(SYSTEM, "<true*.pay.strat> true", "pay.start"),
     (EXAMPLE, "<true*.solve.complete> true", "solve.complete"),
     (EXAMPLE, "[solve.strat] false", "solve.start")],
)  # fmt: skip
def test_a_label_in_quotation_marks_is_suggested(model: Path | LTS, asked: str, meant: str) -> None:
    with pytest.raises(UsageError, match=f'in quotation marks "{meant}" is one step'):
        netproof.check(model, asked)


def test_a_name_that_is_near_no_label_gets_no_such_hint() -> None:
    with pytest.raises(UsageError, match="nothing called 'zzz'") as caught:
        netproof.check(SYSTEM, "<start.zzz> true")
    assert "quotation" not in str(caught.value)


@pytest.mark.parametrize(
    ("asked", "said"),
    [("weak-fairness: termination", "asked as termination-weak"),
     ("strong-fairness: termination", "asked as termination-strong"),
     ("weak: livelock", "livelock is a property by name, which is asked in one way, without 'weak:'"),
     ("strong-fairness weak: termination", "this property is asked as termination-strong"),
     ("weak, weak-fairness: termination", "this property is asked as termination-weak"),
     ("strong-process-fairness: termination", "asked in one way, without 'strong-process-fairness:'"),
     ("weka: livelock", "'weka' is no way to read a formula")],
)  # fmt: skip
def test_words_before_a_property_by_name(asked: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        netproof.check(SYSTEM, asked)


def test_a_name_of_the_model_after_such_words() -> None:
    lts = LTS.from_arcs(2, [(0, "livelock", 1)])
    verdict = netproof.check(lts, "weak: F done(livelock)").models[0].verdicts[0]
    assert str(verdict.outcome) == "HOLDS"
