"""Evidence about linear temporal logic: what is forged is refused."""

from __future__ import annotations

import copy
import json
import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ltl_cases import LEAVES, random_formula, random_system
from netproof.recheck import recheck_ltl
from oracles.linear_time import good, is_fair, lassos
from transition_systems.budget import Budget
from transition_systems.errors import NetproofError
from transition_systems.evidence import Evidence, evidence_from_dict
from transition_systems.evidence_data import Claim, encode_array
from transition_systems.evidence_ltl import LtlLasso, LtlRanks
from transition_systems.lts import LTS
from transition_systems.properties.parse import parse_formula
from transition_systems.run import Lasso, Step
from transition_systems.temporal.ltl import check_ltl
from transition_systems.temporal.ltl_questions import linear_formula
from transition_systems.temporal.product_system import Fairness

RING = LTS.from_arcs(3, [(0, "a", 1), (1, "b", 0), (0, "c", 2)], atoms={"p": [True, False, False]})


def lasso_of(formula: str, **options: Any) -> LtlLasso:
    found = check_ltl(RING, formula, **options).evidence
    assert isinstance(found, LtlLasso)
    return found


def ranks_of(formula: str, **options: Any) -> LtlRanks:
    found = check_ltl(RING, formula, **options).evidence
    assert isinstance(found, LtlRanks)
    return found


def why(evidence: Evidence, lts: LTS = RING, **options: Any) -> str:
    result = recheck_ltl(evidence, lts, **options)
    assert result.status == "failed"
    return str(result.reason)


def steps(*moves: tuple[str, int]) -> tuple[Step, ...]:
    return tuple(Step(action=action, label=action, state=state) for action, state in moves)


def test_lassos_that_are_none() -> None:
    good = lasso_of("F G !p", fairness=None)
    assert recheck_ltl(good, RING).passed

    def forged(initial: Any, moves: tuple[Step, ...], loop: int) -> str:
        return why(replace(good, lasso=Lasso(initial=initial, steps=moves, loop_start=loop)))

    assert "initial state" in forged(1, steps(("b", 0), ("a", 1)), 0)
    assert "initial state" in forged(True, steps(("b", 0), ("a", 1)), 0)
    assert "no step" in forged(0, steps(("b", 1), ("b", 0)), 0)
    assert "no step" in forged(0, steps(("a", 2), ("b", 0)), 0)
    assert "does not close" in forged(0, steps(("a", 1)), 0)
    assert "no cycle" in forged(0, steps(("a", 1), ("b", 0)), 2)
    assert "no cycle" in forged(0, (), 0)
    assert "no steps" in forged(0, steps(("c", 2), ("c", 2)), 1)
    assert "no step" in forged(0, steps(("a", 1), ("(stays)", 1)), 1)
    assert "holds on this path" in forged(0, steps(("c", 2), ("(stays)", 2)), 1)
    assert "no number" in forged(0, steps(("a", "1")), 0)


def test_claims_that_say_something_else() -> None:
    good = lasso_of("F G !p")
    other = Claim(formula="F G p not on all paths", model_digest=RING.digest())
    assert "proves" in why(replace(good, claim=other))
    assert "proves" in why(replace(good, weak=True))
    assert "proves" in why(replace(good, fair=(("a",),)))
    assert "digest" in why(good, LTS.from_arcs(1, [(0, "a", 0)]))
    assert "asked for" in why(good, formula="F G p")
    assert recheck_ltl(good, RING, formula="A F G !p").passed
    ranks = ranks_of("G (p || F p || F dead)")
    assert "proves" in why(replace(ranks, formula="F p"))
    assert recheck_ltl(ranks, RING, budget=Budget(seconds=0)).status == "skipped"


def test_unfair_lassos() -> None:
    good = lasso_of("F dead", fairness="weak")
    said = good.claim.formula.replace("weakly", "strongly")
    forged = replace(good, claim=replace(good.claim, formula=said), fair=(), strong=good.fair)
    assert "strongly fair" in why(forged)
    idle = LTS.from_arcs(2, [(0, "w", 0), (0, "go", 1)])
    free = check_ltl(idle, "F dead").evidence
    assert isinstance(free, LtlLasso)
    claim = replace(free.claim, formula="F dead not on all paths that are weakly fair to {go}")
    assert "weakly fair" in why(replace(free, claim=claim, fair=(("go",),)), idle)


def test_ranks_that_are_none() -> None:
    good = ranks_of("G (F p || F dead)")
    assert recheck_ltl(good, RING).passed
    assert "initial node" in why(replace(good, nodes=good.nodes[1:], ranks=good.ranks[:, 1:]))
    assert "missing" in why(replace(good, nodes=good.nodes[:-1], ranks=good.ranks[:, :-1]))
    assert "helper" in why(replace(good, ranks=good.ranks + 99))
    assert "shape" in why(replace(good, ranks=good.ranks[:, :-1]))
    assert "raises" in why(replace(good, ranks=good.ranks.max() - good.ranks))
    none = tuple(tuple(-1 for _ in row) for row in good.helpers)
    assert "put off" in why(replace(good, helpers=none))
    fair = tuple(tuple(-2 for _ in row) for row in good.helpers)
    assert "no condition" in why(replace(good, helpers=fair))
    assert "left" in why(replace(good, helpers=(), ranks=good.ranks[:0]))
    assert "begin with" in why(replace(good, states=good.states[1:]))


