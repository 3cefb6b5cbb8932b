"""CTL*: against linear time from each state, against CTL, with fairness; evidence rechecked."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from ltl_cases import LEAVES, random_formula, random_system
from netproof.recheck.temporal import recheck_temporal
from petri.ctl_star import ctl_star
from petri.net import PetriNet
from transition_systems.budget import Budget
from transition_systems.errors import UnsupportedError
from transition_systems.evidence import CtlStarProof, evidence_from_dict
from transition_systems.evidence_data import Claim
from transition_systems.lts import LTS
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import (
    Conjunction,
    Disjunction,
    Formula,
    Negation,
    State,
    Unary,
)
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import Atom
from transition_systems.temporal.ctl import check_ctl
from transition_systems.temporal.ctl_star import check_ctl_star
from transition_systems.temporal.ltl import check_ltl
from transition_systems.temporal.product_system import Fairness

FAIR = (None, Fairness(weak=(("a",),)), Fairness(strong=(("a",), ("b",))))


def begun(lts: LTS, state: int, atoms: dict[str, np.ndarray] | None = None) -> LTS:
    return LTS.from_arrays(
        lts.n_states, lts.sources, lts.labels, lts.targets, label_names=lts.label_names,
        initial=[state], atoms={**lts.atoms, **(atoms or {})},
    )  # fmt: skip


def exists(lts: LTS, path: Formula, fair: Fairness | None) -> np.ndarray:
    """Where some path has a formula, by definition: not all paths have its negation."""
    formula = format_formula(Negation(path))
    return np.array(
        [check_ltl(begun(lts, s), formula, fairness=fair).violated for s in range(lts.n_states)]
    )


def fairness_for(lts: LTS, rng: random.Random) -> Fairness | None:
    fair = rng.choice(FAIR)
    names = {name for sets in (fair.weak, fair.strong) for x in sets for name in x} if fair else ()
    return fair if all(name in lts.label_names for name in names) else None


def judged(lts: LTS, formula: Formula, fair: Fairness | None, *, maximal: bool = False) -> bool:
    verdict = check_ctl_star(lts, formula, fairness=fair, maximal=maximal)
    assert verdict.evidence is not None
    proof = evidence_from_dict(verdict.evidence.to_dict())
    assert proof == verdict.evidence
    text = format_formula(formula)
    result = recheck_temporal(text, verdict.outcome, proof, lts)
    assert result.passed, result.reason
    other = "VIOLATED" if verdict.holds else "HOLDS"
    assert not recheck_temporal(text, other, proof, lts).passed
    return verdict.holds


@pytest.mark.parametrize("seed", range(25))
def test_nested_quantifiers_by_definition(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(4):
        lts = random_system(rng)
        fair = fairness_for(lts, rng)
        inner = random_formula(rng, 2, LEAVES)
        where = exists(lts, inner, fair)
        outer = random_formula(rng, 2, (Atom("p"), Atom("inner")))
        marked = LTS.from_arrays(
            lts.n_states, lts.sources, lts.labels, lts.targets, label_names=lts.label_names,
            initial=lts.initial, atoms={**lts.atoms, "inner": where},
        )  # fmt: skip
        expected = check_ltl(marked, format_formula(outer), fairness=fair).holds
        nested = _with(outer, Unary("E", inner))
        assert judged(lts, Unary("A", nested), fair) is expected
        assert judged(lts, nested, fair) is expected  # no quantifier: all paths


def _with(outer: Formula, part: Formula) -> Formula:
    """The formula with a part for each atom "inner"."""
    text = format_formula(outer)
    return parse_formula(text.replace("inner", f"({format_formula(part)})"))


@pytest.mark.parametrize("seed", range(20))
def test_ctl_on_maximal_paths(seed: int) -> None:
    rng = random.Random(seed)
    texts = ("AG (p -> AF q)", "EG (p || EX q)", "AX p", "EX !p", "A[p U q]", "E[!p U AX q]",
             "AG EF dead", "AF (AX p && EX p)", "EF EG !q", "AX AX (p || dead)")  # fmt: skip
    for text in texts:
        lts = random_system(rng)
        formula = parse_formula(text)
        assert judged(lts, formula, None, maximal=True) is check_ctl(lts, formula).holds


def test_fair_ctl() -> None:
    lts = LTS.from_arcs(
        2, [(0, "a", 1), (0, "b", 0), (1, "c", 1)], atoms={"p": [False, True]}
    )  # fmt: skip
    formula = parse_formula("AF p")
    assert not judged(lts, formula, None, maximal=True)
    assert judged(lts, formula, Fairness(weak=(("a",),)), maximal=True)
    assert judged(lts, parse_formula("EG !p"), None, maximal=True)
    assert not judged(lts, parse_formula("EG !p"), Fairness(strong=(("a",),)), maximal=True)


def test_forged_proofs() -> None:
    rng = random.Random(3)
    refused = 0
    for _ in range(300):
        lts = random_system(rng)
        formula = parse_formula(
            rng.choice(("A (p || E G F q)", "E X (A F p && q)", "A G (p -> E F A G q)"))
        )
        verdict = check_ctl_star(lts, formula)
        proof = verdict.evidence
        assert isinstance(proof, CtlStarProof)
        number = rng.randrange(len(proof.parts))
        part = proof.parts[number]
        name = rng.choice(("begin", "state", "label", "after", "ranks", "claim"))
        if name == "claim":
            text = proof.claim.formula
            swapped = text.replace(" holds ", " fails ") if verdict.holds else text.replace(
                " fails ", " holds "
            )  # fmt: skip
            forged = replace(proof, claim=Claim(formula=swapped, model_digest=lts.digest()))
        else:
            column = None if name == "ranks" else np.array(getattr(part, name))
            if column is not None and len(column):
                column[rng.randrange(len(column))] = rng.randrange(-1, 4)
            made = replace(part, **{name: column})
            parts = [made if at == number else one for at, one in enumerate(proof.parts)]
            forged = replace(proof, parts=tuple(parts))
        text = format_formula(formula)
        wrong = "VIOLATED" if verdict.holds else "HOLDS"
        assert not recheck_temporal(text, wrong, forged, lts).passed
        refused += not recheck_temporal(text, verdict.outcome, forged, lts).passed
    assert refused > 150


def test_nets_budgets_and_misuse() -> None:
    net = PetriNet(
        places=["p", "n"], transitions=["t"], initial=["p"],
        arcs=[("p", "t"), ("t", "p"), ("t", "n")],
    )  # fmt: skip
    assert ctl_star(net, "E G F p", budget=Budget(states=50)).unknown
    lts = LTS.from_arcs(2, [(0, "a", 1)], atoms={"part 0": [True, False]})
    assert judged(lts, parse_formula('E X (E G !"part 0")'), None)
    with pytest.raises(UnsupportedError):
        check_ctl_star(lts, "E G F dead", maximal=True)
    assert check_ctl_star(lts, "true").holds
    assert judged(lts, Conjunction((State(Atom("part 0")), Disjunction(()))), None) is False
