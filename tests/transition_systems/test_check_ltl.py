"""Model checking linear temporal logic: against all short lassos, and the reading as stated."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import Any

import numpy as np
import pytest

from ltl_cases import LEAVES, prefix_of, random_formula, random_system
from netproof.recheck import recheck_ltl
from oracles.linear_time import good, lassos
from petri import PetriNet
from petri.state_space.packed import PackedNet
from transition_systems.budget import Budget
from transition_systems.errors import ExpressionError, UnsupportedError, UsageError
from transition_systems.evidence import Evidence, StateSet, evidence_from_dict
from transition_systems.evidence_ltl import STAYS, LtlLasso, LtlPrefix, LtlRanks
from transition_systems.lts import LTS
from transition_systems.progress import Progress
from transition_systems.properties.evaluate import evaluate
from transition_systems.properties.formulas import Formula
from transition_systems.properties.predicates import Predicate
from transition_systems.run import Lasso
from transition_systems.temporal import ltl_on_the_fly
from transition_systems.temporal.lasso import breadth_first, distances, short_cycle
from transition_systems.temporal.ltl import check_ltl
from transition_systems.temporal.ltl_on_the_fly import check_ltl_on_the_fly
from transition_systems.temporal.ltl_questions import linear_formula
from transition_systems.temporal.product_system import Fairness
from transition_systems.verdict import Verdict


def again(evidence: Evidence | None) -> Evidence:
    assert evidence is not None
    return evidence_from_dict(json.loads(json.dumps(evidence.to_dict())))


def proved(lts: LTS, formula: Formula | str, **options: Any) -> Verdict:
    """Return a verdict whose evidence passes the recheck, after a round through JSON."""
    verdict = check_ltl(lts, formula, **options)
    result = recheck_ltl(again(verdict.evidence), lts, formula=verdict.property)
    assert result.passed, (verdict.property, result.reason, options)
    return verdict


def fair(lts: LTS, states: list[int], labels: list[str | None], kind: str | None) -> bool:
    names = (None, *lts.label_names[1:])
    able = [{names[a] for a in lts.successors(s)[0]} for s in states]
    for label in set().union(*able):
        enabled = [label in row for row in able]
        if kind == "weak" and all(enabled) and label not in labels:
            return False
        if kind == "strong" and any(enabled) and label not in labels:
            return False
    return True


@pytest.mark.parametrize("kind", [None, "weak", "strong"])
@pytest.mark.parametrize("weak", [False, True])
def test_no_short_lasso_says_otherwise(kind: str | None, weak: bool) -> None:
    outcomes: Counter[str] = Counter()
    for seed in range(100):
        rng = random.Random(seed)
        lts = random_system(rng, 4)
        formula = linear_formula(random_formula(rng, rng.randint(1, 3), LEAVES))
        verdict = proved(lts, formula, fairness=kind, weak=weak)
        outcomes[str(verdict.outcome)] += 1
        for states, labels, loop in lassos(lts, 5):
            if fair(lts, states[loop:], labels[loop:], kind):
                assert verdict.violated or good(lts, formula, states, labels, loop, weak)
        lasso = verdict.witness
        if isinstance(lasso, Lasso):
            states = [lasso.initial, *(step.state for step in lasso.steps)]
            labels = [None if a == "tau" else a for a in lasso.actions]
            cycle = [a for a in labels[lasso.loop_start :] if a != STAYS]
            assert fair(lts, states[lasso.loop_start : -1], cycle, kind)
            assert not good(lts, formula, states[:-1], labels, lasso.loop_start, weak)
    assert min(outcomes.values()) > 15


def system(arcs: list[tuple[int, str | None, int]], **atoms: list[int]) -> LTS:
    n = 1 + max(max(s, t) for s, _, t in arcs)
    flags = {name: [state in states for state in range(n)] for name, states in atoms.items()}
    return LTS.from_arcs(n, arcs, atoms=flags)


def test_a_dead_state_stutters() -> None:
    lts = system([(0, "a", 1)], p=[1])
    assert proved(lts, "F G p").holds
    assert proved(lts, "X X X p").holds
    assert proved(lts, "G X p").holds
    verdict = proved(lts, "G !p")
    assert verdict.witness is not None
    assert verdict.witness.actions == ("a", STAYS)


def test_a_path_quantifier_may_stand_before() -> None:
    lts = system([(0, "a", 1)], p=[1])
    assert proved(lts, "A F p").holds
    with pytest.raises(UnsupportedError):
        check_ltl(lts, "A F E F p")


def test_silent_steps_count_unless_weak() -> None:
    lts = system([(0, None, 1), (1, "a", 2)], p=[2])
    assert proved(lts, "X p").violated
    assert proved(lts, "X p", weak=True).holds
    seen = system([(0, None, 1), (1, "a", 2)], p=[1])
    assert proved(seen, "X p", weak=True).holds


def test_a_path_that_ends_in_silence_repeats_its_letter() -> None:
    lts = system([(0, None, 1), (1, None, 0), (1, "a", 2), (2, "b", 2)], p=[2])
    assert proved(lts, "F p", weak=True).violated
    assert proved(lts, "X p || X X !p", weak=True).holds
    assert proved(lts, "F p", weak=True, fairness="strong").holds


def test_fairness() -> None:
    wait = system([(0, "wait", 0), (0, "go", 1), (1, "rest", 1)], p=[1])
    assert proved(wait, "F p").violated
    assert proved(wait, "F p", fairness="weak").holds
    turn = system([(0, "a", 1), (1, "b", 0), (0, "go", 2), (2, "rest", 2)], p=[2])
    assert proved(turn, "F p", fairness="weak").violated
    assert proved(turn, "F p", fairness="strong").holds
    together = Fairness(strong=(("go", "rest"),))
    verdict = proved(turn, "F p", fairness=together)
    assert verdict.holds
    assert any("strongly fair to {go, rest}" in line for line in verdict.assumptions)
    assert proved(turn, "F p", fairness=Fairness(strong=(("a", "go"),))).violated


def test_the_lasso_is_short() -> None:
    ring = [(i, "a", (i + 1) % 9) for i in range(9)]
    lts = system([*ring, (4, "b", 0)], p=[7])
    lasso = proved(lts, "F p").witness
    assert lasso is not None
    assert (len(lasso), lasso.actions) == (5, ("a", "a", "a", "a", "b"))


def test_many_initial_states_and_none() -> None:
    flags = {"p": [True, False]}
    arcs = [(0, "a", 0), (1, "a", 1)]
    assert proved(LTS.from_arcs(2, arcs, initial=[0], atoms=flags), "G p").holds
    assert proved(LTS.from_arcs(2, arcs, initial=[0, 1], atoms=flags), "G p").violated
    assert proved(LTS.from_arcs(2, arcs, initial=[], atoms=flags), "G p").holds
    assert proved(LTS.from_arcs(0, initial=[]), "true U false").holds


def test_names_and_words_that_do_not_exist() -> None:
    lts = system([(0, "a", 0)], paid=[0])
    with pytest.raises(ExpressionError, match="paid"):
        check_ltl(lts, "F payd")
    with pytest.raises(ExpressionError, match="no"):
        check_ltl(lts, "F enabled(b)")
    with pytest.raises(UsageError, match="fairness"):
        check_ltl(lts, "F paid", fairness=Fairness(weak=(("b",),)))
    with pytest.raises(UsageError, match="weak"):
        check_ltl(lts, "F paid", fairness="medium")


def test_values_of_predicates_may_be_given() -> None:
    lts = system([(0, "a", 1), (1, "a", 0)])
    tokens = np.array([0, 3])

    def holds(predicate: Predicate) -> Any:
        return evaluate(predicate, {"n": tokens}, None, 2)

    verdict = check_ltl(lts, "G (n <= 2)", holds=holds)
    assert verdict.violated
    assert recheck_ltl(again(verdict.evidence), lts, holds=holds).passed
    assert recheck_ltl(again(verdict.evidence), lts).status == "failed"


def test_budgets() -> None:
    lts = system([(i, "a", i + 1) for i in range(400)], p=[400])
    for budget in (Budget(states=100), Budget(seconds=0), Budget(bytes=10)):
        verdict = check_ltl(lts, "G (p -> F !p) && F p", budget=budget)
        assert verdict.unknown
        assert "budget" in str(verdict.reason)
    told: list[Progress] = []
    assert check_ltl(lts, "F p", evidence=False, progress=told.append).evidence is None
    assert told[0].states > 0


def test_a_long_chain_has_a_long_stem() -> None:
    n = 30_000
    lts = system([*((i, "a", i + 1) for i in range(n)), (n, "b", 0)], p=[n])
    assert proved(lts, "G F p").holds
    assert len(proved(lts, "G !p").witness or ()) == n + 1


def test_breadth_first_is_the_same_small_and_large() -> None:
    rng = np.random.default_rng(1)
    for n in (30, 900):
        targets = rng.integers(0, n, 2 * n)
        offsets = np.arange(n + 1) * 2
        starts = np.array([0, 5])
        order, parent = breadth_first(offsets, targets, starts)
        depth = distances(order, parent)
        level, seen = set(starts.tolist()), set(starts.tolist())
        step = 0
        while level:
            assert all(depth[node] == step for node in level)
            level = {int(t) for node in level for t in targets[2 * node : 2 * node + 2]} - seen
            seen |= level
            step += 1
        assert set(order.tolist()) == seen


def test_without_scipy_the_answers_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    n = 600
    lts = LTS.from_arrays(
        n, np.repeat(np.arange(n), 2), np.full(2 * n, 2), rng.integers(0, n, 2 * n),
        label_names=("tau", "✓", "a"), atoms={"p": rng.random(n) < 0.2, "q": rng.random(n) < 0.7},
    )  # fmt: skip
    asked = ("G (p -> F q)", "G (p -> F !p)", "F G (p || q)")
    with_scipy = [check_ltl(lts, formula) for formula in asked]

    def absent(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr("transition_systems.temporal.lasso.importlib.import_module", absent)
    for formula, before in zip(asked, with_scipy, strict=True):
        verdict = proved(lts, formula)
        assert verdict.outcome == before.outcome
        assert len(verdict.witness or ()) == len(before.witness or ())


def test_many_predicates_and_letters() -> None:
    rng = np.random.default_rng(3)
    n = 20_000
    names = [f"p{i}" for i in range(20)]
    lts = LTS.from_arrays(
        n, np.arange(n), np.full(n, 2), rng.integers(0, n, n), label_names=("tau", "✓", "a"),
        atoms={name: rng.random(n) < 0.5 for name in names},
    )  # fmt: skip
    some = " || ".join(names)
    assert check_ltl(lts, f"G ({some})", budget=Budget(seconds=20)).outcome != "UNKNOWN"
    assert check_ltl(lts, f"F ({' && '.join(names)})", budget=Budget(seconds=20)).violated


def test_a_cycle_through_several_sets() -> None:
    tails, heads = np.array([0, 1, 1, 2, 0]), np.array([1, 0, 2, 0, 0])
    far = np.array([False, False, False, True, False])
    home = np.array([False, True, False, False, False])
    assert short_cycle(3, tails, heads, 0, []) == [4]
    assert short_cycle(3, tails, heads, 0, [far]) == [0, 2, 3]
    both = short_cycle(3, tails, heads, 0, [far, home])
    assert far[both].any()
    assert home[both].any()


def net_check(net: PetriNet, formula: str, **options: Any) -> Verdict:
    game = PackedNet(net)
    places = net.place_ids

    def holds(predicate: Predicate, rows: Any) -> Any:
        tokens = game.unpack(rows)
        return evaluate(predicate, {p: tokens[:, i] for i, p in enumerate(places)}, None, len(rows))

    def state(row: Any) -> dict[str, int]:
        return {p: int(k) for p, k in zip(places, game.decode(row)) if k}

    return check_ltl_on_the_fly(
        game, formula, model_digest=net.digest(), holds=holds, state=state,
        space=lambda rows: StateSet(names=places, rows=game.unpack(rows)), **options,
    )  # fmt: skip


COUNTER = PetriNet(
    places=["free", "busy", "n"], transitions=["start", "stop"], initial=["free"],
    arcs=[("free", "start"), ("start", "busy"), ("busy", "stop"), ("stop", "free"), ("stop", "n")],
)  # fmt: skip


def test_a_violation_is_found_in_an_unbounded_net() -> None:
    for formula, steps in (("G (n <= 2)", 6), ("G (n == 2 -> X n == 2)", 6), ("X X X free", 3)):
        for options in ({}, {"fairness": "weak"}, {"fairness": "strong"}, {"weak": True}):
            if "X" in formula and "weak" in options:
                continue
            verdict = net_check(COUNTER, formula, budget=Budget(states=50_000), **options)
            evidence = again(verdict.evidence)
            assert isinstance(evidence, LtlPrefix)  # no cycle comes back to where n is large
            assert len(evidence.run) == steps
            assert recheck_ltl(evidence, COUNTER, formula=verdict.property).passed
            assert recheck_ltl(evidence, COUNTER, formula="G (n <= 3)").status == "failed"
    for formula in ("G F n == 2", "F (n == 1 && X X X n == 1)"):  # no prefix shows that it fails
        assert net_check(COUNTER, formula, budget=Budget(states=5_000)).unknown
    stuck = PetriNet(
        places=["p", "n", "q"], transitions=["more", "end"], initial=["p"],
        arcs=[("p", "more"), ("more", "p"), ("more", "n"), ("p", "end"), ("end", "q")],
    )  # fmt: skip
    verdict = net_check(stuck, "G (n <= 2)", budget=Budget(states=50_000, seconds=20))
    assert verdict.violated
    assert recheck_ltl(again(verdict.evidence), stuck, formula=verdict.property).passed


@pytest.mark.parametrize("first", [3, 2_000])
def test_on_the_fly_on_nets(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ltl_on_the_fly, "FIRST", first)
    ring = PetriNet(
        places=[f"p{i}" for i in range(7)], transitions=[f"t{i}" for i in range(7)], initial=["p0"],
        arcs=[arc for i in range(7) for arc in ((f"p{i}", f"t{i}"), (f"t{i}", f"p{(i + 1) % 7}"))],
    )  # fmt: skip
    for formula, outcome in (
        ("G F p3", "HOLDS"), ("G !p5", "VIOLATED"), ("G !dead", "HOLDS"), ("F G p0", "VIOLATED"),
        ("G (p1 -> X enabled(t2))", "HOLDS"),
    ):  # fmt: skip
        for fairness in (None, "weak", "strong"):
            verdict = net_check(ring, formula, fairness=fairness)
            assert str(verdict.outcome) == outcome
            evidence = again(verdict.evidence)
            assert isinstance(evidence, LtlRanks if verdict.holds else (LtlLasso, LtlPrefix))
            assert recheck_ltl(evidence, ring, formula=verdict.property).passed
            assert recheck_ltl(evidence, COUNTER).status == "failed"


def test_on_the_fly_needs_values() -> None:
    game = PackedNet(COUNTER)
    with pytest.raises(UsageError, match="predicates"):
        check_ltl_on_the_fly(game, "F busy", model_digest="")
    assert check_ltl_on_the_fly(
        game, "G !dead", model_digest="", budget=Budget(states=3_000)
    ).unknown


def test_parallel_arcs_in_a_large_system() -> None:
    n = 3_000
    around = [(s, name, (s + step) % n) for s in range(n) for step in (1, 2) for name in "ab"]
    lts = LTS.from_arcs(n, around, atoms={"p": [s == 0 for s in range(n)]})
    verdict = check_ltl(lts, "G F p", fairness="strong")
    assert verdict.violated  # two steps at a time jump over it
    assert check_ltl(lts, "G F (p || !p)").holds


MANY = [f"x{i}" for i in range(70)]
PADDED = " && ".join(MANY)


def padded(rng: random.Random, text: str, lts: LTS) -> tuple[LTS, str]:
    """The same question over more than 62 predicates: one of them is false everywhere."""
    flags = {name: [rng.random() < 0.5 for _ in range(lts.n_states)] for name in MANY[1:3]}
    flags |= {name: [True] * lts.n_states for name in MANY[3:]}
    flags[MANY[0]] = [False] * lts.n_states
    atoms = {**{name: lts.atoms[name] for name in "pq"}, **flags}
    large = LTS.from_arrays(
        lts.n_states, lts.sources, lts.labels, lts.targets, label_names=lts.label_names,
        initial=lts.initial, atoms=atoms,
    )  # fmt: skip
    return large, text.replace("p", f"(p || ({PADDED}))").replace("q", f"(q || ({PADDED}))")


def test_silent_steps_and_more_predicates_than_bits() -> None:
    """A silent step that changes one of many predicates counts, where no part changes, too."""
    rng = random.Random(17)
    outcomes: list[bool] = []
    for _ in range(24):
        lts, text = padded(rng, rng.choice(WEAKLY), random_system(rng, 4))
        formula = linear_formula(text)
        verdict = check_ltl(lts, formula, weak=True)
        assert recheck_ltl(verdict.evidence, lts, formula=verdict.property).passed
        kept = [good(lts, formula, *lasso, weak=True) for lasso in lassos(lts, 4)]
        if not all(kept):
            assert verdict.violated
        outcomes.append(verdict.holds)
        assert check_ltl(lts, formula).outcome is not None
    assert 2 < sum(outcomes) < 22


def test_a_silent_step_that_no_part_of_a_formula_sees() -> None:
    for changes in (False, True):
        others = {name: [False, False, False] for name in MANY}
        others[MANY[1]] = [False, changes, changes]
        lts = LTS.from_arcs(
            3, [(0, None, 1), (1, "a", 2)], atoms={"p": [True, True, False], **others}
        )
        verdict = check_ltl(lts, f"X (p || ({PADDED}))", weak=True)
        assert verdict.holds is changes
        assert recheck_ltl(verdict.evidence, lts, formula=verdict.property).passed
        found = prefix_of(lts, linear_formula(f"X (p || ({PADDED}))"), weak=True)
        assert (found is None) is changes
        assert found is None or recheck_ltl(found, lts).passed


WEAKLY = (
    "X p",
    "p -> X q",
    "G (p -> X !p)",
    "X X q",
    "F (p && X q)",
    "G X p",
    "p U X q",
    "X (p U q)",
)