def test_fair_ranks_that_are_none() -> None:
    good = ranks_of("F dead", fairness=Fairness(strong=(("c",),)))
    assert recheck_ltl(good, RING).passed
    weak = check_ltl(RING, "F dead", fairness=Fairness(weak=(("c",),)))
    assert weak.violated
    said = good.claim.formula.replace("strongly", "weakly")
    claim = replace(good.claim, formula=said)
    assert "possible" in why(replace(good, claim=claim, fair=good.strong, strong=()))
    other = replace(good.claim, formula=good.claim.formula.replace("{c}", "{a}"))
    assert "happens" in why(replace(good, claim=other, strong=(("a",),)))
    unknown = replace(good.claim, formula=good.claim.formula.replace("{c}", "{x}"))
    assert "does not know" in why(replace(good, claim=unknown, strong=(("x",),)))


def test_kinds_that_are_about_something_else() -> None:
    assert "no formula" in why(evidence_from_dict({
        "kind": "run", "claim": {"formula": "F p", "model_digest": RING.digest()},
        "run": {"initial": 0, "steps": []},
    }))  # fmt: skip
    good = lasso_of("F G !p").to_dict()
    for field, bad in (("weak", 1), ("fair", [[1]]), ("formula", 3), ("lasso", None)):
        with pytest.raises(NetproofError):
            evidence_from_dict({**good, field: bad})


def spoilt(
    rng: random.Random, data: dict[str, Any], others: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return the data with one to three changes; the claim fits the fields, mostly."""
    made = copy.deepcopy(data)
    for _ in range(rng.randint(1, 3)):
        other = rng.choice(others)
        key = rng.choice([k for k in made if k not in ("kind",)])
        choice = rng.random()
        if choice < 0.2 and key in other:
            made[key] = copy.deepcopy(other[key])
        elif choice < 0.4 and key in ("ranks", "nodes"):
            array = np.array(rng.choices(range(6), k=6)).reshape(-1, 6 if key == "ranks" else 1)
            made[key] = encode_array(array if key == "ranks" else array.reshape(-1))
        elif "ranks" in made and choice < 0.7:
            rows = made[rng.choice(["helpers", "states"])]
            if rows and rows[0]:
                row = rng.choice(rows)
                if row:
                    row[rng.randrange(len(row))] = rng.randint(-4, 6)
        elif "lasso" in made and choice < 0.8:
            path = made["lasso"]
            if path["steps"]:
                step = rng.choice(path["steps"])
                step[rng.choice(["state", "action"])] = rng.choice([0, 1, 2, "a", "b", "(stays)"])
            path["loop_start"] = rng.randint(0, max(0, len(path["steps"]) - 1))
        elif choice < 0.9:
            made["formula"] = other["formula"]
        else:
            made["weak"] = not made["weak"]
    if rng.random() < 0.9:
        _say(made)
    return made


def _say(made: dict[str, Any]) -> None:
    from transition_systems.evidence_ltl import ltl_formula

    made["claim"]["formula"] = ltl_formula(
        str(made["formula"]), holds="ranks" in made, weak=bool(made["weak"]),
        fair=tuple(map(tuple, made["fair"])), strong=tuple(map(tuple, made["strong"])),
    )  # fmt: skip


def truth_of(evidence: LtlLasso | LtlRanks, lts: LTS) -> bool:
    verdict = check_ltl(
        lts, parse_formula(evidence.formula), weak=evidence.weak, evidence=False,
        fairness=Fairness(weak=evidence.fair, strong=evidence.strong),
    )  # fmt: skip
    return verdict.holds == isinstance(evidence, LtlRanks)


def no_lasso_violates(evidence: LtlRanks, lts: LTS) -> bool:
    """Whether, by definition, a formula holds on all short paths that are fair."""
    formula = linear_formula(parse_formula(evidence.formula))
    return all(
        good(lts, formula, states, labels, loop, evidence.weak)
        for states, labels, loop in lassos(lts, 4)
        if is_fair(lts, states[loop:], labels[loop:], weak=evidence.fair, strong=evidence.strong)
    )


def mutants_passed(seeds: range) -> tuple[int, int]:
    """Return how many mutants of evidence passed and failed; each that passed claims the truth."""
    passed = failed = 0
    for seed in seeds:
        rng = random.Random(seed)
        lts = random_system(rng, 3)
        files: list[dict[str, Any]] = []
        for _ in range(4):
            formula = random_formula(rng, 2, LEAVES)
            fairness = rng.choice([None, "weak", "strong"])
            found = check_ltl(lts, formula, fairness=fairness, weak=rng.random() < 0.3).evidence
            assert found is not None
            files.append(found.to_dict())
        for _ in range(10):
            data = json.loads(json.dumps(spoilt(rng, rng.choice(files), files)))
            try:
                mutant = evidence_from_dict(data)
            except NetproofError:
                failed += 1
                continue
            if recheck_ltl(mutant, lts).passed:
                passed += 1
                assert isinstance(mutant, (LtlLasso, LtlRanks))
                assert truth_of(mutant, lts), data
                assert isinstance(mutant, LtlLasso) or no_lasso_violates(mutant, lts), data
            else:
                failed += 1
    return passed, failed


def test_no_mutant_passes_whose_claim_is_false() -> None:
    passed, failed = mutants_passed(range(60))
    assert failed > passed > 10


@pytest.mark.campaign
def test_ten_thousand_mutants() -> None:
    passed, failed = mutants_passed(range(1_000, 2_000))
    assert passed + failed == 10_000
