"""Mutated evidence about temporal formulas: what the recheck accepts is true."""

from __future__ import annotations

import copy
import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from json_mutants import Spoiler
from ltl_cases import LEAVES, prefix_of, random_formula, random_system
from netproof.recheck import recheck_ltl
from netproof.recheck.mu import recheck_mu
from netproof.recheck.temporal import recheck_temporal
from transition_systems.budget import Budget
from transition_systems.errors import NetproofError
from transition_systems.evidence import (
    CtlStarProof,
    Evidence,
    LtlLasso,
    LtlPrefix,
    LtlRanks,
    ParityStrategy,
    evidence_from_dict,
)
from transition_systems.evidence_ctl_star import ctl_star_claim
from transition_systems.evidence_ltl import ltl_formula
from transition_systems.evidence_parity import mu_claim
from transition_systems.lts import LTS
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import Negation, Unary
from transition_systems.properties.parse import parse_formula
from transition_systems.temporal.ctl import check_ctl
from transition_systems.temporal.ctl_star import check_ctl_star
from transition_systems.temporal.ltl import check_ltl
from transition_systems.temporal.mu_calculus import check_mu, mu_states
from transition_systems.temporal.mu_formulas import format_mu
from transition_systems.temporal.mu_parse import parse_mu
from transition_systems.temporal.product_system import Fairness

CAMPAIGN = int(os.environ.get("NETPROOF_TEMPORAL_MUTANTS", "1500"))
KINDS = {
    "ltl-lasso", "ltl-prefix", "ltl-ranks", "tree", "ctl-ranks", "ctl-star", "parity-strategy",
}  # fmt: skip
CTL = (
    "AG (p -> AF q)", "EF (p && EX q)", "AG EF dead", "EG !q", "A[p U q]", "AX (p || EX q)",
    "E[!p U (q && AX p)]", "AF AG !p", "EG EF p", "AG !p", "EF (q && EG q)",
)  # fmt: skip
MU = (
    "nu X. mu Y. <a> X || <!a> Y", "mu X. [true] X", "nu X. <true> X && {p || q}", "<a> [b] {q}",
    "mu X. {p} || <true> X", "[true*] <true*> dead", "nu X. mu Y. ({p} && <true> X) || <true> Y",
    "mu X. nu Y. [true] Y && ({q} || [a] X)", "nu X. {!p} && [true] X",
)  # fmt: skip
SHORT = Budget(seconds=2)


def system(rng: random.Random) -> LTS:
    """A small system with one initial state."""
    lts = random_system(rng)
    return LTS.from_arrays(
        lts.n_states, lts.sources, lts.labels, lts.targets, label_names=lts.label_names,
        initial=[0], atoms=lts.atoms,
    )  # fmt: skip


def fairness(lts: LTS, rng: random.Random) -> Fairness:
    sets = tuple((name,) for name in lts.label_names if rng.random() < 0.3)
    return Fairness(weak=sets) if rng.random() < 0.5 else Fairness(strong=sets)


def evidence_about(lts: LTS, rng: random.Random) -> Iterator[Evidence]:
    fair = fairness(lts, rng) if rng.random() < 0.5 else None
    formula = random_formula(rng, 3, LEAVES)
    found = [
        check_ltl(lts, formula, fairness=fair, weak=rng.random() < 0.3).evidence,
        check_ctl(lts, rng.choice(CTL)).evidence,
        check_ctl_star(
            lts, Unary("E", Unary("G", Unary("A", random_formula(rng, 2, LEAVES)))), fairness=fair
        ).evidence,
        check_mu(lts, rng.choice(MU), labels="ab").evidence,
        prefix_of(lts, random_formula(rng, 3, LEAVES), fairness=fair, weak=rng.random() < 0.3),
    ]
    yield from (evidence for evidence in found if evidence is not None)


def reclaimed(data: Any, lts: LTS, rng: random.Random) -> Any:
    """The same evidence for another formula, another reading, or as if about another system."""
    made = copy.deepcopy(data)
    kind = made["kind"]
    made["claim"]["model_digest"] = lts.digest()
    if kind in ("tree", "ctl-ranks"):
        formula = parse_formula(rng.choice((*CTL, made["claim"]["formula"])))
        if rng.random() < 0.5:
            formula = Negation(formula)
        made["claim"]["formula"] = format_formula(formula)
        return made
    if kind == "parity-strategy":
        made["formula"] = format_mu(parse_mu(rng.choice((*MU, made["formula"]))))
        made["claim"]["formula"] = mu_claim(made["formula"], holds=rng.random() < 0.5)
        return made
    if rng.random() < 0.4:
        sets = [[name] for name in lts.label_names if rng.random() < 0.3]
        made[rng.choice(("fair", "strong"))] = sets
    if rng.random() < 0.6:
        found = parse_formula(made["formula"])
        changed = rng.choice((Negation(found), random_formula(rng, 2, LEAVES)))
        made["formula"] = format_formula(changed)
        if kind == "ctl-star":
            made["formula"] = made["formula"].replace("A ", rng.choice(("A ", "E ")))
    fair, strong = (tuple(map(tuple, made[name])) for name in ("fair", "strong"))
    if kind == "ctl-star":
        made["claim"]["formula"] = ctl_star_claim(
            made["formula"], holds=rng.random() < 0.5, maximal=made["maximal"], fair=fair,
            strong=strong,
        )  # fmt: skip
        return made
    if rng.random() < 0.2:
        made["weak"] = not made["weak"]
    made["claim"]["formula"] = ltl_formula(
        made["formula"], holds=kind == "ltl-ranks", weak=made["weak"], fair=fair, strong=strong
    )
    return made


