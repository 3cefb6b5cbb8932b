"""Evidence about two transition systems: a partition, a formula or a word that tells them apart."""

from __future__ import annotations

import json

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.fragments import SIMULATIONS, check_fragment, check_parts
from netproof.recheck.hml import formula_holds
from netproof.recheck.isomorphisms import check_colours, check_isomorphism
from netproof.recheck.linear_distinctions import check_linear_distinction
from netproof.recheck.normalised import check_normalised
from netproof.recheck.partitions import check_partition
from netproof.recheck.result import RecheckResult, RefusedError, Watch, guarded
from netproof.recheck.shared_formulas import parts_hold, parts_shapes
from netproof.recheck.similarity import check_similarity
from netproof.recheck.words import check_trace, check_word
from transition_systems.budget import Budget
from transition_systems.evidence import (
    ColourDifference,
    Distinction,
    Evidence,
    IsomorphismEvidence,
    LinearDistinction,
    NormalisedSimulation,
    PartitionEvidence,
    SharedDistinction,
    SimulationEvidence,
    TraceDistinction,
    WordEvidence,
)
from transition_systems.lts import LTS
from transition_systems.lts_data import pair_digest

__all__ = ["recheck_equivalence"]

Ints = NDArray[np.int64]
SAME = "the formula does not tell the two systems apart"
PHRASES = {
    "strong": "strongly bisimilar",
    "branching": "branching bisimilar",
    "divergence-branching": "divergence-preserving branching bisimilar",
    "weak": "weakly bisimilar",
    "divergence-weak": "divergence-preserving weakly bisimilar",
}


def recheck_equivalence(
    evidence: Evidence, left: LTS, right: LTS, *, budget: Budget | None = None
) -> RecheckResult:
    """Decide whether evidence proves that two systems are equivalent, or that they are not.

    Parameters
    ----------
    evidence
        A partition or a simulation (equivalent, or in a preorder), a Hennessy-Milner formula or a
        trace (not so), a map or colours (isomorphism) or a word (not language equivalent: silent
        steps are no letters, a word is accepted in a final state); for linear-time relations
        normalised simulations, or what is seen after a trace.
    left, right
        The systems, in the order in which they were compared; a specification is on the left.
    budget
        Seconds and bytes.

    Returns
    -------
    RecheckResult

    Notes
    -----
    A partition is checked in O(m log m) for m arcs; for relations that abstract from silent steps,
    blocks in which some states need these cost O(states + silent arcs) for each step that they
    must reach. A formula costs its size times that of the systems, a trace each of its letters
    what the states after it can do.

    R. van Glabbeek, W. Weijland: Branching time and abstraction in bisimulation semantics.
    J. ACM 43, 1996.

    Examples
    --------
    >>> from transition_systems.evidence import Claim
    >>> one = LTS.from_arcs(2, [(0, "a", 1)])
    >>> two = LTS.from_arcs(3, [(0, "a", 1), (0, "a", 2)])
    >>> claim = Claim(formula="strongly bisimilar", model_digest=pair_digest(one, two))
    >>> blocks = np.array([0, 1, 0, 1, 1])
    >>> same = PartitionEvidence(claim=claim, relation="strong", block=blocks)
    >>> recheck_equivalence(same, one, two).status
    'passed'
    >>> recheck_equivalence(same, two, one).reason
    'the evidence is about other systems: the digest differs'
    """

    def work() -> None:
        watch = Watch(budget)
        if evidence.claim.model_digest != pair_digest(left, right):
            raise RefusedError("the evidence is about other systems: the digest differs")
        if isinstance(evidence, PartitionEvidence):
            _claims(evidence, "")
            check_partition(evidence, left, right, watch)
        elif isinstance(evidence, SimulationEvidence):
            preorder = _claims(evidence, "")
            check_similarity(evidence, left, right, watch, preorder=preorder)
        elif isinstance(evidence, IsomorphismEvidence):
            _claims_isomorphism(evidence, "")
            check_isomorphism(evidence, left, right, watch)
        elif isinstance(evidence, ColourDifference):
            _claims_isomorphism(evidence, "not ")
            check_colours(evidence, left, right, watch)
        elif isinstance(evidence, Distinction):
            _check_distinction(evidence, left, right, watch)
        elif isinstance(evidence, SharedDistinction):
            _check_shared(evidence, left, right, watch)
        elif isinstance(evidence, TraceDistinction):
            if _claims(evidence, "not ") and evidence.able != "left":
                raise RefusedError("a preorder is not refuted by a trace of the right system")
            known = SIMULATIONS.get(evidence.relation)
            silent = evidence.relation != "strong" if known is None else known.weak
            check_trace(evidence, left, right, watch, silent=silent)
        elif isinstance(evidence, WordEvidence):
            check_word(evidence, left, right, watch)
        elif isinstance(evidence, NormalisedSimulation):
            check_normalised(evidence, left, right, watch)
        elif isinstance(evidence, LinearDistinction):
            check_linear_distinction(evidence, left, right, watch)
        else:
            raise RefusedError(f"evidence of kind {evidence.kind!r} is not about two systems")

    return guarded(work)


