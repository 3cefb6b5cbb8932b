"""Whether evidence about a temporal formula is about the one that was asked, read in that way."""

from __future__ import annotations

from dataclasses import replace

from netproof.recheck.questions import Linear
from netproof.recheck.result import Watch
from netproof.recheck.unfolded import says_in_ctl
from transition_systems.evidence import (
    CtlStarProof,
    Evidence,
    FallingSumEvidence,
    LtlLasso,
    LtlPrefix,
    LtlRanks,
    LtlStubborn,
    ParityStrategy,
    PumpEvidence,
)
from transition_systems.evidence_ctl_star import ctl_star_claim
from transition_systems.evidence_parity import mu_claim
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import Formula, Negation, Unary
from transition_systems.properties.parse import parse_formula
from transition_systems.temporal.mu_formulas import same_mu
from transition_systems.temporal.mu_parse import parse_mu

__all__ = ["answers_linear"]


def answers_linear(
    evidence: Evidence, asked: Linear, *, holds: bool, watch: Watch | None = None
) -> bool:
    """Return whether evidence is about the formula, reading and paths that were asked for."""
    if asked.phrases is not None and isinstance(evidence, FallingSumEvidence | PumpEvidence):
        return evidence.claim.formula == asked.phrases[0 if holds else 1]
    if asked.mu is not None:
        if not isinstance(evidence, ParityStrategy):
            return says_in_ctl(evidence, asked.mu, holds=holds, watch=watch or Watch())
        said = mu_claim(evidence.formula, holds=holds)
        return same_mu(parse_mu(evidence.formula), asked.mu) and evidence.claim.formula == said
    if isinstance(evidence, CtlStarProof):
        wanted = (asked.fair, asked.strong, asked.maximal, _plain(format_formula(asked.formula)))
        found = evidence.fair, evidence.strong, evidence.maximal, _plain(evidence.formula)
        said = ctl_star_claim(
            evidence.formula, holds=holds, maximal=asked.maximal, fair=asked.fair,
            strong=asked.strong,
        )  # fmt: skip
        return asked.branching and wanted == found and evidence.claim.formula == said
    if asked.branching:
        paths = None if asked.maximal else _about_all_paths(asked.formula)
        if paths is None:
            return False
        return answers_linear(
            evidence, replace(asked, formula=paths[0], branching=False),
            holds=holds is paths[1],
        )  # fmt: skip
    if isinstance(evidence, LtlStubborn):
        evidence = evidence.ranks
    if not isinstance(evidence, LtlRanks if holds else (LtlLasso, LtlPrefix)):
        return False
    if (evidence.weak, evidence.fair, evidence.strong) != (asked.weak, asked.fair, asked.strong):
        return False
    return _plain(evidence.formula) == _plain(format_formula(asked.formula))


def _about_all_paths(formula: Formula) -> tuple[Formula, bool] | None:
    """Return what a formula says of all paths: ``f`` of ``A f``, and of ``E f`` not ``!f``."""
    if not isinstance(formula, Unary) or formula.operator not in ("A", "E"):
        return None
    return (
        (formula.operand, True) if formula.operator == "A" else (Negation(formula.operand), False)
    )


def _plain(formula: str) -> Formula:
    tree = parse_formula(formula)
    return tree.operand if isinstance(tree, Unary) and tree.operator == "A" else tree