def accepted(evidence: Evidence, lts: LTS) -> bool:
    """Whether the recheck accepts that a piece of evidence proves its own claim."""
    if isinstance(evidence, LtlLasso | LtlPrefix | LtlRanks):
        return recheck_ltl(evidence, lts, budget=SHORT).passed
    outcomes = ("HOLDS", "VIOLATED")
    if isinstance(evidence, ParityStrategy):
        return any(
            recheck_mu(evidence.formula, outcome, evidence, lts, budget=SHORT).passed
            for outcome in outcomes
        )
    if isinstance(evidence, CtlStarProof):
        return any(
            recheck_temporal(evidence.formula, outcome, evidence, lts, budget=SHORT).passed
            for outcome in outcomes
        )
    return recheck_temporal(evidence.claim.formula, "HOLDS", evidence, lts, budget=SHORT).passed


def true(evidence: Evidence, lts: LTS) -> bool:
    """Whether the claim of a piece of evidence is true, by deciding it."""
    if isinstance(evidence, LtlLasso | LtlPrefix | LtlRanks):
        fair = Fairness(weak=evidence.fair, strong=evidence.strong)
        holds = check_ltl(lts, evidence.formula, fairness=fair, weak=evidence.weak).holds
        return holds is isinstance(evidence, LtlRanks)
    if isinstance(evidence, CtlStarProof):
        fair = Fairness(weak=evidence.fair, strong=evidence.strong)
        found = check_ctl_star(lts, evidence.formula, fairness=fair, maximal=evidence.maximal)
        return (" holds as " if found.holds else " fails as ") in evidence.claim.formula
    if isinstance(evidence, ParityStrategy):
        where = mu_states(lts, evidence.formula, labels="ab")
        return evidence.claim.formula == mu_claim(evidence.formula, holds=bool(where[0]))
    return check_ctl(lts, evidence.claim.formula).holds


def campaign(count: int, seed: int) -> tuple[Counter[str], Counter[str], list[str]]:
    rng = random.Random(seed)
    tried: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    wrong: list[str] = []
    texts = ["p", "q", "a", "(stays)", "tau", "G p", "F q", "p on all paths", "part 0"]
    while sum(tried.values()) < count:
        lts = system(rng)
        for evidence in evidence_about(lts, rng):
            data = json.loads(json.dumps(evidence.to_dict()))
            assert accepted(evidence_from_dict(data), lts), data
            assert true(evidence, lts)
            spoiler = Spoiler(rng, [*texts, str(data.get("formula", "p")), *lts.label_names])
            for _ in range(8):
                made = reclaimed(data, lts, rng) if rng.random() < 0.6 else data
                if rng.random() < 0.6:
                    made = spoiler.spoilt(made)
                if made == data:
                    continue
                tried[data["kind"]] += 1
                try:
                    again = evidence_from_dict(made)
                except NetproofError:
                    continue
                if accepted(again, lts):
                    passed[data["kind"]] += 1
                    if not true(again, lts):
                        wrong.append(f"{lts.to_dict()} {json.dumps(made)}")
    return tried, passed, wrong


def test_what_is_accepted_is_true() -> None:
    tried, passed, wrong = campaign(CAMPAIGN, 0)
    assert not wrong, wrong[0]
    assert set(tried) == KINDS
    assert 0 < sum(passed.values()) < sum(tried.values()) / 2


def test_the_campaign_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    from netproof.recheck import ltl_lasso, ltl_prefix, ltl_ranks

    def nothing(*_: Any, **__: Any) -> None:
        """A check that looks at nothing."""

    monkeypatch.setattr(ltl_lasso, "check_fair", nothing)
    monkeypatch.setattr(ltl_lasso, "_value", lambda *_: [False])
    monkeypatch.setattr(ltl_prefix, "_possible", lambda *_: False)
    monkeypatch.setattr(ltl_ranks, "integers", lambda value, shape, what: np.asarray(value))
    assert campaign(600, 1)[2]
