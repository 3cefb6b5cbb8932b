"""The kinds of evidence, as data: what makes a verdict believable.

A piece of evidence proves its own :class:`Claim`, a statement about one model that is named by
digests. It is plain data with a JSON form; nothing here computes, and ``netproof.recheck`` checks
each kind with code that shares nothing with the engines.

====================  ========================================  ===================================
kind                  proves                                    by
====================  ========================================  ===================================
``run``               ``EF P``                                  a run into a state with ``P``
``closed-set``        ``AG P``                                  a set with the initial state, closed
                                                                under steps, inside ``P``
``decision-diagram``  ``AG P``; ``k`` is the least bound;       such a set as a decision diagram; a
                      ``EF AG !P``                              run into it
``ranked-set``        ``AG EF P``                               a closed set with a rank that some
                                                                successor decreases, 0 only in ``P``
``ranked-diagrams``   ``AG EF P``                               such a set, and sets that grow from
                                                                ``P`` to it, as decision diagrams
``ranked-regions``    ``AG EF P``                               limits of tokens with steps that
                                                                lead from each set into one before,
                                                                and evidence that they hold all
``trap``              ``EF AG !P``                              a run to a state, and a closed set
                                                                around that state that avoids ``P``
``marked-trap``       ``EF AG !P``                              a run that marks a trap of places
                                                                which ``P`` wants empty
``after-run``         ``EF AG !P``                              a run, and evidence for ``AG !P``
                                                                that starts where it ends
``rising-sum``        ``EF AG !P``                              a run that raises a sum that never
                                                                falls above what ``P`` allows
``pump``              the model is unbounded                    a run, then steps that cover the
                                                                state before them
``growing-runs``      a sum of places is unbounded              a run for each number; the larger it
                                                                is, the more it ends with
``lasso``             an infinite run (of the named fairness)   a stem and a cycle
``measure``           every run is finite                       a closed set with a rank that every
                                                                successor decreases
``falling-sum``       every run is finite                       weights of places; every step lowers
                                                                the weighted sum of tokens
``fair-measure``      every fair run is finite                  a closed set with nested ranks and
                                                                helpful transitions
``bound``             ``k`` is the least bound                  a closed set below it, a run to it
``invariant``         ``AG P``                                  an inductive predicate inside ``P``
``linear-proof``      ``AG P``                                  linear inequalities of all reachable
                                                                markings, from which ``P`` follows
``marked-circuits``   no state is dead; ``AG EF start``         an order of the transitions of a
                                                                marked graph
``siphon-traps``      no state is dead; ``live``                marked traps, one in each siphon
``complete-prefix``   ``AG P``                                  a prefix of the unfolding that shows
                                                                all reachable markings
``rank-theorem``      ``sound``, no state is dead               flows that show the rank of a
                                                                free-choice net
``well-structured``   ``sound``                                 the ends of a workflow net without
                                                                handles and empty siphons
``stubborn-sets``     ``AG P``, ``EF AG P``, ``AG EF P``        states, the steps that matter there
``ltl-lasso``         a linear-time formula does not hold       an infinite path and its word
``ltl-prefix``        a linear-time formula does not hold       a run that no path goes on from
                                                                with the formula
``ltl-ranks``         a linear-time formula holds               ranks on the product with the
                                                                tableau of its negation
``ltl-stubborn``      a linear-time formula holds               such ranks, on markings with the
                                                                steps that matter there
``tree``              a formula of CTL about what exists        runs, with trees of runs along them
``ctl-ranks``         any formula of CTL                        all states, with the ranks of all
                                                                fixpoints
``ctl-diagrams``      any formula of CTL                        for each temporal operator markings
                                                                that have it, as decision diagrams
``ctl-star``          a formula of CTL*, or of CTL on fair      for each path quantifier the states
                      paths                                     where it holds, with paths there and
                                                                ``ltl-ranks`` elsewhere
``parity-strategy``   a formula of the mu-calculus              a strategy in the game of the system
                                                                and the formula
``structure``         a statement about the graph of the net    the nodes that it is about
``partition``         two systems are equivalent                a partition of their states
``simulation``        one system simulates another              a relation on their states
``isomorphism``       two systems are isomorphic                a map of the states
``colour-difference`` two systems are not isomorphic            rounds of colour refinement
``distinction``       two systems are not equivalent            a formula that tells them apart
``trace-distinction`` two systems are not equivalent            a trace of just one of them
``word``              a word that one machine accepts           the word
``parts``             a conjunction, or one failing part        a piece for each part
``reduction``         a statement about a net                   reduction steps that preserve it,
                                                                and evidence about the smaller net
====================  ========================================  ===================================

That a system refines another in linear time, or is equivalent to it, is proved by a
``normalised-simulation``: a simulation by the sets of states that traces lead to. That it does not
by a ``linear-distinction``: a trace, and what is seen after it in just one of them. A formula that
is too deep to be nested is a ``shared-distinction``, a list of its parts.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from transition_systems.errors import RecheckError
from transition_systems.evidence_circuits import CircuitEvidence
from transition_systems.evidence_ctl import CtlRanks, TreeEvidence, TreeNode
from transition_systems.evidence_ctl_diagrams import CtlDiagrams
from transition_systems.evidence_ctl_star import CtlStarProof
from transition_systems.evidence_data import Claim, StateSet, decode_array
from transition_systems.evidence_diagram import DiagramEvidence
from transition_systems.evidence_equivalence import (
    Distinction,
    PartitionEvidence,
    SharedDistinction,
    TraceDistinction,
    WordEvidence,
)
from transition_systems.evidence_falling_sum import FallingSumEvidence
from transition_systems.evidence_isomorphism import ColourDifference, IsomorphismEvidence
from transition_systems.evidence_linear import LinearProof
from transition_systems.evidence_ltl import LtlLasso, LtlPrefix, LtlRanks
from transition_systems.evidence_ltl_stubborn import LtlStubborn
from transition_systems.evidence_marked_trap import MarkedTrapEvidence
from transition_systems.evidence_nested import AfterRunEvidence, Parts, ReductionEvidence
from transition_systems.evidence_normalised import (
    LinearDistinction,
    NormalisedSimulation,
    SharedFutures,
    SimulationPairs,
)
from transition_systems.evidence_parity import ParityStrategy
from transition_systems.evidence_prefix import CompletePrefix
from transition_systems.evidence_rank import RankEvidence
from transition_systems.evidence_ranked_diagrams import RankedDiagrams
from transition_systems.evidence_regions import RankedRegions
from transition_systems.evidence_rising_sum import RisingSumEvidence
from transition_systems.evidence_runs import (
    GrowingRunsEvidence,
    LassoEvidence,
    PumpEvidence,
    RunEvidence,
)
from transition_systems.evidence_sets import (
    BoundEvidence,
    ClosedSet,
    FairMeasure,
    Measure,
    RankedSet,
    TrapEvidence,
)
from transition_systems.evidence_similarity import SimulationEvidence
from transition_systems.evidence_siphon_traps import SiphonTraps
from transition_systems.evidence_statements import InvariantEvidence, StructureEvidence
from transition_systems.evidence_stubborn import StubbornEvidence
from transition_systems.evidence_well_structured import WellStructuredEvidence
from transition_systems.run import Run

__all__ = [
    "AfterRunEvidence",
    "BoundEvidence",
    "CircuitEvidence",
    "Claim",
    "ClosedSet",
    "ColourDifference",
    "CompletePrefix",
    "CtlDiagrams",
    "CtlRanks",
    "CtlStarProof",
    "DiagramEvidence",
    "Distinction",
    "Evidence",
    "FairMeasure",
    "FallingSumEvidence",
    "GrowingRunsEvidence",
    "InvariantEvidence",
    "IsomorphismEvidence",
    "LassoEvidence",
    "LinearDistinction",
    "LinearProof",
    "LtlLasso",
    "LtlPrefix",
    "LtlRanks",
    "LtlStubborn",
    "MarkedTrapEvidence",
    "Measure",
    "NormalisedSimulation",
    "ParityStrategy",
    "PartitionEvidence",
    "Parts",
    "PumpEvidence",
    "RankEvidence",
    "RankedDiagrams",
    "RankedRegions",
    "RankedSet",
    "ReductionEvidence",
    "RisingSumEvidence",
    "RunEvidence",
    "SharedDistinction",
    "SharedFutures",
    "SimulationEvidence",
    "SimulationPairs",
    "SiphonTraps",
    "StateSet",
    "StructureEvidence",
    "StubbornEvidence",
    "TraceDistinction",
    "TrapEvidence",
    "TreeEvidence",
    "TreeNode",
    "WellStructuredEvidence",
    "WordEvidence",
    "evidence_from_dict",
]


Evidence: TypeAlias = (
    RunEvidence
    | LassoEvidence
    | PumpEvidence
    | GrowingRunsEvidence
    | ClosedSet
    | DiagramEvidence
    | RankEvidence
    | RankedDiagrams
    | RankedSet
    | Measure
    | FairMeasure
    | TrapEvidence
    | BoundEvidence
    | CircuitEvidence
    | MarkedTrapEvidence
    | RisingSumEvidence
    | FallingSumEvidence
    | InvariantEvidence
    | SiphonTraps
    | LinearProof
    | LtlLasso
    | LtlPrefix
    | LtlRanks
    | LtlStubborn
    | StructureEvidence
    | StubbornEvidence
    | CompletePrefix
    | CtlDiagrams
    | CtlRanks
    | CtlStarProof
    | ParityStrategy
    | TreeEvidence
    | WellStructuredEvidence
    | PartitionEvidence
    | SimulationEvidence
    | IsomorphismEvidence
    | ColourDifference
    | Distinction
    | SharedDistinction
    | TraceDistinction
    | NormalisedSimulation
    | LinearDistinction
    | WordEvidence
    | Parts
    | ReductionEvidence
    | AfterRunEvidence
    | RankedRegions
)


_READERS: dict[str, Callable[[Mapping[str, Any]], Evidence]] = {
    "after-run": AfterRunEvidence.from_dict,
    "colour-difference": ColourDifference.from_dict,
    "complete-prefix": CompletePrefix.from_dict,
    "ctl-diagrams": CtlDiagrams.from_dict,
    "ctl-ranks": CtlRanks.from_dict,
    "ctl-star": CtlStarProof.from_dict,
    "distinction": Distinction.from_dict,
    "decision-diagram": DiagramEvidence.from_dict,
    "isomorphism": IsomorphismEvidence.from_dict,
    "invariant": InvariantEvidence.from_dict,
    "lasso": LassoEvidence.from_dict,
    "linear-distinction": LinearDistinction.from_dict,
    "linear-proof": LinearProof.from_dict,
    "ltl-lasso": LtlLasso.from_dict,
    "ltl-prefix": LtlPrefix.from_dict,
    "ltl-ranks": LtlRanks.from_dict,
    "ltl-stubborn": LtlStubborn.from_dict,
    "marked-circuits": CircuitEvidence.from_dict,
    "marked-trap": MarkedTrapEvidence.from_dict,
    "rising-sum": RisingSumEvidence.from_dict,
    "growing-runs": GrowingRunsEvidence.from_dict,
    "falling-sum": FallingSumEvidence.from_dict,
    "normalised-simulation": NormalisedSimulation.from_dict,
    "parity-strategy": ParityStrategy.from_dict,
    "partition": PartitionEvidence.from_dict,
    "parts": Parts.from_dict,
    "pump": PumpEvidence.from_dict,
    "rank-theorem": RankEvidence.from_dict,
    "ranked-diagrams": RankedDiagrams.from_dict,
    "ranked-regions": RankedRegions.from_dict,
    "reduction": ReductionEvidence.from_dict,
    "run": RunEvidence.from_dict,
    "simulation": SimulationEvidence.from_dict,
    "siphon-traps": SiphonTraps.from_dict,
    "structure": StructureEvidence.from_dict,
    "stubborn-sets": StubbornEvidence.from_dict,
    "tree": TreeEvidence.from_dict,
    "shared-distinction": SharedDistinction.from_dict,
    "trace-distinction": TraceDistinction.from_dict,
    "word": WordEvidence.from_dict,
    "well-structured": WellStructuredEvidence.from_dict,
}


def evidence_from_dict(data: Mapping[str, Any]) -> Evidence:
    """Rebuild a piece of evidence from its JSON form.

    Parameters
    ----------
    data
        What ``to_dict`` of a piece of evidence gave.

    Returns
    -------
    Evidence

    Raises
    ------
    RecheckError
        When the kind is unknown or a field is missing or malformed.

    Examples
    --------
    >>> evidence_from_dict({"kind": "guess", "claim": {"formula": "", "model_digest": ""}})
    Traceback (most recent call last):
    ...
    transition_systems.errors.RecheckError: evidence of unknown kind 'guess'
    """
    try:
        return _from_dict(data)
    except RecheckError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError, zlib.error) as error:
        raise RecheckError(f"the evidence is malformed: {error}") from error


def _from_dict(data: Mapping[str, Any]) -> Evidence:
    reader = _READERS.get(data["kind"])
    if reader is not None:
        return reader(data)
    claim = Claim.from_dict(data["claim"])
    match data["kind"]:
        case "closed-set":
            return ClosedSet(claim=claim, states=StateSet.from_dict(data["states"]))
        case "ranked-set" | "measure" as kind:
            states, rank = StateSet.from_dict(data["states"]), decode_array(data["rank"])
            if kind == "measure":
                return Measure(claim=claim, states=states, rank=rank)
            return RankedSet(claim=claim, states=states, rank=rank)
        case "fair-measure":
            return FairMeasure(
                claim=claim,
                states=StateSet.from_dict(data["states"]),
                rank=decode_array(data["rank"]),
                helpful=decode_array(data["helpful"]),
                actions=tuple(data["actions"]),
            )
        case "trap":
            states = StateSet.from_dict(data["states"])
            return TrapEvidence(claim=claim, run=Run.from_dict(data["run"]), states=states)
        case "bound":
            states, reached = StateSet.from_dict(data["states"]), Run.from_dict(data["run"])
            return BoundEvidence(claim=claim, states=states, bound=int(data["bound"]), run=reached)
        case other:
            raise RecheckError(f"evidence of unknown kind {other!r}")
