"""Names of properties that `netproof check` knows, asked of `petri.decide`."""

from __future__ import annotations

import pytest

from netproof.recheck import recheck_verdict
from petri import PetriNet, decide
from transition_systems.errors import UsageError

NET = PetriNet(places=["p", "q"], transitions=["t"], arcs=[("p", "t"), ("t", "q")], initial=["p"])


@pytest.mark.parametrize(
    "name", ["livelock", "divergence", "termination-weak", "termination-strong"]
)
def test_names_are_decided_with_evidence(name: str) -> None:
    verdict = decide(NET, name)
    assert verdict.holds
    result = recheck_verdict(verdict.property, "HOLDS", verdict.evidence, NET)
    assert result.passed, result.reason


@pytest.mark.parametrize(
    ("name", "said"),
    [("weak-soundness", 'sound_as(net, "weak")'), ("relaxed-soundness", 'sound_as(net, "relaxed")'),
     ("workflow-net", "petri.workflow_net"), ("soundness-without-fairness", "fairness=False")],
)  # fmt: skip
def test_other_names_tell_the_function(name: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        decide(NET, name)
    assert said in str(caught.value)


@pytest.mark.parametrize("text", ["bound ", "bound p +", "bound (", "bound p - q"])
def test_a_bound_of_no_sum_is_refused_in_the_words_of_the_question(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        decide(NET, text)
    assert "is no sum of places" in str(caught.value)
    assert ">=" not in str(caught.value)
