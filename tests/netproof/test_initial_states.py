"""Formulas of systems with several initial states, or none, and of labels on no step."""

from __future__ import annotations

import pytest

import netproof
from netproof.recheck import recheck_mu, recheck_temporal
from netproof.system_words import NO_START
from transition_systems.errors import ExpressionError
from transition_systems.lts import LTS
from transition_systems.temporal.ctl import check_ctl
from transition_systems.temporal.mu_calculus import check_mu, mu_states

STARTS = LTS.from_arcs(
    6, [(0, "a", 1), (1, "a", 2), (2, "a", 3), (4, "a", 2), (5, "b", 5)], initial=[0, 4, 5]
)


@pytest.mark.parametrize("text", ["AG !dead", "[true*] <true> true", "!EF dead", "AG <true> true"])
def test_the_run_is_from_the_nearest_initial_state(text: str) -> None:
    verdict = check_mu(STARTS, text)
    assert verdict.violated
    assert verdict.witness is not None
    assert verdict.witness.initial == 4
    assert verdict.witness.actions == ("a", "a")
    assert verdict.evidence is not None
    assert recheck_mu(text, verdict.outcome, verdict.evidence, STARTS).passed
    if "<" not in text:
        verdict = check_ctl(STARTS, text)
        assert verdict.violated
        assert verdict.witness is not None
        assert verdict.witness.actions == ("a", "a")
        assert verdict.evidence is not None
        assert recheck_temporal(text, verdict.outcome, verdict.evidence, STARTS).passed


def test_the_nearest_of_many_initial_states() -> None:
    """The one that breaks the formula in one step comes after 2,000 others."""
    count = 2_000
    arcs = [(state, "a", count + 2 + state % 3) for state in range(count)]
    arcs += [(count + 2, "a", count + 3), (count + 3, "a", count + 4), (count + 4, "a", count + 5)]
    lts = LTS.from_arcs(count + 6, [*arcs, (count, "b", count + 1)], initial=range(count + 1))
    verdict = check_mu(lts, "[true*] <true> true")
    assert verdict.violated
    assert verdict.witness is not None
    assert verdict.witness.actions == ("b",)
    assert verdict.evidence is not None
    assert recheck_mu("[true*] <true> true", "VIOLATED", verdict.evidence, lts).passed


def test_another_formula_of_several_initial_states() -> None:
    for text in ("EF dead", "AF dead", "<a> true", "!(EF dead || AG enabled(b))"):
        verdict = check_ctl(STARTS, text) if "<" not in text else check_mu(STARTS, text)
        assert verdict.violated, text


def test_that_there_is_no_initial_state_is_said() -> None:
    none = LTS.from_arcs(2, [(0, "a", 1)], initial=[])
    asked = ["false", "deadlock", "F false", "<true> true", "EF true"]
    for lts, told in ((none, (NO_START,)), (LTS.from_arcs(2, [(0, "a", 1)], final=[1]), ())):
        report = netproof.check(lts, properties=asked).models[0]
        for entry in report.verdicts:
            assert entry.verdict.assumptions == told, entry.verdict.property
            assert lts is not none or entry.verdict.holds


def test_labels_on_no_step_may_be_enabled_nowhere() -> None:
    lts = LTS.from_arcs(2, [(0, "a", 1)])
    text = "<b> true || enabled(b)"
    assert mu_states(lts, text, labels=["b"]).tolist() == [False, False]
    verdict = check_mu(lts, text, labels=["b"])
    assert verdict.violated
    assert verdict.evidence is not None
    assert recheck_mu(text, "VIOLATED", verdict.evidence, lts, labels=["b"]).passed
    assert not recheck_mu(text, "VIOLATED", verdict.evidence, lts).passed
    with pytest.raises(ExpressionError, match="there is no label 'c'"):
        check_mu(lts, "enabled(c)", labels=["b"])