def _claims(
    evidence: PartitionEvidence
    | SimulationEvidence
    | Distinction
    | SharedDistinction
    | TraceDistinction,
    prefix: str,
) -> bool:
    """Refuse a claim of something else; return whether it is that of a preorder."""
    simulation = SIMULATIONS.get(evidence.relation)
    if simulation is not None and not isinstance(evidence, PartitionEvidence):
        phrases = [f"{simulation.adjective} equivalent", f"in the {simulation.adjective} preorder"]
    elif evidence.relation in PHRASES and not isinstance(evidence, SimulationEvidence):
        phrases = [PHRASES[evidence.relation]]
    else:
        raise RefusedError(f"there is no relation {evidence.relation!r:.40}")
    claimed = [f"{prefix}{phrase}{_respecting(evidence.atoms)}" for phrase in phrases]
    if evidence.claim.formula not in claimed:
        raise RefusedError(f"the evidence proves '{claimed[0]}', not its claim")
    return claimed.index(evidence.claim.formula) == 1


def _claims_isomorphism(evidence: IsomorphismEvidence | ColourDifference, prefix: str) -> None:
    proved = f"{prefix}isomorphic{_respecting(evidence.atoms)}"
    if evidence.claim.formula != proved:
        raise RefusedError(f"the evidence proves '{proved}', not its claim")


def _respecting(atoms: tuple[str, ...]) -> str:
    shown = json.dumps(sorted(atoms), ensure_ascii=False)
    return f" respecting {shown}" if atoms else ""


def _check_distinction(evidence: Distinction, left: LTS, right: LTS, watch: Watch) -> None:
    """Check that the formula is of some initial state on the left and of none on the right.

    Or of all on the left and not of all on the right: bisimilar systems have, for each initial
    state of one, an equivalent initial state of the other. Simulations preserve their formulas
    upwards only: then some initial state of one system has it and none of the other, and of the
    left one where the claim is about a preorder.
    """
    preorder = _claims(evidence, "not ")
    if evidence.relation in SIMULATIONS:
        check_fragment(evidence.formula, evidence.relation, evidence.atoms)
    meaning = _meaning(evidence.relation)
    here, there = (
        formula_holds(lts, evidence.formula, meaning, evidence.atoms, watch)[lts.initial]
        for lts in (left, right)
    )
    _tell_apart(here, there, evidence.relation, preorder)


def _check_shared(evidence: SharedDistinction, left: LTS, right: LTS, watch: Watch) -> None:
    """Check the same of a formula that is given in parts."""
    preorder = _claims(evidence, "not ")
    shapes = parts_shapes(evidence.parts, _meaning(evidence.relation), evidence.atoms)
    if evidence.relation in SIMULATIONS:
        check_parts(shapes, evidence.relation)
    here, there = (parts_hold(lts, shapes, evidence.atoms, watch) for lts in (left, right))
    _tell_apart(here, there, evidence.relation, preorder)


def _meaning(relation: str) -> str:
    """Return the bisimilarity whose formulas those of a relation are among."""
    simulation = SIMULATIONS.get(relation)
    return relation if simulation is None else "weak" if simulation.weak else "strong"


def _tell_apart(
    here: NDArray[np.bool_], there: NDArray[np.bool_], relation: str, preorder: bool
) -> None:
    only_here = bool(here.any() and not there.any())
    if relation in SIMULATIONS:
        apart = only_here or bool(not preorder and there.any() and not here.any())
    else:
        apart = only_here or bool(here.all() and not there.all())
    if not apart:
        raise RefusedError(SAME)
