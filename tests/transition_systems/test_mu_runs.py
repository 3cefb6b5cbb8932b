"""Runs of formulas of the mu-calculus: plays of the winning strategy, rechecked."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from netproof.recheck import recheck_mu
from oracles.mu_calculus import mu_states_by_definition
from strategies_ctl import random_system
from transition_systems.evidence import ParityStrategy, evidence_from_dict
from transition_systems.lts import LTS
from transition_systems.run import Lasso, Run, Step
from transition_systems.temporal import parity_games
from transition_systems.temporal.mu_calculus import check_mu
from transition_systems.temporal.mu_parse import parse_mu
from transition_systems.verdict import Verdict

FORBIDS = "[a] p || q"
GOALS = ("p", "p && q", "<b> true", "p -> <a> q", "!dead", "[a] p || q")


def distances(lts: LTS) -> dict[int, int]:
    """Return for each state that can be reached how many steps it is away."""
    far = dict.fromkeys(lts.initial.tolist(), 0)
    waiting = list(far)
    for state in waiting:
        for after in lts.successors(state)[1].tolist():
            if after not in far:
                far[after] = far[state] + 1
                waiting.append(after)
    return far


def rechecked(verdict: Verdict, text: str, lts: LTS) -> ParityStrategy:
    proof = verdict.evidence
    assert isinstance(proof, ParityStrategy)
    again = evidence_from_dict(proof.to_dict())
    assert again == proof
    result = recheck_mu(text, verdict.outcome, again, lts)
    assert result.passed, (result.reason, text)
    return proof


def states_along(path: Run | Lasso) -> list[int]:
    return [int(str(path.initial)), *(int(str(step.state)) for step in path.steps)]


@pytest.mark.parametrize("narrow", [False, True])
def test_a_shortest_run_to_what_always_should_hold(
    narrow: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if narrow:
        monkeypatch.setattr(parity_games, "NARROW_LEVELS", 1)
    shown = 0
    for seed in range(60):
        rng = random.Random(seed)
        lts, goal = random_system(rng, one_start=True), rng.choice(GOALS)
        good = mu_states_by_definition_of(lts, goal)
        for text in (f"[true*] ({goal})", f"AG ({goal})"):
            verdict = check_mu(lts, text, labels="ab")
            proof = rechecked(verdict, text, lts)
            far = distances(lts)
            bad = {state: steps for state, steps in far.items() if state not in good}
            assert verdict.holds is (not bad)
            if not bad:
                continue
            shown += 1
            assert isinstance(proof.path, Run)
            assert verdict.witness == proof.path
            inside = states_along(proof.path)
            # The run goes on within a goal only by the steps that show that it fails.
            assert inside[min(bad.values())] in bad, (seed, text)
            assert len(proof.path) == min(bad.values()) + (
                len(inside) > 1 and goal == FORBIDS and inside[-2] in bad
            ), (seed, text)
    assert shown > 30


def mu_states_by_definition_of(lts: LTS, goal: str) -> set[int]:
    labelled = {
        **{name: flags.tolist() for name, flags in lts.atoms.items()},
        "dead": (np.diff(lts.offsets) == 0).tolist(),
    }
    arcs = list(lts.arcs())
    other = LTS.from_arcs(lts.n_states, arcs, initial=lts.initial.tolist(), atoms=labelled)
    tree = parse_mu(goal.replace("dead", '"dead"'))
    return set(mu_states_by_definition(other, tree))


def test_a_witness_run() -> None:
    shown = 0
    for seed in range(60):
        lts = random_system(random.Random(seed), one_start=True)
        verdict = check_mu(lts, "<true*.a.b> true", labels="ab")
        proof = rechecked(verdict, "<true*.a.b> true", lts)
        if verdict.holds:
            shown += 1
            assert isinstance(proof.path, Run)
            assert proof.path.actions[-2:] == ("a", "b")
    assert shown > 8


def test_what_never_comes_is_shown_by_a_run_that_ends_or_comes_back() -> None:
    shown = set[type]()
    for seed in range(150):
        lts = random_system(random.Random(seed), one_start=True)
        verdict = check_mu(lts, "AF (p && q)")
        proof = rechecked(verdict, "AF (p && q)", lts)
        if verdict.violated:
            assert proof.path is not None
            both = lts.atoms["p"] & lts.atoms["q"]
            assert not both[states_along(proof.path)].any()
            shown.add(type(proof.path))
            if isinstance(proof.path, Run):
                assert not len(lts.successors(states_along(proof.path)[-1])[0])
    assert shown == {Run, Lasso}


def test_the_run_ends_where_the_other_player_has_a_choice() -> None:
    lts = LTS.from_arcs(5, [(0, "a", 1), (1, "b", 2), (1, "b", 3), (2, "c", 4), (3, "c", 4)])
    found = {
        "<a> [b] <c> true": ("a",), "[a] [b] <c> true": None, "[a] <b> <c> true": ("a", "b", "c"),
        "<a> (<b> true && !dead)": ("a", "b"),
        "<a.b> true && <a.b.c> true": None, "<a> true && <a.b.c> true": ("a", "b", "c"),
        "nu X. <true> true": ("a",), "true": None,
    }  # fmt: skip
    for text, actions in found.items():
        verdict = check_mu(lts, text)
        assert verdict.holds
        path = rechecked(verdict, text, lts).path
        assert (None if path is None else path.actions) == actions, text


def test_the_run_ends_where_the_body_breaks() -> None:
    lts = LTS.from_arcs(6, [(0, "a", 1), (1, "b", 2), (2, "c", 3), (3, "c", 4), (4, "c", 5)])
    found = {
        "AG (dead || <true*> <a> true)": ("a",), "[true*] (dead || <true*> <a> true)": ("a",),
        "AG (dead || EF <a> true)": ("a",), "[true*] <c> true": (), "AG <true> true": tuple("abccc"),
        "[true*] (<b> true -> <b.c> <b> true)": ("a",), "[true*] [b] <b> true": ("a", "b"),
        "AG AF <a> true": tuple("abccc"),
    }  # fmt: skip
    for text, actions in found.items():
        verdict = check_mu(lts, text)
        assert verdict.violated, text
        path = rechecked(verdict, text, lts).path
        assert path is not None
        assert path.actions == actions, text
    for text, actions in {
        "<true*.b> [c] <c> true": ("a", "b"),
        "EF (<b> true && [b] [c] !dead)": ("a",),
    }.items():
        verdict = check_mu(lts, text)
        path = rechecked(verdict, text, lts).path
        assert verdict.holds
        assert path is not None
        assert path.actions == actions, text


def test_a_path_that_is_no_play_is_refused() -> None:
    lts = LTS.from_arcs(4, [(0, "a", 1), (0, "a", 2), (1, "b", 3), (2, "c", 2), (3, "c", 2)])
    text = "<true*.b> true"
    verdict = check_mu(lts, text)
    proof = rechecked(verdict, text, lts)
    assert proof.path is not None
    assert proof.path.actions == ("a", "b")

    def run(*steps: tuple[str, int], start: object = 0) -> Run:
        made = tuple(Step(action=name, label=name, state=state) for name, state in steps)
        return Run(initial=start, steps=made)

    forged = (
        run(("a", 2)), run(("a", 1), ("b", 3), ("c", 2)), run(("b", 3), start=1), run(("b", 1)),
        run(("a", 7)), run(("x", 1)), run(("a", 2), ("c", 2)), run(("a", 1), start="0"),
        Lasso(initial=0, steps=run(("a", 1), ("b", 3)).steps, loop_start=1),
    )  # fmt: skip
    for path in forged:
        assert not recheck_mu(text, "HOLDS", replace(proof, path=path), lts).passed, path
    assert recheck_mu(text, "HOLDS", replace(proof, path=run(("a", 1))), lts).passed
    assert recheck_mu(text, "HOLDS", replace(proof, path=None), lts).passed


def test_a_long_run_is_shortest() -> None:
    n = 3_000
    arcs = [(i, "a", i + 1) for i in range(n - 1)] + [(i, "b", i + 2) for i in range(n - 2)]
    lts = LTS.from_arcs(n, arcs)
    verdict = check_mu(lts, "[true*] !dead")
    assert verdict.witness is not None
    assert len(verdict.witness.steps) == n // 2
    rechecked(verdict, "[true*] !dead", lts)


def test_no_run_is_shown_for_what_holds_on_all_runs() -> None:
    ring = LTS.from_arcs(2, [(0, "a", 1), (1, None, 0)])
    found = {
        "[true*] <true> true": None, "AG <true> true": None, "[true*] mu X. [tau] X": None,
        "AF <tau> true": ("a", "tau"), "<a> AG <true> true": ("a",), "nu X. <true> X": ("a", "tau"),
        "nu X. <a> [tau] X": ("a", "tau"),
    }  # fmt: skip
    for text, actions in found.items():
        verdict = check_mu(ring, text)
        assert verdict.holds
        path = rechecked(verdict, text, ring).path
        assert (None if path is None else path.actions) == actions, text
